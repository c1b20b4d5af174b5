"""What the network computes for a drawing, as the page is told."""

from __future__ import annotations

from ...checks import is_text
from ...errors import MnistError
from ...services.reader import Answer, Reader
from ..model_list import name_model
from ..wire import LiveFunction, Message, decode_image, describe_answer, describe_error, encode_image, never_raise


def classify_with(reader: Reader) -> LiveFunction:
    """Returns the function that a page calls, or asks by its live line, while the pen moves."""

    @never_raise
    def classify_drawing(message: Message) -> Message:
        """Answers `{strokes, image?, model?}` with the reading; `image` is base64 of 784 bytes below the strokes."""
        strokes, model = message.get("strokes") or [], str(message.get("model") or "")
        if message.get("image"):
            return _pack(reader.read_drawing_on(decode_image(message["image"]), strokes, model))
        return _pack(reader.read_ink(strokes, model))

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
