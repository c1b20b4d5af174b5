"""The web page. The only place that imports Gradio; one folder a part, named as in assets/.

texts        what a visitor reads
files        the scripts, styles and texts that a browser fetches once a release
wire         what travels between scripts and server
part         a part of the page: its HTML, brought to life by its script
messages     what scripts and programs are told of a sample
model_list   the stored models, as the page describes them
relatives    the training images most like a drawing
classroom    the class tab
data         the data tab
draw         the pad and everything that it moves
inside       the inside tab
train        the train tab
masthead     the line above every tab
footer       what stands below every tab
docs         the documents as pages
entrance     what is sent before any script runs: tags for other sites, and a sheet until the page is there
login        the form where everybody must log in
endpoints    the functions that programs call by name
page         the whole page
"""
