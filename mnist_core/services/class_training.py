"""Teaches networks a class's hand: what half of the pupils drew teaches, what the others drew tests.

Three networks of one shape stand side by side: one learns from the class alone, one has learned from MNIST, one from
MNIST and then from the class. The network of the pad is a fourth. All read the drawings of the half that has not
taught, and 1,000 digits of MNIST that no such run learns from, so that what was forgotten is seen, too.

How far it is, is told to the room as `teach`, see `_Lesson.describe`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..classroom.class_set import ClassSet
from ..data.own_drawings import OwnDrawings, old_digits
from ..errors import DataError, MnistError, QueryError, RefusedError, RoomError, TrainingError, UnknownRoomError
from ..hosting.identity import Visitor
from ..models.inference import predict
from .models import Models
from .rooms import Rooms
from .run_records import RunRecord
from .runs import Runs

_SHAPE = "lenet"
_PAD = "sketchnet"
# How often the wall, and how often devices, are told how far it is.
_WALL_SECONDS = 0.5
_DEVICE_SECONDS = 1.5
# A run that is to end stores what it has reached first.
_STOP_SECONDS = 60.0
# Where a class has drawn more than this, each drawing is seen in fewer epochs: it takes as long.
_IMAGES_PER_EPOCH = 2000
_EPOCHS, _TUNING_EPOCHS = 8, 5
# Whoever has the token of a room's teacher may do with its models what their owner may, on whatever device.
_TEACHER = Visitor(is_owner=True)

_log = logging.getLogger(__name__)


@dataclass
class _Network:
    """One of the networks.

    Args:
        key: "class", "mnist", "both" or "sketchnet".
        model: Name of the stored model; empty until it is trained.
        run: Id of the run that trains it; empty where nothing does.
        state: "waiting", "training" or "done".
        share: How much of the training is done, in [0, 1].
        read: How many images it reads as they are labelled, by what they are: "class" and "mnist"; while it is trained,
            after its last epoch.
    """

    key: str
    model: str = ""
    run: str = ""
    state: str = "waiting"
    share: float = 0.0
    read: dict[str, int] = field(default_factory=dict)


class _Lesson:
    """A training of a room: what teaches, what tests, the networks, and how far all is."""

    def __init__(self, class_set: ClassSet, networks: list[_Network]) -> None:
        is_tested = class_set.halves == 1
        old_images, old_labels = old_digits()
        self.networks = {network.key: network for network in networks}
        self.tests = {
            "class": (class_set.images[is_tested], class_set.labels[is_tested]),
            "mnist": (old_images, old_labels),
        }
        self.num_taught = int((~is_tested).sum())
        self.pupils = [len(np.unique(class_set.writers[class_set.halves == half])) for half in (0, 1)]
        self.state = "waiting"
        self.error = ""

    def describe(self) -> dict[str, Any]:
        """Returns what is told.

        That is `state`: "waiting", "training", "done" or "failed", then with `error`; `networks`, each with key, state,
        share, and for `class` and `mnist`, once they are known, `{num, read}`; `num_taught` and `num_tested` drawings,
        and how many `pupils` are in each half.
        """
        networks = []
        for network in self.networks.values():
            sizes = {name: len(self.tests[name][1]) for name in network.read}
            figures = {name: {"num": sizes[name], "read": read} for name, read in network.read.items()}
            told = {"key": network.key, "state": network.state, "share": round(network.share, 2)}
            networks.append({**told, **figures})
        return {
            "state": self.state,
            "networks": networks,
            "num_taught": self.num_taught,
            "num_tested": len(self.tests["class"][1]),
            "pupils": self.pupils,
            **({"error": self.error} if self.error else {}),
        }


class ClassTraining:
    """The trainings of all rooms; may be called from any thread.

    Args:
        rooms: The rooms.
        runs: What trains.
        models: Where networks are opened to be tested.
    """

    def __init__(self, rooms: Rooms, runs: Runs, models: Models) -> None:
        self._rooms = rooms
        self._runs = runs
        self._models = models
        self._lock = threading.Lock()
        self._going: set[str] = set()
        for record in runs.list_of_rooms():
            if record.state == "interrupted":
                self._give_up(record)

    def prepare(self, activity: str) -> None:
        """Loads TensorFlow, when an activity begins in which a class may want to train soon."""
        if activity == "teach_it":
            self._runs.wake()

    def begin(self, visitor: Visitor, teacher: Any) -> None:
        """Begins to teach the networks of a room, and leads the class to the step "training", at the end to "results".

        Args:
            visitor: Whose the runs are.
            teacher: The teacher's token.

        Raises:
            RefusedError: Nobody, or not this visitor, may train here, or there is no TensorFlow.
            RoomError: The class does something else, or is being taught already.
            DataError: Too little was drawn.
            MnistError: It is impossible for another reason; the class stays where it was.
        """
        code, round_id = self._rooms.find_round(teacher, "teach_it")
        refusal = self._runs.explain_refusal(visitor) or self._runs.missing
        if refusal:
            raise RefusedError(403, refusal)
        with self._lock:
            if code in self._going:
                raise RoomError("The networks are being taught already.")
            self._going.add(code)
        try:
            lesson = self._prepare(visitor, code, self._rooms.collect_class_set(teacher))
            try:
                self._rooms.tell(round_id, _wrap(lesson), "training")
            except MnistError:
                self._stop(lesson)
                raise
        except BaseException:
            self._going.discard(code)
            raise
        threading.Thread(target=self._follow, args=(lesson, code, round_id), daemon=True).start()

    def keep(self, teacher: Any, name: Any = None) -> str:
        """Shows a class's network, the one that has learned from MNIST first, to all in the chooser; returns its name.

        Args:
            teacher: The teacher's token.
            name: What to call it; None is "Our class", with a number where that is taken.

        Raises:
            QueryError: There is none yet, or the name is taken or none.
        """
        records = [record for record in self._list_records(teacher) if record.model and record.recipe["start"]]
        if not records:
            raise QueryError("No network has been taught by this class yet.")
        record = records[-1]
        if name is None and not record.is_shared:
            name = self._runs.find_model_name("Our class")
        if name is not None and name != record.name:
            self._runs.steer(_TEACHER, record.id, "rename", name)
        self._runs.steer(_TEACHER, record.id, "share", True)
        return record.model

    def end_room(self, teacher: Any) -> None:
        """Ends a room, and deletes what it has taught and not shown to all; what still goes on ends by itself."""
        records = self._list_records(teacher)
        self._rooms.end_room(teacher)
        for record in records:
            if not (record.is_shared or record.is_going):
                self._try(record.id, "delete")

    def drop(self, teacher: Any) -> None:
        """Deletes all networks that a class has taught.

        Raises:
            RoomError: One is being taught.
        """
        records = self._list_records(teacher)
        if any(record.is_going for record in records):
            raise RoomError("The networks are still being taught. Wait until that has ended.")
        for record in records:
            self._runs.steer(_TEACHER, record.id, "delete")

    def _list_records(self, teacher: Any) -> list[RunRecord]:
        code = self._rooms.check_teacher(teacher)
        return [record for record in self._runs.list_of_rooms() if record.room == code]

    def _prepare(self, visitor: Visitor, code: str, class_set: ClassSet) -> _Lesson:
        """Divides what was drawn, and lets both runs wait for their turn."""
        lesson = _Lesson(
            class_set,
            [_Network("class"), _Network("mnist", _SHAPE), _Network("both"), _Network("sketchnet", _PAD)],
        )
        if 0 in lesson.pupils:
            raise DataError(
                "One half of the class teaches and the other half tests, so at least two pupils must have drawn digits "
                'in "Our handwriting". So far there are {num}.',
                num=sum(lesson.pupils),
            )
        teaches = class_set.halves == 0
        tested = tuple(array.astype(np.uint8) for array in lesson.tests["class"])
        own = OwnDrawings(
            class_set.images[teaches], class_set.labels[teaches].astype(np.uint8), held_out=(tested[0], tested[1])
        )
        share = min(1.0, _IMAGES_PER_EPOCH / lesson.num_taught)
        for key, name, start, epochs in (
            ("class", f"class {code}", "", _EPOCHS),
            ("both", f"class {code} after MNIST", _SHAPE, _TUNING_EPOCHS),
        ):
            changes = {"epochs": max(1, round(epochs * share))}
            try:
                run = self._runs.begin(visitor, _SHAPE, changes, start, own=own, name=name, room=code)
            except MnistError:
                self._stop(lesson)
                raise
            lesson.networks[key].run = run
        return lesson

    def _follow(self, lesson: _Lesson, code: str, round_id: int) -> None:
        """Tells the room how far it is, until all networks have been tested."""
        try:
            self._teach(lesson, round_id)
        except UnknownRoomError:  # the teacher has ended it
            self._stop(lesson, _STOP_SECONDS)
        except Exception as error:
            if not isinstance(error, MnistError):
                _log.exception("a class could not be taught")
            lesson.state = "failed"
            lesson.error = str(error) if isinstance(error, MnistError) else "The networks could not be taught."
            self._tell_end(lesson, round_id, "")
            self._stop(lesson, _STOP_SECONDS)
        finally:
            self._going.discard(code)

    def _teach(self, lesson: _Lesson, round_id: int) -> None:
        teller = _Teller(self._rooms, lesson, round_id)
        for key in ("mnist", "sketchnet"):
            self._test(lesson, lesson.networks[key])
            self._look(lesson)
            teller.tell()
        while not self._look(lesson):
            teller.tell()
            time.sleep(_WALL_SECONDS / 2)
        lesson.state = "done"
        self._tell_end(lesson, round_id, "results")

    def _look(self, lesson: _Lesson) -> bool:
        """Notes how far the runs are; returns whether all have ended and been tested."""
        for network in lesson.networks.values():
            if network.run and network.state != "done":
                self._look_at_run(lesson, network)
        return all(network.state == "done" for network in lesson.networks.values())

    def _look_at_run(self, lesson: _Lesson, network: _Network) -> None:
        record = self._runs.find(network.run)
        if record is None:
            raise TrainingError("Somebody has deleted the training. Begin again.")
        if record.state in ("failed", "stopped", "interrupted"):
            raise TrainingError("The training has ended too early. {problem}", problem=record.problem)
        network.share = record.share
        if record.state != "waiting":
            lesson.state = network.state = "training"
        if record.accuracy is not None:
            network.read["class"] = round(record.accuracy * len(lesson.tests["class"][1]))
        if record.state == "done":
            network.model = record.model
            self._test(lesson, network)

    def _test(self, lesson: _Lesson, network: _Network) -> None:
        predictor = self._models.open(self._models.find(network.model)).predictor
        for name, (images, labels) in lesson.tests.items():
            answers = predict(predictor, images.astype(np.float32) / 255).probabilities.argmax(axis=1)
            network.read[name] = int((answers == labels).sum())
        network.state, network.share = "done", 1.0

    def _tell_end(self, lesson: _Lesson, round_id: int, step: str) -> None:
        """Tells how it has ended, again while the file is busy: the wall would wait for ever."""
        for _ in range(10):
            try:
                self._rooms.tell(round_id, _wrap(lesson), step)
                return
            except UnknownRoomError:  # the teacher has ended it
                self._stop(lesson)
                return
            except MnistError:
                time.sleep(1)

    def _stop(self, lesson: _Lesson, patience: float = 0.0) -> None:
        """Ends the runs, and deletes those that have ended within so many seconds."""
        until = time.monotonic() + patience
        # What waits is stopped before it would begin in the place of the other.
        going = [network.run for network in reversed(lesson.networks.values()) if network.run]
        while going:
            for run in list(going):
                record = self._runs.find(run)
                if record and record.is_going:
                    self._try(run, "stop")  # again, if the worker was not ready to hear it
                    continue
                going.remove(run)
                if record:
                    self._try(run, "delete")
            if time.monotonic() >= until:
                return
            time.sleep(_WALL_SECONDS)

    def _give_up(self, record: RunRecord) -> None:
        """Tells a room that the server was ended while it taught its networks."""
        with contextlib.suppress(MnistError):
            round_id, told = self._rooms.find_told(record.room, "teach_it")
            if told.get("teach", {}).get("state") in ("waiting", "training"):
                error = "The server was started anew in the middle. Teach the networks once more."
                teach = {**told["teach"], "state": "failed", "error": error}
                self._rooms.tell(round_id, {"teach": teach, "devices": {"teach": teach}})
        self._try(record.id, "delete")

    def _try(self, run: str, action: str) -> None:
        try:
            self._runs.steer(_TEACHER, run, action)
        except MnistError as error:
            _log.info("%s", error)


class _Teller:
    """Tells a room how far it is: the wall often, devices less so, and neither what it knows."""

    def __init__(self, rooms: Rooms, lesson: _Lesson, round_id: int) -> None:
        self._rooms = rooms
        self._lesson = lesson
        self._round_id = round_id
        self._told: dict[str, Any] = {}
        self._wall_told = self._devices_told = 0.0

    def tell(self) -> None:
        """Tells what is new, if it is time to.

        Raises:
            UnknownRoomError: The room has ended.
        """
        now, described = time.monotonic(), self._lesson.describe()
        if described == self._told or now - self._wall_told < _WALL_SECONDS:
            return
        is_for_devices = now - self._devices_told >= _DEVICE_SECONDS
        try:
            self._rooms.tell(self._round_id, _wrap(self._lesson) if is_for_devices else {"teach": described})
        except UnknownRoomError:
            raise
        except MnistError as error:  # the file is busy: the next time it may not be
            _log.info("%s", error)
            return
        self._told, self._wall_told = described, now
        self._devices_told = now if is_for_devices else self._devices_told


def _wrap(lesson: _Lesson) -> dict[str, Any]:
    described = lesson.describe()
    return {"teach": described, "devices": {"teach": described}}
