"""Filters, orders and counts agree with a plain loop over the samples; summaries agree with numpy's."""

import dataclasses
import itertools
import json
import math

import numpy as np
import pytest

from mnist_core.browse.answers import Answers
from mnist_core.browse.catalogue import (
    Catalogue,
    count_choices,
    describe_crowd,
    find_suspects,
    measure_moments,
    select_samples,
)
from mnist_core.browse.query import SORT_KEYS, Query
from mnist_core.data.sample import load_sample
from mnist_core.data.splits import NO_LABEL, Split
from mnist_core.errors import QueryError
from mnist_core.models.predictions import SURE, Predictions
from mnist_core.preprocessing.ink import check_ink, render_ink

NUM = 400


def made_up(labelled=True, answered=True, known=True):
    """Sample images with labels, of which some are missing, and with made-up answers and facts."""
    generator, (x, y) = np.random.default_rng(0), load_sample()
    chosen = generator.permutation(5000)[:NUM]
    labels = (
        np.where(generator.random(NUM) < 0.1, NO_LABEL, y[chosen].astype(int)) if labelled else np.full(NUM, NO_LABEL)
    )
    logits = generator.normal(0, 2, (NUM, 10))
    logits[np.arange(NUM), y[chosen]] += 5
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    accepted = generator.random(NUM) < 0.8
    predictions = Predictions(probabilities, np.where(accepted, 0.0, 0.5), accepted)
    places = generator.uniform(-1, 1, (NUM, 2)).astype(np.float32)
    places[generator.random(NUM) < 0.2] = np.nan
    nothing = np.empty(0, np.int64)
    return Catalogue(
        Split("some", "mnist", x[chosen], labels.astype(np.int64), nothing, nothing),
        generator.random(NUM) < 0.4,
        Answers(predictions, np.zeros((NUM, 2), np.float32), 1.0, np.zeros((NUM, 2), np.float32)) if answered else None,
        generator.integers(0, NUM, (30, 2)) if known else None,
        places if known else None,
    )


SOME = made_up()
SUSPECTED = find_suspects(SOME.labels, SOME.answers.predictions, SOME.seen)
FILTERS = [
    {"label": (3,)},
    {"label": (0, 7, 9)},
    {"predicted": (1,)},
    {"predicted": (2, 3, 4, 5)},
    {"right": True},
    {"right": False},
    {"seen": True},
    {"seen": False},
    {"low": 0.9},
    {"high": 0.6},
    {"low": 0.4, "high": 0.8},
    {"low": 0.9, "high": 0.4},
    {"high": 0.0},
    {"refused": True},
    {"refused": False},
    {"ambiguous": True},
    {"ambiguous": False},
    {"suspected": True},
    {"suspected": False},
    {"duplicates": True},
    {"duplicates": False},
    {"box": (-0.5, -1.0, 0.25, 0.0)},
]


def fits(query, index, catalogue=SOME):
    """Whether one sample is asked for, thought out one by one."""
    label = int(catalogue.labels[index])
    probabilities = catalogue.answers.predictions.probabilities[index].tolist()
    confidence, accepted = max(probabilities), bool(catalogue.answers.predictions.accepted[index])
    predicted = probabilities.index(confidence)
    x, y = catalogue.places[index].tolist()
    left, top, right, bottom = query.box or (0, 0, 0, 0)
    return all(
        (
            query.label is None or label in query.label,
            query.predicted is None or predicted in query.predicted,
            query.right is None or (label != NO_LABEL and (label == predicted) is query.right),
            query.seen is None or bool(catalogue.seen[index]) is query.seen,
            query.low is None or confidence >= query.low,
            query.high is None or confidence <= query.high,
            query.refused is None or accepted is not query.refused,
            query.ambiguous is None or (accepted and confidence < 0.8) is query.ambiguous,
            query.suspected is None or bool(SUSPECTED[index]) is query.suspected,
            query.duplicates is None or (index in catalogue.duplicates) is query.duplicates,
            query.box is None or (left <= x <= right and top <= y <= bottom),
        )
    )


