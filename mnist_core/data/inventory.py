"""Which sets of digits are found where, with counts and hashes; and what comes with the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import DataError
from .files import idx_hash
from .labelled import load_labelled
from .mnist import MNIST_HASHES, default_places, find_places, read_dataset
from .pendigits import PENDIGITS_PATH, load_pendigits
from .sample import SAMPLE_PATH, load_sample


def take_inventory(data_dir: Path | None = None) -> list[dict[str, Any]]:
    """Describes all sets at a place, or at the usual ones.

    Args:
        data_dir: As of `load_dataset`.

    Returns:
        One dictionary a place: path, form (npz or IDX), and name, kind (images, pictures or ink) and counts, of images
        also their hashes; or, of what cannot be used, the problem.
    """
    return [_describe(path) for path in _list_places(data_dir)]


def describe_built_in() -> list[dict[str, Any]]:
    """Describes what comes with the project, as `take_inventory` does: the sample of MNIST, and the pen ink."""
    images, labels = load_sample()
    pen = load_pendigits()
    parts = {"train": pen.training, "validation": pen.validation, "reported": pen.reported}
    return [
        {
            "path": str(SAMPLE_PATH),
            "form": "npz",
            "name": "built-in sample",
            "kind": "images",
            "counts": {"validation": len(labels)},
            "hashes": {"x": idx_hash(images), "y": idx_hash(labels)},
        },
        {
            "path": str(PENDIGITS_PATH),
            "form": "npz",
            "name": "built-in pen ink",
            "kind": "ink",
            "counts": {name: len(part.labels) for name, part in parts.items()},
            "hashes": {"ink": pen.digest},
        },
    ]


def _list_places(data_dir: Path | None) -> list[Path]:
    if data_dir is None:
        return [path for path in default_places() if path.is_file()]
    places, folder = find_places(data_dir), Path(data_dir).expanduser()
    # Beside what a data set itself is read from: torchvision's other sets, and files of other people's digits.
    for child in sorted(folder.glob("*/raw")):
        places += find_places(child)
    return list(dict.fromkeys([*places, *sorted(folder.glob("*.npz"))]))


def _describe(path: Path) -> dict[str, Any]:
    """Describes what one place holds, or what is wrong with it."""
    entry: dict[str, Any] = {"path": str(path), "form": "npz" if path.is_file() else "IDX"}
    try:
        dataset = read_dataset(path)
    except DataError as error:
        try:
            labelled = load_labelled(path) if path.is_file() else None
        except DataError:
            labelled = None
        if labelled is None:
            return {**entry, "problem": str(error)}
        return {**entry, "name": labelled.name, "kind": labelled.kind, "counts": {"samples": len(labelled.labels)}}
    arrays = {name: getattr(dataset, name) for name in MNIST_HASHES}
    return {
        **entry,
        "name": dataset.name,
        "kind": "images",
        "counts": {"train": len(dataset.y_train), "test": len(dataset.y_test)},
        "hashes": {name: idx_hash(array) for name, array in arrays.items()},
    }
