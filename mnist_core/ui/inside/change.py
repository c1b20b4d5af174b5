"""What would change its mind: the smallest change found of a drawing that flips the answer, one family at a time."""

from __future__ import annotations

import numpy as np

from ...errors import QueryError
from ...explain.counterfactuals import Change, Search, find_change
from ...explain.edits import FAMILIES
from ...services.one_at_a_time import OneAtATime
from ..wire import LiveFunction, Message, encode_image
from .bench import Bench


def change_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""
    searching = OneAtATime()  # a search takes up to a second, and a class may start thirty at once

    def find_smallest_change(message: Message) -> Message:
        """Answers `{image, model, family, wanted?}` with what was looked for and how far, and the change or null.

        That is `{family, unit, label, probabilities, tried, lowest, highest, isComplete, change}`; a change is
        `{amount, cost, edited, image, label, probabilities, effect, place}`. `label` is null where the image is taken
        for no digit. While others search it is pending.
        """
        family, wanted = message.get("family"), message.get("wanted")
        if not isinstance(family, str):
            raise QueryError(
                "'family' must be one of {families}. Received: {family!r}.", families=", ".join(FAMILIES), family=family
            )
        anatomy, image = bench.decode(message)
        with searching.turn():
            return _describe(find_change(anatomy.predict, image, family, wanted=wanted))

    return (find_smallest_change,)


def _describe(search: Search) -> Message:
    return {
        "family": search.family,
        "unit": FAMILIES[search.family].unit,
        "label": search.label,
        "probabilities": _round(search.probabilities),
        "tried": search.num_predictions,
        "lowest": search.lowest,
        "highest": search.highest,
        "isComplete": search.is_complete,
        "change": search.change and _describe_change(search.change),
    }


def _describe_change(change: Change) -> Message:
    return {
        "amount": round(change.amount, 2),
        "cost": round(change.cost, 4),
        "edited": encode_image(change.edited),
        "image": encode_image(change.image),
        "label": change.label,
        "probabilities": _round(change.probabilities),
        "effect": change.effect,
        "place": change.place,
    }


def _round(probabilities: np.ndarray) -> list[float]:
    return [round(float(probability), 6) for probability in probabilities]
