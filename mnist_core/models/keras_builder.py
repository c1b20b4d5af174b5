"""An architecture -> an untrained Keras model.

Every model takes images of shape (n, 28, 28, 1), float32 in [0, 1], and gives logits of shape (n, 10). Importing this
module imports Keras, so serving a page does not import it. Nothing here trains, reads or writes.
"""

from __future__ import annotations

import keras

from ..preprocessing.ink import IMAGE_SIZE
from .architectures import Architecture


def build_model(architecture: Architecture) -> keras.Model:
    """Builds an untrained model, named as its architecture, with the layers that `Architecture.layers` lists.

    Raises:
        ArchitectureError: The network is impossible.
    """
    inputs = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    hidden = inputs
    for layer in architecture.layers():
        hidden = getattr(keras.layers, layer.kind)(name=layer.name, **layer.options)(hidden)
    return keras.Model(inputs, hidden, name=architecture.name)
