"""A photo of a filled-in sheet -> its digits. The label of each is what its row says, whatever a network reads.

The sheet, which `rendering.answer_sheet` prints, has a square in each corner, by which it is straightened; a smaller
one beside the first, which says where the top is; and a row of cells for each digit. Lengths here are in millimetres.
"""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image

from ..errors import PictureError
from .paper import to_grey
from .picture import picture_to_image

WIDTH, HEIGHT = 210, 297
# Middle and side of the squares: from the top left, clockwise.
CORNERS = ((15, 15), (195, 15), (195, 282), (15, 282))
CORNER_SIDE = 9
TOP_MARK, TOP_MARK_SIDE = (30, 15), 5
# Where the first cell begins; a row for each digit.
GRID_LEFT, GRID_TOP = 36, 42
CELL_WIDTH, CELL_HEIGHT = 25, 23
NUM_COLUMNS = 6

# Of the straightened sheet.
_PIXELS = 6
# What lies so near to a line of the grid is not looked at.
_MARGIN = 2
# So much darker than the paper is ink, and so much of a cell is covered by the thinnest digit.
_DARKER = 0.18
_LEAST_INK = 0.006
_MOST_SQUARES = 40


def read_answer_sheet(picture: Image.Image) -> list[tuple[int, np.ndarray]]:
    """Reads a photo of a sheet.

    Args:
        picture: As `decoding.open_picture` gives it, but large: a longer side of 1,600 pixels will do.

    Returns:
        For each cell that is not empty its digit, and an image, float32 (28, 28) in [0, 1].

    Raises:
        PictureError: The corners of the sheet are not all on it, or nothing is written on it.
    """
    sheet = _straighten(to_grey(picture))
    digits = []
    for digit, column in itertools.product(range(10), range(NUM_COLUMNS)):
        image = _read_cell(sheet, digit, column)
        if image is not None:
            digits.append((digit, image))
    if not digits:
        raise PictureError("Nothing is written on this sheet, or the pen is too faint. Take the photo in better light.")
    return digits


def place_of_cell(digit: int, column: int) -> tuple[int, int, int, int]:
    """Returns left, top, right and bottom of a cell."""
    left, top = GRID_LEFT + column * CELL_WIDTH, GRID_TOP + digit * CELL_HEIGHT
    return left, top, left + CELL_WIDTH, top + CELL_HEIGHT


def _read_cell(sheet: np.ndarray, digit: int, column: int) -> np.ndarray | None:
    left, top, right, bottom = (side * _PIXELS for side in place_of_cell(digit, column))
    margin = _MARGIN * _PIXELS
    cell = sheet[top + margin : bottom - margin, left + margin : right - margin]
    if (cell < np.median(cell) - _DARKER).mean() < _LEAST_INK:
        return None
    try:
        return picture_to_image(cell)
    except PictureError:
        return None


def _straighten(grey: np.ndarray) -> np.ndarray:
    """Returns the sheet alone, upright, as float32 of 6 pixels a millimetre.

    Raises:
        PictureError: Its corners are not found.
    """
    from .opencv import cv2

    found = _find_corners(grey)
    target = np.array(CORNERS, np.float32) * _PIXELS
    darkest, best = 0.0, None
    for turn in range(4):
        matrix = cv2.getPerspectiveTransform(np.roll(found, turn, axis=0), target)
        sheet = cv2.warpPerspective(grey, matrix, (WIDTH * _PIXELS, HEIGHT * _PIXELS), borderMode=cv2.BORDER_REPLICATE)
        darkness = _measure_top_mark(sheet)
        if darkness > darkest:
            darkest, best = darkness, sheet
    if best is None or darkest < _DARKER:
        raise _not_found()
    return best


def _measure_top_mark(sheet: np.ndarray) -> float:
    """Returns how much darker the mark at the top is than the paper below it."""
    x, y = (place * _PIXELS for place in TOP_MARK)
    side = TOP_MARK_SIDE * _PIXELS // 4
    mark = sheet[y - side : y + side, x - side : x + side].mean()
    paper = sheet[y + 4 * side : y + 6 * side, x - side : x + side].mean()
    return float(paper - mark)


def _find_corners(grey: np.ndarray) -> np.ndarray:
    """Returns the middles of the four squares, clockwise: float32 (4, 2)."""
    from .opencv import cv2

    pixels = cv2.GaussianBlur(np.rint(grey * 255).astype(np.uint8), (5, 5), 0)
    window = max(grey.shape) // 8 | 1
    dark = cv2.adaptiveThreshold(pixels, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 20)
    outlines, _ = cv2.findContours(dark, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    longest = max(grey.shape)
    squares = []
    for outline in outlines:
        middle, (width, height), _ = cv2.minAreaRect(outline)
        is_sized = 0.01 * longest < min(width, height) and max(width, height) < 0.1 * longest
        is_square = max(width, height) < 1.8 * min(width, height) and cv2.contourArea(outline) > 0.75 * width * height
        if is_sized and is_square and _is_full(dark, outline):
            squares.append((width * height, middle))
    squares = sorted(squares, reverse=True)[:_MOST_SQUARES]
    # The four are about of one size, seen from any side, and the smaller one is none of them.
    squares = [square for square in squares if square[0] > squares[min(3, len(squares) - 1)][0] / 2]
    if len(squares) < len(CORNERS):
        raise _not_found()
    return _outermost(np.array([middle for _, middle in squares], np.float32))


def _is_full(dark: np.ndarray, outline: np.ndarray) -> bool:
    """Returns whether all within an outline is dark, unlike within a cell."""
    from .opencv import cv2

    x, y, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [outline - (x, y)], -1, 1, cv2.FILLED)
    return bool((dark[y : y + height, x : x + width][inside == 1] > 0).mean() > 0.85)


def _outermost(points: np.ndarray) -> np.ndarray:
    """Returns the points farthest to the top left, top right, bottom right and bottom left."""
    directions = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
    chosen = points[(points @ directions.T).argmax(axis=0)]
    if len(np.unique(chosen, axis=0)) < len(CORNERS):
        raise _not_found()
    return chosen


def _not_found() -> PictureError:
    return PictureError(
        "The four black squares of the sheet are not all on this photo. Lay it flat, and take it from above."
    )
