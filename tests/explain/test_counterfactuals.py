"""A change that is found flips the answer; one that is cheaper, in the same family, is not to be had."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from mnist_core.data.sample import load_sample
from mnist_core.errors import PictureError, QueryError
from mnist_core.explain.anatomy import Anatomy
from mnist_core.explain.counterfactuals import find_change
from mnist_core.explain.edits import FAMILIES, count_loops_and_parts, frame, name_place
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.fitting import fit_ink
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.ui.inside.change import change_functions
from mnist_core.ui.wire import decode_image, never_raise

DIALS = ("turn", "stretch", "shear", "thickness")
STROKES = ("close", "open", "add", "erase")
every_dial = pytest.mark.parametrize("family", DIALS)
every_family = pytest.mark.parametrize("family", FAMILIES)

BAR = np.zeros((28, 28), np.float32)
BAR[4:24, 13:16] = 1


@pytest.fixture(scope="module")
def predict():
    return Anatomy(load_stored(SHIPPED_DIR / "sketchnet")).predict


def arc(x, y, width, height, start, end):
    angles = np.radians(np.linspace(start, end, 24))
    return np.column_stack([x + width / 2 * np.cos(angles), y + height / 2 * np.sin(angles)])


def draw(*strokes):
    return render_ink(check_ink([np.asarray(stroke).tolist() for stroke in strokes]))


# A nine whose loop stays open at the top, which reads as a four.
OPEN_NINE = draw(arc(48, 37, 34, 34, -140, -400), [(64, 34), (60, 85)])
# A three that lacks little of an eight.
THREE = draw(np.concatenate([arc(48, 32, 36, 36, 185, 440), arc(48, 66, 42, 40, -80, 175)]))
ZERO = draw(arc(50, 50, 40, 60, 0, 360))


def answer(labels, accepted=None, probability=0.9):
    """What `predict` returns when images are taken for these digits."""
    labels = np.asarray(labels)
    probabilities = np.full((len(labels), 10), (1 - probability) / 9)
    probabilities[np.arange(len(labels)), labels] = probability
    accepted = np.ones(len(labels), bool) if accepted is None else np.asarray(accepted)
    return SimpleNamespace(probabilities=probabilities, doubt=np.zeros(len(labels)), accepted=accepted)


def slant(image):
    """How far the ink leans: the slope of its regression of columns on rows; 0 upright, negative to the right."""
    rows, columns = np.mgrid[:28, :28]
    y, x = (grid - np.average(grid, weights=image) for grid in (rows, columns))
    return (image * x * y).sum() / (image * y * y).sum()


def leaning(limit):
    """A network that knows 1, and takes what leans to the right by more than a slope for 7."""
    return lambda images: answer([7 if slant(image) < -limit else 1 for image in images])


def hooked(images):
    """A network that knows 1, and takes what is wide for 7."""
    return answer([7 if image.any(axis=0).sum() > 8 else 1 for image in images])


def counting(predict):
    """The predictor, and a list of the numbers of images it was given at a time."""
    sizes = []

    def count(images):
        sizes.append(len(images))
        return predict(images)

    return count, sizes


def find_all(predict, images, families):
    searches = [(image, find_change(predict, image, family)) for image in images for family in families]
    return [(image, search) for image, search in searches if search.change]


def some_samples(count=12):
    x, _ = load_sample()
    return x[:: len(x) // count].astype(np.float32) / 255


# What is found flips the answer


def test_a_change_that_is_reported_flips_the_answer_to_the_very_image_that_is_shown(predict):
    found = find_all(predict, [OPEN_NINE, THREE], [*STROKES, "turn"])
    assert len(found) >= 6
    for image, search in found:
        sent = np.rint(search.change.image * 255).astype(np.uint8).astype(np.float32) / 255
        again = predict(sent[None])
        assert again.accepted[0]
        assert again.probabilities[0].argmax() == search.change.label != predict(image[None]).probabilities[0].argmax()
        assert again.probabilities[0] == pytest.approx(search.change.probabilities, abs=1e-6)


def test_images_are_framed_again_as_an_edited_drawing_is():
    search = find_change(leaning(0.1), BAR, "shear")
    inked = np.flatnonzero(search.change.image.max(axis=1) > 0)
    assert (inked[-1] - inked[0] + 1, inked[0]) == (20, 4)
    assert np.array_equal(fit_ink(search.change.image), search.change.image)


def test_so_are_images_with_a_stroke_more():
    change = find_change(hooked, BAR, "add").change
    assert np.abs(change.image - fit_ink(change.edited)).max() <= 0.5 / 255 + 1e-6
    assert np.abs(change.image - change.edited).max() > 0.5


@every_dial
def test_without_an_edit_the_framed_image_is_the_image_framed(family):
    for image in some_samples(5):
        candidates = FAMILIES[family].propose(image)
        assert candidates.amounts[0] == 0
        assert np.abs(frame(candidates.edit(0)) - fit_ink(image)).max() < 0.01


def test_a_refused_drawing_needs_any_digit(predict):
    upright = lambda images: answer([1] * len(images), [slant(image) < -0.2 for image in images])  # noqa: E731
    search = find_change(upright, BAR, "shear")
    assert search.label is None
    assert (search.change.label, search.change.effect) == (1, "slanted_right")


def test_an_image_that_is_refused_is_no_flip():
    refusing = lambda images: answer([7 if slant(i) < -0.1 else 1 for i in images], [slant(i) > -0.1 for i in images])  # noqa: E731
    assert find_change(refusing, BAR, "shear").change is None


# Nothing cheaper is to be had


@pytest.mark.parametrize("limit", [0.11, 0.237, 0.5])
def test_the_slant_found_is_where_the_answer_turns(limit):
    search = find_change(leaning(limit), BAR, "shear")
    assert search.change.amount == pytest.approx(np.degrees(np.arctan(limit)), abs=0.6)
    assert search.change.effect == "slanted_right"


def test_a_change_is_found_to_a_fiftieth_of_a_degree():
    turn_to = FAMILIES["shear"].propose(BAR).turn
    degrees = np.arange(9, 13, 0.02)
    flips = [slant(frame(turn_to(position / 35))) < -0.19 for position in degrees]
    search = find_change(leaning(0.19), BAR, "shear")
    assert search.change.amount == pytest.approx(degrees[np.argmax(flips)], abs=0.03)


def test_turning_is_measured_in_degrees_clockwise():
    search = find_change(leaning(np.tan(np.radians(20))), BAR, "turn")
    assert search.change.amount == pytest.approx(20, abs=0.7)
    assert search.change.effect == "right"


def test_a_turn_is_that_of_pillow():
    candidates = FAMILIES["turn"].propose(THREE)
    expected = Image.fromarray(candidates.base).rotate(-20, Image.Resampling.BILINEAR)
    assert np.abs(frame(candidates.turn(20 / 45)) - frame(np.asarray(expected))).mean() < 0.01


def test_stretching_is_measured_in_percent_of_the_width():
    square = np.zeros((28, 28), np.float32)
    square[4:24, 9:19] = 1
    widening = lambda images: answer([8 if image.sum() >= 20 * 14 else 1 for image in images])  # noqa: E731
    search = find_change(widening, square, "stretch")
    assert search.change.effect == "wider"
    assert search.change.amount == pytest.approx(40, abs=2)


def test_a_thicker_pen_has_more_ink():
    image = np.zeros((28, 28), np.float32)
    image[5:23, 13:16] = 1
    candidates = FAMILIES["thickness"].propose(image)
    for index in (3, 4):
        more = candidates.edit(index).sum() > candidates.base.sum()
        assert candidates.describe(index)[0] == ("thicker" if more else "thinner")
        assert more == (candidates.amounts[index] > 0)


def test_thickness_is_measured_in_pixels_of_the_pen():
    amounts = [find_all_widths(limit) for limit in (4, 3.5)]
    assert amounts == pytest.approx([1, 0.5], abs=0.25)


def find_all_widths(limit):
    """How much a bar 3 pixels wide was thickened until it held as much ink as one of this width."""
    wide = lambda images: answer([8 if image[12:16].sum() / 4 >= limit * 20 / 21 else 1 for image in images])  # noqa: E731
    return find_change(wide, BAR, "thickness").change.amount


@every_dial
def test_nothing_cheaper_on_a_dense_grid_flips(predict, family):
    found = find_all(predict, [OPEN_NINE, THREE, *some_samples(5)], [family])
    for image, search in found[:2]:
        candidates = FAMILIES[family].propose(image)
        found_at = np.abs(candidates.amounts - search.change.amount).argmin()
        far = abs(candidates.positions[found_at])
        dense = np.linspace(-far, far, 150)[1:-1] * (1 - candidates.step)
        again = predict(np.stack([frame(candidates.turn(float(position))) for position in dense]))
        assert not (again.accepted & (again.probabilities.argmax(axis=1) != search.label)).any()


@pytest.mark.parametrize("family", STROKES)
def test_the_first_stroke_that_flips_has_the_least_ink(predict, family):
    candidates = FAMILIES[family].propose(THREE)
    changed = [np.abs(candidates.edit(index) - THREE).sum() for index in range(0, len(candidates.amounts), 7)]
    assert np.all(np.diff(changed) > -0.1)
    assert 1 <= changed[0] < changed[-1]


def test_the_same_question_gets_the_same_answer(predict):
    for family in ("close", "turn"):
        first, second = (find_change(predict, OPEN_NINE, family) for _ in range(2))
        assert repr(first) == repr(second)


# How far was looked


@every_family
def test_a_network_that_never_changes_its_mind_gives_none_and_the_range(family):
    always, sizes = counting(lambda images: answer([3] * len(images)))
    search = find_change(always, THREE, family)
    assert search.change is None
    assert search.is_complete
    assert search.num_predictions == sum(sizes) > 100
    assert max(sizes) <= 64
    low, high = {"turn": (-45, 45), "stretch": (-37.5, 60), "shear": (-35, 35), "thickness": (-2, 2)}.get(
        family, (2.5, 12)
    )
    assert (search.lowest, search.highest) == (pytest.approx(low, abs=2.5), pytest.approx(high))


@pytest.mark.parametrize("budget", [1, 2, 40, 100])
def test_the_budget_is_kept(budget):
    for family in ("shear", "add"):
        count, sizes = counting(leaning(0.2))
        search = find_change(count, BAR, family, budget=budget)
        assert search.num_predictions == sum(sizes) <= budget
        assert not search.is_complete or search.change


def test_a_wider_range_is_looked_through_with_more_budget():
    highest = [find_change(leaning(5), BAR, "turn", budget=budget).highest for budget in (20, 60, 200)]
    assert highest == sorted(set(highest))


# What the visitor meant


@pytest.mark.parametrize("wanted", [4, 5, 9])
def test_the_wanted_digit_is_what_it_reads_then(wanted):
    crossing = lambda images: answer([max(1, 1 + int(-10 * slant(image))) for image in images])  # noqa: E731
    search = find_change(crossing, BAR, "shear", wanted=wanted)
    if wanted < 9:
        assert search.change.label == wanted
        assert search.change.amount == pytest.approx(np.degrees(np.arctan((wanted - 1) / 10)), abs=0.6)
    else:
        assert search.change is None


def test_another_digit_is_never_cheaper_than_any(predict):
    anything = find_change(predict, THREE, "close").change
    for wanted in (8, 9):
        search = find_change(predict, THREE, "close", wanted=wanted)
        assert search.change is None or search.change.cost >= anything.cost


# What the sentence says


def test_an_open_nine_is_closed_at_the_top(predict):
    search = find_change(predict, OPEN_NINE, "close")
    assert (search.label, search.change.label) == (4, 9)
    assert (search.change.effect, search.change.place) == ("loop_closed", "top")
    assert count_loops_and_parts(search.change.edited) == (1, 1)
    assert (search.change.edited >= OPEN_NINE).all()
    assert 3 < search.change.amount <= 12


def test_a_three_is_closed_to_an_eight(predict):
    change = find_change(predict, THREE, "close", wanted=8).change
    assert (change.label, change.effect) == (8, "loop_closed")
    assert "right" not in change.place
    assert count_loops_and_parts(THREE)[0] < count_loops_and_parts(change.edited)[0]


def test_a_zero_that_is_opened_is_no_zero(predict):
    change = find_change(predict, ZERO, "open").change
    assert change.effect == "loop_opened"
    assert count_loops_and_parts(ZERO) == (1, 1)
    assert count_loops_and_parts(change.edited) == (0, 1)
    assert (change.edited <= ZERO).all()


@pytest.mark.parametrize("family", ["add", "erase"])
def test_strokes_that_only_add_or_erase_close_and_open_nothing(predict, family):
    for image, search in find_all(predict, [OPEN_NINE, THREE], [family]):
        loops, parts = count_loops_and_parts(image)
        after = count_loops_and_parts(search.change.edited)
        assert after[0] <= loops if family == "add" else after[0] >= loops
        assert after[1] >= parts if family == "add" else after[1] <= parts


def test_what_is_erased_is_one_piece():
    for family in ("open", "erase"):
        candidates = FAMILIES[family].propose(THREE)
        erased = [THREE - candidates.edit(index) for index in range(0, len(candidates.amounts), 20)]
        assert {count_loops_and_parts(np.kron(piece, np.ones((2, 2)))) for piece in erased} == {(0, 1)}


def test_the_cost_is_the_share_of_ink_that_comes_or_goes(predict):
    for family in ("close", "open"):
        change = find_change(predict, OPEN_NINE if family == "close" else ZERO, family).change
        image = OPEN_NINE if family == "close" else ZERO
        assert change.cost == pytest.approx(np.abs(change.edited - image).sum() / image.sum(), rel=1e-4)
    assert find_change(leaning(0.1), BAR, "shear").change.cost < find_change(leaning(0.3), BAR, "shear").change.cost


@pytest.mark.parametrize(
    ("row", "column", "place"),
    [(4, 8, "top_left"), (4, 14, "top"), (14, 14, "middle"), (14, 20, "right"), (23, 8, "bottom_left")],
)
def test_places_are_named_as_they_are_seen(row, column, place):
    square = np.zeros((28, 28), np.float32)
    square[4:24, 8:21] = 1
    spot = np.zeros((28, 28), np.float32)
    spot[row, column] = 1
    assert name_place(spot, square) == place


@pytest.mark.parametrize(
    ("picture", "expected"),
    [("0", (1, 1)), ("8", (2, 1)), ("i", (0, 2)), ("c", (0, 1))],
)
def test_loops_and_parts_are_counted(picture, expected):
    rings = {"0": [(14, 14)], "8": [(14, 8), (14, 20)], "i": [], "c": []}[picture]
    y, x = np.mgrid[:28, :28]
    image = np.zeros((28, 28), np.float32)
    for centre_x, centre_y in rings:
        image[np.abs(np.hypot(x - centre_x, y - centre_y) - 6) < 1.2] = 1
    if picture == "i":
        image[3:6, 13:16] = image[9:24, 13:16] = 1
    if picture == "c":
        image[5:23, 8:11] = image[5:8, 8:20] = image[20:23, 8:20] = 1
    assert count_loops_and_parts(image) == expected


def test_a_crevice_is_no_loop_and_a_speck_no_part():
    image = BAR.copy()
    image[14, 14] = 0
    image[5, 20] = 1
    assert count_loops_and_parts(image) == (0, 1)


# Questions that have no answer


@pytest.mark.parametrize("wanted", [-1, 10, 3.0, "3", True])
def test_what_is_wanted_must_be_a_digit(wanted):
    with pytest.raises(QueryError, match="0 to 9"):
        find_change(leaning(0.1), BAR, "shear", wanted=wanted)


def test_what_it_reads_already_cannot_be_wanted():
    with pytest.raises(QueryError, match="read as 1 already"):
        find_change(leaning(0.1), BAR, "shear", wanted=1)


def test_there_are_no_other_families():
    with pytest.raises(QueryError, match="turn, stretch"):
        find_change(leaning(0.1), BAR, "fold")


@pytest.mark.parametrize(
    "image",
    [np.zeros((28, 28)), np.zeros((27, 28)), np.full((28, 28), np.nan), BAR * 255, -BAR, BAR * 0.1],
    ids=["empty", "shape", "nan", "bytes", "negative", "faint"],
)
def test_a_damaged_image_is_refused(image):
    with pytest.raises(PictureError):
        find_change(leaning(0.1), image.astype(np.float32), "turn")


def test_a_dot_is_not_erased_altogether():
    dot = np.zeros((28, 28), np.float32)
    dot[12:16, 12:16] = 1
    never = lambda images: answer([1] * len(images), images.max(axis=(1, 2)) > 0)  # noqa: E731
    for family in FAMILIES:
        assert find_change(never, dot, family).change is None


def test_a_budget_is_at_least_one():
    with pytest.raises(ValueError, match="at least 1"):
        find_change(leaning(0.1), BAR, "turn", budget=0)


# What the page is told


def open_search(predict):
    (find_smallest_change,) = change_functions(
        SimpleNamespace(decode=lambda message: (SimpleNamespace(predict=predict), BAR))
    )
    return find_smallest_change


def ask(predict, **message):
    return open_search(predict)(message)


def test_the_page_gets_the_very_image_that_flips():
    told = ask(hooked, family="add", wanted=7)
    change = find_change(hooked, BAR, "add").change
    assert (told["label"], told["unit"], told["isComplete"], told["change"]["label"]) == (1, "pixels", True, 7)
    assert np.abs(decode_image(told["change"]["image"]) - change.image).max() < 1e-6
    assert np.abs(decode_image(told["change"]["edited"]) - change.edited).max() <= 0.5 / 255 + 1e-6
    assert json.loads(json.dumps(told)) == told


def test_the_page_is_told_that_none_was_found():
    told = ask(leaning(5), family="shear")
    assert told["change"] is None
    assert (told["lowest"], told["highest"]) == (pytest.approx(-35), pytest.approx(35))


@pytest.mark.parametrize("message", [{}, {"family": ["turn"]}, {"family": "fold"}, {"family": "turn", "wanted": 3.5}])
def test_the_page_may_not_ask_for_anything_else(message):
    with pytest.raises(QueryError):
        ask(leaning(0.2), **message)


def test_while_another_visitor_searches_one_is_told_to_come_again():
    told = []

    def predict(images):
        if not told:
            told.append("")
            told[0] = find({"family": "turn"})
        return leaning(0.2)(images)

    find = never_raise(open_search(predict))
    assert find({"family": "shear"})["change"]
    assert told == [{"pending": 0.0, "error": ""}]
    assert find({"family": "shear"})["change"]
