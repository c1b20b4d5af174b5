"""The sheet on which pupils without a device write digits, as a PDF to print; `preprocessing.answer_sheet` reads it."""

from __future__ import annotations

import io
from typing import cast

from PIL import Image, ImageDraw, ImageFont

from ..preprocessing.answer_sheet import (
    CELL_HEIGHT,
    CORNER_SIDE,
    CORNERS,
    GRID_LEFT,
    HEIGHT,
    NUM_COLUMNS,
    TOP_MARK,
    TOP_MARK_SIDE,
    WIDTH,
    place_of_cell,
)

# In pixels a millimetre, as printers print letters well enough.
_PIXELS = 8
_INK, _LINES, _PAPER = 0, 150, 255


def render_answer_sheet(title: str) -> Image.Image:
    """Draws the sheet: a greyscale picture (mode L) of 8 pixels a millimetre, A4."""
    sheet = Image.new("L", (WIDTH * _PIXELS, HEIGHT * _PIXELS), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for corner in CORNERS:
        _draw_square(pen, corner, CORNER_SIDE)
    _draw_square(pen, TOP_MARK, TOP_MARK_SIDE)
    pen.text((WIDTH / 2 * _PIXELS, 28 * _PIXELS), title, _INK, _letters(5), anchor="mm")
    for digit in range(10):
        for column in range(NUM_COLUMNS):
            place = tuple(side * _PIXELS for side in place_of_cell(digit, column))
            pen.rectangle(place, outline=_LINES, width=_PIXELS // 3)
        middle = place_of_cell(digit, 0)[1] + CELL_HEIGHT / 2
        pen.text(((GRID_LEFT - 9) * _PIXELS, middle * _PIXELS), str(digit), _INK, _letters(12), anchor="mm")
    return sheet


def write_answer_sheet(title: str) -> bytes:
    """Returns the sheet as the bytes of a PDF of one page."""
    stream = io.BytesIO()
    render_answer_sheet(title).save(stream, "PDF", resolution=_PIXELS * 25.4)
    return stream.getvalue()


def _draw_square(pen: ImageDraw.ImageDraw, middle: tuple[int, int], side: int) -> None:
    (x, y), half = middle, side / 2
    pen.rectangle([(place * _PIXELS) for place in (x - half, y - half, x + half, y + half)], fill=_INK)


def _letters(millimetres: float) -> ImageFont.FreeTypeFont:
    # It is no other where a size is asked for.
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(millimetres * _PIXELS))
