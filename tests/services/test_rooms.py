"""Rooms are safe with many threads, several servers and what goes wrong with the file; addresses stay in memory."""

import contextlib
import logging
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.classroom import Lesson, reading
from support.ink import SEVEN

from mnist_core.classroom.drawings import Sent
from mnist_core.classroom.rooms import LIFETIME_SECONDS
from mnist_core.errors import RefusedError, RoomError, StorageError, UnknownRoomError
from mnist_core.paths import PROGRAM_DIR
from mnist_core.services.guess_limit import GuessLimit
from mnist_core.services.rooms import FILE_NAME, Rooms


@pytest.fixture
def lesson(tmp_path):
    made = Lesson(tmp_path)
    yield made
    made.rooms.close()


def test_nothing_is_made_before_a_room_is_opened(tmp_path):
    rooms = Rooms(tmp_path)
    rooms.sweep()
    for see in (rooms.show_wall, rooms.show_device, rooms.show_teacher):
        with pytest.raises(UnknownRoomError):
            see("x" * 24)
    assert list(tmp_path.iterdir()) == []
    rooms.close()


def test_two_servers_serve_the_same_room(lesson, tmp_path):
    other = Rooms(tmp_path, lambda: lesson.now)
    pupil = other.join(lesson.code, "10.0.0.1")
    lesson.draw(pupil, 1)
    other.submit(pupil, lesson.round, Sent(1, ink=SEVEN, label=7), [reading()])
    other.submit(pupil, lesson.round, Sent(2, ink=SEVEN, label=7), [reading()])
    assert other.show_wall(lesson.wall_token) == lesson.wall()
    assert lesson.wall()["count"] == 2
    other.end_room(lesson.teacher)
    with pytest.raises(UnknownRoomError):
        lesson.wall()
    other.close()


CLASS = """
    import sys, time
    from pathlib import Path
    from mnist_core.classroom.drawings import Sent
    from mnist_core.services.rooms import Rooms
    rooms, code = Rooms(Path(sys.argv[1])), sys.argv[2]
    token = rooms.join(code, "192.0.2.1")
    round_id, number = rooms.show_device(token)["activity"]["round"], 0
    print(token, flush=True)
    while True:
        number += 1
        rooms.submit(token, round_id, Sent(number, ink=[[[0, 0], [number, 9]]], label=1))
        print(number, flush=True)
        time.sleep(0.02)
"""


