"""All training runs of a server: one at a time, the others wait, and what becomes of them is kept on disk.

A run outlives the page that began it, and is found again after the server was restarted, with its best epoch stored as
a model. Whoever began a run may steer it, and alone sees its models until they are shared; the owner of the server may
everything. Whoever cannot train here is shown a run that was recorded. Knows nothing of Gradio.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..checks import is_number, is_whole
from ..errors import MissingPackageError, MnistError, QueryError, RefusedError, StorageError
from ..hosting.identity import Visitor
from ..hosting.settings import Settings
from ..models.recipes import RECIPES, Recipe
from ..models.store import find_stored
from ..packages import check_installed
from ..paths import RECORDED_DIR, SHIPPED_DIR, models_dir
from ..training.kept import KeptEpochs
from .cache import Shelf
from .child_process import ChildEndedError, Message
from .presence import Presence
from .run_plans import Speed, continue_recipe, read_recipe, start_recipe
from .run_records import Curves, RunRecord, count_bytes, new_record, read_records, try_to_write
from .training_process import TrainingProcess

_MOST_LISTED = 50
_MOST_KEPT = 200
_MOST_WAITING_OF_ONE = 5
# A process that tells nothing for so long hangs; storing takes the longest.
_PATIENCE_SECONDS = 900.0
_LISTEN_SECONDS = 2.0
# A pause ends when others wait and it was this long.
_MOST_PAUSE_SECONDS = 600.0
# Whoever still watches asks more often than this.
_FORGET_SECONDS = 5.0
_WRITE_SECONDS = 1.0
_MOST_PADS = 32
_NUM_OPEN_CURVES = 8
_NAME = re.compile(r"\w[\w ()+,-]{0,59}")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What may be trained on a server.

    Args:
        training: "on" for everybody, "password" for the owner alone, "off" for nobody.
        max_runs: How many runs train at the same time.
        max_waiting: How many wait.
        max_epochs: Of one run; None for no limit.
        max_seconds: Of one run; None for no limit. What it has reached by then is stored.
        models_bytes: What all runs and their models may take on disk.
    """

    training: str = "on"
    max_runs: int = 1
    max_waiting: int = 20
    max_epochs: int | None = None
    max_seconds: float | None = None
    models_bytes: int = 500_000_000

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Returns the limits that a server's settings set."""
        return cls(
            settings.training,
            settings.max_runs,
            settings.max_queue,
            settings.max_epochs,
            settings.max_seconds,
            settings.models_mb * 1_000_000,
        )


@dataclass
class _Task:
    """A run in the hands of a process."""

    record: RunRecord
    process: TrainingProcess
    began: float = dataclasses.field(default_factory=time.monotonic)
    heard: float = dataclasses.field(default_factory=time.monotonic)
    paused: float | None = None
    written: float = 0.0
    images: dict[str, str] = dataclasses.field(default_factory=dict)
    was_stopped: bool = False


