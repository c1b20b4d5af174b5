"""Every option of `train` changes the recipe that is stored, and what training says can be read."""

import dataclasses
import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.commands import fabricated_mnist, models_in, must_not_train, pictures_file, run, set_up
from support.models import fake_run, sample_images
from support.server import ONE, SEVEN
from support.sets import as_arrays, write

from mnist_core.commands import console
from mnist_core.commands.train import describe_layers
from mnist_core.data import pendigits
from mnist_core.data.labelled import pack_ink
from mnist_core.data.pendigits import PenInk
from mnist_core.explain.anatomy import Anatomy
from mnist_core.models.architectures import ARCHITECTURES, Parts
from mnist_core.models.recipes import RECIPES
from mnist_core.models.store import build_keras_model, find_stored, load_stored, save_run
from mnist_core.training import runs

# The option, what is given, where it goes in the recipe, and what it is there.
OPTIONS = [
    ("--epochs", [7], "epochs", 7),
    ("--batch-size", [77], "batch_size", 77),
    *(("--optimizer", [name], "optimizer", name) for name in ("rmsprop", "sgd", "momentum")),
    ("--learning-rate", ["2e-4"], "learning_rate", 2e-4),
    *(("--schedule", [name], "schedule", name) for name in ("cosine", "exponential")),
    ("--finish", [0.3], "finish", 0.3),
    ("--weight-decay", [0.02], "weight_decay", 0.02),
    ("--limit", [70], "limit", 70),
    ("--label-noise", [0.2], "label_noise", 0.2),
    ("--until", [0.97], "until", 0.97),
    ("--ink", [70], "ink", 70),
    ("--variants", [0.3], "variants", 0.3),
    ("--outliers", [70], "outliers", 70),
    ("--alphabets", [], "alphabets", True),
    ("--no-alphabets", [], "alphabets", False),
    ("--seed", [7], "seed", 7),
    *(("--activation", [name], "parts.activation", name) for name in ("leaky_relu", "elu", "silu", "sigmoid", "tanh")),
    ("--filters", [3, 4], "parts.filters", [3, 4]),
    ("--kernel", [5], "parts.kernel", 5),
    ("--pooling", ["average"], "parts.pooling", "average"),
    ("--pool-size", [3], "parts.pool_size", 3),
    ("--dense-units", [8, 9], "parts.dense_units", [8, 9]),
    ("--dense-units", [], "parts.dense_units", []),
    ("--dropout", [0.4], "parts.dropout", 0.4),
    ("--layers", ["Flatten()", "Dense(units=8)"], "parts.layers", ["Flatten()", "Dense(8)"]),
    ("--rotation", [12], "augmentation.rotation", 12.0),
    ("--scale", [0.1], "augmentation.scale", 0.1),
    ("--stretch", [0.1], "augmentation.stretch", 0.1),
    ("--shear", [0.1], "augmentation.shear", 0.1),
    ("--shift", [2], "augmentation.shift", 2.0),
    ("--elastic", [0.5], "augmentation.elastic", 0.5),
    ("--thickness", [0.3], "augmentation.thickness", 0.3),
    ("--damage", [0.2], "augmentation.damage", 0.2),
    ("--flip-horizontal", [0.5], "augmentation.flip_horizontal", 0.5),
    ("--flip-vertical", [1], "augmentation.flip_vertical", 1.0),
]
NO_PART_OF_THE_RECIPE = {
    *("--help", "--json", "--again", "--quick", "--output", "--data-dir", "--data", "--device", "--code", "--write")
}
TINY = ("train", "lenet", "--filters", "2", "2", "--dense-units", "4", "--limit", "100", "--epochs", "1")
SMALL = ("train", "linear", "--epochs", "2", "--limit", "300")


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """Own settings and an empty cache folder for every test."""
    set_up(monkeypatch, tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def quick(monkeypatch):
    """Stores made-up weights in place of training."""

    def train(bench, recipe, folder=None):
        return save_run(fake_run(recipe), {}, folder or bench.roots[-1] / "quick")

    monkeypatch.setattr(runs.Workbench, "train", train)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """A linear model that was really trained up to a validation accuracy, in words and as JSON."""
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, tmp_path_factory.mktemp("cache"))
        said = run(*SMALL, "--until", "0.01")
        described = json.loads(run(*SMALL, "--until", "0.01", "--json").out)
    return SimpleNamespace(out=said.out, messages=said.messages, described=described)


