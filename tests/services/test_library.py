"""Splits, answers and relatives are found where they are, computed once where they are not, and renewed with files."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support.library import (
    NUM_TEST,
    SHIPPED,
    StandIn,
    copy_known,
    copy_projection,
    copy_shipped,
    house,
    known,
    open_library,
    open_reader,
    read_test,
    rewrite,
    small_arrays,
    small_file,
    wait_for,
    write_arrays,
)

from mnist_core.browse.answers import AnswerStore, find_seen
from mnist_core.data import mnist as dataset
from mnist_core.data.sample import load_sample
from mnist_core.data.splits import NO_LABEL, find_source, find_splits, load_split
from mnist_core.errors import DataError, NotReadyError, QueryError, UnknownModelError
from mnist_core.models.devices import choose_device
from mnist_core.models.inference import open_predictor, predict
from mnist_core.models.store import load_stored
from mnist_core.services.jobs import Jobs
from mnist_core.services.library import MAPS, SPACES


@pytest.fixture(autouse=True)
def away_from_this_machine(monkeypatch, tmp_path):
    """No other cache and no other data than a test's own, for computations too."""
    monkeypatch.setattr(dataset, "KERAS_PATH", tmp_path / "keras/mnist.npz")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_DATA_DIR", raising=False)
    monkeypatch.setenv("MNIST_CACHE_DIR", str(tmp_path / "unused"))


@pytest.fixture(scope="module")
def library():
    """A library of the small set that knows everything about it. Not to be changed."""
    return open_library(known(), small_file())


@pytest.fixture
def no_jobs(monkeypatch):
    monkeypatch.setattr(Jobs, "ask", lambda *arguments: pytest.fail(f"began a job for {arguments[1]}"))


@pytest.fixture
def program(monkeypatch, tmp_path):
    program = StandIn(monkeypatch, tmp_path)
    yield program
    program.release()


@pytest.fixture
def data(tmp_path):
    """A file of the small set in a folder of its own, where others may be put beside it."""
    (tmp_path / "data").mkdir()
    return shutil.copy(small_file(), tmp_path / "data/small.npz")


def as_image(pixels):
    return pixels.astype(np.float32) / 255


def job_of(library, name):
    """The computation for a split, which has begun."""
    return library._jobs.ask(name, library._models.find(""))


def some_digits(num=20):
    x, y = load_sample()
    return {"x": x[7::250][:num], "y": y[7::250][:num].astype(np.int64)}


# What there is


def test_without_data_there_are_the_built_in_images(tmp_path):
    library = open_library(tmp_path)
    (source,) = library.list_splits()
    assert (source.name, source.kind, library.find_training()) == ("built_in", "built_in", "built_in")
    split = library.open_split("built_in")
    assert np.array_equal(split.images, load_sample()[0])
    assert np.array_equal(split.labels, load_sample()[1])


def test_without_data_relatives_are_built_in(no_jobs):
    x, y = load_sample()
    found = open_library(known()).find_relatives(as_image(x[1234]), "", "embedding", 9)
    assert found.split.name == "built_in"
    assert (y[found.neighbours.indices] == y[1234]).mean() > 0.8
    assert found.has_near
    assert not found.seen.any()


def test_a_data_file_has_two_splits(library):
    assert [source.name for source in library.list_splits()] == ["train", "test"]
    assert library.find_training() == "train"
    for name in ("train", "test"):
        split = library.open_split(name)
        assert np.array_equal(split.images, small_arrays()[f"x_{name}"])
        assert np.array_equal(split.labels, small_arrays()[f"y_{name}"])


def test_an_unknown_split_is_named_with_those_there_are(library):
    with pytest.raises(QueryError, match=r"There is no set of digits named 'nonesuch'\. Available: train, test\."):
        library.open_split("nonesuch")


