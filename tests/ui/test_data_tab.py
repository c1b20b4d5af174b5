"""The data tab's functions answer what the images and the model say, and refuse in words what cannot be answered."""

import base64
import io
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from support.library import (
    MISLABELLED,
    NUM_TEST,
    NUM_TRAIN,
    REFUSED,
    StandIn,
    copy_shipped,
    house,
    known,
    open_library,
    open_reader,
    read_test,
    small_arrays,
    small_file,
    wait_for,
)

from mnist_core.browse.answers import AnswerStore
from mnist_core.data import mnist as dataset
from mnist_core.data.sample import load_sample
from mnist_core.services.jobs import Job, Jobs
from mnist_core.ui.data.tab import DataTab

FUNCTIONS = (
    "list_splits",
    "browse_samples",
    "watch_answers",
    "open_sample",
    "describe_chosen",
    "draw_map",
    "place_drawing",
    "find_relatives",
    "describe_models",
)
IMAGES, LABELS = small_arrays()["x_test"], small_arrays()["y_test"].astype(int)
SPRITE_COLUMNS = 20
FAILED = Job(0.5, "The disk is full.")


@pytest.fixture(autouse=True)
def away_from_this_machine(monkeypatch, tmp_path):
    """No other cache and no other data than a test's own, for computations too."""
    monkeypatch.setattr(dataset, "KERAS_PATH", tmp_path / "keras/mnist.npz")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_DATA_DIR", raising=False)
    monkeypatch.setenv("MNIST_CACHE_DIR", str(tmp_path / "unused"))


@pytest.fixture
def program(monkeypatch, tmp_path):
    program = StandIn(monkeypatch, tmp_path)
    yield program
    program.release()


class Page:
    """Calls the functions as the page does, and makes sure that each answer can travel."""

    def __init__(self, library, reader=None):
        self.library = library
        self.functions = {each.__name__: each for each in DataTab(reader or open_reader(), library).functions}

    def __getattr__(self, name):
        return lambda **message: self.send(name, message)

    def send(self, name, message):
        return json.loads(json.dumps(self.functions[name](message), allow_nan=False))


@pytest.fixture(scope="module")
def page():
    """The page of a server that knows everything about the small set."""
    return Page(open_library(known(), small_file()))


@pytest.fixture
def new_page(program):
    """The page of a server that knows nothing yet, and whose computations find nothing out."""
    return Page(open_library(program.cache_dir, small_file()))


def indices(answer):
    return [sample["index"] for sample in answer["samples"]]


def encoded(image):
    return base64.b64encode(np.ascontiguousarray(image).tobytes()).decode()


def decoded(text, dtype):
    return np.frombuffer(base64.b64decode(text), dtype)


