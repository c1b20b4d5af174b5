"""The glossary's numbers are those of the model and the image, and what a model lacks is said."""

import base64
import dataclasses
import json
import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from support.glossary import WORDS
from support.library import SHIPPED, copy_shipped, house, open_library, open_reader, rewrite, small_file
from support.models import STACKS, fake_run, lively_model, stored_architecture

from mnist_core.data.splits import Split, load_split
from mnist_core.explain.anatomy import AveragePooling, Dense
from mnist_core.models.architectures import Parts
from mnist_core.models.calibration import Calibration
from mnist_core.models.recipes import RECIPES, Recipe, Start
from mnist_core.models.store import save_run
from mnist_core.ui.inside.bench import Bench
from mnist_core.ui.inside.glossary.case import Case
from mnist_core.ui.inside.glossary.data_terms import describe_class, describe_normalisation
from mnist_core.ui.inside.glossary.layer_terms import describe_pooling, describe_relu, find_sums
from mnist_core.ui.inside.glossary.training_terms import (
    descend,
    describe_batch,
    describe_calibration,
    describe_dropout,
    describe_overfitting,
    describe_transfer,
    learning_rate,
)
from mnist_core.ui.inside.glossary.view import SAMPLE, TERMS, glossary_functions
from mnist_core.ui.texts import load_texts
from mnist_core.ui.wire import encode_image, never_raise

MODELS = ("sketchnet", "lively-lenet", "lively-linear", "lively-stack")
# Terms with two texts about their numbers, what a model may lack, and the words in figures: each has a text.


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folders = [stored_architecture(name).folder.parent for name in ("lenet", "linear")]
    run = fake_run(Recipe("lively-stack", "lenet", Parts(layers=STACKS["normal after"])))
    run.model = lively_model("lenet", run.recipe.parts)
    folders.append(save_run(run, {}, tmp_path_factory.mktemp("models") / "lively-stack").folder.parent)
    reader = open_reader(*folders)
    return Bench(reader, open_library(tmp_path_factory.mktemp("cache"), reader=reader))


@pytest.fixture(scope="module")
def ask(bench):
    """Asks as the page does, and makes sure that the answer can travel."""
    (function,) = map(never_raise, glossary_functions(bench))
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
        assert (f"glossary_lacks_{entry['lacks']}" if "lacks" in entry else f"term_{name}_{entry['shown']}") in texts


@pytest.mark.parametrize("model", MODELS)
def test_every_number_that_a_text_speaks_of_is_given(ask, model):
    texts = load_texts()
    for entry in ask(model=model)["terms"]:
        text = texts[
            f"glossary_lacks_{entry['lacks']}" if "lacks" in entry else f"term_{entry['name']}_{entry['shown']}"
        ]
        assert set(re.findall(r"\{(\w+)\}", text)) <= set(entry["values"])


