"""Pen strokes -> 28x28 images.

Ink is a list of strokes, a stroke a list of `[x, y]` or `[x, y, milliseconds]`, x to the right, y down, in any unit.
The digit is scaled so that it fills the 20x20 box of the MNIST recipe, drawn with one pen width whatever the device,
and moved so that its centre of mass lies where MNIST has it. Size, place and brush of a drawing therefore do not
matter. Nothing here reads pixels: that is `picture`.

Reference:
    LeCun, Cortes and Burges, "The MNIST database": "normalized to fit in a 20x20 pixel box while preserving their
    aspect ratio ... centered in a 28x28 image by computing the center of mass of the pixels".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import InkError

IMAGE_SIZE = 28
BOX_SIZE = 20
# MNIST moves the centre of mass to pixel 14 (counted from 0), half a pixel right of and below the image's middle.
MASS_CENTRE = 14.5
# In network pixels. Chosen on pen ink: accuracy there is flat from 2 to 2.75 and falls beyond.
PEN_WIDTH = 2.5
MAX_POINTS = 50_000
# Strokes are drawn at this many times the resolution of the image. The pen is 25 pixels wide there: only odd widths are
# drawn by OpenCV as they are asked for.
SUPERSAMPLING = 10
CANVAS_SIZE = IMAGE_SIZE * SUPERSAMPLING

# Beyond these, arithmetic on coordinates overflows.
_FARTHEST = 1e150
_SMALLEST = 1e-150
# Coordinates of drawn lines have this many bits behind the point, and are cut off where they would overflow.
_FRACTION_BITS = 4
_FARTHEST_PIXEL = 1e6


def check_ink(ink: Any, *, allow_dot: bool = False) -> list[np.ndarray]:
    """Turns ink from outside into strokes that can be drawn.

    Args:
        ink: A sequence of strokes, each a sequence of `[x, y]` or `[x, y, milliseconds]`.
        allow_dot: Whether a single dot will do, as it does on top of an image.

    Returns:
        Strokes, each float64 of shape (points, 2); empty ones are left out.

    Raises:
        InkError: There is no ink, only a single dot, too many points, or something that is not a finite coordinate.
    """
    if isinstance(ink, np.ndarray):
        ink = ink.tolist()
    if isinstance(ink, str | bytes) or not isinstance(ink, Sequence):
        raise InkError(
            "Ink must be a list of strokes, each a list of [x, y]. Received: {kind}.", kind=type(ink).__name__
        )
    check_amount(ink)
    strokes = [_check_stroke(stroke, index) for index, stroke in enumerate(ink) if _length(stroke)]
    if not strokes:
        raise InkError("There is no ink. Draw a digit first.")
    if max(np.abs(stroke).max() for stroke in strokes) > _FARTHEST:
        raise InkError(
            "This ink lies too far away. Expected coordinates between -{farthest:.0e} and {farthest:.0e}.",
            farthest=_FARTHEST,
        )
    if largest_extent(strokes) < _SMALLEST and not allow_dot:
        raise InkError("This is a single dot. Draw a line.")
    return strokes


def check_amount(ink: Sequence[Any]) -> None:
    """Makes sure that ink has no more than `MAX_POINTS` points.

    Args:
        ink: A sequence of strokes, unchecked; empty ones count as a point, since millions of them take time, too.

    Raises:
        InkError: It has more.
    """
    num_points = sum(max(1, _length(stroke)) for stroke in ink)
    if num_points > MAX_POINTS:
        raise InkError(
            "There is too much ink: {num_points} points, of which at most {max_points} are accepted. "
            "Clear the pad and draw again.",
            num_points=num_points,
            max_points=MAX_POINTS,
        )


def largest_extent(strokes: Sequence[np.ndarray]) -> float:
    """Returns the larger side of the box around all points, in the unit of the ink."""
    points = np.concatenate(strokes)
    return float((points.max(axis=0) - points.min(axis=0)).max())


def render_ink(strokes: Sequence[np.ndarray], *, pen_width: float = PEN_WIDTH) -> np.ndarray:
    """Draws strokes as MNIST would have scanned them.

    Args:
        strokes: What `check_ink` returns.
        pen_width: Width of the pen in network pixels.

    Returns:
        Array of shape (28, 28), float32 in [0, 1]: 0 background, 1 full ink.

    Example:
        >>> render_ink(check_ink([[[10, 0], [10, 90]]])).shape
        (28, 28)
    """
    drawn = draw_in_box(strokes, pen_width)
    return reduce_image(put_on_canvas(drawn, *mass_offset(drawn, CANVAS_SIZE, MASS_CENTRE * SUPERSAMPLING)))


def draw_in_box(strokes: Sequence[np.ndarray], pen_width: float) -> np.ndarray:
    """Draws strokes so that their longer side, pen included, fills the 20x20 box; their frame's middle is the box's.

    Args:
        strokes: What `check_ink` returns.
        pen_width: Width of the pen in network pixels.

    Returns:
        Array of shape (200, 200), uint8: 0 or 255.
    """
    points = np.concatenate(strokes)
    lowest, highest = points.min(axis=0), points.max(axis=0)
    scale = (BOX_SIZE - pen_width) / (highest - lowest).max()
    middle = (lowest + highest) / 2
    return draw_strokes([(stroke - middle) * scale + BOX_SIZE / 2 for stroke in strokes], BOX_SIZE, pen_width)


def put_on_canvas(drawn: np.ndarray, top: int, left: int) -> np.ndarray:
    """Puts what was drawn, uint8 (height, width), on an empty canvas, uint8 (280, 280), on which it must fit."""
    canvas = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.uint8)
    canvas[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return canvas


def draw_strokes(strokes: Sequence[np.ndarray], size: int, pen_width: float) -> np.ndarray:
    """Draws strokes with round ends and joints at ten times the resolution.

    Args:
        strokes: Arrays of shape (points, 2), in network pixels from the top left.
        size: Side of the square that is drawn on, in network pixels.
        pen_width: Width of the pen in network pixels; drawn to the nearest odd number of tenths.

    Returns:
        Array of shape (10 size, 10 size), uint8: 0 or 255.
    """
    from .opencv import cv2

    drawn = np.zeros((size * SUPERSAMPLING,) * 2, np.uint8)
    # OpenCV takes pixel centres, and draws one pixel more than an even thickness.
    corners = [_to_fixed_point(stroke * SUPERSAMPLING - 0.5) for stroke in strokes]
    thickness = max(1, 2 * round((pen_width * SUPERSAMPLING - 1) / 2))
    return cv2.polylines(drawn, corners, isClosed=False, color=255, thickness=thickness, shift=_FRACTION_BITS)


def _to_fixed_point(points: np.ndarray) -> np.ndarray:
    """Converts pixels to OpenCV's whole numbers; a dot becomes a line, or it would not be drawn."""
    corners = np.rint(np.clip(points, -_FARTHEST_PIXEL, _FARTHEST_PIXEL) * (1 << _FRACTION_BITS)).astype(np.int32)
    return corners if len(corners) > 1 else corners.repeat(2, axis=0)


