"""The teacher leads the class from activity to activity and from step to step."""

import pytest

from mnist_core.classroom.activities import ACTIVITIES
from mnist_core.errors import QueryError, RoomError


def test_a_room_without_a_chosen_activity_is_at_our_handwriting(lesson):
    for activity in (lesson.wall()["activity"], lesson.device(lesson.join())["activity"]):
        assert (activity["name"], activity["step"]) == ("our_handwriting", "draw")


@pytest.mark.parametrize("name", ACTIVITIES)
def test_every_activity_can_be_led_through(lesson, name):
    pupil = lesson.join()
    lesson.start(name)
    for step in ACTIVITIES[name].steps:
        lesson.step(step.name)
        assert lesson.device(pupil)["activity"]["step"] == lesson.wall()["devices_show"] == step.name
        assert lesson.screen()["wall"]["activity"]["name"] == name
    lesson.rooms.end_activity(lesson.teacher)
    assert lesson.device(pupil)["activity"]["name"] == "our_handwriting"


def test_our_handwriting_goes_on_where_it_was_left(lesson):
    pupil = lesson.join()
    lesson.start("our_handwriting", digits=[1, 7], each=2)
    before = lesson.wall()["activity"]
    lesson.draw(pupil)
    lesson.start("teach_it")
    assert lesson.wall()["drawings"] == []
    lesson.rooms.end_activity(lesson.teacher)
    assert lesson.wall()["activity"] == before
    assert len(lesson.wall()["drawings"]) == 1


def test_another_activity_started_again_is_new(lesson):
    lesson.start("guess_first", shown={"number": 1})
    first = lesson.round
    lesson.start("guess_first", shown={"number": 2})
    assert lesson.round != first
    assert lesson.wall()["activity"]["settings"] == {"shown": {"number": 2}}


def test_bars_and_reasons_are_sent_only_from_their_step_on(lesson):
    pupil = lesson.join()
    lesson.start("guess_first", shown={"image": "..."}, bars={"p": [1]}, why={"text": "because"})
    seen = []
    for step in ("guess", "bars", "why"):
        lesson.step(step)
        seen.append(sorted(lesson.device(pupil)["activity"]["settings"]))
        assert lesson.wall()["activity"]["settings"].keys() == set(seen[-1])
    assert seen == [["shown"], ["bars", "shown"], ["bars", "shown", "why"]]


def test_nobody_guesses_again_what_was_shown(lesson):
    lesson.start("guess_first")
    lesson.step("bars")
    with pytest.raises(RoomError, match="Start the activity again"):
        lesson.step("guess")
    lesson.start("our_handwriting")
    lesson.step("results")
    lesson.step("draw")


def test_what_the_server_tells_reaches_the_wall_and_in_part_the_devices(lesson):
    pupil = lesson.join()
    lesson.start("teach_it")
    lesson.rooms.tell(lesson.round, {"share": 0.2})
    lesson.rooms.tell(lesson.round, {"share": 0.4, "devices": {"best": "both"}})
    assert lesson.wall()["activity"]["told"] == {"share": 0.4, "devices": {"best": "both"}}
    assert lesson.device(pupil)["activity"]["told"] == {"best": "both"}


def test_progress_for_the_wall_alone_is_no_news_to_devices(lesson):
    pupil = lesson.join()
    lesson.start("teach_it")
    version = lesson.device(pupil)["version"]
    lesson.rooms.tell(lesson.round, {"share": 0.2})
    assert not lesson.device(pupil, version)["is_new"]


@pytest.mark.parametrize(
    "change",
    [
        lambda lesson: lesson.start("chess"),
        lambda lesson: lesson.start(None),
        lambda lesson: lesson.start("fool_it", level="hard"),
        lambda lesson: lesson.step("nowhere"),
        lambda lesson: lesson.step(None),
        lambda lesson: lesson.rooms.tell(lesson.round, ["share"]),
        lambda lesson: lesson.rooms.start_activity(lesson.teacher, "fool_it", [1]),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(lesson, change):
    before = lesson.wall()
    with pytest.raises(QueryError):
        change(lesson)
    assert lesson.wall() == before
