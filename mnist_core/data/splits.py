"""Sets of digits to look through: MNIST's two splits, the built-in sample, and what else lies in the data folder.

Pictures and ink of other people become images once, on the road that a drawing or an upload takes, and are kept in the
cache folder. Nothing here asks a model.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, overload

import numpy as np

from ..errors import DataError, QueryError
from .files import idx_hash, list_npz, read_npz, write_npz
from .labelled import LabelledInk, LabelledPictures, LabelledSet, load_digits, load_labelled
from .mnist import Dataset, default_places, find_places, list_others, name_set, read_dataset, read_labels
from .pendigits import recognise_pendigits
from .prepared import name_samples, prepare_images
from .sample import SAMPLE_PATH, load_sample
from .training_data import find_training

NO_LABEL = -1
OWN = "own"

_PART = 256
# To be raised when pictures or ink become other images than before.
_PREPROCESSING_VERSION = 1
_PREPARED = {"images", "labels", "training", "pen_training", "num_unreadable"}
_Kind = Literal["train", "test", "built_in", "digits", "outliers"]
_SPLITS: tuple[Literal["train", "test"], ...] = ("train", "test")


@dataclass(frozen=True)
class SplitSource:
    """Where a split can be loaded from.

    Args:
        name: "train", "test", "built_in" or that of its file.
        kind: What it holds; outliers are no digits.
        path: Its file or folder.
        size: How many samples its file says that it holds; None where that cannot be told.
    """

    name: str
    kind: _Kind
    path: Path
    size: int | None = None

    @property
    def stamp(self) -> tuple[int, ...]:
        """Changes when the file does."""
        return _stamp(self.path)


@dataclass(frozen=True)
class Split:
    """Images with labels, as a network receives them.

    Args:
        name: As of its source.
        set_name: The set that it belongs to, "mnist" for the original MNIST alone.
        images: uint8 (n, 28, 28), 0 background, 255 full ink.
        labels: int64 (n,), -1 where there is none.
        training: int64 indices that a recipe learns from when it is given this set, in its order.
        pen_training: The same for a recipe that learns from the pen ink beside its set.
        num_unreadable: Samples that are left out because nothing can be read in them.
    """

    name: str
    set_name: str
    images: np.ndarray
    labels: np.ndarray
    training: np.ndarray
    pen_training: np.ndarray
    num_unreadable: int = 0

    def __len__(self) -> int:
        return len(self.images)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of images and labels, as 64 hexadecimal digits."""
        hashes = idx_hash(self.images) + hashlib.sha256(self.labels.tobytes()).hexdigest()
        return hashlib.sha256(hashes.encode()).hexdigest()


def own_split(images: np.ndarray, labels: np.ndarray) -> Split:
    """Returns a visitor's own drawings, on which no model is trained: uint8 (n, 28, 28), int64 (n,)."""
    nothing = np.empty(0, np.int64)
    return Split(OWN, OWN, images, labels, nothing, nothing)


def find_splits(data_dir: Path | None = None, cache_dir: Path | None = None) -> list[SplitSource]:
    """Lists what can be looked through now; nothing is read.

    Args:
        data_dir: As of `load_dataset`; npz files beside it are listed, too. Those whose names begin with `outliers`
            hold no digits.
        cache_dir: As of `load_dataset`.
    """
    places = find_places(data_dir) if data_dir else [path for path in default_places(cache_dir) if path.is_file()]
    main = places[:1]
    sources = [SplitSource(split, split, path, _count(path, f"y_{split}")) for path in main for split in _SPLITS]
    if not sources:
        sources = [SplitSource("built_in", "built_in", SAMPLE_PATH, _count(SAMPLE_PATH, "y"))]
    for path in list_others(data_dir):
        if path not in main:
            sources += _list_file(path)
    return _name_apart(sources)


def _name_apart(sources: Sequence[SplitSource]) -> list[SplitSource]:
    """Returns the same with a number behind a name that another one has."""
    named: dict[str, SplitSource] = {}
    for source in sources:
        names = (f"{source.name}_{number}" if number > 1 else source.name for number in itertools.count(1))
        name = next(name for name in names if name not in named and name != OWN)
        named[name] = dataclasses.replace(source, name=name)
    return list(named.values())


def _list_file(path: Path) -> list[SplitSource]:
    name = name_set(path)
    if _count(path, "y_train") is not None and _count(path, "y_test") is not None:
        return [SplitSource(f"{name}_{split}", split, path, _count(path, f"y_{split}")) for split in _SPLITS]
    # What is wrong with a file is said when it is chosen.
    kind: _Kind = "outliers" if name.startswith("outliers") else "digits"
    return [SplitSource(name, kind, path, _count(path, "y"))]


def _count(path: Path, name: str) -> int | None:
    """Returns the length of an array of an npz file or of a folder of IDX files; None where there is no such array."""
    try:
        return _count_once(path, name, _stamp(path))
    except (DataError, OSError):
        return None


# Every question about a split looks at all files.
@functools.lru_cache(maxsize=1024)
def _count_once(path: Path, name: str, stamp: tuple[int, ...]) -> int | None:
    del stamp
    if path.is_dir():
        return len(read_labels(path, name)) if name.startswith("y_") else None
    shape = list_npz(path).get(name)
    return shape[0] if shape else None


