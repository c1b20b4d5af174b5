"""An impossible network is refused at the layer that is at fault."""

import pytest

from mnist_core.errors import ArchitectureError
from mnist_core.models.refused import find_refused

OF_ANOTHER = ArchitectureError("{layer} is too large.", "conv2")


@pytest.mark.parametrize(
    ("layers", "index"),
    [
        (["Conv2D(4, 0)"], 0),
        (["Flatten()", "Dense()"], 1),
        (["Flatten()", 5], 1),
        (["Conv2D(4, 3)", "MaxPooling2D(40)", "Flatten()"], 1),
        (["Rescaling(2.0, offset=-1.0)", "Conv2D(4, 3)", "Conv2D(4, 29)", "Flatten()"], 2),
        (["Flatten()", "Rescaling(2.0, offset=-1.0)"], 1),
        (["Flatten()", "Conv2D(4, 3)"], 1),
        (["Conv2D(4, 3)", "Dense(5)"], 1),
        (["Flatten()", "Dense(70000)", "Dense(10)"], 1),
        (["Conv2D(4, 3)"], 1),
    ],
)
def test_the_layer_at_fault_is_found(layers, index):
    assert find_refused(layers, ValueError()) == index


def test_a_layer_that_is_refused_for_another_reason_is_found_by_its_name():
    layers = ["Conv2D(4, 3)", 'Activation("relu")', "Conv2D(8, 3)", "Flatten()"]
    assert find_refused(layers, OF_ANOTHER) == 2
    assert find_refused(layers, ValueError()) is None
