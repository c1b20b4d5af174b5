"""MNIST is found where it lies, fetched where it does not, checked by content, and never half written."""

import contextlib
import hashlib
import pickle
import struct
import threading
import urllib.request
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from mnist_core import dataset
from mnist_core.arrays import idx_hash
from mnist_core.dataset import (
    Dataset,
    TrainingData,
    built_in_samples,
    default_cache_dir,
    load_dataset,
    load_sample,
    split_validation,
)
from mnist_core.errors import DataError, MnistError, StorageError
from mnist_core.labelled import load_labelled

NAMES = ("x_train", "y_train", "x_test", "y_test")


def published_hash(array):
    """SHA-256 of an IDX file, put together from the description of the format."""
    dims = b"".join(struct.pack(">I", side) for side in array.shape)
    return hashlib.sha256(bytes([0, 0, 8, array.ndim]) + dims + array.astype(np.uint8).tobytes()).hexdigest()


@pytest.fixture(scope="module")
def arrays(sample):
    """A stand-in for MNIST: a few images that are in the sample and a few that are not."""
    random = np.random.default_rng(0)
    x, y = sample
    others = random.integers(0, 256, (6, 28, 28), dtype=np.uint8)
    return {
        "x_train": np.concatenate([x[:3], others[:3], x[-1:], others[3:4]]),
        "y_train": np.concatenate([y[:3], [1, 2, 3], y[-1:], [4]]).astype(np.uint8),
        "x_test": others[4:],
        "y_test": np.array([5, 6], np.uint8),
    }


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


def write(path, arrays, save=np.savez):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        save(file, **arrays)
    return path


def changed(arrays, name):
    """The same arrays, one of them with one value changed."""
    array = arrays[name].copy()
    array.flat[-1] ^= 1
    return {**arrays, name: array}


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
    with pytest.raises(DataError, match="Delete it") as caught:
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


def test_hashes_are_those_of_idx_files():
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert idx_hash(array) == published_hash(array)
    assert idx_hash(array.transpose(2, 0, 1)) == published_hash(array.transpose(2, 0, 1).copy())
    assert idx_hash(np.array([7, 2], np.uint8)) == hashlib.sha256(b"\0\0\x08\x01\0\0\0\x02\x07\x02").hexdigest()


# ---- the network ----


class Handler(BaseHTTPRequestHandler):
    """Sends what the server was told to, and counts the requests."""

    def do_GET(self):
        self.server.requests += 1
        self.server.answer(self)

    def log_message(self, *_):
        pass


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


def send(content, length=None, status=200):
    """An answer of that content, which may promise another length; -1 promises none."""

    def answer(handler):
        handler.send_response(status)
        if length != -1:
            handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def send_broken_chunks(handler):
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"400\r\nonly a little")
    handler.close_connection = True


def send_nonsense(handler):
    handler.wfile.write(b"this is no HTTP\r\n\r\n")


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
    assert caught.value.path == tmp_path / "file" / "cache"
    assert server.requests == 0


def test_a_file_that_cannot_be_put_in_place_is_a_storage_error(tmp_path, packed, serve):
    serve(send(packed))
    (tmp_path / "cache" / "mnist.npz").mkdir(parents=True)
    with pytest.raises(StorageError):
        load_dataset(cache_dir=tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mnist.npz"]


def test_a_full_disk_is_a_storage_error(monkeypatch, tmp_path, packed, serve):
    serve(send(packed))
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    monkeypatch.setattr(dataset.os, "fdopen", lambda handle, mode: (dataset.os.close(handle), full.open(mode))[1])
    with pytest.raises(StorageError):
        load_dataset(cache_dir=tmp_path / "cache")


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
    monkeypatch.setattr(dataset, "SAMPLE_PATH", tmp_path / "sample.npz")
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


def test_the_digest_names_the_content(arrays):
    data = TrainingData(*arrays.values())
    assert data.digest == TrainingData(*(array.copy() for array in arrays.values())).digest
    others = [TrainingData(*changed(arrays, name).values()).digest for name in NAMES]
    swapped = TrainingData(*(arrays[name] for name in ("x_test", "y_test", "x_train", "y_train"))).digest
    assert len({data.digest, swapped, *others}) == 6
    assert len(data.digest) == 64


# ---- digits of other people ----

PICTURES = {"x": np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5), "y": np.array([7, 0, 9])}
INK = {
    "points": np.arange(20, dtype=np.float32).reshape(10, 2),
    "stroke_start": np.array([0, 2, 7, 10], np.int32),
    "sample_start": np.array([0, 1, 3], np.int32),
    "y": np.array([4, 2], np.uint8),
}


def test_pictures_are_read(tmp_path):
    labelled = load_labelled(write(tmp_path / "some.npz", PICTURES))
    assert (labelled.name, labelled.kind) == ("some", "pictures")
    assert np.array_equal(labelled.samples, PICTURES["x"])
    assert labelled.labels.tolist() == [7, 0, 9]
    assert labelled.labels.dtype == np.int64


