"""What the commands share: options, messages for people, results for programs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.mnist import Dataset, load_dataset
from ..evaluation.figures import tell_figure
from ..models.devices import DEVICE_CHOICES
from ..models.recipes import Recipe
from ..models.store import StoredModel, find_stored, load_stored
from ..paths import SHIPPED_DIR, default_cache_dir, models_dir
from ..training.runs import Workbench, device_finder

if TYPE_CHECKING:
    from ..training.progress import Progress

DEFAULT_MODEL = "sketchnet"
STOPPED = 130


def add_command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    """Adds a command that `run` carries out."""
    command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=run)
    return command


def add_model(command: argparse.ArgumentParser) -> None:
    """Adds the options that choose what answers."""
    add_stored_model(command)
    add_device(command)


def add_stored_model(command: argparse.ArgumentParser) -> None:
    """Adds the option that names a model."""
    command.add_argument(
        "--model", default=os.environ.get("MNIST_MODEL") or DEFAULT_MODEL, help="name or folder of a stored model"
    )


def add_device(command: argparse.ArgumentParser) -> None:
    """Adds the option that chooses what computes."""
    command.add_argument(
        "--device",
        choices=DEVICE_CHOICES,
        default=os.environ.get("MNIST_DEVICE") or "auto",
        help="where to compute; auto uses a GPU if there is one",
    )


def add_data_dir(command: argparse.ArgumentParser) -> None:
    """Adds the option that says where MNIST is."""
    command.add_argument(
        "--data-dir",
        type=Path,
        default=os.environ.get("MNIST_DATA_DIR") or None,
        metavar="PLACE",
        help="an npz file or a folder with mnist.npz or the four IDX files: MNIST or a set of the same layout",
    )


def model_roots() -> tuple[Path, ...]:
    """Returns the folders of stored models, the most trusted first."""
    return SHIPPED_DIR, models_dir(default_cache_dir())


def load_data(options: argparse.Namespace) -> Dataset:
    """Loads the dataset that the options name, and says where it was found."""
    dataset = load_dataset(options.data_dir, on_progress=_show_download)
    say(f"{'MNIST' if dataset.name == 'mnist' else dataset.name} from {dataset.source}")
    return dataset


def open_workbench(options: argparse.Namespace, *recipes: Recipe) -> Workbench:
    """Opens a workbench with the dataset and the devices that the options name, for these recipes."""
    return Workbench.for_dataset(load_data(options), model_roots(), recipes, **workbench_options(options))


def workbench_options(options: argparse.Namespace) -> dict[str, Any]:
    """Returns the options of a workbench on the command line, apart from data and models."""
    return {
        "exact": not getattr(options, "quick", False),
        "find_devices": device_finder(options.device),
        "on_progress": show_progress,
        "say": say,
    }


def find_model(name: str) -> StoredModel:
    """Returns the stored model of that name, or the one in the folder of that path, where `train --output` has put it.

    Raises:
        ModelError: There is none, or it is damaged.
    """
    folder = Path(name).expanduser()
    if len(folder.parts) > 1 and (folder / "manifest.json").is_file():
        return load_stored(folder)
    return find_stored(name, model_roots())


def show_progress(progress: Progress) -> None:
    """Shows where a training run stands."""
    left = "{}:{:02} left".format(*divmod(round(progress.seconds_left), 60))
    line = (
        f"epoch {progress.epoch}/{progress.num_epochs}  step {progress.step}/{progress.num_steps}  "
        f"loss {progress.loss:.4f}  accuracy {progress.accuracy:.2%}"
    )
    if progress.validation_accuracy is not None:
        say(f"\r{line}  validation {progress.validation_accuracy:.2%}  {left}")
    elif progress.step % 10 == 0 and sys.stderr.isatty():
        say(f"\r{line}  {left}  ", end="")


def _show_download(received: int, expected: int) -> None:
    share = f"{received / expected:4.0%}" if expected else f"{received / 1e6:.1f} MB"
    say(f"\rDownloading MNIST: {share}", end="")


def describe_model(model: StoredModel) -> dict[str, Any]:
    """Describes a stored model for JSON."""
    return {
        "name": model.name,
        "folder": str(model.folder),
        "recipe": model.recipe.as_dict(),
        "key": model.key,
        "complete": model.complete,
        **model.metrics,
        "history": model.history,
    }


def describe_figures(figures: dict[str, Any]) -> list[str]:
    """Formats what `evaluation.evaluate` returns as lines to read: accuracy, each class, the confusion matrix."""
    low, high = figures["interval"]
    return [
        f"{figures['accuracy']:.2%} of {figures['num_samples']:,} (95% interval {low:.2%} to {high:.2%}), "
        f"{figures['error_count']} wrong, nll {figures['nll']:.4f}, Brier {figures['brier']:.4f}, "
        f"ece {figures['ece']:.4f}",
        *_describe_honesty(figures),
        "  digit  images  precision  recall      F1",
        *(
            f"  {row['label']:5}  {row['num_samples']:6}  {tell_figure(row['precision'], '.1%'):>9}"
            f"  {tell_figure(row['recall'], '.1%'):>6}  {tell_figure(row['f1'], '.1%'):>6}"
            for row in figures["per_class"]
        ),
        "  rows are true digits, columns answers:",
        *("  " + " ".join(f"{count:5}" for count in row) for row in figures["confusion_matrix"]),
    ]


def _describe_honesty(figures: dict[str, Any]) -> list[str]:
    """Formats the figures of calibration; nothing for those that an earlier version stored."""
    if "uncalibrated" not in figures:
        return []
    bare, below = figures["uncalibrated"], figures["below_99"]
    line = (
        f"  {figures['accepted']:.2%} taken for digits; uncalibrated nll {bare['nll']:.4f}, Brier {bare['brier']:.4f}"
    )
    if below["difference"] is None:
        return [line]
    low, high = below["interval"]
    return [
        f"{line}; where less than 99 % are stated ({below['num_samples']:,}), stated minus true is "
        f"{below['difference']:+.1%} ({low:+.1%} to {high:+.1%})"
    ]


def say(text: str, end: str = "\n") -> None:
    """Prints what a person reads while a command works, to standard error; standard output is for its result."""
    print(text, end=end, file=sys.stderr, flush=True)


def print_json(options: argparse.Namespace, value: Any) -> None:
    """Prints a result for programs, if they asked for it."""
    if options.json:
        print(json.dumps(value))
