"""The same recipe and data give the same weights; a stop keeps the best epoch; nothing is learned from validation."""

import concurrent.futures
import dataclasses
import functools
import json
import signal
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from support.models import BENT, LINEAR, FakeModel, fake_run, run_python, small_data, trained, weight_hashes
from support.written import INK

from mnist_core.augmentation.transforms import Augmentation, augment
from mnist_core.data.mnist import Dataset
from mnist_core.data.sample import load_sample
from mnist_core.data.training_data import split_validation
from mnist_core.errors import DeviceError, TrainingError
from mnist_core.models.architectures import Parts
from mnist_core.models.keras_builder import build_model
from mnist_core.models.recipes import OPTIMIZERS, SCHEDULES, Recipe, Start
from mnist_core.models.store import find_complete, load_stored, run_name, save_run
from mnist_core.training import batches as batches_module
from mnist_core.training import loop as training
from mnist_core.training.batches import Batches, add_label_noise
from mnist_core.training.devices import choose_devices, usable_devices
from mnist_core.training.loop import train
from mnist_core.training.pools import Pool, build_pools

ONE_EPOCH = dataclasses.replace(LINEAR, epochs=1)
CONSTANT = dataclasses.replace(LINEAR, schedule="constant")
ONE_STEP = dataclasses.replace(CONSTANT, epochs=1, batch_size=500)
PLAIN = Recipe(
    name="tiny", architecture="sketchnet", parts=Parts(filters=(2, 2)), epochs=1, batch_size=20, limit=100, seed=2
)
TINY = dataclasses.replace(PLAIN, averaging=0.5, augmentation=Augmentation(rotation=10, elastic=0.5))
CLASSIC = dataclasses.replace(
    PLAIN,
    architecture="lenet_dropout",
    parts=Parts(filters=(2, 2), dense_units=(4,)),
    optimizer="rmsprop",
    loss="one_hot",
)
# Where the first step leads from a gradient; Adam's and RMSprop's forget how large it was.
FIRST_STEPS = {
    "sgd": lambda gradient: gradient,
    "momentum": lambda gradient: 1.9 * gradient,
    "adam": lambda gradient: gradient / (np.abs(gradient) + 1e-7 / 0.001**0.5),
    "adamw": lambda gradient: gradient / (np.abs(gradient) + 1e-7 / 0.001**0.5),
    "rmsprop": lambda gradient: gradient / np.sqrt(0.1 * gradient**2 + 1e-7),
}


def validate(run):
    """Loss and accuracy of a run's model on the validation images, computed afresh."""
    data = small_data()
    images = data.x_validation[..., None].astype(np.float32) / 255
    logits = run.model.predict_on_batch(images).astype(np.float64)
    log_sum = np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)) + logits.max(axis=1)
    losses = log_sum - logits[np.arange(len(logits)), data.y_validation]
    return losses.mean(), (logits.argmax(axis=1) == data.y_validation).mean()


def as_set(images):
    return {image.tobytes() for image in images}


def first_weights(recipe):
    """The kernel and the bias with which a run of a linear model begins."""
    keras.utils.set_random_seed(recipe.seed)
    return build_model(recipe.network).get_weights()


def interrupt_in(epoch, step=1):
    def on_progress(progress):
        if progress.epoch == epoch and progress.step == step:
            raise KeyboardInterrupt

    return on_progress


def press_ctrl_c_in(epoch, times=1):
    """As a real one, in the first step of an epoch; tells in `went_on` how many of them were not raised at once."""

    def on_progress(progress):
        if progress.epoch == epoch and progress.step == 1:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)
                on_progress.went_on += 1

    on_progress.went_on = 0
    return on_progress


@functools.cache
def interrupted(recipe, epoch):
    return train(recipe, small_data(), on_progress=interrupt_in(epoch))


def test_a_linear_model_learns_digits():
    _, accuracy = validate(trained())
    assert accuracy > 0.7


@pytest.fixture(scope="module")
def again():
    """A second run with the same seed, in a thread and with other validation images."""
    data = small_data()
    other = dataclasses.replace(data, x_validation=255 - data.x_validation, y_validation=9 - data.y_validation)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(train, LINEAR, other).result()


