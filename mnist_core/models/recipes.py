"""Named training recipes: architecture, data, augmentation, optimiser and schedule, as frozen values.

A recipe says everything that decides a training run's result, so that its key can name the result on disk. Six of the
recipes are those of four well-known tutorials, which they leave in two things: the 5,000 validation images are not
trained on, and nothing is chosen by the test set. This module does not train.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from typing import Any

from ..augmentation.transforms import Augmentation
from ..checks import build_from, is_whole
from ..errors import UnknownModelError
from .architectures import ARCHITECTURES, NUM_CLASSES, Architecture, Parts, find_architecture

OPTIMIZERS = ("adam", "adamw", "rmsprop", "sgd", "momentum")
SCHEDULES = ("constant", "cosine", "exponential")
LOSSES = ("sparse", "one_hot")
ADAMW_DECAY = 0.004  # Keras' own default; without any, AdamW is Adam
# Where the learning rate begins again in a finish: so much of its peak.
FINISH_RATE = 0.4


@dataclass(frozen=True)
class Start:
    """The trained model that a run starts from.

    Args:
        model: Its name, for people.
        weights: SHA-256 of its weights, as 64 hexadecimal digits.
        freeze: Names of the layers that keep the weights they start with.
    """

    model: str
    weights: str
    freeze: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "freeze", tuple(self.freeze))  # JSON has no tuples


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run's result, except the data and the machine.

    Args:
        name: Name of the recipe.
        architecture: A key of `architectures.ARCHITECTURES`.
        parts: Changes to that architecture.
        augmentation: What is done to every training image, afresh in each epoch.
        epochs: Passes over the training images.
        batch_size: Images per step.
        optimizer: One of `OPTIMIZERS`; "momentum" is SGD with Nesterov's momentum of 0.9.
        learning_rate: Peak of the schedule.
        schedule: "constant"; "cosine" rises during the first epoch and falls to 0 along a cosine; "exponential" falls
            evenly on a logarithmic scale to a hundredth at the end.
        finish: Share of the epochs, in [0, 1), the last ones, that come after the schedule: only in them are images
            damaged, and the learning rate rises once more, to `FINISH_RATE` of its peak, and falls along a cosine
            (Loshchilov and Hutter, 2017). 0 is none: images are damaged from the beginning.
        loss: "sparse" takes labels as numbers, "one_hot" as vectors; the cross-entropy is the same.
        weight_decay: Decoupled weight decay.
        averaging: Momentum of the running average of the weights; validation and the result use the average. 0 is off.
            A run of few steps uses less, so that the average spans a tenth of the run at the most.
        limit: Number of training images, the first ones; None is all.
        label_noise: Share of the training labels that are replaced by another digit, in [0, 1].
        until: Validation accuracy in (0, 1] that ends the run early; None trains all epochs.
        ink: Pen drawings an epoch, each in another hand, beside the images, at most as many; 0 is none.
        variants: Share of those drawings that become a regional variant, in [0, 1]: a barred 7, a flagged 1.
        outliers: Generated images an epoch that are not digits, at most half as many as images; with any, the network
            has an eleventh output for them.
        alphabets: Whether characters of other scripts, drawn by people, are among them.
        start: The trained model to start from; None starts from random weights.
        seed: Seed of the initial weights, the order of images, the augmentation and the label noise.
    """

    name: str
    architecture: str
    parts: Parts = field(default_factory=Parts)
    augmentation: Augmentation = field(default_factory=Augmentation)
    epochs: int = 5
    batch_size: int = 128
    optimizer: str = "adamw"
    learning_rate: float = 1e-3
    schedule: str = "cosine"
    finish: float = 0.0
    loss: str = "sparse"
    weight_decay: float = 0.0
    averaging: float = 0.0
    limit: int | None = None
    label_noise: float = 0.0
    until: float | None = None
    ink: int = 0
    variants: float = 0.0
    outliers: int = 0
    alphabets: bool = False
    start: Start | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("name", "architecture"):
            self._require(name, isinstance(getattr(self, name), str), "be text")
        if self.architecture in ARCHITECTURES:  # a part that changes nothing must not change the key
            object.__setattr__(self, "parts", ARCHITECTURES[self.architecture].drop_idle(self.parts))
        for name in ("learning_rate", "weight_decay", "averaging", "label_noise", "variants", "finish"):
            object.__setattr__(self, name, float(getattr(self, name)))  # 1 and 1.0 must give the same key
        if self.until is not None:
            object.__setattr__(self, "until", float(self.until))
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            self._require(name, is_whole(value) and least <= value <= most, f"be a whole number from {least} to {most}")
        for name, choices in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES), ("loss", LOSSES)):
            self._require(name, getattr(self, name) in choices, f"be one of {', '.join(choices)}")
        is_limit = self.limit is None or (is_whole(self.limit) and self.limit >= 1)
        self._require("limit", is_limit, "be a whole number of at least 1, or None for all images")
        self._require("learning_rate", 0 < self.learning_rate < math.inf, "be a finite number above 0")
        self._require("weight_decay", 0 <= self.weight_decay < math.inf, "be a finite number of at least 0")
        self._require("averaging", 0 <= self.averaging < 1, "be in [0, 1)")
        self._require("label_noise", 0 <= self.label_noise <= 1, "be in [0, 1]")
        self._require("variants", 0 <= self.variants <= 1, "be in [0, 1]")
        self._require("finish", 0 <= self.finish < 1, "be in [0, 1)")
        self._require("alphabets", isinstance(self.alphabets, bool), "be true or false")
        self._require("until", self.until is None or 0 < self.until <= 1, "be in (0, 1], as in 0.99, or None")

    def _require(self, name: str, condition: bool, wanted: str) -> None:
        if not condition:
            raise ValueError(f"`{name}` must {wanted}. Received: {name}={getattr(self, name)!r}")

    @property
    def num_finishing(self) -> int:
        """How many epochs the finish takes, as near to its share as can be."""
        return round(self.finish * self.epochs)

    @property
    def network(self) -> Architecture:
        """The architecture with the recipe's parts.

        Raises:
            UnknownModelError: There is no such architecture.
            ArchitectureError: The parts change what it does not have.
        """
        network = find_architecture(self.architecture, self.parts)
        return dataclasses.replace(network, num_outputs=NUM_CLASSES + 1) if self.outliers else network

    def as_dict(self) -> dict[str, Any]:
        """Returns the recipe as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Recipe:
        """Inverts `as_dict`; a field that is missing, as in an earlier version's recipes, has its default.

        Raises:
            TypeError: A field without a default is missing, or one is unknown.
        """
        if not isinstance(values, dict):
            raise TypeError(f"A recipe must be a dictionary. Received: {values!r}")
        built = {
            name: value if name not in _NESTED or (name, value) == ("start", None) else build_from(_NESTED[name], value)
            for name, value in values.items()
        }
        return build_from(cls, built)

    def key(self, data_digest: str) -> str:
        """Returns ten hexadecimal digits that name the result of this recipe on this data.

        Fields at their defaults are left out, so that a later version's new field does not rename what is stored.
        """
        changed = _changed_fields(self)
        if self.start:
            del changed["start"]["model"]  # its weights say what it is
        text = json.dumps({"recipe": changed, "data": data_digest}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:10]

    def list_changes(self) -> list[str]:
        """Returns what differs from the recipe of the same name, as in `["epochs=2", "activation=tanh"]`."""
        if self.name not in RECIPES:
            return []
        ours, theirs = _flatten(self), _flatten(RECIPES[self.name])
        return [f"{name}={_as_words(value)}" for name, value in ours.items() if value != theirs.get(name)]


# Of whole numbers the least and the most, beyond which no machine gets.
_BOUNDS = {
    "epochs": (1, 100_000),
    "batch_size": (1, 1_000_000),
    "ink": (0, 10_000_000),
    "outliers": (0, 10_000_000),
    "seed": (0, 2**32 - 1),
}
# What of a recipe is a dataclass of its own.
_NESTED = {"augmentation": Augmentation, "parts": Parts, "start": Start}


def _changed_fields(value: Any) -> dict[str, Any]:
    """Returns the fields of a dataclass that differ from their defaults, as plain values."""
    changed = {}
    for entry in fields(value):
        default = entry.default_factory() if entry.default_factory is not MISSING else entry.default
        current = getattr(value, entry.name)
        if current != default:
            changed[entry.name] = _changed_fields(current) if is_dataclass(current) else current
    return changed


def _flatten(recipe: Recipe) -> dict[str, Any]:
    """Returns all fields of a recipe and of what is nested in it, by the names that people know them by."""
    values = vars(recipe) | vars(recipe.parts) | vars(recipe.augmentation)
    start = recipe.start
    values |= {"from": start.model} | ({"freeze": start.freeze} if start.freeze else {}) if start else {}
    return {name: value for name, value in values.items() if name not in ("parts", "augmentation", "start")}


def _as_words(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def find_recipe(name: str) -> Recipe:
    """Returns the recipe of that name.

    Raises:
        UnknownModelError: `name` is not in `RECIPES`.
    """
    if name not in RECIPES:
        raise UnknownModelError(name, sorted(RECIPES), kind="recipe")
    return RECIPES[name]


def change_recipe(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Returns the recipe with some values changed; `adamw` comes with Keras' own weight decay where there was none.

    Args:
        recipe: What to change.
        changes: Values by the names of fields of `Recipe`, of its `Parts` and of its `Augmentation`.

    Raises:
        ValueError: There is no such field, or a value is out of bounds.
    """
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise ValueError(
            f"A recipe has no {', '.join(sorted(unknown))}. Expected some of: {', '.join(sorted(CHANGEABLE))}."
        )
    values = _pick(_OWN_FIELDS, changes)
    if values.get("optimizer") == "adamw" and not recipe.weight_decay:
        values.setdefault("weight_decay", ADAMW_DECAY)
    return dataclasses.replace(
        recipe,
        parts=dataclasses.replace(recipe.parts, **_pick(_PART_FIELDS, changes)),
        augmentation=dataclasses.replace(recipe.augmentation, **_pick(_AUGMENTATION_FIELDS, changes)),
        **values,
    )


