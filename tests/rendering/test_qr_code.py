"""Codes lead where they should: they are read again, by OpenCV."""

import re

import cv2
import numpy as np
from PIL import Image, ImageDraw

from mnist_core.rendering.qr_code import render_letters, render_svg

ADDRESS = "http://192.168.178.123:7860/#class?code=BCDFGHJ"


def read(dark):
    """The text of a code, of whether each of its squares is dark."""
    picture = Image.fromarray(np.where(dark, 0, 255).astype(np.uint8)).resize(
        [8 * side for side in dark.shape[::-1]], 0
    )
    return cv2.QRCodeDetector().detectAndDecode(np.array(picture))[0]


def test_letters_of_a_terminal_hold_the_address():
    lines = render_letters(ADDRESS).split("\n")
    halves = {"█": (0, 0), " ": (1, 1), "▀": (0, 1), "▄": (1, 0)}
    rows = [[halves[letter][half] for letter in line] for line in lines for half in (0, 1)]
    assert read(np.array(rows, bool)) == ADDRESS


def test_the_picture_of_a_page_holds_the_address():
    svg = render_svg(ADDRESS)
    side = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])
    picture = Image.new("L", (side, side), 255)
    pen, x, y = ImageDraw.Draw(picture), 0.0, 0.0
    path = re.search(r'class="qrline" stroke="#000" d="([^"]+)"', svg)[1]
    for move, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if move == "h":
            pen.line([(x, y), (x + values[0] - 1, y)], 0)
            x += values[0]
        else:
            x, y = (values[0], values[1] - 0.5) if move == "M" else (x + values[0], y + values[1])
    assert read(np.array(picture) == 0) == ADDRESS