def flatten(values):
    """`{"parts": {"kernel": 5}}` to `{"parts.kernel": 5}`."""
    flat = {}
    for name, value in values.items():
        flat |= {f"{name}.{inner}": deep for inner, deep in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def recipe_of(*arguments):
    said = run(*arguments, "--json")
    assert said.code == 0, said.messages
    return flatten(json.loads(said.out)["recipe"])


def rows_below(text, words):
    """What follows a line with these words, as lists of words."""
    lines = text.splitlines()
    first = next(index for index, line in enumerate(lines) if words in line)
    return [line.split() for line in lines[first + 1 :]]


# Options


@pytest.mark.parametrize(("option", "given", "where", "expected"), OPTIONS)
def test_an_option_changes_its_part_of_the_stored_recipe_and_no_other(quick, option, given, where, expected):
    before = flatten(json.loads(json.dumps(RECIPES["lenet"].as_dict())))
    assert recipe_of("train", "lenet", option, *given) == {**before, where: expected}


@pytest.mark.parametrize(("given", "expected"), [((), 0.004), (("--weight-decay", "0.1"), 0.1)])
def test_adamw_has_a_weight_decay(quick, given, expected):
    """Without one it would be Adam under another name."""
    recipe = recipe_of("train", "lenet", "--optimizer", "adamw", *given)
    assert (recipe["optimizer"], recipe["weight_decay"]) == ("adamw", expected)


def test_every_option_is_tested():
    found = set(re.findall(r"--[a-z][a-z-]+", run("train", "--help").out))
    assert found == {option for option, *_ in OPTIONS} | NO_PART_OF_THE_RECIPE | {"--from", "--freeze"}


def test_options_work_together(quick):
    given = [str(word) for option, values, *_ in OPTIONS if option != "--layers" for word in (option, *values)]
    recipe = recipe_of("train", "lenet", *given)
    assert all(
        recipe[where] == expected
        for where, expected in {where: last for *_, where, last in OPTIONS if where != "parts.layers"}.items()
    )


def test_without_options_the_recipe_is_the_named_one(quick):
    assert recipe_of("train", "vgg_small") == flatten(json.loads(json.dumps(RECIPES["vgg_small"].as_dict())))


def test_a_zero_turns_an_augmentation_off(quick):
    assert recipe_of("train", "sketchnet", "--rotation", "0")["augmentation.rotation"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--optimizer", "lion"),
        ("--schedule", "steps"),
        ("--activation", "gelu"),
        ("--pooling", "median"),
        ("--label-noise", "2"),
        ("--until", "99"),
        ("--dropout", "1"),
        ("--kernel", "0"),
        ("--filters", "8", "0"),
        ("--dense-units", "-1"),
        ("--flip-vertical", "1.5"),
        ("--weight-decay", "-1"),
        ("--learning-rate", "nan"),
        ("--seed", "-1"),
        ("--ink", "-1"),
        ("--variants", "1.1"),
        ("--finish", "1"),
        ("--outliers", "-1"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_an_impossible_value_is_refused_by_name(monkeypatch, arguments):
    monkeypatch.setattr(runs.Workbench, "train", must_not_train)
    said = run("train", "lenet", *arguments)
    assert said.code in (1, 2)
    assert arguments[0].strip("-").replace("-", "_") in said.messages.replace("-", "_")
    assert "Traceback" not in said.messages


# Layers


def test_layers_are_listed_with_shapes_and_parameters_before_training(quick):
    said = run("train", "lenet", "--json")
    table, _ = said.messages.split("Training lenet")
    rows = {row[0]: row[1:] for row in rows_below(table, "parameters") if row}
    assert rows["conv1"] == ["Conv2D", "26", "x", "26", "x", "32", "320"]
    assert rows["pool2"] == ["MaxPooling2D", "5", "x", "5", "x", "64", "0"]
    assert rows["dense1"] == ["Dense", "64", "102,464"]
    assert rows["logits"] == ["Dense", "10", "650"]
    assert "121,930" in rows


@pytest.mark.parametrize(
    ("arguments", "layer"),
    [
        (("lenet", "--filters", "2", "2", "2", "2"), "conv4"),
        (("lenet", "--kernel", "12"), "conv2"),
        (("lenet", "--pool-size", "27"), "pool1"),
        (("dense512", "--dense-units", "100000"), "dense1"),
        (("linear", "--kernel", "3"), "kernel"),
    ],
)
def test_an_impossible_network_is_refused_before_data_is_looked_for(monkeypatch, cache, arguments, layer):
    monkeypatch.setattr(runs.Workbench, "train", must_not_train)
    monkeypatch.setattr(console, "load_dataset", must_not_train)
    said = run("train", *arguments)
    assert (said.code, said.out) == (1, "")
    assert layer in said.messages.splitlines()[-1]
    assert not cache.exists()


def test_an_output_for_what_is_no_digit_is_listed(quick):
    said = run("train", "lenet", "--outliers", "30", "--json")
    assert "  logits         Dense                                11          715" in said.messages.splitlines()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_as_it_stands_says_what_its_network_is(name):
    first, *_ = describe_layers(RECIPES[name].network).splitlines()
    assert first == f"{name}: {ARCHITECTURES[name].summary}"


def test_a_network_with_other_parts_is_said_to_have_them():
    network = dataclasses.replace(RECIPES["lenet"], parts=Parts(kernel=5)).network
    assert describe_layers(network).splitlines()[0] == "lenet: with other parts"


# What is said


def test_validation_and_test_accuracy_are_printed_with_their_intervals(real):
    for name, num_samples in (("validation", "5,000"), ("test", "200")):
        figures = real.described[name]
        low, high = figures["interval"]
        words = f"{name}: {figures['accuracy']:.2%} of {num_samples} (95% interval {low:.2%} to {high:.2%})"
        assert words in real.out


def test_each_class_is_printed_with_precision_recall_and_f1(real):
    rows = rows_below(real.out, "precision  recall      F1")[:10]
    for row, figures in zip(rows, real.described["test"]["per_class"], strict=True):
        assert row[:2] == [str(figures["label"]), str(figures["num_samples"])]
        shares = [figures[name] for name in ("precision", "recall", "f1")]
        assert row[2:] == ["-" if share is None else f"{share:.1%}" for share in shares]


def test_the_confusion_matrix_is_printed(real):
    rows = [[int(word) for word in row] for row in rows_below(real.out, "rows are true digits")[:10]]
    assert rows == real.described["test"]["confusion_matrix"]
    assert np.sum(rows) == 200


def test_parameters_images_and_epochs_are_printed(real):
    assert re.search(r"7,850 parameters, 300 images, 1 epochs in [\d.]+ s", real.out)


def test_training_up_to_an_accuracy_says_that_it_was_reached(real):
    assert "It reached 1.00% on the validation images" in real.out
    assert len(real.described["history"]) == 1
    assert real.described["complete"]


def test_training_up_to_an_accuracy_says_that_it_was_not_reached():
    said = run(*SMALL, "--until", "1")
    assert said.code == 0
    assert "did not reach 100.00% on the validation images" in said.out
    assert "after 2 epochs" in said.out


def test_training_without_an_aim_says_nothing_of_one(monkeypatch, real, tmp_path):
    """A stored model is described as it was after training."""
    metrics = {name: real.described[name] for name in ("parameters", "num_training_images", "seconds", "validation")}
    stored = save_run(fake_run(RECIPES["linear"]), metrics, tmp_path / "mine")
    monkeypatch.setattr(runs.Workbench, "find", lambda bench, recipe: stored)
    said = run("train", "linear")
    assert "reach" not in said.out
    assert "test:" not in said.out
    assert len(rows_below(said.out, "rows are true digits")) == 10


# Start from another model


@pytest.fixture(scope="module")
def transfer(tmp_path_factory):
    """A tiny network, and one that started from it with its convolutions frozen."""
    cache_dir = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, cache_dir)
        source = json.loads(run(*TINY, "--json").out)
        again = run("train", "lenet", "--from", source["name"], "--freeze", "conv*", "--limit", "50", "--epochs", "1")
        stored = [find_stored(name, [cache_dir / "models"]) for name in models_in(cache_dir)]
    first, second = sorted(stored, key=lambda model: model.recipe.start is not None)
    return SimpleNamespace(said=again, source=first, result=second)


def test_a_run_from_another_model_takes_its_network_over(transfer):
    assert transfer.said.code == 0, transfer.said.messages
    assert transfer.result.recipe.parts == transfer.source.recipe.parts
    assert transfer.result.recipe.start.model == transfer.source.name
    assert transfer.result.recipe.start.weights == transfer.source.weights_digest


def test_frozen_layers_are_stored_as_they_were(transfer):
    source, result = (np.load(model.folder / "weights.npz") for model in (transfer.source, transfer.result))
    kept = {name for name in source.files if np.array_equal(source[name], result[name])}
    assert kept == {"conv1/kernel", "conv1/bias", "conv2/kernel", "conv2/bias"}


@pytest.fixture
def source(cache):
    """The name of a stored tiny network with made-up weights."""
    recipe = dataclasses.replace(RECIPES["lenet"], epochs=1)
    return save_run(fake_run(recipe), {}, cache / "models/source").name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--freeze", "conv1"], "--from"),
        (["--from", "nonesuch"], "nonesuch"),
        (["--from", "source", "--freeze", "conv7"], "conv7"),
        (["--from", "source", "--freeze", "*"], "nothing to train"),
        (["--from", "source", "--kernel", "5"], "conv1"),
        (["--from", "sketchnet"], "conv1"),
    ],
)
def test_an_impossible_start_is_refused(monkeypatch, source, arguments, words):
    monkeypatch.setattr(runs.Workbench, "train", must_not_train)
    said = run("train", "lenet", *arguments)
    assert (said.code, said.out) == (1, "")
    assert words in said.messages.splitlines()[-1]


