"""The glossary: the words of the field, each with the real numbers of this network and this drawing.

case             what the entries are about
figures          their pictures, tables and curves
data_terms       words about data
layer_terms      words about layers
answer_terms     words about answers
training_terms   words about training
view             what its script calls
"""
