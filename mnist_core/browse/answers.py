"""What a model makes of a whole split, computed once and kept in the cache folder.

    answers/MODEL-WEIGHTS/projection.npz    the fixed principal components of the model's embedding
    answers/MODEL-WEIGHTS/SPLIT.npz         logits and projected embedding of every image, distance limit, map
    answers/facts/SPLIT.npz                 what no model is needed for: near duplicates, distance limit of pixels

They lie beside the models, not inside them, because the shipped one's folder may be read-only. A name changes with the
weights, the images and what is computed, so nothing stale is read; a damaged file is computed again.
"""

from __future__ import annotations

import functools
import glob
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.files import read_npz, write_npz
from ..data.sample import load_sample
from ..data.splits import Split, find_source, find_splits, load_split
from ..data.training_data import BUILT_IN, find_training
from ..errors import DataError
from ..models.inference import MOST_IMAGES
from ..models.predictions import Predictions, read_logits
from ..models.store import StoredModel
from .embedding import Embedder, Projection, fit_projection
from .map_layout import lay_out
from .neighbours import PixelIndex, VectorIndex, find_limit

# How many images a map shows, and how many a distance limit is taken from.
MOST_ON_MAP = 10_000
_NUM_QUERIES = 2000
# To be raised when what is computed changes.
_VERSION = 1
# Share of the time that goes into making images of pictures and ink, where they are not kept yet.
_PREPARING = 0.3

ShareCallback = Callable[[float], None]


@dataclass(frozen=True)
class Answers:
    """What a model makes of n images.

    Args:
        predictions: See `inference.Predictions`, of n images.
        vectors: float32 (n, d), the embeddings on the model's principal directions.
        limit: The distance between vectors within which nearly every new image has a relative among the others.
        layout: float32 (m, 2), a map of the images that `select_for_map` chooses, on which neighbours stay neighbours.
    """

    predictions: Predictions
    vectors: np.ndarray
    limit: float
    layout: np.ndarray


@dataclass(frozen=True)
class Facts:
    """What can be said about a split without a model.

    Args:
        duplicates: int64 (pairs, 2), images that are the same, or nearly.
        limit: As of `Answers`, between pixels.
    """

    duplicates: np.ndarray
    limit: float


class AnswerStore:
    """Keeps answers in a cache folder. What is not there is None; the `compute_` functions put it there.

    Args:
        cache_dir: The project's cache folder.
    """

    def __init__(self, cache_dir: Path) -> None:
        self._root = Path(cache_dir) / "answers"

    def load_projection(self, model: StoredModel) -> Projection | None:
        """Returns the fixed directions of a model's embedding."""
        arrays = _read(self._folder(model) / "projection.npz", {"mean", "directions", "explained"})
        if arrays is None:
            return None
        return Projection(arrays["mean"], arrays["directions"], float(arrays["explained"]))

    def load_answers(self, model: StoredModel, split: Split) -> Answers | None:
        """Returns a model's answers for a split."""
        arrays = _read(self._path(model, split), {"logits", "vectors", "limit", "layout"})
        if arrays is None or len(arrays["logits"]) != len(split):
            return None
        predictions = read_logits(arrays["logits"], model.calibration)
        return Answers(predictions, arrays["vectors"], float(arrays["limit"]), arrays["layout"])

    def load_facts(self, split: Split) -> Facts | None:
        """Returns what is known of a split without a model."""
        arrays = _read(self._facts_path(split), {"duplicates", "limit"})
        return None if arrays is None else Facts(arrays["duplicates"], float(arrays["limit"]))

    def compute_projection(self, model: StoredModel, embedder: Embedder) -> Projection:
        """Fits the directions; answers of an earlier model of this name go.

        Raises:
            StorageError: They cannot be kept.
        """
        projection = fit_directions(embedder)
        self._forget_others(model)
        arrays = {"mean": projection.mean, "directions": projection.directions}
        write_npz(self._folder(model) / "projection.npz", {**arrays, "explained": np.array(projection.explained)})
        return projection

    def compute_answers(self, model: StoredModel, split: Split, on_progress: ShareCallback) -> None:
        """Reads every image of a split.

        Raises:
            DamagedModelError: The model gives no embedding.
            StorageError: The answers cannot be kept.
        """
        embedder = Embedder(model)
        projection = self.load_projection(model) or self.compute_projection(model, embedder)
        logits, vectors = embed_all(embedder, split.images, projection, lambda share: on_progress(0.7 * share))
        own = _choose_queries(find_seen(split, model))
        arrays = {
            "logits": logits,
            "vectors": vectors,
            "limit": np.array(find_limit(VectorIndex(vectors), vectors[own], own)),
            "layout": lay_out(
                vectors[select_for_map(len(split))], on_progress=lambda share: on_progress(0.8 + 0.2 * share)
            ),
        }
        write_npz(self._path(model, split), arrays)
        on_progress(1.0)

    def compute_facts(self, split: Split, on_progress: ShareCallback) -> None:
        """Finds near duplicates, and how far apart images without relatives are.

        Raises:
            StorageError: They cannot be kept.
        """
        index = PixelIndex(split.images)
        own = _choose_queries(np.zeros(len(split), bool))
        limit = find_limit(index, split.images[own].astype(np.float32) / 255, own)
        duplicates = index.find_duplicates(on_progress)
        write_npz(self._facts_path(split), {"duplicates": duplicates, "limit": np.array(limit)})

    def compute_missing(self, model: StoredModel, split: Split, on_progress: ShareCallback) -> None:
        """Computes what is not there yet: answers first, for they are what most visitors wait for.

        Raises:
            DamagedModelError: The model gives no embedding.
            StorageError: It cannot be kept.
        """
        missing: list[Callable[[ShareCallback], None]] = []
        if self.load_answers(model, split) is None:
            missing.append(lambda tell: self.compute_answers(model, split, tell))
        if self.load_facts(split) is None:
            missing.append(lambda tell: self.compute_facts(split, tell))

        def tell_of(number: int, share: float) -> None:
            on_progress((number + share) / len(missing))

        for number, compute in enumerate(missing):
            compute(functools.partial(tell_of, number))

    def _forget_others(self, model: StoredModel) -> None:
        own = self._folder(model)
        for folder in self._root.glob(f"{glob.escape(model.name)}-*"):
            if folder != own and re.fullmatch(r"[0-9a-f]{10}", folder.name.removeprefix(f"{model.name}-")):
                shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, model: StoredModel) -> Path:
        return self._root / f"{model.name}-{model.weights_digest[:10]}"

    def _path(self, model: StoredModel, split: Split) -> Path:
        return self._folder(model) / f"{split.digest[:16]}-{_VERSION}.npz"

    def _facts_path(self, split: Split) -> Path:
        return self._root / "facts" / f"{split.digest[:16]}-{_VERSION}.npz"


