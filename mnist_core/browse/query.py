"""A question about samples, and how it is read from a page's address or a program's call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..checks import is_number, is_whole
from ..errors import QueryError

SORT_KEYS = ("index", "confidence", "loss", "margin", "ink", "slant")


@dataclass(frozen=True)
class Query:
    """Which samples, in which order. Filters combine; None asks for nothing.

    Args:
        label: Labels, any of them.
        predicted: What the model answered, any of them.
        right: Whether the answer is the label.
        seen: Whether the model was trained on the image.
        low: Least confidence, in [0, 1].
        high: Most confidence, in [0, 1].
        refused: Whether it is not taken for a digit.
        ambiguous: Whether the model is less than 80 % sure of what it takes for a digit.
        suspected: Whether the label may be wrong, see `find_suspects`.
        duplicates: Whether another image of the split is the same, or nearly.
        box: Left, top, right and bottom of a part of the map.
        sort: One of `SORT_KEYS`.
        descending: Largest first.
        shuffle: Number of a random order, instead of sorting.
    """

    label: tuple[int, ...] | None = None
    predicted: tuple[int, ...] | None = None
    right: bool | None = None
    seen: bool | None = None
    low: float | None = None
    high: float | None = None
    refused: bool | None = None
    ambiguous: bool | None = None
    suspected: bool | None = None
    duplicates: bool | None = None
    box: tuple[float, float, float, float] | None = None
    sort: str = "index"
    descending: bool = False
    shuffle: int | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Query:
        """Reads a query from JSON; names that it does not know are left alone.

        Raises:
            QueryError: A value is not what its filter takes.
        """
        given = {name: value for name, value in values.items() if name in _READERS and value is not None}
        return cls(**{name: _READERS[name](value, name) for name, value in given.items()})

    @property
    def needs_answers(self) -> bool:
        """Whether it asks for what only a model can tell."""
        asked = self.predicted, self.right, self.low, self.high, self.refused, self.ambiguous, self.suspected
        return any(value is not None for value in asked) or self.sort in ("confidence", "loss", "margin")


def _read_digits(value: Any, name: str) -> tuple[int, ...]:
    digits = value if isinstance(value, list | tuple) else [value]
    if not digits or not all(is_whole(digit) and 0 <= digit <= 9 for digit in digits):
        raise _unexpected(name, "digits from 0 to 9", value)
    return tuple(sorted(set(digits)))


def _read_truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise _unexpected(name, "true or false", value)
    return value


def _read_confidence(value: Any, name: str) -> float:
    if not (is_number(value) and 0 <= value <= 1):
        raise _unexpected(name, "a confidence from 0 to 1", value)
    return float(value)


def _read_box(value: Any, name: str) -> tuple[float, ...]:
    if not (isinstance(value, list | tuple) and len(value) == 4 and all(map(is_number, value))):
        raise _unexpected(name, "left, top, right and bottom", value)
    return tuple(map(float, value))


def _read_key(value: Any, name: str) -> str:
    if value not in SORT_KEYS:
        raise _unexpected(name, f"one of {', '.join(SORT_KEYS)}", value)
    return value


def _read_seed(value: Any, name: str) -> int:
    if not (is_whole(value) and 0 <= value < 1 << 32):
        raise _unexpected(name, "a whole number from 0", value)
    return value


_READERS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("label", "predicted"), _read_digits),
    **dict.fromkeys(("right", "seen", "refused", "ambiguous", "suspected", "duplicates", "descending"), _read_truth),
    **dict.fromkeys(("low", "high"), _read_confidence),
    "box": _read_box,
    "sort": _read_key,
    "shuffle": _read_seed,
}


def _unexpected(name: str, expected: str, value: Any) -> QueryError:
    return QueryError(
        "The filter {name!r} takes {expected}. Received: {value!r:.100}.", name=name, expected=expected, value=value
    )
