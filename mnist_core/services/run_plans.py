"""What a visitor asks for -> a recipe that can be trained here, and about how long that will take."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..checks import is_number
from ..data.files import replacing
from ..errors import ArchitectureError, MnistError, QueryError
from ..models.architectures import Architecture
from ..models.recipes import Recipe, change_recipe, find_recipe, pick_parts
from ..models.store import StoredModel
from ..training.pools import count_per_epoch
from ..training.runs import start_from

NUM_MNIST = 55_000
# What one processor core mostly computes of these small networks in a second, until it was measured.
_OPERATIONS_PER_CORE = 2.5e10
# A step takes so long whatever is in it; a validation is a third of the work for 5,000 images.
_STEP_SECONDS = 0.003
_NUM_VALIDATION = 5000
# The result is measured on the validation and the test images.
_NUM_MEASURED = 15_000
_AUGMENTATION_SECONDS = 6e-5
# Loading data, compiling, measuring and storing.
_AROUND_SECONDS = 6.0
# Of a shorter run most is what TensorFlow takes to compile it, whatever the work.
_LEAST_SECONDS = 10.0
# What a run may take of the memory.
_MOST_BYTES = 3_000_000_000
_MOST_EPOCHS = 1000
_MOST_BATCH = 8192


def read_recipe(name: str, changes: Mapping[str, Any]) -> Recipe:
    """Returns a recipe with changes as the page names them.

    Args:
        name: Of the recipe.
        changes: Values by the names of fields, see `change_recipe`.

    Raises:
        UnknownModelError: There is no such recipe.
        ArchitectureError: The network is impossible, or too large.
        QueryError: A value is out of bounds.
    """
    recipe = find_recipe(name)
    with told_to_visitors(changes):
        recipe = change_recipe(recipe, changes)
    return check_size(recipe)


@contextmanager
def told_to_visitors(changes: Mapping[str, Any]) -> Iterator[None]:
    """Surrounds what takes values from a visitor as if they came from a program.

    Raises:
        QueryError: One of them is out of bounds, or of another kind than it must be.
    """
    try:
        yield
    except MnistError:
        raise
    except ValueError as error:
        raise QueryError("{problem}", problem=str(error)) from error
    except (TypeError, OverflowError) as error:
        raise QueryError("One of these values cannot be so: {changes!r:.300}.", changes=dict(changes)) from error


# What a few dozen drawings are learned with: each is bent anew every time, and all are seen within seconds.
_OWN: dict[str, Any] = {
    **{"rotation": 10, "stretch": 0.1, "shift": 1.5, "elastic": 0.5, "thickness": 0.3},
    **{"epochs": 8, "batch_size": 64, "limit": None, "until": None, "ink": 0, "outliers": 0, "averaging": 0},
}
_TUNED = {"epochs": 5, "learning_rate": 3e-4, "schedule": "constant"}
TUNED_MODEL = "lenet"


def change_for_own(changes: Mapping[str, Any], tune: bool) -> dict[str, Any]:
    """Returns the changes with which a recipe learns from a visitor's own drawings, from nothing or by tuning."""
    return {**_OWN, **(_TUNED if tune else {}), **changes}


