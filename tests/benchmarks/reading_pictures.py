"""Prints how many pictures the shipped network reads, by kind: one digit on each, and whole numbers on cheques.

    MNIST_DATA_DIR=FOLDER python tests/benchmarks/reading_pictures.py

Reads `pictures_wild.zip`, `pictures_made.zip` and `numbers_cheques.zip` in that folder, as `predict` would; the digits
of cheques are cut out at their boxes. "Taken for several" are digits that are read as a number. Nothing is asserted.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from zipfile import ZipFile

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mnist_core.errors import PictureError
from mnist_core.models.devices import choose_device
from mnist_core.models.numbers import name_digit
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.decoding import open_picture
from mnist_core.services.reader import Reader

FOLDER = Path(os.environ.get("MNIST_DATA_DIR", "."))


def main() -> None:
    """Measures every set at hand."""
    reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
    for name, column in (("pictures_wild", "kind"), ("pictures_made", "what")):
        measure_digits(reader, ZipFile(FOLDER / f"{name}.zip"), name, column)
    measure_cheques(reader, ZipFile(FOLDER / "numbers_cheques.zip"))


def read(reader: Reader, picture: Image.Image) -> tuple[str, str]:
    """Returns the most probable digit, "" where nothing is found; and the number, or the digit if it is accepted."""
    try:
        answer = reader.read_picture(picture)
    except PictureError:
        return "", ""
    verdict = answer.answer.verdict
    return str(verdict.labels[0]), answer.number.reading.text if answer.number else name_digit(verdict)


def measure_digits(reader: Reader, archive: ZipFile, name: str, column: str) -> None:
    """Prints figures of pictures with one digit each, or none, by kind."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with archive:
        for row in csv.DictReader(io.TextIOWrapper(archive.open("manifest.csv"), encoding="utf-8")):
            digit, text = read(reader, open_picture(archive.read(row["file"])))
            count = counts[row[column]]
            count.update(
                pictures=1,
                right=row["label"] != "" and row["label"] == (digit if len(text) < 2 else ""),
                several=len(text) > 1,
                accepted=len(text) == 1 and text != "?",
            )
    for kind, count in sorted(counts.items()):
        print(
            f"{name}, {kind}: {count['right']} of {count['pictures']} read, {count['accepted']} accepted as a digit, "
            f"{count['several']} taken for several",
            flush=True,
        )


def measure_cheques(reader: Reader, archive: ZipFile) -> None:
    """Prints figures of whole amounts, and of their digits alone."""
    right, accepted, whole, seconds = 0, 0, 0, 0.0
    with archive:
        boxes = json.loads(archive.read("boxes.json"))
        for name, digits in boxes.items():
            picture = open_picture(archive.read(name))
            started = time.perf_counter()
            whole += read(reader, picture)[1] == "".join(str(box[4]) for box in digits)
            seconds += time.perf_counter() - started
            for left, top, width, height, label in digits:
                cut = picture.crop((left, top, left + width, top + height))
                digit, text = read(reader, cut)
                right += digit == str(label)
                accepted += text == str(label)
    num_digits = sum(map(len, boxes.values()))
    print(f"cheques: {whole} of {len(boxes)} amounts read, {1000 * seconds / len(boxes):.0f} ms each")
    print(f"cheque digits at their boxes: {right} of {num_digits} read, {accepted} of them accepted")


if __name__ == "__main__":
    main()
