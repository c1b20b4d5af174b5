"""Images, labels and pools -> the shuffled and augmented batches that a network learns from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from ..augmentation.transforms import Augmentation, augment
from ..models.architectures import NUM_CLASSES
from ..models.recipes import Recipe
from .pools import Pool


def build_input_pipeline(
    images: np.ndarray, labels: np.ndarray, pools: Sequence[Pool], recipe: Recipe
) -> dict[str, Any]:
    """Returns what `fit` reads from: plain arrays where it can, because nothing is faster."""
    if recipe.augmentation.is_active or pools:
        return {"x": Batches(images, labels, pools, recipe)}
    return {"x": as_float(images)[..., None], "y": encode_labels(labels, recipe), "batch_size": recipe.batch_size}


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no types
    """Shuffled and augmented batches of all images and of some of each pool.

    What a batch holds depends on seed, epoch and position alone.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, pools: Sequence[Pool], recipe: Recipe) -> None:
        super().__init__(workers=1)
        self._images = np.concatenate([images, *(pool.images for pool in pools)])
        self._labels = encode_labels(np.concatenate([labels, *(pool.labels for pool in pools)]), recipe)
        self._num_images = len(images)
        self._pools = pools
        self._recipe = recipe
        self._epoch = 0
        self._order = self._shuffle()

    @property
    def num_batches(self) -> int:
        return math.ceil(len(self._order) / self._recipe.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        size = self._recipe.batch_size
        chosen = self._order[index * size : (index + 1) * size]
        generator = np.random.default_rng([self._recipe.seed, self._epoch, index])
        images = augment(as_float(self._images[chosen]), self._augmentation, generator)
        return images[..., None], self._labels[chosen]

    @property
    def _augmentation(self) -> Augmentation:
        """What is done in this epoch: where the recipe has a finish, nothing is damaged before it."""
        augmentation, num_finishing = self._recipe.augmentation, self._recipe.num_finishing
        if num_finishing and self._epoch < self._recipe.epochs - num_finishing:
            return dataclasses.replace(augmentation, damage=0)
        return augmentation

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._order = self._shuffle()

    def _shuffle(self) -> np.ndarray:
        chosen, first = [np.arange(self._num_images)], self._num_images
        for number, pool in enumerate(self._pools):
            order = np.random.default_rng([self._recipe.seed, number, len(pool.labels)]).permutation(len(pool.labels))
            places = np.arange(self._epoch * pool.per_epoch, (self._epoch + 1) * pool.per_epoch)
            chosen.append(first + order[places % len(order)])
            first += len(order)
        return np.random.default_rng([self._recipe.seed, self._epoch]).permutation(np.concatenate(chosen))


def add_label_noise(labels: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Returns the labels as int32, a share of them replaced by one of the nine others."""
    labels = labels.astype(np.int32)
    # A stream of its own: the order of images stays that of the run without noise.
    generator = np.random.default_rng([recipe.seed, 0x6E6F697365])
    wrong = generator.permutation(len(labels))[: round(recipe.label_noise * len(labels))]
    labels[wrong] = (labels[wrong] + generator.integers(1, NUM_CLASSES, len(wrong))) % NUM_CLASSES
    return labels


def encode_labels(labels: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Returns the labels as the recipe's loss takes them."""
    if recipe.loss == "sparse":
        return labels.astype(np.int32)
    return np.eye(recipe.network.num_outputs, dtype=np.float32)[labels]


def as_float(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / 255
