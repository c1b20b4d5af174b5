"""MNIST is found where it lies, fetched where it does not, checked by content, and never half written."""

import contextlib
import dataclasses
import gzip
import hashlib
import itertools
import re
import threading
import urllib.request
from http.server import ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from support.files import published_hash
from support.network import Handler, send, send_broken_chunks, send_nonsense
from support.sets import DOTTED, FILES, GZ, NAMES, changed, other_set, write, write_idx

from mnist_core.data import mnist as dataset
from mnist_core.data import sample as sample_module
from mnist_core.data.mnist import Dataset, find_places, load_dataset, name_set
from mnist_core.data.pendigits import PenInk
from mnist_core.data.sample import built_in_samples, load_sample
from mnist_core.data.training_data import TrainingData, add_ink, find_training, split_evenly, split_validation
from mnist_core.errors import DataError, MnistError, StorageError
from mnist_core.paths import default_cache_dir

# As LeCun and Cortes call them, and as some copies do.


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path, arrays):
    """No network, no other cache folder than the test's own, and the stand-in's hashes in place of MNIST's."""
    monkeypatch.setattr(dataset, "KERAS_PATH", tmp_path / "keras" / "mnist.npz")
    monkeypatch.setattr(dataset, "MNIST_URL", "http://127.0.0.1:9/mnist.npz")
    monkeypatch.setattr(dataset, "MNIST_HASHES", {name: published_hash(array) for name, array in arrays.items()})
    monkeypatch.setenv("MNIST_CACHE_DIR", str(tmp_path / "default"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def assert_same(mnist, arrays):
    for name in NAMES:
        assert np.array_equal(getattr(mnist, name), arrays[name])
        assert getattr(mnist, name).dtype == np.uint8


# ---- where MNIST is found ----


def test_a_file_is_read(tmp_path, arrays):
    path = write(tmp_path / "other-name.npz", arrays)
    mnist = load_dataset(path)
    assert_same(mnist, arrays)
    assert mnist.source == str(path)


def test_a_folder_is_searched_for_mnist_npz(tmp_path, arrays):
    path = write(tmp_path / "mnist.npz", arrays)
    assert load_dataset(tmp_path).source == load_dataset(str(tmp_path)).source == str(path)


def test_the_home_folder_is_understood(monkeypatch, tmp_path, arrays):
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path / "data" / "mnist.npz", arrays)
    assert_same(load_dataset(Path("~/data")), arrays)


def test_a_given_folder_comes_before_all_other_places(tmp_path, arrays):
    for place in ("data", "cache", "keras"):
        write(tmp_path / place / "mnist.npz", arrays)
    assert load_dataset(tmp_path / "data", tmp_path / "cache").source == str(tmp_path / "data" / "mnist.npz")


def test_the_cache_comes_before_keras(tmp_path, arrays):
    for place in ("cache", "keras"):
        write(tmp_path / place / "mnist.npz", arrays)
    assert load_dataset(cache_dir=tmp_path / "cache").source == str(tmp_path / "cache" / "mnist.npz")


def test_keras_comes_before_the_network(tmp_path, arrays):
    path = write(tmp_path / "keras" / "mnist.npz", arrays)
    assert load_dataset(cache_dir=tmp_path / "cache").source == str(path)


def test_the_default_cache_is_used_when_none_is_named(tmp_path, arrays):
    path = write(tmp_path / "default" / "mnist.npz", arrays)
    assert load_dataset().source == str(path)


def test_no_other_place_is_tried_when_one_is_given(tmp_path, arrays):
    write(tmp_path / "cache" / "mnist.npz", arrays)
    with pytest.raises(DataError, match="no MNIST at") as caught:
        load_dataset(tmp_path / "nowhere", tmp_path / "cache")
    assert caught.value.path == tmp_path / "nowhere"


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(DataError, match=r"Expected mnist\.npz"):
        load_dataset(tmp_path)


def test_without_download_the_places_tried_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: pytest.fail("asked the network"))
    with pytest.raises(DataError, match="MNIST_DATA_DIR") as caught:
        load_dataset(cache_dir=tmp_path / "cache", download=False)
    assert str(tmp_path / "cache" / "mnist.npz") in str(caught.value)
    assert not (tmp_path / "cache").exists()