class Runs:
    """The runs of one server; may be called from any thread.

    Args:
        data_dir: The data that the program was given.
        cache_dir: Where runs, models and data are kept.
        limits: What may be trained.
        device: What computes, see `devices.choose_devices`.
        options: Options of `TrainingProcess`.
    """

    def __init__(
        self,
        data_dir: Path | None,
        cache_dir: Path,
        limits: Limits | None = None,
        device: str = "auto",
        **options: Any,
    ) -> None:
        self.limits = limits or Limits()
        self._folder = cache_dir / "runs"
        self._models_dir = models_dir(cache_dir)
        self.roots = SHIPPED_DIR, self._models_dir
        self.speed = Speed(self._folder / "speed.json")
        self._processes = [TrainingProcess(data_dir, cache_dir, device, **options) for _ in range(self.limits.max_runs)]
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._records: dict[str, RunRecord] = {}
        self._recorded = {record.id: record for record in read_records(RECORDED_DIR)}
        self._going: dict[str, Curves] = {}
        self._curves: Shelf[Curves] = Shelf(_NUM_OPEN_CURVES)
        self._queue: list[str] = []
        self._rescues: list[str] = []
        self._tasks: dict[str, _Task] = {}
        self._watching: dict[str, dict[str, tuple[str, float]]] = {}
        self._is_woken = False
        self._is_closed = False
        self._missing = _find_missing()
        self._presence: Presence | None = None
        with self._changed:
            self._find_earlier()

    # What visitors ask

    def begin(
        self,
        visitor: Visitor,
        recipe: str,
        changes: Message,
        start: str = "",
        freeze: Sequence[str] = (),
    ) -> str:
        """Begins a run, or lets it wait for its turn, and returns its id.

        Raises:
            RefusedError: This visitor may not train, or too many runs wait.
            MnistError: It is impossible, see `plan`.
        """
        return self._begin(visitor, self.plan(visitor, recipe, changes, start, freeze))

    def plan(
        self, visitor: Visitor, recipe: str, changes: Message, start: str = "", freeze: Sequence[str] = ()
    ) -> Recipe:
        """Returns the recipe that such a run would have.

        Raises:
            ModelError: There is no such recipe or model, or the network is impossible.
            QueryError: A value is out of bounds.
        """
        planned = read_recipe(recipe, changes)
        if start:
            if not self.may_see(visitor, start):
                raise QueryError("The model {name!r:.100} belongs to somebody else.", name=start)
            planned = start_recipe(planned, find_stored(start, self.roots), changes, freeze)
        most = self.limits.max_epochs
        if most is not None and planned.epochs > most:
            raise QueryError("At most {most} epochs are trained on this server.", most=most)
        return planned

    def explain_refusal(self, visitor: Visitor) -> str:
        """Returns why this visitor may not train here; empty where that is allowed."""
        if self.limits.training == "off":
            return "Training is switched off on this server."
        if self.limits.training == "password" and not visitor.is_owner:
            return "On this server only its owner may train. Log in as owner first."
        return ""

    def steer(self, visitor: Visitor, run: str, action: str, value: Any = None) -> str:
        """Does something with a run: "pause", "resume", "stop", "rate", "save", "longer", "rename", "delete", "share".

        Returns:
            The id of the run that goes on with it, for "longer"; else nothing.

        Raises:
            RefusedError: It belongs to somebody else.
            QueryError: This cannot be done with it now.
        """
        actions = {
            "pause": self._order,
            "resume": self._order,
            "stop": self._stop,
            "rate": self._set_rate,
            "save": self._save,
            "rename": self._rename,
            "delete": self._delete,
            "share": self._share,
        }
        record = self._find(run)
        if action == "longer":
            return self._train_longer(visitor, record, value)
        if action not in actions:
            raise QueryError("A run cannot {action!r:.20}.", action=action)
        if not self._is_mine(visitor, record):
            raise RefusedError(403, "This run belongs to somebody else.")
        with self._changed:
            actions[action](record, action, value)
        return ""

    def look(self, visitor: Visitor, run: str = "", since: Message | None = None, image: str = "") -> Message:
        """Returns what is listed of all runs, and what is new of one of them.

        Args:
            visitor: Who looks.
            run: Of which run more is asked; empty for none.
            since: What is known of it, see `Curves.tell`.
            image: What is on the visitor's pad, as base64 of 784 bytes; empty for nothing.
        """
        who = _digest(visitor)
        with self._changed:
            listed = sorted(self._records.values(), key=lambda record: record.begun, reverse=True)[:_MOST_LISTED]
            answer: Message = {"training": self._describe_engine(visitor)}
            if not answer["training"]["allowed"]:
                listed += self._recorded.values()
            answer["runs"] = [self._describe(visitor, record) for record in listed]
            record = self._records.get(run) or self._recorded.get(run)
            if record is None:
                return answer
            watching = self._watching.setdefault(run, {})
            watching.pop(who, None)
            if image and record.is_going:
                watching[who] = image, time.monotonic()
            curves = self._going.get(run) or self._curves.get(run, lambda: Curves.read(self._folder_of(run), run))
            described = {
                "id": run,
                "state": record.state,
                "share": round(record.share, 4),
                "secondsLeft": record.seconds_left,
                "numEpochs": record.recipe["epochs"],
                **curves.tell(since or {}, who),
            }
            return {**answer, "run": described}

    def wake(self) -> None:
        """Loads TensorFlow, and keeps it for a while, because somebody may train soon."""
        if self._missing or self.limits.training == "off":
            return
        with self._changed:
            self._is_woken = True
            self._wake_threads()

    def open_kept(self, run: str) -> tuple[Recipe, KeptEpochs]:
        """Returns what is kept of a run, to be replayed.

        Raises:
            QueryError: There is no such run.
        """
        record = self._recorded.get(run) or self._find(run)
        return record.read_recipe(), KeptEpochs(self._folder_of(record.id) / record.id)

    def may_see(self, visitor: Visitor, model: str) -> bool:
        """Returns whether a stored model is shown to a visitor: models made here are their visitor's until shared."""
        return model not in self.list_hidden(visitor)

    def list_hidden(self, visitor: Visitor) -> set[str]:
        """Returns the names of the models that are not shown to a visitor."""
        with self._changed:
            records = [record for record in self._records.values() if not record.is_shared]
            return {name for record in records if not self._is_mine(visitor, record) for name in record.models}

    def close(self) -> None:
        """Ends all processes; what goes on is interrupted."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            for record in self._records.values():
                if record.is_going:
                    self._write(record)
        for process in self._processes:
            process.close()
        for thread in self._threads:
            thread.join(10)
        if self._presence:
            self._presence.end()

    # Beginning and steering

    def _begin(self, visitor: Visitor, recipe: Recipe, name: str = "") -> str:
        refusal = self.explain_refusal(visitor) or self._missing
        if refusal:
            raise RefusedError(403, refusal)
        owner = _digest(visitor)
        with self._changed:
            waiting = [self._records[run].owner for run in self._queue]
            if len(waiting) >= self.limits.max_waiting or waiting.count(owner) >= _MOST_WAITING_OF_ONE:
                raise RefusedError(429, "Too many runs are waiting. Try again when some have ended.", 60)
            self._make_room()
            name = self._find_free(name or recipe.name)
            record = new_record(secrets.token_hex(6), name, recipe, owner, self._come().name)
            problem = try_to_write(record, None, self._folder)
            if problem:
                raise StorageError("{problem}", self._folder, problem=problem)
            self._records[record.id] = record
            self._going[record.id] = Curves()
            self._queue.append(record.id)
            self._wake_threads()
        return record.id

    def _train_longer(self, visitor: Visitor, record: RunRecord, epochs: Any) -> str:
        if not record.model or not self.may_see(visitor, record.model):
            raise QueryError("{name} has no stored result to go on from.", name=record.name)
        if not is_whole(epochs) or epochs < 1:
            raise QueryError("Expected a number of epochs of at least 1. Received: {epochs!r:.20}.", epochs=epochs)
        recipe = continue_recipe(record.read_recipe(), find_stored(record.model, self.roots), epochs)
        most = self.limits.max_epochs
        if most is not None and epochs > most:
            raise QueryError("At most {most} epochs are trained on this server.", most=most)
        return self._begin(visitor, recipe, f"{record.name} +{epochs}")

    def _order(self, record: RunRecord, action: str, value: Any = None, **fields: Any) -> None:
        task = self._tasks.get(record.id)
        if task is None or not task.process.order({"do": action, "run": record.id, **fields}):
            raise QueryError("{name} does not run now.", name=record.name)

    def _stop(self, record: RunRecord, action: str, value: Any) -> None:
        if record.id in self._queue:
            self._queue.remove(record.id)
            self._end(record, "stopped")
            return
        self._order(record, action)
        self._tasks[record.id].was_stopped = True

    def _set_rate(self, record: RunRecord, action: str, value: Any) -> None:
        if not is_number(value) or not 0 < value <= 1e6:
            raise QueryError("Expected a learning rate above 0. Received: {value!r:.20}.", value=value)
        self._order(record, action, value=float(value))

    def _save(self, record: RunRecord, action: str, value: Any) -> None:
        name = self._check_name(value)
        self._order(record, action, folder=str((self._models_dir / name).absolute()))
        record.models.append(name)

    def _rename(self, record: RunRecord, action: str, value: Any) -> None:
        name = self._check_name(value)
        if record.model and not record.is_going:
            try:
                (self._models_dir / record.model).rename(self._models_dir / name)
            except OSError as error:
                raise StorageError(
                    "{name} cannot be renamed: {error}.", self._models_dir, name=name, error=error
                ) from (error)
            record.models = [name if model == record.model else model for model in record.models]
            record.model = name
        record.name = name
        self._write(record)

    def _delete(self, record: RunRecord, action: str, value: Any) -> None:
        if record.is_going:
            raise QueryError("{name} has not ended. Stop it first.", name=record.name)
        self._drop_files(record)
        shutil.rmtree(self._folder / record.id, ignore_errors=True)
        del self._records[record.id]

    def _share(self, record: RunRecord, action: str, value: Any) -> None:
        record.is_shared = bool(value)
        self._write(record)

    def _check_name(self, value: Any) -> str:
        """Returns a new name for a model.

        Raises:
            QueryError: It is none, or it is taken.
        """
        name = value.strip() if isinstance(value, str) else ""
        if not _NAME.fullmatch(name):
            raise QueryError(
                "Expected a name of at most 60 letters, digits, spaces and hyphens. Received: {value!r:.80}.",
                value=value,
            )
        taken = {record.name for record in self._records.values()} | set(RECIPES)
        taken |= {model for record in self._records.values() for model in record.models}
        if name in taken or any((root / name).exists() for root in self.roots):
            raise QueryError("There is something named {name} already. Take another name.", name=name)
        return name

    def _find_free(self, name: str) -> str:
        """Returns the name, with a number behind it if another run has it."""
        taken = {record.name for record in self._records.values()}
        number = 1
        numbered = name
        while numbered in taken:
            number += 1
            numbered = f"{name} {number}"
        return numbered

    def _find(self, run: str) -> RunRecord:
        with self._changed:
            if run not in self._records:
                raise QueryError("There is no run {run!r:.20}.", run=run)
            return self._records[run]

    def _is_mine(self, visitor: Visitor, record: RunRecord) -> bool:
        return visitor.is_owner or record.owner == _digest(visitor)

    # What is told

    def _describe_engine(self, visitor: Visitor) -> Message:
        reason = self.explain_refusal(visitor) or self._missing
        first = self._processes[0]
        return {
            "allowed": not reason,
            "reason": reason,
            "isOwner": visitor.is_owner,
            "engine": "missing" if self._missing else first.engine,
            "share": round(first.share, 3),
            "problem": first.problem,
        }

    def _describe(self, visitor: Visitor, record: RunRecord) -> Message:
        place = self._queue.index(record.id) + len(self._tasks) if record.id in self._queue else 0
        is_recorded = record.id in self._recorded
        is_mine = not is_recorded and self._is_mine(visitor, record)
        return {
            "id": record.id,
            "name": record.name,
            "recipe": record.recipe["name"],
            "changes": _list_changes(record),
            "state": record.state,
            "isMine": is_mine,
            "isShared": record.is_shared,
            "isRecorded": is_recorded,
            "place": place,
            "share": round(record.share, 4),
            "secondsLeft": record.seconds_left if record.state != "waiting" else self._estimate_wait(record),
            "accuracy": record.accuracy,
            "best": record.best,
            "model": record.model if is_mine or record.is_shared else "",
            "problem": record.problem,
            "begun": round(record.begun, 1),
            "seconds": round(record.seconds, 1),
            "trained": record.share > 0,
            "epochs": record.recipe["epochs"],
        }

    def _estimate_wait(self, record: RunRecord) -> float:
        """Estimates when a run that waits will have ended, in seconds from now."""
        going = [task.record.seconds_left or 0.0 for task in self._tasks.values()]
        before = self._queue[: self._queue.index(record.id) + 1]
        seconds = [self.speed.estimate(self._records[run].read_recipe()) for run in before]
        return round(sum(going) + sum(seconds), 1)

    # The runs themselves

    def _wake_threads(self) -> None:
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._serve, args=(process,), daemon=True) for process in self._processes
            ]
            for thread in self._threads:
                thread.start()
        self._changed.notify_all()

    def _serve(self, process: TrainingProcess) -> None:
        """Carries out what waits with one process, until the server ends."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or self._queue or self._rescues or self._is_woken)
                if self._is_closed:
                    return
                task = self._take(process)
                self._is_woken = False
            try:
                process.start()
                if task:
                    self._carry_out(task)
            except Exception as error:  # whatever it is, the next run must still begin
                if not isinstance(error, MnistError):
                    _log.exception("a training run could not be carried out")
                if task:
                    self._finish(task, {"state": "failed", "model": "", "problem": str(error)})

    def _take(self, process: TrainingProcess) -> _Task | None:
        """Takes the next of what waits; the rescue of an earlier run comes first."""
        waiting = self._rescues or self._queue
        if not waiting:
            return None
        record = self._records[waiting.pop(0)]
        task = self._tasks[record.id] = _Task(record, process)
        if record.is_going:
            record.state = "loading"
        return task

    def _carry_out(self, task: _Task) -> None:
        record = task.record
        folder = str((self._folder / record.id).absolute())
        do = "run" if record.is_going else "rescue"
        task.process.order({"do": do, "run": record.id, "recipe": record.recipe, "folder": folder})
        while True:
            try:
                message = task.process.receive(_LISTEN_SECONDS)
            except ChildEndedError as error:
                self._finish(task, {"state": "failed", "model": "", "problem": _tell_death(error)})
                return
            if message and "ended" in message:
                self._finish(task, message["ended"])
                return
            if message:
                task.heard = time.monotonic()
                self._note(task, message)
            self._keep_within_limits(task)

    def _note(self, task: _Task, message: Message) -> None:
        """Takes what a run tells."""
        record = task.record
        with self._changed:
            curves = self._going.get(record.id)
            if curves is None:
                return  # of a rescue
            curves.note(message)
            if "state" in message:
                record.state = message["state"]
                task.paused = time.monotonic() if record.state == "paused" else None
            if "share" in message:
                record.share, record.seconds_left = message["share"], message["left"]
                record.seconds = message["seconds"]
            if epoch := message.get("epoch"):
                record.accuracy = round(epoch["val_accuracy"], 6)
                record.best = max(record.best or 0.0, record.accuracy)
            if event := message.get("event"):
                self._note_event(record, event)
            is_due = "epoch" in message or "state" in message or "saved" in message
            if is_due and time.monotonic() - task.written > _WRITE_SECONDS:
                task.written = time.monotonic()
                self._write(record)
            self._pass_pads(task)

    def _note_event(self, record: RunRecord, event: Message) -> None:
        if event["key"] == "not_saved":
            record.models.remove(event["values"]["name"])
            record.problem = event["values"]["problem"]
        if event["key"] == "not_kept":
            record.problem = event["values"]["problem"]
        if event["key"] == "built_in_images":
            record.problem = (
                "MNIST is not at hand, so it learns from 4,000 of the 5,000 built-in images, and is judged by the "
                f"others. {event['values']['problem']}"
            )

    def _pass_pads(self, task: _Task) -> None:
        """Hands on the drawings of those who watch, when they have changed."""
        now = time.monotonic()
        watching = self._watching.get(task.record.id, {})
        images = {who: image for who, (image, asked) in watching.items() if now - asked < _FORGET_SECONDS}
        images = dict(list(images.items())[-_MOST_PADS:])
        if images != task.images:
            task.images = images
            task.process.order({"do": "pads", "run": task.record.id, "images": images})

    def _keep_within_limits(self, task: _Task) -> None:
        now = time.monotonic()
        with self._changed:
            self._pass_pads(task)
            most = self.limits.max_seconds
            if most is not None and now - task.began > most and not task.was_stopped:
                task.was_stopped = True
                task.record.problem = (
                    f"It was stopped after {most:g} seconds, as long as a run may take on this server."
                )
                task.process.order({"do": "resume", "run": task.record.id})
                task.process.order({"do": "stop", "run": task.record.id})
            elif task.paused and now - task.paused > _MOST_PAUSE_SECONDS and self._queue:
                task.process.order({"do": "resume", "run": task.record.id})
        if not task.paused and now - task.heard > _PATIENCE_SECONDS:
            task.process.kill()

    def _finish(self, task: _Task, ended: Message) -> None:
        """Notes how a run, or its rescue, has ended."""
        record = task.record
        with self._changed:
            self._tasks.pop(record.id, None)
            if self._is_closed:
                return  # it is interrupted, and found by the next server
            if ended["model"]:
                record.model = ended["model"]
                record.models.append(record.model)
                record.accuracy = record.accuracy if ended["validation"] is None else round(ended["validation"], 6)
                record.best, record.test = max(record.best or 0.0, record.accuracy or 0.0), ended["test"]
            if not record.is_going:  # a rescue
                self._write(record)
                return
            record.problem = ended["problem"] or record.problem
            self._learn_speed(record)
            self._end(record, "stopped" if task.was_stopped and ended["state"] == "done" else ended["state"])
            self._make_room(record)
            if ended["state"] == "failed" and (self._folder / record.id / "best.npz").is_file():
                self._rescues.append(record.id)
                self._changed.notify_all()

    def _learn_speed(self, record: RunRecord) -> None:
        if record.model and record.share:
            try:
                self.speed.learn(record.read_recipe(), record.share, record.seconds)
            except StorageError as error:
                _log.warning("%s", error)

    def _end(self, record: RunRecord, state: str) -> None:
        record.state, record.seconds_left = state, None
        record.share = 1.0 if state == "done" else record.share
        self._write(record)
        curves = self._going.pop(record.id, None)
        if curves:
            self._curves.put(record.id, curves)
        self._watching.pop(record.id, None)

    def _write(self, record: RunRecord) -> None:
        problem = try_to_write(record, self._going.get(record.id), self._folder)
        record.problem = record.problem or problem

    # What is on disk

    def _come(self) -> Presence:
        """Returns this server's presence; whoever never trains has none."""
        try:
            self._presence = self._presence or Presence(self._folder / "servers")
        except OSError as error:
            raise StorageError(
                "{path} cannot be written: {error}. Set MNIST_CACHE_DIR to a folder that can be written.",
                self._folder,
                error=error,
            ) from error
        return self._presence

    def _find_earlier(self) -> None:
        """Finds the runs of servers that have ended; those of a server that lives are its own."""
        found = list(read_records(self._folder))
        if not found:
            return
        try:
            with self._come().alone() as is_alone:
                for record in found:
                    if self._come().is_alive(record.server) and record.server != self._come().name:
                        if not record.is_going:
                            self._records[record.id] = record
                        continue
                    self._records[record.id] = record
                    if record.is_going and is_alone:
                        self._interrupt(record)
        except (OSError, StorageError) as error:
            _log.warning("earlier runs cannot be read: %s", error)

    def _interrupt(self, record: RunRecord) -> None:
        record.server = self._come().name
        record.problem = "The server ended before this run did."
        self._end(record, "interrupted")
        if (self._folder / record.id / "best.npz").is_file() and not self._missing:
            self._rescues.append(record.id)
            self._wake_threads()

    def _make_room(self, newest: RunRecord | None = None) -> None:
        """Deletes what the oldest unshared runs have left until all fits.

        Raises:
            StorageError: It does not, and nobody may delete the rest.
        """
        ended = sorted(
            (record for record in self._records.values() if not record.is_going), key=lambda record: record.begun
        )
        sizes = {record.id: self._measure(record) for record in ended}
        for record in ended:
            if sum(sizes.values()) <= self.limits.models_bytes:
                break
            if record.is_shared or record is newest or not sizes[record.id]:
                continue
            self._drop_files(record)
            record.problem = "Its model was deleted to make room for newer ones."
            self._write(record)
            sizes[record.id] = 0
        for record in [record for record in ended if not record.models][: max(0, len(ended) - _MOST_KEPT)]:
            shutil.rmtree(self._folder / record.id, ignore_errors=True)
            del self._records[record.id]
        if newest is None and sum(sizes.values()) > self.limits.models_bytes:
            raise StorageError(
                "The models kept here take all the room that they may. Delete some, or let the owner raise "
                "MNIST_MODELS_MB.",
                self._models_dir,
            )

    def _folder_of(self, run: str) -> Path:
        return RECORDED_DIR if run in self._recorded else self._folder

    def _measure(self, record: RunRecord) -> int:
        folders = [self._models_dir / name for name in record.models]
        return sum(map(count_bytes, [*folders, self._folder / record.id / "epochs"]))

    def _drop_files(self, record: RunRecord) -> None:
        KeptEpochs(self._folder / record.id).drop_all()
        for name in record.models:
            shutil.rmtree(self._models_dir / name, ignore_errors=True)
        record.model, record.models = "", []


def _digest(visitor: Visitor) -> str:
    """Returns what a visitor is called on disk and to a process: the id itself would let others take it."""
    return hashlib.sha256(visitor.id.encode()).hexdigest()[:16]


def _list_changes(record: RunRecord) -> list[str]:
    try:
        return record.read_recipe().list_changes()
    except (MnistError, ValueError, TypeError):
        return []  # of another version


def _tell_death(error: ChildEndedError) -> str:
    if "exit code -9" in str(error):
        return "The process that trained was ended from outside, perhaps because memory ran out."
    return f"The process that trained has ended: {error}."


def _find_missing() -> str:
    """Returns what is missing to train; empty for nothing."""
    try:
        check_installed()
    except MissingPackageError as error:
        return str(error)
    return ""
