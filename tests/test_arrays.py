"""Files of arrays are read whole or refused with their name; nothing that they say of themselves is believed."""

import gzip
import hashlib
import os
import struct
import tracemalloc

import numpy as np
import pytest

from mnist_core.arrays import idx_hash, read_idx, read_npz
from mnist_core.errors import DataError

CUBE = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def as_idx(array):
    """The bytes of an IDX file, put together from the description of the format."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(struct.pack(">I", side) for side in array.shape)
    return head + array.astype(np.uint8).tobytes()


def put(path, content):
    path.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)
    return path


def refusal(path, read=read_idx):
    """What is said of a file that must be refused, which must name the file."""
    with pytest.raises(DataError) as caught:
        read(path)
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    return str(caught.value)


every_packing = pytest.mark.parametrize("name", ["a", "a.gz"])


# IDX


@every_packing
def test_labels_of_mnist_are_read_as_they_are_published(tmp_path, name):
    """The first bytes of its test labels, with a count that fits."""
    path = put(tmp_path / name, bytes.fromhex("00000801 00000005 07 02 01 00 04"))
    array = read_idx(path)
    assert (array.tolist(), array.dtype) == ([7, 2, 1, 0, 4], np.uint8)


@every_packing
@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ("01 00000006", [1, 2, 3, 4, 5, 6]),
        ("02 00000002 00000003", [[1, 2, 3], [4, 5, 6]]),
        ("03 00000001 00000003 00000002", [[[1, 2], [3, 4], [5, 6]]]),
    ],
)
def test_the_last_of_one_to_three_dimensions_runs_fastest(tmp_path, name, sizes, expected):
    path = put(tmp_path / name, bytes.fromhex("000008" + sizes + "010203040506"))
    assert read_idx(path).tolist() == expected


def test_sizes_begin_with_the_high_byte(tmp_path):
    path = put(tmp_path / "a", bytes.fromhex("00000801 00000102") + bytes(258))
    assert read_idx(path).shape == (258,)


@every_packing
@pytest.mark.parametrize("seed", range(5))
def test_every_array_comes_back_as_it_was(tmp_path, name, seed):
    random = np.random.default_rng(seed)
    for num_dimensions in (1, 2, 3):
        array = random.integers(0, 256, random.integers(0, 30, num_dimensions), dtype=np.uint8)
        back = read_idx(put(tmp_path / name, as_idx(array)))
        assert (back.shape, back.dtype, back.tobytes()) == (array.shape, np.uint8, array.tobytes())


def test_a_gzip_file_in_several_parts_is_one_file(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(as_idx(CUBE)[:20]) + gzip.compress(as_idx(CUBE)[20:]))
    assert np.array_equal(read_idx(path), CUBE)


@every_packing
@pytest.mark.parametrize(
    "content",
    [
        b"\0",
        b"\0\0\x08",
        b"hello, world",
        b"\0\1\x08\1\0\0\0\1\5",
        b"\1\0\x08\1\0\0\0\1\5",
        b"\0\0\x00\1\0\0\0\1\5",
        b"\0\0\x0a\1\0\0\0\1\5",
        b"\0\0\x08\0\5",
        b"\0\0\x08\4" + b"\0\0\0\1" * 4 + b"\5",
        b"\0\0\x08\xff" + b"\0\0\0\1" * 255 + b"\5",
        b"\x08\1\0\0\1\0\0\0\5",
    ],
)
def test_what_does_not_begin_like_idx_is_refused(tmp_path, name, content):
    said = refusal(put(tmp_path / name, content))
    assert f"is no IDX file: it begins with {content[:4].hex(' ')}. " in said


@every_packing
def test_an_empty_file_is_refused(tmp_path, name):
    assert "it begins with nothing" in refusal(put(tmp_path / name, b""))
    (tmp_path / name).write_bytes(b"")
    assert "it begins with nothing" in refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("code", "numbers"),
    [(0x09, "int8"), (0x0B, "int16"), (0x0C, "int32"), (0x0D, "float32"), (0x0E, "float64")],
)
def test_other_numbers_are_refused_by_name(tmp_path, code, numbers):
    path = put(tmp_path / "a", bytes([0, 0, code, 1]) + struct.pack(">I", 1) + bytes(8))
    assert f"holds {numbers} numbers" in refusal(path)


@every_packing
@pytest.mark.parametrize("end", range(4, 16))
def test_a_cut_head_is_refused(tmp_path, name, end):
    assert "ends within its head" in refusal(put(tmp_path / name, as_idx(CUBE)[:end]))


@every_packing
@pytest.mark.parametrize("end", [16, 17, 39])
def test_a_cut_body_is_refused_with_how_much_is_there(tmp_path, name, end):
    said = refusal(put(tmp_path / name, as_idx(CUBE)[:end]))
    assert f"its head says 2 x 3 x 4 bytes, and it holds {end - 16}." in said


@every_packing
@pytest.mark.parametrize("more", [b"\0", b"\5" * 1000])
def test_bytes_after_the_last_are_refused(tmp_path, name, more):
    assert "it holds more" in refusal(put(tmp_path / name, as_idx(CUBE) + more))


@every_packing
@pytest.mark.parametrize("sizes", [(2**32 - 1,), (2**16, 2**15), (2**32 - 1, 2**32 - 1, 2**32 - 1), (2**30 + 1,)])
def test_no_memory_is_taken_for_what_a_head_promises(tmp_path, name, sizes):
    path = put(tmp_path / name, struct.pack(f">HBB{len(sizes)}I", 0, 8, len(sizes), *sizes))
    tracemalloc.start()
    said = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "too much" in said
    assert peak < 10**7


@pytest.mark.parametrize("damage", [slice(0, 30), slice(0, -1), slice(0, -8), slice(0, 1)])
def test_a_cut_gzip_file_is_refused(tmp_path, damage):
    (tmp_path / "a.gz").write_bytes(gzip.compress(as_idx(CUBE))[damage])
    refusal(tmp_path / "a.gz")


def test_no_flipped_byte_of_a_gzip_file_goes_unseen(tmp_path):
    """Only gzip's own time, operating system and flags of speed may be anything."""
    path, image = tmp_path / "a.gz", np.random.default_rng(0).integers(0, 256, (1, 28, 28), dtype=np.uint8)
    good = gzip.compress(as_idx(image))
    for place in range(10, len(good), 3):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x5A]) + good[place + 1 :])
        refusal(path)


