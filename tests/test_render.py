"""A chart is a picture that any browser reads: what it shows lies where it belongs, and nothing outside."""

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest

from mnist_core.evaluation import reliability
from mnist_core.render import render_curves, render_reliability

CURVES = {
    "relu": [[0.95, 0.98, 0.99], [0.94, 0.97, 0.985]],
    "sigmoid": [[0.40, 0.80, 0.90], [0.45, 0.85, 0.92]],
    "tanh": [[0.93, 0.96, 0.975]],
}
EDGES = {
    "one epoch": {"relu": [[0.9], [0.8]], "tanh": [[0.7]]},
    "one run of one epoch": {"relu": [[0.5]]},
    "all equal": {"relu": [[0.9, 0.9]], "sigmoid": [[0.9, 0.9]], "tanh": [[0.9, 0.9]]},
    "perfect": {"relu": [[1.0, 1.0]]},
    "perfect after one epoch": {"relu": [[1.0]]},
    "nearly perfect": {"relu": [[0.99999, 1.0]]},
    "nothing right": {"relu": [[0.0, 0.0]]},
    "chance": {name: [[0.1, 0.1]] for name in ("relu", "sigmoid", "tanh")},
    "from nothing to all": {"relu": [[0.0, 1.0]]},
    "lengths differ": {"relu": [[0.5, 0.6, 0.7], [0.4, 0.5]], "tanh": [[0.3]]},
    "many epochs": {"relu": [[0.9 + epoch / 10_000 for epoch in range(200)]]},
    **{f"lowest {share}": {"relu": [[share, 1.0]]} for share in (0.05, 0.15, 0.35, 0.55, 0.7, 0.95)},
}
ALL = {"usual": CURVES, **EDGES}


def draw(curves, title="A title"):
    return ElementTree.fromstring(render_curves(title, curves))


def find_all(picture, kind):
    return [element for element in picture.iter() if element.tag.endswith("}" + kind)]


def lines_of(picture, width):
    return [line for line in find_all(picture, "polyline") if float(line.get("stroke-width")) == width]


def points_of(line):
    return [tuple(map(float, point.split(","))) for point in line.get("points").split()]


def marks_of(picture):
    """Percent and height of each mark of the scale."""
    return [(float(text.rstrip(" %")), y) for text, _, y in texts_of(picture) if text.endswith("%")]


def texts_of(picture):
    return [(text.text, float(text.get("x")), float(text.get("y"))) for text in find_all(picture, "text")]


@pytest.fixture(params=ALL)
def curves(request):
    return ALL[request.param]


def test_there_is_one_bold_line_a_name_and_one_thin_line_a_run(curves):
    picture = draw(curves)
    assert len(lines_of(picture, 2.5)) == len(curves)
    assert len(lines_of(picture, 1)) == sum(len(runs) for runs in curves.values())


def test_lines_have_a_point_an_epoch(curves):
    lengths = [len(points_of(line)) for line in lines_of(draw(curves), 1)]
    assert lengths == [len(run) for runs in curves.values() for run in runs]


def test_nothing_is_drawn_outside(curves):
    picture = draw(curves)
    left, top, width, height = map(float, picture.get("viewBox").split())
    places = [point for line in find_all(picture, "polyline") for point in points_of(line)]
    for line in find_all(picture, "line"):
        places += [(float(line.get(f"x{end}")), float(line.get(f"y{end}"))) for end in (1, 2)]
    places += [(x, y) for _, x, y in texts_of(picture)]
    assert all(left <= x <= left + width and top <= y <= top + height for x, y in places)


def test_lines_stay_below_the_title_and_above_the_epochs(curves):
    picture = draw(curves)
    (title, *_), (epoch, *_) = ([y for shown, _, y in texts_of(picture) if shown == text] for text in ("A title", "1"))
    heights = [y for line in find_all(picture, "polyline") for _, y in points_of(line)]
    assert title < min(heights) <= max(heights) < epoch


def test_names_do_not_lie_on_each_other(curves):
    heights = sorted(y for text, _, y in texts_of(draw(curves)) if text in curves)
    assert all(below - above >= 13 for above, below in itertools.pairwise(heights))


def test_marks_for_more_stand_higher(curves):
    marks = marks_of(draw(curves))
    assert [share for share, _ in sorted(marks, key=lambda mark: -mark[1])] == sorted(share for share, _ in marks)
    assert len({share for share, _ in marks}) == len(marks)


def test_better_is_higher_up():
    better, worse = (points_of(line) for line in lines_of(draw({"a": [[0.98, 0.99]], "b": [[0.9, 0.95]]}), 2.5))
    assert all(y < other for (_, y), (_, other) in zip(better, worse, strict=True))


