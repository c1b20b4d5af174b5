"""Probabilities are honest where a calibration was fitted, and doubt is a score apart from the ten."""

import dataclasses
import json

import numpy as np
import pytest

from mnist_core.models import calibration
from mnist_core.models.calibration import Calibration, find_doubt, fit_calibration, softmax

PLAIN = Calibration()


def random_logits(num_images, num_outputs=10, scale=3.0, seed=0):
    return np.random.default_rng(seed).standard_normal((num_images, num_outputs)) * scale


def draw_labels(logits, seed=1):
    """Labels as the softmax of these logits says, so that nothing but these logits is honest."""
    shares = softmax(logits[:, :10]).cumsum(axis=1)
    drawn = (np.random.default_rng(seed).random((len(logits), 1)) > shares).sum(axis=1)
    return np.minimum(drawn, 9)


def mean_nll(told, logits, labels):
    return -np.log(told.probabilities(logits)[np.arange(len(labels)), labels]).mean()


def with_doubt(logits, doubt):
    """The same ten logits and an eleventh, so that the images have these doubts."""
    return np.column_stack([logits, np.log(np.exp(logits).sum(axis=1) * doubt / (1 - doubt))])


# Softmax


@pytest.mark.parametrize("scale", [0, 1, 50, 1e4, 1e30])
@pytest.mark.parametrize("num_outputs", [10, 11])
def test_softmax_rows_sum_to_one_whatever_the_logits(scale, num_outputs):
    probabilities = softmax(random_logits(100, num_outputs, scale).astype(np.float32))
    assert np.isfinite(probabilities).all()
    assert (probabilities.dtype, probabilities.shape) == (np.float64, (100, num_outputs))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)


def test_softmax_of_a_known_row():
    np.testing.assert_allclose(softmax(np.log([[1.0, 2.0, 5.0]])), [[0.125, 0.25, 0.625]])


def test_softmax_does_not_change_when_all_logits_move():
    logits = np.array([[1.0, 2.0, 4.0]])
    np.testing.assert_allclose(softmax(logits + 1000), softmax(logits), rtol=1e-10)


# Probabilities


@pytest.mark.parametrize("num_outputs", [10, 11])
@pytest.mark.parametrize(
    "told",
    [PLAIN, Calibration(temperature=3, warming=2, floor=0.3, limit=0.1), Calibration(temperature=0.1, warming=-1)],
    ids=["plain", "cool", "hot"],
)
@pytest.mark.parametrize("scale", [0.1, 10, 1e4])
def test_ten_probabilities_sum_to_one(num_outputs, told, scale):
    probabilities = told.probabilities(random_logits(50, num_outputs, scale).astype(np.float32))
    assert (probabilities.dtype, probabilities.shape) == (np.float64, (50, 10))
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)


def test_a_calibration_as_it_stands_changes_nothing():
    logits = random_logits(20)
    np.testing.assert_array_equal(PLAIN.probabilities(logits), softmax(logits))


def test_a_temperature_divides_the_logits():
    """The square root of each probability, made to sum to one."""
    logits = np.log(np.array([[0.64, 0.16, 0.04, 0.16, *[1e-12] * 6]]))
    roots = np.array([0.8, 0.4, 0.2, 0.4]) / 1.8
    np.testing.assert_allclose(Calibration(temperature=2).probabilities(logits)[0, :4], roots, atol=1e-5)


def test_a_floor_gives_to_all_ten_alike_as_much_as_there_is_doubt():
    """The doubts are 0, a quarter and 1."""
    logits = np.array([[50.0, *[0.0] * 9, -700.0], [50.0, *[0.0] * 9, 50 - np.log(3)], [50.0, *[0.0] * 9, 700.0]])
    probabilities = Calibration(floor=0.4).probabilities(logits)
    np.testing.assert_allclose(probabilities, [[1, *[0] * 9], [0.91, *[0.01] * 9], [0.64, *[0.04] * 9]], atol=1e-9)


def test_warming_raises_the_temperature_with_the_doubt():
    """The doubts are 0, 1/2 and 1: temperatures of 2, 2 e and 2 e^2."""
    ten = np.array([[5.0, 3.0, 1.0, *[0.0] * 7]] * 3)
    logits = with_doubt(ten, np.array([1e-300, 0.5, 1 - 1e-16]))
    probabilities = Calibration(temperature=2, warming=2).probabilities(logits)
    expected = np.concatenate([softmax(ten[:1] / (2 * np.exp(power))) for power in (0, 1, 2)])
    np.testing.assert_allclose(probabilities, expected, atol=1e-9)


