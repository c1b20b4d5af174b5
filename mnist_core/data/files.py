"""Files of arrays: npz, IDX, and what Unix' compress packed, read without trusting them; npz written whole.

What is in an array is not looked at here.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..errors import DataError, StorageError

# The third byte of an IDX file; only the first is used for pictures and labels.
_IDX_TYPES = {0x08: "uint8", 0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}
# All of MNIST's largest file is 47 MB; a header may claim anything.
_MOST_BYTES = 1 << 30


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an npz file; objects are never unpickled.

    Raises:
        DataError: The file is damaged or no npz file.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
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


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes an npz file, whole or not at all.

    Raises:
        StorageError: It cannot be written.
    """
    partial = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".partial")
        partial = Path(name)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        os.replace(partial, path)
    except OSError as error:
        raise StorageError(
            f"{path.name} cannot be kept in {path.parent}: {error}. Free some space, or set MNIST_CACHE_DIR to a "
            "folder that can be written.",
            path.parent,
        ) from error
    finally:
        if partial:
            partial.unlink(missing_ok=True)


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


def unpack_z(content: bytes, path: Path) -> bytes:
    """Unpacks what Unix' compress packed into a `.Z` file; `path` is named in errors.

    Raises:
        DataError: It is damaged, or no such file.

    Reference:
        Welch (1984), "A technique for high-performance data compression"; codes of 9 to 16 bits in groups of eight.
    """
    if content[:2] != b"\x1f\x9d" or len(content) < 3 or not 9 <= content[2] & 0x1F <= 16:
        raise DataError(f"{path} is no file of Unix' compress. Replace it.", path)
    # Where nine are the most, compress writes ten all the same.
    most_bits, has_clear = max(10, content[2] & 0x1F), bool(content[2] & 0x80)
    first_free = 257 if has_clear else 256
    table = [bytes([value]) for value in range(256)] + [b""] * (first_free - 256)
    unpacked, size = [], 0
    bits, start, in_group, previous = 9, 3 * 8, 0, b""
    packed = int.from_bytes
    while start + bits <= 8 * len(content):
        at = start // 8
        code = packed(content[at : at + 4], "little") >> start % 8 & (1 << bits) - 1
        start, in_group = start + bits, (in_group + 1) % 8
        is_clear = has_clear and code == 256
        if is_clear:
            del table[first_free:]
            previous = b""
        elif code < len(table):
            entry = table[code]
        elif code == len(table) and previous:
            entry = previous + previous[:1]
        else:
            raise DataError(f"{path} is damaged: code {code} at byte {at} has no meaning. Replace it.", path)
        if not is_clear:
            unpacked.append(entry)
            size += len(entry)
            if size > _MOST_BYTES:
                raise DataError(f"{path} unpacks to more than {_MOST_BYTES:,} bytes, which is too much.", path)
            if previous and len(table) < 1 << most_bits:
                table.append(previous + entry[:1])
            previous = entry
        # The packer writes eight codes at a time: what is left of a group when their width changes is filling.
        wider = len(table) + bool(previous) > 1 << bits and bits < most_bits
        if (is_clear or wider) and in_group:
            start, in_group = start + bits * (8 - in_group), 0
        bits = 9 if is_clear else bits + wider
    return b"".join(unpacked)


def _read_idx_shape(magic: bytes, file: gzip.GzipFile, path: Path) -> tuple[int, ...]:
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
