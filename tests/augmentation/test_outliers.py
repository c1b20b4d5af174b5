"""No outlier is a digit, all lie where digits lie, and the same seed gives the same ones."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from support.models import small_data

from mnist_core.augmentation import outliers
from mnist_core.augmentation.outliers import FAMILIES, generate_outliers
from mnist_core.preprocessing.ink import MASS_CENTRE

DIGITS, LABELS = small_data().x_train, small_data().y_train
COUNT = 80


def generate(families=(), count=COUNT, seed=0):
    return generate_outliers(DIGITS, LABELS, count, np.random.default_rng(seed), tuple(families))


@pytest.fixture(scope="module")
def generated():
    """So many images of each family."""
    return {family: generate([family]) for family in FAMILIES}


@pytest.fixture(params=FAMILIES)
def images(request, generated):
    return generated[request.param]


def centre(image):
    """Row and column of the centre of mass."""
    return np.array([(image.sum(axis=1 - axis) * (np.arange(28) + 0.5)).sum() / image.sum() for axis in (0, 1)])


def boxes(images):
    """First and last row, first and last column with ink of each image."""
    for image in images:
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        yield rows[0], rows[-1], columns[0], columns[-1]


# Every family


def test_every_family_gives_bytes_of_light_ink(images):
    assert (images.shape, images.dtype) == ((COUNT, 28, 28), np.uint8)
    assert (images.max(axis=(1, 2)) > 60).mean() > 0.9


def test_no_outlier_is_blank(images):
    assert images.sum(axis=(1, 2)).min() > 8 * 255 - 28 * 28 / 2


def test_every_outlier_lies_in_a_box_of_twenty_pixels_as_digits_do(images):
    for top, bottom, left, right in boxes(images):
        assert max(bottom - top, right - left) <= 20  # half a pixel at either end, as ink is drawn
        assert min(top, left) >= 0


def test_nearly_every_outlier_fills_the_box_in_one_direction(images):
    longer = [max(bottom - top, right - left) + 1 for top, bottom, left, right in boxes(images)]
    assert np.mean(np.array(longer) >= 18) > 0.9


def test_every_outlier_is_centred_by_its_mass_as_digits_are(images):
    """As far as it goes without cutting anything off."""
    for image, (top, bottom, left, right) in zip(images.astype(float), boxes(images), strict=True):
        for place, first, last in zip(centre(image), (top, left), (bottom, right), strict=True):
            assert abs(place - MASS_CENTRE) < 0.75 or first == 0 or last == 27


def test_outliers_of_a_family_differ(images):
    assert len({image.tobytes() for image in images}) == COUNT
    assert images.std(axis=0).max() > 60


def test_characters_that_are_given_are_the_last_family(monkeypatch):
    """Each in another hand."""
    drawn = []
    monkeypatch.setattr(outliers, "render", lambda strokes, _: drawn.append(strokes) or np.ones((28, 28)))
    for name in FAMILIES:
        monkeypatch.setitem(FAMILIES, name, lambda *_: np.full((28, 28), 0.5))
    characters = [[np.full((2, 2), value)] for value in (1.0, 2.0)]
    images = generate_outliers(DIGITS, LABELS, 77, np.random.default_rng(0), alphabets=characters)
    assert (images.max(axis=(1, 2)) == 255).tolist() == [False] * 70 + [True] * 7
    assert {strokes[0][0, 0] for strokes in drawn} == {1, 2}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_is_all_that_decides(family, generated):
    assert np.array_equal(generate([family], 20), generated[family][:20])
    assert not np.array_equal(generate([family], 20, seed=1), generated[family][:20])


@pytest.mark.parametrize("family", FAMILIES)
def test_the_digits_that_were_given_are_kept(family):
    digits, labels = DIGITS.copy(), LABELS.copy()
    generate_outliers(digits, labels, 20, np.random.default_rng(0), (family,))
    assert np.array_equal(digits, DIGITS)
    assert np.array_equal(labels, LABELS)


def test_families_hold_about_as_much_ink_as_digits(images):
    """So that nothing but what is drawn gives them away; filled areas hold more."""
    share = images.mean() / DIGITS.mean()
    assert 0.5 < share < 4


# Among each other


@pytest.mark.parametrize("count", [10, 12, 70, 73, 100])
def test_images_are_shared_among_families_in_their_order(count, monkeypatch):
    counted = []
    for name in FAMILIES:
        monkeypatch.setitem(FAMILIES, name, lambda *_, name=name: counted.append(name) or np.ones((28, 28)))
    assert len(generate(count=count)) == count
    numbers = {name: len(list(group)) for name, group in itertools.groupby(counted)}
    assert list(numbers) == list(FAMILIES)
    shares = {"textures": 3}
    for name, number in numbers.items():
        assert abs(number - shares.get(name, 1) * count / 10) < 1


def test_only_the_families_that_were_named_are_drawn(generated):
    both = generate(["letters", "joined digits"], 40)
    assert np.array_equal(both[:20], generated["letters"][:20])
    assert not np.array_equal(both[20:], generate(["letters"], 40)[20:])


def test_none_is_none():
    assert generate(count=0).shape == (0, 28, 28)


@pytest.mark.parametrize("blank", [None, np.zeros((28, 28)), np.full((28, 28), 0.01)], ids=["none", "blank", "faint"])
def test_what_comes_out_blank_is_drawn_again(monkeypatch, blank):
    answers = iter([blank, blank, np.eye(28, dtype=np.float32)])
    monkeypatch.setitem(FAMILIES, "letters", lambda *_: next(answers))
    assert np.array_equal(generate(["letters"], 1)[0], np.eye(28, dtype=np.uint8) * 255)


# Families

FORMS = outliers.LETTERS | outliers.SIGNS


def test_signs_that_are_a_digit_in_some_hand_are_left_out():
    forbidden = set("bBcCgGiIlLoOqQsSzZ") - {"Q"} | set("0123456789") | {"minus", "slash", "bar"}
    assert not forbidden & set(FORMS)
    assert len(FORMS) > 60


@pytest.mark.parametrize("name", FORMS)
def test_every_sign_is_drawn_within_its_grid(name):
    """Of strokes of at least two corners, on a grid of 0 to 8, or 9 below the line; a single stroke has three."""
    strokes = FORMS[name].split(".")
    corners = [text.strip("~").split() for text in strokes]
    assert all(len(corner) == 2 and corner.isdigit() and corner[0] <= "8" for stroke in corners for corner in stroke)
    assert min(map(len, corners)) >= 2
    assert sum(map(len, corners)) >= 3


def test_no_sign_is_another():
    assert len(set(FORMS.values())) == len(FORMS) == len(outliers.LETTERS) + len(outliers.SIGNS)


@pytest.mark.parametrize(("family", "table"), [("letters", "LETTERS"), ("signs", "SIGNS")])
def test_all_letters_and_signs_come_up(monkeypatch, family, table):
    seen, forms = set(), dict(getattr(outliers, table))

    class Watched(dict):
        def __getitem__(self, name):
            seen.add(name)
            return forms[name]

    monkeypatch.setattr(outliers, table, Watched(forms))
    generate([family], 700)
    assert seen == set(forms)


def test_joined_digits_are_two_or_three_and_mostly_beside_each_other():
    """Their box is wider than high, or as high as it may be where they stand above each other."""
    wide = [right - left > bottom - top for top, bottom, left, right in boxes(generate(["joined digits"], 300))]
    assert 0.7 < np.mean(wide) < 0.99


@pytest.fixture
def strokes_of(monkeypatch):
    """The strokes of so many images of a family, before another hand and a pen have drawn them."""

    def draw(family, count=200):
        drawn = []
        monkeypatch.setattr(outliers, "render", lambda strokes, source: drawn.append(strokes) or np.ones((28, 28)))
        generate([family], count)
        return drawn

    return draw


@pytest.mark.parametrize(
    ("family", "numbers"),
    [("scribbles", {1, 2, 3, 4}), ("glyphs", {3, 4, 5, 6}), ("shapes", {3, 4, 5, 6, 8, 10})],
)
def test_a_family_has_so_many_strokes(strokes_of, family, numbers):
    """Of shapes nearly half are mirrored, so that there are twice as many."""
    assert {len(strokes) for strokes in strokes_of(family)} == numbers


def test_mirrored_shapes_are_symmetric(strokes_of):
    mirrored = [strokes for strokes in strokes_of("shapes") if len(strokes) > 5]
    assert 50 < len(mirrored) < 110
    for strokes in mirrored:
        half = len(strokes) // 2
        assert all(
            np.array_equal(one * [-1, 1], other) for one, other in zip(strokes[:half], strokes[half:], strict=True)
        )


def test_a_sign_is_drawn_by_a_hand_that_is_not_quite_sure(monkeypatch, strokes_of):
    """Each corner is missed by a third of the grid's unit, and the whole is stretched a little."""
    monkeypatch.setattr(outliers, "LETTERS", {"L": "10 18 88.~44 66 84"})
    drawn = strokes_of("letters")
    first = np.array([strokes[0][0] for strokes in drawn])
    sides = np.array([np.ptp(strokes[0], axis=0) for strokes in drawn])
    assert {len(strokes) for strokes in drawn} == {2}
    assert first.mean(axis=0) == pytest.approx([1, 0], abs=0.1)
    assert first.std(axis=0) == pytest.approx([0.38, 0.35], abs=0.08)
    assert np.log(sides[:, 0]).std() == pytest.approx(0.15, abs=0.06)
    assert sides.mean(axis=0) == pytest.approx([7.3, 8.3], abs=0.5)