def answer_split(
    name: str, model: StoredModel, data_dir: Path | None, cache_dir: Path, on_progress: ShareCallback
) -> Split:
    """Makes the images of a split, where that has to be done, and computes what is missing of a model's answers.

    Args:
        name: Of the split, one of `find_splits`.
        model: What reads it.
        data_dir: The data that the program was given.
        cache_dir: The project's cache folder.
        on_progress: Is told the share that is done, in [0, 1].

    Raises:
        QueryError: There is no split of that name.
        DataError: It cannot be read.
        DamagedModelError: The model gives no embedding.
        StorageError: What was computed cannot be kept.
    """
    done = 0.0  # of the time, in making images

    def tell_prepared(share: float) -> None:
        nonlocal done
        done = _PREPARING
        on_progress(_PREPARING * share)

    split = load_split(find_source(name, find_splits(data_dir, cache_dir)), cache_dir, on_progress=tell_prepared)
    AnswerStore(cache_dir).compute_missing(model, split, lambda share: on_progress(done + (1 - done) * share))
    on_progress(1.0)
    return split


def fit_directions(embedder: Embedder) -> Projection:
    """Fits a model's directions to the built-in images, on which no model is trained, so that they stay the same."""
    return fit_projection(embed_all(embedder, load_sample()[0])[1])


def embed_all(
    embedder: Embedder,
    images: np.ndarray,
    projection: Projection | None = None,
    on_progress: ShareCallback = lambda share: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Reads any number of images, uint8 (n, 28, 28), in parts.

    Returns:
        Logits, float32 (n, 10 or 11), and embeddings, float32 (n, d), projected where there is a projection.
    """
    width = projection.directions.shape[1] if projection else 0
    logits, vectors = [np.empty((0, 10), np.float32)], [np.empty((0, width), np.float32)]
    for start in range(0, len(images), MOST_IMAGES):
        part = embedder.embed(images[start : start + MOST_IMAGES].astype(np.float32) / 255)
        logits.append(part[0])
        vectors.append(projection.apply(part[1]) if projection else part[1])
        on_progress(min(1.0, (start + MOST_IMAGES) / len(images)))
    return np.concatenate(logits[1:] or logits), np.concatenate(vectors[1:] or vectors)


def find_seen(split: Split, model: StoredModel) -> np.ndarray:
    """Returns which images of a split a model was trained on: bool (n,)."""
    seen = np.zeros(len(split), bool)
    recipe = model.recipe
    if split.set_name == model.data_name:
        seen[split.training[: recipe.limit]] = True
    # What a model started from may be gone; it is taken to have learned all that there was to learn from.
    if split.set_name == "mnist" and recipe.start:
        seen[split.training] = True
    if recipe.start or model.learned_ink:
        seen[split.pen_training] = True
    if split.set_name == "mnist" and model.data_name == BUILT_IN:
        seen |= _find_built_in(split, None if recipe.start else recipe.limit)
    return seen


def _find_built_in(split: Split, limit: int | None) -> np.ndarray:
    """Returns which images of a split a run learns from that has the built-in images alone: bool (n,)."""
    images, labels = load_sample()
    learned = {images[index].tobytes() for index in find_training(images, labels, BUILT_IN)[:limit]}
    return np.array([image.tobytes() in learned for image in split.images], bool)


def select_for_map(num_images: int) -> np.ndarray:
    """Returns the images that a map shows: all, or 10,000 spread evenly over the split; int64 indices, rising."""
    return _spread(num_images, MOST_ON_MAP)


def _spread(count: int, most: int) -> np.ndarray:
    """Returns at most so many numbers below `count`, evenly spread and rising."""
    return np.linspace(0, count - 1, min(count, most)).astype(np.int64)


def _choose_queries(seen: np.ndarray) -> np.ndarray:
    """Chooses images to take a distance limit from: new ones if there are any, at most 2,000."""
    new = np.flatnonzero(~seen)
    candidates = new if len(new) else np.arange(len(seen))
    return candidates[_spread(len(candidates), _NUM_QUERIES)]


def _read(path: Path, names: set[str]) -> dict[str, np.ndarray] | None:
    if not path.is_file():
        return None
    try:
        arrays = read_npz(path)
    except DataError:
        return None
    return arrays if names <= arrays.keys() else None
