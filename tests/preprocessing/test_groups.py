"""Ink is cut only where the pen may have gone on from one digit to the next, and nothing of it is lost."""

import numpy as np
import pytest
from support.drawing import DIGITS, arc
from support.numbers import write

from mnist_core.errors import InkError
from mnist_core.preprocessing.groups import MOST_POINTS, MOST_STROKES, find_pieces
from mnist_core.preprocessing.ink import check_ink, render_ink

# A 1 and a 0 written without lifting the pen.
JOINED = [[(0.1, 0.1), (0.1, 0.9), (0.5, 0.6), *arc(0.95, 0.5, 0.5, 0.8, -150, 200, 24)]]


def test_a_stroke_that_is_higher_than_wide_stays_whole():
    for strokes in DIGITS.values():
        tall = [stroke for stroke in strokes if np.ptp(stroke, axis=0)[0] < np.ptp(stroke, axis=0)[1]]
        assert len(find_pieces(check_ink(tall)).boxes) == len(tall)


def test_a_wide_stroke_is_cut_where_the_pen_crosses_a_column_once():
    pieces = find_pieces(check_ink(JOINED))
    assert len(pieces.boxes) > 1
    assert set(pieces.origins.tolist()) == {0}
    cuts = [part[0, 0] for part in pieces.parts[1:]]
    assert all(0.1 < cut < 0.75 for cut in cuts)


def test_all_pieces_together_are_the_drawing():
    strokes = check_ink(JOINED + write("4"))
    pieces = find_pieces(strokes)
    np.testing.assert_array_equal(pieces.draw(range(len(pieces.boxes))), render_ink(strokes))


def test_pieces_are_ordered_by_place_and_as_they_were_drawn():
    strokes = write("123")
    assert find_pieces(check_ink(strokes)).orders == ((0, 1, 2),)
    assert find_pieces(check_ink(strokes[::-1])).orders == ((2, 1, 0),)
    assert find_pieces(check_ink([strokes[1], strokes[0], strokes[2]])).orders == ((1, 0, 2), (0, 1, 2))


def test_a_single_dot_is_not_drawn():
    pieces = find_pieces(check_ink([*write("1"), [[2, 0]]]))
    assert pieces.draw([1]) is None
    assert pieces.draw([0, 1]) is not None


@pytest.mark.parametrize(("num_strokes", "num_points"), [(MOST_STROKES + 1, 2), (2, MOST_POINTS // 2 + 1)])
def test_more_ink_than_a_number_has_is_refused(num_strokes, num_points):
    strokes = [[[x, y] for y in range(num_points)] for x in range(num_strokes)]
    with pytest.raises(InkError, match=f"{num_strokes} strokes, {num_strokes * num_points} points"):
        find_pieces(check_ink(strokes))