def test_ten_outputs_are_warmed_by_what_the_first_leaves_to_the_others():
    logits = np.log(np.array([[0.7, 0.3, *[1e-15] * 8]]))
    expected = 0.94 * softmax(logits / (2 * np.exp(0.3))) + 0.006
    np.testing.assert_allclose(Calibration(2, 1, 0.2).probabilities(logits), expected, atol=1e-9)


@pytest.mark.parametrize("eleventh", [-50, 0, 50])
def test_the_eleventh_output_takes_nothing_from_the_ten(eleventh):
    logits = random_logits(20)
    eleven = np.concatenate([logits, np.full((20, 1), eleventh)], axis=1)
    np.testing.assert_allclose(PLAIN.probabilities(eleven), softmax(logits), atol=1e-12)


@pytest.mark.parametrize("told", [Calibration(temperature=3), Calibration(warming=2), Calibration(floor=0.5)])
def test_no_calibration_changes_which_digit_is_first(told):
    logits = random_logits(200, 11)
    assert np.array_equal(told.probabilities(logits).argmax(axis=1), logits[:, :10].argmax(axis=1))


# Doubt


def test_doubt_of_ten_outputs_is_what_the_first_leaves_to_the_others():
    logits = np.log(np.array([[0.7, 0.3, *[1e-15] * 8], [0.1] * 10]))
    np.testing.assert_allclose(find_doubt(logits), [0.3, 0.9], atol=1e-9)


def test_doubt_of_eleven_outputs_is_the_share_of_the_eleventh():
    """However sure the ten are of one of them."""
    logits = np.log(np.array([[8, *[1e-15] * 9, 2], [*[1] * 10, 10], [5, 4, *[1e-15] * 8, 1]]))
    np.testing.assert_allclose(find_doubt(logits), [0.2, 0.5, 0.1], atol=1e-9)


@pytest.mark.parametrize("num_outputs", [10, 11])
@pytest.mark.parametrize("scale", [0, 1, 1e5])
def test_doubt_lies_between_0_and_1(num_outputs, scale):
    doubt = find_doubt(random_logits(100, num_outputs, scale).astype(np.float32))
    assert (doubt.shape, doubt.dtype) == ((100,), np.float64)
    assert (doubt >= 0).all()
    assert (doubt <= 1).all()


# Fitting


def test_no_network_is_made_surer_than_it_is():
    honest, doubt = random_logits(5000), np.random.default_rng(2).uniform(0.02, 0.98, 5000)
    assert fit_calibration([(with_doubt(honest * 0.6, doubt), draw_labels(honest))]).temperature == 1


@pytest.mark.parametrize("temperature", [1.0, 1.7, 3.0])
def test_a_known_temperature_is_found(temperature):
    honest, doubt = random_logits(5000), np.random.default_rng(2).uniform(0.02, 0.98, 5000)
    found = fit_calibration([(with_doubt(honest * temperature, doubt), draw_labels(honest))])
    assert found.temperature == pytest.approx(temperature, rel=0.1)
    assert (found.warming, found.floor) == (pytest.approx(0, abs=0.15), pytest.approx(0, abs=0.1))


def test_a_known_floor_is_found():
    """Of the labels of an image with a doubt of 1 a half is anything."""
    honest, doubt = random_logits(5000, scale=6), np.random.default_rng(2).uniform(0.02, 0.98, 5000)
    generator = np.random.default_rng(3)
    labels = np.where(generator.random(5000) < doubt / 2, generator.integers(0, 10, 5000), draw_labels(honest))
    found = fit_calibration([(with_doubt(honest, doubt), labels)])
    assert found.floor == pytest.approx(0.5, abs=0.1)
    assert found.temperature == pytest.approx(1, rel=0.15)


def test_a_known_warming_is_found():
    honest, doubt = random_logits(5000, scale=4), np.random.default_rng(2).uniform(0.02, 0.98, 5000)
    logits = with_doubt(honest * np.exp(1.5 * doubt)[:, None], doubt)
    found = fit_calibration([(logits, draw_labels(honest))])
    assert found.warming == pytest.approx(1.5, abs=0.25)
    assert found.temperature == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("num_outputs", [10, 11])
def test_what_was_fitted_is_likelier_than_the_bare_softmax(num_outputs):
    logits = random_logits(3000, num_outputs, scale=8)
    labels = draw_labels(logits / 3)
    assert mean_nll(fit_calibration([(logits, labels)]), logits, labels) < mean_nll(PLAIN, logits, labels) - 0.1


