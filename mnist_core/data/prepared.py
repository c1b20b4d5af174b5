"""Labelled pictures and ink as the network receives them, through the code that answers a visitor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InkError, PictureError
from ..preprocessing.ink import IMAGE_SIZE, check_ink, render_ink
from ..preprocessing.picture import picture_to_image
from .labelled import LabelledSet
from .pendigits import PenInk


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
        """MNIST-like images, uint8 (n, 28, 28), that go to the network unchanged."""
        return cls(images.astype(np.float32) / 255, labels.astype(np.int64), np.ones(len(images), bool))


def prepare_images(labelled: LabelledSet, *, as_is: bool = False) -> PreparedSet:
    """Sends samples through exactly the code that a drawing or an upload passes through.

    Args:
        labelled: Pictures or ink.
        as_is: Feed 28x28 pictures unchanged.

    Raises:
        ValueError: `as_is` with anything but 28x28 pictures.
    """
    if as_is:
        if labelled.kind != "pictures" or labelled.samples.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
            raise ValueError(f"Only 28x28 pictures can be fed as they are; {labelled.name} holds something else.")
        return PreparedSet.from_mnist(labelled.samples, labelled.labels)
    images = np.zeros((len(labelled.samples), IMAGE_SIZE, IMAGE_SIZE), np.float32)
    readable = np.ones(len(images), bool)
    for index, sample in enumerate(labelled.samples):
        try:
            images[index] = picture_to_image(sample) if labelled.kind == "pictures" else render_ink(check_ink(sample))
        except (InkError, PictureError):
            readable[index] = False
    return PreparedSet(images, labelled.labels, readable)


def prepare_ink(pen: PenInk) -> PreparedSet:
    """Pen ink, as strokes from the pad would be received."""
    return prepare_images(LabelledSet("ink", "ink", pen.ink, pen.labels))
