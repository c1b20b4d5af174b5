"""MNIST and other labelled digits, on disk or from the network, as arrays.

`load_mnist` finds the full set, `load_sample` the 5,000 training images that come with the project, and `load_labelled`
a file of other people's digits. Content is checked by hash, so it does not matter how a file was packed. This module
does not normalise, augment or shuffle.
"""

from __future__ import annotations

import hashlib
import http.client
import itertools
import os
import struct
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from .errors import DataError, StorageError

ASSETS_DIR = Path(__file__).resolve().parent.parent / "assets"
SAMPLE_PATH = ASSETS_DIR / "mnist_sample.npz"
KERAS_PATH = Path("~/.keras/datasets/mnist.npz")
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"

# SHA-256 of the four uncompressed IDX files as published by LeCun and Cortes.
MNIST_HASHES = {
    "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

ProgressCallback = Callable[[int, int], None]


@dataclass(frozen=True)
class Mnist:
    """The full MNIST set in its original order.

    `x_train` uint8 (60000, 28, 28) and `x_test` uint8 (10000, 28, 28), 0 background, 255 full ink; `y_train` and
    `y_test` uint8 labels; `source` says where it was found.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str


@dataclass(frozen=True)
class TrainingData:
    """What a training run may see: images to learn from and the 5,000 to validate on; never the test set.

    Images are uint8 (n, 28, 28), labels uint8 (n,). `digest` names the content in the key of a stored model.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray

    @property
    def digest(self) -> str:
        """SHA-256 of all four arrays, as 64 hexadecimal digits."""
        return hashlib.sha256("".join(idx_hash(array) for array in vars(self).values()).encode()).hexdigest()


@dataclass(frozen=True)
class LabelledSet:
    """Digits with labels, as their file holds them.

    Args:
        name: Name for reports.
        kind: `"pictures"` or `"ink"`.
        samples: Pictures, uint8 (n, height, width); or n inks, each a list of float32 strokes of shape (points, 2).
        labels: int64 (n,).
    """

    name: str
    kind: Literal["pictures", "ink"]
    samples: np.ndarray | list[list[np.ndarray]]
    labels: np.ndarray


@dataclass(frozen=True)
class Samples:
    """Real MNIST images to show: uint8 (n, 28, 28), uint8 labels (n,), and which they are."""

    images: np.ndarray
    labels: np.ndarray
    source: Literal["built_in", "test"]


def default_cache_dir() -> Path:
    """The folder for downloads and trained models: `MNIST_CACHE_DIR`, else the user's cache folder."""
    explicit = os.environ.get("MNIST_CACHE_DIR")
    if explicit:
        return Path(explicit).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "mnist-sketchpad"


def load_mnist(
    data_dir: Path | None = None,
    cache_dir: Path | None = None,
    *,
    download: bool = True,
    on_progress: ProgressCallback | None = None,
) -> Mnist:
    """Loads the full MNIST set from the first place that has it.

    Args:
        data_dir: `mnist.npz` or a folder that holds it. When given, no other place is tried.
        cache_dir: The project's cache folder; tried first when `data_dir` is not given, then Keras' own cache.
        download: Whether to fetch the file into `cache_dir` when no place has it.
        on_progress: Called with bytes received and bytes expected (0 if unknown) while downloading.

    Raises:
        DataError: The file is nowhere to be found, or it is not MNIST.
        StorageError: The download cannot be written.
    """
    if data_dir is not None:
        path = Path(data_dir).expanduser()
        path = path / "mnist.npz" if path.is_dir() else path
        if not path.is_file():
            raise DataError(
                f"There is no MNIST at {data_dir}. Expected the file mnist.npz or a folder that holds it.", path
            )
        return _read_mnist(path)
    cached = (cache_dir or default_cache_dir()) / "mnist.npz"
    for path in (cached, KERAS_PATH.expanduser()):
        if path.is_file():
            return _read_mnist(path)
    if not download:
        raise DataError(
            f"MNIST was not found at {cached} nor at {KERAS_PATH}. Give its folder with --data-dir or MNIST_DATA_DIR."
        )
    _download(MNIST_URL, cached, on_progress)
    return _read_mnist(cached)


def load_sample() -> tuple[np.ndarray, np.ndarray]:
    """Loads the 5,000 training images that come with the project, 500 of each digit.

    They are the validation images of every recipe, so no shipped model has learned them.

    Returns:
        Images, uint8 (5000, 28, 28), and labels, uint8 (5000,).
    """
    arrays = _read_arrays(SAMPLE_PATH)
    return arrays["x"], arrays["y"]


def built_in_samples() -> Samples:
    """The built-in 5,000, to show where the full set is not at hand."""
    return Samples(*load_sample(), "built_in")


def split_validation(mnist: Mnist) -> TrainingData:
    """Takes the 5,000 sample images, found by content, out of the training set.

    Returns:
        55,000 images to learn from, and the sample to validate on.
    """
    x_validation, y_validation = load_sample()
    held_out = {image.tobytes() for image in x_validation}
    keep = np.array([image.tobytes() not in held_out for image in mnist.x_train])
    return TrainingData(mnist.x_train[keep], mnist.y_train[keep], x_validation, y_validation)


def load_labelled(path: Path) -> LabelledSet:
    """Loads digits that other people drew.

    Args:
        path: An npz of pictures (`x`, `y`) or of ink (`points`, `stroke_start`, `sample_start`, `y`).

    Raises:
        DataError: The file is missing, damaged or of another form.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise DataError(f"There is no file {path}.", path)
    arrays = _read_arrays(path)
    if {"x", "y"} <= arrays.keys():
        kind, samples = "pictures", _check_pictures(arrays["x"], path)
    elif {"points", "stroke_start", "sample_start", "y"} <= arrays.keys():
        kind, samples = "ink", _unpack_ink(arrays, path)
    else:
        raise DataError(
            f"{path} holds the arrays {', '.join(sorted(arrays)) or 'none'}. Expected x and y (pictures), or points, "
            "stroke_start, sample_start and y (ink).",
            path,
        )
    labels = arrays["y"]
    if labels.ndim != 1 or len(labels) != len(samples) or not np.issubdtype(labels.dtype, np.integer):
        raise DataError(
            f"{path}: expected {len(samples)} integer labels in y. Received: {labels.dtype} {labels.shape}.", path
        )
    return LabelledSet(path.stem, kind, samples, labels.astype(np.int64))


def idx_hash(array: np.ndarray) -> str:
    """SHA-256 of a uint8 array as an uncompressed IDX file, as 64 hexadecimal digits.

    Reference:
        "The MNIST database of handwritten digits", section "File formats".
    """
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return hashlib.sha256(header + np.ascontiguousarray(array, np.uint8).tobytes()).hexdigest()


def _read_mnist(path: Path) -> Mnist:
    found = {name: _as_uint8(array) for name, array in _read_arrays(path).items() if name in MNIST_HASHES}
    wrong = [name for name, expected in MNIST_HASHES.items() if name not in found or idx_hash(found[name]) != expected]
    if wrong:
        raise DataError(
            f"{path} is not the original MNIST: {', '.join(wrong)} missing or changed. Delete it, or name another "
            "with --data-dir.",
            path,
        )
    return Mnist(**found, source=str(path))


def _as_uint8(array: np.ndarray) -> np.ndarray:
    """The same numbers as uint8; an empty array where that cannot be."""
    if np.issubdtype(array.dtype, np.integer) and array.size and array.min() >= 0 and array.max() <= 255:
        return array.astype(np.uint8, copy=False)
    return np.empty(0, np.uint8)


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an npz file; objects are never unpickled."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:  # damaged bytes raise almost anything, from zlib.error to MemoryError
        raise DataError(f"{path} cannot be read as an npz file: {error}. Replace or delete it.", path) from error
    foreign = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
    if foreign:
        raise DataError(f"{path} holds {', '.join(foreign)}, which are no arrays. Expected an npz file.", path)
    return arrays


def _check_pictures(x: np.ndarray, path: Path) -> np.ndarray:
    if x.dtype != np.uint8 or x.ndim != 3 or 0 in x.shape[1:]:
        raise DataError(f"{path}: expected x as uint8 (n, height, width). Received: {x.dtype} {x.shape}.", path)
    return x


def _unpack_ink(arrays: dict[str, np.ndarray], path: Path) -> list[list[np.ndarray]]:
    points, stroke_start, sample_start = arrays["points"], arrays["stroke_start"], arrays["sample_start"]
    whole = (
        points.ndim == 2
        and points.shape[1] == 2
        and np.issubdtype(points.dtype, np.number)
        and not np.iscomplexobj(points)
        and _are_offsets(stroke_start, len(points))
        and _are_offsets(sample_start, len(stroke_start) - 1)
    )
    if not whole:
        raise DataError(
            f"{path}: stroke_start must index points of shape (n, 2), sample_start must index stroke_start, both "
            f"rising and ending with a sentinel. Received: points {points.shape}, stroke_start {stroke_start.shape}, "
            f"sample_start {sample_start.shape}.",
            path,
        )
    strokes = np.split(points.astype(np.float32), stroke_start[1:-1])
    return [strokes[first:last] for first, last in itertools.pairwise(sample_start)]


def _are_offsets(offsets: np.ndarray, end: int) -> bool:
    return (
        offsets.ndim == 1
        and np.issubdtype(offsets.dtype, np.integer)
        and len(offsets) > 0
        and offsets[0] == 0
        and offsets[-1] == end
        and bool((offsets[1:] >= offsets[:-1]).all())  # a difference of unsigned numbers is never negative
    )


def _download(url: str, path: Path, on_progress: ProgressCallback | None) -> None:
    """Fetches `url` into a temporary neighbour of `path`, checks that it is MNIST, and renames it."""
    partial = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".partial")
        partial = Path(name)
        with os.fdopen(handle, "wb") as file:
            for chunk in _fetch(url, on_progress):
                file.write(chunk)
        try:
            _read_mnist(partial)
        except DataError as error:
            raise _not_downloaded(url, f"what came cannot be used: {error}") from error
        os.replace(partial, path)
    except OSError as error:
        raise StorageError(
            f"MNIST cannot be stored in {path.parent}: {error}. Set MNIST_CACHE_DIR to a folder that can be written.",
            path.parent,
        ) from error
    finally:
        if partial:
            partial.unlink(missing_ok=True)


def _fetch(url: str, on_progress: ProgressCallback | None) -> Iterator[bytes]:
    """Yields what an address holds, in pieces; all that goes wrong with the network is a DataError."""
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            expected = int(response.headers.get("Content-Length") or 0)
            received = 0
            while chunk := response.read(1 << 18):
                received += len(chunk)
                if on_progress:
                    on_progress(received, expected)
                yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise _not_downloaded(url, str(error)) from error
    if expected and received != expected:
        raise _not_downloaded(url, f"the connection ended after {received} of {expected} bytes")


def _not_downloaded(url: str, reason: str) -> DataError:
    return DataError(
        f"MNIST could not be downloaded from {url}: {reason}. Put mnist.npz into a folder and name it with "
        "--data-dir or MNIST_DATA_DIR."
    )