def test_a_plain_file_that_calls_itself_gz_is_refused(tmp_path):
    (tmp_path / "a.gz").write_bytes(as_idx(CUBE))
    assert "gzip" in refusal(tmp_path / "a.gz")


def test_a_gzip_file_that_calls_itself_plain_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(gzip.compress(as_idx(CUBE)))
    assert "begins with 1f 8b 08" in refusal(tmp_path / "a")


def a_folder(path):
    path.mkdir()


def a_link_to_itself(path):
    path.symlink_to(path)


def locked(path):
    path.write_bytes(as_idx(CUBE))
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")


@pytest.mark.parametrize("read", [read_idx, read_npz])
@pytest.mark.parametrize("name", ["a", "a.gz"])
@pytest.mark.parametrize("make", [a_folder, a_link_to_itself, locked, lambda path: None])
def test_what_cannot_be_opened_is_refused(tmp_path, make, name, read):
    make(tmp_path / name)
    assert "cannot be read" in refusal(tmp_path / name, read)


# Hashes


def published_hash(array):
    """SHA-256 of an IDX file, put together from the description of the format."""
    return hashlib.sha256(as_idx(array)).hexdigest()


def test_hashes_are_those_of_idx_files():
    assert idx_hash(CUBE) == published_hash(CUBE)
    assert idx_hash(CUBE.transpose(2, 0, 1)) == published_hash(CUBE.transpose(2, 0, 1).copy())
    assert idx_hash(np.array([7, 2], np.uint8)) == hashlib.sha256(b"\0\0\x08\x01\0\0\0\x02\x07\x02").hexdigest()


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (1,), (300,), (5, 7), (2, 28, 28)])
def test_a_hash_is_that_of_the_file_it_was_read_from(tmp_path, shape):
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    path = put(tmp_path / "a", as_idx(array))
    assert idx_hash(read_idx(path)) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_bytes_in_another_shape_have_another_hash():
    hashes = {idx_hash(CUBE.reshape(shape)) for shape in [(24,), (2, 12), (12, 2), (2, 3, 4), (4, 3, 2)]}
    assert len(hashes) == 5


# npz


def test_all_arrays_of_an_npz_file_are_read(tmp_path):
    np.savez(tmp_path / "a.npz", one=CUBE, two=np.array([0.5, -1]))
    arrays = read_npz(tmp_path / "a.npz")
    assert sorted(arrays) == ["one", "two"]
    assert np.array_equal(arrays["one"], CUBE)
    assert arrays["two"].tolist() == [0.5, -1]


def test_an_idx_file_is_no_npz_file(tmp_path):
    assert "cannot be read as an npz file" in refusal(put(tmp_path / "a.npz", as_idx(CUBE)), read_npz)


def test_a_head_of_nothing_beside_something_huge_is_refused(tmp_path):
    (tmp_path / "z").write_bytes(struct.pack(">HBB3I", 0, 8, 3, 0, 2**32 - 1, 2**32 - 1))
    with pytest.raises(DataError, match="too much"):
        read_idx(tmp_path / "z")
