"""Architectures, by name: untrained Keras models.

Every model takes images of shape (n, 28, 28, 1), float32 in [0, 1], and gives logits of shape (n, 10). Importing this
module imports Keras, so serving a page does not import it. Nothing here trains, reads or writes.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers

from .errors import UnknownModelError
from .ink import IMAGE_SIZE

NUM_CLASSES = 10


def build_model(architecture: str) -> keras.Model:
    """Builds an untrained model.

    Raises:
        UnknownModelError: `architecture` is not in `ARCHITECTURES`.
    """
    if architecture not in ARCHITECTURES:
        raise UnknownModelError(architecture, sorted(ARCHITECTURES), kind="architecture")
    return ARCHITECTURES[architecture]()


def build_sketchnet() -> keras.Model:
    """Five 3x3 convolutions with batch normalisation, and global average pooling: 279,722 parameters.

    Reference:
        Simonyan and Zisserman (2015) for stacked 3x3 convolutions; Lin, Chen and Yan (2014), "Network in network", for
        global average pooling, which makes the answer depend less on where in the image a stroke lies.
    """
    inputs = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    hidden = _convolution(inputs, 32, "conv1")
    hidden = layers.MaxPooling2D(name="pool1")(hidden)
    hidden = _convolution(hidden, 64, "conv2")
    hidden = _convolution(hidden, 64, "conv3")
    hidden = layers.MaxPooling2D(name="pool2")(hidden)
    hidden = _convolution(hidden, 128, "conv4")
    hidden = _convolution(hidden, 128, "conv5")
    hidden = layers.GlobalAveragePooling2D(name="embedding")(hidden)
    hidden = layers.Dropout(0.3, name="dropout")(hidden)
    return keras.Model(inputs, layers.Dense(NUM_CLASSES, name="logits")(hidden), name="sketchnet")


def build_linear() -> keras.Model:
    """One dense layer from pixels to logits, the simplest network there is: 7,850 parameters."""
    inputs = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    hidden = layers.Flatten(name="flatten")(inputs)
    return keras.Model(inputs, layers.Dense(NUM_CLASSES, name="logits")(hidden), name="linear")


def _convolution(inputs: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
    hidden = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name)(inputs)
    hidden = layers.BatchNormalization(momentum=0.95, name=f"{name}_norm")(hidden)
    return layers.ReLU(name=f"{name}_relu")(hidden)


ARCHITECTURES: dict[str, Callable[[], keras.Model]] = {"sketchnet": build_sketchnet, "linear": build_linear}
