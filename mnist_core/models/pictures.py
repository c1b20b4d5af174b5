"""Picture files -> what a model reads in each; one that cannot be read does not keep the others from being read."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..data.pictures import list_pictures
from ..errors import DataError, PictureError
from ..preprocessing.decoding import measure_side, open_picture
from ..preprocessing.ink import IMAGE_SIZE
from ..preprocessing.picture import FoundDigit, Frame, find_candidates, find_instead, look, place, take_whole
from ..preprocessing.picture_groups import find_picture_pieces
from .inference import Predictor, predict
from .numbers import MOST_DIGITS, OF_PICTURES, NumberReading, read_line
from .predictions import SURE, Verdict, read_verdict

# A picture is one digit where a network is at least so sure of that; as a number at least so much of it must be digits.
# Wider than a digit by this much it holds more than that digit.
_ONE_DIGIT = 0.9
_WIDER = 1.3
_DIGITS = 2 / 3
# How much surer a network must be of a candidate than of the plain reading.
_CLEARLY = 0.2
_CERTAIN = 0.97
# Each further way of reading is another chance for something to look like a digit. So where the plain one does not, the
# doubt must be no more than this share of what is accepted.
_STRICTLY = 0.25


@dataclass(frozen=True)
class PictureNumber:
    """A number of several digits on a picture.

    Args:
        reading: Its digits from left to right, with boxes in pixels of a size of their own.
        frames: Where each lies on the picture.
    """

    reading: NumberReading
    frames: tuple[Frame, ...]

    @property
    def width(self) -> float:
        """From the left end of the first digit to the right end of the last, as long as it is not turned."""
        return max(frame.box[0] + frame.width for frame in self.frames) - min(frame.box[0] for frame in self.frames)


@dataclass(frozen=True)
class PictureReading:
    """What a model reads in one picture, or why it cannot.

    Args:
        picture: The file; or what was named, where there is no picture to read.
        verdict: The digit; None when the picture holds several, or cannot be read.
        probabilities: float64 (10,); None when there is no single digit.
        number: The digits, where there are several.
        side: The longer side of the picture, in its own pixels.
        error: Why it cannot be read; None when it can.
    """

    picture: Path
    verdict: Verdict | None = None
    probabilities: np.ndarray | None = None
    number: PictureNumber | None = None
    side: int = 0
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Returns plain values for JSON: `number` and `digits` of several digits; otherwise what is of a single one."""
        return {
            "picture": str(self.picture),
            "number": self.number and self.number.reading.text,
            "label": self.verdict and self.verdict.labels[0],
            "verdict": self.verdict and self.verdict.kind,
            "probabilities": None if self.probabilities is None else self.probabilities.tolist(),
            "digits": self.number
            and [
                {
                    "label": digit.label,
                    "verdict": digit.verdict.kind,
                    "probabilities": digit.probabilities.tolist(),
                    "box": [round(length * self.side, 1) for length in frame.box],
                }
                for digit, frame in zip(self.number.reading.digits, self.number.frames, strict=True)
            ],
            "error": self.error,
        }


def read_pictures(predictor: Predictor, places: Iterable[Path], *, single: bool = False) -> Iterator[PictureReading]:
    """Reads the digit, or the number, in each picture.

    Args:
        predictor: What answers.
        places: Picture files, and folders whose pictures are meant.
        single: Whether each holds one digit.

    Yields:
        One reading a picture, as soon as it is there; also one for each place that holds none.
    """
    for named in places:
        try:
            pictures = list_pictures(named)
        except DataError as error:
            yield PictureReading(named, error=str(error))
        else:
            yield from (_read_file(predictor, picture, single) for picture in pictures)


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
    return _find(predictor, picture, frame)[0]


