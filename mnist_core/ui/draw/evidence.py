"""How good the shipped model is: its stored figures, as tables and diagrams for the page."""

from __future__ import annotations

import functools
import json
from typing import Any

from ...evaluation.report import evidence_tables
from ...paths import EVIDENCE_PATH
from ...rendering.charts import render_reliability
from ..texts import load_texts

Message = dict[str, Any]

# What says most in four bars: the usual measure, two hands, and the worst.
_SUMMARY_SETS = ("test", "pen", "img_canvas5", "damaged")


@functools.cache
def load_figures() -> dict[str, Any]:
    """Returns the figures that `python -m mnist_core report` has stored, see `evidence.measure`."""
    return json.loads(EVIDENCE_PATH.read_text(encoding="utf-8"))


def show_evidence(message: Message) -> Message:
    """Answers `{}` with `{summary, bars, note, parts}`.

    `summary` is one sentence; a bar has name and accuracy; a part has title, text, table (head, rows), diagrams (svg,
    alt, caption).
    """
    del message
    texts, figures = load_texts(), load_figures()
    digits = figures["models"][0]["digits"]
    bars = [{"name": texts[f"evidence_set_{name}"], "accuracy": digits[name]["accuracy"]} for name in _SUMMARY_SETS]
    of_thousand = {name: int(1000 * digits[name]["accuracy"] + 0.5) for name in _SUMMARY_SETS}
    parts = []
    for table in evidence_tables(figures):
        part: dict[str, Any] = {
            "title": texts[f"evidence_{table.name}"],
            "text": texts[f"evidence_{table.name}_text"],
            "table": {"head": list(table.head), "rows": [list(row) for row in table.rows]},
        }
        if table.name == "likelihood":
            part["diagrams"] = _draw_reliability(figures)
        parts.append(part)
    summary = texts["evidence_summary"].format(**of_thousand)
    return {
        "summary": summary,
        "bars": bars,
        "note": texts["evidence_note"].replace("{model}", figures["models"][0]["name"]),
        "parts": parts,
    }


def _draw_reliability(figures: dict[str, Any]) -> list[dict[str, str]]:
    """Returns one diagram for each kind of digits."""
    texts, kinds = load_texts(), {entry["name"]: entry["kind"] for entry in figures["sets"]}
    digits = figures["models"][0]["digits"]
    diagrams = []
    for kind in ("clean", "drawn", "damaged"):
        bins = {name: entry["reliability"] for name, entry in digits.items() if kinds[name] == kind}
        if bins:
            caption = texts[f"evidence_{kind}"]
            diagrams.append(
                {"svg": render_reliability(caption, bins), "alt": f"{caption}. {_in_words(bins)}", "caption": caption}
            )
    return diagrams


def _in_words(sets: dict[str, Any]) -> str:
    """Returns what a reliability diagram shows, for those who cannot see it."""
    template = load_texts()["evidence_bin"]
    return " ".join(
        f"{name}: "
        + "; ".join(
            template.format(stated=f"{entry['stated']:.1%}", true=f"{entry['true']:.1%}", count=entry["num_samples"])
            for entry in bins
        )
        + "."
        for name, bins in sets.items()
    )
