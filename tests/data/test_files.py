"""Files of arrays are read whole or refused with their name; nothing that they say of themselves is believed."""

import contextlib
import gzip
import hashlib
import io
import os
import pickle
import re
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from support.files import as_idx, published_hash

from mnist_core.data.files import check_folder, idx_hash, list_npz, read_idx, read_npz, replacing, write_npz, write_text
from mnist_core.errors import DataError, StorageError

CUBE = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


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
    assert f"as an IDX file: it begins with {content[:4].hex(' ')} " in said


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
    assert "ends within its header" in refusal(put(tmp_path / name, as_idx(CUBE)[:end]))


@every_packing
@pytest.mark.parametrize("end", [16, 17, 39])
def test_a_cut_body_is_refused_with_how_much_is_there(tmp_path, name, end):
    said = refusal(put(tmp_path / name, as_idx(CUBE)[:end]))
    assert f"promises 2 x 3 x 4 bytes, but it holds {end - 16}." in said


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
    assert "add .gz to its name" in refusal(tmp_path / "a")


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


# Files, listed and written


ARRAYS = {"x": np.arange(6, dtype=np.uint8).reshape(2, 3), "limit": np.array(0.5), "empty": np.empty((0, 4))}


def test_what_is_written_as_npz_is_read_back(tmp_path):
    write_npz(tmp_path / "deep/some.npz", ARRAYS)
    again = read_npz(tmp_path / "deep/some.npz")
    assert again.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert np.array_equal(again[name], array)
        assert again[name].dtype == array.dtype
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["some.npz"]


def test_an_npz_that_is_written_anew_takes_the_place_of_the_old(tmp_path):
    write_npz(tmp_path / "some.npz", ARRAYS)
    write_npz(tmp_path / "some.npz", {"y": np.ones(2)})
    assert read_npz(tmp_path / "some.npz").keys() == {"y"}


@pytest.mark.parametrize(("module", "fails"), [(np, "savez"), (Path, "replace")])
def test_an_npz_is_written_whole_or_not_at_all(tmp_path, monkeypatch, module, fails):
    """As when a disk is full: the old one stays, and nothing lies beside it."""

    def fail(*arguments, **options):
        raise OSError(28, "No space left on device")

    write_npz(tmp_path / "some.npz", ARRAYS)
    monkeypatch.setattr(module, fails, fail)
    with pytest.raises(StorageError, match=r"some\.npz cannot be written: .* No space left.*MNIST_CACHE_DIR") as caught:
        write_npz(tmp_path / "some.npz", {"y": np.ones(2)})
    assert caught.value.path == tmp_path / "some.npz"
    assert [path.name for path in tmp_path.iterdir()] == ["some.npz"]
    assert read_npz(tmp_path / "some.npz").keys() == ARRAYS.keys()


def test_an_npz_below_a_file_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be written"):
        write_npz(tmp_path / "file/deep/some.npz", ARRAYS)


def test_until_all_is_written_the_old_file_is_read(tmp_path):
    path = tmp_path / "some.txt"
    path.write_text("old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_fails_on_the_way_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "some.txt"
    path.write_text("old")

    def fail_halfway():
        with replacing(path) as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        fail_halfway()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"some.txt": "old"}


@pytest.mark.skipif(os.name != "posix", reason="rights and links as Unix has them")
def test_a_replaced_file_keeps_its_rights_and_a_new_one_has_those_of_any_new_file(tmp_path):
    old, usual = tmp_path / "old.txt", tmp_path / "usual.txt"
    for path in (old, usual):
        path.write_text("old")
    old.chmod(0o640)
    for name in ("old.txt", "new.txt"):
        write_text(tmp_path / name, "new")
    assert old.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "new.txt").stat().st_mode == usual.stat().st_mode


