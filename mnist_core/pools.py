"""What a recipe learns from beside a data set's own images: pen ink in other hands, and images that are no digits.

Each is a pool that is drawn once, larger than what an epoch takes, so that epochs differ. Nothing here trains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .dataset import TrainingData
from .hands import draw_varied
from .ink import check_ink
from .outliers import generate_outliers
from .recipes import Recipe

NOT_A_DIGIT = 10

# Ways in which each pen drawing is drawn, and outliers for each that an epoch takes.
_HANDS = 8
_EPOCHS_OF_OUTLIERS = 8
# Streams of randomness of their own, apart from each other and from the order of images.
_INK_STREAM, _OUTLIER_STREAM = 0x696E6B, 0x6F7574


@dataclass(frozen=True)
class Pool:
    """Images of which every epoch takes the next few, in an order of their own.

    Args:
        images: uint8 (n, 28, 28).
        labels: uint8 (n,), 0 to 9, or `NOT_A_DIGIT`.
        per_epoch: How many an epoch takes.
    """

    images: np.ndarray
    labels: np.ndarray
    per_epoch: int


def build_pools(recipe: Recipe, data: TrainingData) -> list[Pool]:
    """The pools that a recipe draws from; none where it asks for none, or where the pen ink is not at hand."""
    pools = []
    if recipe.ink and data.ink is not None:
        pools.append(_draw_ink(recipe, data))
    if recipe.outliers:
        generator = np.random.default_rng([recipe.seed, _OUTLIER_STREAM])
        count = recipe.outliers * _EPOCHS_OF_OUTLIERS
        images = generate_outliers(data.x_train, data.y_train, count, generator)
        pools.append(Pool(images, np.full(count, NOT_A_DIGIT, np.uint8), recipe.outliers))
    return pools


def _draw_ink(recipe: Recipe, data: TrainingData) -> Pool:
    generator = np.random.default_rng([recipe.seed, _INK_STREAM])
    drawings = [check_ink(strokes) for strokes in data.ink.ink]
    images = [
        draw_varied(strokes, int(label), recipe.variants, generator)
        for _ in range(_HANDS)
        for strokes, label in zip(drawings, data.ink.labels, strict=True)
    ]
    pixels = np.rint(np.stack(images) * 255).astype(np.uint8)
    return Pool(pixels, np.tile(data.ink.labels, _HANDS).astype(np.uint8), recipe.ink)
