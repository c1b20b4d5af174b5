"""A class's drawings as files to take home, and such a file read again next year. Nothing is kept on this machine."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..checks import check_choice
from ..classroom.class_set import ClassSet, load_class_set
from ..data.files import idx_bytes, list_npz
from ..errors import DataError
from ..rendering.sprites import encode_png, render_sprite

# A set of as many drawings as may be added, with the ink of the most lavish hands, takes less.
_MOST_BYTES = 30_000_000
_MOST_STROKES = 200_000
_COLUMNS = 30


@dataclass(frozen=True)
class ClassFile:
    """A file: its name, its media type and its bytes."""

    name: str
    type: str
    content: bytes


def write_class_file(class_set: ClassSet, form: str) -> ClassFile:
    """Writes a class's set.

    Args:
        class_set: The set.
        form: "npz", pictures as `load_class_set` reads them; "ink", the same of the strokes; "idx", a zip of four files
            of MNIST's names and layout, the half that teaches for training and the other for the test; or "png", a
            sheet as those of MNIST, one digit after another.

    Raises:
        QueryError: There is no such form.
        DataError: There is no ink.
    """
    check_choice("form", form, tuple(_WRITERS))
    stream = io.BytesIO()
    name, media_type, write = _WRITERS[form]
    write(class_set, stream)
    return ClassFile(name, media_type, stream.getvalue())


def read_class_file(content: bytes) -> ClassSet:
    """Reads a set that was exported, see `load_class_set`.

    Raises:
        DataError: It is damaged, of another form or too large.
    """
    _check_size(content)
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        path = Path(folder) / "class.npz"
        path.write_bytes(content)
        strokes = list_npz(path).get("stroke_start", ())
        if strokes and strokes[0] > _MOST_STROKES:
            raise DataError("This file would hold {num:,} strokes. A class draws far fewer.", num=strokes[0])
        return load_class_set(path)


def _check_size(content: bytes) -> None:
    """A small archive may claim to hold anything."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return  # whoever reads it says what it is instead
    if size > _MOST_BYTES:
        raise DataError("This file would take {megabytes:,} MB. A class's set takes far less.", megabytes=size // 10**6)


def _write_pictures(class_set: ClassSet, stream: io.BytesIO) -> None:
    np.savez_compressed(stream, **class_set.as_arrays())  # type: ignore[arg-type]  # no array is called allow_pickle


def _write_idx(class_set: ClassSet, stream: io.BytesIO) -> None:
    with zipfile.ZipFile(stream, "w") as archive:
        for half, split in enumerate(("train", "t10k")):
            chosen = class_set.halves == half
            arrays = {"images-idx3": class_set.images[chosen], "labels-idx1": class_set.labels[chosen]}
            for name, array in arrays.items():
                content = gzip.compress(idx_bytes(array.astype(np.uint8)), mtime=0)
                archive.writestr(f"{split}-{name}-ubyte.gz", content)


def _write_sheet(class_set: ClassSet, stream: io.BytesIO) -> None:
    """Writes the images digit by digit, each digit beginning a row, ink white on black as MNIST's."""
    rows = []
    for digit in np.unique(class_set.labels):
        images = class_set.images[class_set.labels == digit]
        blank = np.zeros((-len(images) % _COLUMNS, *images.shape[1:]), np.uint8)
        rows.append(np.concatenate([images, blank]))
    stream.write(encode_png(render_sprite(np.concatenate(rows), _COLUMNS)))


Writer = Callable[[ClassSet, io.BytesIO], None]

_WRITERS: dict[str, tuple[str, str, Writer]] = {
    "npz": ("class.npz", "application/octet-stream", _write_pictures),
    "ink": ("class_ink.npz", "application/octet-stream", ClassSet.write_ink),
    "idx": ("class_idx.zip", "application/zip", _write_idx),
    "png": ("class.png", "image/png", _write_sheet),
}
