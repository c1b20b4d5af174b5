"""Pen ink of thirty writers, which comes with the project -> strokes, labels and writers, split by writer.

The ink is UCI's "Pen-Based Recognition of Handwritten Digits" in its original form: 7,494 digits with every pen lift. A
file that holds it is recognised by its content, whatever it is called. Nothing is drawn here.

Reference:
    Alpaydin and Alimoglu (1996), "Pen-Based Recognition of Handwritten Digits", UCI Machine Learning Repository, data
    set 81, CC BY 4.0.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError
from ..paths import ASSETS_DIR
from .files import list_npz, read_npz
from .labelled import unpack_ink

PENDIGITS_PATH = ASSETS_DIR / "samples/ink_pendigits_train.npz"

# Writers that nothing is trained on: of the first group choices are made, the second is only reported. Drawn once, by
# numpy.random.default_rng(0).permutation(30)[:8] + 1.
VALIDATION_WRITERS = (3, 12, 27, 22)
REPORTED_WRITERS = (11, 5, 29, 17)

# See `PenInk.digest`.
PENDIGITS_HASH = "a56246dc6f95e5408953737e9c29500b9c1afa7089470a4db096bca7efe14314"


@dataclass(frozen=True)
class PenInk:
    """Digits drawn with a pen, as strokes, with labels and writers.

    Args:
        ink: n drawings, each a list of float32 strokes of shape (points, 2), y down.
        labels: int64 (n,).
        writers: int64 (n,): who drew it.
    """

    ink: list[list[np.ndarray]]
    labels: np.ndarray
    writers: np.ndarray

    def of_writers(self, writers: tuple[int, ...]) -> PenInk:
        """Returns the drawings of these writers."""
        return self._take(np.isin(self.writers, writers))

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of all points as int16, and of strokes, labels and writers as their lengths and numbers."""
        digest = hashlib.sha256()
        for strokes, label, writer in zip(self.ink, self.labels, self.writers, strict=True):
            digest.update(np.array([label, writer, *map(len, strokes)]).astype(np.int16).tobytes())
            for stroke in strokes:
                digest.update(np.rint(stroke).astype(np.int16).tobytes())
        return digest.hexdigest()

    @property
    def training(self) -> PenInk:
        """The drawings to train on: of all writers in neither held-out group."""
        return self._take(self.is_for_training)

    @property
    def is_for_training(self) -> np.ndarray:
        """Which drawings may be trained on: bool (n,)."""
        return ~np.isin(self.writers, VALIDATION_WRITERS + REPORTED_WRITERS)

    @property
    def validation(self) -> PenInk:
        """The drawings for calibration and choices, of writers that are not trained on."""
        return self.of_writers(VALIDATION_WRITERS)

    @property
    def reported(self) -> PenInk:
        """The drawings of held-out writers, for nothing but the report."""
        return self.of_writers(REPORTED_WRITERS)

    def _take(self, chosen: np.ndarray) -> PenInk:
        ink = [self.ink[index] for index in np.flatnonzero(chosen)]
        return PenInk(ink, self.labels[chosen], self.writers[chosen])


def load_pendigits() -> PenInk:
    """Loads the pen ink that comes with the project."""
    return read_pendigits(PENDIGITS_PATH)


def recognise_pendigits(path: Path) -> PenInk | None:
    """Returns the pen ink, if an npz file holds it under whatever name; None for anything else."""
    try:
        return read_pendigits(path) if "writer" in list_npz(path) else None
    except DataError:
        return None


def read_pendigits(path: Path) -> PenInk:
    """Reads the pen ink from an npz file.

    Raises:
        DataError: It is damaged, or holds something else.
    """
    arrays = read_npz(path)
    missing = {"points", "stroke_start", "sample_start", "y", "writer"} - arrays.keys()
    if missing:
        raise DataError(
            "{path} lacks {missing}, so it is not UCI's pen ink. Copy it again from the project.",
            path,
            missing=", ".join(sorted(missing)),
        )
    drawings = unpack_ink(arrays, path)
    numbers = [arrays[name] for name in ("y", "writer")]
    is_sound = all(array.shape == (len(drawings),) and np.issubdtype(array.dtype, np.integer) for array in numbers)
    # The tablet's whole numbers; larger ones would pass for others when they are hashed.
    is_sound = is_sound and np.array_equal(arrays["points"], np.rint(arrays["points"]))
    is_sound = is_sound and all(np.abs(array).max(initial=0) < 2**15 for array in (arrays["points"], *numbers))
    ink = PenInk(drawings, *(array.astype(np.int64) for array in numbers)) if is_sound else None
    if ink is None or ink.digest != PENDIGITS_HASH:
        raise DataError(
            "{path} is not UCI's pen ink: strokes, labels or writers differ. Copy it again from the project.", path
        )
    return ink
