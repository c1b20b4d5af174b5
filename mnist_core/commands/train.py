"""`train`: a recipe, with any of its options changed, on MNIST or another set, to a stored model."""

from __future__ import annotations

import argparse
import dataclasses
import textwrap
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..augmentation.transforms import Augmentation
from ..data.prepared import load_training
from ..errors import DataError, StorageError
from ..evaluation.figures import tell_figure
from ..models.architectures import ARCHITECTURES, POOLINGS, Architecture
from ..models.code.keras_writing import write_keras_program
from ..models.code.notebook import write_notebook
from ..models.code.reading import read_network
from ..models.layers import ACTIVATIONS
from ..models.recipes import (
    ADAMW_DECAY,
    CHANGEABLE,
    OPTIMIZERS,
    RECIPES,
    SCHEDULES,
    Recipe,
    change_recipe,
    find_recipe,
    pick_parts,
)
from ..models.store import StoredModel, find_stored
from ..training.pools import count_per_epoch
from ..training.runs import Workbench, start_from
from .console import (
    STOPPED,
    add_command,
    add_data_dir,
    add_device,
    describe_figures,
    describe_model,
    model_roots,
    open_workbench,
    print_json,
    say,
    workbench_options,
)

_AUGMENTATION_HELP = {
    "rotation": "turn by up to DEGREES",
    "scale": "change the size by up to this share",
    "stretch": "change width and height, each by up to this share",
    "shear": "slant by up to this tangent",
    "shift": "move by up to PIXELS",
    "elastic": "bend by about PIXELS",
    "thickness": "make strokes thicker or thinner, up to 1",
    "damage": "damage this SHARE of the images: noise, blur, gaps, blots, faint ink",
    "flip_horizontal": "mirror left to right with this probability, to see what it costs",
    "flip_vertical": "mirror top to bottom with this probability",
}


def add_commands(commands: Any) -> None:
    """Adds this command to the parser."""
    train = add_command(commands, "train", run_train, "train a recipe, or load it when it has been trained before")
    train.formatter_class = argparse.RawDescriptionHelpFormatter
    train.epilog = "\n".join(["recipes:", *map(_describe_recipe, RECIPES.values())])
    train.add_argument("recipe", help=f"one of: {', '.join(RECIPES)}")
    train.add_argument("--again", action="store_true", help="train even when the result is already stored")
    train.add_argument("--output", type=Path, metavar="FOLDER", help="store the model in FOLDER instead of the cache")
    train.add_argument(
        "--code",
        type=Path,
        metavar="FILE",
        help="take the network from this Keras or PyTorch code, which is read and never run",
    )
    train.add_argument(
        "--write",
        type=Path,
        metavar="FILE",
        help="write a program (.py) or a notebook (.ipynb) that trains this with Keras alone, instead of training it",
    )
    train.add_argument(
        "--quick",
        action="store_true",
        help="up to twice as fast on a CPU: with 16-bit products where it has them; no two runs are identical",
    )
    add_data_dir(train)
    train.add_argument(
        "--data", type=Path, metavar="FILE.npz", help="train on the pictures or the ink in this file instead of MNIST"
    )
    add_device(train)
    _add_training(train.add_argument_group("training (each changes the recipe, and so the name of the result)"))
    _add_parts(train.add_argument_group("network parts"))
    _add_augmentation(train.add_argument_group("augmentation, drawn anew for every image and epoch; 0 is off"))
    start = train.add_argument_group("start from another model")
    start.add_argument("--from", dest="start", metavar="MODEL", help="stored model to start from, by name")
    start.add_argument(
        "--freeze",
        nargs="+",
        default=[],
        metavar="LAYER",
        help="layers whose weights stay as they are, such as conv1 or 'conv*'",
    )