def test_a_server_that_is_killed_in_the_middle_of_a_lesson_leaves_it_to_the_other(tmp_path):
    rooms = Rooms(tmp_path)
    opened = rooms.open_room()
    command = [sys.executable, "-c", textwrap.dedent(CLASS), str(tmp_path), opened["code"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROGRAM_DIR) as process:
        token = process.stdout.readline().strip()
        told = [int(process.stdout.readline()) for _ in range(20)]
        process.kill()
        told += [int(line) for line in process.stdout.read().split()]
    shown = rooms.show_device(token)
    assert {entry["number"] for entry in shown["drawings"]} >= set(told)
    assert shown["last_number"] - len(told) in (0, 1)
    for number in range(1, len(told) + 3):  # the device was not told of the last ones
        rooms.submit(token, shown["activity"]["round"], Sent(number, ink=SEVEN, label=1))
    assert rooms.show_wall(opened["wall"])["count"] == len(told) + 2
    rooms.close()


def test_a_room_that_ends_while_people_draw_says_so_to_everybody(lesson):
    pupils, round_ = lesson.join(6), lesson.round
    started, errors = threading.Barrier(7), []

    def draw(pupil):
        started.wait()
        for number in range(1, 200):
            try:
                lesson.rooms.submit(pupil, round_, Sent(number, ink=SEVEN, label=7), [reading()])
                lesson.device(pupil)
            except UnknownRoomError as error:
                errors.append(error)
                return

    with ThreadPoolExecutor(6) as pool:
        drawing = [pool.submit(draw, pupil) for pupil in pupils]
        started.wait()
        lesson.rooms.end_room(lesson.teacher)
        for each in drawing:
            each.result()
    assert len(errors) == 6


def test_two_hundred_join_at_once_and_none_twice(lesson):
    with ThreadPoolExecutor(16) as pool:
        tokens = list(pool.map(lambda _: lesson.rooms.join(lesson.code, "10.0.0.1"), range(200)))
    assert len({(entry["animal"], entry["number"]) for entry in map(lesson.pupil, tokens)}) == 200


def test_wrong_codes_are_limited_and_right_ones_count_for_nothing(tmp_path):
    rooms = Rooms(tmp_path, limit=GuessLimit(3))
    code = rooms.open_room()["code"]
    for _ in range(10):
        rooms.join(code, "10.0.0.1")
    tries = (
        lambda: rooms.join("BCDFHJK", "10.0.0.1"),
        lambda: rooms.open_controls("BCDFHJKLM", "10.0.0.1"),
        lambda: rooms.list_pupils("BCDFHJK", "10.0.0.1"),
    )
    for wrong in tries:
        with pytest.raises(UnknownRoomError):
            wrong()
    for refused in (*tries, lambda: rooms.join(code, "10.0.0.1"), lambda: rooms.ask_back(code, 1, "10.0.0.1")):
        with pytest.raises(RefusedError):
            refused()
    rooms.join(code, "10.0.0.2")
    rooms.close()


def test_a_locked_room_is_no_wrong_code(tmp_path):
    rooms = Rooms(tmp_path, limit=GuessLimit(1))
    opened = rooms.open_room()
    rooms.lock(opened["teacher"], True)
    for _ in range(3):
        with pytest.raises(RoomError, match="locked"):
            rooms.join(opened["code"], "10.0.0.1")
    rooms.close()


def test_no_log_names_an_address(lesson, caplog):
    caplog.set_level(logging.DEBUG)
    for code in (lesson.code, "BCDFHJK"):
        with contextlib.suppress(UnknownRoomError):
            lesson.draw(lesson.rooms.join(code, "198.51.100.7"))
    lesson.now += LIFETIME_SECONDS
    lesson.rooms.sweep()
    assert "were deleted: 1" in caplog.text
    assert "198.51.100.7" not in caplog.text


def test_rooms_expire_without_anybody_asking(lesson, tmp_path):
    lesson.draw(lesson.join())
    lesson.now += LIFETIME_SECONDS
    lesson.rooms.close()
    later = Rooms(tmp_path, lambda: lesson.now)  # sweeps when it starts
    for _ in range(200):
        with later._database.read() as connection:
            if not connection.execute("SELECT count(*) FROM rooms").fetchone()[0]:
                break
        threading.Event().wait(0.05)
    else:
        pytest.fail("the room is still there")
    later.close()


def test_what_is_shown_waits_for_nobody_who_writes(lesson):
    pupil = lesson.join()
    lesson.now += 60
    lesson.rooms._database._patience = 60
    began = time.monotonic()
    with lesson.rooms._database.write():
        assert lesson.device(pupil)["pupil"]
        assert lesson.screen()["pupils"][0]["seconds_seen"] == 60  # and could not be written down
    assert time.monotonic() - began < 30


def test_who_would_write_is_told_soon_that_another_does(lesson):
    pupil = lesson.join()
    lesson.rooms._database._patience = 0.1
    with lesson.rooms._database.write(), pytest.raises(StorageError, match="in use"):
        lesson.rooms.leave(pupil)
    assert lesson.pupil(pupil)


def test_a_full_disk_is_said_in_words_and_the_drawing_can_be_sent_again(lesson):
    pupil, round_ = lesson.join(), lesson.round
    with lesson.rooms._database.read() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")  # of this connection, which is the next to be used

    def send(number):
        lesson.rooms.submit(pupil, round_, Sent(number, ink=SEVEN, label=7), [reading()])

    def send_all():
        for number in range(1, 300):
            send(number)

    with pytest.raises(StorageError, match="no space left"):
        send_all()
    arrived = lesson.wall()["count"]
    send_all()
    assert 0 < arrived < lesson.wall()["count"] == 299


def test_a_file_that_somebody_deletes_ends_the_rooms(lesson, tmp_path):
    pupil = lesson.join()
    lesson.rooms.close()
    (tmp_path / FILE_NAME).unlink()
    with pytest.raises(UnknownRoomError):
        lesson.device(pupil)
