"""Pen strokes -> the images that were there on the way.

A drawing is cut at moments along the pen's way, and each cut is drawn as if the visitor had stopped there: scaled and
centred anew, as the pad does while the pen moves. What a network makes of the images is for others to ask.

Moments lie evenly along the pen's way and not in time: none is spent on a pen at rest, and none is missed where it was
fast. Their times are the pen's, with rests shortened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .ink import check_ink, largest_extent, render_ink

MOST_MOMENTS = 60
# A rest of the pen, on the pad or above it, lasts no longer than this; in milliseconds.
LONGEST_REST = 500.0

# Points that are drawn for all moments together, two seconds of work or three; a hand draws hundreds of points.
_MOST_DRAWN = 150_000
_FEWEST_MOMENTS = 6

# Of a pen that has no times, in larger sides of the drawing per second, also above the pad.
_EVEN_SPEED = 3.0
_FARTHEST_TIME = 1e15
# A smaller share of the whole drawing's larger side cannot be told from a dot.
_SMALLEST_SHARE = 1e-6


@dataclass(frozen=True)
class Timeline:
    """A drawing cut at many moments, from its first line to its last.

    Args:
        milliseconds: float64 (n,), when each moment was, from 0 at the first point; never decreasing.
        images: float32 (n, 28, 28) in [0, 1]; the last is the whole drawing.
        ends: int64 (num_strokes,), the moment at which each stroke was complete; -1 where that is none of the moments.
        strokes: Each float64 (points, 3): x, y as they came, and the millisecond.
        is_timed: Whether these times are the pen's own.
        milliseconds_cut: By how much rests were shortened, in all.
    """

    milliseconds: np.ndarray
    images: np.ndarray
    ends: np.ndarray
    strokes: tuple[np.ndarray, ...]
    is_timed: bool
    milliseconds_cut: float


@dataclass(frozen=True)
class AnswerChange:
    """Where the answer changed: at the moment `index` from one digit to another; None is "no digit"."""

    index: int
    before: int | None
    after: int | None


def follow_pen(ink: Any, *, most: int = MOST_MOMENTS, smallest: float = 0.0) -> Timeline:
    """Cuts a drawing at moments along the pen's way.

    There are the end of each stroke, the start of each but the first, and as many between them as `most` allows, in
    proportion to the strokes' lengths. Where the ends alone are too many, some of them are left out. What is still a
    dot is left out. A drawing of more than 5,000 points has fewer moments, because each is drawn anew.

    Milliseconds may be missing, all or some, or not finite: those are put between their neighbours in order. Where
    they run backwards, no time passes. Where no time passes at all, the pen moves at an even speed.

    Args:
        ink: See `ink.check_ink`.
        most: Largest number of moments.
        smallest: Larger side of the drawing, in the unit of the ink, below which it is a dot.

    Raises:
        InkError: See `ink.check_ink`.
    """
    checked = check_ink(ink)
    times, is_timed, milliseconds_cut = _find_times(checked, _read_times(ink))
    strokes = tuple(np.column_stack(parts) for parts in zip(checked, times, strict=True))
    # On average a moment holds half of the drawing.
    most = min(most, max(_FEWEST_MOMENTS, 2 * _MOST_DRAWN // sum(map(len, strokes))))
    stops = _choose_stops([_measure_way(stroke)[-1] for stroke in strokes], most)
    cuts = [cut_strokes(strokes, number, way) for number, way in stops]
    least = max(smallest, _SMALLEST_SHARE * largest_extent(checked))
    # The whole drawing is an answer on the pad, however small it is.
    drawings = [[stroke[:, :2] for stroke in cut] for cut in cuts]
    is_line = [largest_extent(drawing) >= least for drawing in drawings[:-1]] + [True]
    kept = [index for index, keeps in enumerate(is_line) if keeps]
    ends = np.full(len(strokes), -1, np.int64)
    for index, (number, way) in enumerate(stops[place] for place in kept):
        if way == np.inf:
            ends[number] = index
    return Timeline(
        milliseconds=np.array([cuts[place][-1][-1, 2] for place in kept]),
        images=np.stack([render_ink(drawings[place]) for place in kept]),
        ends=ends,
        strokes=strokes,
        is_timed=is_timed,
        milliseconds_cut=milliseconds_cut,
    )


def cut_strokes(strokes: Sequence[np.ndarray], number: int, way: float) -> list[np.ndarray]:
    """Returns the strokes before `number`, and of that one as much as the pen drew on a way of this length.

    Args:
        strokes: Arrays of shape (points, 2 or more), x and y first; what else there is is interpolated like them.
        number: The stroke that is cut, from 0.
        way: Length from its first point, in the unit of the ink; `np.inf` leaves it whole.

    Returns:
        `number` + 1 strokes; the last ends with a point on the way.
    """
    stroke = strokes[number]
    measured = _measure_way(stroke)
    if way >= measured[-1]:
        return [*strokes[: number + 1]]
    next_point = int(np.searchsorted(measured, way, side="right"))
    start, end = measured[next_point - 1 : next_point + 1]
    share = (way - start) / (end - start)
    last = stroke[next_point - 1] + share * (stroke[next_point] - stroke[next_point - 1])
    return [*strokes[:number], np.concatenate([stroke[:next_point], last[None]])]


def find_turns(probabilities: np.ndarray, accepted: np.ndarray) -> list[AnswerChange]:
    """Finds where the answer changed along a time line.

    Args:
        probabilities: Array of shape (n, 10), of the moments in order.
        accepted: bool (n,), whether each was taken for a digit; where it was not, the answer is None.
    """
    labels = [
        int(label) if is_digit else None for label, is_digit in zip(probabilities.argmax(1), accepted, strict=True)
    ]
    return [
        AnswerChange(index, labels[index - 1], labels[index])
        for index in range(1, len(labels))
        if labels[index] != labels[index - 1]
    ]


def _read_times(ink: Any) -> list[np.ndarray]:
    """Returns the milliseconds of checked ink, stroke by stroke; NaN where there are none."""
    arrays = [np.asarray(stroke, np.float64) for stroke in ink if len(stroke)]
    return [array[:, 2] if array.shape[1] == 3 else np.full(len(array), np.nan) for array in arrays]


def _find_times(strokes: list[np.ndarray], times: list[np.ndarray]) -> tuple[list[np.ndarray], bool, float]:
    """Finds the times to show, stroke by stroke, whether they are the pen's own, and how much rests were shortened."""
    points, flat = np.concatenate(strokes), np.concatenate(times)
    known = np.isfinite(flat)
    passed = np.zeros(len(flat) - 1)
    if known.any():
        order = np.arange(len(flat))
        whole = np.interp(order, order[known], flat[known].clip(-_FARTHEST_TIME, _FARTHEST_TIME))
        passed = np.diff(whole).clip(0)
    is_timed = bool(passed.any())
    if not is_timed:
        passed = 1000 / _EVEN_SPEED * np.hypot(*np.diff(points, axis=0).T) / largest_extent(strokes)
    shown = passed.clip(0, LONGEST_REST)
    lengths = np.cumsum([len(stroke) for stroke in strokes])
    at = np.concatenate([[0.0], np.cumsum(shown)])
    return np.split(at, lengths[:-1]), is_timed, float((passed - shown).sum())


def _measure_way(stroke: np.ndarray) -> np.ndarray:
    """Returns how far the pen had come at each point: float64 (points,), from 0."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke[:, :2], axis=0).T))])


def _choose_stops(lengths: Sequence[float], most: int) -> list[tuple[int, float]]:
    """Chooses where to cut: stroke number and the way along it, in the pen's order; `np.inf` is the end of a stroke."""
    spare = max(0, most - (2 * len(lengths) - 1))
    whole = sum(lengths)
    stops: list[tuple[int, float]] = []
    for number, length in enumerate(lengths):
        parts = 1 + int(spare * (length / whole if whole else 0))
        starts = [0.0] if number and length else []
        stops += [(number, way) for way in [*starts, *(length * part / parts for part in range(1, parts)), np.inf]]
    chosen = np.linspace(len(stops) - 1, 0, min(most, len(stops))).round().astype(int)[::-1]
    return [stops[index] for index in chosen]