def test_only_strokes_with_a_tilde_are_round(monkeypatch, strokes_of):
    monkeypatch.setattr(outliers, "LETTERS", {"L": "10 18 88.~10 18 88"})
    for straight, smooth in strokes_of("letters", 20):
        turns = [np.abs(np.diff(np.arctan2(*np.diff(stroke, axis=0).T))).max() for stroke in (straight, smooth)]
        assert turns[0] > 1 > turns[1]


# Ways to break a digit: the first random number chooses one.
FIRST, SECOND = (np.random.default_rng(seed).integers(1, 256, (28, 28), dtype=np.uint8) for seed in (0, 1))


@pytest.fixture
def broken(monkeypatch):
    """What becomes of two digits in one way, before it is fitted into the box."""
    monkeypatch.setattr(outliers, "fit_ink", lambda image: image)
    monkeypatch.setattr(outliers, "scribble", lambda *_: np.full((28, 28), 0.5, np.float32))

    def break_two(kind, first=FIRST, second=SECOND, order=(1, 0, 3, 2), moved=(0, 0), turns=1):
        numbers = iter([0, 1, np.array(moved)])
        source = SimpleNamespace(
            random=lambda: kind,
            integers=lambda *_: next(numbers),
            permutation=lambda count: np.array(order),
            choice=lambda among: 1 if 1 in np.array(among) and len(among) == 1 else turns,
        )
        return outliers._broken(np.stack([first, second]), np.array([1, 7]), source)

    return break_two


