"""The inside tab's network and breaking answer from the real model, and refuse in words what cannot be answered."""

import base64
import io
import math
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.library import open_library, open_reader, small_file
from support.models import copy_model, stored_architecture, stored_linear

from mnist_core.data import mnist as dataset
from mnist_core.errors import PictureError, QueryError, UnknownModelError
from mnist_core.explain.anatomy import Anatomy
from mnist_core.models.store import load_stored
from mnist_core.paths import ASSETS_DIR, SHIPPED_DIR
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.ui.inside import broken as measured
from mnist_core.ui.inside.bench import Bench
from mnist_core.ui.inside.broken import breaking_functions
from mnist_core.ui.inside.network import network_functions, network_route
from mnist_core.ui.inside.tab import VIEWS, inside_functions, read_template
from mnist_core.ui.wire import encode_image, never_raise

FOUR = render_ink(check_ink([[[42, 20], [32, 55], [70, 55]], [[60, 30], [57, 82]]]))
DRAWING = {"image": encode_image(FOUR), "model": ""}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inside")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "KERAS_PATH", folder / "keras/mnist.npz")
        yield Bench(open_reader(), open_library(folder / "cache", None))


@pytest.fixture(scope="module")
def network(bench):
    return {function.__name__: function for function in network_functions(bench)}


@pytest.fixture(scope="module")
def breaking(bench):
    return {function.__name__: function for function in breaking_functions(bench)}


@pytest.fixture(scope="module")
def seen():
    """What the shipped model makes of the drawing as it travels, in whole 255ths."""
    return Anatomy(load_stored(SHIPPED_DIR / "sketchnet")).feature_maps(
        (np.rint(FOUR * 255) / 255).astype(np.float32)[None]
    )


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))))


# Network


def decode_floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_values_of_all_layers_come_one_after_another(network, seen):
    layers = network["describe_network"]({})["layers"]
    values = decode_floats(network["run_network"](DRAWING)["values"])
    assert [layer["name"] for layer in layers] == list(seen)
    np.testing.assert_allclose(values, np.concatenate([maps.ravel() for maps in seen.values()]), atol=1e-5)


def test_each_layer_has_the_lines_of_keras_that_became_it(network):
    layers = load_stored(SHIPPED_DIR / "sketchnet").recipe.network.layers()
    groups = {layer["name"]: layer["keras"] for layer in network["describe_network"]({})["layers"]}
    lines = [(line["code"], line["shape"], line["parameters"]) for group in groups.values() for line in group]
    assert lines == [(layer.code, layer.output_shape, layer.num_parameters) for layer in layers]
    assert [line["code"].split("(")[0] for line in groups["conv2"]] == ["Conv2D", "BatchNormalization", "Activation"]
    assert [line["code"] for line in groups["logits"]] == ["Dropout(0.3)", "Dense(11)"]


def test_a_scale_holds_nearly_all_values_of_real_digits(network, bench, sample):
    values = bench.open("").feature_maps(sample[0][7:3000:50].astype(np.float32) / 255)
    for layer in network["describe_network"]({})["layers"]:
        share = (np.abs(values[layer["name"]]) <= layer["scale"]).mean()
        assert 0.99 < share <= 1


@pytest.fixture(scope="module")
def weights(bench):
    return TestClient(Starlette(routes=[network_route(bench.reader)]))


def test_weights_are_kept_by_a_browser_and_are_those_of_the_model(network, bench, weights):
    description = network["describe_network"]({})
    answer = weights.get(description["address"], params={"model": "sketchnet"})
    parts = bench.open("").parts
    arrays = [array.ravel() for part in parts if hasattr(part, "kernel") for array in (part.kernel, part.bias)]
    np.testing.assert_array_equal(np.frombuffer(answer.content, "<f4"), np.concatenate(arrays))
    assert "immutable" in answer.headers["cache-control"]
    assert sum(layer["numWeights"] + layer["numBiases"] for layer in description["layers"]) * 4 == len(answer.content)


def test_weights_under_the_digest_of_others_are_not_kept(weights):
    assert weights.get("/network/0123.bin?model=sketchnet").headers["cache-control"] == "no-store"


