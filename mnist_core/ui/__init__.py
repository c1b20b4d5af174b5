"""The web page. The only place, beside app.py, that imports Gradio.

reader      drawings and pictures -> answers of the chosen model
texts       what a visitor reads
endpoints   the functions that programs call by name
sketchpad   the pad and everything that it moves
page        the whole page
"""
