"""Sets of digits are found where they lie, become images as an upload does, and say what a model was trained on."""

import dataclasses

import numpy as np
import pytest
from support.files import published_hash
from support.server import ONE, SEVEN
from support.sets import as_arrays, other_set, write, write_idx

from mnist_core.browse.answers import find_seen
from mnist_core.data import mnist as dataset
from mnist_core.data import pendigits, splits
from mnist_core.data.mnist import read_dataset
from mnist_core.data.pendigits import PENDIGITS_PATH, REPORTED_WRITERS, VALIDATION_WRITERS, PenInk
from mnist_core.data.prepared import load_training
from mnist_core.data.sample import SAMPLE_PATH, load_sample
from mnist_core.data.splits import NO_LABEL, find_source, find_splits, load_split, own_split
from mnist_core.data.training_data import split_validation
from mnist_core.errors import DataError, QueryError, StorageError
from mnist_core.models.recipes import Recipe, Start
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.preprocessing.picture import picture_to_image

SHIPPED = load_stored(SHIPPED_DIR / "sketchnet")
HELD_OUT = VALIDATION_WRITERS + REPORTED_WRITERS


def stand_in():
    """A small set in place of MNIST: every other training image is one of the sample."""
    x, y = load_sample()
    other = other_set(40, 10)
    images = np.stack([x[:40], other["x_train"]], axis=1).reshape(80, 28, 28)
    labels = np.stack([y[:40], other["y_train"]], axis=1).reshape(80).astype(np.uint8)
    return {**other, "x_train": images, "y_train": labels}


def pen_ink():
    """A dot that cannot be read, and a 1 and a 7 by each of thirty writers."""
    drawings = [[np.array(stroke, np.float32) for stroke in ink] for ink in (ONE, SEVEN)] * 30
    writers = np.array([1, *np.repeat(np.arange(1, 31), 2)])
    return PenInk([[np.zeros((1, 2), np.float32)], *drawings], np.array([0] + [1, 7] * 30), writers)


