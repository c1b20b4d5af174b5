"""Pen ink of thirty writers, on disk or from the network -> strokes, labels and writers, split by writer.

The ink is UCI's "Pen-Based Recognition of Handwritten Digits" in its original form, `pendigits-orig.tra`: 7,494 digits
with every pen lift. It is recognised by the hash of its content, however it was packed. Nothing is drawn here.

Reference:
    Alpaydin and Alimoglu (1996), "Pen-Based Recognition of Handwritten Digits", UCI Machine Learning Repository, data
    set 81, CC BY 4.0.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError, StorageError
from .download import ProgressCallback, fetch, not_downloaded
from .files import read_npz, unpack_z
from .labelled import unpack_ink

PENDIGITS_URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
# SHA-256 of the unpacked text file.
PENDIGITS_HASH = "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4"
NPZ_NAME = "ink_pendigits_train.npz"
TEXT_NAME = "pendigits-orig.tra"

# Writers that nothing is trained on: of the first group choices are made, the second is only reported. Drawn once, by
# numpy.random.default_rng(0).permutation(30)[:8] + 1.
VALIDATION_WRITERS = (3, 12, 27, 22)
REPORTED_WRITERS = (11, 5, 29, 17)

# SHA-256 of the strokes of that file, see `_hash_strokes`.
_STROKES_HASH = "a56246dc6f95e5408953737e9c29500b9c1afa7089470a4db096bca7efe14314"
# The tablet counts y upwards from the bottom of a box of this height.
_BOX = 500
_HINT = f"Put {TEXT_NAME}, plain or .Z, into the folder that --data-dir or MNIST_DATA_DIR names."
_DOWNLOAD = ("The pen ink", _HINT)
_MOST_BYTES = 1 << 24


@dataclass(frozen=True)
class PenInk:
    """Digits as strokes.

    Args:
        ink: n drawings, each a list of float32 strokes of shape (points, 2), y down.
        labels: int64 (n,).
        writers: int64 (n,): who drew it.
        source: Where it was found.
    """

    ink: list[list[np.ndarray]]
    labels: np.ndarray
    writers: np.ndarray
    source: str

    def of_writers(self, writers: tuple[int, ...]) -> PenInk:
        """What these writers drew."""
        return self._take(np.isin(self.writers, writers))

    @property
    def digest(self) -> str:
        """SHA-256 of strokes, labels and writers, as 64 hexadecimal digits."""
        return _hash_strokes(self)

    @property
    def training(self) -> PenInk:
        """What may be trained on: all writers of neither held-out group."""
        return self._take(self.is_for_training)

    @property
    def is_for_training(self) -> np.ndarray:
        """Which drawings those are: bool (n,)."""
        return ~np.isin(self.writers, VALIDATION_WRITERS + REPORTED_WRITERS)

    @property
    def validation(self) -> PenInk:
        """For calibration and choices."""
        return self.of_writers(VALIDATION_WRITERS)

    @property
    def reported(self) -> PenInk:
        """For nothing but the report."""
        return self.of_writers(REPORTED_WRITERS)

    def _take(self, chosen: np.ndarray) -> PenInk:
        ink = [self.ink[index] for index in np.flatnonzero(chosen)]
        return PenInk(ink, self.labels[chosen], self.writers[chosen], self.source)


def load_pendigits(
    data_dir: Path | None,
    cache_dir: Path,
    *,
    download: bool = True,
    on_progress: ProgressCallback | None = None,
) -> PenInk:
    """Loads the pen ink from the first place that has it.

    Args:
        data_dir: A folder that may hold `ink_pendigits_train.npz` or `pendigits-orig.tra`, plain or `.Z`.
        cache_dir: The project's cache folder, tried next.
        download: Whether to fetch it from UCI into `cache_dir` when no place has it.
        on_progress: Called with bytes received and bytes expected (0 if unknown) while downloading.

    Raises:
        DataError: The ink is nowhere to be found, or what was found is something else.
        StorageError: The download cannot be written.
    """
    for folder in filter(None, (data_dir, cache_dir)):
        for name in (NPZ_NAME, TEXT_NAME, f"{TEXT_NAME}.Z"):
            path = Path(folder).expanduser() / name
            if path.is_file():
                return read_pendigits(path)
    if not download:
        raise DataError(f"The pen ink (UCI's data set 81) was not found. {_HINT}")
    return _download(cache_dir / TEXT_NAME, on_progress)


def read_pendigits(path: Path) -> PenInk:
    """Reads the ink from a file: npz, or UCI's own text, plain or `.Z`.

    Raises:
        DataError: It is damaged, or holds something else.
    """
    if path.suffix == ".npz":
        return _read_npz(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}.", path) from error
    return _parse(unpack_z(content, path) if path.suffix == ".Z" else content, path)


def _read_npz(path: Path) -> PenInk:
    arrays = read_npz(path)
    missing = {"points", "stroke_start", "sample_start", "y", "writer"} - arrays.keys()
    if missing:
        raise DataError(f"{path} lacks {', '.join(sorted(missing))}, so it is not the pen ink of {TEXT_NAME}.", path)
    drawings = unpack_ink(arrays, path)
    numbers = [arrays[name] for name in ("y", "writer")]
    is_sound = all(array.shape == (len(drawings),) and np.issubdtype(array.dtype, np.integer) for array in numbers)
    # The tablet's whole numbers; larger ones would pass for others when they are hashed.
    is_sound = is_sound and np.array_equal(arrays["points"], np.rint(arrays["points"]))
    is_sound = is_sound and all(np.abs(array).max(initial=0) < 2**15 for array in (arrays["points"], *numbers))
    ink = PenInk(drawings, *(array.astype(np.int64) for array in numbers), str(path)) if is_sound else None
    if ink is None or _hash_strokes(ink) != _STROKES_HASH:
        raise DataError(f"{path} is not the pen ink of {TEXT_NAME}: strokes, labels or writers differ.", path)
    return ink


def _parse(content: bytes, path: Path) -> PenInk:
    """Reads UNIPEN text: per digit a segment with its label, a comment of label, writer and number, and its strokes."""
    found = hashlib.sha256(content).hexdigest()
    if found != PENDIGITS_HASH:
        raise DataError(
            f"{path} is not the original {TEXT_NAME}: its SHA-256 is {found}, expected {PENDIGITS_HASH}. Replace it.",
            path,
        )
    return parse_unipen(content.decode("ascii"), str(path))


def parse_unipen(text: str, source: str) -> PenInk:
    """The digits of a text in the form of UCI's file, whatever its content."""
    ink, labels, writers = [], [], []
    for segment in text.split(".SEGMENT DIGIT")[1:]:
        label = re.search(r'"(\d)"', segment)
        comment = re.search(r"\.COMMENT\s+\d+\s+(\d+)", segment)
        strokes = [part.split(".PEN_UP")[0].split() for part in segment.split(".PEN_DOWN")[1:]]
        points = [np.array(stroke, np.float32).reshape(-1, 2) for stroke in strokes]
        ink.append([np.stack([stroke[:, 0], _BOX - stroke[:, 1]], axis=1) for stroke in points])
        labels.append(int(label[1]))
        writers.append(int(comment[1]))
    return PenInk(ink, np.array(labels, np.int64), np.array(writers, np.int64), source)