def test_weights_of_a_model_that_is_not_stored_are_refused_in_words(weights):
    answer = weights.get("/network/0123.bin?model=nobody")
    assert (answer.status_code, "nobody" in answer.json()["error"]) == (404, True)


def test_of_a_large_network_the_server_computes(tmp_path):
    copy_model(stored_architecture("wide_dense"), tmp_path / "models/wide")
    describe, _, _ = network_functions(Bench(open_reader(tmp_path / "models"), open_library(tmp_path / "cache")))
    assert describe({"model": "wide"})["address"] is None


@pytest.mark.parametrize(("layer", "place"), [("conv1", [14, 12, 21]), ("conv3", [7, 7, 40])])
def test_products_of_a_unit_add_up_to_its_value(network, seen, layer, place):
    unit = network["open_unit"]({**DRAWING, "layer": layer, "place": place})
    total = sum(a * b for a, b in zip(unit["patch"], unit["weights"], strict=True)) + unit["bias"]
    assert total == pytest.approx(unit["total"], abs=1e-2)
    assert unit["value"] == pytest.approx(max(0, unit["total"]), abs=1e-4)
    assert unit["value"] == pytest.approx(float(seen[layer][0][tuple(place)]), abs=1e-4)


def test_of_a_dense_layer_the_strongest_products_are_listed_and_the_rest_added(network, seen):
    unit = network["open_unit"]({**DRAWING, "layer": "logits", "place": [4]})
    products = [row["product"] for row in unit["strongest"]]
    assert [abs(product) for product in products] == sorted(map(abs, products), reverse=True)
    assert sum(products) + unit["rest"] + unit["bias"] == pytest.approx(float(seen["logits"][0, 4]), abs=1e-2)
    strongest = unit["strongest"][0]
    assert strongest["input"] == pytest.approx(float(seen["embedding"][0][strongest["place"][0]]), abs=1e-4)


def test_inputs_of_a_layer_above_the_image_are_told_by_row_and_column():
    linear = Anatomy(stored_linear())
    *_, open_unit = network_functions(SimpleNamespace(decode=lambda message: (linear, FOUR)))
    for row in open_unit({**DRAWING, "layer": "logits", "place": [4]})["strongest"]:
        assert row["input"] == pytest.approx(float(FOUR[tuple(row["place"])]), abs=1e-4)


@pytest.mark.parametrize("place", [None, "middle", [99, 0, 0], [[0], 0, 0]])
def test_a_unit_that_is_not_there_is_refused(network, place):
    with pytest.raises(QueryError):
        network["open_unit"]({**DRAWING, "layer": "conv1", "place": place})


# Breaking


def test_what_can_be_switched_off_comes_as_one_picture_a_layer(breaking, seen):
    answer = breaking["open_layers"](DRAWING)
    assert [part["name"] for part in answer["parts"]] == list(seen)[:-1]
    for part in answer["parts"]:
        height, width, channels = (*([1, 1] if len(part["shape"]) == 1 else []), *part["shape"])
        rows = math.ceil(channels / answer["columns"])
        assert pixels(part["picture"]).shape == (rows * height, answer["columns"] * width)


def test_a_tile_of_the_picture_is_the_feature_map(breaking, seen):
    part = breaking["open_layers"](DRAWING)["parts"][0]
    values = seen["conv1"][0]
    tile = pixels(part["picture"])[28:56, 5 * 28 : 6 * 28]  # in the second row of 16, the sixth
    np.testing.assert_allclose(tile / 255, values[..., 21] / values.max(), atol=0.003)


def test_a_whole_network_is_as_good_as_it_is(breaking, bench):
    answer = breaking["break_network"]({**DRAWING, "off": {}, "noise": 0, "seed": 0})
    images, labels, _ = bench.new_images("")
    expected = (bench.open("").predict(images).probabilities.argmax(axis=1) == labels).mean()
    assert answer["accuracy"] == answer["intact"] == pytest.approx(expected)
    assert answer["answer"]["verdict"] == {"kind": "sure", "labels": (4,)}
    assert (answer["num"], answer["split"]) == (1000, "built_in")


