"""Figures equal what a hand or a slower way computes."""

import itertools

import numpy as np
import pytest
from support.models import sample_images, stored_linear
from support.oracle import DOUBTS, Oracle, numbered, row

from mnist_core.data import prepared
from mnist_core.data.labelled import LabelledInk, LabelledPictures
from mnist_core.data.pendigits import PenInk
from mnist_core.data.prepared import PreparedSet, prepare_images, prepare_ink
from mnist_core.data.sample import load_sample
from mnist_core.evaluation.metrics import (
    auroc,
    confusion_matrix,
    evaluate,
    evaluate_outliers,
    expected_calibration_error,
    per_class,
    reliability,
    stated_minus_true,
)
from mnist_core.evaluation.statistics import wilson_interval
from mnist_core.models.calibration import softmax
from mnist_core.models.inference import LiteRTPredictor
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.preprocessing.picture import picture_to_image


def measure(probabilities, labels, readable=None, **calibration):
    return evaluate(Oracle(probabilities, **calibration), numbered(labels, readable=readable))


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


@pytest.mark.parametrize("label", range(10))
def test_no_digit_is_read_where_nothing_can_be_read(label):
    """All ten are alike then, and none of them is the answer."""
    figures = measure([row(label, 1)], [label], [False])
    assert (figures["accuracy"], figures["per_class"][label]["recall"]) == (0, 0)


def test_only_images_within_the_limit_are_accepted():
    """Without an eleventh output the doubt is what the most probable digit leaves."""
    figures = measure([row(3, 0.9), row(5, 0.6), row(7, 0.4), row(8, 0.95)], [3, 5, 7, 1], limit=0.5)
    assert (figures["accepted"], figures["accuracy"]) == (0.75, 0.75)


def test_figures_are_those_of_calibrated_answers_and_say_what_they_were_before():
    probabilities, labels = [row(3, 0.9), row(5, 0.6)], [3, 4]
    bare, told = measure(probabilities, labels), measure(probabilities, labels, temperature=2)
    calibrated = softmax(np.log(probabilities) / 2)
    assert told["nll"] == pytest.approx(-np.log(calibrated[[0, 1], labels]).mean())
    assert told["brier"] == pytest.approx(((calibrated - np.eye(10)[labels]) ** 2).sum() / 2)
    assert told["uncalibrated"] == pytest.approx({name: bare[name] for name in ("nll", "brier")})
    assert bare["uncalibrated"] == {name: bare[name] for name in ("nll", "brier")}
    assert told["error_count"] == bare["error_count"] == 1


def test_a_model_that_is_always_sure_and_sometimes_wrong_is_infinitely_unlikely():
    figures = measure([row(3, 0.5)] * 8, [3] * 6 + [4] * 2)
    assert figures["certain"] == {"nll": None, "brier": 0.5}
    assert measure([row(3, 1)] * 8, [3] * 6 + [4] * 2)["brier"] == pytest.approx(0.5)


def test_a_model_that_is_always_sure_and_right_is_perfect():
    assert measure([row(3, 0.5)], [3])["certain"] == {"nll": 0, "brier": 0}


def test_what_is_stated_is_compared_with_what_is_true():
    figures = measure([row(3, 0.97)] * 4 + [row(5, 0.995)], [3, 3, 3, 4, 5])
    assert [entry["num_samples"] for entry in figures["reliability"]] == [4, 1]
    assert (figures["below_99"]["num_samples"], figures["below_99"]["difference"]) == (4, pytest.approx(0.22))


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


@pytest.mark.parametrize(
    ("confidence", "low", "high"),
    [(0.1, 0, 0.4), (0.4, 0.4, 0.5), (0.6999, 0.6, 0.7), (0.9, 0.9, 0.95), (0.98, 0.95, 0.99), (0.99, 0.99, 0.999)],
)
def test_an_answer_counts_in_the_bin_that_holds_its_confidence(confidence, low, high):
    (entry,) = reliability(np.array([confidence]), np.array([True]))
    assert (entry["low"], entry["high"], entry["num_samples"]) == (low, high, 1)


