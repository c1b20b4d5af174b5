"""The pen ink comes with the project, is recognised by its content whatever its file is called, and split by writer."""

import hashlib

import numpy as np
import pytest
from support.sets import as_arrays, write

from mnist_core.data import pendigits
from mnist_core.data.pendigits import (
    PENDIGITS_PATH,
    REPORTED_WRITERS,
    VALIDATION_WRITERS,
    PenInk,
    load_pendigits,
    read_pendigits,
    recognise_pendigits,
)
from mnist_core.data.prepared import prepare_ink
from mnist_core.errors import DataError

REAL_HASH = pendigits.PENDIGITS_HASH


def made_up_ink(num_writers=30):
    """Two digits by each writer, of one or two strokes with whole coordinates."""
    generator, ink, labels, writers = np.random.default_rng(0), [], [], []
    for writer in range(1, num_writers + 1):
        for _ in range(2):
            sizes = generator.integers(1, 9, generator.integers(1, 3))
            ink.append([generator.integers(0, 501, (size, 2)).astype(np.float32) for size in sizes])
            labels.append(int(generator.integers(10)))
            writers.append(writer)
    return PenInk(ink, np.array(labels), np.array(writers))


def assert_same(pen, other):
    assert pen.labels.tolist() == other.labels.tolist()
    assert pen.writers.tolist() == other.writers.tolist()
    assert [[stroke.tolist() for stroke in drawing] for drawing in pen.ink] == [
        [stroke.tolist() for stroke in drawing] for drawing in other.ink
    ]


INK = made_up_ink()


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    """The made-up ink's hash in place of the original's."""
    monkeypatch.setattr(pendigits, "PENDIGITS_HASH", INK.digest)


def put(folder, pen, name="some.npz"):
    return write(folder / name, as_arrays(pen))


# Reading


def test_what_a_file_holds_is_read(tmp_path):
    assert_same(read_pendigits(put(tmp_path, INK)), INK)


def test_the_ink_is_recognised_whatever_it_is_called(tmp_path):
    assert_same(recognise_pendigits(put(tmp_path, INK, "my_hand.npz")), INK)


@pytest.mark.parametrize(
    "change", [{"y": np.zeros(60, np.int64)}, {"writer": None}, {}], ids=["other", "none", "no file"]
)
def test_anything_else_is_not_taken_for_it(tmp_path, change):
    arrays = {name: array for name, array in {**as_arrays(INK), **change}.items() if array is not None}
    if change:
        write(tmp_path / PENDIGITS_PATH.name, arrays)
    assert recognise_pendigits(tmp_path / PENDIGITS_PATH.name) is None


# Digest


def by_hand():
    """A 4 of two strokes by writer 12, and a dot of a 7 by writer 3."""
    strokes = [[[1, 498], [30, 20], [500, 500]], [[7, 492], [9, 490]], [[250, 250]]]
    first, second, dot = (np.array(stroke, np.float32) for stroke in strokes)
    return [[first, second], [dot]], np.array([4, 7]), np.array([12, 3])


def test_a_digest_by_hand():
    """Label, writer and lengths of the strokes of each drawing, and its points: numbers of two bytes."""
    numbers = [4, 12, 3, 2, 1, 498, 30, 20, 500, 500, 7, 492, 9, 490, 7, 3, 1, 250, 250]
    content = b"".join(number.to_bytes(2, "little") for number in numbers)
    assert PenInk(*by_hand()).digest == hashlib.sha256(content).hexdigest()


def change_point(ink, labels, writers):
    ink[0][0][1, 1] += 1


def drop_point(ink, labels, writers):
    ink[0][0] = ink[0][0][:2]


def change_label(ink, labels, writers):
    labels[0] = 5


def change_writer(ink, labels, writers):
    writers[0] = 13


def join_strokes(ink, labels, writers):
    ink[0] = [np.concatenate(ink[0])]


@pytest.mark.parametrize("change", [change_point, drop_point, change_label, change_writer, join_strokes])
def test_another_ink_has_another_digest(change):
    changed = by_hand()
    change(*changed)
    assert PenInk(*changed).digest != PenInk(*by_hand()).digest


# Writers


def test_held_out_writers_are_those_that_were_drawn_once():
    drawn = np.random.default_rng(0).permutation(30)[:8] + 1
    assert (*VALIDATION_WRITERS, *REPORTED_WRITERS) == tuple(drawn)
    assert len({*VALIDATION_WRITERS, *REPORTED_WRITERS}) == 8


def test_no_writer_is_in_two_parts_and_none_is_left_out():
    parts = [INK.training, INK.validation, INK.reported]
    assert [set(part.writers) for part in parts[1:]] == [set(VALIDATION_WRITERS), set(REPORTED_WRITERS)]
    assert [len(set(part.writers)) for part in parts] == [22, 4, 4]
    assert sorted(np.concatenate([part.writers for part in parts])) == INK.writers.tolist()


@pytest.mark.parametrize("part", ["training", "validation", "reported"])
def test_a_part_keeps_every_drawing_with_its_label_in_order(part):
    chosen = getattr(INK, part)
    places = [place for place, writer in enumerate(INK.writers) if writer in set(chosen.writers)]
    expected = PenInk([INK.ink[place] for place in places], INK.labels[places], INK.writers[places])
    assert_same(chosen, expected)


