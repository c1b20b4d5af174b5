"""The model that comes with the project is what it says it is."""

import dataclasses
import functools
import json
import os
from pathlib import Path

import numpy as np
import pytest

from mnist_core.augmentation.damage import DAMAGES, damage_images
from mnist_core.augmentation.outliers import FAMILIES, generate_outliers
from mnist_core.data.labelled import load_labelled
from mnist_core.data.mnist import load_dataset
from mnist_core.data.pendigits import load_pendigits
from mnist_core.data.prepared import PreparedSet, prepare_images, prepare_ink
from mnist_core.data.sample import load_sample
from mnist_core.data.training_data import add_alphabets, add_ink, split_validation
from mnist_core.evaluation.metrics import evaluate, evaluate_outliers
from mnist_core.models.calibration import Calibration, softmax
from mnist_core.models.inference import LiteRTPredictor, predict, predict_logits
from mnist_core.models.recipes import RECIPES
from mnist_core.models.store import build_keras_model, load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.ink import check_ink, render_ink

DATA_DIR = os.environ.get("MNIST_DATA_DIR")


@pytest.fixture(scope="module")
def shipped():
    return load_stored(SHIPPED_DIR / "sketchnet")


@pytest.fixture(scope="module")
def manifest(shipped):
    return json.loads((shipped.folder / "manifest.json").read_text())


@pytest.fixture(scope="module")
def sample_figures(shipped):
    """Figures on the built-in sample, on the road that serving takes."""
    x, y = load_sample()
    prepared = PreparedSet(x.astype(np.float32) / 255, y.astype(np.int64), np.ones(len(y), bool))
    return evaluate(LiteRTPredictor(shipped), prepared)


@functools.cache
def training_data():
    if DATA_DIR is None or not (Path(DATA_DIR) / "mnist.npz").is_file():
        pytest.skip("MNIST_DATA_DIR names no folder with mnist.npz")
    return split_validation(load_dataset(Path(DATA_DIR)))


@functools.cache
def pen_ink():
    return load_pendigits()


