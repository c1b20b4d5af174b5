"""Each change does what its limit says, no more, and the same for the same generator."""

import dataclasses
import itertools

import numpy as np
import pytest

from mnist_core.augmentation.transforms import Augmentation, augment

LIMITS = {"rotation": 15, "scale": 0.15, "stretch": 0.15, "shear": 0.2, "shift": 2, "elastic": 1, "thickness": 0.8}
EVERYTHING = Augmentation(**LIMITS)
FLIPS = {"flip_horizontal": 2, "flip_vertical": 1}  # and the axis that is turned round
EACH = pytest.mark.parametrize("name", LIMITS)
EACH_FLIP = pytest.mark.parametrize(("name", "axis"), FLIPS.items())
EACH_FIELD = pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Augmentation)])
EACH_AND_ALL = pytest.mark.parametrize(
    "augmentation",
    [*(Augmentation(**{name: limit}) for name, limit in LIMITS.items()), EVERYTHING],
    ids=[*LIMITS, "all"],
)
MIDDLE = 13.5
PIXELS = np.arange(28) - MIDDLE


@pytest.fixture(scope="module")
def images(sample):
    return sample[0][::25].astype(np.float32) / 255


def generator(seed=0):
    return np.random.default_rng(seed)


def many(top, bottom, left, right, num_images=1000):
    """Copies of one filled rectangle."""
    images = np.zeros((num_images, 28, 28), np.float32)
    images[:, top:bottom, left:right] = 1
    return images


def ink(images):
    return images.sum(axis=(1, 2), dtype=np.float64)


def mean_x(images):
    return images.sum(axis=1) @ PIXELS / ink(images)


def mean_y(images):
    return images.sum(axis=2) @ PIXELS / ink(images)


def slant(images):
    """Change of x with y, over rows 7 to 20 only, where a bar is not cut."""
    rows = images[:, 7:21]
    x, weights, y = rows @ PIXELS, rows.sum(axis=2), PIXELS[7:21]
    return (x @ y) / (weights @ y**2)


def assert_uniform(values, limit):
    """Values spread evenly over [-limit, limit]: mean, standard deviation and largest are those of that spread."""
    assert np.abs(values).max() <= limit * 1.01
    assert np.abs(values).max() > limit * 0.97
    assert values.std() == pytest.approx(limit / 3**0.5, rel=0.08)
    assert abs(values.mean()) < limit * 0.1


@EACH_AND_ALL
def test_same_seed_gives_the_same_result(images, augmentation):
    assert np.array_equal(augment(images, augmentation, generator(3)), augment(images, augmentation, generator(3)))


@EACH_AND_ALL
def test_another_seed_gives_another_result(images, augmentation):
    assert not np.array_equal(augment(images, augmentation, generator(3)), augment(images, augmentation, generator(4)))


@EACH_AND_ALL
def test_values_stay_between_0_and_1(images, augmentation):
    for given in (images, np.ones_like(images), np.zeros_like(images)):
        changed = augment(given, augmentation, generator())
        assert 0 <= changed.min() <= changed.max() <= 1


@EACH_AND_ALL
def test_shape_and_type_are_kept(images, augmentation):
    changed = augment(images, augmentation, generator())
    assert changed.shape == images.shape
    assert changed.dtype == np.float32


@EACH_AND_ALL
def test_images_given_are_not_changed(images, augmentation):
    before = images.copy()
    augment(images, augmentation, generator())
    assert np.array_equal(images, before)


@EACH_AND_ALL
def test_no_images_are_no_images(augmentation):
    assert augment(np.zeros((0, 28, 28), np.float32), augmentation, generator()).shape == (0, 28, 28)


@EACH_AND_ALL
def test_blank_stays_blank(augmentation):
    assert not augment(np.zeros((20, 28, 28), np.float32), augmentation, generator()).any()


@EACH_AND_ALL
def test_every_image_is_changed_in_its_own_way(augmentation):
    changed = augment(many(6, 22, 9, 19, num_images=20), augmentation, generator())
    assert len(np.unique(changed.round(4), axis=0)) == 20


@EACH_AND_ALL
def test_a_digit_stays_like_itself(images, augmentation):
    changed = augment(images, augmentation, generator())
    alike = [np.corrcoef(old.ravel(), new.ravel())[0, 1] for old, new in zip(images, changed, strict=True)]
    assert np.median(alike) > 0.5


def test_zero_limits_change_nothing(images):
    unchanged = augment(images, Augmentation(), generator())
    assert np.array_equal(unchanged, images)
    assert not np.shares_memory(unchanged, images)


