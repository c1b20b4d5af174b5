"""What the network computes for a drawing, as the page is told."""

from __future__ import annotations

from ...services.reader import Answer, Reader
from ..wire import LiveFunction, Message, decode_image, describe_answer, encode_image, never_raise


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


def _pack(answer: Answer) -> Message:
    return {
        **describe_answer(answer.probabilities, answer.verdict),
        "doubt": answer.doubt,
        "limit": answer.limit,
        "image": encode_image(answer.image),
        "model": answer.model,
        "milliseconds": round(answer.milliseconds, 2),
    }