def test_halves_of_two_digits_are_put_together(broken):
    np.testing.assert_allclose(broken(0.1) * 255, np.concatenate([FIRST[14:], SECOND[:14]]), atol=1e-3)


def test_quarters_of_a_digit_are_exchanged(broken):
    top, bottom = ([FIRST[rows, 14:], FIRST[rows, :14]] for rows in (slice(14), slice(14, None)))
    np.testing.assert_allclose(broken(0.3) * 255, np.block([top, bottom]), atol=1e-3)


def test_quarters_that_stay_where_they_were_are_no_outlier(broken):
    assert broken(0.3, order=(0, 1, 2, 3)) is None


@pytest.mark.parametrize("turns", [1, 3])
def test_a_digit_lies_on_its_side_if_that_is_none(broken, turns):
    """Of a 1 and a 7 it is the 7."""
    np.testing.assert_allclose(broken(0.6, turns=turns) * 255, np.rot90(SECOND, turns), atol=1e-3)


def test_two_digits_lie_on_top_of_each_other(broken):
    left, right = np.zeros((28, 28), np.uint8), np.zeros((28, 28), np.uint8)
    left[:, 4:10] = right[:, 12:18] = 200
    expected = np.maximum(left, np.roll(right, (0, 2), axis=(0, 1)))
    np.testing.assert_allclose(broken(0.8, left, right, moved=(0, 2)) * 255, expected, atol=1e-3)