@pytest.mark.parametrize("name", ["temperature", "warming", "floor"])
def test_no_other_number_that_was_tried_is_likelier(name):
    """Of an easy and a hard kind of digits: halving the one's likelihood is worth doubling the other's."""
    easy, hard = random_logits(1000, 11, scale=9), random_logits(1000, 11, scale=2, seed=4)
    groups = [(easy, draw_labels(easy / 2)), (hard * 3, draw_labels(hard))]
    found = fit_calibration(groups)
    others = [dataclasses.replace(found, **{name: value}) for value in calibration._CANDIDATES[name]]
    product = [np.prod([mean_nll(other, *group) for group in groups]) for other in others]
    assert np.prod([mean_nll(found, *group) for group in groups]) == pytest.approx(min(product), rel=1e-4)


def test_every_kind_of_digits_counts_alike_however_many_there_are():
    """A group twenty times larger than the other must not decide alone."""
    first, second = random_logits(200, scale=4, seed=1), random_logits(200, scale=4, seed=2)
    groups = [(first, draw_labels(first)), (second * 3, draw_labels(second))]
    many = [(np.tile(groups[0][0], (20, 1)), np.tile(groups[0][1], 20)), groups[1]]
    assert fit_calibration(many) == fit_calibration(groups)
    assert fit_calibration(groups).temperature > 1.1 * fit_calibration(groups[:1]).temperature


@pytest.mark.parametrize("scale", [100, 1000])
def test_logits_that_are_far_too_sure_are_calibrated_too(scale):
    """What the bare softmax says of them is infinitely unlikely."""
    honest = random_logits(500)
    assert fit_calibration([(honest * scale, draw_labels(honest))]).temperature == pytest.approx(4)


@pytest.mark.filterwarnings("error")
def test_answers_without_a_fault_can_be_fitted():
    logits = 900 * np.eye(10)
    assert fit_calibration([(logits, np.arange(10))]).probabilities(logits).max(axis=1) == pytest.approx(1)


# Limit


@pytest.mark.parametrize("count", [1, 2, 125, 126, 200, 5000])
def test_of_each_kind_at_least_992_of_1000_are_accepted(count):
    first, second = random_logits(count, 11), random_logits(999, 11, scale=1, seed=3)
    limit = fit_calibration([(first, draw_labels(first))], [first, second]).limit
    for logits in (first, second):
        assert (find_doubt(logits) <= limit).mean() >= 0.992


def test_no_more_is_accepted_than_it_takes():
    logits = random_logits(1000, 11)
    limit = fit_calibration([(logits, draw_labels(logits))], [logits]).limit
    assert (find_doubt(logits) <= limit).sum() in (992, 993)


def test_the_limit_is_a_hair_above_the_doubt_that_it_was_taken_from():
    """Another runtime's last digits differ."""
    logits = random_logits(1000, 11)
    limit = fit_calibration([(logits, draw_labels(logits))], [logits]).limit
    taken = np.sort(find_doubt(logits))[992]
    assert 1.0005 * taken < limit < 1.002 * taken


def test_a_limit_is_never_above_1():
    sure = np.column_stack([np.zeros((50, 10)), np.full(50, 60.0)])
    assert fit_calibration([(sure, np.zeros(50, int))], [sure]).limit == 1


def test_the_most_doubted_kind_decides():
    calm, doubted = (np.column_stack([random_logits(500), np.full(500, eleventh)]) for eleventh in (-20, 2))
    groups = [(calm, draw_labels(calm))]
    alone, both = fit_calibration(groups, [doubted]), fit_calibration(groups, [calm, doubted])
    assert both.limit == alone.limit > 100 * fit_calibration(groups, [calm]).limit


def test_without_digits_to_accept_everything_is_accepted():
    logits = random_logits(50, 11)
    assert fit_calibration([(logits, draw_labels(logits))]).limit == 1


# Values


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": 0},
        {"temperature": -1},
        {"temperature": float("inf")},
        {"temperature": float("nan")},
        {"warming": float("inf")},
        {"warming": float("nan")},
        {"floor": -0.1},
        {"floor": 1},
        {"floor": float("nan")},
        {"limit": -0.1},
        {"limit": 1.1},
        {"limit": float("nan")},
    ],
    ids=str,
)
def test_impossible_values_are_refused(values):
    with pytest.raises(ValueError, match="Received: Calibration"):
        Calibration(**values)


def test_a_calibration_survives_json():
    logits = random_logits(300, 11)
    found = fit_calibration([(logits, draw_labels(logits / 2))], [logits])
    assert Calibration(**json.loads(json.dumps(found.as_dict()))) == found


def test_a_calibration_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLAIN.limit = 0