def test_writers_are_chosen_by_number():
    assert INK.of_writers((30, 2)).writers.tolist() == [2, 2, 30, 30]
    assert INK.of_writers((99,)).ink == []


# What is refused


def refused(path):
    with pytest.raises(DataError) as caught:
        read_pendigits(path)
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("change", ["points", "labels", "writers"])
def test_changed_content_is_refused(tmp_path, change):
    changed = made_up_ink()
    if change == "points":
        changed.ink[7][0][0, 0] = 501 - changed.ink[7][0][0, 0]
    else:
        getattr(changed, change)[7] += 1
    assert "is not UCI's pen ink: strokes, labels or writers differ" in refused(put(tmp_path, changed))


@pytest.mark.parametrize("missing", [("writer",), ("points",), ("y", "writer")])
def test_arrays_that_are_missing_are_named(tmp_path, missing):
    arrays = {name: array for name, array in as_arrays(INK).items() if name not in missing}
    assert f"lacks {', '.join(sorted(missing))}, so it is not" in refused(write(tmp_path / "some.npz", arrays))


@pytest.mark.parametrize(
    "change",
    [
        {"stroke_start": np.array([0, 5])},
        {"points": np.zeros(7)},
        {"y": np.zeros(3, np.int64)},
        {"writer": np.zeros(3, np.int64)},
        {"y": INK.labels[:, None]},
        {"writer": np.array(["a"] * 60)},
        {"y": np.array(["a"] * 60)},
        {"y": INK.labels + 0.5},
        {"points": as_arrays(INK)["points"] + np.float32(0.3)},
        {"points": as_arrays(INK)["points"] + np.float32(65536)},
        {"y": INK.labels + 65536},
        {"writer": INK.writers - 65536},
    ],
    ids=lambda change: next(iter(change)),
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, change):
    refused(write(tmp_path / "some.npz", as_arrays(INK) | change))


def test_what_is_no_npz_is_refused(tmp_path):
    (tmp_path / "some.npz").write_bytes(b"PK but no more")
    refused(tmp_path / "some.npz")


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_labels_are_handed_out_as_they_are_promised(tmp_path, dtype):
    arrays = as_arrays(INK)
    pen = read_pendigits(
        write(tmp_path / "some.npz", arrays | {name: arrays[name].astype(dtype) for name in ("y", "writer")})
    )
    assert (pen.labels.dtype, pen.writers.dtype) == (np.int64, np.int64)


# The real ink


@pytest.fixture(scope="module")
def real():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pendigits, "PENDIGITS_HASH", REAL_HASH)
        return load_pendigits()


def test_the_real_ink_is_7494_digits_by_thirty_writers(real):
    assert len(real.ink) == len(real.labels) == len(real.writers) == 7494
    assert sorted(set(real.writers)) == list(range(1, 31))
    assert sorted(set(real.labels)) == list(range(10))
    assert real.digest == REAL_HASH


def test_the_real_ink_lies_on_the_tablet(real):
    points = np.concatenate([stroke for drawing in real.ink for stroke in drawing])
    assert np.array_equal(points, np.rint(points))
    assert (points.min() >= 0, points.max() <= 500) == (True, True)


def test_parts_of_the_real_ink_hold_about_as_many_digits_a_writer_and_all_labels(real):
    counts = [len(part.ink) for part in (real.training, real.validation, real.reported)]
    assert sum(counts) == 7494
    assert counts == [pytest.approx(7494 * writers / 30, rel=0.03) for writers in (22, 4, 4)]
    assert all(set(part.labels) == set(range(10)) for part in (real.training, real.validation, real.reported))


def test_the_real_ink_is_that_of_the_data_folder(monkeypatch, real, development_file):
    monkeypatch.setattr(pendigits, "PENDIGITS_HASH", REAL_HASH)
    assert recognise_pendigits(development_file(PENDIGITS_PATH.name)).digest == real.digest


def test_the_ink_says_whose_it_is():
    told = PENDIGITS_PATH.with_suffix(".md").read_text(encoding="utf-8")
    assert all(words in told for words in ("CC BY 4.0", "Alpaydin", "Alimoglu", "Changes:"))
    for writers in (VALIDATION_WRITERS, REPORTED_WRITERS):
        assert "{}, {}, {} and {}".format(*writers) in told


def test_every_real_drawing_can_be_drawn(real):
    assert prepare_ink(real.validation).readable.all()
    assert prepare_ink(real.reported).readable.all()


# Which drawings may be trained on


def test_what_is_for_training_is_drawn_by_neither_held_out_group():
    writers = INK.writers[INK.is_for_training]
    assert not set(writers) & {*VALIDATION_WRITERS, *REPORTED_WRITERS}
    assert len(set(writers)) == 30 - 8
    assert INK.is_for_training.dtype == bool


def test_what_is_for_training_is_the_training_ink():
    chosen = np.flatnonzero(INK.is_for_training)
    assert_same(INK.training, PenInk([INK.ink[index] for index in chosen], INK.labels[chosen], INK.writers[chosen]))