def select_one_by_one(query):
    return [index for index in range(NUM) if fits(query, index)]


# Filters


@pytest.mark.parametrize("values", FILTERS, ids=str)
def test_a_filter_leaves_what_it_says(values):
    chosen = select_samples(SOME, Query(**values))
    assert chosen.tolist() == select_one_by_one(Query(**values))
    assert chosen.dtype == np.int64


def test_most_filters_leave_some_and_not_all():
    """Otherwise the test above would say little."""
    counts = [len(select_one_by_one(Query(**values))) for values in FILTERS]
    assert sum(0 < count < NUM for count in counts) == len(FILTERS) - 2


@pytest.mark.parametrize("number", range(len(FILTERS)))
def test_filters_combine(number):
    for values in FILTERS[:number]:
        query = Query(**{**values, **FILTERS[number]})
        assert select_samples(SOME, query).tolist() == select_one_by_one(query)


def test_all_filters_combine():
    names = ("label", "predicted", "right", "seen", "low", "refused", "ambiguous", "suspected", "duplicates", "box")
    chosen = itertools.product((None, (1, 2, 3)), (None, (2, 3, 9)), (None, True), (None, False), (None, 0.5))
    for values in chosen:
        query = Query(**dict(zip(names, values, strict=False)), refused=False, box=(-1, -1, 0.8, 0.8))
        assert select_samples(SOME, query).tolist() == select_one_by_one(query)


def test_no_filter_leaves_all():
    assert select_samples(SOME, Query()).tolist() == list(range(NUM))


def test_an_image_without_a_label_is_neither_right_nor_wrong():
    right, wrong = (set(select_samples(SOME, Query(right=right))) for right in (True, False))
    assert right | wrong == set(np.flatnonzero(SOME.labels != NO_LABEL))
    assert not right & wrong


def test_ambiguous_is_what_the_pad_does_not_call_sure():
    assert SURE == 0.8
    for index in select_samples(SOME, Query(ambiguous=True)):
        assert SOME.answers.predictions.probabilities[index].max() < SURE


def test_what_is_not_on_the_map_is_in_no_part_of_it():
    on_map = np.flatnonzero(~np.isnan(SOME.places[:, 0]))
    assert select_samples(SOME, Query(box=(-9, -9, 9, 9))).tolist() == on_map.tolist()


# What is not known yet


NEEDY = [values for values in FILTERS if values.keys() & {"predicted", "right", "low", "high", "refused"}]
NEEDY += [{"ambiguous": True}, {"suspected": False}, {"sort": "confidence"}, {"sort": "loss"}, {"sort": "margin"}]
FREE = [{}, {"label": (3,)}, {"seen": True}, {"duplicates": True}, {"box": (0, 0, 1, 1)}, {"sort": "ink"}]
FREE += [{"sort": "slant"}, {"shuffle": 3}, {"descending": True}]


@pytest.mark.parametrize("values", NEEDY, ids=str)
def test_what_only_a_model_can_tell_waits_for_its_answers(values):
    assert Query(**values).needs_answers
    with pytest.raises(QueryError, match="still being computed"):
        select_samples(made_up(answered=False), Query(**values))


@pytest.mark.parametrize("values", FREE, ids=str)
def test_all_else_can_be_asked_at_once(values):
    assert not Query(**values).needs_answers
    expected = select_samples(SOME, Query(**values))
    assert np.array_equal(select_samples(made_up(answered=False), Query(**values)), expected)


@pytest.mark.parametrize("values", [{"box": (0, 0, 1, 1)}, {"duplicates": True}, {"duplicates": False}], ids=str)
def test_what_is_computed_later_cannot_be_asked_before(values):
    """None found would be another answer."""
    with pytest.raises(QueryError, match="Wait"):
        select_samples(made_up(known=False), Query(**values))


# Orders