@EACH
def test_tiny_limits_change_next_to_nothing(images, name):
    assert np.allclose(augment(images, Augmentation(**{name: 1e-4}), generator()), images, atol=0.01)


@EACH_FIELD
def test_any_limit_makes_it_active(name):
    assert Augmentation(**{name: 0.1}).is_active
    assert not Augmentation(**{name: 0}).is_active


def test_shift_moves_both_axes_evenly_and_apart():
    changed = augment(many(10, 18, 10, 18), Augmentation(shift=3), generator())
    x, y = mean_x(changed), mean_y(changed)
    assert_uniform(x, 3)
    assert_uniform(y, 3)
    assert abs(np.corrcoef(x, y)[0, 1]) < 0.15


def test_shift_keeps_the_ink():
    given = many(10, 18, 10, 18)
    assert np.allclose(ink(augment(given, Augmentation(shift=3), generator())), ink(given), rtol=1e-4)


def test_shift_out_of_the_image_leaves_background():
    changed = augment(many(0, 28, 0, 28), Augmentation(shift=9), generator())
    assert ink(changed).min() < 0.6 * 28 * 28


def test_rotation_turns_evenly_up_to_its_limit():
    changed = augment(many(2, 26, 12, 16), Augmentation(rotation=20), generator())
    assert_uniform(np.degrees(np.arctan(slant(changed))), 20)


def test_rotation_turns_about_the_middle_and_keeps_the_ink(images):
    changed = augment(images, Augmentation(rotation=15), generator())
    assert ink(changed) == pytest.approx(ink(images), rel=0.03)
    radius, turned = (np.hypot(mean_x(some), mean_y(some)) for some in (images, changed))
    assert turned == pytest.approx(radius, abs=0.05)


def test_shear_slants_evenly_up_to_its_limit():
    assert_uniform(slant(augment(many(4, 24, 12, 16), Augmentation(shear=0.2), generator())), 0.2)


def test_shear_leaves_each_row_its_ink():
    given = many(4, 24, 12, 16)
    changed = augment(given, Augmentation(shear=0.2), generator())
    assert np.allclose(changed.sum(axis=2), given.sum(axis=2), atol=1e-4)


def test_stretch_changes_width_and_height_apart():
    changed = augment(many(9, 19, 9, 19), Augmentation(stretch=0.2), generator())
    width, height = changed[:, 13].sum(axis=1) / 10, changed[:, :, 13].sum(axis=1) / 10
    for side in (width, height):
        assert 0.79 < side.min() < 0.82
        assert 1.18 < side.max() < 1.21
    assert abs(np.corrcoef(width, height)[0, 1]) < 0.15


def test_scale_changes_width_and_height_alike():
    changed = augment(many(9, 19, 9, 19), Augmentation(scale=0.2), generator())
    width, height = changed[:, 13].sum(axis=1) / 10, changed[:, :, 13].sum(axis=1) / 10
    assert_uniform(width - 1, 0.2)
    assert np.allclose(width, height, atol=1e-4)


def test_scale_and_stretch_multiply():
    changed = augment(many(9, 19, 9, 19), Augmentation(scale=0.2, stretch=0.2), generator())
    width, height = changed[:, 13].sum(axis=1) / 10, changed[:, :, 13].sum(axis=1) / 10
    assert width.min() < 0.72
    assert width.max() > 1.36
    assert np.corrcoef(width, height)[0, 1] == pytest.approx(0.5, abs=0.1)


@EACH_FLIP
def test_flip_with_probability_1_mirrors_every_image_exactly(images, name, axis):
    assert np.array_equal(augment(images, Augmentation(**{name: 1}), generator()), np.flip(images, axis))


@EACH_FLIP
def test_flip_with_probability_one_half_mirrors_half_and_leaves_the_others(name, axis):
    given = generator(1).random((1000, 28, 28), np.float32)
    changed = augment(given, Augmentation(**{name: 0.5}), generator())
    mirrored, kept = ((changed == some).all(axis=(1, 2)) for some in (np.flip(given, axis), given))
    assert (mirrored ^ kept).all()
    assert mirrored.mean() == pytest.approx(0.5, abs=0.06)


def test_flips_are_drawn_apart():
    given = generator(1).random((1000, 28, 28), np.float32)
    changed = augment(given, Augmentation(flip_horizontal=0.5, flip_vertical=0.5), generator())
    for axes in ((), (1,), (2,), (1, 2)):
        assert (changed == np.flip(given, axes)).all(axis=(1, 2)).mean() == pytest.approx(0.25, abs=0.06)


@EACH_FLIP
def test_flip_does_not_change_the_images_given(images, name, axis):
    before = images.copy()
    augment(images, Augmentation(**{name: 1}), generator())
    assert np.array_equal(images, before)


