"""The steps from strokes to an image are those of the page, each can be left out, and what that costs is measured."""

import argparse
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from support.ink import FOUR, ONE, SEVEN, ZERO, change
from support.library import SHIPPED

from mnist_core.commands import inside
from mnist_core.data.labelled import pack_ink
from mnist_core.data.pendigits import PENDIGITS_PATH
from mnist_core.errors import DataError, InkError, StorageError
from mnist_core.evaluation.figures import read_figures, write_figures
from mnist_core.evaluation.preprocessing import measure_size, measure_variants, put_on_pad
from mnist_core.models.devices import choose_device
from mnist_core.models.predictions import Predictions
from mnist_core.paths import EVIDENCE_PATH, INSIDE_FIGURES_PATH, SHIPPED_DIR
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.preprocessing.steps import STEPS, find_centre, follow, name_variant, scale_brush
from mnist_core.services.reader import Reader
from mnist_core.ui.inside.journey import journey_functions
from mnist_core.ui.wire import decode_image, never_raise

PICTURES = ("ink", "box", "pen", "mass")
DRAWINGS = [change(ink, 0.006, (0.1, 0.15)) for ink in (SEVEN, FOUR, ONE, change(ZERO, move=(60, 60)))]
SEVEN_ON_PAD = DRAWINGS[0]
SEVEN_ARRAY, FOUR_ARRAY = ([np.array(stroke) for stroke in ink] for ink in (SEVEN, FOUR))


def draw(ink, *without, brush=0.06):
    return follow(check_ink(ink), set(STEPS) - set(without), brush=brush)


def scribble(seed):
    """Strokes all over the pad and a little beyond."""
    generator = np.random.default_rng(seed)
    count, size = generator.integers(1, 5), generator.uniform(0.01, 1)
    place = generator.uniform(-0.1, 1.1 - size, 2)
    return [place + size * generator.random((generator.integers(2, 30), 2)) for _ in range(count)]


def width_of(image):
    return int(np.ptp(np.flatnonzero(image.any(axis=0))) + 1)


def where(image):
    """Centre of mass, down and across, in pixels from the edge."""
    middles = (np.arange(28) + 0.5) @ image.sum(axis=1), (np.arange(28) + 0.5) @ image.sum(axis=0)
    return tuple(float(middle / image.sum()) for middle in middles)


# The way


@pytest.mark.parametrize("seed", range(60))
def test_all_steps_are_the_page_s_own_image(seed):
    strokes = check_ink(scribble(seed))
    assert np.array_equal(follow(strokes, brush=0.02 + seed / 600).image, render_ink(strokes))


@pytest.mark.parametrize("ink", DRAWINGS)
def test_all_steps_of_a_digit_are_the_page_s_own_image(ink):
    assert np.array_equal(draw(ink).image, render_ink(check_ink(ink)))


def test_pictures_are_black_and_white_at_ten_times_the_resolution():
    for name in PICTURES:
        picture = getattr(draw(SEVEN_ON_PAD), name)
        assert picture.shape == (280, 280)
        assert picture.dtype == np.uint8
        assert set(np.unique(picture)) == {0, 255}


@pytest.mark.parametrize(
    ("step", "picture", "before"), [("box", "box", "ink"), ("pen", "pen", "box"), ("mass", "mass", "pen")]
)
def test_a_step_that_is_left_out_changes_nothing(step, picture, before):
    journey, whole = draw(SEVEN_ON_PAD, step), draw(SEVEN_ON_PAD)
    assert np.array_equal(getattr(journey, picture), getattr(journey, before))
    assert not np.array_equal(getattr(whole, picture), getattr(whole, before))


def test_ink_is_where_it_lies_on_the_pad():
    rows, columns = np.nonzero(draw([[[0.25, 0.5], [0.75, 0.5]]], brush=0.1).ink)
    assert (columns.min(), columns.max()) == pytest.approx((0.2 * 280, 0.8 * 280), abs=1.5)
    assert (rows.min(), rows.max()) == pytest.approx((0.45 * 280, 0.55 * 280), abs=1.5)


def test_without_the_box_the_pad_becomes_the_image():
    small = draw(change(SEVEN, 0.002, (0.7, 0.7)), "box", "mass").image
    assert small[:18, :].sum() == small[:, :18].sum() == 0
    assert small.sum() > 5