def value_of(name, index):
    """What a sample is sorted by."""
    probabilities = np.sort(SOME.answers.predictions.probabilities[index])
    if name == "loss":
        label = SOME.labels[index]
        return -math.log(SOME.answers.predictions.probabilities[index, label]) if label != NO_LABEL else math.nan
    if name in ("ink", "slant"):
        return float(getattr(SOME, name)[index])
    return {"index": index, "confidence": probabilities[-1], "margin": probabilities[-1] - probabilities[-2]}[name]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("name", SORT_KEYS)
def test_an_order_is_that_of_its_values_and_what_has_none_comes_last(name, descending):
    found = select_samples(SOME, Query(sort=name, descending=descending))
    values = np.array([value_of(name, index) for index in found])
    known = values[~np.isnan(values)]
    assert sorted(found) == list(range(NUM))
    assert not np.isnan(values[: len(known)]).any()
    assert np.allclose(known, sorted(known, reverse=descending), atol=1e-9)


def test_an_order_is_within_what_the_filters_leave():
    query = Query(label=(3, 5), right=False, sort="loss", descending=True)
    found = select_samples(SOME, query)
    assert set(found) == set(select_one_by_one(query))
    assert (np.diff([value_of("loss", index) for index in found]) <= 0).all()


def test_equal_values_stay_in_the_order_of_the_split():
    images = np.zeros((NUM, 28, 28), np.uint8)
    images[::2] = 255
    catalogue = dataclasses.replace(SOME, split=dataclasses.replace(SOME.split, images=images))
    even, odd = list(range(0, NUM, 2)), list(range(1, NUM, 2))
    assert select_samples(catalogue, Query(sort="ink")).tolist() == odd + even
    assert select_samples(catalogue, Query(sort="ink", descending=True)).tolist() == even + odd


def test_the_greatest_loss_is_finite():
    sure = np.tile(np.eye(10)[3], (NUM, 1))
    answers = dataclasses.replace(SOME.answers, predictions=Predictions(sure, np.zeros(NUM), np.ones(NUM, bool)))
    loss = dataclasses.replace(SOME, answers=answers).loss
    assert np.isfinite(loss[SOME.labels != NO_LABEL]).all()
    assert loss[SOME.labels == 3].max() == 0
    assert loss[SOME.labels == 4].min() > 20


def test_shuffled_samples_are_the_same_samples_in_another_order():
    query = Query(seen=False, shuffle=7)
    first, second = select_samples(SOME, query), select_samples(SOME, dataclasses.replace(query, shuffle=8))
    assert sorted(first) == sorted(second) == select_one_by_one(query)
    assert first.tolist() != sorted(first)
    assert first.tolist() != second.tolist()
    assert np.array_equal(first, select_samples(SOME, query))


def test_shuffling_puts_every_sample_anywhere():
    firsts = {int(select_samples(SOME, Query(label=(3,), shuffle=seed))[0]) for seed in range(300)}
    assert len(firsts) > 0.9 * len(select_samples(SOME, Query(label=(3,))))


# Counts


CHOICES = {
    "right": {"right": True},
    "wrong": {"right": False},
    "seen": {"seen": True},
    "new": {"seen": False},
    "refused": {"refused": True},
    "ambiguous": {"ambiguous": True},
    "suspected": {"suspected": True},
    "duplicates": {"duplicates": True},
}


@pytest.mark.parametrize("values", [{}, *FILTERS, {**FILTERS[1], **FILTERS[7], **FILTERS[8]}], ids=str)
def test_a_count_is_what_its_choice_then_leaves(values):
    query = Query(**values)
    counts = count_choices(SOME, query)
    left = {name: len(select_samples(SOME, dataclasses.replace(query, **choice))) for name, choice in CHOICES.items()}
    assert {name: counts[name] for name in CHOICES} == left
    for name in ("label", "predicted"):
        expected = [len(select_samples(SOME, dataclasses.replace(query, **{name: (digit,)}))) for digit in range(10)]
        assert counts[name] == expected
    assert counts["total"] == len(select_samples(SOME, query))
    assert counts.keys() == {*CHOICES, "label", "predicted", "total"}


def test_counts_are_fit_for_json():
    assert json.loads(json.dumps(count_choices(SOME, Query()))) == count_choices(SOME, Query())


