"""`data` says what is where, and stumbles over nothing; another set than MNIST is trained and measured as itself."""

import json
import shutil
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.commands import damaged, ink_file, other_form, pictures_file, run, set_up
from support.files import published_hash
from support.sets import DOTTED, FILES, GZ, NAMES, changed, other_set, write, write_idx

from mnist_core.commands import console
from mnist_core.data import mnist as dataset
from mnist_core.data.mnist import load_dataset
from mnist_core.data.pendigits import PENDIGITS_PATH, load_pendigits
from mnist_core.data.sample import SAMPLE_PATH, load_sample

REAL_HASHES = dict(dataset.MNIST_HASHES)
MNIST = other_set(50, 30)
OTHER = other_set()


def use_places(patch, folder):
    """Settings and caches in a folder, no network, and a stand-in for MNIST."""
    set_up(patch, folder / "cache")
    patch.setattr(console, "load_dataset", load_dataset)
    patch.setattr(dataset, "KERAS_PATH", folder / "keras" / "mnist.npz")
    patch.setattr(dataset, "MNIST_HASHES", {name: published_hash(array) for name, array in MNIST.items()})
    patch.setattr(urllib.request, "urlopen", lambda *_, **__: pytest.fail("asked the network"))


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path):
    use_places(monkeypatch, tmp_path)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def listed(*arguments, code=0):
    """What the command finds, by path; what is built in aside."""
    said = run("data", *arguments, "--json")
    assert said.code == code, said.messages
    entries = {entry["path"]: entry for entry in json.loads(said.out)}
    assert all(entries.pop(str(path)) for path in (SAMPLE_PATH, PENDIGITS_PATH))
    return entries


def listed_at(folder, code=0):
    """The same of a folder, by path within it."""
    return {
        Path(path).relative_to(folder).as_posix(): entry
        for path, entry in listed("--data-dir", folder, code=code).items()
    }


# What is listed


def test_mnist_is_listed_with_counts_and_hashes(folder):
    path = write(folder / "mnist.npz", MNIST)
    assert listed("--data-dir", folder) == {
        str(path): {
            "path": str(path),
            "form": "npz",
            "name": "mnist",
            "kind": "images",
            "counts": {"train": 50, "test": 30},
            "hashes": {name: published_hash(MNIST[name]) for name in NAMES},
        }
    }


@pytest.mark.parametrize("inside", [".", "raw", "MNIST/raw"])
@pytest.mark.parametrize(("endings", "files"), [(("",) * 4, FILES), (GZ, DOTTED)])
def test_idx_files_are_listed_as_one_set(folder, inside, endings, files):
    write_idx(folder / inside, MNIST, endings, files)
    ((place, entry),) = listed_at(folder).items()
    assert (place, entry["form"], entry["name"]) == (inside, "IDX", "mnist")
    assert entry["hashes"] == {name: published_hash(MNIST[name]) for name in NAMES}


def test_hashes_do_not_depend_on_the_form(folder):
    write(folder / "mnist.npz", {name: array.astype(np.int64) for name, array in MNIST.items()})
    write_idx(folder, MNIST, GZ)
    first, second = listed_at(folder).values()
    assert (first["form"], second["form"]) == ("npz", "IDX")
    assert first["hashes"] == second["hashes"]


def test_another_set_is_listed_under_its_own_name(folder):
    write_idx(folder / "FashionMNIST" / "raw", OTHER)
    (entry,) = listed("--data-dir", folder / "FashionMNIST").values()
    assert (entry["name"], entry["kind"], entry["counts"]) == ("fashionmnist", "images", {"train": 60, "test": 20})
    assert entry["hashes"]["x_train"] == published_hash(OTHER["x_train"])


