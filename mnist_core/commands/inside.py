"""`inside`: measures what the page's inside tab says of stored models, and stores it for the page.

The figures lie in one file, each kind under a key of its own.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..data.files import check_folder
from ..evaluation.figures import round_figures, write_figures
from ..evaluation.preprocessing import PEN, load_drawings, measure_journey
from ..explain.faithfulness import measure_models
from ..models.devices import choose_device
from ..paths import INSIDE_FIGURES_PATH
from .console import DEFAULT_MODEL, add_command, add_data_dir, add_device, find_model, print_json, say


def add_commands(commands: Any) -> None:
    """Adds this command to the parser."""
    summary = "measure what the page's inside tab says of stored models"
    inside = add_command(commands, "inside", run_inside, summary)
    inside.add_argument("what", choices=("explanations", "journey"), help="what to measure")
    inside.add_argument(
        "--models", nargs="+", default=[DEFAULT_MODEL], metavar="MODEL", help="names or folders of stored models"
    )
    inside.add_argument(
        "--ink",
        nargs="+",
        default=[PEN, "ink_numberpad"],
        metavar="NAME",
        help="journey: sets of drawn digits beside the data; pen is the held-out writers",
    )
    inside.add_argument(
        "--figures", type=Path, default=INSIDE_FIGURES_PATH, help="file in which to store the figures for the page"
    )
    add_device(inside)
    add_data_dir(inside)


def run_inside(options: argparse.Namespace) -> int:
    """Measures one kind of figures and stores them beside the others."""
    check_folder(options.figures, "Name another file with --figures.")  # known before minutes of measuring
    models = [find_model(name) for name in options.models]
    if options.what == "journey":
        sets = {name: load_drawings(name, options.data_dir) for name in options.ink}
        measured = measure_journey(models, sets, choose_device(options.device), _show)
    else:
        measured = measure_models(models, _show)
    figures = round_figures(measured)
    write_figures(options.figures, options.what, figures)
    say(f"Wrote {options.what} into {options.figures}")
    print_json(options, figures)
    return 0


def _show(what: str, share: float) -> None:
    say(f"\r{what}: {share:4.0%}", end="\n" if share == 1 else "")
