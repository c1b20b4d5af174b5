"""Damaged digits are digits of which something was taken, or to which something was added; always alike."""

import numpy as np
import pytest
from support.models import sample_images

from mnist_core.augmentation.damage import DAMAGES, damage_images


def damaged(kind, seed=0, num_images=40):
    """These images, each with this kind of damage, and as they were."""
    images, generator = sample_images()[::25][:num_images], np.random.default_rng(seed)
    return np.stack([DAMAGES[kind](image.copy(), generator) for image in images]), images


def inked(images):
    return images.sum(axis=(1, 2))


def blurred(images):
    """How steep the steepest edge of each image is."""
    return np.abs(np.diff(images, axis=2)).max(axis=(1, 2))


@pytest.fixture(params=DAMAGES)
def kind(request):
    return request.param


def test_every_kind_changes_nearly_every_image_and_keeps_its_shape(kind):
    """A gap may lie beside a thin digit."""
    spoiled, images = damaged(kind)
    assert spoiled.shape == images.shape
    assert np.isfinite(spoiled).all()
    assert (np.abs(spoiled - images).max(axis=(1, 2)) > 0.05).mean() >= 0.9


def test_every_kind_leaves_something_of_the_digit(kind):
    spoiled, images = damaged(kind)
    alike = [np.corrcoef(one.ravel(), other.ravel())[0, 1] for one, other in zip(spoiled, images, strict=True)]
    assert np.mean(alike) > 0.4
    assert spoiled.std(axis=(1, 2)).min() > 0.01


def test_the_same_seed_damages_alike_and_another_does_not(kind):
    (first, _), (again, _), (other, _) = damaged(kind, 0), damaged(kind, 0), damaged(kind, 1)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_given_image_is_kept(kind):
    image = sample_images()[500].copy()
    before = image.copy()
    DAMAGES[kind](image, np.random.default_rng(0))
    assert np.array_equal(image, before)


# Kinds


def test_noise_adds_nothing_on_the_whole():
    spoiled, images = damaged("noise")
    strengths = (spoiled - images).std(axis=(1, 2))
    assert np.abs((spoiled - images).mean()) < 0.01
    assert 0.09 < strengths.min() < 0.2 < 0.3 < strengths.max() < 0.42


def test_specks_are_black_or_white_and_few():
    spoiled, images = damaged("specks")
    changed = spoiled != images
    assert set(np.unique(spoiled[changed])) == {0, 1}
    assert 0.005 < changed.mean(axis=(1, 2)).min() < changed.mean(axis=(1, 2)).max() < 0.2


def test_blur_spreads_the_ink_and_loses_none():
    spoiled, images = damaged("blur")
    np.testing.assert_allclose(inked(spoiled), inked(images), rtol=0.02)
    assert (blurred(spoiled) < 0.8 * blurred(images)).all()
    assert spoiled.max() <= 1


@pytest.mark.parametrize("kind", ["gap", "blot"])
def test_a_patch_is_a_square_within_the_digits_box(kind):
    """On grey paper, so that all of it can be seen."""
    sides = []
    for seed in range(50):
        changed = DAMAGES[kind](np.full((28, 28), 0.5, np.float32), np.random.default_rng(seed)) != 0.5
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        assert changed.sum() == len(rows) * len(columns) == len(rows) ** 2
        assert 4 <= min(rows[0], columns[0]) <= max(rows[-1], columns[-1]) < 24
        sides.append(len(rows))
    assert {5, 10} <= set(sides) <= set(range(5, 11))


@pytest.mark.parametrize(("kind", "value"), [("gap", 0.0), ("blot", 1.0)])
def test_a_patch_is_of_paper_or_of_ink(kind, value):
    spoiled = DAMAGES[kind](np.full((28, 28), 0.5), np.random.default_rng(0))
    assert set(np.unique(spoiled)) == {0.5, value}


def test_a_line_is_straight_crosses_the_digit_and_is_of_ink_or_of_paper():
    values = set()
    for seed in range(30):
        spoiled = DAMAGES["line"](np.full((28, 28), 0.5), np.random.default_rng(seed))
        y, x = np.nonzero(spoiled != 0.5)
        values |= set(np.unique(spoiled)) - {0.5}
        spread = np.linalg.svd(np.stack([x - x.mean(), y - y.mean()]), compute_uv=False) / len(x) ** 0.5
        assert spread[1] < 1.5 < 6 < spread[0]
    assert values == {0, 1}


def test_faint_ink_keeps_its_shape():
    spoiled, images = damaged("faint")
    shares = inked(spoiled) / inked(images)
    assert 0.15 <= shares.min() < 0.25 < 0.4 < shares.max() <= 0.5
    np.testing.assert_allclose(spoiled, images * shares[:, None, None], atol=1e-6)


def test_a_coarse_image_holds_as_much_ink_in_fewer_steps():
    spoiled, images = damaged("coarse")
    np.testing.assert_allclose(inked(spoiled), inked(images), rtol=0.2)
    assert inked(spoiled).mean() == pytest.approx(inked(images).mean(), rel=0.03)
    assert (blurred(spoiled) < 0.7 * blurred(images)).all()


def test_a_coarse_image_is_seven_to_ten_pixels_wide():
    """So that of noise neighbours become alike; they would be so by 0.96 at five pixels, and by 0.78 at twelve."""
    noise = np.random.default_rng(0).random((28, 28)).astype(np.float32)
    likeness = []
    for seed in range(30):
        coarse = DAMAGES["coarse"](noise, np.random.default_rng(seed))
        likeness.append(np.corrcoef(coarse[:, 1:].ravel(), coarse[:, :-1].ravel())[0, 1])
    assert 0.83 < min(likeness) < 0.88 < 0.92 < max(likeness) < 0.95


# All of them


def test_each_kind_takes_its_turn():
    """Of eight kinds the first and the ninth image have the same, with other numbers."""
    image, generator = sample_images()[700], np.random.default_rng(5)
    together = damage_images(np.stack([image] * 17), np.random.default_rng(5))
    kinds = list(DAMAGES.values())
    for number, spoiled in enumerate(together):
        one = np.clip(kinds[number % 8](image, generator), 0, 1)
        np.testing.assert_allclose(spoiled, one, atol=1e-6)
    assert not np.array_equal(together[0], together[8])


def test_damaged_images_are_images():
    images = sample_images()[::10]
    spoiled = damage_images(images, np.random.default_rng(0))
    assert (spoiled.shape, spoiled.dtype) == (images.shape, np.float32)
    assert (spoiled.min(), spoiled.max()) == (0, 1)


def test_of_no_images_none_is_damaged():
    assert damage_images(np.zeros((0, 28, 28), np.float32), np.random.default_rng(0)).shape == (0, 28, 28)


def test_the_images_that_were_given_are_kept():
    images = sample_images()[::10].copy()
    damage_images(images, np.random.default_rng(0))
    assert np.array_equal(images, sample_images()[::10])


def test_a_seed_is_all_that_decides():
    first, again, other = (damage_images(sample_images()[::20], np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
