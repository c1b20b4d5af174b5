"""Ink -> what is kept of it, and back.

Points are moved and scaled so that the drawing's longer side is 1000, rounded, and left out where the line hardly
bends. How fast somebody wrote, when, how large and where on the pad is not kept.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from ..errors import InkError
from ..preprocessing.ink import check_amount, check_ink, largest_extent

GRID = 1000
MOST_POINTS = 2_000
# In units of the grid: a thirtieth of a pixel of the network.
_TOLERANCE = 2.0


def pack_strokes(ink: Any) -> bytes:
    """Packs ink from outside.

    Args:
        ink: As `check_ink` takes it.

    Raises:
        InkError: There is none, or more of it than a digit needs.
    """
    strokes = check_ink(ink)
    check_amount(strokes)
    lowest = np.concatenate(strokes).min(axis=0)
    scale = GRID / largest_extent(strokes)
    numbers: list[np.ndarray] = []
    num_left = MOST_POINTS
    for stroke in strokes:
        points = _thin(_drop_repeated(np.rint((stroke - lowest) * scale)), num_left)
        num_left -= len(points)
        numbers += [np.array([len(points)]), np.diff(points, axis=0, prepend=0).ravel()]
    return zlib.compress(np.concatenate(numbers).astype("<i2").tobytes(), 9)


def unpack_strokes(packed: bytes) -> list[list[list[int]]]:
    """Returns strokes as lists of `[x, y]`, whole numbers from 0 to 1000."""
    numbers = np.frombuffer(zlib.decompress(packed), "<i2").astype(np.int64)
    strokes, start = [], 0
    while start < len(numbers):
        end = start + 1 + 2 * int(numbers[start])
        strokes.append(numbers[start + 1 : end].reshape(-1, 2).cumsum(axis=0).tolist())
        start = end
    return strokes


def _drop_repeated(points: np.ndarray) -> np.ndarray:
    is_new = np.ones(len(points), bool)
    is_new[1:] = (points[1:] != points[:-1]).any(axis=1)
    return points[is_new]


def _thin(points: np.ndarray, most: int) -> np.ndarray:
    """Leaves out points that lie on the line between those that stay (Ramer, Douglas and Peucker)."""
    places = points[:, 0] + 1j * points[:, 1]
    stays = np.zeros(len(points), bool)
    stays[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    num_stay = 1
    while spans:
        num_stay += 1
        if num_stay > most:
            raise InkError("This drawing has too many strokes and bends for a digit. Clear the pad and draw again.")
        first, last = spans.pop()
        if last - first < 2:
            continue
        distances = _distances(places[first + 1 : last] - places[first], places[last] - places[first])
        farthest = int(distances.argmax())
        if distances[farthest] > _TOLERANCE:
            middle = first + 1 + farthest
            stays[middle] = True
            spans += [(first, middle), (middle, last)]
    return points[stays]


def _distances(places: np.ndarray, end: complex) -> np.ndarray:
    """The distances of places, complex numbers, from the stretch between 0 and `end`."""
    along = (places * end.conjugate()).real / max(abs(end) ** 2, 1.0)
    return np.abs(places - along.clip(0, 1) * end)