def test_default_cache_dir_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("MNIST_CACHE_DIR", "~/mine")
    assert default_cache_dir() == tmp_path / "mine"
    monkeypatch.setenv("MNIST_CACHE_DIR", "")
    assert default_cache_dir() == tmp_path / "xdg" / "mnist-sketchpad"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache_dir() == tmp_path / ".cache" / "mnist-sketchpad"


# ---- what is accepted ----


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_the_way_a_file_is_packed_does_not_matter(tmp_path, arrays, save):
    packed = {"more": np.arange(3), **{name: np.asfortranarray(arrays[name]) for name in reversed(NAMES)}}
    assert_same(load_dataset(write(tmp_path / "a.npz", packed, save)), arrays)


@pytest.mark.parametrize("dtype", [np.int64, np.int32])
def test_wider_numbers_of_the_same_value_come_back_as_uint8(tmp_path, arrays, dtype):
    wide = {name: array.astype(dtype) for name, array in arrays.items()}
    assert_same(load_dataset(write(tmp_path / "a.npz", wide)), arrays)


def test_values_that_only_agree_modulo_256_are_refused(tmp_path, arrays):
    wrapped = {**arrays, "y_train": arrays["y_train"].astype(np.int64) + 256}
    with pytest.raises(DataError, match="y_train"):
        load_dataset(write(tmp_path / "a.npz", wrapped))


@pytest.mark.parametrize("name", NAMES)
def test_one_changed_value_is_named_and_refused(tmp_path, arrays, name):
    path = write(tmp_path / "a.npz", changed(arrays, name))
    with pytest.raises(DataError, match=rf"a\.npz is not the original MNIST: {name} missing or changed") as caught:
        load_dataset(path)
    assert caught.value.path == path


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_array_is_named(tmp_path, arrays, name):
    with pytest.raises(DataError, match=f"MNIST: {name} missing"):
        load_dataset(write(tmp_path / "a.npz", {other: arrays[other] for other in NAMES if other != name}))


def test_the_same_bytes_in_another_shape_are_refused(tmp_path, arrays):
    with pytest.raises(DataError, match="x_test"):
        load_dataset(write(tmp_path / "a.npz", {**arrays, "x_test": arrays["x_test"].reshape(2, 784)}))


def test_a_damaged_cache_is_named_and_kept(tmp_path, arrays):
    path = write(tmp_path / "cache" / "mnist.npz", changed(arrays, "x_train"))
    with pytest.raises(DataError, match="download it again") as caught:
        load_dataset(cache_dir=tmp_path / "cache")
    assert caught.value.path == path
    assert path.is_file()


def test_shortened_and_scrambled_files_are_refused(tmp_path, arrays):
    good = write(tmp_path / "a.npz", arrays, np.savez_compressed).read_bytes()
    for damage in (good[:0], good[:100], good[:-30], good[: len(good) // 2] + bytes(60) + good[len(good) // 2 + 60 :]):
        (tmp_path / "a.npz").write_bytes(damage)
        with pytest.raises(DataError, match=r"a\.npz"):
            load_dataset(tmp_path / "a.npz")


def test_every_flipped_byte_of_a_compressed_file_is_harmless_or_refused(tmp_path, arrays):
    path = write(tmp_path / "a.npz", arrays, np.savez_compressed)
    good = path.read_bytes()
    for place in range(0, len(good), 29):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x5A]) + good[place + 1 :])
        with contextlib.suppress(DataError):
            assert_same(load_dataset(path), arrays)


# ---- four IDX files ----

MIXED = ("", ".gz", ".gz", "")

every_inside = pytest.mark.parametrize("inside", [".", "raw", "MNIST/raw"])


@every_inside
@pytest.mark.parametrize("files", [FILES, DOTTED])
@pytest.mark.parametrize("endings", [("",) * 4, GZ, MIXED], ids=["plain", "gz", "mixed"])
def test_four_idx_files_are_mnist_too(tmp_path, arrays, inside, files, endings):
    folder = write_idx(tmp_path / "data" / inside, arrays, endings, files)
    mnist = load_dataset(tmp_path / "data")
    assert_same(mnist, arrays)
    assert (mnist.name, mnist.source) == ("mnist", str(folder))


def test_names_of_files_may_differ_within_a_set(tmp_path, arrays):
    write_idx(tmp_path, arrays, MIXED, (*FILES[:2], *DOTTED[2:]))
    assert_same(load_dataset(tmp_path), arrays)


