"""Pixels -> 28x28 images, on the road that MNIST's own scans took.

A photo, an upload, a pasted image or someone else's digit: find which side is ink, take away the paper, crop, fit into
20x20 pixels with the aspect ratio kept, and move the centre of mass to the middle of 28x28. Thin lines are drawn
thicker first, because a thin pen on a large page would vanish. Several digits on one
picture: see `picture_groups`.

Reference:
    LeCun, Cortes and Burges, "The MNIST database", see `ink`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..errors import PictureError
from .decoding import shrink, standardise
from .fitting import box_of, fit_ink, fit_lines
from .ink import IMAGE_SIZE, PEN_WIDTH, draw_strokes, reduce_image
from .paper import find_ink, find_ink_smoothly, to_grey
from .parts import remove_lines, remove_neighbours
from .repairs import even_out, fill_outlines, repair_small
from .sheets import Sheet, cut_sheet, find_sheets

# Ink without lines or neighbours is another reading where so much of it remains.
_LEAST_KEPT, _MOST_KEPT = 0.05, 0.99
_LEAST_KEPT_OF_SMALL = 0.7
# Sheets up to so many pixels, on which a pen's stroke may be finer than a pixel, are read smoothly as well.
_SMALL_SHEET = 100


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

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height, before it is turned."""
        return self.x - self.width / 2, self.y - self.height / 2, self.width, self.height


