"""A visitor's own drawings become training data, and a part of them judges."""

import numpy as np
import pytest

from mnist_core.data.own_drawings import OwnDrawings, old_digits
from mnist_core.errors import DataError


@pytest.fixture
def draw(sample):
    images, labels = sample

    def draw(per_digit, digits=range(10), mix=False):
        chosen = np.concatenate([np.flatnonzero(labels == digit)[:per_digit] for digit in digits])
        return OwnDrawings(images[chosen], labels[chosen], mix)

    return draw


def as_set(images):
    return {image.tobytes() for image in images}


@pytest.mark.parametrize(("per_digit", "held_out"), [(2, 1), (5, 1), (10, 2)])
def test_a_part_of_each_digit_is_held_out(draw, per_digit, held_out):
    data = draw(per_digit).split()
    assert np.bincount(data.y_validation).tolist() == [held_out] * 10
    assert not as_set(data.x_train) & as_set(data.x_validation)
    assert len(as_set(data.x_train)) == 10 * (per_digit - held_out)
    assert len(data.x_train) >= 2000


def test_old_digits_are_mixed_in_and_others_show_what_is_forgotten(draw, sample):
    data, (old, labels) = draw(2, mix=True).split(), old_digits()
    assert len(data.x_train) >= 6000
    assert not as_set(data.x_train) & as_set(old)
    assert len(labels) == pytest.approx(1000, abs=10)


def test_they_come_back_from_disk(draw, tmp_path):
    drawings = draw(2, mix=True)
    drawings.write(tmp_path / "own.npz")
    assert OwnDrawings.read(tmp_path / "own.npz").split().digest == drawings.split().digest


FEW = [(20, [3], "different digits"), (1, range(10), "two"), (4, [3, 4], "10 to 500")]


@pytest.mark.parametrize(("per_digit", "digits", "words"), FEW)
def test_too_few_are_refused(draw, per_digit, digits, words):
    with pytest.raises(DataError, match=words):
        draw(per_digit, digits)


def test_of_a_class_what_others_drew_is_held_out(draw, tmp_path, sample):
    own, others = draw(2), draw(3)
    drawings = OwnDrawings(own.images, own.labels, held_out=(others.images[20:], others.labels[20:]))
    drawings.write(tmp_path / "class.npz")
    data = OwnDrawings.read(tmp_path / "class.npz").split()
    assert as_set(data.x_train) == as_set(own.images)
    assert np.array_equal(data.y_validation, others.labels[20:])


@pytest.mark.parametrize(("digits", "num_held_out", "words"), [([3], 5, "different digits"), (range(10), 0, "tests")])
def test_too_little_of_a_class_is_refused(digits, num_held_out, words, sample):
    images, labels = (array[np.isin(sample[1], list(digits))][::25] for array in sample)
    with pytest.raises(DataError, match=words):
        OwnDrawings(images, labels, held_out=(images[:num_held_out], labels[:num_held_out]))
