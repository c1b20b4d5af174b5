"""Ink becomes what MNIST's scanner would have made of it, whatever the size, place and density of a drawing."""

import itertools

import numpy as np
import pytest
from support.ink import FOUR, ONE, SEVEN, ZERO, change

from mnist_core.data.labelled import load_labelled
from mnist_core.errors import InkError, MnistError
from mnist_core.preprocessing.ink import MAX_POINTS, check_ink, draw_strokes, mass_offset, reduce_image, render_ink

DASH = [[[0, 0], [90, 7]]]
DIGITS = pytest.mark.parametrize("ink", [SEVEN, FOUR, ONE, DASH, ZERO], ids=["seven", "four", "one", "dash", "zero"])


def read(ink):
    return render_ink(check_ink(ink))


def centre_of_mass(image):
    pixels = np.arange(28)
    return image.sum(axis=1) @ pixels / image.sum(), image.sum(axis=0) @ pixels / image.sum()


def inked_box(image, level=0.0):
    return tuple(np.ptp(np.flatnonzero((image > level).any(axis=axis))) + 1 for axis in (1, 0))


def assert_nearly_equal(image, other):
    assert np.abs(image - other).mean() < 0.015
    assert np.corrcoef(image.ravel(), other.ravel())[0, 1] > 0.99


def nearest_mean(images, sample):
    """Labels of the digits whose mean MNIST image correlates best: a reader that learned nothing from this code."""
    x, y = sample
    means = np.stack([x[y == digit].mean(axis=0).ravel() for digit in range(10)])
    rows = [(a - a.mean(axis=1, keepdims=True)) for a in (means, images.reshape(len(images), -1))]
    means, images = (row / np.linalg.norm(row, axis=1, keepdims=True) for row in rows)
    return (images @ means.T).argmax(axis=1)


@DIGITS
def test_image_is_float32_between_0_and_1(ink):
    image = read(ink)
    assert image.dtype == np.float32
    assert image.shape == (28, 28)
    assert image.min() == 0
    assert 0.95 <= image.max() <= 1


@DIGITS
def test_longer_side_fills_twenty_pixels(ink):
    assert 19 <= max(inked_box(read(ink), level=0.5)) <= 20
    assert max(inked_box(read(ink))) <= 21


def test_pen_width_counts_within_the_twenty_pixels():
    assert read([[[0, 0], [100, 0]]]).max(axis=0).sum() == pytest.approx(20, abs=0.4)
    assert read([[[0, 0], [0, 100]]]).max(axis=1).sum() == pytest.approx(20, abs=0.4)


def test_amount_of_ink_is_that_of_mnist(sample):
    x, y = sample
    ones = x[y == 1].sum(axis=(1, 2)) / 255
    assert read(ONE).sum() == pytest.approx(np.median(ones), rel=0.25)


@DIGITS
def test_centre_of_mass_is_pixel_14(ink):
    assert centre_of_mass(read(ink)) == pytest.approx((14, 14), abs=0.1)


def test_centre_of_mass_is_that_of_mnist(sample):
    centres = np.array([centre_of_mass(image) for image in sample[0][::25].astype(float)])
    assert centre_of_mass(read(SEVEN)) == pytest.approx(centres.mean(axis=0), abs=0.15)


def test_aspect_ratio_is_kept():
    height, width = inked_box(read([[[0, 0], [30, 0], [30, 90], [0, 90], [0, 0]]]), level=0.6)
    assert 19 <= height <= 20
    assert width - 2.5 == pytest.approx(17.5 / 3, abs=1)


@DIGITS
@pytest.mark.parametrize("scale", [1e-100, 1e-3, 0.1, 7, 1e6, 1e100])
def test_size_does_not_matter(ink, scale):
    assert_nearly_equal(read(change(ink, scale)), read(ink))


@DIGITS
@pytest.mark.parametrize("move", [(-500, 0), (1000, 77), (0.3, 1e6)])
def test_place_does_not_matter(ink, move):
    assert_nearly_equal(read(change(ink, move=move)), read(ink))


def test_tiny_in_a_corner_is_huge_in_the_middle():
    assert_nearly_equal(read(change(SEVEN, 0.01, (398, 399))), read(change(SEVEN, 4, (10, 0))))


def test_time_does_not_matter():
    timed = [[[x, y, 1e9 - 8.5 * index] for index, (x, y) in enumerate(stroke)] for stroke in SEVEN]
    assert np.array_equal(read(timed), read(SEVEN))


