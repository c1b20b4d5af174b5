"""The embedding is what the last dense layer receives, and its projection is the principal components."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support.models import copy_model, sample_images, stored_architecture, update_checksum

from mnist_core.browse.embedding import Embedder, add_embedding, fit_projection
from mnist_core.errors import DamagedModelError
from mnist_core.models.architectures import ARCHITECTURES
from mnist_core.models.inference import LiteRTPredictor
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR


def shipped():
    return load_stored(SHIPPED_DIR / "sketchnet")


def weights_of(stored):
    """Kernel and bias of the last dense layer, as they are stored."""
    with np.load(stored.folder / "weights.npz") as arrays:
        return arrays["logits/kernel"], arrays["logits/bias"]


# What a model makes of images


def test_the_shipped_models_last_weights_turn_its_embedding_into_its_logits():
    logits, embedding = Embedder(shipped()).embed(sample_images(50))
    kernel, bias = weights_of(shipped())
    assert (logits.shape, embedding.shape) == ((50, 11), (50, 144))
    assert embedding.std() > 0.1
    assert np.allclose(embedding @ kernel + bias, logits, atol=1e-4)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_so_do_the_weights_of_every_network(architecture):
    stored = stored_architecture(architecture)
    logits, embedding = Embedder(stored).embed(sample_images(50))
    kernel, bias = weights_of(stored)
    assert len(np.unique(embedding, axis=0)) == 50
    assert np.allclose(embedding @ kernel + bias, logits, atol=1e-4)


def test_a_network_of_one_layer_receives_the_image_itself():
    images = sample_images(50)
    _, embedding = Embedder(stored_architecture("linear")).embed(images)
    assert np.array_equal(embedding, images.reshape(50, 784))


def test_the_second_output_leaves_the_logits_as_they_were():
    images = sample_images(50)
    logits, _ = Embedder(shipped()).embed(images)
    assert np.allclose(logits, LiteRTPredictor(shipped()).predict_logits(images), atol=1e-6)


def test_an_images_embedding_does_not_depend_on_those_beside_it():
    embedder, images = Embedder(shipped()), sample_images(50)
    _, together = embedder.embed(images)
    assert np.allclose(embedder.embed(images[20:21])[1], together[20:21], atol=1e-5)


def test_threads_get_their_own_answers():
    embedder, images = Embedder(shipped()), sample_images(50)
    _, expected = embedder.embed(images)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda index: embedder.embed(images[index : index + 1])[1][0], range(50)))
    assert np.allclose(found, expected, atol=1e-5)


def test_64_images_are_read_at_a_time_and_no_more():
    embedder = Embedder(shipped())
    assert embedder.embed(np.zeros((64, 28, 28), np.float32))[1].shape == (64, 144)
    with pytest.raises(ValueError, match="at most 64 images at a time"):
        embedder.embed(np.zeros((65, 28, 28), np.float32))


# Files that give no embedding


def without_last_layer(content):
    """The same LiteRT file, cut before its last dense layer."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    graph = model.subgraphs[0]
    graph.outputs = [int(graph.operators.pop().inputs[0])]
    model.signatureDefs[0].outputs[0].tensorIndex = graph.outputs[0]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def spoil(folder, content):
    """The shipped model with another LiteRT file, which its checksums vouch for."""
    copy_model(shipped(), folder)
    (folder / "model.tflite").write_bytes(content)
    update_checksum(folder, "model.tflite")
    return load_stored(folder)


def test_a_network_that_does_not_end_in_a_dense_layer_is_refused(tmp_path):
    content = without_last_layer(shipped().read_litert())
    with pytest.raises(ValueError, match="not a dense layer"):
        add_embedding(content)
    with pytest.raises(DamagedModelError, match="embedding cannot be read") as caught:
        Embedder(spoil(tmp_path / "cut", content))
    assert caught.value.path == tmp_path / "cut"


