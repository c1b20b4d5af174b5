"""A room is found by its code and its tokens, obeys its teacher alone, and is gone when it ends."""

import pytest
from support.ink import SEVEN

from mnist_core.classroom.drawings import Sent
from mnist_core.classroom.rooms import LIFETIME_SECONDS, MOST_CONTROLS, MOST_ROOMS, PHONE_CODE_SECONDS
from mnist_core.errors import QueryError, RoomError, UnknownRoomError

TEACHERS_METHODS = {
    "make_phone_code": (),
    "close_other_controls": (),
    "lock": (True,),
    "pause": (True,),
    "start_activity": ("fool_it",),
    "end_activity": (),
    "set_step": ("results",),
    "check_teacher": (),
    "find_round": ("our_handwriting",),
    "count_hands": ([],),
    "set_state": (1, "hidden"),
    "add_pupil": (),
    "add_sheet": (1, []),
    "remove_pupil": (1,),
    "answer_request": (1, True),
    "collect_class_set": (),
    "show_teacher": (),
    "end_room": (),
}


@pytest.mark.parametrize("name", TEACHERS_METHODS)
def test_only_the_teacher_may(lesson, name):
    method, values = getattr(lesson.rooms, name), TEACHERS_METHODS[name]
    before = lesson.wall(), lesson.screen()
    for token in (pupil := lesson.join(), lesson.wall_token):
        with pytest.raises(RoomError, match="Only the teacher can do this"):
            method(token, *values)
    for token in ("x" * 24, "", None, 7, lesson.code):
        with pytest.raises(UnknownRoomError):
            method(token, *values)
    lesson.rooms.remove_pupil(lesson.teacher, lesson.pupil(pupil)["id"])
    assert lesson.wall()["activity"] == before[0]["activity"]


def test_a_pupil_and_a_wall_see_only_what_is_theirs(lesson):
    pupil = lesson.join()
    for token in (pupil, lesson.teacher):
        with pytest.raises(RoomError):
            lesson.rooms.show_wall(token)
    for token in (lesson.teacher, lesson.wall_token):
        with pytest.raises(UnknownRoomError):
            lesson.device(token)


def test_the_teachers_methods_are_all_named_here(lesson):
    taking = {
        name
        for name in dir(type(lesson.rooms))
        if not name.startswith("_") and "teacher" in getattr(getattr(type(lesson.rooms), name), "__annotations__", {})
    }
    assert taking == {*TEACHERS_METHODS, "add_class_set"}


def test_a_wrong_code_opens_nothing(lesson):
    for code in ("BCDFHJK", "", None, lesson.code[:-1], "%" * 7):
        with pytest.raises(UnknownRoomError, match="No room has this code"):
            lesson.rooms.join(code, "10.0.0.1")
    assert lesson.wall()["room"]["num_pupils"] == 0


def test_a_room_expires_and_is_deleted(lesson):
    pupil = lesson.join()
    lesson.now += LIFETIME_SECONDS - 1
    assert lesson.wall()["room"]["seconds_left"] == 1
    lesson.now += 1
    for see in (lambda: lesson.device(pupil), lesson.wall, lesson.screen, lesson.join):
        with pytest.raises(UnknownRoomError):
            see()
    lesson.rooms.sweep()
    assert everything(lesson) == {}


def test_an_ended_room_leaves_nothing_in_the_file(lesson, tmp_path):
    pupils = lesson.join(3)
    for pupil in pupils:
        lesson.draw(pupil, label=7, digit=1)
    lesson.rooms.vote(pupils[0], lesson.drawing_of(pupils[1]), 7)
    lesson.rooms.make_phone_code(lesson.teacher)
    lesson.start("teach_it")
    lesson.rooms.guess(pupils[0], lesson.round, 1)
    lesson.start("questions")
    lesson.rooms.answer_question(pupils[0], lesson.round, 0, 1)
    assert len(everything(lesson)) >= 8
    lesson.rooms.end_room(lesson.teacher)
    assert everything(lesson) == {}
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert pupils[0].encode() not in kept
    assert lesson.code.encode() not in kept
    with pytest.raises(UnknownRoomError, match="the lesson has ended"):
        lesson.rooms.submit(pupils[0], 1, Sent(2, ink=SEVEN))