def test_everything_in_a_folder_is_listed_once(folder):
    write(folder / "mnist.npz", MNIST)
    write(folder / "letters.npz", OTHER)
    for name, arrays in [("MNIST", MNIST), ("FashionMNIST", OTHER), ("KMNIST", OTHER)]:
        write_idx(folder / name / "raw", arrays, GZ)
    pictures_file(folder)
    ink_file(folder)
    found = [(path, entry["form"], entry["name"], entry["kind"]) for path, entry in listed_at(folder).items()]
    assert sorted(found) == [
        ("FashionMNIST/raw", "IDX", "fashionmnist", "images"),
        ("KMNIST/raw", "IDX", "kmnist", "images"),
        ("MNIST/raw", "IDX", "mnist", "images"),
        ("ink.npz", "npz", "ink", "ink"),
        ("letters.npz", "npz", "letters", "images"),
        ("mnist.npz", "npz", "mnist", "images"),
        ("pictures.npz", "npz", "pictures", "pictures"),
    ]


def test_what_training_would_take_comes_first(folder):
    write_idx(folder / "Another" / "raw", OTHER)
    write_idx(folder / "MNIST" / "raw", MNIST)
    write(folder / "a.npz", OTHER)
    assert next(iter(listed("--data-dir", folder))) == load_dataset(folder).source


def test_digits_of_other_people_are_listed_with_kind_and_count(folder):
    write(folder / "mnist.npz", MNIST)
    pictures_file(folder)
    ink_file(folder)
    found = listed_at(folder)
    assert (found["pictures.npz"]["kind"], found["pictures.npz"]["counts"]) == ("pictures", {"samples": 20})
    assert (found["ink.npz"]["kind"], found["ink.npz"]["counts"]) == ("ink", {"samples": 11})


@pytest.mark.parametrize("make", [pictures_file, ink_file])
def test_a_single_file_is_described(folder, make):
    path = make(folder)
    assert list(listed("--data-dir", path)) == [str(path)]


# Where it is looked for


def test_the_usual_places_are_the_caches(tmp_path):
    paths = [write(tmp_path / place / "mnist.npz", MNIST) for place in ("cache", "keras")]
    assert [(path, entry["name"]) for path, entry in listed().items()] == [(str(path), "mnist") for path in paths]


def test_the_usual_places_do_not_count_when_one_is_named(tmp_path, folder):
    write(tmp_path / "cache" / "mnist.npz", MNIST)
    path = write(folder / "fashion.npz", OTHER)
    assert list(listed("--data-dir", path)) == [str(path)]


def test_the_environment_may_name_the_place(monkeypatch, folder):
    path = write(folder / "mnist.npz", MNIST)
    monkeypatch.setenv("MNIST_DATA_DIR", str(folder))
    assert list(listed()) == [str(path)]


def test_the_home_folder_is_understood(monkeypatch, folder):
    monkeypatch.setenv("HOME", str(folder.parent))
    paths = [write(folder / "mnist.npz", MNIST), pictures_file(folder)]
    assert list(listed("--data-dir", "~/data")) == [str(path) for path in paths]


@pytest.mark.parametrize("arguments", [(), ("--data-dir", "data"), ("--data-dir", "nowhere")])
def test_what_is_built_in_is_always_there(monkeypatch, folder, arguments):
    monkeypatch.chdir(folder.parent)
    write(folder / "mnist.npz", MNIST)
    sample, ink = json.loads(run("data", *arguments, "--json").out)[-2:]
    assert (sample["path"], sample["form"], sample["counts"]) == (str(SAMPLE_PATH), "npz", {"validation": 5000})
    assert sample["hashes"] == dict(zip("xy", map(published_hash, load_sample()), strict=True))
    assert (ink["path"], ink["kind"], sum(ink["counts"].values())) == (str(PENDIGITS_PATH), "ink", 7494)
    assert ink["hashes"] == {"ink": load_pendigits().digest}


# What is damaged or missing


def damaged_idx(folder):
    (write_idx(folder / "Bad" / "raw", OTHER, GZ) / (FILES[0] + ".gz")).write_bytes(b"\x1f\x8b but no more")
    return folder / "Bad" / "raw"


