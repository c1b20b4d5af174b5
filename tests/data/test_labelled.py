"""Digits of other people are read as their file holds them, and no file is trusted."""

import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.sets import write

from mnist_core.data.labelled import load_labelled, pack_ink, unpack_ink
from mnist_core.errors import DataError
from mnist_core.preprocessing.ink import check_ink

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


def test_a_set_says_how_many_people_drew_it_if_its_file_does(tmp_path):
    assert load_labelled(write(tmp_path / "some.npz", INK)).num_writers is None
    assert load_labelled(write(tmp_path / "some.npz", {**INK, "writer": np.array([7, 7])})).num_writers == 1
    assert load_labelled(write(tmp_path / "some.npz", {**PICTURES, "writer": np.array([7, 8, 7])})).num_writers == 2


# Ink that is packed


DRAWINGS = [
    [[[0, 0], [1.5, 2.25]], [[3, 4], [5, 6], [7, 8]]],
    [[[10, 11]]],
    [[[1e6, -1e6], [0.125, 0]], [[5, 5]], [[1, 1], [2, 2]]],
]


def pack(path, drawings, labels):
    with path.open("wb") as file:
        pack_ink(file, [[np.array(stroke) for stroke in drawing] for drawing in drawings], labels)
    return path


def test_ink_that_was_packed_is_read_as_it_was(tmp_path):
    labelled = load_labelled(pack(tmp_path / "mine.npz", DRAWINGS, [4, 0, 9]))
    assert (labelled.name, labelled.kind, labelled.num_writers) == ("mine", "ink", None)
    assert [[stroke.tolist() for stroke in drawing] for drawing in labelled.samples] == DRAWINGS
    assert labelled.labels.tolist() == [4, 0, 9]


@pytest.mark.parametrize("seed", range(5))
def test_any_ink_comes_back(tmp_path, seed):
    generator = np.random.default_rng(seed)
    sizes = [generator.integers(1, 30, generator.integers(1, 5)) for _ in range(generator.integers(1, 20))]
    drawings = [[generator.normal(0, 100, (size, 2)).astype(np.float32) for size in drawing] for drawing in sizes]
    labelled = load_labelled(pack(tmp_path / "a.npz", drawings, np.arange(len(drawings)) % 10))
    for drawing, again in zip(drawings, labelled.samples, strict=True):
        for stroke, same in zip(drawing, again, strict=True):
            assert np.array_equal(stroke, same)


def test_what_the_pad_sends_can_be_packed(tmp_path):
    """With milliseconds, which are dropped."""
    ink = check_ink([[[0, 0, 1], [5, 9, 20]], [[3, 3, 40], [4, 3, 50]]])
    (again,) = load_labelled(pack(tmp_path / "a.npz", [ink], [7])).samples
    assert [stroke.tolist() for stroke in again] == [[[0, 0], [5, 9]], [[3, 3], [4, 3]]]


@pytest.mark.parametrize("name", ["points", "stroke_start", "sample_start"])
def test_arrays_that_do_not_fit_each_other_are_no_ink(name):
    arrays = {**INK, name: INK[name][:-1]}
    with pytest.raises(DataError, match=r"nowhere\.npz: stroke_start must index points") as caught:
        unpack_ink(arrays, Path("nowhere.npz"))
    assert caught.value.path == Path("nowhere.npz")


# The real files, where there are any


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
