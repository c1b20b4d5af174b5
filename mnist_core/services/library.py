"""What the data tab looks things up in: splits, answers, neighbours. Loaded when first asked for, kept while used.

What takes long is left to `jobs`, and is a `NotReadyError` until it is there. Knows nothing of Gradio.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..browse.answers import Answers, AnswerStore, Facts, embed_all, find_seen, fit_directions, select_for_map
from ..browse.catalogue import Catalogue
from ..browse.embedding import Projection
from ..browse.map_layout import place
from ..browse.neighbours import Neighbours, PixelIndex, VectorIndex
from ..browse.query import Query
from ..checks import check_choice
from ..data.splits import Split, SplitSource, find_source, find_splits, load_split, own_split
from ..errors import NotReadyError, QueryError
from ..models.predictions import read_logits
from ..models.store import StoredModel
from .cache import Shelf
from .jobs import Job, Jobs
from .reader import Reader

MAPS = ("pca", "layout")
SPACES = ("embedding", "pixels")
MOST_OWN = 200

# MNIST's two splits take 55 MB, a model's answers for both 43.
_MOST_BYTES = 90_000_000
_NUM_PROJECTIONS = 20
# Of the image itself, among the relatives that are looked for.
_MOST_COPIES = 4


@dataclass(frozen=True)
class Relatives:
    """The training images nearest to an image.

    Args:
        split: Where they come from.
        seen: Which images of the split the model was trained on, bool (n,).
        neighbours: Which and how far.
        limit: The distance within which nearly every new digit has one.
    """

    split: Split
    seen: np.ndarray
    neighbours: Neighbours
    limit: float

    @property
    def has_near(self) -> bool:
        """Whether the nearest is as near as is usual for digits."""
        return bool(len(self.neighbours.distances)) and float(self.neighbours.distances[0]) <= self.limit

    def describe(self) -> list[dict[str, Any]]:
        """Returns each relative for the page: index, label, distance and isSeen, the nearest first."""
        pairs = zip(self.neighbours.indices.tolist(), self.neighbours.distances.tolist(), strict=True)
        return [
            {
                "index": index,
                "label": int(self.split.labels[index]),
                "distance": round(distance, 4),
                "isSeen": bool(self.seen[index]),
            }
            for index, distance in pairs
        ]


@dataclass
class _OpenSplit:
    """A split, and what is known of it without a model."""

    split: Split
    facts: Facts | None = None


@dataclass
class _OpenAnswers:
    """A model's answers for a split, and what is made of both."""

    answers: Answers
    vectors: VectorIndex
    catalogues: dict[tuple[str, bool], Catalogue] = field(default_factory=dict)


