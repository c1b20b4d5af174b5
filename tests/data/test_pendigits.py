"""Pen ink is recognised by its content however it was packed, split by writer, and never half kept."""

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.files import pack_z
from support.network import send, send_broken_chunks
from support.sets import as_arrays, write

from mnist_core.data import pendigits
from mnist_core.data.pendigits import (
    NPZ_NAME,
    PENDIGITS_HASH,
    REPORTED_WRITERS,
    TEXT_NAME,
    VALIDATION_WRITERS,
    PenInk,
    load_pendigits,
    parse_unipen,
    read_pendigits,
)
from mnist_core.errors import DataError, StorageError

# As the original is written: a 4 of two strokes by writer 12, and a dot of a 7 by writer 3.
TEXT = """.VERSION 1.0
.COMMENT a head with a .COMMENT in it
.COORD X Y

.SEGMENT DIGIT 0-1 ? "4"
.COMMENT 4 12 224
.PEN_DOWN
 1 2
 30 480
 500 0
.PEN_UP
.DT 100
.PEN_DOWN
 7 8
 9 10
.PEN_UP
.DT 151

.SEGMENT DIGIT 0-0 ? "7"
.COMMENT 7 3 225
.PEN_DOWN
 250 250
.PEN_UP
.DT 9
"""


def made_up_ink(num_writers=30):
    """Two digits by each writer, of one or two strokes with whole coordinates."""
    generator, ink, labels, writers = np.random.default_rng(0), [], [], []
    for writer in range(1, num_writers + 1):
        for _ in range(2):
            sizes = generator.integers(1, 9, generator.integers(1, 3))
            ink.append([generator.integers(0, 501, (size, 2)).astype(np.float32) for size in sizes])
            labels.append(int(generator.integers(10)))
            writers.append(writer)
    return PenInk(ink, np.array(labels), np.array(writers), "made up")


def as_text(pen):
    """The text in which UCI would hold this ink."""
    lines = [".COMMENT made up"]
    for number, (drawing, label, writer) in enumerate(zip(pen.ink, pen.labels, pen.writers, strict=True)):
        lines += [f'.SEGMENT DIGIT 0-{len(drawing) - 1} ? "{label}"', f".COMMENT {label} {writer} {number}"]
        for stroke in drawing:
            points = [f" {x:.0f} {500 - y:.0f}" for x, y in stroke.tolist()]
            lines += [".PEN_DOWN", *points, ".PEN_UP", ".DT 100"]
    return "\n".join([*lines, ""]).encode()


