"""Pen strokes of a whole number -> pieces, of which each digit is made of one or more.

A piece is a stroke, or a part of one that is so wide that the pen may have gone on from digit to digit. Which pieces
make a digit is for others to say: nothing here asks a network.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InkError
from .ink import largest_extent, render_ink

# A number of twelve digits has less than this, also where each digit is written in several strokes by a fast pen.
MOST_STROKES = 48
MOST_POINTS = 5000

# A stroke wider than this for its height may hold several digits, if all the ink together is as wide, and if the stroke
# is not as low, for the ink's height, as the bar of a 7.
_WIDEST = 1.0
_LOWEST_JOINED = 0.3
# Where it may be cut: so many columns are looked at, and a part narrower than this for its height is none.
_COLUMNS = 32
_NARROWEST_PART = 0.2
_MOST_CUTS = 3


@dataclass(frozen=True)
class InkPieces:
    """Pieces of ink.

    Args:
        strokes: What `check_ink` returned.
        parts: Each piece, float64 (points, 2); of a stroke that is cut they follow each other.
        boxes: float64 (n, 4): left, top, width and height of each piece.
        origins: int64 (n,): which stroke each was cut from.
        orders: Orders in which neighbouring pieces may make a digit: by place, from left to right, and, where it is
            another one, as they were drawn.
    """

    strokes: Sequence[np.ndarray]
    parts: Sequence[np.ndarray]
    boxes: np.ndarray
    origins: np.ndarray
    orders: tuple[tuple[int, ...], ...]

    def draw(self, pieces: Sequence[int]) -> np.ndarray | None:
        """Draws some of them as one digit, see `ink.render_ink`; None for a single dot, which cannot be drawn."""
        if len(pieces) == len(self.parts):
            return render_ink(self.strokes)
        whole, parts = self.find_strokes(pieces)
        strokes = [*(self.strokes[stroke] for stroke in whole), *(self.parts[piece] for piece in parts)]
        return render_ink(strokes) if largest_extent(strokes) > 0 else None

    def find_strokes(self, pieces: Sequence[int]) -> tuple[list[int], list[int]]:
        """Finds which strokes some pieces are, and which of the pieces are only a part of one."""
        whole, parts = [], []
        for stroke, group in itertools.groupby(sorted(pieces), key=lambda piece: int(self.origins[piece])):
            together = [*group]
            if len(together) == np.count_nonzero(self.origins == stroke):
                whole.append(stroke)
            else:
                parts += together
        return whole, parts


def find_pieces(strokes: Sequence[np.ndarray]) -> InkPieces:
    """Finds the pieces of ink.

    Args:
        strokes: What `check_ink` returns.

    Raises:
        InkError: There is more than a number has.
    """
    if len(strokes) > MOST_STROKES or sum(map(len, strokes)) > MOST_POINTS:
        raise InkError(
            "This is too much ink for a number: {num_strokes} strokes, {num_points} points. At most {most_strokes} "
            "strokes and {most_points} points are read, which is enough for 12 digits.",
            num_strokes=len(strokes),
            num_points=sum(map(len, strokes)),
            most_strokes=MOST_STROKES,
            most_points=MOST_POINTS,
        )
    width, height = np.ptp(np.concatenate(strokes), axis=0).tolist()
    lowest_joined = _LOWEST_JOINED * height if width > _WIDEST * height else np.inf
    cut = [_cut_stroke(stroke, lowest_joined) for stroke in strokes]
    parts = [*itertools.chain.from_iterable(cut)]
    origins = np.repeat(np.arange(len(cut)), [len(pieces) for pieces in cut])
    lowest = np.array([part.min(axis=0) for part in parts])
    highest = np.array([part.max(axis=0) for part in parts])
    by_place = tuple((lowest[:, 0] + highest[:, 0]).argsort(kind="stable").tolist())
    as_drawn = tuple(range(len(parts)))
    orders = (by_place,) if by_place in (as_drawn, as_drawn[::-1]) else (by_place, as_drawn)
    return InkPieces(strokes, parts, np.concatenate([lowest, highest - lowest], axis=1), origins, orders)


def _cut_stroke(stroke: np.ndarray, lowest: float) -> list[np.ndarray]:
    """Cuts a stroke that is wider than high, and no lower than `lowest`, where the pen crosses a column only once."""
    left, top = stroke.min(axis=0).tolist()
    right, bottom = stroke.max(axis=0).tolist()
    width, height = right - left, bottom - top
    if len(stroke) < 2 or width <= _WIDEST * height or height < max(lowest, 1e-9 * width):
        return [stroke]
    columns = left + width * np.arange(1, _COLUMNS) / _COLUMNS
    is_right = stroke[:, 0, None] > columns
    is_crossing = is_right[1:] != is_right[:-1]
    margin = _NARROWEST_PART * height
    is_once = (is_crossing.sum(axis=0) == 1) & (columns > left + margin) & (columns < left + width - margin)
    cuts = []
    for place in _find_runs(is_once)[:_MOST_CUTS]:
        before = int(is_crossing[:, place].argmax())
        start, end = stroke[before], stroke[before + 1]
        share = (columns[place] - start[0]) / (end[0] - start[0])
        cuts.append((before + 1, start + share * (end - start)))
    cuts.sort(key=lambda cut: cut[0])
    parts, first = [], stroke[:0]
    begin = 0
    for at, point in cuts:
        parts.append(np.concatenate([first, stroke[begin:at], point[None]]))
        first, begin = point[None], at
    return [*parts, np.concatenate([first, stroke[begin:]])]


def _find_runs(is_there: np.ndarray) -> list[int]:
    """Returns the middle of each run of True, the longest run first."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_there.astype(np.int8), [0]])))
    runs = sorted(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True), key=lambda run: run[0] - run[1])
    return [(start + end - 1) // 2 for start, end in runs]
