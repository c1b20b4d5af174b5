"""The web page. The only place, beside app.py, that imports Gradio; one folder a part, named as in assets/.

texts        what a visitor reads
wire         what travels between scripts and server
model_list   the stored models, as the page describes them
data         the data tab
draw         the pad and everything that it moves
inside       the inside tab
masthead     the line above every tab
login        the form where everybody must log in
endpoints    the functions that programs call by name
page         the whole page
"""