def check_size(recipe: Recipe) -> Recipe:
    """Returns the recipe, if it can be trained in the memory of an ordinary machine and in a life's time.

    Raises:
        ArchitectureError: Its network is impossible, or too large.
        QueryError: It is too long, or its batches are too large.
    """
    if recipe.epochs > _MOST_EPOCHS:
        raise QueryError(
            "At most {most} epochs are trained here. Received: {epochs}.", most=_MOST_EPOCHS, epochs=recipe.epochs
        )
    if recipe.batch_size > _MOST_BATCH:
        raise QueryError(
            "A batch has at most {most} images here. Received: {batch_size}.",
            most=_MOST_BATCH,
            batch_size=recipe.batch_size,
        )
    layers = recipe.network.layers()
    # Each value is kept for the way back, and once more for its gradient; each weight with two running means.
    sizes = [8 * recipe.batch_size * math.prod(layer.output_shape) + 16 * layer.num_parameters for layer in layers]
    if sum(sizes) > _MOST_BYTES:
        largest = layers[sizes.index(max(sizes))]
        raise ArchitectureError(
            "{name} would need {gigabytes:.1f} GB of memory with batches of {batch_size}, most of it in {layer}. At "
            "most {most:.0f} GB are used here: make that layer, or the batches, smaller.",
            largest.name,
            name=recipe.network.name,
            gigabytes=sum(sizes) / 1e9,
            batch_size=recipe.batch_size,
            most=_MOST_BYTES / 1e9,
        )
    return recipe


def start_recipe(recipe: Recipe, model: StoredModel, changes: Mapping[str, Any], freeze: Sequence[str]) -> Recipe:
    """Returns the recipe, started from a stored model; see `start_from`."""
    return check_size(start_from(recipe, model, freeze, pick_parts(changes)))


def continue_recipe(recipe: Recipe, model: StoredModel, epochs: int) -> Recipe:
    """Returns the recipe for some more epochs from its result, which see other random numbers than the first did."""
    freeze = recipe.start.freeze if recipe.start else ()
    again = dataclasses.replace(recipe, start=None, epochs=epochs, seed=(recipe.seed + 1) % 2**32, until=None)
    return check_size(start_from(again, model, freeze))


class Speed:
    """How fast this machine trains: measured by the runs it has finished, a guess before.

    Args:
        path: Where what was measured is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._factor = self._read()

    def estimate(self, recipe: Recipe, num_images: int = NUM_MNIST) -> float:
        """Estimates how many seconds a run takes, from its first step to its end; `until` is left out of account."""
        seconds = _guess(recipe, num_images) + _NUM_MEASURED / 3 * _guess_image(recipe)
        return _AROUND_SECONDS + self._factor * seconds

    def learn(self, recipe: Recipe, share: float, seconds: float, num_images: int) -> None:
        """Takes how long a run, or a share of it, has taken with so many images; the last runs count most."""
        if share < 0.2 or seconds < _LEAST_SECONDS:
            return
        measured = seconds / (share * _guess(recipe, num_images))
        with self._lock:
            self._factor = measured if self._factor == 1.0 else (self._factor * measured) ** 0.5
            with replacing(self._path) as file:
                file.write(json.dumps({"factor": self._factor}).encode())

    def _read(self) -> float:
        try:
            factor = json.loads(self._path.read_text())["factor"]
        except (OSError, ValueError, KeyError, TypeError):
            return 1.0
        return factor if is_number(factor) and factor > 0 else 1.0


def _guess(recipe: Recipe, num_images: int) -> float:
    """Guesses how many seconds all epochs take."""
    num_images = min(num_images, recipe.limit or num_images)
    num_images += sum(count_per_epoch(recipe, num_images))
    per_image = _guess_image(recipe)
    if recipe.augmentation.is_active:
        per_image += _AUGMENTATION_SECONDS
    steps = math.ceil(num_images / recipe.batch_size)
    return recipe.epochs * (steps * _STEP_SECONDS + (num_images + _NUM_VALIDATION / 3) * per_image)


def _guess_image(recipe: Recipe) -> float:
    """Guesses how many seconds a network takes to be trained by one image."""
    return 6 * count_products(recipe.network) / (_OPERATIONS_PER_CORE * (os.cpu_count() or 1))


def count_products(network: Architecture) -> int:
    """Counts the products that a network computes for one image."""
    total = 0
    for layer in network.layers():
        places = math.prod(layer.output_shape[:2]) if len(layer.output_shape) == 3 else 1
        weights = layer.num_parameters if layer.kind in ("Conv2D", "Dense") else 0
        total += weights * places
    return total
