"""Drawings and pictures -> answers of the chosen model, for the page and the endpoints. Knows nothing of Gradio."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..errors import InkError
from ..models.devices import Device
from ..models.inference import predict
from ..models.numbers import MOST_DIGITS, NumberReading, read_line
from ..models.pictures import PictureNumber, read_picture
from ..models.predictions import Verdict, read_verdict
from ..preprocessing.groups import find_pieces
from ..preprocessing.ink import check_ink, render_ink
from ..preprocessing.picture import FoundDigit, Frame, draw_on_image
from .models import Models


@dataclass(frozen=True)
class Answer:
    """What a model makes of one image.

    Args:
        image: float32 (28, 28) in [0, 1], what the network received.
        probabilities: float64 (10,).
        doubt: How little the image looks like a digit, in [0, 1].
        limit: The largest doubt at which it is taken for one.
        verdict: All that in one breath.
        model: Name of the model.
        milliseconds: Time from ink or image to probabilities.
    """

    image: np.ndarray
    probabilities: np.ndarray
    doubt: float
    limit: float
    verdict: Verdict
    model: str
    milliseconds: float

    @property
    def label(self) -> int:
        """The most probable digit."""
        return self.verdict.labels[0]


@dataclass(frozen=True)
class NumberAnswer:
    """What a model makes of a drawing that may hold several digits.

    Args:
        reading: The digits.
        whole: What it makes of all the ink as one digit; its time is that of the whole answer.
        strokes: Of each digit the indices of its strokes, empty ones not counted; none where one of them is cut.
    """

    reading: NumberReading
    strokes: tuple[tuple[int, ...], ...]
    whole: Answer


@dataclass(frozen=True)
class PictureAnswer:
    """What a model makes of a picture.

    Args:
        found: All of it as one digit, and how that came about.
        answer: What the model makes of that.
        number: The digits, where there are several.
    """

    found: FoundDigit
    answer: Answer
    number: PictureNumber | None


class Reader:
    """Answers with any of the stored models; may be called from any thread.

    Args:
        device: What computes.
        roots: Folders of stored models, the most trusted first.
        default: Name of the model that answers when none is named.

    Raises:
        ModelError: There is no model of the default's name, or it is damaged.
    """

    def __init__(self, device: Device, roots: Sequence[Path], default: str) -> None:
        self.device = device
        self.models = Models(device, roots, default)
        self.check()  # the first visitor should not wait for the interpreter

    def check(self) -> None:
        """Makes sure that drawings can be answered now.

        Raises:
            ModelError: The default model cannot be opened.
        """
        self.read_image(np.zeros((28, 28), np.float32))

    def read_ink(self, ink: Any, model: str = "") -> Answer:
        """Answers for pen strokes; see `ink.check_ink` for their form and the errors."""
        started = time.perf_counter()
        return self.read_image(render_ink(check_ink(ink)), model, started)

    def read_number(self, ink: Any, model: str = "") -> NumberAnswer:
        """Reads all digits that pen strokes hold, of which there may be one; see `ink.check_ink` for their form.

        Raises:
            InkError: See `ink.check_ink`; or there is more than a number holds.
        """
        started = time.perf_counter()
        pieces = find_pieces(check_ink(ink))
        stored = self.models.find(model)
        predictor = self.models.open(stored).predictor
        reading = read_line(predictor, pieces)
        if len(reading.digits) > MOST_DIGITS:
            raise InkError(
                "There seem to be {num_digits} digits. At most {most_digits} are read at once.",
                num_digits=len(reading.digits),
                most_digits=MOST_DIGITS,
            )
        whole, limit = reading.whole, predictor.calibration.limit
        milliseconds = (time.perf_counter() - started) * 1000
        answer = Answer(whole.image, whole.probabilities, whole.doubt, limit, whole.verdict, stored.name, milliseconds)
        found = [pieces.find_strokes(digit.pieces) for digit in reading.digits]
        return NumberAnswer(reading, tuple(() if parts else tuple(strokes) for strokes, parts in found), answer)

    def read_drawing_on(self, image: np.ndarray, ink: Sequence[Any], model: str = "") -> Answer:
        """Answers for an image, float32 (28, 28) in [0, 1], with strokes on top, in units of the image's side."""
        started = time.perf_counter()
        if ink:
            image = draw_on_image(image, check_ink(ink, allow_dot=True))
        return self.read_image(image, model, started)

    def read_picture(self, picture: Image.Image, model: str = "", frame: Frame | None = None) -> PictureAnswer:
        """Reads a picture, or what lies in a frame on it; see `picture.find_digit`."""
        started = time.perf_counter()
        predictor = self.models.open(self.models.find(model)).predictor
        found, number = read_picture(predictor, picture, frame)
        return PictureAnswer(found, self.read_image(found.image, model, started), number)

    def read_image(self, image: np.ndarray, model: str = "", started: float | None = None) -> Answer:
        """Answers for an image, float32 (28, 28) in [0, 1]; `started` is when the work on it began."""
        started = time.perf_counter() if started is None else started
        stored = self.models.find(model)
        predictor = self.models.open(stored).predictor
        predictions = predict(predictor, image[None])
        probabilities, doubt = predictions.probabilities[0], float(predictions.doubt[0])
        verdict = read_verdict(probabilities, bool(predictions.accepted[0]))
        milliseconds = (time.perf_counter() - started) * 1000
        limit = predictor.calibration.limit
        return Answer(image, probabilities, doubt, limit, verdict, stored.name, milliseconds)