def as_zip(files, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def put(folder, name, pen):
    """Writes the ink as a file of that name."""
    folder.mkdir(parents=True, exist_ok=True)
    if name.endswith(".npz"):
        return write(folder / name, as_arrays(pen))
    (folder / name).write_bytes(pack_z(as_text(pen)) if name.endswith(".Z") else as_text(pen))
    return folder / name


def assert_same(pen, other):
    assert pen.labels.tolist() == other.labels.tolist()
    assert pen.writers.tolist() == other.writers.tolist()
    assert [[stroke.tolist() for stroke in drawing] for drawing in pen.ink] == [
        [stroke.tolist() for stroke in drawing] for drawing in other.ink
    ]


FORMS = (NPZ_NAME, TEXT_NAME, f"{TEXT_NAME}.Z")
INK = made_up_ink()
every_form = pytest.mark.parametrize("name", FORMS)


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    """No network, and the made-up ink's hashes in place of the original's."""
    monkeypatch.setattr(pendigits, "PENDIGITS_URL", "http://127.0.0.1:9/pen.zip")
    monkeypatch.setattr(pendigits, "PENDIGITS_HASH", hashlib.sha256(as_text(INK)).hexdigest())
    monkeypatch.setattr(pendigits, "_STROKES_HASH", INK.digest)


# The text


def test_a_text_by_hand():
    """The tablet counts y upwards, ink downwards."""
    pen = parse_unipen(TEXT, "here")
    assert [[stroke.tolist() for stroke in drawing] for drawing in pen.ink] == [
        [[[1, 498], [30, 20], [500, 500]], [[7, 492], [9, 490]]],
        [[[250, 250]]],
    ]
    assert (pen.labels.tolist(), pen.writers.tolist(), pen.source) == ([4, 7], [12, 3], "here")
    assert {stroke.dtype for drawing in pen.ink for stroke in drawing} == {np.dtype(np.float32)}
    assert (pen.labels.dtype, pen.writers.dtype) == (np.int64, np.int64)


@every_form
def test_every_form_holds_the_same_ink(tmp_path, name):
    path = put(tmp_path, name, INK)
    pen = read_pendigits(path)
    assert_same(pen, INK)
    assert pen.source == str(path)


# Digest


def test_a_digest_by_hand():
    """Label, writer and lengths of the strokes of each drawing, and its points: numbers of two bytes."""
    numbers = [4, 12, 3, 2, 1, 498, 30, 20, 500, 500, 7, 492, 9, 490, 7, 3, 1, 250, 250]
    content = b"".join(number.to_bytes(2, "little") for number in numbers)
    assert parse_unipen(TEXT, "here").digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" 30 480\n", " 30 481\n"),
        (" 30 480\n", ""),
        ('"4"', '"5"'),
        (".COMMENT 4 12", ".COMMENT 4 13"),
        (".PEN_UP\n.DT 100\n.PEN_DOWN\n", ""),
    ],
    ids=["a point", "a missing point", "a label", "a writer", "a pen lift"],
)
def test_another_ink_has_another_digest(old, new):
    assert TEXT.count(old) == 1
    assert parse_unipen(TEXT.replace(old, new), "here").digest != parse_unipen(TEXT, "here").digest


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
    expected = PenInk([INK.ink[place] for place in places], INK.labels[places], INK.writers[places], "made up")
    assert_same(chosen, expected)
    assert chosen.source == "made up"


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


@every_form
@pytest.mark.parametrize("change", ["points", "labels", "writers"])
def test_changed_content_is_refused_however_it_is_packed(tmp_path, name, change):
    changed = made_up_ink()
    if change == "points":
        changed.ink[7][0][0, 0] = 501 - changed.ink[7][0][0, 0]
    else:
        getattr(changed, change)[7] += 1
    said = refused(put(tmp_path, name, changed))
    assert f"is not the {'' if name == NPZ_NAME else 'original '}" in said
    assert TEXT_NAME in said


def test_a_text_that_says_the_same_in_other_words_is_refused_with_both_hashes(tmp_path):
    (tmp_path / TEXT_NAME).write_bytes(as_text(INK) + b"\n")
    said = refused(tmp_path / TEXT_NAME)
    assert hashlib.sha256(as_text(INK) + b"\n").hexdigest() in said
    assert pendigits.PENDIGITS_HASH in said


@pytest.mark.parametrize("missing", [("writer",), ("points",), ("y", "writer")])
def test_arrays_that_are_missing_are_named(tmp_path, missing):
    arrays = {name: array for name, array in as_arrays(INK).items() if name not in missing}
    assert f"lacks {', '.join(sorted(missing))}, so it is not" in refused(write(tmp_path / NPZ_NAME, arrays))


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
    refused(write(tmp_path / NPZ_NAME, as_arrays(INK) | change))


@pytest.mark.parametrize(
    ("name", "content"), [(NPZ_NAME, b"PK but no more"), (f"{TEXT_NAME}.Z", b"no Z"), (TEXT_NAME, b"")]
)
def test_what_is_none_of_the_forms_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name)


def test_a_text_that_cannot_be_read_is_refused(tmp_path):
    """As a folder of that name cannot."""
    (tmp_path / TEXT_NAME).mkdir()
    assert "cannot be read" in refused(tmp_path / TEXT_NAME)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_labels_are_handed_out_as_they_are_promised(tmp_path, dtype):
    arrays = as_arrays(INK)
    pen = read_pendigits(
        write(tmp_path / NPZ_NAME, arrays | {name: arrays[name].astype(dtype) for name in ("y", "writer")})
    )
    assert (pen.labels.dtype, pen.writers.dtype) == (np.int64, np.int64)


