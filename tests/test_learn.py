"""The glossary's numbers are those of the model and the image, and what a model lacks is said."""

import base64
import dataclasses
import json
import math
import re

import numpy as np
import pytest
from fixtures_library import SHIPPED, copy_shipped, open_library, open_reader, small_file
from fixtures_models import stored_architecture

from mnist_core.recipes import RECIPES
from mnist_core.splits import load_split
from mnist_core.ui.inside.bench import Bench
from mnist_core.ui.inside.learn import SAMPLE, TERMS, learn_functions
from mnist_core.ui.inside.terms import Case, find_sums
from mnist_core.ui.inside.training_terms import descend, learning_rate
from mnist_core.ui.texts import load_texts
from mnist_core.ui.wire import encode_image, never_raise

MODELS = ("sketchnet", "lively-lenet", "lively-linear")
# Terms with two texts about their numbers, what a model may lack, and the words in figures: each has a text.
TWO_TEXTS = (
    *("class", "label", "one_hot", "normalisation", "relu", "pooling", "flatten"),
    *("momentum", "overfitting", "transfer_learning", "calibration"),
)
LACKS = ("convolution", "hidden", "pooling", "history", "counts", "dropout", "augmentation")
TERM_TEXTS = (
    *TERMS,
    *(f"{term}_{ending}" for term in TERMS for ending in ("school", "university", "shown")),
    *(f"{term}_shown_other" for term in TWO_TEXTS),
)
_WORDS = """
    after all_labels averaging batch_size before bias block byte change damage digit each_epoch eight_values elastic
    epoch error fate filter flip_horizontal flip_vertical floor frozen gradient image input label label_row layer
    learning learning_rate limit logit loss map mean minus_log no_digit no_digits number numbers optimizer others output
    patch
    pen_drawings piece pixels_of_row power probability product products reading result rotation row scale schedule
    setting shape share shear shift signed some_inputs step steps_an_epoch stretch temperature thickness trained_on
    training training_accuracy training_images tried unit validation validation_accuracy value warming weight
    weight_decay with_momentum without_momentum would_be_kept would_be_new
"""
WORDS = tuple(_WORDS.split())


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folders = [stored_architecture(name).folder.parent for name in ("lenet", "linear")]
    reader = open_reader(*folders)
    return Bench(reader, open_library(tmp_path_factory.mktemp("cache"), reader=reader))


@pytest.fixture(scope="module")
def ask(bench):
    """Asks as the page does, and makes sure that the answer can travel."""
    (function,) = map(never_raise, learn_functions(bench))
    return lambda **message: json.loads(json.dumps(function(message), allow_nan=False))


@pytest.fixture
def look(ask):
    """The entry of one term."""

    def look(term, model="sketchnet", **message):
        (entry,) = ask(term=term, model=model, **message)["terms"]
        return entry

    return look


@pytest.fixture(scope="module")
def case(bench, sample):
    """A sample that a made-up network sees."""
    image = sample[0][SAMPLE].astype(np.float32) / 255
    return Case(stored_architecture("lenet"), bench.open("lively-lenet"), image, None, bench.library)


def pixels(picture):
    values = np.frombuffer(base64.b64decode(picture["pixels"]), np.uint8)
    return values.reshape(picture["height"], picture["width"])


def rows(table):
    """The rows of a table by their first cell."""
    return {row[0]: row[1:] for row in table["rows"]}


def words_in(figure):
    cells = [figure.get("caption"), figure.get("xLabel"), *figure.get("head", ()), *figure.get("columns", ())]
    cells += (
        [cell for row in figure["rows"] for cell in (row if isinstance(row, list) else [row])]
        if "rows" in figure
        else []
    )
    cells += [curve["name"] for curve in figure.get("curves", ())]
    cells += [picture["caption"] for picture in figure.get("pictures", ())]
    return {cell for cell in cells if isinstance(cell, str)}


@pytest.mark.parametrize("model", MODELS)
def test_every_term_has_its_texts_whatever_the_model(ask, model):
    texts, entries = load_texts(), ask(model=model)["terms"]
    assert [entry["name"] for entry in entries] == list(TERMS)
    for entry in entries:
        name = entry["name"]
        assert {f"term_{name}", f"term_{name}_school", f"term_{name}_university"} <= set(texts)
        assert (f"learn_lacks_{entry['lacks']}" if "lacks" in entry else f"term_{name}_{entry['shown']}") in texts


@pytest.mark.parametrize("model", MODELS)
def test_every_number_that_a_text_speaks_of_is_given(ask, model):
    texts = load_texts()
    for entry in ask(model=model)["terms"]:
        text = texts[f"learn_lacks_{entry['lacks']}" if "lacks" in entry else f"term_{entry['name']}_{entry['shown']}"]
        assert set(re.findall(r"\{(\w+)\}", text)) <= set(entry["values"])


