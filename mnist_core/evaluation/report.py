"""Figures -> tables in a text file, so that what a document claims was written by the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data.files import write_text
from ..errors import DataError
from ..models.store import StoredModel
from .evidence import REGIONAL_PAIRS, count_pairs
from .figures import tell_figure

EVIDENCE = "evidence"
RECIPES_TABLE = "recipes"
ACTIVATIONS_TABLE = "activations"
GRID_TABLE = "grid"
ABLATION_TABLE = "ablation"


def marks(name: str) -> tuple[str, str]:
    """Returns the two lines between which a table stands."""
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
    write_text(path, f"{before}{first}\n{text}\n{last}{after}", "Name another file with --into.")


def check_marks(path: Path, name: str) -> None:
    """Makes sure, before a long computation, that there is a place for its result.

    Raises:
        DataError: The file or its marks are missing.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            "{path} cannot be read as text: {error}. Name another file with --into.", path, error=error
        ) from error
    first, last = marks(name)
    if last not in text.partition(first)[2]:
        raise DataError(
            "{path} has no place for {name}. Expected the lines {first!r} and {last!r} in it.",
            path,
            name=name,
            first=first,
            last=last,
        )


@dataclass(frozen=True)
class Table:
    """Cells as text: a name for code, a row of headings, and rows that begin with theirs."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_markdown(self) -> str:
        """Returns the table in Markdown."""
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def evidence_tables(evidence: dict[str, Any]) -> list[Table]:
    """Returns what `evidence.measure` returns, as tables: accuracy, comparison, likelihood, outliers, pairs.

    All but the comparison are about the first model.
    """
    found = evidence["models"][0]
    sets = {entry["name"]: entry for entry in evidence["sets"]}
    tables = [
        _accuracy_table(found["digits"], sets),
        _comparison_table(evidence["models"]),
        _likelihood_table(found["digits"]),
        _outlier_table(found["outliers"], sets),
        _pairs_table(found["digits"]),
    ]
    return [table for table in tables if table.rows]


def render_evidence(evidence: dict[str, Any]) -> str:
    """Returns all tables of the measured model in Markdown, each below a line that says what it shows."""
    parts = [f"{_CAPTIONS[table.name]}\n\n{table.as_markdown()}" for table in evidence_tables(evidence)]
    return "\n\n".join(parts)


_CAPTIONS = {
    "accuracy": "Accuracy on each set, and the share of its digits that are recognised as digits at all:",
    "comparison": "Accuracy of each network, and how well its doubt separates clothes and signs from validation digits "
    "(AUROC; a network without an eleventh output doubts what its confidence leaves over):",
    "likelihood": "Calibration: how honest the probabilities are (lower is better, but stated minus true should be 0):",
    "outliers": "Images that are not digits, by kind:",
    "pairs": "Digits that some schools teach to write alike:",
}


def _accuracy_table(digits: dict[str, Any], sets: dict[str, Any]) -> Table:
    head = ("set", "description", "writers", "accuracy", "95% interval", "errors", "images", "recognised as a digit")
    rows = [
        (
            name,
            sets[name]["note"],
            str(sets[name]["num_writers"] or "?"),
            f"{figures['accuracy']:.2%}",
            _range(figures["interval"], ".2%"),
            f"{figures['error_count']:,}",
            f"{figures['num_samples']:,}",
            f"{figures['accepted']:.2%}",
        )
        for name, figures in digits.items()
    ]
    return Table("accuracy", head, rows)


def _comparison_table(models: Sequence[dict[str, Any]]) -> Table:
    names = list(models[0]["digits"])
    outliers = list(models[0]["outliers"])
    head = ("model", *names, *(f"AUROC {name}" for name in outliers))
    against = names[0]
    rows = [
        (
            row["name"],
            *(f"{row['digits'][name]['accuracy']:.2%}" for name in names),
            *(tell_figure(row["outliers"][name][0]["auroc"][against], ".4f") for name in outliers),
        )
        for row in models
    ]
    return Table("comparison", head, rows)


def _likelihood_table(digits: dict[str, Any]) -> Table:
    head = (
        "set",
        "log loss",
        "uncalibrated",
        "always certain",
        "Brier score",
        "uncalibrated",
        "always certain",
        "answers below 99%",
        "stated minus true",
        "95% interval",
    )
    rows = []
    for name, figures in digits.items():
        below, bare, certain = figures["below_99"], figures["uncalibrated"], figures["certain"]
        gap = below["difference"]
        rows.append(
            (
                name,
                f"{figures['nll']:.4f}",
                f"{bare['nll']:.4f}",
                "infinite" if certain["nll"] is None else f"{certain['nll']:.4f}",
                f"{figures['brier']:.4f}",
                f"{bare['brier']:.4f}",
                f"{certain['brier']:.4f}",
                f"{below['num_samples']:,}",
                "-" if gap is None else f"{gap:+.1%}",
                "-" if gap is None else _range(below["interval"], "+.1%"),
            )
        )
    return Table("likelihood", head, rows)


def _outlier_table(outliers: dict[str, Any], sets: dict[str, Any]) -> Table:
    against = next((list(rows[0]["auroc"]) for rows in outliers.values()), [])
    head = ("not digits", "images", "recognised as a digit", *(f"AUROC {name}" for name in against))
    rows = []
    for name, figures in outliers.items():
        classes, lookalikes = sets[name]["classes"], sets[name]["lookalikes"]
        for entry in figures:
            label = entry["label"]
            of_class = classes.get(str(label), str(label))
            without = " ".join(classes[str(code)] for code in lookalikes)
            note = f", without {without}" if lookalikes else ""
            rows.append(
                (
                    f"{name}{note}" if label is None else f"{name}: {of_class}",
                    f"{entry['num_samples']:,}",
                    tell_figure(entry["accepted"], ".1%"),
                    *(tell_figure(entry["auroc"][other], ".4f") for other in against),
                )
            )
    return Table("outliers", head, rows)


def _pairs_table(digits: dict[str, Any]) -> Table:
    head = ("set", *(f"{true} read as {read}" for true, read in REGIONAL_PAIRS))
    rows = []
    for name, figures in digits.items():
        pairs = count_pairs(figures["confusion_matrix"]).values()
        rows.append((name, *(f"{count} of {total}" if total else "-" for count, total in pairs)))
    return Table("pairs", head, rows)


def _range(interval: Sequence[float], form: str) -> str:
    low, high = interval
    return f"{low:{form}} to {high:{form}}"


def recipes_table(models: Sequence[StoredModel]) -> str:
    """Returns a Markdown table, one line a recipe, of stored models that have been measured on the test set."""
    lines = [
        "| recipe | parameters | epochs | seconds | validation | test | 95% interval |",
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
    """Returns a Markdown table of what `experiments.compare_activations` returns."""
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


def ablation_table(rows: Sequence[dict[str, Any]]) -> str:
    """Returns a Markdown table of what `experiments.ablate` returns."""
    head = ("left out", "validation", "pen ink", "log loss on pen ink", "AUROC of generated outliers")
    cells = [
        (
            row["without"],
            _mean(row["validation"], ".2%"),
            _mean(row["ink"], ".2%"),
            _mean(row["ink_nll"], ".3f"),
            _mean(row["outliers"], ".4f"),
        )
        for row in rows
    ]
    note = (
        f"Each row is the mean of {len(rows[0]['seeds'])} runs of {rows[0]['epochs']} epochs on "
        f"{rows[0]['num_images']:,} images, ± one standard deviation."
    )
    return f"{Table(ABLATION_TABLE, head, cells).as_markdown()}\n\n{note}"


def grid_table(found: dict[str, Any], num_shown: int = 5) -> str:
    """Formats what `search.search_grid` returns in Markdown: the best trials, the best one's test score, the spread."""
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
        f"{states.count('complete')} trials completed, {states.count('pruned')} stopped early, "
        f"{states.count('failed')} failed; {len(found['impossible'])} combinations are impossible.",
    ]
    if found["best"]:
        best, spread = found["best"], found["spread"]
        low, high = best["test_interval"]
        lines.append(
            f"The best network reaches {best['test_accuracy']:.2%} on the test set "
            f"(95% interval {low:.2%} to {high:.2%})."
        )
        if len(spread["seeds"]) > 1:
            lines.append(
                f"With {len(spread['seeds'])} seeds it reaches "
                f"{', '.join(f'{accuracy:.2%}' for accuracy in spread['validation_accuracies'])} on the validation "
                "images: differences of this size between single runs mean nothing."
            )
    return "\n".join(lines)


def _mean(summary: dict[str, Any], form: str) -> str:
    deviation = summary["standard_deviation"]
    return f"{summary['mean']:{form}}" + ("" if deviation is None else f" ± {deviation:{form}}")
