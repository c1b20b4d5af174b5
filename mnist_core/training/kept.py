"""What a run keeps of itself on disk while it goes on: its epochs to replay, and the best of them to fall back on.

    epochs/NNN.npz   the weights after an epoch, float16, by their paths, and what was seen then; 000 before the first
    best.npz         the weights of the best epoch so far, as they were
    history.json     as of a stored model
    own.npz          the drawings that it learns from, where it learns from a visitor's own

Each file is written whole or not at all. Reading needs neither Keras nor TensorFlow.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..data.files import read_npz, replacing
from ..errors import QueryError, TrainingError

MOST_BYTES = 64_000_000

# Beside the weights, whose paths never begin so.
_SEEN = "seen"

Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class KeptEpoch:
    """What was kept of an epoch.

    Args:
        weights: By their paths in Keras, float32.
        seen: What was seen of the network then, see `exhibits`.
    """

    weights: dict[str, np.ndarray]
    seen: dict[str, Any]


class KeptEpochs:
    """The folder of one run.

    Args:
        folder: Where it is; made when something is written.
        most_bytes: How much the epochs may take; the oldest go first.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._epochs = folder / "epochs"
        self._most_bytes = most_bytes

    def list_all(self) -> list[int]:
        """Returns the numbers of the epochs that are kept, in order."""
        return sorted(int(path.stem) for path in self._epochs.glob("*.npz") if path.stem.isdecimal())

    def write(self, epoch: int, weights: Weights, seen: Mapping[str, Any]) -> None:
        """Keeps an epoch.

        Raises:
            StorageError: The folder cannot be written.
        """
        arrays = {path: _halve(array) for path, array in weights.items()}
        _write(self._path(epoch), {**arrays, _SEEN: np.array(json.dumps(seen))})
        paths = [self._path(number) for number in self.list_all()]
        sizes = [path.stat().st_size for path in paths]
        while len(paths) > 1 and sum(sizes) > self._most_bytes:
            paths.pop(0).unlink()
            sizes.pop(0)

    def read(self, epoch: int) -> KeptEpoch:
        """Returns an epoch.

        Raises:
            QueryError: It is not kept.
            DataError: Its file is damaged.
        """
        path = self._path(epoch)
        if not path.is_file():
            kept = ", ".join(map(str, self.list_all())) or "none"
            raise QueryError("Epoch {epoch!r:.20} is not kept. Kept are: {kept}.", epoch=epoch, kept=kept)
        arrays = read_npz(path)
        seen = json.loads(str(arrays.pop(_SEEN)))
        return KeptEpoch({name: array.astype(np.float32) for name, array in arrays.items()}, seen)

    def write_best(self, epoch: int, weights: Weights) -> None:
        """Keeps the weights of the best epoch so far, to the last digit.

        Raises:
            StorageError: The folder cannot be written.
        """
        _write(self.folder / "best.npz", {**weights, "epoch": np.array(epoch)})

    def write_history(self, history: list[dict[str, float]]) -> None:
        """Keeps the history so far.

        Raises:
            StorageError: The folder cannot be written.
        """
        with replacing(self.folder / "history.json") as file:
            file.write(json.dumps(history).encode())

    @property
    def own_drawings(self) -> Path:
        """The file of the visitor's own drawings, which most runs do not have."""
        return self.folder / "own.npz"

    @property
    def has_best(self) -> bool:
        """Whether the best epoch is kept, because it was not stored as a model."""
        return (self.folder / "best.npz").is_file()

    def read_best(self) -> tuple[int, dict[str, np.ndarray], list[dict[str, float]]]:
        """Returns the best epoch, its weights, and the history.

        Raises:
            TrainingError: No epoch has ended.
            DataError: The file is damaged.
        """
        if not self.has_best:
            raise TrainingError("The run ended before its first epoch did, so there is nothing to keep.")
        weights = read_npz(self.folder / "best.npz")
        history = json.loads((self.folder / "history.json").read_text())
        return int(weights.pop("epoch")), weights, history

    def drop_best(self) -> None:
        """Deletes the best epoch, once it is stored as a model."""
        (self.folder / "best.npz").unlink(missing_ok=True)

    def drop_drawings(self) -> None:
        """Deletes the drawings of a class, and with them what could only be stored by their help."""
        self.own_drawings.unlink(missing_ok=True)
        self.drop_best()

    def drop_all(self) -> None:
        """Deletes all that is kept of the run."""
        shutil.rmtree(self._epochs, ignore_errors=True)
        self.drop_best()

    def _path(self, epoch: int) -> Path:
        return self._epochs / f"{epoch:03d}.npz"


def _halve(array: np.ndarray) -> np.ndarray:
    """Returns the same numbers as float16, as near as it has them."""
    return np.clip(array, -65504, 65504).astype(np.float16)


def _write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    with replacing(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # none is called allow_pickle
