"""The rooms of a server: who may do what, within which limits, and until when. Knows nothing of Gradio.

Whoever asks sends a token: a `device` that of its pupils, a `teacher` or a `wall` theirs; a pupil's opens nothing of
the teacher's. Codes that people type are tried with the `address` that they come from, which is kept in memory alone.
All methods are safe to call from any thread, and may be called by several servers on one file at once.

    room = rooms.open_room()                                  # {"teacher", "wall", "code"}
    device = rooms.join(room["code"], address)                # a token
    rooms.submit(device, round_id, Sent(1, ink=strokes, label=7), [Reading("sketchnet", probabilities, True)])
    rooms.show_device(device, since=0), rooms.show_wall(room["wall"], since=0), rooms.show_teacher(room["teacher"], 0)

Errors of all methods: UnknownRoomError where the room has ended or the code is wrong (forget the token, show the page
to join); RoomError and QueryError where something is not allowed, or not now (say so); RefusedError for too many wrong
codes; InkError and PictureError for a drawing that cannot be kept; StorageError where the file is busy, full or broken
(send again in a few seconds: what has arrived is never doubled).
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..classroom import answers, class_set, drawings, pupils, rounds, snapshots
from ..classroom import rooms as core
from ..classroom.activities import DEFAULT
from ..classroom.class_set import ClassSet
from ..classroom.database import Database
from ..classroom.drawings import Reading, Sent
from ..classroom.rooms import Room
from ..classroom.views import View
from ..errors import StorageError, UnknownRoomError
from .guess_limit import GuessLimit

FILE_NAME = "classroom.sqlite"
SWEEP_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Rooms:
    """The rooms in one cache folder.

    Args:
        cache_dir: The folder; the file in it is made with the first room.
        clock: Gives seconds since 1970.
        limit: Counts wrong codes.
    """

    def __init__(
        self, cache_dir: Path, clock: Callable[[], float] = time.time, limit: GuessLimit | None = None
    ) -> None:
        self._database = Database(cache_dir / FILE_NAME)
        self._clock = clock
        self._limit = limit or GuessLimit()
        self._is_closed = threading.Event()
        threading.Thread(target=self._sweep_often, daemon=True).start()

    def close(self) -> None:
        """Stops deleting what has expired, and closes the file; the rooms stay in it."""
        self._is_closed.set()
        self._database.close()

    def sweep(self) -> None:
        """Deletes expired rooms, overwrites what was deleted, and forgets old addresses."""
        self._limit.forget()
        if not self._database.path.exists():
            return
        with self._database.write() as connection:
            num_expired = core.drop_expired(connection, self._clock())
        if num_expired:
            _log.info("expired rooms that were deleted: %d", num_expired)
        self._database.forget()

    # By code

    def open_room(self) -> dict[str, str]:
        """Opens a room, at "our_handwriting"; returns the tokens `teacher` and `wall`, and the `code` to join with."""
        now = self._clock()
        with self._database.write() as connection:
            core.drop_expired(connection, now)
            room, teacher, wall = core.add_room(connection, now)
            rounds.start_round(connection, room, DEFAULT, {}, now)
        return {"teacher": teacher, "wall": wall, "code": room.code}

    def join(self, code: Any, address: str, device: Any = None) -> str:
        """Lets a device in; returns its token: the `device` that it has made up (20 to 64 letters), or a new one.

        With a token of its own a device may repeat the call when no answer came, and still has one animal.
        """
        with self._try_code(address), self._database.write() as connection:
            room = core.find_by_code(connection, code, self._clock())
            return pupils.join(connection, room, device, self._clock())

    def list_pupils(self, code: Any, address: str) -> list[View]:
        """Returns the animals of a room, see `describe_pupil`, for a pupil who has lost the token and was one."""
        with self._try_code(address), self._read() as connection:
            room = core.find_by_code(connection, code, self._clock())
            return [pupils.describe_pupil(pupil) for pupil in pupils.list_pupils(connection, room)]

    def ask_back(self, code: Any, pupil: Any, address: str, device: Any = None) -> str:
        """Asks the teacher to let a pupil in again on this device; returns its token, as `join` does."""
        with self._try_code(address), self._database.write() as connection:
            room = core.find_by_code(connection, code, self._clock())
            return pupils.ask_back(connection, room, pupil, device)

    def open_controls(self, phone_code: Any, address: str) -> str:
        """Returns a token of the teacher for the device on which a phone code was typed; it works once."""
        with self._try_code(address), self._database.write() as connection:
            return core.use_phone_code(connection, phone_code, self._clock())

    # Devices

    def pass_on(self, device: Any, pupil: Any = None) -> None:
        """Gives a device to a new pupil, or back to one of its `pupils`, by id."""
        with self._change_as_device(device) as (connection, room, row):
            pupils.pass_on(connection, room, row, pupil, self._clock())

    def leave(self, device: Any) -> None:
        """Takes the device's pupil out of the room."""
        with self._change_as_device(device) as (connection, room, row):
            pupils.leave(connection, room, row)

    def has_arrived(self, device: Any, number: Any) -> bool:
        """Returns whether a drawing is there: then no network need read it again."""
        with self._read() as connection:
            _, row = core.find_by_device(connection, device, self._clock())
            return drawings.is_known(connection, row, number)

    def find_level(self, device: Any, round_id: Any) -> str:
        """Returns which network a round is to fool; empty where it is about something else."""
        with self._read() as connection:
            room, _ = core.find_by_device(connection, device, self._clock())
            return str(rounds.find_round(connection, room, round_id).settings.get("level", ""))

    def submit(self, device: Any, round_id: Any, sent: Sent, readings: Sequence[Reading] = ()) -> None:
        """Keeps a drawing; one whose number has arrived before changes nothing, and is no error.

        Args:
            device: The device's token.
            round_id: `activity.round` of the snapshot that the device showed when it was drawn.
            sent: The drawing.
            readings: What networks make of it, the most important first.
        """
        if self.has_arrived(device, sent.number):
            return
        packed = drawings.pack(sent)
        with self._change_as_device(device) as (connection, room, row):
            if not drawings.is_known(connection, row, sent.number):
                current = rounds.find_round(connection, room, round_id)
                drawings.add_drawing(connection, current, row, sent, packed, readings, self._clock())

    def guess(self, device: Any, round_id: Any, answer: Any) -> None:
        """Commits the device's pupil to one of a step's choices, from 0, until they are shown."""
        with self._change_as_device(device) as (connection, room, row):
            answers.guess(connection, room, row, round_id, answer)

    def vote(self, device: Any, drawing: Any, answer: Any) -> None:
        """Votes on one of `to_vote`, by id: the digit that the pupil reads; in "Fool the network", 1 or 0."""
        with self._change_as_device(device) as (connection, room, row):
            answers.vote(connection, room, row, drawing, answer)

    def answer_question(self, device: Any, round_id: Any, question: Any, answer: Any) -> None:
        """Answers one of the three questions (0 to 2) with one of six choices at most, from 0."""
        with self._change_as_device(device) as (connection, room, row):
            answers.answer_question(connection, room, row, round_id, question, answer)

    # The teacher

    def check_teacher(self, teacher: Any) -> str:
        """Makes sure that a token is a teacher's; returns the code of the room."""
        with self._read() as connection:
            return self._find(connection, teacher, "teacher").code

    def make_phone_code(self, teacher: Any) -> str:
        """Returns a code for `open_controls`, good for ten minutes."""
        with self._change_as_teacher(teacher) as (connection, room):
            return core.add_phone_code(connection, room, self._clock())

    def close_other_controls(self, teacher: Any) -> None:
        """Takes the controls from all other devices."""
        with self._change_as_teacher(teacher) as (connection, room):
            core.drop_other_controls(connection, room, teacher)

    def lock(self, teacher: Any, is_locked: bool) -> None:
        """Lets nobody new join, or everybody again."""
        with self._change_as_teacher(teacher) as (connection, room):
            core.set_locked(connection, room, bool(is_locked))

    def pause(self, teacher: Any, is_paused: bool) -> None:
        """Tells all devices to stop, or to go on."""
        with self._change_as_teacher(teacher) as (connection, room):
            core.set_paused(connection, room, bool(is_paused))

    def start_activity(self, teacher: Any, activity: Any, settings: Any = None) -> None:
        """Starts an activity, see `classroom.activities`; the same one again starts a new round."""
        with self._change_as_teacher(teacher) as (connection, room):
            rounds.start_round(connection, room, activity, settings or {}, self._clock())

    def end_activity(self, teacher: Any) -> None:
        """Goes back to "our_handwriting", where it was left."""
        self.start_activity(teacher, DEFAULT)

    def set_step(self, teacher: Any, step: Any) -> None:
        """Leads the class to a step of the activity, by name."""
        with self._change_as_teacher(teacher) as (connection, room):
            rounds.set_step(connection, room, step, self._clock())

    def find_round(self, teacher: Any, activity: str) -> tuple[str, int]:
        """Returns the code of a teacher's room, and the id of its round.

        Raises:
            RoomError: The class does something else than this activity.
        """
        with self._read() as connection:
            room = self._find(connection, teacher, "teacher")
            return room.code, rounds.find_current(connection, room, activity).id

    def find_told(self, code: str, activity: str) -> tuple[int, dict[str, Any]]:
        """Returns the id of a room's last round of an activity, and what the server has told of it.

        Raises:
            UnknownRoomError: The room has ended.
            RoomError: There was none.
        """
        with self._read() as connection:
            room = core.find_by_code(connection, code, self._clock())
            found = rounds.find_last(connection, room, activity)
            return found.id, found.told

    def tell(self, round_id: int, values: Any, step: str = "") -> None:
        """Adds values of the server, such as the progress of a training, to `activity.told` of a round.

        Those under `devices` reach devices. With a step, the class is led there, if it still is at this activity.

        Raises:
            UnknownRoomError: The room has ended.
        """
        now = self._clock()
        with self._database.write() as connection:
            room = core.find_by_round(connection, round_id, now)
            rounds.tell(connection, room, round_id, values)
            if step and room.round_id == round_id:
                rounds.set_step(connection, room, step, now)

    def count_hands(self, teacher: Any, counts: Any) -> None:
        """Adds raised hands to the guesses, one number for each choice; the last count replaces those before."""
        with self._change_as_teacher(teacher) as (connection, room):
            rounds.count_hands(connection, room, counts)

    def set_state(self, teacher: Any, drawing: Any, state: Any) -> None:
        """Makes a drawing, by id, "accepted", "hidden", or puts it back into the "tray"."""
        with self._change_as_teacher(teacher) as (connection, room):
            drawings.set_state(connection, room, drawing, state)

    def add_pupil(self, teacher: Any) -> str:
        """Adds a pupil without a device; returns a device's token, to submit what the teacher's pad holds with."""
        with self._change_as_teacher(teacher) as (connection, room):
            return pupils.add_for_teacher(connection, room, self._clock())

    def add_sheet(self, teacher: Any, round_id: int, drawn: Sequence[tuple[Sent, Sequence[Reading]]]) -> None:
        """Adds a pupil who has written on paper, with all drawings or, after an error, with none."""
        packed = [drawings.pack(sent) for sent, _ in drawn]
        with self._change_as_teacher(teacher) as (connection, room):
            token = pupils.add_for_teacher(connection, room, self._clock())
            _, row = core.find_by_device(connection, token, self._clock())
            current = rounds.find_round(connection, room, round_id)
            for (sent, readings), content in zip(drawn, packed, strict=True):
                drawings.add_drawing(connection, current, row, sent, content, readings, self._clock())

    def remove_pupil(self, teacher: Any, pupil: Any) -> None:
        """Takes a pupil, by id, out of the room and hides what the pupil has drawn."""
        with self._change_as_teacher(teacher) as (connection, room):
            pupils.remove(connection, room, pupil)

    def answer_request(self, teacher: Any, device: Any, is_granted: bool) -> None:
        """Lets a pupil in again on one of the `requests`' devices, by id, or refuses."""
        with self._change_as_teacher(teacher) as (connection, room):
            pupils.answer_request(connection, room, device, is_granted)

    def collect_class_set(self, teacher: Any) -> ClassSet:
        """Returns the class's labelled drawings, in two halves of pupils."""
        with self._read() as connection:
            rows = class_set.list_labelled(connection, self._find(connection, teacher, "teacher"))
        return class_set.build_class_set(rows)

    def add_class_set(self, teacher: Any, earlier: ClassSet) -> None:
        """Adds another class's drawings, see `load_class_set`, to this one's set."""
        packed = class_set.pack_earlier(earlier)
        with self._change_as_teacher(teacher) as (connection, room):
            class_set.add_earlier(connection, room, packed)

    def end_room(self, teacher: Any) -> None:
        """Deletes a room with everything in it."""
        with self._change_as_teacher(teacher) as (connection, room):
            core.drop_room(connection, room)
        with contextlib.suppress(StorageError):  # what fails here, the next sweep does
            self._database.forget()

    # What screens show

    def show_device(self, device: Any, since: Any = 0) -> View:
        """Returns what a device shows, if that has changed since a version; see `classroom.snapshots`."""
        now = self._clock()
        with self._read() as connection:
            room, row = core.find_by_device(connection, device, now)
            shown = snapshots.snapshot_for_device(connection, room, row, since, now)
            is_noted = pupils.is_noted(connection, row, now)
        if not is_noted:
            self._note_seen(row, now)
        return shown

    def show_wall(self, wall: Any, since: Any = 0) -> View:
        """Returns what the wall shows, if that has changed since a version."""
        with self._read() as connection:
            room = self._find(connection, wall, "wall")
            return snapshots.snapshot_for_wall(connection, room, since, self._clock())

    def show_teacher(self, teacher: Any, since: Any = 0) -> View:
        """Returns what the teacher's screen shows; how the pupils do is in it even if nothing else has changed."""
        with self._read() as connection:
            room = self._find(connection, teacher, "teacher")
            return snapshots.snapshot_for_teacher(connection, room, since, self._clock())

    @contextlib.contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        if not self._database.path.exists():
            raise core.ended()  # no room was ever opened here, or somebody has deleted the file
        with self._database.read() as connection:
            yield connection

    @contextlib.contextmanager
    def _change_as_device(self, device: Any) -> Iterator[tuple[sqlite3.Connection, Room, sqlite3.Row]]:
        with self._database.write() as connection:
            yield connection, *core.find_by_device(connection, device, self._clock())

    @contextlib.contextmanager
    def _change_as_teacher(self, teacher: Any) -> Iterator[tuple[sqlite3.Connection, Room]]:
        with self._database.write() as connection:
            yield connection, self._find(connection, teacher, "teacher")

    def _find(self, connection: sqlite3.Connection, token: Any, role: core.Role) -> Room:
        return core.find_by_key(connection, token, role, self._clock())

    @contextlib.contextmanager
    def _try_code(self, address: str) -> Iterator[None]:
        self._limit.check(address)
        try:
            yield
        except UnknownRoomError:
            self._limit.note_wrong(address)
            raise

    def _note_seen(self, row: sqlite3.Row, now: float) -> None:
        """That a device is there is written down if it can be at once: what it shows does not wait for it."""
        with contextlib.suppress(StorageError), self._database.write(may_wait=False) as connection:
            pupils.note_seen(connection, row, now)

    def _sweep_often(self) -> None:
        while True:
            try:
                self.sweep()
            except StorageError as error:
                _log.warning("%s", error)
            except Exception:  # whatever it is, the next sweep must come
                _log.exception("expired rooms could not be deleted")
            if self._is_closed.wait(SWEEP_SECONDS):
                return
