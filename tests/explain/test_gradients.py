"""Gradients are those of the stored weights, and every explanation depends on the network that it explains."""

import dataclasses

import numpy as np
import pytest
from support.models import fake_run, sample_images, stored_architecture

from mnist_core.errors import QueryError
from mnist_core.explain.attribution import BASELINES, EXPLANATIONS, Target, make_baseline
from mnist_core.explain.gradients import DifferentiableNetwork
from mnist_core.models.architectures import ARCHITECTURES, Parts
from mnist_core.models.keras_builder import build_model
from mnist_core.models.recipes import Recipe
from mnist_core.models.store import load_stored, save_run
from mnist_core.paths import SHIPPED_DIR

_opened = {}


def open_network(name):
    """A network with gradients, once for all tests."""
    if name not in _opened:
        stored = load_stored(SHIPPED_DIR / name) if name == "sketchnet" else stored_architecture(name)
        _opened[name] = DifferentiableNetwork(stored)
    return _opened[name]


both = pytest.mark.parametrize("name", ["sketchnet", "lenet"])
every_method = pytest.mark.parametrize("method", EXPLANATIONS)


def explain(method, network, image, target, baseline="paper"):
    return EXPLANATIONS[method].explain(network, image, target, baseline=baseline)


def an_image(number=60):
    return sample_images(100)[number]


# The gradient itself


def test_the_gradient_of_a_linear_model_is_its_stored_weights():
    with np.load(stored_architecture("linear").folder / "weights.npz") as arrays:
        kernel = arrays["logits/kernel"]
    network = open_network("linear")
    found = explain("gradient", network, an_image(), Target(7))
    assert np.array_equal(found, kernel[:, 7].reshape(28, 28))
    assert np.allclose(explain("gradient", network, an_image(), Target(7, 2)).ravel(), kernel[:, 7] - kernel[:, 2])


@pytest.mark.parametrize("name", ["sketchnet", "lenet", "wide_dense"])
def test_the_gradient_is_how_litert_answers_change(name):
    network, generator = open_network(name), np.random.default_rng(0)
    # On even paper the largest of equal values may be any of them, and the gradient is not unique.
    images = sample_images(100)[::10] * 0.8 + generator.uniform(0, 0.2, (10, 28, 28)).astype(np.float32)
    target = Target(3, 5)
    gradients = network.gradient(images, target)
    step = 0.005 * gradients / np.linalg.norm(gradients, axis=(1, 2), keepdims=True)
    change = target.values(network.logits(images + step)) - target.values(network.logits(images - step))
    assert np.allclose((gradients * step).sum(axis=(1, 2)), change / 2, rtol=0.05)


def test_the_direction_of_the_loss_does_not_vanish_where_there_is_no_doubt():
    network, image = open_network("sketchnet"), sample_images(100)[99]
    logits = network.logits(image[None])[0, :10]
    digit = int(logits.argmax())
    assert np.sort(logits)[-2] < logits[digit] - 10
    noise = np.sign(network.loss_gradient(image, digit))
    assert np.abs(noise).mean() > 0.9
    before, after = network.logits(np.stack([image, image + 0.02 * noise]))[:, digit]
    assert after < before - 1


def test_the_direction_of_the_loss_is_that_of_the_cross_entropy():
    network, image = open_network("linear"), an_image()
    logits = network.logits(image[None])[0].astype(np.float64)
    kernel = network.parts[-1].kernel.astype(np.float64)
    gradient = kernel @ (np.exp(logits) / np.exp(logits).sum() - np.eye(10)[4])
    found = network.loss_gradient(image, 4).ravel()
    assert found @ gradient == pytest.approx(np.linalg.norm(found) * np.linalg.norm(gradient), rel=1e-4)


# What all methods share


@both
@every_method
def test_every_explanation_is_one_finite_signed_number_a_pixel(name, method):
    network, image = open_network(name), an_image(25)
    attribution = explain(method, network, image, Target(2, 7))
    assert (attribution.shape, attribution.dtype) == ((28, 28), np.float32)
    assert np.isfinite(attribution).all()
    assert attribution.min() < 0 < attribution.max()


@both
@every_method
def test_two_digits_compared_are_the_difference_of_both(name, method):
    network, image = open_network(name), an_image(90)
    nine, four, both = (explain(method, network, image, target) for target in (Target(9), Target(4), Target(9, 4)))
    # Integrated gradients take as many steps as each needs.
    tolerance = 0.05 if method == "integrated_gradients" else 1e-4
    assert np.abs(both - (nine - four)).max() <= tolerance * np.abs(both).max()
    assert np.allclose(both, -explain(method, network, image, Target(4, 9)), atol=1e-4 * np.abs(both).max())


@pytest.mark.parametrize("name", ["linear", "wide_dense"])
def test_a_network_is_explained_or_it_is_said_why_not(name):
    network = open_network(name)
    for method in EXPLANATIONS:
        if method == "grad_cam" and not ARCHITECTURES[name].blocks:
            with pytest.raises(QueryError, match="no convolution"):
                explain(method, network, an_image(), Target(1))
        else:
            assert explain(method, network, an_image(), Target(1)).any()


