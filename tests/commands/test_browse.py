"""`show` writes the samples that were asked for; `answers` computes once what it then reads."""

import functools
import json
import os

import numpy as np
import pytest
from PIL import Image
from support.commands import ink_file, pictures_file, run, set_up
from support.library import copy_projection, poor_maps
from support.models import copy_model, stored_architecture
from support.sets import other_set, write

from mnist_core.browse.answers import AnswerStore
from mnist_core.browse.catalogue import measure_moments
from mnist_core.data import mnist as dataset
from mnist_core.data.sample import load_sample
from mnist_core.data.splits import find_splits, load_split
from mnist_core.models.inference import LiteRTPredictor, predict
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.rendering.sprites import render_grid

SHIPPED = load_stored(SHIPPED_DIR / "sketchnet")


def use_cache(patch, cache_dir):
    """Own settings and caches; the tests' own process stays as quick as it is."""
    set_up(patch, cache_dir)
    patch.setattr(dataset, "KERAS_PATH", cache_dir / "keras/mnist.npz")
    patch.setattr(os, "nice", lambda increment: 0)


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """A cache folder in which `answers` has run for the built-in sample, and what it said."""
    cache_dir = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch, poor_maps():
        use_cache(patch, cache_dir)
        return cache_dir, run("answers", "built_in", "--shares", "--json")


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    use_cache(monkeypatch, tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def cache(monkeypatch, computed):
    """That cache folder; not to be changed."""
    use_cache(monkeypatch, computed[0])
    return computed[0]


@pytest.fixture
def directions(empty_cache):
    """A cache folder in which only the model's directions are known."""
    return copy_projection(empty_cache)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def show(tmp_path):
    """Runs `show` with --json: what it found, and the picture."""

    def run_show(split, *options):
        said = run("show", split, "--output", tmp_path / "shown.png", "--json", *options)
        assert said.code == 0, said.messages
        found = json.loads(said.out)
        assert found["output"] == str(tmp_path / "shown.png")
        return found, np.asarray(Image.open(tmp_path / "shown.png"))

    return run_show


@functools.cache
def read_sample():
    """What the shipped model answers for the built-in sample."""
    images, labels = load_sample()
    predictions = predict(LiteRTPredictor(SHIPPED), images.astype(np.float32) / 255)
    return labels.astype(int), predictions.probabilities


def sheet(images, captions):
    return np.asarray(render_grid(images, captions, 10))


def must_not_compute(*arguments):
    raise AssertionError("computed, though it should not have")


# Show


def test_the_first_samples_are_shown_with_their_labels(show, sample, empty_cache):
    found, picture = show("built_in")
    assert (found["split"], found["found"], found["shown"]) == ("built_in", 5000, list(range(100)))
    assert np.array_equal(picture, sheet(sample[0][:100], [str(label) for label in sample[1][:100]]))
    assert not empty_cache.exists()


def test_samples_of_some_labels_are_shown(show, sample):
    found, picture = show("built_in", "--label", "3", "7", "--limit", "25")
    expected = np.flatnonzero(np.isin(sample[1], [3, 7]))
    assert (found["found"], found["shown"]) == (len(expected), expected[:25].tolist())
    assert np.array_equal(picture, sheet(sample[0][expected[:25]], [str(sample[1][index]) for index in expected[:25]]))


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (7, 7), (2000, 2000)])
def test_no_more_than_the_limit_are_shown(show, limit, count):
    found, picture = show("built_in", "--limit", limit)
    assert len(found["shown"]) == count
    assert picture.shape[1] == 12 + min(count, 10) * 96


def test_what_the_model_answers_is_asked_of_the_model(show, cache):
    found, _ = show("built_in", "--predicted", "1")
    _, probabilities = read_sample()
    expected = np.flatnonzero(probabilities.argmax(axis=1) == 1)
    assert (found["found"], found["shown"]) == (len(expected), expected[:100].tolist())


def test_the_wrong_ones_are_as_many_as_the_model_says_and_tell_what_was_read(show, cache, sample):
    found, picture = show("built_in", "--wrong")
    labels, probabilities = read_sample()
    shown = found["shown"]
    assert found["found"] == len(shown) == SHIPPED.metrics["validation"]["error_count"]
    captions = [f"{labels[index]} read as {probabilities[index].argmax()}" for index in shown]
    assert np.array_equal(picture, sheet(sample[0][shown], captions))


def test_the_dearest_come_first(show, cache):
    found, _ = show("built_in", "--sort", "loss", "--descending", "--limit", "50")
    labels, probabilities = read_sample()
    losses = -np.log(probabilities[np.arange(5000), labels])
    assert losses[found["shown"]].tolist() == pytest.approx(sorted(losses, reverse=True)[:50])


def test_the_least_inky_come_first(show, sample):
    found, _ = show("built_in", "--sort", "ink", "--limit", "50")
    ink = measure_moments(sample[0])[0]
    assert ink[found["shown"]].tolist() == sorted(ink.tolist())[:50]


