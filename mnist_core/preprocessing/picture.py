"""Pixels -> 28x28 images, on the road that MNIST's own scans took.

A photo, an upload, a pasted image or someone else's digit: find which side is ink, take away the paper, crop, fit into
20x20 pixels with the aspect ratio kept, and move the centre of mass to the middle of 28x28. Thin lines are drawn
thicker first, because a thin pen on a large page would vanish. It does not look for several digits in one picture.

Reference:
    LeCun, Cortes and Burges, "The MNIST database", see `ink`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..errors import PictureError
from .decoding import shrink, standardise
from .fitting import box_of, fit_ink, fit_lines
from .ink import IMAGE_SIZE, PEN_WIDTH, draw_strokes, reduce_image
from .paper import find_ink, to_grey


@dataclass(frozen=True)
class Frame:
    """A rectangle on a picture, which may be turned.

    Args:
        x: Of its middle, from the left; like all lengths here as a share of the picture's longer side.
        y: Of its middle, from the top.
        width: Before it is turned.
        height: Before it is turned.
        angle: By how much it is turned clockwise, in degrees.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0


@dataclass(frozen=True)
class Step:
    """One of the pictures on the way from a photo to an image.

    Args:
        name: What was done.
        pixels: uint8 (height, width); ink is light, except on the first, which is the picture in grey.
    """

    name: str
    pixels: np.ndarray


@dataclass(frozen=True)
class FoundDigit:
    """A digit on a picture.

    Args:
        image: float32 (28, 28) in [0, 1]: 0 background, 1 full ink.
        frame: Where it was found, or where it was to be looked for.
        steps: The way from the picture to the image, the first step first.
    """

    image: np.ndarray
    frame: Frame
    steps: tuple[Step, ...]


def picture_to_image(picture: Image.Image | np.ndarray) -> np.ndarray:
    """Makes an MNIST-like image of a picture of one digit.

    Args:
        picture: A Pillow image of any mode and size, or an array of shape (height, width) or (height, width, 3 or 4),
            uint8 or float in [0, 1]. Dark on light and light on dark are both read.

    Returns:
        Array of shape (28, 28), float32 in [0, 1]: 0 background, 1 full ink.

    Raises:
        PictureError: Nothing on the picture stands out from its background.
    """
    return find_digit(picture).image


def find_digit(picture: Image.Image | np.ndarray, frame: Frame | None = None) -> FoundDigit:
    """Finds the digit on a picture, and makes an MNIST-like image of it.

    Args:
        picture: As of `picture_to_image`.
        frame: Where to look, as somebody has drawn it; None for the whole picture.

    Returns:
        The image, and how it came about.

    Raises:
        PictureError: Nothing in the frame stands out from its background.
    """
    if isinstance(picture, np.ndarray):
        picture = _from_array(picture)
    picture = standardise(shrink(picture))
    if frame is not None:
        picture = _cut_out(picture, frame)
    grey = to_grey(picture)
    ink = find_ink(grey)
    image = fit_lines(ink)
    steps = (Step("grey", _to_bytes(grey)), Step("ink", _to_bytes(ink)), Step("image", _to_bytes(image)))
    return FoundDigit(image, frame or _frame_of(ink), steps)


def draw_on_image(image: np.ndarray, strokes: Sequence[np.ndarray]) -> np.ndarray:
    """Adds strokes to an image and normalises the result again.

    Args:
        image: Array of shape (28, 28), float32 in [0, 1].
        strokes: What `ink.check_ink` returns, in units of the image's side: [0, 1].

    Returns:
        Array of shape (28, 28), float32 in [0, 1].
    """
    if not strokes:
        return image
    drawn = reduce_image(draw_strokes([stroke * IMAGE_SIZE for stroke in strokes], IMAGE_SIZE, PEN_WIDTH))
    return fit_ink(np.maximum(image, drawn))


def _from_array(array: np.ndarray) -> Image.Image:
    if array.ndim not in (2, 3) or 0 in array.shape or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise PictureError(
            "A picture must have the shape (height, width) or (height, width, 3 or 4). Received: {shape}.",
            shape=array.shape,
        )
    if array.dtype != np.uint8:
        if not np.issubdtype(array.dtype, np.floating) or not np.isfinite(array).all():
            raise PictureError(
                "A picture must be uint8, or finite floats in [0, 1]. Received: {dtype}.", dtype=array.dtype
            )
        array = np.rint(np.clip(array, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(array)


def _cut_out(picture: Image.Image, frame: Frame) -> Image.Image:
    """Returns what lies in a frame, upright; what lies beyond the picture is like its edge."""
    longest = max(picture.size)
    width, height = (max(1, round(side * longest)) for side in (frame.width, frame.height))
    radians = np.deg2rad(frame.angle)
    cosine, sine = float(np.cos(radians)), float(np.sin(radians))
    left = frame.x * longest - (width * cosine - height * sine) / 2
    top = frame.y * longest - (width * sine + height * cosine) / 2
    matrix = (cosine, -sine, left, sine, cosine, top)
    return picture.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _frame_of(ink: np.ndarray) -> Frame:
    """Returns the upright frame around ink."""
    top, left, bottom, right = box_of(ink)
    lengths = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    return Frame(*(length / max(ink.shape) for length in lengths))


def _to_bytes(values: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