def test_every_word_in_a_figure_has_a_text(ask):
    figures = [figure for model in MODELS for entry in ask(model=model)["terms"] for figure in entry["figures"]]
    captions = {figure["caption"] for figure in figures if figure["kind"] == "matrix"}
    heads = {word for figure in figures if figure["kind"] == "table" for word in figure["head"]}
    used = set().union(*map(words_in, figures))
    assert captions | heads <= set(WORDS)
    assert {f"learn_word_{word}" for word in used & set(WORDS)} <= set(load_texts())


def test_without_a_drawing_a_built_in_sample_stands_in_and_is_named(ask, sample):
    answer = ask(term="sample")
    assert answer["sample"] == {"index": SAMPLE, "label": sample[1][SAMPLE]}
    assert np.array_equal(pixels(answer["terms"][0]["figures"][0]["pictures"][0]), sample[0][SAMPLE])


def test_with_a_drawing_the_numbers_are_those_of_the_drawing(ask, sample):
    answer = ask(term="sample", image=encode_image(sample[0][3600] / 255))
    assert answer["sample"] is None
    assert answer["terms"][0]["values"]["inked"] == (sample[0][3600] > 0).sum()


def test_a_known_label_is_taken_and_an_unknown_one_is_the_answer(look, sample):
    image = encode_image(sample[0][3600] / 255)
    assert look("label", image=image)["values"]["label"] == sample[1][3600] == 7
    assert look("label", image=image, label=2)["figures"][0]["values"][0].index(1) == 2


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"term": "magic"}, "no term 'magic'"),
        ({"image": base64.b64encode(bytes(784)).decode()}, "784 bytes"),
        ({"image": base64.b64encode(bytes([9]) * 784).decode(), "label": 12}, "from 0 to 9"),
        ({"model": "nobody"}, "no model"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_words(ask, message, words):
    assert words in ask(**message)["error"]


# Layers


def test_a_convolution_is_patch_times_filter_as_stored(look, sample):
    entry = look("convolution", "lively-lenet")
    values = entry["values"]
    with np.load(stored_architecture("lenet").folder / "weights.npz") as weights:
        kernel, bias = weights["conv1/kernel"][:, :, 0, values["filter"]], weights["conv1/bias"][values["filter"]]
    top, left = values["row"], values["column"]
    patch = sample[0][SAMPLE][top : top + 3, left : left + 3] / 255
    shown = [np.array(figure["values"]) for figure in entry["figures"]]
    for matrix, expected in zip(shown, (patch, kernel, patch * kernel), strict=True):
        assert matrix == pytest.approx(expected, abs=1e-4)
    assert values["total"] == pytest.approx((patch * kernel).sum() + bias, rel=1e-4)
    assert values["value"] == pytest.approx(max(values["total"], 0), rel=1e-4)


def test_relu_keeps_what_is_above_0(look):
    entry = look("relu", "lively-lenet")
    before, after = np.array(entry["figures"][0]["values"])
    assert after == pytest.approx(np.maximum(before, 0), abs=1e-3)
    assert before.min() < 0 < before.max()


@pytest.mark.parametrize("model", ["sketchnet", "lively-lenet"])
def test_sums_before_the_activation_lead_to_what_the_network_gives(bench, sample, model):
    image = sample[0][SAMPLE].astype(np.float32) / 255
    case = Case(bench.library.find_model(model), bench.open(model), image, None, bench.library)
    for part in case.anatomy.parts:
        if part.activation == "relu":
            assert np.maximum(find_sums(case, part), 0) == pytest.approx(case.maps[part.name], abs=1e-3)


def test_pooling_keeps_the_largest_of_a_block(look):
    block, result = (figure["values"] for figure in look("pooling")["figures"])
    assert np.shape(block) == (2, 2)
    assert result[0][0] == np.max(block) > np.min(block)


def test_the_products_of_the_dense_layer_add_up_to_the_logit(look, case):
    table = rows(look("dense_layer", "lively-lenet")["figures"][0])
    assert table["logit"][-1] == pytest.approx(case.logits.max(), rel=1e-4)
    products = [row[-1] for name, row in table.items() if name != "logit"]
    assert sum(products) == pytest.approx(table["logit"][-1], rel=1e-3)


def test_tensors_and_flatten_have_the_published_shapes_of_lenet(look):
    table = rows(look("tensor", "lively-lenet")["figures"][0])
    assert table["conv1"] == ["26 × 26 × 32", 21632]
    assert table["flatten"] == ["1,600", 1600]
    assert look("flatten", "lively-lenet")["values"]["before"] == "5 × 5 × 64"
    assert look("flatten")["shown"] == "shown_other"  # sketchnet takes means


@pytest.mark.parametrize("term", ["convolution", "filter", "feature_map", "relu", "pooling"])
def test_a_network_without_hidden_layers_says_what_it_lacks(look, term):
    assert look(term, "lively-linear")["lacks"] in ("convolution", "hidden", "pooling")
    assert look(term, "lively-linear")["figures"] == []


# Answers


def test_softmax_and_cross_entropy_are_arithmetic(look):
    table = np.array([row[1:] for row in look("softmax")["figures"][0]["rows"]])
    powers = np.exp(table[:, 0] - table[:, 0].max())
    assert table[:, 2] == pytest.approx(powers / powers.sum(), rel=1e-4)
    losses = np.array(look("cross_entropy")["figures"][0]["rows"], float)
    assert losses[:, 2] == pytest.approx(-np.log(losses[:, 1]), rel=1e-4, abs=1e-9)


# Training


def last_layer(case):
    part = case.anatomy.parts[-1]
    return case.input_of(part).reshape(-1).astype(float), part.kernel.astype(float), part.bias.astype(float)


def loss_and_gradient(received, kernel, bias, target):
    logits = received @ kernel + bias
    probabilities = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    error = probabilities - np.eye(len(bias))[target]
    return -math.log(probabilities[target]), np.outer(received, error), error


def test_the_chain_rule_gives_what_moving_the_weight_gives(look, case):
    entry = look("backpropagation", "lively-lenet")
    values, (received, kernel, bias) = entry["values"], last_layer(case)
    place, step = (values["unit"], values["digit"]), 1e-5
    assert values["weight"] == pytest.approx(kernel[place])
    losses = []
    for sign in (1, -1):
        moved = kernel.copy()
        moved[place] += sign * step
        losses.append(loss_and_gradient(received, moved, bias, values["target"])[0])
    assert values["gradient"] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-3)
    assert rows(entry["figures"][0])["tried"][0] == pytest.approx(values["gradient"], rel=1e-3)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_descent_is_that_of_weights_and_biases(look, case, momentum):
    rate, target = look("gradient_descent", "lively-lenet")["values"]["rate"], case.runner_up
    received, kernel, bias = last_layer(case)
    speed, losses = [0.0, 0.0], []
    for _ in range(6):
        loss, *gradient = loss_and_gradient(received, kernel, bias, target)
        losses.append(loss)
        speed = [momentum * old - rate * slope for old, slope in zip(speed, gradient, strict=True)]
        kernel, bias = kernel + speed[0], bias + speed[1]
    assert [loss for loss, _ in descend(case, target, momentum, 5)] == pytest.approx(losses, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "exponential"])