def test_filters_combine(show, cache):
    found, _ = show("built_in", "--label", "4", "--wrong", "--sort", "confidence")
    labels, probabilities = read_sample()
    expected = np.flatnonzero((labels == 4) & (probabilities.argmax(axis=1) != 4))
    assert set(found["shown"]) == set(expected)
    assert (np.diff(probabilities.max(axis=1)[found["shown"]]) >= 0).all()


def test_answers_that_are_missing_are_computed_once(show, folder, directions, monkeypatch):
    pictures_file(folder)
    first, picture = show("pictures", "--data-dir", folder, "--predicted", *range(10))
    monkeypatch.setattr(AnswerStore, "compute_answers", must_not_compute)
    again, same = show("pictures", "--data-dir", folder, "--predicted", *range(10))
    assert first == again
    assert (first["found"], np.array_equal(picture, same)) == (20, True)


def test_what_needs_no_answers_does_not_wait_for_them(show, folder, monkeypatch):
    monkeypatch.setattr(AnswerStore, "compute_answers", must_not_compute)
    pictures_file(folder)
    found, _ = show("pictures", "--data-dir", folder, "--sort", "slant")
    assert found["found"] == 20


def test_ink_is_shown_as_the_network_sees_it(show, folder):
    ink_file(folder)
    found, picture = show("ink", "--data-dir", folder, "--label", "7")
    split = load_split(find_splits(folder)[1], folder)
    assert (found["found"], found["shown"]) == (5, [1, 3, 5, 7, 9])
    assert np.array_equal(picture, sheet(split.images[1::2], ["7"] * 5))


def test_outliers_have_no_caption_but_what_was_read(show, folder, directions):
    pictures_file(folder, "outliers_doodles.npz")
    options = ("outliers_doodles", "--data-dir", folder)
    split = load_split(find_splits(folder)[1], folder)
    assert np.array_equal(show(*options)[1], sheet(split.images, [""] * 20))
    read = predict(LiteRTPredictor(SHIPPED), split.images.astype(np.float32) / 255).probabilities.argmax(axis=1)
    assert np.array_equal(
        show(*options, "--predicted", *range(10))[1], sheet(split.images, [f"read as {d}" for d in read])
    )


def test_train_and_test_of_a_set_beside_the_data_are_shown(show, folder):
    letters = other_set(50, 20)
    write(folder / "letters.npz", letters)
    for split, count in (("train", 50), ("test", 20)):
        found, picture = show(f"letters_{split}", "--data-dir", folder)
        assert found["found"] == count
        assert np.array_equal(picture, sheet(letters[f"x_{split}"], [str(label) for label in letters[f"y_{split}"]]))


def test_a_person_is_told_how_many_there_are(tmp_path):
    said = run("show", "built_in", "--output", tmp_path / "a.png", "--limit", "10")
    assert said.out == f"{tmp_path / 'a.png'}: 10 of 5,000 samples of built_in\n"


def test_another_model_gives_its_own_answers(show, folder, tmp_path):
    pictures_file(folder)
    own = copy_model(stored_architecture("linear"), tmp_path / "own/linear")
    first, _ = show("pictures", "--data-dir", folder, "--wrong", "--model", own)
    assert first["found"] > 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--limit", "0"), "--limit takes 1 to 2000 samples. Received: 0."),
        (("--limit", "2001"), "Received: 2001."),
        (("--label", "10"), "The filter 'label' takes digits from 0 to 9. Received: [10]."),
        (("--predicted", "-1"), "Received: [-1]."),
        (("--data-dir", "nowhere"), "no set of digits named 'train'. Available: built_in."),
        ((), "no set of digits named 'train'. Available: built_in."),
    ],
    ids=str,
)
def test_what_cannot_be_shown_is_refused(tmp_path, options, message):
    said = run("show", "train", "--output", tmp_path / "a.png", *options)
    assert (said.code, said.out) == (1, "")
    assert message in said.messages
    assert not (tmp_path / "a.png").exists()


def test_a_model_that_is_not_there_is_named(tmp_path):
    said = run("show", "built_in", "--output", tmp_path / "a.png", "--model", "nonesuch")
    assert (said.code, "nonesuch" in said.messages) == (1, True)


@pytest.mark.parametrize(
    "arguments", [(), ("built_in",), ("built_in", "--output", "a.png", "--sort", "label")], ids=str
)
def test_wrong_usage_is_exit_code_2(arguments):
    assert run("show", *arguments).code == 2


@pytest.mark.parametrize("name", ["missing/a.png", "a.jpg", "a", "a.png/b.png"])
def test_a_picture_that_cannot_be_written_is_refused_before_anything_is_read(tmp_path, monkeypatch, name):
    (tmp_path / "a.png").write_text("in the way")
    monkeypatch.setattr("mnist_core.commands.browse.load_split", must_not_compute)
    said = run("show", "built_in", "--output", tmp_path / name)
    assert (said.code, said.out) == (1, "")
    assert str(tmp_path / name) in said.messages


def test_a_folder_by_the_name_of_a_picture_is_refused(tmp_path):
    (tmp_path / "a.png").mkdir()
    said = run("show", "built_in", "--output", tmp_path / "a.png")
    assert (said.code, "is a folder" in said.messages) == (1, True)


