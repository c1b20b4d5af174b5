"""Figures -> a table in a text file, so that what a README claims was written by the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import DataError, StorageError
from .evaluation import wilson_interval

START = "<!-- figures: written by `python -m mnist_core report` -->"
END = "<!-- end of figures -->"


def write_report(path: Path, figures: Sequence[dict[str, Any]]) -> None:
    """Replaces what stands between the two marks of a file with a table of figures.

    Args:
        path: A Markdown file that holds `START` and `END`.
        figures: What `evaluation.evaluate` returns, with `model` and `data`.

    Raises:
        DataError: The file or its marks are missing.
        StorageError: The file cannot be written.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise DataError(f"{path} has no place for figures. Expected the lines {START!r} and {END!r} in it.", path)
    try:
        path.write_text(f"{before}{START}\n{figures_table(figures)}\n{END}{after}", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error}.", path) from error


def figures_table(figures: Sequence[dict[str, Any]]) -> str:
    """A Markdown table, one line a data set, never pooled."""
    lines = [
        "| model | digits | read right | 95 % interval | wrong | of | negative log-likelihood |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in figures:
        num_samples, error_count = entry["num_samples"], entry["error_count"]
        low, high = wilson_interval(num_samples - error_count, num_samples)
        data = Path(entry["data"]).stem
        lines.append(
            f"| {entry['model']} | {data} | {entry['accuracy']:.2%} | {low:.2%} to {high:.2%} | {error_count} "
            f"| {num_samples:,} | {entry['nll']:.4f} |"
        )
    return "\n".join(lines)