def test_certain_answers_are_in_the_last_bin():
    (entry,) = reliability(np.array([0.9995, 1.0]), np.array([True, True]))
    assert (entry["low"], entry["high"], entry["num_samples"]) == (0.999, 1, 2)


def test_bins_of_reliability_by_hand():
    bins = reliability(np.array([0.96, 0.55, 0.98, 0.97, 0.97, 0.59]), np.array([1, 0, 1, 0, 1, 1], bool))
    assert [(entry["low"], entry["num_samples"]) for entry in bins] == [(0.5, 2), (0.95, 4)]
    assert [entry["stated"] for entry in bins] == pytest.approx([0.57, 0.97])
    assert [entry["true"] for entry in bins] == [0.5, 0.75]
    assert [entry["interval"] for entry in bins] == [list(wilson_interval(1, 2)), list(wilson_interval(3, 4))]


@pytest.mark.parametrize("seed", range(3))
def test_every_answer_is_in_one_bin(seed):
    confidence = np.random.default_rng(seed).uniform(0.1, 1, 500)
    bins = reliability(confidence, confidence > 0.3)
    assert sum(entry["num_samples"] for entry in bins) == 500
    assert sum(entry["stated"] * entry["num_samples"] for entry in bins) == pytest.approx(confidence.sum())
    assert all(entry["low"] <= entry["stated"] <= entry["high"] for entry in bins)


def test_stated_minus_true_by_hand():
    """Gaps of -0.1, -0.2, -0.3 and 0.6; two answers are too sure to count."""
    found = stated_minus_true(np.array([0.9, 0.8, 0.7, 0.6, 0.99, 1]), np.array([1, 1, 1, 0, 0, 0], bool))
    deviation = np.std([-0.1, -0.2, -0.3, 0.6], ddof=1)
    assert (found["num_samples"], found["difference"]) == (4, pytest.approx(0))
    assert found["interval"] == pytest.approx([-1.959964 * deviation / 2, 1.959964 * deviation / 2])


def test_boasting_is_above_zero_and_modesty_below():
    confidence = np.full(100, 0.7)
    boasting, modest = (stated_minus_true(confidence, np.arange(100) < hits) for hits in (40, 95))
    assert boasting["difference"] == pytest.approx(0.3)
    assert boasting["interval"][0] > 0
    assert modest["interval"][1] < 0


@pytest.mark.parametrize("confidence", [[], [0.99, 1.0], [0.5, 0.999]])
def test_fewer_than_two_doubts_have_no_interval(confidence):
    found = stated_minus_true(np.array(confidence), np.ones(len(confidence), bool))
    assert found == {"num_samples": sum(share < 0.99 for share in confidence), "difference": None, "interval": None}


# Outliers


def test_doubt_that_tells_outliers_apart_has_an_auroc_of_one():
    (told,) = evaluate_outliers(Oracle(DOUBTS), {"ours": numbered([1, 2])}, numbered([0, 0], first=2))
    assert told == {"label": None, "num_samples": 2, "accepted": 1, "auroc": {"ours": 1}}
    (turned,) = evaluate_outliers(Oracle(DOUBTS), {"ours": numbered([3, 4], first=2)}, numbered([0, 0]))
    assert turned["auroc"] == {"ours": 0}


def test_outliers_are_told_from_each_set_of_digits():
    digits = {"first": numbered([1]), "second": numbered([2], first=1), "last": numbered([4], first=3)}
    (told,) = evaluate_outliers(Oracle(DOUBTS), digits, numbered([0, 0], first=1))
    assert told["auroc"] == {"first": 1, "second": 0.75, "last": 0}


def test_outliers_beyond_the_limit_are_not_accepted():
    (told,) = evaluate_outliers(Oracle(DOUBTS, limit=0.5), {}, numbered([0] * 4))
    assert told["accepted"] == 0.5


def test_outliers_that_cannot_be_read_are_not_accepted():
    outliers = numbered([0, 0], readable=[False, True])
    (told,) = evaluate_outliers(Oracle([row(1, 0.9)] * 2), {"ours": numbered([1, 1])}, outliers)
    assert (told["accepted"], told["auroc"]) == (0.5, {"ours": 0.75})


