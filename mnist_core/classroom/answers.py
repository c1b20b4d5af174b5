"""What pupils commit to: guesses before a reveal, votes on the drawings of others, the three questions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from ..checks import check_whole
from ..errors import QueryError, RoomError
from .activities import MOST_CHOICES, NUM_QUESTIONS, WHEN
from .drawings import find_drawing
from .rooms import Room, raise_version
from .rounds import Round, read_round

# "Fool the network": how many drawings everybody judges, and how many votes decide.
NUM_TO_JUDGE = 6
NUM_DECIDING = 3
# Of misread drawings, the newest are put to the class.
NUM_TO_READ = 24


def guess(connection: sqlite3.Connection, room: Room, device: sqlite3.Row, round_id: Any, answer: Any) -> None:
    """Commits a pupil to an answer, in place of the one before.

    Args:
        connection: An open transaction that writes.
        room: The room.
        device: The pupil's device.
        round_id: The round that the pupil saw.
        answer: Which of the step's choices, from 0.

    Raises:
        RoomError: The answers have been shown, or nothing is asked.
        QueryError: There is no such choice.
    """
    pupil_id, current = _pupil_of(device), read_round(connection, room.round_id)
    if round_id != current.id or not current.step.num_choices:
        raise RoomError("The answers have been shown already.")
    check_whole("answer", answer, 0, current.step.num_choices - 1)
    connection.execute("INSERT OR REPLACE INTO guesses VALUES (?, ?, ?)", (current.id, pupil_id, answer))
    raise_version(connection, room.id, devices=(device["id"],))


def vote(connection: sqlite3.Connection, room: Room, device: sqlite3.Row, drawing_id: Any, answer: Any) -> None:
    """Votes on the drawing of another pupil, in place of the vote before.

    Args:
        connection: An open transaction that writes.
        room: The room.
        device: The pupil's device.
        drawing_id: The drawing.
        answer: The digit that the pupil reads; in "Fool the network", 1 if it is the digit of the round, else 0.

    Raises:
        RoomError: The votes have been shown, or none are asked for.
        QueryError: The drawing is the pupil's own or gone, or the answer none of the choices.
    """
    pupil_id, current = _pupil_of(device), read_round(connection, room.round_id)
    if not current.step.takes_votes:
        raise RoomError("The votes have been shown already.")
    drawing = find_drawing(connection, room, drawing_id)
    if drawing["round_id"] != current.id or drawing["state"] != "accepted" or drawing["pupil_id"] == pupil_id:
        raise QueryError("This drawing is not among those to vote on.")
    check_whole("answer", answer, 0, 1 if current.activity.name == "fool_it" else 9)
    connection.execute(
        "INSERT INTO votes (drawing_id, pupil_id, answer) VALUES (?, ?, ?) "
        "ON CONFLICT (drawing_id, pupil_id) DO UPDATE SET answer = excluded.answer",
        (drawing["id"], pupil_id, answer),
    )
    version = raise_version(connection, room.id, devices=(device["id"],))
    connection.execute("UPDATE drawings SET version = ? WHERE id = ?", (version, drawing["id"]))


def answer_question(
    connection: sqlite3.Connection, room: Room, device: sqlite3.Row, round_id: Any, question: Any, answer: Any
) -> None:
    """Answers one of the three questions, in place of the answer before; which time it is, the round says.

    Raises:
        RoomError: The questions are not being asked.
        QueryError: There is no such question or answer.
    """
    pupil_id, current = _pupil_of(device), read_round(connection, room.round_id)
    if round_id != current.id or current.step.name != "answer":
        raise RoomError("The questions are closed.")
    check_whole("question", question, 0, NUM_QUESTIONS - 1)
    check_whole("answer", answer, 0, MOST_CHOICES - 1)
    connection.execute(
        "INSERT OR REPLACE INTO question_answers VALUES (?, ?, ?, ?, ?)",
        (room.id, pupil_id, current.settings["when"], question, answer),
    )
    raise_version(connection, room.id, devices=(device["id"],))


def count_guesses(connection: sqlite3.Connection, current: Round) -> tuple[int, list[int]]:
    """Returns how many pupils have committed to an answer, and how often each choice was taken, with raised hands."""
    num_choices = max(step.num_choices for step in current.activity.steps)
    counts = list(current.hands or [0] * num_choices)
    found = connection.execute(
        "SELECT answer, count(*) FROM guesses WHERE round_id = ? GROUP BY answer", (current.id,)
    ).fetchall()
    for answer, count in found:
        counts[answer] += count
    return sum(count for _, count in found), counts


def find_guess(connection: sqlite3.Connection, current: Round, pupil_id: int) -> int | None:
    """Returns what a pupil has committed to in a round, or None."""
    found = connection.execute(
        "SELECT answer FROM guesses WHERE round_id = ? AND pupil_id = ?", (current.id, pupil_id)
    ).fetchone()
    return found and int(found[0])


def count_votes(connection: sqlite3.Connection, current: Round) -> dict[int, list[int]]:
    """Returns for each drawing of a round that has votes, how often each of the digits 0 to 9 was read."""
    counts: dict[int, list[int]] = {}
    for drawing_id, answer, count in connection.execute(
        "SELECT drawing_id, answer, count(*) FROM votes JOIN drawings ON drawings.id = drawing_id WHERE round_id = ? "
        "GROUP BY drawing_id, answer",
        (current.id,),
    ):
        counts.setdefault(drawing_id, [0] * 10)[answer] = count
    return counts


def decide(connection: sqlite3.Connection, current: Round) -> dict[int, bool]:
    """Returns for each drawing that has three votes, whether the first three call it the digit of the round."""
    first: dict[int, list[int]] = {}
    for drawing_id, answer in connection.execute(
        "SELECT drawing_id, answer FROM votes JOIN drawings ON drawings.id = drawing_id WHERE round_id = ? "
        "ORDER BY votes.id",
        (current.id,),
    ):
        first.setdefault(drawing_id, []).append(answer)
    return {
        drawing_id: 2 * sum(votes[:NUM_DECIDING]) > NUM_DECIDING
        for drawing_id, votes in first.items()
        if len(votes) >= NUM_DECIDING
    }


def list_to_vote(connection: sqlite3.Connection, current: Round, pupil_id: int) -> list[sqlite3.Row]:
    """Returns the drawings of others that a pupil is to vote on, each with the pupil's `vote` or None."""
    drawings = connection.execute(
        "SELECT drawings.*, own.answer AS vote, "
        "(SELECT count(*) FROM votes WHERE drawing_id = drawings.id) AS num_votes "
        "FROM drawings LEFT JOIN votes AS own ON own.drawing_id = drawings.id AND own.pupil_id = ? "
        "WHERE round_id = ? AND state = 'accepted' AND is_missed ORDER BY drawings.id",
        (pupil_id, current.id),
    ).fetchall()
    if current.activity.name == "fool_it":
        return _share_out(drawings, pupil_id)
    return [drawing for drawing in drawings if drawing["pupil_id"] != pupil_id][-NUM_TO_READ:]


