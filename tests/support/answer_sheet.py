"""A sheet that pupils write on, filled in and photographed."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from mnist_core.preprocessing.answer_sheet import place_of_cell
from mnist_core.rendering.answer_sheet import render_answer_sheet

SCALE = 8


def fill_in(sample, num_each=3, darkness=0.8):
    """A sheet with some of each digit of MNIST on it, as an array, and these digits."""
    sheet = np.asarray(render_answer_sheet("Write each digit in its row.")).copy()
    images, labels = sample
    written = []
    for digit in range(10):
        for column, place in enumerate(np.flatnonzero(labels == digit)[:num_each]):
            left, top, right, bottom = (side * SCALE for side in place_of_cell(digit, column))
            side = 14 * SCALE
            x, y = (left + right - side) // 2 + 9 * (column - 1), (top + bottom - side) // 2 + 5 * column
            ink = np.asarray(Image.fromarray(images[place]).resize((side, side), Image.Resampling.BICUBIC)) / 255
            sheet[y : y + side, x : x + side] = sheet[y : y + side, x : x + side] * (1 - darkness * ink)
            written.append((digit, images[place]))
    return sheet, written


def photograph(sheet, turn=0, size=(1200, 1600)):
    """A photo from the side, on a dark desk, with the light from the left, in colour and with noise."""
    width, height = size
    corners = np.array([[110, 90], [1040, 150], [1130, 1530], [60, 1440]], np.float32) * (width / 1200)
    source = np.array([[0, 0], [sheet.shape[1], 0], [sheet.shape[1], sheet.shape[0]], [0, sheet.shape[0]]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.roll(corners, -turn, axis=0))
    photo = cv2.warpPerspective(sheet, matrix, size, borderValue=60, flags=cv2.INTER_AREA).astype(np.float64)
    photo = photo * np.linspace(0.65, 1, width) + np.random.default_rng(0).normal(0, 4, (height, width))
    return Image.fromarray(np.clip(photo, 0, 255).astype(np.uint8)).convert("RGB")