def changed_mnist(folder):
    return write_idx(folder / "MNIST" / "raw", changed(MNIST, "y_test"))


def half_a_set(folder):
    path = write_idx(folder / "Half" / "raw", OTHER)
    (path / FILES[3]).unlink()
    return path


def small_images(folder):
    return write(folder / "small.npz", {**OTHER, "x_train": np.zeros((60, 16, 16), np.uint8)})


every_problem = pytest.mark.parametrize(
    ("make", "problem"),
    [
        (damaged, "cannot be read as an npz file"),
        (damaged_idx, f"{FILES[0]}.gz cannot be read"),
        (changed_mnist, "is not the original MNIST: y_test missing or changed"),
        (half_a_set, f"lacks {FILES[3]}"),
        (small_images, "Received: uint8 (60, 16, 16)"),
        (other_form, "lacks x_train"),
    ],
)


@every_problem
def test_what_is_wrong_is_said_beside_what_is_right(folder, make, problem):
    write(folder / "mnist.npz", MNIST)
    write_idx(folder / "ZZ" / "raw", OTHER)
    pictures_file(folder, "zz.npz")
    bad = make(folder).relative_to(folder).as_posix()
    found = listed_at(folder)
    assert problem in found[bad]["problem"]
    assert found[bad].keys() == {"path", "form", "problem"}
    assert {name for name, entry in found.items() if "problem" not in entry} == {"mnist.npz", "ZZ/raw", "zz.npz"}


@every_problem
def test_a_problem_is_a_line_of_its_own(folder, make, problem):
    write(folder / "mnist.npz", MNIST)
    bad = make(folder)
    said = run("data", "--data-dir", folder)
    (line,) = [line for line in said.out.splitlines() if line.startswith(f"{bad}: ")]
    assert problem in line
    assert f"{folder / 'mnist.npz'}: the original MNIST" in said.out
    assert "Traceback" not in said.out + said.messages


def test_a_damaged_cache_is_listed_with_its_problem(tmp_path):
    paths = [write(tmp_path / "cache" / "mnist.npz", changed(MNIST, "x_test")), tmp_path / "keras" / "mnist.npz"]
    write(paths[1], MNIST)
    first, second = listed().values()
    assert "x_test missing or changed" in first["problem"]
    assert (second["path"], second["name"]) == (str(paths[1]), "mnist")


@pytest.mark.parametrize("make", [changed_mnist, lambda folder: write(folder / "fashion.npz", OTHER)])
def test_nothing_else_is_called_the_original_mnist(folder, make):
    said = run("data", "--data-dir", make(folder))
    assert "the original MNIST, " not in said.out
    assert "MNIST was not found" in said.messages


def test_without_mnist_it_is_said_how_it_comes():
    said = run("data")
    assert said.code == 0
    assert "downloaded when it is first needed" in said.messages
    assert "--data-dir" in said.messages
    assert "MNIST was not found" not in said.out


@pytest.mark.parametrize("place", ["data", "nowhere", "data/none.npz"])
def test_a_place_without_a_set_is_exit_code_1(folder, place):
    said = run("data", "--data-dir", folder.parent / place)
    assert said.code == 1
    assert f"Neither MNIST nor a set of the same layout was found at {folder.parent / place}." in said.messages
    assert "Traceback" not in said.messages


def test_a_folder_with_digits_of_other_people_alone_is_exit_code_1_and_lists_them(folder):
    pictures_file(folder)
    assert list(listed_at(folder, code=1)) == ["pictures.npz"]


# What people read


def test_people_read_what_programs_read(folder):
    write(folder / "mnist.npz", MNIST)
    write_idx(folder / "FashionMNIST" / "raw", OTHER)
    pictures_file(folder)
    said = run("data", "--data-dir", folder)
    assert (said.code, said.messages) == (0, "")
    assert [line for line in said.out.splitlines() if not line.startswith(" ")] == [
        f"{folder}/mnist.npz: the original MNIST, images (npz), 50 train, 30 test",
        f"{folder}/FashionMNIST/raw: fashionmnist, images (IDX), 60 train, 20 test",
        f"{folder}/pictures.npz: pictures, pictures (npz), 20 samples",
        f"{SAMPLE_PATH}: built-in sample, images (npz), 5,000 validation",
        f"{PENDIGITS_PATH}: built-in pen ink, ink (npz), 5,498 train, 999 validation, 997 reported",
    ]


