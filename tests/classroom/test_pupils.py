"""Every pupil is an animal of its own, whatever becomes of the devices."""

import pytest
from support.ink import SEVEN

from mnist_core.classroom.animals import ANIMALS
from mnist_core.classroom.codes import make_token
from mnist_core.classroom.drawings import Sent
from mnist_core.classroom.pupils import MOST_PUPILS
from mnist_core.errors import QueryError, RoomError


def animal(lesson, token):
    pupil = lesson.pupil(token)
    return pupil and (pupil["animal"], pupil["number"])


def test_two_hundred_join_and_each_has_an_animal_of_its_own(lesson):
    animals = [animal(lesson, token) for token in lesson.join(200)]
    assert len(set(animals)) == 200
    assert len({name for name, number in animals if number == 1}) == len(ANIMALS)
    assert lesson.wall()["room"]["num_pupils"] == 200


def test_a_class_of_thirty_has_thirty_symbols(lesson):
    assert len({lesson.pupil(token)["symbol"] for token in lesson.join(30)}) == 30


def test_a_full_room_says_so_and_goes_on(lesson):
    tokens = lesson.join(MOST_PUPILS)
    with pytest.raises(RoomError, match=f"full: it has {MOST_PUPILS} animals"):
        lesson.join()
    assert lesson.draw(tokens[-1])


def test_a_join_that_is_repeated_gives_one_animal(lesson):
    own = make_token()
    assert {lesson.rooms.join(lesson.code, "10.0.0.1", own) for _ in range(3)} == {own}
    assert lesson.wall()["room"]["num_pupils"] == 1


@pytest.mark.parametrize("own", ["short", 7, None, "ü" * 30, ["x"]])
def test_what_is_no_token_is_replaced(lesson, own):
    token = lesson.rooms.join(lesson.code, "10.0.0.1", own)
    assert token != own
    assert lesson.pupil(token)


def test_a_token_of_another_room_is_replaced(lesson):
    other = lesson.rooms.open_room()
    token = lesson.join()
    assert lesson.rooms.join(other["code"], "10.0.0.1", token) != token


def test_who_was_away_for_ten_minutes_comes_back_to_animal_drawings_and_answers(lesson):
    pupil = lesson.join()
    lesson.draw(pupil)
    before = lesson.device(pupil)
    lesson.now += 600
    assert lesson.screen()["pupils"][0]["is_away"]
    after = lesson.device(pupil)
    assert (after["pupil"], after["drawings"], after["asked"]) == (before["pupil"], before["drawings"], before["asked"])
    assert not lesson.screen()["pupils"][0]["is_away"]


def test_a_device_is_passed_on_and_back(lesson):
    tablet = lesson.join()
    first = lesson.pupil(tablet)
    lesson.draw(tablet, 1)
    lesson.rooms.pass_on(tablet)
    second = lesson.pupil(tablet)
    assert second != first
    assert lesson.device(tablet)["drawings"] == []
    assert lesson.device(tablet)["pupils"] == [first, second]
    lesson.rooms.pass_on(tablet, first["id"])
    assert lesson.pupil(tablet) == first
    assert [entry["number"] for entry in lesson.device(tablet)["drawings"]] == [1]


def test_what_was_drawn_before_passing_on_and_sent_after_it_is_the_first_pupils(lesson):
    tablet = lesson.join()
    first = lesson.pupil(tablet)["id"]
    lesson.rooms.pass_on(tablet)
    lesson.rooms.submit(tablet, lesson.round, Sent(1, ink=SEVEN, label=7, pupil=first))
    assert lesson.device(tablet)["drawings"] == []
    lesson.rooms.pass_on(tablet, first)
    assert len(lesson.device(tablet)["drawings"]) == 1


def test_a_device_is_not_passed_to_the_pupil_of_another(lesson):
    mine, theirs = lesson.join(2)
    for pupil in (lesson.pupil(theirs)["id"], 999, -1, "1", True):
        with pytest.raises(QueryError):
            lesson.rooms.pass_on(mine, pupil)


def test_who_leaves_is_gone_and_the_drawings_stay(lesson):
    pupil = lesson.join()
    lesson.draw(pupil)
    lesson.rooms.leave(pupil)
    assert lesson.pupil(pupil) is None
    assert (lesson.wall()["room"]["num_pupils"], lesson.wall()["count"]) == (0, 1)
    with pytest.raises(RoomError, match="has no animal"):
        lesson.rooms.submit(pupil, lesson.round, Sent(2, ink=SEVEN))
    assert lesson.rooms.join(lesson.code, "10.0.0.1", pupil) == pupil
    assert len(lesson.screen()["pupils"]) == 2


def test_who_is_removed_draws_no_more_and_is_hidden(lesson):
    pupil, other = lesson.join(2)
    shown = lesson.draw(pupil), lesson.draw(other)
    version = lesson.wall()["version"]
    lesson.rooms.remove_pupil(lesson.teacher, lesson.pupil(pupil)["id"])
    assert lesson.wall(version)["gone"] == [shown[0]]
    assert [entry["id"] for entry in lesson.wall()["drawings"]] == [shown[1]]
    assert lesson.pupil(pupil) is None


