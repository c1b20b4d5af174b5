"""What the data tab looks things up in: splits, answers, neighbours. Loaded when first asked for, kept while used.

What takes long is left to `jobs`, and is None, or a `NotReadyError`, until it is there. Knows nothing of Gradio.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..answers import Answers, AnswerStore, embed_all, select_for_map
from ..browse import Catalogue
from ..embedding import Embedder, Projection
from ..errors import QueryError
from ..inference import read_logits
from ..layout import place
from ..neighbours import NeighbourIndex, Neighbours, PixelIndex, VectorIndex
from ..splits import Split, SplitSource, find_source, find_splits, load_split, own_split
from ..store import StoredModel
from .jobs import Job, Jobs
from .reader import Reader

MAPS = ("pca", "layout")
SPACES = ("embedding", "pixels")
MOST_OWN = 200

# Of each kind of thing. MNIST's training set takes 47 MB, a model's answers for it 40.
_MOST_KEPT = 3


class NotReadyError(Exception):
    """Something is being computed; `job` says how far it is."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"{job.share:.0%} computed.")
        self.job = job


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
        """Each relative for the page: index, label, distance and isSeen, the nearest first."""
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


class Library:
    """Looks things up; may be called from any thread. The name of a model may be empty for the default.

    Args:
        reader: Where the models are.
        data_dir: The data that the program was given.
        cache_dir: Where answers are kept.
    """

    def __init__(self, reader: Reader, data_dir: Path | None, cache_dir: Path) -> None:
        self._reader = reader
        self._data_dir = data_dir
        self._cache_dir = Path(cache_dir)
        self._store = AnswerStore(cache_dir)
        self._jobs = Jobs(data_dir, self._cache_dir)
        self._kept: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._lock = threading.RLock()

    def list_splits(self) -> list[SplitSource]:
        """What can be looked through now; files that came since the start are among it."""
        return find_splits(self._data_dir, self._cache_dir)

    def find_training(self) -> str:
        """The name of the split that relatives are looked for in: the training images, or the built-in ones."""
        return next(source.name for source in self.list_splits() if source.kind in ("train", "built_in"))

    def open_split(self, name: str) -> Split:
        """A split, by name.

        Raises:
            QueryError: There is none of that name.
            DataError: It cannot be read.
            NotReadyError: Its images are being made.
        """
        source = find_source(name, self.list_splits())
        try:
            stamp = source.stamp
        except OSError as error:
            raise QueryError(f"{name} is gone: {error}. Reload the page.") from error
        split = self._keep(("split", name), stamp, lambda: load_split(source, self._cache_dir, prepare=False))
        if split is None:
            raise NotReadyError(self._jobs.ask(name, self.find_model("")))
        return split

    def open_catalogue(self, name: str, model: str, map_name: str = "") -> tuple[Catalogue, Job | None]:
        """A split with what a model makes of it, as far as it is known; and the computation of the rest.

        Args:
            name: Name of the split.
            model: Name of the model.
            map_name: "pca" or "layout" if the places on that map are needed.

        Raises:
            NotReadyError: These places, or the split's images, are being computed.
        """
        split, stored = self.open_split(name), self.find_model(model)
        stamp = split.digest, stored.written_at
        answers = self._keep(("answers", name, stored.folder), stamp, lambda: self._store.load_answers(stored, split))
        facts = self._keep(("facts", name), split.digest, lambda: self._store.load_facts(split))
        job = self._jobs.ask(name, stored) if answers is None or facts is None else None

        def build() -> Catalogue:
            duplicates = None if facts is None else facts.duplicates
            places = self._find_places(map_name, name, stored, answers) if map_name else None
            return Catalogue(split, split.find_seen(stored), answers, duplicates, places)

        known = *stamp, answers is None, facts is None
        return self._keep(("catalogue", name, stored.folder, map_name), known, build), job

    def open_own(self, images: np.ndarray, labels: np.ndarray, model: str) -> Catalogue:
        """A visitor's own drawings, uint8 (n, 28, 28) and labels (n,), -1 where there is none, read now."""
        stored, embedder, projection = self._open_embedder(model)
        split = own_split(images, labels)
        logits, vectors = embed_all(embedder, split.images, projection)
        answers = Answers(read_logits(logits, stored.calibration), vectors, float("inf"), vectors[:, :2])
        return Catalogue(split, split.find_seen(stored), answers, np.empty((0, 2), np.int64))

    def find_relatives(
        self, image: np.ndarray, model: str, space: str, num_neighbours: int, own: tuple[str, int] | None = None
    ) -> Relatives:
        """The training images most like an image.

        Args:
            image: float32 (28, 28) in [0, 1].
            model: Name of the model.
            space: "embedding" or "pixels".
            num_neighbours: How many, at least 1.
            own: Split and index of the image, which is not its own relative.

        Raises:
            NotReadyError: What is needed is being computed.
        """
        check_choice("space", space, SPACES)
        name, stored = self.find_training(), self.find_model(model)
        catalogue, job = self.open_catalogue(name, model)
        split = catalogue.split
        facts = self._keep(("facts", name), split.digest, lambda: self._store.load_facts(split))
        if (catalogue.answers if space == "embedding" else facts) is None:
            raise NotReadyError(job or Job())
        without = own[1] if own and own[0] == name else None
        if space == "embedding":
            vectors, limit, query = catalogue.answers.vectors, catalogue.answers.limit, self._embed(image, model)
            stamp = split.digest, stored.written_at
            index = self._keep(("vectors", name, stored.folder), stamp, lambda: VectorIndex(vectors))
        else:
            limit, query = facts.limit, image
            index: NeighbourIndex = self._keep(("pixels", name), split.digest, lambda: PixelIndex(split.images))
        return Relatives(split, catalogue.seen, index.find(query, num_neighbours, without), limit)

    def place(self, image: np.ndarray, model: str, name: str, map_name: str) -> np.ndarray:
        """Where an image, float32 (28, 28) in [0, 1], lies on a split's map: float32 (2,).

        Raises:
            NotReadyError: The map is being computed.
        """
        vector = self._embed(image, model)
        if map_name == "pca":
            return vector[:2]
        catalogue, _ = self.open_catalogue(name, model, map_name)
        shown = select_for_map(len(catalogue.split))
        return place(catalogue.answers.vectors[shown], catalogue.answers.layout, vector)

    def find_model(self, name: str) -> StoredModel:
        """A stored model, by name.

        Raises:
            ModelError: There is none, or it is damaged.
        """
        return self._reader.open(name or self._reader.default)[0]

    def _embed(self, image: np.ndarray, model: str) -> np.ndarray:
        _, embedder, projection = self._open_embedder(model)
        return projection.apply(embedder.embed(image[None])[1])[0]

    def _open_embedder(self, model: str) -> tuple[StoredModel, Embedder, Projection]:
        stored = self.find_model(model)

        def open_embedder() -> tuple[Embedder, Projection]:
            embedder = Embedder(stored)
            # A second for the shipped model, once; it is kept on disk.
            return embedder, self._store.load_projection(stored) or self._store.compute_projection(stored, embedder)

        return stored, *self._keep(("embedder", stored.folder), stored.written_at, open_embedder)

    def _find_places(self, map_name: str, name: str, stored: StoredModel, answers: Answers | None) -> np.ndarray:
        """Places of all images of a split, float32 (n, 2), NaN for those that are not on the map."""
        check_choice("map", map_name, MAPS)
        if answers is None:
            raise NotReadyError(self._jobs.ask(name, stored))
        places = np.full((len(answers.vectors), 2), np.nan, np.float32)
        shown = select_for_map(len(places))
        places[shown] = answers.vectors[shown, :2] if map_name == "pca" else answers.layout
        return places

    def _keep(self, key: tuple[Hashable, ...], stamp: Hashable, load: Callable[[], Any]) -> Any:
        """What `load` gives, kept until the stamp changes; None is not kept. Of each kind the last few stay."""
        with self._lock:
            found = self._kept.get(key)
            if found and found[0] == stamp:
                self._kept.move_to_end(key)
                return found[1]
            self._kept.pop(key, None)
            value = load()
            if value is not None:
                self._kept[key] = stamp, value
                for other in [other for other in self._kept if other[0] == key[0]][:-_MOST_KEPT]:
                    del self._kept[other]
            return value


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Makes sure that a value is one of those that can be asked for.

    Raises:
        QueryError: It is none of them.
    """
    if value not in choices:
        raise QueryError(f"{name!r} takes one of {', '.join(choices)}. Received: {value!r}.")
