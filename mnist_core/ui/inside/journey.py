"""From strokes to 28x28: a drawing with some steps left out, and what leaving them out has cost on drawn digits."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from ...checks import is_number
from ...errors import QueryError
from ...evaluation.figures import read_figures
from ...preprocessing.ink import check_ink, largest_extent
from ...preprocessing.steps import BRUSH, STEPS, Journey, find_centre, follow, name_variant, scale_brush
from ..wire import LiveFunction, Message, describe_answer, encode_image, encode_picture
from .bench import Bench

_PICTURES = ("ink", "box", "pen", "mass")


def journey_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""

    def follow_ink(message: Message) -> Message:
        """Answers `{strokes, brush, without, model}` with the drawing's way without these steps.

        That is `{pictures, centres, image, answer, whole, model, size, brushOnPad, brushInBox, penWidth, offCentre,
        sets}`: PNG pictures of 280x280 by name, centres (of mass) down and across, widths in network pixels; `answer`
        is to the image, `whole` with all steps, which find the centre at `offCentre`; `sets` is what models read of
        drawn digits so, and with all steps.
        """
        without, brush = _read_steps(message.get("without")), _read_brush(message.get("brush"))
        strokes, model = check_ink(message.get("strokes")), str(message.get("model") or "")
        journey = follow(strokes, set(STEPS) - set(without), brush=brush)
        answer = bench.reader.read_image(journey.image, model)
        complete, whole = journey, answer
        if without:
            complete = follow(strokes, brush=brush)
            whole = bench.reader.read_image(complete.image, model)
        return {
            **_describe_pictures(journey),
            "answer": describe_answer(answer.probabilities, answer.verdict),
            "whole": describe_answer(whole.probabilities, whole.verdict),
            "model": answer.model,
            "size": round(largest_extent(strokes), 4),
            "brushOnPad": round(scale_brush(strokes, (), brush), 2),
            "brushInBox": round(scale_brush(strokes, STEPS, brush), 2),
            "penWidth": round(journey.pen_width, 2),
            "offCentre": _find_centre(complete.pen),
            "sets": _find_figures(name_variant(without), bench.models.find(answer.model).weights_digest),
        }

    return (follow_ink,)


def _describe_pictures(journey: Journey) -> Message:
    pictures = {name: getattr(journey, name) for name in _PICTURES}
    return {
        "pictures": {name: encode_picture(Image.fromarray(picture)) for name, picture in pictures.items()},
        "centres": {name: _find_centre(pictures[name]) for name in ("pen", "mass")},
        "image": encode_image(journey.image),
    }


def _find_centre(picture: np.ndarray) -> list[float] | None:
    centre = find_centre(picture)
    return None if centre is None else [round(place, 3) for place in centre]


def _find_figures(variant: str, digest: str) -> list[Message]:
    """For each set name, num, size and models: name, isAnswering, and the figures of the variant and of all steps."""
    figures = read_figures("journey") or {"sets": [], "models": []}
    return [
        {
            "name": entry["name"],
            "num": entry["num_samples"],
            "size": entry["size"],
            "models": [
                {
                    "name": model["name"],
                    "isAnswering": model["weights_digest"] == digest,
                    "variant": model["sets"][entry["name"]][variant],
                    "whole": model["sets"][entry["name"]][name_variant(())],
                }
                for model in figures["models"]
            ],
        }
        for entry in figures["sets"]
    ]


def _read_steps(without: Any) -> tuple[str, ...]:
    steps = [] if without is None else without
    if not isinstance(steps, list) or not all(step in STEPS for step in steps):
        raise QueryError(
            "'without' must be a list of {steps}. Received: {without!r}.", steps=", ".join(STEPS), without=without
        )
    return tuple(steps)


def _read_brush(brush: Any) -> float:
    share = BRUSH if brush is None else brush
    if not (is_number(share) and 0 < share <= 1):
        raise QueryError(
            "'brush' must be a share of the pad's side, above 0 and at most 1. Received: {brush!r}.", brush=brush
        )
    return float(share)
