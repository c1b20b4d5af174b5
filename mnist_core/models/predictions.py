"""Logits -> probabilities, and what they say: a digit, two candidates, or no digit at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .calibration import Calibration, find_doubt

# Below this the runner-up is worth naming.
SURE = 0.8


@dataclass(frozen=True)
class Verdict:
    """A summary of ten probabilities: a digit, two, or none.

    Args:
        kind: "sure" names one digit, "between" two, "unsure" the first of many; "refused" says that the image does not
            look like a digit.
        labels: The digits named, most probable first; of a refused image the most probable.
        confidence: Probability of the first, in [0, 1].
    """

    kind: Literal["sure", "between", "unsure", "refused"]
    labels: tuple[int, ...]
    confidence: float


@dataclass(frozen=True)
class Predictions:
    """What a model makes of n images.

    Args:
        probabilities: float64 (n, 10), of the ten digits; each row sums to 1.
        doubt: float64 (n,) in [0, 1], how little each image looks like a digit; see `calibration.find_doubt`.
        accepted: bool (n,), whether it is taken for a digit.
    """

    probabilities: np.ndarray
    doubt: np.ndarray
    accepted: np.ndarray


def read_logits(logits: np.ndarray, calibration: Calibration) -> Predictions:
    """Returns what logits of shape (n, 10) or (n, 11) say."""
    doubt = find_doubt(logits)
    return Predictions(calibration.probabilities(logits), doubt, doubt <= calibration.limit)


def read_verdict(probabilities: np.ndarray, accepted: bool = True) -> Verdict:
    """Says what ten probabilities mean: sure of one digit, torn between two, or unsure.

    Args:
        probabilities: Array of shape (10,) that sums to 1.
        accepted: Whether the image is taken for a digit at all.
    """
    first, second = (int(label) for label in np.argsort(probabilities)[:-3:-1])
    confidence = float(probabilities[first])
    if not accepted:
        return Verdict("refused", (first,), confidence)
    if confidence >= SURE:
        return Verdict("sure", (first,), confidence)
    if confidence + probabilities[second] >= SURE:
        return Verdict("between", (first, second), confidence)
    return Verdict("unsure", (first,), confidence)