def test_an_unknown_model_is_named_with_those_there_are(library):
    with pytest.raises(UnknownModelError, match=r"'nonesuch'\. Available: lenet, linear, sketchnet\."):
        library.open_catalogue("test", "nonesuch")


def test_what_was_opened_stays_open(library):
    assert library.open_split("test") is library.open_split("test")
    assert library.open_catalogue("test", "")[0] is library.open_catalogue("test", "")[0]


# Answers


def test_answers_come_once_they_are_computed(tmp_path):
    """By the command itself, with a cache folder and data of their own."""
    cache_dir = copy_projection(tmp_path / "cache")
    library = open_library(cache_dir, small_file())
    catalogue, job = library.open_catalogue("test", "")
    assert (catalogue.answers, catalogue.duplicates, len(catalogue.split)) == (None, None, NUM_TEST)
    assert library.open_catalogue("test", "")[1] is job
    assert (wait_for(job).problem, job.share) == ("", 1)
    catalogue, job = library.open_catalogue("test", "")
    assert job is None
    assert np.allclose(catalogue.answers.predictions.probabilities, read_test().probabilities, atol=1e-6)
    assert [198, 199] in catalogue.duplicates.tolist()


def test_answers_are_computed_once_for_all_libraries(no_jobs):
    library = open_library(known(), small_file())
    for name in ("train", "test"):
        catalogue, job = library.open_catalogue(name, "")
        assert job is None
        assert catalogue.answers is not None
        assert catalogue.duplicates is not None


def test_what_needs_answers_is_not_ready_without_them(program):
    library = open_library(program.cache_dir, small_file())
    for ask in (
        lambda: library.open_catalogue("train", "", "pca"),
        lambda: library.find_relatives(as_image(house()), "", "embedding", 3),
        lambda: library.find_relatives(as_image(house()), "", "pixels", 3),
        lambda: library.open_catalogue("train", "", "layout"),
    ):
        with pytest.raises(NotReadyError, match="being computed"):
            ask()
    wait_for(job_of(library, "train"))
    assert program.events == ["begin train", "end train"]


@pytest.mark.parametrize("what", ["a file", "a folder that may not be written"])
def test_a_cache_folder_that_cannot_be_used_is_named(tmp_path, what):
    """What needs no answers is there all the same, and it is not tried again at once."""
    cache_dir = tmp_path / "cache"
    cache_dir.write_text("in the way") if what == "a file" else (cache_dir / "answers").mkdir(parents=True)
    for place in () if what == "a file" else ("facts", next(known().glob("answers/sketchnet-*")).name):
        (cache_dir / "answers" / place).write_text("in the way")  # root may write anywhere else
    library = open_library(cache_dir, small_file())
    _, job = library.open_catalogue("test", "")
    assert str(cache_dir) in wait_for(job).problem
    assert "cannot be written" in job.problem
    catalogue, again = library.open_catalogue("test", "")
    assert again is job
    assert np.array_equal(catalogue.labels, small_arrays()["y_test"])


def test_a_cache_folder_that_cannot_be_used_does_not_matter_to_own_drawings(tmp_path):
    """Nothing of them has to be kept."""
    (tmp_path / "cache").write_text("in the way")
    library = open_library(tmp_path / "cache", small_file())
    catalogue = library.open_own(small_arrays()["x_test"][3:5], np.array([1, NO_LABEL]), "")
    assert np.allclose(catalogue.answers.predictions.probabilities, read_test().probabilities[3:5], atol=1e-6)


def test_images_the_model_was_trained_on_are_seen(tmp_path):
    """Of a set that is not MNIST every fifth image of each label is held out."""
    copy_shipped(tmp_path / "models/mine", data="small")
    library = open_library(known(), small_file(), open_reader(tmp_path / "models"))
    labels, new = small_arrays()["y_train"], []
    for label in range(10):
        new += np.flatnonzero(labels == label)[4::5].tolist()
    assert np.flatnonzero(~find_seen(library.open_split("train"), library._models.find("mine"))).tolist() == sorted(new)
    assert not find_seen(library.open_split("test"), library._models.find("mine")).any()
    assert not find_seen(library.open_split("train"), library._models.find("")).any()


