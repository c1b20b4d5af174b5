"""Nearest neighbours and near duplicates are those that comparing everything with everything finds."""

import numpy as np
import pytest

from mnist_core.browse.neighbours import PixelIndex, VectorIndex, find_limit


def vectors_of(count, width=16, seed=0):
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


def distances_to(items, query):
    """Euclidean, in double precision."""
    return np.sqrt(((items.astype(float) - query.astype(float)) ** 2).reshape(len(items), -1).sum(axis=1))


def assert_nearest(found, items, query, count, without=None):
    """Equal to sorting all distances; which of equally near ones is named does not matter."""
    distances = distances_to(items, query)
    others = np.delete(np.arange(len(items)), [] if without is None else [without])
    assert len(found.indices) == len(set(found.indices.tolist())) == min(count, len(others))
    assert set(found.indices.tolist()) <= set(others.tolist())
    assert np.allclose(found.distances, np.sort(distances[others])[:count], atol=1e-4)
    assert np.allclose(distances[found.indices], found.distances, atol=1e-4)
    assert (found.indices.dtype, found.distances.dtype) == (np.int64, np.float32)


# Vectors


@pytest.mark.parametrize("count", [1, 2, 10, 299, 300, 1000])
def test_the_nearest_vectors_are_those_of_a_full_search(count):
    vectors = vectors_of(300)
    for query in vectors_of(5, seed=1):
        assert_nearest(VectorIndex(vectors).find(query, count), vectors, query, count)


@pytest.mark.parametrize("count", [1, 3, 4])
def test_a_vector_may_be_left_out(count):
    vectors = vectors_of(4)
    for own in range(4):
        assert_nearest(VectorIndex(vectors).find(vectors[own], count, own), vectors, vectors[own], count, own)


def test_a_vectors_nearest_is_itself():
    vectors = vectors_of(300)
    for own in range(300):
        found = VectorIndex(vectors).find(vectors[own], 1)
        assert (found.indices.tolist(), found.distances.tolist()) == ([own], [0])


def test_a_vector_among_near_copies_is_nearest_to_itself():
    """Differences of large squares cannot tell them apart."""
    vectors = 40 + 5 * vectors_of(300, 128)
    vectors = np.concatenate([vectors, vectors + np.float32(1e-3)])
    index = VectorIndex(vectors)
    assert [int(index.find(vectors[own], 1).indices[0]) for own in range(600)] == list(range(600))


def test_equal_vectors_are_all_found_at_no_distance():
    vectors = np.concatenate([vectors_of(20), np.repeat(vectors_of(1, seed=2), 5, axis=0)])
    found = VectorIndex(vectors).find(vectors[22], 5)
    assert set(found.indices.tolist()) == {20, 21, 22, 23, 24}
    assert found.distances.tolist() == [0] * 5


def test_a_single_vector_has_itself_and_no_other():
    index = VectorIndex(vectors_of(1))
    assert index.find(vectors_of(1)[0]).indices.tolist() == [0]
    assert index.find(vectors_of(1)[0], without=0).indices.tolist() == []


# Images


@pytest.mark.parametrize("count", [1, 10, 40])
def test_the_nearest_images_are_those_of_a_full_search(sample, count):
    images = sample[0][::2]
    index = PixelIndex(images)
    for query in sample[0][1:4000:401].astype(np.float32) / 255:
        assert_nearest(index.find(query, count), images / 255, query, count)


def test_the_nearest_to_noise_are_those_of_a_full_search(sample):
    """Far from all images no bound helps."""
    images, query = sample[0][::4], np.random.default_rng(0).random((28, 28)).astype(np.float32)
    index = PixelIndex(images)
    for picture in (query, 1 - images[7] / np.float32(255), np.ones((28, 28), np.float32)):
        assert_nearest(index.find(picture, 5), images / 255, picture, 5)


def test_among_noise_the_nearest_are_those_of_a_full_search():
    """Noise varies in all directions alike, so a few of them say little."""
    images = np.random.default_rng(0).integers(0, 256, (1500, 28, 28), dtype=np.uint8)
    index = PixelIndex(images)
    for query in np.random.default_rng(1).random((5, 28, 28)).astype(np.float32):
        assert_nearest(index.find(query, 3), images / 255, query, 3)


def test_an_images_nearest_is_itself(sample):
    index = PixelIndex(sample[0])
    for own in range(0, 5000, 250):
        found = index.find(sample[0][own].astype(np.float32) / 255, 1)
        assert (found.indices.tolist(), found.distances.tolist()) == ([own], [0])


def test_an_image_may_be_left_out(sample):
    images, index = sample[0][::10], PixelIndex(sample[0][::10])
    for own in range(0, 500, 50):
        query = images[own].astype(np.float32) / 255
        assert_nearest(index.find(query, 3, own), images / 255, query, 3, own)


