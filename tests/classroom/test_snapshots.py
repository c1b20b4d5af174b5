"""A screen asks for what is new, can come back from nothing, and sees nothing that is not its own."""

import json

import pytest
from support.classroom import Lesson

from mnist_core.classroom.activities import ACTIVITIES


def test_nothing_new_is_a_short_answer(lesson):
    pupil = lesson.join()
    for show in (lambda since: lesson.device(pupil, since), lesson.wall):
        version = show(0)["version"]
        assert show(version) == {"version": version, "is_new": False}


@pytest.mark.parametrize("since", [None, "3", -1, 10**9, 2.5, True, []])
def test_a_version_that_is_none_brings_everything(lesson, since):
    lesson.draw(lesson.join())
    assert lesson.wall(since) == lesson.wall(0)


def test_versions_only_rise(lesson):
    pupil = lesson.join()
    seen = [lesson.wall()["version"]]
    for change in (
        lambda: lesson.draw(pupil),
        lambda: lesson.rooms.pause(lesson.teacher, True),
        lambda: lesson.rooms.lock(lesson.teacher, True),
        lambda: lesson.rooms.pass_on(pupil),
        lambda: lesson.start("guess_first"),
        lambda: lesson.rooms.guess(pupil, lesson.round, 3),
        lambda: lesson.step("bars"),
        lambda: lesson.rooms.leave(pupil),
    ):
        change()
        seen.append(lesson.wall()["version"])
    assert seen == sorted(set(seen))


def test_the_wall_gets_only_what_has_changed_until_a_step_changes_everything(lesson):
    pupil = lesson.join()
    first, version = lesson.draw(pupil, 1), lesson.wall()["version"]
    second = lesson.draw(pupil, 2)
    news = lesson.wall(version)
    assert ([entry["id"] for entry in news["drawings"]], news["is_whole"]) == ([second], False)
    version = lesson.wall()["version"]
    lesson.step("results")
    news = lesson.wall(version)
    assert ([entry["id"] for entry in news["drawings"]], news["is_whole"]) == ([first, second], True)


def test_a_device_does_not_follow_what_others_draw_well(lesson):
    pupil, other = lesson.join(2)
    version = lesson.device(pupil)["version"]
    lesson.draw(other, 1)
    assert not lesson.device(pupil, version)["is_new"]
    lesson.draw(other, 2, digit=1)  # missed: the class is asked to read it
    assert lesson.device(pupil, version)["is_new"]


def test_the_wall_and_devices_name_nobody_but_the_devices_own_pupils(lesson):
    pupils = lesson.join(5)
    animals = [lesson.pupil(pupil)["animal"] for pupil in pupils]
    for name in ACTIVITIES:
        lesson.start(name)
        for step in ACTIVITIES[name].steps:
            lesson.step(step.name)
            if ACTIVITIES[name].takes_drawings:
                for pupil in pupils:
                    lesson.draw(pupil, lesson.device(pupil)["last_number"] + 1, digit=1)
            wall = lesson.wall()
            assert not any(f'"{animal}"' in json.dumps(wall) for animal in animals)
            assert not keys_of(wall) & {"pupil", "pupils", "owners", "device", "animal"}
            told = json.dumps(lesson.device(pupils[0]))
            assert [f'"{animal}"' in told for animal in animals] == [True, False, False, False, False]