def test_mnist_npz_comes_before_idx_files(tmp_path, arrays):
    path = write(tmp_path / "mnist.npz", arrays)
    write_idx(tmp_path, changed(arrays, "y_test"))
    assert find_places(tmp_path) == [path, tmp_path]
    assert load_dataset(tmp_path).source == str(path)


def test_a_folder_comes_before_those_in_it(tmp_path, arrays):
    folders = [write_idx(tmp_path / inside, arrays) for inside in ("MNIST/raw", "raw", ".")]
    assert find_places(tmp_path) == folders[::-1]
    assert load_dataset(tmp_path).source == str(tmp_path)


def test_a_plain_file_comes_before_a_packed_one(tmp_path, arrays):
    write_idx(tmp_path, arrays)
    write_idx(tmp_path, changed(arrays, "x_train"), GZ)
    assert_same(load_dataset(tmp_path), arrays)


@every_inside
@pytest.mark.parametrize("number", range(4))
def test_a_missing_idx_file_is_named(tmp_path, arrays, inside, number):
    folder = write_idx(tmp_path / inside, arrays, MIXED)
    next(folder.glob(FILES[number] + "*")).unlink()
    with pytest.raises(DataError, match=f"lacks {FILES[number]} ") as caught:
        load_dataset(tmp_path)
    assert caught.value.path == folder


def test_all_missing_idx_files_are_named(tmp_path):
    (tmp_path / FILES[0]).write_bytes(b"")
    with pytest.raises(DataError, match=", ".join(FILES[1:])):
        load_dataset(tmp_path)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_damaged_idx_file_is_named(tmp_path, arrays, ending):
    path = write_idx(tmp_path, arrays, ("", "", ending, "")) / (FILES[2] + ending)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=FILES[2] + ending) as caught:
        load_dataset(tmp_path)
    assert caught.value.path == path


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_value_in_idx_files_is_named_and_refused(tmp_path, arrays, name):
    folder = write_idx(tmp_path / "MNIST" / "raw", changed(arrays, name), GZ)
    with pytest.raises(DataError, match=f"raw is not the original MNIST: {name} missing or changed") as caught:
        load_dataset(tmp_path)
    assert caught.value.path == folder


# ---- other sets of the same layout ----


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("FashionMNIST/raw", "fashionmnist"),
        ("FashionMNIST", "fashionmnist"),
        ("fashion-mnist", "fashion_mnist"),
        ("Kuzushiji (49)", "kuzushiji_49"),
        ("(*)", "data"),
    ],
)
def test_a_folder_of_another_set_gives_its_name(tmp_path, place, name):
    other = other_set()
    folder = write_idx(tmp_path / place, other, GZ)
    assert_same(load_dataset(folder), other)
    assert load_dataset(folder).name == name


def test_a_folder_above_raw_gives_its_name(tmp_path):
    folder = write_idx(tmp_path / "FashionMNIST" / "raw", other_set())
    loaded = load_dataset(tmp_path / "FashionMNIST")
    assert (loaded.name, loaded.source) == ("fashionmnist", str(folder))


@pytest.mark.parametrize(
    ("file", "name"), [("fashion.npz", "fashion"), ("K-MNIST 1.0.npz", "k_mnist_1.0"), ("---.npz", "data")]
)
def test_a_file_of_another_set_gives_its_name(tmp_path, file, name):
    other = other_set()
    loaded = load_dataset(write(tmp_path / file, other))
    assert_same(loaded, other)
    assert (loaded.name, loaded.source) == (name, str(tmp_path / file))


def test_another_set_may_have_wider_numbers(tmp_path):
    other = other_set()
    path = write(tmp_path / "fashion.npz", {name: array.astype(np.int64) for name, array in other.items()})
    assert_same(load_dataset(path), other)


@pytest.mark.parametrize("place", ["mnist.npz", "MNIST.npz", "mnist", "MNIST/raw", "_mnist_/raw"])
def test_another_set_never_calls_itself_mnist(tmp_path, place):
    make = write if place.endswith(".npz") else write_idx
    path = make(tmp_path / place, other_set())
    with pytest.raises(
        DataError, match="is not the original MNIST: x_train, y_train, x_test, y_test missing"
    ) as caught:
        load_dataset(path)
    assert caught.value.path == path


