"""Every picture is read or refused by itself."""

import numpy as np
import pytest
from support.library import SHIPPED
from support.server import as_png, sample_digit

from mnist_core.models.inference import LiteRTPredictor
from mnist_core.models.pictures import read_pictures


@pytest.fixture(scope="module")
def predictor():
    return LiteRTPredictor(SHIPPED)


def write(folder, name, digit):
    (folder / name).write_bytes(as_png(255 - np.pad(sample_digit(digit), 10)))


def test_readings_come_one_by_one(predictor, tmp_path):
    """Whoever waits for a large folder sees the first before the last is read."""
    write(tmp_path, "a.png", 4)
    readings = read_pictures(predictor, [tmp_path])
    write(tmp_path, "b.png", 0)
    assert next(readings).verdict.labels[0] == 4
    (tmp_path / "b.png").unlink()
    last = next(readings)
    assert (last.picture, last.verdict) == (tmp_path / "b.png", None)
    assert last.error == "This picture cannot be read: No such file or directory."


def test_a_place_without_pictures_is_told_among_the_others(predictor, tmp_path):
    write(tmp_path, "a.png", 0)
    first, second = read_pictures(predictor, [tmp_path / "none", tmp_path / "a.png"])
    assert first.as_dict() == {
        **dict.fromkeys(["number", "label", "verdict", "probabilities", "digits"]),
        "picture": str(tmp_path / "none"),
        "error": "There is no such file or folder.",
    }
    assert (second.as_dict()["label"], second.as_dict()["error"]) == (0, None)
