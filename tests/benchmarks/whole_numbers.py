"""Prints how many whole numbers the shipped network reads, and how many single digits it takes for several.

    MNIST_DATA_DIR=FOLDER python tests/benchmarks/whole_numbers.py

Numbers of 2 to 6 digits are made of single digits of other people's ink, put together anew with a fixed seed: "spaced",
with a tenth to four tenths of a digit's height between them; "touching", each moved to the left until its ink touches
that of the digit before; "overlapping", with boxes that meet or lie over each other by up to a twentieth, whether ink
touches or not. Sizes differ by 15 % up and down, and digits stand up to a twentieth above or below the line. Nothing is
asserted.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mnist_core.data.labelled import load_digits, load_labelled
from mnist_core.data.pendigits import load_pendigits
from mnist_core.models.devices import choose_device
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.reader import Reader

Ink = Sequence[np.ndarray]

LENGTHS = (2, 3, 4, 5, 6)
SPACINGS = ("spaced", "touching", "overlapping")
NUM_NUMBERS = 100  # of each length and spacing
DIGITS = ("ink_tablet40", "ink_numberpad")
NOT_DIGITS = ("outliers_letters", "outliers_symbols", "outliers_alphabets")
# In heights of a digit: ink nearer than this touches; points between those of a stroke.
TOUCH = 0.03
STEP = 0.015


def main() -> None:
    """Measures every set at hand."""
    reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
    pen, folder = load_pendigits().reported, Path(os.environ.get("MNIST_DATA_DIR", "."))
    sets = {"pen": (pen.ink, pen.labels)}
    for name in DIGITS:
        if (path := folder / f"{name}.npz").exists():
            sets[name] = (load_digits(path).samples, load_digits(path).labels)
    for name, (ink, labels) in sets.items():
        for spacing in SPACINGS:
            print(name, spacing, measure_numbers(reader, ink, labels, spacing), flush=True)
        num_split = sum(count_digits(reader, strokes) > 1 for strokes in ink)
        print(f"{name}: {num_split} of {len(ink)} single digits are taken for several", flush=True)
    for name in NOT_DIGITS:
        if (path := folder / f"{name}.npz").exists():
            texts = [reader.read_number(strokes).reading.text for strokes in load_labelled(path).samples]
            several = [text for text in texts if len(text) > 1]
            num_digits = sum("?" not in text for text in several)
            print(f"{name}: {len(several)} of {len(texts)} taken for several, {num_digits} of them for digits alone")


def measure_numbers(reader: Reader, ink: Sequence[Ink], labels: np.ndarray, spacing: str) -> str:
    """Returns the share of whole numbers that are read right, by length, and the time that each takes."""
    generator = np.random.default_rng(0)
    shares, seconds = [], []
    for length in LENGTHS:
        num_right = 0
        for _ in range(NUM_NUMBERS):
            strokes, text = write_number(ink, labels, length, spacing, generator)
            started = time.perf_counter()
            num_right += reader.read_number(strokes).reading.text == text
            seconds.append(time.perf_counter() - started)
        shares.append(num_right / NUM_NUMBERS)
    by_length = ", ".join(f"{length}: {100 * share:.0f} %" for length, share in zip(LENGTHS, shares, strict=True))
    return f"{100 * np.mean(shares):.1f} % ({by_length}), median {1000 * np.median(seconds):.1f} ms"


def write_number(
    ink: Sequence[Ink], labels: np.ndarray, length: int, spacing: str, generator: np.random.Generator
) -> tuple[list[list[list[float]]], str]:
    """Returns the strokes of a number, and the number."""
    strokes, text = [], ""
    before = np.zeros((0, 2))  # points along the ink of the digit before
    while len(text) < length:
        index = int(generator.integers(len(ink)))
        points = np.concatenate(ink[index])
        (left, top), (width, height) = points.min(axis=0), np.ptp(points, axis=0)
        if height < 0.6 * width:  # lying digits have another height
            continue
        scale = generator.uniform(0.85, 1.15) / height
        drop = 1 - scale * height + generator.uniform(-0.05, 0.05)
        digit = [(np.asarray(stroke, np.float64) - (left, top)) * scale + (0, drop) for stroke in ink[index]]
        place = find_place(before, digit, spacing, generator) if text else 0.0
        digit = [stroke + np.array([place, 0]) for stroke in digit]
        before = follow(digit)
        strokes += [stroke.tolist() for stroke in digit]
        text += str(labels[index])
    return strokes, text


def find_place(before: np.ndarray, digit: Ink, spacing: str, generator: np.random.Generator) -> float:
    """Returns where the next digit begins."""
    right = before[:, 0].max()
    if spacing == "spaced":
        return right + generator.uniform(0.1, 0.4)
    if spacing == "overlapping":
        return right + generator.uniform(-0.05, 0.02)
    points, place = follow(digit), right + 0.05
    while place > max(right - 0.6, before[:, 0].min() + 0.1):
        if np.linalg.norm(before[:, None] - (points + np.array([place, 0])), axis=2).min() < TOUCH:
            break
        place -= 0.01
    return place


def follow(strokes: Ink) -> np.ndarray:
    """Returns points along strokes, close together."""
    points = [stroke[-1:] for stroke in strokes]
    for stroke in strokes:
        for start, step in zip(stroke, np.diff(stroke, axis=0), strict=False):
            shares = np.arange(0, 1, min(1.0, STEP / max(np.hypot(*step), 1e-9)))
            points.append(start + step * shares[:, None])
    return np.concatenate(points)


def count_digits(reader: Reader, strokes: Ink) -> int:
    """Returns how many digits a drawing is taken for."""
    return len(reader.read_number(strokes).reading.digits)


if __name__ == "__main__":
    main()
