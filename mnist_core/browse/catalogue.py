"""Questions about a split and about a model's answers for it: filters, sorting, counts, summaries.

Functions over arrays. Nothing here reads files or runs a network.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.splits import NO_LABEL, Split
from ..errors import QueryError
from ..evaluation.metrics import confusion_matrix, per_class
from ..models.predictions import SURE, Predictions
from .answers import Answers
from .query import Query

_SMALLEST_PROBABILITY = 1e-12
_CHUNK = 4096


@dataclass(frozen=True)
class Catalogue:
    """A split and all that is known about its images.

    Args:
        split: The images.
        seen: Which the model was trained on, bool (n,).
        answers: What the model makes of them; None while that is not known.
        duplicates: Pairs of near duplicates, int64 (pairs, 2); None while they are not known.
        places: Where the images lie on the map, float32 (n, 2), NaN where one is not on it; None without a map.
    """

    split: Split
    seen: np.ndarray
    answers: Answers | None = None
    duplicates: np.ndarray | None = None
    places: np.ndarray | None = None

    @property
    def map_places(self) -> np.ndarray:
        """As `places`, where a map was asked for.

        Raises:
            QueryError: There is no map, or it is not computed yet.
        """
        if self.places is None:
            raise QueryError(
                "A part of the map was chosen, but this map is not computed yet. Wait, or choose all of it."
            )
        return self.places

    @property
    def labels(self) -> np.ndarray:
        """The labels, int64 (n,), -1 where there is none."""
        return self.split.labels

    @property
    def is_labelled(self) -> bool:
        """Whether any image has a label."""
        return bool((self.labels != NO_LABEL).any())

    @functools.cached_property
    def predictions(self) -> np.ndarray:
        """The most probable digit of each image, int64 (n,)."""
        return self._answers.predictions.probabilities.argmax(axis=1)

    @functools.cached_property
    def confidence(self) -> np.ndarray:
        """The probability of that digit, float64 (n,) in [0, 1]."""
        return self._answers.predictions.probabilities.max(axis=1)

    @functools.cached_property
    def margin(self) -> np.ndarray:
        """How far the most probable digit is ahead of the next, float64 (n,) in [0, 1]."""
        ordered = np.partition(self._answers.predictions.probabilities, -2, axis=1)
        return ordered[:, -1] - ordered[:, -2]

    @functools.cached_property
    def loss(self) -> np.ndarray:
        """The cross-entropy of each image, float64 (n,); NaN without a label."""
        of_label = self._answers.predictions.probabilities[np.arange(len(self.split)), np.maximum(self.labels, 0)]
        return np.where(self.labels == NO_LABEL, np.nan, -np.log(np.maximum(of_label, _SMALLEST_PROBABILITY)))

    @functools.cached_property
    def is_right(self) -> np.ndarray:
        """Whether the answer is the label, bool (n,)."""
        return self.predictions == self.labels

    @functools.cached_property
    def is_ambiguous(self) -> np.ndarray:
        """Whether the model is less than 80 % sure of what it takes for a digit, bool (n,)."""
        return (self.confidence < SURE) & self._answers.predictions.accepted

    @functools.cached_property
    def is_suspected(self) -> np.ndarray:
        """Whether each label may be wrong, bool (n,); see `find_suspects`."""
        return find_suspects(self.labels, self._answers.predictions, self.seen)

    @functools.cached_property
    def has_duplicate(self) -> np.ndarray:
        """Whether another image is the same, or nearly, bool (n,)."""
        if self.duplicates is None:
            raise QueryError("The duplicates among these images are still being computed. Wait until they are ready.")
        found = np.zeros(len(self.split), bool)
        found[self.duplicates.reshape(-1)] = True
        return found

    @functools.cached_property
    def ink(self) -> np.ndarray:
        """The amount of ink, float32 (n,): mean of the pixels in [0, 1]."""
        return self._moments[0]

    @functools.cached_property
    def slant(self) -> np.ndarray:
        """How far an upright line would lean to the right, float32 (n,), in degrees; 0 for an empty image."""
        return self._moments[1]

    @functools.cached_property
    def _moments(self) -> tuple[np.ndarray, np.ndarray]:
        return measure_moments(self.split.images)

    @property
    def _answers(self) -> Answers:
        if self.answers is None:
            raise QueryError(
                "The model's answers for these images are still being computed. Wait until they are ready."
            )
        return self.answers


def select_samples(catalogue: Catalogue, query: Query) -> np.ndarray:
    """Returns the samples that a query asks for, in its order: int64 indices."""
    chosen = np.flatnonzero(_combine(_masks(catalogue, query), len(catalogue.split)))
    if query.shuffle is not None:
        return np.random.default_rng(query.shuffle).permutation(chosen)
    if query.sort == "index":
        return chosen[::-1] if query.descending else chosen
    values = getattr(catalogue, query.sort)[chosen]
    # NaN comes last either way.
    return chosen[np.argsort(-values if query.descending else values, kind="stable")]


def count_choices(catalogue: Catalogue, query: Query) -> dict[str, Any]:
    """Returns how many samples each choice of each filter would leave, all other filters as they are.

    Returns:
        total (of the query itself), label and predicted (ten counts each), and the counts of right, wrong, seen, new,
        refused, ambiguous, suspected and duplicates; those that need answers are missing while there are none.
    """
    masks, size = _masks(catalogue, query), len(catalogue.split)

    def among_others(name: str, choices: np.ndarray) -> int:
        return int((_combine(masks, size, without=name) & choices).sum())

    def of_digits(name: str, digits: np.ndarray) -> list[int]:
        left = digits[_combine(masks, size, without=name)]
        return np.bincount(left[left >= 0], minlength=10).tolist()

    counts: dict[str, Any] = {
        "total": int(_combine(masks, size).sum()),
        "label": of_digits("label", catalogue.labels),
        "seen": among_others("seen", catalogue.seen),
        "new": among_others("seen", ~catalogue.seen),
    }
    if catalogue.duplicates is not None:
        counts["duplicates"] = among_others("duplicates", catalogue.has_duplicate)
    if catalogue.answers is None:
        return counts
    labelled = catalogue.labels != NO_LABEL
    return {
        **counts,
        "predicted": of_digits("predicted", catalogue.predictions),
        "right": among_others("right", catalogue.is_right),
        "wrong": among_others("right", ~catalogue.is_right & labelled),
        "refused": among_others("refused", ~catalogue.answers.predictions.accepted),
        "ambiguous": among_others("ambiguous", catalogue.is_ambiguous),
        "suspected": among_others("suspected", catalogue.is_suspected),
    }


def find_suspects(labels: np.ndarray, predictions: Predictions, seen: np.ndarray) -> np.ndarray:
    """Finds images whose label may be wrong: the model gives another digit at least 80 %, and accepts them as digits.

    Only images count on which the model was not trained: of the others it has learned the label, right or wrong.

    Args:
        labels: int64 (n,), -1 where there is none.
        predictions: What the model makes of the n images.
        seen: bool (n,).

    Returns:
        bool (n,).
    """
    probabilities = predictions.probabilities
    is_sure = (probabilities.max(axis=1) >= SURE) & predictions.accepted
    return is_sure & (probabilities.argmax(axis=1) != labels) & (labels != NO_LABEL) & ~seen


def describe_crowd(catalogue: Catalogue, chosen: np.ndarray) -> dict[str, Any]:
    """Returns what the chosen samples have in common, by label; without labels, by what the model answered.

    Returns:
        by ("label" or "predicted"), counts (ten), mean and spread (uint8 (10, 28, 28), mean and standard deviation of
        the pixels), ink (ten arrays, percent) and slant (ten arrays, degrees); with labels and answers also
        confusion_matrix and per_class, see `evaluation`.
    """
    by = "label" if catalogue.is_labelled or catalogue.answers is None else "predicted"
    digits = (catalogue.labels if by == "label" else catalogue.predictions)[chosen]
    groups = [chosen[digits == digit] for digit in range(10)]
    means, spreads = zip(*(_summarise(catalogue.split.images[group]) for group in groups), strict=True)
    crowd: dict[str, Any] = {
        "by": by,
        "counts": [len(group) for group in groups],
        "mean": np.stack(means),
        "spread": np.stack(spreads),
        "ink": [100 * catalogue.ink[group] for group in groups],
        "slant": [catalogue.slant[group] for group in groups],
    }
    labelled = chosen[catalogue.labels[chosen] != NO_LABEL]
    if catalogue.answers is not None and len(labelled):
        labels, predictions = catalogue.labels[labelled], catalogue.predictions[labelled]
        crowd["confusion_matrix"] = confusion_matrix(labels, predictions)
        crowd["per_class"] = per_class(labels, predictions)
    return crowd


def measure_moments(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measures ink and slant of images, uint8 (n, 28, 28): float32 (n,) mean pixel in [0, 1], float32 (n,) degrees.

    The slant is that of the shear which would make the image's second moments upright.

    Reference:
        LeCun, Bottou, Bengio and Haffner (1998), "Gradient-based learning applied to document recognition", deslanting.
    """
    row, column = np.mgrid[:28, :28].reshape(2, -1).astype(np.float32)
    weights = np.stack([np.ones(784, np.float32), row, column, row * row, row * column], axis=1)
    sums = np.empty((len(images), 5), np.float64)
    for start in range(0, len(images), _CHUNK):
        sums[start : start + _CHUNK] = images[start : start + _CHUNK].reshape(-1, 784).astype(np.float32) @ weights
    mass = np.maximum(sums[:, 0], 1)
    _, rows, columns, row_rows, row_columns = sums.T / mass
    height = row_rows - rows * rows
    shear = np.divide(rows * columns - row_columns, height, out=np.zeros_like(height), where=height > 1e-3)
    return (sums[:, 0] / (255 * 784)).astype(np.float32), np.degrees(np.arctan(shear)).astype(np.float32)


