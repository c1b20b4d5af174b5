"""The web page. The only place, beside app.py, that imports Gradio.

reader      drawings and pictures -> answers of the chosen model
jobs        what takes long, in processes of its own
library     where splits, answers and relatives are looked up
texts       what a visitor reads
wire        what travels between scripts and server
models      the stored models, as the page describes them
evidence    the stored figures, as tables and diagrams
hand        the visitor's own twenty digits
data        the data tab
endpoints   the functions that programs call by name
masthead    the line above every tab
sketchpad   the pad and everything that it moves
page        the whole page
"""
