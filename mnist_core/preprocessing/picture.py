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
from .ink import BOX_SIZE, IMAGE_SIZE, MASS_CENTRE, PEN_WIDTH, draw_strokes, mass_offset, reduce_image

_MIN_CONTRAST = 0.06
_THIN = 1.6
_FAINT = 0.15
_COARSE = 128


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
    grey = _to_grey(picture)
    ink = _find_ink(grey)
    image = _fit(_thicken(_crop(ink)))
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


def fit_ink(ink: np.ndarray) -> np.ndarray:
    """Fits ink into the 20x20 box of MNIST's recipe, and centres its mass.

    Args:
        ink: Array of shape (height, width), float32 in [0, 1], not all zero.

    Returns:
        Array of shape (28, 28), float32 in [0, 1].
    """
    return _fit(_crop(ink))


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


def _to_grey(picture: Image.Image) -> np.ndarray:
    """Converts to brightness, float32 (height, width) in [0, 1]; transparent parts become paper that shows the ink."""
    if picture.mode == "F":
        return np.asarray(picture)
    if picture.mode == "RGBA":
        layers = np.asarray(picture.convert("LA"), np.float32) / 255
        brightness, alpha = layers[..., 0], layers[..., 1]
        ink_brightness = (brightness * alpha).sum() / max(alpha.sum(), 1e-6)
        paper = 0.0 if ink_brightness > 0.5 else 1.0
        return brightness * alpha + paper * (1 - alpha)
    return np.asarray(picture.convert("L"), np.float32) / 255


def _find_ink(grey: np.ndarray) -> np.ndarray:
    """Returns the ink as float32 in [0, 1]: polarity found, uneven paper and noise removed, contrast stretched."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(border))
    smooth = np.asarray(_resize(grey, 100))  # a single odd pixel must not decide what is ink
    sign = 1 if smooth.max() - paper >= paper - smooth.min() else -1
    ink = sign * (grey - paper)
    is_even = np.ptp(border) == 0
    if not is_even:
        ink = _remove_background(ink)
    darkest = np.sort(ink, axis=None)[-max(8, ink.size // 500) :].mean()
    sigma = 1.4826 * np.median(np.abs(ink - np.median(ink)))  # of the paper, which is most of the picture
    floor = 4 * sigma
    if darkest < _MIN_CONTRAST or floor > 0.6 * darkest:
        raise PictureError(
            "No digit stands out in this picture: it is blank, too faint or too noisy. Expected one digit on "
            "plain paper."
        )
    ink = np.clip((ink - floor) / (darkest - floor), 0, 1)
    if is_even and max(ink.shape) <= 2 * IMAGE_SIZE:
        return ink  # a clean small image, such as MNIST's own: its faintest edge is ink
    # Elsewhere faint marks are what is left of shadows, or the rings of a JPEG.
    return _remove_specks(np.where(ink > _FAINT, ink, 0))


def _remove_background(ink: np.ndarray) -> np.ndarray:
    """Subtracts what is wider than a third of the picture: grey paper, fog, shadows (a morphological opening)."""
    height, width = ink.shape
    if min(height, width) < 12:
        return ink
    small = _resize(ink, 48)
    window = min(small.shape) // 3 | 1
    opened = _filter_window(_filter_window(small, window, np.minimum), window, np.maximum)
    background = Image.fromarray(opened).resize((width, height), Image.Resampling.BILINEAR)
    return ink - np.asarray(background)


def _resize(values: np.ndarray, longest: int) -> np.ndarray:
    """Averages float32 values down to a longer side of at most `longest`."""
    scale = min(1, longest / max(values.shape))
    size = tuple(max(1, round(side * scale)) for side in reversed(values.shape))
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BOX))


def _filter_window(values: np.ndarray, window: int, pick: np.ufunc) -> np.ndarray:
    """Returns the smallest or largest value in a square window of odd side around each pixel."""
    for axis in (0, 1):
        padding = [(window // 2,) * 2 if axis == a else (0, 0) for a in (0, 1)]
        padded = np.pad(values, padding, mode="edge")
        values = pick.reduce(np.lib.stride_tricks.sliding_window_view(padded, window, axis=axis), axis=-1)
    return values


def _remove_specks(ink: np.ndarray) -> np.ndarray:
    """Erases connected parts that hold less than 5 % of the largest part's ink."""
    coarse = _resize(ink, _COARSE)
    parts = label_parts(coarse > _FAINT)
    amounts = np.bincount(parts.ravel(), weights=coarse.ravel())
    amounts[0] = 0
    kept = _filter_window((amounts >= 0.05 * amounts.max())[parts].astype(np.uint8), 3, np.maximum)
    mask = Image.fromarray(kept).resize(ink.shape[::-1], Image.Resampling.NEAREST)
    return np.where(np.asarray(mask), ink, 0)


def label_parts(mask: np.ndarray) -> np.ndarray:
    """Numbers the 8-connected parts of a mask: int array of the same shape, 0 outside.

    Each round a part follows its highest neighbour as a whole, so that even a spiral takes few rounds.
    """
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    parent = np.arange(mask.size + 1)
    while True:
        highest = np.where(mask, _filter_window(labels, 3, np.maximum), 0)
        if np.array_equal(highest, labels):
            return np.unique(labels, return_inverse=True)[1].reshape(mask.shape)
        np.maximum.at(parent, labels[mask], highest[mask])
        while not np.array_equal(grandparent := parent[parent], parent):
            parent = grandparent
        labels = parent[labels]


def _cut_out(picture: Image.Image, frame: Frame) -> Image.Image:
    """Returns what lies in a frame, upright; what lies beyond the picture is like its edge."""
    longest = max(picture.size)
    width, height = (max(1, round(side * longest)) for side in (frame.width, frame.height))
    radians = np.deg2rad(frame.angle)
    cosine, sine = float(np.cos(radians)), float(np.sin(radians))
    left = frame.x * longest - (width * cosine - height * sine) / 2
    top = frame.y * longest - (width * sine + height * cosine) / 2
    import cv2

    matrix = np.array([[cosine, -sine, left], [sine, cosine, top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(np.asarray(picture), matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Image.fromarray(pixels)


def _frame_of(ink: np.ndarray) -> Frame:
    """Returns the upright frame around ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    longest = max(ink.shape)
    (top, bottom), (left, right) = (rows[[0, -1]] + (0, 1), columns[[0, -1]] + (0, 1))
    return Frame(
        *(float(length) / longest for length in ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top))
    )


def _to_bytes(values: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def _crop(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _stroke_width(ink: np.ndarray) -> float:
    """Returns the mean width of the strokes in pixels: twice the area over the length of the outline."""
    padded = np.pad(ink, 1)
    slope_y, slope_x = np.diff(padded, axis=0)[:, :-1], np.diff(padded, axis=1)[:-1]
    return float(2 * ink.sum() / np.hypot(slope_y, slope_x).sum())


def _thicken(ink: np.ndarray) -> np.ndarray:
    """Widens strokes that would be thinner than a scanned pen stroke after fitting."""
    box = max(ink.shape)
    wanted = _THIN * box / BOX_SIZE
    missing = wanted - _stroke_width(ink)
    if box <= 2 * BOX_SIZE or missing < 1:
        return ink
    return _filter_window(np.pad(ink, round(missing / 2)), round(missing) | 1, np.maximum)


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
