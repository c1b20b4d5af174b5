"""NumPy alone gives what Keras gives."""

import numpy as np
import pytest
from support.models import lively_model, sample_images

from mnist_core.models.architectures import ACTIVATIONS, ARCHITECTURES, Parts, find_architecture
from mnist_core.models.forward import compute_logits

SMALL = [("lenet", Parts(activation, (4,), 3, "average", 3, (8,))) for activation in ACTIVATIONS]

STACK = (
    'Conv2D(4, 3, strides=2, padding="same", use_bias=False)',
    "BatchNormalization(epsilon=0.01)",
    'Activation("relu")',
    "MaxPooling2D(3, strides=2)",
    'AveragePooling2D(2, padding="same")',
    "SpatialDropout2D(0.5)",
    "Flatten()",
    'Dense(8, activation="tanh", use_bias=False)',
)
SMALL.append(("lenet", Parts(layers=STACK)))


@pytest.mark.parametrize(
    ("architecture", "parts"),
    [*((name, None) for name in sorted(ARCHITECTURES)), *SMALL],
    ids=[*sorted(ARCHITECTURES), *ACTIVATIONS, "all options"],
)
def test_the_logits_are_those_of_keras(architecture, parts):
    model, images = lively_model(architecture, parts), sample_images(1000)[::200]
    weights = {variable.path: np.asarray(variable) for variable in model.weights}
    logits = compute_logits(find_architecture(architecture, parts), weights, images)
    expected = model.predict_on_batch(images[..., None])
    assert np.allclose(logits, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())
