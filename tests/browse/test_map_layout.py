"""The layout against what it is for: neighbours stay neighbours, and what is apart stays apart."""

import re
import tracemalloc

import numpy as np
import pytest

from mnist_core.browse import map_layout as layout
from mnist_core.browse.map_layout import lay_out, place

NUM_CLUSTERS, CLUSTER_SIZE = 3, 60


@pytest.fixture(scope="module")
def clusters():
    """Three clouds in ten dimensions, well apart, and which is whose."""
    generator = np.random.default_rng(0)
    names = np.repeat(np.arange(NUM_CLUSTERS), CLUSTER_SIZE)
    vectors = generator.normal(size=(len(names), 10)) + 30 * np.eye(10)[names]
    return vectors.astype(np.float32), names


@pytest.fixture(scope="module")
def clusters_layout(clusters):
    return lay_out(clusters[0])


@pytest.fixture(scope="module")
def digits(sample):
    """Every fifth of the built-in images by its first 30 principal components, the greatest first."""
    pixels = sample[0][::5].reshape(1000, -1) / 255.0
    left, sizes, _ = np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)
    return (left[:, :30] * sizes[:30]).astype(np.float32)


@pytest.fixture(scope="module")
def digits_layout(digits):
    return lay_out(digits)


def find_nearest(vectors, count=1):
    """Indices of each vector's nearest others, by brute force."""
    distances = np.linalg.norm(vectors[:, None].astype(float) - vectors, axis=2)
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1)[:, :count]


def kept_share(vectors, places):
    """Share of the 15 nearest vectors that are among the 15 nearest places."""
    pairs = zip(find_nearest(vectors, 15), find_nearest(places, 15), strict=True)
    return np.mean([len(np.intersect1d(*pair)) / 15 for pair in pairs])


# What it is for


def test_more_neighbours_of_digits_are_kept_than_by_principal_components(digits, digits_layout):
    """0.53 of them, against 0.15."""
    components = kept_share(digits, digits[:, :2])
    assert 0.1 < components < 0.2
    assert kept_share(digits, digits_layout) > 3.2 * components


def test_every_nearest_neighbour_is_of_its_own_cluster(clusters, clusters_layout):
    names = clusters[1]
    assert np.array_equal(names[find_nearest(clusters_layout)[:, 0]], names)


def test_a_cluster_is_narrower_than_its_way_to_others_but_not_a_point(clusters, clusters_layout):
    own = [clusters_layout[clusters[1] == name] for name in range(NUM_CLUSTERS)]
    widths = [part.std(axis=0).max() for part in own]
    ways = np.linalg.norm(own[0].mean(axis=0) - own[1].mean(axis=0))
    assert 0.02 < min(widths) < max(widths) < ways / 3


def test_much_the_same_vectors_give_much_the_same_layout(digits, digits_layout):
    """Correlations of 0.85 and more; from a start by chance they would be anything."""
    noise = np.random.default_rng(1).normal(0, 0.01, digits.shape)
    moved = lay_out(digits + noise, seed=1)
    for axis in range(2):
        assert np.corrcoef(moved[:, axis], digits_layout[:, axis])[0, 1] > 0.7


# What it promises


def test_a_seed_gives_one_layout(clusters, clusters_layout):
    assert np.array_equal(lay_out(clusters[0]), clusters_layout)
    assert not np.array_equal(lay_out(clusters[0], seed=1), clusters_layout)


def test_places_fill_the_square(digits_layout):
    assert digits_layout.shape == (1000, 2)
    assert digits_layout.dtype == np.float32
    low, high = digits_layout.min(axis=0), digits_layout.max(axis=0)
    np.testing.assert_allclose(low, -high, atol=1e-6)
    assert 0.3 < high.min() <= high.max() == 1


def test_both_coordinates_are_scaled_alike():
    places = np.array([[5.0, 9.0, 6.0], [1.0, 1.0, 2.0]])
    np.testing.assert_allclose(layout._fill_square(places), [[-1, 1, -0.5], [-0.25, -0.25, 0.25]])


def test_the_vectors_are_left_as_they_were(clusters):
    vectors = clusters[0].copy()
    lay_out(vectors)
    assert np.array_equal(vectors, clusters[0])


@pytest.mark.parametrize("count", [0, 1, 2, 5, 20])
@pytest.mark.parametrize("dimensions", [1, 3])
def test_a_few_vectors_can_be_laid_out(count, dimensions):
    places = lay_out(np.random.default_rng(0).normal(size=(count, dimensions)).astype(np.float32))
    assert places.shape == (count, 2)
    assert len(np.unique(places, axis=0)) == count
    assert np.abs(places).max(initial=0) == (count > 1)


@pytest.mark.parametrize("count", [2, 5, 40])
def test_equal_vectors_can_be_laid_out(count):
    places = lay_out(np.full((count, 3), 7, np.float32))
    assert len(np.unique(places, axis=0)) == count
    assert np.abs(places).max() == 1


