"""Another hand writes the same digit otherwise, and another country with a bar or a flag; nothing else is changed."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from support.written import DIGITS, FOUR, NINE, ONE, SEVEN, SIX, ZERO, curve

from mnist_core.augmentation import handwriting as hands
from mnist_core.augmentation.handwriting import draw_varied, regional_variant, smooth, trace, vary_hand
from mnist_core.preprocessing.ink import PEN_WIDTH, largest_extent, render_ink

# Each in a box of about 60 by 100, y down.
OTHERS = (2, 3, 5, 8)
every_digit = pytest.mark.parametrize("label", DIGITS)


def generator(seed):
    return np.random.default_rng(seed)


def variants(strokes, label, count=60):
    return [regional_variant(strokes, label, generator(seed)) for seed in range(count)]


def is_same(strokes, others):
    return len(strokes) == len(others) and all(map(np.array_equal, strokes, others))


def box(strokes):
    points = np.concatenate(strokes)
    return points.min(axis=0), points.max(axis=0)


# Another hand


@every_digit
def test_the_same_seed_is_the_same_hand_and_another_is_another(label):
    first, again, other = (vary_hand(DIGITS[label], generator(seed)) for seed in (0, 0, 1))
    assert is_same(first, again)
    assert not is_same(first, other)


@every_digit
def test_the_strokes_that_were_given_are_kept(label):
    given = [stroke.copy() for stroke in DIGITS[label]]
    for seed in range(20):
        draw_varied(given, label, 0.5, generator(seed))
    assert is_same(given, DIGITS[label])


@every_digit
def test_another_hand_draws_as_many_strokes_of_about_the_same_size(label):
    size = largest_extent(DIGITS[label])
    for seed in range(100):
        varied = vary_hand(DIGITS[label], generator(seed))
        assert len(varied) == len(DIGITS[label])
        assert size / 2 < largest_extent(varied) < 2 * size


@pytest.mark.parametrize("unit", [1e-3, 1, 1e4])
def test_a_hand_does_not_depend_on_the_unit_of_the_ink(unit):
    varied = vary_hand(FOUR, generator(3))
    scaled = vary_hand([stroke * unit for stroke in FOUR], generator(3))
    for one, other in zip(varied, scaled, strict=True):
        np.testing.assert_allclose(one * unit, other, rtol=1e-9)


def test_a_hand_does_not_depend_on_the_place_of_the_ink():
    image, moved = (
        draw_varied([stroke + place for stroke in FOUR], 4, 0, generator(8)) for place in ((0, 0), (-700, 300))
    )
    np.testing.assert_allclose(image, moved, atol=0.15)


def sides(strokes):
    low, high = box(strokes)
    return high - low


def test_hands_differ_in_proportion_and_in_slant():
    square = [curve((0, 0), (100, 0), (100, 100), (0, 100), (0, 0))]
    proportions = [np.divide(*sides(vary_hand(square, generator(seed)))) for seed in range(300)]
    upright = [curve((0, 0), (0, 100))]
    slants = []
    for seed in range(300):
        (stem,) = vary_hand(upright, generator(seed))
        slants.append((stem[0, 0] - stem[-1, 0]) / (stem[-1, 1] - stem[0, 1]))
    assert np.std(np.log(proportions)) > 0.1
    assert 0.1 < np.std(slants) < 0.25
    assert abs(np.mean(slants)) < 0.05


def test_the_parts_of_a_digit_move_against_each_other():
    """By about a fiftieth of its size."""
    points = [[np.array([[0.0, 0.0]]), np.array([[0.0, 0.0]]), np.array([[100.0, 0.0]])]]
    apart = [
        np.hypot(*(first - second)[0]) for first, second, _ in (vary_hand(points[0], generator(s)) for s in range(200))
    ]
    assert 1 < np.mean(apart) < 5


@pytest.mark.parametrize(
    "strokes",
    [
        [curve((0, 0), (0, 1), num_points=2)],
        [curve((0, 0), (5, 5), num_points=4)],
        [np.array([[0.0, 0.0]]), np.array([[9.0, 1.0]])],
        [np.array([[0.0, 0.0]] * 50 + [[9.0, 1.0]])],
        [np.array([[0.0, 0.0]] + [[9.0, 1.0]] * 50)],
        [np.array([[0.0, 0.0]] * 3 + [[9.0, 1.0]]), np.array([[1.0, 1.0]])],
    ],
    ids=["two points", "four points", "two dots", "late", "early", "short and a dot"],
)
def test_a_hand_never_leaves_only_a_point(strokes):
    for seed in range(300):
        varied = vary_hand(strokes, generator(seed))
        assert largest_extent(varied) > largest_extent(strokes) / 4
        assert np.isfinite(np.concatenate(varied)).all()
        assert np.isfinite(draw_varied(strokes, 5, 1, generator(seed))).all()


def test_what_would_be_only_a_point_stays_as_it_was():
    """Cut off where its only line is."""
    strokes = [np.array([[0.0, 0.0]] * 50 + [[9.0, 1.0]])]
    assert any(is_same(vary_hand(strokes, generator(seed)), strokes) for seed in range(50))


def test_ends_are_cut_by_up_to_a_tenth_each():
    stroke, firsts, lasts = curve((0, 0), (0, 99), num_points=100), [], []
    for seed in range(500):
        cut = hands._cut_ends(stroke, generator(seed))
        firsts.append(round(cut[0, 1]))
        lasts.append(round(99 - cut[-1, 1]))
        assert len(cut) == 100 - firsts[-1] - lasts[-1]
    for ends in (firsts, lasts):
        assert (min(ends), max(ends)) == (0, 9)
        assert np.mean(ends) < 4


def shaken(kind, stroke=None):
    """A stroke as it is shaken when the first random number is this one."""
    stroke = curve((0, 0), (0, 100), num_points=51) if stroke is None else stroke
    source = generator(5)
    chosen = SimpleNamespace(random=lambda: kind, normal=source.normal, integers=source.integers)
    return hands._shake(stroke, 100, chosen), stroke


def bend_of(stroke):
    """How far the points of a stroke lie from the straight line that fits them best, for its length."""
    return np.linalg.svd(stroke - stroke.mean(axis=0), compute_uv=False)[1] / largest_extent([stroke])


def test_half_of_all_straight_strokes_are_shaken_and_a_quarter_has_few_points():
    strokes = [vary_hand(ONE, generator(seed))[0] for seed in range(400)]
    assert np.mean([bend_of(stroke) > 1e-3 for stroke in strokes]) == pytest.approx(0.5, abs=0.07)
    assert np.mean([len(stroke) < 25 for stroke in strokes]) == pytest.approx(0.25, abs=0.07)


def test_strokes_of_three_points_are_moved_as_a_whole():
    for seed in range(100):
        (stroke,) = vary_hand([curve((0, 0), (50, 100), num_points=3)], generator(seed))
        np.testing.assert_allclose(stroke[1], (stroke[0] + stroke[2]) / 2, atol=1e-9)


def test_a_slow_wave_moves_neighbours_alike():
    wave, stroke = shaken(0.1)
    away = (wave - stroke)[:, 0]
    assert 0.5 < np.abs(away).max() < 10
    assert np.abs(np.diff(away)).max() < 0.3 * np.abs(away).max()


def test_a_slow_browser_leaves_few_points_and_both_ends():
    few, stroke = shaken(0.5)
    assert 6 <= len(few) <= 27
    assert {tuple(point) for point in few} <= {tuple(point) for point in stroke}
    assert (few[0].tolist(), few[-1].tolist()) == (stroke[0].tolist(), stroke[-1].tolist())


def test_a_mouse_trembles():
    trembling, stroke = shaken(0.7)
    away = trembling - stroke
    assert away.std() == pytest.approx(1.2, rel=0.25)
    assert abs(np.corrcoef(away[1:, 0], away[:-1, 0])[0, 1]) < 0.4


def test_a_steady_hand_changes_nothing():
    steady, stroke = shaken(0.9)
    assert np.array_equal(steady, stroke)


# Regional variants


@pytest.mark.parametrize("label", OTHERS)
def test_digits_that_are_alike_everywhere_are_left_alone(label):
    for varied in variants(FOUR, label, 10):
        assert is_same(varied, FOUR)


@every_digit
def test_the_same_seed_is_the_same_variant(label):
    assert all(map(is_same, variants(DIGITS[label], label, 20), variants(DIGITS[label], label, 20)))


@every_digit
def test_a_variant_is_of_finite_strokes_of_two_coordinates(label):
    for strokes in variants(DIGITS[label], label):
        assert all(stroke.ndim == 2 and stroke.shape[1] == 2 and len(stroke) for stroke in strokes)
        assert np.isfinite(np.concatenate(strokes)).all()


@every_digit
def test_a_variant_is_about_as_large_as_the_digit(label):
    low, high = box(DIGITS[label])
    for strokes in variants(DIGITS[label], label):
        lowest, highest = box(strokes)
        assert (lowest > low - 45).all()
        assert (highest < high + 45).all()
        assert largest_extent(strokes) > 0.8 * largest_extent(DIGITS[label])


def test_a_one_has_a_flag_a_foot_or_nothing():
    found = {(len(strokes), strokes[0][0, 1] > 5) for strokes in variants(ONE, 1)}
    assert found == {(1, True), (1, False), (2, True), (2, False)}


def test_a_flagged_one_begins_left_of_its_top_and_below_it():
    for seed in range(60):
        (stroke,) = hands._flagged_one(ONE, generator(seed))
        start, top = stroke[0], stroke[stroke[:, 1].argmin()]
        assert 3 < start[1] - top[1] < 95
        assert start[0] < top[0] - 1.5
        np.testing.assert_allclose([stroke[12], stroke[-1]], [ONE[0][0], ONE[0][-1]])


def test_a_flag_is_as_short_as_a_serif_or_as_long_as_the_stem_and_steep_or_flat():
    flags = [hands._flagged_one(ONE, generator(seed))[0] for seed in range(200)]
    away = np.array([np.abs(flag[0] - flag[12]) for flag in flags])
    lengths, slopes = np.hypot(*away.T), away[:, 0] / away[:, 1]
    assert 9.9 < min(lengths) < 15 < 90 < max(lengths) < 95.1
    assert 0.19 < min(slopes) < 0.3 < 1.3 < max(slopes) < 1.41


def test_a_footed_one_stands_on_the_middle_of_its_foot():
    flagged = 0
    for seed in range(100):
        stem, foot = hands._footed_one(ONE, generator(seed))
        flagged += stem[0, 1] > 5
        np.testing.assert_allclose(foot[[0, -1]].mean(axis=0), ONE[0][-1])
        assert foot[0, 1] == pytest.approx(foot[-1, 1])
        assert 24 <= foot[-1, 0] - foot[0, 0] <= 70
    assert 65 < flagged < 95


def test_a_plain_one_is_a_line_from_its_top_to_its_bottom():
    drawn = [curve((10, 30), (30, 0)), curve((30, 0), (28, 100))]
    (stroke,) = hands._plain_one(drawn, generator(0))
    np.testing.assert_allclose(stroke[[0, -1]], [[30, 0], [28, 100]])
    assert np.abs(stroke[:, 0] - 29).max() < 15


def test_a_barred_seven_has_one_stroke_more_across_its_stem():
    for seed in range(60):
        *kept, bar = hands._barred_seven(SEVEN, generator(seed))
        assert is_same(kept, SEVEN)
        middle, (low, high) = bar[[0, -1]].mean(axis=0), sorted(bar[[0, -1], 0])
        assert 39 <= middle[1] <= 66
        stem = np.interp(middle[1], SEVEN[0][20:, 1], SEVEN[0][20:, 0])
        assert low < stem - 10 < stem + 10 < high
        assert 25 <= high - low <= 61


def test_a_serifed_seven_begins_below_its_corner():
    bars = 0
    for seed in range(100):
        first, *more = hands._serifed_seven(SEVEN, generator(seed))
        bars += len(more)
        assert 7.9 < first[0, 1] < 25.1
        assert abs(first[0, 0]) < 10
        assert np.array_equal(first[-len(SEVEN[0]) :], SEVEN[0])
    assert 30 < bars < 70


def test_a_seven_is_barred_or_serifed():
    found = {(len(strokes), len(strokes[0]) > len(SEVEN[0])) for strokes in variants(SEVEN, 7)}
    assert found == {(2, False), (1, True), (2, True)}


def test_every_third_bar_of_a_seven_is_a_wave():
    bars = [hands._barred_seven(SEVEN, generator(seed))[-1] for seed in range(200)]
    crossings = [np.count_nonzero(np.diff(np.sign(np.diff(bar[:, 1]))) != 0) for bar in bars]
    assert np.mean(np.array(crossings) == 2) == pytest.approx(0.3, abs=0.1)


def test_a_wavy_seven_dips_in_its_top_before_its_stem():
    bars = 0
    for seed in range(100):
        line, *more = hands._wavy_seven(SEVEN, generator(seed))
        bars += len(more)
        first, second, dip, corner, end = line[0], line[8], line[16], line[24], line[-1]
        assert first[0] < second[0] < dip[0] < corner[0]
        assert corner[0] > end[0] + 10
        assert end[1] > 85
    assert 30 < bars < 70


def test_an_open_four_is_one_stroke_that_never_meets_its_beginning():
    """Down to the left, to the right, up by any amount, and down: from like a G to like a U on a stem."""
    heights = []
    for seed in range(200):
        (line,) = hands._open_four(FOUR, generator(seed))
        corners = line[:: len(line) // 4]
        assert corners[1][0] < corners[0][0] + 5
        assert corners[2][0] > corners[1][0] + 25
        assert line[-1][1] > 85
        heights.append(corners[2][1] - corners[3][1])
    assert min(heights) < 5 < 45 < max(heights)


def test_a_narrow_six_has_a_loop_of_less_than_half_its_height():
    loops = []
    for seed in range(100):
        (line,) = hands._narrow_six(SIX, generator(seed))
        assert line[0][1] < 15
        loop = line[16:]
        loops.append(np.ptp(loop[:, 1]) / np.ptp(line[:, 1]))
    assert 0.1 < min(loops) < 0.3 < 0.38 < max(loops) < 0.6


def test_an_unclosed_nine_leaves_a_gap_between_its_beginning_and_its_stem():
    gaps = []
    for seed in range(100):
        (line,) = hands._unclosed_nine(NINE, generator(seed))
        gaps.append(np.hypot(*(line[32:] - line[0]).T).min())
        assert line[-1][1] > 85
    assert np.mean(np.array(gaps) > 6) > 0.8


def test_what_is_drawn_as_a_mere_line_gets_room_for_its_variant():
    (line,) = hands._open_four([curve((10, 0), (10, 90))], generator(0))
    assert np.ptp(line[:, 0]) > 15


def test_a_slashed_zero_has_a_stroke_more_from_the_upper_right_to_the_lower_left():
    lengths = []
    for *kept, slash in variants(ZERO, 0):
        low, high = box(ZERO)
        assert is_same(kept, ZERO)
        np.testing.assert_allclose(slash[[0, -1]].mean(axis=0), (low + high) / 2)
        assert slash[0, 0] > slash[-1, 0]
        assert slash[0, 1] < slash[-1, 1]
        lengths.append((slash[-1, 1] - slash[0, 1]) / (high - low)[1])
    assert 0.35 < min(lengths) < 0.65 < 1 < max(lengths) < 1.6


def test_a_hooked_nine_goes_on_down_and_to_the_left():
    for seed in range(60):
        (stroke,) = hands._hooked_nine(NINE, generator(seed))
        assert np.array_equal(stroke[: len(NINE[0])], NINE[0])
        hook, end = stroke[len(NINE[0]) :], NINE[0][-1]
        assert (np.diff(hook[:, 0]) < 0).all()
        assert hook[:, 0].max() < end[0]
        assert hook[:, 1].min() > end[1]
        assert end[0] - 52 < hook[-1, 0] < end[0] - 3


def test_an_open_nine_lacks_its_beginning_and_nothing_else():
    kept = []
    for seed in range(60):
        (stroke,) = hands._open_nine(NINE, generator(seed))
        kept.append(len(stroke) / len(NINE[0]))
        assert np.array_equal(stroke, NINE[0][-len(stroke) :])
    assert 0.79 < min(kept) < 0.85 < max(kept) < 0.97


def test_a_nine_of_few_points_keeps_its_bow():
    few = [NINE[0][::5]]
    assert is_same(hands._open_nine(few, generator(0)), few)


def test_a_nine_is_hooked_open_or_not_closed():
    added = np.array([len(strokes[0]) - len(NINE[0]) for strokes in variants(NINE, 9, 300)])
    assert np.mean(added == 9) == pytest.approx(1 / 2, abs=0.1)
    assert np.mean((added < 0) & (added > -17)) == pytest.approx(1 / 4, abs=0.1)


def test_an_uncrossed_four_has_a_bar_that_ends_at_its_stem():
    bent, stem = hands._uncrossed_four(FOUR, generator(0))
    assert np.array_equal(stem, FOUR[1])
    assert np.array_equal(bent, FOUR[0][: len(bent)])
    assert 35 < bent[-1, 0] <= 42


def test_a_first_stroke_beyond_the_stem_is_not_cut_off():
    """Of a slanted 4 that begins up there on the right."""
    slanted = [curve((70, 0), (0, 60), (60, 60)), FOUR[1]]
    bent, _ = hands._uncrossed_four(slanted, generator(0))
    assert np.array_equal(bent[:20], slanted[0][:20])
    assert bent[-1].tolist()[0] <= 42


@pytest.mark.parametrize("strokes", [FOUR[:1], [*FOUR, FOUR[1]]], ids=["one stroke", "three strokes"])
def test_a_four_of_another_number_of_strokes_is_left_alone(strokes):
    assert is_same(hands._uncrossed_four(strokes, generator(0)), strokes)


def test_lines_by_hand_lead_from_point_to_point_and_are_slightly_bent():
    bends = []
    for seed in range(100):
        line = hands._line(np.array([0.0, 0.0]), np.array([100.0, 0.0]), generator(seed))
        np.testing.assert_allclose(line[[0, -1]], [[0, 0], [100, 0]], atol=1e-9)
        bends.append(np.abs(line[:, 1]).max())
    assert 1 < np.mean(bends) < 6


# Drawn


@every_digit
@pytest.mark.parametrize("share", [0, 1])
def test_a_drawing_is_an_image_in_the_box_of_mnist(label, share):
    for seed in range(60):
        image = draw_varied(DIGITS[label], label, share, generator(seed))
        assert (image.shape, image.dtype) == ((28, 28), np.float32)
        assert (image.min(), image.max() > 0.3, image.max() <= 1) == (0, True, True)
        rows, columns = (np.flatnonzero((image > 0.1).any(axis=axis)) for axis in (1, 0))
        assert max(rows[-1] - rows[0], columns[-1] - columns[0]) <= 22  # twenty, and what a blur spreads


@every_digit
def test_a_drawing_is_decided_by_its_seed(label):
    first, again, other = (draw_varied(DIGITS[label], label, 0.5, generator(seed)) for seed in (2, 2, 3))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("label", "share", "expected"), [(7, 0, 0), (7, 0.3, 60), (7, 1, 200), (1, 0, 0), (1, 0.3, 150), (1, 1, 200)]
)
def test_so_many_drawings_are_regional_variants_and_more_of_a_one(monkeypatch, label, share, expected):
    asked = []
    monkeypatch.setattr(
        hands, "regional_variant", lambda strokes, label, source: asked.append((strokes, label)) or strokes
    )
    for seed in range(200):
        draw_varied(DIGITS[label], label, share, generator(seed))
    assert len(asked) == pytest.approx(expected, abs=20 * (0 < share < 1))
    assert all(strokes is DIGITS[label] and asked_label == label for strokes, asked_label in asked)


@pytest.fixture(scope="module")
def drawn():
    """How a thousand sevens came to be drawn: strokes and width of the pen, and whether they were blurred."""
    seen, blurred = [], []

    def render(strokes, *, pen_width=PEN_WIDTH):
        seen.append((strokes, pen_width))
        return np.zeros((28, 28), np.float32)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hands, "render_ink", render)
        patch.setattr(hands, "blur", lambda image, radius: blurred.append(radius) or image)
        for seed in range(1000):
            draw_varied(SEVEN, 7, 0, generator(seed))
    widths = np.array([width for _, width in seen])
    dotted = np.array([len(strokes) > 1 for strokes, _ in seen])
    return SimpleNamespace(widths=widths, dotted=dotted, strokes=[strokes for strokes, _ in seen], radii=blurred)


def test_pens_are_fine_or_broad_and_often_the_pads_own(drawn):
    usual = drawn.widths == PEN_WIDTH
    assert usual.mean() == pytest.approx(0.3, abs=0.05)
    assert (drawn.widths > 4).mean() == pytest.approx(0.08, abs=0.03)
    assert 1.5 <= drawn.widths.min() < 1.7
    assert 4.6 < drawn.widths.max() <= 4.8


def test_some_are_dotted_and_some_are_blurred(drawn):
    assert drawn.dotted.mean() == pytest.approx(0.04, abs=0.02)
    assert len(drawn.radii) == pytest.approx(200, abs=40)
    assert 0.3 <= min(drawn.radii) < max(drawn.radii) <= 0.9


def test_dots_lie_on_the_line_with_gaps_between_them(drawn):
    for strokes in itertools.compress(drawn.strokes, drawn.dotted):
        size = largest_extent(SEVEN)
        starts = np.array([stroke[0] for stroke in strokes])
        apart = np.hypot(*np.diff(starts, axis=0).T)
        assert 5 < len(strokes) < 40
        assert 0.02 * size < apart.min() <= apart.max() < 0.5 * size
        assert all(largest_extent([stroke]) < 0.09 * size for stroke in strokes)


def test_dots_of_a_line_by_hand():
    dots = hands._dot([curve((0, 0), (0, 100))], SimpleNamespace(uniform=lambda low, high: high))
    starts, ends = np.array(dots)[:, 0, 1], np.array(dots)[:, 1, 1]
    np.testing.assert_allclose(starts, [0, 20, 40, 60, 80, 100], atol=1e-6)
    np.testing.assert_allclose(ends, [6, 26, 46, 66, 86, 100], atol=1e-6)


def test_a_blur_spreads_ink_and_loses_none():
    image = render_ink(SEVEN)
    soft = hands.blur(image, 0.9)
    assert (soft.dtype, soft.shape) == (np.float32, (28, 28))
    assert soft.sum() == pytest.approx(image.sum(), rel=0.02)
    assert np.abs(np.diff(soft)).max() < 0.8 * np.abs(np.diff(image)).max()
    assert 0 <= soft.min() <= soft.max() <= 1


@every_digit
def test_what_lies_flat_is_left_alone(label):
    flat = [stroke * [1, 0.1] for stroke in DIGITS[label]]
    if label == 1:
        flat = [curve((0, 0), (100, 10))]
    assert all(is_same(varied, flat) for varied in variants(flat, label, 10))


@pytest.mark.filterwarnings("error")
def test_a_one_that_lies_flat_can_be_drawn():
    flat = [curve((0, 0), (10, 0), num_points=2)]
    images = [draw_varied(flat, 1, 1, generator(seed)) for seed in range(20)]
    assert np.isfinite(images).all()


# The hands of real people


def test_another_hand_is_no_other_digit():
    """A network that never saw another hand reads nearly all of them."""
    from mnist_core.data.pendigits import load_pendigits
    from mnist_core.data.prepared import PreparedSet
    from mnist_core.evaluation.metrics import evaluate
    from mnist_core.models.devices import Device
    from mnist_core.models.inference import open_predictor
    from mnist_core.models.store import load_stored
    from mnist_core.paths import SHIPPED_DIR
    from mnist_core.preprocessing.ink import check_ink

    pen, source = load_pendigits().validation, generator(0)
    images = [
        draw_varied(check_ink(drawing), int(label), 0, source)
        for drawing, label in zip(pen.ink[::3], pen.labels[::3], strict=True)
    ]
    prepared = PreparedSet(np.stack(images), pen.labels[::3], np.ones(len(images), bool))
    predictor = open_predictor(load_stored(SHIPPED_DIR / "sketchnet"), Device("cpu", "CPU"))
    assert evaluate(predictor, prepared)["accuracy"] > 0.9


# Lines


CORNERS = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 20.0], [30.0, 20.0]])


def test_a_traced_line_is_straight_between_its_corners():
    line = trace(CORNERS)
    np.testing.assert_allclose(line[::10], CORNERS)
    np.testing.assert_allclose(line[10:21], np.stack([np.full(11, 10), np.arange(0, 21, 2)], axis=1))


def test_a_round_line_goes_through_its_corners_without_a_kink():
    line = smooth(CORNERS)
    np.testing.assert_allclose(line[::8], CORNERS)
    steps = np.diff(line, axis=0)
    assert np.abs(np.diff(np.arctan2(*steps.T))).max() < 0.7
    assert np.hypot(*steps.T).max() < 5


def test_a_round_line_through_points_of_a_line_is_that_line():
    corners = np.arange(5)[:, None] * np.array([2.0, 1.0])
    line = smooth(corners)
    np.testing.assert_allclose(line, np.linspace(0, 4, 33)[:, None] * [2, 1], atol=1e-9)
