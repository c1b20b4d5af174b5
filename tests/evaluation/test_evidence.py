"""Every model is measured on every set, each set for itself, and damaged sets are damaged alike."""

import json
import shutil

import numpy as np
import pytest
from support.models import sample_images, small_data
from support.oracle import DOUBTS, Oracle, numbered, row
from support.written import INK

from mnist_core.data.alphabets import ALPHABETS_PATH
from mnist_core.data.labelled import pack_ink
from mnist_core.data.mnist import Dataset
from mnist_core.data.pendigits import PENDIGITS_PATH
from mnist_core.data.prepared import PreparedSet
from mnist_core.errors import DataError
from mnist_core.evaluation.evidence import (
    REGIONAL_PAIRS,
    Evidence,
    count_pairs,
    damage,
    gather,
    measure,
    measure_set,
)
from mnist_core.evaluation.metrics import evaluate, evaluate_outliers
from mnist_core.paths import EVIDENCE_PATH

SURE = [row(label, 0.99) for label in (1, 2, 3, 5)]
CLEAN, DRAWN, DAMAGED = (numbered(labels) for labels in ([1, 2, 3, 4], [1, 7], [1, 2]))
SIGNS = numbered([ord(sign) for sign in "+-/?"])
SETS = [
    Evidence("test", "clean", CLEAN),
    Evidence("pen", "drawn", DRAWN, 4),
    Evidence("damaged", "damaged", DAMAGED),
    Evidence.known("outliers_symbols", "outliers", SIGNS),
]


def without_seconds(figures):
    return {name: value for name, value in figures.items() if name != "seconds"}


@pytest.fixture(scope="module")
def measured():
    return measure({"sure": Oracle(SURE), "doubtful": Oracle(DOUBTS, limit=0.5)}, SETS)


# Measuring


def test_every_model_is_measured_on_every_set_of_digits(measured):
    assert [model["name"] for model in measured["models"]] == ["sure", "doubtful"]
    for model, oracle in zip(measured["models"], (Oracle(SURE), Oracle(DOUBTS, limit=0.5)), strict=True):
        assert list(model["digits"]) == ["test", "pen", "damaged"]
        for name, prepared in (("test", CLEAN), ("pen", DRAWN), ("damaged", DAMAGED)):
            assert without_seconds(model["digits"][name]) == without_seconds(evaluate(oracle, prepared))


def test_figures_of_a_model_by_hand(measured):
    sure, doubtful = measured["models"]
    assert [sure["digits"][name]["error_count"] for name in ("test", "pen", "damaged")] == [1, 1, 0]
    assert (sure["limit"], doubtful["limit"]) == (1, 0.5)
    assert (sure["digits"]["test"]["accepted"], doubtful["digits"]["test"]["accepted"]) == (1, 0.5)


def test_outliers_are_told_from_clean_and_from_drawn_digits_but_not_from_damaged_ones(measured):
    """Of a damaged digit nobody can say whether it should be taken for one."""
    for model, oracle in zip(measured["models"], (Oracle(SURE), Oracle(DOUBTS, limit=0.5)), strict=True):
        rows = model["outliers"]["outliers_symbols"]
        against = {"test": CLEAN, "pen": DRAWN}
        assert rows == evaluate_outliers(oracle, against, SIGNS, (ord("-"), ord("/")))
        assert list(rows[0]["auroc"]) == ["test", "pen"]


def test_lookalikes_are_left_out_of_the_whole(measured):
    everything, *classes = measured["models"][1]["outliers"]["outliers_symbols"]
    assert (everything["label"], everything["num_samples"]) == (None, 2)
    assert {told["label"]: told["accepted"] for told in classes} == {43: 1, 45: 1, 47: 0, 63: 0}
    assert everything["accepted"] == 0.5


def test_sets_are_described_in_the_order_given(measured):
    assert [told["name"] for told in measured["sets"]] == ["test", "pen", "damaged", "outliers_symbols"]
    assert [told["num_samples"] for told in measured["sets"]] == [4, 2, 2, 4]


def test_evidence_is_plain_json(measured):
    assert json.loads(json.dumps(measured)) == measured


def test_without_outliers_there_are_none():
    (model,) = measure({"sure": Oracle(SURE)}, SETS[:1])["models"]
    assert model["outliers"] == {}


def test_who_waits_is_told_which_model_is_measured():
    said = []
    measure({"one": Oracle(SURE), "other": Oracle(SURE)}, SETS[:1], said.append)
    assert said == ["Measuring one", "Measuring other"]


# Sets


def test_a_set_is_described_without_its_images():
    told = Evidence("mine", "drawn", DRAWN, 3, "a note").description
    assert told == {
        "name": "mine",
        "kind": "drawn",
        "num_samples": 2,
        "num_writers": 3,
        "note": "a note",
        "classes": {},
        "lookalikes": [],
    }


