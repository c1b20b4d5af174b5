"""Networks as source text: read from what somebody pastes, which is parsed and never run, and written to be copied.

syntax          text -> a syntax tree of bounded size, and the plain values in it
interpreter     the statements that build a network, followed one by one
keras_reading   Keras code -> the calls of its layers
torch_reading   PyTorch code -> the same
assembly        the calls of layers -> layers that are known here
keras_layers    what Keras calls them
torch_layers    what PyTorch calls them
slips           what tutorials get wrong, by line
settings        how the code trains its network
keras_writing   a recipe, or layers -> Keras code
torch_writing   layers -> PyTorch code
notebook        a recipe -> a notebook that trains it with Keras alone
command_line    a recipe -> the command that trains it
reading         pasted text -> a network with all that is said of it
"""