def test_start_and_frozen_layers_are_in_the_stored_recipe(quick, source):
    recipe = recipe_of("train", "lenet", "--from", source, "--freeze", "conv1", "logits")
    assert (recipe["start.model"], recipe["start.freeze"]) == ("source", ["conv1", "logits"])


# Other data


def test_pictures_in_a_file_are_trained_on_and_have_no_test_figures(tmp_path, cache):
    said = run("train", "linear", "--epochs", "3", "--data", pictures_file(tmp_path, "letters.npz", num=100), "--json")
    described = json.loads(said.out)
    assert (described["num_training_images"], described["validation"]["num_samples"]) == (80, 20)
    assert (described["data"], "test" in described) == ("letters", False)
    assert models_in(cache) == [f"linear-letters-{described['key']}"]


def test_pictures_are_prepared_as_uploads_are(monkeypatch, tmp_path):
    """Dark digits in a corner of light paper become what the network knows: light, and in the middle."""
    seen = []

    def train(bench, recipe, folder=None):
        seen.append(bench.data)
        return save_run(fake_run(recipe), {}, tmp_path / "model")

    monkeypatch.setattr(runs.Workbench, "train", train)
    with np.load(pictures_file(tmp_path, num=100)) as light:
        np.savez(tmp_path / "dark.npz", x=255 - light["x"], y=light["y"])
    assert run("train", "linear", "--data", tmp_path / "dark.npz", "--json").code == 0
    columns = seen[0].x_train.mean(axis=(0, 1))
    assert seen[0].x_train.shape == (80, 28, 28)
    assert columns @ np.arange(28) / columns.sum() == pytest.approx(13.5, abs=1)
    assert columns[[0, -1]].max() < 5
    assert np.bincount(seen[0].y_validation).tolist() == [2] * 10


