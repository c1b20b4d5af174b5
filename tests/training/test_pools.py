"""A recipe draws what it asks for beside a set's own images, and nothing that it does not ask for."""

import dataclasses

import numpy as np
import pytest
from support.models import LINEAR, small_data
from support.written import DIGITS, INK

from mnist_core.augmentation.handwriting import draw_varied
from mnist_core.augmentation.outliers import generate_outliers
from mnist_core.preprocessing.ink import check_ink
from mnist_core.training import pools
from mnist_core.training.pools import NOT_A_DIGIT, build_pools

DATA = dataclasses.replace(small_data(), ink=INK)


def recipe(**changes):
    return dataclasses.replace(LINEAR, **changes)


def only_pool(data=DATA, **changes):
    (pool,) = build_pools(recipe(**changes), data)
    return pool


def test_a_recipe_that_asks_for_nothing_gets_nothing():
    assert build_pools(LINEAR, DATA) == []


def test_ink_that_is_not_at_hand_is_left_out():
    assert build_pools(recipe(ink=20), small_data()) == []
    (pool,) = build_pools(recipe(ink=20, outliers=7), small_data())
    assert set(pool.labels.tolist()) == {NOT_A_DIGIT}


def test_ink_comes_before_outliers():
    ink, outliers = build_pools(recipe(ink=3, outliers=4), DATA)
    assert (ink.per_epoch, outliers.per_epoch) == (3, 4)
    assert (set(ink.labels.tolist()) <= set(range(10)), set(outliers.labels.tolist())) == (True, {10})


def test_the_number_of_what_is_no_digit_is_that_of_the_eleventh_output():
    assert recipe(outliers=1).network.num_outputs == NOT_A_DIGIT + 1


@pytest.mark.parametrize("changes", [{"ink": 9}, {"outliers": 9}], ids=["ink", "outliers"])
def test_pools_hold_bytes_like_the_sets_own(changes):
    pool = only_pool(**changes)
    assert (pool.images.dtype, pool.images.shape[1:]) == (np.uint8, (28, 28))
    assert (pool.labels.dtype, pool.labels.shape) == (np.uint8, pool.images.shape[:1])
    assert pool.images.max(axis=(1, 2)).min() > 20


# How many


@pytest.mark.parametrize(
    ("ink", "epochs", "expected"),
    [(3, 1, 3), (3, 4, 12), (20, 4, 80), (21, 4, 80), (500, 1, 80), (1, 60, 60), (1, 100, 80)],
)
def test_ink_is_drawn_for_all_epochs_but_by_sixteen_hands_at_most(ink, epochs, expected):
    pool = only_pool(ink=ink, epochs=epochs)
    assert (len(pool.images), pool.per_epoch) == (expected, ink)


@pytest.mark.parametrize(("epochs", "expected"), [(1, 5), (7, 35), (8, 40), (30, 40)])
def test_outliers_are_made_for_eight_epochs_at_most(epochs, expected):
    pool = only_pool(outliers=5, epochs=epochs)
    assert (len(pool.images), pool.per_epoch) == (expected, 5)


@pytest.mark.parametrize(("limit", "expected"), [(None, 500), (300, 300), (20, 20), (1, 1)])
def test_there_are_no_more_drawings_than_images(limit, expected):
    assert only_pool(ink=1000, limit=limit).per_epoch == expected
    assert only_pool(ink=1, limit=limit).per_epoch == 1


@pytest.mark.parametrize(("limit", "expected"), [(None, 250), (21, 10), (1, 1)])
def test_there_are_half_as_many_outliers_as_images_at_most(limit, expected):
    pool = only_pool(outliers=1000, limit=limit, epochs=1)
    assert (pool.per_epoch, len(pool.images)) == (expected, expected)


# What


@pytest.mark.parametrize(("ink", "hands"), [(5, 1), (10, 2), (40, 8)])
def test_every_drawing_is_drawn_by_as_many_hands(ink, hands):
    labels = only_pool(ink=ink, epochs=1).labels
    assert np.bincount(labels, minlength=10)[list(DIGITS)].tolist() == [hands] * 5


def test_no_drawing_is_drawn_twice_before_all_were_drawn_once():
    labels = only_pool(ink=23, epochs=1).labels.tolist()
    for first in range(0, 20, 5):
        assert sorted(labels[first : first + 5]) == sorted(DIGITS)
    assert labels[:5] != labels[5:10] or labels[5:10] != labels[10:15]
    assert len(set(labels[20:])) == 3


def test_no_two_images_are_alike():
    images = only_pool(ink=40, epochs=1).images
    assert len({image.tobytes() for image in images}) == 40


@pytest.mark.parametrize("variants", [0.0, 0.4])
def test_each_image_is_of_the_drawing_of_its_label(monkeypatch, variants):
    """With the share of variants that the recipe says."""
    drawn = []

    def draw(strokes, label, share, generator):
        drawn.append((strokes[0][0].tolist(), label, share))
        return np.full((28, 28), label / 10)

    monkeypatch.setattr(pools, "draw_varied", draw)
    pool = only_pool(ink=20, variants=variants)
    assert [label for _, label, _ in drawn] == pool.labels.tolist() == np.rint(pool.images[:, 0, 0] / 25.5).tolist()
    assert all(first == DIGITS[label][0][0].tolist() for first, label, _ in drawn)
    assert {share for *_, share in drawn} == {variants}


def test_ink_is_drawn_by_other_hands():
    """The first is what `hands` makes of it with the pool's own randomness."""
    generator = np.random.default_rng([LINEAR.seed, pools._INK_STREAM])
    pool = only_pool(ink=4, epochs=1, variants=0.5)
    first = generator.permutation(5)[0]
    image = draw_varied(INK.ink[first], int(INK.labels[first]), 0.5, generator)
    assert np.array_equal(pool.images[0], np.rint(image * 255))


def test_outliers_are_made_of_training_digits():
    generator = np.random.default_rng([LINEAR.seed, pools._OUTLIER_STREAM])
    expected = generate_outliers(DATA.x_train, DATA.y_train, 21, generator)
    assert np.array_equal(only_pool(outliers=21, epochs=1).images, expected)


def test_characters_are_one_family_of_outliers_more():
    data = dataclasses.replace(DATA, alphabets=INK)
    generator = np.random.default_rng([LINEAR.seed, pools._OUTLIER_STREAM])
    alphabets = [check_ink(strokes) for strokes in INK.ink]
    expected = generate_outliers(DATA.x_train, DATA.y_train, 24, generator, alphabets=alphabets)
    (pool,) = build_pools(recipe(outliers=24, epochs=1), data)
    assert np.array_equal(pool.images, expected)
    assert set(pool.labels.tolist()) == {NOT_A_DIGIT}


@pytest.mark.parametrize("changes", [{"ink": 9}, {"outliers": 9}], ids=["ink", "outliers"])
def test_a_seed_is_all_that_decides(changes):
    first, again, other = (only_pool(**changes, seed=seed).images for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_ink_does_not_change_the_outliers():
    alone, beside = only_pool(outliers=9), build_pools(recipe(ink=20, outliers=9), DATA)[1]
    assert np.array_equal(alone.images, beside.images)


@pytest.mark.parametrize("change", [{"learning_rate": 0.5}, {"batch_size": 7}, {"label_noise": 0.5}])
def test_nothing_else_changes_what_is_drawn(change):
    ours, theirs = (build_pools(recipe(ink=9, outliers=9, **more), DATA) for more in ({}, change))
    assert all(np.array_equal(one.images, other.images) for one, other in zip(ours, theirs, strict=True))