def test_without_answers_only_what_is_known_is_counted():
    counts = count_choices(made_up(answered=False, known=False), Query())
    assert counts.keys() == {"total", "label", "seen", "new"}
    assert counts["label"] == count_choices(SOME, Query())["label"]
    assert count_choices(made_up(answered=False), Query())["duplicates"] == len(set(SOME.duplicates.reshape(-1)))


def test_without_labels_nothing_is_right_or_wrong():
    counts = count_choices(made_up(labelled=False), Query())
    assert (counts["label"], counts["right"], counts["wrong"], counts["suspected"]) == ([0] * 10, 0, 0, 0)
    assert sum(counts["predicted"]) == NUM


# Labels that may be wrong


def answers_for(labels, confidence=0.95, accepted=True):
    """A model that reads these digits and is as sure as that."""
    probabilities = np.full((len(labels), 10), 1.0) * ((1 - np.broadcast_to(confidence, len(labels))) / 9)[:, None]
    probabilities[np.arange(len(labels)), labels] = confidence
    return Predictions(probabilities, np.zeros(len(labels)), np.broadcast_to(accepted, len(labels)))


PLANTED = [5, 44, 199]
TRUE = np.arange(200) % 10
MISLABELLED = TRUE.copy()
MISLABELLED[PLANTED] = (TRUE[PLANTED] + 3) % 10
NEW = np.zeros(200, bool)


def suspected(predictions, labels=MISLABELLED, seen=NEW):
    return np.flatnonzero(find_suspects(labels, predictions, seen)).tolist()


def test_planted_wrong_labels_are_found():
    assert suspected(answers_for(TRUE)) == PLANTED
    assert suspected(answers_for(TRUE), labels=TRUE) == []


def test_planted_wrong_labels_of_the_sample_are_found(sample):
    """With the answers of a good, careful reader."""
    labels, true = sample[1].astype(np.int64), sample[1].astype(np.int64)
    wrong = np.sort(np.random.default_rng(0).choice(5000, 50, replace=False))
    labels[wrong] = (true[wrong] + 1) % 10
    assert suspected(answers_for(true), labels, np.zeros(5000, bool)) == wrong.tolist()


def test_of_seen_images_no_label_is_suspected():
    """A model repeats what it was told."""
    seen = NEW.copy()
    seen[[5, 44]] = True
    assert suspected(answers_for(TRUE), seen=seen) == [199]
    assert suspected(answers_for(TRUE), seen=~NEW) == []


@pytest.mark.parametrize(("confidence", "found"), [(0.79, [5, 44]), (0.81, PLANTED)])
def test_a_mistake_of_which_the_model_is_unsure_is_no_suspicion(confidence, found):
    assert suspected(answers_for(TRUE, np.where(np.arange(200) == 199, confidence, 0.95))) == found


def test_of_what_is_taken_for_no_digit_no_label_is_suspected():
    """It is the image that is odd."""
    assert suspected(answers_for(TRUE, accepted=np.arange(200) != 44)) == [5, 199]


def test_without_a_label_there_is_nothing_to_suspect():
    assert suspected(answers_for(TRUE), np.full(200, NO_LABEL)) == []


# Ink and slant


def line(angle, length=90.0):
    """A straight stroke that leans to the right by so many degrees."""
    lean = math.radians(angle)
    return render_ink(check_ink([[[0.0, 0.0], [length * math.sin(lean), -length * math.cos(lean)]]]))


def as_pixels(*images):
    return np.rint(np.stack(images) * 255).astype(np.uint8)


@pytest.mark.parametrize("angle", [-40, -20, -5, 0, 5, 20, 40])
def test_the_slant_of_a_line_is_its_angle(angle):
    _, (slant,) = measure_moments(as_pixels(line(angle)))
    assert slant == pytest.approx(angle, abs=1.5)


@pytest.mark.parametrize("pixels_a_row", [-0.5, -0.25, 0.25, 0.5])
def test_shearing_an_upright_bar_slants_it(pixels_a_row):
    images = np.zeros((1, 28, 28), np.uint8)
    for row in range(4, 24):
        left = 13 + round((14 - row) * pixels_a_row)
        images[0, row, left : left + 3] = 255
    assert measure_moments(images)[1][0] == pytest.approx(math.degrees(math.atan(pixels_a_row)), abs=1)


