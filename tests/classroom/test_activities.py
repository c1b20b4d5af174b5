"""Every activity has steps, and settings that are not trusted."""

import pytest

from mnist_core.classroom.activities import ACTIVITIES, DEFAULT
from mnist_core.errors import QueryError

every_activity = pytest.mark.parametrize("activity", ACTIVITIES.values(), ids=lambda activity: activity.name)


def test_the_lesson_has_its_activities():
    assert {"guess_first", "our_handwriting", "teach_it", "did_it_learn", "fool_it", "on_paper", "questions"} == set(
        ACTIVITIES
    )
    assert DEFAULT in ACTIVITIES


@every_activity
def test_defaults_can_be_read_and_unknown_settings_cannot(activity):
    assert set(activity.read_settings({})) == set(activity.settings)
    for given in ({"unknown": 1}, None, [], 7):
        with pytest.raises(QueryError):
            activity.read_settings(given)


@every_activity
def test_steps_are_found_by_name_and_something_is_revealed_or_closed_last(activity):
    assert [activity.find_step(step.name) for step in activity.steps] == list(range(len(activity.steps)))
    assert activity.steps[-1].is_revealed or activity.name == "questions"
    with pytest.raises(QueryError):
        activity.find_step("elsewhere")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("our_handwriting", {"digits": []}),
        ("our_handwriting", {"digits": [7, 10]}),
        ("our_handwriting", {"digits": "7"}),
        ("our_handwriting", {"each": 0}),
        ("did_it_learn", {"digit": True}),
        ("fool_it", {"level": "hard"}),
        ("questions", {"when": "later"}),
        ("guess_first", {"bars": [0.1]}),
        ("guess_first", {"bars": {"x": float("nan")}}),
        ("guess_first", {"bars": {"x": "x" * 60_000}}),
        ("guess_first", {"bars": {"x": object()}}),
    ],
)
def test_wrong_settings_are_refused(name, settings):
    with pytest.raises(QueryError):
        ACTIVITIES[name].read_settings(settings)


def test_what_is_revealed_later_is_not_among_what_is_shown():
    guess_first = ACTIVITIES["guess_first"]
    settings = guess_first.read_settings({"shown": {"ink": []}, "bars": {"p": [1]}, "why": {"text": "because"}})
    assert [sorted(guess_first.select_shown(settings, step)) for step in range(3)] == [
        ["shown"],
        ["bars", "shown"],
        ["bars", "shown", "why"],
    ]
