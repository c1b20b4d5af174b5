"""Picture files -> what a model reads in each; one that cannot be read does not keep the others from being read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..data.pictures import list_pictures
from ..errors import DataError, PictureError
from ..preprocessing.decoding import open_picture
from ..preprocessing.picture import FoundDigit, Frame, find_candidates, find_instead
from .inference import Predictor, predict
from .predictions import SURE, Verdict, read_verdict

# How much surer a network must be of a candidate than of the plain reading.
_CLEARLY = 0.2
_CERTAIN = 0.97


@dataclass(frozen=True)
class PictureReading:
    """What a model reads in one picture, or why it cannot.

    Args:
        picture: The file; or what was named, where there is no picture to read.
        verdict: The digit; None when the picture cannot be read.
        probabilities: float64 (10,); None when the picture cannot be read.
        error: Why it cannot be read; None when it can.
    """

    picture: Path
    verdict: Verdict | None = None
    probabilities: np.ndarray | None = None
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Returns plain values for JSON. `number` and `digits` are for pictures of several digits, not read."""
        return {
            "picture": str(self.picture),
            "number": None,
            "label": self.verdict and self.verdict.labels[0],
            "verdict": self.verdict and self.verdict.kind,
            "probabilities": None if self.probabilities is None else self.probabilities.tolist(),
            "digits": None,
            "error": self.error,
        }


def read_pictures(predictor: Predictor, places: Iterable[Path]) -> Iterator[PictureReading]:
    """Reads one digit in each picture.

    Args:
        predictor: What answers.
        places: Picture files, and folders whose pictures are meant.

    Yields:
        One reading a picture, as soon as it is there; also one for each place that holds none.
    """
    for place in places:
        try:
            pictures = list_pictures(place)
        except DataError as error:
            yield PictureReading(place, error=str(error))
        else:
            yield from (_read_picture(predictor, picture) for picture in pictures)


def find_best(predictor: Predictor, picture: Image.Image, frame: Frame | None = None) -> FoundDigit:
    """Finds the digit on a picture; where it can be found in several ways, the network says which looks like one.

    The plain way is left only where the network is not sure of it, and for a way of which it is a good deal surer; or
    where a line goes around what is surely a digit.

    Args:
        predictor: What is asked.
        picture: As of `picture.find_digit`.
        frame: Where to look; None for the whole picture.

    Raises:
        PictureError: Nothing in the frame stands out from its background.
    """
    candidates = find_candidates(picture, frame)
    plain = best = next(candidates)
    trust_of_plain, is_digit = trust, _ = _trust(predictor, plain)
    if trust >= SURE:
        others = [(*_trust(predictor, found), found) for found in find_instead(picture, frame)]
        trust, is_digit, best = max(others, key=lambda other: other[0], default=(0.0, False, plain))
        return best if trust >= SURE and is_digit else plain
    for candidate in candidates:
        of_candidate, is_accepted = _trust(predictor, candidate)
        # Two readings that are both no digit tell nobody a lie: the likelier of them will do.
        needed = trust_of_plain + _CLEARLY if is_digit or is_accepted else trust_of_plain
        if of_candidate > max(trust, needed):
            best, trust = candidate, of_candidate
        if trust >= _CERTAIN:
            break
    return best


def _trust(predictor: Predictor, found: FoundDigit) -> tuple[float, bool]:
    """Returns how sure a network is that it sees a digit, and which, in [0, 1]; and whether it takes it for one."""
    answer = predict(predictor, found.image[None])
    return float(answer.probabilities[0].max() * (1 - answer.doubt[0])), bool(answer.accepted[0])


def _read_picture(predictor: Predictor, picture: Path) -> PictureReading:
    try:
        found = find_best(predictor, open_picture(picture))
    except PictureError as error:
        return PictureReading(picture, error=str(error))
    answer = predict(predictor, found.image[None])
    verdict = read_verdict(answer.probabilities[0], bool(answer.accepted[0]))
    return PictureReading(picture, verdict, answer.probabilities[0])
