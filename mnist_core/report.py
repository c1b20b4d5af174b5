"""Figures -> tables in a text file, so that what a README claims was written by the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import DataError, StorageError
from .store import StoredModel

FIGURES = "figures"
RECIPES_TABLE = "recipes"
ACTIVATIONS_TABLE = "activations"
GRID_TABLE = "grid"


def marks(name: str) -> tuple[str, str]:
    """The two lines between which a table stands."""
    return f"<!-- {name}: written by the program -->", f"<!-- end of {name} -->"


def write_between(path: Path, name: str, text: str) -> None:
    """Replaces what stands between the two marks of a file.

    Args:
        path: A Markdown file that holds both `marks`.
        name: Name of the marks.
        text: What shall stand there.

    Raises:
        DataError: The file or its marks are missing.
        StorageError: The file cannot be written.
    """
    check_marks(path, name)
    first, last = marks(name)
    before, _, rest = path.read_text(encoding="utf-8").partition(first)
    _, _, after = rest.partition(last)
    try:
        path.write_text(f"{before}{first}\n{text}\n{last}{after}", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error}.", path) from error


def check_marks(path: Path, name: str) -> None:
    """Makes sure, before a long computation, that there is a place for its result.

    Raises:
        DataError: The file or its marks are missing.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    first, last = marks(name)
    if last not in text.partition(first)[2]:
        raise DataError(f"{path} has no place for {name}. Expected the lines {first!r} and {last!r} in it.", path)


def figures_table(figures: Sequence[dict[str, Any]]) -> str:
    """A Markdown table, one line a data set, never pooled."""
    lines = [
        "| model | digits | read right | 95 % interval | wrong | of | negative log-likelihood |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in figures:
        low, high = entry["interval"]
        data = Path(entry["data"]).stem
        lines.append(
            f"| {entry['model']} | {data} | {entry['accuracy']:.2%} | {low:.2%} to {high:.2%} | {entry['error_count']} "
            f"| {entry['num_samples']:,} | {entry['nll']:.4f} |"
        )
    return "\n".join(lines)


def recipes_table(models: Sequence[StoredModel]) -> str:
    """A Markdown table, one line a recipe, of stored models that have been measured on the test set."""
    lines = [
        "| recipe | parameters | epochs | seconds | validation | test | 95 % interval |",
        "|---|---|---|---|---|---|---|",
    ]
    for model in models:
        metrics = model.metrics
        low, high = metrics["test"]["interval"]
        lines.append(
            f"| `{model.recipe.name}` | {metrics['parameters']:,} | {len(model.history)} | {metrics['seconds']:.0f} "
            f"| {metrics['validation']['accuracy']:.2%} | {metrics['test']['accuracy']:.2%} "
            f"| {low:.2%} to {high:.2%} |"
        )
    return "\n".join(lines)


def activations_table(rows: Sequence[dict[str, Any]]) -> str:
    """A Markdown table of what `experiments.compare_activations` returns."""
    lines = [
        "| activation | seeds | epochs | images | validation | test | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['activation']} | {len(row['seeds'])} | {row['epochs']} | {row['num_images']:,} "
        f"| {_mean(row['validation'], '.2%')} | {_mean(row['test'], '.2%')} | {_mean(row['seconds'], '.0f')} |"
        for row in rows
    ]
    return "\n".join(lines)


def grid_table(found: dict[str, Any], num_shown: int = 5) -> str:
    """What `search.search_grid` returns, in Markdown: the best trials, the best one's test score, the spread."""
    columns = [*found["impossible"][0]][:-2]
    trials = sorted(
        found["trials"],
        key=lambda trial: (trial["state"] == "complete", trial["validation_accuracy"] or 0),
        reverse=True,
    )
    states = [trial["state"] for trial in trials]
    lines = [
        f"| {' | '.join(name.replace('_', ' ') for name in columns)} | parameters | seconds | validation |",
        "|---" * (len(columns) + 3) + "|",
        *(
            f"| {' | '.join(str(trial[name]) for name in columns)} | {trial['parameters']:,} | {trial['seconds']:.0f} "
            f"| {trial['validation_accuracy']:.2%} |"
            for trial in trials[:num_shown]
            if trial["state"] == "complete"
        ),
        "",
        f"{states.count('complete')} trials complete, {states.count('pruned')} given up early, "
        f"{states.count('failed')} failed, {len(found['impossible'])} combinations impossible.",
    ]
    if found["best"]:
        best, spread = found["best"], found["spread"]
        low, high = best["test_interval"]
        lines.append(
            f"The best one reads {best['test_accuracy']:.2%} of the test set (95 % interval {low:.2%} to {high:.2%})."
        )
        if len(spread["seeds"]) > 1:
            lines.append(
                f"With {len(spread['seeds'])} seeds it reaches "
                f"{', '.join(f'{accuracy:.2%}' for accuracy in spread['validation_accuracies'])} on the validation "
                "images: differences of that size between single runs mean nothing."
            )
    return "\n".join(lines)


def _mean(summary: dict[str, Any], form: str) -> str:
    deviation = summary["standard_deviation"]
    return f"{summary['mean']:{form}}" + ("" if deviation is None else f" ± {deviation:{form}}")
