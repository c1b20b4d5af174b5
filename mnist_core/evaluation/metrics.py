"""Predictions and labels -> figures: accuracy, likelihood, calibration, confusion, and how well outliers stand apart.

Functions over arrays, and the road from a file of other people's digits to images. Nothing here trains or chooses.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..data.prepared import PreparedSet
from ..models.calibration import Calibration
from ..models.inference import Predictor, predict, predict_logits
from ..models.predictions import read_logits
from .statistics import _Z, wilson_interval

_CALIBRATION_BINS = 15
# Finer where nearly all answers lie.
_RELIABILITY_EDGES = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)
_SMALLEST_PROBABILITY = 1e-12


def evaluate(predictor: Predictor, prepared: PreparedSet) -> dict[str, Any]:
    """Measures a model on digits. A sample that cannot be read counts as an error and as not accepted.

    Returns:
        num_samples, accuracy, interval (95 %, low and high), error_count, per_class, confusion_matrix, accepted (share
        taken for a digit), nll, brier, ece, uncalibrated (nll and brier of the bare softmax), certain (nll, None when
        infinite, and brier of a model that gives the same answers and is always 100 % sure), reliability, below_99,
        seconds.

    Reference:
        Brier (1950) for the Brier score, summed over classes; Guo et al. (2017), "On calibration of modern neural
        networks", for the expected calibration error over 15 bins of equal width.
    """
    started = time.perf_counter()
    logits = predict_logits(predictor, prepared.images)
    seconds = time.perf_counter() - started
    answers = read_logits(logits, predictor.calibration)
    probabilities = _where_readable(answers.probabilities, prepared)
    labels = prepared.labels
    predictions = np.where(prepared.readable, probabilities.argmax(axis=1), -1)
    correct = predictions == labels
    confidence = probabilities.max(axis=1)
    error_count = int((~correct).sum())
    confusion = confusion_matrix(labels[prepared.readable], predictions[prepared.readable])
    return {
        "num_samples": len(labels),
        "accuracy": float(correct.mean()),
        "interval": list(wilson_interval(int(correct.sum()), len(labels))),
        "error_count": error_count,
        "per_class": per_class(labels, predictions),
        "confusion_matrix": confusion.tolist(),
        "accepted": float((answers.accepted & prepared.readable).mean()),
        **_scores(probabilities, labels),
        "ece": expected_calibration_error(confidence, correct),
        "uncalibrated": _scores(_where_readable(Calibration().probabilities(logits), prepared), labels),
        "certain": {"nll": None if error_count else 0.0, "brier": 2 * error_count / len(labels)},
        "reliability": reliability(confidence, correct),
        "below_99": stated_minus_true(confidence, correct),
        "seconds": seconds,
    }


def evaluate_outliers(
    predictor: Predictor, digits: Mapping[str, PreparedSet], outliers: PreparedSet, lookalikes: Sequence[int] = ()
) -> list[dict[str, Any]]:
    """Measures how well the doubt tells digits from what is no digit.

    Args:
        predictor: What answers.
        digits: Sets of digits, by name.
        outliers: Images that are no digits; `labels` say of what class each is.
        lookalikes: Classes that are digits in some hand: they count for themselves alone.

    Returns:
        One dictionary for all other outliers (label None) and one for each class: label, num_samples, accepted (share
        taken for a digit), and auroc, for each set of digits the probability that a digit is doubted less. Both are
        None where there are no others.
    """
    doubts = {name: _find_doubts(predictor, prepared)[0] for name, prepared in digits.items()}
    doubt, accepted = _find_doubts(predictor, outliers)
    classes = np.unique(outliers.labels).tolist()
    rows = []
    is_told = len(classes) > 1 or set(classes) <= set(lookalikes)  # else the only class is all there is
    for label in [None, *(classes if is_told else [])]:
        chosen = ~np.isin(outliers.labels, lookalikes) if label is None else outliers.labels == label
        rows.append(
            {
                "label": label,
                "num_samples": int(chosen.sum()),
                "accepted": float(accepted[chosen].mean()) if chosen.any() else None,
                "auroc": {
                    name: auroc(-of_digits, -doubt[chosen]) if chosen.any() else None
                    for name, of_digits in doubts.items()
                },
            }
        )
    return rows


def _find_doubts(predictor: Predictor, prepared: PreparedSet) -> tuple[np.ndarray, np.ndarray]:
    """Returns doubt and acceptance of each sample; what cannot be read is not accepted, and nothing is doubted more."""
    answers = predict(predictor, prepared.images)
    return np.where(prepared.readable, answers.doubt, 1.1), answers.accepted & prepared.readable


def _where_readable(probabilities: np.ndarray, prepared: PreparedSet) -> np.ndarray:
    return np.where(prepared.readable[:, None], probabilities, 0.1)


def _scores(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    of_label = np.maximum(probabilities[np.arange(len(labels)), labels], _SMALLEST_PROBABILITY)
    return {
        "nll": float(-np.log(of_label).mean()),
        "brier": float(((probabilities - np.eye(10)[labels]) ** 2).sum(axis=1).mean()),
    }


def reliability(confidence: np.ndarray, correct: np.ndarray) -> list[dict[str, Any]]:
    """Returns what a reliability diagram shows: for each bin that holds anything its stated and its true accuracy.

    Returns:
        Dictionaries of low and high (edges of the bin), num_samples, stated (mean confidence), true (share right) and
        interval (95 %, of the true one).
    """
    number = np.digitize(confidence, _RELIABILITY_EDGES[1:-1])
    bins = []
    for index in np.unique(number).tolist():
        chosen = number == index
        hits, num_samples = int(correct[chosen].sum()), int(chosen.sum())
        bins.append(
            {
                "low": _RELIABILITY_EDGES[index],
                "high": _RELIABILITY_EDGES[index + 1],
                "num_samples": num_samples,
                "stated": float(confidence[chosen].mean()),
                "true": hits / num_samples,
                "interval": list(wilson_interval(hits, num_samples)),
            }
        )
    return bins


def stated_minus_true(confidence: np.ndarray, correct: np.ndarray) -> dict[str, Any]:
    """Returns stated minus true accuracy where less than 99 % is stated, with a 95 % interval; None if it never is.

    Returns:
        num_samples, difference and interval, from the normal approximation of the mean of the differences.
    """
    chosen = confidence < 0.99
    count = int(chosen.sum())
    if count < 2:
        return {"num_samples": count, "difference": None, "interval": None}
    gaps = confidence[chosen] - correct[chosen]
    half = _Z * float(gaps.std(ddof=1)) / count**0.5
    mean = float(gaps.mean())
    return {"num_samples": count, "difference": mean, "interval": [mean - half, mean + half]}


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Counts the answers, int64 (10, 10): rows are true labels, columns predictions."""
    return np.bincount(labels * 10 + predictions, minlength=100).reshape(10, 10)


def per_class(labels: np.ndarray, predictions: np.ndarray) -> list[dict[str, Any]]:
    """Returns ten dictionaries of label, num_samples, precision, recall and f1; None where the divisor would be 0."""
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
    """Returns the mean distance of stated and true accuracy over 15 bins of confidence, weighted by size, in [0, 1]."""
    bins = np.minimum((confidence * _CALIBRATION_BINS).astype(int), _CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights=confidence - correct, minlength=_CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def auroc(positives: np.ndarray, negatives: np.ndarray) -> float:
    """Returns the area under the ROC curve: the chance that a positive scores above a negative, ties counting half."""
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    not_above = np.searchsorted(ordered, positives, side="right")
    return float((below + not_above).mean() / (2 * len(ordered)))