def _hash_strokes(pen: PenInk) -> str:
    """SHA-256 of all points as int16, and of strokes, labels and writers as their lengths and numbers."""
    digest = hashlib.sha256()
    for strokes, label, writer in zip(pen.ink, pen.labels, pen.writers, strict=True):
        digest.update(np.array([label, writer, *map(len, strokes)]).astype(np.int16).tobytes())
        for stroke in strokes:
            digest.update(np.rint(stroke).astype(np.int16).tobytes())
    return digest.hexdigest()


def _download(path: Path, on_progress: ProgressCallback | None) -> PenInk:
    """Fetches UCI's archive and keeps the text that is in it."""
    received = b"".join(fetch(PENDIGITS_URL, *_DOWNLOAD, on_progress))
    try:
        text = _extract(received, path)
        ink = _parse(text, path)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, DataError) as error:
        raise not_downloaded(PENDIGITS_URL, *_DOWNLOAD, f"what came cannot be used: {error}") from error
    partial = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as file:
            partial = Path(file.name)
            file.write(text)
        partial.replace(path)
    except OSError as error:
        if partial:
            partial.unlink(missing_ok=True)
        raise StorageError(
            f"The pen ink cannot be stored in {path.parent}: {error}. Set MNIST_CACHE_DIR to a folder that can be "
            "written.",
            path.parent,
        ) from error
    return ink


def _extract(archive: bytes, path: Path) -> bytes:
    """The text in UCI's zip, where it is packed once more."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            if Path(name).name in (TEXT_NAME, f"{TEXT_NAME}.Z") and opened.getinfo(name).file_size < _MOST_BYTES:
                content = opened.read(name)
                return unpack_z(content, path) if name.endswith(".Z") else content
    raise DataError(f"it does not hold {TEXT_NAME}")
