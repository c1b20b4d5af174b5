"""Networks are read from the code of tutorials, without running it, as their own frameworks would build them."""

import textwrap
import time

import pytest

from mnist_core.errors import CodeError
from mnist_core.models.architectures import ARCHITECTURES, Parts
from mnist_core.models.code.keras_writing import write_keras_network
from mnist_core.models.code.reading import describe_network_code, read_network
from mnist_core.models.code.torch_writing import write_torch_network
from mnist_core.models.recipes import RECIPES, change_recipe

LENET = ('Conv2D(32, 3, activation="relu")', "MaxPooling2D(2)", "Flatten()", 'Dense(64, activation="relu")')
ADDED = """
    import tensorflow as tf
    from tensorflow.keras import layers, models
    (x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
    x_train = x_train.reshape(-1, 28, 28, 1) / 255.0
    model = models.Sequential()
    model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation=tf.nn.relu))
    model.add(layers.Dense(10, activation='softmax'))
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    model.fit(x_train, y_train, epochs=3, batch_size=64, validation_split=0.1)
"""
FUNCTIONAL = """
    import keras
    from keras.layers import Conv2D as Convolution, Dense
    num_classes = 10
    def build(units=64):
        inputs = keras.Input(shape=(28, 28, 1))
        x = Convolution(32, kernel_size=3)(inputs)
        x = keras.layers.ReLU()(x)
        x = keras.layers.MaxPool2D()(x)
        x = keras.layers.Flatten()(x)
        x = Dense(units)(x)
        x = keras.activations.relu(x)
        return keras.Model(inputs=inputs, outputs=Dense(num_classes)(x))
    model = build()
"""
SUBCLASSED = """
    from keras import layers, Model
    class Net(Model):
        def __init__(self):
            super().__init__()
            self.conv = layers.Conv2D(32, 3, activation="relu")
            self.pool = layers.MaxPooling2D()
            self.flat = layers.Flatten()
            self.hidden = layers.Dense(64, activation="relu")
            self.out = layers.Dense(10)
        def call(self, x, training=False):
            return self.out(self.hidden(self.flat(self.pool(self.conv(x)))))
"""
TORCH = """
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    class Net(nn.Module):
        def __init__(self, width=32):
            super(Net, self).__init__()
            self.conv1 = nn.Conv2d(1, width, kernel_size=3)
            self.pool = nn.MaxPool2d(2, 2)
            self.fc1 = nn.Linear(13 * 13 * width, 64)
            self.fc2 = nn.Linear(64, 10)
        def forward(self, x):
            x = self.pool(F.relu(self.conv1(x)))
            x = x.view(-1, 13 * 13 * 32)
            x = torch.relu(self.fc1(x))
            x = self.fc2(x)
            return F.log_softmax(x, dim=1)
    model = Net().to("cuda")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    num_epochs = 4
"""
TORCH_STACK = """
    from torch import nn
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(5408, 64), nn.ReLU(), nn.Linear(64, 10)
    )
"""
TORCH_NESTED = """
    from torch import nn
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2))
            self.classifier = nn.Sequential(nn.Linear(5408, 64), nn.ReLU(inplace=True), nn.Linear(64, 10))
        def forward(self, x):
            return self.classifier(self.features(x).flatten(1))
"""
# All are the network above, but the functional one has its activations apart, as it is written.
ALIKE = {
    "added": ADDED,
    "subclassed": SUBCLASSED,
    "torch": TORCH,
    "torch stack": TORCH_STACK,
    "torch nested": TORCH_NESTED,
}
KERAS = "from keras import layers, Sequential\nmodel = Sequential([\nlayers.Input((28, 28, 1)),\n{layers},\n])"
TORCH_CODE = "from torch import nn\nmodel = nn.Sequential(\n{layers})"
# Layers after each other, in one call of Sequential from line 4 on, and what is made of them.
READ = [
    ("layers.Dense(5), layers.Dense(10)", ("Flatten()", "Dense(5)")),
    ("layers.Dense(10)", ("Flatten()",)),
    ("*[layers.Dense(width) for width in (4, 5)], layers.Dense(10)", ("Flatten()", "Dense(4)", "Dense(5)")),
    ("layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10)", ("Flatten()",)),
    ("layers.Rescaling(1 / 127.5, offset=-1), layers.Dense(10)", ("Rescaling(2.0, offset=-1.0)", "Flatten()")),
    ("layers.Reshape((784,)), layers.Dense(10), layers.Softmax()", ("Flatten()",)),
    ("layers.Conv2D(4, 3, 2, 'SAME'), layers.Flatten(), layers.Dense(10)",
     ('Conv2D(4, 3, strides=2, padding="same")', "Flatten()")),
    ("layers.Flatten(), layers.Dense(4, 'swish'), layers.Dense(10)", ("Flatten()", 'Dense(4, activation="silu")')),
    ("layers.Flatten(), layers.Dense(4), layers.LeakyReLU(), layers.Dense(10)",
     ("Flatten()", "Dense(4)", 'Activation("leaky_relu")')),
    ("layers.Conv2D(4, 3), layers.BatchNormalization(axis=-1), layers.GlobalAveragePooling2D(), layers.Dense(10)",
     ("Conv2D(4, 3)", "BatchNormalization()", "GlobalAveragePooling2D()")),
]  # fmt: skip
TORCH_READ = [
    ("nn.Conv2d(1, 4, 5, padding=2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 10)",
     ('Conv2D(4, 5, padding="same")', "GlobalAveragePooling2D()")),
    ("nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(2704, 10), nn.LogSoftmax(dim=1)",
     ("Conv2D(4, 3)", "BatchNormalization(momentum=0.9, epsilon=1e-05)", 'Activation("relu")', "Flatten()")),
    ("nn.Flatten(), nn.Linear(784, 4, bias=False), nn.Tanh(), nn.Dropout(), nn.Linear(4, 10)",
     ("Flatten()", 'Dense(4, activation="tanh", use_bias=False)', "Dropout(0.5)")),
    ("nn.Conv2d(1, 4, 3, stride=2), nn.Dropout2d(0.1), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(144, 10)",
     ("Conv2D(4, 3, strides=2)", "SpatialDropout2D(0.1)", "AveragePooling2D(2)", "Flatten()")),
]  # fmt: skip
# What is wrong, the line at fault, and some words of what is said of it.
REFUSED = [
    ("layers.LSTM(5), layers.Dense(10)", 4, "LSTM is not known here. Known: Conv2D"),
    ("layers.Flatten(),\nlayers.Dense(len(x)), layers.Dense(10)", 5, "`units` of Dense is not known"),
    ("layers.Flatten(), layers.Dense(0), layers.Dense(10)", 4, "at least 1"),
    ("layers.Flatten(), layers.Dense(100_000), layers.Dense(10)", 4, "50,000,000"),
    ("layers.Conv2D(4000, 3), layers.GlobalAveragePooling2D(), layers.Dense(10)", 4, "fit into memory"),
    ("layers.Conv2D(8, 3),\nlayers.Dense(10)", 5, "Put a Flatten"),
    ("layers.MaxPooling2D(20),\nlayers.Conv2D(8, 3), layers.Flatten(), layers.Dense(10)", 5, "leaves 1x1"),
    ("layers.Conv2D(8, (3, 5)), layers.Flatten(), layers.Dense(10)", 4, "same in both directions"),
    ("layers.Conv2D(8, 3, dilation_rate=2), layers.Flatten(), layers.Dense(10)", 4, "dilation_rate=2"),
    ("layers.Flatten(), layers.Dense(10, activation='relu')", 4, "goes through relu"),
    ("layers.Flatten(), layers.Dense(12)", 4, "12 outputs"),
    ("layers.Flatten(), layers.Dense(10, use_bias=False)", 4, "without a bias"),
    ("layers.Conv2D(10, 3), layers.GlobalAveragePooling2D()", 4, "ends in 10 outputs"),
    ("layers.Flatten(), layers.Dense(9, 'softmax'), layers.Dense(10)", 4, "behind the output alone"),
    ("layers.Flatten(), layers.Dense(9, 'gelu'), layers.Dense(10)", 4, "'gelu' is not known"),
    ("layers.Flatten(), layers.Dense(9, **options), layers.Dense(10)", 4, "`**`"),
    ("layers.Reshape((14, 56)), layers.Flatten(), layers.Dense(10)", 4, "(14, 56)"),
    ("layers.Flatten(), layers.Dense(1, 2, 3, 4, 5)", 4, "is given 5 values"),
]  # fmt: skip
TORCH_REFUSED = [
    ("nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(5408, 10)", 3, "3 channels, and receives 1"),
    ("nn.Conv2d(1, 8, 3),\nnn.Flatten(),\nnn.Linear(9216, 10)", 5, "9,216 numbers, and receives 5,408"),
    ("nn.Conv2d(1, 8, 3, padding=2), nn.Flatten(), nn.Linear(7200, 10)", 3, "padding=2"),
    ("nn.TransformerEncoder(), nn.Linear(784, 10)", 3, "TransformerEncoder is not known"),
]  # fmt: skip
OTHER_TEXT = {
    "nothing": ("  \n", "There is no text"),
    "prose": ("Dear all,\nthis is no network.\n" * 500, "is no Python"),
    "a page of words": ("word\n" * 9000, "no network in this text"),
    "too long": ("x = 1\n" * 20_000, "at most 100,000"),
    "parentheses": ("(" * 100_000, "no Python"),
    "signs": ("x = " + "-" * 90_000 + "1", "nested too deeply"),
    "words of words": ("a" + ".b" * 45_000, "nested too deeply"),
    "a long sum": ("x = " + "+".join("1" * 45_000), "nested too deeply"),
    "lambdas": ("x = " + "lambda:" * 12_000 + "1", "nested too deeply"),
    "growth": ("a = [1]\nfor i in range(900): a += a", "does more than is followed"),
    "loops": ("for i in range(1000):\n for j in range(1000):\n  x = 1", "does more than is followed"),
    "a long loop": ("for i in range(10 ** 8): x = 1\nfor i in range(100_000): x = 1", "100,000 rounds"),
    "recursion": ("def f(x):\n    return f(f(x))", "too many layers"),
    "doubling": ("import keras\nm = keras.Sequential([keras.layers.Dense(10)])\nfor i in range(40):\n"
                 "    m = keras.Sequential([m, m])", "does more than is followed"),
    "many layers": ("import keras\nm = keras.Sequential()\nfor i in range(500): m.add(keras.layers.Dense(10))",
                    "at most 100"),
    "no layer": ("import keras\nm = keras.Sequential([])", "no network in this text"),
    "a number": ("x = " + "9" * 5000, "no Python"),
    "branches": ("from keras import *\ni = Input((28, 28, 1))\na = layers.Flatten()(i)\nb = layers.Dense(9)(a)\n"
                 "c = layers.Concatenate()([a, b])\nm = Model(i, layers.Dense(10)(c))",
                 "Concatenate joins several paths"),
    "a residual": ("from torch import nn\nclass A(nn.Module):\n def __init__(self):\n  self.a = nn.Linear(784, 10)\n"
                   " def forward(self, x):\n  return self.a(x) + x", "does not return"),
    "another input": ("import keras\nm = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Dense(10)])",
                      "(32, 32, 3)"),
}  # fmt: skip


