"""What happens to digits on their way: noise, blur, gaps, blots, faint ink.

It may make a digit unreadable: a model should then give a low probability.

Reference:
    Mu and Gilmer (2019), "MNIST-C: a robustness benchmark for computer vision".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter


def damage_images(images: np.ndarray, generator: np.random.Generator, first: int = 0) -> np.ndarray:
    """Returns a damaged copy of each image, each kind of damage in turn.

    Args:
        images: Array of shape (n, 28, 28), float32 in [0, 1].
        generator: Source of randomness; the same state gives the same result.
        first: Number of the kind that the first image gets.

    Returns:
        Array of shape (n, 28, 28), float32 in [0, 1].
    """
    kinds = list(DAMAGES.values())
    damaged = np.empty_like(images)
    for index, image in enumerate(images):  # one kind after the other, so that each is equally frequent
        damaged[index] = kinds[(first + index) % len(kinds)](image, generator)
    return np.clip(damaged, 0, 1)


def _add_noise(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return image + generator.normal(0, generator.uniform(0.1, 0.4), image.shape)


def _add_specks(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    # Some pixels, wherever they are, become ink or paper.
    chosen = generator.random(image.shape) < generator.uniform(0.02, 0.15)
    return np.where(chosen, generator.integers(2, size=image.shape), image)


def _blur(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    pixels = Image.fromarray(np.rint(image * 255).astype(np.uint8))
    return np.asarray(pixels.filter(ImageFilter.GaussianBlur(generator.uniform(0.8, 2.2))), np.float32) / 255


def _lose_patch(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Erases a square where the digit is."""
    return _cover(image, 0.0, generator)


def _blot(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return _cover(image, 1.0, generator)


def _cover(image: np.ndarray, value: float, generator: np.random.Generator) -> np.ndarray:
    side = int(generator.integers(5, 11))
    top, left = generator.integers(4, 24 - side + 1, 2)
    covered = image.copy()
    covered[top : top + side, left : left + side] = value
    return covered


def _cross_out(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draws a straight line across, of ink or of paper."""
    # The distance of each pixel from a line with this direction, a little off the middle.
    y, x = np.mgrid[-1:1:28j, -1:1:28j]
    angle = generator.uniform(0, np.pi)
    distance = np.abs(np.cos(angle) * x + np.sin(angle) * y - generator.uniform(-0.3, 0.3))
    return np.where(distance < generator.uniform(0.05, 0.12), float(generator.integers(2)), image)


def _fade(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return image * generator.uniform(0.15, 0.5)


def _coarsen(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Coarsens the image, as if it had been seven to ten pixels wide."""
    size = int(generator.integers(7, 11))
    small = Image.fromarray(image.astype(np.float32)).resize((size, size), Image.Resampling.BOX)
    return np.asarray(small.resize(image.shape, Image.Resampling.BILINEAR))


DAMAGES: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "noise": _add_noise,
    "specks": _add_specks,
    "blur": _blur,
    "gap": _lose_patch,
    "blot": _blot,
    "line": _cross_out,
    "faint": _fade,
    "coarse": _coarsen,
}
