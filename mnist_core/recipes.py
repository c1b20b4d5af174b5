"""Named training recipes: architecture, data, augmentation, optimiser and schedule, as frozen values.

A recipe says everything that decides a training run's result, so that its key can name the result on disk. It does not
train.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from typing import Any

from .augmentation import Augmentation
from .errors import UnknownModelError


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run's result, except the data and the machine.

    Args:
        name: Name of the recipe.
        architecture: A key of `models.ARCHITECTURES`.
        augmentation: What is done to every training image, afresh in each epoch.
        epochs: Passes over the training images.
        batch_size: Images per step.
        learning_rate: Peak of the schedule, which rises during the first epoch and falls to 0 along a cosine.
        weight_decay: Decoupled weight decay of AdamW.
        averaging: Momentum of the running average of the weights; validation and the result use the average. 0 is off.
        limit: Number of training images, the first ones; None is all.
        seed: Seed of the initial weights, the order of images and the augmentation.
    """

    name: str
    architecture: str
    augmentation: Augmentation = field(default_factory=Augmentation)
    epochs: int = 5
    batch_size: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    averaging: float = 0.0
    limit: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("learning_rate", "weight_decay", "averaging"):
            object.__setattr__(self, name, float(getattr(self, name)))  # 1 and 1.0 must give the same key
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"`{name}` must be at least 1. Received: {name}={getattr(self, name)!r}")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"`limit` must be at least 1, or None for all images. Received: limit={self.limit!r}")
        if not self.learning_rate > 0:
            raise ValueError(f"`learning_rate` must be above 0. Received: learning_rate={self.learning_rate!r}")
        if not 0 <= self.averaging < 1:
            raise ValueError(f"`averaging` must be in [0, 1). Received: averaging={self.averaging!r}")

    def as_dict(self) -> dict[str, Any]:
        """The recipe as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Recipe:
        """The inverse of `as_dict`.

        Raises:
            TypeError: A field is missing or unknown.
        """
        return cls(**{**values, "augmentation": Augmentation(**values["augmentation"])})

    def key(self, data_digest: str) -> str:
        """Ten hexadecimal digits that name the result of this recipe on this data.

        Fields at their defaults are left out, so that a later version's new field does not rename what is stored.
        """
        text = json.dumps({"recipe": _changed_fields(self), "data": data_digest}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:10]


def _changed_fields(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults, as plain values."""
    changed = {}
    for entry in fields(value):
        default = entry.default_factory() if entry.default_factory is not MISSING else entry.default
        current = getattr(value, entry.name)
        if current != default:
            changed[entry.name] = _changed_fields(current) if is_dataclass(current) else current
    return changed


def find_recipe(name: str) -> Recipe:
    """Returns the recipe of that name.

    Raises:
        UnknownModelError: `name` is not in `RECIPES`.
    """
    if name not in RECIPES:
        raise UnknownModelError(name, sorted(RECIPES), kind="recipe")
    return RECIPES[name]


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="sketchnet",
            architecture="sketchnet",
            augmentation=Augmentation(rotation=15, stretch=0.12, shear=0.25, shift=1.5, elastic=0.6, thickness=0.6),
            epochs=30,
            learning_rate=2e-3,
            weight_decay=0.01,
            averaging=0.99,
        ),
        Recipe(name="linear", architecture="linear", epochs=5),
    )
}
