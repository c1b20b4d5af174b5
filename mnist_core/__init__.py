"""MNIST sketchpad: train small networks on handwritten digits and see what they make of a drawing.

The modules in reading order; each imports only from those above it:

    errors          what can go wrong, as an exception tree
    arrays          files of arrays: npz, IDX, and what compress packed
    download        files from the network
    labelled        digits that other people drew, in a file -> pictures or ink
    pendigits       pen ink of thirty writers, split by writer
    dataset         MNIST and sets of its layout, on disk or from the network -> arrays
    ink             pen strokes -> 28x28 images
    picture         pixels of any size -> 28x28 images
    damage          what happens to digits on their way
    augmentation    what may be done to a digit without changing what it says
    hands           what another hand would have made of the same strokes
    outliers        images that are not digits
    architectures   networks by name: layers, shapes and parameters
    calibration     logits -> honest probabilities, and when an image is taken for a digit
    models          an architecture -> an untrained Keras model
    recipes         named training recipes
    pools           what a recipe learns from beside a data set's own images
    training        a recipe and data -> a trained model and its history
    store           trained models on disk
    inference       images -> predictions, on a CPU or a GPU
    litert          a LiteRT file taken apart and put together again
    anatomy         a stored model -> its layers, their weights, and what each makes of images
    surgery         a network's private copy, with parts switched off or noisy
    embedding       images -> what the last layer but one makes of them
    evaluation      predictions and labels -> figures
    splits          sets of digits to look through
    neighbours      which images are most alike
    layout          vectors -> places in the plane, neighbours beside each other
    answers         what a model makes of a whole split, kept in the cache folder
    browse          questions about a split and about a model's answers
    journey         pen strokes -> an image, one step at a time
    timeline        pen strokes -> the images that were there on the way
    sweeps          an image turned, scaled, moved, thickened, with noise
    edits           what can be done to an image, from little to much
    changes         the smallest change found that makes a network answer otherwise
    explain         a prediction -> which pixels mattered
    curves          whether what an explanation marks is what mattered
    gradients       the same network where it can be differentiated
    evidence        models on sets -> all that can be said about how well they read
    runs            a recipe -> a stored model with its figures
    experiments     many recipes, one table
    studies         where a search keeps its trials, shared by its workers
    search          a search for a good network
    render          numbers -> charts
    sprites         images -> pictures that hold many of them
    report          figures -> tables in a text file
    commands        the commands of the command line
    __main__        the command line
    ui              the web page

This file imports nothing: serving a page must not load TensorFlow.
"""