def test_every_word_in_a_figure_has_a_text(ask):
    figures = [figure for model in MODELS for entry in ask(model=model)["terms"] for figure in entry["figures"]]
    captions = {figure["caption"] for figure in figures if figure["kind"] == "matrix"}
    heads = {word for figure in figures if figure["kind"] == "table" for word in figure["head"]}
    used = set().union(*map(words_in, figures))
    assert captions | heads <= set(WORDS)
    assert {f"glossary_word_{word}" for word in used & set(WORDS)} <= set(load_texts())


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
        ({"term": ["softmax"]}, "no term ['softmax']"),
        ({"image": base64.b64encode(bytes(784)).decode()}, "784 bytes"),
        ({"image": base64.b64encode(bytes([9]) * 784).decode(), "label": 12}, "from 0 to 9"),
        ({"model": "nobody"}, "no model"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_words(ask, message, words):
    assert words in ask(**message)["error"]


def test_a_sample_is_counted_out(look, sample):
    assert look("sample")["values"] == {"inked": (sample[0][SAMPLE] > 0).sum(), "empty": (sample[0][SAMPLE] == 0).sum()}


def test_a_network_that_takes_signed_input_says_what_becomes_of_a_pixel(sample):
    image = sample[0][SAMPLE].astype(np.float32) / 255
    entry = describe_normalisation(
        SimpleNamespace(image=image, anatomy=SimpleNamespace(scale_input=lambda x: 2 * x - 1))
    )
    values = entry["values"]
    assert entry["shown"] == "shown_other"
    assert values["signed"] == pytest.approx(2 * values["byte"] / 255 - 1, abs=1e-3)
    assert values["share"] == pytest.approx(values["byte"] / 255, abs=1e-3)
    assert entry["figures"][0]["values"][2] == pytest.approx(
        [2 * x / 255 - 1 for x in entry["figures"][0]["values"][0]], abs=1e-3
    )


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


def test_filters_and_feature_map_are_drawn_as_they_are(look, case):
    kernels, entry = case.anatomy.parts[0].kernel[:, :, 0], look("filter", "lively-lenet")
    assert entry["values"] == {"layer": "conv1", "filters": 32, "drawn": 16, "numbers": 9}
    drawn = pixels(entry["figures"][0]["pictures"][3]).astype(float) - 128
    assert drawn / 127 == pytest.approx(kernels[..., 3] / np.abs(kernels).max(), abs=0.005)
    entry = look("feature_map", "lively-lenet")
    expected, values = case.maps["conv1"][..., entry["values"]["filter"]], entry["values"]
    assert pixels(entry["figures"][0]["pictures"][1]) / 255 == pytest.approx(expected / expected.max(), abs=0.003)
    assert values["value"] == pytest.approx(expected[values["row"], values["column"]]) == expected.max()


def test_means_and_other_activations_are_told_as_such():
    received = np.arange(49.0).reshape(7, 7, 1)  # the last row and column are left over
    pool, dense = AveragePooling("pool1", (2, 2, 1), 3, 3), Dense("dense1", (2,), np.eye(2), np.zeros(2))
    maps = {"pool1": np.array([[8.0, 11], [29, 32]])[..., None], "dense1": np.tanh([-1.0, 2])}

    def see(part, image):
        return SimpleNamespace(anatomy=SimpleNamespace(parts=(part,)), input_of=lambda part: image, maps=maps)

    entry = describe_pooling(see(pool, received))
    assert (entry["shown"], entry["values"]["before"]) == ("shown_other", "7 × 7 × 1")
    assert np.mean(entry["figures"][0]["values"]) == entry["values"]["value"]
    entry = describe_relu(see(dataclasses.replace(dense, activation="tanh"), np.array([-1.0, 2])))
    assert (entry["shown"], entry["values"]["activation"]) == ("shown_other", "tanh")
    assert entry["values"]["negative"] == 1


def test_relu_keeps_what_is_above_0(look):
    entry = look("relu", "lively-lenet")
    before, after = np.array(entry["figures"][0]["values"])
    assert after == pytest.approx(np.maximum(before, 0), abs=1e-3)
    assert before.min() < 0 < before.max()


def test_sums_below_0_are_counted(look, bench, sample):
    values = look("relu")["values"]
    outputs = bench.open("").feature_maps(sample[0][[SAMPLE]].astype(np.float32) / 255)["conv1"]
    assert values["values"] == 28 * 28 * 32
    assert values["negative"] == (outputs == 0).sum() > 1000


@pytest.mark.parametrize("model", ["sketchnet", "lively-lenet"])
def test_sums_before_the_activation_lead_to_what_the_network_gives(bench, sample, model):
    image = sample[0][SAMPLE].astype(np.float32) / 255
    case = Case(bench.models.find(model), bench.open(model), image, None, bench.library)
    for part in case.anatomy.parts:
        if part.activation == "relu":
            assert np.maximum(find_sums(case, part), 0) == pytest.approx(case.maps[part.name], abs=1e-3)


def test_pooling_keeps_the_largest_of_a_block(look):
    block, result = (figure["values"] for figure in look("pooling")["figures"])
    assert np.shape(block) == (2, 2)
    assert result[0][0] == np.max(block) > np.min(block)
    values = look("pooling", "lively-lenet")["values"]
    assert (values["before"], values["after"]) == ("26 × 26 × 32", "13 × 13 × 32")


def test_the_mean_that_stands_for_a_map_is_the_largest(look, bench, sample):
    image = sample[0][SAMPLE].astype(np.float32) / 255
    means = bench.open("").feature_maps(image[None])["embedding"][0]
    assert look("flatten")["values"]["value"] == pytest.approx(means.max())


def test_the_products_of_the_dense_layer_add_up_to_the_logit(look, case):
    table = rows(look("dense_layer", "lively-lenet")["figures"][0])
    assert table["logit"][-1] == pytest.approx(case.logits.max(), rel=1e-4)
    products = [row[-1] for name, row in table.items() if name != "logit"]
    assert sum(products) == pytest.approx(table["logit"][-1], rel=1e-3)


def test_tensors_and_flatten_have_the_published_shapes_of_lenet(look):
    table = rows(look("tensor", "lively-lenet")["figures"][0])
    assert table["conv1"] == ["26 × 26 × 32", 21632]
    assert table["flatten"] == ["1,600", 1600]
    assert look("tensor", "lively-lenet")["values"] == {"layer": "conv1", "numbers": 21632}
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
    values = look("softmax")["values"]
    assert values["probability"] == pytest.approx(values["power"] / values["sum"])
    losses = np.array(look("cross_entropy")["figures"][0]["rows"], float)
    assert losses[:, 2] == pytest.approx(-np.log(losses[:, 1]), rel=1e-4, abs=1e-9)


def test_the_loss_is_told_for_the_two_most_probable_digits_and_for_a_guess(look, case):
    values, digits = look("cross_entropy", "lively-lenet")["values"], case.logits.argsort()[::-1]
    assert (values["digit"], values["other"]) == tuple(digits[:2])
    expected = -np.log(np.exp(case.logits) / np.exp(case.logits).sum())[digits[:2]]
    assert (values["loss"], values["other_loss"]) == pytest.approx(expected, rel=1e-4)
    assert values["guess"] == pytest.approx(math.log(10))


def test_the_softmax_of_what_is_no_digit_is_arithmetic_too(look):
    values = look("softmax", image=encode_image(house() / 255))["values"]
    assert values["power"] < 0.1  # "not a digit" has the largest logit
    assert values["probability"] == pytest.approx(values["power"] / values["sum"], rel=1e-6)


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


@pytest.mark.parametrize("finish", [0, 0.5])
@pytest.mark.parametrize("schedule", ["constant", "cosine", "exponential"])
def test_the_learning_rate_is_that_of_training(schedule, finish):
    from mnist_core.training.loop import build_schedule

    recipe = dataclasses.replace(RECIPES["sketchnet"], schedule=schedule, finish=finish, epochs=4)
    built = build_schedule(recipe, num_steps=100)
    for epoch in (0, 0.5, 1, 1.99, 2, 2.5, 3, 4):
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


def test_pen_ink_that_was_not_there_is_not_counted():
    stored = dataclasses.replace(SHIPPED, recipe=RECIPES["sketchnet"], metrics={"num_training_images": 50_000})
    table = rows(describe_batch(SimpleNamespace(stored=stored))["figures"][0])
    assert (table["training_images"], table["pen_drawings"]) == ([50_000], [0])
    assert table["no_digits"] == [RECIPES["sketchnet"].outliers]


@pytest.mark.parametrize("history", ["null", '[{"loss": "low"}, {"accuracy": 0.5}]', "[{}, 5]", '[{"val_loss": 1}]'])
def test_an_odd_history_takes_no_other_term_away(tmp_path, history):
    rewrite(copy_shipped(tmp_path / "models/odd"), "history.json", history.encode())
    reader = open_reader(tmp_path / "models")
    (function,) = glossary_functions(Bench(reader, open_library(tmp_path / "cache", reader=reader)))
    terms = {entry["name"]: entry for entry in function({"model": "odd"})["terms"]}
    assert list(terms) == list(TERMS)
    assert {name for name, entry in terms.items() if entry.get("lacks") == "history"} == {
        "loss",
        "epoch",
        "overfitting",
    }


def test_what_is_dropped_becomes_0_and_the_rest_grows(look):
    entry = look("dropout")
    reading, learning = np.array(entry["figures"][0]["values"])
    assert entry["values"]["factor"] == pytest.approx(1 / 0.7)
    assert entry["values"]["dropped"] == (learning == 0).sum()
    assert 0 < (learning == 0).sum() < len(learning) == entry["values"]["values"] == 12
    assert learning[learning > 0] == pytest.approx(reading[learning > 0] / 0.7, abs=1e-3)


@pytest.mark.parametrize(("architecture", "layer"), [("conv_dropout", "dense1"), ("lenet_dropout", "logits")])
def test_dropout_is_shown_where_it_is(architecture, layer):
    recipe = Recipe(architecture, architecture)
    image, kernel = np.ones((13, 13, 32)), np.ones((13 * 13 * 32, 128))
    parts = [Dense(name, (1,), kernel, np.zeros(1)) for name in ("dense1", "logits")]
    case = SimpleNamespace(
        stored=SimpleNamespace(recipe=recipe), anatomy=SimpleNamespace(parts=parts), input_of=lambda part: image
    )
    assert describe_dropout(case)["values"]["layer"] == layer


def test_frozen_numbers_are_counted():
    recipe = Recipe("lenet", "lenet", start=Start("other", "a" * 64, freeze=("conv*",)))
    entry = describe_transfer(SimpleNamespace(stored=SimpleNamespace(recipe=recipe)))
    assert entry["values"]["frozen"] == 320 + 18_496
    fates = {name: fate for name, (_, fate) in rows(entry["figures"][0]).items()}
    assert fates == {"conv1": "frozen", "conv2": "frozen", "dense1": "trained_on", "logits": "trained_on"}


@pytest.mark.parametrize(
    ("accuracies", "shown", "gap"), [((0.9, 0.8), "shown", "10.00"), ((0.8, 0.81), "shown_other", "1.00")]
)
def test_overfitting_is_told_where_there_is_a_gap(accuracies, shown, gap):
    history = [{"accuracy": 0.1, "val_accuracy": 0.2}, dict(zip(("accuracy", "val_accuracy"), accuracies, strict=True))]
    entry = describe_overfitting(SimpleNamespace(stored=SimpleNamespace(history=history)))
    assert (entry["shown"], entry["values"]["gap"]) == (shown, gap)


def test_epochs_are_those_of_the_history(look):
    entry, history = look("epoch"), SHIPPED.history
    for epoch, (accuracy,) in rows(entry["figures"][0]).items():
        assert accuracy == history[epoch - 1]["val_accuracy"]
    assert (entry["values"]["epochs"], entry["values"]["planned"]) == (len(history), SHIPPED.recipe.epochs)
    assert entry["values"]["seconds"] == pytest.approx(np.mean([row["seconds"] for row in history]), abs=0.06)


def test_descent_is_told_from_before_the_first_step_to_after_the_last(look, case):
    values, momentum = (look(term, "lively-lenet")["values"] for term in ("gradient_descent", "momentum"))
    losses = [loss for loss, _ in descend(case, case.runner_up)]
    assert (values["first"], values["last"]) == pytest.approx((losses[0], losses[20]))
    moved = [loss for loss, _ in descend(case, case.runner_up, momentum["momentum"])][-1]
    assert (momentum["plain"], momentum["moved"]) == pytest.approx((losses[20], moved))


def test_what_was_not_done_or_not_stored_is_said(look):
    lacking = {term: look(term, "lively-lenet").get("lacks") for term in ("dropout", "augmentation", "batch")}
    assert lacking == {"dropout": "dropout", "augmentation": "augmentation", "batch": "counts"}


def test_augmentation_makes_six_other_images(look):
    original, *variants = map(pixels, look("augmentation")["figures"][0]["pictures"])
    assert len({variant.tobytes() for variant in (original, *variants)}) == 7
    assert all(variant.max() > 100 for variant in variants)
    entry = look("augmentation")
    captions = [picture["caption"] for picture in entry["figures"][0]["pictures"][1:]]
    assert entry["values"]["same"] == captions.count(f"→ {entry['values']['digit']}") > 3


def test_calibration_shows_what_the_pad_shows(look, bench, sample):
    compared = look("calibration")["figures"][1]["rows"]
    answer = bench.reader.read_image(sample[0][SAMPLE].astype(np.float32) / 255)
    for digit, before, after in compared:
        assert after == pytest.approx(answer.probabilities[digit], rel=1e-4)
        assert (before == after) == (SHIPPED.calibration.temperature == 1 and SHIPPED.calibration.floor == 0)


def test_a_limit_that_refuses_nothing_is_not_told_as_one_that_does(case):
    calibration = Calibration(temperature=2.0, limit=1.0)
    anatomy = SimpleNamespace(calibration=calibration)
    values = describe_calibration(SimpleNamespace(anatomy=anatomy, logits=case.logits, predicted=case.predicted))
    assert values["values"]["limit"] == "100"


def test_training_images_of_each_digit_are_counted_where_they_are_at_hand(tmp_path):
    file = small_file()
    library = open_library(tmp_path / "cache", file)
    source = next(source for source in library.list_splits() if source.kind == "train")
    split = load_split(source, tmp_path / "cache")
    copy_shipped(tmp_path / "models/other", data=split.set_name)
    reader = open_reader(tmp_path / "models")
    (function,) = glossary_functions(Bench(reader, open_library(tmp_path / "cache", file, reader)))
    (entry,) = function({"term": "class", "model": "other"})["terms"]
    counts = np.bincount(split.labels[split.training], minlength=10)
    assert [picture["caption"] for picture in entry["figures"][0]["pictures"]] == [
        f"{digit}: {count}" for digit, count in enumerate(counts)
    ]


def test_what_another_model_learned_from_before_is_not_counted():
    digits = np.append(np.arange(36) % 10, [0] * 4)
    split = Split("train", "mnist", np.zeros((40, 28, 28), np.uint8), digits, np.arange(40), np.arange(0))
    recipe = dataclasses.replace(RECIPES["sketchnet"], limit=24, start=Start("other", "a" * 64))
    stored = dataclasses.replace(SHIPPED, recipe=recipe, metrics={})
    case = SimpleNamespace(stored=stored, library=SimpleNamespace(open_split=lambda name: split), logits=np.zeros(11))
    assert describe_class(case)["values"] == {"outputs": 11, "total": 24, "least": 2, "most": 3}
    stored.metrics["data"] = "own"
    assert describe_class(case)["shown"] == "shown_other"
