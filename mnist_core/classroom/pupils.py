"""Pupils and their devices. A pupil is an animal; a device is a token, and may be shared by several pupils."""

from __future__ import annotations

import random
import sqlite3
from typing import Any

from ..errors import QueryError, RoomError
from .animals import ANIMALS, BEST_KNOWN
from .codes import is_token, make_token
from .database import check_id
from .rooms import Room, raise_version

MOST_PUPILS = 300
MOST_PUPILS_OF_DEVICE = 60
_MOST_DEVICES = 1_000
# How often it is written down that a device is there.
SEEN_SECONDS = 5


def join(connection: sqlite3.Connection, room: Room, token: Any, now: float) -> str:
    """Lets a device in, with an animal for its pupil; returns its token.

    Args:
        connection: An open transaction that writes.
        room: The room.
        token: None, or one that the device has made up, so that it may repeat a join whose answer was lost.
        now: Seconds since 1970.

    Raises:
        RoomError: The room is locked or full.
    """
    device = _find_device(connection, room, token)
    if device and device["pupil_id"]:
        return str(device["token"])
    if room.is_locked:
        raise RoomError("The teacher has locked this room: nobody new can join. Ask the teacher.")
    device = device or _add_device(connection, room, token)
    add_pupil(connection, room, device["id"], now)
    return str(device["token"])


def add_for_teacher(connection: sqlite3.Connection, room: Room, now: float) -> str:
    """Adds a pupil without a device, as for a sheet of paper, even to a locked room; returns a token to draw with.

    Raises:
        RoomError: The room is full.
    """
    device = _add_device(connection, room, None)
    connection.execute("UPDATE devices SET is_paper = 1 WHERE id = ?", (device["id"],))
    add_pupil(connection, room, device["id"], now)
    return str(device["token"])


def add_pupil(connection: sqlite3.Connection, room: Room, device_id: int, now: float) -> int:
    """Gives a device a pupil with an animal that nobody in the room has; returns the pupil's id.

    Raises:
        RoomError: The room is full, or the device has too many.
    """
    taken = _list_taken(connection, room)
    own = connection.execute("SELECT count(*) FROM pupils WHERE device_id = ?", (device_id,)).fetchone()[0]
    if len(taken) >= MOST_PUPILS:  # who has left without a drawing makes room
        connection.execute(
            "DELETE FROM pupils WHERE room_id = ? AND has_left "
            "AND NOT EXISTS (SELECT 1 FROM drawings WHERE pupil_id = pupils.id)",
            (room.id,),
        )
        taken = _list_taken(connection, room)
    if len(taken) >= MOST_PUPILS or own >= MOST_PUPILS_OF_DEVICE:
        raise RoomError("This room is full: it has {num} animals.", num=len(taken))
    animal, number = _choose_animal(taken)
    (pupil_id,) = connection.execute(
        "INSERT INTO pupils (room_id, device_id, animal, number, seen) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (room.id, device_id, animal, number, int(now)),
    ).fetchone()
    _give_pupil(connection, device_id, pupil_id)
    raise_version(connection, room.id, devices=(device_id,))
    return int(pupil_id)


def pass_on(connection: sqlite3.Connection, room: Room, device: sqlite3.Row, pupil_id: Any, now: float) -> None:
    """Gives a device to the next pupil: to a new one for None, or back to one who drew on it before.

    A locked room locks strangers out, not those who share a device.

    Raises:
        RoomError: The room is full.
        QueryError: That pupil has not drawn on this device.
    """
    if pupil_id is None:
        add_pupil(connection, room, device["id"], now)
        return
    check_is_of_device(connection, device, pupil_id)
    _give_pupil(connection, device["id"], pupil_id)
    raise_version(connection, room.id, devices=(device["id"],))


def check_is_of_device(connection: sqlite3.Connection, device: sqlite3.Row, pupil_id: Any) -> int:
    """Returns the pupil's id, if that pupil draws on this device.

    Raises:
        QueryError: It is another's.
    """
    check_id("pupil", pupil_id)
    found = connection.execute("SELECT 1 FROM pupils WHERE id = ? AND device_id = ?", (pupil_id, device["id"]))
    if not found.fetchone():
        raise QueryError("This animal draws on another device. Ask the teacher to let it in here.")
    return int(pupil_id)


def leave(connection: sqlite3.Connection, room: Room, device: sqlite3.Row) -> None:
    """Takes the device's pupil out of the room; what the pupil has drawn stays."""
    connection.execute("UPDATE pupils SET has_left = 1, device_id = NULL WHERE id = ?", (device["pupil_id"],))
    _give_pupil(connection, device["id"], None)
    raise_version(connection, room.id, devices=(device["id"],))


def remove(connection: sqlite3.Connection, room: Room, pupil_id: Any) -> None:
    """Takes a pupil out of the room for the teacher, and hides what the pupil has drawn.

    Raises:
        QueryError: There is no such pupil.
    """
    pupil = find_pupil(connection, room, pupil_id)
    version = raise_version(connection, room.id, is_shared=True)
    connection.execute("UPDATE devices SET pupil_id = NULL WHERE pupil_id = ?", (pupil["id"],))
    connection.execute("UPDATE pupils SET has_left = 1, device_id = NULL WHERE id = ?", (pupil["id"],))
    connection.execute("UPDATE drawings SET state = 'hidden', version = ? WHERE pupil_id = ?", (version, pupil["id"]))