def _find(predictor: Predictor, picture: Image.Image, frame: Frame | None) -> tuple[FoundDigit, float, bool]:
    """Returns what `find_best` does, how sure the network is of it, and whether it is the plain reading of all ink."""
    candidates = find_candidates(picture, frame)
    plain = best = next(candidates)
    limit = predictor.calibration.limit
    trust_of_plain, doubt = _trust(predictor, plain)
    trust, is_digit = trust_of_plain, doubt <= limit
    if trust >= SURE:
        others = [(*_trust(predictor, found), found) for found in find_instead(picture, frame)]
        trust, doubt, best = max(others, key=lambda other: other[0], default=(0.0, 1.0, plain))
        return (best, trust, False) if trust >= SURE and doubt <= limit else (plain, trust_of_plain, True)
    for candidate in candidates:
        of_candidate, doubt = _trust(predictor, candidate)
        if not is_digit and _STRICTLY * limit < doubt <= limit:
            continue
        # Two readings that are both no digit tell nobody a lie: the likelier of them will do.
        needed = trust_of_plain + _CLEARLY if is_digit or doubt <= limit else trust_of_plain
        if of_candidate > max(trust, needed):
            best, trust = candidate, of_candidate
        if trust >= _CERTAIN:
            break
    return best, trust, best is plain


def read_picture(
    predictor: Predictor, picture: Image.Image, frame: Frame | None = None
) -> tuple[FoundDigit, PictureNumber | None]:
    """Finds the digit on a picture, and the number, where there are several digits.

    What is surely a digit is no number if it is all ink, or stands alone on a sheet. Otherwise it may be one of a
    number's.

    Args:
        predictor: What is asked.
        picture: As of `picture.find_digit`.
        frame: Where to look; None for the whole picture.

    Raises:
        PictureError: Nothing in the frame stands out from its background.
    """
    try:
        found, trust, is_plain = _find(predictor, picture, frame)
    except PictureError:
        number = find_number(predictor, picture, frame)
        if number is None:
            raise
        return take_whole(picture, number.reading.whole.image, frame), number
    is_alone = is_plain or any(step.name == "sheet" for step in found.steps)
    if trust >= _ONE_DIGIT and (is_alone or frame):
        return found, None
    number = find_number(predictor, picture, frame)
    if number and trust >= _ONE_DIGIT and number.width < _WIDER * found.frame.width:
        number = None
    return found, number


def find_number(predictor: Predictor, picture: Image.Image, frame: Frame | None = None) -> PictureNumber | None:
    """Finds a number of several digits on a picture.

    Args:
        predictor: What is asked.
        picture: As of `picture.find_digit`.
        frame: Where to look; None for the whole picture.

    Returns:
        The number; None where the network sees one digit more surely, or too much that is none.
    """
    grey = look(picture, frame)
    if max(grey.shape) <= 2 * IMAGE_SIZE:  # MNIST's own size: one digit
        return None
    limit = predictor.calibration.limit
    readings: list[tuple[float, float, PictureNumber]] = []
    for pieces in find_picture_pieces(grey):
        reading = read_line(predictor, pieces, OF_PICTURES)
        num_digits = len(reading.digits)
        if not _is_line(reading):
            continue
        share = sum(digit.verdict.kind != "refused" for digit in reading.digits) / num_digits
        if (
            1 < num_digits <= MOST_DIGITS
            and sum(digit.doubt <= limit for digit in reading.digits) >= _DIGITS * num_digits
        ):
            frames = tuple(place(frame, digit.box, pieces.labels.shape) for digit in reading.digits)
            readings.append((share, reading.confidence, PictureNumber(reading, frames)))
    return max(readings, key=lambda found: found[:2])[2] if readings else None


def _is_line(reading: NumberReading) -> bool:
    """Whether each digit stands beside the next, not above it."""
    spans = [(top, top + height) for _, top, _, height in (digit.box for digit in reading.digits)]
    shared = [min(end, other_end) - max(top, other) for (top, end), (other, other_end) in itertools.pairwise(spans)]
    return all(height > 0 for height in shared)


def _trust(predictor: Predictor, found: FoundDigit) -> tuple[float, float]:
    """Returns how sure a network is that it sees a digit, and which, in [0, 1]; and its doubt."""
    answer = predict(predictor, found.image[None])
    return float(answer.probabilities[0].max() * (1 - answer.doubt[0])), float(answer.doubt[0])


def _read_file(predictor: Predictor, path: Path, single: bool) -> PictureReading:
    try:
        picture = open_picture(path)
        found, number = (find_best(predictor, picture), None) if single else read_picture(predictor, picture)
        side = measure_side(path) if number else 0
    except PictureError as error:
        return PictureReading(path, error=str(error))
    if number:
        return PictureReading(path, number=number, side=side)
    answer = predict(predictor, found.image[None])
    verdict = read_verdict(answer.probabilities[0], bool(answer.accepted[0]))
    return PictureReading(path, verdict, answer.probabilities[0])
