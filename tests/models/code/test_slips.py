"""The slips of tutorials are named with their line; what is right is not."""

import pytest

from mnist_core.models.code.reading import read_network

KERAS = """import keras
from keras import layers
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train / {scale}
y_train = {labels}
model = keras.Sequential([layers.Flatten(), layers.Dense(10{ending})])
model.compile("adam", loss={loss})
model.fit(x_train, y_train, {validation})
"""
RIGHT = {
    "scale": "255",
    "labels": "y_train",
    "ending": ", activation='softmax'",
    "loss": "'sparse_categorical_crossentropy'",
    "validation": "validation_split=0.1",
}
FROM_LOGITS = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
# What is otherwise than right, and the slips: line and a word of each.
KERAS_SLIPS = [
    ({}, []),
    ({"ending": "", "loss": FROM_LOGITS}, []),
    ({"labels": "keras.utils.to_categorical(y_train)", "loss": "'categorical_crossentropy'"}, []),
    ({"loss": FROM_LOGITS}, [(7, "softmax")]),
    ({"ending": ""}, [(7, "logits")]),
    ({"scale": "1"}, [(8, "scaled")]),
    ({"validation": "validation_data=(x_test, y_test)"}, [(8, "test set")]),
    ({"validation": "validation_data=(x_val, y_val)"}, []),
    ({"labels": "keras.utils.to_categorical(y_train)"}, [(7, "line 5")]),
    ({"loss": "'categorical_crossentropy'"}, [(7, "one-hot")]),
    ({"ending": ", activation='sigmoid'"}, [(6, "Sigmoid")]),
    ({"scale": "1", "loss": FROM_LOGITS, "validation": "validation_data=(x_test, y_test)"},
     [(7, "softmax"), (8, "scaled"), (8, "test set")]),
]  # fmt: skip
LOOP = "\nfor layer in model.layers{which}:\n    {condition}layer.activation = keras.activations.relu\n"
TORCH = """import torch.nn.functional as F
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)
    def forward(self, x):
        return {returned}
loss = {loss}
"""
LOGITS = "self.fc(x.flatten(1))"
TORCH_SLIPS = [
    (LOGITS, "nn.CrossEntropyLoss()", []),
    (f"F.log_softmax({LOGITS}, dim=1)", "F.nll_loss(output, target)", []),
    (f"F.log_softmax({LOGITS}, dim=1)", "nn.CrossEntropyLoss()", [(8, "without log_softmax")]),
    (f"F.softmax({LOGITS}, dim=1)", "F.cross_entropy(output, target)", [(8, "without softmax")]),
    (LOGITS, "nn.NLLLoss()", [(9, "expects log_softmax")]),
]


def slips_of(code):
    return read_network(code).slips


def check(code, expected):
    found = slips_of(code)
    assert [slip.line for slip in found] == [line for line, _ in expected]
    assert all(word in slip.text for slip, (_, word) in zip(found, expected, strict=True))


@pytest.mark.parametrize(("wrong", "expected"), KERAS_SLIPS)
def test_slips_of_keras_code(wrong, expected):
    check(KERAS.format(**RIGHT | wrong), expected)


@pytest.mark.parametrize(("returned", "loss", "expected"), TORCH_SLIPS)
def test_slips_of_pytorch_code(returned, loss, expected):
    check(TORCH.format(returned=returned, loss=loss), expected)


@pytest.mark.parametrize(
    ("which", "condition", "is_slip"), [("", "", True), ("[:-1]", "", False), ("", "if layer.name != 'last': ", False)]
)
def test_a_loop_that_replaces_the_softmax_of_the_output_is_a_slip(which, condition, is_slip):
    code = KERAS.format(**RIGHT) + LOOP.format(which=which, condition=condition)
    check(code, [(11, "model.layers[:-1]")] if is_slip else [])
