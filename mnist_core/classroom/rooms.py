"""Rooms: opened by a teacher, found by code or token, locked, paused, ended.

Whatever changes raises the room's version, by which screens ask for news. A device follows only what concerns all
devices, or itself: see `raise_version`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import RoomError, UnknownRoomError
from .codes import PHONE_CODE_LENGTH, is_token, make_code, make_token, read_code

LIFETIME_SECONDS = 4 * 3600
PHONE_CODE_SECONDS = 10 * 60
MOST_ROOMS = 100
MOST_CONTROLS = 10

Role = Literal["teacher", "wall"]


@dataclass(frozen=True)
class Room:
    """A room as it is now.

    Args:
        id: Its number in the file.
        code: What pupils type.
        expires: When it is deleted, in seconds since 1970.
        version: Rises with every change.
        shared_version: The version of the last change that all devices must see.
        round_id: The round that runs.
        is_locked: Whether nobody new may join.
        is_paused: Whether devices are to put their pens down.
    """

    id: int
    code: str
    expires: int
    version: int
    shared_version: int
    round_id: int
    is_locked: bool
    is_paused: bool


def add_room(connection: sqlite3.Connection, now: float) -> tuple[Room, str, str]:
    """Opens a room without a round; returns it, its teacher's token and its wall's.

    Raises:
        RoomError: There are too many.
    """
    # Rooms that nobody has joined must not keep a class out.
    connection.execute(
        "DELETE FROM rooms WHERE NOT EXISTS (SELECT 1 FROM pupils WHERE room_id = rooms.id) AND id NOT IN "
        "(SELECT id FROM rooms ORDER BY id DESC LIMIT ?)",
        (MOST_ROOMS // 2,),
    )
    if connection.execute("SELECT count(*) FROM rooms").fetchone()[0] >= MOST_ROOMS:
        raise RoomError("This server has {most} open rooms, and no place for another. End one first.", most=MOST_ROOMS)
    while True:
        code = make_code()
        if not connection.execute("SELECT 1 FROM rooms WHERE code = ?", (code,)).fetchone():
            break
    added = connection.execute(
        "INSERT INTO rooms (code, expires) VALUES (?, ?) RETURNING id", (code, int(now) + LIFETIME_SECONDS)
    ).fetchone()
    teacher, wall = (_add_key(connection, added["id"], role) for role in ("teacher", "wall"))
    return read_room(connection, added["id"]), teacher, wall


def read_room(connection: sqlite3.Connection, room_id: int) -> Room:
    """Returns a room that is there."""
    return _to_room(connection.execute("SELECT * FROM rooms WHERE id = ?", (room_id,)).fetchone())


def find_by_code(connection: sqlite3.Connection, code: Any, now: float) -> Room:
    """Returns the room that pupils join with a code, however it was typed.

    Raises:
        UnknownRoomError: There is none.
    """
    found = connection.execute("SELECT * FROM rooms WHERE code = ? AND expires > ?", (read_code(code), now)).fetchone()
    if not found:
        raise UnknownRoomError("No room has this code. Look at it once more; a lesson's room closes when it ends.")
    return _to_room(found)


def find_by_key(connection: sqlite3.Connection, token: Any, role: Role, now: float) -> Room:
    """Returns the room that a token of the teacher or of the wall belongs to.

    Raises:
        UnknownRoomError: There is none.
        RoomError: The token is for something else, as a pupil's is.
    """
    if not is_token(token):
        raise ended()
    found = connection.execute(
        "SELECT rooms.*, role FROM keys JOIN rooms ON rooms.id = room_id WHERE token = ? AND expires > ?", (token, now)
    ).fetchone()
    is_device = not found and connection.execute("SELECT 1 FROM devices WHERE token = ?", (token,)).fetchone()
    if is_device or (found and found["role"] != role):
        if role == "teacher":
            raise RoomError("Only the teacher can do this.")
        raise RoomError("This link does not lead to a room's wall.")
    if not found:
        raise ended()
    return _to_room(found)


def find_by_round(connection: sqlite3.Connection, round_id: int, now: float) -> Room:
    """Returns the room of a round that the server knows.

    Raises:
        UnknownRoomError: It has ended.
    """
    found = connection.execute(
        "SELECT rooms.* FROM rounds JOIN rooms ON rooms.id = room_id WHERE rounds.id = ? AND expires > ?",
        (round_id, now),
    ).fetchone()
    if not found:
        raise ended()
    return _to_room(found)


def find_by_device(connection: sqlite3.Connection, token: Any, now: float) -> tuple[Room, sqlite3.Row]:
    """Returns the room of a device, and the device's row.

    Raises:
        UnknownRoomError: There is none.
    """
    device = is_token(token) and connection.execute("SELECT * FROM devices WHERE token = ?", (token,)).fetchone()
    if not device:
        raise ended()
    room = read_room(connection, device["room_id"])
    if room.expires <= now:
        raise ended()
    return room, device


def raise_version(
    connection: sqlite3.Connection, room_id: int, *, is_shared: bool = False, devices: tuple[int | None, ...] = ()
) -> int:
    """Returns the room's new version.

    Args:
        connection: An open transaction that writes.
        room_id: The room that has changed.
        is_shared: Whether all devices must see it.
        devices: Otherwise, those that must.
    """
    (version,) = connection.execute(
        "UPDATE rooms SET version = version + 1, shared_version = iif(?, version + 1, shared_version) WHERE id = ? "
        "RETURNING version",
        (is_shared, room_id),
    ).fetchone()
    connection.executemany("UPDATE devices SET version = ? WHERE id = ?", [(version, device) for device in devices])
    return int(version)


def set_locked(connection: sqlite3.Connection, room: Room, is_locked: bool) -> None:
    """Lets nobody new join, or everybody again."""
    connection.execute("UPDATE rooms SET is_locked = ? WHERE id = ?", (is_locked, room.id))
    raise_version(connection, room.id)


def set_paused(connection: sqlite3.Connection, room: Room, is_paused: bool) -> None:
    """Tells all devices to put their pens down, or to go on; what was drawn until then still arrives."""
    connection.execute("UPDATE rooms SET is_paused = ? WHERE id = ?", (is_paused, room.id))
    raise_version(connection, room.id, is_shared=True)


def add_phone_code(connection: sqlite3.Connection, room: Room, now: float) -> str:
    """Returns a code that opens the controls on another device, once and within ten minutes; it replaces the last."""
    code = make_code(PHONE_CODE_LENGTH)
    connection.execute("DELETE FROM phone_codes WHERE room_id = ?", (room.id,))
    connection.execute("INSERT INTO phone_codes VALUES (?, ?, ?)", (code, room.id, int(now) + PHONE_CODE_SECONDS))
    return code


def use_phone_code(connection: sqlite3.Connection, code: Any, now: float) -> str:
    """Returns a token of the teacher for the device on which a phone code was typed.

    Raises:
        UnknownRoomError: It was used, is too old, or never was one.
        RoomError: Too many devices have the controls.
    """
    found = connection.execute(
        "DELETE FROM phone_codes WHERE code = ? AND expires > ? RETURNING room_id", (read_code(code), now)
    ).fetchone()
    if not found or read_room(connection, found["room_id"]).expires <= now:
        raise UnknownRoomError(
            "This code opens no controls: it works once, for ten minutes. Ask for a new one on the first screen."
        )
    if count_controls(connection, found["room_id"]) >= MOST_CONTROLS:
        raise RoomError("{most} devices have the controls of this room. Close the others first.", most=MOST_CONTROLS)
    raise_version(connection, found["room_id"])
    return _add_key(connection, found["room_id"], "teacher")


def count_controls(connection: sqlite3.Connection, room_id: int) -> int:
    """Returns how many devices have the teacher's controls."""
    found = connection.execute("SELECT count(*) FROM keys WHERE room_id = ? AND role = 'teacher'", (room_id,))
    return int(found.fetchone()[0])


