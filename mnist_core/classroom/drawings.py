"""Drawings: each arrives once, however often it is sent, and waits in the teacher's tray or is shown.

A device numbers what it sends. The number stands for the drawing: what comes again under it changes nothing.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import check_choice, check_whole
from ..errors import PictureError, QueryError, RoomError
from ..preprocessing.ink import IMAGE_SIZE
from .database import check_id
from .pupils import check_is_of_device
from .rooms import Room, raise_version
from .rounds import Round
from .strokes import pack_strokes, unpack_strokes

STATES = ("accepted", "tray", "hidden")
MOST_OF_ROOM = 6_000
MOST_OF_PUPIL = 300
_LARGEST_NUMBER = 1_000_000
_DECIMALS = 4


@dataclass(frozen=True)
class Reading:
    """What a network makes of a drawing.

    Args:
        network: Its name.
        probabilities: Of the ten digits, in [0, 1].
        is_digit: Whether it is recognised as a digit at all.
    """

    network: str
    probabilities: Sequence[float]
    is_digit: bool

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return int(np.argmax(self.probabilities))

    def as_dict(self) -> dict[str, Any]:
        """Returns it for screens: `network`, `digit`, `is_digit` and the probabilities, rounded."""
        rounded = [round(float(probability), _DECIMALS) for probability in self.probabilities]
        return {
            "network": self.network,
            "digit": self.digit,
            "is_digit": bool(self.is_digit),
            "probabilities": rounded,
        }


@dataclass(frozen=True)
class Sent:
    """A drawing as a device sends it.

    Args:
        number: Which of the device's drawings it is, from 1; the device counts on, whatever happens.
        ink: Strokes, as `check_ink` takes them; None where there is an image.
        image: float32 (28, 28) in [0, 1], of what was not drawn with a pen.
        label: The digit that was asked for; None is the round's, where it has one.
        pupil: Who drew it, by id, if the device may have been passed on since; None is who has it now.
    """

    number: Any
    ink: Any = None
    image: np.ndarray | None = None
    label: Any = None
    pupil: Any = None


def is_known(connection: sqlite3.Connection, device: sqlite3.Row, number: Any) -> bool:
    """Returns whether a device's drawing of that number has arrived."""
    check_whole("number", number, 1, _LARGEST_NUMBER)
    found = connection.execute("SELECT 1 FROM drawings WHERE device_id = ? AND number = ?", (device["id"], number))
    return found.fetchone() is not None


def pack(sent: Sent) -> tuple[bytes | None, bytes | None]:
    """Returns a drawing's strokes and its image as they are kept, one of which is None.

    Raises:
        InkError: The ink cannot be kept.
        PictureError: The image has another form.
        QueryError: The label is no digit.
    """
    if sent.label is not None:
        check_whole("label", sent.label, 0, 9)
    if sent.image is None:
        return pack_strokes(sent.ink), None
    return None, pack_image(sent.image)


def add_drawing(
    connection: sqlite3.Connection,
    current: Round,
    device: sqlite3.Row,
    sent: Sent,
    packed: tuple[bytes | None, bytes | None],
    readings: Sequence[Reading],
    now: float,
) -> None:
    """Keeps a drawing that has not arrived before.

    Args:
        connection: An open transaction that writes.
        current: The round in which it was drawn.
        device: The row of the device that sent it.
        sent: The drawing.
        packed: What `pack` makes of it.
        readings: What networks make of it; the first decides whether it is shown at once. What none has read waits,
            unless it is an image that the teacher gives.
        now: Seconds since 1970.

    Raises:
        RoomError: Nothing is drawn in this activity, the device has no pupil, or there are too many drawings.
        QueryError: The pupil is another device's.
    """
    if not current.activity.takes_drawings:
        raise RoomError("There is nothing to draw now.")
    pupil_id = device["pupil_id"] if sent.pupil is None else _find_author(connection, device, sent.pupil)
    if pupil_id is None:
        raise RoomError("This device has no animal. Join with the code, or ask the teacher to let you in.")
    _check_room(connection, device["room_id"], pupil_id)
    label = current.settings.get("digit") if sent.label is None else sent.label
    digit = readings[0].digit if readings else None
    # Paper is what its cell says, whatever the network makes of it.
    is_paper = sent.image is not None and bool(device["is_paper"])
    is_shown = readings[0].is_digit if readings else is_paper
    is_missed = digit is not None and label is not None and not (is_shown and digit == label)
    state = "accepted" if is_shown or is_paper else "tray"
    is_shared = is_missed and state == "accepted"  # the others are asked to read it
    version = raise_version(connection, device["room_id"], is_shared=is_shared, devices=(device["id"],))
    connection.execute(
        "INSERT INTO drawings (room_id, round_id, pupil_id, device_id, number, label, digit, is_missed, state, "
        "readings, strokes, image, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            device["room_id"],
            current.id,
            pupil_id,
            device["id"],
            sent.number,
            label,
            digit,
            is_missed,
            state,
            json.dumps([reading.as_dict() for reading in readings]),
            *packed,
            version,
        ),
    )
    connection.execute("UPDATE pupils SET drew = ?, seen = ? WHERE id = ?", (int(now), int(now), pupil_id))
    if label is not None and current.activity.is_for_class_set:
        _choose_half(connection, device["room_id"], pupil_id)