def test_later_is_further_right():
    for line in find_all(draw(CURVES), "polyline"):
        assert [x for x, _ in points_of(line)] == sorted({x for x, _ in points_of(line)})


def test_a_height_is_that_of_its_mark():
    picture = draw({"a": [[0.8, 0.9, 0.99]]})
    heights = dict(marks_of(picture))
    (line,) = lines_of(picture, 2.5)
    assert [y for _, y in points_of(line)] == [heights[80], heights[90], heights[99]]


def test_half_as_many_errors_are_the_same_step_everywhere():
    """So the difference between 98 and 99 % can be seen beside a network that learns nothing."""
    (line,) = lines_of(draw({"a": [[0.2, 0.6, 0.8, 0.9, 0.95]]}), 2.5)
    steps = [above - below for (_, below), (_, above) in itertools.pairwise(points_of(line))]
    assert steps == pytest.approx([steps[0]] * 4, abs=0.2)


def test_the_bold_line_is_the_mean():
    """That of the accuracies, not of their logarithms."""
    picture = draw({"a": [[0.8, 0.9], [0.9, 0.98]], "b": [[0.85, 0.94]]})
    mean, same = (points_of(line) for line in lines_of(picture, 2.5))
    assert mean == same


def test_every_name_stands_in_the_colour_of_its_line():
    picture = draw(CURVES)
    colours = {text.text: text.get("fill") for text in find_all(picture, "text") if text.text in CURVES}
    assert list(CURVES) == sorted(colours)
    assert [line.get("stroke") for line in lines_of(picture, 2.5)] == [colours[name] for name in CURVES]
    assert len(set(colours.values())) == 3


def test_names_stand_in_the_order_of_the_last_accuracies():
    heights = {text: y for text, _, y in texts_of(draw(CURVES))}
    assert heights["relu"] < heights["tanh"] < heights["sigmoid"]


def test_the_title_is_shown_and_read_aloud():
    picture = draw(CURVES, "Three activations")
    assert picture.get("aria-label") == "Three activations"
    assert "Three activations" in [text for text, _, _ in texts_of(picture)]


@pytest.mark.parametrize("text", ["<b>\"bold\" & 'brave'</b>", "]]>", "é—ä"])
def test_any_text_is_shown_as_it_is(text):
    picture = draw({text: [[0.5]]}, text)
    assert [shown for shown, _, _ in texts_of(picture)].count(text) == 2
    assert picture.get("aria-label") == text


def test_first_and_last_epoch_are_marked():
    for num_epochs in (1, 2, 10, 33):
        numbers = [text for text, _, _ in texts_of(draw({"a": [[0.5] * num_epochs]})) if text.isdigit()]
        assert (numbers[0], numbers[-1]) == ("1", str(num_epochs))
        assert len(set(numbers)) == len(numbers) <= 12


def test_the_same_figures_give_the_same_picture():
    assert render_curves("A title", CURVES) == render_curves("A title", CURVES)


# Reliability


def a_bin(stated, true, num_samples=100, interval=None):
    return {"stated": stated, "true": true, "num_samples": num_samples, "interval": interval or [true, true]}


HONEST = {"clean": [a_bin(0.25, 0.25), a_bin(0.5, 0.5, 1), a_bin(1.0, 1.0, 9000)], "drawn": [a_bin(0.7, 0.4)]}


def draw_reliability(sets, title="A title"):
    return ElementTree.fromstring(render_reliability(title, sets))


def circles_of(picture):
    return [(float(dot.get("cx")), float(dot.get("cy"))) for dot in find_all(picture, "circle")]


def diagonal_of(picture):
    """Both ends of the line on which honest answers lie."""
    (line,) = (line for line in find_all(picture, "line") if line.get("stroke-dasharray"))
    return [(float(line.get(f"x{end}")), float(line.get(f"y{end}"))) for end in (1, 2)]


def scale_of(picture):
    """Where 0 to 100 stand, from left to right and from below upwards."""
    numbers = [(text.text, text) for text in find_all(picture, "text") if (text.text or "").isdigit()]
    across = {int(number): float(text.get("x")) for number, text in numbers if text.get("text-anchor") == "middle"}
    upwards = {int(number): float(text.get("y")) for number, text in numbers if text.get("text-anchor") == "end"}
    return across, upwards


def test_a_bin_stands_where_it_states_and_is_as_high_as_it_is_true():
    picture = draw_reliability({"a": [a_bin(0.2, 0.6), a_bin(0.8, 0.4), a_bin(0, 1)]})
    across, upwards = scale_of(picture)
    expected = [(across[20], upwards[60]), (across[80], upwards[40]), (across[0], upwards[100])]
    for point, place in zip(circles_of(picture), expected, strict=True):
        assert point == pytest.approx(place, abs=0.11)