def test_many_copies_of_few_vectors_stay_together():
    vectors = np.repeat(np.eye(4, dtype=np.float32), 25, axis=0)
    nearest = find_nearest(lay_out(vectors))[:, 0]
    assert np.array_equal(vectors[nearest], vectors)


@pytest.mark.parametrize("factor", [1e-36, 1e34])
def test_only_ratios_of_distances_count(clusters, factor):
    names = clusters[1]
    places = lay_out(clusters[0] * np.float32(factor))
    assert np.array_equal(names[find_nearest(places)[:, 0]], names)


@pytest.mark.parametrize("count", [0, 1, 2, 300])
def test_progress_grows_and_ends_at_one(count):
    shares = []
    lay_out(np.random.default_rng(0).random((count, 4), np.float32), on_progress=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] == 1.0
    assert len(shares) < 200


# The graph


def test_neighbours_are_those_of_brute_force(digits, monkeypatch):
    """In chunks of 128 and of what remains."""
    monkeypatch.setattr(layout, "CHUNK_CELLS", 128_000)
    indices, distances = layout._find_neighbours(digits, lambda share: None)
    assert np.array_equal(np.sort(indices), np.sort(find_nearest(digits, 15)))
    expected = np.linalg.norm(digits[:, None].astype(float) - digits[indices], axis=2)
    np.testing.assert_allclose(distances, expected, rtol=1e-6)


def test_memory_for_neighbours_is_bounded():
    vectors = np.random.default_rng(0).random((10_000, 4), np.float32)
    tracemalloc.start()
    layout._find_neighbours(vectors, lambda share: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6


@pytest.mark.parametrize("num_neighbours", [1, 2, 3, 15])
def test_the_nearest_weighs_one_and_all_sum_up_to_a_logarithm(num_neighbours):
    distances = np.random.default_rng(0).gamma(3, size=(50, num_neighbours))
    weights = layout.weigh_neighbours(distances)
    np.testing.assert_allclose(weights.max(axis=1), 1)
    np.testing.assert_allclose(weights.sum(axis=1), np.log2(num_neighbours + 1), rtol=1e-6)
    assert (np.diff(np.take_along_axis(weights, distances.argsort(), axis=1)) <= 0).all()


def test_of_many_that_are_equally_near_each_weighs_one():
    distances = np.array([[2.0, 1.0, 1.0, 1.0, 1.0, 3.0]])
    np.testing.assert_allclose(layout.weigh_neighbours(distances), distances == 1)


def test_an_edge_weighs_as_much_as_either_end_makes_it(monkeypatch):
    """0 and 1 name each other, with 0.5 and 0.2; 2 names 0."""
    monkeypatch.setattr(layout, "weigh_neighbours", lambda distances: distances)
    heads, tails, weights = layout._weigh_edges(np.array([[1], [0], [0]]), np.array([[0.5], [0.2], [0.3]]))
    assert [*zip(heads, tails, strict=True)] == [(0, 1), (0, 2), (1, 0), (2, 0)]
    np.testing.assert_allclose(weights, [0.6, 0.3, 0.6, 0.3])


# The steps


def test_the_start_is_the_first_two_principal_components():
    """Their directions included, which eigenvectors leave open."""
    vectors = np.random.default_rng(0).normal(0, [2, 1, 4], (500, 3)).astype(np.float32)
    start = layout._start(vectors - vectors.mean(axis=0), np.random.default_rng(0))
    assert np.corrcoef(start[0], vectors[:, 2])[0, 1] > 0.99
    assert np.corrcoef(start[1], vectors[:, 0])[0, 1] > 0.99
    assert np.abs(start).max() == pytest.approx(10, abs=0.01)


@pytest.fixture
def draws(monkeypatch):
    """The edges that 100 steps draw of three, of weights 3, 2 and 1, where every force is 1; and where they lead."""
    drawn = []

    def push_by_one(places, heads, tails, others):
        drawn.extend(zip(heads.tolist(), tails.tolist(), strict=True))
        assert others.shape == (5, 3)
        return np.ones_like(places)

    monkeypatch.setattr(layout, "forces", push_by_one)
    monkeypatch.setattr(layout, "NUM_STEPS", 100)
    edges = np.array([0, 1, 2]), np.array([1, 2, 0]), np.array([0.6, 0.4, 0.2])
    places = layout._descend(np.zeros((2, 3)), *edges, np.random.default_rng(0), lambda share: None)
    return drawn, places


def test_edges_are_drawn_by_their_weights(draws):
    counts = [draws[0].count(edge) for edge in [(0, 1), (1, 2), (2, 0)]]
    assert sum(counts) == 300
    np.testing.assert_allclose(counts, [150, 100, 50], atol=15)


def test_steps_shrink_evenly_to_nothing(draws):
    """1 + 0.99 + ... + 0.01."""
    np.testing.assert_allclose(draws[1], 50.5)


def slope(function, distance):
    """What a function of a distance gains per unit of it."""
    return (function(distance + 1e-4) - function(distance - 1e-4)) / 2e-4


def closeness(distance):
    return 1 / (1 + layout._A * distance ** (2 * layout._B))


@pytest.mark.parametrize("distance", [0.7, 1.0, 2.0, 8.0])
def test_forces_are_the_slopes_of_the_objective(distance):
    """Along the way from the other; closer than this they are softened or cut off."""
    away = np.array([[0.6], [0.8]])
    pull, push = layout._pull(away * distance), layout._push(away * distance)
    np.testing.assert_allclose(pull, away * slope(lambda at: np.log(closeness(at)), distance), rtol=1e-4)
    np.testing.assert_allclose(push, away * slope(lambda at: np.log(1 - closeness(at)), distance), rtol=3e-3)


def test_closeness_is_that_of_a_least_distance_of_a_tenth():
    """1 up to there, then falling by e for each 1: the curve that UMAP's a and b are fitted to."""
    distances = np.linspace(0, 3, 301)
    wanted = np.exp(-np.maximum(distances - 0.1, 0))
    assert np.abs(closeness(distances) - wanted).max() < 0.06


def test_an_edge_moves_both_ends_and_others_move_its_head():
    places = np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 2.0]])
    moves = layout.forces(places, np.array([0]), np.array([1]), np.array([[2], [0]]))
    assert moves[0, 0] == -moves[0, 1] > 0
    assert moves[1, 0] < 0 == moves[1, 1]
    assert not moves[:, 2].any()