@functools.cache
def other_set(name):
    """A set of other people, a thousand of them at most, through the road of a drawing or an upload."""
    path = Path(DATA_DIR or "") / f"{name}.npz"
    if DATA_DIR is None or not path.is_file():
        pytest.skip(f"MNIST_DATA_DIR names no folder with {name}.npz")
    whole = load_labelled(path)
    every = -(-len(whole.labels) // 1000)
    return prepare_images(dataclasses.replace(whole, samples=whole.samples[::every], labels=whole.labels[::every]))


def sample_set():
    return PreparedSet.from_mnist(*load_sample())


# On any machine


def test_it_is_a_complete_run_of_the_recipe_of_its_name(shipped, manifest):
    assert shipped.complete
    assert shipped.recipe == RECIPES["sketchnet"]
    assert shipped.key == RECIPES["sketchnet"].key(manifest["data"])


def test_it_is_small(shipped):
    assert shipped.metrics["parameters"] <= 350_000
    assert sum(path.stat().st_size for path in shipped.folder.iterdir()) <= 5_000_000


def test_its_history_holds_every_epoch(shipped):
    assert len(shipped.history) == shipped.recipe.epochs
    assert shipped.metrics["num_training_images"] == 55_000


def test_it_reads_the_built_in_sample(sample_figures):
    assert sample_figures["accuracy"] >= 0.994


def test_it_reads_damaged_digits_of_every_kind(shipped):
    sample = sample_set()
    answers = predict(LiteRTPredictor(shipped), damage_images(sample.images, np.random.default_rng(1)))
    right = answers.probabilities.argmax(axis=1) == sample.labels
    assert right.mean() > 0.92
    assert {kind: right[place :: len(DAMAGES)].mean() > 0.8 for place, kind in enumerate(DAMAGES)} == dict.fromkeys(
        DAMAGES, True
    )


def test_its_stored_figures_are_its_figures(shipped, sample_figures):
    stored = shipped.metrics["validation"]
    exact = ("num_samples", "accuracy", "error_count", "confusion_matrix", "per_class", "accepted")
    assert {name: stored[name] for name in exact} == {name: sample_figures[name] for name in exact}
    for name in ("nll", "brier", "ece"):
        assert stored[name] == pytest.approx(sample_figures[name], abs=1e-5)


def test_litert_gives_the_probabilities_of_keras(shipped):
    images = load_sample()[0][::5].astype(np.float32) / 255
    expected = softmax(np.asarray(build_keras_model(shipped).predict_on_batch(images[..., None])))
    assert expected.shape == (1000, 11)
    found = softmax(predict_logits(LiteRTPredictor(shipped), images))
    np.testing.assert_allclose(found, expected, atol=1e-5, rtol=0)


def test_its_parameters_are_those_of_its_architecture(shipped):
    assert build_keras_model(shipped).count_params() == shipped.metrics["parameters"]


def test_it_accepts_the_share_of_validation_digits_that_it_claims(sample_figures):
    assert sample_figures["accepted"] >= 0.985


def test_its_calibration_is_honest_on_the_built_in_sample(shipped, sample_figures):
    assert shipped.calibration != Calibration()
    low, high = sample_figures["below_99"]["interval"]
    assert low - 0.05 < 0 < high + 0.05
    assert sample_figures["nll"] < 0.03


def test_outliers_that_it_never_saw_are_told_from_digits(shipped):
    images = generate_outliers(*load_sample(), 100 * len(FAMILIES), np.random.default_rng(2026))
    of_family = np.repeat(np.arange(len(FAMILIES)), 100)
    rows = evaluate_outliers(
        LiteRTPredictor(shipped), {"digits": sample_set()}, PreparedSet.from_mnist(images, of_family)
    )
    assert rows[0]["auroc"]["digits"] > 0.99
    assert rows[0]["accepted"] < 0.06


HOUSE = [[[3, 8], [3, 4], [7, 4], [7, 8], [3, 8]], [[2, 4.5], [5, 1], [8, 4.5]], [[4, 8], [4, 6], [6, 6], [6, 8]]]
FACE = [
    [[5 + 4 * np.cos(turn), 5 + 4 * np.sin(turn)] for turn in np.linspace(0, 6.3, 30)],
    [[3.5, 3.5], [3.6, 4.2]],
    [[6.5, 3.5], [6.4, 4.2]],
    [[3, 6], [4, 7.2], [6, 7.2], [7, 6]],
]


@pytest.mark.parametrize("ink", [HOUSE, FACE])
def test_drawings_of_other_things_are_refused(shipped, ink):
    assert not predict(LiteRTPredictor(shipped), render_ink(check_ink(ink))[None]).accepted[0]


# Hands that MNIST does not have
HANDS = {
    "a flagged one": (1, [[[3, 4], [6, 1], [6, 9]]]),
    "a footed one": (1, [[[4, 2.5], [5, 1], [5, 9]], [[3.5, 9], [6.5, 9]]]),
    "a barred seven": (7, [[[2, 1], [8, 1], [4, 9]], [[3.5, 5], [7, 5]]]),
    "an uncrossed four": (4, [[[3, 1], [2.5, 5], [7, 5]], [[7, 1], [7, 9]]]),
}


@pytest.mark.parametrize("name", HANDS)
def test_hands_that_mnist_lacks_are_read(shipped, name):
    label, ink = HANDS[name]
    answer = predict(LiteRTPredictor(shipped), render_ink(check_ink(ink))[None])
    assert (answer.probabilities[0].argmax(), answer.accepted[0]) == (label, True)


# Where the data is at hand


def test_it_was_trained_on_mnist_pen_ink_and_characters_without_what_is_held_out(manifest):
    assert add_alphabets(add_ink(training_data(), pen_ink())).digest == manifest["data"]


def test_no_held_out_image_is_among_those_it_learned():
    data = training_data()
    learned = {image.tobytes() for image in data.x_train}
    assert len(data.x_train) == 55_000
    assert not learned & {image.tobytes() for image in data.x_validation}


@pytest.mark.parametrize(("name", "least"), [("img_mouse", 0.99), ("ink_numberpad", 0.985), ("img_canvas5", 0.975)])
def test_it_reads_other_peoples_digits(shipped, name, least):
    assert evaluate(LiteRTPredictor(shipped), other_set(name))["accuracy"] >= least


def test_it_reads_the_pen_ink_of_writers_that_it_never_saw(shipped):
    assert evaluate(LiteRTPredictor(shipped), prepare_ink(pen_ink().reported))["accuracy"] >= 0.985


def test_its_probabilities_are_no_worse_than_the_bare_softmax_on_drawn_digits(shipped):
    figures = evaluate(LiteRTPredictor(shipped), other_set("img_canvas5"))
    assert figures["nll"] <= figures["uncalibrated"]["nll"]


def test_clothes_are_told_from_digits(shipped):
    rows = evaluate_outliers(LiteRTPredictor(shipped), {"digits": sample_set()}, other_set("outliers_fashion"))
    assert rows[0]["auroc"]["digits"] > 0.995
    assert rows[0]["accepted"] < 0.02
