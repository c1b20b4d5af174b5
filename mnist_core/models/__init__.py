"""Networks: what they are made of, how they are trained, how they are stored, what they answer.

layers          what networks are made of: options, shapes and parameters
architectures   networks by name, as blocks or layer by layer
calibration     logits -> honest probabilities, and when an image is recognised as a digit
keras_builder   an architecture -> an untrained Keras model
recipes         named training recipes
store           trained models on disk
code            networks as source text: read from what is pasted, written to be copied
predictions     logits -> probabilities and a verdict
devices         what computes: CPU or GPU
litert          a LiteRT file taken apart and put together again
runner          a LiteRT file run, from any thread
forward         an architecture and weights -> logits, for a few images, with NumPy alone
inference       images -> predictions, on the device that answers best
numbers         pieces of ink or of a picture -> a whole number
pictures        picture files -> what is read in each
"""
