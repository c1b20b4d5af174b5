"""Connected parts of ink: numbered, and those taken away that are no part of a digit."""

from __future__ import annotations

import numpy as np

_SPECK = 0.05
_COARSE = 128


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
    """Erases connected parts that the picture's edge cuts off, beside the largest: of a digit's neighbours, mostly."""
    from .opencv import cv2

    _, labels, boxes, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    left, top, width, height, area = boxes.T
    is_cut = (left == 0) | (top == 0) | (left + width == ink.shape[1]) | (top + height == ink.shape[0])
    is_cut[[0, 1 + np.argmax(area[1:])]] = False
    return np.where(is_cut[labels], 0, ink)
