"""What each step from strokes to 28x28 is worth, measured on digits that people drew."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..data.labelled import LabelledInk, load_digits
from ..data.mnist import find_folder
from ..data.pendigits import load_pendigits, recognise_pendigits
from ..errors import DataError, InkError
from ..models.devices import Device
from ..models.inference import open_predictor, predict
from ..models.predictions import Predictions
from ..models.store import StoredModel, short_name
from ..preprocessing.ink import check_ink, largest_extent
from ..preprocessing.steps import BRUSH, STEPS, follow, name_variant
from .statistics import wilson_interval

# The writers of the pen ink by whom nothing is trained or chosen.
PEN = "pen"

# n drawings, each a list of strokes of shape (points, 2 or 3), in any unit, and int64 labels (n,).
Ink = tuple[Sequence[Sequence[np.ndarray]], np.ndarray]


def measure_journey(
    models: Sequence[StoredModel],
    sets: Mapping[str, Ink],
    device: Device,
    on_progress: Callable[[str, float], None] = lambda name, share: None,
) -> dict[str, Any]:
    """Returns what models read when steps from strokes to an image are left out, see `measure_variants`.

    Args:
        models: What answers.
        sets: Drawings and their labels, by name.
        device: What computes.
        on_progress: Called with the name of a set and the share of it that is done.

    Returns:
        brush (share of the pad's side), sets (name, num_samples, size: of the drawings, as a median share of it) and
        models (name, weights_digest, sets: for each set, for each variant, accuracy and 95 % interval).
    """
    predictors = {model.name: functools.partial(predict, open_predictor(model, device)) for model in models}
    measured = {
        name: measure_variants(predictors, ink, labels, functools.partial(on_progress, name))
        for name, (ink, labels) in sets.items()
    }
    return {
        "brush": BRUSH,
        "sets": [
            {"name": name, "num_samples": len(labels), "size": measure_size(ink)}
            for name, (ink, labels) in sets.items()
        ],
        "models": [
            {
                "name": short_name(model),
                "weights_digest": model.weights_digest,
                "sets": {name: figures[model.name] for name, figures in measured.items()},
            }
            for model in models
        ],
    }


def load_drawings(name: str, data_dir: Path | None = None) -> Ink:
    """Loads drawings to measure on, with their labels.

    Args:
        name: `PEN` is the pen ink's reported writers; else that of a file beside the data.
        data_dir: As of `load_dataset`.

    Raises:
        DataError: There is no such file, or it holds no ink, or what models learn from.
    """
    if name == PEN:
        pen = load_pendigits().reported
        return pen.ink, pen.labels
    folder = find_folder(data_dir)
    if folder is None:
        raise DataError("Name the folder of {name}.npz with --data-dir.", name=name)
    path = folder / f"{name}.npz"
    if recognise_pendigits(path):
        raise DataError(
            "Models are trained on {name}. Use {pen}, the held-out writers, instead.", path, name=name, pen=PEN
        )
    labelled = load_digits(path)
    if not isinstance(labelled, LabelledInk):
        raise DataError(
            "{name} holds pictures. Expected ink: without strokes no step can be left out.", path, name=name
        )
    return labelled.samples, labelled.labels


def put_on_pad(ink: Sequence[Sequence[np.ndarray]]) -> list[list[np.ndarray]]:
    """Converts ink from a device's own units to shares of the side of a pad.

    The pad is the square around all ink of the set, since the files do not tell how large the device was.

    Args:
        ink: n drawings, each a list of strokes of shape (points, 2 or 3).

    Returns:
        The same, float64, in [0, 1]; what is not finite stays so.

    Raises:
        DataError: No drawing of the set can be read.
    """
    if all(drawing is None for drawing in _read(ink)):
        raise DataError(
            "None of these {num_ink:,} drawings can be read. Expected strokes of finite points.", num_ink=len(ink)
        )
    points = np.concatenate([stroke[:, :2] for drawing in ink for stroke in drawing if len(stroke)]).astype(np.float64)
    points = points[np.isfinite(points).all(axis=1)]
    lowest, highest = points.min(axis=0), points.max(axis=0)
    side, middle = (highest - lowest).max(), (lowest + highest) / 2
    return [[(stroke[:, :2] - middle) / side + 0.5 for stroke in drawing] for drawing in ink]


def measure_variants(
    predictors: Mapping[str, Callable[[np.ndarray], Predictions]],
    ink: Sequence[Sequence[np.ndarray]],
    labels: np.ndarray,
    on_progress: Callable[[float], None] = lambda share: None,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Measures what models read when steps are left out: all sixteen combinations of steps taken and left out.

    Each digit lies on a pad where it lay on its device, see `put_on_pad`, drawn with a brush of 6 % of the pad's side:
    what it costs to leave the box out depends on how large people wrote there. Digits that a model would refuse count
    by its most probable digit, and drawings that cannot be read as errors, as in `evaluation.evaluate`.

    Args:
        predictors: What answers for float32 (n, 28, 28) in [0, 1], by name.
        ink: n drawings, each a list of strokes of shape (points, 2 or 3), in any unit.
        labels: int64 (n,).
        on_progress: Called with the share that is done.

    Returns:
        For each model, for each variant as `name_variant` names it, accuracy and interval (95 %, low and high).
    """
    drawings = _read(put_on_pad(ink))
    readable = np.array([drawing is not None for drawing in drawings])
    figures: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in predictors}
    variants = [without for count in range(len(STEPS) + 1) for without in itertools.combinations(STEPS, count)]
    for number, without in enumerate(variants):
        steps = set(STEPS) - set(without)
        images = np.stack([follow(drawing, steps).image for drawing in drawings if drawing is not None])
        for name, read in predictors.items():
            hits = int((read(images).probabilities.argmax(axis=1) == labels[readable]).sum())
            interval = list(wilson_interval(hits, len(labels)))
            figures[name][name_variant(without)] = {"accuracy": hits / len(labels), "interval": interval}
        on_progress((number + 1) / len(variants))
    return figures


def measure_size(ink: Sequence[Sequence[np.ndarray]]) -> float:
    """Returns the median longer side of drawings on their pad, see `put_on_pad`, as a share of the pad's side."""
    return float(np.median([largest_extent(drawing) for drawing in _read(put_on_pad(ink)) if drawing is not None]))


def _read(ink: Sequence[Sequence[np.ndarray]]) -> list[list[np.ndarray] | None]:
    """Returns each drawing as strokes that can be drawn; None for one that would have been answered with an error."""
    drawings: list[list[np.ndarray] | None] = []
    for drawing in ink:
        try:
            drawings.append(check_ink(drawing))
        except InkError:
            drawings.append(None)
    return drawings
