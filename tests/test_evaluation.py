"""Figures equal what a hand or a slower way computes."""

import itertools

import numpy as np
import pytest
from fixtures_models import sample_images, stored_linear

from mnist_core import evaluation
from mnist_core.dataset import load_sample
from mnist_core.evaluation import (
    PreparedSet,
    auroc,
    confusion_matrix,
    evaluate,
    evaluate_outliers,
    expected_calibration_error,
    per_class,
    prepare_images,
    wilson_interval,
)
from mnist_core.inference import LiteRTPredictor
from mnist_core.ink import check_ink, render_ink
from mnist_core.labelled import LabelledSet
from mnist_core.picture import picture_to_image


class Oracle:
    """Answers with chosen probabilities: image i must be filled with i / 100."""

    def __init__(self, probabilities):
        self.logits = np.log(np.maximum(np.asarray(probabilities, np.float64), 1e-30))

    def predict_logits(self, images):
        return self.logits[np.rint(images[:, 0, 0] * 100).astype(int)]


def row(label, probability):
    """This probability for one label, the rest shared by the nine others."""
    return [probability if other == label else (1 - probability) / 9 for other in range(10)]


def measure(probabilities, labels, readable=None):
    images = np.ones((len(labels), 28, 28), np.float32) * (np.arange(len(labels)) / 100)[:, None, None]
    readable = np.ones(len(labels), bool) if readable is None else np.array(readable)
    return evaluate(Oracle(probabilities), PreparedSet(images, np.array(labels), readable))


# Figures of a model


def test_certain_and_right_answers_are_perfect():
    figures = measure([row(3, 1), row(5, 1)], [3, 5])
    assert (figures["accuracy"], figures["error_count"], figures["accepted"]) == (1, 0, 1)
    assert [figures[name] for name in ("nll", "brier", "ece")] == pytest.approx([0, 0, 0], abs=1e-9)


def test_likelihood_and_brier_score_by_hand():
    figures = measure([[0.5, 0.5, *[0] * 8], [0.25, 0.75, *[0] * 8]], [0, 0])
    assert figures["nll"] == pytest.approx((np.log(2) + np.log(4)) / 2)
    assert figures["brier"] == pytest.approx(((0.25 + 0.25) + (0.5625 + 0.5625)) / 2)


def test_ten_equal_probabilities_have_known_figures():
    figures = measure([np.full(10, 0.1)], [4])
    assert figures["nll"] == pytest.approx(np.log(10))
    assert figures["brier"] == pytest.approx(0.9)


def test_an_impossible_truth_has_a_finite_likelihood():
    assert 20 < measure([row(3, 1)], [5])["nll"] < 100


def test_calibration_error_of_a_model_by_hand():
    # All four are 80 % sure and three are right: |0.8 - 0.75|.
    figures = measure([row(1, 0.8)] * 4, [1, 1, 1, 2])
    assert figures["ece"] == pytest.approx(0.05)
    assert (figures["accuracy"], figures["error_count"]) == (0.75, 1)


def test_unreadable_samples_are_errors_and_not_accepted():
    figures = measure([row(3, 1), row(5, 1), row(7, 1), row(8, 1)], [3, 5, 7, 8], [True, True, False, False])
    assert (figures["num_samples"], figures["accuracy"], figures["error_count"]) == (4, 0.5, 2)
    assert figures["accepted"] == 0.5
    assert figures["nll"] == pytest.approx(np.log(10) / 2)
    assert figures["ece"] == pytest.approx(0.05)
    assert np.sum(figures["confusion_matrix"]) == 2
    assert figures["per_class"][7]["recall"] == 0


def test_a_trained_model_has_figures_that_agree_with_each_other():
    labels = load_sample()[1][::5].astype(np.int64)
    figures = evaluate(LiteRTPredictor(stored_linear()), PreparedSet(sample_images(), labels, np.ones(1000, bool)))
    assert figures["accuracy"] > 0.7
    assert np.trace(figures["confusion_matrix"]) == 1000 - figures["error_count"]
    assert [entry["num_samples"] for entry in figures["per_class"]] == [100] * 10


# Parts


def test_confusion_matrix_has_true_labels_in_rows_and_predictions_in_columns():
    expected = np.zeros((10, 10), int)
    expected[1, 7] = 2
    expected[4, 4] = 1
    expected[9, 4] = 1
    np.testing.assert_array_equal(confusion_matrix(np.array([1, 1, 4, 9]), np.array([7, 7, 4, 4])), expected)


def test_confusion_matrix_of_nothing_is_zero():
    empty = np.zeros(0, np.int64)
    np.testing.assert_array_equal(confusion_matrix(empty, empty), np.zeros((10, 10)))


