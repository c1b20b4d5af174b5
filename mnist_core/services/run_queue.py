"""The runs of a server that wait and that go on, each in the hands of a process, and what becomes of them.

Whose they are, and who may do what with them, is not known here.
"""

from __future__ import annotations

import base64
import dataclasses
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..data.mnist import KERAS_PATH
from ..errors import MnistError, QueryError, StorageError
from ..hosting.settings import Settings
from ..preprocessing.ink import IMAGE_SIZE
from .cache import Shelf
from .child_process import ChildEndedError, Message
from .run_folder import RunFolder
from .run_plans import Speed
from .run_records import Curves, RunRecord
from .training_process import TrainingProcess

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

_NO_IMAGE = base64.b64encode(bytes(IMAGE_SIZE**2)).decode()

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


@dataclass(frozen=True)
class Part:
    """What makes a run one of several that belong together.

    Args:
        add_to_order: Gives, when its turn comes, what is added to the order for the process.
        on_end: Called when it has ended, while `RunQueue.changed` is held.
    """

    add_to_order: Callable[[], Message]
    on_end: Callable[[RunRecord], None]


class RunQueue:
    """All runs of a server; may be called from any thread, which holds `changed` while it looks at more than one thing.

    Args:
        disk: Where they are kept.
        processes: What carries them out, each one run at a time.
        speed: What learns from their times.
        limits: What may be trained.
    """

    def __init__(self, disk: RunFolder, processes: list[TrainingProcess], speed: Speed, limits: Limits) -> None:
        self.changed = threading.Condition()
        self.records: dict[str, RunRecord] = {}
        self.processes = processes
        self._disk = disk
        self._speed = speed
        self._limits = limits
        self._threads: list[threading.Thread] = []
        self._going: dict[str, Curves] = {}
        self._ended: Shelf[Curves] = Shelf(_NUM_OPEN_CURVES)
        self._waiting: list[str] = []
        self._rescues: list[str] = []
        self._tasks: dict[str, _Task] = {}
        self._parts: dict[str, Part] = {}
        self._watching: dict[str, dict[str, tuple[str, float]]] = {}
        self._is_woken = False
        self._is_closed = False
        with self.changed:
            self._find_earlier()

    # What is asked of it

    def add(self, record: RunRecord, part: Part | None = None) -> None:
        """Lets a run, which may be part of something, wait for its turn.

        Raises:
            StorageError: It cannot be kept.
        """
        with self.changed:
            record.write(self._disk.folder)
            self.records[record.id] = record
            self._going[record.id] = Curves()
            if part:
                self._parts[record.id] = part
            self._waiting.append(record.id)
            self._wake_threads()

    def wake(self) -> None:
        """Starts a process before there is a run for it, or keeps it."""
        with self.changed:
            self._is_woken = True
            self._wake_threads()

    def order(self, record: RunRecord, action: str, **fields: Any) -> None:
        """Gives a run that goes on an order, see `worker.Watch`.

        Raises:
            QueryError: It does not go on.
        """
        task = self._tasks.get(record.id)
        if task is None or not task.process.order({"do": action, "run": record.id, **fields}):
            raise QueryError("{name} does not run now.", name=record.name)

    def stop(self, record: RunRecord) -> None:
        """Stops a run, or takes it out of those that wait.

        Raises:
            QueryError: It has ended.
        """
        with self.changed:
            if record.id in self._waiting:
                self._waiting.remove(record.id)
                self._end(record, "stopped")
                return
            self.order(record, "stop")
            self._tasks[record.id].was_stopped = True

    def delete(self, record: RunRecord) -> None:
        """Deletes a run that has ended, with all that it has stored."""
        with self.changed:
            self._disk.delete(record)
            del self.records[record.id]

    def watch(self, record: RunRecord, who: str, image: str) -> Curves:
        """Returns the curves of a run, and has it read an image while somebody looks.

        Args:
            record: The run.
            who: Whose image it is.
            image: As base64 of 784 bytes; empty for none.
        """
        watching = self._watching.setdefault(record.id, {})
        watching.pop(who, None)
        if image and record.is_going:
            watching[who] = image, time.monotonic()
        going = self._going.get(record.id)
        return going or self._ended.get(record.id, lambda: self._disk.read_curves(record))

    def list_waiting(self) -> list[RunRecord]:
        """Returns the runs that wait, in the order of their turns."""
        return [self.records[run] for run in self._waiting]

    def find_place(self, record: RunRecord) -> int:
        """Returns how many runs come before it; 0 for one that does not wait."""
        return self._waiting.index(record.id) + len(self._tasks) if record.id in self._waiting else 0

    def estimate_wait(self, record: RunRecord) -> float:
        """Estimates when a run that waits will have ended, in seconds from now."""
        going = [task.record.seconds_left or 0.0 for task in self._tasks.values()]
        before = self._waiting[: self._waiting.index(record.id) + 1]
        return round(sum(going) + sum(self.records[run].estimate for run in before), 1)

    def write(self, record: RunRecord) -> None:
        """Writes what is known of a run; that it cannot be written becomes its problem."""
        problem = self._disk.try_to_write(record, self._going.get(record.id))
        record.problem = record.problem or problem

    def close(self) -> None:
        """Ends all processes; what goes on is interrupted."""
        with self.changed:
            self._is_closed = True
            self.changed.notify_all()
            for record in self.records.values():
                if record.is_going:
                    self.write(record)
        for process in self.processes:
            process.close()
        for thread in self._threads:
            thread.join(10)

    # The runs themselves

    def _wake_threads(self) -> None:
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._serve, args=(process,), daemon=True) for process in self.processes
            ]
            for thread in self._threads:
                thread.start()
        self.changed.notify_all()

    def _serve(self, process: TrainingProcess) -> None:
        """Carries out what waits with one process, until the server ends."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self._is_closed or self._waiting or self._rescues or self._is_woken)
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
                process.kill()  # it may still be at it
                if task:
                    self._finish(task, {"state": "failed", "model": "", "problem": str(error)})

    def _take(self, process: TrainingProcess) -> _Task | None:
        """Takes the next of what waits; the rescue of an earlier run comes first."""
        waiting = self._rescues or self._waiting
        if not waiting:
            return None
        record = self.records[waiting.pop(0)]
        task = self._tasks[record.id] = _Task(record, process)
        if record.is_going:
            record.state = "loading"
        return task

    def _carry_out(self, task: _Task) -> None:
        record = task.record
        folder = str(self._disk.open_kept(record).folder.absolute())
        do = "run" if record.is_going else "rescue"
        order = {"do": do, "run": record.id, "recipe": record.recipe, "folder": folder}
        part = self._parts.get(record.id)
        task.process.order({**order, **(part.add_to_order() if part else {})})
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
        with self.changed:
            curves = self._going.get(record.id)
            if curves is None:
                return  # of a rescue
            curves.note(_without_images(message) if record.room else message)
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
                self.write(record)
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
                f"others. MNIST is looked for as {KERAS_PATH} and in the folder that MNIST_DATA_DIR names."
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
        with self.changed:
            self._pass_pads(task)
            most = self._limits.max_seconds
            if most is not None and now - task.began > most and not task.was_stopped:
                task.was_stopped = True
                task.record.problem = (
                    f"It was stopped after {most:g} seconds, as long as a run may take on this server."
                )
                task.process.order({"do": "resume", "run": task.record.id})
                task.process.order({"do": "stop", "run": task.record.id})
            elif task.paused and now - task.paused > _MOST_PAUSE_SECONDS and self._waiting:
                task.process.order({"do": "resume", "run": task.record.id})
        if not task.paused and now - task.heard > _PATIENCE_SECONDS:
            task.process.kill()

    def _finish(self, task: _Task, ended: Message) -> None:
        """Notes how a run, or its rescue, has ended."""
        record = task.record
        with self.changed:
            self._tasks.pop(record.id, None)
            if self._is_closed:
                return  # it is interrupted, and found by the next server
            if ended["model"]:
                record.model, record.complete = ended["model"], ended["complete"]
                record.figures = ended.get("figures", {})
                record.models += [] if ended.get("found") else [record.model]
                record.accuracy = record.accuracy if ended["validation"] is None else round(ended["validation"], 6)
                record.best, record.test = max(record.best or 0.0, record.accuracy or 0.0), ended["test"]
            if not record.is_going:  # a rescue
                self.write(record)
                return
            record.problem = ended["problem"] or record.problem
            self._learn_speed(record, ended)
            self._end(record, "stopped" if task.was_stopped and ended["state"] == "done" else ended["state"])
            if ended.get("found"):
                self.delete(record)
                return
            self.make_room(record)
            if ended["state"] == "failed" and self._disk.open_kept(record).has_best:
                self._rescues.append(record.id)
                self.changed.notify_all()

    def _learn_speed(self, record: RunRecord, ended: Message) -> None:
        if images := ended.get("images"):
            try:
                self._speed.learn(record.read_recipe(), record.share, record.seconds, images)
            except StorageError as error:
                _log.warning("%s", error)

    def _end(self, record: RunRecord, state: str) -> None:
        record.state, record.seconds_left = state, None
        record.share = 1.0 if state == "done" else record.share
        if record.room:
            self._disk.open_kept(record).drop_drawings()
        self.write(record)
        curves = self._going.pop(record.id, None)
        if curves:
            self._ended.put(record.id, curves)
        self._watching.pop(record.id, None)
        part = self._parts.pop(record.id, None)
        if part:
            part.on_end(record)

    # What is on disk

    def _find_earlier(self) -> None:
        """Finds the runs of servers that have ended; those that went on are interrupted, and their best is stored."""
        found, ours = self._disk.find_earlier()
        self.records = {record.id: record for record in found}
        for record in filter(lambda record: record.is_going, ours):
            record.problem = "The server ended before this run did."
            self._end(record, "interrupted")
        # What could not be stored then, as on a full disk, may be stored now.
        lost = (record for record in ours if not record.model and self._disk.open_kept(record).has_best)
        self._rescues = [record.id for record in lost]
        if self._rescues:
            self._wake_threads()

    def make_room(self, newest: RunRecord | None = None) -> None:
        """Deletes what the oldest unshared runs have left until all fits.

        Raises:
            StorageError: It does not, and nobody may delete the rest.
        """
        stay = {newest.id} if newest else set()
        stay |= {record.id for record in self.records.values() if record.is_going or record.is_recorded}
        ended = [record for record in self.records.values() if record.id not in stay]
        has_room, forgotten = self._disk.make_room(ended, newest, self._limits.models_bytes)
        self.records = {run: record for run, record in self.records.items() if run not in forgotten}
        if newest is None and not has_room:
            raise StorageError(
                "The models kept here take all the room that they may. Delete some, or let the owner raise "
                "MNIST_MODELS_MB.",
                self._disk.models_dir,
            )


def _without_images(message: Message) -> Message:
    """Returns what a run tells with empty images in place of its samples: those of a class are nobody else's."""
    samples = message.get("samples")
    if not samples or "images" not in samples:
        return message
    return {**message, "samples": {**samples, "images": [_NO_IMAGE] * len(samples["images"])}}


def _tell_death(error: ChildEndedError) -> str:
    if "exit code -9" in str(error):
        return "The process that trained was ended from outside, perhaps because memory ran out."
    return f"The process that trained has ended: {error}."
