"""Connected parts of ink: numbered, and those taken away that are no part of a digit."""

from __future__ import annotations

import numpy as np

_SPECK = 0.05
_COARSE = 128
_WHOLE = 0.1
_DARK = 0.3
# A line is at least so long, and its ends are at most so far from level, as shares of the picture's width; and at most
# so wide, as a share of the longer side.
_LINE_LENGTH = 0.6
_LINE_TILT = 0.04
_LINE_WIDTH = 0.025
# One or two lines are a box or a table only this near to the picture's edge, as a share of its side.
_LINE_MARGIN = 0.3
_FEWEST_RULES = 3


def label_parts(mask: np.ndarray) -> np.ndarray:
    """Numbers the 8-connected parts of a mask: int32 array of the same shape, 0 outside."""
    from .opencv import cv2

    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[1]


def remove_specks(ink: np.ndarray) -> np.ndarray:
    """Erases connected parts that hold less than 5 % of the largest part's ink.

    Args:
        ink: float32 (height, width) in [0, 1].
    """
    from .opencv import cv2

    # On a large picture a line that is broken by a pixel or two is one part.
    reach = max(ink.shape) // _COARSE
    near = cv2.dilate((ink > 0).astype(np.uint8), np.ones((reach | 1, reach | 1), np.uint8))
    parts = label_parts(near)
    amounts = np.bincount(parts.ravel(), weights=ink.ravel())
    amounts[0] = 0
    return np.where((amounts >= _SPECK * amounts.max())[parts], ink, 0)


def remove_neighbours(ink: np.ndarray) -> np.ndarray:
    """Erases connected parts that the picture's edge cuts off: of a digit's neighbours, mostly, and of shades.

    The largest part stays, or where it is cut off, the largest of the others, if it is a tenth of it at least.
    """
    from .opencv import cv2

    _, labels, boxes, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    left, top, width, height, area = boxes.T
    is_cut = (left == 0) | (top == 0) | (left + width == ink.shape[1]) | (top + height == ink.shape[0])
    is_cut[0] = False
    largest = 1 + np.argmax(area[1:])
    whole = np.where(is_cut, 0, area)[1:].max(initial=0)
    if not is_cut[largest] or whole < _WHOLE * area[largest]:
        is_cut[largest] = False
    return np.where(is_cut[labels], 0, ink)


def remove_lines(ink: np.ndarray) -> np.ndarray:
    """Erases fine straight lines along most of the picture: of a box that ink touches, of ruled paper, of a table.

    What crosses a line stays. A line alone in the middle stays as well: it may be a stroke.

    Args:
        ink: float32 (height, width) in [0, 1].

    Returns:
        float32 of the same shape.
    """
    mask = (ink > _DARK).astype(np.uint8)
    lines = _find_lines(mask) | np.ascontiguousarray(_find_lines(np.ascontiguousarray(mask.T)).T)
    return remove_specks(np.where(lines, 0, ink).astype(np.float32)) if lines.any() else ink


def _find_lines(mask: np.ndarray) -> np.ndarray:
    """Marks the level lines on a mask, but for what crosses them: uint8, 0 or 1."""
    from .opencv import cv2

    height, width = mask.shape
    finest = max(2, round(_LINE_WIDTH * max(mask.shape)))
    runs = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, max(5, width // 8)), np.uint8))
    broad = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((finest + 1, finest + 1), np.uint8))
    runs = np.where(broad, 0, runs).astype(np.uint8)
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, width // 4), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    _, top, wide, high, area = boxes.T
    is_line = (wide > _LINE_LENGTH * width) & (high < finest + _LINE_TILT * width)
    is_line[0] = False
    middle = top + high / 2
    is_outer = (middle < _LINE_MARGIN * height) | (middle > (1 - _LINE_MARGIN) * height)
    if is_line.sum() < _FEWEST_RULES:
        is_line = is_line & is_outer
    found = np.zeros_like(mask)
    for label in np.flatnonzero(is_line):
        thickness = -(-int(area[label]) // int(wide[label]))
        around = cv2.dilate((labels == label).astype(np.uint8), np.ones((3, 3), np.uint8))
        crossing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2 * thickness + 3, 1), np.uint8))
        found[(around > 0) & (crossing == 0)] = 1
    return found