def keys_of(value):
    """All keys anywhere in a value."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def test_the_teacher_sees_whose_a_drawing_is(lesson):
    pupil = lesson.join()
    drawing = lesson.draw(pupil)
    screen = lesson.screen()
    assert screen["owners"] == {str(drawing): lesson.pupil(pupil)["id"]}
    assert screen["wall"] == lesson.wall()
    assert screen["wall_token"] == lesson.wall_token


def test_no_token_but_the_walls_is_in_any_snapshot(lesson):
    pupil = lesson.join()
    told = json.dumps([lesson.screen(), lesson.wall(), lesson.device(pupil)])
    assert pupil not in told
    assert lesson.teacher not in told


def test_a_restarted_server_shows_the_same_and_goes_on(lesson, tmp_path):
    pupil = lesson.join()
    lesson.draw(pupil, 1)
    lesson.start("guess_first", shown={"number": 3})
    lesson.rooms.guess(pupil, lesson.round, 3)
    before = lesson.device(pupil), lesson.wall(), lesson.screen()
    lesson.rooms.close()
    again = Lesson(tmp_path)
    for name in ("teacher", "wall_token", "code"):
        setattr(again, name, getattr(lesson, name))
    assert (again.device(pupil), again.wall(), again.screen()) == before
    version = again.wall()["version"]
    again.step("bars")
    assert again.wall(version)["guesses"]["counts"][3] == 1
    again.rooms.close()


def test_what_was_read_is_counted_with_the_matrix_when_it_is_revealed(lesson):
    pupil = lesson.join()
    lesson.draw(pupil, 1, label=7, digit=7)
    lesson.draw(pupil, 2, label=7, digit=1)
    worst = lesson.draw(pupil, 3, label=4, digit=9)
    lesson.draw(pupil, 4, label=4, digit=4, is_digit=False)  # waits
    lesson.draw(pupil, 5, label=None, digit=4)
    assert lesson.wall()["summary"] == {"num_labelled": 3, "num_read": 1}
    assert (lesson.wall()["count"], lesson.wall()["count_of_round"]) == (5, 5)
    lesson.step("results")
    summary = lesson.wall()["summary"]
    assert (summary["matrix"][7][7], summary["matrix"][7][1], summary["matrix"][4][9]) == (1, 1, 1)
    assert sum(map(sum, summary["matrix"])) == 3
    assert summary["worst"] in (worst, worst - 1)


def test_a_pupil_who_comes_back_on_another_device_finds_the_drawings_and_their_numbers_are_not_its_own(lesson):
    first = lesson.join()
    lesson.draw(first, 1)
    pupil = lesson.pupil(first)["id"]
    second = lesson.rooms.ask_back(lesson.code, pupil, "10.0.0.1")
    lesson.rooms.answer_request(lesson.teacher, lesson.screen()["requests"][0]["device"], True)
    lesson.draw(second, 1)
    assert [drawing["number"] for drawing in lesson.device(second)["drawings"]] == [None, 1]
    lesson.draw(first, 2, pupil=pupil)  # it had waited for a connection
    assert len(lesson.device(second)["drawings"]) == 3


def test_every_pupil_is_asked_for_all_digits_in_an_order_of_its_own(lesson):
    asked = [lesson.device(pupil)["asked"] for pupil in lesson.join(10)]
    assert all(sorted(digits) == list(range(10)) for digits in asked)
    assert len({digits[0] for digits in asked}) == 10
    lesson.start("our_handwriting", digits=[1, 7], each=3)
    assert sorted(lesson.device(lesson.join())["asked"]) == [1, 1, 1, 7, 7, 7]


def test_the_same_drawing_five_times_is_a_series_with_its_bars(lesson):
    pupils = lesson.join(2)
    lesson.start("did_it_learn", digit=7, times=5)
    lesson.step("draw")
    assert lesson.device(pupils[0])["asked"] == [7] * 5
    for number in range(1, 6):
        for pupil in pupils:
            lesson.draw(pupil, number, label=None)
    shown = lesson.wall()["drawings"]
    assert [entry["series"] for entry in shown] == [0, 1] * 5
    assert all(entry["probabilities"] == shown[0]["probabilities"] for entry in shown)
    assert {entry["label"] for entry in shown} == {7}


def test_all_of_it_is_plain_json(lesson):
    pupil = lesson.join()
    lesson.draw(pupil, digit=1)
    for view in (lesson.device(pupil), lesson.wall(), lesson.screen()):
        assert json.loads(json.dumps(view)) == view