def test_a_file_with_too_few_pictures_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(runs.Workbench, "train", must_not_train)
    said = run("train", "linear", "--data", pictures_file(tmp_path, num=20))
    assert (said.code, said.out) == (1, "")
    assert "too few" in said.messages


def test_a_set_of_the_layout_of_mnist_is_trained_on_under_its_name(monkeypatch, quick, tmp_path):
    given = []

    def load(place, **options):
        given.append(place)
        return dataclasses.replace(fabricated_mnist(), name="fashion")

    monkeypatch.setattr(console, "load_dataset", load)
    said = run("train", "linear", "--data-dir", tmp_path / "fashion", "--json")
    assert said.code == 0
    assert given == [tmp_path / "fashion"]
    assert "fashion from nowhere" in said.messages
    assert "Training linear: 4,8" in said.messages


# Pen ink


@pytest.fixture
def pen(monkeypatch):
    """A one and a seven by each of thirty writers, in the place of the built-in pen ink."""
    drawings = [[np.array(stroke, np.float32) for stroke in ink] for ink in (ONE, SEVEN)] * 30
    ink = PenInk(drawings, np.array([1, 7] * 30), np.repeat(np.arange(1, 31), 2))
    monkeypatch.setattr(runs, "load_pendigits", lambda: ink)
    monkeypatch.setattr(pendigits, "PENDIGITS_HASH", ink.digest)
    return ink


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """The workbenches on which something was to be trained."""
    benches = []

    def train(bench, recipe, folder=None):
        benches.append(bench)
        return save_run(fake_run(recipe), {}, tmp_path / "model")

    monkeypatch.setattr(runs.Workbench, "train", train)
    return benches


