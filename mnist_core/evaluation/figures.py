"""Figures that were measured once: one JSON file for the page, a key for each kind, and how they are told."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from ..data.files import write_text
from ..errors import StorageError
from ..paths import INSIDE_FIGURES_PATH


def write_figures(path: Path, key: str, value: Any) -> None:
    """Stores one kind of figures beside what else is in the file.

    Args:
        path: A JSON file, which need not be there yet.
        key: Where in its object the value goes; an earlier one is replaced.
        value: Anything that JSON can hold.

    Raises:
        StorageError: The file holds something else, or cannot be written.
    """
    try:
        figures = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if not isinstance(figures, dict):
            raise StorageError("{path} holds no figures. Expected one JSON object.", path)
    except (OSError, json.JSONDecodeError) as error:
        raise StorageError("{path} cannot be read: {error}.", path, error=error) from error
    write_json(path, {**figures, key: value})
    read_figures.cache_clear()


def write_json(path: Path, value: Any) -> None:
    """Writes figures into a file of their own.

    Raises:
        StorageError: It cannot be written.
    """
    write_text(path, json.dumps(value, separators=(",", ":")) + "\n", "Name another file with --figures.")


@functools.cache
def read_figures(key: str, path: Path = INSIDE_FIGURES_PATH) -> Any:
    """Returns what is stored under a key, read once; None where nothing is."""
    return json.loads(path.read_text(encoding="utf-8")).get(key) if path.is_file() else None


def round_figures(value: Any, num_digits: int = 4) -> Any:
    """Rounds all numbers in nested figures, by default to no more digits than the page shows."""
    if isinstance(value, dict):
        return {name: round_figures(entry, num_digits) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [round_figures(entry, num_digits) for entry in value]
    return float(f"{value:.{num_digits}g}") if isinstance(value, float) else value


def tell_figure(figure: float | None, form: str) -> str:
    """Formats a figure for people; a dash for one that is not known, or that there is nothing to measure on."""
    return "-" if figure is None else format(figure, form)