def pick_parts(changes: Mapping[str, Any]) -> Parts:
    """Returns those of the changes that are network parts."""
    return Parts(**_pick(_PART_FIELDS, changes))


def _names(kind: type) -> frozenset[str]:
    return frozenset(entry.name for entry in fields(kind))


def _pick(names: frozenset[str], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if name in names}


_PART_FIELDS, _AUGMENTATION_FIELDS = _names(Parts), _names(Augmentation)
_OWN_FIELDS = _names(Recipe) - {"name", "architecture", "parts", "augmentation", "start"}
# What `change_recipe` takes.
CHANGEABLE = _OWN_FIELDS | _PART_FIELDS | _AUGMENTATION_FIELDS

_OURS = (
    Recipe(
        name="sketchnet",
        architecture="sketchnet",
        augmentation=Augmentation(
            rotation=15, stretch=0.12, shear=0.25, shift=1.5, elastic=0.6, thickness=0.6, damage=0.04
        ),
        epochs=34,
        finish=0.12,
        learning_rate=2e-3,
        weight_decay=0.01,
        averaging=0.99,
        ink=12_000,
        variants=0.2,
        outliers=12_000,
        alphabets=True,
    ),
    Recipe(name="linear", architecture="linear", epochs=5),
    # To 99 % in as little time as it takes: a small network, large batches, and a learning rate that falls in time.
    Recipe(
        name="fast",
        architecture="fast",
        epochs=4,
        batch_size=128,
        learning_rate=3e-3,
        weight_decay=0.01,
        until=0.99,
    ),
)

