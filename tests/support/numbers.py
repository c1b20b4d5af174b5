"""Whole numbers as strokes, written with the digits of a careful adult."""

import numpy as np
from PIL import Image, ImageDraw
from support.drawing import DIGITS


def write(text, gap=0.25, sizes=(), slope=0.0, size=1.0):
    """Strokes of digits side by side, each point [x, y]; lengths are in heights of a digit.

    Args:
        text: The digits.
        gap: Between the boxes of two digits; below 0 they overlap.
        sizes: Height of each digit, 1 where it is not told; all stand on one line.
        slope: How much the line sinks for its length.
        size: What a height of 1 is.
    """
    strokes, left = [], 0.0
    for place, digit in enumerate(text):
        drawn = [np.array(stroke) for stroke in DIGITS[int(digit)]]
        points = np.concatenate(drawn)
        low, high = points.min(axis=0), points.max(axis=0)
        scale = (sizes[place] if place < len(sizes) else 1.0) / (high[1] - low[1])
        for stroke in drawn:
            x, y = ((stroke - (low[0], high[1])) * scale + (left, 0)).T
            strokes.append(np.column_stack([x, y + slope * x]) * size)
        left += (high[0] - low[0]) * scale + gap
    return [stroke.tolist() for stroke in strokes]


def write_on_paper(text, side=120, margin=60, pen=9, **options):
    """A picture of a number in dark ink on light paper: uint8 (height, width), and the boxes of its digits.

    Args:
        text: As of `write`.
        side: Height of a digit in pixels.
        margin: Around the number, in pixels.
        pen: Its width in pixels.
        options: As of `write`.
    """
    strokes = [np.array(stroke) for stroke in write(text, size=side, **options)]
    points = np.concatenate(strokes)
    low = points.min(axis=0) - margin
    width, height = (points.max(axis=0) + margin - low).astype(int)
    paper = Image.new("L", (width, height), 235)
    for stroke in strokes:
        corners = [tuple(point) for point in stroke - low]
        ImageDraw.Draw(paper).line(corners, fill=40, width=pen, joint="curve")
    boxes, place = [], 0
    for digit in text:
        of_digit = np.concatenate(strokes[place : place + len(DIGITS[int(digit)])]) - low
        place += len(DIGITS[int(digit)])
        boxes.append([*of_digit.min(axis=0), *np.ptp(of_digit, axis=0)])
    return np.asarray(paper), boxes
