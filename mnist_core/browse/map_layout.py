"""Vectors laid out in the plane so that neighbours stay neighbours, and a place among them for a new one.

A cloud's distances over long ways say little; what lies side by side is alike. This module does not draw, and compares
every vector with every other one: it is meant for up to about 10,000.

Reference:
    McInnes, Healy and Melville (2018), "UMAP: uniform manifold approximation and projection for dimension reduction",
    for the weights and the objective; Tang, Liu, Zhang and Mei (2016), "Visualizing large-scale and high-dimensional
    data", for the drawing of edges by weight and of vectors to be kept away from.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

NUM_NEIGHBOURS = 15

NUM_STEPS = 2000
_NUM_REPELLED = 5
# 1 / (1 + A d^(2B)) is UMAP's closeness of two places, fitted to a least distance of 0.1 in a cloud of spread 1.
_A, _B = 1.5769434603113077, 0.8950608779109733
_START_RADIUS = 10.0
_LONGEST_MOVE = 4.0
CHUNK_CELLS = 2_000_000  # of 16 bytes: 4 for a distance, 4 to make it, 8 for an index
_GRAPH_SHARE = 0.1  # of the time
_STEPS_PER_REPORT = 50

_Report = Callable[[float], None]


def lay_out(vectors: np.ndarray, *, seed: int = 0, on_progress: _Report | None = None) -> np.ndarray:
    """Lays vectors out in the plane.

    It starts from the first two principal components, so that much the same vectors give much the same layout.

    Args:
        vectors: float32 (n, d), n from 0 on, d from 1 on; equal ones are allowed, and only ratios of distances count.
        seed: The same seed gives the same layout, on the same machine to the last bit.
        on_progress: Called with the share that is done, in [0, 1], some dozens of times and last with 1.

    Returns:
        float32 (n, 2) in [-1, 1]; the middle of each coordinate's range is 0, and the wider range is filled.

    Raises:
        ValueError: The vectors are of another shape or not finite.
    """
    report = on_progress or (lambda share: None)
    vectors = _check_array("vectors", vectors, ("n", "d > 0"))
    if len(vectors) > 1:
        vectors = _normalise(vectors)
        generator = np.random.default_rng(seed)
        edges = _weigh_edges(*_find_neighbours(vectors, lambda share: report(share * _GRAPH_SHARE)))
        start = _start(vectors, generator)
        places = _descend(start, *edges, generator, lambda share: report(_GRAPH_SHARE + share * (1 - _GRAPH_SHARE)))
    else:
        places = np.zeros((2, len(vectors)))
        report(1.0)
    return _fill_square(places).T.astype(np.float32)


def place(vectors: np.ndarray, layout: np.ndarray, query: np.ndarray, *, num_neighbours: int = 10) -> np.ndarray:
    """Finds where a new vector goes: the mean place of those nearest to it, the nearer the heavier.

    Args:
        vectors: float32 (n, d), n and d from 1 on.
        layout: Their places, float32 (n, 2).
        query: float32 (d,); one that equals a vector goes where that is.
        num_neighbours: Of how many vectors, at least 1; if there are fewer, of all.

    Returns:
        float32 (2,).

    Raises:
        ValueError: An array is of another shape or not finite, or there is nothing to go beside.
    """
    vectors = _check_array("vectors", vectors, ("n", "d > 0"))
    layout = _check_array("layout", layout, (len(vectors), 2))
    query = _check_array("query", query, (vectors.shape[1],))
    if not len(vectors) or num_neighbours < 1:
        raise ValueError(
            "Expected at least 1 vector and `num_neighbours` of at least 1. "
            f"Received: {len(vectors)} vectors and num_neighbours={num_neighbours}."
        )
    distances = _measure(vectors - query)
    nearest = np.argsort(distances, kind="stable")[:num_neighbours]
    farthest = max(distances[nearest].max(), np.finfo(float).tiny)
    # A lesser power leaves more in the gaps between islands; the hundredth keeps the weight of a distance of 0 finite.
    weights = (distances[nearest] / farthest + 1e-2) ** -8
    return (weights @ layout[nearest] / weights.sum()).astype(np.float32)


def _check_array(name: str, array: np.ndarray, shape: tuple[int | str, ...]) -> np.ndarray:
    """Returns the array as float32 if it is finite and has the shape, where "n" is any number and "d > 0" any but 0."""
    array = np.asarray(array)
    expected = f"`{name}` must be finite numbers of shape ({', '.join(map(str, shape))})"
    fits = array.ndim == len(shape) and all(
        wanted in ("n", length) or (wanted == "d > 0" and length > 0)
        for wanted, length in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype.kind not in "fiub":
        raise ValueError(f"{expected}. Received: {array.dtype} {array.shape}.")
    num_bad = array.size - np.count_nonzero(np.abs(array) <= np.finfo(np.float32).max)
    if num_bad:
        raise ValueError(f"{expected}. Received: {num_bad} that are not finite in float32.")
    return array.astype(np.float32, copy=False)


def _normalise(vectors: np.ndarray) -> np.ndarray:
    """Returns the same cloud around 0 and of size 1, so that no square overflows or vanishes."""
    vectors = vectors / (np.abs(vectors).max() or 1)
    vectors -= vectors.mean(axis=0, dtype=float).astype(np.float32)
    return vectors / (np.abs(vectors).max() or 1)


def _measure(differences: np.ndarray) -> np.ndarray:
    """Returns Euclidean lengths along the last axis, float64."""
    return np.sqrt(np.einsum("...d,...d->...", differences, differences, dtype=float))


def _find_neighbours(vectors: np.ndarray, report: _Report) -> tuple[np.ndarray, np.ndarray]:
    """Returns each vector's nearest others: their indices, int64 (n, k), and distances, float64 (n, k), in no order."""
    count = len(vectors)
    num_neighbours = min(NUM_NEIGHBOURS, count - 1)
    indices = np.empty((count, num_neighbours), np.int64)
    distances = np.empty((count, num_neighbours))
    half_squares = np.einsum("nd,nd->n", vectors, vectors) / 2
    rows = max(1, CHUNK_CELLS // count)
    for first in range(0, count, rows):
        chunk = vectors[first : first + rows]
        farness = half_squares - chunk @ vectors.T
        farness[np.arange(len(chunk)), np.arange(first, first + len(chunk))] = np.inf
        nearest = np.argpartition(farness, num_neighbours - 1, axis=1)[:, :num_neighbours]
        indices[first : first + rows] = nearest
        # Measured anew: of two vectors that are nearly equal, products leave nothing but rounding.
        for column in range(num_neighbours):
            distances[first : first + rows, column] = _measure(chunk - vectors[nearest[:, column]])
        report((first + len(chunk)) / count)
    return indices, distances


def weigh_neighbours(distances: np.ndarray) -> np.ndarray:
    """Returns how much each of a vector's neighbours is one, in [0, 1], float64 (n, k).

    The nearest has weight 1, and the weights fall so fast that k of them sum up to log2(k + 1). Where more than that
    are equally near, each of these has weight 1 and the others 0.
    """
    num_neighbours = distances.shape[1]
    excess = distances - distances.min(axis=1, keepdims=True)
    low = np.zeros((len(excess), 1))
    high = 5 * excess.max(axis=1, keepdims=True)  # for any k the sum is too great at this scale
    for _ in range(40):
        scale = (low + high) / 2
        total = _fall(excess, scale).sum(axis=1, keepdims=True)
        too_great = total > np.log2(num_neighbours + 1)
        low, high = np.where(too_great, low, scale), np.where(too_great, scale, high)
    return _fall(excess, high)


def _fall(excess: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.exp(-excess / np.maximum(scale, np.finfo(np.float32).tiny))


def _weigh_edges(indices: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the edges of the neighbour graph, each in both directions and sorted by their heads.

    An edge's weight is the chance that one of its ends takes the other for a neighbour: p + q - pq.

    Returns:
        Heads and tails, int64 (m,), and weights in [0, 1], float64 (m,).
    """
    count, num_neighbours = indices.shape
    heads, tails = np.repeat(np.arange(count), num_neighbours), indices.ravel()
    keys = np.concatenate([heads * count + tails, tails * count + heads])
    weights = np.tile(weigh_neighbours(distances).ravel(), 2)
    order = np.argsort(keys, kind="stable")
    edges, first = np.unique(keys[order], return_index=True)
    return edges // count, edges % count, 1 - np.multiply.reduceat(1 - weights[order], first)


def _start(vectors: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Returns the first two principal components, float32 (2, n), shaken a little to part equal vectors."""
    _, axes = np.linalg.eigh((vectors.T @ vectors).astype(float))
    axes = axes[:, :-3:-1]
    # An axis may come in either direction.
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])] < 0, -1, 1)
    places = np.zeros((2, len(vectors)))
    places[: axes.shape[1]] = (vectors @ axes.astype(np.float32)).T
    places *= _START_RADIUS / (np.abs(places).max() or 1)
    return (places + generator.normal(0, 1e-3, places.shape)).astype(np.float32)