# What changes


def test_a_replaced_model_is_read_anew(tmp_path):
    """Its weights are the same, but not how they are read."""
    folder = copy_shipped(tmp_path / "models/mine")
    cache_dir = copy_known(tmp_path / "cache")
    answered = next(cache_dir.glob("answers/sketchnet-*"))
    answered.rename(answered.with_name(answered.name.replace("sketchnet", "mine")))
    library = open_library(cache_dir, small_file(), open_reader(folder.parent))
    before = library.open_catalogue("test", "mine")[0].confidence
    assert np.allclose(before, read_test().probabilities.max(axis=1), atol=1e-6)
    calibration = {**SHIPPED.metrics["calibration"], "temperature": 3.0}
    rewrite(folder, "metrics.json", json.dumps({**SHIPPED.metrics, "calibration": calibration}).encode())
    after = library.open_catalogue("test", "mine")[0].confidence
    expected = predict(open_predictor(load_stored(folder), choose_device("cpu")), as_image(small_arrays()["x_test"]))
    assert np.allclose(after, expected.probabilities.max(axis=1), atol=1e-6)
    assert after.mean() < before.mean() - 0.01


def test_answers_of_other_weights_are_not_used(tmp_path, program):
    folder = copy_shipped(tmp_path / "models/mine")
    shutil.copytree(known(), program.cache_dir, dirs_exist_ok=True)
    answered = next(program.cache_dir.glob("answers/sketchnet-*"))
    answered.rename(answered.with_name(answered.name.replace("sketchnet", "mine")))
    library = open_library(program.cache_dir, small_file(), open_reader(folder.parent))
    assert library.open_catalogue("test", "mine")[0].answers is not None
    rewrite(folder, "weights.npz", b"others")
    catalogue, job = library.open_catalogue("test", "mine")
    assert (catalogue.answers, wait_for(job).problem) == (None, "")
    assert program.log[0][3]["model"] == str(folder)


@pytest.mark.parametrize("what", ["model", "data"])
def test_what_was_replaced_is_computed_anew_at_once(tmp_path, program, data, what):
    """Though a computation of the same name has just ended."""
    folder = copy_shipped(tmp_path / "models/mine")
    library = open_library(program.cache_dir, data, open_reader(folder.parent))
    wait_for(library.open_catalogue("test", "mine")[1])
    if what == "model":
        rewrite(folder, "weights.npz", b"others")
    else:
        write_arrays(data, {**small_arrays(), "x_test": small_arrays()["x_test"][::-1]})
    wait_for(library.open_catalogue("test", "mine")[1])
    assert program.events == ["begin test", "end test"] * 2


def test_a_set_that_comes_later_is_found(tmp_path, data):
    """Its pictures are made into images first, by the command itself."""
    library = open_library(copy_projection(tmp_path / "cache"), data)
    assert [source.name for source in library.list_splits()] == ["train", "test"]
    write_arrays(data.parent / "Other digits.npz", some_digits())
    assert [source.name for source in library.list_splits()] == ["train", "test", "other_digits"]
    with pytest.raises(NotReadyError):
        library.open_split("other_digits")
    assert wait_for(job_of(library, "other_digits")).problem == ""
    catalogue, job = library.open_catalogue("other_digits", "")
    assert (job, len(catalogue.split)) == (None, 20)
    assert (catalogue.predictions == some_digits()["y"]).mean() > 0.8


def test_a_file_that_changes_is_read_anew(no_jobs, data):
    library = open_library(known(), data)
    assert len(library.open_split("test")) == NUM_TEST
    write_arrays(data, {name: array[:50] for name, array in small_arrays().items()})
    assert np.array_equal(library.open_split("test").images, small_arrays()["x_test"][:50])