def test_the_box_takes_size_and_place_out_with_the_brush_in_it():
    large, small = (draw(change(SEVEN, scale, (0.2, 0.1)), brush=10 * scale) for scale in (0.008, 0.002))
    assert np.abs(large.box.astype(float) - small.box).mean() < 2
    assert np.abs(large.ink.astype(float) - small.ink).mean() > 5


@pytest.mark.parametrize(("brush", "width"), [(0.02, 0.77), (0.06, 2.14), (0.5, 10)])
def test_without_the_pen_the_brush_grows_with_the_drawing(brush, width):
    journey = draw([[[0.25, 0.5], [0.75, 0.5]]], "pen", brush=brush)
    assert journey.pen_width == pytest.approx(width, abs=0.01)
    assert journey.image[:, 14].sum() == pytest.approx(width, abs=0.2)
    assert width_of(journey.image > 0.25) in (20, 21)


def test_without_box_and_pen_the_brush_is_that_of_the_pad():
    journey = draw([[[0.25, 0.5], [0.75, 0.5]]], "box", "pen", brush=0.1)
    assert journey.pen_width == scale_brush(check_ink(SEVEN_ON_PAD), (), 0.1) == pytest.approx(2.8)
    assert journey.image[:, 14].sum() == pytest.approx(2.8, abs=0.2)


@pytest.mark.parametrize("left_out", [(), ("box",), ("pen",), ("box", "pen")])
@pytest.mark.parametrize("ink", DRAWINGS)
def test_the_centre_of_mass_is_where_mnist_has_it(ink, left_out):
    assert where(draw(ink, *left_out).image) == pytest.approx((14.5, 14.5), abs=0.25)


def test_without_the_mass_the_frame_is_in_the_middle():
    image = draw([[[0.2, 0.2], [0.2, 0.8], [0.6, 0.8]]], "mass").image
    assert np.flatnonzero(image.any(axis=1))[[0, -1]].tolist() == [4, 23]
    assert where(image)[0] > 15


def test_moving_the_pad_cuts_no_ink_off():
    journey = draw([[[0.0, 0.02], [0.02, 0.98]], [[0.05, 0.05], [0.98, 0.05]], [[0.03, 0.07], [0.9, 0.07]]], "box")
    assert journey.mass.sum() == journey.pen.sum()


def test_without_anti_aliasing_pixels_are_black_or_white():
    hard, soft = draw(SEVEN_ON_PAD, "smooth").image, draw(SEVEN_ON_PAD).image
    assert set(np.unique(hard)) == {0, 1}
    assert hard.dtype == soft.dtype == np.float32
    assert hard.sum() == pytest.approx(soft.sum(), rel=0.1)
    assert np.corrcoef(hard.ravel(), soft.ravel())[0, 1] > 0.9


def test_what_leaves_the_pad_is_cut_off_at_its_edge():
    inside_pad, beyond = ([[[0.5, 0.5], [end, 0.5]]] for end in (1.2, 7.0))
    assert np.array_equal(draw(beyond, "box", "mass").image, draw(inside_pad, "box", "mass").image)


def test_ink_beside_the_pad_leaves_the_image_empty_and_has_no_centre():
    journey = draw([[[2, 2], [3, 3]]], "box")
    assert not journey.image.any()
    assert find_centre(journey.mass) is None


def test_ink_far_from_the_pad_is_refused():
    with pytest.raises(InkError, match="outside the pad"):
        draw([[[0.5, 0.5], [1e6, 0.5]]], "box")


@pytest.mark.parametrize("arguments", [{"steps": ("fold",)}, {"brush": 0}, {"brush": float("nan")}])
def test_what_is_no_step_and_no_brush_is_a_wrong_argument(arguments):
    with pytest.raises(ValueError, match="Received"):
        follow(check_ink(SEVEN_ON_PAD), **arguments)


# Measuring


def test_a_set_fills_its_pad():
    points = np.concatenate([stroke for drawing in put_on_pad([SEVEN_ARRAY, FOUR_ARRAY]) for stroke in drawing])
    assert points.min() == 0
    assert points.max() == 1
    assert measure_size([SEVEN_ARRAY, FOUR_ARRAY]) == pytest.approx((100 + 110) / 2 / 110)


