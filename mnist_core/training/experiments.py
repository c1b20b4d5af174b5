"""Classic experiments: many recipes, one table. What is trained already is loaded."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..augmentation.transforms import Augmentation
from ..errors import ArchitectureError, DataError
from ..models.architectures import Parts
from ..models.recipes import RECIPES, Recipe, find_recipe
from ..models.store import StoredModel, load_stored
from ..paths import SHIPPED_DIR
from .runs import Workbench
from .search_settings import Point, grid_recipe, shuffle_points

CLASSIC_ACTIVATIONS = ("relu", "sigmoid", "tanh")


@dataclass(frozen=True)
class Trial:
    """One training of an experiment: what sets it apart from the others, by name, and its recipe."""

    point: dict[str, Any]
    recipe: Recipe


def train_all(workbench: Workbench) -> list[StoredModel]:
    """Returns the result of every recipe as it stands, the shipped one's and what is stored included."""
    models = []
    for recipe in RECIPES.values():
        shipped = SHIPPED_DIR / recipe.name
        is_shipped = workbench.data.name == "mnist" and shipped.is_dir()
        stored = load_stored(shipped) if is_shipped else workbench.find_measured(recipe)
        if stored is None:
            workbench.say(f"Training {recipe.name}")
            stored = workbench.load_or_train(recipe)
        models.append(stored)
    return models


def activation_recipe(activation: str, *, epochs: int | None = None, limit: int | None = None, seed: int = 0) -> Recipe:
    """Returns `vgg_small` with an activation in every hidden layer; the output stays softmax."""
    base = find_recipe("vgg_small")
    return dataclasses.replace(
        base,
        parts=Parts(activation=activation),
        epochs=base.epochs if epochs is None else epochs,
        limit=limit,
        seed=seed,
    )


def plan_activations(*, num_seeds: int = 3, epochs: int | None = None, limit: int | None = None) -> list[Trial]:
    """Returns what `compare_activations` trains, one activation after another."""
    if num_seeds < 1:
        raise ValueError(f"`num_seeds` must be at least 1. Received: num_seeds={num_seeds!r}")
    return [
        Trial(
            {"activation": activation, "seed": seed},
            activation_recipe(activation, epochs=epochs, limit=limit, seed=seed),
        )
        for activation in CLASSIC_ACTIVATIONS
        for seed in range(num_seeds)
    ]