def test_without_a_layer_it_can_only_guess(breaking):
    answer = breaking["break_network"]({**DRAWING, "off": {"conv2": list(range(64))}})
    assert answer["accuracy"] == pytest.approx(0.1, abs=0.02)
    assert sum(share == 1 for share in answer["byDigit"]) == 1
    assert answer["intact"] > 0.98
    low, high = answer["interval"]
    assert low < answer["accuracy"] < high < 0.2


def test_the_same_damage_is_measured_once(breaking, monkeypatch):
    question = {**DRAWING, "off": {"conv1": [3, 1], "conv2": [5]}}
    first = breaking["break_network"](question)
    monkeypatch.setattr(measured, "measure_damage", None)
    again = {**DRAWING, "off": {"conv2": [5, 5], "pool1": [], "conv1": [1, 3]}, "seed": 9}
    assert breaking["break_network"](again) == first


def test_everything_but_the_answer_itself_can_be_switched_off(breaking):
    listed = breaking["list_breakable"]({})["parts"]
    assert [part["name"] for part in listed] == [
        "conv1", "pool1", "conv2", "conv3", "pool2", "conv4", "conv5", "embedding"
    ]  # fmt: skip
    assert listed[0]["size"] == 32


@pytest.mark.parametrize(
    "question",
    [{"off": [1]}, {"off": {"conv1": 3}}, {"off": {"conv1": [32]}}, {"seed": -1}, {"seed": "a"}, {"noise": 9}],
)
def test_breaking_what_is_not_there_is_refused(breaking, question):
    with pytest.raises(QueryError):
        breaking["break_network"]({**DRAWING, **question})


def test_while_others_break_theirs_one_is_told_to_come_again(bench, monkeypatch):
    """What is known is told at once."""
    *_, break_network = map(never_raise, breaking_functions(bench))
    known, other = {**DRAWING, "off": {"conv5": [7]}}, {**DRAWING, "off": {"conv5": [8]}}
    expected, told = break_network(known), []
    measure = measured.measure_damage

    def measure_slowly(*arguments):
        told.extend([break_network(known), break_network({**DRAWING, "off": {"conv5": [9]}})])
        return measure(*arguments)

    monkeypatch.setattr(measured, "measure_damage", measure_slowly)
    assert break_network(other)["num"] == 1000
    assert told == [expected, {"pending": 0.0, "error": ""}]


# Bench


def test_new_images_hold_all_digits_and_none_that_was_seen(bench):
    images, labels, name = bench.new_images("", 500)
    assert (images.shape, images.dtype, name) == ((500, 28, 28), np.float32, "built_in")
    assert 0 <= images.min() < images.max() <= 1
    assert np.bincount(labels, minlength=10).min() >= 20


def test_with_mnist_its_test_images_are_the_new_ones(tmp_path):
    bench = Bench(open_reader(), open_library(tmp_path / "cache", small_file()))
    assert bench.new_images("", 50)[2] == "test"


def test_a_model_that_is_not_there_is_refused(bench):
    with pytest.raises(UnknownModelError):
        bench.open("nobody")


@pytest.mark.parametrize("image", [None, "", "AAAA", base64.b64encode(bytes(784)).decode()])
def test_an_empty_or_damaged_drawing_is_refused(bench, image):
    with pytest.raises(PictureError):
        bench.decode({"image": image})


# The page


def test_every_view_has_its_place_script_and_texts():
    template = read_template()
    for name in VIEWS:
        assert f'data-view="{name}"' in template
        assert f"\n  {name}: create" in (ASSETS_DIR / "inside/main.js").read_text(encoding="utf-8")


def test_no_two_functions_of_the_page_have_one_name(bench):
    names = [function.__name__ for function in inside_functions(bench.reader, bench.library)]
    assert len(names) == len(set(names))
    assert {"open_layers", "open_unit", "break_network", "describe_models"} <= set(names)


def test_functions_of_the_page_never_raise(bench):
    for function in inside_functions(bench.reader, bench.library):
        answer = function({})
        assert answer.get("ok") or answer.get("error") or "pending" in answer
