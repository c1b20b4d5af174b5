"""How pasted code trains its network -> changes to a recipe, as far as the two have words in common."""

from __future__ import annotations

import ast
from typing import Any

from ...checks import is_number, is_whole
from .syntax import name_call

# Optimizers by what the dialects call them, in small letters, with the learning rate each has by default.
_OPTIMIZERS = {"adam": 1e-3, "adamw": 1e-3, "rmsprop": 1e-3, "sgd": 0.01}
_MOST_EPOCHS = 1000
_MOST_IMAGES = 10_000


def find_settings(tree: ast.Module) -> dict[str, Any]:
    """Returns epochs, batch size, optimizer and learning rate, as `recipes.change_recipe` takes them."""
    values = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    settings: dict[str, Any] = {}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = {keyword.arg: _read(keyword.value, values) for keyword in call.keywords}
        name = name_call(call.func)
        if name in ("fit", "DataLoader"):
            settings |= _pick(given, epochs=_MOST_EPOCHS, batch_size=_MOST_IMAGES)
        elif name == "compile" and isinstance(given.get("optimizer"), str):
            settings |= _read_optimizer(given["optimizer"], {})
        elif name.lower() in _OPTIMIZERS:
            settings |= _read_optimizer(name, given)
    for name in ("epochs", "num_epochs", "n_epochs", "EPOCHS", "NUM_EPOCHS"):
        if "epochs" not in settings and is_whole(values.get(name)):
            settings |= _pick({"epochs": values[name]}, epochs=_MOST_EPOCHS)
    return settings


def _read(node: ast.expr, values: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return values.get(node.id)
    return node.value if isinstance(node, ast.Constant) else None


def _pick(given: dict[str | None, Any], **most: int) -> dict[str, int]:
    return {name: given[name] for name, top in most.items() if is_whole(given.get(name)) and 1 <= given[name] <= top}


def _read_optimizer(name: str, given: dict[str | None, Any]) -> dict[str, Any]:
    name = name.lower()
    if name not in _OPTIMIZERS:
        return {}
    rate = given.get("learning_rate", given.get("lr", _OPTIMIZERS[name]))
    rate = float(rate) if is_number(rate) and 0 < rate <= 10 else _OPTIMIZERS[name]
    has_momentum = is_number(given.get("momentum")) and given["momentum"] > 0
    return {"optimizer": "momentum" if has_momentum else name, "learning_rate": rate}