def test_a_recipe_that_wants_pen_ink_is_trained_on_it(pen, opened):
    said = run("train", "lenet", "--ink", "900", "--outliers", "40", "--json")
    (bench,) = opened
    assert bench.data.ink.digest == pen.training.digest
    assert bench.data.validation_ink.digest == pen.validation.digest
    assert "Training lenet: 1,000 images, 900 pen drawings and 40 images that are not digits, 10" in said.messages


@pytest.mark.parametrize("arguments", [("lenet",), ("sketchnet", "--ink", "0"), ("lenet", "--outliers", "30")])
def test_pen_ink_is_not_loaded_where_a_recipe_wants_none(monkeypatch, opened, arguments):
    monkeypatch.setattr(runs, "load_pendigits", lambda: pytest.fail("loaded the pen ink"))
    said = run("train", *arguments, "--json")
    assert (opened[0].data.ink, opened[0].data.validation_ink) == (None, None)
    assert "pen drawings" not in said.messages


def test_other_data_than_mnist_is_not_mixed_with_pen_ink(monkeypatch, pen, opened):
    other = dataclasses.replace(fabricated_mnist(), name="fashion")
    monkeypatch.setattr(console, "load_dataset", lambda *arguments, **options: other)
    run("train", "sketchnet", "--json")
    assert opened[0].data.ink is None


@pytest.mark.parametrize("data_dir", [(), ("--data-dir", "{}")], ids=["no folder", "a folder"])
def test_sketchnet_needs_nothing_but_mnist(opened, tmp_path, data_dir):
    """The ink comes with the project, and it is what the shipped model learned, whatever lies in the data folder."""
    (tmp_path / "ink_pendigits_train.npz").write_bytes(b"PK but no more")
    said = run("train", "sketchnet", *(word.format(tmp_path) for word in data_dir), "--json")
    assert (said.code, len(opened[0].data.ink.labels), len(opened[0].data.validation_ink.labels)) == (0, 5498, 999)
    assert "1,000 pen drawings" in said.messages


def test_pictures_in_a_file_are_not_mixed_with_pen_ink(pen, opened, tmp_path):
    said = run("train", "sketchnet", "--data", pictures_file(tmp_path, num=100), "--json")
    assert opened[0].data.ink is None
    assert "Training sketchnet: 80 images" in said.messages


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--outliers", "8000"), "80 images and 40 images that are not digits"),
        (("--ink", "500", "--limit", "50"), "50 images and 50 pen drawings"),
    ],
)
def test_what_is_said_is_what_an_epoch_takes(pen, opened, tmp_path, arguments, expected):
    files = ("--data", pictures_file(tmp_path, num=100)) if "--ink" not in arguments else ()
    said = run("train", "lenet", *arguments, *files, "--json")
    assert f"Training lenet: {expected}" in said.messages


def test_pen_ink_as_data_leaves_out_the_writers_that_are_kept_for_measuring(pen, opened, tmp_path):
    """Otherwise the model would know the hands by which it is judged."""
    said = run("train", "linear", "--data", write(tmp_path / "ink.npz", as_arrays(pen)), "--json")
    data = opened[0].data
    assert len(data.x_train) + len(data.x_validation) == len(pen.training.ink) == 44
    assert "left out" in said.messages