def test_no_force_exceeds_four():
    near = np.array([[1e-2, 0.0], [0.0, -1e-2]])
    assert np.abs(layout._push(near)).max() == 4
    assert not layout._push(np.zeros((2, 1))).any()


# A new vector


def test_a_copy_goes_where_its_original_is(digits, digits_layout):
    for index in range(0, 1000, 50):
        np.testing.assert_allclose(place(digits, digits_layout, digits[index]), digits_layout[index], atol=1e-4)


def test_a_new_vector_goes_into_its_cluster(clusters, clusters_layout):
    vectors, names = clusters
    for name in range(NUM_CLUSTERS):
        query = vectors[names == name].mean(axis=0)
        found = place(vectors, clusters_layout, query)
        assert names[np.linalg.norm(clusters_layout - found, axis=1).argmin()] == name


def test_the_nearest_are_chosen_and_the_nearer_is_heavier():
    vectors = np.array([[0.0], [4.0], [6.0]], np.float32)
    places = np.array([[0, 0], [1, 0], [0, 1]], np.float32)
    near, far = place(vectors, places, [1.0], num_neighbours=2)
    assert 0 < near < 0.5
    assert far == 0
    assert place(vectors, places, [1.0], num_neighbours=9)[1] > 0


def test_between_equal_vectors_a_copy_goes_to_the_middle():
    found = place(np.ones((2, 3)), np.array([[-1.0, 0.5], [1.0, 0.5]]), np.ones(3))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [0, 0.5], atol=1e-6)


# What cannot be laid out


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.zeros(3), "shape (n, d > 0). Received: float64 (3,)"),
        (np.zeros((3, 0)), "Received: float64 (3, 0)"),
        (np.zeros((3, 2, 2)), "Received: float64 (3, 2, 2)"),
        (np.array([["a"]]), "Received: <U1 (1, 1)"),
        (
            np.array([[np.nan, 1], [np.inf, 0]]),
            "`vectors` must be finite numbers of shape (n, d > 0). Received: 2 that",
        ),
        (np.full((2, 2), 1e300), "Received: 4 that are not finite in float32"),
    ],
)
def test_what_are_no_vectors_is_refused(vectors, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        lay_out(vectors)


@pytest.mark.parametrize(
    ("count", "places", "query", "num_neighbours", "message"),
    [
        (3, np.zeros((2, 2)), np.zeros(4), 10, "`layout` must be finite numbers of shape (3, 2)"),
        (3, np.full((3, 2), np.nan), np.zeros(4), 10, "Received: 6 that are not finite"),
        (3, np.zeros((3, 2)), np.zeros(5), 10, "`query` must be finite numbers of shape (4)"),
        (3, np.zeros((3, 2)), np.zeros((1, 4)), 10, "Received: float64 (1, 4)"),
        (3, np.zeros((3, 2)), np.zeros(4), 0, "Received: 3 vectors and num_neighbours=0"),
        (0, np.zeros((0, 2)), np.zeros(4), 10, "Received: 0 vectors and num_neighbours=10"),
    ],
)
def test_what_has_no_place_is_refused(count, places, query, num_neighbours, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        place(np.zeros((count, 4)), places, query, num_neighbours=num_neighbours)