def test_what_is_known_of_a_set_is_told():
    assert Evidence.known("img_mouse", "drawn", DRAWN).num_writers == 1
    assert "MNIST test set" in Evidence.known("test", "clean", CLEAN).note
    assert Evidence.known("pen", "drawn", DRAWN, 4).num_writers == 4


def test_of_an_unknown_set_nothing_is_made_up():
    told = Evidence.known("mine", "drawn", DRAWN)
    assert (told.num_writers, told.note) == (None, "")
    assert Evidence.known("mine", "drawn", DRAWN, 7).num_writers == 7


def test_what_a_file_says_of_its_writers_comes_before_what_is_known():
    assert Evidence.known("img_mouse", "drawn", DRAWN, 9).num_writers == 9


def test_the_writers_of_mnist_are_those_that_nist_numbered(development_file, sample):
    writers, mnist = (np.load(development_file(name)) for name in ("mnist_writers.npz", "mnist.npz"))
    places = {image.tobytes(): place for place, image in enumerate(mnist["x_train"])}
    is_validation = np.zeros(60_000, bool)
    is_validation[[places[image.tobytes()] for image in sample[0]]] = True
    trained, validation = (writers["writer_train"][chosen] for chosen in (~is_validation, is_validation))
    counts = {"validation": np.unique(validation).size, "test": np.unique(writers["writer_test"]).size}
    counts["damaged"] = counts["test"]
    for name, count in counts.items():
        assert Evidence.known(name, "clean", CLEAN).num_writers == count
    assert np.intersect1d(writers["writer_test"], writers["writer_train"]).size == 0
    share = np.isin(validation, trained).mean()
    assert f"{share:.0%} were written by people who also wrote" in Evidence.known("validation", "clean", CLEAN).note


def test_the_stored_figures_have_the_same_writers():
    for entry in json.loads(EVIDENCE_PATH.read_text(encoding="utf-8"))["sets"]:
        known = Evidence.known(entry["name"], entry["kind"], CLEAN)
        assert entry["note"] == known.note
        assert known.num_writers in (None, entry["num_writers"])


def test_signs_are_named_by_themselves_and_two_of_them_look_like_a_one():
    told = SETS[-1].description
    assert all(chr(int(code)) == sign for code, sign in told["classes"].items())
    assert set(told["classes"].values()) == set("+-/?^ex")
    assert {chr(code) for code in told["lookalikes"]} == {"-", "/"}


def test_clothes_are_the_ten_of_fashion_mnist():
    told = Evidence.known("outliers_fashion", "outliers", SIGNS).description
    assert (told["classes"]["0"], told["classes"]["7"], len(told["classes"])) == ("T-shirts", "sneakers", 10)
    assert told["lookalikes"] == []


def test_digits_look_like_nothing_else():
    assert Evidence.known("outliers_symbols", "drawn", DRAWN).lookalikes == ()


def test_files_of_signs_and_clothes_hold_what_is_said_of_them(development_file):
    for name in ("outliers_symbols", "outliers_fashion"):
        with np.load(development_file(f"{name}.npz")) as arrays:
            told = Evidence.known(name, "outliers", SIGNS).description
            assert {str(label) for label in arrays["y"].tolist()} == set(told["classes"])


# Damage


@pytest.fixture
def prepared():
    return PreparedSet(sample_images(1000)[:80], np.arange(80) % 10, np.arange(80) % 7 > 0)


def test_a_set_is_always_damaged_alike(prepared):
    assert np.array_equal(damage(prepared).images, damage(prepared).images)


def test_damage_changes_images_and_nothing_else(prepared):
    before, damaged = prepared.images.copy(), damage(prepared)
    assert damaged.images.shape == prepared.images.shape
    assert (np.abs(damaged.images - prepared.images).max(axis=(1, 2)) > 0.02).mean() > 0.9
    assert np.array_equal(damaged.labels, prepared.labels)
    assert np.array_equal(damaged.readable, prepared.readable)
    assert np.array_equal(prepared.images, before)


def test_damage_that_is_reported_is_not_the_damage_that_was_fitted_on():
    """A calibration is fitted with the seed 0; see `runs`."""
    from mnist_core.augmentation.damage import damage_images

    data = small_data()
    validation = PreparedSet.from_mnist(data.x_validation, data.y_validation)
    fitted = damage_images(validation.images, np.random.default_rng(0))
    assert not np.array_equal(damage(validation).images, fitted)


# Pairs


def test_pairs_are_counted_in_both_directions():
    matrix = np.zeros((10, 10), int)
    matrix[1, 1], matrix[1, 7], matrix[1, 2] = 90, 6, 4
    matrix[7, 7], matrix[7, 1] = 40, 2
    pairs = count_pairs(matrix.tolist())
    assert (pairs[1, 7], pairs[7, 1]) == ((6, 100), (2, 42))
    assert pairs[4, 9] == pairs[9, 3] == (0, 0)