@dataclass(frozen=True)
class Step:
    """One of the pictures on the way from a photo to an image.

    Args:
        name: What was done: "grey"; "sheet", the paper that was cut out; "ink", what stands out; "parts", without what
            the picture's edge cuts off; "repaired"; "image".
        pixels: uint8 (height, width); ink is light, except on the grey picture and the sheet.
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
    """Finds the digit on a picture, and makes an MNIST-like image of it: the plainest of `find_candidates`.

    Args:
        picture: As of `picture_to_image`.
        frame: Where to look, as somebody has drawn it; None for the whole picture.

    Returns:
        The image, and how it came about.

    Raises:
        PictureError: Nothing in the frame stands out from its background.
    """
    return next(find_candidates(picture, frame))


def find_instead(picture: Image.Image | np.ndarray, frame: Frame | None = None) -> Iterator[FoundDigit]:
    """Finds what `find_digit` mistakes for one digit: ink that a circle or a box goes around, and outlines of strokes.

    Args:
        picture: As of `find_digit`.
        frame: As of `find_digit`.
    """
    grey = look(picture, frame)
    if max(grey.shape) <= 2 * IMAGE_SIZE:
        yield from _filled(grey, find_ink(grey), frame)
        return
    for sheet in find_sheets(grey):
        if sheet.is_around:
            yield from _read_sheet(grey, sheet, frame)


def find_candidates(picture: Image.Image | np.ndarray, frame: Frame | None = None) -> Iterator[FoundDigit]:
    """Finds what may be the digit on a picture, in several ways, each when it is asked for.

    Args:
        picture: As of `find_digit`.
        frame: As of `find_digit`.

    Yields:
        The plainest first: all ink on the picture. Then, each where it finds something: ink on paper of two
        brightnesses, on sheets of paper that are not the whole picture, on patterned paper, and what repairs make of a
        damaged picture.

    Raises:
        PictureError: Nothing in the frame stands out from its background in any way.
    """
    grey = look(picture, frame)
    ink = find_ink(grey)
    is_read = False
    for found in itertools.chain(
        _plainly(grey, ink, frame),
        _evened_out(grey, frame),
        _on_sheets(grey, frame),
        _smoothly(grey, frame),
        _repaired(grey, ink, frame),
    ):
        is_read = True
        yield found
    if not is_read:
        raise PictureError(
            "No digit stands out in this picture: it is blank, too faint or too noisy. Expected one digit on plain "
            "paper."
        )


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
    from .opencv import cv2

    matrix = np.array([[cosine, -sine, left], [sine, cosine, top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(np.asarray(picture), matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Image.fromarray(pixels)


def look(picture: Image.Image | np.ndarray, frame: Frame | None = None) -> np.ndarray:
    """Returns the brightness of a picture, or of what lies in a frame on it.

    Args:
        picture: As of `find_digit`.
        frame: As of `find_digit`.

    Returns:
        float32 (height, width) in [0, 1].
    """
    if isinstance(picture, np.ndarray):
        picture = _from_array(picture)
    picture = standardise(shrink(picture))
    return to_grey(picture if frame is None else _cut_out(picture, frame))


def place(frame: Frame | None, box: Sequence[float], shape: tuple[int, ...]) -> Frame:
    """Says where a box lies on a picture that was looked at.

    Args:
        frame: Where was looked, see `look`.
        box: Left, top, width and height, in pixels of
        shape: height and width of what was seen, whatever its scale.
    """
    left, top, width, height = box
    scale = 1 / max(shape)
    if frame is None:
        return Frame((left + width / 2) * scale, (top + height / 2) * scale, width * scale, height * scale)
    scale *= max(frame.width, frame.height)
    right, down = (left + width / 2) * scale - frame.width / 2, (top + height / 2) * scale - frame.height / 2
    cosine, sine = float(np.cos(np.deg2rad(frame.angle))), float(np.sin(np.deg2rad(frame.angle)))
    x, y = frame.x + right * cosine - down * sine, frame.y + right * sine + down * cosine
    return Frame(x, y, width * scale, height * scale, frame.angle)


def take_whole(picture: Image.Image | np.ndarray, image: np.ndarray, frame: Frame | None) -> FoundDigit:
    """Describes an image, float32 (28, 28) in [0, 1], of all that is on a picture, or in a frame on it."""
    grey = look(picture, frame)
    height, width = (side / max(grey.shape) for side in grey.shape)
    steps = (show_step("grey", grey), show_step("image", image))
    return FoundDigit(image, frame or Frame(width / 2, height / 2, width, height), steps)


def _describe(
    grey: np.ndarray, steps: Sequence[tuple[str, np.ndarray]], frame: Frame | None, left: int = 0, top: int = 0
) -> FoundDigit:
    """Makes the image of the ink that is the last of some steps, on the part of a picture at `left`, `top`."""
    ink = steps[-1][1]
    sheet = dict(steps).get("sheet", grey)
    image = fit_lines(ink)
    first_row, first_column, last_row, last_column = (side * max(sheet.shape) / max(ink.shape) for side in box_of(ink))
    lengths = (
        left + (first_column + last_column) / 2,
        top + (first_row + last_row) / 2,
        last_column - first_column,
        last_row - first_row,
    )
    around = Frame(*(float(length) / max(grey.shape) for length in lengths))
    all_steps = [("grey", grey), *steps, ("image", image)]
    return FoundDigit(image, frame or around, tuple(itertools.starmap(show_step, all_steps)))


def _plainly(grey: np.ndarray, ink: np.ndarray | None, frame: Frame | None) -> Iterator[FoundDigit]:
    if ink is None:
        return
    if max(grey.shape) > 2 * IMAGE_SIZE:
        yield from _with_and_without(grey, ink, frame)
    else:
        yield _describe(grey, [("ink", ink)], frame)


def _evened_out(grey: np.ndarray, frame: Frame | None) -> Iterator[FoundDigit]:
    ink = even_out(grey)
    if ink is not None:
        yield _describe(grey, [("repaired", ink)], frame)


def _on_sheets(grey: np.ndarray, frame: Frame | None) -> Iterator[FoundDigit]:
    for sheet in find_sheets(grey):
        yield from _read_sheet(grey, sheet, frame)


def _read_sheet(grey: np.ndarray, sheet: Sheet, frame: Frame | None) -> Iterator[FoundDigit]:
    cut, left, top = cut_sheet(grey, sheet)
    ink = find_ink(cut, is_cut=True)
    if ink is not None:
        yield _describe(grey, [("sheet", cut), ("ink", ink)], frame, left, top)
    if max(cut.shape) <= _SMALL_SHEET:
        for smoothed in find_ink_smoothly(cut, always=True):
            yield _describe(grey, [("sheet", cut), ("ink", smoothed)], frame, left, top)


def _smoothly(grey: np.ndarray, frame: Frame | None) -> Iterator[FoundDigit]:
    for ink in find_ink_smoothly(grey):
        yield from _with_and_without(grey, ink, frame)


def _repaired(grey: np.ndarray, ink: np.ndarray | None, frame: Frame | None) -> Iterator[FoundDigit]:
    yield from _filled(grey, ink, frame)
    for repaired in repair_small(grey, ink):
        yield _describe(grey, [("repaired", repaired)], frame)


def _filled(grey: np.ndarray, ink: np.ndarray | None, frame: Frame | None) -> Iterator[FoundDigit]:
    if ink is not None:
        for filled in fill_outlines(ink):
            yield _describe(grey, [("ink", ink), ("repaired", filled)], frame)


def _with_and_without(grey: np.ndarray, ink: np.ndarray, frame: Frame | None) -> Iterator[FoundDigit]:
    """Yields what ink is read as, and what without the lines and without the neighbours of a digit."""
    yield _describe(grey, [("ink", ink)], frame)
    least = _LEAST_KEPT if max(grey.shape) > 2 * IMAGE_SIZE else _LEAST_KEPT_OF_SMALL
    for remove in (remove_lines, remove_neighbours):
        alone = remove(ink)
        if _MOST_KEPT * ink.sum() > alone.sum() > least * ink.sum():
            yield _describe(grey, [("ink", ink), ("parts", alone)], frame)


def show_step(name: str, values: np.ndarray) -> Step:
    """Makes a step of numbers in [0, 1]."""
    return Step(name, np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))
