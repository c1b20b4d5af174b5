import numpy as np
import pytest
from support.models import (
    STACKS,
    copy_model,
    fake_run,
    lively_model,
    sample_images,
    stored_architecture,
    update_checksum,
)

from mnist_core.errors import DamagedModelError, QueryError
from mnist_core.explain.anatomy import Anatomy, WeightedUnit
from mnist_core.models.architectures import ARCHITECTURES, Parts
from mnist_core.models.litert import list_operators, pack, unpack, write_constant
from mnist_core.models.recipes import Recipe
from mnist_core.models.store import load_stored, save_run
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.ink import check_ink, render_ink

FOUR = [[[42, 20], [32, 55], [70, 55]], [[60, 30], [57, 82]]]
ACTIVATIONS = {"linear": lambda total: total, "relu": lambda total: max(total, 0.0)}
HIDDEN = ACTIVATIONS | {
    "leaky_relu": lambda total: max(total, 0.2 * total),
    "elu": lambda total: total if total > 0 else np.expm1(total),
    "silu": lambda total: total / (1 + np.exp(-total)),
    "tanh": np.tanh,
}

every_architecture = pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))


@pytest.fixture(scope="module")
def shipped():
    return Anatomy(load_stored(SHIPPED_DIR / "sketchnet"))


@pytest.fixture(scope="module")
def drawing():
    return render_ink(check_ink(FOUR))


def keras_outputs(architecture, images):
    """What Keras makes of images after each layer, an activation or normalisation counted with what it follows."""
    model, hidden, outputs = lively_model(architecture), images[..., None], {}
    for layer in model.layers[1:]:
        hidden = np.asarray(layer(hidden))
        outputs[layer.name.split("_")[0]] = hidden
    return outputs


@every_architecture
def test_feature_maps_are_those_of_keras(architecture):
    images = sample_images(1000)[::300]
    anatomy, expected = Anatomy(stored_architecture(architecture)), keras_outputs(architecture, images)
    maps = anatomy.feature_maps(images)
    assert list(maps) == [part.name for part in anatomy.parts]
    for name, values in maps.items():
        np.testing.assert_allclose(values, expected[name].reshape(values.shape), rtol=1e-3, atol=1e-4)


@every_architecture
def test_a_unit_is_the_sum_of_its_products(architecture):
    anatomy, generator = Anatomy(stored_architecture(architecture)), np.random.default_rng(1)
    for part in anatomy.parts:
        place = [int(generator.integers(side)) for side in part.shape]
        unit = anatomy.open_unit(sample_images(1000)[40], part.name, place)
        assert ACTIVATIONS[part.activation](unit.total) == pytest.approx(unit.value, abs=1e-3)
        if isinstance(unit, WeightedUnit):
            assert (unit.patch * unit.weights).sum() + unit.bias == pytest.approx(unit.total, abs=1e-2)


@pytest.mark.parametrize("layers", STACKS.values(), ids=STACKS)
def test_a_network_given_layer_by_layer_is_read_as_keras_computes_it(tmp_path, layers):
    """Also the sum behind a value of each of its layers."""
    run = fake_run(Recipe("stack", "lenet", Parts(layers=layers)))
    run.model = lively_model("lenet", run.recipe.parts)
    stored, images = save_run(run, {}, tmp_path / "stack"), sample_images(1000)[::300]
    anatomy, hidden, expected = Anatomy(stored), images[..., None], {}
    for layer in run.model.layers[1:]:
        hidden = np.asarray(layer(hidden))
        expected[layer.name.split("_")[0]] = hidden
    for name, values in anatomy.feature_maps(images).items():
        np.testing.assert_allclose(values, expected[name].reshape(values.shape), rtol=1e-3, atol=1e-4)
    for part in anatomy.parts:
        unit = anatomy.open_unit(images[2], part.name, [side - 1 for side in part.shape])
        assert unit.patch.size
        if isinstance(unit, WeightedUnit):
            assert (unit.patch * unit.weights).sum() + unit.bias == pytest.approx(unit.total, abs=1e-2)
            assert HIDDEN[part.activation](unit.total) == pytest.approx(unit.value, abs=1e-3)


@pytest.fixture(scope="module")
def unusual(tmp_path_factory):
    """A Keras model with even kernels, and pooling that averages and leaves pixels over; the same taken apart."""
    from mnist_core.models.keras_builder import build_model

    parts = Parts("silu", filters=(3, 4), kernel=2, pooling="average", pool_size=4, dense_units=(5,))
    run = fake_run(Recipe("unusual", "vgg_small", parts))
    run.model = build_model(run.recipe.network)
    return run.model, Anatomy(save_run(run, {}, tmp_path_factory.mktemp("models") / "unusual"))


