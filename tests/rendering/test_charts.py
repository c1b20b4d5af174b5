"""A chart is a picture that any browser reads: what it shows lies where it belongs, and nothing outside."""

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest

from mnist_core.evaluation.metrics import reliability
from mnist_core.rendering.charts import (
    DIGIT_COLOURS,
    render_counts,
    render_curves,
    render_distributions,
    render_reliability,
)

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


# Counts of images

COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def draw_counts(counts, title="A title"):
    return ElementTree.fromstring(render_counts(title, counts))


def bars_of(picture):
    """Left, top, width and height of each bar."""
    return [[float(bar.get(name)) for name in ("x", "y", "width", "height")] for bar in find_all(picture, "rect")]


def texts_are_inside(picture):
    """Whether all texts are inside, letters about 0.56 times as wide as high."""
    _, _, width, height = map(float, picture.get("viewBox").split())
    for text in find_all(picture, "text"):
        size, x = float(text.get("font-size", 13)), float(text.get("x"))
        before = {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor", "start")]
        left = x - before * 0.56 * size * len(text.text)
        yield 0 <= left <= left + 0.56 * size * len(text.text) <= width and size <= float(text.get("y")) <= height - 3


def test_bars_are_as_high_as_their_counts():
    heights = [bar[3] for bar in bars_of(draw_counts(COUNTS))]
    assert max(heights) > 150
    assert np.divide(heights, max(heights)) == pytest.approx(np.divide(COUNTS, max(COUNTS)), abs=0.001)


def test_bars_stand_on_one_line_beside_each_other():
    bars = bars_of(draw_counts(COUNTS))
    (line,) = find_all(draw_counts(COUNTS), "line")
    assert [top + height for _, top, _, height in bars] == pytest.approx([float(line.get("y1"))] * 10, abs=0.11)
    assert all(left[0] + left[2] + 4 <= right[0] for left, right in itertools.pairwise(bars))
    assert (float(line.get("x1")) <= bars[0][0], bars[-1][0] + bars[-1][2] <= float(line.get("x2"))) == (True, True)


def test_a_count_stands_just_above_its_bar_and_the_digit_below():
    picture = draw_counts(COUNTS)
    texts = texts_of(picture)[1:]
    for digit, (x, top, width, height) in enumerate(bars_of(picture)):
        count, below = texts[2 * digit : 2 * digit + 2]
        assert (count[:2], below[:2]) == ((str(COUNTS[digit]), x + width / 2), (str(digit), x + width / 2))
        assert (4 <= top - count[2] <= 8, 14 <= below[2] - top - height <= 24) == (True, True)


def test_every_bar_has_the_colour_of_its_digit():
    assert [bar.get("fill") for bar in find_all(draw_counts(COUNTS), "rect")] == list(DIGIT_COLOURS)


@pytest.mark.parametrize("paper", ["#ffffff", "#131316"])
def test_colours_of_digits_are_ten_that_can_be_seen(paper):
    """Three to one is what WCAG 2.1 asks of pictures."""
    assert len(set(DIGIT_COLOURS)) == 10
    for colour in DIGIT_COLOURS:
        darker, lighter = sorted([luminance(paper), luminance(colour)])
        assert (lighter + 0.05) / (darker + 0.05) >= 3


def luminance(colour):
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def test_counts_are_read_aloud():
    label = draw_counts([1, 2, 0, *COUNTS[3:]], "Training set").get("aria-label")
    assert label.startswith("Training set. 0: 1 image, 1: 2 images, 2: 0 images, 3: 6131 images, ")
    assert label.endswith("9: 5949 images")


@pytest.mark.parametrize("counts", [[0] * 10, [0] * 9 + [1], [1_234_567] * 10, np.array(COUNTS)], ids=range(4))
def test_any_counts_can_be_drawn_inside(counts):
    picture = draw_counts(counts)
    assert all(texts_are_inside(picture))
    assert all(0 <= height <= 180 and top >= 60 for _, top, _, height in bars_of(picture))


def test_wide_counts_do_not_touch():
    counts = [text for text in find_all(draw_counts([1_234_567] * 10), "text") if text.text == "1234567"]
    pitch = float(counts[1].get("x")) - float(counts[0].get("x"))
    assert 0.58 * 7 * float(counts[0].get("font-size")) <= pitch - 2


# Distributions of values

NORMAL = [np.random.default_rng(digit).normal(10 + digit, 3, 400 * digit + 50) for digit in range(10)]
EMPTY = [[] for _ in range(10)]


def draw_values(values, low=0.0, high=40.0, title="A title", unit="degrees"):
    return ElementTree.fromstring(render_distributions(title, unit, values, low=low, high=high))


def ridges_of(picture):
    """For each digit that has one the outline of its histogram, by its colour."""
    outlines = {shape.get("fill"): points_of(shape) for shape in find_all(picture, "polygon")}
    return {digit: outlines[colour] for digit, colour in enumerate(DIGIT_COLOURS) if colour in outlines}


def medians_of(picture):
    """Where each digit's median is marked, from left to right."""
    marks = [line for line in find_all(picture, "line") if line.get("stroke-width") == "3"]
    return {DIGIT_COLOURS.index(line.get("stroke")): float(line.get("x1")) for line in marks}


def bases_of(picture):
    lines = [line for line in find_all(picture, "line") if line.get("y1") == line.get("y2")]
    return {DIGIT_COLOURS.index(line.get("stroke")): float(line.get("y1")) for line in lines}


def axis_of(picture):
    """A function from a value to its place, from the first and the last number below the ridges."""
    bottom = max(bases_of(picture).values())
    marks = [(float(text), x) for text, x, y in texts_of(picture) if bottom + 10 < y < bottom + 25]
    (low, left), (high, right) = marks[0], marks[-1]
    return lambda value: left + (value - low) / (high - low) * (right - left)


def area_of(points, left, right):
    """Of an outline of steps, between two places; it stands on its first point."""
    base, steps = points[0][1], itertools.pairwise(points)
    return sum((base - y) * max(0, min(right, end) - max(left, x)) for (x, y), (end, _) in steps)


def test_mass_stands_where_the_values_are():
    picture = draw_values([[5, 5, 5, 35], *NORMAL[1:]])
    x, ridge = axis_of(picture), ridges_of(picture)[0]
    places = [(4, 6), (34, 36), (0, 4), (6, 34), (36, 40)]
    areas = np.array([area_of(ridge, x(low), x(high)) for low, high in places])
    assert areas / areas.sum() == pytest.approx([0.75, 0.25, 0, 0, 0], abs=0.01)


def test_mass_lies_about_the_mean_of_the_values():
    picture = draw_values(NORMAL)
    for digit, ridge in ridges_of(picture).items():
        weights = [(base := ridge[0][1]) - y for _, y in ridge]
        centre = np.average([x for x, _ in ridge], weights=weights)
        assert base == bases_of(picture)[digit]
        assert centre == pytest.approx(axis_of(picture)(NORMAL[digit].mean()), abs=4)


def test_a_ridge_is_scaled_to_its_own_maximum_and_stays_in_its_row():
    picture = draw_values(NORMAL)
    heights = [base - min(y for _, y in ridges_of(picture)[digit]) for digit, base in bases_of(picture).items()]
    assert heights == pytest.approx([heights[0]] * 10, abs=0.11)
    assert 15 <= heights[0] < np.diff(list(bases_of(picture).values())).min()


def test_rows_stand_evenly_with_nought_at_the_top_and_their_digit_at_the_left():
    picture = draw_values(NORMAL)
    bases = bases_of(picture)
    shown = {int(text): (x, y) for text, x, y in texts_of(picture) if text.isdigit() and x < 30}
    assert list(bases) == list(shown) == list(range(10))
    assert np.diff([bases[digit] for digit in range(10)]) == pytest.approx([27] * 9)
    assert all(0 < bases[digit] - y < 15 for digit, (_, y) in shown.items())


def test_a_median_is_marked_where_it_lies_and_told_at_the_right():
    picture = draw_values(NORMAL)
    told = [(text, y) for text, x, y in texts_of(picture) if x > 376]
    for digit, x in medians_of(picture).items():
        median = np.median(NORMAL[digit])
        assert x == pytest.approx(axis_of(picture)(median), abs=0.2)
        assert told[digit][0] == f"median {median:.1f}"
        assert 0 < bases_of(picture)[digit] - told[digit][1] < 15


def test_a_median_is_not_a_mean():
    picture = draw_values([[1, 2, 30], *EMPTY[1:]])
    assert medians_of(picture) == {0: pytest.approx(axis_of(picture)(2), abs=0.2)}


def test_medians_are_read_aloud():
    label = draw_values([[12.34], [], [-0.01], *EMPTY[3:]], title="Slant").get("aria-label")
    assert label.startswith("Slant, medians in degrees: 0: 12.3, 1: no values, 2: 0.0, 3: no values, ")


@pytest.mark.parametrize("nothing", [[], [np.nan, np.inf, -np.inf]], ids=["empty", "not finite"])
def test_a_digit_without_values_has_an_empty_row(nothing):
    picture = draw_values([*NORMAL[:4], nothing, *NORMAL[5:]])
    rest = [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert list(ridges_of(picture)) == list(medians_of(picture)) == rest
    assert len(bases_of(picture)) == 10
    assert [text for text, *_ in texts_of(picture)].count("no values") == 1


def test_values_that_are_not_finite_change_nothing():
    with_others = [[np.nan, *values, np.inf] for values in NORMAL]
    assert render_distributions("t", "u", with_others, low=0, high=40) == render_distributions(
        "t", "u", NORMAL, low=0, high=40
    )


def test_values_beyond_the_axis_are_told_but_not_drawn():
    picture = draw_values([[5, 50, 60], [90], *EMPTY[2:]])
    x, ridge = axis_of(picture), ridges_of(picture)[0]
    assert area_of(ridge, x(0), x(10)) == pytest.approx(area_of(ridge, x(0), x(40)))
    assert (list(ridges_of(picture)), medians_of(picture)) == ([0], {})
    assert {"median 50.0", "median 90.0"} <= {text for text, *_ in texts_of(picture)}


def test_values_at_both_ends_are_drawn():
    picture = draw_values([[0.0, 40.0], *EMPTY[1:]])
    xs = [x for x, y in ridges_of(picture)[0] if y < bases_of(picture)[0]]
    assert (min(xs), max(xs)) == pytest.approx((axis_of(picture)(0), axis_of(picture)(40)), abs=0.2)


SPANS = [(0, 35), (-45, 45), (0, 1), (-0.03, 0.01), (7.3, 91.2), (0, 100_000), (0.1, 0.7), (-1e-6, 1e-6)]


@pytest.mark.parametrize(("low", "high"), SPANS)
def test_marks_are_round_even_and_within_the_axis(low, high):
    picture = draw_values([[low], [high], *EMPTY[2:]], low, high)
    marks = [(float(text), x) for text, x, y in texts_of(picture) if 320 < y < 340]
    steps, left, right = np.diff([number for number, _ in marks]), medians_of(picture)[0], medians_of(picture)[1]
    assert steps == pytest.approx([steps[0]] * len(steps))
    assert f"{steps[0]:.0e}"[0] in "125"
    assert (3 <= len(marks) <= 8, left <= marks[0][1], marks[-1][1] <= right) == (True, True, True)
    for number, x in marks:
        assert x == pytest.approx(left + (number - low) / (high - low) * (right - left), abs=0.2)


def test_medians_of_a_narrow_axis_are_told_finely():
    assert "median 0.123" in [text for text, *_ in texts_of(draw_values([[0.1234], *EMPTY[1:]], 0, 0.3))]


@pytest.mark.parametrize("values", [NORMAL, EMPTY, [[0.0] * 3, [40.0], [-3.0], [1e3], *EMPTY[4:]]], ids=range(3))
def test_nothing_of_the_distributions_is_drawn_outside(values):
    picture = draw_values(values)
    places = [point for ridge in ridges_of(picture).values() for point in ridge]
    for line in find_all(picture, "line"):
        places += [(float(line.get(f"x{end}")), float(line.get(f"y{end}"))) for end in (1, 2)]
    assert all(30 <= x <= 378 and 40 <= y <= 313 for x, y in places)
    assert all(texts_are_inside(picture))


def test_the_unit_stands_below_the_marks():
    places = {text: y for text, _, y in texts_of(draw_values(NORMAL, unit="percent"))}
    assert places["0"] < places["40"] < places["percent"] <= 355


def test_a_picture_of_the_ten_digits_needs_ten_of_everything():
    for wrong in (NORMAL[:9], [*NORMAL, []]):
        with pytest.raises(ValueError, match=f"each of the 10 digits. Received: {len(wrong)}"):
            draw_values(wrong)
        with pytest.raises(ValueError, match=f"each of the 10 digits. Received: {len(wrong)}"):
            draw_counts([len(values) for values in wrong])


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (0, np.inf), (np.nan, 1)])
def test_an_axis_leads_from_low_to_high(low, high):
    with pytest.raises(ValueError, match="`low` must be below `high`"):
        draw_values(NORMAL, low, high)


@pytest.mark.parametrize("text", ["<b>\"bold\" & 'brave'</b>", "]]>", "é—ä"])
def test_any_title_and_any_unit_of_the_ten_digits_are_shown_as_they_are(text):
    picture = draw_values(NORMAL, title=text, unit=text)
    assert [shown for shown, *_ in texts_of(picture)].count(text) == 2
    assert picture.get("aria-label").startswith(f"{text}, medians in {text}: 0: ")
    assert draw_counts(COUNTS, text).get("aria-label").startswith(f"{text}. 0: ")