def read(code):
    return read_network(textwrap.dedent(code))


@pytest.mark.parametrize("code", ALIKE.values(), ids=ALIKE)
def test_one_network_is_read_in_every_way_of_writing_it(code):
    found = read(code)
    assert found.parts.layers == LENET
    assert [layer.output_shape for layer in found.layers] == [(26, 26, 32), (13, 13, 32), (5408,), (64,), (10,)]
    assert found.num_parameters == 320 + 5409 * 64 + 650


def test_a_functional_model_is_read_with_its_activations_as_layers():
    found = read(FUNCTIONAL)
    assert [layer.kind for layer in found.layers] == [
        *("Conv2D", "Activation", "MaxPooling2D", "Flatten", "Dense", "Activation", "Dense")
    ]
    assert found.num_parameters == read(ADDED).num_parameters


@pytest.mark.parametrize(("layers", "expected"), READ)
def test_layers_of_keras_are_known_by_all_their_names(layers, expected):
    assert read_network(KERAS.format(layers=layers)).parts.layers == expected


@pytest.mark.parametrize(("layers", "expected"), TORCH_READ)
def test_layers_of_pytorch_are_known(layers, expected):
    assert read_network(TORCH_CODE.format(layers=layers)).parts.layers == expected


@pytest.mark.parametrize(
    ("template", "layers", "line", "words"),
    [(KERAS, *case) for case in REFUSED] + [(TORCH_CODE, *case) for case in TORCH_REFUSED],
)
def test_what_is_not_known_is_refused_with_its_line(template, layers, line, words):
    with pytest.raises(CodeError) as caught:
        read_network(template.format(layers=layers))
    assert caught.value.line == line
    assert words in str(caught.value)
    assert f"Line {line}" in str(caught.value)


