"""Every architecture passes the same tests."""

import dataclasses

import keras
import numpy as np
import pytest
from support.models import fake_run, lively_model, sample_images, stored_architecture

from mnist_core.errors import UnknownModelError
from mnist_core.models.architectures import ARCHITECTURES, Parts, find_architecture
from mnist_core.models.calibration import softmax
from mnist_core.models.inference import LiteRTPredictor, predict
from mnist_core.models.keras_builder import build_model
from mnist_core.models.layers import ACTIVATIONS
from mnist_core.models.recipes import Recipe
from mnist_core.models.store import save_run

SMALL = [("lenet", Parts(activation, (4,), 3, "average", 3, (8,))) for activation in ACTIVATIONS]
SMALL += [("sketchnet", Parts("silu", (4, 4))), ("linear", Parts(filters=(4,), dropout=0.5))]


@pytest.fixture(params=sorted(ARCHITECTURES))
def architecture(request):
    return request.param


def test_takes_images_and_gives_ten_logits(architecture):
    model = build_model(find_architecture(architecture))
    assert model.input_shape == (None, 28, 28, 1)
    assert model.output_shape == (None, 10)


@pytest.mark.parametrize(
    "images",
    [np.zeros((2, 28, 28)), np.ones((2, 28, 28)), np.random.default_rng(0).random((2, 28, 28))],
    ids=["blank", "full", "noise"],
)
def test_logits_are_finite(architecture, images):
    logits = lively_model(architecture).predict_on_batch(images[..., None].astype(np.float32))
    assert logits.shape == (2, 10)
    assert np.isfinite(logits).all()


def test_output_is_logits_and_not_probabilities(architecture):
    logits = lively_model(architecture).predict_on_batch(sample_images(100)[..., None])
    assert (logits < 0).any()
    assert not np.allclose(logits.sum(axis=1), 1)


def test_answers_depend_on_the_image(architecture):
    logits = lively_model(architecture).predict_on_batch(sample_images(100)[..., None])
    assert (logits.std(axis=0) > 1e-3).all()


def test_litert_file_answers_as_keras_does(architecture):
    images = sample_images(1000)
    expected = softmax(lively_model(architecture).predict(images[..., None], batch_size=100, verbose=0))
    answers = predict(LiteRTPredictor(stored_architecture(architecture)), images).probabilities
    assert expected.max(axis=1).std() > 1e-3
    np.testing.assert_allclose(answers, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("architecture", "parts"), SMALL, ids=lambda value: getattr(value, "activation", value))
def test_litert_file_of_changed_parts_answers_as_keras_does(tmp_path, architecture, parts):
    recipe = Recipe(name="changed", architecture=architecture, parts=parts)
    run = fake_run(recipe)
    keras.utils.set_random_seed(7)
    run.model = build_model(recipe.network)
    run.model.set_weights([2 * array + 0.1 * (array.ndim == 1) for array in run.model.get_weights()])
    images = sample_images(200)
    expected = run.model.predict_on_batch(images[..., None])
    answers = LiteRTPredictor(save_run(run, {}, tmp_path / "changed")).predict_logits(images)
    assert expected.std(axis=0).min() > 1e-3
    np.testing.assert_allclose(softmax(answers), softmax(expected), rtol=0, atol=1e-5)


def test_litert_file_of_eleven_outputs_answers_as_keras_does(tmp_path):
    recipe = Recipe(name="eleven", architecture="sketchnet", parts=Parts(filters=(4, 4)), outliers=1)
    run = fake_run(recipe)
    keras.utils.set_random_seed(7)
    run.model = build_model(recipe.network)
    run.model.set_weights([3 * array for array in run.model.get_weights()])
    images = sample_images(200)
    expected = run.model.predict_on_batch(images[..., None])
    answers = LiteRTPredictor(save_run(run, {}, tmp_path / "eleven")).predict_logits(images)
    assert answers.shape == (200, 11)
    assert expected.std(axis=0).min() > 1e-3
    np.testing.assert_allclose(answers, expected, rtol=0, atol=1e-5)


def test_weights_have_the_same_names_in_every_build(architecture):
    first, second = ([weight.path for weight in build_model(find_architecture(architecture)).weights] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)


def test_model_is_named_as_its_architecture(architecture):
    assert build_model(find_architecture(architecture)).name == architecture


@pytest.mark.parametrize("num_outputs", [10, 11])
def test_model_has_as_many_outputs_as_its_architecture(architecture, num_outputs):
    network = dataclasses.replace(find_architecture(architecture), num_outputs=num_outputs)
    assert build_model(network).output_shape == (None, num_outputs)


def test_unknown_architecture_is_refused_with_the_known_ones():
    with pytest.raises(UnknownModelError, match="architecture") as caught:
        find_architecture("perceptron")
    assert caught.value.name == "perceptron"
    assert set(caught.value.available) == set(ARCHITECTURES)