@EACH_FLIP
def test_a_probability_above_1_is_named(name, axis):
    with pytest.raises(ValueError, match=f"`{name}` must be at most 1. Received: {name}=1.5"):
        Augmentation(**{name: 1.5})


def test_every_field_is_tested():
    assert {field.name for field in dataclasses.fields(Augmentation)} == {*LIMITS, *FLIPS, "damage"}


def test_damage_takes_its_share_of_the_images_and_leaves_the_others(images):
    many_images = np.concatenate([images] * 5)
    damaged = augment(many_images, Augmentation(damage=0.3), generator())
    changed = np.abs(damaged - many_images).max(axis=(1, 2)) > 1e-4
    assert 0.22 < changed.mean() < 0.36
    np.testing.assert_allclose(damaged[~changed], many_images[~changed], atol=1e-4)


def test_damage_comes_in_several_kinds():
    bars = many(6, 22, 10, 18)
    damaged = augment(bars, Augmentation(damage=1), generator())
    amount = ink(damaged) / ink(bars)
    assert amount.min() < 0.5
    assert amount.max() > 1.2


def test_a_small_share_of_damage_meets_every_kind():
    """A batch that damages one image must not always take the first kind, which is noise on blank paper too."""
    blank = np.zeros((1, 28, 28), np.float32)
    noisy = [augment(blank, Augmentation(damage=1), generator(seed)).any() for seed in range(40)]
    assert 0.1 < np.mean(noisy) < 0.9


def test_elastic_moves_a_dot_about_as_far_as_it_says():
    changed = augment(many(13, 15, 13, 15, num_images=2000), Augmentation(elastic=1), generator())
    for moved in (mean_x(changed), mean_y(changed)):
        assert 0.6 < moved.std() < 1.3
        assert abs(moved.mean()) < 0.1


def test_elastic_bends_parts_of_an_image_apart():
    given = many(4, 7, 4, 7) + many(21, 24, 21, 24)
    changed = augment(given, Augmentation(elastic=0.7), generator())
    upper = PIXELS[:, None] + PIXELS < 0
    first, second = mean_x(changed * upper), mean_x(changed * ~upper)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.2


def test_thickness_raises_or_lowers_the_ink_evenly():
    given = many(12, 16, 4, 24)
    changed = ink(augment(given, Augmentation(thickness=1), generator()))
    assert changed.max() == pytest.approx(6 * 22, rel=0.02)
    assert changed.min() == pytest.approx(2 * 18, rel=0.04)
    assert (changed > ink(given)).mean() == pytest.approx(0.5, abs=0.06)


def test_thickness_never_leaves_the_neighbourhood(images):
    changed = augment(images, Augmentation(thickness=1), generator())
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    nine = np.stack([padded[:, dy : dy + 28, dx : dx + 28] for dy in range(3) for dx in range(3)])
    assert (changed >= nine.min(axis=0) - 1e-6).all()
    assert (changed <= nine.max(axis=0) + 1e-6).all()


def test_more_thickness_changes_the_ink_more(images):
    spread = [ink(augment(images, Augmentation(thickness=limit), generator())) for limit in (0, 0.25, 0.5, 0.75, 1)]
    changes = [np.abs(changed - ink(images)) for changed in spread]
    for smaller, larger in itertools.pairwise(changes):
        assert (larger > smaller).mean() > 0.99


def test_digits_are_not_mirrored(images):
    changed = augment(images, EVERYTHING, generator())
    kept = (changed * images).sum(axis=(1, 2))
    mirrored = (changed * images[:, :, ::-1]).sum(axis=(1, 2))
    assert (kept >= mirrored).mean() > 0.85


@EACH_FIELD
@pytest.mark.parametrize("bad", [-1, -1e-9, float("nan"), float("inf")])
def test_a_limit_below_zero_or_not_finite_is_named(name, bad):
    with pytest.raises(ValueError, match=f"`{name}`.*Received: {name}={bad}"):
        Augmentation(**{name: bad})


@pytest.mark.parametrize(("name", "bad"), [("stretch", 1), ("stretch", 2.5), ("scale", 1), ("thickness", 1.01)])
def test_a_limit_that_would_turn_digits_inside_out_is_named(name, bad):
    with pytest.raises(ValueError, match=f"Received:.*{name}={float(bad)}"):
        Augmentation(**{name: bad})


def test_whole_numbers_are_the_same_limits():
    assert repr(Augmentation(rotation=15)) == repr(Augmentation(rotation=15.0))
    assert Augmentation(shift=2) == Augmentation(shift=2.0)


def test_an_augmentation_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        EVERYTHING.rotation = 3