def find_wall(connection: sqlite3.Connection, room_id: int) -> str:
    """Returns the token of a room's wall."""
    found = connection.execute("SELECT token FROM keys WHERE room_id = ? AND role = 'wall'", (room_id,))
    return str(found.fetchone()[0])


def drop_other_controls(connection: sqlite3.Connection, room: Room, token: str) -> None:
    """Takes the controls from all devices but the one with this token."""
    connection.execute("DELETE FROM phone_codes WHERE room_id = ?", (room.id,))
    connection.execute("DELETE FROM keys WHERE room_id = ? AND role = 'teacher' AND token != ?", (room.id, token))
    raise_version(connection, room.id)


def drop_room(connection: sqlite3.Connection, room: Room) -> None:
    """Deletes a room with everything in it."""
    connection.execute("DELETE FROM rooms WHERE id = ?", (room.id,))


def drop_expired(connection: sqlite3.Connection, now: float) -> int:
    """Deletes the rooms whose time has passed; returns how many there were."""
    connection.execute("DELETE FROM phone_codes WHERE expires <= ?", (now,))
    return connection.execute("DELETE FROM rooms WHERE expires <= ?", (now,)).rowcount


def _add_key(connection: sqlite3.Connection, room_id: int, role: Role) -> str:
    token = make_token()
    connection.execute("INSERT INTO keys VALUES (?, ?, ?)", (token, room_id, role))
    return token


def ended() -> UnknownRoomError:
    """Returns the error of a token that belongs to no room."""
    return UnknownRoomError("This room is closed: the lesson has ended. With a new code, you can join another.")


def _to_room(row: sqlite3.Row) -> Room:
    return Room(
        row["id"],
        row["code"],
        row["expires"],
        row["version"],
        row["shared_version"],
        row["round_id"],
        bool(row["is_locked"]),
        bool(row["is_paused"]),
    )