def test_answers_of_a_file_that_changed_are_not_used(program, data):
    shutil.copytree(known(), program.cache_dir, dirs_exist_ok=True)
    library = open_library(program.cache_dir, data)
    assert library.open_catalogue("test", "")[0].answers is not None
    write_arrays(data, {**small_arrays(), "x_test": small_arrays()["x_test"][::-1]})
    catalogue, job = library.open_catalogue("test", "")
    assert (catalogue.answers, catalogue.duplicates, job is None) == (None, None, False)
    assert np.array_equal(catalogue.split.images, small_arrays()["x_test"][::-1])


def test_a_file_that_went_is_no_longer_there(data):
    other = write_arrays(data.parent / "other.npz", some_digits())
    library = open_library(known(), data)
    assert library.list_splits()[-1].name == "other"
    other.unlink()
    with pytest.raises(QueryError, match=r"named 'other'\. Available: train, test\."):
        library.open_split("other")
    data.unlink()
    with pytest.raises(QueryError, match=r"named 'train'\. Available: built_in\."):
        library.open_split("train")
    assert library.find_training() == "built_in"


def test_a_file_that_goes_while_it_is_looked_for_is_named(data):
    (data.parent / "other.npz").symlink_to(data.parent / "nothing.npz")  # is listed, and is not there
    library = open_library(known(), data)
    with pytest.raises(QueryError, match=r"can no longer be read: .*other\.npz.* Reload the page\."):
        library.open_split(library.list_splits()[-1].name)
    assert len(library.open_split("test")) == NUM_TEST


def test_a_set_that_went_before_its_turn_is_named(tmp_path, data):
    """The command is asked for a set that was there a moment ago."""
    other = write_arrays(data.parent / "other.npz", some_digits())
    library = open_library(tmp_path / "cache", data)
    source = library.list_splits()[-1]
    other.unlink()
    job = wait_for(library._jobs.ask(source.name, SHIPPED))
    assert "There is no set of digits named 'other'. Available: train, test." in job.problem


# Bad sets


def four(**changes):
    return {**small_arrays(), **changes}


NOISE = np.random.default_rng(0).integers(0, 256, (20, 32, 32), np.uint8)
BAD_SETS = {
    "16 x 16": (four(x_train=NOISE[:, :16, :16], y_train=np.zeros(20, np.uint8)), "bad_train", "(20, 16, 16)"),
    "32 x 32": (four(x_train=NOISE, y_train=np.zeros(20, np.uint8)), "bad_train", "(20, 32, 32)"),
    "floats": (four(x_test=small_arrays()["x_test"] / 255), "bad_test", "float64"),
    "labels above 9": (four(y_test=small_arrays()["y_test"] + 1), "bad_test", "labels up to 10"),
    "too few labels": (four(y_test=small_arrays()["y_test"][:9]), "bad_test", "(9,)"),
}


def test_a_set_in_which_nothing_can_be_read_is_empty(data, tmp_path):
    write_arrays(data.parent / "blank.npz", {"x": np.full((5, 28, 28), 255, np.uint8), "y": np.arange(5)})
    cache_dir = copy_projection(tmp_path / "cache")
    blank = load_split(find_source("blank", find_splits(data, cache_dir)), cache_dir)
    AnswerStore(cache_dir).compute_missing(SHIPPED, blank, lambda share: None)
    library = open_library(cache_dir, data)
    split = library.open_split("blank")
    assert (len(split), split.num_unreadable) == (0, 5)
    for map_name in MAPS:
        assert library.open_catalogue("blank", "", map_name)[0].map_places.shape == (0, 2)
        with pytest.raises(QueryError, match="blank holds no image that can be read"):
            library.place(as_image(house()), "", "blank", map_name)


