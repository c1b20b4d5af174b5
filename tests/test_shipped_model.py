"""The model that comes with the project is what it says it is."""

import functools
import json
import os
from pathlib import Path

import numpy as np
import pytest

from mnist_core.dataset import load_dataset, load_sample, split_validation
from mnist_core.evaluation import PreparedSet, evaluate, prepare_images
from mnist_core.inference import LiteRTPredictor, predict, softmax
from mnist_core.labelled import load_labelled
from mnist_core.recipes import RECIPES
from mnist_core.store import SHIPPED_DIR, build_keras_model, load_stored

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


def accuracy_on(shipped, name):
    """Share read right of a set that other people drew, through the road of a drawing or an upload."""
    path = Path(DATA_DIR or "") / f"{name}.npz"
    if DATA_DIR is None or not path.is_file():
        pytest.skip(f"MNIST_DATA_DIR names no folder with {name}.npz")
    return evaluate(LiteRTPredictor(shipped), prepare_images(load_labelled(path)))["accuracy"]


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
    assert sample_figures["accuracy"] >= 0.996


def test_its_stored_figures_are_its_figures(shipped, sample_figures):
    stored = shipped.metrics["validation"]
    exact = ("num_samples", "accuracy", "error_count", "confusion_matrix", "per_class", "accepted")
    assert {name: stored[name] for name in exact} == {name: sample_figures[name] for name in exact}
    for name in ("nll", "brier", "ece"):
        assert stored[name] == pytest.approx(sample_figures[name], abs=1e-5)


def test_litert_gives_the_probabilities_of_keras(shipped):
    images = load_sample()[0][::5].astype(np.float32) / 255
    expected = softmax(np.asarray(build_keras_model(shipped).predict_on_batch(images[..., None])))
    assert len(images) == 1000
    np.testing.assert_allclose(predict(LiteRTPredictor(shipped), images), expected, atol=1e-5, rtol=0)


def test_its_parameters_are_those_of_its_architecture(shipped):
    assert build_keras_model(shipped).count_params() == shipped.metrics["parameters"]


# Where the data is at hand


def test_it_was_trained_on_mnist_without_the_held_out_images(manifest):
    assert training_data().digest == manifest["data"]


def test_no_held_out_image_is_among_those_it_learned():
    data = training_data()
    learned = {image.tobytes() for image in data.x_train}
    assert len(data.x_train) == 55_000
    assert not learned & {image.tobytes() for image in data.x_validation}


@pytest.mark.parametrize(("name", "least"), [("img_mouse", 0.98), ("ink_numberpad", 0.985)])
def test_it_reads_other_peoples_digits(shipped, name, least):
    assert accuracy_on(shipped, name) >= least
