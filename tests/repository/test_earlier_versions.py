"""What an earlier version has stored is used as it is: models, answers, prepared images and a search."""

import json
import os
import shutil
import sqlite3

import numpy as np
import pytest
from support.commands import must_not_train, run
from support.models import ROOT
from support.search import FakeTraining, fake_workbench, replace_training

from mnist_core.browse.answers import AnswerStore
from mnist_core.data.mnist import load_dataset
from mnist_core.data.splits import find_splits, load_split
from mnist_core.data.training_data import split_validation
from mnist_core.models.inference import LiteRTPredictor, predict
from mnist_core.models.store import build_keras_model, list_stored, load_stored
from mnist_core.training.runs import Workbench
from mnist_core.training.search import search_grid
from mnist_core.training.search_settings import SearchSettings

NAME = "lenet-digits-d174c70501"
TRAINED_BY = ("--filters", 2, 4, "--dense-units", 16, "--outliers", 20, "--rotation", 5, "--epochs", 40)


@pytest.fixture
def earlier(monkeypatch, tmp_path):
    """A copy of what was stored, with its cache folder in use."""
    folder = shutil.copytree(ROOT / "tests/support/earlier", tmp_path / "earlier")
    for name in [name for name in os.environ if name.startswith("MNIST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MNIST_CACHE_DIR", str(folder / "cache"))
    return folder


@pytest.fixture
def model(earlier):
    return load_stored(earlier / "cache/models" / NAME)


@pytest.fixture
def expected(earlier):
    """What the earlier version said: probabilities and doubt of the 20 test images, and what its search found."""
    return json.loads((earlier / "expected.json").read_text())


@pytest.fixture
def images(earlier):
    return load_dataset(earlier / "digits.npz").x_test.astype(np.float32) / 255


def splits_of(earlier):
    return {
        source.name: load_split(source, earlier / "cache", prepare=False)
        for source in find_splits(earlier / "digits.npz", earlier / "cache")
    }


def test_its_model_is_listed(earlier):
    models, problems = list_stored([earlier / "cache/models"])
    assert ([model.name for model in models], problems) == ([NAME], [])
    assert (len(models[0].history), models[0].metrics["num_training_images"]) == (40, 50)


def test_its_model_answers_as_it_did(model, images, expected):
    answer = predict(LiteRTPredictor(model), images)
    assert answer.probabilities == pytest.approx(np.array(expected["probabilities"]), abs=1e-6)
    assert answer.doubt == pytest.approx(np.array(expected["doubt"]), abs=1e-6)


def test_its_weights_are_those_of_its_answers(model, images):
    logits = build_keras_model(model)(images[..., None], training=False)
    assert np.asarray(logits) == pytest.approx(LiteRTPredictor(model).predict_logits(images), abs=1e-4)


def test_what_it_trained_is_not_trained_again(earlier, monkeypatch):
    monkeypatch.setattr(Workbench, "train", must_not_train)
    said = run("train", "lenet", *TRAINED_BY, "--learning-rate", 0.01, "--data-dir", earlier / "digits.npz", "--json")
    assert json.loads(said.out)["name"] == NAME


def test_its_answers_are_those_of_its_model(earlier, model, expected):
    splits, store = splits_of(earlier), AnswerStore(earlier / "cache")
    assert {name: len(split) for name, split in splits.items()} == {"train": 60, "test": 20, "drawn": 20}
    assert all(store.load_answers(model, split) and store.load_facts(split) for split in splits.values())
    answers = store.load_answers(model, splits["test"])
    assert answers.predictions.probabilities == pytest.approx(np.array(expected["probabilities"]), abs=1e-6)
    assert answers.vectors.shape == (20, 16)


def test_what_it_answered_is_not_computed_again(earlier, monkeypatch):
    for name in ("compute_answers", "compute_facts", "compute_projection"):
        monkeypatch.setattr(AnswerStore, name, lambda *given: pytest.fail("computed again"))
    said = run("answers", "--model", NAME, "--data-dir", earlier / "digits.npz", "--json")
    assert json.loads(said.out) == {"model": NAME, "splits": ["train", "test", "drawn"]}
    show = ("show", "test", "--wrong", "--model", NAME, "--data-dir", earlier / "digits.npz")
    assert run(*show, "--output", earlier / "wrong.png").code == 0


def test_its_search_goes_on_where_it_was(earlier, expected, monkeypatch):
    """The trials are made, and so are the further seeds of the best network."""
    with sqlite3.connect(earlier / "grid.db") as database:
        database.executescript((earlier / "study.sql").read_text())
    training = replace_training(monkeypatch, FakeTraining())
    settings = SearchSettings(f"sqlite:///{earlier}/grid.db", trials=3, epochs=2, limit=40, seeds=2)
    data = split_validation(load_dataset(earlier / "digits.npz"))
    found = search_grid(fake_workbench(data), settings)
    assert {name: found[name] for name in expected["search"]} == expected["search"]
    assert training.recipes == []