def test_ink_is_read_stroke_by_stroke(tmp_path):
    labelled = load_labelled(str(write(tmp_path / "some.npz", INK)))
    assert (labelled.name, labelled.kind) == ("some", "ink")
    assert [[stroke[:, 0].tolist() for stroke in ink] for ink in labelled.samples] == [
        [[0, 2]],
        [[4, 6, 8, 10, 12], [14, 16, 18]],
    ]
    assert labelled.labels.tolist() == [4, 2]
    assert labelled.labels.dtype == np.int64
    assert {stroke.dtype for ink in labelled.samples for stroke in ink} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    "change",
    [
        {"x": PICTURES["x"] / 255},
        {"x": PICTURES["x"].astype(np.int64)},
        {"x": PICTURES["x"].reshape(3, 20)},
        {"x": np.zeros((3, 0, 5), np.uint8)},
        {"x": np.uint8(3)},
        {"x": np.array(["a", "b", "c"])},
        {"y": np.array([1, 2])},
        {"y": np.array([1.0, 2.0, 3.0])},
        {"y": np.array([[1], [2], [3]])},
        {"y": np.int64(3)},
        {"y": np.array(["1", "2", "3"])},
    ],
)
def test_pictures_of_another_form_are_refused_with_what_was_received(tmp_path, change):
    path = write(tmp_path / "some.npz", {**PICTURES, **change})
    (array,) = change.values()
    with pytest.raises(DataError) as caught:
        load_labelled(path)
    assert f"Received: {array.dtype} {array.shape}" in str(caught.value)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "change",
    [
        {"points": np.zeros((10, 3))},
        {"points": np.zeros(20)},
        {"points": np.full((10, 2), "a")},
        {"points": np.zeros((10, 2), complex)},
        {"stroke_start": np.array([0, 2, 7])},
        {"stroke_start": np.array([1, 2, 7, 10])},
        {"stroke_start": np.array([0, 2, 7, 11])},
        {"stroke_start": np.array([0, 7, 2, 10])},
        {"stroke_start": np.array([0, 7, 2, 10], np.uint32)},
        {"stroke_start": np.array([0, 2, 7, 10.0])},
        {"stroke_start": np.array([], int)},
        {"stroke_start": np.int64(0)},
        {"sample_start": np.array([0, 1])},
        {"sample_start": np.array([0, 1, 4])},
        {"sample_start": np.array([0, 4, 3])},
        {"sample_start": np.array([0, 2, 1, 3], np.uint8), "y": np.array([1, 2, 3])},
        {"y": np.array([1, 2, 3])},
    ],
)
def test_ink_of_another_form_is_refused(tmp_path, change):
    path = write(tmp_path / "some.npz", {**INK, **change})
    with pytest.raises(DataError, match=r"some\.npz") as caught:
        load_labelled(path)
    assert caught.value.path == path


def test_other_arrays_are_named(tmp_path):
    with pytest.raises(DataError, match="holds the arrays a, points"):
        load_labelled(write(tmp_path / "some.npz", {"points": np.zeros((1, 2)), "a": np.zeros(1)}))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="There is no file") as caught:
        load_labelled(tmp_path / "some.npz")
    assert caught.value.path == tmp_path / "some.npz"


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", pickle.dumps([1, 2]), bytes(3000)])
def test_what_is_no_npz_is_refused(tmp_path, content):
    (tmp_path / "some.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"some\.npz"):
        load_labelled(tmp_path / "some.npz")


def test_a_single_array_is_refused(tmp_path):
    np.save(tmp_path / "some.npy", np.zeros(3))
    with pytest.raises(DataError, match=r"some\.npy"):
        load_labelled(tmp_path / "some.npy")


@pytest.mark.parametrize(
    "shape", ["(100000000000000000,)", "(1000000000000000000000000000,)", "(-1,)", "(3", "None"], ids=str
)
def test_an_array_that_lies_about_its_size_is_refused(tmp_path, shape):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}".ljust(117).encode() + b"\n"
    array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"abc"
    with zipfile.ZipFile(tmp_path / "some.npz", "w") as archive:
        archive.writestr("x.npy", array)
        archive.writestr("y.npy", array)
    with pytest.raises(DataError, match=r"some\.npz"):
        load_labelled(tmp_path / "some.npz")


def test_a_zip_of_other_files_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "some.npz", "w") as archive:
        archive.writestr("x", b"no array")
        archive.writestr("y", b"no array")
    with pytest.raises(DataError, match=r"some\.npz"):
        load_labelled(tmp_path / "some.npz")


def test_pickled_objects_are_never_loaded(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "sprung",)

    write(tmp_path / "some.npz", {"x": np.array([Trap()], object), "y": np.zeros(1, int)})
    with pytest.raises(DataError):
        load_labelled(tmp_path / "some.npz")
    assert not (tmp_path / "sprung").exists()


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


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("ink_pendigits_train", "ink", 7494),
        ("ink_numberpad", "ink", 822),
        ("img_canvas5", "pictures", 5827),
        ("img_mouse", "pictures", 1223),
    ],
)
def test_files_of_other_people_are_read_whole(development_file, name, kind, count):
    labelled = load_labelled(development_file(f"{name}.npz"))
    assert (labelled.name, labelled.kind, len(labelled.samples)) == (name, kind, count)
    assert set(labelled.labels) <= set(range(10))