def compare_activations(
    workbench: Workbench, *, num_seeds: int = 3, epochs: int | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Trains `vgg_small` with ReLU, sigmoid and tanh, a new network for each activation and seed.

    Args:
        workbench: Data and stored models; it needs a test set.
        num_seeds: Seeds 0 to `num_seeds` - 1.
        epochs: Passes of each run; None is the recipe's.
        limit: Number of training images; None is all.

    Returns:
        One dictionary an activation: activation, epochs, num_images, models, seeds, and of validation, test and seconds
        the values, mean and standard deviation; curves holds the validation accuracy after each epoch.
    """
    rows = []
    plan = plan_activations(num_seeds=num_seeds, epochs=epochs, limit=limit)
    for activation, trials in itertools.groupby(plan, key=lambda trial: trial.point["activation"]):
        models = []
        for trial in trials:
            workbench.say(f"{activation}, seed {trial.point['seed']}")
            models.append(workbench.load_or_train(trial.recipe))
        rows.append(_describe_runs(activation, models))
    return rows


# What is taken away from sketchnet's recipe, one part at a time.
ABLATIONS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "regional variants": ("variants",),
    "pen ink": ("ink", "variants"),
    "outliers": ("outliers",),
    "pen ink and outliers": ("ink", "variants", "outliers"),
    "rotation, stretch, shear, shift": ("rotation", "stretch", "shear", "shift"),
    "elastic bends": ("elastic",),
    "thickness": ("thickness",),
}


def ablated_recipe(parts: Sequence[str], *, epochs: int, limit: int, num_images: int, seed: int) -> Recipe:
    """Returns a short run of sketchnet's recipe without some of its parts; what it draws shrinks as its images do.

    So short a run has no finish, and without one no damage.
    """
    base = find_recipe("sketchnet")
    share = min(1, limit / num_images)
    short = dataclasses.replace(
        base,
        epochs=epochs,
        limit=limit,
        ink=round(base.ink * share),
        outliers=round(base.outliers * share),
        finish=0,
        seed=seed,
        augmentation=dataclasses.replace(base.augmentation, damage=0, **{name: 0 for name in parts if name in _BENDS}),
    )
    left_out: dict[str, Any] = {name: 0 for name in parts if name not in _BENDS}
    return dataclasses.replace(short, **left_out)


def plan_ablation(*, num_seeds: int = 3, epochs: int = 5, limit: int = 20_000, num_images: int) -> list[Trial]:
    """Returns what `ablate` trains, one part after another; `num_images` are the training images that there are."""
    if num_seeds < 1:
        raise ValueError(f"`num_seeds` must be at least 1. Received: num_seeds={num_seeds!r}")
    return [
        Trial(
            {"without": without, "seed": seed},
            ablated_recipe(parts, epochs=epochs, limit=limit, num_images=num_images, seed=seed),
        )
        for without, parts in ABLATIONS.items()
        for seed in range(num_seeds)
    ]


# What an ablation compares beside validation, by its name in the rows.
ABLATION_FIGURES: dict[str, tuple[str | int, ...]] = {
    "ink": ("validation_ink", "accuracy"),
    "ink_nll": ("validation_ink", "uncalibrated", "nll"),
    "outliers": ("outliers", "auroc", "validation"),
}
_BENDS = frozenset(entry.name for entry in dataclasses.fields(Augmentation))


def ablate(workbench: Workbench, *, num_seeds: int = 3, epochs: int = 5, limit: int = 20_000) -> list[dict[str, Any]]:
    """Trains sketchnet's recipe shortly with everything, and without each of its parts.

    Args:
        workbench: MNIST, with the pen ink, and stored models.
        num_seeds: Seeds 0 to `num_seeds` - 1.
        epochs: Passes of each run.
        limit: Number of training images.

    Returns:
        One dictionary a part: without, epochs, num_images, models, seeds, and of validation (MNIST), ink (accuracy on
        the validation writers), ink_nll and outliers (AUROC of generated ones against validation digits) the values,
        mean and standard deviation.
    """
    num_images = len(workbench.data.x_train)
    plan = plan_ablation(num_seeds=num_seeds, epochs=epochs, limit=limit, num_images=num_images)
    if workbench.data.ink is None:
        raise DataError("The ablation needs MNIST and the pen ink. Received: {name}.", name=workbench.data.name)
    rows = []
    for without, trials in itertools.groupby(plan, key=lambda trial: trial.point["without"]):
        models = []
        for trial in trials:
            workbench.say(f"without {without}, seed {trial.point['seed']}")
            stored = workbench.load_or_train(trial.recipe)
            if not is_measured_for_ablation(stored):
                stored = workbench.train(trial.recipe)
            models.append(stored)
        metrics = [model.metrics for model in models]
        rows.append(
            {
                "without": without,
                "epochs": epochs,
                "num_images": metrics[0]["num_training_images"],
                "seeds": list(range(num_seeds)),
                "models": [model.name for model in models],
                "validation": _summarise([values["validation"]["accuracy"] for values in metrics]),
                **{
                    name: _summarise([_look_up(values, path) for values in metrics])
                    for name, path in ABLATION_FIGURES.items()
                },
            }
        )
    return rows


def is_measured_for_ablation(stored: StoredModel) -> bool:
    """Returns whether all figures that an ablation compares are known; not of what was trained without pen ink."""
    return all(stored.figure(*path) is not None for path in ABLATION_FIGURES.values())


def plan_grid(num_trials: int, *, epochs: int = 5, limit: int | None = None) -> list[Trial]:
    """Returns the first networks that a search through the grid tries; fewer where so many cannot be built."""
    trials = (_plan_point(point, epochs, limit) for point in shuffle_points())
    return list(itertools.islice(filter(None, trials), num_trials))


def _plan_point(point: Point, epochs: int, limit: int | None) -> Trial | None:
    recipe = grid_recipe(point, epochs=epochs, limit=limit)
    try:
        recipe.network.layers()
    except ArchitectureError:
        return None
    return Trial(point, recipe)


def _describe_runs(activation: str, models: Sequence[StoredModel]) -> dict[str, Any]:
    metrics = [model.metrics for model in models]
    return {
        "activation": activation,
        "epochs": models[0].recipe.epochs,
        "num_images": metrics[0]["num_training_images"],
        "seeds": [model.recipe.seed for model in models],
        "models": [model.name for model in models],
        "validation": _summarise([values["validation"]["accuracy"] for values in metrics]),
        "test": _summarise([values["test"]["accuracy"] for values in metrics]),
        "seconds": _summarise([values["seconds"] for values in metrics]),
        "curves": [[epoch["val_accuracy"] for epoch in model.history] for model in models],
    }


def _look_up(metrics: dict[str, Any], path: Sequence[str | int]) -> float:
    found: Any = metrics
    for name in path:
        found = found[name]
    return found


def _summarise(values: list[float]) -> dict[str, Any]:
    return {
        "values": values,
        "mean": statistics.mean(values),
        "standard_deviation": statistics.stdev(values) if len(values) > 1 else None,
    }