def reduce_image(canvas: np.ndarray) -> np.ndarray:
    """Averages a canvas drawn at ten times the resolution: uint8 (10 h, 10 w) to float32 (h, w) in [0, 1]."""
    from .opencv import cv2

    height, width = (side // SUPERSAMPLING for side in canvas.shape)
    return cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def mass_offset(drawn: np.ndarray, canvas_size: int, target: float) -> tuple[int, int]:
    """Finds where `drawn` goes on a square canvas so that its centre of mass is nearest to `target` in both axes.

    Args:
        drawn: Array of shape (height, width), any unit of ink, not all zero.
        canvas_size: Side of the canvas, in the pixels of `drawn`.
        target: Wanted distance of the centre of mass from the canvas' edge, in the pixels of `drawn`.

    Returns:
        Top and left, such that nothing is cut off.
    """
    top, left = (
        int(np.clip(round(target - centre), 0, canvas_size - length))
        for centre, length in zip(centre_of_mass(drawn), drawn.shape, strict=True)
    )
    return top, left


def centre_of_mass(drawn: np.ndarray) -> tuple[float, float]:
    """Finds the centre of mass of ink, not all zero: from the top and from the left edge, in pixels of `drawn`."""
    centres = []
    for axis in (0, 1):
        profile = drawn.sum(axis=1 - axis, dtype=np.float64)
        centres.append(float((profile * (np.arange(len(profile)) + 0.5)).sum() / profile.sum()))
    return centres[0], centres[1]


def _length(stroke: Any) -> int:
    """Returns the number of points; 1 for what is no stroke at all, so that it is looked at and refused."""
    if isinstance(stroke, np.ndarray):
        return stroke.shape[0] if stroke.ndim else 1
    return len(stroke) if isinstance(stroke, Sequence) else 1


def _check_stroke(stroke: Any, index: int) -> np.ndarray:
    try:
        points = np.asarray(stroke, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1] not in (2, 3):
        raise InkError("Stroke {index} is not a list of [x, y] or [x, y, milliseconds].", index=index)
    if not np.isfinite(points[:, :2]).all():
        raise InkError("Stroke {index} has a coordinate that is not a finite number.", index=index)
    return points[:, :2]