def test_people_read_the_hashes(folder):
    write(folder / "mnist.npz", MNIST)
    words = [line.split() for line in run("data", "--data-dir", folder).out.splitlines() if line.startswith(" ")]
    assert words[:4] == [[name, "sha256", published_hash(MNIST[name])] for name in NAMES]
    assert [array for array, _, _ in words[4:]] == ["x", "y", "ink"]


def test_the_real_files_are_listed(monkeypatch, development_file):
    monkeypatch.setattr(dataset, "MNIST_HASHES", REAL_HASHES)
    mnist = development_file("mnist.npz")
    found = listed_at(mnist.parent)
    assert (found["mnist.npz"]["name"], found["mnist.npz"]["hashes"]) == ("mnist", REAL_HASHES)
    assert found["mnist.npz"]["counts"] == {"train": 60_000, "test": 10_000}
    ink = found[development_file("ink_pendigits_train.npz").name]
    assert (ink["kind"], ink["counts"]) == ("ink", {"samples": 7494})


# Training on another set


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A small network trained on four IDX files of a set of 500 and 43 digits, and what that said."""
    folder, (x, y) = tmp_path_factory.mktemp("letters"), load_sample()
    letters = {"x_train": x[::10], "y_train": y[::10], "x_test": x[1:4300:100], "y_test": y[1:4300:100]}
    write_idx(folder / "Small Letters" / "raw", letters, GZ)
    with pytest.MonkeyPatch.context() as patch:
        use_places(patch, folder)
        said = run("train", "linear", "--epochs", "1", "--data-dir", folder / "Small Letters", "--json")
    assert said.code == 0, said.messages
    return SimpleNamespace(folder=folder, letters=letters, said=said, model=json.loads(said.out))


def test_a_model_of_another_set_bears_its_name(trained):
    assert f"small_letters from {trained.folder}/Small Letters/raw" in trained.said.messages
    assert trained.model["name"].startswith("linear-small_letters-")
    assert trained.model["data"] == "small_letters"
    assert [path.name for path in (trained.folder / "cache" / "models").iterdir()] == [trained.model["name"]]


def test_another_set_is_split_and_its_test_set_only_measured(trained):
    model = trained.model
    assert (model["num_training_images"], model["validation"]["num_samples"]) == (400, 100)
    assert model["test"]["num_samples"] == 43
    truth = np.bincount(trained.letters["y_test"], minlength=10).tolist()
    assert [sum(row) for row in model["test"]["confusion_matrix"]] == truth


def test_the_same_set_in_another_form_is_already_trained(monkeypatch, tmp_path, trained):
    shutil.copytree(trained.folder / "cache", tmp_path / "cache")
    monkeypatch.setattr("mnist_core.training.loop.train", lambda *_, **__: pytest.fail("trained again"))
    path = write(tmp_path / "renamed.npz", trained.letters)
    said = run("train", "linear", "--epochs", "1", "--data-dir", path, "--json")
    assert "already trained" in said.messages
    assert json.loads(said.out)["name"] == trained.model["name"]


def test_pictures_in_a_file_of_that_name_are_not_called_mnist(folder):
    pictures_file(folder, "mnist.npz")
    said = run("data", "--data-dir", folder)
    assert "the original MNIST" not in said.out
    assert "MNIST was not found" in said.messages


@pytest.mark.parametrize("place", ["~nosuchuser/x", "x" * 300])
def test_a_place_that_cannot_be_is_a_message(place):
    said = run("data", "--data-dir", place)
    assert (said.code, "Traceback" in said.messages) == (1, False)