def run_train(options: argparse.Namespace) -> int:
    """Trains a recipe, unless its result is already stored."""
    changes = read_changes(options)
    if options.code:
        changes["layers"] = _read_code(options.code)
    recipe = change_recipe(find_recipe(options.recipe), changes)
    if options.freeze and not options.start:
        raise ValueError("--freeze needs a model to start from. Name it with --from.")
    if options.start:
        start = find_stored(options.start, model_roots())
        recipe = start_from(recipe, start, options.freeze, pick_parts(changes))
    say(describe_layers(recipe.network))
    if options.write:
        return _write_program(recipe, options.write)
    if options.data:
        workbench = Workbench(load_training(options.data, say), None, model_roots(), **workbench_options(options))
    else:
        workbench = open_workbench(options, recipe)
    stored = workbench.find(recipe)
    if stored and not (options.again or options.output):
        say(f"{stored.name} is already trained, in {stored.folder}. Use --again to train it once more.")
    else:
        say(f"Training {_describe_sources(recipe, workbench)}, {recipe.epochs} epochs. Ctrl-C keeps the best epoch.")
        stored = workbench.train(recipe, options.output)
        say(f"Stored as {stored.folder}")
    if options.json:
        print_json(options, describe_model(stored))
    else:
        print(_describe_run(stored))
    return 0 if stored.complete else STOPPED


def read_changes(options: argparse.Namespace) -> dict[str, Any]:
    """Returns what the options change of the recipe, as `change_recipe` takes it."""
    return {name: value for name, value in vars(options).items() if name in CHANGEABLE and value is not None}