def _masks(catalogue: Catalogue, query: Query) -> dict[str, np.ndarray]:
    """Returns one mask, bool (n,), for each filter that asks for anything."""
    masks: dict[str, np.ndarray] = {}
    for name, digits in (("label", query.label), ("predicted", query.predicted)):
        if digits is not None:
            masks[name] = np.isin(catalogue.labels if name == "label" else catalogue.predictions, digits)
    if query.right is not None:
        masks["right"] = (catalogue.is_right == query.right) & (catalogue.labels != NO_LABEL)
    if query.seen is not None:
        masks["seen"] = catalogue.seen == query.seen
    if query.low is not None or query.high is not None:
        low, high = query.low or 0, 1 if query.high is None else query.high
        masks["confidence"] = (catalogue.confidence >= low) & (catalogue.confidence <= high)
    if query.refused is not None:
        masks["refused"] = catalogue._answers.predictions.accepted != query.refused
    for name, column in (
        ("ambiguous", "is_ambiguous"),
        ("suspected", "is_suspected"),
        ("duplicates", "has_duplicate"),
    ):
        if getattr(query, name) is not None:
            masks[name] = getattr(catalogue, column) == getattr(query, name)
    if query.box is not None:
        masks["box"] = _find_in_box(catalogue, query.box)
    return masks


def _find_in_box(catalogue: Catalogue, box: tuple[float, float, float, float]) -> np.ndarray:
    x, y = catalogue.map_places.T
    return (x >= box[0]) & (y >= box[1]) & (x <= box[2]) & (y <= box[3])


def _combine(masks: Mapping[str, np.ndarray], size: int, without: str = "") -> np.ndarray:
    return functools.reduce(
        np.logical_and, (mask for name, mask in masks.items() if name != without), np.ones(size, bool)
    )


def _summarise(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the mean and the standard deviation of uint8 (n, 28, 28), each uint8 (28, 28)."""
    if not len(images):
        return np.zeros((28, 28), np.uint8), np.zeros((28, 28), np.uint8)
    sums, squares = np.zeros((2, 28, 28))
    for start in range(0, len(images), _CHUNK):
        part = images[start : start + _CHUNK].astype(np.float32)
        sums += part.sum(axis=0, dtype=np.float64)
        squares += np.einsum("nij,nij->ij", part, part, dtype=np.float64)
    mean = sums / len(images)
    spread = np.sqrt(np.maximum(squares / len(images) - mean * mean, 0))
    return np.rint(mean).astype(np.uint8), np.rint(spread).astype(np.uint8)
