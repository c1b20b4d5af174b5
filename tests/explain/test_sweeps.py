"""Changes of an image that can be computed by hand, and what they do to a network that knows digits."""

from types import SimpleNamespace

import numpy as np
import pytest
from support.models import sample_images, stored_architecture

from mnist_core.errors import QueryError
from mnist_core.explain.anatomy import Anatomy
from mnist_core.explain.sweeps import NEUTRAL, SWEEPS, check_values, find_stay, move, split_by_sweep, sweep_image
from mnist_core.models.inference import LiteRTPredictor, predict
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.ui.inside.move import move_functions
from mnist_core.ui.wire import decode_image, encode_image

BY_NAME = {sweep.name: sweep for sweep in SWEEPS}
every_sweep = pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.name)


def read_shipped(images):
    return predict(LiteRTPredictor(load_stored(SHIPPED_DIR / "sketchnet")), images)


def some_images():
    return sample_images(50)


def digits(sample, label, count=40):
    images, labels = sample
    return images[labels == label][:count].astype(np.float32) / 255


def centre_of_mass(image):
    pixels = np.arange(28)
    return np.array([image.sum(axis=0) @ pixels, image.sum(axis=1) @ pixels]) / image.sum()


# Values


@every_sweep
def test_the_neutral_value_is_one_of_the_steps(sweep):
    assert sweep.neutral in sweep.steps
    assert (sweep.steps[0], sweep.steps[-1], len(sweep.steps)) == (sweep.low, sweep.high, sweep.num_steps)


def test_neutral_values_give_the_image_back_bit_for_bit():
    for image in some_images():
        assert np.array_equal(move(image, {}), image)
        assert np.array_equal(move(image, NEUTRAL), image)


@every_sweep
def test_every_change_stays_an_image_and_changes_it(sweep):
    image = some_images()[7]
    for value in {sweep.low, sweep.high} - {sweep.neutral}:
        moved = move(image, {sweep.name: value})
        assert (moved.dtype, moved.shape) == (np.float32, (28, 28))
        assert 0 <= moved.min() <= moved.max() <= 1
        assert np.abs(moved - image).mean() > 0.02


def test_missing_values_are_neutral():
    assert check_values(None) == NEUTRAL == check_values({})
    assert check_values({"rotation": 30}) == {**NEUTRAL, "rotation": 30}


@pytest.mark.parametrize(
    "values",
    [{"rotation": 181}, {"scale": 0}, {"noise": float("nan")}, {"noise": "1"}, {"shear": 1}, {"scale": True}, 7],
)
def test_values_from_outside_are_checked(values):
    with pytest.raises(QueryError, match="Received"):
        check_values(values)


# Geometry


@pytest.mark.parametrize(("degrees", "quarters"), [(90, -1), (-90, 1), (180, 2), (-180, 2)])
def test_quarter_turns_are_clockwise_and_exact(degrees, quarters):
    for image in some_images():
        assert np.allclose(move(image, {"rotation": degrees}), np.rot90(image, quarters), atol=1e-4)


def test_whole_shifts_are_those_of_the_array():
    image = np.pad(np.random.default_rng(0).random((8, 8), np.float32), 10)
    assert np.array_equal(move(image, {"shift_x": 3}), np.roll(image, 3, axis=1))
    assert np.array_equal(move(image, {"shift_y": -4}), np.roll(image, -4, axis=0))


@pytest.mark.parametrize("shift", [(2.5, 0), (0, -1.25), (3, 1.5)])
def test_the_centre_of_mass_moves_with_the_image(shift):
    image = np.pad(some_images()[3][4:-4, 4:-4], 4)
    moved = move(image, dict(zip(("shift_x", "shift_y"), shift, strict=True)))
    assert np.allclose(centre_of_mass(moved) - centre_of_mass(image), shift, atol=1e-3)


def test_what_leaves_the_image_does_not_come_back_on_the_other_side():
    image = np.zeros((28, 28), np.float32)
    image[:, 25:] = 1
    assert not move(image, {"shift_x": 8}).any()


@pytest.mark.parametrize("percent", [50, 75, 125])
def test_scale_multiplies_both_sides(percent):
    image = np.zeros((28, 28), np.float32)
    image[6:22, 10:18] = 1
    scaled = move(image, {"scale": percent})
    sides = [scaled.max(axis=axis).sum() for axis in (1, 0)]
    assert np.allclose(sides, np.array([16, 8]) * percent / 100, atol=1)
    assert np.allclose(centre_of_mass(scaled), 13.5, atol=0.01)


# Thickness and noise


def test_a_pixel_more_makes_a_line_one_wider_on_each_side():
    line = np.zeros((28, 28), np.float32)
    line[4:24, 13:15] = 1
    widths = {value: move(line, {"thickness": value})[14].sum() for value in (-1, 0, 0.25, 1, 1.5, 2)}
    assert widths == pytest.approx({-1: 0, 0: 2, 0.25: 2.5, 1: 4, 1.5: 5, 2: 6})


def test_ink_grows_with_thickness():
    ink = split_by_sweep(sweep_image(some_images()[11], {}))["thickness"].sum(axis=(1, 2))
    assert (np.diff(ink) >= 0).all()
    assert ink[-1] > 2 * ink[16] > 4 * ink[0]