def test_pairs_are_those_that_schools_write_alike():
    """Upstroke or none, hook or none, crossing or none, slash or none: in both directions, each once."""
    assert len(set(REGIONAL_PAIRS)) == len(REGIONAL_PAIRS)
    assert {(read, true) for true, read in REGIONAL_PAIRS} == set(REGIONAL_PAIRS)
    assert {frozenset(pair) for pair in REGIONAL_PAIRS} >= {
        frozenset(pair) for pair in ((1, 7), (4, 9), (0, 8), (3, 9))
    }


def test_pairs_of_what_was_measured_are_those_of_its_matrix(measured):
    matrix = measured["models"][0]["digits"]["pen"]["confusion_matrix"]
    assert count_pairs(matrix)[7, 1] == (matrix[7][1], 1)


# What is at hand


@pytest.fixture
def folder(tmp_path):
    """MNIST, pictures, ink, outliers, what models learn from under other names, and another set to learn from."""
    x, y = sample_images(200), np.arange(200) % 10
    pixels = np.rint(x * 255).astype(np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=pixels, y_train=y, x_test=pixels, y_test=y)
    np.savez(tmp_path / "img_mouse.npz", x=pixels[:20], y=y[:20], writer=np.arange(20) % 3)
    np.savez(tmp_path / "outliers_symbols.npz", x=pixels[:4], y=np.array([43, 45, 47, 63]))
    np.savez(tmp_path / "other_set.npz", x_train=pixels, x_test=pixels)
    shutil.copy(PENDIGITS_PATH, tmp_path / "renamed.npz")
    shutil.copy(ALPHABETS_PATH, tmp_path / "outliers_alphabets.npz")
    with (tmp_path / "drawn.npz").open("wb") as file:
        pack_ink(file, INK.ink, INK.labels)
    return tmp_path


def test_of_letters_only_those_that_are_a_digit_in_some_hand_are_told_apart(tmp_path):
    pixels = np.rint(sample_images(5) * 255).astype(np.uint8)
    np.savez(tmp_path / "outliers_letters.npz", x=pixels, y=np.array([ord(letter) for letter in "aQzAl"]))
    letters = gather(dataset(), tmp_path)[-1]
    assert letters.prepared.labels.tolist() == [0, 1, 1, 0, 1]
    assert letters.lookalikes == (1,)


def dataset(name="mnist"):
    pixels = np.rint(sample_images(100) * 255).astype(np.uint8)
    return Dataset(pixels, np.zeros(100, np.uint8), pixels[:30], np.zeros(30, np.uint8), "nowhere", name)


def test_every_set_at_hand_is_gathered_but_for_what_models_learn_from(folder):
    sets = gather(dataset(), folder)
    assert [(evidence.name, evidence.kind, len(evidence.prepared.labels)) for evidence in sets] == [
        ("validation", "clean", 5000),
        ("test", "clean", 30),
        ("pen", "drawn", 997),
        ("drawn", "drawn", len(INK.labels)),
        ("img_mouse", "drawn", 20),
        ("damaged", "damaged", 30),
        ("outliers_symbols", "outliers", 4),
    ]
    assert {evidence.name: evidence.num_writers for evidence in sets if evidence.kind == "drawn"} == {
        "pen": 4,
        "drawn": None,
        "img_mouse": 3,
    }


def test_without_a_folder_there_is_what_comes_with_the_project_and_a_word_about_it():
    said = []
    assert [evidence.name for evidence in gather(dataset(), None, said.append)] == [
        *("validation", "test", "pen", "damaged")
    ]
    assert "--data-dir" in said[0]


@pytest.mark.parametrize("name", ["broken.npz", "outliers_broken.npz"])
def test_a_file_that_holds_no_digits_is_named_and_left_out(folder, name):
    said, before = [], len(gather(dataset(), folder))
    (folder / name).write_bytes(b"PK but no more")
    np.savez(folder / "writers.npz", writer=np.arange(5))
    assert len(gather(dataset(), folder, said.append)) == before
    assert all(any(f"Left out: {folder / file}" in line for line in said) for file in (name, "writers.npz"))


def test_a_report_is_about_mnist():
    with pytest.raises(DataError, match=r"needs MNIST's own test set\. Received: fashion from nowhere"):
        gather(dataset("fashion"))


# One set


def test_a_set_is_measured_and_told_from_outliers_without_their_lookalikes(folder):
    path = folder / "outliers_symbols.npz"
    figures = measure_set(Oracle(SURE), "mine", CLEAN, [path], as_is=True)
    assert figures["data"] == "mine"
    assert without_seconds(evaluate(Oracle(SURE), CLEAN)).items() <= figures.items()
    whole, *classes = figures["outliers"][str(path)]
    assert (whole["num_samples"], [row["num_samples"] for row in classes]) == (2, [1, 1, 1, 1])
    assert list(whole["auroc"]) == ["mine"]
