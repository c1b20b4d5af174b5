"""Every image on the time line is what the pad would have shown, had the visitor stopped there."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from mnist_core.errors import InkError
from mnist_core.explain.anatomy import Anatomy
from mnist_core.models.inference import LiteRTPredictor, predict
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.preprocessing.timeline import (
    LONGEST_REST,
    MOST_MOMENTS,
    AnswerChange,
    cut_strokes,
    find_turns,
    follow_pen,
)
from mnist_core.ui.inside.belief import belief_functions


def line(start, end, num_points=21, begin=0.0, step=10.0):
    share = np.linspace(0, 1, num_points)[:, None]
    points = np.array(start) + share * (np.array(end) - start)
    return np.column_stack([points, begin + step * np.arange(num_points)]).tolist()


STEM = line((0.5, 0.2), (0.5, 0.8))
SEVEN = [line((0.3, 0.2), (0.7, 0.2)) + line((0.7, 0.2), (0.5, 0.8), begin=210)[1:]]
FOUR = [
    line((0.4, 0.2), (0.3, 0.55)) + line((0.3, 0.55), (0.7, 0.55), begin=210)[1:],
    line((0.6, 0.3), (0.57, 0.8), begin=500),
]


def without_times(ink):
    return [[point[:2] for point in stroke] for stroke in ink]


def with_times(ink, times):
    return [[[*point[:2], time] for point, time in zip(stroke, times, strict=True)] for stroke in ink]


def read_shipped(images):
    return predict(LiteRTPredictor(load_stored(SHIPPED_DIR / "sketchnet")), images)


# Images


@pytest.mark.parametrize("ink", [SEVEN, FOUR, [STEM]])
def test_the_last_image_is_the_whole_drawing(ink):
    timeline = follow_pen(ink)
    assert np.array_equal(timeline.images[-1], render_ink(check_ink(ink)))
    assert timeline.images.shape[1:] == (28, 28)
    assert MOST_MOMENTS - 5 <= len(timeline.images) == len(timeline.milliseconds) <= MOST_MOMENTS


def test_each_image_is_what_the_pad_made_of_the_ink_up_to_then():
    timeline = follow_pen(FOUR)
    for index in (3, 20, 40, 50):
        until = timeline.milliseconds[index]
        drawn = [[point for point in stroke if point[2] <= until] for stroke in timeline.strokes]
        known = render_ink([np.array(stroke)[:, :2] for stroke in drawn if stroke])
        assert np.abs(timeline.images[index] - known).mean() < 0.03


def test_at_the_end_of_a_stroke_it_is_exactly_the_strokes_so_far():
    timeline = follow_pen(FOUR)
    assert np.array_equal(timeline.images[timeline.ends[0]], render_ink(check_ink(FOUR[:1])))
    assert timeline.ends[1] == len(timeline.images) - 1


def test_a_moment_may_fall_between_two_points():
    (cut,) = cut_strokes([np.array([[0.0, 0.0, 0.0], [30.0, 40.0, 100.0], [30.0, 90.0, 200.0]])], 0, 75)
    assert cut.tolist() == [[0, 0, 0], [30, 40, 100], [30, 65, 150]]
    assert len(follow_pen([[[0, 0, 0], [10, 90, 400]]]).images) == MOST_MOMENTS


def test_the_pen_has_come_as_far_from_each_moment_to_the_next():
    timeline = follow_pen([line((0, 0), (0, 1), num_points=7)])
    ways = np.interp(timeline.milliseconds, timeline.strokes[0][:, 2], timeline.strokes[0][:, 1])
    assert np.allclose(ways, np.arange(1, 61) / 60)


def test_every_digit_of_a_time_line_is_what_the_network_answers_to_the_cut_drawing():
    timeline = follow_pen(SEVEN)
    probabilities = read_shipped(timeline.images).probabilities
    whole, middle = (read_shipped(timeline.images[[index]]).probabilities[0] for index in (-1, 30))
    assert whole.argmax() == 7
    assert np.allclose(probabilities[[-1, 30]], [whole, middle], atol=1e-6)
    assert probabilities[:, 7].argmax() > 20  # no seven before it has a stem


def test_dots_are_left_out():
    timeline = follow_pen([[[0.1, 0.1, 0]], *FOUR])
    assert timeline.ends[0] == -1
    assert timeline.ends[1] > 0
    assert follow_pen(SEVEN, smallest=0.2).milliseconds[0] == pytest.approx(100, abs=10)
    assert len(follow_pen(SEVEN, smallest=10).images) == 1


def test_each_stroke_begins_and_ends_at_a_moment():
    timeline = follow_pen(FOUR)
    assert {timeline.strokes[0][-1, 2], *timeline.strokes[1][[0, -1], 2]} <= set(timeline.milliseconds)
    assert (np.diff(timeline.milliseconds) >= 0).all()


def test_a_thousand_strokes_are_not_a_thousand_images():
    ink = [[[x, 0, 10 * x], [x, 5, 10 * x + 5]] for x in range(1000)]
    timeline = follow_pen(ink)
    assert len(timeline.images) == MOST_MOMENTS
    assert timeline.ends[-1] == MOST_MOMENTS - 1
    for number in np.flatnonzero(timeline.ends >= 0):
        assert np.array_equal(timeline.images[timeline.ends[number]], render_ink(check_ink(ink[: number + 1])))


def test_the_more_points_the_fewer_moments():
    assert len(follow_pen([line((0, 0), (0, 1), 4_000)]).images) == MOST_MOMENTS
    timeline = follow_pen([line((0, 0), (0, 1), 30_000)])
    assert len(timeline.images) == 10
    assert timeline.ends.tolist() == [9]


def test_dots_alone_are_a_drawing():
    timeline = follow_pen([[[0.2 * x, 0.1 * x * x, 100 * x]] for x in range(5)])
    assert timeline.ends.tolist() == [-1, 0, 1, 2, 3]


# Times


def test_times_begin_at_nought_and_are_the_pens():
    timeline = follow_pen([line((0, 0), (0, 1), begin=5000)])
    assert timeline.is_timed
    assert timeline.strokes[0][:, 2].tolist() == list(range(0, 201, 10)[:21])
    assert timeline.milliseconds[-1] == 200


def test_rests_are_shortened():
    pause = 180_000.0
    timeline = follow_pen([STEM, line((0.4, 0.5), (0.6, 0.5), begin=200 + pause)])
    assert timeline.milliseconds[-1] == pytest.approx(400 + LONGEST_REST)
    assert timeline.milliseconds_cut == pytest.approx(pause - LONGEST_REST)


def test_strokes_without_times_have_an_even_speed():
    timeline = follow_pen(without_times(SEVEN))
    assert not timeline.is_timed
    assert np.allclose(np.diff(timeline.milliseconds), np.diff(timeline.milliseconds)[0])
    assert np.array_equal(timeline.images, follow_pen(SEVEN).images)


def test_missing_times_are_put_between_their_neighbours():
    whole = [stroke[2] for stroke in STEM]
    for gap in (None, float("nan"), float("inf")):
        times = [time if index % 3 == 0 else gap for index, time in enumerate(whole)]
        timeline = follow_pen(with_times([STEM], times))
        assert np.allclose(timeline.strokes[0][:19, 2], whole[:19])


@pytest.mark.parametrize("wild", [1e300, -1e300, 1e12, -5])
def test_one_wild_time_spoils_only_its_neighbourhood(wild):
    times = [point[2] for point in STEM]
    times[10] = wild
    timeline = follow_pen(with_times([STEM], times))
    assert (np.diff(timeline.milliseconds) >= 0).all()
    assert timeline.milliseconds[-1] <= 200 + LONGEST_REST
    assert np.array_equal(timeline.images, follow_pen([STEM]).images)


@pytest.mark.parametrize("times", [[9.0] * 21, list(range(21, 0, -1))])
def test_where_no_time_passes_the_speed_is_even(times):
    timeline = follow_pen(with_times([STEM], times))
    assert not timeline.is_timed
    assert timeline.milliseconds[-1] > 100


@pytest.mark.parametrize("ink", [[], [[[1, 1, 0]]], [[[1, float("nan"), 0]]], "7", None])
def test_what_is_no_drawing_has_no_time_line(ink):
    with pytest.raises(InkError):
        follow_pen(ink)


# Turns


def test_a_turn_is_where_the_answer_changed():
    probabilities = np.eye(10)[[1, 1, 7, 7, 2, 7]]
    accepted = np.array([True, True, True, True, False, True])
    assert find_turns(probabilities, accepted) == [
        AnswerChange(2, 1, 7),
        AnswerChange(4, 7, None),
        AnswerChange(5, None, 7),
    ]
    assert find_turns(probabilities[:1], accepted[:1]) == []


# What the page receives


@pytest.fixture(scope="module")
def follow_belief():
    anatomy = Anatomy(load_stored(SHIPPED_DIR / "sketchnet"))
    (function,) = belief_functions(SimpleNamespace(open=lambda model: {"": anatomy}[model]))
    return function


def test_the_page_receives_a_prediction_for_every_moment(follow_belief):
    answer = follow_belief({"strokes": SEVEN, "model": None})
    whole = read_shipped(render_ink(check_ink(SEVEN))[None])
    assert {len(answer[name]) for name in ("moments", "probabilities", "accepted", "verdicts")} == {59}
    assert np.allclose(answer["probabilities"][-1], whole.probabilities[0], atol=1e-5)
    assert answer["verdicts"][-1] == {"kind": "sure", "labels": (7,)}
    assert len(json.dumps(answer)) < 60_000


def test_the_last_turn_leads_to_the_answer(follow_belief):
    answer = follow_belief({"strokes": SEVEN})
    turn = answer["turns"][-1]
    assert turn["after"] == 7 != turn["before"]
    labels = np.argmax(answer["probabilities"], axis=1)
    assert (labels[turn["index"] :] == 7).all()
    assert labels[turn["index"] - 1] != 7 or not answer["accepted"][turn["index"] - 1]


def test_what_is_a_dot_on_the_pad_is_none_of_the_moments(follow_belief):
    answer = follow_belief({"strokes": SEVEN})
    assert answer["moments"][0] / 200 * 0.4 >= 0.02


def test_a_picture_without_strokes_is_refused_in_words(follow_belief):
    for strokes in (None, [], [[]]):
        with pytest.raises(InkError):
            follow_belief({"strokes": strokes})