def test_two_digits_that_hide_each_other_are_no_outlier(broken):
    assert broken(0.8, FIRST, FIRST) is None


def test_a_digit_is_scribbled_over_and_still_there(broken):
    np.testing.assert_allclose(broken(0.95) * 255, np.maximum(FIRST, 127.5), atol=1e-3)


def count_runs(inked):
    """How many stretches of ink there are in a row."""
    return sum(first < second for first, second in itertools.pairwise([False, *inked]))


def test_two_or_three_whole_digits_are_joined():
    """Bars, side by side or above each other; where they touch they look like one."""
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, 6:22, 12:16] = 255
    images = generate_outliers(bar, np.array([1]), 200, np.random.default_rng(3), ("joined digits",)) > 60
    found = {(count_runs(image.any(axis=1)), count_runs(image.any(axis=0))) for image in images}
    assert {(1, 2), (1, 3), (2, 1), (3, 1)} <= found <= {(1, 1), (1, 2), (1, 3), (2, 1), (3, 1)}


def test_a_broken_digit_is_none_of_those_it_was_made_of(generated):
    """Nor is it one turned over."""
    whole = DIGITS.reshape(len(DIGITS), -1) / 255.0
    norms = np.linalg.norm(whole, axis=1)
    for image in generated["broken digits"].reshape(COUNT, -1) / 255.0:
        likeness = (whole @ image / (norms * np.linalg.norm(image))).max()
        assert likeness < 0.98


def inside(images):
    """Share of the inked pixels that have ink all around them."""
    inked = images > 30
    around = np.logical_and.reduce([np.roll(inked, step, axis) for step in (-2, -1, 1, 2) for axis in (1, 2)])
    return (inked & around).sum() / inked.sum()


def test_textures_are_areas_and_other_families_are_lines(generated):
    filled = {family: inside(images) for family, images in generated.items()}
    assert filled.pop("textures") > 1.2 * max(filled.values())


# What cannot be broken


@pytest.mark.parametrize(
    "labels", [[0, 1, 8], [0, 1, 2], [1]], ids=["none that may lie on its side", "one that may", "1"]
)
def test_outliers_can_be_made_of_few_kinds_of_digits(labels):
    chosen = np.isin(LABELS, labels)
    images = generate_outliers(DIGITS[chosen], LABELS[chosen], 100, np.random.default_rng(0), ("broken digits",))
    assert images.any(axis=(1, 2)).all()


def test_a_blank_image_among_the_digits_is_survived():
    """A set of MNIST's layout may hold one."""
    digits = DIGITS.copy()
    digits[::5] = 0
    families = ("broken digits", "joined digits")
    images = generate_outliers(digits, LABELS, 200, np.random.default_rng(0), families)
    has_ink = np.arange(len(LABELS)) % 5 > 0
    expected = generate_outliers(DIGITS[has_ink], LABELS[has_ink], 200, np.random.default_rng(0), families)
    assert np.array_equal(images, expected)


@pytest.mark.parametrize("count", [0, 3])
def test_of_blank_images_no_outliers_can_be_made(count):
    blank = np.zeros((count, 28, 28), np.uint8)
    with pytest.raises(ValueError, match="`digits` must hold images with ink"):
        generate_outliers(blank, np.zeros(count, int), 10, np.random.default_rng(0))


def test_halves_without_ink_are_no_outlier(broken):
    upper, lower = np.zeros((28, 28), np.uint8), np.zeros((28, 28), np.uint8)
    upper[:14] = lower[14:] = 255
    assert broken(0.1, upper, lower) is None
