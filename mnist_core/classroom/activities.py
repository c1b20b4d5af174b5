"""What a class does, step by step: what devices may send in each step, and what is shown only later.

    guess_first       guess -> bars -> why      a drawing is shown; everybody commits to a digit before the bars
    our_handwriting   draw -> results           the digits that are asked for; misread ones are read by the class
    teach_it          guess -> training -> results    which network will read the other half best?
    did_it_learn      guess -> draw -> results  the same odd digit several times: do the bars move?
    fool_it           draw -> judge -> results  what people still read and the network does not
    on_paper          collect -> results        photographed sheets
    questions         answer -> closed          the three questions, before or after the lesson

Settings come from outside. Those of `guess_first` are objects that the page fills: `shown` is sent at once, `bars` and
`why` from the step of that name on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..checks import check_choice, check_whole
from ..errors import QueryError

NUM_QUESTIONS = 3
# Answers that a question may offer.
MOST_CHOICES = 6
WHEN = ("before", "after")
LEVELS = ("linear", "lenet", "sketchnet")
DEFAULT = "our_handwriting"
_MOST_LETTERS = 50_000

Settings = dict[str, Any]
Reader = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Step:
    """A step of an activity.

    Args:
        name: What the screens call it.
        num_choices: From how many answers everybody may choose one; 0 where nothing is asked.
        takes_votes: Whether drawings of others are voted on.
        is_revealed: Whether the wall shows what was guessed and voted, and the labels of what was misread.
    """

    name: str
    num_choices: int = 0
    takes_votes: bool = False
    is_revealed: bool = False


@dataclass(frozen=True)
class Activity:
    """An activity.

    Args:
        name: Its key.
        steps: In order; it starts with the first.
        settings: For each its default and what reads it.
        takes_drawings: Whether devices draw; what arrives late counts in every step, so that nothing is lost.
        is_for_class_set: Whether its labelled drawings belong to the class's set.
        shown_from: The step from which a setting may be seen by devices and the wall, where that is not the first.
    """

    name: str
    steps: tuple[Step, ...]
    settings: Mapping[str, tuple[Any, Reader]] = field(default_factory=dict)
    takes_drawings: bool = False
    is_for_class_set: bool = False
    shown_from: Mapping[str, int] = field(default_factory=dict)

    def find_step(self, name: str) -> int:
        """Returns the number of a step.

        Raises:
            QueryError: There is none of that name.
        """
        names = tuple(step.name for step in self.steps)
        check_choice("step", name, names)
        return names.index(name)

    def read_settings(self, given: Any) -> Settings:
        """Returns all settings: those from outside, and the defaults of the others.

        Raises:
            QueryError: One is unknown or something else than it should be.
        """
        if not isinstance(given, dict):
            raise QueryError("Settings must be an object. Received: {given!r:.100}.", given=given)
        for name in given:
            check_choice("setting", name, tuple(self.settings))
        return {name: read(name, given.get(name, default)) for name, (default, read) in self.settings.items()}

    def select_shown(self, settings: Settings, step: int) -> Settings:
        """Returns the settings that devices and the wall may see in a step."""
        return {name: value for name, value in settings.items() if step >= self.shown_from.get(name, 0)}


def read_object(name: str, value: Any) -> Settings:
    """Returns an object from outside that can be kept.

    Raises:
        QueryError: It is none, or too large.
    """
    try:
        size = len(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        size = _MOST_LETTERS + 1
    if not isinstance(value, dict) or size > _MOST_LETTERS:
        raise QueryError(
            "{name!r} must be an object of JSON of at most {most:,} letters.", name=name, most=_MOST_LETTERS
        )
    return value


def read_digits(name: str, value: Any) -> list[int]:
    """Returns a list of one to ten different digits from outside.

    Raises:
        QueryError: It is something else.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= 10:
        raise QueryError(
            "{name!r} must be a list of one to ten digits. Received: {value!r:.100}.", name=name, value=value
        )
    return sorted({check_whole(name, digit, 0, 9) for digit in value})


def _whole(low: int, high: int) -> Reader:
    return lambda name, value: check_whole(name, value, low, high)


def _one_of(choices: tuple[str, ...]) -> Reader:
    def read(name: str, value: Any) -> Any:
        check_choice(name, value, choices)
        return value

    return read


_ACTIVITIES = (
    Activity(
        "guess_first",
        (Step("guess", num_choices=10), Step("bars", is_revealed=True), Step("why", is_revealed=True)),
        {"shown": ({}, read_object), "bars": ({}, read_object), "why": ({}, read_object)},
        shown_from={"bars": 1, "why": 2},
    ),
    Activity(
        "our_handwriting",
        (Step("draw", takes_votes=True), Step("results", is_revealed=True)),
        {"digits": (list(range(10)), read_digits), "each": (1, _whole(1, 10))},
        takes_drawings=True,
        is_for_class_set=True,
    ),
    Activity(
        "teach_it",
        (Step("guess", num_choices=3), Step("training", is_revealed=True), Step("results", is_revealed=True)),
    ),
    Activity(
        "did_it_learn",
        (Step("guess", num_choices=2), Step("draw", is_revealed=True), Step("results", is_revealed=True)),
        {"digit": (7, _whole(0, 9)), "times": (5, _whole(2, 10))},
        takes_drawings=True,
    ),
    Activity(
        "fool_it",
        (Step("draw"), Step("judge", takes_votes=True), Step("results", is_revealed=True)),
        {"digit": (7, _whole(0, 9)), "level": (LEVELS[0], _one_of(LEVELS))},
        takes_drawings=True,
    ),
    Activity(
        "on_paper",
        (Step("collect"), Step("results", is_revealed=True)),
        takes_drawings=True,
        is_for_class_set=True,
    ),
    Activity("questions", (Step("answer"), Step("closed")), {"when": (WHEN[0], _one_of(WHEN))}),
)

ACTIVITIES = {activity.name: activity for activity in _ACTIVITIES}
