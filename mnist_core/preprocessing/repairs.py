"""Damaged pictures -> what was there before: stripes, outlines, dust, gaps, a line drawn across.

Each repair looks for its damage's signs first. All but the first know small pictures alone, where a pixel is as wide as
a speck or a stroke's edge; on larger ones such damages are no wider than dust.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .fitting import box_of, stroke_width
from .ink import IMAGE_SIZE
from .paper import FAINT, find_ink, find_ink_smoothly, measure
from .parts import label_parts, remove_specks

_ALIKE = 0.2
_STRIPE_CONTRAST = 0.6
_STRAIGHT = 0.75
# In pixels: an outline is drawn with a finer line than any pen's.
_OUTLINE_WIDTH = 1.3
# What an outline goes around is a stroke where it is no wider than this share of the digit.
_STROKE_SHARE = 0.45
# A speck has no more pixels than this, and is at least this dark, as a share of the darkest.
_CRUMB = 6
_CRUMB_CONTRAST = 0.3
# A line across reaches this near to the picture's sides, and its ends are this high, as shares of the picture's side.
_SIDE = 0.12
_END_HEIGHT = 0.3
_BAND = 3
_END = 3


def even_out(grey: np.ndarray) -> np.ndarray | None:
    """Finds ink on paper that is light in some columns, or rows, and dark in others.

    Args:
        grey: float32 (height, width), brightness in [0, 1].

    Returns:
        The ink, float32 of the same shape in [0, 1]; None where the paper is of one brightness.
    """
    for values in (grey, grey.T):
        first, last = values[0], values[-1]
        is_paper = np.abs(first - last) < _ALIKE
        if is_paper.mean() < 0.6:
            continue
        known = np.flatnonzero(is_paper)
        nearest = known[np.abs(np.arange(len(first))[:, None] - known).argmin(axis=1)]
        paper = ((first + last) / 2)[nearest]
        ink = np.abs(values - paper)
        edges = np.flatnonzero(np.abs(np.diff(paper)) > _STRIPE_CONTRAST)
        # A stripe ends along all of its length: elsewhere it is the side of a thing.
        are_straight = [(np.abs(values[:, edge + 1] - values[:, edge]) > _ALIKE).mean() > _STRAIGHT for edge in edges]
        if any(are_straight) and all(are_straight) and (ink > 2 * FAINT).any():
            ink = np.where(ink > FAINT, ink, 0)
            return np.ascontiguousarray(ink if values is grey else ink.T)
    return None


def fill_outlines(ink: np.ndarray) -> Iterator[np.ndarray]:
    """Fills ink that is the outline of strokes: as it is, its gaps closed, and what is narrow; nothing if it is none.

    Args:
        ink: float32 (height, width) in [0, 1].

    Yields:
        float32 of the same shape, 0 or 1.
    """
    if max(ink.shape) > 2 * IMAGE_SIZE or stroke_width(ink) > _OUTLINE_WIDTH:
        return
    from .opencv import cv2

    top, left, bottom, right = box_of(ink)
    most = _STROKE_SHARE * max(bottom - top, right - left)
    lines = np.pad((ink > 0.4).astype(np.uint8), 2)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    for filled in (
        _fill(lines),
        _fill(cv2.morphologyEx(lines, cv2.MORPH_CLOSE, cross)),
        cv2.morphologyEx(lines, cv2.MORPH_CLOSE, disc),
    ):
        if filled.sum() > 1.1 * lines.sum() and 2 * cv2.distanceTransform(filled, cv2.DIST_L2, 3).max() < most:
            yield filled[2:-2, 2:-2].astype(np.float32)


def _fill(outline: np.ndarray) -> np.ndarray:
    """Fills what an odd number of lines goes around: uint8, 0 or 1."""
    from .opencv import cv2

    contours, tree = cv2.findContours(outline, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer = [contour for contour, links in zip(contours, tree[0], strict=True) if links[3] < 0]
    return cv2.drawContours(np.zeros_like(outline), outer, -1, 1, cv2.FILLED) | outline


def repair_small(grey: np.ndarray, ink: np.ndarray | None) -> Iterator[np.ndarray]:
    """Finds ink on a small damaged picture, in each way whose damage it shows signs of.

    Args:
        grey: float32 (height, width), brightness in [0, 1].
        ink: What `find_ink` has found on it.

    Yields:
        float32 of any size, in [0, 1]: smoothed, without single odd pixels, without a line across, with gaps closed.
    """
    if max(grey.shape) > 2 * IMAGE_SIZE:
        return
    from .opencv import cv2

    yield from find_ink_smoothly(grey, always=True)
    if ink is None:
        return
    if _count_crumbs(grey) > 1:
        pixels = np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8)
        calm = find_ink(cv2.medianBlur(pixels, 3).astype(np.float32) / 255)
        if calm is not None:
            yield calm
    yield from _without_line(ink)
    if label_parts(ink > 2 * FAINT).max() > 1:
        yield cv2.morphologyEx(ink, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))


def _count_crumbs(grey: np.ndarray) -> int:
    """Counts the parts of a few pixels each that stand out from the paper."""
    from .opencv import cv2

    values = measure(grey)[0]
    mask = (values > _CRUMB_CONTRAST * values.max()).astype(np.uint8)
    boxes = cv2.connectedComponentsWithStats(mask, connectivity=8)[2]
    return int((boxes[1:, cv2.CC_STAT_AREA] <= _CRUMB).sum())


def _without_line(ink: np.ndarray) -> Iterator[np.ndarray]:
    """Erases what lies in a band from the left end of the ink to its right end, and bridges strokes across it."""
    height, width = ink.shape
    columns = np.flatnonzero((ink > 2 * FAINT).any(axis=0))
    first, last = int(columns[0]), int(columns[-1])
    if first > _SIDE * width or last < (1 - _SIDE) * width - 1:
        return
    ends = ink[:, first : first + _END], ink[:, last - _END + 1 : last + 1]
    rows = [np.flatnonzero((end > 2 * FAINT).any(axis=1)) for end in ends]
    if max(np.ptp(row) for row in rows) > _END_HEIGHT * height:
        return
    from .opencv import cv2

    middles = [float((np.arange(height) * end.sum(axis=1)).sum() / end.sum()) for end in ends]
    line = np.interp(np.arange(width), [first + _END / 2 - 0.5, last - _END / 2 + 0.5], middles)
    above, below = np.floor(line - _BAND).astype(int), np.ceil(line + _BAND).astype(int)
    y = np.arange(height)[:, None]
    in_band = (y > above) & (y < below)
    thick = cv2.resize(ink, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (6, 6))
    thick = cv2.resize(cv2.morphologyEx(thick, cv2.MORPH_OPEN, disc), (width, height), interpolation=cv2.INTER_AREA)
    for slopes, kept in (((-0.5, 0, 0.5), thick), ((-1, -0.5, 0, 0.5, 1), np.zeros_like(ink))):
        bridged = [_bridge(ink, above, below, slope) for slope in slopes]
        inside = np.minimum(ink, np.maximum.reduce([kept, *bridged]))
        cleaned = np.where(in_band, inside, ink)
        cleaned = remove_specks(np.where(cleaned > FAINT, cleaned, 0).astype(np.float32))
        if cleaned.any():
            yield cleaned


def _bridge(ink: np.ndarray, above: np.ndarray, below: np.ndarray, slope: float) -> np.ndarray:
    """Returns what a stroke of this slope, in columns a row, would put between the ink above and below a band."""
    height, width = ink.shape
    y, x = np.mgrid[:height, :width]

    def look(edge: np.ndarray) -> np.ndarray:
        there = np.rint(x + slope * (edge[x] - y)).astype(int)
        column = np.clip(there, 0, width - 1)
        row = edge[column]
        outside = (there != column) | (row < 0) | (row >= height)
        return np.where(outside, 0, ink[np.clip(row, 0, height - 1), column])

    return np.minimum(look(above), look(below))
