"""MNIST, and sets of the same layout, on disk or from the network, as arrays.

`load_dataset` finds a full set, `load_sample` the 5,000 training images that come with the project. MNIST is recognised
by the hashes of its content, so it does not matter how a file was packed. This module does not normalise or augment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError
from ..paths import default_cache_dir, mnist_address
from .download import ProgressCallback, fetch, not_downloaded
from .files import CACHE_HINT, idx_hash, read_idx, read_npz, replacing

KERAS_PATH = Path("~/.keras/datasets/mnist.npz")
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"

# SHA-256 of the four uncompressed IDX files as published by LeCun and Cortes.
MNIST_HASHES = {
    "x_train": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "y_train": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "x_test": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "y_test": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

_DOWNLOAD = ("MNIST", "Put mnist.npz into a folder and name it with --data-dir or MNIST_DATA_DIR.")
# What the four files are called, by LeCun and Cortes and by those who took over their layout.
_IDX_NAMES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
_SIDE = 28
NUM_LABELS = 10


@dataclass(frozen=True)
class Dataset:
    """MNIST, or a set of the same layout, in its original order.

    `x_train` and `x_test` uint8 (n, 28, 28), 0 background, 255 full ink; `y_train` and `y_test` uint8 labels 0 to 9;
    `source` says where it was found; `name` is "mnist" for the original MNIST alone.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str
    name: str = "mnist"


def load_dataset(
    data_dir: Path | None = None,
    cache_dir: Path | None = None,
    *,
    download: bool = True,
    on_progress: ProgressCallback | None = None,
) -> Dataset:
    """Loads MNIST, or the set of the same layout that `data_dir` names, from the first place that has it.

    Args:
        data_dir: An npz file as Keras has it, or a folder with `mnist.npz` or the four IDX files, plain or `.gz`, in
            it, in its `raw` or in its `MNIST/raw`. When given, no other place is tried.
        cache_dir: The project's cache folder; tried first when `data_dir` is not given, then Keras' own cache.
        download: Whether to fetch MNIST into `cache_dir` when no place has it, from `MNIST_URL` where that is set.
        on_progress: Called with bytes received and bytes expected (0 if unknown) while downloading.

    Raises:
        DataError: The set is nowhere to be found, is damaged, or has another layout.
        StorageError: The download cannot be written.
    """
    if data_dir is not None:
        places = find_places(data_dir)
        if not places:
            raise DataError(
                "There is no MNIST at {data_dir}. Expected mnist.npz, or a folder that holds it or the "
                "four IDX files ({file} and so on, plain or .gz).",
                Path(data_dir),
                data_dir=data_dir,
                file=_IDX_NAMES["x_train"],
            )
        return read_dataset(places[0])
    cached, keras_cached = default_places(cache_dir)
    for path in (cached, keras_cached):
        if path.is_file():
            return _read_mnist(path)
    if not download:
        raise DataError(
            "MNIST was not found at {cached} or {keras_path}. Name its folder with --data-dir or MNIST_DATA_DIR.",
            cached=cached,
            keras_path=KERAS_PATH,
        )
    _download(mnist_address(MNIST_URL), cached, on_progress)
    return _read_mnist(cached)


def default_places(cache_dir: Path | None = None) -> tuple[Path, Path]:
    """Returns the files where MNIST is looked for when no place is named: the project's cache, then Keras' own."""
    return (cache_dir or default_cache_dir()) / "mnist.npz", KERAS_PATH.expanduser()


def find_places(data_dir: Path) -> list[Path]:
    """Returns the npz file and the folders of IDX files at a place, the one that `load_dataset` takes first.

    Raises:
        DataError: There can be no such place.
    """
    try:
        path = Path(data_dir).expanduser()
        if path.is_file():
            return [path]
    except (OSError, RuntimeError) as error:
        raise DataError(
            "{data_dir} cannot be opened: {error}. Name another place.", data_dir=data_dir, error=error
        ) from error
    found = [path / "mnist.npz"] if (path / "mnist.npz").is_file() else []
    folders = (path, path / "raw", path / "MNIST" / "raw")
    return found + [folder for folder in folders if any(_find_idx(folder, name) for name in _IDX_NAMES)]


def list_others(data_dir: Path | None) -> list[Path]:
    """Returns the npz files in the folder that a place is, or lies in, by name; none where no place is named."""
    folder = find_folder(data_dir)
    return sorted(folder.glob("*.npz")) if folder else []


def find_folder(data_dir: Path | None) -> Path | None:
    """Returns the folder that a place is, or lies in."""
    place = Path(data_dir).expanduser() if data_dir else None
    return place.parent if place and place.is_file() else place