def count_questions(connection: sqlite3.Connection, room: Room) -> dict[str, list[list[int]]]:
    """Returns for `before` and `after`, for each question, how often each answer was given."""
    counts = {when: [[0] * MOST_CHOICES for _ in range(NUM_QUESTIONS)] for when in WHEN}
    for when, question, answer, count in connection.execute(
        "SELECT moment, question, answer, count(*) FROM question_answers WHERE room_id = ? "
        "GROUP BY moment, question, answer",
        (room.id,),
    ):
        counts[when][question][answer] = count
    return counts


def find_answers(connection: sqlite3.Connection, current: Round, pupil_id: int) -> list[int | None]:
    """Returns what a pupil has answered to the questions of a round."""
    found = dict(
        connection.execute(
            "SELECT question, answer FROM question_answers WHERE pupil_id = ? AND moment = ?",
            (pupil_id, current.settings["when"]),
        ).fetchall()
    )
    return [found.get(question) for question in range(NUM_QUESTIONS)]


def count_answered(connection: sqlite3.Connection, room: Room, current: Round) -> int:
    """Returns how many pupils have answered all questions of a round."""
    found = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM question_answers WHERE room_id = ? AND moment = ? GROUP BY pupil_id "
        "HAVING count(*) = ?)",
        (room.id, current.settings["when"], NUM_QUESTIONS),
    )
    return int(found.fetchone()[0])


def _share_out(drawings: Sequence[sqlite3.Row], pupil_id: int) -> list[sqlite3.Row]:
    """Those that have the fewest votes, and of them the next in a ring: so the first votes are spread evenly."""
    own = [place for place, drawing in enumerate(drawings) if drawing["pupil_id"] == pupil_id]
    start = own[-1] + 1 if own else pupil_id % max(len(drawings), 1)
    ring = [drawing for drawing in (*drawings[start:], *drawings[:start]) if drawing["pupil_id"] != pupil_id]
    judged = [drawing for drawing in ring if drawing["vote"] is not None]
    waiting = [drawing for drawing in ring if drawing["vote"] is None]
    waiting.sort(key=lambda drawing: drawing["num_votes"])
    return judged + waiting[: max(0, NUM_TO_JUDGE - len(judged))]


def _pupil_of(device: sqlite3.Row) -> int:
    if device["pupil_id"] is None:
        raise RoomError("This device has no animal. Join with the code, or ask the teacher to let you in.")
    return int(device["pupil_id"])
