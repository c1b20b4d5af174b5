"""The search space and the settings of a search, and where it keeps its trials: all that needs no Optuna."""

from __future__ import annotations

import dataclasses
import itertools
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ArchitectureError
from ..models.architectures import Parts
from ..models.recipes import Recipe, find_recipe

SPACE: dict[str, tuple[int, ...]] = {
    "blocks": (2, 3),
    "filters": (32, 64),
    "kernel": (3, 5),
    "pool_size": (2, 3),
    "dense_layers": (1, 2),
    "dense_units": (256, 512),
}
SAMPLERS = ("grid", "random", "tpe")
SQLITE = "sqlite:///"

Point = dict[str, int]


@dataclass(frozen=True)
class SearchSettings:
    """The settings of a search.

    Args:
        storage: See `studies.open_study`.
        sampler: One of `SAMPLERS`.
        trials: Number of trials after which the study is done, whoever made them; None is every possible network.
        minutes: No trial begins later, and one that runs then is broken off and waits for the next search, unless it
            is the first. The best network is trained and measured after that, with one seed alone.
        epochs: Passes of each trial.
        limit: Number of training images of each trial; None is all.
        seeds: Number of seeds with which the best network is trained, to see how far they spread.
        seed: Seed of the networks; how they are chosen is left to chance.
    """

    storage: str
    sampler: str = "grid"
    trials: int | None = None
    minutes: float | None = None
    epochs: int = 5
    limit: int | None = None
    seeds: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        grid_recipe(list_points()[0], epochs=self.epochs, limit=self.limit, seed=self.seed)  # refuses bad values
        for name in ("trials", "seeds"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"`{name}` must be at least 1. Received: {name}={value!r}")
        if self.minutes is not None and not self.minutes > 0:
            raise ValueError(f"`minutes` must be above 0. Received: minutes={self.minutes!r}")
        if self.sampler not in SAMPLERS:
            raise ValueError(f"`sampler` must be one of {', '.join(SAMPLERS)}. Received: sampler={self.sampler!r}")


def list_points() -> list[Point]:
    """Returns all combinations of the space."""
    return [dict(zip(SPACE, values, strict=True)) for values in itertools.product(*SPACE.values())]


def shuffle_points() -> list[Point]:
    """Returns all combinations, each time in the same order, so that the first ones differ in everything."""
    points = list_points()
    return random.Random(0).sample(points, len(points))


def list_impossible() -> list[dict[str, Any]]:
    """Returns the combinations that cannot be built, each with the layer and the reason. Nothing is trained for it."""
    impossible = []
    for point in list_points():
        try:
            grid_recipe(point).network.layers()
        except ArchitectureError as error:
            impossible.append({**point, "layer": error.layer, "reason": str(error)})
    return impossible


def grid_recipe(point: Point, *, epochs: int = 5, limit: int | None = None, seed: int = 0) -> Recipe:
    """Builds the recipe of one combination.

    A block is a same-padded and a valid convolution, then pooling. The second block has twice as many filters as the
    first, the third twice as many as the second, as in `vgg_small`, which is one of the combinations.
    """
    parts = Parts(
        filters=tuple(point["filters"] * 2**block for block in range(point["blocks"])),
        kernel=point["kernel"],
        pool_size=point["pool_size"],
        dense_units=(point["dense_units"],) * point["dense_layers"],
    )
    return dataclasses.replace(find_recipe("vgg_small"), parts=parts, epochs=epochs, limit=limit, seed=seed)


def default_storage(cache_dir: Path) -> str:
    """Returns where a search keeps its trials by default: in an SQLite file, or in a journal begun before it."""
    journal = cache_dir / "studies" / "grid.journal"
    return str(journal) if journal.is_file() else f"{SQLITE}{journal.with_suffix('.db')}"


def hide_password(where: str) -> str:
    """Returns the place with its password hidden, fit to be shown."""
    return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1***@", where)