def everything(lesson):
    """How many rows each table has that is not empty."""
    with lesson.rooms._database.read() as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
    return {table: count for table, count in counts.items() if count}


def test_another_room_lives_on_and_is_not_reached_from_this_one(lesson):
    other = lesson.rooms.open_room()
    mine, theirs = lesson.join(), lesson.rooms.join(other["code"], "10.0.0.1")
    drawing = lesson.draw(mine)
    for change in (
        lambda: lesson.rooms.set_state(other["teacher"], drawing, "hidden"),
        lambda: lesson.rooms.remove_pupil(other["teacher"], lesson.pupil(mine)["id"]),
        lambda: lesson.rooms.submit(theirs, lesson.round, Sent(1, ink=SEVEN)),
        lambda: lesson.rooms.pass_on(theirs, lesson.pupil(mine)["id"]),
    ):
        with pytest.raises(QueryError):
            change()
    lesson.rooms.end_room(other["teacher"])
    assert lesson.wall()["count"] == 1


def test_a_locked_room_lets_nobody_new_in_but_those_who_are_in(lesson):
    inside = lesson.join()
    lesson.rooms.lock(lesson.teacher, True)
    with pytest.raises(RoomError, match="locked"):
        lesson.join()
    assert lesson.rooms.join(lesson.code, "10.0.0.1", inside) == inside
    lesson.rooms.pass_on(inside)
    lesson.rooms.lock(lesson.teacher, False)
    lesson.join()
    assert lesson.wall()["room"]["num_pupils"] == 3


def test_a_pause_reaches_every_screen_and_loses_no_drawing(lesson):
    pupil = lesson.join()
    lesson.rooms.pause(lesson.teacher, True)
    assert lesson.device(pupil)["room"]["is_paused"]
    assert lesson.wall()["devices_show"] == "paused"
    lesson.draw(pupil)
    lesson.rooms.pause(lesson.teacher, False)
    assert lesson.wall()["devices_show"] == "draw"
    assert lesson.wall()["count"] == 1


def test_the_controls_open_on_a_phone_once(lesson):
    code = lesson.rooms.make_phone_code(lesson.teacher)
    phone = lesson.rooms.open_controls(code.lower(), "10.0.0.2")
    assert lesson.rooms.show_teacher(phone)["num_controls"] == 2
    with pytest.raises(UnknownRoomError, match="works once"):
        lesson.rooms.open_controls(code, "10.0.0.2")
    lesson.rooms.close_other_controls(lesson.teacher)
    with pytest.raises(UnknownRoomError):
        lesson.rooms.lock(phone, True)
    assert lesson.screen()["num_controls"] == 1


def test_a_code_for_the_phone_is_good_for_minutes_and_the_newest_only(lesson):
    first, second = (lesson.rooms.make_phone_code(lesson.teacher) for _ in range(2))
    lesson.now += PHONE_CODE_SECONDS
    for code in (first, second, lesson.code):
        with pytest.raises(UnknownRoomError):
            lesson.rooms.open_controls(code, "10.0.0.2")


def test_rooms_that_nobody_joins_keep_no_class_out(lesson):
    lesson.join()
    for _ in range(MOST_ROOMS + 1):
        lesson.rooms.open_room()
    assert lesson.wall()["room"]["num_pupils"] == 1


def test_so_many_devices_have_the_controls_and_so_many_rooms_are_open(lesson):
    for _ in range(MOST_CONTROLS - 1):
        lesson.rooms.open_controls(lesson.rooms.make_phone_code(lesson.teacher), "10.0.0.2")
    with pytest.raises(RoomError, match="have the controls"):
        lesson.rooms.open_controls(lesson.rooms.make_phone_code(lesson.teacher), "10.0.0.2")
    lesson.join()
    for _ in range(MOST_ROOMS - 1):
        lesson.rooms.join(lesson.rooms.open_room()["code"], "10.0.0.1")
    with pytest.raises(RoomError, match="no place for another"):
        lesson.rooms.open_room()
