"""The web page. The only place, beside app.py, that imports Gradio.

reader      drawings and pictures -> answers of the chosen model
texts       what a visitor reads
evidence    the stored figures, as tables and diagrams
hand        the visitor's own twenty digits
endpoints   the functions that programs call by name
sketchpad   the pad and everything that it moves
page        the whole page
"""