def test_unusual_parts_give_what_keras_gives(unusual):
    model, anatomy = unusual
    hidden = sample_images(1000)[::300, :, :, None]
    maps = anatomy.feature_maps(hidden[..., 0])
    for layer in model.layers[1:]:
        hidden = np.asarray(layer(hidden))
        if layer.name in maps:
            np.testing.assert_allclose(maps[layer.name], hidden.reshape(maps[layer.name].shape), atol=1e-5)
    for name, place in (("conv1", [27, 27, 1]), ("conv3", [5, 0, 2]), ("dense1", [4])):
        unit = anatomy.open_unit(sample_images(1000)[300], name, place)
        assert unit.total / (1 + np.exp(-unit.total)) == pytest.approx(unit.value, abs=1e-5)
    unit = anatomy.open_unit(sample_images(1000)[300], "pool1", [3, 2, 1])
    assert unit.value == pytest.approx(unit.patch.mean(), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "place", "field"),
    [
        ("conv1", [3, 27, 0], (3, 27, 5, 28)),  # an even kernel pads behind
        ("pool1", [5, 0, 0], (20, 0, 26, 6)),
        ("conv3", [5, 0, 0], (20, 0, 26, 10)),  # pooling leaves three rows over, which it cannot see
    ],
)
def test_a_field_ends_where_the_layers_below_do(unusual, name, place, field):
    _, anatomy = unusual
    assert anatomy.find_field(name, place) == field
    top, left, bottom, right = field
    images = np.random.default_rng(3).random((2, 28, 28), np.float32)
    images[:, top:bottom, left:right] = images[0, top:bottom, left:right]
    first, second = anatomy.feature_maps(images)[name][:, *place]
    assert first == pytest.approx(second, abs=1e-6)


def test_a_pooling_unit_is_the_largest_of_its_patch(shipped, drawing):
    unit = shipped.open_unit(drawing, "pool1", [6, 6, 3])
    assert unit.patch.shape == (2, 2, 1)
    assert unit.value == unit.patch.max() == shipped.feature_maps(drawing[None])["pool1"][0, 6, 6, 3]


@pytest.mark.parametrize(("name", "place"), [("conv1", [9, 9, 4]), ("conv2", [3, 3, 1]), ("conv4", [1, 5, 60])])
def test_a_unit_depends_on_its_field_alone(shipped, name, place):
    image = np.random.default_rng(2).random((28, 28), np.float32)
    top, left, bottom, right = shipped.find_field(name, place)
    inside = np.zeros((28, 28), bool)
    inside[top:bottom, left:right] = True
    before = shipped.open_unit(image, name, place).total
    assert shipped.open_unit(np.where(inside, image, 1 - image), name, place).total == pytest.approx(before, abs=1e-4)
    corner = image.copy()
    corner[top, left] = 1 - corner[top, left]
    assert shipped.open_unit(corner, name, place).total != pytest.approx(before, abs=1e-6)


def test_the_first_layer_sees_what_its_kernel_covers(shipped):
    assert shipped.find_field("conv1", [10, 12, 0]) == (9, 11, 12, 14)
    assert shipped.find_field("logits", [3]) == (0, 0, 28, 28)


def test_logits_of_any_number_of_images_are_those_of_the_pad(shipped):
    images = sample_images(1000)[:70]
    whole = shipped.logits(images)
    np.testing.assert_array_equal(whole[:64], shipped.logits(images[:64]))
    np.testing.assert_allclose(whole[:8], shipped.feature_maps(images[:8])["logits"], atol=1e-4)
    assert shipped.predict(images).probabilities.argmax(axis=1).tolist() == whole[:, :10].argmax(axis=1).tolist()


def test_normalisation_is_part_of_the_convolution(shipped):
    first = shipped.parts[0]
    assert (first.name, first.kind, first.kernel.shape, first.bias.shape) == (
        "conv1",
        "convolution",
        (3, 3, 1, 32),
        (32,),
    )


def test_too_many_images_at_once_are_refused(shipped):
    with pytest.raises(ValueError, match="at most 64"):
        shipped.feature_maps(np.zeros((65, 28, 28), np.float32))


@pytest.mark.parametrize("place", [[28, 0, 0], [0, 0, 32], [0, 0], [-1, 0, 0], [0.5, 0, 0], [True, 0, 0], []])
def test_a_place_that_is_not_there_is_refused(shipped, drawing, place):
    with pytest.raises(QueryError, match="conv1 has the shape"):
        shipped.open_unit(drawing, "conv1", place)


def test_a_layer_that_is_not_there_is_refused(shipped, drawing):
    with pytest.raises(QueryError, match="It has: conv1, pool1"):
        shipped.open_unit(drawing, "conv9", [0, 0, 0])


def test_a_file_with_other_layers_than_its_recipe_is_refused(tmp_path):
    folder = copy_model(stored_architecture("linear"), tmp_path / "other")
    (folder / "model.tflite").write_bytes(stored_architecture("lenet").read_litert())
    update_checksum(folder, "model.tflite")
    with pytest.raises(DamagedModelError, match="layers cannot be read"):
        Anatomy(load_stored(folder))


def test_a_network_whose_training_went_wrong_is_refused(tmp_path):
    folder = copy_model(stored_architecture("linear"), tmp_path / "diverged")
    model = unpack(stored_architecture("linear").read_litert())
    (dense,) = (operator for kind, operator in list_operators(model) if kind == "FULLY_CONNECTED")
    write_constant(model, int(dense.inputs[1]), np.full((10, 784), np.nan))
    (folder / "model.tflite").write_bytes(pack(model))
    update_checksum(folder, "model.tflite")
    with pytest.raises(DamagedModelError, match="not finite"):
        Anatomy(load_stored(folder))


def test_a_damaged_file_is_refused(tmp_path):
    folder = copy_model(stored_architecture("linear"), tmp_path / "damaged")
    (folder / "model.tflite").write_bytes(b"no model at all, but long enough")
    update_checksum(folder, "model.tflite")
    with pytest.raises(DamagedModelError, match="not a LiteRT file"):
        Anatomy(load_stored(folder))