def test_a_mirrored_digit_leans_the_other_way(sample):
    _, slant = measure_moments(sample[0][::10])
    _, mirrored = measure_moments(sample[0][::10, :, ::-1])
    assert np.allclose(slant, -mirrored, atol=0.05)


def test_most_ones_of_mnist_lean_to_the_right(sample):
    """Of right-handed writers."""
    _, slant = measure_moments(sample[0][sample[1] == 1])
    assert (slant > 0).mean() > 0.8


def test_moving_a_digit_changes_neither():
    image = as_pixels(line(20))
    first, second = measure_moments(image), measure_moments(np.roll(image, (2, -3), axis=(1, 2)))
    assert np.allclose(first, second, atol=1e-3)


def test_ink_is_the_mean_of_the_pixels(sample):
    ink, slant = measure_moments(sample[0])
    assert np.allclose(ink, sample[0].mean(axis=(1, 2)) / 255, atol=1e-6)
    assert (ink.shape, ink.dtype, slant.shape, slant.dtype) == ((5000,), np.float32, (5000,), np.float32)


@pytest.mark.parametrize("row", [0, 13, 27])
def test_what_has_no_height_has_no_slant(row):
    images = np.zeros((3, 28, 28), np.uint8)
    images[1, row, 3:25], images[2, row, row] = 200, 1
    ink, slant = measure_moments(images)
    assert ink.tolist() == pytest.approx([0, 200 * 22 / 255 / 784, 1 / 255 / 784])
    assert slant.tolist() == [0, 0, 0]


def test_full_images_stand_upright():
    ink, slant = measure_moments(np.full((2, 28, 28), 255, np.uint8))
    assert ink.tolist() == [1, 1]
    assert slant == pytest.approx([0, 0], abs=0.01)


def test_of_no_images_there_is_nothing_to_measure():
    assert [values.shape for values in measure_moments(np.empty((0, 28, 28), np.uint8))] == [(0,), (0,)]


# Summaries


def test_a_crowds_mean_and_spread_are_numpys():
    chosen = select_samples(SOME, Query(seen=False))
    crowd = describe_crowd(SOME, chosen)
    assert crowd["by"] == "label"
    for digit in range(10):
        images = SOME.split.images[[index for index in chosen if SOME.labels[index] == digit]]
        assert crowd["counts"][digit] == len(images) > 5
        assert np.array_equal(crowd["mean"][digit], np.rint(images.mean(axis=0)))
        assert np.array_equal(crowd["spread"][digit], np.rint(images.std(axis=0)))
    assert crowd["mean"].dtype == crowd["spread"].dtype == np.uint8


def test_a_large_crowds_mean_is_numpys(sample):
    """It is summed up in parts."""
    nothing, labels = np.empty(0, np.int64), np.full(5000, 3)
    split = Split("some", "mnist", sample[0], labels, nothing, nothing)
    crowd = describe_crowd(Catalogue(split, np.zeros(5000, bool)), np.arange(5000))
    assert np.array_equal(crowd["mean"][3], np.rint(sample[0].mean(axis=0)))
    assert np.array_equal(crowd["spread"][3], np.rint(sample[0].std(axis=0)))
    assert not crowd["mean"][:3].any()
    assert crowd["counts"] == [0, 0, 0, 5000, 0, 0, 0, 0, 0, 0]


def test_a_crowds_ink_and_slant_are_those_of_its_images():
    chosen = select_samples(SOME, Query(seen=False))
    crowd = describe_crowd(SOME, chosen)
    for digit in range(10):
        images = SOME.split.images[[index for index in chosen if SOME.labels[index] == digit]]
        assert np.allclose(crowd["ink"][digit], images.mean(axis=(1, 2)) / 2.55, atol=1e-4)
        assert np.allclose(crowd["slant"][digit], measure_moments(images)[1], atol=1e-4)


