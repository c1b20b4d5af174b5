"""Brightness -> ink: which side of the paper is ink, how uneven the paper is, how noisy, and what stands out.

Two ways: `find_ink` measures all ink against one level and keeps its greys, `find_ink_smoothly` measures each
pixel against what is around it, which patterned or unevenly lit paper needs.

Reference:
    Sauvola and Pietikäinen (2000), "Adaptive document image binarization", for the local threshold.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from .fitting import box_of, stroke_width
from .ink import IMAGE_SIZE
from .parts import label_parts, remove_specks

FAINT = 0.15

_MIN_CONTRAST = 0.06
# What is read locally has a longer side of this many pixels: small pictures are enlarged, up to three times.
_SMOOTH_SIZES = 128, 256
_LARGEST_SCALE = 3
_SMOOTH_BLUR = 1.5
_WINDOW = 61
_STRENGTH = 0.05
# The least share of the picture that stands out, and of that the share that hangs together: noise falls into crumbs.
_SMOOTH_SHARE = 0.004
_SMOOTH_LARGEST = 0.35
# From ink to paper it takes no more pixels than this: a shadow takes longer.
_SMOOTH_EDGE = 20
# Pixels are at least so alike to their neighbours; those of mere noise are not, of 28x28 pixels up to 0.11.
_NOISE = 0.12
# The widest stroke of a pen, as a share of the ink's longer side: what is broader is no writing on patterned paper.
_SMOOTH_STROKE = 0.15


def to_grey(picture: Image.Image) -> np.ndarray:
    """Converts to brightness; transparent parts become paper.

    Args:
        picture: Of a mode that `decoding.standardise` gives.

    Returns:
        float32 (height, width) in [0, 1].
    """
    if picture.mode == "F":
        return np.asarray(picture)
    if picture.mode != "RGBA":
        return np.asarray(picture.convert("L"), np.float32) / 255
    layers = np.asarray(picture.convert("LA"), np.float32) / 255
    brightness, alpha = layers[..., 0], layers[..., 1]
    solid = alpha > 0.95
    if solid.all() or not alpha.any():
        return brightness * alpha + (1 - alpha)
    low, middle, high = np.quantile(brightness[solid] if solid.any() else brightness[alpha > 0], (0.02, 0.5, 0.98))
    if high - low < 0.3:  # ink alone, on a paper that was left out
        paper = 0.0 if middle > 0.5 else 1.0
        return brightness * alpha + paper * (1 - alpha)
    # Paper and ink: around it are a margin or the shadow of a window, which are neither.
    filled = brightness * alpha + middle * (1 - alpha)
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    outside = np.ones(solid.shape, bool)
    outside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = False
    return np.where(outside, np.float32(middle), filled)


def find_ink(grey: np.ndarray, *, is_cut: bool = False) -> np.ndarray | None:
    """Finds ink against the paper's level: polarity found, uneven paper and noise removed, contrast stretched.

    Args:
        grey: float32 (height, width), brightness in [0, 1].
        is_cut: Whether it was cut out of a larger picture, so that an even border does not tell of a clean one.

    Returns:
        float32 (height, width) in [0, 1], not all zero; None where nothing stands out: the picture is blank, too faint
        or too noisy.
    """
    ink, is_even = measure(grey)
    if not is_even:
        ink = _remove_background(ink)
    darkest = np.sort(ink, axis=None)[-max(8, ink.size // 500) :].mean()
    paper = ink[ink < darkest / 2]  # a broad pen, or a tight crop, leaves little of it
    level = np.median(paper) if paper.size else 0.0
    floor = 4 * 1.4826 * np.median(np.abs(paper - level)) if paper.size else 0.0
    if darkest < _MIN_CONTRAST or floor > 0.6 * (darkest - level):
        return None
    ink = np.clip((ink - floor) / (darkest - floor), 0, 1)
    if is_even and not is_cut and max(ink.shape) <= 2 * IMAGE_SIZE:
        return ink  # a clean small image, such as MNIST's own: its faintest edge is ink
    # Elsewhere faint marks are what is left of shadows, or the rings of a JPEG.
    return remove_specks(np.where(ink > FAINT, ink, 0))


def find_ink_smoothly(grey: np.ndarray, *, always: bool = False) -> Iterator[np.ndarray]:
    """Finds ink on patterned or unevenly lit paper: the picture is enlarged or reduced and blurred a little, and cut.

    Args:
        grey: float32 (height, width), brightness in [0, 1].
        always: Also where the picture's border is even: it may be the ink that is blurred.

    Yields:
        float32 of another size but the same proportions, 0 or 1, not all zero: what is darker than its surroundings,
        and what is darker than one level (Otsu). Nothing where that falls into crumbs, or the picture is mere noise.
    """
    from .opencv import cv2

    values, is_even = measure(grey)
    if min(grey.shape) < 2 or (is_even and not always) or _likeness_of_neighbours(values) < _NOISE:
        return
    smallest, largest = _SMOOTH_SIZES
    longest = max(grey.shape)
    if longest > smallest:
        values = _remove_background(values)
    scale = min(_LARGEST_SCALE, max(smallest, min(largest, longest)) / longest)
    interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    values = cv2.resize(values, None, fx=scale, fy=scale, interpolation=interpolation)
    values = cv2.GaussianBlur(values, (0, 0), _SMOOTH_BLUR)
    for mask in (_stands_out(values), _is_above_level(values)):
        ink = _keep_writing(values, mask)
        if ink is not None:
            yield ink


def _likeness_of_neighbours(values: np.ndarray) -> float:
    """Returns the correlation of pixels with those beside them or, if less, with those below: 0 in mere noise."""
    values = values - values.mean()
    below, beside = (values[1:] * values[:-1]).mean(), (values[:, 1:] * values[:, :-1]).mean()
    return float(min(below, beside) / max(1e-12, float((values * values).mean())))


def _keep_writing(values: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
    """Returns the large parts of a mask, float32; None where there are none, or they are no strokes of a pen."""
    from .opencv import cv2

    if not _SMOOTH_SHARE < mask.mean() < 1:
        return None
    contrast = values[mask].mean() - values[~mask].mean()
    edge = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    slope = np.hypot(*np.gradient(values))[edge].mean()
    if contrast < _MIN_CONTRAST or slope < contrast / _SMOOTH_EDGE:
        return None
    if np.bincount(label_parts(mask).ravel())[1:].max() < _SMOOTH_LARGEST * mask.sum():
        return None
    ink = remove_specks(mask.astype(np.float32))
    top, left, bottom, right = box_of(ink)
    return None if stroke_width(ink) > _SMOOTH_STROKE * max(bottom - top, right - left) else ink


def _is_above_level(values: np.ndarray) -> np.ndarray:
    from .opencv import cv2

    levels = np.rint(255 * (values - values.min()) / max(1e-6, float(np.ptp(values)))).astype(np.uint8)
    return cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1] > 0


def find_walls(grey: np.ndarray) -> np.ndarray:
    """Marks what stands out from what is around it, fine lines too: uint8 (height, width), 0 or 1."""
    return _stands_out(measure(grey)[0]).astype(np.uint8)


def _stands_out(values: np.ndarray) -> np.ndarray:
    """As `stands_out`, in windows that are half as wide as the picture's longer side."""
    return stands_out(values, max(_WINDOW, max(values.shape) // 2) | 1, _STRENGTH)


def stands_out(values: np.ndarray, window: int, strength: float) -> np.ndarray:
    """Compares light ink with Sauvola's threshold.

    Args:
        values: float32 (height, width), how far each pixel is from the paper, as of `measure`.
        window: Odd side of the square around each pixel that it is compared with, in pixels.
        strength: How far ink must stand out from it where it is even.

    Returns:
        bool (height, width).
    """
    from .opencv import cv2

    mean = cv2.boxFilter(values, -1, (window, window), borderType=cv2.BORDER_REFLECT)
    square = cv2.boxFilter(values * values, -1, (window, window), borderType=cv2.BORDER_REFLECT)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    return values > mean + strength * (1 - deviation / 0.5)


def measure(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """Returns how far each pixel is from the paper, ink above 0, and whether the picture's border is even."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(border))
    smooth = reduce_to(grey, 100)  # a single odd pixel must not decide what is ink
    sign = 1 if smooth.max() - paper >= paper - smooth.min() else -1
    return sign * (grey - paper), bool(np.ptp(border) == 0)


def _remove_background(ink: np.ndarray) -> np.ndarray:
    """Subtracts what is wider than a third of the picture: grey paper, fog, shadows (a morphological opening)."""
    height, width = ink.shape
    if min(height, width) < 12:
        return ink
    from .opencv import cv2

    small = reduce_to(ink, 48)
    window = np.ones((min(small.shape) // 3 | 1,) * 2, np.uint8)
    opened = cv2.morphologyEx(small, cv2.MORPH_OPEN, window, borderType=cv2.BORDER_REPLICATE)
    return ink - cv2.resize(opened, (width, height), interpolation=cv2.INTER_LINEAR)


def reduce_to(values: np.ndarray, longest: int) -> np.ndarray:
    """Averages float32 values down to a longer side of at most `longest`."""
    scale = min(1, longest / max(values.shape))
    size = tuple(max(1, round(side * scale)) for side in reversed(values.shape))
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BOX))
