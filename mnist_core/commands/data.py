"""`data`: which sets of digits are found where."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..data.files import idx_hash
from ..data.labelled import load_labelled
from ..data.mnist import MNIST_HASHES, default_places, find_places, read_dataset
from ..data.sample import SAMPLE_PATH, load_sample
from ..errors import DataError
from .console import add_command, add_data_dir, print_json, say


def add_commands(commands: Any) -> None:
    """Adds this command to the parser."""
    data = add_command(commands, "data", run_data, "say which data is found where, with counts and hashes")
    add_data_dir(data)


def run_data(options: argparse.Namespace) -> int:
    """Lists all sets at the named place, or at the usual ones, and the built-in sample."""
    found = [_describe(path) for path in _list_places(options.data_dir)] + [_describe_sample()]
    if options.json:
        print_json(options, found)
    else:
        print("\n".join(line for entry in found for line in _format(entry)))
    if options.data_dir and not find_places(options.data_dir):
        others = any("hashes" in entry for entry in found[:-1])
        hint = " Name the folder of one of those below it." if others else ""
        say(f"No MNIST, nor a set of its layout, is at {options.data_dir}.{hint}")
        return 1
    if not any(_is_mnist(entry) for entry in found):
        way = (
            "" if options.data_dir else " It is downloaded when it is first needed; or name its place with --data-dir."
        )
        say(f"MNIST is not here.{way}")
    return 1 if options.data_dir and "problem" in found[0] else 0


def _list_places(data_dir: str | None) -> list[Path]:
    if data_dir is None:
        return [path for path in default_places() if path.is_file()]
    places = find_places(Path(data_dir))
    folder = Path(data_dir).expanduser()
    # Beside what `--data-dir` itself would take: torchvision's other sets, and files of other people's digits.
    for child in sorted(folder.glob("*/raw")):
        places += find_places(child)
    places += sorted(folder.glob("*.npz"))
    return list(dict.fromkeys(places))


def _describe(path: Path) -> dict[str, Any]:
    """One place: what it holds, or what is wrong with it."""
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


def _describe_sample() -> dict[str, Any]:
    images, labels = load_sample()
    return {
        "path": str(SAMPLE_PATH),
        "form": "npz",
        "name": "built-in sample",
        "kind": "images",
        "counts": {"validation": len(labels)},
        "hashes": {"x": idx_hash(images), "y": idx_hash(labels)},
    }


def _is_mnist(entry: dict[str, Any]) -> bool:
    return entry.get("name") == "mnist" and entry["kind"] == "images"


def _format(entry: dict[str, Any]) -> list[str]:
    if "problem" in entry:
        return [f"{entry['path']}: {entry['problem'].removeprefix(entry['path']).lstrip(': ')}"]
    name = "the original MNIST" if _is_mnist(entry) else entry["name"]
    counts = ", ".join(f"{count:,} {split}" for split, count in entry["counts"].items())
    lines = [f"{entry['path']}: {name}, {entry['kind']} ({entry['form']}), {counts}"]
    return lines + [f"  {array:8} sha256 {digest}" for array, digest in entry.get("hashes", {}).items()]
