"""Ink of a whole number on a picture -> pieces, of which each digit is made of one or more.

A piece is a connected part of the ink, or a share of one that is so wide that digits may touch in it. Ruled lines, and
what is too low for a digit, are taken away first. Which pieces make a digit is not asked here: see `models.numbers`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .fitting import box_of, fit_lines
from .paper import find_ink, measure, stands_out

# A line is looked at at this height, enlarged up to three times and blurred, through Sauvola's windows; see `paper`.
_LINE_HEIGHT = 160
_LARGEST_SCALE = 3
_BLUR = 1.5
_WINDOW = 61
_STRENGTH = 0.12
_INK = 0.3
# A connected part wider than this for its height may hold several digits. It is cut where a column crosses its ink once
# and meets little of it. In heights of the line: how far from its ends and from each other, and how ink is smoothed.
_WIDEST = 0.6
_CUTS = 5
_MARGIN = 0.1
_APART = 0.12
_SMOOTH = 0.025
# A straight line through so much of the picture's width is ruled.
_RULED = 0.45
# In heights of the line: what is lower is no part of a digit, nor is what the picture's edge cuts off, nor what is flat
# and has no digit above or below it, such as a dash. The least ink is a share of the height's square.
_LOWEST = 0.14
_LOWEST_AT_EDGE = 0.45
_FLAT = 0.25
# What the edge cuts off and is so thin for its length is a line.
_THIN = 0.1
_LEAST_INK = 0.01
# So many holes are looked into, the largest first.
_MOST_HOLES = 20
# More parts than this are a page of text, or a pattern.
MOST_PARTS = 40


@dataclass(frozen=True)
class PicturePieces:
    """Pieces of ink on a picture.

    Args:
        labels: int32 (height, width): the number of the piece that each pixel belongs to, from 1 on; 0 for none.
        boxes: float64 (n, 4): left, top, width and height of each piece, in pixels.
        origins: int64 (n,): which connected part each was cut from.
        orders: The one order in which neighbouring pieces may make a digit: from left to right.
    """

    labels: np.ndarray
    boxes: np.ndarray
    origins: np.ndarray
    orders: tuple[tuple[int, ...], ...]

    def draw(self, pieces: Sequence[int]) -> np.ndarray:
        """Makes the image of some pieces as one digit: float32 (28, 28) in [0, 1]."""
        corners = np.concatenate([self.boxes[pieces, :2], self.boxes[pieces, :2] + self.boxes[pieces, 2:]], axis=1)
        left, top = corners[:, :2].min(axis=0).astype(int)
        right, bottom = corners[:, 2:].max(axis=0).astype(int)
        chosen = np.zeros(len(self.boxes) + 1, np.float32)
        chosen[np.asarray(pieces) + 1] = 1
        return fit_lines(chosen[self.labels[top:bottom, left:right]])


def find_picture_pieces(grey: np.ndarray) -> Iterator[PicturePieces]:
    """Finds the pieces of ink on a picture, in several ways, each when it is asked for.

    Args:
        grey: float32 (height, width), brightness in [0, 1].

    Yields:
        The plainest first: what is darker than the paper; then what is darker than its surroundings.
    """
    for ink in (find_ink(grey), find_writing(grey)):
        pieces = None if ink is None else _find_pieces((ink > _INK).astype(np.uint8))
        if pieces is not None:
            yield pieces


def find_writing(grey: np.ndarray) -> np.ndarray | None:
    """Finds what stands out from its surroundings on a picture of a line of digits, which is enlarged for that.

    Args:
        grey: float32 (height, width), brightness in [0, 1].

    Returns:
        float32 of another size but the same proportions, 0 or 1; None where nothing stands out.
    """
    from .opencv import cv2

    values, _ = measure(grey)
    scale = min(_LARGEST_SCALE, max(1, _LINE_HEIGHT / min(grey.shape)))
    values = cv2.resize(values, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    values = cv2.GaussianBlur(values, (0, 0), _BLUR)
    mask = stands_out(values, _WINDOW, _STRENGTH)
    return mask.astype(np.float32) if mask.any() else None


def _find_pieces(ink: np.ndarray) -> PicturePieces | None:
    """Returns the pieces of ink, uint8 (height, width), 0 or 1; None where there are none, or far too many."""
    from .opencv import cv2

    ink = _remove_small(_remove_ruled(_remove_around(ink)))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = boxes[1:]
    if not 0 < len(boxes) <= MOST_PARTS:
        return None
    height = _height_of(boxes)
    numbered = np.zeros_like(labels)
    found: list[tuple[int, int, int, int]] = []
    origins: list[int] = []
    for part, (left, top, width, high) in enumerate(boxes[:, :4].tolist()):
        mask = labels[top : top + high, left : left + width] == part + 1
        edges = [0, *_find_cuts(mask, height), width]
        for start, end in itertools.pairwise(edges):
            share = mask[:, start:end]
            first_row, first_column, last_row, last_column = box_of(share)
            origins.append(part)
            found.append(
                (left + start + first_column, top + first_row, last_column - first_column, last_row - first_row)
            )
            numbered[top : top + high, left + start : left + end][share] = len(found)
    array = np.array(found, np.float64)
    order = tuple((2 * array[:, 0] + array[:, 2]).argsort(kind="stable").tolist())
    return PicturePieces(numbered, array, np.array(origins), (order,))


def _height_of(boxes: np.ndarray) -> float:
    """Returns the height of a line: the mean of the three highest parts in it, so that one long tail matters less."""
    return float(np.sort(boxes[:, 3])[-3:].mean())


def _remove_ruled(ink: np.ndarray) -> np.ndarray:
    """Erases straight level lines, and mends what they went through."""
    from .opencv import cv2

    lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(15, round(_RULED * ink.shape[1]))), np.uint8))
    if not lines.any():
        return ink
    is_line = cv2.dilate(lines, np.ones((3, 9), np.uint8)) > 0
    rest = np.where(is_line, 0, ink).astype(np.uint8)
    mended = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((15, 3), np.uint8))
    return np.where(is_line, np.minimum(mended, ink), ink)


def _remove_around(ink: np.ndarray) -> np.ndarray:
    """Erases boxes and circles: parts that go around one that is no speck beside them."""
    from .opencv import cv2

    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if not len(contours):
        return ink
    holes = [contour for contour, links in zip(contours, tree[0], strict=True) if links[3] >= 0]
    holes.sort(key=lambda hole: -cv2.contourArea(hole))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = np.ones(len(boxes), bool)
    for hole in holes[:_MOST_HOLES]:
        left, top, width, height = cv2.boundingRect(hole)
        filled = np.zeros((height, width), np.uint8)
        cv2.drawContours(filled, [hole], -1, 1, cv2.FILLED, offset=(-left, -top))
        inside = np.unique(labels[top : top + height, left : left + width][filled > 0])
        around = int(labels[hole[0, 0, 1], hole[0, 0, 0]])
        heights = boxes[np.setdiff1d(inside, [0, around]), cv2.CC_STAT_HEIGHT]
        kept[around] &= not (heights > _FLAT * boxes[around, cv2.CC_STAT_HEIGHT]).any()
    return ink * kept[labels]


def _remove_small(ink: np.ndarray) -> np.ndarray:
    """Erases parts that are no digits by their size and place."""
    from .opencv import cv2

    _, labels, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if len(boxes) == 1:
        return ink
    height = _height_of(boxes[1:])
    left, top, wide, high, area = boxes.T
    right, bottom = left + wide, top + high
    is_at_edge = (left == 0) | (top == 0) | (right == ink.shape[1]) | (bottom == ink.shape[0])
    kept = (area >= _LEAST_INK * height**2) & (high >= _LOWEST * height)
    is_line = np.minimum(wide, high) < _THIN * np.maximum(wide, high)
    kept &= ~is_at_edge | ((high >= _LOWEST_AT_EDGE * height) & ~is_line)
    kept[0] = False
    digits = kept & (high >= _LOWEST_AT_EDGE * height)
    for part in np.flatnonzero(kept & (high < _FLAT * height) & (wide > 1.5 * high)):
        shared = np.minimum(right[part], right[digits]) - np.maximum(left[part], left[digits])
        kept[part] = (shared > 0.3 * wide[part]).any()
    return ink * kept[labels]


def _find_cuts(mask: np.ndarray, height: float) -> list[int]:
    """Returns the columns between which a connected part may be cut, from left to right."""
    wide = mask.shape[1]
    if wide <= _WIDEST * max(mask.shape[0], 0.6 * height):
        return []
    from .opencv import cv2

    amount = cv2.GaussianBlur(mask.sum(axis=0, dtype=np.float32)[None], (0, 0), max(0.3, _SMOOTH * height))[0]
    is_crossed_once = (np.diff(mask.astype(np.int8), axis=0, prepend=0) == 1).sum(axis=0) == 1
    amount[~is_crossed_once] = np.inf
    margin, reach = max(1, round(_MARGIN * height)), round(0.1 * height)
    columns = range(margin, wide - margin)
    lowest = [c for c in columns if amount[c] < np.inf and amount[c] <= amount[max(0, c - reach) : c + reach + 1].min()]
    cuts: list[int] = []
    for column in sorted(lowest, key=lambda c: amount[c]):
        if all(abs(column - cut) > _APART * height for cut in cuts):
            cuts.append(column)
    return sorted(cuts[: _CUTS + round(wide / height)])
