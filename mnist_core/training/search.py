"""A search for a good network: a grid of convolutional networks, tried by Optuna, chosen on validation images.

Any number of processes may work on one study; each of them ends with the best that all of them have found.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import random
import statistics
import time
import warnings
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.exceptions import ExperimentalWarning, UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from ..errors import ArchitectureError, StoppedError, TrainingError
from ..models.recipes import Recipe
from ..packages import needed_packages
from .runs import Workbench
from .search_settings import (
    SPACE,
    Point,
    SearchSettings,
    grid_recipe,
    hide_password,
    list_impossible,
    list_points,
    shuffle_points,
)
from .studies import keep_alive, open_study, requeue, return_stale_trials, was_requeued

_FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
WAIT_SECONDS = 1.0


def search_grid(workbench: Workbench, settings: SearchSettings) -> dict[str, Any]:
    """Tries networks until the budget is spent, and measures the best one.

    The best network is the one with the highest validation accuracy; it is trained once more from the same seed, which
    gives the same weights, stored, and measured on the test set once.

    Returns:
        study, storage, settings, trials (a list), impossible (a list), best (None while no trial is complete), and
        spread: the validation accuracies of the best network with several seeds, with mean and standard deviation.

    Raises:
        KeyboardInterrupt: It was stopped. All trials that had ended are kept; the running one waits to be taken up.
        StorageError: The study cannot be opened.
    """
    return _Search(workbench, settings).run()


class _OutOfTimeError(Exception):
    """The minutes are over in the middle of a trial."""


class _GridSampler(optuna.samplers.BaseSampler):
    """Takes points that no trial has taken yet: by its number, for workers may begin at the same time."""

    def __init__(self) -> None:
        self._order = shuffle_points()

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return {name: CategoricalDistribution(values) for name, values in SPACE.items()}

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        left = _find_left(study.get_trials(deepcopy=False)) or self._order
        own = self._order[trial.number % len(self._order)]
        return own if own in left else random.choice(left)

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        raise ValueError(f"`{param_name}` is not one of {', '.join(SPACE)}.")


def _find_left(trials: Sequence[FrozenTrial]) -> list[Point]:
    """Returns the points that none of the trials has taken."""
    taken = [trial.params for trial in trials]
    return [point for point in list_points() if point not in taken]


class _Search:
    def __init__(self, workbench: Workbench, settings: SearchSettings) -> None:
        self._workbench = workbench
        self._settings = settings
        self._impossible = list_impossible()
        self._deadline = time.monotonic() + settings.minutes * 60 if settings.minutes else float("inf")
        self._num_trials = settings.trials or len(list_points()) - len(self._impossible)
        self._place = hide_password(settings.storage)
        self._number: int | None = None
        self._error: BaseException | None = None
        self.name = f"grid-{self._digest()}"
        # Gives up what is among the worst quarter after an epoch: near the top, one epoch tells nothing.
        pruner = optuna.pruners.PercentilePruner(75.0, n_startup_trials=5)
        self._study = open_study(settings.storage, self.name, self._sampler(), pruner)

    def run(self) -> dict[str, Any]:
        try:
            while self._wait_for_work() and self._run_trial():
                pass
            return self._conclude()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"Stopped. The trials are kept in {self._place}; the same command continues with them."
            ) from None

    def _conclude(self) -> dict[str, Any]:
        best = max(self._trials(TrialState.COMPLETE), key=_read_accuracy, default=None)
        return {
            "study": self.name,
            "storage": self._place,
            "settings": {**dataclasses.asdict(self._settings), "storage": self._place},
            "trials": [_describe_trial(trial) for trial in self._trials(*_FINISHED)],
            "impossible": self._impossible,
            "best": best and self._measure(best),
            "spread": best and self._spread(best),
        }

    def _digest(self) -> str:
        """Names what makes trials comparable, so that a study is resumed only by what belongs to it."""
        settings = self._settings
        same = [SPACE, settings.sampler, settings.epochs, settings.limit, settings.seed, self._workbench.data.digest]
        return hashlib.sha256(json.dumps(same).encode()).hexdigest()[:10]

    def _sampler(self) -> optuna.samplers.BaseSampler:
        # Seeds are left to chance: a worker that begins, or goes on, must not choose what has been chosen before.
        if self._settings.sampler == "grid":
            return _GridSampler()
        if self._settings.sampler == "random":
            return optuna.samplers.RandomSampler()
        with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
            return optuna.samplers.TPESampler(constant_liar=True)  # workers must not all try what looks best

    def _wait_for_work(self) -> bool:
        """Returns whether there is a trial to make; waits for trials of other workers that may come back."""
        is_waiting = False
        while time.monotonic() < self._deadline:
            return_stale_trials(self._study)
            trials = self._study.get_trials(deepcopy=False)
            num_finished = len(self._trials(*_FINISHED))
            num_running = sum(trial.state == TrialState.RUNNING for trial in trials)
            if num_finished >= self._num_trials:
                return False
            # To other samplers a point may come again, with another seed.
            is_left = self._settings.sampler != "grid" or bool(_find_left(trials))
            is_open = is_left or any(trial.state == TrialState.WAITING for trial in trials)
            if is_open and num_finished + num_running < self._num_trials:
                return True
            if not num_running:
                return False
            if not is_waiting:
                self._workbench.say(f"Waiting for {num_running} trials of other workers, which may have crashed")
            is_waiting = True
            time.sleep(WAIT_SECONDS)
        return False

    def _run_trial(self) -> bool:
        """Makes one trial; False when it was broken off because the time is over."""
        self._number = self._error = None
        try:
            self._study.optimize(self._try_point, n_trials=1)
        except (Exception, KeyboardInterrupt):
            is_lost = self._number is not None and self._study.trials[self._number].state != TrialState.RUNNING
            if is_lost and isinstance(self._error, UpdateFinishedTrialError | None):
                # This worker was silent for so long that another one took the trial: its result is not missed.
                return True
            if is_lost and not was_requeued(self._study, self._number):
                requeue(self._study, self._study.trials[self._number])
            if isinstance(self._error, _OutOfTimeError):
                return False
            if self._error is not None:
                raise self._error from None
            raise
        return True

    def _try_point(self, trial: optuna.Trial) -> float:
        """Trains the network that a trial stands for; its value is the validation accuracy."""
        self._number = trial.number
        try:
            with keep_alive(trial):
                return self._train_point(trial)
        except optuna.TrialPruned:
            raise
        except BaseException as error:
            self._error = error  # Optuna may hide it behind one of its own
            raise

    def _train_point(self, trial: optuna.Trial) -> float:
        point = {name: trial.suggest_categorical(name, values) for name, values in SPACE.items()}
        settings = self._settings
        # A trial that was put back keeps its seed.
        seed = trial.user_attrs.get("seed", settings.seed + self._count_earlier(trial.number, point))
        recipe = grid_recipe(point, epochs=settings.epochs, limit=settings.limit, seed=seed)
        try:
            num_parameters = recipe.network.num_parameters
        except ArchitectureError as error:
            trial.set_user_attr("impossible", str(error))
            raise optuna.TrialPruned from error
        trial.set_user_attr("seed", seed)
        trial.set_user_attr("parameters", num_parameters)
        started = time.monotonic()
        try:
            return self._train(recipe, trial)
        except TrainingError as error:
            trial.set_user_attr("problem", str(error))
            raise optuna.TrialPruned from error
        finally:
            with contextlib.suppress(UpdateFinishedTrialError):
                trial.set_user_attr("seconds", round(time.monotonic() - started, 2))

    def _train(self, recipe: Recipe, trial: optuna.Trial | None = None) -> float:
        """Returns the validation accuracy of a recipe, as long as the time and a trial's prospects allow."""
        with needed_packages():
            import keras

            from .loop import train
        from .progress import Progress

        may_break_off = trial is not None and bool(self._trials(TrialState.COMPLETE))

        def watch(progress: Progress) -> None:
            if may_break_off and time.monotonic() > self._deadline:
                raise _OutOfTimeError
            if trial is not None and progress.validation_accuracy is not None:
                trial.report(progress.validation_accuracy, progress.epoch)
                if progress.epoch < recipe.epochs and trial.should_prune():
                    raise optuna.TrialPruned

        keras.utils.clear_session()
        try:
            run = train(recipe, self._workbench.data, devices=self._workbench.find_devices(), on_progress=watch)
        except StoppedError:
            raise KeyboardInterrupt from None
        if run.stopped_after is not None:
            raise KeyboardInterrupt
        accuracy = float(run.history[-1]["val_accuracy"])
        network = ", ".join(f"{name} {value}" for name, value in (trial.params if trial else {}).items())
        seconds = sum(epoch["seconds"] for epoch in run.history)
        self._workbench.say(f"{network or 'the best, seed ' + str(recipe.seed)}: {accuracy:.2%} in {seconds:.0f} s")
        return accuracy

    def _count_earlier(self, number: int, point: Point) -> int:
        """Returns how many earlier trials tried this point: the sampler may like it again."""
        earlier = [trial for trial in self._study.get_trials(deepcopy=False) if trial.number < number]
        return sum(trial.params == point and trial.state != TrialState.FAIL for trial in earlier)

    def _trials(self, *states: TrialState) -> list[FrozenTrial]:
        """Returns the trials of networks that can be built."""
        trials = self._study.get_trials(deepcopy=False, states=states)
        return [trial for trial in trials if "impossible" not in trial.user_attrs]

    def _recipe_of(self, trial: FrozenTrial, seed: int) -> Recipe:
        return grid_recipe(trial.params, epochs=self._settings.epochs, limit=self._settings.limit, seed=seed)

    def _measure(self, best: FrozenTrial) -> dict[str, Any]:
        stored = self._workbench.load_or_train(self._recipe_of(best, best.user_attrs["seed"]))
        test = stored.metrics["test"]
        return {
            **_describe_trial(best),
            "model": stored.name,
            "test_accuracy": test["accuracy"],
            "test_interval": test["interval"],
        }

    def _spread(self, best: FrozenTrial) -> dict[str, Any]:
        """Returns validation accuracies of the best network with other seeds; kept in the study for the next time."""
        first = best.user_attrs["seed"]
        accuracies = {first: _read_accuracy(best)}
        for seed in range(first + 1, first + self._settings.seeds):
            if time.monotonic() > self._deadline:
                break
            name = f"{json.dumps(best.params, sort_keys=True)} seed {seed}"
            if name not in self._study.user_attrs:
                try:
                    self._study.set_user_attr(name, self._train(self._recipe_of(best, seed)))
                except TrainingError as error:
                    self._workbench.say(f"Seed {seed}: {error}")
                    continue
            accuracies[seed] = self._study.user_attrs[name]
        values = list(accuracies.values())
        return {
            "seeds": list(accuracies),
            "validation_accuracies": values,
            "mean": statistics.mean(values),
            "standard_deviation": statistics.stdev(values) if len(values) > 1 else None,
        }


def _read_accuracy(trial: FrozenTrial) -> float:
    if trial.value is None:
        raise ValueError(f"Expected a trial that is complete. Received: {trial!r}")
    return trial.value


def _describe_trial(trial: FrozenTrial) -> dict[str, Any]:
    values = trial.intermediate_values
    attributes = trial.user_attrs
    return {
        "number": trial.number,
        **trial.params,
        "parameters": attributes["parameters"],
        "validation_accuracy": values[max(values)] if values else None,
        "seconds": attributes["seconds"],
        "epochs": len(values),
        "seed": attributes["seed"],
        "state": "failed" if "problem" in attributes else "pruned" if trial.state == TrialState.PRUNED else "complete",
        **({"problem": attributes["problem"]} if "problem" in attributes else {}),
    }
