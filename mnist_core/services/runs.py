"""All training runs of a server: one at a time, the others wait, and what becomes of them is kept on disk.

A run outlives the page that began it, and is found again after the server was restarted, with its best epoch stored as
a model. Whoever began a run may steer it, and alone sees its models until they are shared; the owner of the server may
everything. Whoever cannot train here is shown a run that was recorded. Knows nothing of Gradio.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from ..checks import is_number, is_whole
from ..data.own_drawings import OwnDrawings
from ..errors import MissingPackageError, QueryError, RefusedError
from ..hosting.identity import Visitor, explain_refusal
from ..models.recipes import RECIPES, Recipe
from ..models.store import find_stored
from ..packages import check_installed
from ..paths import SHIPPED_DIR, hide_folders
from ..training.kept import KeptEpochs
from .child_process import Message
from .run_folder import RunFolder
from .run_plans import NUM_MNIST, Speed, change_for_own, continue_recipe, read_recipe, start_recipe
from .run_queue import Limits, Part, RunQueue
from .run_records import RECORDED, RunRecord, new_record
from .training_process import TrainingProcess

_MOST_LISTED = 50
_MOST_WAITING_OF_ONE = 5
_NAME = re.compile(r"\w[\w ()+,-]{0,59}")


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
        self._disk = RunFolder(cache_dir)
        self.folder = self._disk.folder
        self.roots = SHIPPED_DIR, self._disk.models_dir
        self.speed = Speed(self.folder / "speed.json")
        processes = [TrainingProcess(data_dir, cache_dir, device, **options) for _ in range(self.limits.max_runs)]
        self._queue = RunQueue(self._disk, processes, self.speed, self.limits)
        # What is missing to train; empty for nothing.
        self.missing = _find_missing()
        if self.missing or self.limits.training != "on":
            self._queue.records.update({record.id: record for record in self._disk.find_recorded()})

    # What visitors ask

    def begin(
        self,
        visitor: Visitor,
        recipe: str,
        changes: Message,
        start: str = "",
        freeze: Sequence[str] = (),
        own: OwnDrawings | None = None,
        name: str = "",
        room: str = "",
    ) -> str:
        """Begins a run, or lets it wait for its turn, and returns its id.

        Args:
            visitor: Who begins it.
            recipe: Name of the recipe.
            changes: See `read_recipe`.
            start: Name of the model to start from; empty for none.
            freeze: See `start_from`.
            own: What it learns from, in place of MNIST.
            name: For people; empty for the recipe's.
            room: Code of the room whose drawings these are, see `RunRecord`.

        Raises:
            RefusedError: This visitor may not train, or too many runs wait.
            MnistError: It is impossible, see `plan`.
        """
        if own is not None:
            changes = change_for_own(changes, bool(start))
        planned = self.plan(visitor, recipe, changes, start, freeze)
        return self._begin(visitor, planned, name, own=own, room=room)

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
        self.check_epochs(planned.epochs)
        return planned

    def check_epochs(self, epochs: int) -> None:
        """Makes sure that so many epochs may be trained here.

        Raises:
            QueryError: They may not.
        """
        most = self.limits.max_epochs
        if most is not None and epochs > most:
            raise QueryError("At most {most} epochs are trained on this server.", most=most)

    def begin_part(
        self,
        visitor: Visitor,
        recipe: Recipe,
        name: str,
        on_end: Callable[[RunRecord], None],
        *,
        data_of: str = "",
        has_place: bool = False,
    ) -> RunRecord:
        """As `begin`, for one of several runs that belong together; what is stored already is not trained again.

        Args:
            visitor: Whose it is.
            recipe: What it trains.
            name: For people.
            on_end: Called when it has ended, while nothing else of the runs changes; what was stored before is no
                longer a run then.
            data_of: The name of the recipe that says what data there is, if that is not the run's own; or empty.
            has_place: Whether it takes over the place of another, and so is never one too many.

        Raises:
            MnistError: As of `begin`.
        """

        def add_to_order() -> Message:
            return {"data_of": data_of, "hidden": sorted(self.list_hidden(visitor))}

        run = self._begin(visitor, recipe, name, part=Part(add_to_order, on_end), has_place=has_place)
        return self._queue.records[run]

    def explain_refusal(self, visitor: Visitor) -> str:
        """Returns why this visitor may not train here; empty where that is allowed."""
        return explain_refusal(
            self.limits.training,
            visitor,
            "Training is switched off on this server.",
            "On this server only its owner may train. Log in as owner first.",
        )

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
        if not self.is_mine(visitor, record.owner):
            raise RefusedError(403, "This run belongs to somebody else.")
        with self._queue.changed:
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
        with self._queue.changed:
            answer: Message = {"training": self._describe_engine(visitor)}
            hides_recorded = answer["training"]["allowed"]
            listed = [record for record in self._queue.records.values() if not (record.is_recorded and hides_recorded)]
            listed = [record for record in listed if not record.room or self.is_mine(visitor, record.owner)]
            listed.sort(key=lambda record: (record.is_recorded, -record.begun))
            answer["runs"] = [self._describe(visitor, record) for record in listed[:_MOST_LISTED]]
            record = self._queue.records.get(run)
            if record is None:
                return answer
            curves = self._queue.watch(record, who, image)
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
        if self.missing or self.limits.training == "off":
            return
        self._queue.wake()

    def open_kept(self, run: str) -> tuple[Recipe, KeptEpochs]:
        """Returns what is kept of a run, to be replayed.

        Raises:
            QueryError: There is no such run.
        """
        record = self._find(run)
        return record.read_recipe(), self._disk.open_kept(record)

    def may_see(self, visitor: Visitor, model: str) -> bool:
        """Returns whether a stored model is shown to a visitor: models made here are their visitor's until shared."""
        return model not in self.list_hidden(visitor)

    def is_mine(self, visitor: Visitor, owner: str) -> bool:
        """Returns whether a visitor may change what this owner has, see `RunRecord`."""
        return owner != RECORDED and (visitor.is_owner or owner == _digest(visitor))

    def list_hidden(self, visitor: Visitor) -> set[str]:
        """Returns the names of the models that are not shown to a visitor."""
        with self._queue.changed:
            records = [record for record in self._queue.records.values() if not record.is_shared]
            return {name for record in records if not self.is_mine(visitor, record.owner) for name in record.models}

    def alone(self) -> AbstractContextManager[Any]:
        """Returns what keeps everything from changing while it is held."""
        return self._queue.changed

    def find(self, run: str) -> RunRecord | None:
        """Returns a run; None when there is none any more, or it is another server's that goes on."""
        return self._queue.records.get(run)

    def list_of_rooms(self) -> list[RunRecord]:
        """Returns the runs that learn, or have learned, from the drawings of a room, the oldest first."""
        with self._queue.changed:
            found = [record for record in self._queue.records.values() if record.room]
        return sorted(found, key=lambda record: record.begun)

    def find_model_name(self, name: str) -> str:
        """Returns a name for a model that nothing has yet: this one, or with a number behind it."""
        with self._queue.changed:
            names = (f"{name} {number}" for number in itertools.count(2))
            return next(other for other in itertools.chain([name], names) if not self._is_taken(other))

    def close(self) -> None:
        """Ends all processes; what goes on is interrupted."""
        self._queue.close()
        self._disk.leave()

    # Beginning and steering

    def _begin(
        self,
        visitor: Visitor,
        recipe: Recipe,
        name: str = "",
        *,
        own: OwnDrawings | None = None,
        room: str = "",
        part: Part | None = None,
        has_place: bool = False,
    ) -> str:
        refusal = self.explain_refusal(visitor) or self.missing
        if refusal:
            raise RefusedError(403, refusal)
        owner = _digest(visitor)
        with self._queue.changed:
            waiting = [record.owner for record in self._queue.list_waiting()]
            is_full = len(waiting) >= self.limits.max_waiting or waiting.count(owner) >= _MOST_WAITING_OF_ONE
            if is_full and not has_place:
                raise RefusedError(429, "Too many runs are waiting. Try again when some have ended.", 60)
            self._queue.make_room()
            name = self._find_free(name or recipe.name)
            seconds = self.speed.estimate(recipe, len(own.split().x_train) if own else NUM_MNIST)
            record = new_record(secrets.token_hex(6), name, recipe, owner, self._disk.come().name, seconds, room)
            if own is not None:
                own.write(self._disk.open_kept(record).own_drawings)
            self._queue.add(record, part)
        return record.id

    def _train_longer(self, visitor: Visitor, record: RunRecord, epochs: Any) -> str:
        if record.room:
            raise QueryError("The drawings that {name} has learned from are not kept.", name=record.name)
        if not record.model or not self.may_see(visitor, record.model):
            raise QueryError("{name} has no stored result to go on from.", name=record.name)
        if not is_whole(epochs) or epochs < 1:
            raise QueryError("Expected a number of epochs of at least 1. Received: {epochs!r:.20}.", epochs=epochs)
        recipe = continue_recipe(record.read_recipe(), find_stored(record.model, self.roots), epochs)
        self.check_epochs(epochs)
        file = self._disk.open_kept(record).own_drawings
        own = OwnDrawings.read(file) if file.is_file() else None
        return self._begin(visitor, recipe, f"{record.name} +{epochs}", own=own)

    def _order(self, record: RunRecord, action: str, value: Any) -> None:
        self._queue.order(record, action)

    def _stop(self, record: RunRecord, action: str, value: Any) -> None:
        self._queue.stop(record)

    def _set_rate(self, record: RunRecord, action: str, value: Any) -> None:
        if not is_number(value) or not 0 < value <= 1e6:
            raise QueryError("Expected a learning rate above 0. Received: {value!r:.20}.", value=value)
        self._queue.order(record, action, value=float(value))

    def _save(self, record: RunRecord, action: str, value: Any) -> None:
        name = self._check_name(value)
        self._queue.order(record, action, folder=str((self._disk.models_dir / name).absolute()))
        record.models.append(name)

    def _rename(self, record: RunRecord, action: str, value: Any) -> None:
        name = self._check_name(value)
        if record.model and not record.is_going:
            self._disk.rename_model(record, name)
        record.name = name
        self._queue.write(record)

    def _delete(self, record: RunRecord, action: str, value: Any) -> None:
        if record.is_going:
            raise QueryError("{name} has not ended. Stop it first.", name=record.name)
        self._queue.delete(record)

    def _share(self, record: RunRecord, action: str, value: Any) -> None:
        record.is_shared = bool(value)
        self._queue.write(record)

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
        if self._is_taken(name):
            raise QueryError("There is something named {name} already. Take another name.", name=name)
        return name

    def _is_taken(self, name: str) -> bool:
        """Returns whether a run, a recipe or a model has this name."""
        taken = {record.name for record in self._queue.records.values()} | set(RECIPES)
        taken |= {model for record in self._queue.records.values() for model in record.models}
        return name in taken or any((root / name).exists() for root in self.roots)

    def _find_free(self, name: str) -> str:
        """Returns the name, with a number behind it if another run has it."""
        taken = {record.name for record in self._queue.records.values() if not record.is_recorded}
        number = 1
        numbered = name
        while numbered in taken:
            number += 1
            numbered = f"{name} {number}"
        return numbered

    def _find(self, run: str) -> RunRecord:
        with self._queue.changed:
            if run not in self._queue.records:
                raise QueryError("There is no run {run!r:.20}.", run=run)
            return self._queue.records[run]

    # What is told

    def _describe_engine(self, visitor: Visitor) -> Message:
        reason = self.explain_refusal(visitor) or self.missing
        first = self._queue.processes[0]
        return {
            "allowed": not reason,
            "reason": reason,
            "isOwner": visitor.is_owner,
            "engine": "missing" if self.missing else first.engine,
            "share": round(first.share, 3),
            "problem": first.problem,
        }

    def _describe(self, visitor: Visitor, record: RunRecord) -> Message:
        is_mine = self.is_mine(visitor, record.owner)
        return {
            "id": record.id,
            "name": record.name,
            "recipe": record.recipe["name"],
            "changes": record.changes,
            "state": record.state,
            "isMine": is_mine,
            "isShared": record.is_shared,
            "isRecorded": record.is_recorded,
            "place": self._queue.find_place(record),
            "share": round(record.share, 4),
            "secondsLeft": record.seconds_left if record.state != "waiting" else self._queue.estimate_wait(record),
            "accuracy": record.accuracy,
            "best": record.best,
            "model": record.model if is_mine or record.is_shared else "",
            "problem": hide_folders(record.problem),
            "begun": round(record.begun, 1),
            "seconds": round(record.seconds, 1),
            "trained": record.share > 0,
            "epochs": record.recipe["epochs"],
        }


def _digest(visitor: Visitor) -> str:
    """Returns what a visitor is called on disk and to a process: the id itself would let others take it."""
    return hashlib.sha256(visitor.id.encode()).hexdigest()[:16]


def _find_missing() -> str:
    """Returns what is missing to train; empty for nothing."""
    try:
        check_installed()
    except MissingPackageError as error:
        return str(error)
    return ""