def count_ink(images):
    """Answers 1 where there is little ink and 8 where there is much."""
    labels = np.where(images.sum(axis=(1, 2)) < 60, 1, 8)
    return Predictions(np.eye(10)[labels], np.ones(len(images)), np.zeros(len(images), bool))


def test_every_variant_is_measured_with_its_interval():
    far = [np.array(ONE[0]) + 1000]  # makes the pad so large that little is left of a digit
    figures = measure_variants({"counter": count_ink}, [SEVEN_ARRAY, FOUR_ARRAY, far], np.array([8, 8, 1]))["counter"]
    assert len(figures) == 16
    assert figures[""]["accuracy"] == 1
    assert figures["box"]["accuracy"] == pytest.approx(1 / 3)
    assert figures["box"]["interval"] == pytest.approx([0.0615, 0.7923], abs=1e-3)  # of the binomial of 1 in 3


def test_a_drawing_that_cannot_be_read_is_an_error():
    dot = [np.array([[5.0, 5.0]])]
    figures = measure_variants({"counter": count_ink}, [SEVEN_ARRAY, dot], np.array([8, 8]))["counter"]
    assert figures[""]["accuracy"] == 0.5


def test_a_drawing_of_no_numbers_takes_no_other_away():
    lost = [np.array([[np.nan, 0.0], [np.inf, 1.0]])]
    figures = measure_variants({"counter": count_ink}, [SEVEN_ARRAY, lost, FOUR_ARRAY], np.array([8, 8, 8]))["counter"]
    assert figures[""]["accuracy"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("points", [[[np.nan, 0.0], [1.0, 1.0]], [[5.0, 5.0]]], ids=["no numbers", "a dot"])
def test_a_set_without_a_drawing_that_can_be_read_is_refused(points):
    with pytest.raises(DataError, match="None of these 2 drawings can be read"):
        measure_variants({"counter": count_ink}, [[np.array(points)]] * 2, np.array([8, 8]))


def test_variants_are_named_by_what_is_left_out():
    assert name_variant(["mass", "box"]) == name_variant(("box", "mass")) == "box+mass"
    assert name_variant(()) == ""


def test_stored_figures_with_all_steps_are_those_of_the_report():
    report = {model["name"]: model for model in json.loads(EVIDENCE_PATH.read_text())["models"]}
    figures = read_figures("journey")
    assert [model["name"] for model in figures["models"]] == ["sketchnet", "lenet"]
    for model in figures["models"]:
        for name, variants in model["sets"].items():
            measured = report[model["name"]]["digits"][name]
            assert variants[""]["accuracy"] == pytest.approx(
                measured["accuracy"], abs=0.002 if model["name"] == "sketchnet" else 0.01
            )
            assert len(variants) == 16


def test_stored_figures_are_small_and_of_the_shipped_model():
    assert INSIDE_FIGURES_PATH.stat().st_size < 100_000
    assert read_figures("journey")["models"][0]["weights_digest"] == SHIPPED.weights_digest


def test_figures_are_stored_beside_each_other(tmp_path):
    path = tmp_path / "inside.json"
    for key, value in (("one", 1), ("two", [2]), ("one", 3)):
        write_figures(path, key, value)
    assert json.loads(path.read_text()) == {"one": 3, "two": [2]}
    assert read_figures("three", path) is None


@pytest.mark.parametrize("content", ["[]", "{"])
def test_figures_do_not_replace_what_is_no_figures(tmp_path, content):
    path = tmp_path / "inside.json"
    path.write_text(content)
    with pytest.raises(StorageError, match=r"inside\.json"):
        write_figures(path, "one", 1)
    assert path.read_text() == content


# The command


def call_inside(*arguments):
    """Runs the command in this process."""
    parser = argparse.ArgumentParser()
    inside.add_commands(parser.add_subparsers())
    options = parser.parse_args(["inside", *map(str, arguments)])
    return options.run(options)


@pytest.fixture
def folder(tmp_path):
    with (tmp_path / "drawn.npz").open("wb") as file:
        pack_ink(file, [SEVEN_ARRAY, FOUR_ARRAY], [7, 4])
    np.savez(tmp_path / "pictures.npz", x=np.zeros((1, 28, 28), np.uint8), y=np.array([1]))
    shutil.copy(PENDIGITS_PATH, tmp_path / "learned.npz")
    return tmp_path


def test_the_command_measures_and_stores(folder):
    path = folder / "inside.json"
    arguments = ["--data-dir", folder, "--ink", "drawn", "--models", "sketchnet", "--figures", path, "--device", "cpu"]
    assert call_inside("journey", *arguments) == 0
    figures = read_figures("journey", path)
    assert figures["sets"] == [{"name": "drawn", "num_samples": 2, "size": pytest.approx(105 / 110, abs=1e-3)}]
    (model,) = figures["models"]
    assert (model["name"], model["weights_digest"]) == ("sketchnet", SHIPPED.weights_digest)
    assert model["sets"]["drawn"][""] == {"accuracy": 1, "interval": [pytest.approx(0.3424, abs=1e-3), 1]}


@pytest.mark.parametrize(
    ("name", "problem"), [("pictures", "Expected ink"), ("learned", "held-out"), ("nonesuch", "no file")]
)
def test_the_command_refuses_sets_that_say_nothing(folder, name, problem):
    with pytest.raises(DataError, match=problem):
        call_inside("journey", "--data-dir", folder, "--ink", name, "--figures", folder / "inside.json")
    assert not (folder / "inside.json").exists()


# What the page is told


@pytest.fixture(scope="module")
def ask():
    reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
    bench = SimpleNamespace(reader=reader, models=reader.models)
    (follow_ink,) = map(never_raise, journey_functions(bench))
    return lambda **message: follow_ink({"strokes": SEVEN_ON_PAD, "brush": 0.06, **message})


def test_a_drawing_is_answered_as_it_is_on_the_pad(ask):
    answer = ask()
    assert answer["ok"]
    assert np.abs(decode_image(answer["image"]) - draw(SEVEN_ON_PAD).image).max() < 1 / 255
    assert answer["answer"]["verdict"] == {"kind": "sure", "labels": (7,)}
    assert answer["answer"] == answer["whole"]
    assert set(answer["pictures"]) == set(PICTURES)
    assert answer["size"] == pytest.approx(0.6)


def test_a_drawing_with_steps_left_out_is_answered_beside_the_whole(ask):
    small = change(SEVEN, 0.0015, (0.05, 0.05))
    answer, whole = ask(strokes=small, without=["mass", "box"]), ask(strokes=small)
    assert answer["whole"] == whole["answer"] != answer["answer"]
    assert answer["centres"]["mass"] == answer["centres"]["pen"] != whole["centres"]["mass"]
    assert whole["centres"]["mass"] == pytest.approx([14.5, 14.5], abs=0.1)
    assert answer["offCentre"] == whole["offCentre"] == whole["centres"]["pen"]


def test_figures_of_the_variant_come_with_the_answer(ask):
    figures = read_figures("journey")
    for answer, variant in ((ask(without=["mass", "box"]), "box+mass"), (ask(), "")):
        assert [entry["name"] for entry in answer["sets"]] == [entry["name"] for entry in figures["sets"]]
        shipped, other = answer["sets"][0]["models"]
        assert (shipped["isAnswering"], other["isAnswering"]) == (True, False)
        assert shipped["variant"] == figures["models"][0]["sets"]["pen"][variant]
        assert other["whole"] == figures["models"][1]["sets"]["pen"][""]


@pytest.mark.parametrize(
    "message",
    [
        {"strokes": []},
        {"strokes": [[[0.5, 0.5]]]},
        {"strokes": [[[0.5, 0.5], [1e9, 0.5]]]},
        {"without": "box"},
        {"without": ["fold"]},
        {"without": [["box"]]},
        {"brush": 0},
        {"brush": "wide"},
        {"brush": float("nan")},
        {"model": "nonesuch"},
    ],
    ids=str,
)
def test_what_cannot_be_shown_is_answered_with_words(ask, message):
    answer = ask(**message)
    assert set(answer) == {"error", "message"}
    assert "log" not in answer["error"]
