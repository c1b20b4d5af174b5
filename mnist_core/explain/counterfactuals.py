"""An image -> the smallest change found that makes a network answer otherwise: a counterfactual explanation.

A change comes from one of a few families, see `edits`. Within a family candidates are tried from cheap to dear; the
first that flips the answer is the result. That is an upper bound: a change that was not tried, or of another kind, may
be cheaper. Nothing here finds models.

Reference:
    Wachter, Mittelstadt and Russell (2018), "Counterfactual explanations without opening the black box: automated
    decisions and the GDPR": the nearest input, in L1, that is answered otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..checks import is_index
from ..errors import PictureError, QueryError
from ..models.architectures import NUM_CLASSES
from ..models.inference import MOST_IMAGES
from ..models.predictions import Predictions
from ..preprocessing.ink import IMAGE_SIZE
from .edits import FAMILIES, INK, Candidates, frame, reduce_edited

Predict = Callable[[np.ndarray], Predictions]

# Enough for any family in full.
BUDGET = 3000


@dataclass(frozen=True)
class Change:
    """A change that flips the answer.

    Args:
        amount: How much, in the family's unit; its sign is the direction, see `edits.Family`.
        cost: Share of ink that changes, at least 0; 2 when all ink goes and as much comes elsewhere.
        edited: float32 (28, 28) in [0, 1], the image with the change, in the frame of the image before.
        image: float32 (28, 28) in [0, 1], the same framed again: what the network answers to. Its values are whole
            255ths, so that it survives being sent.
        label: The digit it is taken for.
        probabilities: float64 (10,), of `image`.
        effect: What happens, in one word: a direction ("left", "wider" ...), "loop_closed", "parts_joined",
            "stroke_added", "loop_opened", "parts_split", "piece_erased", or "framed" where framing the image again is
            enough.
        place: Where, for strokes: "top_left", "top" ... "middle" ... "bottom_right"; otherwise "".
    """

    amount: float
    cost: float
    edited: np.ndarray
    image: np.ndarray
    label: int
    probabilities: np.ndarray
    effect: str
    place: str


@dataclass(frozen=True)
class Search:
    """What was looked for, how far, and the change if there is one.

    Args:
        family: Name of the family.
        label: The digit that the image is taken for, or None where it is taken for none.
        probabilities: float64 (10,), before.
        change: The cheapest change found, or None.
        num_predictions: Images that were predicted, the one before among them.
        lowest: The least amount tried, in the family's unit.
        highest: The greatest.
        is_complete: Whether the search came to its end: it found a change or tried the whole family. Otherwise the
            budget ended it.
    """

    family: str
    label: int | None
    probabilities: np.ndarray
    change: Change | None
    num_predictions: int
    lowest: float
    highest: float
    is_complete: bool


def find_change(
    predict: Predict, image: np.ndarray, family: str, *, wanted: int | None = None, budget: int = BUDGET
) -> Search:
    """Looks for the cheapest change of a family that flips the answer.

    The answer is flipped when the image is taken for a digit and that is another one than before, or the wanted one.

    Args:
        predict: Answers, such as `anatomy.Anatomy.predict`.
        image: float32 (28, 28) in [0, 1].
        family: A name in `FAMILIES`.
        wanted: The digit that it should be taken for; None for any other.
        budget: The most images that are predicted, at least 1.

    Raises:
        PictureError: The image has another shape, values beyond [0, 1], or no ink.
        QueryError: There is no such family; or the wanted digit is none, or the answer as it is.
    """
    _check_question(image, family, wanted, budget)
    before = predict(image[None].astype(np.float32))
    label = int(before.probabilities[0].argmax()) if before.accepted[0] else None
    if wanted is not None and wanted == label:
        raise QueryError("It is read as {wanted} already. Choose another digit.", wanted=wanted)
    candidates = FAMILIES[family].propose(image.astype(np.float32))
    hunt = _Hunt(predict, partial(_find_flips, label=label, wanted=wanted), budget - 1)
    found = hunt.find_first(candidates)
    change = None if found is None else _describe_change(*found)
    tried = candidates.amounts[: hunt.reached]
    return Search(
        family,
        label,
        before.probabilities[0],
        change,
        1 + hunt.num_predictions,
        float(tried.min()) if len(tried) else 0.0,
        float(tried.max()) if len(tried) else 0.0,
        change is not None or hunt.reached == len(candidates.amounts),
    )


def _check_question(image: np.ndarray, family: str, wanted: int | None, budget: int) -> None:
    if image.shape != (IMAGE_SIZE, IMAGE_SIZE):
        raise PictureError("Expected an image of 28x28 values. Received: {shape}.", shape=image.shape)
    if not (np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1):
        raise PictureError("Expected an image of values in [0, 1].")
    if image.max() <= INK:
        raise PictureError("There is too little ink to change. Draw a digit first.")
    if family not in FAMILIES:
        raise QueryError(
            "There is no kind of change named {family!r}. Available: {families}.",
            family=family,
            families=", ".join(FAMILIES),
        )
    if wanted is not None and not is_index(wanted, NUM_CLASSES):
        raise QueryError("The wanted digit must be 0 to 9. Received: {wanted!r}.", wanted=wanted)
    if budget < 1:
        raise ValueError(f"`budget` must be at least 1. Received: {budget}")


def _find_flips(predictions: Predictions, label: int | None, wanted: int | None) -> np.ndarray:
    labels = predictions.probabilities.argmax(axis=1)
    return predictions.accepted & (labels != label if wanted is None else labels == wanted)


class _Hunt:
    """Tries candidates until one flips the answer or the budget is spent."""

    def __init__(self, predict: Predict, find_flips: Callable[[Predictions], np.ndarray], budget: int) -> None:
        self._predict = predict
        self._find_flips = find_flips
        self._budget = budget
        self.num_predictions = 0
        self.reached = 0  # candidates that were looked at, of those before they were refined

    def find_first(self, candidates: Candidates) -> tuple[Candidates, int, np.ndarray, np.ndarray] | None:
        """Returns the candidates that the cheapest flip is among, its number, its image and probabilities; or None."""
        found, self.reached = self._scan(candidates)
        if found is None:
            return None
        finer = candidates.refine(found[0])
        if finer is not None:
            cheaper, _ = self._scan(finer)
            if cheaper is not None:
                return finer, *cheaper
        return candidates, *found

    def _scan(self, candidates: Candidates) -> tuple[tuple[int, np.ndarray, np.ndarray] | None, int]:
        start, num_candidates = 0, len(candidates.amounts)
        while start < num_candidates and self.num_predictions < self._budget:
            stop = min(start + MOST_IMAGES, start + self._budget - self.num_predictions, num_candidates)
            edited = ((index, frame(candidates.edit(index))) for index in range(start, stop))
            framed = {index: image for index, image in edited if image is not None}
            self.num_predictions += len(framed)
            start = stop
            if not framed:
                continue
            predictions = self._predict(np.stack(list(framed.values())))
            for (index, image), flips, probabilities in zip(
                framed.items(), self._find_flips(predictions), predictions.probabilities, strict=True
            ):
                if flips and candidates.fits(index):
                    return (index, image, probabilities), stop
        return None, start


def _describe_change(candidates: Candidates, index: int, image: np.ndarray, probabilities: np.ndarray) -> Change:
    edited = candidates.edit(index)
    effect, place = candidates.describe(index)
    return Change(
        amount=float(candidates.amounts[index]),
        cost=float(np.abs(edited - candidates.base).sum() / candidates.base.sum()),
        edited=reduce_edited(edited),
        image=image,
        label=int(probabilities.argmax()),
        probabilities=probabilities,
        effect=effect,
        place=place,
    )