def test_other_ink_as_data_is_taken_whole(opened, tmp_path):
    drawing = [np.array(stroke, np.float32) for stroke in SEVEN]
    with (tmp_path / "ink.npz").open("wb") as file:
        pack_ink(file, [drawing] * 50, [7] * 50)
    said = run("train", "linear", "--data", tmp_path / "ink.npz", "--json")
    assert len(opened[0].data.x_train) + len(opened[0].data.x_validation) == 50
    assert "left out" not in said.messages


def test_what_costs_other_data_without_pen_ink_is_said(monkeypatch, opened):
    other = dataclasses.replace(fabricated_mnist(), name="fashion")
    monkeypatch.setattr(console, "load_dataset", lambda *arguments, **options: other)
    assert "If fashion does not hold digits, add --outliers 0" in run("train", "sketchnet", "--json").messages
    assert "--outliers 0" not in run("train", "lenet", "--json").messages


# Quick


@pytest.mark.parametrize(("arguments", "exact"), [((), True), (("--quick",), False)])
def test_quick_gives_up_exactness(monkeypatch, opened, arguments, exact):
    monkeypatch.setenv("ONEDNN_DEFAULT_FPMATH_MODE", "before")
    run("train", "linear", *arguments, "--json")
    assert opened[0].exact is exact


def test_quick_changes_neither_recipe_nor_key(quick):
    slow, fast = (json.loads(run("train", "linear", *more, "--json").out) for more in ((), ("--quick", "--again")))
    assert (slow["recipe"], slow["key"]) == (fast["recipe"], fast["key"])


# Networks as code


CODE = """
from torch import nn
network = nn.Sequential(
    nn.Conv2d(1, 3, 5, stride=2),
    nn.ReLU(),
    nn.BatchNorm2d(3),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(108, 6),
    nn.Tanh(),
    nn.Linear(6, 10),
    nn.LogSoftmax(dim=1),
)
loss = nn.CrossEntropyLoss()
"""


def test_the_network_of_a_file_is_trained_stored_and_opened(tmp_path, cache):
    (tmp_path / "network.py").write_text(CODE)
    said = run("train", "lenet", "--code", tmp_path / "network.py", "--limit", 100, "--epochs", 1, "--json")
    assert said.code == 0, said.messages
    assert "network.py, line 12: `CrossEntropyLoss` takes log_softmax itself" in said.messages
    stored = load_stored(Path(json.loads(said.out)["folder"]))
    images = sample_images(1000)[::100]
    expected = np.asarray(build_keras_model(stored)(images[..., None], training=False))
    anatomy = Anatomy(stored)
    np.testing.assert_allclose(anatomy.predict_logits(images), expected, atol=1e-4)
    assert [(part.name, part.kind) for part in anatomy.parts] == [
        ("conv1", "convolution"),
        ("norm1", "scaling"),
        ("pool1", "max_pooling"),
        ("dense1", "dense"),
        ("logits", "dense"),
    ]
    again = run("train", "lenet", "--code", tmp_path / "network.py", "--limit", 100, "--epochs", 1)
    assert "is already trained" in again.messages


@pytest.mark.parametrize(("text", "words"), [("x = 1", "no network in this text"), (None, "cannot be read")])
def test_a_file_without_a_network_is_refused(monkeypatch, tmp_path, text, words):
    monkeypatch.setattr(runs.Workbench, "train", must_not_train)
    if text:
        (tmp_path / "network.py").write_text(text)
    said = run("train", "lenet", "--code", tmp_path / "network.py")
    assert (said.code, words in said.messages) == (1, True)


def test_the_program_is_written_in_place_of_training(monkeypatch, tmp_path):
    monkeypatch.setattr(runs.Workbench, "train", must_not_train)
    for name in ("lenet.py", "lenet.ipynb"):
        assert run("train", "lenet", "--epochs", 3, "--write", tmp_path / name).code == 0
    assert "epochs=3" in (tmp_path / "lenet.py").read_text()
    assert json.loads((tmp_path / "lenet.ipynb").read_text())["nbformat"] == 4
    said = run("train", "lenet", "--write", tmp_path / "no/such/lenet.py")
    assert (said.code, "cannot be written" in said.messages) == (1, True)
