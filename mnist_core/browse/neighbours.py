"""Which images are most alike: nearest neighbours among vectors and among raw pixels, and near duplicates.

Distances are Euclidean, and all images are looked at. Nothing here knows models or files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

# Share of images that are no relative of any, of those that certainly are digits: see `find_limit`.
ALONE_SHARE = 0.01
# Two images are near duplicates when they differ by at most this share of the one with more ink, as lengths of vectors.
DUPLICATE_SHARE = 0.15

_NUM_DIRECTIONS = 48
_SPARE = 64
_MOST_TWINS = 50
_ROWS = 256


@dataclass(frozen=True)
class Neighbours:
    """The nearest first: `indices` int64 (n,) and `distances` float32 (n,)."""

    indices: np.ndarray
    distances: np.ndarray


class NeighbourIndex(Protocol):
    """Finds what is nearest to a query of its kind."""

    def find(self, query: np.ndarray, num_neighbours: int = 10, without: int | None = None) -> Neighbours:
        """Finds the nearest.

        Args:
            query: One vector or one image.
            num_neighbours: How many, at least 1; fewer come back where there are fewer.
            without: An index to leave out: the query's own.
        """
        ...


class VectorIndex:
    """Nearest neighbours among vectors, float32 (n, d), by looking at all of them."""

    def __init__(self, vectors: np.ndarray) -> None:
        self._vectors = vectors
        self._squares = np.einsum("ij,ij->i", vectors, vectors)

    def find(self, query: np.ndarray, num_neighbours: int = 10, without: int | None = None) -> Neighbours:
        """See `NeighbourIndex`; the query is a vector, float32 (d,)."""
        squares = self._squares - 2 * (self._vectors @ query)
        if without is not None:
            squares[without] = np.inf
        num_others = len(squares) - (without is not None)
        # Little is left of a small distance between large squares: of some more than asked for it is worked out anew.
        nearest = np.sort(_take_least(squares, min(num_neighbours + _SPARE, num_others)))
        distances = np.linalg.norm(self._vectors[nearest] - query, axis=1)
        order = np.argsort(distances, kind="stable")[:num_neighbours]
        return Neighbours(nearest[order], distances[order].astype(np.float32))


class PixelIndex:
    """Nearest neighbours among images, uint8 (n, 28, 28), by their pixels as values in [0, 1].

    Images are compared in full only where a cheap lower bound of the distance, from a few directions and the length of
    what these leave out, does not rule them out; so the answer is exact.
    """

    def __init__(self, images: np.ndarray) -> None:
        self._images = images.reshape(len(images), 28 * 28)
        self._mean, self._directions = _find_directions(self._images)
        self._vectors = np.empty((len(images), self._directions.shape[1] + 1), np.float32)
        for rows in _in_parts(len(images), 4096):
            self._vectors[rows] = self._reduce(self._images[rows].astype(np.float32) / 255)
        self._reduced = VectorIndex(self._vectors)

    def find(self, query: np.ndarray, num_neighbours: int = 10, without: int | None = None) -> Neighbours:
        """See `NeighbourIndex`; the query is an image, float32 (28, 28) in [0, 1]."""
        pixels = query.reshape(-1).astype(np.float32)
        num_images = len(self._images) - (without is not None)
        num_looked_at = min(max(256, 8 * num_neighbours), num_images)
        while True:
            candidates = self._reduced.find(self._reduce(pixels[None])[0], num_looked_at, without)
            distances = self._distances(candidates.indices, pixels)
            nearest = _take_least(distances, min(num_neighbours, num_looked_at))
            nearest = nearest[np.argsort(distances[nearest], kind="stable")]
            # What was not looked at is at least as far away as the last bound.
            if num_looked_at == num_images or distances[nearest[-1]] <= candidates.distances[-1]:
                return Neighbours(candidates.indices[nearest], distances[nearest])
            num_looked_at = min(4 * num_looked_at, num_images)

    def find_duplicates(self, on_progress: Callable[[float], None] = lambda share: None) -> np.ndarray:
        """Returns pairs of images that are the same, or nearly: int64 (pairs, 2), the smaller index first.

        Of many that are the same, each is paired with the first alone; of many that are nearly the same, with some.
        """
        first: dict[bytes, int] = {}
        first_of_each = [first.setdefault(image.tobytes(), index) for index, image in enumerate(self._images)]
        pairs = [(original, index) for index, original in enumerate(first_of_each) if original != index]
        is_copy = np.zeros(len(self._images), bool)
        is_copy[[index for _, index in pairs]] = True
        for rows in _in_parts(len(self._images), _ROWS):
            pairs += self._duplicates_of(rows, is_copy)
            on_progress(rows.stop / len(self._images))
        return np.array(sorted(pairs), np.int64).reshape(-1, 2)

    def _duplicates_of(self, rows: slice, is_copy: np.ndarray) -> Iterator[tuple[int, int]]:
        lengths = np.linalg.norm(self._images[rows].astype(np.float32) / 255, axis=1)
        own = self._vectors[rows]
        bounds = np.einsum("ij,ij->i", own, own)[:, None] + self._reduced._squares - 2 * own @ self._vectors.T
        # A hair more than the limit: the difference of large squares is not exact.
        most = 1.05 * DUPLICATE_SHARE / (1 - DUPLICATE_SHARE) * lengths[:, None]
        is_near = (bounds <= most**2 + 1e-3) & ~is_copy & ~is_copy[rows, None]
        for index, near in enumerate(is_near, rows.start):
            others = np.flatnonzero(near[index + 1 :])[:_MOST_TWINS] + index + 1
            yield from ((index, other) for other in others.tolist() if self._is_duplicate(index, other))

    def _is_duplicate(self, index: int, other: int) -> bool:
        one, two = self._images[[index, other]].astype(np.float32) / 255
        longer = max(np.linalg.norm(one), np.linalg.norm(two))
        return bool(np.linalg.norm(one - two) <= DUPLICATE_SHARE * longer)

    def _distances(self, indices: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        return np.linalg.norm(self._images[indices].astype(np.float32) / 255 - pixels, axis=1)

    def _reduce(self, pixels: np.ndarray) -> np.ndarray:
        """Maps pixels (n, 784) to vectors that are never farther apart than the pixels are."""
        centred = pixels - self._mean
        reduced = centred @ self._directions
        rest = np.einsum("ij,ij->i", centred, centred) - np.einsum("ij,ij->i", reduced, reduced)
        return np.column_stack([reduced, np.sqrt(np.maximum(rest, 0))])


def find_limit(index: NeighbourIndex, queries: np.ndarray, own: np.ndarray | None = None) -> float:
    """Returns the distance within which nearly every digit has a relative.

    Args:
        index: Where to look.
        queries: Digits, (n, ...) as the index takes them.
        own: int (n,), the index of each query, which is left out; -1, or None, where it is not among them.

    Returns:
        The distance that 1 % of the queries exceed to their nearest neighbour; infinity where there is none.
    """
    own = np.full(len(queries), -1) if own is None else own
    nearest = [
        index.find(query, 1, without=None if number < 0 else int(number)).distances
        for query, number in zip(queries, own, strict=True)
    ]
    found = np.concatenate(nearest) if nearest else np.empty(0)
    return float(np.quantile(found, 1 - ALONE_SHARE)) if len(found) else float("inf")


def _find_directions(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the mean and leading principal directions of up to 5,000 images, float32 (784,) and (784, n)."""
    some = pixels[:: max(1, -(-len(pixels) // 5000))].astype(np.float32) / 255
    mean = some.mean(axis=0) if len(some) else np.zeros(pixels.shape[1], np.float32)
    centred = some - mean
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    return mean, directions[:, ::-1][:, :_NUM_DIRECTIONS].astype(np.float32)


def _in_parts(num_rows: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, num_rows)) for start in range(0, num_rows, size))


def _take_least(values: np.ndarray, count: int) -> np.ndarray:
    """Returns the indices of the `count` smallest values, in no order."""
    return (
        np.argpartition(values, count - 1)[:count] if 0 < count < len(values) else np.argsort(values)[: max(0, count)]
    )
