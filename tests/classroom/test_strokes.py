"""What is kept of ink is the line, and nothing of how it was drawn."""

import numpy as np
import pytest
from support.ink import FOUR, SEVEN, ZERO, change

from mnist_core.classroom.strokes import MOST_POINTS, pack_strokes, unpack_strokes
from mnist_core.errors import InkError
from mnist_core.preprocessing.ink import check_ink, render_ink


def image(ink):
    return render_ink(check_ink(ink))


@pytest.mark.parametrize("ink", [SEVEN, FOUR, ZERO])
def test_the_network_sees_nearly_the_same(ink):
    kept = unpack_strokes(pack_strokes(ink))
    assert np.abs(image(kept) - image(ink)).max() < 0.12
    assert len(kept) == len(ink)


def test_time_place_and_size_are_not_kept():
    timed = [[[x, y, 1000 + 8 * index] for index, (x, y) in enumerate(stroke)] for stroke in SEVEN]
    moved = change(SEVEN, 3.0, (200, -50))
    assert pack_strokes(SEVEN) == pack_strokes(timed) == pack_strokes(moved)
    assert unpack_strokes(pack_strokes(SEVEN)) == [[[0, 0], [600, 20], [300, 1000]], [[200, 500], [550, 480]]]


def test_points_on_a_line_are_left_out_and_dots_stay():
    line = [[index, 0.0] for index in range(1000)]
    assert unpack_strokes(pack_strokes([line, [[500, 300]]])) == [[[0, 0], [1000, 0]], [[501, 300]]]


def test_a_slow_pen_with_ten_thousand_points_takes_no_more_room():
    slow = [[[40 * np.cos(t), 60 * np.sin(t)] for t in np.linspace(0, 6.3, 10_000)]]
    assert len(pack_strokes(slow)) < 200


def test_a_scribble_with_ten_thousand_bends_is_refused_in_words():
    scribble = np.random.default_rng(0).random((1, 10_000, 2)).tolist()
    with pytest.raises(InkError, match="too many strokes and bends"):
        pack_strokes(scribble)


def test_the_points_of_all_strokes_count_together():
    dots = [[[index % 70, index // 70]] for index in range(MOST_POINTS + 1)]
    with pytest.raises(InkError, match="too many strokes and bends"):
        pack_strokes(dots)


@pytest.mark.parametrize("ink", [None, [], [[]], "ink", [[[1]]], [[[float("nan"), 0], [1, 1]]], [[[5, 5]]]])
def test_what_is_no_ink_is_refused(ink):
    with pytest.raises(InkError):
        pack_strokes(ink)
