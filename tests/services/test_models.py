"""Models are found without reading again what has not changed, and only so many stay open."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.library import rewrite
from support.models import copy_model, sample_images, stored_linear

from mnist_core.errors import DamagedModelError, MnistError, UnknownModelError
from mnist_core.models.devices import choose_device
from mnist_core.services import models as module
from mnist_core.services.models import Models

NAMES = ("a", "b", "c", "d")


@pytest.fixture
def root(tmp_path):
    for name in NAMES:
        copy_model(stored_linear(), tmp_path / name)
    return tmp_path


@pytest.fixture
def read(monkeypatch):
    """The names of all models whose files are read."""
    names, read_stored = [], module.read_stored
    monkeypatch.setattr(module, "read_stored", lambda folder: names.append(folder.name) or read_stored(folder))
    return names


def open_models(root, default="a"):
    return Models(choose_device("cpu"), [root], default)


def ask(models, name):
    return models.open(models.find(name)).predictor.predict_logits(sample_images(10))


# Finding


def test_a_name_is_found_without_reading_the_others(root, read):
    models = open_models(root)
    assert models.find("b").name == "b"
    assert read == ["a", "b"]


def test_unknown_names_read_each_model_once(root, read):
    models = open_models(root)
    for number in range(20):
        with pytest.raises(UnknownModelError, match="Available: a, b, c, d"):
            models.find(f"nonesuch {number}")
    assert sorted(read) == list(NAMES)


def test_unknown_names_of_many_visitors_read_each_model_once(root, read):
    models = open_models(root)

    def find(number):
        with pytest.raises(UnknownModelError):
            models.find(f"nonesuch {number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(find, range(40)))
    assert sorted(read) == list(NAMES)


def test_what_has_changed_is_read_again_and_nothing_else(root, read):
    models = open_models(root)
    before = [model.history for model in models.list_all()]
    rewrite(root / "c", "history.json", json.dumps([{"loss": 9.0}]).encode())
    read.clear()
    assert [model.history for model in models.list_all()] == [*before[:2], [{"loss": 9.0}], before[3]]
    assert models.find("c").history == [{"loss": 9.0}]
    assert read == ["c"]


def test_what_is_hidden_from_who_asks_is_not_listed_and_still_found(root):
    models = open_models(root)
    hidden = {"b", "nonesuch"}
    models.hide(lambda: hidden)
    assert [model.name for model in models.list_all()] == ["a", "c", "d"]
    assert models.find("b").name == "b"
    hidden.clear()
    assert len(models.list_all()) == 4


def test_a_model_that_comes_later_is_found(root):
    models = open_models(root)
    copy_model(stored_linear(), root / "e")
    assert [model.name for model in models.list_all()] == [*NAMES, "e"]
    assert models.find("e").name == "e"


def test_a_damaged_model_is_not_read_again_and_holds_up_no_other(root, read, monkeypatch):
    monkeypatch.setattr("mnist_core.models.store.SHIPPED_DIR", root)  # where nothing is moved aside
    models = open_models(root)
    (root / "c/weights.npz").write_bytes(b"others")
    for _ in range(5):
        assert [model.name for model in models.list_all()] == ["a", "b", "d"]
        with pytest.raises(DamagedModelError, match=r"weights\.npz does not match"):
            models.find("c")
    assert read.count("c") == 1
    shutil.copy(root / "b/weights.npz", root / "c/weights.npz")
    assert models.find("c").name == "c"


def test_the_default_comes_first(root):
    models = open_models(root, "c")
    assert [model.name for model in models.list_all()] == ["c", "a", "b", "d"]
    assert models.find("").name == models.find().name == models.default == "c"


# Opening


def test_what_was_opened_stays_open(root):
    models = open_models(root)
    opened = models.open(models.find("b"))
    assert models.open(models.find("b")) is opened
    assert opened.anatomy is opened.anatomy
    assert opened.embedder is opened.embedder


def test_of_many_models_only_so_many_stay_open_and_the_default_does(root, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 2 * 16 * 7850)
    models = open_models(root)
    opened = {name: models.open(models.find(name)) for name in NAMES}
    is_open = {name: models.open(models.find(name)) is opened[name] for name in ("a", "d", "b", "a")}
    assert is_open == {"a": True, "d": True, "b": False}


def test_a_model_whose_folder_went_is_an_error_in_words_unless_it_is_open(root):
    models = open_models(root)
    expected, unopened = ask(models, "a"), models.find("b")
    shutil.rmtree(root / "a")
    shutil.rmtree(root / "b")
    assert (ask(models, "a") == expected).all()
    with pytest.raises(MnistError, match="cannot be read at the moment"):
        models.open(unopened)
