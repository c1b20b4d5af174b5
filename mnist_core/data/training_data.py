"""A set divided into what a run learns from and what it validates on; never the test set."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .alphabets import load_alphabets
from .files import idx_hash
from .mnist import NUM_LABELS, Dataset
from .pendigits import PenInk
from .sample import load_sample

# The name of the built-in images where they stand in for MNIST.
BUILT_IN = "built_in"


@dataclass(frozen=True)
class TrainingData:
    """What a training run may see: images to learn from and images to validate on; never the test set.

    Images are uint8 (n, 28, 28), labels uint8 (n,). `digest` names the content in the key of a stored model; `name` is
    for people; `ink` and `validation_ink` are pen drawings of digits for the same two uses, by different writers, and
    `alphabets` and `validation_alphabets` are pen drawings of what is no digit.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    name: str = "mnist"
    ink: PenInk | None = None
    validation_ink: PenInk | None = None
    alphabets: PenInk | None = None
    validation_alphabets: PenInk | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of all four arrays and of all ink, as 64 hexadecimal digits."""
        arrays = (self.x_train, self.y_train, self.x_validation, self.y_validation)
        pens = (self.ink, self.validation_ink, self.alphabets, self.validation_alphabets)
        hashes = [*map(idx_hash, arrays), *(pen.digest for pen in pens if pen)]
        return hashlib.sha256("".join(hashes).encode()).hexdigest()


def split_validation(dataset: Dataset) -> TrainingData:
    """Takes images to validate on out of a training set.

    Of MNIST these are the 5,000 sample images, found by content. Of another set they are every twelfth image of each
    label, or as many as make about 5,000, but at most every fifth.

    Returns:
        Images to learn from, 55,000 of MNIST's 60,000, and images to validate on.
    """
    if dataset.name != "mnist":
        return split_evenly(dataset.x_train, dataset.y_train, dataset.name)
    training = find_training(dataset.x_train, dataset.y_train, dataset.name)
    return TrainingData(dataset.x_train[training], dataset.y_train[training], *load_sample())


def add_ink(data: TrainingData, pen: PenInk) -> TrainingData:
    """Returns the same data with the pen ink of the writers to learn from and of those to validate on."""
    return dataclasses.replace(data, ink=pen.training, validation_ink=pen.validation)


def add_alphabets(data: TrainingData) -> TrainingData:
    """Returns the same data with the characters that come with the project."""
    training, validation = load_alphabets()
    return dataclasses.replace(data, alphabets=training, validation_alphabets=validation)


def split_evenly(images: np.ndarray, labels: np.ndarray, name: str) -> TrainingData:
    """Takes images of each label, spread over the set, to validate on; the others are shuffled, always alike.

    Raises:
        DataError: There are too few images.
    """
    training = find_training(images, labels, name)
    if len(training) == len(images):
        raise DataError(
            "{name} holds {num_images} images, too few to train on. Expected at least 5 of one digit.",
            name=name,
            num_images=len(images),
        )
    held_out = np.setdiff1d(np.arange(len(images)), training)
    return TrainingData(images[training], labels[training], images[held_out], labels[held_out], name)


def find_training(images: np.ndarray, labels: np.ndarray, name: str = "mnist") -> np.ndarray:
    """Returns which images of a training set a recipe learns from, in its order; the others are validated on.

    Args:
        images: uint8 (n, 28, 28).
        labels: uint8 (n,).
        name: "mnist" for the original alone.

    Returns:
        Indices, int64.
    """
    if name == "mnist":
        sample = {image.tobytes() for image in load_sample()[0]}
        return np.array([index for index, image in enumerate(images) if image.tobytes() not in sample], np.int64)
    every = max(5, len(images) // 5000)
    held_out = np.zeros(len(images), bool)
    for label in range(NUM_LABELS):
        held_out[np.flatnonzero(labels == label)[every - 1 :: every]] = True
    # A set may be sorted by label, and a recipe's `limit` takes the first images.
    return np.random.default_rng(0).permutation(np.flatnonzero(~held_out))