def _stamp(path: Path) -> tuple[int, ...]:
    """Changes when a file, or one of a folder, does."""
    found = [entry.stat() for entry in (sorted(path.iterdir()) if path.is_dir() else [path])]
    return tuple(number for entry in found for number in (entry.st_mtime_ns, entry.st_size))


def find_source(name: str, sources: Sequence[SplitSource]) -> SplitSource:
    """Finds the source of that name.

    Raises:
        QueryError: There is none.
    """
    for source in sources:
        if source.name == name:
            return source
    available = ", ".join(source.name for source in sources)
    raise QueryError(
        "There is no set of digits named {name!r:.100}. Available: {available}.", name=name, available=available
    )


@overload
def load_split(
    source: SplitSource, cache_dir: Path, *, on_progress: Callable[[float], None] = lambda share: None
) -> Split: ...


@overload
def load_split(
    source: SplitSource,
    cache_dir: Path,
    *,
    prepare: bool,
    on_progress: Callable[[float], None] = lambda share: None,
) -> Split | None: ...


def load_split(
    source: SplitSource,
    cache_dir: Path,
    *,
    prepare: bool = True,
    on_progress: Callable[[float], None] = lambda share: None,
) -> Split | None:
    """Loads a split.

    Args:
        source: Where it is.
        cache_dir: Where images made of pictures and ink are kept.
        prepare: Whether to make them where they are not kept yet, which takes about a millisecond each.
        on_progress: Called with the share that is made, in [0, 1].

    Returns:
        The split; None only if it would have to be prepared.

    Raises:
        DataError: The file is damaged, or holds something else.
        StorageError: The images cannot be kept.
    """
    if source.kind == "built_in":
        images, labels = load_sample()
        nothing = np.empty(0, np.int64)
        return Split("built_in", "mnist", images, labels.astype(np.int64), nothing, nothing)
    if source.kind in ("train", "test"):
        return _take_split(read_dataset(source.path), source)
    kept = _prepared_path(source, cache_dir)
    arrays = _read_prepared(kept)
    if arrays is None:
        if not prepare:
            return None
        arrays = _prepare(source, on_progress)
        write_npz(kept, arrays)
    num_unreadable = int(arrays.pop("num_unreadable"))
    return Split(source.name, name_samples(source.path), **arrays, num_unreadable=num_unreadable)


def _read_prepared(path: Path) -> dict[str, np.ndarray] | None:
    if not path.is_file():
        return None
    try:
        arrays = read_npz(path)
    except DataError:  # it is made again
        return None
    return arrays if arrays.keys() == _PREPARED else None


def _take_split(dataset: Dataset, source: SplitSource) -> Split:
    nothing = np.empty(0, np.int64)
    if source.kind == "test":
        images, labels, training = dataset.x_test, dataset.y_test, nothing
    else:
        images, labels = dataset.x_train, dataset.y_train
        training = find_training(images, labels, dataset.name)
    return Split(source.name, dataset.name, images, labels.astype(np.int64), training, nothing)


def _prepare(source: SplitSource, on_progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    """Returns the arrays of a split of pictures or ink, made in parts so that progress can be told."""
    pen = recognise_pendigits(source.path)
    if source.kind == "outliers":
        labelled = load_labelled(source.path)
    else:
        labelled = LabelledInk(source.name, pen.ink, pen.labels) if pen else load_digits(source.path)
    images, readable = [], []
    for start in range(0, len(labelled.labels), _PART):
        part = prepare_images(_take(labelled, slice(start, start + _PART)))
        images.append(part.pixels)
        readable.append(part.readable)
        on_progress(min(1.0, (start + _PART) / len(labelled.labels)))
    kept = np.concatenate(readable) if readable else np.empty(0, bool)
    labels = labelled.labels[kept]
    pen_training = np.flatnonzero(pen.is_for_training[kept]) if pen else np.empty(0, np.int64)
    all_images = np.concatenate(images) if images else np.empty((0, 28, 28), np.uint8)
    own = pen_training if pen else np.arange(len(labels))
    is_digits = source.kind == "digits"
    return {
        "images": all_images,
        "labels": labels if is_digits else np.full(len(labels), NO_LABEL, np.int64),
        "training": own[find_training(all_images[own], labels[own], name_samples(source.path))]
        if is_digits
        else pen_training,
        "pen_training": pen_training,
        "num_unreadable": np.array(int((~kept).sum())),
    }


def _take(labelled: LabelledSet, rows: slice) -> LabelledSet:
    if isinstance(labelled, LabelledPictures):
        return LabelledPictures(labelled.name, labelled.samples[rows], labelled.labels[rows])
    return LabelledInk(labelled.name, labelled.samples[rows], labelled.labels[rows])


def _prepared_path(source: SplitSource, cache_dir: Path) -> Path:
    try:
        digest = hashlib.sha256(source.path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError("{path} cannot be read: {error}.", source.path, error=error) from error
    return cache_dir / "splits" / f"{source.name}-{digest[:10]}-{_PREPROCESSING_VERSION}.npz"
