"""What a network makes of a drawing that is turned, scaled, moved, thickened, with noise."""

from __future__ import annotations

import numpy as np

from ...explain.sweeps import SWEEPS, Sweep, check_values, find_stay, move, split_by_sweep, sweep_image
from ...models.predictions import Predictions, read_verdict
from ..wire import LiveFunction, Message, describe_answer, encode_image
from .bench import Bench


def move_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""

    def sweep_changes(message: Message) -> Message:
        """Answers `{image, model, values}` with the moved image, what the model makes of it, and of every other value.

        `values` are of `sweeps.SWEEPS` by name. That is `{image, probabilities, verdict, sweeps}`; a sweep has name,
        unit, low, high, neutral, steps, for each step ten probabilities and accepted, and `stays`: from where to where
        the answer is the one that is given now.
        """
        anatomy, image = bench.decode(message)
        values = check_values(message.get("values"))
        moved = move(image, values)
        answers = anatomy.predict(np.concatenate([moved[None], sweep_image(image, values)]))
        now, *states = _find_states(answers)
        probabilities, accepted = split_by_sweep(answers.probabilities[1:]), split_by_sweep(answers.accepted[1:])
        is_same = split_by_sweep(np.array(states) == now)
        verdict = read_verdict(answers.probabilities[0], bool(answers.accepted[0]))
        return {
            "image": encode_image(moved),
            **describe_answer(answers.probabilities[0], verdict),
            "sweeps": [
                {
                    **_describe_sweep(sweep),
                    "probabilities": probabilities[sweep.name].round(4).tolist(),
                    "accepted": accepted[sweep.name].tolist(),
                    "stays": find_stay(sweep.steps, is_same[sweep.name], values[sweep.name]),
                }
                for sweep in SWEEPS
            ],
        }

    return (sweep_changes,)


def _find_states(answers: Predictions) -> list[int]:
    """Returns what is answered to each image: a digit, or -1 where it is not taken for one."""
    return np.where(answers.accepted, answers.probabilities.argmax(axis=1), -1).tolist()


def _describe_sweep(sweep: Sweep) -> Message:
    return {
        "name": sweep.name,
        "unit": sweep.unit,
        "low": sweep.low,
        "high": sweep.high,
        "neutral": sweep.neutral,
        "steps": sweep.steps.round(6).tolist(),
    }