@DIGITS
def test_direction_and_order_of_strokes_do_not_matter(ink):
    assert_nearly_equal(read([stroke[::-1] for stroke in ink[::-1]]), read(ink))


def test_density_of_points_does_not_matter():
    dense = [np.linspace(start, end, 500).tolist() for stroke in SEVEN for start, end in itertools.pairwise(stroke)]
    assert_nearly_equal(read(dense), read(SEVEN))


@pytest.mark.parametrize("form", [np.array, tuple, list])
def test_arrays_and_tuples_are_ink_too(form):
    assert np.array_equal(read([form(stroke) for stroke in SEVEN]), read(SEVEN))


def test_one_array_of_equal_strokes_is_ink():
    assert np.array_equal(read(np.array([ONE[0], [[9, 0], [9, 90]]])), read([ONE[0], [[9, 0], [9, 90]]]))


def test_x_points_right_and_y_points_down():
    image = read([[[0, 0], [0, 100], [50, 100]]])
    rows, columns = np.nonzero(image > 0.5)
    assert np.ptp(columns[rows == rows.max()]) > 8
    assert np.ptp(columns[rows == rows.min()]) < 4


@pytest.mark.parametrize("pen_width", [1, 2, 2.5, 4])
def test_pen_width_is_in_network_pixels(pen_width):
    image = render_ink(check_ink([[[0, 0], [100, 0]]]), pen_width=pen_width)
    assert image[:, 14].sum() == pytest.approx(pen_width, abs=0.2)
    assert 19 <= inked_box(image)[1] <= 21


def test_two_separate_dots_are_drawn():
    assert read([[[0, 0]], [[0, 50]]])[:, 14].max() > 0.9


def test_strokes_without_points_are_left_out():
    assert [len(stroke) for stroke in check_ink([[], *SEVEN, []])] == [3, 2]


def test_checked_strokes_are_pairs_of_float64():
    strokes = check_ink([[[1, 2, 3], [4, 5, 6]]])
    assert strokes[0].dtype == np.float64
    assert strokes[0].tolist() == [[1, 2], [4, 5]]


@pytest.mark.parametrize("num_points", [10_000, MAX_POINTS])
def test_much_ink_is_drawn(num_points):
    t = np.linspace(0, 6.3, num_points)
    assert_nearly_equal(read([np.column_stack([40 * np.cos(t), 60 * np.sin(t)]).tolist()]), read(ZERO))


def test_ten_thousand_strokes_are_drawn():
    assert read(np.random.default_rng(0).uniform(0, 300, (5_000, 2, 2))).sum() > 200


def test_more_points_than_the_limit_are_refused_with_both_numbers():
    with pytest.raises(InkError, match=f"{MAX_POINTS + 1} points, of which at most {MAX_POINTS}"):
        check_ink([np.zeros((MAX_POINTS + 1, 2))])
    with pytest.raises(InkError, match="too much ink"):
        check_ink([[]] * (MAX_POINTS + 1))


@pytest.mark.parametrize("ink", [[], [[]], [[], []], np.empty((0, 5, 2)), ()])
def test_no_ink_is_refused(ink):
    with pytest.raises(InkError, match="no ink"):
        check_ink(ink)


@pytest.mark.parametrize("ink", [[[[5, 5]]], [[[5, 5], [5, 5]]], [[[5, 5]], [[5, 5]]], [[[5, 5, 0], [5, 5, 90]]]])
def test_a_single_dot_is_refused(ink):
    with pytest.raises(InkError, match="single dot"):
        check_ink(ink)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), None])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_coordinate_that_is_no_finite_number_is_refused(bad, axis):
    point = [3, 4]
    point[axis] = bad
    with pytest.raises(InkError, match=r"Stroke 1 .*finite"):
        check_ink([[[0, 0], [1, 1]], [[1, 2], point]])


@pytest.mark.parametrize("bad", [float("nan"), None])
def test_a_missing_time_is_no_matter(bad):
    assert np.array_equal(read([[[*point, bad] for point in stroke] for stroke in SEVEN]), read(SEVEN))


@pytest.mark.parametrize("ink", [None, 5, 1.5, "ink", b"ink", {"strokes": []}, {1, 2}, iter([]), True])
def test_what_is_no_list_is_refused_with_its_type(ink):
    with pytest.raises(InkError, match=f"Received: {type(ink).__name__}"):
        check_ink(ink)