def test_digits_that_cannot_be_read_are_doubted_most():
    digits = {"ours": numbered([1, 1], readable=[False, True])}
    (told,) = evaluate_outliers(Oracle(DOUBTS), digits, numbered([0], first=3))
    assert told["auroc"] == {"ours": 0.5}


def test_each_class_of_outliers_has_a_row():
    rows = evaluate_outliers(Oracle(DOUBTS, limit=0.5), {"ours": numbered([1])}, numbered([7, 60, 60, 7]))
    assert [(told["label"], told["num_samples"], told["accepted"]) for told in rows] == [
        (None, 4, 0.5),
        (7, 2, 0.5),
        (60, 2, 0.5),
    ]
    assert [told["auroc"]["ours"] for told in rows] == [0.875, 0.75, 1]


def test_lookalikes_count_for_themselves_alone():
    """A slash is a 1 in some hand: that it is taken for one says nothing of the others."""
    rows = evaluate_outliers(Oracle(DOUBTS, limit=0.5), {}, numbered([47, 45, 60, 61]), lookalikes=(47, 45))
    assert [(told["label"], told["num_samples"], told["accepted"]) for told in rows] == [
        (None, 2, 0),
        (45, 1, 1),
        (47, 1, 1),
        (60, 1, 0),
        (61, 1, 0),
    ]


@pytest.mark.parametrize("labels", [[47], [47, 45], []], ids=["one kind", "two kinds", "nothing"])
def test_without_others_than_lookalikes_there_is_nothing_to_measure_of_them(labels):
    rows = evaluate_outliers(Oracle(DOUBTS), {"ours": numbered([1])}, numbered(labels), lookalikes=(47, 45))
    assert rows[0] == {"label": None, "num_samples": 0, "accepted": None, "auroc": {"ours": None}}
    assert [told["label"] for told in rows[1:]] == sorted(labels)
    assert all(told["auroc"]["ours"] is not None for told in rows[1:])


def test_the_eleventh_output_tells_outliers_apart_and_not_the_confidence():
    class Sure(Oracle):
        """Gives every image 99 % for one digit, and more or less to the eleventh output."""

        def predict_logits(self, images):
            ten = np.tile([5.0, *[0.0] * 9], (len(images), 1))
            return np.concatenate([ten, images[:, :1, 0] * 100], axis=1)

    (told,) = evaluate_outliers(Sure(DOUBTS, limit=0.5), {"ours": numbered([1, 1])}, numbered([0, 0], first=10))
    assert told == {"label": None, "num_samples": 2, "accepted": 0, "auroc": {"ours": 1}}


# The road from samples to images

INK = [np.array([[0, 0], [0, 50], [2, 90]], np.float32)]


def pictures(samples):
    return LabelledPictures("made up", samples, np.arange(len(samples)))


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
    prepared = prepare_images(LabelledInk("made up", [INK], np.array([1])))
    np.testing.assert_array_equal(prepared.images[0], render_ink(check_ink(INK)))


def test_pen_ink_takes_the_same_road():
    prepared = prepare_ink(PenInk([INK, []], np.array([1, 2]), np.array([3, 3])))
    np.testing.assert_array_equal(prepared.images[0], render_ink(check_ink(INK)))
    assert prepared.labels.tolist() == [1, 2]
    assert prepared.readable.tolist() == [True, False]


@pytest.mark.parametrize(
    "labelled",
    [
        LabelledInk("made up", [INK, []], np.array([1, 2])),
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
    [LabelledInk("made up", [INK], np.array([1])), pictures(np.zeros((2, 28, 30), np.uint8))],
    ids=["ink", "another size"],
)
def test_only_pictures_of_the_right_size_can_be_fed_as_they_are(labelled):
    with pytest.raises(ValueError, match="made up"):
        prepare_images(labelled, as_is=True)


def test_a_programming_error_is_not_taken_for_an_unreadable_sample(monkeypatch):
    monkeypatch.setattr(prepared, "picture_to_image", lambda picture: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prepare_images(pictures(np.zeros((1, 28, 28), np.uint8)))