# Places


@pytest.mark.parametrize("present", [FORMS, FORMS[1:], FORMS[2:]], ids=["all", "text and Z", "Z"])
def test_a_folder_is_searched_for_npz_then_text_then_z(tmp_path, present):
    for name in present:
        put(tmp_path / "data", name, INK)
    assert load_pendigits(tmp_path / "data", tmp_path / "cache").source == str(tmp_path / "data" / present[0])


def test_the_data_folder_comes_before_the_cache(tmp_path):
    for folder, name in (("data", f"{TEXT_NAME}.Z"), ("cache", NPZ_NAME)):
        put(tmp_path / folder, name, INK)
    assert load_pendigits(tmp_path / "data", tmp_path / "cache").source.endswith(".Z")
    assert load_pendigits(tmp_path / "none", tmp_path / "cache").source.endswith(NPZ_NAME)
    assert load_pendigits(None, tmp_path / "cache").source.endswith(NPZ_NAME)


def test_the_home_folder_is_understood(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    put(tmp_path / "data", TEXT_NAME, INK)
    assert_same(load_pendigits(Path("~/data"), tmp_path / "cache"), INK)


def test_a_changed_file_is_named_though_the_cache_has_the_original(tmp_path):
    """What somebody put there is never passed over in silence."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / TEXT_NAME).write_bytes(b"changed")
    put(tmp_path / "cache", NPZ_NAME, INK)
    with pytest.raises(DataError, match="data") as caught:
        load_pendigits(tmp_path / "data", tmp_path / "cache")
    assert caught.value.path == tmp_path / "data" / TEXT_NAME


def test_without_download_nobody_is_asked_and_it_is_said_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(pendigits, "fetch", lambda *_: pytest.fail("asked the network"))
    with pytest.raises(DataError, match=f"{TEXT_NAME}, plain or .Z, into the folder that --data-dir"):
        load_pendigits(tmp_path, tmp_path / "cache", download=False)
    assert not (tmp_path / "cache").exists()


# The network


@pytest.fixture
def offer(monkeypatch, serve):
    """Starts a server that answers with the given function, or with a zip of these files, in UCI's place."""

    def start(answer):
        server = serve(send(as_zip(answer)) if isinstance(answer, dict) else answer)
        monkeypatch.setattr(pendigits, "PENDIGITS_URL", server.url)
        return server

    return start


@pytest.mark.parametrize(
    "files",
    [
        {f"{TEXT_NAME}.Z": pack_z(as_text(INK))},
        {TEXT_NAME: as_text(INK)},
        {"Index": b"1", "pendigits.tra": b"2", f"deep/er/{TEXT_NAME}.Z": pack_z(as_text(INK)), "last": b"3"},
    ],
    ids=["Z", "plain", "among others"],
)
def test_the_text_is_fetched_unpacked_and_kept(tmp_path, offer, files):
    server = offer(files)
    for _ in range(2):
        assert_same(load_pendigits(None, tmp_path / "new/cache"), INK)
    assert {path.name: path.read_bytes() for path in (tmp_path / "new/cache").iterdir()} == {TEXT_NAME: as_text(INK)}
    assert server.requests == 1


def test_nothing_is_fetched_when_a_place_has_it(tmp_path, offer):
    server = offer({TEXT_NAME: as_text(INK)})
    put(tmp_path / "data", NPZ_NAME, INK)
    load_pendigits(tmp_path / "data", tmp_path / "cache")
    assert server.requests == 0
    assert not (tmp_path / "cache").exists()


def test_progress_is_told_up_to_the_promised_length(tmp_path, offer):
    content, seen = as_zip({TEXT_NAME: as_text(INK)}), []
    offer(send(content))
    load_pendigits(None, tmp_path, on_progress=lambda *numbers: seen.append(numbers))
    assert seen[-1] == (len(content), len(content))


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 0x5A]) + content[place + 1 :]


GOOD = as_zip({TEXT_NAME: as_text(INK)})


