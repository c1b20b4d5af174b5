"""Networks are known without Keras: what `layers` says is what Keras builds, and what cannot be built is refused."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
from support.models import run_python, sample_images

from mnist_core.errors import ArchitectureError
from mnist_core.models.architectures import (
    ARCHITECTURES,
    Parts,
    find_architecture,
    find_difference,
    find_layers,
)
from mnist_core.models.layers import ACTIVATIONS

PUBLISHED = {
    "sketchnet": 328_394,
    "linear": 7_850,
    "dense512": 407_050,
    "lenet": 121_930,
    "lenet_dropout": 225_034,
    "conv_dropout": 693_962,
    "vgg_small": 889_834,
    "wide_dense": 3_241_354,
}
CHANGED = [
    ("lenet", Parts(filters=(4,))),
    ("lenet", Parts(filters=(4, 2, 3))),
    ("lenet", Parts(filters=())),
    ("lenet", Parts(kernel=4, pooling="average")),
    ("lenet", Parts(pool_size=3, dense_units=(6, 5, 4), activation="elu", dropout=0.1)),
    ("lenet", Parts(pool_size=1, filters=(2, 2), dense_units=())),
    ("lenet", Parts(filters=(2,), kernel=27)),
    ("conv_dropout", Parts(dropout=0)),
    ("vgg_small", Parts(filters=(3, 4, 5), kernel=2)),
    ("wide_dense", Parts(filters=(2, 2, 2, 2), dense_units=(3,))),
    ("sketchnet", Parts(filters=(2, 3, 4, 5, 6), kernel=4, activation="tanh")),
    ("sketchnet", Parts(filters=(2,), dense_units=(7,), dropout=0)),
    ("linear", Parts(filters=(4, 4), dropout=0.2)),
    ("dense512", Parts(dense_units=(3, 2), activation="leaky_relu")),
]
# Network, parts and the layer at fault.
IMPOSSIBLE = [
    ("lenet", {"filters": (2, 2, 2, 2)}, "conv4"),
    ("vgg_small", {"filters": (2, 2, 2, 2)}, "conv8"),
    ("sketchnet", {"filters": (2, 2, 2, 2, 2, 2)}, "pool5"),
    ("lenet", {"kernel": 12}, "conv2"),
    ("lenet", {"kernel": 29}, "conv1"),
    ("lenet", {"filters": (2,), "kernel": 28}, "pool1"),
    ("lenet", {"pool_size": 27}, "pool1"),
    ("lenet", {"pool_size": 10}, "conv2"),
    ("dense512", {"dense_units": (100_000,)}, "dense1"),
    ("lenet", {"dense_units": (10, 10**9)}, "dense2"),
]
SMALL = {"activation": "tanh", "kernel": 2, "pooling": "average", "pool_size": 3}
HIDDEN = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
}


def names(architecture, **parts):
    return [layer.name for layer in find_architecture(architecture, Parts(**parts)).layers()]


def built(architecture, parts=None):
    from mnist_core.models.keras_builder import build_model

    return build_model(find_architecture(architecture, parts))


@pytest.mark.parametrize(("architecture", "expected"), PUBLISHED.items())
def test_parameter_count_is_the_published_one(architecture, expected):
    assert find_architecture(architecture).num_parameters == expected
    assert built(architecture).count_params() == expected


@pytest.mark.parametrize(("architecture", "below"), [("sketchnet", 144), ("lenet", 64), ("linear", 784)])
def test_an_eleventh_output_adds_its_weights_and_its_bias(architecture, below):
    ten = find_architecture(architecture)
    eleven = dataclasses.replace(ten, num_outputs=11)
    assert eleven.num_parameters - ten.num_parameters == below + 1
    assert eleven.layers()[-1].output_shape == (11,)
    assert eleven.layers()[:-1] == ten.layers()[:-1]


def test_ten_outputs_do_not_fit_eleven():
    ten = find_architecture("lenet")
    assert "logits with 11 outputs" in find_difference(dataclasses.replace(ten, num_outputs=11), ten)


@pytest.mark.parametrize(("architecture", "parts"), [*((name, Parts()) for name in ARCHITECTURES), *CHANGED])
def test_layers_are_those_that_keras_builds(architecture, parts):
    listed = find_architecture(architecture, parts).layers()
    keras_layers = built(architecture, parts).layers[1:]
    assert [(layer.name, layer.kind, layer.output_shape, layer.num_parameters) for layer in listed] == [
        (layer.name, type(layer).__name__, layer.output.shape[1:], layer.count_params()) for layer in keras_layers
    ]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_hidden_layers_have_the_activation(activation):
    model = built("dense512", Parts(dense_units=(6, 5), activation=activation))
    hidden = sample_images(20).reshape(20, -1)
    for layer in ("dense1", "dense2"):
        kernel, bias = model.get_layer(layer).get_weights()
        hidden = HIDDEN[activation](hidden @ kernel + bias)
    kernel, bias = model.get_layer("logits").get_weights()
    logits = model.predict_on_batch(sample_images(20)[..., None])
    np.testing.assert_allclose(logits, hidden @ kernel + bias, atol=1e-5)


@pytest.mark.parametrize(("architecture", "kind"), [("lenet", "Conv2D"), ("sketchnet", "Activation")])
def test_convolutions_have_the_activation(architecture, kind):
    layers = find_architecture(architecture, Parts(activation="tanh")).layers()
    assert {layer.options["activation"] for layer in layers if layer.kind == kind} == {"tanh"}


def test_wide_dense_alone_scales_its_input_to_minus_1_to_1():
    model = built("wide_dense")
    scaled = model.get_layer("rescale")(sample_images(20)[..., None])
    np.testing.assert_allclose(scaled, 2 * sample_images(20)[..., None] - 1, atol=1e-6)
    assert [name for name in ARCHITECTURES if "rescale" in names(name)] == ["wide_dense"]


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [
        ("conv_dropout", ["flatten", "dropout", "dense1", "logits"]),
        ("lenet_dropout", ["flatten", "dense1", "dropout", "logits"]),
        ("lenet", ["flatten", "dense1", "logits"]),
    ],
)
def test_dropout_is_where_the_tutorial_has_it(architecture, expected):
    layers = find_architecture(architecture).layers()
    assert names(architecture)[-len(expected) :] == expected
    assert all(layer.options["rate"] == 0.5 for layer in layers if layer.name == "dropout")


@pytest.mark.parametrize("architecture", ["linear", "dense512", "lenet", "wide_dense"])
def test_dropout_that_is_added_comes_before_the_output(architecture):
    assert names(architecture, dropout=0.3)[-2:] == ["dropout", "logits"]


def test_dropout_of_zero_is_no_layer():
    assert "dropout" not in names("conv_dropout", dropout=0)


@pytest.mark.parametrize(
    ("architecture", "filters", "expected"),
    [
        ("lenet", (7,), [("conv1", 7)]),
        ("lenet", (7, 8, 9), [("conv1", 7), ("conv2", 8), ("conv3", 9)]),
        ("vgg_small", (7,), [("conv1", 7), ("conv2", 7)]),
        ("vgg_small", (7, 8, 9), [("conv1", 7), ("conv2", 7), ("conv3", 8), ("conv4", 8), ("conv5", 9), ("conv6", 9)]),
        ("sketchnet", (7, 8), [("conv1", 7), ("conv2", 8), ("conv3", 8)]),
        ("linear", (7, 8), [("conv1", 7), ("conv2", 8)]),
        ("lenet", (), []),
    ],
)
def test_a_number_of_filters_is_a_block(architecture, filters, expected):
    layers = find_architecture(architecture, Parts(filters=filters)).layers()
    assert [(layer.name, layer.options["filters"]) for layer in layers if layer.kind == "Conv2D"] == expected


def test_parts_that_are_not_named_stay_as_they_are():
    before, after = (find_architecture("vgg_small", parts) for parts in (Parts(), Parts(dense_units=(7,))))
    assert after.blocks == before.blocks == ((32, 32), (64, 64))
    assert after.change(Parts(dense_units=(512,))) == before


@pytest.mark.parametrize(("architecture", "parts", "layer"), IMPOSSIBLE)
def test_an_impossible_network_is_refused_by_the_name_of_its_layer(architecture, parts, layer):
    with pytest.raises(ArchitectureError, match=rf"{architecture} .*\b{layer}\b") as caught:
        find_architecture(architecture, Parts(**parts)).layers()
    assert caught.value.layer == layer


def test_an_impossible_network_is_refused_without_keras():
    code = (
        f"import sys; sys.path.append({str(Path(__file__).parent)!r}); from test_architectures import *\n"
        "for architecture, parts, layer in IMPOSSIBLE:\n"
        "    try: find_architecture(architecture, Parts(**parts)).num_parameters\n"
        "    except ArchitectureError as error: print(error.layer)\n"
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    child = run_python(code)
    assert child.returncode == 0, child.stderr
    assert child.stdout.split() == [layer for *_, layer in IMPOSSIBLE]


@pytest.mark.parametrize(
    "parts", [{"filters": (2,), "kernel": 27}, {"filters": (2,), "pool_size": 26}, {"filters": (2,) * 3}]
)
def test_the_smallest_input_that_fits_is_not_refused(parts):
    assert find_architecture("lenet", Parts(**parts)).layers()[-3].output_shape == (2,)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("activation", "gelu"),
        ("filters", (8, 0)),
        ("filters", (-1,)),
        ("kernel", 0),
        ("pooling", "median"),
        ("pool_size", -2),
        ("dense_units", (16, 0)),
        ("dropout", 1),
        ("dropout", -0.1),
        ("dropout", float("nan")),
    ],
)
def test_a_bad_part_is_named(name, bad):
    with pytest.raises(ValueError, match=rf"`{name}` must .*Received: {name}="):
        Parts(**{name: bad})


@pytest.mark.parametrize(
    ("architecture", "name"),
    [*itertools.product(["linear", "dense512"], ["kernel", "pooling", "pool_size"]), ("linear", "activation")],
)
def test_a_part_that_the_network_does_not_have_is_refused(architecture, name):
    with pytest.raises(ArchitectureError, match=f"`{name}` .*{architecture} has no") as caught:
        find_architecture(architecture, Parts(**{name: SMALL[name]}))
    assert caught.value.layer == name


def test_a_part_that_the_network_gets_is_not_refused():
    assert "conv1" in names("linear", filters=(4,), kernel=5, pooling="average", activation="tanh")


def test_lists_are_the_same_parts_as_tuples():
    assert Parts(filters=[1, 2], dense_units=[3]) == Parts(filters=(1, 2), dense_units=(3,))
    assert hash(Parts(filters=[1, 2])) == hash(Parts(filters=(1, 2)))


def test_parts_that_the_network_has_anyway_are_idle():
    own = Parts("relu", (32, 64), 3, "max", 2, (64,), 0)
    assert ARCHITECTURES["lenet"].drop_idle(own) == Parts()


@pytest.mark.parametrize(
    "parts",
    [Parts("tanh"), Parts(filters=(32,)), Parts(filters=(32, 64, 64)), Parts(dense_units=()), Parts(dropout=0.5)],
)
def test_parts_that_change_the_network_are_not_idle(parts):
    assert ARCHITECTURES["lenet"].drop_idle(parts) == parts


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["conv1"], ("conv1",)),
        (["conv*"], ("conv1", "conv2")),
        (["logits", "conv2"], ("conv2", "logits")),
        (["conv?", "conv1"], ("conv1", "conv2")),
        (["*"], ("conv1", "conv2", "dense1", "logits")),
        ([], ()),
    ],
)
def test_layers_are_found_by_pattern_in_their_order(patterns, expected):
    assert find_layers(ARCHITECTURES["lenet"], patterns) == expected


def test_a_pattern_finds_normalisations_but_nothing_without_weights():
    assert find_layers(ARCHITECTURES["sketchnet"], ["conv1*"]) == ("conv1", "conv1_norm")


@pytest.mark.parametrize("pattern", ["conv9", "pool1", "flatten", "Conv*", ""])
def test_a_pattern_that_finds_nothing_is_refused_with_the_layers_there_are(pattern):
    with pytest.raises(ArchitectureError, match="conv1, conv2, dense1, logits") as caught:
        find_layers(ARCHITECTURES["lenet"], ["conv1", pattern])
    assert caught.value.layer == pattern


@pytest.mark.parametrize(
    "parts",
    [Parts(), Parts("tanh"), Parts(pooling="average"), Parts("elu", dropout=0.4)],
)
def test_networks_whose_weights_fit_have_no_difference(parts):
    assert find_difference(ARCHITECTURES["lenet"], ARCHITECTURES["lenet"].change(parts)) is None


@pytest.mark.parametrize(
    ("architecture", "parts", "said"),
    [
        ("lenet", Parts(filters=(31, 64)), ["conv1", "32 outputs", "31 outputs"]),
        ("lenet", Parts(kernel=5), ["conv1", "320 parameters", "832 parameters"]),
        ("lenet", Parts(pool_size=3), ["dense1"]),
        ("lenet", Parts(dense_units=()), ["dense1", "logits"]),
        ("lenet_dropout", Parts(), ["dense1", "64 outputs", "128 outputs"]),
        ("dense512", Parts(), ["conv1", "dense1"]),
        ("sketchnet", Parts(), ["conv1", "320 parameters", "288 parameters"]),
    ],
)
def test_the_difference_of_two_networks_names_their_layers(architecture, parts, said):
    difference = find_difference(ARCHITECTURES["lenet"], find_architecture(architecture, parts))
    assert all(words in difference for words in said), difference


@pytest.mark.parametrize(
    ("name", "parts"),
    [("linear", Parts(filters=(8,), kernel=5)), ("linear", Parts(dense_units=(8,), activation="tanh"))],
)
def test_a_part_that_stands_on_another_part_is_kept(name, parts):
    assert ARCHITECTURES[name].drop_idle(parts) == parts


def test_pooling_of_a_network_without_pooling_is_refused():
    with pytest.raises(ArchitectureError, match="no pooling"):
        find_architecture("sketchnet", Parts(filters=(8,), pooling="average"))
