"""Digits as they are damaged on their way: by a pen across them, a dirty lens, a copier. For readers of pictures.

Written from the paper's descriptions, apart from `augmentation.damage`, on which networks are trained.

Reference:
    Mu and Gilmer (2019), "MNIST-C: a robustness benchmark for computer vision".
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

Damage = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def damage(kind: str, digit: np.ndarray, seed: int = 0) -> np.ndarray:
    """Returns a damaged copy of a digit, uint8 (28, 28), light ink on black; the same seed damages alike."""
    damaged = DAMAGES[kind](digit.astype(np.float32) / 255, np.random.default_rng(seed))
    return np.rint(np.clip(damaged, 0, 1) * 255).astype(np.uint8)


def _shot_noise(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return random.poisson(digit * 4) / 4


def _camera_noise(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return digit + random.normal(0, 0.18, digit.shape)


def _salt_and_pepper(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return np.where(random.random(digit.shape) < 0.15, random.integers(0, 2, digit.shape), digit)


def _blur(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    del random
    return cv2.GaussianBlur(digit, (0, 0), 1.5)


def _motion_blur(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    angle = random.uniform(-np.pi / 4, np.pi / 4)
    steps = np.linspace(0, 6, 13)
    moved = [np.float32([[1, 0, s * np.cos(angle)], [0, 1, s * np.sin(angle)]]) for s in steps]
    return np.mean([cv2.warpAffine(digit, move, digit.shape[::-1]) for move in moved], axis=0)


def _glass(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Swaps pixels with near ones, between two blurs."""
    blurred = cv2.GaussianBlur(digit, (0, 0), 0.7)
    rows, columns = np.indices(digit.shape)
    for _ in range(2):
        moves = random.integers(-1, 2, (2, *digit.shape)) * (random.random(digit.shape) < 0.5)
        there = [np.clip(axis + move, 0, 27) for axis, move in zip((rows, columns), moves, strict=True)]
        blurred = blurred[tuple(there)]
    return cv2.GaussianBlur(blurred, (0, 0), 0.7)


def _brightness(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    del random
    return digit + 0.5


def _fog(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Clouds of every size, as bright as the ink."""
    sizes = 2 ** np.arange(1, 6)
    clouds = sum(cv2.resize(random.random((s, s)), (28, 28), interpolation=cv2.INTER_CUBIC) / s for s in sizes)
    clouds = (clouds - clouds.min()) / np.ptp(clouds)
    return (digit + clouds) / 2


def _spatter(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Grey drops over ink and paper."""
    drops = cv2.GaussianBlur(random.normal(0, 1, digit.shape), (0, 0), 1)
    cover = cv2.GaussianBlur((drops > np.quantile(drops, 0.86)).astype(np.float32), (0, 0), 0.8)
    cover = np.where(cover < 0.5, 0, cover)
    return digit * (1 - cover) + 0.25 * cover


def _draw(points: np.ndarray) -> np.ndarray:
    """A line some one and a half pixels wide through points (n, 2), light on black."""
    canvas = np.zeros((28 * 8, 28 * 8), np.uint8)
    cv2.polylines(canvas, [np.rint(points * 8).astype(np.int32)], False, 255, 13)
    return cv2.resize(canvas, (28, 28), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _across(random: np.random.Generator) -> np.ndarray:
    return _draw(np.array([[0, random.uniform(0, 28)], [28, random.uniform(0, 28)]]))


def _dotted_line(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return np.maximum(digit, _across(random) * (np.arange(28) // 2 % 2))


def _zigzag(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    along = np.arange(2, 27, 4.0)
    start, rise = random.uniform(0, 28), random.uniform(-5, 5)
    across = start + rise * along / 28 + np.resize([2, -2], along.shape)
    return np.maximum(digit, _draw(np.column_stack([along, across])))


def _scratches(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Two lines of paper through the ink."""
    return digit * (1 - _across(random)) * (1 - _across(random).T)


def _stripes(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Dark is light in the outer quarters."""
    del random
    outer = np.abs(np.arange(28) - 13.5) > 7
    return np.where(outer, 1 - digit, digit)


def _edges(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The outline alone."""
    del random
    return cv2.Canny(cv2.GaussianBlur(np.rint(digit * 255).astype(np.uint8), (0, 0), 1), 25, 50).astype(np.float32)


def _inverted(digit: np.ndarray, random: np.random.Generator) -> np.ndarray:
    del random
    return 1 - digit


DAMAGES: dict[str, Damage] = {
    "shot noise": _shot_noise,
    "camera noise": _camera_noise,
    "salt and pepper": _salt_and_pepper,
    "blur": _blur,
    "motion blur": _motion_blur,
    "glass": _glass,
    "brightness": _brightness,
    "fog": _fog,
    "spatter": _spatter,
    "dotted line": _dotted_line,
    "zigzag": _zigzag,
    "scratches": _scratches,
    "stripes": _stripes,
    "edges": _edges,
    "inverted": _inverted,
}
