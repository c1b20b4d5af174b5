"""Files of arrays, npz and IDX, read without trusting them; and any file written whole or not at all.

What is in an array is not looked at here.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import re
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
    """Reads all arrays of an npz file; objects are never unpickled.

    Raises:
        DataError: The file is damaged or something else; the message says what.
    """
    try:
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:  # damaged bytes raise almost anything, from zlib.error to MemoryError
        raise _unreadable(path, "an npz file", error) from error
    foreign = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
    if foreign:
        raise DataError(
            "{path} is a zip archive that holds {foreign}, which are not arrays. Expected an npz "
            "file, as numpy.savez writes it.",
            path,
            foreign=", ".join(foreign),
        )
    return arrays


def list_npz(path: Path) -> dict[str, tuple[int, ...]]:
    """Returns the names of the arrays of an npz file and their shapes, without reading them.

    Raises:
        DataError: The file is damaged or something else; the message says what.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {name.removesuffix(".npy"): _read_npy_shape(archive, name) for name in archive.namelist()}
    except Exception as error:  # damaged bytes raise almost anything, as above
        raise _unreadable(path, "an npz file", error) from error


# How files that are often given in place of data begin, and what to do about them.
_MISTAKEN = (
    (
        re.compile(rb"\x80[\x02-\x05]"),
        "It is a Python pickle, which is not accepted. Load it where it was made and save its arrays with numpy.savez.",
    ),
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype html|html|head|!--)", re.IGNORECASE),
        "It is a web page (HTML) that was saved in place of the file. Download the file itself, for example with the "
        "page's Download or Raw button.",
    ),
    (
        re.compile(rb"\x93NUMPY"),
        "It is a single array (.npy). Save the arrays together, under their names, with numpy.savez.",
    ),
)
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"


def _unreadable(path: Path, expected: str, error: Exception) -> DataError:
    """Builds the error for a file that is not what it should be; its first bytes tell what it is instead."""
    try:
        with path.open("rb") as file:
            start = file.read(256)
    except OSError:
        start = b""
    mistake = _name_mistake(start, path, error)
    return DataError("{path} cannot be read as {expected}: {mistake}", path, expected=expected, mistake=mistake)


def _name_mistake(start: bytes, path: Path, error: Exception) -> str:
    """Returns what a file that begins with `start` is, or what `error` says of it; and what to do."""
    for pattern, told in _MISTAKEN:
        if pattern.match(start):
            return told
    if "allow_pickle" in str(error):
        return "It holds Python objects. Save numbers alone with numpy.savez, with no array of dtype object."
    if start.startswith(_ZIP) and isinstance(error, zipfile.BadZipFile):
        return f"It is damaged or incomplete ({str(error).rstrip('.')}). Download or copy it again."
    if start.startswith(_GZIP) and isinstance(error, EOFError):
        return "It is a gzip file that ends too early. Download or copy it again."
    if start.startswith(_GZIP) and path.suffix != ".gz":
        return "It is a gzip file. Unpack it with gunzip, or, for an IDX file, add .gz to its name."
    return f"{str(error).rstrip('.')}. Download or copy it again, or name another file."


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
        raise StorageError("{path} cannot be written: {error}. {hint}", path, error=error, hint=hint) from error
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
        raise StorageError("{path} is a folder. {hint}", path, hint=hint)
    if not path.absolute().parent.is_dir():
        raise StorageError("There is no folder for {path}. {hint}", path, hint=hint)


def read_idx(path: Path) -> np.ndarray:
    """Reads the array in an IDX file: uint8 of one to three dimensions. A name that ends in .gz means gzip.

    Raises:
        DataError: The file is damaged, is something else, or holds other numbers than uint8.

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
        raise _unreadable(path, "an IDX file", error) from error
    if len(content) != expected or too_long:
        held = "more" if too_long else f"{len(content):,}"
        raise DataError(
            "{path} is damaged: its header promises {size} bytes, but it holds {held}. Download or copy it again.",
            path,
            size=" x ".join(map(str, shape)),
            held=held,
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def idx_hash(array: np.ndarray) -> str:
    """Returns the SHA-256 of a uint8 array as an uncompressed IDX file, as 64 hexadecimal digits.

    Reference:
        "The MNIST database of handwritten digits", section "File formats".
    """
    return hashlib.sha256(idx_bytes(array)).hexdigest()


def idx_bytes(array: np.ndarray) -> bytes:
    """Returns a uint8 array as the content of an uncompressed IDX file."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + np.ascontiguousarray(array, np.uint8).tobytes()


def _read_idx_shape(magic: bytes, file: io.BufferedIOBase, path: Path) -> tuple[int, ...]:
    if len(magic) != 4 or magic[:2] != b"\0\0" or magic[2] not in _IDX_TYPES or not 1 <= magic[3] <= 3:
        begins = magic.hex(" ") or "nothing"
        raise _unreadable(path, "an IDX file", ValueError(f"it begins with {begins} instead of 00 00 08"))
    if magic[2] != 0x08:
        raise DataError("{path} holds {type} numbers. Expected an IDX file of uint8.", path, type=_IDX_TYPES[magic[2]])
    num_dimensions = magic[3]
    sizes = file.read(4 * num_dimensions)
    if len(sizes) != 4 * num_dimensions:
        raise DataError("{path} is damaged: it ends within its header. Download or copy it again.", path)
    shape = struct.unpack(f">{num_dimensions}I", sizes)
    if max(shape) > _MOST_BYTES or math.prod(shape) > _MOST_BYTES:
        raise DataError(
            "{path} promises {size} bytes, which is too much. Expected at most {most_bytes:,}.",
            path,
            size=" x ".join(map(str, shape)),
            most_bytes=_MOST_BYTES,
        )
    return shape