def test_precision_and_recall_by_hand():
    entry = per_class(np.array([1, 1, 1, 7]), np.array([1, 1, 7, 1]))[1]
    assert entry == {"label": 1, "num_samples": 3, "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3}


def test_what_cannot_be_divided_is_none():
    entries = per_class(np.array([1]), np.array([2]))
    assert (entries[1]["precision"], entries[1]["recall"]) == (None, 0)
    assert (entries[2]["precision"], entries[2]["recall"]) == (0, None)
    assert (entries[5]["precision"], entries[5]["recall"], entries[5]["f1"]) == (None, None, None)


@pytest.mark.parametrize(
    ("confidence", "correct", "expected"),
    [
        ([1.0, 1.0], [True, True], 0),
        ([1.0, 1.0], [False, False], 1),
        ([0.95, 0.95, 0.5, 0.5], [True, True, True, False], 0.025),
        ([0.9, 0.3], [False, True], 0.8),
        ([0.61, 0.65], [True, False], 0.13),
    ],
)
def test_calibration_error_by_hand(confidence, correct, expected):
    assert expected_calibration_error(np.array(confidence), np.array(correct)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("positives", "negatives", "expected"),
    [([2, 3], [0, 1], 1), ([0, 1], [2, 3], 0), ([1, 1], [1, 1], 0.5), ([1, 3], [2], 0.5), ([1, 2], [1, 0], 0.875)],
)
def test_auroc_by_hand(positives, negatives, expected):
    assert auroc(np.array(positives), np.array(negatives)) == expected


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_the_share_of_pairs_in_order(seed):
    generator = np.random.default_rng(seed)
    positives, negatives = generator.integers(2, 12, 37), generator.integers(0, 10, 53)
    pairs = [(p > n) + (p == n) / 2 for p, n in itertools.product(positives.tolist(), negatives.tolist())]
    assert auroc(positives, negatives) == pytest.approx(sum(pairs) / len(pairs))


@pytest.mark.parametrize(
    ("hits", "num_samples", "expected"),
    [(20, 20, (0.8389, 1.0)), (0, 20, (0.0, 0.1611)), (50, 100, (0.4038, 0.5962)), (1, 1, (0.2065, 1.0))],
)
def test_wilson_interval_has_its_published_values(hits, num_samples, expected):
    assert wilson_interval(hits, num_samples) == pytest.approx(expected, abs=1e-4)


def test_confidence_that_tells_outliers_apart_has_an_auroc_of_one():
    oracle = Oracle([row(1, 0.9), row(2, 0.8), row(3, 0.3), row(4, 0.2)])
    images = np.ones((4, 28, 28), np.float32) * np.array([0, 0.01, 0.02, 0.03], np.float32)[:, None, None]
    digits, outliers = (PreparedSet(part, np.zeros(2, np.int64), np.ones(2, bool)) for part in (images[:2], images[2:]))
    assert evaluate_outliers(oracle, digits, outliers) == {"auroc": 1, "accepted": 1}
    assert evaluate_outliers(oracle, outliers, digits)["auroc"] == 0


def test_outliers_that_cannot_be_read_are_not_accepted():
    oracle = Oracle([row(1, 0.9)])
    digits = PreparedSet(np.zeros((2, 28, 28), np.float32), np.ones(2, np.int64), np.ones(2, bool))
    outliers = PreparedSet(digits.images, digits.labels, np.array([False, True]))
    assert evaluate_outliers(oracle, digits, outliers) == {"auroc": 0.75, "accepted": 0.5}


# The road from samples to images

INK = [np.array([[0, 0], [0, 50], [2, 90]], np.float32)]


def pictures(samples):
    return LabelledSet("made up", "pictures", samples, np.arange(len(samples)))


def test_pictures_can_be_fed_as_they_are():
    x, _ = load_sample()
    prepared = prepare_images(pictures(x[:3]), as_is=True)
    np.testing.assert_array_equal(prepared.images, x[:3].astype(np.float32) / 255)
    assert prepared.images.dtype == np.float32
    assert prepared.readable.all()


def test_pictures_take_the_road_of_an_upload():
    x, _ = load_sample()
    large = np.pad(x[[0, 700]].repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (5, 40), (0, 20)))
    prepared = prepare_images(pictures(large))
    np.testing.assert_array_equal(prepared.images, [picture_to_image(sample) for sample in large])


def test_ink_takes_the_road_of_a_drawing():
    prepared = prepare_images(LabelledSet("made up", "ink", [INK], np.array([1])))
    np.testing.assert_array_equal(prepared.images[0], render_ink(check_ink(INK)))


@pytest.mark.parametrize(
    "labelled",
    [
        LabelledSet("made up", "ink", [INK, []], np.array([1, 2])),
        pictures(np.stack([load_sample()[0][0], np.zeros((28, 28), np.uint8)])),
    ],
    ids=["ink", "pictures"],
)
def test_samples_without_ink_are_unreadable_and_blank(labelled):
    prepared = prepare_images(labelled)
    assert prepared.readable.tolist() == [True, False]
    assert prepared.images[0].max() > 0.5
    assert not prepared.images[1].any()


@pytest.mark.parametrize(
    "labelled",
    [LabelledSet("made up", "ink", [INK], np.array([1])), pictures(np.zeros((2, 28, 30), np.uint8))],
    ids=["ink", "another size"],
)
def test_only_pictures_of_the_right_size_can_be_fed_as_they_are(labelled):
    with pytest.raises(ValueError, match="made up"):
        prepare_images(labelled, as_is=True)


def test_a_programming_error_is_not_taken_for_an_unreadable_sample(monkeypatch):
    monkeypatch.setattr(evaluation, "picture_to_image", lambda picture: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prepare_images(pictures(np.zeros((1, 28, 28), np.uint8)))
