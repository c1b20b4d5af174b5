"""Answers are those of the model, are computed once, and are kept under names that change with what they depend on."""

import dataclasses
import shutil

import numpy as np
import pytest
from support.models import stored_architecture, update_checksum

from mnist_core.browse import answers as module
from mnist_core.browse.answers import AnswerStore, embed_all, select_for_map
from mnist_core.browse.embedding import Embedder, fit_projection
from mnist_core.data.sample import load_sample
from mnist_core.data.splits import NO_LABEL, Split, own_split
from mnist_core.errors import StorageError
from mnist_core.models.inference import LiteRTPredictor, predict
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR

SHIPPED = load_stored(SHIPPED_DIR / "sketchnet")


def split_of(images, labels, training=()):
    nothing = np.empty(0, np.int64)
    return Split("some", "mnist", images, labels.astype(np.int64), np.array(training, np.int64), nothing)


def small_split(num=200):
    x, y = load_sample()
    return split_of(x[:: 5000 // num], y[:: 5000 // num])


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A cache folder with all that there is to know about a small split, and the shares that were told."""
    cache_dir, told = tmp_path_factory.mktemp("cache"), {"answers": [], "facts": []}
    AnswerStore(cache_dir).compute_answers(SHIPPED, small_split(), told["answers"].append)
    AnswerStore(cache_dir).compute_facts(small_split(), told["facts"].append)
    return cache_dir, told


@pytest.fixture
def store(kept):
    return AnswerStore(kept[0])


@pytest.fixture
def few(monkeypatch):
    """A projection of few images, which is fitted at once."""
    monkeypatch.setattr(module, "load_sample", lambda: tuple(array[::25] for array in load_sample()))


def files_in(cache_dir):
    return {path.relative_to(cache_dir).as_posix() for path in cache_dir.rglob("*") if path.is_file()}


# What is computed


def test_the_answers_are_those_on_the_pad(store):
    split = small_split()
    expected = predict(LiteRTPredictor(SHIPPED), split.images.astype(np.float32) / 255)
    found = store.load_answers(SHIPPED, split).predictions
    assert np.allclose(found.probabilities, expected.probabilities, atol=1e-6)
    assert np.allclose(found.doubt, expected.doubt, atol=1e-6)
    assert np.array_equal(found.accepted, expected.accepted)


def test_the_shipped_models_answers_are_right(store):
    """It reads 99.6 % of the sample."""
    split = small_split()
    probabilities = store.load_answers(SHIPPED, split).predictions.probabilities
    assert (probabilities.argmax(axis=1) == split.labels).mean() > 0.98


def test_vectors_are_the_embedding_on_fixed_directions(store):
    split, projection = small_split(), store.load_projection(SHIPPED)
    _, embeddings = embed_all(Embedder(SHIPPED), split.images)
    vectors = store.load_answers(SHIPPED, split).vectors
    assert vectors.shape == (200, 128)
    assert np.allclose(vectors, projection.apply(embeddings), atol=1e-4)


def test_the_directions_are_fitted_to_the_built_in_sample_whatever_the_split(store):
    _, embeddings = embed_all(Embedder(SHIPPED), load_sample()[0])
    expected, found = fit_projection(embeddings), store.load_projection(SHIPPED)
    assert np.allclose(found.directions, expected.directions, atol=1e-5)
    assert np.allclose(found.mean, expected.mean, atol=1e-5)
    assert found.explained == pytest.approx(expected.explained)
    assert found.explained > 0.99


def test_the_map_has_a_place_for_every_image(store):
    layout = store.load_answers(SHIPPED, small_split()).layout
    assert layout.shape == (200, 2)
    assert np.abs(layout).max() == pytest.approx(1, abs=1e-5)


def test_on_the_map_nearest_images_have_the_same_label(store):
    split = small_split()
    layout = store.load_answers(SHIPPED, split).layout
    distances = np.linalg.norm(layout[:, None] - layout[None], axis=2) + 9 * np.eye(200)
    assert (split.labels[distances.argmin(axis=1)] == split.labels).mean() > 0.9


def nearest_distances(items):
    distances = np.linalg.norm(items[:, None] - items[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances.min(axis=1)


def test_the_limits_leave_one_image_in_a_hundred_alone(store):
    split = small_split()
    answers, facts = store.load_answers(SHIPPED, split), store.load_facts(split)
    assert answers.limit == pytest.approx(np.quantile(nearest_distances(answers.vectors), 0.99), rel=1e-3)
    pixels = split.images.reshape(200, 784) / 255
    assert facts.limit == pytest.approx(np.quantile(nearest_distances(pixels), 0.99), rel=1e-3)


def test_the_limit_is_that_of_new_images(tmp_path, few):
    """What a model has learned it puts closer together than what it has not."""
    split = dataclasses.replace(small_split(), training=np.arange(150))
    AnswerStore(tmp_path).compute_answers(SHIPPED, split, lambda share: None)
    answers = AnswerStore(tmp_path).load_answers(SHIPPED, split)
    assert answers.limit == pytest.approx(np.quantile(nearest_distances(answers.vectors)[150:], 0.99), rel=1e-3)


def test_planted_copies_are_kept_as_duplicates(tmp_path):
    x, y = load_sample()
    split = split_of(np.concatenate([x[:20], x[3:4]]), np.concatenate([y[:20], y[3:4]]))
    AnswerStore(tmp_path).compute_facts(split, lambda share: None)
    assert AnswerStore(tmp_path).load_facts(split).duplicates.tolist() == [[3, 20]]


def test_a_model_of_ten_outputs_answers_too(tmp_path, few):
    split, stored = small_split(), stored_architecture("linear")
    AnswerStore(tmp_path).compute_answers(stored, split, lambda share: None)
    answers = AnswerStore(tmp_path).load_answers(stored, split)
    expected = predict(LiteRTPredictor(stored), split.images.astype(np.float32) / 255)
    assert np.allclose(answers.predictions.probabilities, expected.probabilities, atol=1e-6)
    assert answers.predictions.accepted.all()


@pytest.mark.parametrize("num_images", [0, 1, 2, 65])
def test_any_number_of_images_has_answers(tmp_path, few, num_images):
    """Of pictures that are all blank none can be read."""
    split = own_split(load_sample()[0][:num_images], np.full(num_images, NO_LABEL))
    store = AnswerStore(tmp_path)
    store.compute_answers(SHIPPED, split, lambda share: None)
    store.compute_facts(split, lambda share: None)
    answers, facts = store.load_answers(SHIPPED, split), store.load_facts(split)
    assert answers.predictions.probabilities.shape == (num_images, 10)
    assert (answers.vectors.shape, answers.layout.shape) == ((num_images, 128), (num_images, 2))
    assert (len(facts.duplicates), facts.limit > 0) == (0, True)


@pytest.mark.parametrize("what", ["answers", "facts"])
def test_shares_rise_to_all(kept, what):
    shares = kept[1][what]
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert shares[-1] == 1


# What is kept


def test_what_is_not_kept_is_none(tmp_path):
    store = AnswerStore(tmp_path)
    assert store.load_projection(SHIPPED) is store.load_answers(SHIPPED, small_split()) is None
    assert store.load_facts(small_split()) is None
    assert files_in(tmp_path) == set()


def test_a_projection_is_fitted_once(kept, store, monkeypatch, tmp_path):
    other = small_split(100)
    monkeypatch.setattr(module, "fit_projection", lambda *_: pytest.fail("fitted once more"))
    store.compute_answers(SHIPPED, other, lambda share: None)
    assert store.load_answers(SHIPPED, other).vectors.shape == (100, 128)


def test_answers_are_read_without_the_network(store, monkeypatch):
    monkeypatch.setattr(module, "Embedder", lambda *_: pytest.fail("opened the model"))
    assert len(store.load_answers(SHIPPED, small_split()).vectors) == 200


def test_names_hold_model_and_weights_but_no_file_lies_in_the_models_folder(kept):
    digest = SHIPPED.weights_digest[:10]
    assert f"answers/sketchnet-{digest}/projection.npz" in files_in(kept[0])
    assert not list(SHIPPED.folder.glob("answers*"))


def test_other_weights_have_other_answers(store, tmp_path):
    """Though the model has the same name."""
    folder = shutil.copytree(SHIPPED.folder, tmp_path / "sketchnet")
    assert store.load_answers(load_stored(folder), small_split()) is not None
    (folder / "weights.npz").write_bytes(b"other")
    update_checksum(folder, "weights.npz")
    other = load_stored(folder)
    assert store.load_answers(other, small_split()) is store.load_projection(other) is None


def test_other_images_and_other_labels_have_other_answers(store):
    split = small_split()
    turned = dataclasses.replace(split, images=split.images[::-1].copy())
    renamed = dataclasses.replace(split, labels=9 - split.labels)
    for other in (turned, renamed):
        assert store.load_answers(SHIPPED, other) is store.load_facts(other) is None
    assert store.load_answers(SHIPPED, dataclasses.replace(split, name="other")) is not None


@pytest.fixture
def spoilt(kept, tmp_path):
    """`spoilt(spoil)` gives a store in which every file went through this function, and its folder."""

    def copy(spoil):
        cache_dir = shutil.copytree(kept[0], tmp_path / "spoilt")
        for name in files_in(cache_dir):
            spoil(cache_dir / name)
        return AnswerStore(cache_dir), cache_dir

    return copy


def assert_nothing_is_read(store):
    split = small_split()
    assert store.load_projection(SHIPPED) is store.load_answers(SHIPPED, split) is store.load_facts(split) is None


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04"], ids=["nothing", "text", "zip"])
def test_what_is_damaged_is_none(spoilt, content):
    assert_nothing_is_read(spoilt(lambda path: path.write_bytes(content))[0])


def test_what_is_damaged_is_computed_again(spoilt, few):
    store, cache_dir = spoilt(lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]))
    names, split = files_in(cache_dir), small_split()
    assert_nothing_is_read(store)
    store.compute_answers(SHIPPED, split, lambda share: None)
    store.compute_facts(split, lambda share: None)
    assert None not in (store.load_projection(SHIPPED), store.load_answers(SHIPPED, split), store.load_facts(split))
    assert files_in(cache_dir) == names


def test_arrays_of_other_names_are_no_answers(spoilt):
    def spoil(path):
        with path.open("wb") as file:
            np.savez(file, other=np.zeros(3))

    assert_nothing_is_read(spoilt(spoil)[0])


def test_a_folder_that_cannot_be_written_is_named(tmp_path, few):
    (tmp_path / "answers").write_text("in the way")
    with pytest.raises(StorageError, match="MNIST_CACHE_DIR"):
        AnswerStore(tmp_path).compute_facts(small_split(50), lambda share: None)
    with pytest.raises(StorageError, match="MNIST_CACHE_DIR"):
        AnswerStore(tmp_path).compute_answers(SHIPPED, small_split(50), lambda share: None)


def test_no_half_written_file_stays(kept):
    assert not [name for name in files_in(kept[0]) if not name.endswith(".npz")]


# Parts


def test_images_are_read_in_parts_of_which_each_is_told():
    told, images = [], load_sample()[0][:130]
    logits, embeddings = embed_all(Embedder(SHIPPED), images, on_progress=told.append)
    assert told == pytest.approx([64 / 130, 128 / 130, 1])
    last = Embedder(SHIPPED).embed(images[128:].astype(np.float32) / 255)
    assert np.allclose(logits[128:], last[0], atol=1e-5)
    assert np.allclose(embeddings[128:], last[1], atol=1e-5)


@pytest.mark.parametrize("num_images", [0, 1, 9_999, 10_000])
def test_a_map_shows_all_of_few(num_images):
    assert np.array_equal(select_for_map(num_images), np.arange(num_images))


@pytest.mark.parametrize("num_images", [10_001, 10_500, 60_000])
def test_a_map_shows_ten_thousand_of_many_spread_evenly(num_images):
    chosen = select_for_map(num_images)
    assert (len(chosen), chosen[0], chosen[-1]) == (10_000, 0, num_images - 1)
    assert set(np.diff(chosen)) <= {num_images // 10_000, num_images // 10_000 + 1}


@pytest.mark.parametrize("num_new", [1, 1999, 2001, 3999, 60_000])
def test_a_limit_is_taken_from_at_most_two_thousand_images(num_new):
    chosen = module._choose_queries(np.zeros(num_new, bool))
    assert min(num_new, 1000) <= len(chosen) <= 2000
    assert len(np.unique(chosen)) == len(chosen)


def test_where_all_images_are_seen_a_limit_is_taken_from_these():
    assert module._choose_queries(np.array([True, False, True])).tolist() == [1]
    assert module._choose_queries(np.ones(3, bool)).tolist() == [0, 1, 2]


# What is missing


def test_what_is_missing_is_computed_answers_first_and_nothing_twice(tmp_path, few, monkeypatch):
    store, split, told, computed = AnswerStore(tmp_path), small_split(50), [], []
    for name in ("compute_answers", "compute_facts"):
        original = getattr(AnswerStore, name)
        monkeypatch.setattr(
            AnswerStore, name, lambda *given, name=name, original=original: computed.append(name) or original(*given)
        )
    for _ in range(2):
        store.compute_missing(SHIPPED, split, told.append)
    assert computed == ["compute_answers", "compute_facts"]
    assert store.load_answers(SHIPPED, split) is not None
    assert store.load_facts(split) is not None
    assert (told, told[-1]) == (sorted(told), 1)
