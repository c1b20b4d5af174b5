"""MNIST sketchpad: train small networks on handwritten digits and see what they make of a drawing.

The modules in reading order; each imports only from those above it:

    errors          what can go wrong, as an exception tree
    dataset         MNIST and other labelled digits on disk or from the network -> arrays
    ink             pen strokes -> 28x28 images
    picture         pixels of any size -> 28x28 images
    augmentation    what may be done to a digit without changing what it says
    models          architectures, by name: untrained Keras models
    recipes         named training recipes
    training        a recipe and data -> a trained model and its history
    store           trained models on disk
    inference       images -> predictions, on a CPU or a GPU
    evaluation      predictions and labels -> figures
    report          figures -> a table in a text file
    __main__        the command line
    ui              the web page

This file imports nothing: serving a page must not load TensorFlow.
"""
