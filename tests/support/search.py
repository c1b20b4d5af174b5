"""A stand-in for training that follows the recipe in no time, and workers of a search in processes of their own.

Nothing here imports Keras before it is needed; `work` does without it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.trial import FrozenTrial
from support.models import ROOT, fake_run
from support.server import clean_environment

from mnist_core.data.training_data import TrainingData
from mnist_core.models.recipes import Recipe
from mnist_core.models.store import StoredModel, run_name, save_run
from mnist_core.training import search, studies
from mnist_core.training.runs import Workbench
from mnist_core.training.search import search_grid
from mnist_core.training.search_settings import SPACE, SearchSettings

DATA = TrainingData(*(np.zeros(shape, np.uint8) for shape in [(2, 28, 28), (2,), (1, 28, 28), (1,)]))
TEST = {"accuracy": 0.97, "interval": [0.96, 0.98]}


def accuracy_of(recipe: Recipe, epoch: int | None = None) -> float:
    """The made-up validation accuracy of a recipe: no two networks share one, and it rises by a percent an epoch."""
    point = point_of(recipe)
    places = [values.index(point[name]) for name, values in SPACE.items()]
    number = int("".join(map(str, places)), 2) * 37 % 64  # 37 and 64 have no factor in common: all 64 differ
    return 0.9 + number / 1000 + recipe.seed / 10000 - (recipe.epochs - (epoch or recipe.epochs)) / 100


def point_of(recipe: Recipe) -> dict[str, int]:
    """The combination that a recipe of the search stands for."""
    network = recipe.network
    return {
        "blocks": len(network.blocks),
        "filters": network.blocks[0][0],
        "kernel": network.kernel,
        "pool_size": network.pool_size,
        "dense_layers": len(network.dense_units),
        "dense_units": network.dense_units[0],
    }


class FakeTraining:
    """Stands in for `training.train` and notes the recipes.

    Args:
        accuracy: Validation accuracy of a recipe after an epoch.
        during: Called in every epoch with the recipe and its number; it may raise.
    """

    def __init__(
        self,
        accuracy: Callable[[Recipe, int], float] = accuracy_of,
        during: Callable[[Recipe, int], Any] = lambda recipe, epoch: None,
    ) -> None:
        self.accuracy = accuracy
        self.during = during
        self.recipes: list[Recipe] = []

    @property
    def points(self) -> list[dict[str, int]]:
        return [point_of(recipe) for recipe in self.recipes]

    def __call__(self, recipe: Recipe, data: TrainingData, *, on_progress: Callable, **options: Any) -> SimpleNamespace:
        self.recipes.append(recipe)
        history, stopped_after = [], None
        for epoch in range(1, recipe.epochs + 1):
            stopped_after = self.during(recipe, epoch) or stopped_after
            accuracy = self.accuracy(recipe, epoch)
            common = {"epoch": epoch, "num_epochs": recipe.epochs, "num_steps": 2, "loss": 0.1, "accuracy": 0.5}
            for step, validation in ((1, None), (2, accuracy)):
                on_progress(SimpleNamespace(step=step, validation_accuracy=validation, seconds_left=1.0, **common))
            history.append({"val_accuracy": accuracy, "seconds": 0.5})
            if stopped_after:
                break
        return SimpleNamespace(recipe=recipe, history=history, stopped_after=stopped_after)


@dataclasses.dataclass(frozen=True)
class FakeWorkbench(Workbench):
    """A workbench whose stored models are made up; it notes for which recipes it was asked."""

    asked: list[Recipe] = dataclasses.field(default_factory=list)

    def load_or_train(self, recipe: Recipe) -> SimpleNamespace:
        self.asked.append(recipe)
        return SimpleNamespace(name="the-best", recipe=recipe, metrics={"test": TEST})


def fake_workbench(data: TrainingData = DATA, **options: Any) -> FakeWorkbench:
    """A workbench for searches; it has no folders and no test set."""
    return FakeWorkbench(data, None, (), **options)


@dataclasses.dataclass(frozen=True)
class StoringWorkbench(Workbench):
    """A workbench that stores and finds models as always, though their training is made up; it notes the recipes."""

    trained: list[Recipe] = dataclasses.field(default_factory=list)
    stop_in_run: int | None = None

    def train(self, recipe: Recipe, folder: Path | None = None) -> StoredModel:
        self.trained.append(recipe)
        stopped_after = 1 if len(self.trained) == self.stop_in_run else None
        run = fake_run(recipe, stopped_after, self.data_for(recipe).digest)
        run.history = [
            {"val_accuracy": made_up_accuracy(recipe) - 0.1 / epoch} for epoch in range(1, recipe.epochs + 1)
        ]
        metrics = {
            "parameters": recipe.network.num_parameters,
            "num_training_images": recipe.limit or 55_000,
            "seconds": 10.0 + recipe.seed,
            "validation": {"accuracy": made_up_accuracy(recipe)},
            "test": {"accuracy": made_up_accuracy(recipe) - 0.01, "interval": [0.9, 0.99]},
        }
        if self.data.validation_ink:
            accuracy = made_up_accuracy(recipe)
            metrics["validation_ink"] = {"accuracy": accuracy - 0.02, "uncalibrated": {"nll": 1 - accuracy}}
            metrics["outliers"] = {"auroc": {"validation": accuracy - 0.03}}
        return save_run(run, metrics, self.roots[-1] / run_name(run))


def made_up_accuracy(recipe: Recipe) -> float:
    """The validation accuracy of a recipe on a `StoringWorkbench`; tanh comes between ReLU and sigmoid."""
    return {"relu": 0.98, "tanh": 0.97, "sigmoid": 0.95}[recipe.network.activation] + recipe.seed / 1000


def all_trials(where: str | Path) -> list[FrozenTrial]:
    """The trials of the only study that is kept there, whatever their state."""
    storage = studies._open_storage(str(where))
    (name,) = optuna.get_all_study_names(storage)
    return optuna.load_study(study_name=name, storage=storage).trials


def states(where: str | Path) -> list[str]:
    """The states of these trials, in alphabetical order."""
    return sorted(trial.state.name for trial in all_trials(where))


def replace_training(patch: pytest.MonkeyPatch, training: FakeTraining) -> FakeTraining:
    """Puts the stand-in in the place of training, and leaves out what makes a search of many trials slow."""
    patch.setattr("mnist_core.training.loop.train", training)
    patch.setattr("keras.utils.clear_session", lambda: None)  # it collects garbage
    patch.setattr(os, "fsync", lambda file: None)  # a test survives no power cut, and waits for no disk
    return training


def use_fake_training(training: FakeTraining) -> None:
    """Puts the stand-in into this process, for good, so that a search does without Keras."""
    sys.modules["keras"] = SimpleNamespace(utils=SimpleNamespace(clear_session=lambda: None))
    module = ModuleType("mnist_core.training.loop")
    module.train, module.Progress = training, SimpleNamespace
    sys.modules["mnist_core.training.loop"] = module


def work(options: str) -> None:
    """A worker in a process of its own, for `start_worker`."""
    values = json.loads(options)
    studies.HEARTBEAT_SECONDS, studies.GRACE_SECONDS, search.WAIT_SECONDS = 0.5, 2, 0.2
    seconds = values.pop("seconds")

    def take_time(recipe: Recipe, epoch: int) -> None:
        print(json.dumps(point_of(recipe)), flush=True)
        time.sleep(seconds)

    use_fake_training(FakeTraining(during=take_time))
    found = search_grid(fake_workbench(), SearchSettings(epochs=1, seeds=1, **values))
    print(json.dumps(found), flush=True)


def start_worker(where: str, *, trials: int, seconds: float) -> subprocess.Popen[str]:
    """Starts a worker whose trials take some seconds each; it prints each trial's point, and last what was found."""
    options = json.dumps({"storage": where, "trials": trials, "seconds": seconds})
    return subprocess.Popen(
        [sys.executable, "-c", "import sys, support.search; support.search.work(sys.argv[1])", options],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=clean_environment(PYTHONPATH=f"{ROOT}:{ROOT}/tests"),
    )