def test_same_seed_gives_the_same_weights_bit_for_bit_whatever_the_validation_images(again):
    assert weight_hashes(again.model) == weight_hashes(trained().model)
    assert again.history[-1]["val_loss"] != trained().history[-1]["val_loss"]


def test_training_in_a_thread_needs_no_signals(again):
    assert again.stopped_after is None


@pytest.mark.parametrize("recipe", [TINY, CLASSIC], ids=["normalised, augmented and averaged", "classic"])
def test_same_seed_gives_the_same_convolutions_bit_for_bit(recipe):
    assert weight_hashes(train(recipe, small_data()).model) == weight_hashes(trained(recipe).model)


def test_another_seed_gives_other_weights():
    other = train(dataclasses.replace(LINEAR, seed=5), small_data())
    assert weight_hashes(other.model)[0] != weight_hashes(trained().model)[0]


@pytest.fixture(scope="module")
def epochs_seen():
    """The images of each of two epochs, uint8 (500, 28, 28), as they came to be augmented."""
    seen = []

    def augment(images, augmentation, generator):
        seen.append(np.rint(images * 255).astype(np.uint8))
        return images

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches_module, "augment", augment)
        train(dataclasses.replace(LINEAR, epochs=2, augmentation=Augmentation(shift=1)), small_data())
    seen = np.concatenate(seen)
    # Keras looks at the first batch once more before it trains.
    return seen[-1000:-500], seen[-500:]


def test_every_training_image_is_seen_once_an_epoch(epochs_seen):
    expected = sorted(image.tobytes() for image in small_data().x_train)
    for images in epochs_seen:
        assert sorted(image.tobytes() for image in images) == expected


def test_order_of_images_changes_with_the_epoch(epochs_seen):
    assert not np.array_equal(*epochs_seen)


def test_validation_images_are_never_trained_on(epochs_seen):
    held_out = {image.tobytes() for image in small_data().x_validation}
    assert not held_out & {image.tobytes() for images in epochs_seen for image in images}


def test_sample_images_are_taken_out_of_the_training_set():
    x, y = load_sample()
    others = 255 - x[:50]
    order = np.random.default_rng(0).permutation(len(x) + 50)
    mnist = Dataset(np.concatenate([x, others])[order], np.concatenate([y, y[:50]])[order], x[:0], y[:0], "made up")
    data = split_validation(mnist)
    assert sorted(image.tobytes() for image in data.x_train) == sorted(image.tobytes() for image in others)
    assert np.array_equal(data.x_validation, x)


def read_batches(recipe, labels=None):
    """All batches of the first epoch: images, uint8 (500, 28, 28), and labels."""
    data = small_data()
    batches = batches_module.build_input_pipeline(data.x_train, data.y_train if labels is None else labels, [], recipe)
    images, labels = zip(*(batches["x"][index] for index in range(batches["x"].num_batches)), strict=True)
    return np.rint(np.concatenate(images)[..., 0] * 255).astype(np.uint8), np.concatenate(labels)


def test_augmentation_reaches_the_training_images():
    images, _ = read_batches(dataclasses.replace(LINEAR, augmentation=Augmentation(rotation=15)))
    assert len(as_set(images) & as_set(small_data().x_train)) < 50


@pytest.mark.parametrize("recipe", [LINEAR, BENT], ids=["plain", "averaged"])
def test_result_is_the_model_that_was_validated_last(recipe):
    run = trained(recipe)
    loss, accuracy = validate(run)
    assert accuracy == pytest.approx(run.history[-1]["val_accuracy"], abs=1e-6)
    assert loss == pytest.approx(run.history[-1]["val_loss"], rel=1e-4)


def test_complete_run_says_so():
    run = trained()
    assert run.stopped_after is None
    assert run.data_digest == small_data().digest
    assert [set(entry) for entry in run.history] == [{"loss", "accuracy", "val_loss", "val_accuracy", "seconds"}] * 3