def test_nothing_found_is_said(tmp_path, folder):
    ink_file(folder)
    said = run("show", "ink", "--data-dir", folder, "--label", "5", "--output", tmp_path / "a.png")
    assert (said.code, said.out) == (1, "")
    assert "No sample of ink matches" in said.messages
    assert not (tmp_path / "a.png").exists()


def test_a_damaged_set_is_named(tmp_path, folder):
    (folder / "mine.npz").write_bytes(b"hello")
    said = run("show", "mine", "--data-dir", folder, "--output", tmp_path / "a.png")
    assert (said.code, "mine.npz" in said.messages) == (1, True)


# Answers


def shares_of(said):
    return [float(line) for line in said.out.splitlines() if line[0] in "01"]


def test_answers_says_what_it_has_read(computed):
    _, said = computed
    assert said.code == 0, said.messages
    assert "built_in: 5,000 images read by sketchnet" in said.messages
    assert json.loads(said.out.splitlines()[-1]) == {"model": "sketchnet", "splits": ["built_in"]}


def test_shares_rise_to_all(computed):
    shares = shares_of(computed[1])
    assert shares == sorted(shares)
    assert (len(shares) > 20, shares[0] < 0.2, shares[-1]) == (True, True, 1)


def test_what_answers_has_computed_is_all_there_is(computed):
    split = load_split(find_splits()[0], computed[0])
    store = AnswerStore(computed[0])
    assert len(store.load_answers(SHIPPED, split).vectors) == 5000
    assert store.load_facts(split) is not None


def test_show_reads_what_answers_has_computed(show, cache, monkeypatch):
    monkeypatch.setattr(AnswerStore, "compute_answers", must_not_compute)
    assert show("built_in", "--wrong")[0]["found"] > 0


def test_asking_again_computes_nothing(cache, monkeypatch):
    monkeypatch.setattr(AnswerStore, "compute_answers", must_not_compute)
    monkeypatch.setattr(AnswerStore, "compute_facts", must_not_compute)
    assert run("answers", "built_in").code == 0


def test_shares_of_what_is_there_already_are_all(cache):
    assert shares_of(run("answers", "built_in", "--shares"))[-1:] == [1]


@pytest.fixture
def some_sets(folder, directions):
    """A data folder with pictures and ink."""
    pictures_file(folder, num=500)
    ink_file(folder)
    return folder


def test_shares_rise_through_all_sets_and_all_that_is_made_of_them(some_sets):
    said = run("answers", "ink", "pictures", "--data-dir", some_sets, "--shares")
    shares = shares_of(said)
    assert (said.code, shares[-1]) == (0, 1)
    assert shares == sorted(shares)


def test_without_names_all_that_is_found_is_read(some_sets):
    (some_sets / "pictures.npz").unlink()
    said = run("answers", "--data-dir", write(some_sets / "letters.npz", other_set(50, 20)), "--json")
    assert json.loads(said.out)["splits"] == ["train", "test", "ink"]
    assert [f"{name}:" in said.messages for name in ("train", "test", "ink")] == [True] * 3


@pytest.mark.parametrize(
    "spoil", [lambda path: path.write_bytes(b"hello"), lambda path: write(path, {"a": np.zeros(1)})]
)
def test_a_file_that_holds_no_digits_does_not_keep_the_others_from_being_read(some_sets, spoil):
    """It is named, and the exit code tells."""
    spoil(some_sets / "a.npz")
    (some_sets / "pictures.npz").unlink()
    said = run("answers", "--data-dir", write(some_sets / "letters.npz", other_set(50, 20)))
    assert (said.code, "a.npz" in said.messages) == (1, True)
    assert "ink: 10 images" in said.messages


def test_a_set_of_which_nothing_can_be_read_is_read(some_sets):
    write(some_sets / "blank.npz", {"x": np.zeros((3, 40, 40), np.uint8), "y": np.zeros(3, int)})
    said = run("answers", "blank", "--data-dir", some_sets)
    assert (said.code, said.messages) == (0, "blank: 0 images read by sketchnet\n")


def test_an_unknown_set_is_refused():
    said = run("answers", "nonesuch")
    assert (said.code, said.out) == (1, "")
    assert "'nonesuch'. Available: built_in." in said.messages


def test_a_cache_that_cannot_be_written_is_named(monkeypatch, tmp_path, folder):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MNIST_CACHE_DIR", str(tmp_path / "file"))
    said = run("answers", "built_in")
    assert (said.code, "MNIST_CACHE_DIR" in said.messages) == (1, True)
    assert "Traceback" not in said.messages


def test_others_come_first(monkeypatch, cache):
    asked = []
    monkeypatch.setattr(os, "nice", asked.append)
    run("answers", "built_in")
    assert asked == [10]


# The real files, where there are any


def test_the_real_test_images_that_are_read_wrong_are_shown(show, directions, development_data, development_file):
    """As many as the model's own figures say."""
    development_file("mnist.npz")
    with poor_maps():
        found, _ = show("test", "--data-dir", development_data, "--wrong")
    assert found["found"] == SHIPPED.metrics["test"]["error_count"]