MNIST, PEN = stand_in(), pen_ink()


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path):
    """No other cache than the test's own, and stand-ins for MNIST and for the pen ink."""
    monkeypatch.setattr(dataset, "KERAS_PATH", tmp_path / "keras/mnist.npz")
    monkeypatch.setattr(dataset, "MNIST_HASHES", {name: published_hash(array) for name, array in MNIST.items()})
    monkeypatch.setattr(pendigits, "PENDIGITS_HASH", PEN.digest)
    monkeypatch.setenv("MNIST_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def cache_dir(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def load(folder, cache_dir):
    """Loads a split of the folder by name."""
    return lambda name, **options: load_split(find_source(name, find_splits(folder)), cache_dir, **options)


def pictures(num=20):
    x, y = load_sample()
    return {"x": np.pad(x[:: 5000 // num], ((0, 0), (9, 3), (2, 30))), "y": y[:: 5000 // num]}


def model(data="mnist", measured_on_pen=True, **recipe):
    """All that is looked at of a stored model."""
    metrics = {"data": data, **({"validation_ink": {}} if measured_on_pen else {})}
    recipe = Recipe(name="some", architecture="linear", **recipe)
    return dataclasses.replace(SHIPPED, recipe=recipe, metrics=metrics)


def names(*arguments):
    return [source.name for source in find_splits(*arguments)]


# What is found


def test_without_data_there_is_the_built_in_sample(cache_dir):
    (source,) = find_splits(None, cache_dir)
    assert (source.name, source.kind, source.path) == ("built_in", "built_in", SAMPLE_PATH)


@pytest.mark.parametrize("place", ["cache", "keras"])
def test_mnist_is_found_in_a_cache_and_takes_the_samples_place(tmp_path, cache_dir, place):
    path = write(tmp_path / place / "mnist.npz", MNIST)
    assert [(source.name, source.path) for source in find_splits(None, cache_dir)] == [("train", path), ("test", path)]


def test_the_cache_of_the_environment_is_the_default(cache_dir):
    write(cache_dir / "mnist.npz", MNIST)
    assert names() == ["train", "test"]


def test_a_place_that_is_named_is_the_only_one(folder, cache_dir):
    write(cache_dir / "mnist.npz", MNIST)
    assert names(folder, cache_dir) == ["built_in"]


def test_mnist_is_found_in_a_file_and_in_its_folder(folder):
    path = write(folder / "mnist.npz", MNIST)
    assert find_splits(folder) == find_splits(path)
    assert {source.path for source in find_splits(folder)} == {path}
    assert names(folder) == ["train", "test"]


@pytest.mark.parametrize("inside", [".", "raw", "MNIST/raw"])
def test_mnist_is_found_as_idx_files(folder, load, inside):
    write_idx(folder / inside, MNIST)
    assert names(folder) == ["train", "test"]
    assert np.array_equal(load("test").images, MNIST["x_test"])


def test_of_mnist_in_two_forms_the_one_that_is_loaded_is_found(folder):
    write_idx(folder / "raw", MNIST)
    path = write(folder / "mnist.npz", MNIST)
    assert [(source.name, source.path) for source in find_splits(folder)] == [("train", path), ("test", path)]
    assert dataset.load_dataset(folder).source == str(path)


def test_files_beside_mnist_are_found(folder):
    for name in ("my_hand", "outliers_doodles"):
        write(folder / f"{name}.npz", pictures())
    path = write(folder / "mnist.npz", MNIST)
    kinds = {source.name: source.kind for source in find_splits(folder)}
    assert kinds == {"train": "train", "test": "test", "my_hand": "digits", "outliers_doodles": "outliers"}
    assert find_splits(path) == find_splits(folder)


def test_another_set_of_four_arrays_is_two_splits(folder, load):
    write(folder / "mnist.npz", MNIST)
    write(folder / "letters.npz", other_set(50, 20))
    assert names(folder) == ["train", "test", "letters_train", "letters_test"]
    assert (len(load("letters_train")), len(load("letters_test"))) == (50, 20)
    assert load("letters_test").set_name == "letters"


def test_beside_other_files_the_sample_stands_for_mnist(folder):
    write(folder / "my_hand.npz", pictures())
    assert names(folder) == ["built_in", "my_hand"]


def test_a_source_says_how_many_samples_its_file_holds(folder, cache_dir):
    for name, arrays in (("mnist", MNIST), ("letters", other_set(50, 20)), ("my_hand", pictures())):
        write(folder / f"{name}.npz", arrays)
    (folder / "damaged.npz").write_bytes(b"hello")
    sizes = {source.name: source.size for source in find_splits(folder)}
    assert (sizes["train"], sizes["test"], sizes["letters_train"], sizes["letters_test"]) == (80, 10, 50, 20)
    assert (sizes["my_hand"], sizes["damaged"]) == (20, None)
    assert find_splits(None, cache_dir)[0].size == 5000


def test_so_does_a_folder_of_idx_files_and_a_file_that_has_changed(folder):
    write_idx(folder, MNIST)
    write(folder / "my_hand.npz", pictures())
    assert [source.size for source in find_splits(folder)] == [80, 10, 20]
    write(folder / "my_hand.npz", pictures(10))
    assert [source.size for source in find_splits(folder)] == [80, 10, 10]


def test_other_files_than_npz_are_left_alone(folder):
    (folder / "README.md").write_text("Dear")
    assert names(folder) == ["built_in"]


@pytest.mark.parametrize("name", ["train", "test", "letters_train"])
def test_no_two_splits_have_one_name(folder, name):
    """Somebody calls a file of their own so."""
    for file, arrays in (("mnist", MNIST), ("letters", other_set()), (name, pictures())):
        path = write(folder / f"{file}.npz", arrays)
    sources = find_splits(folder)
    assert len({source.name for source in sources}) == len(sources) == 5
    assert path in [find_source(source.name, sources).path for source in sources]


def test_an_unknown_name_is_refused_with_those_there_are(cache_dir):
    with pytest.raises(QueryError, match=r"'nonesuch'. Available: built_in\."):
        find_source("nonesuch", find_splits(None, cache_dir))


def test_a_sources_stamp_changes_with_its_file(folder):
    path = write(folder / "my_hand.npz", pictures())
    source = find_source("my_hand", find_splits(folder))
    before = source.stamp
    assert before == source.stamp
    write(path, pictures(10))
    assert source.stamp != before


def test_the_stamp_of_idx_files_changes_with_one_of_them(folder):
    write_idx(folder, MNIST)
    source = find_splits(folder)[0]
    before = source.stamp
    (folder / "t10k-labels-idx1-ubyte").write_bytes(b"other")
    assert source.stamp != before


# What a split holds


def test_the_built_in_split_is_the_sample(cache_dir, sample):
    split = load_split(find_splits(None, cache_dir)[0], cache_dir)
    assert np.array_equal(split.images, sample[0])
    assert np.array_equal(split.labels, sample[1])
    assert (split.labels.dtype, len(split), split.set_name) == (np.int64, 5000, "mnist")
    assert not cache_dir.exists()


@pytest.mark.parametrize("name", ["train", "test"])
def test_a_split_of_mnist_is_as_its_file_has_it(folder, cache_dir, load, name):
    write(folder / "mnist.npz", MNIST)
    split = load(name)
    assert np.array_equal(split.images, MNIST[f"x_{name}"])
    assert np.array_equal(split.labels, MNIST[f"y_{name}"])
    assert (split.name, split.set_name, split.labels.dtype) == (name, "mnist", np.int64)
    assert not cache_dir.exists()


def test_pictures_become_images_as_uploads_do(folder, load):
    arrays = pictures()
    write(folder / "my_hand.npz", arrays)
    split = load("my_hand")
    expected = [np.rint(picture_to_image(picture) * 255) for picture in arrays["x"]]
    assert np.array_equal(split.images, expected)
    assert np.array_equal(split.labels, arrays["y"])
    assert (split.images.dtype, split.labels.dtype) == (np.uint8, np.int64)


def test_ink_becomes_images_as_a_drawing_does(folder, load):
    write(folder / "my_ink.npz", as_arrays(PEN))
    split = load("my_ink")
    expected = [np.rint(render_ink(check_ink(ink)) * 255) for ink in (ONE, SEVEN)]
    assert np.array_equal(split.images, expected * 30)
    assert split.labels.tolist() == [1, 7] * 30


def test_what_cannot_be_read_is_left_out_and_counted(folder, load):
    arrays = pictures()
    arrays["x"][[0, 7, 19]] = 0
    write(folder / "my_hand.npz", arrays)
    split = load("my_hand")
    assert (len(split), split.num_unreadable) == (17, 3)
    assert np.array_equal(split.labels, np.delete(arrays["y"], [0, 7, 19]))


def test_many_samples_keep_their_order(folder, load):
    """They are made in parts."""
    arrays = pictures(625)
    arrays["x"][300] = 0
    write(folder / "my_hand.npz", arrays)
    split, readable = load("my_hand"), np.delete(np.arange(625), 300)
    assert np.array_equal(split.labels, arrays["y"][readable])
    for index in (0, 255, 256, 299, 300, 623):
        expected = np.rint(picture_to_image(arrays["x"][readable[index]]) * 255)
        assert np.array_equal(split.images[index], expected)


def test_outliers_have_no_labels(folder, load):
    """In their files a label may be a character's code."""
    write(folder / "outliers_symbols.npz", {**pictures(), "y": np.full(20, 63)})
    split = load("outliers_symbols")
    assert set(split.labels.tolist()) == {NO_LABEL}
    assert not find_seen(split, model()).any()


def test_a_digest_is_that_of_images_and_labels(cache_dir):
    split = load_split(find_splits(None, cache_dir)[0], cache_dir)
    same, named = dataclasses.replace(split), dataclasses.replace(split, name="other")
    images, labels = split.images.copy(), split.labels.copy()
    images[0, 0, 0] ^= 1
    labels[0] = NO_LABEL
    others = dataclasses.replace(split, images=images), dataclasses.replace(split, labels=labels)
    assert split.digest == same.digest == named.digest
    assert len({split.digest, *(other.digest for other in others)}) == 3


def test_nobody_was_trained_on_a_visitors_own_drawings(sample):
    split = own_split(sample[0][:5], np.full(5, NO_LABEL))
    assert not any(find_seen(split, other).any() for other in (SHIPPED, model(), model("own")))


# Files of another form


@pytest.mark.parametrize(
    ("name", "arrays", "message"),
    [
        ("labels", {**pictures(), "y": np.arange(20)}, "labels 0 to 9. Received labels: 0 to 19"),
        ("negative", {**pictures(), "y": np.full(20, -1)}, "Received labels: -1 to -1"),
        ("empty", {"x": np.zeros((0, 28, 28), np.uint8), "y": np.zeros(0, int)}, "Received labels: none"),
        ("floats", {**pictures(), "x": np.zeros((20, 28, 28))}, "Received: float64"),
        ("words", {**pictures(), "y": np.full(20, "a")}, "Received: <U1"),
        ("fewer", {**pictures(), "y": np.zeros(3, int)}, r"expected 20 integer labels in y. Received: int64 \(3,\)"),
        ("foreign", {"weights": np.zeros(3)}, "holds the arrays weights. Expected x and y"),
        ("small_train", other_set(side=16), r"28x28 whole numbers from 0 to 255. Received: uint8 \(60, 16, 16\)"),
        ("large_test", other_set(side=32), r"Received: uint8 \(60, 32, 32\)"),
        ("half_train", {**other_set(), "x_test": np.zeros((3, 28, 28))}, "x_test .* Received: float64"),
        ("letters_train", {**other_set(), "y_train": np.full(60, 25)}, "labels 0 to 9. Received labels up to 25"),
        ("lacking_test", {"y_train": np.zeros(1), "y_test": np.zeros(1)}, "lacks x_train, x_test"),
        ("unlabelled", {"x_train": np.zeros(1), "x_test": np.zeros(1)}, "holds the arrays x_test, x_train"),
    ],
)
def test_another_form_is_refused_with_what_was_received(folder, cache_dir, load, name, arrays, message):
    path = write(folder / f"{name.removesuffix('_train').removesuffix('_test')}.npz", arrays)
    with pytest.raises(DataError, match=message) as caught:
        load(name)
    assert caught.value.path == path
    assert not cache_dir.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", bytes(3000)])
def test_what_is_no_npz_is_listed_and_refused_when_it_is_chosen(folder, load, content):
    (folder / "my_hand.npz").write_bytes(content)
    assert "my_hand" in names(folder)
    with pytest.raises(DataError, match=r"my_hand\.npz"):
        load("my_hand")


def test_a_file_that_has_gone_is_named(folder, cache_dir):
    path = write(folder / "my_hand.npz", pictures())
    source = find_source("my_hand", find_splits(folder))
    path.unlink()
    with pytest.raises(DataError, match=r"my_hand\.npz"):
        load_split(source, cache_dir)


# Made once


def test_images_are_made_once(folder, load, monkeypatch):
    write(folder / "my_hand.npz", pictures())
    first = load("my_hand")
    monkeypatch.setattr(splits, "prepare_images", lambda *_, **__: pytest.fail("made once more"))
    again = load("my_hand", prepare=False)
    for entry in dataclasses.fields(first):
        assert np.array_equal(getattr(first, entry.name), getattr(again, entry.name))


def test_nothing_is_made_unless_it_may_be(folder, cache_dir, load):
    write(folder / "my_hand.npz", pictures())
    assert load("my_hand", prepare=False) is None
    assert not cache_dir.exists()


def test_what_needs_no_making_is_read_at_once(folder, load):
    assert len(load("built_in", prepare=False)) == 5000
    write(folder / "mnist.npz", MNIST)
    assert len(load("train", prepare=False)) == 80


def test_a_changed_file_is_made_anew(folder, load):
    write(folder / "my_hand.npz", pictures())
    first = load("my_hand")
    write(folder / "my_hand.npz", {**pictures(), "y": 9 - pictures()["y"]})
    assert load("my_hand", prepare=False) is None
    assert np.array_equal(load("my_hand").labels, 9 - first.labels)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a file"])
def test_damaged_images_are_made_anew(folder, cache_dir, load, content):
    write(folder / "my_hand.npz", pictures())
    first = load("my_hand")
    (kept,) = (path for path in cache_dir.rglob("*.npz"))
    kept.write_bytes(content)
    assert np.array_equal(load("my_hand").images, first.images)


def test_making_tells_how_far_it_is(folder, load):
    told = []
    write(folder / "my_hand.npz", pictures(625))
    load("my_hand", on_progress=told.append)
    assert told == sorted(told)
    assert (len(told) > 1, told[0] > 0, told[-1]) == (True, True, 1)


def test_a_cache_that_cannot_be_written_is_named(tmp_path, folder, load):
    write(folder / "my_hand.npz", pictures())
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(StorageError, match="MNIST_CACHE_DIR"):
        load("my_hand")


# What a model was trained on


@pytest.fixture
def mnist_train(folder, load):
    write(folder / "mnist.npz", MNIST)
    return load("train")


SAMPLED, OTHERS = np.arange(0, 80, 2), np.arange(1, 80, 2)


@pytest.mark.parametrize("recipe", [SHIPPED, model()])
def test_of_mnist_only_the_sample_is_new(mnist_train, recipe):
    assert np.flatnonzero(~find_seen(mnist_train, recipe)).tolist() == SAMPLED.tolist()


def test_a_limited_recipe_has_seen_the_first_that_it_learns_from(mnist_train):
    assert np.flatnonzero(find_seen(mnist_train, model(limit=7))).tolist() == OTHERS[:7].tolist()


def test_a_model_of_another_set_has_seen_nothing_of_mnist(mnist_train):
    assert not find_seen(mnist_train, model("letters")).any()


START = Start("sketchnet", SHIPPED.weights_digest)


@pytest.mark.parametrize("change", [{"data": "letters"}, {"data": "letters", "limit": 7}, {"limit": 7}, {}], ids=str)
def test_what_a_model_started_from_has_seen_mnist(mnist_train, change):
    """However little of it the recipe itself has used."""
    seen = find_seen(mnist_train, model(start=START, **change))
    assert np.flatnonzero(seen).tolist() == OTHERS.tolist()


@pytest.mark.parametrize("name", ["test", "built_in"])
def test_of_test_images_and_of_the_sample_all_are_new(folder, cache_dir, load, name):
    if name == "test":
        write(folder / "mnist.npz", MNIST)
    assert not any(find_seen(load(name), some).any() for some in (SHIPPED, model(), model(start=START)))


@pytest.mark.parametrize("limit", [None, 9])
@pytest.mark.parametrize("name", ["my_hand", "Some Hand", "MNIST"])
def test_a_model_has_seen_what_training_on_that_file_takes(folder, cache_dir, name, limit):
    path = write(folder / f"{name}.npz", pictures(200))
    split = load_split(find_splits(folder)[1], cache_dir)
    data = load_training(path)
    assert np.array_equal(split.images[split.training], data.x_train)
    seen = find_seen(split, model(data.name, limit=limit))
    learned = {image.tobytes() for image in data.x_train[:limit]}
    assert seen.tolist() == [image.tobytes() in learned for image in split.images]


@pytest.mark.parametrize("name", ["my_hand", "MNIST"])
def test_other_peoples_digits_are_new_to_the_shipped_model(folder, cache_dir, name):
    """Whatever they call their file."""
    write(folder / f"{name}.npz", pictures(200))
    split = load_split(find_splits(folder)[1], cache_dir)
    assert not find_seen(split, SHIPPED).any()


def test_a_model_has_seen_what_training_on_another_set_takes(folder, load):
    path = write(folder / "letters.npz", other_set(100, 20))
    write(folder / "mnist.npz", MNIST)
    split, data = load("letters_train"), split_validation(read_dataset(path))
    assert np.array_equal(split.images[split.training[:30]], data.x_train[:30])
    assert find_seen(split, model("letters", limit=30)).sum() == 30
    assert not find_seen(load("letters_test"), model("letters")).any()
    assert not find_seen(split, SHIPPED).any()


READABLE_WRITERS = PEN.writers[1:]
LEARNED = ~np.isin(READABLE_WRITERS, HELD_OUT)
PEN_NAMES = [PENDIGITS_PATH.name, "pen.npz"]


@pytest.mark.parametrize("name", PEN_NAMES)
def test_of_the_pen_ink_only_the_held_out_writers_are_new(folder, cache_dir, name):
    """It is recognised by its content, as where it is trained on."""
    write(folder / name, as_arrays(PEN))
    split = load_split(find_splits(folder)[1], cache_dir)
    assert split.num_unreadable == 1
    for some in (SHIPPED, model(ink=50)):
        assert find_seen(split, some).tolist() == LEARNED.tolist()


def test_the_pen_ink_is_new_to_models_that_learned_without_it(folder, load):
    write(folder / PENDIGITS_PATH.name, as_arrays(PEN))
    split = load(PENDIGITS_PATH.stem)
    assert not find_seen(split, model()).any()
    assert not find_seen(split, model(ink=50, measured_on_pen=False)).any()


def test_what_a_model_started_from_has_seen_the_pen_ink(folder, load):
    """The shipped model has, and one that starts from it and learns from somebody's own hand has none beside it."""
    write(folder / PENDIGITS_PATH.name, as_arrays(PEN))
    split = load(PENDIGITS_PATH.stem)
    for some in (model(start=START), model("my_hand", measured_on_pen=False, ink=50, start=START)):
        assert find_seen(split, some).tolist() == LEARNED.tolist()


@pytest.mark.parametrize("name", PEN_NAMES)
def test_training_on_the_pen_ink_alone_leaves_the_same_writers_out(folder, cache_dir, name):
    path = write(folder / name, as_arrays(PEN))
    split = load_split(find_splits(folder)[1], cache_dir)
    data = load_training(path)
    assert np.array_equal(split.images[split.training], data.x_train)
    assert not np.isin(READABLE_WRITERS[find_seen(split, model(data.name))], HELD_OUT).any()


def test_other_ink_by_the_name_of_the_pen_ink_is_like_any_other(folder, load):
    write(folder / PENDIGITS_PATH.name, {**as_arrays(PEN), "y": np.zeros(61, int)})
    split = load(PENDIGITS_PATH.stem)
    assert (len(split), len(split.pen_training), len(split.training)) == (60, 0, 48)
    assert not find_seen(split, SHIPPED).any()


# The real files, where there are any


@pytest.fixture
def real(monkeypatch, development_data):
    for module, name in ((dataset, "MNIST_HASHES"), (pendigits, "PENDIGITS_HASH")):
        monkeypatch.setattr(module, name, REAL[name])
    return development_data


REAL = {"MNIST_HASHES": dict(dataset.MNIST_HASHES), "PENDIGITS_HASH": pendigits.PENDIGITS_HASH}


def test_of_the_real_mnist_exactly_the_sample_is_new_to_the_shipped_model(real, development_file, cache_dir, sample):
    development_file("mnist.npz")
    split = load_split(find_source("train", find_splits(real)), cache_dir)
    new = ~find_seen(split, SHIPPED)
    assert (len(split), new.sum()) == (60_000, 5000)
    assert {image.tobytes() for image in split.images[new]} == {image.tobytes() for image in sample[0]}


def test_of_the_real_pen_ink_eight_writers_are_new(real, development_file, cache_dir):
    with np.load(development_file(PENDIGITS_PATH.name)) as arrays:
        writers = arrays["writer"]
    split = load_split(find_source(PENDIGITS_PATH.stem, find_splits(real)), cache_dir)
    assert (len(split), split.num_unreadable) == (7494, 0)
    assert set(writers[~find_seen(split, SHIPPED)]) == set(HELD_OUT)
    assert set(writers[find_seen(split, SHIPPED)]) == set(range(1, 31)) - set(HELD_OUT)
