"""MNIST sketchpad: train small networks on handwritten digits and see what they make of a drawing.

The packages in reading order; each imports only from those above it, and its own docstring lists its modules:

    errors          what can go wrong, as an exception tree
    paths           where things are
    packages        what only training, gradients and a GPU need
    checks          is a value from outside what it should be
    preprocessing   strokes and pixels -> 28x28 images
    augmentation    a digit -> the same digit by another hand, or damaged; and what is no digit
    data            files and sets -> arrays
    models          architectures, recipes, stored models and their predictions
    evaluation      predictions -> figures and tables
    explain         a network opened: layers, attributions, counterfactuals
    training        a recipe -> a stored model
    browse          a set and a model's answers -> filters, neighbours, a map
    rendering       numbers and images -> pictures
    classroom       a class with its devices, in one file
    hosting         settings of a server, and the gate that every request must pass
    services        what a server keeps and runs: thread-safe, without Gradio
    commands        the commands of the command line
    __main__        the command line
    ui              the web page
    serve           the web page, served

This file and those of the packages import nothing: serving a page must not load TensorFlow.
"""
