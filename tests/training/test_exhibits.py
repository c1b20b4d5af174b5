"""What is shown of a network says what its logits say."""

import numpy as np
import pytest
from support.models import small_data

from mnist_core.training.exhibits import Exhibits, describe_filters, describe_reading


def test_the_images_are_always_the_same_and_hold_two_of_each_digit():
    first, second = Exhibits.choose(small_data()), Exhibits.choose(small_data())
    assert np.array_equal(first.images, second.images)
    assert first.describe()["labels"] == np.repeat(np.arange(10), 2).tolist()


def test_logits_that_are_right_have_no_loss_and_fill_the_diagonal():
    exhibits = Exhibits.choose(small_data())
    logits = 50 * np.eye(10)[exhibits.labels]
    judged = exhibits.judge(logits)
    assert (judged["loss"], judged["accuracy"]) == (0.0, 1.0)
    assert np.trace(judged["confusion"]) == len(exhibits.labels)
    assert judged["predictions"] == exhibits.describe()["labels"]


def test_a_network_that_knows_nothing_loses_the_logarithm_of_ten():
    exhibits = Exhibits.choose(small_data())
    assert exhibits.judge(np.zeros((len(exhibits.labels), 10)))["loss"] == pytest.approx(np.log(10), abs=1e-4)


def test_an_eleventh_logit_is_no_digit():
    exhibits = Exhibits.choose(small_data())
    logits = np.concatenate([np.eye(10)[exhibits.labels], np.full((len(exhibits.labels), 1), 9.0)], axis=1)
    assert exhibits.judge(logits)["accuracy"] == 1.0


def test_filters_are_those_of_a_convolution_or_of_all_pixels():
    assert describe_filters(np.zeros((5, 5, 1, 16)))["side"] == 5
    dense = describe_filters(np.zeros((784, 512)))
    assert (dense["count"], dense["side"]) == (32, 28)
    assert describe_filters(np.zeros((3, 3, 8, 16))) is None
    assert describe_filters(np.zeros((100, 10))) is None


def test_a_reading_is_a_verdict():
    reading = describe_reading(np.eye(10)[4] * 20)
    assert reading["verdict"] == {"kind": "sure", "labels": [4]}
    assert sum(reading["probabilities"]) == pytest.approx(1, abs=1e-5)