@pytest.mark.parametrize(
    "stroke",
    [
        5,
        "abc",
        None,
        {"x": 1},
        [1, 2],
        [[1], [2]],
        [[1, 2, 3, 4]],
        [[1, 2], [3]],
        [[1, 2], [3, 4, 5]],
        [["a", "b"]],
        [[1j, 2], [3, 4]],
        [[[1, 2]]],
        [None, None],
        [{}, {}],
    ],
    ids=str,
)
def test_what_is_no_stroke_is_refused_with_its_number(stroke):
    with pytest.raises(InkError, match="Stroke 1 "):
        check_ink([[[0, 0], [1, 1]], stroke])


@pytest.mark.parametrize("ink", [np.array(5.0), np.zeros(3), np.zeros((3, 2)), np.zeros((1, 2, 2, 2))], ids=np.shape)
def test_an_array_of_another_shape_is_refused(ink):
    with pytest.raises(InkError):
        check_ink(ink)


def test_deeply_nested_lists_are_refused():
    ink = []
    for _ in range(200):
        ink = [ink]
    with pytest.raises(InkError):
        check_ink(ink)


@pytest.mark.parametrize(
    "ink",
    [
        [[[1e308, 0], [-1e308, 0]]],
        [[[0, 0], [1e308, 1e308]]],
        [[[1e308, 0], [1e308, 1e308]]],
        [[[1e308, 1e308], [1.5e308, 1.2e308]]],
        [[[10**400, 0], [1, 1]]],
        [[[0, 0], [5e-324, 0]]],
        [[[0, 0], [1e-310, 1e-310]]],
        [[[1e17, 0], [1e17 + 64, 1e-9]]],
    ],
    ids=["wide", "far", "far-tall", "far-off", "huge-integer", "smallest", "subnormal", "coarse"],
)
@pytest.mark.filterwarnings("error")
def test_extreme_coordinates_are_drawn_in_full_or_refused(ink):
    try:
        image = read(ink)
    except InkError:
        return
    assert np.isfinite(image).all()
    assert max(inked_box(image, level=0.5)) >= 19


def test_ink_errors_are_shown_to_visitors():
    assert issubclass(InkError, MnistError)
    assert issubclass(InkError, ValueError)


def test_strokes_are_drawn_where_they_lie():
    canvas = draw_strokes([np.array([[2.0, 5.0], [18.0, 5.0]])], 20, 2)
    assert canvas.shape == (200, 200)
    assert set(np.unique(canvas)) == {0, 255}
    rows, columns = np.nonzero(canvas)
    assert (rows.min(), rows.max()) == pytest.approx((4 * 10, 6 * 10), abs=1)
    assert (columns.min(), columns.max()) == pytest.approx((1 * 10, 19 * 10), abs=1)


def test_reducing_averages_blocks_of_ten():
    canvas = np.zeros((20, 30), np.uint8)
    canvas[:10, 10:12] = 255
    np.testing.assert_allclose(reduce_image(canvas), [[0, 0.2, 0], [0, 0, 0]])


@pytest.mark.parametrize("corner", [(0, 0), (0, 19), (19, 0), (19, 19)])
def test_mass_offset_cuts_nothing_off(corner):
    drawn = np.zeros((20, 20))
    drawn[corner] = 1
    top, left = mass_offset(drawn, 28, 14.5)
    assert 0 <= top <= 8
    assert 0 <= left <= 8


def test_mass_offset_puts_a_dot_on_the_target():
    drawn = np.zeros((5, 3))
    drawn[3, 1] = 7
    assert mass_offset(drawn, 28, 14.5) == (11, 13)


@pytest.mark.parametrize(("name", "expected"), [("ink_pendigits_train.npz", 0.6), ("ink_numberpad.npz", 0.6)])
def test_ink_of_other_people_looks_like_mnist(development_file, sample, name, expected):
    drawn = load_labelled(development_file(name))
    images = np.stack([read(ink) for ink in drawn.samples[::20]])
    assert (nearest_mean(images, sample) == drawn.labels[::20]).mean() > expected
    assert images.sum(axis=(1, 2)).mean() == pytest.approx(sample[0].sum(axis=(1, 2)).mean() / 255, rel=0.25)