def test_both_scales_rise_evenly_to_a_hundred():
    across, upwards = scale_of(draw_reliability(HONEST))
    assert list(across) == list(upwards) == [0, 20, 40, 60, 80, 100]
    assert np.diff(list(across.values())) == pytest.approx([52] * 5)
    assert np.diff(list(upwards.values())) == pytest.approx([-52] * 5)


def test_honest_answers_lie_on_the_diagonal():
    picture = draw_reliability({"a": [a_bin(share, share) for share in (0, 0.3, 0.99, 1)]})
    (x, y), (far, high) = diagonal_of(picture)
    across, upwards = scale_of(picture)
    assert (x, y, far, high) == pytest.approx((across[0], upwards[0], across[100], upwards[100]), abs=0.11)
    for left, top in circles_of(picture):
        assert top == pytest.approx(y + (left - x) / (far - x) * (high - y), abs=0.2)


def test_an_interval_is_a_line_through_its_bin():
    picture = draw_reliability({"a": [a_bin(0.4, 0.6, interval=[0.2, 0.8])]})
    across, upwards = scale_of(picture)
    lines = [line for line in find_all(picture, "line") if line.get("x1") == line.get("x2")]
    (told,) = ([float(line.get(name)) for name in ("x1", "y1", "y2")] for line in lines)
    assert told == pytest.approx([across[40], upwards[20], upwards[80]], abs=0.11)


def test_a_bin_of_more_answers_is_larger():
    sizes = [1, 2, 10, 500, 60_000]
    dots = find_all(draw_reliability({"a": [a_bin(0.5, 0.5, size) for size in sizes]}), "circle")
    radii = [float(dot.get("r")) for dot in dots]
    assert radii == sorted(set(radii))
    assert (radii[0] >= 2, radii[-1] < 8) == (True, True)


def test_every_set_has_a_colour_and_its_name_in_it():
    picture = draw_reliability(HONEST)
    names = {text.text: text.get("fill") for text in find_all(picture, "text") if text.text in HONEST}
    assert list(names) == list(HONEST)
    assert len(set(names.values())) == 2
    dots = [dot.get("fill") for dot in find_all(picture, "circle")]
    assert dots == [names["clean"]] * 3 + [names["drawn"]]


def test_names_of_many_sets_do_not_lie_on_each_other():
    sets = {f"set {number}": [a_bin(0.5, 0.5)] for number in range(7)}
    heights = sorted(float(text.get("y")) for text in find_all(draw_reliability(sets), "text") if text.text in sets)
    assert len(heights) == 7
    assert all(below - above >= 13 for above, below in itertools.pairwise(heights))


def test_nothing_of_a_reliability_diagram_is_drawn_outside():
    corners = [a_bin(stated, true, 60_000, [0, 1]) for stated in (0, 1) for true in (0, 1)]
    picture = draw_reliability({"corners": corners})
    left, top, width, height = map(float, picture.get("viewBox").split())
    places = [*circles_of(picture), *diagonal_of(picture)]
    places += [
        (float(text.get("x")), float(text.get("y"))) for text in find_all(picture, "text") if not text.get("transform")
    ]
    assert all(left + 7 <= x <= left + width - 7 and top + 7 <= y <= top + height - 7 for x, y in places)


def test_axes_say_what_is_stated_and_what_is_true():
    words = [text.text for text in find_all(draw_reliability(HONEST), "text")]
    assert {"stated", "true", "A title"} <= set(words)


@pytest.mark.parametrize("text", ["<b>\"bold\" & 'brave'</b>", "]]>", "é—ä"])
def test_any_name_and_any_title_are_shown_as_they_are(text):
    picture = draw_reliability({text: [a_bin(0.5, 0.5)]}, text)
    assert [shown.text for shown in find_all(picture, "text")].count(text) == 2
    assert picture.get("aria-label") == text


def test_bins_of_real_answers_can_be_drawn():
    confidence = np.random.default_rng(0).uniform(0.1, 1, 500)
    bins = reliability(confidence, np.random.default_rng(1).random(500) < confidence)
    assert len(circles_of(draw_reliability({"made up": bins}))) == len(bins)


@pytest.mark.parametrize("sets", [{}, {"nothing": []}], ids=["no set", "an empty set"])
def test_a_diagram_of_nothing_has_its_axes(sets):
    picture = draw_reliability(sets)
    assert circles_of(picture) == []
    assert len(diagonal_of(picture)) == 2
