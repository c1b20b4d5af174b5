"""The entries of the glossary and what is drawn in them: pictures, tables, curves.

An entry has `figures` to draw, `values` for its text, and, where the model has no such thing, `lacks`. `shown` names
another text than the usual one. The words themselves are in the page's texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ...wire import Message, encode_bytes


def draw_pictures(pictures: Sequence[tuple[np.ndarray, Any]], is_signed: bool = False) -> Message:
    """Describes pictures, (height, width) in [0, 1], or signed in [-1, 1], each with its number or word."""
    return {
        "kind": "pictures",
        "isSigned": is_signed,
        "pictures": [
            {
                "height": picture.shape[0],
                "width": picture.shape[1],
                "pixels": encode_bytes(np.rint(picture * 127 + 128 if is_signed else picture * 255).astype(np.uint8)),
                "caption": caption,
            }
            for picture, caption in pictures
        ],
    }


def draw_matrix(values: Any, caption: str, rows: Sequence[Any] = (), columns: Sequence[Any] = ()) -> Message:
    """Describes a matrix of numbers for the page; `rows` and `columns` are headings: numbers or words."""
    values = np.round(np.asarray(values, np.float64), 4).tolist()
    return {"kind": "matrix", "caption": caption, "values": values, "rows": list(rows), "columns": list(columns)}


def draw_table(head: Sequence[str], rows: Sequence[Sequence[Any]], marked: int | None = None) -> Message:
    """Describes a table for the page; `head` and texts in its cells are words, or names as they stand."""
    return {"kind": "table", "head": list(head), "rows": [list(row) for row in rows], "marked": marked}


def draw_plot(x: Iterable[float], curves: Mapping[str, Iterable[float]], x_label: str) -> Message:
    """Describes curves by name, a word, over x."""
    lines = [{"name": name, "values": [float(value) for value in values]} for name, values in curves.items()]
    return {"kind": "plot", "x": [float(value) for value in x], "curves": lines, "xLabel": x_label}


def entry(*figures: Message, shown: str = "shown", **values: Any) -> Message:
    """Builds a glossary entry: which text to show, its numbers and its figures."""
    return {"figures": list(figures), "values": values, "shown": shown}


def missing(what: str, **values: Any) -> Message:
    """Builds the entry of a term that the model has no part for."""
    return {"figures": [], "values": values, "lacks": what}


def name_shape(shape: Sequence[int]) -> str:
    """Formats a shape for people, as in 26 × 26 × 32."""
    return " × ".join(f"{side:,}" for side in shape)


def scale_to_one(values: np.ndarray) -> np.ndarray:
    """Scales values so that the largest in size is 1."""
    return values / max(float(np.abs(values).max()), 1e-12)
