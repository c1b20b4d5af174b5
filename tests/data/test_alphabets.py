"""The characters that come with the project are Omniglot's, split by writer, and known under whatever name."""

import numpy as np
from support.written import INK

from mnist_core.data.alphabets import VALIDATION_WRITERS, load_alphabets, recognise_alphabets
from mnist_core.data.labelled import pack_ink
from mnist_core.data.pendigits import PENDIGITS_PATH
from mnist_core.paths import ASSETS_DIR


def test_sixteen_people_teach_and_four_others_judge():
    training, validation = load_alphabets()
    assert len(training.ink) + len(validation.ink) == 1091
    assert set(validation.writers) == set(VALIDATION_WRITERS)
    assert set(training.writers) == set(range(1, 21)) - set(VALIDATION_WRITERS)


def test_every_character_has_strokes_of_points():
    for pen in load_alphabets():
        assert all(strokes and all(stroke.shape[1] == 2 for stroke in strokes) for strokes in pen.ink)


def test_they_are_known_by_content_alone(tmp_path):
    training, _ = load_alphabets()
    strokes = training.ink[7]
    for name, ink in (("ours", [INK.ink[0], strokes]), ("other", INK.ink)):
        with (tmp_path / f"{name}.npz").open("wb") as file:
            pack_ink(file, ink, [0] * len(ink))
        arrays = dict(np.load(tmp_path / f"{name}.npz"))
        np.savez(tmp_path / f"{name}.npz", **arrays, writer=np.zeros(len(ink), int))
    assert recognise_alphabets(tmp_path / "ours.npz")
    assert not recognise_alphabets(tmp_path / "other.npz")
    assert not recognise_alphabets(PENDIGITS_PATH)


def test_their_licence_comes_with_them():
    assert "Copyright (c) 2015 Brenden Lake" in (ASSETS_DIR / "samples/ink_alphabets.md").read_text()
