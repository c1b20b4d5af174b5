"""All that a screen shows, as plain values that JSON can carry: for a device, for the wall, for the teacher.

A screen sends the version that it knows; if nothing has changed since, the answer is `{"version", "is_new": False}`. A
screen that knows nothing sends 0 and can show everything from the answer alone: that is how it comes back after a lost
connection or a restart. The wall and the devices get no name but a device's own.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from ..checks import is_whole
from .activities import DEFAULT
from .answers import count_answered, count_questions, find_answers, find_guess, list_to_vote
from .class_set import count_halves
from .drawings import describe_picture
from .pupils import describe_pupil, list_pupils
from .rooms import Room, count_controls, find_wall
from .rounds import Round, read_round
from .views import View, count_drawings, show_drawings, show_guesses, show_reading, summarise

# A device that has not asked for so long is away; a pupil who has not drawn for so long may be stuck.
AWAY_SECONDS = 15
STUCK_SECONDS = 90
_MOST_LISTED = 400


def snapshot_for_device(
    connection: sqlite3.Connection, room: Room, device: sqlite3.Row, since: Any, now: float
) -> View:
    """Returns what a pupil's device shows.

    Returns:
        `version`, `is_new`, and if that is true: `room` and `activity`, see `_show_room` and `_show_activity`; `pupil`
        (see `pupils.describe_pupil`; None before it has one) and `pupils`, all who share the device; `is_waiting`,
        whether it asks to be let in again; `last_number` of its drawings; `half` (0 teaches, 1 tests, None); `drawings`
        of the pupil in this round, each with `number` (None for another device's), `label`, `reading` and picture;
        `asked`, the digits to draw in this round, in this pupil's order; `guess` and `answers` (of the questions) as
        committed so far; `to_vote`, the drawings of others with the pupil's `vote`.
    """
    version = max(room.shared_version, device["version"])
    if since == version:
        return {"version": version, "is_new": False}
    current = read_round(connection, room.round_id)
    own = connection.execute("SELECT * FROM pupils WHERE device_id = ? ORDER BY id", (device["id"],)).fetchall()
    (last,) = connection.execute("SELECT max(number) FROM drawings WHERE device_id = ?", (device["id"],)).fetchone()
    return {
        "version": version,
        "is_new": True,
        "room": _show_room(connection, room, now),
        "activity": _show_activity(connection, current, is_for_device=True),
        "pupils": [describe_pupil(pupil) for pupil in own],
        "is_waiting": device["wanted_id"] is not None,
        "last_number": last or 0,
        **_show_pupil(connection, current, device, next((row for row in own if row["id"] == device["pupil_id"]), None)),
    }


def snapshot_for_wall(connection: sqlite3.Connection, room: Room, since: Any, now: float) -> View:
    """Returns what the wall shows.

    Returns:
        `version`, `is_new`, and if that is true: `room` and `activity` as of a device; `devices_show`, "paused" or the
        step's name; `count`, the drawings that have arrived in the room, waiting and hidden ones included, and
        `count_of_round`; `drawings`, `gone` and `is_whole`, see `views.show_drawings`; `summary`, see
        `views.summarise`; `guesses`, see `views.show_guesses`; `num_answered`, who has answered all three questions.
    """
    if since == room.version:
        return {"version": room.version, "is_new": False}
    known = since if is_whole(since) and 0 < since <= room.version else 0
    current = read_round(connection, room.round_id)
    is_asking = current.activity.name == "questions"
    return {
        "version": room.version,
        "is_new": True,
        "room": _show_room(connection, room, now),
        "activity": _show_activity(connection, current, is_for_device=False),
        "devices_show": "paused" if room.is_paused else current.step.name,
        "count": count_drawings(connection, room.id),
        "count_of_round": count_drawings(connection, room.id, current.id),
        **show_drawings(connection, current, known),
        "summary": summarise(connection, current),
        "guesses": show_guesses(connection, current),
        "num_answered": count_answered(connection, room, current) if is_asking else None,
    }


def snapshot_for_teacher(connection: sqlite3.Connection, room: Room, since: Any, now: float) -> View:
    """Returns what the teacher's screen shows.

    Returns:
        `version`, `is_new`, and `pupils`, which are new with time: as of `pupils.describe_pupil`, with `num_drawings`
        in this round, `seconds_seen` and `seconds_drew` (ago; None), `has_device` (false for who has passed it on, has
        left or works on paper), `is_away` and `is_stuck` (false without a device), `has_left` and `half`.
        If it is new also `wall`, the wall's snapshot; `tray` and `hidden`, drawings with `label`, `reading` and the
        `pupil`'s id; `owners`, the pupil's id for each drawing of the round; `requests`, devices that ask to be let in
        again, each with `device` and the wanted `pupil`; `wall_token`; `num_controls`, devices with these controls;
        `questions`, see `answers.count_questions`; `class_set`, see `class_set.count_halves`.
    """
    current = read_round(connection, room.round_id)
    view = {"version": room.version, "is_new": since != room.version, "pupils": _watch(connection, room, current, now)}
    if not view["is_new"]:
        return view
    requests = connection.execute(
        "SELECT id, wanted_id FROM devices WHERE room_id = ? AND wanted_id IS NOT NULL ORDER BY id", (room.id,)
    )
    owners = connection.execute("SELECT id, pupil_id FROM drawings WHERE round_id = ?", (current.id,))
    return {
        **view,
        "wall": snapshot_for_wall(connection, room, since, now),
        "tray": _list_state(connection, room, "tray"),
        "hidden": _list_state(connection, room, "hidden"),
        "owners": {str(drawing_id): pupil_id for drawing_id, pupil_id in owners},
        "requests": [{"device": device_id, "pupil": wanted} for device_id, wanted in requests],
        "wall_token": find_wall(connection, room.id),
        "num_controls": count_controls(connection, room.id),
        "questions": count_questions(connection, room),
        "class_set": count_halves(connection, room),
    }


def _show_room(connection: sqlite3.Connection, room: Room, now: float) -> View:
    """Its `code`, whether it `is_locked` and `is_paused`, `num_pupils` who have not left, `seconds_left`."""
    (num_pupils,) = connection.execute(
        "SELECT count(*) FROM pupils WHERE room_id = ? AND NOT has_left", (room.id,)
    ).fetchone()
    return {
        "code": room.code,
        "is_locked": room.is_locked,
        "is_paused": room.is_paused,
        "num_pupils": num_pupils,
        "seconds_left": max(0, int(room.expires - now)),
    }


def _show_activity(connection: sqlite3.Connection, current: Round, is_for_device: bool) -> View:
    """Its `name`, `round`, `step`, `settings` as far as they are shown yet, `told` by the server, and the step's rules.

    These are `num_choices`, `takes_votes`, `takes_drawings` and `is_revealed`; `counts` of guesses once revealed.
    """
    guesses = show_guesses(connection, current)
    return {
        "name": current.activity.name,
        "round": current.id,
        "step": current.step.name,
        "settings": current.activity.select_shown(current.settings, current.step_number),
        "told": current.told.get("devices", {}) if is_for_device else current.told,
        "num_choices": current.step.num_choices,
        "takes_votes": current.step.takes_votes,
        "takes_drawings": current.activity.takes_drawings,
        "is_revealed": current.step.is_revealed,
        "counts": guesses and guesses["counts"],
    }


def _show_pupil(connection: sqlite3.Connection, current: Round, device: sqlite3.Row, pupil: sqlite3.Row | None) -> View:
    """What is a pupil's own, and nobody's while a device has none."""
    if pupil is None:
        nobody = {"pupil": None, "half": None, "guess": None, "answers": None}
        return {**nobody, "drawings": [], "asked": [], "to_vote": []}
    drawings = connection.execute(
        "SELECT * FROM drawings WHERE pupil_id = ? AND round_id = ? ORDER BY id", (pupil["id"], current.id)
    ).fetchall()
    voted = list_to_vote(connection, current, pupil["id"]) if current.step.takes_votes else []
    is_asking = current.activity.name == "questions"
    return {
        "pupil": describe_pupil(pupil),
        "half": pupil["half"],
        "drawings": [
            {"number": row["number"] if row["device_id"] == device["id"] else None, **_show_full(row)}
            for row in drawings
        ],
        "asked": list_asked(current, pupil["id"]),
        "guess": find_guess(connection, current, pupil["id"]),
        "answers": find_answers(connection, current, pupil["id"]) if is_asking else None,
        "to_vote": [{**describe_picture(row), "vote": row["vote"]} for row in voted],
    }


def list_asked(current: Round, pupil_id: int) -> list[int]:
    """Returns the digits that a pupil is asked for in a round, in order; everybody begins with another."""
    settings = current.settings
    if current.activity.name == DEFAULT:
        digits = settings["digits"]
        begin = pupil_id % len(digits)
        return (digits[begin:] + digits[:begin]) * settings["each"]
    if current.activity.name == "did_it_learn":
        return [settings["digit"]] * settings["times"]
    return [settings["digit"]] if current.activity.name == "fool_it" else []


def _show_full(row: sqlite3.Row) -> View:
    return {**describe_picture(row), "label": row["label"], "reading": show_reading(row)}


def _list_state(connection: sqlite3.Connection, room: Room, state: str) -> list[View]:
    """The newest drawings in a state, of all rounds."""
    rows = connection.execute(
        "SELECT * FROM drawings WHERE room_id = ? AND state = ? ORDER BY id DESC LIMIT ?",
        (room.id, state, _MOST_LISTED),
    ).fetchall()
    return [{**_show_full(row), "pupil": row["pupil_id"]} for row in rows]


def _watch(connection: sqlite3.Connection, room: Room, current: Round, now: float) -> list[View]:
    """All pupils, and who is away or may be stuck."""
    counts = dict(
        connection.execute(
            "SELECT pupil_id, count(*) FROM drawings WHERE round_id = ? GROUP BY pupil_id", (current.id,)
        )
    )
    is_drawing = current.activity.takes_drawings and current.step_number == _drawing_step(current)
    pupils = []
    for row in list_pupils(connection, room):
        num, last = counts.get(row["id"], 0), max(row["drew"] or 0, current.began)
        is_done = num >= max(1, len(list_asked(current, row["id"])))
        is_slow = is_drawing and not is_done and now - last > STUCK_SECONDS
        pupils.append(
            {
                **describe_pupil(row),
                "num_drawings": num,
                "seconds_seen": max(0, int(now - row["seen"])),
                "seconds_drew": None if row["drew"] is None else max(0, int(now - row["drew"])),
                "has_device": bool(row["has_device"]),
                "is_away": bool(row["has_device"] and now - row["seen"] > AWAY_SECONDS),
                "is_stuck": bool(row["has_device"] and is_slow and not room.is_paused),
                "has_left": bool(row["has_left"]),
                "half": row["half"],
            }
        )
    return pupils


def _drawing_step(current: Round) -> int:
    """The step in which everybody draws."""
    names = [step.name for step in current.activity.steps]
    return next((names.index(name) for name in ("draw", "collect") if name in names), 0)