@pytest.mark.parametrize(
    "content",
    [b"", b"abc", b"hello" * 20, bytes(3000), np.random.default_rng(0).bytes(5000)],
    ids=["nothing", "short", "text", "zeros", "noise"],
)
def test_what_is_no_litert_file_is_a_damaged_model(tmp_path, content):
    with pytest.raises(DamagedModelError, match="spoilt"):
        Embedder(spoil(tmp_path / "spoilt", content)).embed(sample_images(50))


def test_half_a_litert_file_is_a_damaged_model(tmp_path):
    with pytest.raises(DamagedModelError, match="spoilt"):
        Embedder(spoil(tmp_path / "spoilt", shipped().read_litert()[:200_000])).embed(sample_images(50))


# The projection


def cloud(num_points=400, units=20, seed=0):
    """Points that vary most along a few directions, away from the origin."""
    generator = np.random.default_rng(seed)
    scales = np.geomspace(10, 0.1, units)
    rotation, _ = np.linalg.qr(generator.normal(size=(units, units)))
    return (generator.normal(size=(num_points, units)) * scales @ rotation + 3).astype(np.float32)


def test_directions_are_orthonormal():
    directions = fit_projection(cloud(), 8).directions
    assert directions.shape == (20, 8)
    assert np.allclose(directions.T @ directions, np.eye(8), atol=1e-5)


def test_directions_are_those_of_numpys_singular_values():
    points = cloud()
    _, _, expected = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    found = fit_projection(points, 5).directions
    assert np.allclose(np.abs(expected[:5] @ found), np.eye(5), atol=1e-3)


def test_the_explained_share_is_that_of_numpys_singular_values():
    points = cloud()
    squares = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    for count in (1, 5, 20):
        assert fit_projection(points, count).explained == pytest.approx(squares[:count].sum() / squares.sum())


def test_projected_points_vary_most_along_the_first_direction():
    points = cloud()
    variances = fit_projection(points).apply(points).var(axis=0)
    assert (np.diff(variances) <= 0).all()
    assert variances.sum() == pytest.approx(points.var(axis=0).sum(), rel=1e-4)


def test_all_directions_keep_all_distances():
    points = cloud()
    projected = fit_projection(points).apply(points)
    assert projected.shape == points.shape
    assert projected.dtype == np.float32
    expected = np.linalg.norm(points[:50, None] - points[None, :50], axis=2)
    assert np.allclose(np.linalg.norm(projected[:50, None] - projected[None, :50], axis=2), expected, atol=1e-3)


def test_the_mean_goes_to_the_origin():
    points = cloud()
    assert np.allclose(fit_projection(points, 3).apply(points).mean(axis=0), 0, atol=1e-4)


def test_the_largest_entry_of_each_direction_is_positive():
    for seed in range(5):
        directions = fit_projection(cloud(seed=seed)).directions
        assert (directions[np.abs(directions).argmax(axis=0), range(20)] > 0).all()


def test_the_order_of_points_does_not_turn_the_map_round():
    points = cloud()
    first, second = fit_projection(points, 5), fit_projection(points[::-1], 5)
    assert np.allclose(first.directions, second.directions, atol=1e-4)


def test_there_are_no_more_directions_than_points_or_units():
    assert fit_projection(cloud(7, 20), 128).directions.shape == (20, 7)
    assert fit_projection(cloud(40, 20), 128).directions.shape == (20, 20)


def test_equal_points_are_explained():
    projection = fit_projection(np.ones((5, 4), np.float32), 2)
    assert projection.explained == 1
    assert np.array_equal(projection.apply(np.ones((5, 4), np.float32)), np.zeros((5, 2)))


@pytest.mark.parametrize("seed", range(5))
def test_no_more_than_all_is_explained(seed):
    """Points on one line leave nothing but rounding to the other directions."""
    generator = np.random.default_rng(seed)
    points = (generator.normal(size=(300, 1)) @ generator.normal(size=(1, 144))).astype(np.float32)
    explained = fit_projection(points, 4).explained
    assert explained == pytest.approx(1)
    assert explained <= 1


def test_a_projection_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit_projection(cloud(), 2).explained = 0
