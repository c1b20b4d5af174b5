"""Numbers and images -> pictures.

charts    numbers -> charts
sprites   images -> pictures that hold many of them
answer_sheet  the sheet that a pupil without a device fills in
qr_code   a text -> a code that a phone's camera reads
"""
