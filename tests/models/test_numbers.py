"""The shipped network reads whole numbers from left to right, and keeps a single digit in one piece."""

import functools

import numpy as np
import pytest
from support.drawing import DIGITS, HOUSE, arc, line
from support.numbers import write

from mnist_core.data.pendigits import load_pendigits
from mnist_core.models.inference import LiteRTPredictor
from mnist_core.models.numbers import read_line
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.groups import find_pieces
from mnist_core.preprocessing.ink import check_ink


@functools.cache
def shipped():
    return LiteRTPredictor(load_stored(SHIPPED_DIR / "sketchnet"))


def read(ink):
    return read_line(shipped(), find_pieces(check_ink(ink)))


NUMBERS = {
    "spaced": ("2026", {}),
    "close": ("3847", {"gap": 0.02}),
    "touching": ("2053", {"gap": -0.04}),
    "two ones": ("11", {}),
    "ten": ("10", {}),
    "a hundred": ("100", {"gap": 0.1}),
    "falling": ("9274", {"slope": 0.35}),
    "rising": ("1850", {"slope": -0.35}),
    "of different sizes": ("6325", {"sizes": (1, 0.6, 0.8, 0.55)}),
    "far apart": ("70", {"gap": 2.0}),
    "huge": ("42", {"size": 1e6}),
    "long": ("314159265358", {}),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_read_from_left_to_right(name):
    text, options = NUMBERS[name]
    assert read(write(text, **options)).text == text


def test_the_order_of_drawing_does_not_matter():
    strokes = write("4715")
    assert read(strokes[::-1]).text == "4715"


def test_what_is_added_at_the_end_belongs_to_its_digit():
    """Both sevens get their bars when the number is complete."""
    sevens = write("7717")
    bars = [line((left + 0.2, -0.48), (left + 0.6, -0.5)) for left in (0, 0.91)]
    reading = read(sevens + bars)
    assert reading.text == "7717"
    assert [len(digit.pieces) for digit in reading.digits] == [2, 2, 1, 1]


def test_boxes_may_overlap():
    """A 7 whose roof stands over the 4 after it, and ones that lean."""
    assert read(write("74", gap=-0.15)).text == "74"
    leaning = [[(x + 0.5 * (1 - y), y) for x, y in [(at, 0), (at, 1)]] for at in (0, 0.3, 0.6)]
    assert read(leaning).text == "111"


@pytest.mark.parametrize("second", [0, 2, 3, 6])
def test_digits_that_are_joined_without_lifting_the_pen_are_cut(second):
    joined = [[*DIGITS[2][0], *((x + 0.56, y) for x, y in DIGITS[second][0])]]
    assert read(joined).text == f"2{second}"


@pytest.mark.parametrize("digit", DIGITS)
def test_a_single_digit_is_one_digit(digit):
    reading = read(DIGITS[digit])
    assert reading.text == str(digit)
    assert reading.digits[0].image is reading.whole.image


SINGLE = {
    "a slashed 0": (0, [arc(0.5, 0.5, 0.4, 0.6, -90, 265, 32), line((0.32, 0.75), (0.68, 0.25))]),
    "a crossed 7": (7, [line((0.3, 0.2), (0.7, 0.2), (0.45, 0.8)), line((0.4, 0.5), (0.68, 0.5))]),
    "an open 4": (4, [line((0.35, 0.2), (0.32, 0.5), (0.6, 0.5)), line((0.64, 0.2), (0.62, 0.8))]),
    "a 5 whose roof floats": (
        5,
        [line((0.4, 0.24), (0.37, 0.46)) + arc(0.47, 0.61, 0.36, 0.34, 225, 500), line((0.45, 0.19), (0.72, 0.18))],
    ),
    "a broken 8": (8, [arc(0.5, 0.34, 0.28, 0.26, -60, 220, 24), arc(0.5, 0.65, 0.34, 0.34, -90, 265, 24)]),
    "a 1 of dots": (1, [[(0.5, 0.2 + 0.06 * step), (0.5, 0.22 + 0.06 * step)] for step in range(10)]),
}


@pytest.mark.parametrize("name", SINGLE)
def test_a_digit_of_several_strokes_stays_one(name):
    digit, strokes = SINGLE[name]
    reading = read(strokes)
    assert len(reading.digits) == 1
    assert reading.digits[0].label == digit


def test_pen_ink_of_single_digits_is_hardly_ever_split():
    ink = load_pendigits().reported.ink
    assert sum(len(read(drawing).digits) > 1 for drawing in ink) < 0.003 * len(ink)


def test_what_is_no_digit_has_a_question_mark_in_its_place():
    house = [[(x * 1.2 + 3, y * 1.2 - 1) for x, y in stroke] for stroke in HOUSE]
    reading = read(write("20") + house + [[(x + 5, y) for x, y in stroke] for stroke in write("6")])
    assert reading.text == "20?6"
    assert reading.digits[2].verdict.kind == "refused"


def test_a_house_alone_is_one_thing_that_is_no_digit():
    assert read(HOUSE).text == "?"


def test_a_cross_is_not_two_ones():
    assert read([line((0.3, 0.2), (0.7, 0.8)), line((0.7, 0.2), (0.3, 0.8))]).text == "?"


def test_a_ruler_line_is_not_several_digits():
    assert len(read([line((0, 0.5), (1, 0.52))]).digits) == 1


def test_dots_alone_are_no_number():
    assert "?" in read([[(0.1 * place, 0)] for place in range(5)]).text


@pytest.mark.parametrize("gap", [0.25, 0.8])
def test_points_and_commas_are_no_digits(gap):
    twelve = write("12")
    right = max(x for stroke in twelve for x, _ in stroke)
    fifty = [[(x + right + gap, y) for x, y in stroke] for stroke in write("50")]
    x = right + gap / 2
    for mark in ([(x, 0.0)], [(x, -0.05), (x + 0.02, -0.02)], [(x, -0.05), (x - 0.05, 0.15)]):
        reading = read([*twelve, mark, *fifty])
        assert reading.text == "1250"
        assert reading.marks == (2,)


def test_a_speck_above_a_number_is_left_out():
    reading = read([*write("27"), [(0.7, -1.2), (0.71, -1.2)]])
    assert (reading.text, reading.marks) == ("27", ())


def test_boxes_surround_the_digits():
    strokes = write("305", sizes=(1, 0.6))
    reading = read(strokes)
    points = [np.array(strokes[0]), np.array(strokes[1]), np.concatenate(strokes[2:])]
    for digit, own in zip(reading.digits, points, strict=True):
        np.testing.assert_allclose(digit.box, [*own.min(axis=0), *np.ptp(own, axis=0)], atol=1e-9)


def test_the_confidence_is_the_product_of_those_of_the_digits():
    reading = read(write("48"))
    assert reading.confidence == pytest.approx(np.prod([digit.probabilities.max() for digit in reading.digits]))


def test_a_sure_single_digit_is_asked_about_once(monkeypatch):
    sizes = []
    predict_logits = LiteRTPredictor.predict_logits
    monkeypatch.setattr(
        LiteRTPredictor,
        "predict_logits",
        lambda self, images: sizes.append(len(images)) or predict_logits(self, images),
    )
    read(DIGITS[4])
    assert sizes == [1]
    read(write("44"))
    assert len(sizes) == 3
