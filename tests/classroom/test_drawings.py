"""No drawing is lost or doubled, and what is no digit waits for the teacher."""

import base64
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support.classroom import reading
from support.ink import FOUR, SEVEN

from mnist_core.classroom import drawings
from mnist_core.classroom.drawings import Reading, Sent
from mnist_core.errors import InkError, PictureError, QueryError, RoomError


def ids(view):
    return [entry["id"] for entry in view]


def test_a_drawing_is_shown_with_what_it_is_and_nothing_of_whose(lesson):
    lesson.draw(lesson.join())
    (shown,) = lesson.wall()["drawings"]
    assert sorted(shown) == ["digit", "id", "ink", "is_missed", "label"]
    assert (shown["label"], shown["digit"], shown["is_missed"]) == (7, 7, False)
    assert shown["ink"] == [[[0, 0], [600, 20], [300, 1000]], [[200, 500], [550, 480]]]


def test_what_is_sent_again_changes_nothing(lesson):
    pupil = lesson.join()
    lesson.draw(pupil, 1)
    before = lesson.wall()
    lesson.draw(pupil, 1)
    lesson.draw(pupil, 1, label=4, digit=4, ink=FOUR)
    assert lesson.wall() == before
    assert lesson.rooms.has_arrived(pupil, 1)
    assert not lesson.rooms.has_arrived(pupil, 2)


def test_the_same_number_of_two_devices_is_two_drawings(lesson):
    for pupil in lesson.join(2):
        lesson.draw(pupil, 1)
    assert lesson.wall()["count"] == 2


def test_many_devices_that_send_everything_three_times_at_once_lose_and_double_nothing(lesson):
    pupils, round_ = lesson.join(8), lesson.round
    sent = [(pupil, number) for number in range(1, 6) for pupil in pupils for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: lesson.rooms.submit(one[0], round_, Sent(one[1], ink=SEVEN, label=7)), sent))
    assert lesson.wall()["count"] == 40
    assert [lesson.device(pupil)["last_number"] for pupil in pupils] == [5] * 8


def test_what_is_no_digit_waits_in_the_tray_and_its_device_does_not_say_so(lesson):
    pupil = lesson.join()
    drawing = lesson.draw(pupil, is_digit=False)
    assert lesson.wall()["drawings"] == []
    assert lesson.wall()["count"] == 1
    (waiting,) = lesson.screen()["tray"]
    assert (waiting["id"], waiting["label"], waiting["pupil"]) == (drawing, 7, lesson.pupil(pupil)["id"])
    (own,) = lesson.device(pupil)["drawings"]
    assert own.keys() == {"id", "number", "ink", "label", "reading"}


def test_what_no_network_has_read_waits_too_unless_it_was_on_paper(lesson):
    pen, sheet = lesson.join(), lesson.rooms.add_pupil(lesson.teacher)
    lesson.rooms.submit(pen, lesson.round, Sent(1, ink=SEVEN, label=7))
    lesson.rooms.submit(sheet, lesson.round, Sent(1, image=np.eye(28, dtype=np.float32), label=7))
    (shown,) = lesson.wall()["drawings"]
    pixels = np.frombuffer(base64.b64decode(shown["image"]), np.uint8).reshape(28, 28)
    assert np.array_equal(pixels, np.eye(28) * 255)
    assert len(lesson.screen()["tray"]) == 1


def test_paper_is_what_its_cell_says_whatever_is_read(lesson):
    lesson.start("on_paper")
    sheet = lesson.rooms.add_pupil(lesson.teacher)
    lesson.rooms.submit(sheet, lesson.round, Sent(1, image=np.eye(28), label=7), [reading(1, is_digit=False)])
    (shown,) = lesson.wall()["drawings"]
    assert (shown["label"], shown["is_missed"]) == (7, True)


def test_the_teacher_accepts_hides_and_shows_again(lesson):
    pupil = lesson.join()
    drawing = lesson.draw(pupil, is_digit=False)
    own = lesson.device(pupil)
    version = lesson.wall()["version"]
    lesson.rooms.set_state(lesson.teacher, drawing, "accepted")
    assert ids(lesson.wall(version)["drawings"]) == [drawing]
    lesson.rooms.set_state(lesson.teacher, drawing, "hidden")
    assert (lesson.wall()["drawings"], lesson.wall(version)["gone"]) == ([], [drawing])
    assert ids(lesson.screen()["hidden"]) == [drawing]
    assert lesson.device(pupil)["drawings"] == own["drawings"]
    lesson.rooms.set_state(lesson.teacher, drawing, "accepted")
    assert ids(lesson.wall()["drawings"]) == [drawing]
    for wrong in ((drawing, "gone"), (999, "hidden"), (None, "hidden")):
        with pytest.raises(QueryError):
            lesson.rooms.set_state(lesson.teacher, *wrong)


