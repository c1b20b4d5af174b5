"""A visitor's own drawings as data to train on: a part is held out to judge, and old digits may be mixed in.

Of a class half of the pupils are held out: what they have drawn comes as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError
from .files import read_npz, write_npz
from .mnist import NUM_LABELS
from .sample import load_sample
from .training_data import BUILT_IN, TrainingData, find_training

NAME = "own"
NAME_OF_CLASS = "class"
MOST_DRAWINGS = 500
MOST_OF_CLASS = 12_000
_LEAST_DRAWINGS = 10
# A few dozen drawings are seen so often in an epoch that it holds about as many images.
_IMAGES_PER_EPOCH = 2000


@dataclass(frozen=True)
class OwnDrawings:
    """Drawings and what they are meant to be.

    Args:
        images: uint8 (n, 28, 28), as a network receives them.
        labels: uint8 (n,), 0 to 9.
        mix: Whether old digits are learned beside them, so that fewer are forgotten.
        held_out: Images and labels of those who are held out; None holds out a part of these drawings.

    Raises:
        DataError: They are too few, or all of one digit.
    """

    images: np.ndarray
    labels: np.ndarray
    mix: bool = False
    held_out: tuple[np.ndarray, np.ndarray] | None = None

    def __post_init__(self) -> None:
        counts = np.bincount(self.labels, minlength=NUM_LABELS)
        if self.held_out is not None:
            _check_class(counts, len(self.held_out[1]))
            return
        if not _LEAST_DRAWINGS <= len(self.labels) <= MOST_DRAWINGS:
            raise DataError(
                "Expected {least} to {most} drawings with their digits. Received: {count}.",
                least=_LEAST_DRAWINGS,
                most=MOST_DRAWINGS,
                count=len(self.labels),
            )
        if (counts > 1).sum() < 2:
            raise DataError(
                "Expected at least two drawings each of at least two different digits: one is learned from, the other "
                "judges what was learned. Draw some more."
            )

    def split(self) -> TrainingData:
        """Returns them as training data: of each digit with two or more drawings, a fifth is held out, at least one."""
        is_held_out = self._hold_out()
        learned = np.flatnonzero(~is_held_out)
        chosen = np.tile(learned, -(-_IMAGES_PER_EPOCH // len(learned)))
        images, labels = self.images[chosen], self.labels[chosen]
        if self.mix:
            old_images, old_labels = load_sample()
            old = find_training(old_images, old_labels, BUILT_IN)
            images, labels = np.concatenate([images, old_images[old]]), np.concatenate([labels, old_labels[old]])
        order = np.random.default_rng(0).permutation(len(labels))
        held_out, name = (self.images[is_held_out], self.labels[is_held_out]), NAME
        if self.held_out is not None:
            held_out, name = self.held_out, NAME_OF_CLASS
        return TrainingData(images[order], labels[order], *held_out, name)

    def _hold_out(self) -> np.ndarray:
        is_held_out = np.zeros(len(self.labels), bool)
        for label in range(NUM_LABELS if self.held_out is None else 0):
            places = np.flatnonzero(self.labels == label)
            if len(places) > 1:
                is_held_out[places[-max(1, len(places) // 5) :]] = True
        return is_held_out

    def write(self, path: Path) -> None:
        """Writes them to a file.

        Raises:
            StorageError: It cannot be written.
        """
        arrays = {"images": self.images, "labels": self.labels, "mix": np.array(self.mix)}
        if self.held_out is not None:
            arrays |= {"held_out_images": self.held_out[0], "held_out_labels": self.held_out[1]}
        write_npz(path, arrays)

    @classmethod
    def read(cls, path: Path) -> OwnDrawings:
        """Reads what was written.

        Raises:
            DataError: The file is damaged.
        """
        arrays = read_npz(path)
        has_held_out = "held_out_images" in arrays
        held_out = (arrays["held_out_images"], arrays["held_out_labels"]) if has_held_out else None
        return cls(arrays["images"], arrays["labels"], bool(arrays["mix"]), held_out)


def _check_class(counts: np.ndarray, num_held_out: int) -> None:
    """Makes sure that one half of a class has drawn enough to teach, and the other to test."""
    if not _LEAST_DRAWINGS <= counts.sum() <= MOST_OF_CLASS or (counts > 0).sum() < 2:
        raise DataError(
            "The half of the class that teaches has {count} labelled drawings. Expected {least} to {most:,}, of at "
            "least two different digits.",
            count=int(counts.sum()),
            least=_LEAST_DRAWINGS,
            most=MOST_OF_CLASS,
        )
    if not num_held_out:
        raise DataError("The half of the class that tests has drawn nothing yet.")


def old_digits() -> tuple[np.ndarray, np.ndarray]:
    """Returns those 1,000 of the built-in images that no such run learns from, to see what it forgets, and labels."""
    images, labels = load_sample()
    others = np.setdiff1d(np.arange(len(labels)), find_training(images, labels, BUILT_IN))
    return images[others], labels[others]