@pytest.mark.skipif(os.name != "posix", reason="rights and links as Unix has them")
def test_a_link_leads_to_what_was_written(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_text(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_device_stays_one_and_when_it_is_full_that_is_said():
    with pytest.raises(StorageError, match=r"/dev/full cannot be written: .*\. Name another file with --output\."):
        write_text(Path("/dev/full"), "text", "Name another file with --output.")
    assert not Path("/dev/full").is_file()


def test_a_folder_that_is_missing_is_named_with_what_to_do(tmp_path):
    check_folder(tmp_path / "some.json", "Name another.")
    with pytest.raises(StorageError, match=r"There is no folder for .*some\.json\. Name another\.") as caught:
        check_folder(tmp_path / "none/some.json", "Name another.")
    assert caught.value.path == tmp_path / "none/some.json"
    with pytest.raises(StorageError, match=r"is a folder\. Name another\."):
        check_folder(tmp_path, "Name another.")


# What is given in place of data is named for what it is, with what to do.


def npy(array):
    with io.BytesIO() as file:
        np.save(file, array)
        return file.getvalue()


def npz(**arrays):
    with io.BytesIO() as file:
        np.savez(file, **arrays)
        return file.getvalue()


PICKLES = [pickle.dumps({"x": [1, 2]}, protocol) for protocol in (2, 3, 4, 5)]
PAGES = [b"<!DOCTYPE html><html lang='en'>", b"\n  <html><head>", b"\xef\xbb\xbf<!doctype HTML>"]
MISTAKEN = [
    *((content, "is a Python pickle", "numpy.savez") for content in PICKLES),
    *((content, "is a web page", "Download the file itself") for content in PAGES),
    (npy(CUBE), "is a single array", "numpy.savez"),
    (npy(np.array([{}], object)), "is a single array", "numpy.savez"),
]


def advice(text):
    assert not re.search("delete|unsafe|allow_pickle", text, re.IGNORECASE)
    return text


@pytest.mark.parametrize(("content", "kind", "remedy"), MISTAKEN)
@pytest.mark.parametrize("read", [read_npz, list_npz, read_idx])
def test_a_pickle_a_web_page_and_a_single_array_are_named(tmp_path, read, content, kind, remedy):
    (tmp_path / "some.npz").write_bytes(content)
    said = advice(refusal(tmp_path / "some.npz", read))
    assert kind in said
    assert remedy in said


@pytest.mark.parametrize("content", [content for content, _, _ in MISTAKEN])
def test_they_are_named_behind_the_name_of_a_gzip_file_too(tmp_path, content):
    (tmp_path / "some.gz").write_bytes(content)
    assert re.search("pickle|web page|single array", refusal(tmp_path / "some.gz"))


@pytest.mark.parametrize("end", [-1, -8, 30])
def test_a_gzip_file_without_its_end_is_named(tmp_path, end):
    (tmp_path / "a.gz").write_bytes(gzip.compress(as_idx(CUBE))[:end])
    said = advice(refusal(tmp_path / "a.gz"))
    assert "is a gzip file that ends too early" in said
    assert "again" in said


@pytest.mark.parametrize("read", [read_npz, list_npz])
def test_a_gzip_file_is_no_npz_file_and_is_named(tmp_path, read):
    (tmp_path / "a.npz").write_bytes(gzip.compress(as_idx(CUBE)))
    assert "is a gzip file. Unpack it" in advice(refusal(tmp_path / "a.npz", read))


@pytest.mark.parametrize("read", [read_npz, list_npz])
def test_an_npz_file_without_its_end_is_called_incomplete(tmp_path, read):
    (tmp_path / "a.npz").write_bytes(npz(x=CUBE)[:-30])
    assert "incomplete" in advice(refusal(tmp_path / "a.npz", read))


def test_an_npz_file_of_objects_is_told_apart_from_one_of_numbers(tmp_path):
    (tmp_path / "a.npz").write_bytes(npz(x=np.array([{}], object)))
    assert "holds Python objects" in advice(refusal(tmp_path / "a.npz", read_npz))


@pytest.mark.parametrize("content", [b"hello", b"PK but no more"])
def test_what_is_nothing_known_is_refused_with_its_name(tmp_path, content):
    (tmp_path / "some.npz").write_bytes(content)
    assert "cannot be read as an npz file: File is not a zip file." in advice(refusal(tmp_path / "some.npz", read_npz))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_the_arrays_of_an_npz_are_listed_with_their_shapes(tmp_path, save):
    with (tmp_path / "some.npz").open("wb") as file:
        save(file, **ARRAYS, large=np.asfortranarray(np.ones((1000, 3))))
    expected = {"x": (2, 3), "limit": (), "empty": (0, 4), "large": (1000, 3)}
    assert list_npz(tmp_path / "some.npz") == expected


def test_nothing_is_unpickled_to_list_it(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "sprung",)

    with (tmp_path / "some.npz").open("wb") as file:
        np.savez(file, y=np.ones(5), trap=np.array([Trap()], object))
    with contextlib.suppress(DataError):
        assert list_npz(tmp_path / "some.npz")["y"] == (5,)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", bytes(3000), b"\x93NUMPY\x01\x00"])
def test_what_is_no_npz_cannot_be_listed(tmp_path, content):
    (tmp_path / "some.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"some\.npz cannot be read as an npz file") as caught:
        list_npz(tmp_path / "some.npz")
    assert caught.value.path == tmp_path / "some.npz"


def test_a_single_array_and_a_missing_file_cannot_be_listed(tmp_path):
    np.save(tmp_path / "one.npy", np.zeros(3))
    for name in ("one.npy", "none.npz"):
        with pytest.raises(DataError, match=name):
            list_npz(tmp_path / name)
