"""Ink of a number on a picture falls into pieces, from left to right; what is no part of a digit is none."""

import numpy as np
import pytest
from support.numbers import write_on_paper

from mnist_core.preprocessing.picture_groups import MOST_PARTS, find_picture_pieces


def find(paper):
    return [*find_picture_pieces(paper.astype(np.float32) / 255)]


def centres(pieces):
    """Middles of all pieces from left to right, as shares of the picture's width."""
    order = list(pieces.orders[0])
    return (pieces.boxes[order, 0] + pieces.boxes[order, 2] / 2) / pieces.labels.shape[1]


def test_each_digit_is_a_piece_in_its_place():
    paper, boxes = write_on_paper("2036", gap=0.4)
    for pieces in find(paper):
        wanted = [(left + width / 2) / paper.shape[1] for left, _, width, _ in boxes]
        assert centres(pieces) == pytest.approx(wanted, abs=0.02)
        assert len(set(pieces.origins.tolist())) == 4


def test_a_piece_is_drawn_as_one_digit():
    (pieces, *_) = find(write_on_paper("10", gap=0.5)[0])
    image = pieces.draw([pieces.orders[0][0]])
    assert image.shape == (28, 28)
    assert np.ptp(np.flatnonzero(image.any(axis=0))) < 6  # the 1 alone
    assert np.ptp(np.flatnonzero(pieces.draw([0, 1]).any(axis=0))) > 15


@pytest.mark.parametrize("thing", ["ruled line", "dash at the end", "speck", "tail of a line above", "box around"])
def test_what_is_no_digit_is_no_piece(thing):
    paper, _ = write_on_paper("23", gap=0.5)
    marked = np.pad(paper, ((0, 0), (0, 80)), constant_values=235)
    expected = len(find(marked)[0].boxes)
    if thing == "ruled line":
        marked[-30:-26] = 60
    elif thing == "dash at the end":
        marked[120:128, -75:-30] = 40
    elif thing == "speck":
        marked[40:44, -60:-56] = 40
    elif thing == "box around":
        marked[20:22, 20:-20] = marked[-22:-20, 20:-20] = marked[20:-20, 20:22] = marked[20:-20, -22:-20] = 40
    else:
        marked[:25, 100:106] = 40
    assert [len(pieces.boxes) for pieces in find(marked)] == [expected] * 2


def test_digits_that_touch_are_cut_where_they_touch():
    paper, boxes = write_on_paper("80", gap=-0.04)
    (pieces, *_) = find(paper)
    assert len(set(pieces.origins.tolist())) == 1
    meeting = boxes[1][0] / paper.shape[1]
    ends = (pieces.boxes[:, 0] + pieces.boxes[:, 2]) / pieces.labels.shape[1]
    assert np.abs(ends - meeting).min() < 0.03


def test_a_page_of_text_has_no_pieces():
    random = np.random.default_rng(0)
    page = np.full((400, 600), 240, np.uint8)
    for top in range(20, 380, 30):
        for left in range(20, 580, 20):
            page[top : top + 14, left : left + int(random.integers(3, 12))] = 30
    assert (page[20:380:30, 20:580:20] == 30).sum() > MOST_PARTS
    assert find(page) == []


@pytest.mark.parametrize("paper", [np.full((50, 80), 235, np.uint8), np.full((3, 3), 9, np.uint8)])
def test_blank_paper_has_no_pieces(paper):
    assert find(paper) == []


@pytest.mark.parametrize("seed", range(20))
def test_pieces_are_what_is_there_whatever_lies_on_the_paper(seed):
    """Each piece has ink of its own, inside its box, on a picture of lines and blots of any size."""
    random = np.random.default_rng(seed)
    paper = np.full(random.integers(20, 200, 2), 240, np.uint8)
    for _ in range(random.integers(1, 12)):
        top, left = (int(random.integers(0, side)) for side in paper.shape)
        height, width = random.integers(1, 60, 2)
        paper[top : top + height, left : left + width] = 30
    for pieces in find(paper):
        assert len(pieces.boxes) == len(pieces.origins) == pieces.labels.max()
        for number, (left, top, width, height) in enumerate(pieces.boxes.astype(int), 1):
            rows, columns = np.nonzero(pieces.labels == number)
            assert (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1) == (
                top,
                left,
                top + height,
                left + width,
            )
