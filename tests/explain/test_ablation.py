import numpy as np
import pytest
from support.models import lively_model, sample_images, stored_architecture

from mnist_core.errors import QueryError
from mnist_core.explain.ablation import BrokenCopy, disturb
from mnist_core.explain.anatomy import Anatomy
from mnist_core.models.inference import predict_logits
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR


@pytest.fixture(scope="module")
def shipped():
    return Anatomy(load_stored(SHIPPED_DIR / "sketchnet"))


def keras_without(architecture, images, off):
    """Logits of Keras when some channels of some layers' outputs are multiplied by 0."""
    hidden = images[..., None]
    layers = lively_model(architecture).layers[1:]
    for layer, above in zip(layers, [*layers[1:], None], strict=True):
        hidden = np.array(layer(hidden))
        name = layer.name.split("_")[0]
        if above is None or above.name.split("_")[0] != name:
            hidden[..., off.get(name, [])] = 0
    return hidden


@pytest.mark.parametrize(
    ("architecture", "off"),
    [
        ("lenet", {"conv1": [0, 5]}),
        ("lenet", {"pool2": [3, 60], "dense1": [1, 2, 63]}),
        ("sketchnet", {"conv3": [7], "embedding": [0, 143]}),
        ("dense512", {"dense1": list(range(256))}),
    ],
)
def test_what_is_switched_off_is_0_for_the_next_layer(architecture, off):
    images = sample_images(1000)[::250]
    copy = BrokenCopy(Anatomy(stored_architecture(architecture)), off)
    expected = keras_without(architecture, images, off)
    np.testing.assert_allclose(copy.predict_logits(images), expected, rtol=1e-3, atol=1e-3)


def test_nothing_switched_off_changes_nothing(shipped):
    images = sample_images(1000)[:5]
    np.testing.assert_array_equal(BrokenCopy(shipped, {}).predict_logits(images), shipped.logits(images))


def test_without_a_layer_every_image_gets_the_same_answer(shipped):
    logits = BrokenCopy(shipped, {"pool1": list(range(32))}).predict_logits(sample_images(1000)[::100])
    np.testing.assert_allclose(logits, np.broadcast_to(logits[0], logits.shape), atol=1e-5)


def test_the_network_itself_stays_whole(shipped):
    images = sample_images(1000)[:5]
    before = shipped.logits(images)
    BrokenCopy(shipped, {"conv1": list(range(32))}, noise=1.0).predict_logits(images)
    np.testing.assert_array_equal(shipped.logits(images), before)


def test_noise_is_as_large_as_asked(shipped):
    for number, kernel in disturb(shipped.parts, 0.5, seed=3).items():
        original = shipped.parts[number].kernel
        assert (kernel - original).std() == pytest.approx(0.5 * original.std(), rel=0.15)


def test_noise_of_one_seed_is_the_same_each_time(shipped):
    images = sample_images(1000)[:3]
    first, again, other = (BrokenCopy(shipped, {}, 0.3, seed).predict_logits(images) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_much_noise_costs_accuracy(shipped):
    images = sample_images(1000)
    whole = shipped.logits(images)[:, :10].argmax(axis=1)
    broken = predict_logits(BrokenCopy(shipped, {}, 2.0), images)[:, :10].argmax(axis=1)
    assert (whole == broken).mean() < 0.5


@pytest.mark.parametrize(
    ("off", "noise", "message"),
    [
        ({"logits": [0]}, 0, "the answer itself"),
        ({"conv1": [32]}, 0, "channels 0 to 31"),
        ({"conv1": ["a"]}, 0, "channels 0 to 31"),
        ({"conv1": [True]}, 0, "channels 0 to 31"),
        ({"conv7": [0]}, 0, "no layer"),
        ({}, -0.1, "between 0 and 2"),
        ({}, 3, "between 0 and 2"),
        ({}, float("nan"), "between 0 and 2"),
        ({}, "much", "between 0 and 2"),
    ],
)
def test_what_cannot_be_is_refused(shipped, off, noise, message):
    with pytest.raises(QueryError, match=message):
        BrokenCopy(shipped, off, noise)