@pytest.mark.parametrize("case", BAD_SETS)
def test_a_bad_set_says_what_is_wrong_with_it(data, case):
    arrays, name, words = BAD_SETS[case]
    path = write_arrays(data.parent / "bad.npz", arrays)
    library = open_library(known(), data)
    with pytest.raises(DataError) as caught:
        library.open_catalogue(name, "")
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert library.open_catalogue("test", "")[0].answers is not None


THREE = {name: array for name, array in small_arrays().items() if name != "y_test"}
BAD_FILES = {
    "labels above 9": (lambda path: write_arrays(path, {**some_digits(), "y": np.arange(20)}), "0 to 19"),
    "floats": (lambda path: write_arrays(path, {"x": NOISE / 255, "y": np.zeros(20, int)}), "float64"),
    "four without one": (lambda path: write_arrays(path, THREE), "holds the arrays x_test, x_train, y_train"),
    "other arrays": (lambda path: write_arrays(path, {"images": NOISE}), "holds the arrays images"),
    "no npz": (lambda path: path.write_bytes(b"hello"), "cannot be read as an npz file"),
    "damaged": (lambda path: path.write_bytes(small_file().read_bytes()[:-5000]), "cannot be read as an npz file"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_says_what_is_wrong_with_it(tmp_path, data, case):
    """It is looked at by the command, and other sets are not held up."""
    write, words = BAD_FILES[case]
    write(data.parent / "bad.npz")
    library = open_library(copy_known(tmp_path / "cache"), data)
    assert library.list_splits()[-1].name == "bad"
    with pytest.raises(NotReadyError):
        library.open_catalogue("bad", "")
    wait_for(job_of(library, "bad"))
    with pytest.raises(NotReadyError) as caught:
        library.open_catalogue("bad", "")
    assert f"The model's answers could not be computed: {data.parent / 'bad.npz'}" in str(caught.value)
    assert words in str(caught.value)
    assert library.open_catalogue("test", "")[1] is None


def test_a_folder_that_is_called_like_a_file_says_so(data):
    (data.parent / "bad.npz").mkdir()
    library = open_library(known(), data)
    with pytest.raises(DataError, match=r"bad\.npz cannot be read"):
        library.open_split("bad.npz")
    assert len(library.open_split("test")) == NUM_TEST


# Relatives


def distances_to(image, space, library):
    """By looking at all training images."""
    if space == "pixels":
        return np.linalg.norm((as_image(small_arrays()["x_train"]) - image).reshape(-1, 784), axis=1)
    vectors = library.open_catalogue("train", "")[0].answers.vectors
    return np.linalg.norm(vectors - library._embed(image, library._models.find("")), axis=1)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("number", [3, 50, 120])
def test_relatives_are_the_nearest_of_all(library, space, number):
    image = as_image(small_arrays()["x_test"][number])
    expected = distances_to(image, space, library)
    found = library.find_relatives(image, "", space, 12)
    assert found.neighbours.indices.tolist() == np.argsort(expected)[:12].tolist()
    assert np.allclose(found.neighbours.distances, np.sort(expected)[:12], atol=1e-3)
    assert found.split.name == "train"


@pytest.mark.parametrize("space", SPACES)
def test_an_image_is_not_its_own_relative(library, space):
    """Whoever asks for it: the next ones are."""
    image = as_image(small_arrays()["x_train"][37])
    expected = distances_to(image, space, library)
    found = library.find_relatives(image, "", space, 5).neighbours
    assert found.indices.tolist() == [index for index in np.argsort(expected).tolist() if index != 37][:5]
    assert found.distances[0] > 0.1


@pytest.mark.parametrize("space", SPACES)
def test_an_image_that_differs_a_little_is_a_relative(library, space):
    pixels = small_arrays()["x_train"][37].copy()
    pixels.flat[pixels.argmax()] -= 1
    found = library.find_relatives(as_image(pixels), "", space, 5)
    assert found.neighbours.indices[0] == 37
    assert found.neighbours.distances[0] < 0.1


@pytest.mark.parametrize("space", SPACES)
def test_of_few_images_all_others_are_relatives(library, space):
    def find(image, num):
        return sorted(library.find_relatives(as_image(image), "", space, num).neighbours.indices.tolist())

    assert find(small_arrays()["x_test"][0], 1000) == find(small_arrays()["x_test"][0], 300) == list(range(300))
    assert find(small_arrays()["x_train"][0], 1000) == find(small_arrays()["x_train"][0], 299) == list(range(1, 300))


@pytest.mark.parametrize("space", SPACES)
def test_digits_have_near_relatives(library, space):
    images = as_image(small_arrays()["x_test"][6:106])
    near = [library.find_relatives(image, "", space, 1).has_near for image in images]
    assert sum(near) >= 95


def test_a_house_has_no_near_relative(library):
    """In pixels it may have: strokes are strokes."""
    found = library.find_relatives(as_image(house()), "", "embedding", 3)
    assert found.neighbours.distances[0] > found.limit
    assert not found.has_near


@pytest.mark.parametrize("space", ["", "nonesuch", None, ["pixels"]])
def test_an_unknown_space_is_refused_with_those_there_are(library, space):
    with pytest.raises(QueryError, match=r"'space' must be one of embedding, pixels\. Received: "):
        library.find_relatives(as_image(house()), "", space, 3)


# Maps and own drawings


@pytest.mark.parametrize("map_name", MAPS)
def test_a_sample_is_placed_where_it_is_on_the_map(library, map_name):
    places = library.open_catalogue("test", "", map_name)[0].places
    for index in (3, 60, 150):
        found = library.place(as_image(small_arrays()["x_test"][index]), "", "test", map_name)
        assert np.allclose(found, places[index], atol=1e-3)


def test_an_unknown_map_is_refused_with_those_there_are(library):
    with pytest.raises(QueryError, match=r"'map' must be one of pca, layout\. Received: 'nonesuch'"):
        library.open_catalogue("test", "", "nonesuch")


def test_own_drawings_are_read_now(library, no_jobs):
    images, labels = small_arrays()["x_test"][3:9], np.array([1, 2, 3, 4, NO_LABEL, 5])
    catalogue = library.open_own(images, labels, "")
    assert np.allclose(catalogue.answers.predictions.probabilities, read_test().probabilities[3:9], atol=1e-6)
    assert catalogue.answers.predictions.accepted.tolist() == [True, True, False, True, True, True]
    assert (catalogue.labels.tolist(), catalogue.seen.any()) == (labels.tolist(), False)


def test_no_own_drawings_are_none(library):
    assert len(library.open_own(np.empty((0, 28, 28), np.uint8), np.empty(0, np.int64), "").confidence) == 0


# Many at once


def test_eight_threads_get_the_answers_of_one(library):
    def work(library, number):
        image = as_image(small_arrays()["x_test"][number])
        name = ("train", "test")[number % 2]
        return (
            library.open_catalogue(name, "", MAPS[number // 2 % 2])[0].places[:9].tolist(),
            library.find_relatives(image, "", ("embedding", "pixels")[number % 3 % 2], 5).neighbours.indices.tolist(),
            library.place(image, "", "test", MAPS[number % 2]).tolist(),
            library.open_own(small_arrays()["x_test"][number : number + 3], np.arange(3), "").predictions.tolist(),
        )

    alone = [work(library, number) for number in range(8)]
    shared = open_library(known(), small_file())
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda number: work(shared, number % 8), range(16)))
    assert together == 2 * alone


# With MNIST itself


def test_mnist_is_browsed_where_it_is(development_data, tmp_path, program):
    library = open_library(program.cache_dir, development_data)
    names = [source.name for source in library.list_splits()]
    assert names[:2] == ["train", "test"]
    assert len(library.open_split("test")) == 10_000
    assert {path.stem for path in development_data.glob("*.npz")} - {"mnist"} == set(names[2:])
