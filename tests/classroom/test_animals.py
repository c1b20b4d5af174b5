"""There is an animal for everybody, and a word for each."""

import json

from mnist_core.classroom.animals import ANIMALS, BEST_KNOWN
from mnist_core.paths import ASSETS_DIR


def test_there_are_enough_for_several_classes_and_each_has_a_symbol():
    assert len(ANIMALS) >= 120
    assert len(set(ANIMALS.values())) > 50
    assert all(len(symbol) <= 4 and not symbol.isascii() for symbol in ANIMALS.values())


def test_the_best_known_are_enough_for_a_class_and_each_has_its_own_symbol():
    assert len({ANIMALS[animal] for animal in BEST_KNOWN}) == len(BEST_KNOWN) >= 50
    assert {"fox", "robin", "deer", "tiger"} <= set(BEST_KNOWN)


def test_each_has_a_name_of_its_own_among_the_texts():
    names = json.loads((ASSETS_DIR / "locales/en/animals.json").read_text(encoding="utf-8"))
    assert sorted(names) == sorted(f"animal_{animal}" for animal in ANIMALS)
    assert len(set(names.values())) == len(ANIMALS)
