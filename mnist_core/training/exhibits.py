"""What is shown of a network while it learns, the same images all the time; computed from logits and weights alone."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.training_data import TrainingData
from ..models.architectures import NUM_CLASSES
from ..models.calibration import Calibration
from ..models.predictions import read_logits, read_verdict
from ..preprocessing.ink import IMAGE_SIZE

_NUM_CHECKED = 500
_NUM_SAMPLES_EACH = 2
# A dense layer may have hundreds, each as large as an image.
_MOST_FILTERS = 32

Message = dict[str, Any]


@dataclass(frozen=True)
class Exhibits:
    """Validation images, always the same ones for the same data.

    Args:
        images: uint8 (n, 28, 28), at most 500, spread over all.
        labels: int64 (n,).
        samples: int64 indices of two images of each digit.
    """

    images: np.ndarray
    labels: np.ndarray
    samples: np.ndarray

    @classmethod
    def choose(cls, data: TrainingData) -> Exhibits:
        """Chooses them among the validation images of some data."""
        count = len(data.x_validation)
        chosen = np.linspace(0, count - 1, min(_NUM_CHECKED, count)).astype(int)
        labels = data.y_validation[chosen].astype(np.int64)
        samples = [np.flatnonzero(labels == digit)[:_NUM_SAMPLES_EACH] for digit in range(NUM_CLASSES)]
        return cls(data.x_validation[chosen], labels, np.concatenate(samples))

    def describe(self) -> Message:
        """Returns the samples: `images`, each as base64 of 784 bytes, and `labels`."""
        images = [_encode(self.images[index]) for index in self.samples]
        return {"images": images, "labels": self.labels[self.samples].tolist()}

    def judge(self, logits: np.ndarray) -> Message:
        """Says how a network does on them.

        Args:
            logits: What it gave for `images`, of shape (n, 10 or 11).

        Returns:
            `{loss, accuracy, confusion, predictions, confidences}`, the last two of the samples. The loss is that of
            the recipe; an eleventh logit takes part in it, and in nothing else.
        """
        logits = logits.astype(np.float64)
        highest = logits.max(axis=1, keepdims=True)
        normaliser = np.log(np.exp(logits - highest).sum(axis=1)) + highest[:, 0]
        losses = normaliser - logits[np.arange(len(logits)), self.labels]
        probabilities = read_logits(logits, Calibration()).probabilities
        predictions = probabilities.argmax(axis=1)
        confusion = np.zeros((NUM_CLASSES, NUM_CLASSES), np.int64)
        np.add.at(confusion, (self.labels, predictions), 1)
        confidences = probabilities.max(axis=1)[self.samples]
        return {
            "loss": round(float(losses.mean()), 5),
            "accuracy": round(float((predictions == self.labels).mean()), 5),
            "confusion": confusion.tolist(),
            "predictions": predictions[self.samples].tolist(),
            "confidences": confidences.round(4).tolist(),
        }


def describe_filters(kernel: np.ndarray) -> Message | None:
    """Describes the first filters of a first layer: `{count, side, channels, values}`.

    Args:
        kernel: Of a convolution, (side, side, 1, n), or of a dense layer on all pixels, (784, n).

    Returns:
        The values are base64 of float32 (count, side, side); None for a layer of another kind.
    """
    if kernel.ndim == 2 and kernel.shape[0] == IMAGE_SIZE**2:
        kernel = kernel.reshape(IMAGE_SIZE, IMAGE_SIZE, 1, -1)
    if kernel.ndim != 4 or kernel.shape[2] != 1:
        return None
    filters = kernel[:, :, 0, :_MOST_FILTERS].transpose(2, 0, 1)
    values = _encode(filters.astype(np.float32))
    return {"count": len(filters), "side": filters.shape[1], "channels": 1, "values": values}


def describe_reading(logits: np.ndarray) -> Message:
    """Describes what a network says of one image, of logits (10 or 11,): `{probabilities, verdict}`."""
    probabilities = read_logits(logits[None].astype(np.float64), Calibration()).probabilities[0]
    verdict = read_verdict(probabilities)
    return {
        "probabilities": probabilities.round(6).tolist(),
        "verdict": {"kind": verdict.kind, "labels": list(verdict.labels)},
    }


def _encode(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
