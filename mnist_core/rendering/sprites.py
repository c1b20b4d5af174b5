"""Images -> pictures that hold many of them. It knows neither Gradio nor Keras, and writes no file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import cast

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_SIZE = 28
_PAPER, _LETTERS = 250, 40


def render_sprite(images: np.ndarray, columns: int) -> Image.Image:
    """Lays images side by side without gaps, row by row, for a page that cuts them out again.

    Args:
        images: uint8 (n, 28, 28), 0 background, 255 full ink; n may be 0.
        columns: Images in a row, at least 1.

    Returns:
        A greyscale picture (mode L), always `columns` images wide; what the last row lacks is black. Of no images, one
        black image.

    Raises:
        ValueError: `images` or `columns` are something else.
    """
    _check(images, columns)
    if not len(images):
        return Image.new("L", (_SIZE, _SIZE))
    return _lay_out(images, columns)


def encode_png(picture: Image.Image) -> bytes:
    """Encodes a picture as PNG: quickly rather than as small as can be."""
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def render_grid(images: np.ndarray, captions: Sequence[str], columns: int = 10, scale: int = 3) -> Image.Image:
    """Lays images out on light paper, each above its caption: a sheet for slides.

    All captions are in one size: the largest in which the longest fits below its image. One that is too long even in
    the smallest is cut.

    Args:
        images: uint8 (n, 28, 28), 0 background, 255 full ink; n may be 0.
        captions: One for each image, shown on one line. The built-in letters are little more than ASCII.
        columns: Images in a row, at least 1; fewer where there are fewer images.
        scale: Pixels of the sheet for one of an image, across and down; at least 1.

    Returns:
        A greyscale picture (mode L).

    Raises:
        ValueError: There are more or fewer captions than images, or an argument is something else.
    """
    _check(images, columns)
    if scale < 1:
        raise ValueError(f"`scale` must be at least 1. Received: scale={scale!r}")
    if len(captions) != len(images):
        raise ValueError(f"`captions` must hold one for each image: {len(images)}. Received: {len(captions)}")
    columns = max(1, min(columns, len(images)))
    rows = max(1, -(-len(images) // columns))
    side, gap = _SIZE * scale, 4 * scale
    captions = [" ".join(caption.split()) for caption in captions]
    font = _fit_font(captions, side, scale)
    height = side + sum(font.getmetrics()) + 2 * scale
    sheet = Image.new("L", (gap + columns * (side + gap), gap + rows * (height + gap)), _PAPER)
    letters = ImageDraw.Draw(sheet)
    for number, (image, caption) in enumerate(zip(images, captions, strict=True)):
        row, column = divmod(number, columns)
        x, y = gap + column * (side + gap), gap + row * (height + gap)
        sheet.paste(Image.fromarray(image).resize((side, side), Image.Resampling.NEAREST), (x, y))
        place = (x + side / 2, y + side + 2 * scale)
        letters.text(place, _cut(caption, font, side), _LETTERS, font, anchor="ma")
    return sheet


def _check(images: np.ndarray, columns: int) -> None:
    if images.dtype != np.uint8 or images.shape[1:] != (_SIZE, _SIZE):
        raise ValueError(f"`images` must be uint8 (n, 28, 28). Received: {images.dtype} {images.shape}")
    if columns < 1:
        raise ValueError(f"`columns` must be at least 1. Received: columns={columns!r}")


def _fit_font(captions: Sequence[str], width: int, scale: int) -> ImageFont.FreeTypeFont:
    """Returns the largest letters in which all captions fit, or the smallest that can be read."""
    least, most = max(8, 4 * scale), max(10, 5 * scale)
    fonts = (_load_font(size) for size in range(most, least, -1))
    fitting = (font for font in fonts if all(font.getlength(caption) <= width for caption in captions))
    return next(fitting, None) or _load_font(least)


def _load_font(size: int) -> ImageFont.FreeTypeFont:
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size))  # it is no other where a size is asked for


def _cut(caption: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if font.getlength(caption) <= width:
        return caption
    shorter = (f"{caption[:length].rstrip()}…" for length in range(len(caption) - 1, -1, -1))
    return next(text for text in shorter if font.getlength(text) <= width)


def render_maps(maps: np.ndarray, columns: int) -> Image.Image:
    """Lays feature maps, or filters, side by side without gaps, row by row: one picture for all of a layer.

    Args:
        maps: float32 (height, width, channels), any range.
        columns: Maps in a row, at least 1.

    Returns:
        A greyscale picture (mode L) of ceil(channels / columns) rows. Where nothing is negative, 0 is black and the
        largest value white; otherwise 0 is grey, and the value farthest from it black or white.

    Raises:
        ValueError: `maps` or `columns` are something else.
    """
    if maps.ndim != 3 or 0 in maps.shape or columns < 1:
        raise ValueError(f"Expected maps (height, width, channels) and a column. Received: {maps.shape}, {columns}.")
    largest = float(np.abs(maps).max()) or 1.0
    shares = maps / largest if maps.min() >= 0 else (maps / largest + 1) / 2
    return _lay_out(np.rint(np.moveaxis(shares, -1, 0) * 255), columns)


def _lay_out(tiles: np.ndarray, columns: int) -> Image.Image:
    """Tiles pictures of one size, (n, height, width) from 0 to 255, row by row; what the last row lacks is black."""
    num_tiles, height, width = tiles.shape
    rows = -(-num_tiles // columns)
    padded = np.zeros((rows * columns, height, width), np.uint8)
    padded[:num_tiles] = tiles
    pixels = padded.reshape(rows, columns, height, width).swapaxes(1, 2)
    return Image.fromarray(pixels.reshape(rows * height, columns * width))