class Library:
    """Looks things up; may be called from any thread. The name of a model may be empty for the default.

    Args:
        reader: Where the models are.
        data_dir: The data that the program was given.
        cache_dir: Where answers are kept.
    """

    def __init__(self, reader: Reader, data_dir: Path | None, cache_dir: Path) -> None:
        self._models = reader.models
        self._data_dir = data_dir
        self._cache_dir = Path(cache_dir)
        self._store = AnswerStore(cache_dir)
        self._jobs = Jobs(data_dir, self._cache_dir)
        self._splits: Shelf[_OpenSplit] = Shelf(_MOST_BYTES, lambda opened: opened.split.images.nbytes)
        self._answers: Shelf[_OpenAnswers] = Shelf(_MOST_BYTES, _count_bytes)
        self._pixels: Shelf[PixelIndex] = Shelf(1)
        self._projections: Shelf[Projection] = Shelf(_NUM_PROJECTIONS)

    def list_splits(self) -> list[SplitSource]:
        """Returns what can be looked through now; files that came since the start are among it."""
        return find_splits(self._data_dir, self._cache_dir)

    def find_training(self) -> str:
        """Returns the name of the split that relatives are looked for in: the training images, or the built-in ones."""
        return next(source.name for source in self.list_splits() if source.kind in ("train", "built_in"))

    def open_split(self, name: str) -> Split:
        """Returns a split, by name; empty for the training images.

        Raises:
            QueryError: There is none of that name.
            DataError: It cannot be read.
            NotReadyError: Its images are being made.
        """
        return self._open_split(name or self.find_training()).split

    def open_catalogue(self, name: str, model: str, map_name: str = "") -> tuple[Catalogue, Job | None]:
        """Returns a split with what a model makes of it, as far as it is known; and the computation of the rest.

        Args:
            name: Name of the split; empty for the training images.
            model: Name of the model.
            map_name: "pca" or "layout" if the places on that map are needed.

        Raises:
            NotReadyError: These places, or the split's images, are being computed.
        """
        name = name or self.find_training()
        opened, stored = self._open_split(name), self._models.find(model)
        split = opened.split
        known = self._open_answers(name, stored, split)
        is_whole = known is not None and opened.facts is not None
        job = None if is_whole else self._jobs.ask(name, stored, (split.digest, stored.written_at))
        if map_name:
            check_choice("map", map_name, MAPS)
            if known is None:
                raise _not_ready(job)
        duplicates = None if opened.facts is None else opened.facts.duplicates
        if known is None:
            return Catalogue(split, find_seen(split, stored), None, duplicates), job
        key = map_name, opened.facts is None
        if key not in known.catalogues:
            places = _find_places(map_name, known.answers) if map_name else None
            known.catalogues[key] = Catalogue(split, find_seen(split, stored), known.answers, duplicates, places)
        return known.catalogues[key], job

    def open_for(self, query: Query, name: str, model: str, map_name: str = "") -> tuple[Catalogue, Job | None]:
        """As `open_catalogue`, with all that a query asks for.

        Raises:
            NotReadyError: Some of it is being computed.
        """
        catalogue, job = self.open_catalogue(name, model, map_name)
        lacks_answers = catalogue.answers is None and query.needs_answers
        if lacks_answers or (catalogue.duplicates is None and query.duplicates is not None):
            raise _not_ready(job)
        return catalogue, job

    def open_own(self, images: np.ndarray, labels: np.ndarray, model: str) -> Catalogue:
        """Returns a visitor's own drawings, uint8 (n, 28, 28) and labels (n,), -1 where there is none, read now."""
        stored = self._models.find(model)
        split = own_split(images, labels)
        logits, vectors = embed_all(self._models.open(stored).embedder, split.images, self._open_projection(stored))
        answers = Answers(read_logits(logits, stored.calibration), vectors, float("inf"), vectors[:, :2])
        return Catalogue(split, find_seen(split, stored), answers, np.empty((0, 2), np.int64))

    def find_relatives(self, image: np.ndarray, model: str, space: str, num_relatives: int) -> Relatives:
        """Returns the training images most like an image; an image is not its own relative.

        Args:
            image: float32 (28, 28) in [0, 1].
            model: Name of the model.
            space: "embedding" or "pixels".
            num_relatives: How many, at least 1.

        Raises:
            NotReadyError: What is needed is being computed.
        """
        check_choice("space", space, SPACES)
        name, stored = self.find_training(), self._models.find(model)
        catalogue, job = self.open_catalogue(name, model)
        opened, known = self._open_split(name), self._open_answers(name, stored, catalogue.split)
        if space == "embedding":
            if known is None:
                raise _not_ready(job)
            found, limit = (
                known.vectors.find(self._embed(image, stored), num_relatives + _MOST_COPIES),
                known.answers.limit,
            )
        else:
            if opened.facts is None:
                raise _not_ready(job)
            images = catalogue.split.images
            index = self._pixels.get(name, lambda: PixelIndex(images), catalogue.split.digest)
            found, limit = index.find(image, num_relatives + _MOST_COPIES), opened.facts.limit
        own = (catalogue.split.images[found.indices] == np.rint(image * 255)).all(axis=(1, 2))
        others = np.flatnonzero(~own)[:num_relatives]
        neighbours = Neighbours(found.indices[others], found.distances[others])
        return Relatives(catalogue.split, catalogue.seen, neighbours, limit)

    def place(self, image: np.ndarray, model: str, name: str, map_name: str) -> np.ndarray:
        """Returns where an image, float32 (28, 28) in [0, 1], lies on a split's map: float32 (2,).

        Raises:
            NotReadyError: The map is being computed.
        """
        catalogue, job = self.open_catalogue(name, model, map_name)
        if not len(catalogue.split):
            raise QueryError("{name} holds no image that can be read, so its map is empty.", name=catalogue.split.name)
        vector = self._embed(image, self._models.find(model))
        if map_name == "pca":
            return vector[:2]
        if catalogue.answers is None:
            raise _not_ready(job)
        shown = select_for_map(len(catalogue.split))
        return place(catalogue.answers.vectors[shown], catalogue.answers.layout, vector)

    def _open_split(self, name: str) -> _OpenSplit:
        source = find_source(name, self.list_splits())
        try:
            stamp = source.stamp
        except OSError as error:
            raise QueryError(
                "{name} can no longer be read: {error}. Reload the page.", name=name, error=error
            ) from error

        def load() -> _OpenSplit | None:
            split = load_split(source, self._cache_dir, prepare=False)
            return None if split is None else _OpenSplit(split)

        opened = self._splits.get(name, load, stamp)
        if opened is None:
            raise _not_ready(self._jobs.ask(name, self._models.find(""), stamp))
        opened.facts = opened.facts or self._store.load_facts(opened.split)
        return opened

    def _open_answers(self, name: str, stored: StoredModel, split: Split) -> _OpenAnswers | None:
        def load() -> _OpenAnswers | None:
            answers = self._store.load_answers(stored, split)
            return None if answers is None else _OpenAnswers(answers, VectorIndex(answers.vectors))

        return self._answers.get((name, stored.folder), load, (split.digest, stored.written_at))

    def _open_projection(self, stored: StoredModel) -> Projection:
        # It takes a second for the shipped model, unless a computation has kept it on disk.
        def load() -> Projection:
            return self._store.load_projection(stored) or fit_directions(self._models.open(stored).embedder)

        return self._projections.get(stored.folder, load, stored.written_at)

    def _embed(self, image: np.ndarray, stored: StoredModel) -> np.ndarray:
        embedding = self._models.open(stored).embedder.embed(image[None])[1]
        return self._open_projection(stored).apply(embedding)[0]


def _not_ready(job: Job | None) -> NotReadyError:
    return NotReadyError(job.share, job.problem) if job else NotReadyError(0.0)


def _find_places(map_name: str, answers: Answers) -> np.ndarray:
    """Returns the places of all images of a split, float32 (n, 2), NaN for those that are not on the map."""
    places = np.full((len(answers.vectors), 2), np.nan, np.float32)
    shown = select_for_map(len(places))
    places[shown] = answers.vectors[shown, :2] if map_name == "pca" else answers.layout
    return places


def _count_bytes(opened: _OpenAnswers) -> int:
    return opened.answers.vectors.nbytes + 2 * opened.answers.predictions.probabilities.nbytes
