"""Files of arrays, npz and IDX, read without trusting them; and any file written whole or not at all.

What is in an array is not looked at here.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import secrets
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..errors import DataError, StorageError

# The third byte of an IDX file; only the first is used for pictures and labels.
_IDX_TYPES = {0x08: "uint8", 0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}
# All of MNIST's largest file is 47 MB; a header may claim anything.
_MOST_BYTES = 1 << 30
CACHE_HINT = "Free some space, or set MNIST_CACHE_DIR to a folder that can be written."


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an npz file; objects are never unpickled.

    Raises:
        DataError: The file is damaged or no npz file.
    """
    try:
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:  # damaged bytes raise almost anything, from zlib.error to MemoryError
        raise DataError(f"{path} cannot be read as an npz file: {error}. Replace or delete it.", path) from error
    foreign = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
    if foreign:
        raise DataError(f"{path} holds {', '.join(foreign)}, which are no arrays. Expected an npz file.", path)
    return arrays


def list_npz(path: Path) -> dict[str, tuple[int, ...]]:
    """The names of the arrays of an npz file and their shapes, without reading them.

    Raises:
        DataError: The file is no npz file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {name.removesuffix(".npy"): _read_npy_shape(archive, name) for name in archive.namelist()}
    except Exception as error:  # damaged bytes raise almost anything, as above
        raise DataError(f"{path} cannot be read as an npz file: {error}. Replace or delete it.", path) from error


def _read_npy_shape(archive: zipfile.ZipFile, name: str) -> tuple[int, ...]:
    with archive.open(name) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return read(file)[0]


@contextmanager
def replacing(path: Path, hint: str = "Name another file.") -> Iterator[BinaryIO]:
    """Opens a file to be written whole or not at all: what was there before is replaced when the block has ended well.

    Args:
        path: The file; its folder is made if need be.
        hint: What to do when it cannot be written.

    Raises:
        StorageError: It cannot be written.
    """
    partial = None
    try:
        target = path.resolve()  # what a link leads to is replaced, not the link
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_file():  # a device would stop being one
            with target.open("wb") as file:
                yield file
            return
        partial = target.with_name(f".{secrets.token_hex(8)}.partial")
        with partial.open("xb") as file:
            if target.exists():
                shutil.copymode(target, partial)
            yield file
        partial.replace(target)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error}. {hint}", path) from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str, hint: str = "Name another file.") -> None:
    """Writes a text file, see `replacing`."""
    with replacing(path, hint) as file:
        file.write(text.encode())


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes an npz file into the cache folder, see `replacing`."""
    with replacing(path, CACHE_HINT) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # no array is called allow_pickle


def check_folder(path: Path, hint: str) -> None:
    """Makes sure, before a long computation, that there is a folder for the file that it writes.

    Raises:
        StorageError: There is none, or the file is a folder itself; `hint` says what to do.
    """
    if path.is_dir():
        raise StorageError(f"{path} is a folder. {hint}", path)
    if not path.absolute().parent.is_dir():
        raise StorageError(f"There is no folder for {path}. {hint}", path)


def read_idx(path: Path) -> np.ndarray:
    """The array in an IDX file, plain or, when its name ends in .gz, compressed: uint8 of one to three dimensions.

    Raises:
        DataError: The file is damaged, no IDX file, or one of other numbers than uint8.

    Reference:
        "The MNIST database of handwritten digits", section "File formats".
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            shape = _read_idx_shape(file.read(4), file, path)
            expected = math.prod(shape)
            content = file.read(expected)
            too_long = bool(file.read(1))
    except (OSError, EOFError, zlib.error, MemoryError) as error:
        raise DataError(f"{path} cannot be read as an IDX file: {error}. Replace or delete it.", path) from error
    if len(content) != expected or too_long:
        held = "more" if too_long else f"{len(content):,}"
        raise DataError(
            f"{path} is damaged: its head says {' x '.join(map(str, shape))} bytes, and it holds {held}. Replace it.",
            path,
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def idx_hash(array: np.ndarray) -> str:
    """SHA-256 of a uint8 array as an uncompressed IDX file, as 64 hexadecimal digits.

    Reference:
        "The MNIST database of handwritten digits", section "File formats".
    """
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return hashlib.sha256(header + np.ascontiguousarray(array, np.uint8).tobytes()).hexdigest()


def _read_idx_shape(magic: bytes, file: io.BufferedIOBase, path: Path) -> tuple[int, ...]:
    if len(magic) != 4 or magic[:2] != b"\0\0" or magic[2] not in _IDX_TYPES or not 1 <= magic[3] <= 3:
        raise DataError(f"{path} is no IDX file: it begins with {magic.hex(' ') or 'nothing'}. Replace it.", path)
    if magic[2] != 0x08:
        raise DataError(f"{path} holds {_IDX_TYPES[magic[2]]} numbers. Expected bytes (uint8).", path)
    num_dimensions = magic[3]
    sizes = file.read(4 * num_dimensions)
    if len(sizes) != 4 * num_dimensions:
        raise DataError(f"{path} is damaged: it ends within its head. Replace it.", path)
    shape = struct.unpack(f">{num_dimensions}I", sizes)
    if max(shape) > _MOST_BYTES or math.prod(shape) > _MOST_BYTES:
        raise DataError(f"{path} says that it holds {' x '.join(map(str, shape))} bytes, which is too much.", path)
    return shape