def test_noise_has_the_wanted_deviation_and_does_not_jump():
    grey = np.full((28, 28), 0.5, np.float32)
    noise = move(grey, {"noise": 10}) - grey
    assert noise.std() == pytest.approx(0.1, rel=0.1)
    assert abs(noise.mean()) < 0.02
    assert np.allclose(move(grey, {"noise": 5}) - grey, noise / 2, atol=1e-6)


# Sweeps


def test_a_sweep_holds_what_each_step_alone_gives():
    image, values = some_images()[5], {"rotation": 20, "thickness": 0.3, "noise": 4}
    swept = split_by_sweep(sweep_image(image, values))
    assert {name: len(images) for name, images in swept.items()} == {s.name: s.num_steps for s in SWEEPS}
    for sweep in SWEEPS:
        for step in (1, sweep.num_steps // 2):
            alone = move(image, {**values, sweep.name: sweep.steps[step]})
            assert np.allclose(swept[sweep.name][step], alone, atol=1e-4)


def test_the_neutral_step_of_every_sweep_has_the_plain_answer():
    image = some_images()[9]
    plain = read_shipped(image[None]).probabilities[0]
    answers = split_by_sweep(read_shipped(sweep_image(image, {})).probabilities)
    for sweep in SWEEPS:
        neutral = answers[sweep.name][sweep.steps.tolist().index(sweep.neutral)]
        assert np.allclose(neutral, plain, atol=1e-6)


def test_a_six_upside_down_is_no_six(sample):
    turned = read_shipped(np.stack([move(six, {"rotation": 180}) for six in digits(sample, 6)]))
    labels = turned.probabilities.argmax(axis=1)
    assert (labels == 6).mean() < 0.05
    assert (labels == 9).mean() > 0.7


def test_a_zero_upside_down_is_a_zero(sample):
    turned = read_shipped(np.stack([move(zero, {"rotation": 180}) for zero in digits(sample, 0)]))
    assert (turned.probabilities.argmax(axis=1) == 0).mean() > 0.9


# Where the answer stays


def test_an_answer_stays_as_far_as_the_unbroken_run_about_the_value():
    steps = np.arange(8.0)
    is_same = np.array([1, 0, 1, 1, 1, 1, 0, 1], bool)
    assert find_stay(steps, is_same, 4) == (2, 5)
    assert find_stay(steps, is_same, 4.5) == (2, 5)
    assert find_stay(steps, is_same, 0.5) == (0, 0.5)


def test_an_answer_that_never_changes_stays_over_the_whole_range():
    assert find_stay(np.arange(8.0), np.ones(8, bool), 3) == (0, 7)


# What the page receives


def ask_for_changes(stored, image, **values):
    anatomy = Anatomy(stored)
    bench = SimpleNamespace(decode=lambda message: (anatomy, decode_image(message["image"])))
    (sweep_changes,) = move_functions(bench)
    return sweep_changes({"image": encode_image(image), "model": "", "values": values})


def test_the_page_receives_the_moved_image_and_its_answer(sample):
    six = digits(sample, 6, 1)[0]
    answer = ask_for_changes(load_stored(SHIPPED_DIR / "sketchnet"), six, rotation=180)
    upside_down = np.rot90(six, 2)
    assert np.allclose(decode_image(answer["image"]), upside_down, atol=0.01)
    assert np.allclose(answer["probabilities"], read_shipped(upside_down[None]).probabilities[0], atol=1e-3)


def test_curves_and_range_are_those_of_the_other_values_as_they_stand(sample):
    six = digits(sample, 6, 1)[0]
    plain = ask_for_changes(load_stored(SHIPPED_DIR / "sketchnet"), six)
    answer = ask_for_changes(load_stored(SHIPPED_DIR / "sketchnet"), six, rotation=180)
    for curve, before, sweep in zip(answer["sweeps"], plain["sweeps"], SWEEPS, strict=True):
        assert (curve["name"], curve["steps"][-1], len(curve["probabilities"])) == (
            sweep.name,
            sweep.high,
            sweep.num_steps,
        )
        at = curve["steps"].index(180 if sweep.name == "rotation" else sweep.neutral)
        assert np.allclose(curve["probabilities"][at], answer["probabilities"], atol=1e-3)
        assert curve["stays"][0] <= curve["steps"][at] <= curve["stays"][1]
        # Turning is not swept from where it was turned to.
        assert (curve["probabilities"] == before["probabilities"]) == (sweep.name == "rotation")


def test_a_six_stays_a_six_in_the_range_that_is_named(sample):
    six = digits(sample, 6, 1)[0]
    answer = ask_for_changes(load_stored(SHIPPED_DIR / "sketchnet"), six)
    rotation = answer["sweeps"][0]
    low, high = rotation["stays"]
    assert -180 < low < -10 < 10 < high < 180
    labels = [
        np.argmax(row) if is_digit else -1
        for row, is_digit in zip(rotation["probabilities"], rotation["accepted"], strict=True)
    ]
    inside = [label for label, step in zip(labels, rotation["steps"], strict=True) if low <= step <= high]
    assert set(inside) == {6}
    assert labels[rotation["steps"].index(low) - 1] != 6 != labels[rotation["steps"].index(high) + 1]


@pytest.mark.parametrize("architecture", ["linear", "lenet"])
def test_any_network_can_be_asked(architecture):
    answer = ask_for_changes(stored_architecture(architecture), some_images()[2], noise=20)
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert len(answer["sweeps"]) == len(SWEEPS)