@pytest.mark.parametrize(
    "answer",
    [
        send(GOOD[:-100], length=len(GOOD)),
        send(GOOD[:-100]),
        send(b"<html>Sign in to this network</html>"),
        send(b""),
        send(b"gone", status=404),
        send_broken_chunks,
        send(as_zip({"pendigits.tra": as_text(INK)})),
        send(as_zip({TEXT_NAME: as_text(INK) + b"\n"})),
        send(as_zip({f"{TEXT_NAME}.Z": as_text(INK)})),
        send(as_zip({f"{TEXT_NAME}.Z": pack_z(as_text(INK))[:-9]})),
        send(flipped(as_zip({TEXT_NAME: as_text(INK)}, zipfile.ZIP_STORED), 2000)),
        send(flipped(GOOD, 60)),
        send(flipped(GOOD, GOOD.index(b"PK\1\2") + 8)),
        send(flipped(GOOD, GOOD.index(b"PK\1\2") + 10)),
    ],
    ids=[
        *("cut", "short", "page", "empty", "missing", "cut chunk", "without it", "changed", "no Z", "cut Z"),
        *("flipped byte", "flipped packed byte", "with a password", "packed in another way"),
    ],
)
def test_a_failed_download_leaves_nothing_and_names_the_address(tmp_path, offer, answer):
    server = offer(answer)
    with pytest.raises(DataError) as caught:
        load_pendigits(None, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    assert str(caught.value).startswith(f"The pen ink could not be downloaded from {server.url}: ")
    assert "--data-dir" in str(caught.value)


def test_a_text_that_is_too_large_is_not_unpacked(monkeypatch, tmp_path, offer):
    monkeypatch.setattr(pendigits, "_MOST_BYTES", len(as_text(INK)))
    offer({TEXT_NAME: as_text(INK)})
    with pytest.raises(DataError, match=f"does not hold {TEXT_NAME}"):
        load_pendigits(None, tmp_path)


def test_a_cache_that_cannot_be_made_is_a_storage_error(tmp_path, offer):
    offer({TEXT_NAME: as_text(INK)})
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="MNIST_CACHE_DIR") as caught:
        load_pendigits(None, tmp_path / "file/cache")
    assert caught.value.path == tmp_path / "file/cache"


def test_a_text_that_cannot_be_put_in_place_leaves_nothing(tmp_path, offer):
    offer({TEXT_NAME: as_text(INK)})
    (tmp_path / TEXT_NAME).mkdir()
    with pytest.raises(StorageError):
        load_pendigits(None, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [TEXT_NAME]


def test_an_unreachable_server_says_how_to_do_without(tmp_path):
    with pytest.raises(DataError, match="MNIST_DATA_DIR"):
        load_pendigits(None, tmp_path)


# The real ink, where it is


@pytest.fixture(scope="module")
def real(development_file):
    path = development_file(NPZ_NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pendigits, "_STROKES_HASH", REAL_HASH)
        return read_pendigits(path)


REAL_HASH = pendigits._STROKES_HASH


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


def test_the_real_ink_as_text_is_the_same_ink(monkeypatch, tmp_path, real):
    text = as_text(real)
    monkeypatch.setattr(pendigits, "PENDIGITS_HASH", hashlib.sha256(text).hexdigest())
    (tmp_path / TEXT_NAME).write_bytes(text)
    again = load_pendigits(None, tmp_path)
    assert again.digest == real.digest
    assert_same(again, real)


def test_a_text_of_ones_own_is_not_taken_for_the_original(monkeypatch, tmp_path, real):
    """The strokes are the same, but nobody vouches for the file."""
    monkeypatch.setattr(pendigits, "PENDIGITS_HASH", PENDIGITS_HASH)
    (tmp_path / TEXT_NAME).write_bytes(as_text(real))
    assert PENDIGITS_HASH in refused(tmp_path / TEXT_NAME)


def test_every_real_drawing_can_be_drawn(real):
    from mnist_core.data.prepared import prepare_ink

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
    assert_same(INK.training, PenInk([INK.ink[index] for index in chosen], INK.labels[chosen], INK.writers[chosen], ""))