@pytest.mark.parametrize("shared", NAMES)
@pytest.mark.parametrize("make", [write, write_idx])
def test_a_set_that_shares_an_array_with_mnist_is_refused(tmp_path, arrays, shared, make):
    other = other_set(len(arrays["x_train"]), len(arrays["x_test"]))
    with pytest.raises(DataError, match="not the original MNIST"):
        load_dataset(make(tmp_path / "fashion.npz", {**other, shared: arrays[shared]}))


def test_mnist_under_another_name_is_mnist(tmp_path, arrays):
    assert load_dataset(write_idx(tmp_path / "FashionMNIST" / "raw", arrays)).name == "mnist"
    assert load_dataset(write(tmp_path / "fashion.npz", arrays)).name == "mnist"


@pytest.mark.parametrize("place", ["cache/mnist.npz", "keras/mnist.npz", "keras/letters.npz"])
def test_a_cache_takes_nothing_but_mnist(monkeypatch, tmp_path, place):
    monkeypatch.setattr(dataset, "KERAS_PATH", tmp_path / place)
    path = write(tmp_path / place, other_set())
    with pytest.raises(DataError, match=r"not the original MNIST.*download it again") as caught:
        load_dataset(cache_dir=tmp_path / "cache")
    assert caught.value.path == path
    assert path.is_file()


@pytest.mark.parametrize("make", [write, write_idx])
@pytest.mark.parametrize(
    ("change", "received"),
    [
        ({"x_train": np.zeros((60, 32, 32), np.uint8)}, "uint8 (60, 32, 32)"),
        ({"x_test": np.zeros((20, 16, 16), np.uint8)}, "uint8 (20, 16, 16)"),
        ({"x_train": np.zeros((60, 784), np.uint8)}, "uint8 (60, 784)"),
        ({"x_test": np.zeros((0, 28, 28), np.uint8), "y_test": np.zeros(0, np.uint8)}, "uint8 (0, 28, 28)"),
        ({"y_train": np.zeros(59, np.uint8)}, "uint8 (59,)"),
        ({"y_test": np.zeros((20, 1), np.uint8)}, "uint8 (20, 1)"),
        ({"y_test": np.zeros(0, np.uint8)}, "uint8 (0,)"),
        ({"y_train": np.full(60, 46, np.uint8)}, "labels up to 46"),
        ({"y_test": np.arange(20, dtype=np.uint8) % 11}, "labels up to 10"),
    ],
)
def test_another_layout_is_refused_with_what_was_received(tmp_path, make, change, received):
    path = make(tmp_path / "other.npz", {**other_set(), **change})
    with pytest.raises(DataError, match=f"{next(iter(change))} must.*Received:? {re.escape(received)}") as caught:
        load_dataset(path)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("change", "received"),
    [
        ({"x_train": np.zeros((60, 28, 28), np.float32)}, "float32 (60, 28, 28)"),
        ({"x_test": np.zeros((20, 28, 28, 1), np.uint8)}, "uint8 (20, 28, 28, 1)"),
        ({"x_test": np.full((20, 28, 28), 256)}, "int64 (20, 28, 28)"),
        ({"x_test": np.zeros((20, 28, 28), bool)}, "bool (20, 28, 28)"),
        ({"x_train": np.uint8(3)}, "uint8 ()"),
        ({"y_train": np.full(60, -1)}, "int64 (60,)"),
        ({"y_train": np.zeros(60)}, "float64 (60,)"),
        ({"y_test": np.array(list("01234567890123456789"))}, "<U1 (20,)"),
    ],
)
def test_numbers_that_are_no_bytes_are_refused_with_what_was_received(tmp_path, change, received):
    path = write(tmp_path / "other.npz", {**other_set(), **change})
    with pytest.raises(DataError, match=f"{next(iter(change))} must.*Received: {re.escape(received)}"):
        load_dataset(path)


@pytest.mark.parametrize("name", NAMES)
def test_what_another_set_lacks_is_named(tmp_path, name):
    with pytest.raises(DataError, match=f"lacks {name}\\. Expected"):
        load_dataset(write(tmp_path / "other.npz", {key: array for key, array in other_set().items() if key != name}))


# ---- the network ----