def test_the_learning_rate_is_that_of_training(schedule):
    from mnist_core.training import _build_schedule

    recipe = dataclasses.replace(RECIPES["sketchnet"], schedule=schedule, epochs=4)
    built = _build_schedule(recipe, num_steps=100)
    for epoch in (0, 0.5, 1, 2.5, 4):
        expected = float(built(epoch * 100)) if callable(built) else built
        assert learning_rate(recipe, epoch) == pytest.approx(expected, rel=1e-4, abs=1e-9)


def test_figures_of_training_are_those_that_are_stored(look):
    history, recipe = SHIPPED.history, SHIPPED.recipe
    assert look("loss")["values"] == {"first": history[0]["loss"], "last": history[-1]["loss"], "epochs": len(history)}
    assert look("batch")["values"]["steps"] == math.ceil((55_000 + recipe.ink + recipe.outliers) / recipe.batch_size)
    assert float(look("overfitting")["values"]["validation"]) == pytest.approx(
        100 * history[-1]["val_accuracy"], abs=0.01
    )
    assert look("dropout")["values"]["percent"] == "30"
    kept = look("transfer_learning")["values"]
    assert kept["total"] == SHIPPED.metrics["parameters"] == kept["kept"] + 145 * 11


def test_what_was_not_done_or_not_stored_is_said(look):
    lacking = {
        term: look(term, "lively-lenet").get("lacks") for term in ("dropout", "augmentation", "batch", "overfitting")
    }
    assert lacking == {
        "dropout": "dropout",
        "augmentation": "augmentation",
        "batch": "counts",
        "overfitting": "history",
    }


def test_augmentation_makes_six_other_images(look):
    original, *variants = map(pixels, look("augmentation")["figures"][0]["pictures"])
    assert len({variant.tobytes() for variant in (original, *variants)}) == 7
    assert all(variant.max() > 100 for variant in variants)


def test_calibration_shows_what_the_pad_shows(look, bench, sample):
    compared = look("calibration")["figures"][1]["rows"]
    answer = bench.reader.read_image(sample[0][SAMPLE].astype(np.float32) / 255)
    for digit, before, after in compared:
        assert after == pytest.approx(answer.probabilities[digit], rel=1e-4)
        assert before != after


def test_training_images_of_each_digit_are_counted_where_they_are_at_hand(tmp_path):
    file = small_file()
    library = open_library(tmp_path / "cache", file)
    source = next(source for source in library.list_splits() if source.kind == "train")
    split = load_split(source, tmp_path / "cache")
    copy_shipped(tmp_path / "models/other", data=split.set_name)
    reader = open_reader(tmp_path / "models")
    (function,) = learn_functions(Bench(reader, open_library(tmp_path / "cache", file, reader)))
    (entry,) = function({"term": "class", "model": "other"})["terms"]
    counts = np.bincount(split.labels[split.training], minlength=10)
    assert [picture["caption"] for picture in entry["figures"][0]["pictures"]] == [
        f"{digit}: {count}" for digit, count in enumerate(counts)
    ]
