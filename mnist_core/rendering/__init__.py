"""Numbers and images -> pictures.

charts    numbers -> charts
sprites   images -> pictures that hold many of them
qr_code   a text -> a code that a phone's camera reads
"""
