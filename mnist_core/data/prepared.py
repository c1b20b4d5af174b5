"""Labelled pictures and ink as the network receives them, through the code that answers a visitor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import InkError, PictureError
from ..preprocessing.ink import IMAGE_SIZE, check_ink, render_ink
from ..preprocessing.picture import picture_to_image
from .labelled import LabelledInk, LabelledPictures, LabelledSet, load_digits
from .mnist import name_set
from .pendigits import PenInk, recognise_pendigits
from .training_data import TrainingData, split_evenly


@dataclass(frozen=True)
class PreparedSet:
    """A labelled set as the network receives it.

    Args:
        images: float32 (n, 28, 28) in [0, 1]; blank where a sample could not be read.
        labels: int64 (n,).
        readable: bool (n,), False where a drawing or upload would have been answered with an error.
    """

    images: np.ndarray
    labels: np.ndarray
    readable: np.ndarray

    @classmethod
    def from_mnist(cls, images: np.ndarray, labels: np.ndarray) -> PreparedSet:
        """Takes MNIST-like images, uint8 (n, 28, 28), which go to the network unchanged."""
        return cls(images.astype(np.float32) / 255, labels.astype(np.int64), np.ones(len(images), bool))

    @property
    def pixels(self) -> np.ndarray:
        """The images that could be read, as sets are kept: uint8 (n, 28, 28)."""
        return np.rint(self.images[self.readable] * 255).astype(np.uint8)


def prepare_images(labelled: LabelledSet, *, as_is: bool = False) -> PreparedSet:
    """Sends samples through exactly the code that a drawing or an upload passes through.

    Args:
        labelled: Pictures or ink.
        as_is: Feed 28x28 pictures unchanged.

    Raises:
        ValueError: `as_is` with anything but 28x28 pictures.
    """
    if as_is:
        if not isinstance(labelled, LabelledPictures) or labelled.samples.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
            raise ValueError(f"Only 28x28 pictures can be fed as they are; {labelled.name} holds something else.")
        return PreparedSet.from_mnist(labelled.samples, labelled.labels)
    images = np.zeros((len(labelled.samples), IMAGE_SIZE, IMAGE_SIZE), np.float32)
    readable = np.ones(len(images), bool)
    for index in range(len(images)):
        try:
            images[index] = (
                picture_to_image(labelled.samples[index])
                if isinstance(labelled, LabelledPictures)
                else render_ink(check_ink(labelled.samples[index]))
            )
        except (InkError, PictureError):
            readable[index] = False
    return PreparedSet(images, labelled.labels, readable)


def prepare_ink(pen: PenInk) -> PreparedSet:
    """Prepares pen ink as strokes from the pad would be received."""
    return prepare_images(LabelledInk("ink", pen.ink, pen.labels))


def load_training(path: Path, say: Callable[[str], None] = lambda text: None) -> TrainingData:
    """Loads other people's digits from a file as a set to train on, a fifth of each digit held out for validation.

    Args:
        path: A file as of `load_labelled`; of the pen ink only the writers to learn from are taken.
        say: Takes sentences for the person who waits.

    Raises:
        DataError: The file cannot be read, or holds too few digits.
    """
    pen = recognise_pendigits(path)
    if pen:
        say("This is UCI's pen ink: the eight held-out writers are left out.")
    prepared = prepare_ink(pen.training) if pen else prepare_images(load_digits(path))
    labels = prepared.labels[prepared.readable].astype(np.uint8)
    data = split_evenly(prepared.pixels, labels, name_samples(path))
    say(
        f"{len(labels):,} of {len(prepared.labels):,} samples from {path}, {len(data.y_validation):,} of them to "
        "validate on"
    )
    return data


def name_samples(path: Path) -> str:
    """Returns what the samples of a file are called as a set to train on; only the original is called mnist."""
    name = name_set(path)
    return f"{name}_samples" if name == "mnist" else name
