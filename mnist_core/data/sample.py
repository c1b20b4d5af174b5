"""The 5,000 MNIST images that come with the project, and the real images that are shown beside the pad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..paths import ASSETS_DIR
from .files import read_npz

SAMPLE_PATH = ASSETS_DIR / "samples/mnist_sample.npz"


@dataclass(frozen=True)
class Samples:
    """Real images to show: uint8 (n, 28, 28), uint8 labels (n,), which they are, and of what set."""

    images: np.ndarray
    labels: np.ndarray
    source: Literal["built_in", "test"]
    name: str = "mnist"


def load_sample() -> tuple[np.ndarray, np.ndarray]:
    """Loads the 5,000 training images that come with the project, 500 of each digit.

    They are the validation images of every recipe, so no shipped model has learned them.

    Returns:
        Images, uint8 (5000, 28, 28), and labels, uint8 (5000,).
    """
    arrays = read_npz(SAMPLE_PATH)
    return arrays["x"], arrays["y"]


def built_in_samples() -> Samples:
    """Returns the 5,000 built-in images, to show where the full set is missing."""
    return Samples(*load_sample(), "built_in")
