"""Logits -> honest probabilities, and when an image is taken for a digit.

Ten logits become ten probabilities through a temperature and a floor; where a network has an eleventh, what it gives
to "not a digit" is the doubt, a score apart from the ten. All three numbers are fitted on validation data. Nothing here
runs a network.

Reference:
    Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks", for the temperature.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .architectures import NUM_CLASSES

# Share of validation digits that is accepted, of MNIST's and of the pen's.
ACCEPTED_SHARE = 0.985

_TEMPERATURES = np.geomspace(0.5, 4, 61)
_FLOORS = np.geomspace(1e-4, 0.1, 31)


@dataclass(frozen=True)
class Calibration:
    """How logits are read. As it stands it changes nothing and accepts everything.

    Args:
        temperature: What logits are divided by.
        floor: Share of the probability that goes to all ten digits alike, in [0, 1).
        limit: The largest doubt, in [0, 1], at which an image is taken for a digit.
    """

    temperature: float = 1.0
    floor: float = 0.0
    limit: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.temperature < np.inf and 0 <= self.floor < 1 and 0 <= self.limit <= 1):
            raise ValueError(
                "Expected a temperature above 0, a floor in [0, 1) and a limit in [0, 1]. "
                f"Received: {self.temperature!r}, {self.floor!r}, {self.limit!r}"
            )

    def as_dict(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return asdict(self)

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """The ten probabilities of each image: logits of shape (n, 10 or 11) to float64 (n, 10); rows sum to 1."""
        scaled = softmax(logits[:, :NUM_CLASSES] / self.temperature)
        return (1 - self.floor) * scaled + self.floor / NUM_CLASSES


def softmax(logits: np.ndarray) -> np.ndarray:
    """Logits of shape (n, classes) to probabilities, float64 of the same shape."""
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def find_doubt(logits: np.ndarray) -> np.ndarray:
    """How little each image looks like a digit.

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
        groups: Logits (n, 10 or 11) and labels (n,) of each kind of digits; each kind counts alike, however many.
        digits: Logits of each kind of digits that must be accepted; without any, everything is.

    Returns:
        The temperature and floor with the least mean negative log-likelihood, and the limit at which 98.5 % of each of
        `digits` are accepted.
    """
    candidates = (Calibration(*pair) for pair in itertools.product(_TEMPERATURES.tolist(), _FLOORS.tolist()))
    best = min(candidates, key=lambda candidate: np.mean([_mean_nll(candidate, *group) for group in groups]))
    quantiles = [np.quantile(find_doubt(logits), ACCEPTED_SHARE, method="higher") for logits in digits]
    return Calibration(best.temperature, best.floor, float(max(quantiles, default=1.0)))


def _mean_nll(calibration: Calibration, logits: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(calibration.probabilities(logits)[np.arange(len(labels)), labels]).mean())
