"""The same recipe and data give the same weights; a stop keeps the best epoch; nothing is learned from validation."""

import dataclasses
import functools

import numpy as np
import pytest
from fixtures_models import BENT, LINEAR, FakeModel, fake_run, small_data, trained, weight_hashes

from mnist_core import training
from mnist_core.augmentation import Augmentation
from mnist_core.dataset import Dataset, load_sample, split_validation
from mnist_core.errors import TrainingError
from mnist_core.recipes import Recipe
from mnist_core.store import find_complete, load_stored, run_name, save_run
from mnist_core.training import train

ONE_EPOCH = dataclasses.replace(LINEAR, epochs=1)


def validate(run):
    """Loss and accuracy of a run's model on the validation images, computed afresh."""
    data = small_data()
    images = data.x_validation[..., None].astype(np.float32) / 255
    logits = run.model.predict_on_batch(images).astype(np.float64)
    log_sum = np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)) + logits.max(axis=1)
    losses = log_sum - logits[np.arange(len(logits)), data.y_validation]
    return losses.mean(), (logits.argmax(axis=1) == data.y_validation).mean()


def interrupt_in(epoch, step=1):
    def on_progress(progress):
        if progress.epoch == epoch and progress.step == step:
            raise KeyboardInterrupt

    return on_progress


@functools.cache
def interrupted(recipe, epoch):
    return train(recipe, small_data(), on_progress=interrupt_in(epoch))


def test_a_linear_model_learns_digits():
    _, accuracy = validate(trained())
    assert accuracy > 0.7


@pytest.mark.parametrize("recipe", [LINEAR, BENT], ids=["plain", "augmented and averaged"])
def test_same_seed_gives_the_same_weights_bit_for_bit(recipe):
    assert weight_hashes(train(recipe, small_data()).model) == weight_hashes(trained(recipe).model)


def test_same_seed_gives_the_same_convolutions_bit_for_bit():
    recipe = Recipe(name="short", architecture="sketchnet", epochs=1, batch_size=10, limit=20, averaging=0.5)
    data = dataclasses.replace(
        small_data(), x_validation=small_data().x_validation[:20], y_validation=small_data().y_validation[:20]
    )
    first, second = (weight_hashes(train(recipe, data).model) for _ in range(2))
    assert first == second


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
        patch.setattr(training, "augment", augment)
        train(dataclasses.replace(LINEAR, epochs=2, augmentation=Augmentation(shift=1)), small_data())
    # Keras looks at the first batch once more before it trains.
    return np.concatenate(seen[-10:-5]), np.concatenate(seen[-5:])


def test_every_training_image_is_seen_once_an_epoch(epochs_seen):
    expected = sorted(image.tobytes() for image in small_data().x_train)
    for images in epochs_seen:
        assert sorted(image.tobytes() for image in images) == expected


def test_order_of_images_changes_with_the_epoch(epochs_seen):
    assert not np.array_equal(*epochs_seen)


def test_validation_images_are_never_trained_on(epochs_seen):
    held_out = {image.tobytes() for image in small_data().x_validation}
    assert not held_out & {image.tobytes() for images in epochs_seen for image in images}


def test_weights_do_not_depend_on_validation_images():
    data = small_data()
    other = dataclasses.replace(data, x_validation=255 - data.x_validation, y_validation=9 - data.y_validation)
    assert weight_hashes(train(LINEAR, other).model) == weight_hashes(trained().model)


def test_sample_images_are_taken_out_of_the_training_set():
    x, y = load_sample()
    others = 255 - x[:50]
    order = np.random.default_rng(0).permutation(len(x) + 50)
    mnist = Dataset(np.concatenate([x, others])[order], np.concatenate([y, y[:50]])[order], x[:0], y[:0], "made up")
    data = split_validation(mnist)
    assert sorted(image.tobytes() for image in data.x_train) == sorted(image.tobytes() for image in others)
    assert np.array_equal(data.x_validation, x)


def test_limit_takes_the_first_images_only():
    data = small_data()
    recipe = dataclasses.replace(LINEAR, epochs=1, limit=100)
    first = dataclasses.replace(data, x_train=data.x_train[:100], y_train=data.y_train[:100])
    assert weight_hashes(train(recipe, data).model) == weight_hashes(train(recipe, first).model)


def test_augmentation_reaches_the_training_images():
    bent = dataclasses.replace(LINEAR, epochs=1, augmentation=Augmentation(rotation=15))
    assert weight_hashes(trained(bent).model) != weight_hashes(trained(ONE_EPOCH).model)


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


@pytest.mark.parametrize(("epochs", "expected"), [(1, 0.01), (3, 0.0)])
def test_learning_rate_rises_for_one_epoch_and_then_falls_to_zero(epochs, expected):
    run = trained(dataclasses.replace(LINEAR, epochs=epochs))
    assert float(run.model.optimizer.learning_rate) == pytest.approx(expected, abs=1e-8)


def test_progress_counts_every_step_and_every_epoch():
    reports = []
    run = train(dataclasses.replace(LINEAR, epochs=2, batch_size=150), small_data(), on_progress=reports.append)
    steps = [(epoch, step) for epoch in (1, 2) for step in (1, 2, 3, 4, 4)]
    assert [(report.epoch, report.step) for report in reports] == steps
    assert {(report.num_epochs, report.num_steps) for report in reports} == {(2, 4)}
    validated = [report.validation_accuracy for report in reports if report.validation_accuracy is not None]
    assert validated == pytest.approx([entry["val_accuracy"] for entry in run.history])
    assert reports[-1].seconds_left == 0


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


@pytest.mark.parametrize("step", [1, 4])
def test_interrupt_before_the_first_epoch_ended_keeps_nothing(step):
    with pytest.raises(TrainingError, match="first epoch"):
        train(LINEAR, small_data(), on_progress=interrupt_in(1, step))


def test_error_in_on_progress_is_not_swallowed():
    def on_progress(progress):
        raise OSError("the pipe is closed")

    with pytest.raises(OSError, match="pipe"):
        train(LINEAR, small_data(), on_progress=on_progress)


@pytest.mark.parametrize("learning_rate", [1e36, 1e38, float("inf")])
def test_run_whose_loss_is_no_finite_number_stops_and_names_the_learning_rate(learning_rate):
    with pytest.raises(TrainingError, match="learning rate"):
        train(dataclasses.replace(LINEAR, learning_rate=learning_rate), small_data())


def test_run_whose_loss_became_nan_does_not_go_on():
    reports = []
    with pytest.raises(TrainingError, match="learning rate"):
        train(dataclasses.replace(LINEAR, learning_rate=1e38), small_data(), on_progress=reports.append)
    assert not any(np.isnan(report.loss) for report in reports)
    assert len(reports) < 5