def test_another_activation_and_pooling_are_explained_too(tmp_path):
    recipe = Recipe(name="bent", architecture="sketchnet", parts=Parts(activation="tanh", pooling="average"))
    run = fake_run(recipe)
    run.model = build_model(recipe.network)
    network = DifferentiableNetwork(save_run(run, {}, tmp_path / "bent"))
    image, target = an_image(), Target(1)
    assert np.allclose(
        network.map_gradient(image[None], target, "conv5")[0, 0, 0], network.parts[-1].kernel[:, 1] / 49, atol=1e-6
    )
    assert all(explain(method, network, image, target).any() for method in EXPLANATIONS)


@pytest.mark.parametrize("name", ["sketchnet", "lenet", "linear"])
def test_what_is_said_to_need_no_gradients_asks_for_none(name, monkeypatch):
    network, asked = open_network(name), []
    monkeypatch.setattr(network, "differentiate", lambda *arguments: asked.append(arguments) or 1 / 0)
    for method, explanation in EXPLANATIONS.items():
        if method == "grad_cam" and name == "linear":
            continue
        if explanation.needs_gradients(network):
            with pytest.raises(ZeroDivisionError):
                explain(method, network, an_image(), Target(1))
        else:
            explain(method, network, an_image(), Target(1))


@every_method
def test_only_methods_with_a_baseline_depend_on_it(method):
    found = [explain(method, open_network("lenet"), an_image(), Target(1), baseline) for baseline in BASELINES]
    same = [np.array_equal(found[0], other) for other in found[1:]]
    assert same == [not EXPLANATIONS[method].has_baseline] * 3


# Against the literature


@both
@pytest.mark.parametrize("baseline", BASELINES)
def test_integrated_gradients_add_up_to_what_the_image_has_more_than_the_baseline(name, baseline):
    network = open_network(name)
    for number in (5, 33, 61, 94):
        image = an_image(number)
        target = Target(int(network.logits(image[None])[0, :10].argmax()))
        before, after = target.values(network.logits(np.stack([make_baseline(image, baseline), image])))
        total = explain("integrated_gradients", network, image, target, baseline).sum()
        assert total == pytest.approx(after - before, rel=0.01)


def test_cam_is_the_true_grad_cam_up_to_a_positive_factor():
    network, image, target = open_network("sketchnet"), an_image(), Target(6)
    cam = explain("grad_cam", network, image, target)
    gains = network.map_gradient(image[None], target, "conv5")[0].mean(axis=(0, 1))
    maps = network.feature_maps(image[None])["conv5"][0] @ gains
    places = np.clip((np.arange(28) - 1.5) / 4, 0, 6)
    # Only at the corners of both grids are they the same without a thought about the pixels between.
    upsampled = np.array([[np.interp(x, range(7), row) for x in places] for row in maps])
    upsampled = np.array([[np.interp(y, range(7), column) for y in places] for column in upsampled.T]).T
    factor = (cam * upsampled).sum() / (upsampled**2).sum()
    assert factor > 0
    assert np.allclose(cam, factor * upsampled, atol=1e-4 * np.abs(cam).max())


def test_the_maps_gradient_is_taken_after_the_activation():
    network, image = open_network("sketchnet"), an_image()
    with pytest.raises(QueryError, match="no layer 'conv9'"):
        network.map_gradient(image[None], Target(1), "conv9")
    found = network.map_gradient(image[None], Target(1), "conv5")[0]
    expected = np.broadcast_to(network.parts[-1].kernel[:, 1] / 49, found.shape)
    assert np.allclose(found, expected, atol=1e-6)


class Randomised(DifferentiableNetwork):
    """All answers come from Keras, so that its weights may be changed."""

    def logits(self, images):
        return np.concatenate(
            [np.asarray(self._keras_model(images[at : at + 256, ..., None])) for at in range(0, len(images), 256)]
        )

    def feature_maps(self, images):
        layer = self._layers["conv5_relu"]
        return {"conv5": np.asarray(self._build(self._keras_model.inputs[0], layer.output)(images[..., None]))}

    def shuffle(self, name, generator):
        layer = self._layers[name]
        layer.set_weights(
            [generator.permutation(weight.ravel()).reshape(weight.shape) for weight in layer.get_weights()]
        )
        self.parts = (
            *self.parts[:-1],
            dataclasses.replace(self.parts[-1], kernel=self._layers["logits"].get_weights()[0]),
        )


def rank_correlation(one, other):
    """Spearman's, over the pixels about which the first says something."""
    told = one != 0
    ranks = [np.argsort(np.argsort(values[told])) for values in (one, other)]
    return float(np.corrcoef(ranks)[0, 1])


def test_no_explanation_survives_that_the_weights_are_shuffled_from_the_top_down():
    """As Adebayo et al. (2018), "Sanity checks for saliency maps", who found some that do."""
    network, image, generator = (
        Randomised(load_stored(SHIPPED_DIR / "sketchnet")),
        an_image(99),
        np.random.default_rng(0),
    )
    target = Target(int(network.logits(image[None])[0, :10].argmax()))
    whole = {method: explain(method, network, image, target) for method in EXPLANATIONS}
    found = {method: [] for method in EXPLANATIONS}
    for name in ("logits", "conv5", "conv4", "conv3", "conv2", "conv1"):
        network.shuffle(name, generator)
        for method, before in whole.items():
            if method.startswith("occlusion") and name in ("conv5", "conv3", "conv2"):
                continue  # thousands of answers
            found[method].append(rank_correlation(before, explain(method, network, image, target)))
    assert {method: max(values) < 0.65 for method, values in found.items()} == dict.fromkeys(EXPLANATIONS, True)