def test_what_arrives_late_belongs_to_the_round_in_which_it_was_drawn(lesson):
    pupil, began = lesson.join(), lesson.round
    lesson.start("teach_it")
    lesson.draw(pupil, round_=began)
    assert lesson.wall()["drawings"] == []
    with pytest.raises(RoomError, match="nothing to draw"):
        lesson.rooms.submit(pupil, lesson.round, Sent(2, ink=SEVEN))
    lesson.rooms.end_activity(lesson.teacher)
    assert len(lesson.wall()["drawings"]) == 1


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (Sent(1, ink=[]), InkError),
        (Sent(1, ink=[[[1, 1]]]), InkError),
        (Sent(1, ink=np.random.default_rng(0).random((1, 10_000, 2)).tolist()), InkError),
        (Sent(1, image=np.zeros((20, 20))), PictureError),
        (Sent(1, image=np.full((28, 28), np.nan)), PictureError),
        (Sent(1, ink=SEVEN, label=10), QueryError),
        (Sent(1, ink=SEVEN, label="7"), QueryError),
        (Sent(0, ink=SEVEN), QueryError),
        (Sent(None, ink=SEVEN), QueryError),
        (Sent(1, ink=SEVEN, pupil=999), QueryError),
    ],
)
def test_what_cannot_be_kept_is_refused_and_the_number_is_free(lesson, sent, error):
    pupil = lesson.join()
    with pytest.raises(error):
        lesson.rooms.submit(pupil, lesson.round, sent, [reading()])
    assert lesson.draw(pupil, 1)


def test_no_round_but_the_rooms_own_is_drawn_in(lesson):
    pupil = lesson.join()
    for round_ in (999, None, "1", 0):
        with pytest.raises(QueryError):
            lesson.rooms.submit(pupil, round_, Sent(1, ink=SEVEN))


def test_a_room_has_bounds(lesson, monkeypatch):
    pupil, other = lesson.join(2)
    monkeypatch.setattr(drawings, "MOST_OF_PUPIL", 2)
    monkeypatch.setattr(drawings, "MOST_OF_ROOM", 3)
    for number in (1, 2):
        lesson.draw(pupil, number)
    lesson.draw(other, 1)
    for token, number in ((pupil, 3), (other, 2)):
        with pytest.raises(RoomError, match="no room for more"):
            lesson.draw(token, number)
    lesson.draw(other, 1)  # again


def test_what_a_network_says_is_rounded_and_kept(lesson):
    pupil = lesson.join()
    said = Reading("lenet", np.linspace(0, 0.2, 10, dtype=np.float32), np.True_)
    lesson.rooms.submit(pupil, lesson.round, Sent(1, ink=SEVEN, label=9), [said, reading(3)])
    kept = lesson.device(pupil)["drawings"][0]["reading"]
    assert (kept["network"], kept["digit"], kept["is_digit"]) == ("lenet", 9, True)
    assert kept["probabilities"] == [0.0, 0.0222, 0.0444, 0.0667, 0.0889, 0.1111, 0.1333, 0.1556, 0.1778, 0.2]


def test_no_column_can_hold_an_address_a_name_or_the_time_of_a_drawing(lesson):
    lesson.draw(lesson.join())
    with lesson.rooms._database.read() as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {
            table: [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")] for table in tables
        }
    assert columns["drawings"] == [
        *("id", "room_id", "round_id", "pupil_id", "device_id", "number", "label", "digit", "is_missed", "state"),
        *("readings", "strokes", "image", "version"),
    ]
    # Of pupils: when a device was last there and when it last sent something.
    assert set(columns["pupils"]) >= {"seen", "drew"}
    names = {name for found in columns.values() for name in found}
    assert not names & {"address", "ip", "name", "agent", "created", "time"}
    with sqlite3.connect(lesson.rooms._database.path) as connection:
        assert "10.0.0.1" not in "\n".join(connection.iterdump())


def test_a_thousand_drawings_are_small(lesson, tmp_path):
    pupils, round_ = lesson.join(10), lesson.round
    rng = np.random.default_rng(0)
    for number in range(1, 11):
        for pupil in pupils:
            wild = rng.normal(size=(2, 40, 2)).cumsum(axis=1).tolist()  # far more bends than a digit has
            lesson.rooms.submit(pupil, round_, Sent(number, ink=wild, label=7), [reading()] * 3)
    lesson.rooms.sweep()
    assert 10 * sum(path.stat().st_size for path in tmp_path.iterdir()) < 20_000_000
