"""What travels between the page's scripts and the server: JSON objects, with images as base64."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from PIL import Image

from ..errors import FAULT, MnistError, NotReadyError, PictureError
from ..models.numbers import NumberDigit, NumberReading
from ..models.predictions import Verdict
from ..paths import hide_folders
from ..rendering.sprites import encode_png, render_sprite

_log = logging.getLogger(__name__)

Message = dict[str, Any]
LiveFunction = Callable[[Message], Message]


def never_raise(function: LiveFunction) -> LiveFunction:
    """Returns a function that the page may call: an exception would reach it as a silent nothing.

    It returns `{"ok": True, ...}`, `{"error": text, "message": {"key", "values"}}`, see `describe_error`, or, for what
    is being computed, `{"pending": share, "error": text or ""}`. What cannot be sent, because a name in it is no text,
    is an error, too.
    """

    @wraps(function)
    def answer(message: Any) -> Message:
        try:
            found = {"ok": True, **function(message if isinstance(message, dict) else {})}
            check_sendable(found)
            return found
        except NotReadyError as error:
            return {"pending": error.share, "error": hide_folders(error.problem)}
        except Exception as error:
            return describe_error(error, function.__name__)

    return answer


def check_sendable(answer: Any) -> None:
    """Makes sure that the texts of an answer can be sent.

    Raises:
        ValueError: A text in it is none, such as the name of a file that is not UTF-8.
    """
    json.dumps(answer, ensure_ascii=False, default=str).encode()


def explain(error: Exception, name: str) -> str:
    """Returns what a visitor is told of an error in `name`: for our own the message, without this machine's folders."""
    if isinstance(error, MnistError):
        places = (getattr(error, name, None) for name in ("path", "moved_to"))
        message = str(error)
        for place in filter(None, places):
            message = message.replace(str(place), place.name)
        return hide_folders(message)
    _log.error("%s failed", name, exc_info=error)
    return FAULT


def describe_error(error: Exception, name: str) -> Message:
    """Describes an error in `name` for the page and for programs.

    Returns:
        `{"error": text, "message": {"key", "values"}}`: the English sentence, and what another language makes its own
        of, see `MnistError.key`.
    """
    text = explain(error, name)
    if not isinstance(error, MnistError):
        return {"error": text, "message": {"key": text, "values": {}}}
    values: Message = {
        name: hide_folders(value) if isinstance(value, str) else value for name, value in error.tell_values().items()
    }
    return {"error": text, "message": {"key": error.key if values else text, "values": values}}


def encode_bytes(pixels: np.ndarray) -> str:
    """Encodes the bytes of an array as base64."""
    return base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()


def encode_image(image: np.ndarray) -> str:
    """Encodes an image, float32 (28, 28) in [0, 1], as base64 of 784 bytes."""
    return encode_bytes(np.rint(image * 255).astype(np.uint8))


def encode_sprite(images: np.ndarray, columns: int) -> str:
    """Encodes images, uint8 (n, 28, 28), as base64 of one PNG picture, `columns` wide."""
    return encode_picture(render_sprite(images, columns))


def encode_picture(picture: Image.Image) -> str:
    """Encodes a picture as base64 of a PNG file."""
    return base64.b64encode(encode_png(picture)).decode()


def describe_answer(probabilities: np.ndarray, verdict: Verdict) -> Message:
    """Describes ten probabilities and what they say: `{probabilities, verdict}`."""
    return {
        "probabilities": probabilities.round(6).tolist(),
        "verdict": {"kind": verdict.kind, "labels": verdict.labels},
    }


def describe_reading(reading: NumberReading) -> Message:
    """Describes a number as a whole: `{text, confidence, marks}`."""
    return {"text": reading.text, "confidence": round(reading.confidence, 6), "marks": reading.marks}


def describe_digit(digit: NumberDigit) -> Message:
    """Describes one digit of a number: `{probabilities, verdict, doubt, image}`."""
    return {
        **describe_answer(digit.probabilities, digit.verdict),
        "doubt": digit.doubt,
        "image": encode_image(digit.image),
    }


def decode_image(text: Any) -> np.ndarray:
    """Decodes base64 of 784 bytes as an image, float32 (28, 28) in [0, 1].

    Raises:
        PictureError: It is something else, or empty.
    """
    pixels = np.frombuffer(decode_base64(text), np.uint8)
    if pixels.size != 28 * 28 or not pixels.any():
        raise PictureError("Expected 784 bytes, not all 0, as an image. Received: {size}.", size=pixels.size)
    return pixels.reshape(28, 28).astype(np.float32) / 255


def decode_base64(text: Any) -> bytes:
    """Decodes base64 text into bytes.

    Raises:
        PictureError: It is none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise PictureError("Expected a picture as base64 text.") from error