@pytest.fixture
def serve(monkeypatch):
    """Starts a server on this machine that answers with the given function, and makes it MNIST's address."""
    servers = []

    def start(answer):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.answer, server.requests = answer, 0
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        monkeypatch.setattr(dataset, "MNIST_URL", f"http://127.0.0.1:{server.server_port}/mnist.npz")
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def packed(tmp_path, arrays):
    more = np.random.default_rng(0).integers(0, 256, 700_000, dtype=np.uint8)  # so that it comes in several pieces
    return write(tmp_path / "packed.npz", {**arrays, "more": more}).read_bytes()


def test_mnist_is_fetched_and_kept(tmp_path, arrays, packed, serve):
    server = serve(send(packed))
    mnist = load_dataset(cache_dir=tmp_path / "new" / "cache")
    assert_same(mnist, arrays)
    assert mnist.source == str(tmp_path / "new" / "cache" / "mnist.npz")
    assert [path.name for path in (tmp_path / "new" / "cache").iterdir()] == ["mnist.npz"]
    assert server.requests == 1


def test_mnist_is_fetched_once(tmp_path, arrays, packed, serve):
    server = serve(send(packed))
    for _ in range(2):
        assert_same(load_dataset(cache_dir=tmp_path / "cache"), arrays)
    assert server.requests == 1


def test_nothing_is_fetched_when_a_place_has_it(tmp_path, arrays, packed, serve):
    server = serve(send(packed))
    write(tmp_path / "keras" / "mnist.npz", arrays)
    load_dataset(cache_dir=tmp_path / "cache")
    assert server.requests == 0


def test_progress_rises_to_the_promised_length(tmp_path, serve, packed):
    serve(send(packed))
    seen = []
    load_dataset(cache_dir=tmp_path / "cache", on_progress=lambda *numbers: seen.append(numbers))
    assert len(seen) > 1
    assert seen == sorted(set(seen))
    assert seen[-1] == (len(packed), len(packed))


def test_progress_without_a_promised_length_expects_zero(tmp_path, serve, packed):
    serve(send(packed, length=-1))
    seen = []
    load_dataset(cache_dir=tmp_path / "cache", on_progress=lambda *numbers: seen.append(numbers))
    assert seen[-1] == (len(packed), 0)


