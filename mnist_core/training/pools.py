"""What a recipe learns from beside a data set's own images: pen ink in other hands, and images that are no digits.

Each is a pool that is drawn once, larger than what an epoch takes, so that epochs differ. Nothing here trains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..augmentation.handwriting import draw_varied
from ..augmentation.outliers import generate_outliers
from ..data.pendigits import PenInk
from ..data.training_data import TrainingData
from ..models.recipes import Recipe
from ..preprocessing.ink import check_ink

NOT_A_DIGIT = 10

# At most as many hands draw each pen drawing, and at most as many epochs see new outliers.
_MOST_HANDS = 16
_MOST_EPOCHS = 8
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
    """Returns the pools that a recipe draws from; none where it asks for none, or where the pen ink is not at hand."""
    pools = []
    num_ink, num_outliers = count_per_epoch(recipe, len(data.x_train[: recipe.limit]))
    if num_ink and data.ink is not None:
        pools.append(_draw_ink(recipe, data.ink, num_ink))
    if num_outliers:
        generator = np.random.default_rng([recipe.seed, _OUTLIER_STREAM])
        count = num_outliers * min(recipe.epochs, _MOST_EPOCHS)
        alphabets = [check_ink(strokes) for strokes in data.alphabets.ink] if data.alphabets else ()
        images = generate_outliers(data.x_train, data.y_train, count, generator, alphabets=alphabets)
        pools.append(Pool(images, np.full(count, NOT_A_DIGIT, np.uint8), num_outliers))
    return pools


def count_per_epoch(recipe: Recipe, num_images: int) -> tuple[int, int]:
    """Counts pen drawings and outliers that an epoch takes beside its images: they must not bury a small set."""
    return min(recipe.ink, num_images), min(recipe.outliers, max(1, num_images // 2))


def _draw_ink(recipe: Recipe, ink: PenInk, per_epoch: int) -> Pool:
    """Draws every drawing in turn, each time in another hand, for all epochs, but by sixteen hands at most."""
    generator = np.random.default_rng([recipe.seed, _INK_STREAM])
    drawings, labels = [check_ink(strokes) for strokes in ink.ink], ink.labels
    count = min(per_epoch * recipe.epochs, _MOST_HANDS * len(drawings))
    chosen = np.concatenate([generator.permutation(len(drawings)) for _ in range(-(-count // len(drawings)))])[:count]
    images = [draw_varied(drawings[index], int(labels[index]), recipe.variants, generator) for index in chosen]
    return Pool(np.rint(np.stack(images) * 255).astype(np.uint8), labels[chosen].astype(np.uint8), per_epoch)