@pytest.mark.parametrize("num_images", [1, 2, 5])
def test_few_images_are_all_that_is_found(sample, num_images):
    images = sample[0][:num_images]
    query = images[0].astype(np.float32) / 255
    assert_nearest(PixelIndex(images).find(query, 10), images / 255, query, 10)
    assert_nearest(PixelIndex(images).find(query, 10, 0), images / 255, query, 10, 0)


def test_equal_images_are_all_found_at_no_distance(sample):
    images = np.concatenate([sample[0][:20], np.repeat(sample[0][4000:4001], 600, axis=0)])
    found = PixelIndex(images).find(images[300].astype(np.float32) / 255, 600)
    assert set(found.indices.tolist()) == set(range(20, 620))
    assert found.distances.tolist() == [0] * 600


# Near duplicates


def darkened(image):
    """Differs by a tenth of its ink."""
    return np.rint(image * 0.9).astype(np.uint8)


def test_planted_copies_are_found_and_nothing_else(sample):
    """No digit of MNIST's sample is twice in it."""
    images = np.concatenate([sample[0][:600], sample[0][5:6], darkened(sample[0][70:71]), sample[0][5:6]])
    pairs = PixelIndex(images).find_duplicates()
    assert set(map(tuple, pairs.tolist())) == {(5, 600), (5, 602), (70, 601)}
    assert (pairs.dtype, len(pairs)) == (np.int64, 3)


def test_copies_far_apart_are_found(sample):
    images = np.concatenate([sample[0], sample[0][:3], sample[0][4998:]])
    pairs = PixelIndex(images).find_duplicates()
    assert set(map(tuple, pairs.tolist())) == {(0, 5000), (1, 5001), (2, 5002), (4998, 5003), (4999, 5004)}


@pytest.mark.parametrize(("share", "is_near"), [(0.14, True), (0.16, False)])
def test_near_is_a_difference_of_15_percent_of_the_ink(share, is_near):
    """Of a hundred pixels of full ink, one is white or partly so."""
    images = np.zeros((2, 28, 28), np.uint8)
    images[:, 9:19, 9:19] = 250
    images[1, 9:19, 9:19] = round(250 * (1 - share))
    assert PixelIndex(images).find_duplicates().tolist() == ([[0, 1]] if is_near else [])


def test_which_of_two_comes_first_does_not_matter_for_being_near():
    images = np.zeros((2, 28, 28), np.uint8)
    images[0, 9:19, 9:19], images[1, 9:19, 9:19] = 250, 216  # 34 are 13.6 % of the one and 15.7 % of the other
    both = PixelIndex(images).find_duplicates().tolist(), PixelIndex(images[::-1]).find_duplicates().tolist()
    assert both[0] == both[1]


def test_a_shifted_digit_is_another_image(sample):
    images = np.concatenate([sample[0][:50], np.roll(sample[0][:50], 1, axis=2)])
    assert PixelIndex(images).find_duplicates().tolist() == []


def test_empty_images_are_the_same_image():
    images = np.zeros((3, 28, 28), np.uint8)
    images[1, 14, 5:20] = 255
    assert PixelIndex(images).find_duplicates().tolist() == [[0, 2]]


def test_one_image_has_no_duplicate(sample):
    assert PixelIndex(sample[0][:1]).find_duplicates().shape == (0, 2)


def test_the_search_for_duplicates_tells_how_far_it_is(sample):
    told = []
    PixelIndex(sample[0][:1000]).find_duplicates(told.append)
    assert told == sorted(told)
    assert (len(told) >= 4, told[-1]) == (True, 1)


# The distance within which nearly every digit has a relative


def test_one_percent_of_the_queries_may_lie_beyond_the_limit():
    """A thousand points in a row, each a step from the next, and some that are far from all."""
    row = np.arange(1000, dtype=np.float32)[:, None]
    few, many = (np.concatenate([row[:-count] + 0.25, 2000 + row[:count]]) for count in (9, 12))
    assert find_limit(VectorIndex(row), few) == 0.25
    assert find_limit(VectorIndex(row), many) > 1000


def test_the_limit_is_numpys_quantile(sample):
    images = sample[0][::10] / np.float32(255)
    nearest = [np.sort(distances_to(images, query))[0] for query in sample[0][1::50] / np.float32(255)]
    found = find_limit(PixelIndex(sample[0][::10]), sample[0][1::50].astype(np.float32) / 255)
    assert found == pytest.approx(np.quantile(nearest, 0.99), abs=1e-4)


def test_a_query_is_no_relative_of_itself():
    row = np.arange(100, dtype=np.float32)[:, None]
    own = np.arange(100)
    assert find_limit(VectorIndex(row), row) == 0
    assert find_limit(VectorIndex(row), row, own) == 1
    assert find_limit(VectorIndex(row), row[:50], np.full(50, -1)) == 0


def test_without_others_there_is_no_limit():
    assert find_limit(VectorIndex(vectors_of(1)), vectors_of(1), np.array([0])) == float("inf")
    assert find_limit(VectorIndex(vectors_of(3)), vectors_of(0)) == float("inf")
