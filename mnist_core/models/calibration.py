"""Logits -> honest probabilities, and when an image is taken for a digit.

Ten logits become ten probabilities through a temperature and a floor, which both rise with the doubt; where a network
has an eleventh logit, what it gives to "not a digit" is the doubt, a score apart from the ten. All numbers are fitted
on validation data. Nothing here runs a network.

Reference:
    Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks", for the temperature.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..checks import build_from
from .architectures import NUM_CLASSES

# Share of validation digits that is accepted, of MNIST's and of the pen's. Of other people's digits it is up to two
# points less: the hands of the former are known.
ACCEPTED_SHARE = 0.992

# What is tried for each number, in turn, until none helps. No temperature is below 1: strangers' drawings are harder
# than validation digits, and a network that is too modest on the latter is not on the former.
_CANDIDATES = {
    "temperature": np.geomspace(1, 4, 61).tolist(),
    "warming": np.linspace(0, 3, 61).tolist(),
    "floor": np.linspace(0, 0.95, 39).tolist(),
}


_SMALLEST_PROBABILITY = 1e-12


@dataclass(frozen=True)
class Calibration:
    """How logits are read. As it stands it changes nothing and accepts everything.

    Args:
        temperature: What the logits of an image without doubt are divided by.
        warming: How the temperature rises with the doubt d in [0, 1]: times exp(warming * d).
        floor: Share of the probability that goes to all ten digits alike, in [0, 1): floor * d of it.
        limit: The largest doubt, in [0, 1], at which an image is taken for a digit.
    """

    temperature: float = 1.0
    warming: float = 0.0
    floor: float = 0.0
    limit: float = 1.0

    def __post_init__(self) -> None:
        is_sound = 0 < self.temperature < np.inf and abs(self.warming) < np.inf
        if not (is_sound and 0 <= self.floor < 1 and 0 <= self.limit <= 1):
            raise ValueError(
                "Expected a temperature above 0, a finite warming, a floor in [0, 1) and a limit in [0, 1]. "
                f"Received: {self!r}"
            )

    def as_dict(self) -> dict[str, Any]:
        """Returns plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Calibration:
        """Returns the inverse of `as_dict`; a field that is missing has its default.

        Raises:
            TypeError: A field is unknown, or no number.
        """
        return build_from(cls, values)

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Maps logits of shape (n, 10 or 11) to the ten probabilities of each image, float64 (n, 10); rows sum to 1."""
        doubt = find_doubt(logits)[:, None]
        scaled = softmax(logits[:, :NUM_CLASSES] / (self.temperature * np.exp(self.warming * doubt)))
        return (1 - self.floor * doubt) * scaled + self.floor * doubt / NUM_CLASSES


def softmax(logits: np.ndarray) -> np.ndarray:
    """Maps logits of shape (n, classes) to probabilities, float64 of the same shape."""
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def find_doubt(logits: np.ndarray) -> np.ndarray:
    """Returns how little each image looks like a digit.

    Args:
        logits: Array of shape (n, 11), the last for "not a digit"; or (n, 10) of a network that knows digits alone.

    Returns:
        Array of shape (n,), float64 in [0, 1]: the softmax of the eleventh output; without one, what the ten leave to
        all but the most probable.
    """
    probabilities = softmax(logits)
    if logits.shape[1] > NUM_CLASSES:
        return probabilities[:, NUM_CLASSES]
    return 1 - probabilities.max(axis=1)


def fit_calibration(groups: Sequence[tuple[np.ndarray, np.ndarray]], digits: Sequence[np.ndarray] = ()) -> Calibration:
    """Fits a calibration on validation data.

    Args:
        groups: Logits (n, 10 or 11) and labels (n,) of each kind of digits. Each kind counts alike, however many and
            however hard they are: halving the negative log-likelihood of one is worth doubling that of another.
        digits: Logits of each kind of digits that must be accepted; without any, everything is.

    Returns:
        The temperature, warming and floor with the least geometric mean of negative log-likelihoods, and the limit at
        which 99.2 % of each of `digits` are accepted.
    """

    def cost(candidate: Calibration) -> float:
        return float(np.mean([np.log(_mean_nll(candidate, *group)) for group in groups]))

    quantiles = [np.quantile(find_doubt(logits), ACCEPTED_SHARE, method="higher") for logits in digits]
    # A hair above: another runtime's last digits must not refuse the digit that the limit was taken from.
    best = Calibration(limit=min(1.0, 1.001 * float(max(quantiles, default=1.0))))
    before = math.inf
    while cost(best) < before - 1e-6:
        before = cost(best)
        for name, values in _CANDIDATES.items():
            best = min((dataclasses.replace(best, **{name: value}) for value in values), key=cost)
    return best


def _mean_nll(calibration: Calibration, logits: np.ndarray, labels: np.ndarray) -> float:
    of_label = calibration.probabilities(logits)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(of_label, _SMALLEST_PROBABILITY)).mean()) + _SMALLEST_PROBABILITY