def _read_code(path: Path) -> tuple[str, ...]:
    """Returns the layers of the network in a file, and says what was noticed."""
    try:
        found = read_network(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise DataError("The code in {path} cannot be read: {error}.", path, error=error) from error
    for note in (*found.slips, *found.notes):
        say(f"{path.name}, line {note.line}: {note.text}")
    return found.parts.layers or ()


def _write_program(recipe: Recipe, path: Path) -> int:
    """Writes what trains a recipe with Keras alone: a notebook, or a program."""
    text = write_notebook(recipe) if path.suffix == ".ipynb" else write_keras_program(recipe)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError("{path} cannot be written: {error}.", path, error=error) from error
    say(f"Written to {path}")
    return 0


def describe_layers(network: Architecture) -> str:
    """Returns a table of layers with output shapes and parameters.

    Raises:
        ArchitectureError: The network is impossible.
    """
    layers = network.layers()
    base = dataclasses.replace(ARCHITECTURES[network.name], num_outputs=network.num_outputs)
    summary = network.summary if network == base else "with other parts"
    lines = [f"{network.name}: {summary}", f"  {'layer':14} {'kind':24} {'output':>14} {'parameters':>12}"]
    lines += [
        f"  {layer.name:14} {layer.kind:24} {' x '.join(map(str, layer.output_shape)):>14} {layer.num_parameters:>12,}"
        for layer in layers
    ]
    return "\n".join([*lines, f"  {'':14} {'':24} {'':>14} {network.num_parameters:>12,}"])


def _describe_sources(recipe: Recipe, workbench: Workbench) -> str:
    num_images = len(workbench.data.x_train[: recipe.limit])
    num_ink, num_outliers = count_per_epoch(recipe, num_images)
    parts = [f"{recipe.name}: {num_images:,} images"]
    if num_ink and workbench.data.ink:
        parts.append(f"{num_ink:,} pen drawings")
    if num_outliers:
        parts.append(f"{num_outliers:,} images that are not digits")
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _describe_recipe(recipe: Recipe) -> str:
    network = recipe.network
    lines = textwrap.wrap(f"{network.num_parameters:,} parameters, {recipe.epochs} epochs: {network.summary}", 80)
    return f"  {recipe.name:14} " + f"\n{'':17}".join(lines)


def _add_training(group: Any) -> None:
    group.add_argument("--epochs", type=int, help="number of passes over the training images")
    group.add_argument("--batch-size", type=int, help="images per step")
    group.add_argument("--optimizer", choices=OPTIMIZERS, help="momentum is SGD with Nesterov's momentum of 0.9")
    group.add_argument("--learning-rate", type=float, help="learning rate of every step, or the highest of a schedule")
    group.add_argument(
        "--schedule", choices=SCHEDULES, help="how the learning rate falls; cosine rises during the first epoch"
    )
    group.add_argument(
        "--finish",
        type=float,
        metavar="SHARE",
        help="in this last share of the epochs alone images are damaged, and the learning rate rises once more",
    )
    group.add_argument("--weight-decay", type=float, help=f"decoupled; adamw has {ADAMW_DECAY} unless given")
    group.add_argument("--limit", type=int, help="train on the first LIMIT images only")
    group.add_argument(
        "--label-noise", type=float, metavar="SHARE", help="replace this share of the labels with wrong ones"
    )
    group.add_argument("--ink", type=int, metavar="N", help="N pen drawings per epoch, each in a different handwriting")
    group.add_argument("--variants", type=float, metavar="SHARE", help="include regional variants, such as a crossed 7")
    group.add_argument(
        "--outliers",
        type=int,
        metavar="N",
        help="N generated images per epoch that are not digits; 0 gives ten outputs",
    )
    group.add_argument(
        "--alphabets",
        action=argparse.BooleanOptionalAction,
        help="whether characters of other scripts are among them; they come with the project",
    )
    group.add_argument("--until", type=float, metavar="ACCURACY", help="stop at this validation accuracy, such as 0.99")
    group.add_argument("--seed", type=int, help="seed of weights, order, augmentation and noise")


def _add_parts(group: Any) -> None:
    group.add_argument("--activation", choices=ACTIVATIONS, help="activation of every hidden layer")
    group.add_argument(
        "--filters", type=int, nargs="+", metavar="N", help="filters of the convolutions, one number per block"
    )
    group.add_argument("--kernel", type=int, metavar="SIDE", help="side of every kernel")
    group.add_argument("--pooling", choices=POOLINGS, help="after every block")
    group.add_argument("--pool-size", type=int, metavar="SIDE", help="side of every pooling window")
    group.add_argument(
        "--dense-units", type=int, nargs="*", metavar="N", help="units of the hidden dense layers; no number for none"
    )
    group.add_argument("--dropout", type=float, metavar="SHARE", help="share of values dropped while training")
    group.add_argument(
        "--layers",
        nargs="+",
        metavar="LAYER",
        help="all layers before the output, such as 'Conv2D(32, 3)' 'Flatten()', instead of the above",
    )


def _add_augmentation(group: Any) -> None:
    for entry in fields(Augmentation):
        metavar = next((word for word in _AUGMENTATION_HELP[entry.name].split() if word.isupper()), "AMOUNT")
        option = "--" + entry.name.replace("_", "-")
        group.add_argument(option, type=float, metavar=metavar, help=_AUGMENTATION_HELP[entry.name])


def _describe_run(stored: StoredModel) -> str:
    parameters, images = (tell_figure(stored.figure(name), ",") for name in ("parameters", "num_training_images"))
    seconds = tell_figure(stored.figure("seconds"), ".1f")
    lines = [f"{stored.name}: {parameters} parameters, {images} images, {len(stored.history)} epochs in {seconds} s"]
    until, reached = stored.recipe.until, stored.history[-1].get("val_accuracy") if stored.history else None
    if until and reached is not None:
        verb = "reached" if round(reached, 6) >= until else "did not reach"
        lines.append(
            f"It {verb} {until:.2%} on the validation images: {reached:.2%} after {len(stored.history)} epochs."
        )
    rest: list[str] = []  # of the last alone
    for name in ("validation", "test"):
        if name in stored.metrics:
            accuracy, *rest = _describe_stored(stored.metrics[name])
            lines.append(f"{name}: {accuracy}")
    return "\n".join([*lines, *rest])


def _describe_stored(figures: Any) -> list[str]:
    """Formats the figures of a stored model as lines to read; another version may have stored others."""
    try:
        return describe_figures(figures)
    except (KeyError, TypeError, ValueError):
        return ["not in a form that this version reads"]
