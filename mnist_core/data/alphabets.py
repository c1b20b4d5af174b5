"""Characters of three scripts, which come with the project -> strokes and writers, split by writer.

They are what no network here may take for a digit. Nothing is drawn here.

Reference:
    Lake, Salakhutdinov and Tenenbaum (2015), "Human-level concept learning through probabilistic program induction":
    the data set Omniglot.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import DataError
from ..paths import ASSETS_DIR
from .files import list_npz, read_npz
from .labelled import unpack_ink
from .pendigits import PenInk

ALPHABETS_PATH = ASSETS_DIR / "samples/ink_alphabets.npz"

# Writers whose characters no network learns from.
VALIDATION_WRITERS = (17, 18, 19, 20)


def load_alphabets() -> tuple[PenInk, PenInk]:
    """Loads the characters that come with the project; their labels number the script.

    Returns:
        Those to learn from, and those of other writers to validate on.
    """
    arrays = read_npz(ALPHABETS_PATH)
    ink = PenInk(unpack_ink(arrays, ALPHABETS_PATH), arrays["y"], arrays["writer"])
    others = tuple({*ink.writers.tolist()} - {*VALIDATION_WRITERS})
    return ink.of_writers(others), ink.of_writers(VALIDATION_WRITERS)


def recognise_alphabets(path: Path) -> bool:
    """Says whether an npz file holds these characters, alone or among others, under whatever name."""
    if not {"writer", "points", "stroke_start", "sample_start"} <= list_npz(path).keys():
        return False
    try:
        drawings = unpack_ink(read_npz(path), path)
    except DataError:
        return False
    ours = {strokes[0].tobytes() for strokes in load_alphabets()[0].ink}
    return any(strokes and strokes[0].tobytes() in ours for strokes in drawings)
