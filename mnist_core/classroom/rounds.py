"""Rounds: an activity that runs in a room, from its start to the start of the next."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from ..checks import check_choice, check_whole
from ..errors import QueryError, RoomError
from .activities import ACTIVITIES, DEFAULT, Activity, Settings, Step, read_object
from .database import check_id
from .rooms import Room, raise_version

# Of raised hands.
_MOST_HANDS = 1000
# Of rounds in which nothing was drawn, so many are kept.
_MOST_EMPTY = 100


@dataclass(frozen=True)
class Round:
    """A round as it is now.

    Args:
        id: Its number in the file.
        activity: What the class does.
        settings: How.
        step_number: Which step of the activity it is at.
        began: When that step did, in seconds since 1970.
        version: The room's version then: what screens know from before it is out of date.
        told: What the server has told of it, such as the progress of a training.
        hands: Raised hands for each choice, counted by the teacher; empty where there are none.
    """

    id: int
    activity: Activity
    settings: Settings
    step_number: int
    began: int
    version: int
    told: Settings
    hands: list[int]

    @property
    def step(self) -> Step:
        """The step that it is at."""
        return self.activity.steps[self.step_number]


def start_round(connection: sqlite3.Connection, room: Room, activity: Any, settings: Any, now: float) -> Round:
    """Starts an activity with settings from outside, see `activities`; "our_handwriting" goes on where it was left.

    Raises:
        QueryError: There is no such activity, or its settings are wrong.
    """
    check_choice("activity", activity, tuple(ACTIVITIES))
    read = json.dumps(ACTIVITIES[activity].read_settings(settings))
    version = raise_version(connection, room.id, is_shared=True)
    earlier = (
        activity == DEFAULT
        and connection.execute(
            "SELECT id FROM rounds WHERE room_id = ? AND activity = ?", (room.id, activity)
        ).fetchone()
    )
    if earlier:
        round_id = earlier["id"]
        connection.execute("UPDATE rounds SET step = 0, began = ?, version = ? WHERE id = ?", (now, version, round_id))
        if settings:
            connection.execute("UPDATE rounds SET settings = ? WHERE id = ?", (read, round_id))
    else:
        (round_id,) = connection.execute(
            "INSERT INTO rounds (room_id, activity, settings, began, version) VALUES (?, ?, ?, ?, ?) RETURNING id",
            (room.id, activity, read, int(now), version),
        ).fetchone()
    connection.execute("UPDATE rooms SET round_id = ? WHERE id = ?", (round_id, room.id))
    connection.execute(
        "DELETE FROM rounds WHERE room_id = ? AND activity != ? AND id NOT IN "
        "(SELECT id FROM rounds WHERE room_id = ? ORDER BY id DESC LIMIT ?) "
        "AND NOT EXISTS (SELECT 1 FROM drawings WHERE round_id = rounds.id)",
        (room.id, DEFAULT, room.id, _MOST_EMPTY),
    )
    return read_round(connection, round_id)


def read_round(connection: sqlite3.Connection, round_id: int) -> Round:
    """Returns a round that is there."""
    return _to_round(connection.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)).fetchone())


def find_round(connection: sqlite3.Connection, room: Room, round_id: Any) -> Round:
    """Returns a round of a room, named from outside: what a device sends late belongs to the round that it was in.

    Raises:
        QueryError: The room has no such round.
    """
    check_id("round", round_id)
    found = connection.execute("SELECT * FROM rounds WHERE id = ? AND room_id = ?", (round_id, room.id)).fetchone()
    if not found:
        raise QueryError("This room has no activity {round_id}.", round_id=round_id)
    return _to_round(found)


def set_step(connection: sqlite3.Connection, room: Room, name: Any, now: float) -> None:
    """Leads the class to a step of the activity that runs.

    Raises:
        QueryError: There is no such step.
        RoomError: It is an earlier one in which everybody commits to an answer, which all have seen since.
    """
    current = read_round(connection, room.round_id)
    number = current.activity.find_step(name)
    if number < current.step_number and current.activity.steps[number].num_choices:
        raise RoomError("The answers have been shown, so nobody can guess any more. Start the activity again.")
    version = raise_version(connection, room.id, is_shared=True)
    connection.execute(
        "UPDATE rounds SET step = ?, began = ?, version = ? WHERE id = ?", (number, int(now), version, current.id)
    )


def find_current(connection: sqlite3.Connection, room: Room, activity: str) -> Round:
    """Returns the round that runs.

    Raises:
        RoomError: It is about something else than this activity.
    """
    current = read_round(connection, room.round_id)
    if current.activity.name != activity:
        raise RoomError("The class does something else now. Start the activity first.")
    return current


def find_last(connection: sqlite3.Connection, room: Room, activity: str) -> Round:
    """Returns the last round of an activity.

    Raises:
        RoomError: There was none.
    """
    found = connection.execute(
        "SELECT * FROM rounds WHERE room_id = ? AND activity = ? ORDER BY id DESC", (room.id, activity)
    ).fetchone()
    if not found:
        raise RoomError("The class has not done this yet.")
    return _to_round(found)


def tell(connection: sqlite3.Connection, room: Room, round_id: int, values: Any) -> None:
    """Adds values of the server to a round, for the wall; those under `devices` are for devices, too.

    Raises:
        QueryError: They are no object, or too large.
    """
    told = read_object("values", {**read_round(connection, round_id).told, **read_object("values", values)})
    connection.execute("UPDATE rounds SET told = ? WHERE id = ?", (json.dumps(told), round_id))
    raise_version(connection, room.id, is_shared="devices" in values)


def count_hands(connection: sqlite3.Connection, room: Room, counts: Any) -> None:
    """Adds raised hands to what was guessed on devices: one number for each choice.

    Raises:
        RoomError: Nothing is guessed in this step.
        QueryError: The counts do not fit the choices.
    """
    num_choices = read_round(connection, room.round_id).step.num_choices
    if not num_choices:
        raise RoomError("There is nothing to guess now.")
    if not isinstance(counts, list) or len(counts) != num_choices:
        raise QueryError("Expected {num_choices} counts of raised hands.", num_choices=num_choices)
    hands = [check_whole("hands", count, 0, _MOST_HANDS) for count in counts]
    connection.execute("UPDATE rounds SET hands = ? WHERE id = ?", (json.dumps(hands), room.round_id))
    raise_version(connection, room.id)


def _to_round(row: sqlite3.Row) -> Round:
    return Round(
        row["id"],
        ACTIVITIES[row["activity"]],
        json.loads(row["settings"]),
        row["step"],
        row["began"],
        row["version"],
        json.loads(row["told"]),
        json.loads(row["hands"]),
    )
