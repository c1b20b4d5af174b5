"""Layers are known without Keras: what is said of them is what Keras builds, and what cannot be is refused."""

import pytest
from support.models import STACKS, lively_model

from mnist_core.errors import ArchitectureError
from mnist_core.models.architectures import ARCHITECTURES, Parts, find_architecture
from mnist_core.models.layers import KINDS, parse_layer, write_layer
from mnist_core.models.recipes import RECIPES, Recipe, change_recipe

# How a layer may be written, and how it is kept.
WRITTEN = [
    ("Dense(64)", "Dense(64)"),
    (' Dense( units=64, activation="relu",use_bias=True ) ', 'Dense(64, activation="relu")'),
    ("Conv2D(8, 3, 1, 'valid')", "Conv2D(8, 3)"),
    ('Conv2D(8, 3, padding="same", strides=2)', 'Conv2D(8, 3, strides=2, padding="same")'),
    ("MaxPooling2D()", "MaxPooling2D(2)"),
    ("MaxPooling2D(3, strides=3)", "MaxPooling2D(3)"),
    ("Dropout(0)", "Dropout(0.0)"),
    ("BatchNormalization(0.99, 0.001)", "BatchNormalization()"),
    ("Rescaling(2, -1)", "Rescaling(2.0, offset=-1.0)"),
]
NO_LAYER = [
    ("Dense", "no call"),
    ("Dense()", "needs `units`"),
    ("Dense(0)", "at least 1"),
    ("Dense(True)", "at least 1"),
    ("Dense(64, kernel=3)", "`kernel`"),
    ("Dense(64, 'relu', True, 4)", "fewer values"),
    ("Conv2D(8, (3, 3))", "kernel_size"),
    ("LSTM(64)", "Known: Conv2D"),
    ("Dropout(1.0)", "below 1"),
    ("Activation('softmax')", "relu"),
    ("Dense(units)", "Dense"),
    ("__import__('os').system('true')", "no call"),
    ("Dense(" + "9" * 300 + ")", "200 characters"),
    ("Dense(((((((", "never closed"),
    (5, "no text"),
]
# Layers, and the one at fault.
IMPOSSIBLE = [
    (("Dense(5)",), "dense1"),
    (("Flatten()", "Conv2D(3, 3)"), "conv1"),
    (("Flatten()", "GlobalAveragePooling2D()"), "mean1"),
    (("Conv2D(3, 3)",), "logits"),
    (("Conv2D(3, 29)", "Flatten()"), "conv1"),
    (("MaxPooling2D(20)", "MaxPooling2D(2)", "Flatten()"), "pool2"),
    (("MaxPooling2D(3, padding='same')", "Flatten()"), "pool1"),
    (("Flatten()", "Dense(100_000)"), "dense1"),
    (("Conv2D(100_000, 1)", "GlobalAveragePooling2D()"), "conv1"),
    (("Flatten()", "Rescaling(2, -1)"), "rescale"),
    (("Activation('relu')", "Flatten()"), "relu"),
    (("Flatten()", "Dense(5, 'relu')", "Activation('relu')"), "relu"),
    (("Flatten()", "Dense(5)", "BatchNormalization()", "BatchNormalization()"), "dense1"),
    (("BatchNormalization()", "Flatten()"), "BatchNormalization"),
]


@pytest.mark.parametrize(("text", "kept"), WRITTEN)
def test_a_layer_is_kept_in_one_form(text, kept):
    assert write_layer(*parse_layer(text)) == kept
    assert write_layer(*parse_layer(kept)) == kept


@pytest.mark.parametrize(("text", "reason"), NO_LAYER, ids=lambda text: str(text)[:20])
def test_what_is_no_layer_is_refused_with_the_reason(text, reason):
    with pytest.raises(ValueError, match="is no layer that is known here") as caught:
        parse_layer(text)
    assert reason in str(caught.value)


def test_each_kind_is_a_layer_of_keras():
    import keras

    assert all(issubclass(getattr(keras.layers, kind), keras.layers.Layer) for kind in KINDS)


@pytest.mark.parametrize("name", STACKS)
def test_layer_by_layer_keras_builds_what_is_said(name):
    parts = Parts(layers=STACKS[name])
    model, expected = lively_model("lenet", parts), find_architecture("lenet", parts).layers()
    found = [(layer.name, type(layer).__name__, layer.output.shape[1:], layer.count_params()) for layer in model.layers]
    assert found[1:] == [(layer.name, layer.kind, layer.output_shape, layer.num_parameters) for layer in expected]


@pytest.mark.parametrize(("layers", "fault"), IMPOSSIBLE, ids=lambda layers: str(layers)[:40])
def test_what_cannot_be_built_is_refused_by_the_name_of_the_layer(layers, fault):
    with pytest.raises(ArchitectureError) as caught:
        find_architecture("lenet", Parts(layers=layers)).layers()
    assert caught.value.layer == fault


@pytest.mark.parametrize("layers", [(), ("Flatten()",) * 101], ids=["none", "too many"])
def test_a_network_has_some_layers_and_not_too_many(layers):
    with pytest.raises(ValueError, match="`layers` must hold 1 to 100"):
        Parts(layers=layers)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_layers_that_a_network_has_anyway_change_nothing(name):
    layers = ARCHITECTURES[name].hidden_code
    recipe = change_recipe(RECIPES[name], {"layers": layers})
    assert (recipe, recipe.key("a" * 64)) == (RECIPES[name], RECIPES[name].key("a" * 64))


def test_other_layers_take_the_place_of_all_but_the_logits():
    recipe = change_recipe(RECIPES["sketchnet"], {"layers": ["Flatten()", "Dense(5)"]})
    assert [layer.code for layer in recipe.network.layers()] == ["Flatten()", "Dense(5)", "Dense(11)"]
    assert recipe.list_changes() == ["layers=Flatten(),Dense(5)"]
    assert Recipe.from_dict(recipe.as_dict()) == recipe


def test_nothing_else_is_changed_beside_layers():
    with pytest.raises(ArchitectureError, match="`kernel` has no effect here: `layers` says"):
        change_recipe(RECIPES["lenet"], {"layers": ["Flatten()"], "kernel": 5})


def test_a_network_that_scales_its_input_says_so():
    assert find_architecture("lenet", Parts(layers=STACKS["mean"])).signed_input
    assert not find_architecture("wide_dense", Parts(layers=STACKS["steps"])).signed_input
