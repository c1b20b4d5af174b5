"""Every picture is read or refused by itself."""

import cv2
import numpy as np
import pytest
from PIL import Image
from support.damages import DAMAGES, damage
from support.library import SHIPPED
from support.server import as_png, sample_digit

from mnist_core.errors import PictureError
from mnist_core.models import pictures
from mnist_core.models.calibration import Calibration
from mnist_core.models.inference import LiteRTPredictor, predict
from mnist_core.models.pictures import find_best, read_pictures
from mnist_core.preprocessing.picture import FoundDigit, Frame


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


# ---- one digit among other things ----

PAPER, INK = 225, 40


def page(digit, side=300, size=140):
    """A digit in the middle of a light page of that side: uint8 (side, side)."""
    ink = cv2.resize(sample_digit(digit), (size, size), interpolation=cv2.INTER_CUBIC)
    margin = (side - size) // 2
    ink = np.pad(ink, margin)
    return (PAPER - ink / 255.0 * (PAPER - INK)).astype(np.uint8)


def boxed(digit):
    return cv2.rectangle(page(digit), (40, 40), (260, 260), INK, 3)


def box_touched(digit):
    return cv2.rectangle(page(digit, size=240), (40, 60), (260, 250), INK, 2)


def circled(digit):
    return cv2.circle(page(digit), (150, 150), 115, INK, 5)


def framed_by_a_window(digit):
    return cv2.rectangle(page(digit), (0, 0), (299, 299), INK, 1)


def beside_a_dark_edge(digit):
    return cv2.line(page(digit), (298, 0), (298, 299), INK, 4)


def ruled(digit):
    lined = page(digit)
    for y in range(8, 300, 24):
        cv2.line(lined, (0, y), (299, y), 130, 2)
    return lined


def note_on_a_desk(digit):
    return np.pad(page(digit), 150, constant_values=60)


def desk_on_two_sides(digit):
    lying = page(digit)
    lying[:, :45] = lying[270:] = 70
    return lying


def dark_figure(digit):
    return np.pad(255 - page(digit), ((60, 100), (90, 130)), constant_values=255)


def glaring(digit):
    y, x = np.mgrid[:300, :300]
    light = 120 * np.exp(-((x - 230) ** 2 + (y - 80) ** 2) / 6000)
    return np.clip(page(digit) * 0.8 + light, 0, 255).astype(np.uint8)


def patterned(digit):
    """As a cheque's paper: waves nearly as dark as half the ink."""
    y, x = np.mgrid[:40, :40]
    small = cv2.resize(page(digit, 180), (40, 40), interpolation=cv2.INTER_AREA) - 18 * np.sin(x / 1.5 + y / 4)
    return np.clip(small, 0, 255).astype(np.uint8)


SCENES = [
    boxed,
    box_touched,
    circled,
    framed_by_a_window,
    beside_a_dark_edge,
    ruled,
    note_on_a_desk,
    desk_on_two_sides,
    dark_figure,
    glaring,
    patterned,
]


def read_all(predictor, pictures):
    """The digit read in each picture, -1 where it is refused."""
    images = np.stack([find_best(predictor, Image.fromarray(picture)).image for picture in pictures])
    answers = predict(predictor, images)
    return np.where(answers.accepted, answers.probabilities.argmax(axis=1), -1)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("noise", [0, 3])
def test_what_surrounds_a_digit_is_no_part_of_it(predictor, scene, noise):
    random = np.random.default_rng(1)
    pictures = [scene(digit) + random.normal(0, noise, scene(digit).shape) for digit in range(10)]
    read = read_all(predictor, [np.clip(picture, 0, 255).astype(np.uint8) for picture in pictures])
    assert (read == np.arange(10)).sum() >= 8


@pytest.mark.parametrize(
    ("plain", "other", "expected"), [(0.5, 0.03, 0), (0.5, 0.009, 1), (0.5, 0.4, 1), (0.03, 0.03, 1)]
)
def test_what_only_another_way_takes_for_a_digit_must_be_surer(monkeypatch, plain, other, expected):
    """Of doubts up to 0.04 all are accepted; the plain way is less sure than the other one in each case."""
    ways = [FoundDigit(np.full((28, 28), number, np.float32), Frame(0.5, 0.5, 1.0, 1.0), ()) for number in (0, 1)]
    monkeypatch.setattr(pictures, "find_candidates", lambda *_: iter(ways))

    class Doubting:
        calibration = Calibration(limit=0.04)

        def predict_logits(self, images):
            doubt = np.where(images.any(axis=(1, 2)), other, plain)
            ten = np.where(np.arange(10) == 3, np.where(images.any(axis=(1, 2)), 50.0, 0.5)[:, None], 0.0)
            eleventh = np.log(np.exp(ten).sum(axis=1)) + np.log(doubt / (1 - doubt))
            return np.column_stack([ten, eleventh]).astype(np.float32)

    assert find_best(Doubting(), Image.new("L", (28, 28))) is ways[expected]


def test_the_frame_lies_around_what_was_found(predictor):
    found = find_best(predictor, Image.fromarray(note_on_a_desk(3)))
    assert [step.name for step in found.steps] == ["grey", "sheet", "ink", "image"]
    assert (found.frame.x, found.frame.y) == pytest.approx((0.5, 0.5), abs=0.03)
    assert 0.1 < found.frame.height < 0.25


def test_a_frame_drawn_by_hand_bounds_the_search(predictor):
    two = np.concatenate([page(4), page(7)], axis=1)
    right = Frame(0.75, 0.25, 0.4, 0.4)
    found = find_best(predictor, Image.fromarray(two), right)
    assert found.frame == right
    assert predict(predictor, found.image[None]).probabilities.argmax() == 7


# ---- damages ----


@pytest.fixture(scope="module")
def some_digits(sample):
    x, y = sample
    return x[7::100], y[7::100]


@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_digits_are_read(predictor, some_digits, kind):
    pictures, labels = some_digits
    right = 0
    for seed, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        found = find_best(predictor, Image.fromarray(damage(kind, picture, seed)))
        right += predict(predictor, found.image[None]).probabilities.argmax() == label
    assert right >= 0.8 * len(labels)


# ---- nothing to read ----


def specks():
    random = np.random.default_rng(0)
    pixels = np.full((400, 400), 240, np.uint8)
    pixels[random.integers(0, 400, 1000), random.integers(0, 400, 1000)] = 20
    return pixels


def ruler_line():
    return cv2.line(np.full((300, 500), 240, np.uint8), (0, 150), (499, 155), 30, 4)


def text():
    lines = np.full((400, 400), 245, np.uint8)
    for y in range(30, 400, 24):
        cv2.putText(lines, "the quick brown fox jumps over", (5, y), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30)
    return lines


def empty_box():
    return cv2.rectangle(np.full((400, 400), 240, np.uint8), (50, 50), (350, 350), 20, 4)


def blank_photo(side=300):
    light = np.linspace(100, 200, side) + np.linspace(0, 40, side)[:, None]
    return np.clip(light + np.random.default_rng(0).normal(0, 4, light.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("make", [specks, ruler_line, text, empty_box, blank_photo, lambda: blank_photo(28)])
def test_what_is_no_digit_is_not_taken_for_one(predictor, make):
    try:
        read = read_all(predictor, [make()])
    except PictureError:
        return
    assert read == -1
