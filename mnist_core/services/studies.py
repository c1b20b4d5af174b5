"""Experiments on a server: several runs that belong together, begun one after another.

A study has one place in the queue: its next run waits for its turn when the one before has ended, so that those of
others come between. What is stored already is not trained again, so a study that was broken off goes on where it was.
Knows nothing of Gradio.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from ..checks import build_from, check_choice, check_whole
from ..data.files import replacing
from ..errors import MnistError, QueryError, RefusedError
from ..hosting.identity import Visitor
from ..models.recipes import Recipe
from ..paths import hide_folders
from ..training.experiments import Trial, plan_ablation, plan_activations, plan_grid
from .child_process import Message
from .run_plans import NUM_MNIST, check_size, told_to_visitors
from .run_records import RunRecord
from .runs import Runs

# What is offered first: some minutes, on an ordinary machine.
SMALL: dict[str, dict[str, int]] = {
    "activations": {"seeds": 1, "epochs": 1, "limit": 2000},
    "grid": {"trials": 6, "epochs": 1, "limit": 2000},
    # With fewer images its network learns nothing.
    "ablation": {"seeds": 1, "epochs": 1, "limit": 10_000},
}
_BOUNDS = {"seeds": (1, 10), "trials": (2, 40), "epochs": (1, None), "limit": (100, NUM_MNIST)}
# So many failures one after another are not the networks'.
_MOST_FAILED = 3
_MOST_LISTED = 30
_MOST_KEPT = 100
_OVER = ("done", "failed", "steered")

_log = logging.getLogger(__name__)


@dataclass
class StudyTrial:
    """One run of a study.

    Args:
        point: What sets it apart, by name.
        recipe: As plain values.
        run: Its id; empty before it was begun.
        state: Of the run, as far as the study knows; "steered" when its learning rate was changed by hand, so that it
            does not compare; empty before it has ended.
        model: Name of what is stored of it.
        found: Whether that was there before.
        validation: Accuracy.
        test: Accuracy.
        figures: What else is compared.
        problem: What went wrong.
    """

    point: dict[str, Any]
    recipe: dict[str, Any]
    run: str = ""
    state: str = ""
    model: str = ""
    found: bool = False
    validation: float | None = None
    test: float | None = None
    figures: Message = field(default_factory=dict)
    problem: str = ""


@dataclass
class Study:
    """One experiment.

    Args:
        id: Twelve hexadecimal digits.
        kind: One of `SMALL`.
        settings: As there.
        owner: Whose it is, see `RunRecord`.
        begun: When, in seconds since 1970.
        trials: What it trains, in this order.
        state: going, done, stopped, failed or interrupted.
        problem: Why it has ended.
    """

    id: str
    kind: str
    settings: dict[str, int]
    owner: str
    begun: float
    trials: list[StudyTrial]
    state: str = "going"
    problem: str = ""

    @property
    def current(self) -> StudyTrial | None:
        """The trial that waits or runs."""
        return next((trial for trial in self.trials if trial.run and not trial.state), None)


class Studies:
    """The experiments of one server; may be called from any thread.

    Args:
        runs: Carries out what they train.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._folder = runs.folder / "studies"
        self._studies = {study.id: study for study in self._read_all()}

    def plan(self, kind: str, settings: Message) -> list[Trial]:
        """Returns what an experiment trains, the first seed of everything first.

        Raises:
            QueryError: There is no such experiment, or a setting is out of bounds.
        """
        values = _read_settings(kind, settings)
        self._runs.check_epochs(values["epochs"])
        with told_to_visitors(settings):
            trials = _plan(kind, values)
        for trial in trials:
            check_size(trial.recipe)
        return sorted(trials, key=lambda trial: trial.point.get("seed", 0))

    def estimate(self, kind: str, settings: Message) -> Message:
        """Returns how many trainings an experiment has, and about how many seconds they take: `{trials, seconds}`."""
        trials = self.plan(kind, settings)
        seconds = sum(self._runs.speed.estimate(trial.recipe) for trial in trials)
        return {"trials": len(trials), "seconds": round(seconds, 1)}

    def begin(self, visitor: Visitor, kind: str, settings: Message) -> str:
        """Begins an experiment, and returns its id.

        Raises:
            RefusedError: This visitor may not train, or has one that goes on, or too many runs wait.
            MnistError: As of `plan`, or it cannot be kept.
        """
        trials = [StudyTrial(trial.point, trial.recipe.as_dict()) for trial in self.plan(kind, settings)]
        values = _read_settings(kind, settings)
        with self._runs.alone():
            study = Study(secrets.token_hex(6), kind, values, "", time.time(), trials)
            self._begin_next(study, visitor, has_place=False)
            self._studies[study.id] = study
            self._forget_oldest()
        return study.id

    def steer(self, visitor: Visitor, study: str, action: str) -> None:
        """Does something with an experiment: "stop", "resume", or "delete" with all that it has trained.

        Raises:
            RefusedError: It belongs to somebody else, or as of `begin`.
            QueryError: This cannot be done with it now.
        """
        actions = {"stop": self._stop, "resume": self._resume, "delete": self._delete}
        with self._runs.alone():
            found = self._find(study)
            if action not in actions:
                raise QueryError("An experiment cannot {action!r:.20}.", action=action)
            if not self._runs.is_mine(visitor, found.owner):
                raise RefusedError(403, "This experiment belongs to somebody else.")
            actions[action](found, visitor)

    def look(self, visitor: Visitor, study: str = "") -> Message:
        """Returns all experiments, the newest first, and all trials of one: `{studies, study?}`."""
        with self._runs.alone():
            newest = sorted(self._studies.values(), key=lambda each: each.begun, reverse=True)[:_MOST_LISTED]
            answer: Message = {"studies": [self._describe(visitor, each) for each in newest]}
            if study in self._studies:
                found = self._studies[study]
                hidden = self._runs.list_hidden(visitor)
                trials = [self._describe_trial(trial, found.state == "going", hidden) for trial in found.trials]
                answer["study"] = {**self._describe(visitor, found), "trials": trials}
            return answer

    # Its runs, one after another

    def _begin_next(self, study: Study, visitor: Visitor, *, has_place: bool) -> None:
        trial = next((trial for trial in study.trials if trial.state not in _OVER), None)
        if trial is None:
            self._end(study, "done")
            return
        if not has_place:
            self._refuse_second(study, visitor)

        def note_end(record: RunRecord) -> None:
            self._note_end(study, trial, visitor, record)

        record = self._runs.begin_part(
            visitor,
            Recipe.from_dict(trial.recipe),
            f"{study.kind} {study.trials.index(trial) + 1}",
            note_end,
            data_of="sketchnet" if study.kind == "ablation" else "",
            has_place=has_place,
        )
        trial.run, trial.state, trial.problem = record.id, "", ""
        study.owner, study.state, study.problem = study.owner or record.owner, "going", ""
        self._write(study)

    def _refuse_second(self, study: Study, visitor: Visitor) -> None:
        """Makes sure that a visitor, whoever that is, has not two experiments at once."""
        going = [each for each in self._studies.values() if each.state == "going" and each is not study]
        if any(self._runs.is_mine(visitor, each.owner) for each in going):
            raise RefusedError(429, "Another experiment of yours goes on. Wait for its end, or stop it first.", 60)

    def _note_end(self, study: Study, trial: StudyTrial, visitor: Visitor, record: RunRecord) -> None:
        """Takes what has become of a trial, and begins the next."""
        is_steered = record.state == "done" and not record.complete
        trial.state = "steered" if is_steered else record.state
        trial.model, trial.found = record.model, bool(record.model) and record.model not in record.models
        trial.validation, trial.test, trial.figures = record.accuracy, record.test, record.figures
        trial.problem = record.problem
        failed = [each.state == "failed" for each in study.trials if each.state in _OVER]
        if record.state == "stopped":
            self._end(study, "stopped", record.problem)
        elif len(failed) >= _MOST_FAILED and all(failed[-_MOST_FAILED:]):
            self._end(study, "failed", record.problem)
        else:
            try:
                self._begin_next(study, visitor, has_place=True)
            except MnistError as error:
                self._end(study, "failed", str(error))

    def _end(self, study: Study, state: str, problem: str = "") -> None:
        study.state, study.problem = state, problem
        self._write(study)

    def _stop(self, study: Study, visitor: Visitor) -> None:
        if study.state != "going" or study.current is None:
            raise QueryError("This experiment does not go on.")
        self._runs.steer(visitor, study.current.run, "stop")

    def _resume(self, study: Study, visitor: Visitor) -> None:
        if study.state == "going":
            raise QueryError("This experiment goes on already.")
        for trial in study.trials:
            trial.state = "" if trial.state == "failed" else trial.state
        self._begin_next(study, visitor, has_place=False)

    def _delete(self, study: Study, visitor: Visitor) -> None:
        if study.state == "going":
            raise QueryError("This experiment has not ended. Stop it first.")
        for trial in study.trials:
            with contextlib.suppress(QueryError):  # it was deleted before
                self._runs.steer(visitor, trial.run, "delete")
        self._forget(study)

    def _forget_oldest(self) -> None:
        """Forgets the oldest experiments, not what they have trained."""
        ended = [study for study in self._studies.values() if study.state != "going"]
        for study in sorted(ended, key=lambda each: each.begun)[: max(0, len(ended) - _MOST_KEPT)]:
            self._forget(study)

    def _forget(self, study: Study) -> None:
        with contextlib.suppress(OSError):
            (self._folder / f"{study.id}.json").unlink()
        del self._studies[study.id]

    # What is told

    def _find(self, study: str) -> Study:
        if study not in self._studies:
            raise QueryError("There is no experiment {study!r:.20}.", study=study)
        return self._studies[study]

    def _describe(self, visitor: Visitor, study: Study) -> Message:
        return {
            "id": study.id,
            "kind": study.kind,
            "settings": study.settings,
            "state": study.state,
            "problem": hide_folders(study.problem),
            "isMine": self._runs.is_mine(visitor, study.owner),
            "begun": round(study.begun, 1),
            "ended": sum(trial.state in _OVER for trial in study.trials),
            "total": len(study.trials),
            "secondsLeft": self._estimate_rest(study) if study.state == "going" else None,
            "best": max((trial.validation or 0.0 for trial in study.trials if trial.state == "done"), default=None),
        }

    def _estimate_rest(self, study: Study) -> float:
        seconds = 0.0
        for trial in study.trials:
            if trial.state not in _OVER:
                record = self._runs.find(trial.run)
                share = record.share if record and not trial.state else 0.0
                seconds += (1 - share) * self._runs.speed.estimate(Recipe.from_dict(trial.recipe))
        return round(seconds, 1)

    def _describe_trial(self, trial: StudyTrial, is_going: bool, hidden: set[str]) -> Message:
        """Returns a trial; how it reads the test images is not told before all have ended."""
        record = self._runs.find(trial.run)
        state = trial.state or (record.state if record else "")
        model = trial.model if trial.found or record is None else record.model
        is_there = model and model not in hidden and any((root / model).is_dir() for root in self._runs.roots)
        return {
            "point": trial.point,
            "run": trial.run if record else "",
            "state": state,
            "share": round(record.share, 3) if record and not trial.state else float(bool(trial.state)),
            "model": model if is_there else "",
            "found": trial.found,
            "validation": trial.validation if trial.state else record and record.accuracy,
            "test": None if is_going else trial.test,
            **trial.figures,
            "problem": hide_folders(trial.problem),
        }

    # What is on disk

    def _write(self, study: Study) -> None:
        try:
            with replacing(self._folder / f"{study.id}.json") as file:
                file.write(json.dumps(asdict(study)).encode())
        except MnistError as error:
            study.problem = study.problem or str(error)
            _log.warning("%s", error)

    def _read_all(self) -> Iterator[Study]:
        """Yields the experiments of servers that have ended; those of one that lives are its own."""
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                values = json.loads(path.read_text())
                trials = [build_from(StudyTrial, trial) for trial in values.pop("trials")]
                study = build_from(Study, {**values, "trials": trials})
                if study.state == "going":
                    record = study.current and self._runs.find(study.current.run)
                    if record is None or study.current is None:
                        continue
                    study.current.state = "interrupted"
                    study.state, study.problem = "interrupted", "The server ended before this experiment did."
                yield study


def _read_settings(kind: str, settings: Message) -> dict[str, int]:
    """Returns the settings of an experiment; those that are not named are the small ones.

    Raises:
        QueryError: There is no such experiment, or one is out of bounds.
    """
    check_choice("experiment", kind, tuple(SMALL))
    values = {**SMALL[kind], **{name: value for name, value in settings.items() if name in SMALL[kind]}}
    return {name: check_whole(name, value, *_BOUNDS[name]) for name, value in values.items()}


def _plan(kind: str, values: dict[str, int]) -> list[Trial]:
    limit = None if values["limit"] == NUM_MNIST else values["limit"]
    if kind == "grid":
        return plan_grid(values["trials"], epochs=values["epochs"], limit=limit)
    if kind == "ablation":
        return plan_ablation(
            num_seeds=values["seeds"], epochs=values["epochs"], limit=values["limit"], num_images=NUM_MNIST
        )
    return plan_activations(num_seeds=values["seeds"], epochs=values["epochs"], limit=limit)