def test_a_lost_token_is_let_in_again_by_the_teacher(lesson):
    lost, other = lesson.join(2)
    fox = lesson.pupil(lost)
    lesson.draw(lost)
    lesson.rooms.lock(lesson.teacher, True)
    assert fox in lesson.rooms.list_pupils(lesson.code, "10.0.0.1")
    new = lesson.rooms.ask_back(lesson.code, fox["id"], "10.0.0.1")
    assert lesson.device(new)["is_waiting"]
    assert lesson.pupil(new) is None
    (request,) = lesson.screen()["requests"]
    assert request["pupil"] == fox["id"]
    lesson.rooms.answer_request(lesson.teacher, request["device"], True)
    assert lesson.pupil(new) == fox
    assert len(lesson.device(new)["drawings"]) == 1
    assert lesson.pupil(lost) is None
    assert lesson.pupil(other)
    lesson.draw(new, 1)  # its numbers are its own
    assert lesson.wall()["count"] == 2


def test_one_who_has_left_can_be_let_in_again(lesson):
    pupil = lesson.join()
    fox = lesson.pupil(pupil)
    lesson.rooms.leave(pupil)
    lesson.rooms.ask_back(lesson.code, fox["id"], "10.0.0.1", pupil)
    lesson.rooms.answer_request(lesson.teacher, lesson.screen()["requests"][0]["device"], True)
    assert lesson.pupil(pupil) == fox
    assert lesson.wall()["room"]["num_pupils"] == 1


def test_the_teacher_may_refuse(lesson):
    fox = lesson.join()
    new = lesson.rooms.ask_back(lesson.code, lesson.pupil(fox)["id"], "10.0.0.1")
    device = lesson.screen()["requests"][0]["device"]
    lesson.rooms.answer_request(lesson.teacher, device, False)
    assert not lesson.device(new)["is_waiting"]
    assert lesson.pupil(fox)
    with pytest.raises(QueryError, match="does not ask"):
        lesson.rooms.answer_request(lesson.teacher, device, True)
    with pytest.raises(QueryError, match="no such animal"):
        lesson.rooms.ask_back(lesson.code, 999, "10.0.0.1")


def test_the_teacher_adds_pupils_without_devices_even_to_a_locked_room(lesson):
    lesson.rooms.lock(lesson.teacher, True)
    sheets = [lesson.rooms.add_pupil(lesson.teacher) for _ in range(2)]
    assert animal(lesson, sheets[0]) != animal(lesson, sheets[1])


def watched(lesson, token):
    own = lesson.pupil(token)["id"]
    return next(entry for entry in lesson.screen()["pupils"] if entry["id"] == own)


def test_the_teacher_sees_who_is_away_and_who_may_be_stuck(lesson):
    quick, slow, away = lesson.join(3)
    lesson.start("our_handwriting", digits=[7], each=2)
    gone = lesson.pupil(away)["id"]
    for second in range(0, 200, 10):
        lesson.now += 10
        lesson.device(quick)
        lesson.device(slow)
        if second == 100:
            lesson.draw(slow, 1)
            lesson.draw(quick, 1)
            lesson.draw(quick, 2)
    seen = {entry["id"]: entry for entry in lesson.screen()["pupils"]}
    assert [entry["is_away"] for entry in seen.values()] == [False, False, True]
    assert seen[gone]["seconds_seen"] == 200
    assert watched(lesson, quick)["is_stuck"] is False  # has drawn all that was asked for
    assert watched(lesson, slow)["is_stuck"] is False
    lesson.now += 10
    assert watched(lesson, slow)["is_stuck"] is True
    assert watched(lesson, slow)["seconds_drew"] == 100


def test_nobody_is_stuck_in_a_pause_or_where_nothing_is_drawn(lesson):
    pupil = lesson.join()
    lesson.now += 500
    lesson.rooms.pause(lesson.teacher, True)
    assert not watched(lesson, pupil)["is_stuck"]
    lesson.rooms.pause(lesson.teacher, False)
    assert watched(lesson, pupil)["is_stuck"]
    lesson.step("results")
    lesson.now += 500
    assert not watched(lesson, pupil)["is_stuck"]


def test_who_has_passed_the_device_on_or_works_on_paper_is_neither_away_nor_stuck(lesson):
    tablet = lesson.join()
    lesson.rooms.add_pupil(lesson.teacher)
    lesson.rooms.pass_on(tablet)
    lesson.now += 500
    watched = lesson.screen()["pupils"]
    assert [entry["has_device"] for entry in watched] == [False, False, True]
    assert [entry["is_away"] for entry in watched] == [entry["is_stuck"] for entry in watched] == [False, False, True]


def test_that_a_device_is_there_is_no_news(lesson):
    pupil = lesson.join()
    version = lesson.screen()["version"]
    lesson.now += 60
    lesson.device(pupil)
    shown = lesson.screen(version)
    assert not shown["is_new"]
    assert shown["pupils"][0]["seconds_seen"] == 0
