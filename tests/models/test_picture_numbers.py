"""Numbers on pictures are read from left to right, and each digit has its place."""

import numpy as np
import pytest
from PIL import Image
from support.library import SHIPPED
from support.numbers import write_on_paper
from support.server import as_png, sample_digit

from mnist_core.models.inference import LiteRTPredictor
from mnist_core.models.pictures import find_number, read_picture, read_pictures
from mnist_core.preprocessing.picture import Frame


@pytest.fixture(scope="module")
def predictor():
    return LiteRTPredictor(SHIPPED)


def read_number(predictor, paper, frame=None):
    _, number = read_picture(predictor, Image.fromarray(paper), frame)
    return number and number.reading.text


@pytest.mark.parametrize("text", ["10", "11", "100", "2026", "31415", "904"])
def test_a_number_is_read_from_left_to_right(predictor, text):
    assert read_number(predictor, write_on_paper(text)[0]) == text


@pytest.mark.parametrize(
    "options", [{"slope": 0.15}, {"sizes": (1, 0.7, 1, 0.8)}, {"gap": 0.02}, {"side": 40, "pen": 4, "margin": 20}]
)
def test_a_number_may_slant_differ_in_size_be_close_or_small(predictor, options):
    assert read_number(predictor, write_on_paper("2038", **options)[0]) == "2038"


@pytest.mark.parametrize("text", ["800", "960", "88"])
def test_digits_may_touch(predictor, text):
    assert read_number(predictor, write_on_paper(text, gap=-0.02)[0]) == text


def test_a_number_is_read_on_patterned_and_noisy_paper(predictor):
    def read_again(text):
        paper, _ = write_on_paper(text, side=45, pen=5, margin=15)
        rows, columns = np.indices(paper.shape)
        pattern = 12 * np.sin(columns / 2 + rows / 5) + np.random.default_rng(0).normal(0, 6, paper.shape)
        return read_number(predictor, np.clip(paper * 0.8 + pattern, 0, 255).astype(np.uint8))

    texts = ("1947", "2038", "3651", "4720", "5382", "6149", "7406", "8265", "9518", "2746")
    assert sum(read_again(text) == text for text in texts) >= 9


def test_a_frame_bounds_the_number(predictor):
    paper, boxes = write_on_paper("4720", gap=0.5)
    longest, (height, width) = max(paper.shape), paper.shape
    right = boxes[2][0] - 20
    frame = Frame((right + width) / 2 / longest, height / 2 / longest, (width - right) / longest, height / longest)
    assert read_number(predictor, paper, frame) == "20"


def test_each_digit_of_a_number_has_its_place_on_the_picture(predictor):
    paper, boxes = write_on_paper("2026", gap=0.4)
    number = find_number(predictor, Image.fromarray(paper))
    found = [[length * max(paper.shape) for length in frame.box] for frame in number.frames]
    np.testing.assert_allclose(found, boxes, atol=15)  # the pen's width


@pytest.mark.parametrize("digit", range(10))
def test_a_single_digit_is_no_number(predictor, digit):
    assert read_number(predictor, write_on_paper(str(digit))[0]) is None
    assert read_number(predictor, np.kron(255 - np.pad(sample_digit(digit), 8), np.ones((5, 5), np.uint8))) is None


def test_the_form_of_a_number(predictor, tmp_path):
    paper, boxes = write_on_paper("2026", side=400, pen=30, margin=150)
    (tmp_path / "a.png").write_bytes(as_png(paper))
    (reading,) = read_pictures(predictor, [tmp_path])
    plain = reading.as_dict()
    assert (plain["number"], plain["label"], plain["verdict"], plain["probabilities"]) == ("2026", None, None, None)
    assert [digit["label"] for digit in plain["digits"]] == [2, 0, 2, 6]
    assert {digit["verdict"] for digit in plain["digits"]} == {"sure"}
    assert all(sum(digit["probabilities"]) == pytest.approx(1) for digit in plain["digits"])
    np.testing.assert_allclose([digit["box"] for digit in plain["digits"]], boxes, atol=40)  # the pen's width
    (single,) = read_pictures(predictor, [tmp_path], single=True)
    assert (single.number, single.as_dict()["digits"], single.error) == (None, None, None)
    assert single.verdict is not None