def cut(sprite, num, columns=SPRITE_COLUMNS):
    """The first images of a sprite, uint8 (num, 28, 28)."""
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(sprite))))
    assert (pixels.dtype, pixels.shape) == (np.uint8, (28 * -(-num // columns), 28 * columns))
    tiles = pixels.reshape(-1, 28, columns, 28).swapaxes(1, 2).reshape(-1, 28, 28)
    assert not tiles[num:].any()
    return tiles[:num]


def assert_refused(answer, *words):
    assert "log says why" not in answer["error"], answer
    assert all(word in answer["error"] for word in words), answer
    assert set(answer) == {"error", "message"}


# All of them


def test_the_page_has_its_functions(page):
    assert tuple(page.functions) == FUNCTIONS
    assert all(function.__doc__ for function in page.functions.values())


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("message", [None, 5, [], [{"split": "test"}], "x", True])
def test_what_is_no_object_is_an_empty_question(page, name, message):
    answer = page.send(name, message)
    assert answer == page.send(name, {})
    assert "ok" in answer or "as base64 text" in answer["error"]


@pytest.mark.parametrize("name", ["browse_samples", "watch_answers", "open_sample", "describe_chosen", "draw_map"])
@pytest.mark.parametrize("model", ["nonesuch", "../sketchnet", 5, ["sketchnet"]])
def test_an_unknown_model_is_refused_with_those_there_are(page, name, model):
    assert_refused(page.send(name, {"split": "test", "model": model}), "There is no model named", "sketchnet")


@pytest.mark.parametrize("name", ["browse_samples", "watch_answers", "open_sample", "describe_chosen", "draw_map"])
@pytest.mark.parametrize("split", ["nonesuch", "../test", 5, ["test"], {"a": 1}])
def test_an_unknown_split_is_refused_with_those_there_are(page, name, split):
    assert_refused(page.send(name, {"split": split}), "There is no set of digits named", "Available: train, test.")


@pytest.mark.parametrize("name", ["browse_samples", "describe_chosen", "draw_map"])
def test_an_empty_split_is_that_of_the_training_images(page, name):
    assert page.send(name, {"split": ""}) == page.send(name, {}) == page.send(name, {"split": "train"})


def test_an_empty_split_is_that_of_the_training_images_for_a_drawing_too(page):
    image = encoded(small_arrays()["x_train"][40])
    expected = page.place_drawing(image=image, split="train", map="layout")
    assert page.place_drawing(image=image, split="", map="layout") == expected
    assert page.place_drawing(image=image, map="layout") == expected


def test_the_splits_are_listed_with_where_relatives_come_from(page, tmp_path):
    answer = page.list_splits()
    assert [(split["name"], split["kind"]) for split in answer["splits"]] == [("train", "train"), ("test", "test")]
    assert (answer["training"], [split["size"] for split in answer["splits"]]) == ("train", [NUM_TRAIN, NUM_TEST])
    answer = Page(open_library(tmp_path)).list_splits()
    assert answer["splits"] == [{"name": "built_in", "kind": "built_in", "size": 5000}]
    assert answer["training"] == "built_in"


def test_the_models_are_those_of_the_pad(page, tmp_path):
    copy_shipped(tmp_path / "mine", data="small")
    reader = open_reader(tmp_path)
    answer = Page(open_library(known(), small_file(), reader), reader).describe_models()
    assert [model["name"] for model in answer["models"]] == ["sketchnet", "lenet", "linear", "mine"]
    assert [model["data"] for model in answer["models"]] == ["MNIST and pen ink", "MNIST", "MNIST", "small and pen ink"]
    assert answer["device"] == "CPU (LiteRT)"


# A page of samples


@pytest.mark.parametrize(("number", "first", "last"), [(0, 0, 60), (1, 60, 120), (3, 180, 200)])
def test_a_page_holds_its_samples_and_their_images(page, number, first, last):
    answer = page.browse_samples(split="test", page=number, size=60)
    assert (answer["total"], answer["size"], answer["page"], answer["job"]) == (NUM_TEST, NUM_TEST, number, None)
    assert indices(answer) == list(range(first, last))
    assert np.array_equal(cut(answer["sprite"], last - first, answer["columns"]), IMAGES[first:last])


def test_a_sample_says_what_it_is_and_how_it_was_read(page):
    answer, predictions = page.browse_samples(split="test", size=200), read_test()
    assert [sample["label"] for sample in answer["samples"]] == LABELS.tolist()
    assert [sample["predicted"] for sample in answer["samples"]] == predictions.probabilities.argmax(axis=1).tolist()
    confidence = [sample["confidence"] for sample in answer["samples"]]
    assert np.allclose(confidence, predictions.probabilities.max(axis=1), atol=1e-4)
    assert [sample["isAccepted"] for sample in answer["samples"]] == predictions.accepted.tolist()
    assert answer["samples"][REFUSED]["isAccepted"] is False


@pytest.mark.parametrize("number", [4, 5, 10**6, 10**30])
def test_after_the_last_page_comes_the_last_page(page, number):
    answer = page.browse_samples(split="test", page=number, size=60)
    assert (answer["page"], indices(answer)) == (3, list(range(180, 200)))
    answer = page.browse_samples(split="test", page=number, size=50)
    assert (answer["page"], indices(answer)) == (3, list(range(150, 200)))


@pytest.mark.parametrize(("size", "num"), [(1, 1), (100, 100), (400, 200)])
def test_a_page_is_as_large_as_asked(page, size, num):
    assert len(page.browse_samples(split="test", size=size)["samples"]) == num
    assert len(page.browse_samples(split="test")["samples"]) == 100


@pytest.mark.parametrize("name", ["page", "size"])
@pytest.mark.parametrize("value", [-1, 1.0, 1.5, "1", True, None, [1], {}])
def test_a_page_that_is_no_whole_number_is_refused(page, name, value):
    answer = page.browse_samples(**{"split": "test", name: value})
    assert_refused(answer, f"'{name}' must be a whole number", f"Received: {value!r}.")


@pytest.mark.parametrize("size", [0, 401, 10**30])
def test_a_page_has_one_to_four_hundred_samples(page, size):
    assert_refused(page.browse_samples(split="test", size=size), "from 1 to 400", f"Received: {size}.")


def test_a_page_without_samples_is_empty(page):
    answer = page.browse_samples(split="test", label=3, predicted=4)
    assert (answer["total"], answer["page"], answer["samples"], answer["counts"]["total"]) == (0, 0, [], 0)
    assert not cut(answer["sprite"], 1, columns=1).any()


def test_filters_combine(page):
    predictions = read_test()
    predicted, confidence = predictions.probabilities.argmax(axis=1), predictions.probabilities.max(axis=1)
    low = float(np.quantile(confidence, 0.3))
    answer = page.browse_samples(split="test", label=[2, 3, 5, 8], right=True, low=low, high=1, refused=False)
    expected = np.isin(LABELS, [2, 3, 5, 8]) & (predicted == LABELS) & (confidence >= low) & predictions.accepted
    assert 0 < expected.sum() < np.isin(LABELS, [2, 3, 5, 8]).sum()
    assert (indices(answer), answer["total"]) == (np.flatnonzero(expected).tolist(), expected.sum())


def test_planted_oddities_are_found(page):
    assert set(MISLABELLED) <= set(indices(page.browse_samples(split="test", right=False)))
    suspected = indices(page.browse_samples(split="test", suspected=True))
    assert set(MISLABELLED) & set(suspected)
    assert REFUSED not in suspected
    assert REFUSED in indices(page.browse_samples(split="test", refused=True))
    assert {198, 199} <= set(indices(page.browse_samples(split="test", duplicates=True)))


@pytest.mark.parametrize("descending", [False, True])
def test_samples_come_in_the_order_asked(page, descending):
    answer = page.browse_samples(split="test", sort="confidence", descending=descending, size=200)
    confidence = [sample["confidence"] for sample in answer["samples"]]
    assert confidence == sorted(confidence, reverse=descending)
    assert sorted(indices(answer)) == list(range(NUM_TEST))
    assert np.array_equal(cut(answer["sprite"], NUM_TEST), IMAGES[indices(answer)])


def test_a_shuffle_is_the_same_on_each_page(page):
    pages = [indices(page.browse_samples(split="test", shuffle=7, size=80, page=number)) for number in range(3)]
    shuffled = [*pages[0], *pages[1], *pages[2]]
    assert sorted(shuffled) == list(range(NUM_TEST))
    assert shuffled != list(range(NUM_TEST))


def test_a_part_of_the_map_is_chosen(page):
    drawn = page.draw_map(split="test", map="pca")
    x, y = decoded(drawn["places"], np.float32).reshape(-1, 2).T
    left, top = float(np.quantile(x, 0.4)), float(np.quantile(y, 0.4))
    answer = page.browse_samples(split="test", map="pca", box=[left, top, 1e9, 1e9])
    assert indices(answer) == np.flatnonzero((x >= left) & (y >= top)).tolist()
    assert 0 < answer["total"] < NUM_TEST


def test_counts_say_what_each_choice_would_leave(page):
    """The other filters stay, the one that is counted does not."""
    predictions = read_test()
    predicted = predictions.probabilities.argmax(axis=1)
    counts = page.browse_samples(split="test", label=[0, 1, 2, 3, 4], predicted=3)["counts"]
    small, threes = LABELS < 5, predicted == 3
    assert counts["total"] == (small & threes).sum()
    assert counts["label"] == np.bincount(LABELS[threes], minlength=10).tolist()
    assert counts["predicted"] == np.bincount(predicted[small], minlength=10).tolist()
    assert (counts["right"], counts["wrong"]) == (
        (small & threes & (LABELS == 3)).sum(),
        (small & threes).sum() - counts["right"],
    )
    assert counts["refused"] == (small & threes & ~predictions.accepted).sum()
    assert (counts["seen"], counts["new"]) == (0, counts["total"])


def test_what_a_model_was_trained_on_is_seen(tmp_path):
    copy_shipped(tmp_path / "models/mine", data="small")
    cache_dir = shutil.copytree(known(), tmp_path / "cache")
    answered = next(cache_dir.glob("answers/sketchnet-*"))
    shutil.copytree(answered, answered.with_name(answered.name.replace("sketchnet", "mine")))
    reader = open_reader(tmp_path / "models")
    page, labels = Page(open_library(cache_dir, small_file(), reader), reader), small_arrays()["y_train"]
    new = sorted(index for label in range(10) for index in np.flatnonzero(labels == label)[4::5].tolist())
    found = page.browse_samples(split="train", model="mine", seen=False, size=400)
    assert indices(found) == new
    assert (found["counts"]["new"], found["counts"]["seen"]) == (len(new), NUM_TRAIN - len(new))
    assert page.browse_samples(split="train", model="mine", seen=True)["total"] == NUM_TRAIN - len(new)
    assert page.open_sample(split="train", model="mine", index=new[0])["isSeen"] is False
    assert page.browse_samples(split="train", seen=True)["total"] == 0


BAD_QUESTIONS = {
    "label": [10, -1, "3", 3.5, True, [], [3, "x"], {}, [[3]]],
    "predicted": [10, "3", [], [None]],
    "right": [1, "true", 0.0, []],
    "seen": [0, "no"],
    "low": [-0.1, 1.1, "0.5", True, [0.5], 10**400],
    "high": [-0.1, 1.1, "1", {}],
    "refused": ["x", 1],
    "ambiguous": [1],
    "suspected": ["yes"],
    "duplicates": [2],
    "box": [[1, 2, 3], "1234", [1, 2, 3, None], [1, 2, 3, "4"], 5, {}, [1, 2, 3, 10**400]],
    "sort": ["nonesuch", "", 5, ["index"], {}],
    "descending": [1, "down"],
    "shuffle": [-1, 1.5, 1 << 32, "7", True],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in BAD_QUESTIONS.items() for value in values],
    ids=lambda value: str(value)[:20],
)
def test_a_bad_question_is_refused_with_what_is_expected(page, name, value):
    for function in ("browse_samples", "open_sample", "describe_chosen"):
        received = f"Received: {value!r}"[:60]  # a message does not repeat all that was sent
        assert_refused(page.send(function, {"split": "test", name: value}), f"{name!r} takes ", received)


# One sample


def test_a_sample_is_opened_by_index(page):
    answer = page.open_sample(split="test", index=198)
    assert (answer["index"], answer["position"], answer["total"], answer["size"]) == (198, 198, NUM_TEST, NUM_TEST)
    assert np.array_equal(decoded(answer["image"], np.uint8).reshape(28, 28), IMAGES[198])
    assert (answer["label"], answer["duplicates"]) == (LABELS[198], [199])
    assert answer["ink"] == pytest.approx(IMAGES[198].mean() / 255, abs=1e-5)
    assert -90 < answer["slant"] < 90


@pytest.mark.parametrize("index", [0, 77, REFUSED])
def test_a_sample_is_read_as_the_pad_reads_it(page, index):
    answer = page.open_sample(split="test", index=index)
    expected = open_reader().read_image(IMAGES[index].astype(np.float32) / 255)
    assert np.allclose(answer["probabilities"], expected.probabilities, atol=1e-6)
    assert answer["verdict"] == {"kind": expected.verdict.kind, "labels": list(expected.verdict.labels)}
    assert answer["predicted"] == expected.probabilities.argmax()


def test_a_sample_can_be_read_by_another_model(tmp_path):
    """The question is still about what the first makes of the set."""
    calibration = {"temperature": 5.0, "warming": 0.0, "floor": 0.0, "limit": 1.0}
    copy_shipped(tmp_path / "models/mine", calibration=calibration)
    reader = open_reader(tmp_path / "models")
    answer = Page(open_library(known(), small_file(), reader), reader).open_sample(
        split="test", index=9, answerer="mine"
    )
    expected = reader.read_image(IMAGES[9].astype(np.float32) / 255, "mine").probabilities
    assert np.allclose(answer["probabilities"], expected, atol=1e-6)
    assert answer["confidence"] == pytest.approx(read_test().probabilities[9].max(), abs=1e-4)
    assert max(answer["probabilities"]) < answer["confidence"] - 0.01


def test_a_sample_is_opened_by_its_place_among_those_chosen(page):
    threes = np.flatnonzero(LABELS == 3).tolist()
    opened = [page.open_sample(split="test", label=3, position=position) for position in (0, 1, len(threes) - 1)]
    assert [answer["index"] for answer in opened] == [threes[0], threes[1], threes[-1]]
    assert {answer["total"] for answer in opened} == {len(threes)}
    assert page.open_sample(split="test", label=3, index=threes[1])["position"] == 1
    other = int(np.flatnonzero(LABELS != 3)[0])
    assert page.open_sample(split="test", label=3, index=other)["position"] is None


def test_after_the_last_sample_comes_the_first(page):
    assert page.open_sample(split="test", position=NUM_TEST + 2)["position"] == 2
    assert page.open_sample(split="test")["index"] == 0


@pytest.mark.parametrize("index", [NUM_TEST, -1, True, False, "3", 1.0, [3], 10**30])
def test_a_sample_that_is_not_there_is_refused(page, index):
    answer = page.open_sample(split="test", index=index)
    assert_refused(answer, f"There is no sample {index!r}", "200 samples, numbered 0 to 199")


@pytest.mark.parametrize("position", [-1, True, "3", 1.0, [3]])
def test_a_place_that_is_no_whole_number_is_refused(page, position):
    answer = page.open_sample(split="test", position=position)
    assert_refused(answer, "'position' must be a whole number of at least 0", f"Received: {position!r}.")


def test_of_no_samples_none_can_be_opened(page):
    assert_refused(page.open_sample(split="test", label=3, predicted=4, position=0), "No samples match")


# What the chosen have in common


def test_the_confusion_matrix_counts_every_labelled_sample(page):
    answer, predicted = page.describe_chosen(split="test"), read_test().probabilities.argmax(axis=1)
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (LABELS, predicted), 1)
    assert answer["confusion"] == expected.tolist()
    assert (answer["total"], np.sum(answer["confusion"]), answer["by"]) == (NUM_TEST, NUM_TEST, "label")
    assert answer["counts"] == np.bincount(LABELS, minlength=10).tolist()
    assert [row["num_samples"] for row in answer["classes"]] == answer["counts"]


def test_a_part_is_described_alone(page):
    answer = page.describe_chosen(split="test", label=[3, 8], right=True)
    counts = np.diag(answer["confusion"])
    assert answer["total"] == sum(answer["counts"]) == counts.sum() == np.sum(answer["confusion"])
    assert np.flatnonzero(counts).tolist() == [3, 8]


def test_mean_images_are_those_of_each_label(page):
    answer = page.describe_chosen(split="test")
    mean, spread = cut(answer["mean"], 10, columns=10), cut(answer["spread"], 10, columns=10)
    for label in range(10):
        images = IMAGES[label == LABELS].astype(float)
        assert np.abs(mean[label] - images.mean(axis=0)).max() <= 0.51
        assert np.abs(spread[label] - images.std(axis=0)).max() <= 0.6


def test_charts_say_what_they_show(page):
    charts = page.describe_chosen(split="test")["charts"]
    assert [chart["name"] for chart in charts] == ["counts", "ink", "slant"]
    for chart in charts:
        assert ElementTree.fromstring(chart["svg"]).tag.endswith("svg")
        assert chart["alt"]


def test_of_no_samples_there_is_nothing_to_say(page):
    answer = page.describe_chosen(split="test", label=3, predicted=4)
    assert (answer["total"], answer["counts"], answer["confusion"]) == (0, [0] * 10, None)
    assert not cut(answer["mean"], 10, columns=10).any()


# The map


@pytest.mark.parametrize("map_name", ["pca", "layout"])
def test_the_map_has_a_finite_place_for_each_image(page, map_name):
    answer = page.draw_map(split="test", map=map_name)
    places = decoded(answer["places"], np.float32).reshape(-1, 2)
    assert (answer["num"], answer["size"], places.shape) == (NUM_TEST, NUM_TEST, (NUM_TEST, 2))
    assert np.isfinite(places).all()
    assert np.ptp(places, axis=0).min() > 0.5
    assert decoded(answer["indices"], np.int32).tolist() == list(range(NUM_TEST))
    assert decoded(answer["labels"], np.int8).tolist() == LABELS.tolist()
    assert decoded(answer["predicted"], np.int8).tolist() == read_test().probabilities.argmax(axis=1).tolist()


def test_the_map_is_the_first_two_directions_unless_another_is_asked_for(page):
    places = {name: page.draw_map(split="test", map=name)["places"] for name in ("", None, "pca", "layout")}
    assert places[""] == places[None] == places["pca"] != places["layout"]
    model = page.library._models.find("")
    answers = AnswerStore(known()).load_answers(model, page.library.open_split("test"))
    assert decoded(places["pca"], np.float32).tolist() == answers.vectors[:, :2].ravel().tolist()
    assert decoded(places["layout"], np.float32).tolist() == answers.layout.ravel().tolist()


@pytest.mark.parametrize("name", ["draw_map", "place_drawing", "browse_samples"])
@pytest.mark.parametrize("map_name", ["nonesuch", 5, ["pca"]])
def test_an_unknown_map_is_refused_with_those_there_are(page, name, map_name):
    answer = page.send(name, {"split": "test", "map": map_name, "image": encoded(IMAGES[0])})
    assert_refused(answer, "'map' must be one of pca, layout.", "Received: ")


@pytest.mark.parametrize("map_name", ["pca", "layout"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_a_drawing_of_a_sample_lies_where_the_sample_is(page, map_name, split):
    places = decoded(page.draw_map(split=split, map=map_name)["places"], np.float32).reshape(-1, 2)
    images, labels = small_arrays()[f"x_{split}"], small_arrays()[f"y_{split}"]
    for index in (10, 99, 150):
        answer = page.place_drawing(image=encoded(images[index]), split=split, map=map_name)
        assert [answer["x"], answer["y"]] == pytest.approx(places[index].tolist(), abs=1e-3)
        assert (answer["label"], answer["isAccepted"]) == (labels[index], True)


@pytest.mark.parametrize("map_name", ["pca", "layout"])
def test_the_part_of_the_map_about_a_sample_holds_it_and_a_few_others(page, map_name):
    image = small_arrays()["x_test"][10]
    around = page.place_drawing(image=encoded(image), split="test", map=map_name)["around"]
    chosen = page.browse_samples(split="test", map=map_name, box=around)["samples"]
    assert 10 in [sample["index"] for sample in chosen]
    assert len(chosen) < 100


def test_a_house_is_placed_but_not_taken_for_a_digit(page):
    answer = page.place_drawing(image=encoded(house()), split="test", map="pca")
    assert (answer["ok"], answer["isAccepted"]) == (True, False)


BAD_IMAGES = {
    "none": (None, "as base64 text"),
    "number": (5, "as base64 text"),
    "damaged": ("AAA", "as base64 text"),
    "letters": ("é" * 1048, "as base64 text"),
    "short": (encoded(IMAGES[0][:27]), "Received: 756"),
    "long": (encoded(IMAGES[:2]), "Received: 1568"),
    "blank": (encoded(np.zeros(784, np.uint8)), "not all 0"),
}


@pytest.mark.parametrize("name", ["place_drawing", "find_relatives"])
@pytest.mark.parametrize("case", BAD_IMAGES)
def test_what_is_no_drawing_is_refused(page, name, case):
    image, words = BAD_IMAGES[case]
    assert_refused(page.send(name, {"image": image, "split": "test"}), words)


# The visitor's own drawings


def own(images, labels=None):
    labels = [None] * len(images) if labels is None else labels
    return {
        "split": "own",
        "own": [
            {"image": encoded(image)} | ({} if label is None else {"label": label})
            for image, label in zip(images, labels, strict=True)
        ],
    }


def test_own_drawings_are_browsed(page):
    answer = page.browse_samples(**own(IMAGES[3:9], [0, 1, None, 2, 3, None]))
    assert (answer["total"], answer["job"]) == (6, None)
    assert [sample["label"] for sample in answer["samples"]] == [0, 1, None, 2, 3, None]
    confidence = [sample["confidence"] for sample in answer["samples"]]
    assert np.allclose(confidence, read_test().probabilities[3:9].max(axis=1), atol=1e-4)
    assert [sample["isAccepted"] for sample in answer["samples"]] == [True, True, False, True, True, True]
    assert np.array_equal(cut(answer["sprite"], 6), IMAGES[3:9])
    assert answer["counts"]["new"] == 6


def test_own_drawings_are_filtered_and_opened(page):
    question = own(IMAGES[10:20], LABELS[10:20].tolist())
    assert (
        page.browse_samples(**question, right=True)["total"]
        == (LABELS[10:20] == read_test().probabilities[10:20].argmax(axis=1)).sum()
    )
    answer = page.open_sample(**question, index=4)
    assert np.allclose(answer["probabilities"], read_test().probabilities[14], atol=1e-6)
    assert_refused(page.open_sample(**question, index=10), "10 samples, numbered 0 to 9")


def test_own_drawings_without_labels_are_described_by_what_they_were_read_as(page):
    answer = page.describe_chosen(**own(IMAGES[10:20]))
    assert (answer["by"], answer["confusion"]) == ("predicted", None)
    assert answer["counts"] == np.bincount(read_test().probabilities[10:20].argmax(axis=1), minlength=10).tolist()


def test_only_labelled_drawings_are_counted_right_or_wrong(page):
    answer = page.describe_chosen(**own(IMAGES[10:20], [*LABELS[10:16].tolist(), None, None, None, None]))
    assert (answer["by"], answer["total"], np.sum(answer["confusion"])) == ("label", 10, 6)


def test_no_own_drawings_are_an_empty_page(page):
    answer = page.browse_samples(split="own", own=[])
    assert (answer["total"], answer["samples"]) == (0, [])
    assert page.describe_chosen(split="own", own=[])["total"] == 0
    assert_refused(page.open_sample(split="own", own=[], index=0), "no samples")
    assert_refused(page.open_sample(split="own", own=[]), "No samples match")


def test_two_hundred_own_drawings_are_read_and_not_one_more(page):
    assert page.browse_samples(**own(IMAGES))["total"] == 200
    assert_refused(page.browse_samples(**own([*IMAGES, IMAGES[0]])), "at most 200 drawings")


@pytest.mark.parametrize("drawings", [None, 5, "x", {}, [5], [None], ["x"], [[]]])
def test_what_is_no_list_of_drawings_is_refused(page, drawings):
    assert_refused(page.browse_samples(split="own", own=drawings), "a list of at most 200 drawings")


@pytest.mark.parametrize("case", BAD_IMAGES)
def test_one_bad_drawing_is_refused(page, case):
    image, words = BAD_IMAGES[case]
    assert_refused(page.browse_samples(split="own", own=[{"image": encoded(IMAGES[0])}, {"image": image}]), words)


@pytest.mark.parametrize("label", [10, -1, "3", 2.5, [], {}])
def test_a_label_that_is_no_digit_is_refused(page, label):
    assert_refused(page.browse_samples(**own(IMAGES[:1], [label])), "labels 0 to 9, or none", "Received")


def test_own_drawings_have_no_map_of_their_own(page):
    assert_refused(page.draw_map(**own(IMAGES[:3])), "no map of their own")


# Relatives


@pytest.mark.parametrize("space", ["embedding", "pixels"])
def test_a_sample_is_not_its_own_relative(page, space):
    """However it is asked for; an image of which it is a copy but for one pixel is."""
    pixels = small_arrays()["x_train"][40].copy()
    for more in ({}, {"split": "train", "index": 40}):
        answer = page.find_relatives(image=encoded(pixels), space=space, **more)
        assert 40 not in [relative["index"] for relative in answer["relatives"]]
        assert len(answer["relatives"]) == 10
    pixels.flat[pixels.argmax()] -= 1
    assert page.find_relatives(image=encoded(pixels), space=space)["relatives"][0]["index"] == 40


@pytest.mark.parametrize("space", ["embedding", "pixels"])
def test_relatives_come_with_their_images_nearest_first(page, space):
    answer = page.find_relatives(image=encoded(IMAGES[20]), space=space)
    found = [relative["index"] for relative in answer["relatives"]]
    assert (len(found), answer["split"], answer["size"]) == (10, "train", NUM_TRAIN)
    assert np.array_equal(cut(answer["sprite"], 10, columns=10), small_arrays()["x_train"][found])
    assert [relative["label"] for relative in answer["relatives"]] == small_arrays()["y_train"][found].tolist()
    distances = [relative["distance"] for relative in answer["relatives"]]
    assert distances == sorted(distances)
    assert answer["hasNear"] is (distances[0] <= answer["limit"])


def test_relatives_by_pixels_are_those_of_brute_force(page):
    image = IMAGES[20].astype(float)
    distances = np.sqrt((((small_arrays()["x_train"] - image) / 255) ** 2).sum(axis=(1, 2)))
    answer = page.find_relatives(image=encoded(IMAGES[20]), space="pixels")
    assert [relative["index"] for relative in answer["relatives"]] == np.argsort(distances)[:10].tolist()
    found = [relative["distance"] for relative in answer["relatives"]]
    assert found == pytest.approx(np.sort(distances)[:10].tolist(), abs=1e-3)


def test_digits_have_near_relatives_and_a_house_has_none(page):
    assert page.find_relatives(image=encoded(house()))["hasNear"] is False
    assert sum(page.find_relatives(image=encoded(image))["hasNear"] for image in IMAGES[10:60]) >= 48


def test_built_in_digits_have_near_relatives_and_a_house_has_none():
    page = Page(open_library(known()))
    assert page.find_relatives(image=encoded(house()))["hasNear"] is False
    x, _ = load_sample()
    found = [
        page.find_relatives(image=encoded(x[index]), split="built_in", index=index) for index in range(0, 5000, 250)
    ]
    assert sum(answer["hasNear"] for answer in found) >= 19


@pytest.mark.parametrize("changes", [{"space": "nonesuch"}, {"model": "nonesuch"}, {"space": 5}, {"model": ["x"]}])
def test_an_unknown_space_or_model_is_refused(page, changes):
    answer = page.find_relatives(image=encoded(IMAGES[0]), **changes)
    assert_refused(answer, "embedding, pixels" if "space" in changes else "Available: lenet, linear, sketchnet")


# While answers are computed, and when they cannot be


def test_samples_are_there_before_their_answers(new_page):
    answer = new_page.browse_samples(split="test")
    assert (answer["total"], answer["job"]["error"]) == (NUM_TEST, "")
    assert set(answer["samples"][0]) == {"index", "label", "isSeen"}
    assert set(answer["counts"]) == {"total", "label", "seen", "new"}
    assert new_page.browse_samples(split="test", label=3, sort="ink")["total"] == (LABELS == 3).sum()
    opened = new_page.open_sample(split="test", index=7)
    assert np.allclose(opened["probabilities"], read_test().probabilities[7], atol=1e-6)
    assert "predicted" not in opened


def test_the_page_is_told_how_much_is_known(page, new_page):
    assert page.watch_answers(split="test") == {"ok": True, "known": 2, "job": None}
    answer = new_page.watch_answers(split="test")
    assert (answer["ok"], answer["known"], answer["job"]["error"]) == (True, 0, "")
    wait_for(new_page.library._jobs.ask("test", new_page.library._models.find("")))
    assert new_page.watch_answers(split="test")["job"]["pending"] == 1


PENDING = {
    "predicted": ("browse_samples", {"predicted": 3}),
    "right": ("browse_samples", {"right": False}),
    "confidence": ("open_sample", {"low": 0.5}),
    "sort": ("browse_samples", {"sort": "loss"}),
    "duplicates": ("browse_samples", {"duplicates": True}),
    "map": ("draw_map", {}),
    "box": ("browse_samples", {"map": "pca", "box": [0, 0, 1, 1]}),
    "place": ("place_drawing", {"map": "layout", "image": encoded(IMAGES[0])}),
    "relatives": ("find_relatives", {"image": encoded(IMAGES[0])}),
    "relatives by pixels": ("find_relatives", {"image": encoded(IMAGES[0]), "space": "pixels"}),
}


@pytest.mark.parametrize("case", PENDING)
def test_what_needs_answers_is_pending(new_page, case):
    name, question = PENDING[case]
    answer = new_page.send(name, {"split": "test", **question})
    assert (set(answer), answer["error"]) == ({"pending", "error"}, "")
    assert 0 <= answer["pending"] <= 1


def test_counts_and_means_do_not_wait_for_answers(monkeypatch, new_page):
    answer = new_page.describe_chosen(split="test")
    assert (answer["total"], answer["by"], sum(answer["counts"])) == (NUM_TEST, "label", NUM_TEST)
    assert (answer["confusion"], answer["isPending"]) == (None, True)
    monkeypatch.setattr(Jobs, "ask", lambda *_: FAILED)
    assert not new_page.describe_chosen(split="test")["isPending"]


@pytest.mark.parametrize("case", PENDING)
def test_what_could_not_be_computed_says_why(monkeypatch, new_page, case):
    """And samples are described without answers."""
    wait_for(new_page.library._jobs.ask("test", new_page.library._models.find("")))
    monkeypatch.setattr(Jobs, "ask", lambda *_: FAILED)
    name, question = PENDING[case]
    answer = new_page.send(name, {"split": "test", **question})
    assert answer == {"pending": 0.5, "error": "The disk is full."}
    assert new_page.browse_samples(split="test")["job"] == {"pending": 0.5, "error": "The disk is full."}


def test_a_model_whose_folder_went_is_answered_in_words(tmp_path):
    """Or still with the answers that are known."""
    folder = copy_shipped(tmp_path / "models/mine")
    reader = open_reader(folder.parent)
    page = Page(open_library(known(), small_file(), reader), reader)
    reader.read_image(house().astype(np.float32) / 255, "mine")
    shutil.rmtree(folder)
    answer = page.browse_samples(split="test", model="mine")
    assert "log says why" not in answer.get("error", "")


def test_a_bad_file_beside_the_data_is_named_and_others_are_not_held_up(tmp_path):
    path = tmp_path / "data/small.npz"
    path.parent.mkdir()
    shutil.copy(small_file(), path)
    np.savez(path.parent / "bad.npz", **{**small_arrays(), "x_train": np.zeros((9, 16, 16), np.uint8)})
    page = Page(open_library(known(), path))
    assert_refused(page.browse_samples(split="bad_train"), "bad.npz", "28x28", "(9, 16, 16)")
    assert page.browse_samples(split="test")["total"] == NUM_TEST


# Many at once


def test_eight_threads_get_the_answers_of_one(page):
    questions = [
        ("browse_samples", {"split": "test", "sort": "loss", "descending": True, "page": 2, "size": 30}),
        ("browse_samples", {"split": "train", "map": "pca", "box": [0, 0, 9, 9]}),
        ("open_sample", {"split": "test", "index": 70}),
        ("open_sample", {"split": "train", "label": 4, "position": 3}),
        ("describe_chosen", {"split": "test", "label": [1, 7]}),
        ("find_relatives", {"image": encoded(IMAGES[30])}),
        ("find_relatives", {"image": encoded(IMAGES[31]), "space": "pixels"}),
        ("place_drawing", {"image": encoded(IMAGES[32]), "split": "test", "map": "layout"}),
        ("browse_samples", own(IMAGES[:20])),
    ]
    alone = [page.send(*question) for question in questions]
    assert all(answer["ok"] for answer in alone)
    shared = Page(open_library(known(), small_file()))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda number: shared.send(*questions[number % len(questions)]), range(36)))
    assert together == 4 * alone
