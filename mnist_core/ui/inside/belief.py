"""What a network believed while the pen moved: a prediction for each moment of a drawing."""

from __future__ import annotations

import numpy as np

from ...models.predictions import Predictions, read_verdict
from ...preprocessing.timeline import Timeline, find_turns, follow_pen
from ..wire import LiveFunction, Message, encode_sprite
from .bench import Bench

# As on the pad: a drawing below this share of its side is still a dot.
_SMALLEST = 0.02
_COLUMNS = 10


def belief_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""

    def follow_belief(message: Message) -> Message:
        """Answers `{strokes, model}` with what the model made of the drawing at each moment.

        That is `{moments, probabilities, accepted, verdicts, sprite, columns, ends, turns, strokes, isTimed, cut}`:
        milliseconds; for each moment ten probabilities, whether it was taken for a digit, and {kind, labels}; the
        images; the moments that ended a stroke; {index, before, after} where the answer changed, null for "no digit";
        the strokes, [[x, y, millisecond], ...]; and by how many milliseconds rests of the pen were shortened.
        """
        timeline = follow_pen(message.get("strokes"), smallest=_SMALLEST)
        predictions = bench.open(str(message.get("model") or "")).predict(timeline.images)
        return {**_describe_timeline(timeline), **_describe_predictions(predictions)}

    return (follow_belief,)


def _describe_timeline(timeline: Timeline) -> Message:
    return {
        "moments": timeline.milliseconds.round(2).tolist(),
        "sprite": encode_sprite(np.rint(timeline.images * 255).astype(np.uint8), _COLUMNS),
        "columns": _COLUMNS,
        "ends": timeline.ends.tolist(),
        "strokes": [stroke.round(4).tolist() for stroke in timeline.strokes],
        "isTimed": timeline.is_timed,
        "cut": timeline.milliseconds_cut,
    }


def _describe_predictions(predictions: Predictions) -> Message:
    probabilities, accepted = predictions.probabilities, predictions.accepted
    verdicts = [read_verdict(row, bool(is_digit)) for row, is_digit in zip(probabilities, accepted, strict=True)]
    turns = find_turns(probabilities, accepted)
    return {
        "probabilities": probabilities.round(6).tolist(),
        "accepted": accepted.tolist(),
        "verdicts": [{"kind": verdict.kind, "labels": verdict.labels} for verdict in verdicts],
        "turns": [{"index": turn.index, "before": turn.before, "after": turn.after} for turn in turns],
    }