@pytest.mark.parametrize(("text", "words"), OTHER_TEXT.values(), ids=OTHER_TEXT)
def test_any_other_text_is_refused_in_clear_words_and_at_once(text, words):
    begun = time.process_time()
    with pytest.raises(CodeError) as caught:
        read_network(text)
    assert words in str(caught.value)
    assert time.process_time() - begun < 5


def test_nothing_is_run(tmp_path):
    code = f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\n" + KERAS.format(
        layers="layers.Dense(10)"
    )
    assert read_network(code).num_parameters == 7850
    assert not (tmp_path / "ran").exists()


def test_a_notebooks_cell_is_read_with_its_own_commands_passed_over():
    code = "%matplotlib inline\n!pip install keras\n" + KERAS.format(layers="layers.Dense(10)")
    assert read_network(code).num_parameters == 7850


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_what_is_written_is_read_again(name):
    layers, expected = ARCHITECTURES[name].layers(), ARCHITECTURES[name].hidden_code
    assert read_network(write_keras_network(layers)).parts.layers == expected
    if not ARCHITECTURES[name].signed_input:  # which is no layer of PyTorch
        assert read_network(write_torch_network(layers)).parts.layers == expected


@pytest.mark.parametrize("code", [*ALIKE.values(), FUNCTIONAL])
def test_a_network_is_given_back_in_its_own_dialect(code):
    found = read(code)
    again = read_network(found.code)
    assert (again.dialect, again.parts, again.slips) == (found.dialect, found.parts, ())