def test_a_crowds_confusion_matrix_counts_labels_and_answers():
    chosen = select_samples(SOME, Query(seen=False))
    expected = np.zeros((10, 10), int)
    for index in chosen:
        if SOME.labels[index] != NO_LABEL:
            expected[SOME.labels[index], SOME.answers.predictions.probabilities[index].argmax()] += 1
    crowd = describe_crowd(SOME, chosen)
    assert np.array_equal(crowd["confusion_matrix"], expected)
    recalls = [row["recall"] for row in crowd["per_class"]]
    assert recalls == pytest.approx((np.diag(expected) / expected.sum(axis=1)).tolist())


def test_without_labels_a_crowd_is_told_apart_by_answers():
    catalogue = made_up(labelled=False)
    crowd = describe_crowd(catalogue, np.arange(NUM))
    predictions = catalogue.answers.predictions.probabilities.argmax(axis=1)
    assert crowd["by"] == "predicted"
    assert crowd["counts"] == np.bincount(predictions, minlength=10).tolist()
    assert "confusion_matrix" not in crowd


def test_without_answers_a_crowd_has_no_confusion_matrix():
    for labelled in (True, False):
        crowd = describe_crowd(made_up(labelled, answered=False), np.arange(NUM))
        assert (crowd["by"], "confusion_matrix" in crowd, "per_class" in crowd) == ("label", False, False)


def test_a_crowd_may_be_empty():
    crowd = describe_crowd(SOME, np.empty(0, np.int64))
    assert (crowd["counts"], crowd["mean"].any(), crowd["spread"].any()) == ([0] * 10, False, False)
    assert [len(values) for values in crowd["ink"]] == [0] * 10


# Questions as JSON


def test_a_question_is_read_from_json():
    asked = '{"label": [9, 4, 4], "predicted": 7, "right": false, "low": 0, "high": 0.5, "box": [0, -1, 1, 2.5],'
    asked += '"sort": "loss", "descending": true, "shuffle": 3, "session": "abc", "seen": null}'
    assert Query.from_dict(json.loads(asked)) == Query(
        (4, 9), (7,), False, None, 0.0, 0.5, box=(0.0, -1.0, 1.0, 2.5), sort="loss", descending=True, shuffle=3
    )


def test_nothing_asked_is_no_filter():
    assert Query.from_dict({}) == Query()
    assert not Query().needs_answers


def test_every_filter_can_be_read_from_json():
    for values in FILTERS:
        assert Query.from_dict(json.loads(json.dumps(values))) == Query(**values)


HUGE = 10**400
WRONG = {
    "label": [10, -1, 1.0, "3", True, [], [3, 10], [3, "4"], [[3]], {"3": 1}, HUGE],
    "predicted": [10, [None], [True], 0.5, "any"],
    "right": [0, 1, "true", [], [True], 0.5],
    "seen": [1, "no"],
    "refused": [0, "yes"],
    "ambiguous": [2, {}],
    "suspected": ["false", 1],
    "duplicates": [1.0, []],
    "descending": [1, "down"],
    "low": [-0.1, 1.1, "0.5", True, [0.5], math.nan, math.inf, HUGE, -HUGE],
    "high": [-1, 80, {}, False, 2**64],
    "box": [
        [0, 0, 1],
        [0, 0, 1, 1, 1],
        3,
        "0011",
        [0, 0, 1, "1"],
        [0, 0, True, 1],
        [0, 0, math.nan, 1],
        [0, 0, 1, HUGE],
    ],
    "sort": ["label", "", 3, ["ink"], True, "Ink", {}],
    "shuffle": [-1, 1.5, "3", True, 1 << 32, [1], HUGE],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values], ids=lambda v: str(v)[:20]
)
def test_a_wrong_value_is_refused_with_what_was_expected_and_received(name, value):
    with pytest.raises(QueryError) as caught:
        Query.from_dict({name: value})
    message = str(caught.value)
    assert message.startswith(f"The filter {name!r} takes ")
    assert f"Received: {value!r}"[:30] in message
