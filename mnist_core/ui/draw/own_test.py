"""The visitor's own twenty digits: how many the network read, beside stored figures, and a file to take home.

The drawings come from the browser and go back to it; nothing is kept here.
"""

from __future__ import annotations

import base64
import io
from typing import Any

from ...checks import is_index, is_whole
from ...data.labelled import pack_ink
from ...errors import InkError
from ...evaluation.statistics import wilson_interval
from ...models.architectures import NUM_CLASSES
from ...preprocessing.ink import check_ink
from .evidence import load_figures

Message = dict[str, Any]

_MOST_DRAWINGS = 100


def compare_hand(message: Message) -> Message:
    """Answers `{right, total}` with `{interval, rows}`: the visitor's share and stored ones, with intervals.

    A row is name, accuracy, interval (95 %) and whether it is the visitor's; stored figures are the shipped model's.
    """
    right, total = message.get("right"), message.get("total")
    if not (is_whole(total) and total >= 1 and is_index(right, total + 1)):
        raise InkError(
            "Expected the number of drawings read right, and the total. Received: {right!r} of {total!r}.",
            right=right,
            total=total,
        )
    interval = list(wilson_interval(right, total))
    rows = [{"name": "", "accuracy": right / total, "interval": interval, "isYou": True}]
    for name, figures in load_figures()["models"][0]["digits"].items():
        if name != "damaged":
            rows.append(
                {"name": name, "accuracy": figures["accuracy"], "interval": figures["interval"], "isYou": False}
            )
    return {"interval": interval, "rows": rows}


def pack_hand(message: Message) -> Message:
    """Answers `{drawings}`, each `{strokes, label}`, with `{file}`: base64 of an npz of ink that `evaluate` takes."""
    drawings = message.get("drawings")
    if not isinstance(drawings, list) or not 1 <= len(drawings) <= _MOST_DRAWINGS:
        raise InkError("Expected a list of 1 to {most_drawings} drawings.", most_drawings=_MOST_DRAWINGS)
    if not all(isinstance(drawing, dict) and is_index(drawing.get("label"), NUM_CLASSES) for drawing in drawings):
        raise InkError("Expected each drawing with its strokes and a label from 0 to 9.")
    file = io.BytesIO()
    pack_ink(file, [check_ink(drawing.get("strokes")) for drawing in drawings], [entry["label"] for entry in drawings])
    return {"file": base64.b64encode(file.getvalue()).decode()}