@functools.cache
def decayed(optimizer):
    """Eight steps with all images at once and a strong decay: the run, and the weights after the first step."""
    recipe = dataclasses.replace(ONE_STEP, optimizer=optimizer, epochs=8, learning_rate=0.1, weight_decay=0.5)
    weights, fit = [], keras.Model.fit

    def watched_fit(model, *, callbacks, **options):
        watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(model.get_weights()))
        return fit(model, callbacks=[*callbacks, watch], **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Model, "fit", watched_fit)
        run = train(recipe, small_data())
    return run, weights[0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_first_step_of_each_optimizer_is_the_published_one_and_shrinks_the_weights_apart_from_the_gradient(optimizer):
    run, weights = decayed(optimizer)
    kernel, bias = first_weights(run.recipe)
    data = small_data()
    images = data.x_train.reshape(500, -1) / 255
    odds = np.exp(images @ kernel + bias)
    wrong = odds / odds.sum(axis=1, keepdims=True) - np.eye(10)[data.y_train]
    for before, after, gradient in zip(
        (kernel, bias), weights, (images.T @ wrong / 500, wrong.mean(axis=0)), strict=True
    ):
        step = (before - after) / run.recipe.learning_rate - 0.5 * before
        np.testing.assert_allclose(step, FIRST_STEPS[optimizer](gradient), rtol=0.01, atol=1e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns(optimizer):
    run, _ = decayed(optimizer)
    assert run.history[-1]["loss"] < 0.9 * run.history[0]["loss"]


def test_every_schedule_gives_other_weights():
    recipes = [dataclasses.replace(LINEAR, schedule=schedule) for schedule in SCHEDULES]
    assert len({weight_hashes(trained(recipe).model)[0] for recipe in recipes}) == len(SCHEDULES)


@pytest.mark.parametrize(("schedule", "at_the_end"), [("constant", 0.01), ("exponential", 0.0001)])
def test_learning_rate_is_constant_or_falls_to_a_hundredth(schedule, at_the_end):
    run = trained(dataclasses.replace(LINEAR, schedule=schedule))
    assert float(run.model.optimizer.learning_rate) == pytest.approx(at_the_end, rel=1e-4)
    assert run.history[-1]["loss"] < 0.9 * run.history[0]["loss"]


def test_exponential_learning_rate_falls_by_the_same_share_with_every_step():
    schedule = training.build_schedule(dataclasses.replace(LINEAR, epochs=2, schedule="exponential"), 5)
    assert float(schedule(6)) == pytest.approx(0.01 * 0.01**0.6, rel=1e-4)


def test_a_finish_begins_the_schedule_anew_below_its_peak():
    schedule = training.build_schedule(dataclasses.replace(LINEAR, epochs=5, schedule="cosine", finish=0.4), 10)
    plain = training.build_schedule(dataclasses.replace(LINEAR, epochs=3, schedule="cosine"), 10)
    lower = training.build_schedule(
        dataclasses.replace(LINEAR, epochs=2, schedule="cosine", learning_rate=0.4 * LINEAR.learning_rate), 10
    )
    rates = [float(schedule(step)) for step in range(50)]
    assert rates == pytest.approx(
        [*(float(plain(step)) for step in range(30)), *(float(lower(step)) for step in range(20))]
    )


def test_with_a_finish_only_its_epochs_hold_damaged_images():
    """Whether a blank image stays blank tells."""
    recipe = dataclasses.replace(LINEAR, epochs=4, finish=0.5, augmentation=Augmentation(damage=1))
    batches = Batches(np.zeros((64, 28, 28), np.uint8), np.zeros(64, np.uint8), [], recipe)
    damaged = []
    for _ in range(4):
        damaged.append(bool(batches[0][0].any()))
        batches.on_epoch_end()
    assert damaged == [False, False, True, True]


def test_labels_as_numbers_and_as_vectors_give_the_same_run():
    sparse, one_hot = (trained(dataclasses.replace(LINEAR, loss=loss)) for loss in ("sparse", "one_hot"))
    for one, other in zip(sparse.history, one_hot.history, strict=True):
        assert {**one, "seconds": 0} == pytest.approx({**other, "seconds": 0}, abs=1e-5)
    for one, other in zip(sparse.model.get_weights(), one_hot.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize(("share", "expected"), [(0, 0), (0.1, 50), (0.333, 166), (1, 500)])
def test_label_noise_replaces_exactly_its_share(share, expected):
    labels = small_data().y_train
    noisy = add_label_noise(labels, dataclasses.replace(LINEAR, label_noise=share))
    assert (noisy != labels).sum() == expected
    assert set(noisy) <= set(range(10))


def test_label_noise_takes_each_of_the_other_digits_alike():
    noisy = add_label_noise(np.full(9000, 4), dataclasses.replace(LINEAR, label_noise=1))
    counts = np.bincount(noisy, minlength=10)
    assert counts[4] == 0
    assert np.delete(counts, 4) == pytest.approx(np.full(9, 1000), abs=120)


def test_label_noise_is_drawn_by_the_seed():
    first, again, other = (
        add_label_noise(small_data().y_train, dataclasses.replace(LINEAR, label_noise=0.5, seed=seed))
        for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_label_noise_does_not_change_the_order_of_images():
    recipe = dataclasses.replace(LINEAR, augmentation=Augmentation(shift=1), label_noise=0.5)
    noisy = add_label_noise(small_data().y_train, recipe)
    (images, labels), (same, others) = read_batches(recipe), read_batches(recipe, noisy)
    assert np.array_equal(images, same)
    assert not np.array_equal(labels, others)


def test_wrong_labels_are_learned_and_right_ones_validated():
    run = trained(dataclasses.replace(LINEAR, label_noise=1))
    _, accuracy = validate(run)
    assert run.history[-1]["val_accuracy"] == pytest.approx(accuracy, abs=1e-6)
    assert accuracy < 0.1


@pytest.mark.parametrize("averaging", [0.0, 0.5])
def test_run_ends_with_the_epoch_that_reaches_its_aim(averaging):
    recipe = dataclasses.replace(CONSTANT, averaging=averaging, until=1.0)
    accuracies = [entry["val_accuracy"] for entry in trained(recipe).history]
    assert accuracies[0] < accuracies[1]
    until = round(accuracies[1] * 200) / 200  # Keras' own figure is a float32
    run = train(dataclasses.replace(recipe, until=until), small_data())
    assert (len(run.history), run.stopped_after) == (2, None)
    assert validate(run)[0] == pytest.approx(run.history[-1]["val_loss"], rel=1e-4)


def test_run_that_does_not_reach_its_aim_trains_all_epochs():
    run = trained(dataclasses.replace(CONSTANT, until=1.0))
    assert (len(run.history), run.stopped_after) == (3, None)


@pytest.mark.parametrize(("epochs", "expected"), [(1, 0.01), (3, 0.0)])
def test_learning_rate_rises_for_one_epoch_and_then_falls_to_zero(epochs, expected):
    run = trained(dataclasses.replace(LINEAR, epochs=epochs))
    assert float(run.model.optimizer.learning_rate) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("recipe", [LINEAR, BENT], ids=["plain", "averaged"])
def test_interrupt_in_the_second_epoch_keeps_the_first(recipe):
    run = interrupted(recipe, epoch=2)
    loss, accuracy = validate(run)
    assert run.stopped_after == 1
    assert len(run.history) == 1
    assert accuracy == pytest.approx(run.history[0]["val_accuracy"], abs=1e-6)
    assert loss == pytest.approx(run.history[0]["val_loss"], rel=1e-4)


def test_kept_weights_are_those_of_a_run_that_ended_there():
    # Until the end of the first epoch the schedule does not know how many epochs follow.
    assert weight_hashes(interrupted(LINEAR, epoch=2).model) == weight_hashes(trained(ONE_EPOCH).model)


@pytest.mark.parametrize("averaging", [0.0, 0.5])
def test_interrupt_keeps_the_best_epoch_and_not_the_last(averaging):
    recipe = dataclasses.replace(LINEAR, epochs=40, learning_rate=0.3, averaging=averaging, limit=100)
    run = interrupted(recipe, epoch=9)
    accuracies = [entry["val_accuracy"] for entry in run.history]
    loss, accuracy = validate(run)
    assert len(accuracies) == 8
    assert run.stopped_after == 1 + int(np.argmax(accuracies))
    assert accuracy == pytest.approx(max(accuracies), abs=1e-6)
    assert loss == pytest.approx(run.history[run.stopped_after - 1]["val_loss"], rel=1e-3)


def test_interrupted_run_is_stored_under_its_own_name_and_is_never_a_recipes_result(tmp_path):
    run = dataclasses.replace(interrupted(LINEAR, epoch=2), model=FakeModel(0))
    stored = save_run(run, {}, tmp_path / run_name(run))
    assert not load_stored(stored.folder).complete
    assert stored.name != run_name(trained())
    assert find_complete(run.recipe, run.data_digest, [tmp_path]) is None


def test_names_of_runs_tell_stops_apart():
    names = {run_name(fake_run(stopped_after=epoch)) for epoch in (None, 1, 2)}
    assert len(names) == 3


def test_interrupt_before_the_first_epoch_ended_keeps_nothing():
    with pytest.raises(TrainingError, match="first epoch"):
        train(LINEAR, small_data(), on_progress=interrupt_in(1, step=4))


def test_error_in_on_progress_is_not_swallowed():
    def on_progress(progress):
        raise OSError("the pipe is closed")

    with pytest.raises(OSError, match="pipe"):
        train(LINEAR, small_data(), on_progress=on_progress)


@pytest.mark.parametrize(("learning_rate", "advice"), [(1e36, r"it is 1e\+36, try 1e\+35"), (3e38, r"try 3e\+37")])
def test_run_whose_loss_is_lost_does_not_go_on_and_says_what_to_try(learning_rate, advice):
    reports = []
    with pytest.raises(TrainingError, match=f"Lower the learning rate: .*{advice}"):
        train(dataclasses.replace(LINEAR, learning_rate=learning_rate), small_data(), on_progress=reports.append)
    assert not any(np.isnan(report.loss) for report in reports)
    assert len(reports) < 5


def test_run_starts_from_the_weights_of_another_model():
    recipe = dataclasses.replace(ONE_EPOCH, learning_rate=1e-12, start=Start("other", "a" * 64))
    run = train(recipe, small_data(), start=trained().model)
    assert run.history[-1]["val_accuracy"] == trained().history[-1]["val_accuracy"]
    assert run.history[-1]["val_loss"] == pytest.approx(trained().history[-1]["val_loss"], abs=1e-6)


@pytest.mark.parametrize(
    ("frozen", "averaging"),
    [(("conv1", "conv1_norm"), 0.5), (("conv2", "conv2_norm", "conv3", "conv3_norm", "logits"), 0)],
    ids=["first", "last"],
)
def test_frozen_layers_keep_their_weights_and_all_others_learn(frozen, averaging):
    recipe = dataclasses.replace(TINY, averaging=averaging, weight_decay=0.1, start=Start("other", "a" * 64, frozen))
    source, before = trained(TINY).model, weight_hashes(trained(TINY).model)
    model = train(recipe, small_data(), start=source).model
    with_weights = [layer for layer in source.layers if layer.weights]
    kept = [layer.name for layer in with_weights if weight_hashes(layer) == weight_hashes(model.get_layer(layer.name))]
    assert len(with_weights) > len(frozen)
    assert tuple(kept) == frozen
    assert weight_hashes(source) == before


@pytest.mark.parametrize("recipe", [LINEAR, dataclasses.replace(LINEAR, start=Start("other", "a" * 64))])
def test_start_is_given_exactly_when_the_recipe_has_one(recipe):
    with pytest.raises(ValueError, match="start"):
        train(recipe, small_data(), start=None if recipe.start else trained().model)


@pytest.mark.parametrize(
    ("requested", "gpus", "expected"),
    [
        ("auto", [], []),
        ("auto", ["a"], ["GPU:0"]),
        ("gpu", ["a", "b"], ["GPU:0", "GPU:1"]),
        ("cpu", ["a", "b"], []),
        ("cpu", [], []),
    ],
)
def test_all_gpus_train_unless_the_cpu_is_asked_for(monkeypatch, requested, gpus, expected):
    import tensorflow

    visible = {"GPU": gpus}
    monkeypatch.setattr(tensorflow.config, "list_physical_devices", visible.get)
    monkeypatch.setattr(tensorflow.config, "set_visible_devices", lambda devices, kind: visible.update({kind: devices}))
    monkeypatch.setattr(tensorflow.config.experimental, "set_memory_growth", lambda gpu, enable: None)
    assert choose_devices(requested) == expected
    assert visible["GPU"] == ([] if requested == "cpu" else gpus)


def test_a_gpu_that_is_not_there_is_refused(monkeypatch):
    import tensorflow

    monkeypatch.setattr(tensorflow.config, "list_physical_devices", lambda kind: [])
    with pytest.raises(DeviceError, match="GPU") as caught:
        choose_devices("gpu")
    assert (caught.value.requested, caught.value.found) == ("gpu", "CPU")


_TWO_DEVICES = """
import sys
import tensorflow
(cpu,) = tensorflow.config.list_physical_devices("CPU")
tensorflow.config.set_logical_device_configuration(cpu, [tensorflow.config.LogicalDeviceConfiguration()] * 2)
sys.path.append(sys.argv[1])
from test_loop import *
replicas, fit = [], keras.Model.fit
def watched_fit(model, *arguments, **options):
    replicas.append(model.distribute_strategy.num_replicas_in_sync)
    return fit(model, *arguments, **options)
keras.Model.fit = watched_fit
for recipe in (LINEAR, BENT):
    run = train(recipe, small_data(), devices=["CPU:0", "CPU:1"])
    print(json.dumps({
        "replicas": replicas[-1],
        "accuracy": run.history[-1]["val_accuracy"],
        "computed": validate(run)[1],
        "weights": [array.tolist() for array in run.model.get_weights()],
    }))
"""


@pytest.fixture(scope="module")
def two_devices():
    """What runs on two devices gave: first plain, then augmented and averaged."""
    child = run_python(_TWO_DEVICES, Path(__file__).parent, CUDA_VISIBLE_DEVICES="-1")
    assert child.returncode == 0, child.stderr[-3000:]
    return [json.loads(line) for line in child.stdout.splitlines()]


def test_two_devices_share_each_batch(two_devices):
    assert [run["replicas"] for run in two_devices] == [2, 2]


def test_two_devices_give_the_weights_of_one(two_devices):
    plain, _ = two_devices
    for one, two in zip(trained().model.get_weights(), plain["weights"], strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-5)
    assert plain["accuracy"] == pytest.approx(trained().history[-1]["val_accuracy"], abs=1e-6)


def test_two_devices_learn_augmented_images_as_well_as_one(two_devices):
    _, augmented = two_devices
    assert augmented["accuracy"] > 0.65
    assert augmented["accuracy"] == pytest.approx(trained(BENT).history[-1]["val_accuracy"], abs=0.08)


def test_model_of_two_devices_answers_each_image_once(two_devices):
    for run in two_devices:
        assert run["computed"] == pytest.approx(run["accuracy"], abs=1e-6)


@pytest.mark.parametrize(
    ("sizes", "num_devices", "expected"),
    [
        ((640, 64, 500), 1, 1),
        ((640, 64, 500), 2, 2),
        ((640, 64, 500), 8, 4),  # four images of 500 are left over, too few for eight
        ((55_000, 64, 5000), 8, 8),
        ((990, 99, 500), 2, 1),
        ((640, 64, 500), 3, 2),
        ((900, 90, 500), 3, 2),  # two images are left over, too few for three
        ((65, 64, 500), 2, 1),
        ((64, 64, 501), 2, 1),
        ((10, 64, 500), 2, 2),
        ((1, 1, 1), 4, 1),
    ],
)
def test_as_many_devices_as_can_share_every_batch(sizes, num_devices, expected):
    devices = [f"GPU:{number}" for number in range(num_devices)]
    assert usable_devices(*sizes, devices) == devices[:expected]


def test_no_devices_are_no_devices():
    assert usable_devices(640, 64, 500, []) == []


@pytest.mark.parametrize("change", [{"learning_rate": 1e38, "batch_size": 500}, {"learning_rate": 1e20, "epochs": 1}])
def test_a_last_step_that_loses_everything_stops_the_run(change):
    with pytest.raises(TrainingError, match="learning rate"):
        train(dataclasses.replace(CONSTANT, **change), small_data())


def test_a_short_run_forgets_its_beginning():
    """With a momentum of 0.99 the average of fifteen steps would still be the untrained network."""
    accuracies = [validate(trained(dataclasses.replace(LINEAR, averaging=m)))[1] for m in (0.0, 0.99)]
    assert abs(accuracies[0] - accuracies[1]) < 0.1


# Pools

DATA_WITH_INK = dataclasses.replace(small_data(), ink=INK)
POOLED = dataclasses.replace(
    LINEAR, epochs=3, limit=100, ink=30, outliers=12, augmentation=Augmentation(shift=1), averaging=0.5
)


@pytest.fixture(scope="module")
def pooled():
    """The images, the labels and the numbers of steps of each of three epochs with pools, and its run."""
    seen, labels, reports = [], [], []

    def watched_augment(images, augmentation, generator):
        seen.append(np.rint(images * 255).astype(np.uint8))
        return augment(images, augmentation, generator)

    take = batches_module.Batches.__getitem__

    def watched_take(batches, index):
        images, chosen = take(batches, index)
        labels.append(chosen)
        return images, chosen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches_module, "augment", watched_augment)
        patch.setattr(batches_module.Batches, "__getitem__", watched_take)
        run = train(POOLED, DATA_WITH_INK, on_progress=reports.append)
    # Keras looks at the first batch once more before it trains.
    images, labels = np.concatenate(seen)[-3 * 142 :], np.concatenate(labels)[-3 * 142 :]
    return SimpleNamespace(epochs=np.split(images, 3), labels=np.split(labels, 3), reports=reports, run=run)


def test_an_epoch_is_all_images_up_to_the_limit_and_so_many_drawings_and_outliers(pooled):
    ink, outliers = build_pools(POOLED, DATA_WITH_INK)
    for images, labels in zip(pooled.epochs, pooled.labels, strict=True):
        kinds = [as_set(small_data().x_train[:100]), as_set(ink.images), as_set(outliers.images)]
        assert [sum(image.tobytes() in kind for image in images) for kind in kinds] == [100, 30, 12]
        assert kinds[0] <= as_set(images)
        assert (labels == 10).sum() == 12


def test_every_image_keeps_its_label(pooled):
    ink, outliers = build_pools(POOLED, DATA_WITH_INK)
    data, known = small_data(), {}
    for images, labels in ((data.x_train, data.y_train), (ink.images, ink.labels), (outliers.images, outliers.labels)):
        known |= {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    for images, labels in zip(pooled.epochs, pooled.labels, strict=True):
        assert [known[image.tobytes()] for image in images] == labels.tolist()


@pytest.mark.parametrize("number", [0, 1], ids=["ink", "outliers"])
def test_epochs_take_other_images_of_a_pool_until_all_were_taken(pooled, number):
    pool = build_pools(POOLED, DATA_WITH_INK)[number]
    taken = [as_set(images) & as_set(pool.images) for images in pooled.epochs]
    if number == 1:
        assert [len(images) for images in taken] == [12] * 3
        assert set.union(*taken) == as_set(pool.images)
    else:  # eighty drawings for three epochs of thirty: the last one begins anew
        assert (len(pool.images), [len(images) for images in taken]) == (80, [30] * 3)
        assert set.union(*taken) == as_set(pool.images)
        assert (len(taken[0] & taken[1]), len(taken[1] & taken[2]), len(taken[0] & taken[2])) == (0, 0, 10)


def test_images_of_pools_are_mixed_with_the_others(pooled):
    for labels in pooled.labels:
        places = np.flatnonzero(labels == 10)
        assert 40 < places.mean() < 102
        assert np.diff(places).max() > 1


def test_progress_counts_every_step_and_every_epoch(pooled):
    """142 images with those of the pools are two batches of a hundred at most."""
    steps = [(epoch, step) for epoch in (1, 2, 3) for step in (1, 2, 2)]
    assert [(report.epoch, report.step) for report in pooled.reports] == steps
    assert {(report.num_epochs, report.num_steps) for report in pooled.reports} == {(3, 2)}
    validated = [report.validation_accuracy for report in pooled.reports if report.validation_accuracy is not None]
    assert validated == pytest.approx([entry["val_accuracy"] for entry in pooled.run.history])
    assert pooled.reports[-1].seconds_left == 0


def test_a_network_with_outliers_learns_eleven_outputs(pooled):
    assert pooled.run.model.output_shape == (None, 11)
    assert pooled.run.recipe == POOLED


def test_a_pool_smaller_than_an_epoch_takes_is_gone_through_again():
    pool = Pool(np.arange(3, dtype=np.uint8)[:, None, None] * np.ones((3, 28, 28), np.uint8), np.array([5, 6, 7]), 8)
    batches = batches_module.Batches(np.zeros((2, 28, 28), np.uint8), np.array([0, 1]), [pool], LINEAR)
    _, labels = batches[0]
    counts = np.bincount(labels, minlength=8)
    assert counts[:2].tolist() == [1, 1]
    assert sorted(counts[5:].tolist()) == [2, 3, 3]


def test_outliers_are_learned_without_augmentation_too():
    recipe = dataclasses.replace(LINEAR, outliers=300, epochs=5)
    outliers = build_pools(dataclasses.replace(recipe, seed=9), small_data())[0].images[:200]
    logits = train(recipe, small_data()).model.predict_on_batch(outliers[..., None] / 255.0)
    assert logits.shape == (200, 11)
    assert (logits.argmax(axis=1) == 10).mean() > 0.5


def test_same_seed_gives_the_same_weights_with_pools_too(pooled):
    assert weight_hashes(train(POOLED, DATA_WITH_INK).model) == weight_hashes(pooled.run.model)


def test_labels_as_numbers_and_as_vectors_give_the_same_run_with_eleven_outputs(pooled):
    one_hot = train(dataclasses.replace(POOLED, loss="one_hot"), DATA_WITH_INK)
    for one, other in zip(pooled.run.history, one_hot.history, strict=True):
        assert {**one, "seconds": 0} == pytest.approx({**other, "seconds": 0}, abs=1e-5)
    for one, other in zip(pooled.run.model.get_weights(), one_hot.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_noise_of_labels_leaves_pools_alone():
    recipe = dataclasses.replace(POOLED, label_noise=1)
    labels = add_label_noise(small_data().y_train[:100], recipe)
    batches = batches_module.Batches(small_data().x_train[:100], labels, build_pools(recipe, DATA_WITH_INK), recipe)
    seen = np.concatenate([batches[index][1] for index in range(batches.num_batches)])
    assert (seen == 10).sum() == 12
    assert (labels != small_data().y_train[:100]).all()
    assert labels.max() <= 9


def test_a_validation_answer_of_not_a_digit_is_wrong():
    """Of a network that calls everything so."""
    recipe = dataclasses.replace(LINEAR, epochs=1, outliers=2000, learning_rate=0.1, limit=50)
    run = train(recipe, small_data())
    logits = run.model.predict_on_batch(small_data().x_validation[..., None] / 255.0)
    expected = (logits.argmax(axis=1) == small_data().y_validation).mean()
    assert run.history[0]["val_accuracy"] == pytest.approx(expected, abs=1e-6)
    assert (logits.argmax(axis=1) == 10).any()


# Exactness


@pytest.mark.parametrize(
    ("options", "expected"), [({}, ["exact"]), ({"exact": True}, ["exact"]), ({"exact": False}, [])]
)
def test_operations_are_made_repeatable_unless_a_run_need_not_be_exact(monkeypatch, options, expected):
    asked = []
    monkeypatch.setattr(training, "make_deterministic", lambda: asked.append("exact"))
    monkeypatch.setattr(training, "build_model", lambda network: asked.append("model"))
    with pytest.raises(AttributeError):
        train(ONE_STEP, small_data(), **options)
    assert asked == [*expected, "model"]


def test_a_run_that_need_not_be_exact_learns_as_well():
    inexact = train(LINEAR, small_data(), exact=False)
    assert validate(inexact)[1] == pytest.approx(validate(trained())[1], abs=0.02)


# Ctrl-C


def test_ctrl_c_waits_for_a_place_where_it_does_no_harm_and_is_what_it_was_after_training():
    """Raised inside TensorFlow's own code it has ended the process with a segmentation fault."""
    before, press = signal.getsignal(signal.SIGINT), press_ctrl_c_in(2)
    assert train(LINEAR, small_data(), on_progress=press).stopped_after == 1
    assert press.went_on == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_does_not_wait():
    press = press_ctrl_c_in(2, times=2)
    assert train(LINEAR, small_data(), on_progress=press).stopped_after == 1
    assert press.went_on == 1
