"""Predictions and labels -> figures: accuracy, likelihood, calibration, confusion, and how well outliers stand apart.

Functions over arrays, and the road from a file of other people's digits to images. Nothing here trains or chooses.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import InkError, PictureError
from .inference import Predictor, predict
from .ink import IMAGE_SIZE, check_ink, render_ink
from .labelled import LabelledSet
from .picture import picture_to_image

_CALIBRATION_BINS = 15
_SMALLEST_PROBABILITY = 1e-12


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
    def as_it_is(cls, images: np.ndarray, labels: np.ndarray) -> PreparedSet:
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
        return PreparedSet.as_it_is(labelled.samples, labelled.labels)
    images = np.zeros((len(labelled.samples), IMAGE_SIZE, IMAGE_SIZE), np.float32)
    readable = np.ones(len(images), bool)
    for index, sample in enumerate(labelled.samples):
        try:
            images[index] = picture_to_image(sample) if labelled.kind == "pictures" else render_ink(check_ink(sample))
        except (InkError, PictureError):
            readable[index] = False
    return PreparedSet(images, labelled.labels, readable)


def evaluate(predictor: Predictor, prepared: PreparedSet) -> dict[str, Any]:
    """Measures a model on digits. A sample that cannot be read counts as an error and as not accepted.

    Returns:
        num_samples, accuracy, interval (95 %, low and high), error_count, per_class, confusion_matrix, accepted, nll,
        brier, ece, seconds.

    Reference:
        Brier (1950) for the Brier score, summed over classes; Guo et al. (2017), "On calibration of modern neural
        networks", for the expected calibration error over 15 bins of equal width.
    """
    started = time.perf_counter()
    probabilities = predict(predictor, prepared.images)
    seconds = time.perf_counter() - started
    probabilities[~prepared.readable] = 0.1
    labels = prepared.labels
    predictions = np.where(prepared.readable, probabilities.argmax(axis=1), -1)
    correct = predictions == labels
    of_label = np.maximum(probabilities[np.arange(len(labels)), labels], _SMALLEST_PROBABILITY)
    confusion = confusion_matrix(labels[prepared.readable], predictions[prepared.readable])
    return {
        "num_samples": len(labels),
        "accuracy": float(correct.mean()),
        "interval": list(wilson_interval(int(correct.sum()), len(labels))),
        "error_count": int((~correct).sum()),
        "per_class": per_class(labels, predictions),
        "confusion_matrix": confusion.tolist(),
        "accepted": float(prepared.readable.mean()),
        "nll": float(-np.log(of_label).mean()),
        "brier": float(((probabilities - np.eye(10)[labels]) ** 2).sum(axis=1).mean()),
        "ece": expected_calibration_error(probabilities.max(axis=1), correct),
        "seconds": seconds,
    }


def evaluate_outliers(predictor: Predictor, digits: PreparedSet, outliers: PreparedSet) -> dict[str, float]:
    """Measures how well the confidence tells digits from what is no digit.

    Returns:
        auroc, the probability that a digit gets a higher confidence than an outlier; accepted, the share of outliers
        still called a digit.
    """
    scores = [
        np.where(prepared.readable, predict(predictor, prepared.images).max(axis=1), 0)
        for prepared in (digits, outliers)
    ]
    return {"auroc": auroc(*scores), "accepted": float(outliers.readable.mean())}


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Counts, int64 (10, 10): rows are true labels, columns predictions."""
    return np.bincount(labels * 10 + predictions, minlength=100).reshape(10, 10)


def per_class(labels: np.ndarray, predictions: np.ndarray) -> list[dict[str, Any]]:
    """Ten dictionaries of label, num_samples, precision, recall and f1; None where there is nothing to divide by."""
    rows = []
    for label in range(10):
        hits = int(((labels == label) & (predictions == label)).sum())
        num_true, num_predicted = int((labels == label).sum()), int((predictions == label).sum())
        rows.append(
            {
                "label": label,
                "num_samples": num_true,
                "precision": hits / num_predicted if num_predicted else None,
                "recall": hits / num_true if num_true else None,
                "f1": 2 * hits / (num_true + num_predicted) if num_true + num_predicted else None,
            }
        )
    return rows


def expected_calibration_error(confidence: np.ndarray, correct: np.ndarray) -> float:
    """Mean distance between stated and true accuracy over 15 bins of confidence, weighted by their size, in [0, 1]."""
    bins = np.minimum((confidence * _CALIBRATION_BINS).astype(int), _CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=confidence - correct, minlength=_CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def auroc(positives: np.ndarray, negatives: np.ndarray) -> float:
    """Area under the ROC curve: the probability that a positive scores above a negative, ties counting half."""
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    not_above = np.searchsorted(ordered, positives, side="right")
    return float((below + not_above).mean() / (2 * len(ordered)))


def wilson_interval(hits: int, num_samples: int) -> tuple[float, float]:
    """95 % interval of a share.

    Reference:
        Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    z = 1.959964
    share = hits / num_samples
    centre = share + z * z / (2 * num_samples)
    half = z * ((share * (1 - share) + z * z / (4 * num_samples)) / num_samples) ** 0.5
    scale = 1 + z * z / num_samples
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)