def ask_back(connection: sqlite3.Connection, room: Room, pupil_id: Any, token: Any) -> str:
    """Asks the teacher to let a pupil in who has lost the token, even to a locked room; returns a new one.

    Args:
        connection: An open transaction that writes.
        room: The room.
        pupil_id: Who the pupil was.
        token: As of `join`.

    Raises:
        QueryError: There is no such pupil.
        RoomError: Too many devices have come.
    """
    pupil = find_pupil(connection, room, pupil_id)
    device = _find_device(connection, room, token) or _add_device(connection, room, token)
    if device["pupil_id"] != pupil["id"]:
        connection.execute("UPDATE devices SET wanted_id = ? WHERE id = ?", (pupil["id"], device["id"]))
        raise_version(connection, room.id, devices=(device["id"],))
    return str(device["token"])


def answer_request(connection: sqlite3.Connection, room: Room, device_id: Any, is_granted: bool) -> None:
    """Lets the pupil in for whom a device asks, and takes the animal from the device before; or refuses.

    Raises:
        QueryError: No such device asks.
    """
    check_id("device", device_id)
    device = connection.execute(
        "SELECT * FROM devices WHERE id = ? AND room_id = ? AND wanted_id IS NOT NULL", (device_id, room.id)
    ).fetchone()
    if not device:
        raise QueryError("This device does not ask for an animal any more.")
    wanted, holders = device["wanted_id"], []
    if is_granted:
        holders = connection.execute("SELECT id FROM devices WHERE pupil_id = ?", (wanted,)).fetchall()
        connection.execute("UPDATE devices SET pupil_id = NULL WHERE pupil_id = ?", (wanted,))
        connection.execute("UPDATE pupils SET has_left = 0, device_id = ? WHERE id = ?", (device["id"], wanted))
        _give_pupil(connection, device["id"], wanted)
    connection.execute("UPDATE devices SET wanted_id = NULL WHERE id = ?", (device["id"],))
    raise_version(connection, room.id, devices=(device["id"], *(holder["id"] for holder in holders)))


def is_noted(connection: sqlite3.Connection, device: sqlite3.Row, now: float) -> bool:
    """Returns whether it has been written down lately that a device is there; of one without a pupil it need not be."""
    found = connection.execute("SELECT seen FROM pupils WHERE id = ?", (device["pupil_id"],)).fetchone()
    return not found or now - found["seen"] < SEEN_SECONDS


def note_seen(connection: sqlite3.Connection, device: sqlite3.Row, now: float) -> None:
    """Writes down that a device is there."""
    connection.execute("UPDATE pupils SET seen = ? WHERE id = ?", (int(now), device["pupil_id"]))


def find_pupil(connection: sqlite3.Connection, room: Room, pupil_id: Any) -> sqlite3.Row:
    """Returns the row of a pupil, named from outside.

    Raises:
        QueryError: There is no such pupil.
    """
    check_id("pupil", pupil_id)
    found = connection.execute("SELECT * FROM pupils WHERE id = ? AND room_id = ?", (pupil_id, room.id)).fetchone()
    if not found:
        raise QueryError("This room has no such animal.")
    return found


def list_pupils(connection: sqlite3.Connection, room: Room) -> list[sqlite3.Row]:
    """Returns the rows of all pupils who ever joined, the first first; `has_device` says who has one at hand now."""
    return connection.execute(
        "SELECT pupils.*, coalesce(devices.pupil_id = pupils.id AND NOT is_paper, 0) AS has_device "
        "FROM pupils LEFT JOIN devices ON devices.id = device_id WHERE pupils.room_id = ? ORDER BY pupils.id",
        (room.id,),
    ).fetchall()


def describe_pupil(pupil: sqlite3.Row) -> dict[str, Any]:
    """Returns what screens show of a pupil: `id`, `animal` (a key), `number` (1, or which of that animal), `symbol`."""
    symbol = ANIMALS.get(pupil["animal"], "")
    return {"id": pupil["id"], "animal": pupil["animal"], "number": pupil["number"], "symbol": symbol}


def _choose_animal(taken: set[tuple[str, int]]) -> tuple[str, int]:
    """One of the best known while they last, of which no two share a symbol; when all are taken, they are numbered."""
    number = 1 + len(taken) // len(ANIMALS)
    free, known = ([name for name in names if (name, number) not in taken] for names in (ANIMALS, BEST_KNOWN))
    return random.choice(known or free), number


def _list_taken(connection: sqlite3.Connection, room: Room) -> set[tuple[str, int]]:
    found = connection.execute("SELECT animal, number FROM pupils WHERE room_id = ?", (room.id,))
    return {(row["animal"], row["number"]) for row in found}


def _give_pupil(connection: sqlite3.Connection, device_id: int, pupil_id: int | None) -> None:
    connection.execute("UPDATE devices SET pupil_id = ? WHERE id = ?", (pupil_id, device_id))


def _find_device(connection: sqlite3.Connection, room: Room, token: Any) -> sqlite3.Row | None:
    """The device of a room with that token, if there is one."""
    if not is_token(token):
        return None
    found: sqlite3.Row | None = connection.execute(
        "SELECT * FROM devices WHERE token = ? AND room_id = ?", (token, room.id)
    ).fetchone()
    return found


def _add_device(connection: sqlite3.Connection, room: Room, token: Any) -> sqlite3.Row:
    """A new device; its token is its own where it can be."""
    num_devices = connection.execute("SELECT count(*) FROM devices WHERE room_id = ?", (room.id,)).fetchone()[0]
    if num_devices >= _MOST_DEVICES:
        raise RoomError("This room is full: {num} devices have joined it.", num=num_devices)
    is_free = is_token(token) and not connection.execute("SELECT 1 FROM devices WHERE token = ?", (token,)).fetchone()
    added: sqlite3.Row = connection.execute(
        "INSERT INTO devices (token, room_id) VALUES (?, ?) RETURNING *",
        (token if is_free else make_token(), room.id),
    ).fetchone()
    return added
