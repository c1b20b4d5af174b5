"""Ink of any size -> the 28x28 image: cropped, thin lines thickened, fitted into 20x20 pixels, its mass centred.

Reference:
    LeCun, Cortes and Burges, "The MNIST database", see `ink`.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from .ink import BOX_SIZE, IMAGE_SIZE, MASS_CENTRE, mass_offset

_THIN = 1.6


def fit_ink(ink: np.ndarray) -> np.ndarray:
    """Fits ink into the 20x20 box of MNIST's recipe, and centres its mass.

    Args:
        ink: Array of shape (height, width), float32 in [0, 1], not all zero.

    Returns:
        Array of shape (28, 28), float32 in [0, 1].
    """
    return _fit(_crop(ink))


def fit_lines(ink: np.ndarray) -> np.ndarray:
    """Fits ink as `fit_ink` does, and thickens thin lines first: a thin pen on a large page would vanish."""
    return _fit(_thicken(_crop(ink)))


def box_of(ink: np.ndarray) -> tuple[int, int, int, int]:
    """Returns the first row and column with ink, and those after the last: top, left, bottom, right."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _crop(ink: np.ndarray) -> np.ndarray:
    top, left, bottom, right = box_of(ink)
    return ink[top:bottom, left:right]


def stroke_width(ink: np.ndarray) -> float:
    """Returns the mean width of the strokes in pixels: twice the area over the length of the outline."""
    padded = np.pad(ink, 1)
    slope_y, slope_x = np.diff(padded, axis=0)[:, :-1], np.diff(padded, axis=1)[:-1]
    return float(2 * ink.sum() / np.hypot(slope_y, slope_x).sum())


def _thicken(ink: np.ndarray) -> np.ndarray:
    """Widens strokes that would be thinner than a scanned pen stroke after fitting."""
    box = max(ink.shape)
    missing = _THIN * box / BOX_SIZE - stroke_width(ink)
    if box <= 2 * BOX_SIZE or missing < 1:
        return ink
    from .opencv import cv2

    side = round(missing) | 1
    return cv2.dilate(np.pad(ink, round(missing / 2)), np.ones((side, side), np.uint8))


def _fit(ink: np.ndarray) -> np.ndarray:
    """Fits cropped ink into the 20x20 box and centres its mass."""
    height, width = ink.shape
    scale = BOX_SIZE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    resized = ink
    if size != (width, height):
        resized = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BILINEAR))
    image = np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.float32)
    top, left = mass_offset(resized, IMAGE_SIZE, MASS_CENTRE)
    image[top : top + resized.shape[0], left : left + resized.shape[1]] = resized
    return image
