"""The labelled drawings of a class, in two halves: pupils are held out, not drawings. Nothing says who drew what.

Writers are numbered anew in every set. A class's half is chosen with a pupil's first labelled drawing and stays; what
another class drew last year can be added, and is divided in the same way.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..data.files import read_npz
from ..data.labelled import load_digits, pack_ink
from ..errors import DataError, InkError, RoomError
from ..preprocessing.ink import IMAGE_SIZE, check_ink, render_ink
from .activities import ACTIVITIES
from .drawings import pack_image, unpack_image
from .rooms import Room, raise_version
from .strokes import pack_strokes, unpack_strokes

MOST_EARLIER = 6_000
# Writer, half, label, strokes and image.
PackedDrawing = tuple[int, int, int, bytes | None, bytes | None]
_CLASS_SET = tuple(activity.name for activity in ACTIVITIES.values() if activity.is_for_class_set)


@dataclass(frozen=True)
class ClassSet:
    """Labelled drawings of several writers.

    Args:
        images: uint8 (n, 28, 28), ink 255.
        labels: int64 (n,).
        writers: int64 (n,), counted from 0.
        halves: int64 (n,): 0 is for teaching, 1 is held out; all drawings of a writer are in one.
        ink: Of each drawing its strokes, float32 (points, 2); None of one that came as an image.
    """

    images: np.ndarray
    labels: np.ndarray
    writers: np.ndarray
    halves: np.ndarray
    ink: list[list[np.ndarray] | None]

    def as_arrays(self) -> dict[str, np.ndarray]:
        """Returns what an npz of pictures holds: `x`, `y` and `writer`."""
        return {"x": self.images, "y": self.labels, "writer": self.writers}

    def write_ink(self, file: BinaryIO) -> None:
        """Writes an npz of the ink, without what came as images.

        Raises:
            DataError: There is none.
        """
        drawn = [(ink, *numbers) for ink, *numbers in zip(self.ink, self.labels, self.writers, strict=True) if ink]
        if not drawn:
            raise DataError("The class has drawn nothing with a pen yet.")
        pack_ink(file, *zip(*drawn, strict=True))


def load_class_set(path: Path) -> ClassSet:
    """Loads a set that was exported, or any other npz of drawn digits, see `data.labelled`.

    Raises:
        DataError: The file is damaged or of another form, holds too much, or pictures of another size.
    """
    labelled = load_digits(path)
    if len(labelled.labels) > MOST_EARLIER:
        raise DataError(
            "{path} holds {num:,} digits. Expected at most {most:,}.", path, num=len(labelled.labels), most=MOST_EARLIER
        )
    found = read_npz(path).get("writer")
    if found is None or found.shape != labelled.labels.shape:
        found = np.zeros(len(labelled.labels))
    writers = np.unique(found, return_inverse=True)[1].reshape(-1).astype(np.int64)
    if labelled.kind == "pictures":
        if labelled.samples.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
            raise DataError(
                "{path}: expected pictures of 28x28. Received: {shape}.", path, shape=labelled.samples.shape
            )
        return ClassSet(labelled.samples, labelled.labels, writers, writers % 2, [None] * len(writers))
    try:
        images = [_to_image(ink) for ink in labelled.samples]
    except InkError as error:
        raise DataError("{path}: {reason}", path, reason=str(error)) from error
    return ClassSet(np.array(images), labelled.labels, writers, writers % 2, list(labelled.samples))


def list_labelled(connection: sqlite3.Connection, room: Room) -> list[sqlite3.Row]:
    """Returns what a room's pupils drew for the class's set, without hidden drawings, and what was added to it."""
    places = ", ".join("?" * len(_CLASS_SET))
    own = connection.execute(
        "SELECT pupil_id AS writer, half, label, strokes, image FROM drawings JOIN rounds ON rounds.id = round_id "
        "JOIN pupils ON pupils.id = pupil_id WHERE drawings.room_id = ? AND state = 'accepted' AND label IS NOT NULL "
        f"AND activity IN ({places}) ORDER BY drawings.id",
        (room.id, *_CLASS_SET),
    ).fetchall()
    # Below all pupils' numbers.
    earlier = connection.execute(
        "SELECT -1 - writer AS writer, half, label, strokes, image FROM earlier_drawings WHERE room_id = ? "
        "ORDER BY rowid",
        (room.id,),
    ).fetchall()
    return own + earlier


def build_class_set(rows: Sequence[sqlite3.Row]) -> ClassSet:
    """Builds the set of what `list_labelled` returns, outside of any transaction.

    Raises:
        DataError: There is nothing yet.
    """
    if not rows:
        raise DataError("The class has no labelled drawings yet.")
    ink = [_to_ink(row["strokes"]) for row in rows]
    images = [
        unpack_image(row["image"]) if strokes is None else _to_image(strokes)
        for row, strokes in zip(rows, ink, strict=True)
    ]
    return ClassSet(
        np.array(images),
        np.array([row["label"] for row in rows], np.int64),
        _number([row["writer"] for row in rows]),
        np.array([row["half"] for row in rows], np.int64),
        ink,
    )


def pack_earlier(earlier: ClassSet) -> list[PackedDrawing]:
    """Packs another class's drawings for `add_earlier`, outside of any transaction.

    Raises:
        InkError: There is a drawing that cannot be kept.
    """
    return [
        (
            int(writer),
            int(half),
            int(label),
            None if ink is None else pack_strokes([stroke.tolist() for stroke in ink]),
            pack_image(image / 255) if ink is None else None,
        )
        for image, label, writer, half, ink in zip(
            earlier.images, earlier.labels, earlier.writers, earlier.halves, earlier.ink, strict=True
        )
    ]


def add_earlier(connection: sqlite3.Connection, room: Room, packed: Sequence[PackedDrawing]) -> None:
    """Adds another class's drawings to a room's set, for as long as the room is there.

    Raises:
        RoomError: They are too many.
    """
    (num_kept, next_writer) = connection.execute(
        "SELECT count(*), coalesce(max(writer) + 1, 0) FROM earlier_drawings WHERE room_id = ?", (room.id,)
    ).fetchone()
    if num_kept + len(packed) > MOST_EARLIER:
        raise RoomError("At most {most:,} drawings of other classes can be added to a room.", most=MOST_EARLIER)
    connection.executemany(
        "INSERT INTO earlier_drawings VALUES (?, ?, ?, ?, ?, ?)",
        [(room.id, next_writer + writer, *others) for writer, *others in packed],
    )
    raise_version(connection, room.id)


def count_halves(connection: sqlite3.Connection, room: Room) -> dict[str, list[int]]:
    """Returns how many pupils with labelled drawings are in each half."""
    counts = [0, 0]
    for half, count in connection.execute(
        "SELECT half, count(*) FROM pupils WHERE room_id = ? AND half IS NOT NULL GROUP BY half", (room.id,)
    ):
        counts[half] = count
    earlier = connection.execute("SELECT count(*) FROM earlier_drawings WHERE room_id = ?", (room.id,)).fetchone()[0]
    return {"pupils": counts, "earlier": [int(earlier)]}


def _to_ink(strokes: bytes | None) -> list[np.ndarray] | None:
    return None if strokes is None else [np.array(stroke, np.float32) for stroke in unpack_strokes(strokes)]


def _to_image(ink: Sequence[np.ndarray]) -> np.ndarray:
    return np.rint(render_ink(check_ink([stroke.tolist() for stroke in ink])) * 255).astype(np.uint8)


def _number(writers: Sequence[int]) -> np.ndarray:
    """Numbers from 0 in the order of their first drawings."""
    order = dict(zip(dict.fromkeys(writers), itertools.count(), strict=False))
    return np.array([order[writer] for writer in writers], np.int64)