@pytest.mark.parametrize(
    "answer",
    [
        lambda packed: send(packed[:-500], length=len(packed)),
        lambda packed: send(packed[:-500], length=-1),
        lambda packed: send(packed[: len(packed) // 2]),
        lambda packed: send(b"<html>Sign in to this network</html>"),
        lambda packed: send(b""),
        lambda packed: send(b"gone", status=404),
        lambda packed: send(b"busy", status=503),
        lambda packed: send_broken_chunks,
        lambda packed: send_nonsense,
        lambda packed: lambda handler: None,
    ],
    ids=["cut", "cut-silently", "half", "page", "empty", "missing", "busy", "cut-chunk", "nonsense", "hung-up"],
)
def test_a_failed_download_leaves_nothing_and_names_the_address(tmp_path, packed, serve, answer):
    serve(answer(packed))
    with pytest.raises(DataError) as caught:
        load_dataset(cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
    assert dataset.MNIST_URL in str(caught.value)


def test_a_connection_that_ends_early_is_told_from_other_data(tmp_path, packed, serve):
    serve(send(packed[:-500], length=len(packed)))
    with pytest.raises(DataError, match=f"{len(packed) - 500} of {len(packed)} bytes"):
        load_dataset(cache_dir=tmp_path / "cache")


def test_other_data_at_the_address_is_refused_and_not_kept(tmp_path, arrays, serve):
    serve(send(write(tmp_path / "b.npz", changed(arrays, "y_test")).read_bytes()))
    with pytest.raises(DataError, match="y_test"):
        load_dataset(cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_another_set_at_the_address_is_refused_and_not_kept(tmp_path, serve):
    """Its temporary name is not MNIST's, so it is not refused for its name."""
    serve(send(write(tmp_path / "b.npz", other_set()).read_bytes()))
    with pytest.raises(DataError, match="not the original MNIST"):
        load_dataset(cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_unreachable_server_says_how_to_do_without(tmp_path):
    with pytest.raises(DataError, match="MNIST_DATA_DIR"):
        load_dataset(cache_dir=tmp_path / "cache")


def test_a_download_that_is_interrupted_leaves_nothing(tmp_path, packed, serve):
    serve(send(packed))

    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_dataset(cache_dir=tmp_path / "cache", on_progress=interrupt)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_that_cannot_be_made_is_a_storage_error(tmp_path, packed, serve):
    server = serve(send(packed))
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="MNIST_CACHE_DIR") as caught:
        load_dataset(cache_dir=tmp_path / "file" / "cache")
    assert caught.value.path == tmp_path / "file" / "cache" / "mnist.npz"
    assert server.requests == 0


def test_a_file_that_cannot_be_put_in_place_is_a_storage_error(tmp_path, packed, serve):
    serve(send(packed))
    (tmp_path / "cache" / "mnist.npz").mkdir(parents=True)
    with pytest.raises(StorageError):
        load_dataset(cache_dir=tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mnist.npz"]


# ---- the sample and the split ----


def test_the_sample_is_500_of_each_digit(sample):
    x, y = sample
    assert (x.shape, x.dtype) == ((5000, 28, 28), np.uint8)
    assert (y.shape, y.dtype) == ((5000,), np.uint8)
    assert np.bincount(y).tolist() == [500] * 10


def test_the_sample_is_light_ink_on_black(sample):
    assert not sample[0][:, [0, 0, -1, -1], [0, -1, 0, -1]].any()
    assert (sample[0].max(axis=(1, 2)) > 200).all()


def test_no_image_of_the_sample_stands_there_twice(sample):
    assert len({image.tobytes() for image in sample[0]}) == 5000


def test_built_in_samples_are_the_sample(sample):
    samples = built_in_samples()
    assert samples.source == "built_in"
    assert np.array_equal(samples.images, sample[0])
    assert np.array_equal(samples.labels, sample[1])


def test_a_damaged_sample_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(sample_module, "SAMPLE_PATH", tmp_path / "sample.npz")
    with pytest.raises(DataError, match=r"sample\.npz"):
        load_sample()


def test_the_sample_is_kept_out_of_the_training_images(arrays, sample):
    data = split_validation(Dataset(**arrays, source="stand-in"))
    assert np.array_equal(data.x_train, arrays["x_train"][[3, 4, 5, 7]])
    assert data.y_train.tolist() == [1, 2, 3, 4]
    assert np.array_equal(data.x_validation, sample[0])
    assert np.array_equal(data.y_validation, sample[1])


def test_training_data_hold_nothing_of_the_test_set(arrays):
    data = split_validation(Dataset(**arrays, source="stand-in"))
    seen = {image.tobytes() for image in np.concatenate([data.x_train, data.x_validation])}
    assert not seen & {image.tobytes() for image in arrays["x_test"]}


def numbered(labels):
    """A set of pictures whose only pixel says which they are."""
    labels = np.asarray(labels, np.uint8)
    x = np.arange(len(labels)).reshape(-1, 1, 1)
    return Dataset(x, labels, x[:0], labels[:0], "nowhere", "other")


def parts(data):
    """Which pictures to learn from and which to validate on."""
    return data.x_train.ravel().tolist(), data.x_validation.ravel().tolist()


@pytest.mark.parametrize(
    ("num_images", "every"), [(50, 5), (5_000, 5), (29_990, 5), (30_000, 6), (60_000, 12), (112_800, 22)]
)
def test_of_another_set_every_so_manieth_image_of_each_label_is_held_out(num_images, every):
    labels = np.random.default_rng(0).permutation(np.arange(num_images) % 10)
    data = split_validation(numbered(labels))
    wanted = [place for label in range(10) for place in np.flatnonzero(labels == label)[every - 1 :: every]]
    assert parts(data)[1] == sorted(wanted)
    assert data.name == "other"


@pytest.mark.parametrize("num_images", [50, 777, 60_000])
def test_every_image_of_another_set_is_used_once_and_keeps_its_label(num_images):
    labels = np.random.default_rng(0).permutation(np.arange(num_images) % 10)
    data = split_validation(numbered(labels))
    assert sorted(itertools.chain(*parts(data))) == list(range(num_images))
    assert np.array_equal(data.y_train, labels[data.x_train.ravel()])
    assert np.array_equal(data.y_validation, labels[data.x_validation.ravel()])


@pytest.mark.parametrize("num_of_each", [[5] * 10, [5, 6, 9, 50, 7, 5, 11, 400, 5, 5], [6000] * 10])
def test_each_label_is_learned_and_validated(num_of_each):
    data = split_validation(numbered(np.repeat(np.arange(10), num_of_each)))
    assert set(data.y_train.tolist()) == set(data.y_validation.tolist()) == set(range(10))


def test_a_set_is_always_split_alike():
    labels = np.random.default_rng(0).integers(0, 10, 1000)
    first, second = (split_validation(numbered(labels)) for _ in range(2))
    assert parts(first) == parts(second)
    assert first.digest == second.digest


@pytest.mark.parametrize("num_images", [1000, 60_000])
def test_the_first_images_of_a_sorted_set_hold_all_labels(num_images):
    """A recipe with `limit` learns from the first images only."""
    data = split_validation(numbered(np.sort(np.arange(num_images) % 10)))
    assert set(data.y_train[:100].tolist()) == set(range(10))


@pytest.mark.parametrize("labels", [[], [3], [3] * 4, [1, 2, 3, 4] * 4], ids=str)
def test_too_few_images_are_refused(labels):
    with pytest.raises(DataError, match=f"other holds {len(labels)} images, too few"):
        split_validation(numbered(labels))


def test_five_of_one_label_are_enough():
    assert [len(part) for part in parts(split_evenly(np.arange(5), np.full(5, 3), "few"))] == [4, 1]


def test_the_digest_names_the_content(arrays):
    data = TrainingData(*arrays.values())
    assert data.digest == TrainingData(*(array.copy() for array in arrays.values())).digest
    others = [TrainingData(*changed(arrays, name).values()).digest for name in NAMES]
    swapped = TrainingData(*(arrays[name] for name in ("x_test", "y_test", "x_train", "y_train"))).digest
    assert len({data.digest, swapped, *others}) == 6
    assert len(data.digest) == 64


def test_the_same_content_in_any_form_has_the_same_digest(tmp_path):
    """So that a model is found again though its data were repacked, renamed or moved."""
    other = other_set()
    wide = {name: array.astype(np.int32) for name, array in other.items()}
    turned = {name: np.asfortranarray(array) for name, array in other.items()}
    places = [
        write(tmp_path / "fashion.npz", other),
        write(tmp_path / "wide.npz", wide),
        write(tmp_path / "turned.npz", turned, np.savez_compressed),
        write_idx(tmp_path / "plain", other),
        write_idx(tmp_path / "FashionMNIST" / "raw", other, GZ, DOTTED),
    ]
    assert len({split_validation(load_dataset(place)).digest for place in places}) == 1


def draw_by(*writers):
    """A line by each of these writers."""
    return PenInk([[np.array([[0, 0], [0, 9]])]] * len(writers), np.ones(len(writers)), np.array(writers))


def test_ink_is_added_by_the_writers_that_may_be_learned_from_and_validated_on(arrays):
    pen, data = draw_by(*range(1, 31)), TrainingData(*arrays.values())
    with_ink = add_ink(data, pen)
    assert with_ink.ink.writers.tolist() == pen.training.writers.tolist()
    assert with_ink.validation_ink.writers.tolist() == pen.validation.writers.tolist()
    assert dataclasses.replace(with_ink, ink=None, validation_ink=None) == data


def test_nobody_by_whom_a_report_is_drawn_is_among_the_data(arrays):
    pen = draw_by(*range(1, 31))
    data = add_ink(TrainingData(*arrays.values()), pen)
    assert not set(pen.reported.writers) & {*data.ink.writers, *data.validation_ink.writers}


def test_ink_is_a_part_of_the_digest(arrays):
    data = TrainingData(*arrays.values())
    first, second = draw_by(1), draw_by(2)
    others = [
        dataclasses.replace(data, ink=ink, validation_ink=validation)
        for ink, validation in ((first, second), (second, first), (first, None), (first, first))
    ]
    assert len({data.digest, *(other.digest for other in others)}) == 5


def test_without_ink_the_digest_is_that_of_the_four_arrays(arrays):
    """As it was before there was ink, so that models that were stored then are found."""
    text = "".join(published_hash(array) for array in arrays.values())
    assert TrainingData(*arrays.values()).digest == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", ["x_train", "y_train"])
def test_other_content_has_another_digest(tmp_path, name):
    digests = [
        split_validation(load_dataset(write(tmp_path / "a.npz", content))).digest
        for content in (other_set(), changed(other_set(), name))
    ]
    assert digests[0] != digests[1]


@pytest.mark.parametrize("error", [DataError, StorageError])
def test_data_errors_are_shown_to_visitors(error):
    assert issubclass(error, MnistError)


# ---- the real files, where there are any ----


@pytest.fixture(scope="module")
def real_hashes():
    return dict(dataset.MNIST_HASHES)


@pytest.fixture(scope="module")
def real(real_hashes, development_file):
    path = development_file("mnist.npz")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "MNIST_HASHES", real_hashes)
        return load_dataset(path)


def test_the_real_mnist_is_accepted_as_published(real):
    assert (real.x_train.shape, real.x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert real.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert real.y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_the_real_mnist_is_accepted_repacked_and_refused_changed(monkeypatch, tmp_path, real, real_hashes):
    monkeypatch.setattr(dataset, "MNIST_HASHES", real_hashes)
    arrays = {name: getattr(real, name) for name in reversed(NAMES)}
    assert_same(load_dataset(write(tmp_path / "mnist.npz", arrays)), arrays)
    with pytest.raises(DataError, match="MNIST: x_test missing or changed"):
        load_dataset(write(tmp_path / "mnist.npz", changed(arrays, "x_test")))


def test_the_real_split_takes_out_exactly_the_sample(real, sample):
    data = split_validation(real)
    assert len(data.x_train) == len(data.y_train) == 55_000
    labels = {image.tobytes(): label for image, label in zip(real.x_train, real.y_train, strict=True)}
    assert [labels[image.tobytes()] for image in data.x_validation] == sample[1].tolist()


def test_the_real_mnist_as_idx_files_has_the_published_hashes(monkeypatch, tmp_path, real, real_hashes):
    monkeypatch.setattr(dataset, "MNIST_HASHES", real_hashes)
    folder = write_idx(tmp_path / "raw", {name: getattr(real, name) for name in NAMES}, ("", "", ".gz", ".gz"))
    assert hashlib.sha256((folder / FILES[0]).read_bytes()).hexdigest() == real_hashes["x_train"]
    assert (
        hashlib.sha256(gzip.decompress((folder / (FILES[3] + ".gz")).read_bytes())).hexdigest() == real_hashes["y_test"]
    )
    assert load_dataset(tmp_path).name == "mnist"


def test_a_set_has_the_same_name_from_inside_its_folder(tmp_path, monkeypatch):
    (tmp_path / "FashionMNIST/raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "FashionMNIST/raw")
    assert name_set(Path(".")) == name_set(tmp_path / "FashionMNIST/raw") == "fashionmnist"


# ---- what a recipe learns from ----


def test_of_mnist_a_recipe_learns_from_all_but_the_sample_in_order(arrays):
    """The first three and the last but one are in the sample."""
    found = find_training(arrays["x_train"], arrays["y_train"])
    assert found.tolist() == [3, 4, 5, 7]
    assert found.dtype == np.int64


def test_of_another_set_a_fifth_of_every_digit_is_held_out(arrays):
    labels = np.repeat(np.arange(10), [5, 9, 10, 4, 0, 50, 5, 5, 5, 5]).astype(np.uint8)
    found = find_training(np.zeros((len(labels), 28, 28), np.uint8), labels, "letters")
    held_out = np.setdiff1d(np.arange(len(labels)), found)
    assert len(found) + len(held_out) == len(labels) == len(set(found)) + len(held_out)
    assert np.bincount(labels[held_out], minlength=10).tolist() == [1, 1, 2, 0, 0, 10, 1, 1, 1, 1]


def test_of_a_large_set_about_five_thousand_are_held_out():
    labels = np.tile(np.arange(10, dtype=np.uint8), 7000)
    found = find_training(np.zeros((70_000, 1, 1), np.uint8), labels, "letters")
    assert len(found) == 65_000


def test_the_first_that_a_recipe_learns_from_another_set_are_of_all_digits():
    """Sets are often sorted by label, and a recipe's limit takes the first."""
    labels = np.repeat(np.arange(10), 50).astype(np.uint8)
    images = np.zeros((500, 28, 28), np.uint8)
    found = find_training(images, labels, "letters")
    assert set(labels[found[:100]]) == set(range(10))
    assert np.array_equal(found, find_training(images, labels, "letters"))


def test_what_is_learned_from_is_what_a_split_takes():
    other = other_set(100)
    data = split_evenly(other["x_train"], other["y_train"], "letters")
    found = find_training(other["x_train"], other["y_train"], "letters")
    assert np.array_equal(other["x_train"][found], data.x_train)
    assert np.array_equal(other["y_train"][found], data.y_train)
