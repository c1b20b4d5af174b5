"""`table` and `experiment`: many recipes, one table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..data.files import replacing, write_text
from ..evaluation.report import (
    ABLATION_TABLE,
    ACTIVATIONS_TABLE,
    GRID_TABLE,
    RECIPES_TABLE,
    ablation_table,
    activations_table,
    check_marks,
    grid_table,
    recipes_table,
    write_between,
)
from ..models.recipes import RECIPES, find_recipe
from ..packages import needed_packages
from ..paths import default_cache_dir
from ..rendering.charts import render_curves
from ..training.experiments import ablate, compare_activations, train_all
from ..training.search_settings import SAMPLERS, SearchSettings, default_storage, hide_password, list_impossible
from .console import add_command, add_data_dir, add_device, open_workbench, print_json, say

_CHART_HINT = "Name another file with --chart."


def add_commands(commands: Any) -> None:
    """Adds these commands to the parser."""
    table = add_command(commands, "table", run_table, "train all recipes that are not stored and write their table")
    table.add_argument(
        "--into", type=Path, default=Path("assets/docs/networks.md"), help="file with the marks between which to write"
    )
    add_data_dir(table)
    add_device(table)

    summary = "compare activations, take parts away from sketchnet's recipe, or search for a good network"
    experiment = commands.add_parser("experiment", help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    kinds = experiment.add_subparsers(dest="experiment", required=True)
    activations = add_command(kinds, "activations", run_activations, "compare ReLU, sigmoid and tanh in vgg_small")
    activations.add_argument("--seeds", type=int, default=3, help="number of runs of each activation (default: 3)")
    activations.add_argument("--chart", type=Path, metavar="FILE.svg", help="where to draw the curves")
    _add_budget(activations, epochs=None)

    ablation = add_command(kinds, "ablation", run_ablation, "train sketchnet without each of its parts")
    ablation.add_argument("--seeds", type=int, default=3, help="number of runs without each part (default: 3)")
    ablation.add_argument("--quick", action="store_true", help="as for `train`")
    _add_budget(ablation, epochs=5, limit=20_000)

    grid = add_command(kinds, "grid", run_grid, "search for a good network with Optuna")
    grid.add_argument("--sampler", choices=SAMPLERS, default="grid", help="how the networks are chosen (default: grid)")
    grid.add_argument(
        "--trials",
        type=int,
        help="number of networks to try, including those of earlier runs (default: every possible one)",
    )
    grid.add_argument("--minutes", type=float, help="stop trying after this time; the best one is then trained")
    grid.add_argument(
        "--seeds", type=int, default=3, help="number of runs of the best network, to measure their spread (default: 3)"
    )
    grid.add_argument("--seed", type=int, default=0, help="seed of the networks (default: 0)")
    grid.add_argument(
        "--storage",
        metavar="WHERE",
        help="database URL or journal file of the study; workers that name the same one share it",
    )
    _add_budget(grid, epochs=5)


def run_table(options: argparse.Namespace) -> int:
    """Trains what is missing and writes the table of all recipes."""
    check_marks(options.into, RECIPES_TABLE)
    models = train_all(open_workbench(options, *RECIPES.values()))
    write_between(options.into, RECIPES_TABLE, recipes_table(models))
    say(f"Wrote {options.into}")
    if options.json:
        print_json(options, [{"recipe": model.recipe.name, "model": model.name, **model.metrics} for model in models])
    else:
        print(recipes_table(models))
    return 0


def run_ablation(options: argparse.Namespace) -> int:
    """Trains sketchnet without each of its parts: a table."""
    if options.into:
        check_marks(options.into, ABLATION_TABLE)
    workbench = open_workbench(options, find_recipe("sketchnet"))
    rows = ablate(workbench, num_seeds=options.seeds, epochs=options.epochs, limit=options.limit)
    _report(options, rows, ABLATION_TABLE, ablation_table(rows))
    return 0


def run_activations(options: argparse.Namespace) -> int:
    """Compares activations: a table and a chart."""
    if options.into:
        check_marks(options.into, ACTIVATIONS_TABLE)
    chart = options.chart or default_cache_dir() / "activations.svg"
    with replacing(chart, _CHART_HINT) as file:  # whether that can be done is known before an hour of training
        file.write(chart.read_bytes() if chart.is_file() else b"")
    rows = compare_activations(
        open_workbench(options), num_seeds=options.seeds, epochs=options.epochs, limit=options.limit
    )
    title = f"vgg_small, validation accuracy, {len(rows[0]['seeds'])} seeds"
    write_text(chart, render_curves(title, {row["activation"]: row["curves"] for row in rows}), _CHART_HINT)
    say(f"Drew {chart}")
    _report(options, rows, ACTIVATIONS_TABLE, activations_table(rows))
    return 0


def run_grid(options: argparse.Namespace) -> int:
    """Searches for a good network."""
    with needed_packages():
        from ..training.search import search_grid

    if options.into:
        check_marks(options.into, GRID_TABLE)
    settings = SearchSettings(
        storage=options.storage or default_storage(default_cache_dir()),
        sampler=options.sampler,
        trials=options.trials,
        minutes=options.minutes,
        epochs=options.epochs,
        limit=options.limit,
        seeds=options.seeds,
        seed=options.seed,
    )
    say(
        f"{len(list_impossible())} of the combinations are impossible; trials are kept in "
        f"{hide_password(settings.storage)}"
    )
    found = search_grid(open_workbench(options), settings)
    _report(options, found, GRID_TABLE, grid_table(found))
    return 0


def _add_budget(command: argparse.ArgumentParser, epochs: int | None, limit: int | None = None) -> None:
    default = "the recipe's" if epochs is None else str(epochs)
    command.add_argument("--epochs", type=int, default=epochs, help=f"epochs of each run (default: {default})")
    among = "all" if limit is None else str(limit)
    command.add_argument(
        "--limit", type=int, default=limit, metavar="IMAGES", help=f"train on the first IMAGES only (default: {among})"
    )
    command.add_argument("--into", type=Path, help="also write the table between the marks in this file")
    add_data_dir(command)
    add_device(command)


def _report(options: argparse.Namespace, result: Any, name: str, table: str) -> None:
    if options.into:
        write_between(options.into, name, table)
        say(f"Wrote {options.into}")
    if options.json:
        print_json(options, result)
    else:
        print(table)
