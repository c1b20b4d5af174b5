"""What the network computes for a drawing, as the page is told."""

from __future__ import annotations

from ...checks import is_text
from ...errors import InkError, MnistError
from ...services.reader import Answer, NumberAnswer, Reader
from ..model_list import name_model
from ..wire import (
    LiveFunction,
    Message,
    decode_image,
    describe_answer,
    describe_digit,
    describe_error,
    describe_reading,
    encode_image,
    never_raise,
)


def classify_with(reader: Reader) -> LiveFunction:
    """Returns the function that a page calls, or asks by its live line, while the pen moves."""

    @never_raise
    def classify_drawing(message: Message) -> Message:
        """Answers `{strokes, image?, model?}` with the reading; `image` is base64 of 784 bytes below the strokes.

        Strokes alone may hold several digits. Then `number` has the `text`, `confidence`, `limit`, `marks` and `digits`
        of a `NumberReading`, each digit with its answer, its `box` and the indices of its `strokes`. Where there is too
        much ink for a number, `problem` is the error that says so.
        """
        strokes, model = message.get("strokes") or [], str(message.get("model") or "")
        if message.get("image"):
            return _pack(reader.read_drawing_on(decode_image(message["image"]), strokes, model))
        try:
            number = reader.read_number(strokes, model)
        except InkError as error:
            return {**_pack(reader.read_ink(strokes, model)), "problem": describe_error(error, "classify_drawing")}
        several = {"number": _pack_number(number)} if len(number.reading.digits) > 1 else {}
        return {**_pack(number.whole), **several}

    return classify_drawing


def compare_with(reader: Reader) -> LiveFunction:
    """Returns the function that asks all stored models about one image."""

    def compare_networks(message: Message) -> Message:
        """Answers `{image}` with `{answers}`, the default model's first.

        Each has model, label (its name for people), and the answer, or the error, of a model that cannot be opened.
        """
        image = decode_image(message.get("image"))
        answers: list[Message] = []
        for stored in filter(lambda stored: is_text(stored.name), reader.models.list_all()):
            named = {"model": stored.name, "label": name_model(stored)}
            try:
                answer = reader.read_image(image, stored.name)
            except MnistError as error:
                answers.append({**named, **describe_error(error, "compare_networks")})
            else:
                answers.append({**named, **describe_answer(answer.probabilities, answer.verdict)})
        return {"answers": answers}

    return compare_networks


def _pack(answer: Answer) -> Message:
    return {
        **describe_answer(answer.probabilities, answer.verdict),
        "doubt": answer.doubt,
        "limit": answer.limit,
        "image": encode_image(answer.image),
        "model": answer.model,
        "milliseconds": round(answer.milliseconds, 2),
    }


def _pack_number(number: NumberAnswer) -> Message:
    return {
        **describe_reading(number.reading),
        "digits": [
            {**describe_digit(digit), "strokes": strokes, "box": [round(side, 4) for side in digit.box]}
            for digit, strokes in zip(number.reading.digits, number.strokes, strict=True)
        ],
    }
