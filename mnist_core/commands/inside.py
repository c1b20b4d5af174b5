"""`inside`: measures what the page's inside tab says of stored models, and stores it for the page.

The figures lie in one file, each kind under a key of its own.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..data.labelled import load_digits
from ..data.pendigits import NPZ_NAME
from ..errors import DataError, StorageError
from ..evaluation.figures import round_figures, write_figures
from ..evaluation.preprocessing import measure_size, measure_variants
from ..models.devices import choose_device
from ..models.inference import open_predictor, predict
from ..models.store import short_name
from ..paths import INSIDE_FIGURES_PATH
from ..preprocessing.steps import BRUSH
from .console import (
    DEFAULT_MODEL,
    add_command,
    add_data_dir,
    add_device,
    data_folder,
    find_model,
    load_ink,
    print_json,
    say,
)
from .explanations import measure_models as measure_explanations

# The writers of the pen ink by whom nothing is trained or chosen.
PEN = "pen"

Ink = tuple[Sequence[Sequence[np.ndarray]], np.ndarray]


def add_commands(commands: Any) -> None:
    """Adds this command to the parser."""
    summary = "measure what the page's inside tab says of stored models"
    inside = add_command(commands, "inside", run_inside, summary)
    inside.add_argument("what", choices=sorted(MEASURES), help="what to measure")
    inside.add_argument(
        "--models", nargs="+", default=[DEFAULT_MODEL], metavar="MODEL", help="names or folders of stored models"
    )
    inside.add_argument(
        "--ink",
        nargs="+",
        default=[PEN, "ink_numberpad"],
        metavar="NAME",
        help="journey: sets of drawn digits beside the data; pen is the writers by whom nothing is trained or chosen",
    )
    inside.add_argument(
        "--figures", type=Path, default=INSIDE_FIGURES_PATH, help="where to store the figures for the page"
    )
    add_device(inside)
    add_data_dir(inside)


def run_inside(options: argparse.Namespace) -> int:
    """Measures one kind of figures and stores them beside the others."""
    if not options.figures.absolute().parent.is_dir():  # known before minutes of measuring
        raise StorageError(
            f"There is no folder for {options.figures}. Name another file with --figures.", options.figures
        )
    figures = round_figures(MEASURES[options.what](options))
    write_figures(options.figures, options.what, figures)
    say(f"Wrote {options.what} into {options.figures}")
    print_json(options, figures)
    return 0


def measure_journey(options: argparse.Namespace) -> dict[str, Any]:
    """What models read when steps from strokes to an image are left out, see `journey.measure_variants`.

    Returns:
        brush (share of the pad's side), sets (name, num_samples, size: of the drawings, as a median share of it) and
        models (name, weights_digest, sets: for each set, for each variant, accuracy and 95 % interval).
    """
    device = choose_device(options.device)
    models = [find_model(name) for name in options.models]
    predictors = {model.name: functools.partial(predict, open_predictor(model, device)) for model in models}
    sets: list[dict[str, Any]] = []
    measured: dict[str, dict[str, Any]] = {model.name: {} for model in models}
    for name in options.ink:
        ink, labels = _load_ink(options, name)
        sets.append({"name": name, "num_samples": len(labels), "size": measure_size(ink)})
        for model, figures in measure_variants(predictors, ink, labels, functools.partial(_show, name)).items():
            measured[model][name] = figures
        say("")
    described = [
        {"name": short_name(model), "weights_digest": model.weights_digest, "sets": measured[model.name]}
        for model in models
    ]
    return {"brush": BRUSH, "sets": sets, "models": described}


# What can be measured, by the key under which the page finds it.
MEASURES: dict[str, Callable[[argparse.Namespace], Any]] = {
    "journey": measure_journey,
    "explanations": measure_explanations,
}


def _load_ink(options: argparse.Namespace, name: str) -> Ink:
    if name == PEN:
        pen = load_ink(options, download=False)
        if pen is None:
            raise DataError(
                f"The set {PEN} needs the pen ink. Name its folder with --data-dir, or other sets with --ink."
            )
        return pen.reported.ink, pen.reported.labels
    if name == Path(NPZ_NAME).stem:
        raise DataError(f"{name} is what models learn from. The writers kept apart from that are the set {PEN}.")
    folder = data_folder(options)
    if folder is None:
        raise DataError(f"Name the folder of {name}.npz with --data-dir.")
    labelled = load_digits(folder / f"{name}.npz")
    if labelled.kind != "ink":
        raise DataError(f"{name} holds pictures. Expected ink: without strokes no step can be left out.")
    return labelled.samples, labelled.labels


def _show(name: str, share: float) -> None:
    say(f"\r{name}: {share:4.0%}", end="")
