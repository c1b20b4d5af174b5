"""A recipe -> the command that trains it."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from typing import Any

from ..recipes import RECIPES, Recipe

# What the command line does not change: it belongs to the recipe of that name.
_FIXED = ("loss", "averaging")


def write_command(recipe: Recipe) -> str:
    """Returns the command line that trains a recipe: its name, and all that differs from the recipe of that name.

    Raises:
        ValueError: The name is none of `RECIPES`, or something is changed that no option changes.
    """
    if recipe.name not in RECIPES:
        raise ValueError(f"There is no recipe {recipe.name} to start from. Expected one of: {', '.join(RECIPES)}.")
    base, words = _flatten(RECIPES[recipe.name]), ["python", "-m", "mnist_core", "train", recipe.name]
    for name, value in _flatten(recipe).items():
        if value == base.get(name):
            continue
        if name in _FIXED:
            raise ValueError(f"No option of the command line changes `{name}`. Received: {name}={value!r}")
        if isinstance(value, bool):
            words.append(("--" if value else "--no-") + name.replace("_", "-"))
            continue
        if value is None:  # `until`, which a whole run then does not reach
            value = 1
        values = value if isinstance(value, list | tuple) else [value]
        words += ["--" + name.replace("_", "-"), *map(_write_value, values)]
    return shlex.join(words)


def _write_value(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _flatten(recipe: Recipe) -> dict[str, Any]:
    values = asdict(recipe)
    start = values.pop("start")
    flat = {**values, **values.pop("parts"), **values.pop("augmentation")}
    if recipe.optimizer == "adamw" and recipe.weight_decay == 0:
        flat["weight_decay"] = 0.0
    for name in ("name", "architecture", "parts", "augmentation"):
        flat.pop(name, None)
    return flat | ({"from": start["model"], "freeze": start["freeze"] or None} if start else {})