def test_the_settings_of_the_training_are_read():
    assert read(ADDED).settings == {"optimizer": "adam", "learning_rate": 0.001, "epochs": 3, "batch_size": 64}
    assert read(TORCH).settings == {"optimizer": "momentum", "learning_rate": 0.01, "epochs": 4}


def test_a_page_gets_plain_values_that_a_recipe_takes():
    told = describe_network_code(textwrap.dedent(TORCH))
    assert (told["dialect"], told["parameters"], told["slips"]) == ("torch", 347146, [])
    assert told["layers"][0] == {
        "name": "conv1",
        "kind": "Conv2D",
        "options": {"filters": 32, "kernel_size": 3, "activation": "relu"},
        "shape": [26, 26, 32],
        "parameters": 320,
    }
    assert change_recipe(RECIPES["fast"], told["changes"]).network.num_parameters == told["parameters"]


def test_what_is_left_out_is_noted():
    layers = "layers.Dense(4, kernel_initializer='he_normal'),\nlayers.LeakyReLU(0.1), layers.Dense(10)"
    notes = read_network(KERAS.format(layers=layers)).notes
    assert [(note.line, note.text.split()[0]) for note in notes] == [(4, "`kernel_initializer`"), (5, "A")]
    assert {"20%", "0.1."} <= set(notes[1].text.split())


def test_an_activation_set_in_a_loop_is_that_of_the_hidden_layers():
    code = KERAS.format(layers="layers.Dense(4), layers.Dense(10, 'softmax')")
    for chosen in ("model.layers", "model.layers[:-1]"):
        found = read_network(f"{code}\nfor layer in {chosen}:\n    layer.activation = 'tanh'\n")
        assert found.parts.layers == ("Flatten()", 'Dense(4, activation="tanh")')
        assert len(found.slips) == (chosen == "model.layers")


def test_layers_that_are_a_stored_recipes_own_name_the_same_result():
    found = read_network(write_keras_network(ARCHITECTURES["lenet"].layers()))
    assert change_recipe(RECIPES["lenet"], {"layers": found.parts.layers}) == RECIPES["lenet"]
    assert Parts(layers=found.parts.layers) == found.parts