def set_state(connection: sqlite3.Connection, room: Room, drawing_id: Any, state: Any) -> None:
    """Accepts a drawing from the tray, hides one, or shows it again; its pupil's device says nothing of it.

    Raises:
        QueryError: There is no such drawing, or no such state.
    """
    check_choice("state", state, STATES)
    drawing = find_drawing(connection, room, drawing_id)
    version = raise_version(connection, room.id, is_shared=bool(drawing["is_missed"]))
    connection.execute("UPDATE drawings SET state = ?, version = ? WHERE id = ?", (state, version, drawing["id"]))


def find_drawing(connection: sqlite3.Connection, room: Room, drawing_id: Any) -> sqlite3.Row:
    """Returns the row of a drawing, named from outside.

    Raises:
        QueryError: The room has no such drawing.
    """
    check_id("drawing", drawing_id)
    found = connection.execute("SELECT * FROM drawings WHERE id = ? AND room_id = ?", (drawing_id, room.id)).fetchone()
    if not found:
        raise QueryError("This room has no such drawing.")
    return found


def pack_image(image: np.ndarray) -> bytes:
    """Packs an image, float32 (28, 28) in [0, 1].

    Raises:
        PictureError: It has another form.
    """
    if image.shape != (IMAGE_SIZE, IMAGE_SIZE) or not np.isfinite(image).all():
        raise PictureError("Expected an image of 28x28 finite numbers. Received: {shape}.", shape=image.shape)
    return zlib.compress(np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8).tobytes(), 9)


def unpack_image(packed: bytes) -> np.ndarray:
    """Returns an image, uint8 (28, 28)."""
    return np.frombuffer(zlib.decompress(packed), np.uint8).reshape(IMAGE_SIZE, IMAGE_SIZE)


def describe_picture(row: sqlite3.Row) -> dict[str, Any]:
    """Returns what is seen of a drawing: its `id` and `ink`, or `image`, base64 of 784 bytes."""
    if row["image"] is None:
        return {"id": row["id"], "ink": unpack_strokes(row["strokes"])}
    return {"id": row["id"], "image": base64.b64encode(zlib.decompress(row["image"])).decode()}


def _find_author(connection: sqlite3.Connection, device: sqlite3.Row, pupil_id: Any) -> int:
    """Returns the pupil's id, if that pupil draws on this device, or has: a drawing may have waited for a connection.

    Raises:
        QueryError: The pupil never drew on it.
    """
    check_id("pupil", pupil_id)
    earlier = connection.execute(
        "SELECT 1 FROM drawings WHERE device_id = ? AND pupil_id = ?", (device["id"], pupil_id)
    ).fetchone()
    return int(pupil_id) if earlier else check_is_of_device(connection, device, pupil_id)


def _check_room(connection: sqlite3.Connection, room_id: int, pupil_id: int) -> None:
    num_own, num_all = connection.execute(
        "SELECT coalesce(sum(pupil_id = ?), 0), count(*) FROM drawings WHERE room_id = ?", (pupil_id, room_id)
    ).fetchone()
    if num_own >= MOST_OF_PUPIL or num_all >= MOST_OF_ROOM:
        raise RoomError("There is no room for more drawings: {num} have arrived.", num=num_all)


def _choose_half(connection: sqlite3.Connection, room_id: int, pupil_id: int) -> None:
    """Puts a pupil with a first labelled drawing in the smaller half, for good."""
    connection.execute(
        "UPDATE pupils SET half = (SELECT coalesce(sum(half = 0) > sum(half = 1), 0) FROM pupils WHERE room_id = ?) "
        "WHERE id = ? AND half IS NULL",
        (room_id, pupil_id),
    )
