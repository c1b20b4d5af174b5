"""Drawings and counts as the wall and the teacher's screen show them. Nothing here says whose a drawing is."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from .answers import count_guesses, count_votes, decide
from .drawings import describe_picture
from .rounds import Round

View = dict[str, Any]


def show_drawings(connection: sqlite3.Connection, current: Round, since: int) -> View:
    """Shows what has changed of a round's drawings on the wall.

    Returns:
        `is_whole`, whether everything known from before is out of date; `drawings`, those to show or show anew, see
        `_show`; and `gone`, the ids of those that are not shown any more.
    """
    is_whole = since < current.version
    rows = connection.execute(
        "SELECT * FROM drawings WHERE round_id = ? AND version > ? ORDER BY id",
        (current.id, 0 if is_whole else since),
    ).fetchall()
    votes = count_votes(connection, current) if current.step.is_revealed or current.activity.name == "fool_it" else {}
    decided = decide(connection, current) if current.activity.name == "fool_it" else {}
    series = _number_series(connection, current) if current.activity.name == "did_it_learn" else {}
    shown = [row for row in rows if row["state"] == "accepted"]
    return {
        "is_whole": is_whole,
        "drawings": [_show(row, current, votes, decided, series) for row in shown],
        "gone": [row["id"] for row in rows if row["state"] != "accepted"],
    }


def summarise(connection: sqlite3.Connection, current: Round) -> View:
    """Counts what was read of a round.

    Returns:
        `num_labelled` and `num_read`, drawings with a label and those of them that are read so, waiting ones left out;
        and once it is revealed `matrix` (rows asked for, columns read) and `worst`, the drawing whose digit has the
        smallest probability.
    """
    read = "FROM drawings WHERE round_id = ? AND state = 'accepted' AND label IS NOT NULL AND digit IS NOT NULL"
    num_labelled, num_missed = connection.execute(
        f"SELECT count(*), coalesce(sum(is_missed), 0) {read}", (current.id,)
    ).fetchone()
    found: View = {"num_labelled": num_labelled, "num_read": num_labelled - num_missed}
    if current.step.is_revealed:
        rows = connection.execute(f"SELECT id, label, digit, is_missed, readings {read}", (current.id,)).fetchall()
        matrix = [[0] * 10 for _ in range(10)]
        for row in rows:
            matrix[row["label"]][row["digit"]] += 1
        missed = [row for row in rows if row["is_missed"]]
        found["matrix"] = matrix
        found["worst"] = min(missed, key=_probability_of_label)["id"] if missed else None
    return found


def show_guesses(connection: sqlite3.Connection, current: Round) -> View | None:
    """Shows how many have committed to an answer, and once it is revealed to which; None where nothing is guessed."""
    if not any(step.num_choices for step in current.activity.steps):
        return None
    num_committed, counts = count_guesses(connection, current)
    return {"num_committed": num_committed, "counts": counts if current.step.is_revealed else None}


def count_drawings(connection: sqlite3.Connection, room_id: int, round_id: int | None = None) -> int:
    """Returns how many drawings have arrived in a room, or in one of its rounds; waiting and hidden ones count."""
    found = connection.execute(
        "SELECT count(*) FROM drawings WHERE room_id = ? AND round_id = coalesce(?, round_id)", (room_id, round_id)
    )
    return int(found.fetchone()[0])


def show_reading(row: sqlite3.Row) -> View | None:
    """Shows what the first network makes of a drawing, see `Reading.as_dict`; None if none has read it."""
    readings = json.loads(row["readings"])
    return readings[0] if readings else None


def _show(
    row: sqlite3.Row, current: Round, votes: dict[int, list[int]], decided: dict[int, bool], series: dict[int, int]
) -> View:
    """One drawing, by what the class does with it.

    Its picture; `is_missed`; its `label`, and the `digit` that the network reads, unless the class is still to read it
    itself; then also the `votes` for each digit. In "Did it learn from you?" the `probabilities`, and `series`, equal
    for all drawings of one hand. In "Fool the network" `is_fooling`: whether three others have read what the network
    does not, None while they have not decided.
    """
    view = {**describe_picture(row), "is_missed": bool(row["is_missed"])}
    name, is_revealed = current.activity.name, current.step.is_revealed
    if is_revealed or not row["is_missed"] or name != "our_handwriting":
        view |= {"label": row["label"], "digit": row["digit"]}
    if name == "our_handwriting" and is_revealed:
        view["votes"] = votes.get(row["id"], [0] * 10)
    if name == "did_it_learn":
        reading = show_reading(row)
        view |= {"probabilities": reading and reading["probabilities"], "series": series[row["pupil_id"]]}
    if name == "fool_it":
        is_read = decided.get(row["id"])
        view |= {"is_fooling": None if is_read is None else bool(is_read and row["is_missed"])}
        view["num_votes"] = sum(votes.get(row["id"], ()))
    return view


def _number_series(connection: sqlite3.Connection, current: Round) -> dict[int, int]:
    """Numbers those who draw, in the order of their first drawing in this round."""
    found = connection.execute(
        "SELECT pupil_id FROM drawings WHERE round_id = ? GROUP BY pupil_id ORDER BY min(id)", (current.id,)
    )
    return {pupil_id: number for number, (pupil_id,) in enumerate(found)}


def _probability_of_label(row: sqlite3.Row) -> float:
    return float(json.loads(row["readings"])[0]["probabilities"][row["label"]])