# As the tutorials train them: a constant learning rate of 0.001, which is Keras' default for Adam and RMSprop.
_CLASSIC = (
    Recipe(
        name="dense512",
        architecture="dense512",
        optimizer="rmsprop",
        schedule="constant",
        loss="one_hot",
        batch_size=128,
        epochs=5,
    ),
    Recipe(name="lenet", architecture="lenet", optimizer="adam", schedule="constant", batch_size=32, epochs=10),
    Recipe(
        name="lenet_dropout",
        architecture="lenet_dropout",
        optimizer="adam",
        schedule="constant",
        batch_size=64,
        epochs=5,
    ),
    Recipe(
        name="conv_dropout",
        architecture="conv_dropout",
        optimizer="adam",
        schedule="constant",
        loss="one_hot",
        batch_size=32,
        epochs=5,
    ),
    Recipe(
        name="vgg_small",
        architecture="vgg_small",
        optimizer="adam",
        schedule="constant",
        loss="one_hot",
        batch_size=64,
        epochs=10,
    ),
    Recipe(
        name="wide_dense", architecture="wide_dense", optimizer="adam", schedule="constant", batch_size=64, epochs=5
    ),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (*_OURS, *_CLASSIC)}

# The names of the tutorials' six.
CLASSIC = tuple(recipe.name for recipe in _CLASSIC)
