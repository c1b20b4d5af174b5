"""Pen strokes -> a 28x28 image, one step at a time, each of which can be left out; and what leaving it out costs.

With all steps this is `ink.render_ink`. Without some it is what a page would send that did not prepare its drawings as
MNIST's were: the same digits from another distribution than the one that was learned.

Reference:
    Quinonero-Candela et al. (eds., 2009), "Dataset shift in machine learning", on what another distribution of inputs
    does to a model.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InkError
from .ink import (
    BOX_SIZE,
    CANVAS_SIZE,
    IMAGE_SIZE,
    MASS_CENTRE,
    PEN_WIDTH,
    SUPERSAMPLING,
    centre_of_mass,
    draw_in_box,
    draw_strokes,
    largest_extent,
    mass_offset,
    put_on_canvas,
    reduce_image,
)

# Fitted into the 20x20 box; drawn with one pen width; moved by the centre of mass; anti-aliased.
STEPS = ("box", "pen", "mass", "smooth")
# Pen width of the page's pad as a share of its side, unless the visitor chooses another.
BRUSH = 0.06

# In shares of the pad's side. A pen that leaves the pad goes on, but not for ever.
_FARTHEST = 100


@dataclass(frozen=True)
class Journey:
    """A drawing on its way. A step that is left out gives the picture before it once more.

    Args:
        ink: The strokes on the pad as the visitor sees them. Like the next three: uint8 (280, 280), 0 or 255, ten
            pixels to one of the network across and down.
        box: Scaled to fill the 20x20 box, in the middle; the visitor's pen width is scaled with it.
        pen: Drawn with a pen of one width.
        mass: Moved so that the centre of mass is MNIST's.
        image: float32 (28, 28) in [0, 1]: the average of each pixel or, without the last step, the ink at its middle.
        pen_width: Of the last three pictures, in network pixels.
    """

    ink: np.ndarray
    box: np.ndarray
    pen: np.ndarray
    mass: np.ndarray
    image: np.ndarray
    pen_width: float


def follow(strokes: Sequence[np.ndarray], steps: Collection[str] = STEPS, *, brush: float = BRUSH) -> Journey:
    """Takes a drawing through the steps from strokes to an image.

    Without the box, the whole square of the pad becomes the image, and what lies outside the pad is cut off. Without
    the pen, the visitor's own one is scaled with the drawing. Without the mass, the box or the pad lies in the middle
    as it is.

    Args:
        strokes: What `check_ink` returns, in shares of the pad's side.
        steps: Which of `STEPS` are taken; their order does not matter.
        brush: The visitor's pen width as a share of the pad's side, more than 0.

    Raises:
        InkError: The strokes lead too far away from the pad.
        ValueError: There is no such step, or no such brush.
    """
    if not set(steps) <= set(STEPS) or not 0 < brush <= 1:
        raise ValueError(f"Expected steps of {STEPS} and a brush in ]0, 1]. Received: {steps!r} and {brush!r}.")
    if max(np.abs(stroke).max() for stroke in strokes) > _FARTHEST:
        raise InkError(
            "The drawing lies too far outside the pad. Expected coordinates within {farthest} times its side.",
            farthest=_FARTHEST,
        )
    ink = _draw_on_pad(strokes, brush * IMAGE_SIZE)
    pen_width = scale_brush(strokes, steps, brush)
    box = _draw_boxed(strokes, pen_width) if "box" in steps else ink
    pen = box
    if "pen" in steps:
        pen_width = PEN_WIDTH
        pen = _draw_boxed(strokes, pen_width) if "box" in steps else _draw_on_pad(strokes, pen_width)
    mass = _centre_by_mass(pen, "box" in steps) if "mass" in steps else pen
    return Journey(ink, box, pen, mass, reduce_image(mass) if "smooth" in steps else _sample(mass), pen_width)


def scale_brush(strokes: Sequence[np.ndarray], steps: Collection[str], brush: float) -> float:
    """Returns the visitor's pen width in network pixels when the drawing is scaled to the box or with the whole pad."""
    return BOX_SIZE * brush / (brush + largest_extent(strokes)) if "box" in steps else IMAGE_SIZE * brush


def find_centre(picture: np.ndarray) -> tuple[float, float] | None:
    """Finds the centre of mass of a picture of a `Journey`, in network pixels from top and left; None if empty."""
    if not picture.any():
        return None
    row, column = centre_of_mass(picture)
    return row / SUPERSAMPLING, column / SUPERSAMPLING


def name_variant(without: Collection[str]) -> str:
    """Returns a name for what is left when these steps are left out, whatever their order: "box+mass"; "" for none."""
    return "+".join(step for step in STEPS if step in without)


def _draw_on_pad(strokes: Sequence[np.ndarray], pen_width: float) -> np.ndarray:
    return draw_strokes([stroke * IMAGE_SIZE for stroke in strokes], IMAGE_SIZE, pen_width)


def _draw_boxed(strokes: Sequence[np.ndarray], pen_width: float) -> np.ndarray:
    drawn = draw_in_box(strokes, pen_width)
    margin = (CANVAS_SIZE - drawn.shape[0]) // 2
    return put_on_canvas(drawn, margin, margin)


def _centre_by_mass(canvas: np.ndarray, is_boxed: bool) -> np.ndarray:
    """Moves what is drawn; of the pad no more than its ink, or nothing could be moved without being cut off."""
    if not canvas.any():
        return canvas
    if is_boxed:
        margin = (CANVAS_SIZE - BOX_SIZE * SUPERSAMPLING) // 2
        drawn = canvas[margin:-margin, margin:-margin]
    else:
        rows, columns = (np.flatnonzero(canvas.any(axis=axis)) for axis in (1, 0))
        drawn = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return put_on_canvas(drawn, *mass_offset(drawn, CANVAS_SIZE, MASS_CENTRE * SUPERSAMPLING))


def _sample(canvas: np.ndarray) -> np.ndarray:
    """Makes each pixel black or white, by what lies at its middle."""
    middle = SUPERSAMPLING // 2
    return (canvas[middle::SUPERSAMPLING, middle::SUPERSAMPLING] > 0).astype(np.float32)
