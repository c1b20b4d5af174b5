"""One training run as a server knows it: what it is, what has become of it, and the curves of it, on disk as well.

run.json      what is listed
curves.json   what a page that looks at it is shown
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..checks import build_from
from ..data.files import replacing
from ..models.recipes import Recipe
from .child_process import Message

# Whose a run is that comes with the project.
RECORDED = "recorded"
GOING = ("waiting", "loading", "running", "paused", "storing")
# Of a long run the first ones are forgotten.
_MOST_STEPS = 50_000
_MOST_CHECKS = 10_000
_MOST_EVENTS = 200

# What the page calls the figures of an epoch.
_EPOCH_NAMES = {
    "epoch": "epoch",
    "loss": "loss",
    "accuracy": "accuracy",
    "val_loss": "valLoss",
    "val_accuracy": "valAccuracy",
    "seconds": "seconds",
    "learning_rate": "learningRate",
}


@dataclass
class RunRecord:
    """What is listed of a run.

    Args:
        id: Twelve hexadecimal digits.
        name: For people.
        recipe: As plain values.
        owner: Whose it is: a digest of the visitor's id, or `RECORDED`.
        server: Which server runs it, see `presence`.
        begun: When, in seconds since 1970.
        changes: What of the recipe is not as its name says.
        estimate: How long it was thought to take, in seconds.
        state: One of `GOING`, or done, stopped, failed, interrupted.
        is_shared: Whether others see its models.
        share: How much is done, in [0, 1].
        seconds: How long it has trained.
        seconds_left: An estimate; None before the first step.
        accuracy: On all validation images after the last epoch.
        best: The highest of those.
        test: On the test images; only of what is stored.
        model: Name of the stored result.
        models: Names of all models that it has stored.
        problem: What went wrong, or must be known; empty for nothing.
        figures: What experiments compare of the stored result.
        room: Code of the room whose drawings have taught it; empty for others. Nobody else is shown it, no drawing of
            the class is shown or kept, and nothing goes on from it.
        complete: Whether that is the recipe's result, not of a run that was stopped or steered.
    """

    id: str
    name: str
    recipe: dict[str, Any]
    owner: str
    server: str
    begun: float
    changes: list[str] = field(default_factory=list)
    estimate: float = 0.0
    state: str = "waiting"
    is_shared: bool = False
    share: float = 0.0
    seconds: float = 0.0
    seconds_left: float | None = None
    accuracy: float | None = None
    best: float | None = None
    test: float | None = None
    model: str = ""
    models: list[str] = field(default_factory=list)
    problem: str = ""
    figures: Message = field(default_factory=dict)
    complete: bool = False
    room: str = ""

    @property
    def is_going(self) -> bool:
        """Whether it waits or runs."""
        return self.state in GOING

    @property
    def is_recorded(self) -> bool:
        """Whether it comes with the project, and can only be looked at."""
        return self.owner == RECORDED

    def read_recipe(self) -> Recipe:
        """Returns what it trains."""
        return Recipe.from_dict(self.recipe)

    def write(self, folder: Path) -> None:
        """Writes it into the folder of all runs.

        Raises:
            StorageError: It cannot be written.
        """
        _write_json(folder / self.id / "run.json", asdict(self))


def read_records(folder: Path) -> Iterator[RunRecord]:
    """Yields all runs in a folder; what cannot be read, or is of another version, is passed over."""
    for path in folder.glob("*/run.json"):
        with contextlib.suppress(OSError, ValueError, TypeError):
            yield build_from(RunRecord, json.loads(path.read_text()))


@dataclass
class Curves:
    """What is shown of a run.

    Args:
        first_step: Number of the first step of `losses` and `accuracies`.
        pads: What each drawing is read as, by whose it is; not written.
    """

    first_step: int = 1
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    checks: list[Message] = field(default_factory=list)
    epochs: list[Message] = field(default_factory=list)
    events: list[Message] = field(default_factory=list)
    filters: Message | None = None
    confusion: list[list[int]] | None = None
    samples: Message = field(default_factory=dict)
    kept: list[int] = field(default_factory=list)
    learning_rate: float | None = None
    pads: dict[str, Message] = field(default_factory=dict)

    def write(self, folder: Path, run: str) -> None:
        """Writes them into the folder of all runs.

        Raises:
            StorageError: They cannot be written.
        """
        _write_json(folder / run / "curves.json", asdict(dataclasses.replace(self, pads={})))

    @classmethod
    def read(cls, folder: Path, run: str) -> Curves:
        """Reads what was written; nothing where that cannot be."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            return build_from(cls, json.loads((folder / run / "curves.json").read_text()))
        return cls()

    def note(self, message: Message) -> None:
        """Takes what a run tells, see `worker.Watch`."""
        if steps := message.get("steps"):
            self.losses += steps["loss"]
            self.accuracies += steps["accuracy"]
            surplus = len(self.losses) - _MOST_STEPS
            if surplus > _MOST_STEPS // 10:
                del self.losses[:surplus], self.accuracies[:surplus]
                self.first_step += surplus
        if check := message.get("check"):
            self.checks.append({name: check[name] for name in ("step", "loss", "accuracy")})
            del self.checks[:-_MOST_CHECKS]
            self.confusion = check["confusion"]
            self.samples |= {name: check[name] for name in ("predictions", "confidences")}
            self.filters = message["filters"] and {**message["filters"], "step": check["step"]}
        if samples := message.get("samples"):
            self.samples |= samples
        if epoch := message.get("epoch"):
            self.epochs.append({name: epoch[found] for found, name in _EPOCH_NAMES.items() if found in epoch})
        if event := message.get("event"):
            self.events = [*self.events, event][-_MOST_EVENTS:]
        self.pads = message.get("pads", self.pads)
        self.kept = message.get("kept", self.kept)
        self.learning_rate = message.get("learning_rate", self.learning_rate)

    def tell(self, since: Message, who: str) -> Message:
        """Returns what is new.

        Args:
            since: The last step, check and epoch that are known; empty for nothing.
            who: Whose drawing is meant.
        """
        step, check, epoch = (since.get(name, -1) for name in ("step", "check", "epoch"))
        first = max(self.first_step, step + 1)
        place = first - self.first_step
        filters = self.filters if self.filters and self.filters["step"] > check else None
        samples = self.samples if not since else {k: v for k, v in self.samples.items() if k != "images"}
        return {
            "epoch": len(self.epochs),
            "learningRate": self.learning_rate,
            "steps": {"from": first, "loss": self.losses[place:], "accuracy": self.accuracies[place:]},
            "checks": [entry for entry in self.checks if entry["step"] > check],
            "epochs": [entry for entry in self.epochs if entry["epoch"] > epoch],
            "filters": filters,
            "confusion": self.confusion,
            "samples": samples,
            "pad": self.pads.get(who),
            "kept": self.kept,
            "events": self.events,
        }


def new_record(
    run: str, name: str, recipe: Recipe, owner: str, server: str, estimate: float, room: str = ""
) -> RunRecord:
    """Returns a run that waits."""
    changes = recipe.list_changes()
    return RunRecord(run, name, recipe.as_dict(), owner, server, time.time(), changes, round(estimate, 1), room=room)


def _write_json(path: Path, value: Any) -> None:
    with replacing(path) as file:
        file.write(json.dumps(value).encode())