def read_dataset(path: Path) -> Dataset:
    """Reads one of the places that `find_places` lists.

    Raises:
        DataError: It is damaged or has another layout.
    """
    arrays = _read_idx_folder(path) if path.is_dir() else _read_four(path)
    right = [
        name for name, array in arrays.items() if array.dtype == np.uint8 and idx_hash(array) == MNIST_HASHES[name]
    ]
    name = name_set(path)
    if len(right) == len(MNIST_HASHES):
        name = "mnist"
    elif right or name == "mnist":
        wrong = ", ".join(other for other in MNIST_HASHES if other not in right)
        raise DataError(
            "{path} is not the original MNIST: {wrong} missing or changed. If it should be MNIST, "
            "download it again. If it is another set, give it another name. Or name another place "
            "with --data-dir.",
            path,
            wrong=wrong,
        )
    else:
        _check_layout(arrays, path)
    return Dataset(**arrays, source=str(path), name=name)


def read_labels(folder: Path, name: str) -> np.ndarray:
    """Returns the labels "y_train" or "y_test" of a folder of IDX files, uint8 (n,).

    Raises:
        DataError: There is no such file, or it is damaged.
    """
    path = _find_idx(folder, name)
    if path is None:
        raise DataError("{path} lacks {file} (plain or .gz).", folder, file=_IDX_NAMES[name])
    return read_idx(path)


def name_set(path: Path) -> str:
    """Returns what a set calls itself, fit for a file's name: its file, or its folder above torchvision's `raw`."""
    path = path.resolve()
    name = path.stem if path.is_file() else (path.parent if path.name == "raw" else path).name
    return re.sub(r"[^a-z0-9_.]+", "_", name.lower()).strip("_.") or "data"


def _read_mnist(path: Path) -> Dataset:
    """Reads a file that must hold MNIST and nothing else, whatever it is called."""
    dataset = read_dataset(path)
    if dataset.name != "mnist":
        raise DataError(
            "{path} is not the original MNIST: all four arrays differ. If it should be MNIST, "
            "download it again. If it is another set, move it and name it with --data-dir.",
            path,
        )
    return dataset


def _read_four(path: Path) -> dict[str, np.ndarray]:
    return {name: _as_uint8(array) for name, array in read_npz(path).items() if name in MNIST_HASHES}


def _read_idx_folder(folder: Path) -> dict[str, np.ndarray]:
    found = {name: path for name in _IDX_NAMES if (path := _find_idx(folder, name)) is not None}
    missing = [original for name, original in _IDX_NAMES.items() if name not in found]
    if missing:
        raise DataError(
            "{path} lacks {missing} (plain or .gz), which a set of four IDX files needs.",
            folder,
            missing=", ".join(missing),
        )
    return {name: read_idx(path) for name, path in found.items()}


def _find_idx(folder: Path, name: str) -> Path | None:
    """Returns the file of one of the four arrays; some copies have a dot where the original has a hyphen."""
    original = _IDX_NAMES[name]
    stems = (original, original.replace("-idx", ".idx"))
    candidates = [folder / (stem + ending) for stem in stems for ending in ("", ".gz")]
    return next((path for path in candidates if path.is_file()), None)


def _check_layout(arrays: dict[str, np.ndarray], path: Path) -> None:
    """Makes sure that four arrays can be learned from as MNIST can."""
    missing = [name for name in MNIST_HASHES if name not in arrays]
    if missing:
        raise DataError(
            "{path} lacks {missing}. Expected the arrays x_train, y_train, x_test and y_test.",
            path,
            missing=", ".join(missing),
        )
    for split in ("train", "test"):
        images, labels = arrays[f"x_{split}"], arrays[f"y_{split}"]
        if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (_SIDE, _SIDE) or not len(images):
            raise DataError(
                "{path}: x_{split} must hold images of {side}x{side} whole numbers from 0 to 255. "
                "Received: {dtype} {shape}.",
                path,
                split=split,
                side=_SIDE,
                dtype=images.dtype,
                shape=images.shape,
            )
        if labels.dtype != np.uint8 or labels.shape != images.shape[:1]:
            raise DataError(
                "{path}: y_{split} must be {num_images} whole numbers. Received: {dtype} {shape}.",
                path,
                split=split,
                num_images=len(images),
                dtype=labels.dtype,
                shape=labels.shape,
            )
        if labels.max() >= NUM_LABELS:
            raise DataError(
                "{path}: y_{split} must hold labels 0 to 9. Received labels up to {highest}.",
                path,
                split=split,
                highest=labels.max(),
            )


def _as_uint8(array: np.ndarray) -> np.ndarray:
    """Returns the same numbers as uint8, where that can be."""
    if np.issubdtype(array.dtype, np.integer) and array.size and array.min() >= 0 and array.max() <= 255:
        return array.astype(np.uint8, copy=False)
    return array


def _download(url: str, path: Path, on_progress: ProgressCallback | None) -> None:
    """Fetches `url`, checks that it is MNIST, and keeps it."""
    with replacing(path, CACHE_HINT) as file:
        for chunk in fetch(url, *_DOWNLOAD, on_progress):
            file.write(chunk)
        file.flush()
        try:
            _read_mnist(Path(file.name))
        except DataError as error:
            raise not_downloaded(url, *_DOWNLOAD, f"the file that came cannot be used: {error}") from error
