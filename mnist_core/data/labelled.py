"""Digits that other people drew, in a file -> pictures or ink with labels. Nothing is made of them here."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Literal

import numpy as np

from ..errors import DataError
from .files import read_npz


@dataclass(frozen=True)
class LabelledPictures:
    """Pictures of digits with labels, as their file holds them.

    Args:
        name: Name for reports.
        samples: uint8 (n, height, width).
        labels: int64 (n,).
        num_writers: How many people drew them; None where the file does not say.
    """

    kind: ClassVar[Literal["pictures"]] = "pictures"

    name: str
    samples: np.ndarray
    labels: np.ndarray
    num_writers: int | None = None


@dataclass(frozen=True)
class LabelledInk:
    """As `LabelledPictures`, of n inks, each a list of float32 strokes of shape (points, 2)."""

    kind: ClassVar[Literal["ink"]] = "ink"

    name: str
    samples: list[list[np.ndarray]]
    labels: np.ndarray
    num_writers: int | None = None


LabelledSet = LabelledPictures | LabelledInk


def load_labelled(path: Path) -> LabelledSet:
    """Loads digits that other people drew.

    Args:
        path: An npz of pictures (`x`, `y`) or of ink (`points`, `stroke_start`, `sample_start`, `y`).

    Raises:
        DataError: The file is missing, damaged or of another form.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise DataError("There is no file {path}.", path)
    arrays = read_npz(path)
    if {"x", "y"} <= arrays.keys():
        pictures = _check_pictures(arrays["x"], path)
        return LabelledPictures(path.stem, pictures, *_read_labels(arrays, len(pictures), path))
    if {"points", "stroke_start", "sample_start", "y"} <= arrays.keys():
        ink = unpack_ink(arrays, path)
        return LabelledInk(path.stem, ink, *_read_labels(arrays, len(ink), path))
    raise DataError(
        "{path} holds the arrays {arrays}. Expected x and y (pictures), or points, stroke_start, "
        "sample_start and y (ink).",
        path,
        arrays=", ".join(sorted(arrays)) or "none",
    )


def _read_labels(arrays: dict[str, np.ndarray], num_samples: int, path: Path) -> tuple[np.ndarray, int | None]:
    """The labels, int64, and the number of writers, if the file names them."""
    labels = arrays["y"]
    if labels.ndim != 1 or len(labels) != num_samples or not np.issubdtype(labels.dtype, np.integer):
        raise DataError(
            "{path}: expected {num_samples} integer labels in y. Received: {dtype} {shape}.",
            path,
            num_samples=num_samples,
            dtype=labels.dtype,
            shape=labels.shape,
        )
    return labels.astype(np.int64), len(np.unique(arrays["writer"])) if "writer" in arrays else None


def load_digits(path: Path) -> LabelledSet:
    """Loads a set whose labels are digits; sets of outliers may hold any labels.

    Raises:
        DataError: The file cannot be read, or holds other labels.
    """
    labelled = load_labelled(path)
    if not len(labelled.labels) or labelled.labels.min() < 0 or labelled.labels.max() > 9:
        found = f"{labelled.labels.min()} to {labelled.labels.max()}" if len(labelled.labels) else "none"
        raise DataError("{path}: expected samples with labels 0 to 9. Received labels: {found}.", path, found=found)
    return labelled


def _check_pictures(x: np.ndarray, path: Path) -> np.ndarray:
    if x.dtype != np.uint8 or x.ndim != 3 or 0 in x.shape[1:]:
        raise DataError(
            "{path}: expected x as uint8 (n, height, width). Received: {dtype} {shape}.",
            path,
            dtype=x.dtype,
            shape=x.shape,
        )
    return x


def unpack_ink(arrays: dict[str, np.ndarray], path: Path) -> list[list[np.ndarray]]:
    """Unpacks the drawings in the arrays `points`, `stroke_start` and `sample_start`: each a list of float32 strokes.

    Raises:
        DataError: The arrays do not fit each other; `path` is named.
    """
    points, stroke_start, sample_start = arrays["points"], arrays["stroke_start"], arrays["sample_start"]
    whole = (
        points.ndim == 2
        and points.shape[1] == 2
        and np.issubdtype(points.dtype, np.number)
        and not np.iscomplexobj(points)
        and _are_offsets(stroke_start, len(points))
        and _are_offsets(sample_start, len(stroke_start) - 1)
    )
    if not whole:
        raise DataError(
            "{path}: stroke_start must index points of shape (n, 2), sample_start must index "
            "stroke_start, both rising and ending with a sentinel. Received: points {points}, "
            "stroke_start {strokes}, sample_start {samples}.",
            path,
            points=points.shape,
            strokes=stroke_start.shape,
            samples=sample_start.shape,
        )
    strokes = np.split(points.astype(np.float32), stroke_start[1:-1])
    return [strokes[first:last] for first, last in itertools.pairwise(sample_start)]


def pack_ink(
    file: BinaryIO,
    ink: Sequence[Sequence[np.ndarray]],
    labels: Sequence[int],
    writers: Sequence[int] | None = None,
) -> None:
    """Writes drawings as the npz that `load_labelled` reads.

    Args:
        file: Where to.
        ink: n drawings, each a sequence of strokes of shape (points, 2).
        labels: n labels.
        writers: Who drew each, as n numbers, if that is known.
    """
    strokes = [stroke for drawing in ink for stroke in drawing]
    arrays: dict[str, Any] = {
        "points": np.concatenate(strokes).astype(np.float32),
        "stroke_start": np.cumsum([0, *map(len, strokes)]).astype(np.int32),
        "sample_start": np.cumsum([0, *map(len, ink)]).astype(np.int32),
        "y": np.asarray(labels, np.int64),
    }
    if writers is not None:
        arrays["writer"] = np.asarray(writers, np.int64)
    np.savez_compressed(file, **arrays)


def _are_offsets(offsets: np.ndarray, end: int) -> bool:
    return (
        offsets.ndim == 1
        and np.issubdtype(offsets.dtype, np.integer)
        and len(offsets) > 0
        and offsets[0] == 0
        and offsets[-1] == end
        and bool((offsets[1:] >= offsets[:-1]).all())  # a difference of unsigned numbers is never negative
    )
