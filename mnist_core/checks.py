"""Is a value from outside what it should be: a whole number, an index, one of some choices, the fields of a class."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar, Protocol, TypeGuard, TypeVar

from .errors import QueryError


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


Built = TypeVar("Built", bound=_Dataclass)

_LARGEST_NUMBER = 1e30


def is_whole(value: Any) -> TypeGuard[int]:
    """Returns whether it is a whole number; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> TypeGuard[float]:
    """Returns whether it is a finite number of a size that can be calculated with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER


def is_text(name: str) -> bool:
    """Returns whether the name of a file or folder can be sent as text; one that is not UTF-8 cannot."""
    return name.encode("utf-8", "ignore").decode() == name


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Makes sure that a value is one of those that can be asked for.

    Raises:
        QueryError: It is none of them.
    """
    if value not in choices:
        raise QueryError(
            "{name!r} must be one of {choices}. Received: {value!r:.100}.",
            name=name,
            choices=", ".join(choices),
            value=value,
        )


def check_index(index: Any, size: int) -> int:
    """Returns the index, if there is such a sample.

    Raises:
        QueryError: There is none.
    """
    if not is_index(index, size):
        span = f"{size:,} samples, numbered 0 to {size - 1}" if size else "no samples"
        raise QueryError("There is no sample {index!r:.100}: this set has {span}.", index=index, span=span)
    return index


def check_whole(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Returns the value, if it is a whole number within bounds.

    Raises:
        QueryError: It is something else.
    """
    if not is_whole(value) or value < low or (high is not None and value > high):
        bounds = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise QueryError(
            "{name!r} must be a whole number {bounds}. Received: {value!r:.100}.", name=name, bounds=bounds, value=value
        )
    return value


def is_index(value: Any, size: int) -> TypeGuard[int]:
    """Returns whether a value from outside counts one of so many things, from 0."""
    return is_whole(value) and 0 <= value < size


def build_from(kind: type[Built], values: dict[str, Any]) -> Built:
    """Builds a dataclass from what a file says of it; fields that the file does not name have their defaults.

    Raises:
        TypeError: A field without a default is missing, or one is unknown.
    """
    unknown = sorted(set(values) - {entry.name for entry in fields(kind)})
    if unknown:
        raise TypeError(f"the field {unknown[0]!r} of its {kind.__name__.lower()} is unknown")
    return kind(**values)