def _descend(
    places: np.ndarray,
    heads: np.ndarray,
    tails: np.ndarray,
    weights: np.ndarray,
    generator: np.random.Generator,
    report: _Report,
) -> np.ndarray:
    """Moves places (2, n) step by step; each step draws as many edges as there are places, by their weights."""
    count = places.shape[1]
    ends = np.cumsum(weights) / weights.sum()
    for step in range(NUM_STEPS):
        # One draw from each of n equal parts of the weights: in order, and fairer than n free draws.
        draws = (np.arange(count) + generator.random(count)) / count
        drawn = np.minimum(np.searchsorted(ends, draws, side="right"), len(ends) - 1)
        others = generator.integers(count, size=(_NUM_REPELLED, count))
        places = places + (1 - step / NUM_STEPS) * forces(places, heads[drawn], tails[drawn], others)
        if (step + 1) % _STEPS_PER_REPORT == 0:
            report((step + 1) / NUM_STEPS)
    return places


def forces(places: np.ndarray, heads: np.ndarray, tails: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Sums up what moves each place, float32 (2, n): an edge pulls both its ends, others push its head."""
    starts = places[:, heads]
    pull = _pull(starts - places[:, tails])
    on_heads = pull + _push(starts[:, None] - places[:, others]).sum(axis=1)
    count = places.shape[1]
    return np.stack(
        [
            np.bincount(heads, on_head, count) - np.bincount(tails, on_tail, count)
            for on_head, on_tail in zip(on_heads, pull, strict=True)
        ]
    ).astype(np.float32)


def _pull(difference: np.ndarray) -> np.ndarray:
    """Returns what draws two neighbours together: the slope of the logarithm of their closeness."""
    square = (difference**2).sum(axis=0) + np.float32(1e-12)
    power = square**_B
    return np.clip(difference * (-2 * _A * _B * power / (square * (1 + _A * power))), -_LONGEST_MOVE, _LONGEST_MOVE)


def _push(difference: np.ndarray) -> np.ndarray:
    """Returns what drives two others apart: the slope of the logarithm of what their closeness lacks to 1."""
    square = (difference**2).sum(axis=0)
    return np.clip(
        difference * (2 * _B / ((square + np.float32(1e-3)) * (1 + _A * square**_B))), -_LONGEST_MOVE, _LONGEST_MOVE
    )


def _fill_square(places: np.ndarray) -> np.ndarray:
    """Moves and scales places (2, n), both coordinates alike, into [-1, 1]."""
    if not places.size:
        return places
    places = places.astype(float)  # in float32 the farthest would miss 1 by a rounding
    low, high = places.min(axis=1, keepdims=True), places.max(axis=1, keepdims=True)
    return (places - (low + high) / 2) / ((high - low).max() / 2 or 1)
