"""The command line does what it says, says what it did, and its exit codes tell."""

import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from support.commands import damaged, ink_file, models_in, must_not_train, other_form, pictures_file, run, set_up
from support.models import fake_run, update_checksum
from support.server import ROOT, as_png, clean_environment, sample_digit

from mnist_core import __main__ as command_line
from mnist_core.commands import console
from mnist_core.data import mnist as dataset
from mnist_core.data.sample import load_sample
from mnist_core.errors import DataError
from mnist_core.evaluation.report import EVIDENCE, marks
from mnist_core.models.recipes import RECIPES
from mnist_core.models.store import save_run
from mnist_core.training import runs

KEYS = ["model", "data", "num_samples", "accuracy", "interval", "error_count", "per_class", "confusion_matrix"]
KEYS += ["accepted", "nll", "brier", "ece", "uncalibrated", "certain", "reliability", "below_99", "seconds", "outliers"]
SMALL = ("train", "linear", "--epochs", "1", "--limit", "300")

# What comes with the project, in the order of the list.
SHIPPED_NAMES = ["lenet", "linear", "sketchnet"]


def run_process(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "mnist_core", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environment(**environment),
        check=False,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A cache folder in which one small model has been trained, and what training it said."""
    cache_dir = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, cache_dir)
        said = run(*SMALL)
    (folder,) = (cache_dir / "models").iterdir()
    return SimpleNamespace(cache_dir=cache_dir, folder=folder, said=said)


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    """Own settings and an empty cache folder for every test."""
    set_up(monkeypatch, tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def quick(monkeypatch):
    """Made-up weights in place of training, which are not measured."""

    def train(recipe, data, **options):
        return fake_run(recipe, data_digest=data.digest)

    monkeypatch.setattr("mnist_core.training.loop.train", train)
    monkeypatch.setattr(runs.Workbench, "measure", lambda bench, run: {})


@pytest.fixture
def cache(trained, empty_cache):
    """A cache folder with a copy of the small model in it."""
    shutil.copytree(trained.cache_dir, empty_cache)
    return empty_cache


# Help


def test_help_teaches():
    shown = run_process("--help")
    assert shown.returncode == 0
    assert all(f"    {command} " in shown.stdout for command in ("train", "models", "predict", "evaluate", "report"))
    assert shown.stdout.count("python -m mnist_core ") >= 5


@pytest.mark.parametrize("command", ["train", "models", "predict", "evaluate", "report"])
def test_every_command_explains_its_options(command):
    shown = run(command, "--help")
    assert shown.code == 0
    assert "--json" in shown.out
    assert all(len(line.split()) > 1 for line in shown.out.splitlines() if line.startswith("  --output"))


def test_the_examples_in_the_help_are_understood(tmp_path):
    examples = [line.split("  ")[1].split()[3:] for line in command_line._EXAMPLES.splitlines()[1:]]
    assert len(examples) >= 5
    assert all(command_line._build_parser().parse_args(arguments).run for arguments in examples)


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonesuch"], ["train"], ["train", "linear", "--epochs", "many"], ["predict"], ["evaluate", "--nonsense"]],
)
def test_wrong_usage_is_exit_code_2(arguments):
    assert run(*arguments).code == 2


def test_a_process_ends_with_the_exit_code():
    assert run_process("nonesuch").returncode == 2


# Train


def test_training_reports_progress_and_stores_the_model(trained):
    assert trained.said.code == 0
    assert "epoch 1/1" in trained.said.messages
    assert "loss" in trained.said.messages
    assert "left" in trained.said.messages
    assert f"Stored as {trained.folder}" in trained.said.messages


def test_asking_again_does_not_train(cache, monkeypatch):
    monkeypatch.setattr("mnist_core.training.loop.train", must_not_train)
    said = run(*SMALL)
    assert said.code == 0
    assert "already trained" in said.messages
    assert len(models_in(cache)) == 1


def test_asking_again_with_again_trains(cache, trained, quick):
    before = (cache / "models" / trained.folder.name / "manifest.json").stat().st_mtime_ns
    said = run(*SMALL, "--again")
    assert (said.code, models_in(cache)) == (0, [trained.folder.name])
    assert (cache / "models" / trained.folder.name / "manifest.json").stat().st_mtime_ns > before


@pytest.mark.parametrize("change", [("--seed", "1"), ("--limit", "200"), ("--epochs", "2")])
def test_another_recipe_has_another_name(cache, trained, quick, change):
    assert run(*SMALL, *change).code == 0
    assert len(models_in(cache)) == 2
    assert trained.folder.name in models_in(cache)


def test_a_model_goes_where_output_says(quick, tmp_path, empty_cache):
    assert run(*SMALL, "--output", tmp_path / "deep/mine").code == 0
    assert (tmp_path / "deep/mine/model.tflite").is_file()
    assert not empty_cache.exists()


def test_json_of_training_describes_the_model(cache, trained):
    said = run(*SMALL, "--json")
    described = json.loads(said.out)
    assert described["name"] == trained.folder.name
    assert described["complete"]
    assert described["recipe"]["limit"] == 300


@pytest.mark.parametrize("change", [("--epochs", "0"), ("--limit", "0"), ("--limit", "-5")])
def test_numbers_that_cannot_be_are_refused(change):
    said = run(*SMALL, *change)
    assert said.code in (1, 2)
    assert change[0].strip("-") in said.messages


def test_an_unknown_recipe_is_refused_with_those_there_are():
    said = run("train", "nonesuch")
    assert said.code == 1
    assert "nonesuch" in said.messages
    assert "linear, sketchnet" in said.messages


@pytest.mark.parametrize("place", ["output", "cache"])
def test_an_unusable_folder_is_refused_before_training(monkeypatch, tmp_path, place):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr("mnist_core.training.loop.train", must_not_train)
    if place == "cache":
        monkeypatch.setenv("MNIST_CACHE_DIR", str(tmp_path / "file"))
    said = run(*SMALL, *(["--output", tmp_path / "file/x/mine"] if place == "output" else []))
    assert said.code == 1
    assert str(tmp_path / "file") in said.messages
    assert "--output" in said.messages


@pytest.mark.parametrize("name", ["folder", "file"])
def test_output_never_takes_the_place_of_what_is_no_model(quick, tmp_path, name):
    """Somebody's folder of letters is named by mistake."""
    (tmp_path / "folder").mkdir()
    letters = [tmp_path / "folder/letter.txt", tmp_path / "file"]
    for letter in letters:
        letter.write_text("Dear")
    run(*SMALL, "--output", tmp_path / name)
    assert [letter.read_text() for letter in letters if letter.is_file()] == ["Dear", "Dear"]


def interrupt_in(epoch):
    def show(progress):
        if progress.epoch == epoch:
            raise KeyboardInterrupt

    return show


def test_ctrl_c_keeps_the_best_epoch_under_a_name_of_its_own(monkeypatch, empty_cache):
    monkeypatch.setattr(console, "show_progress", interrupt_in(epoch=3))
    said = run(*SMALL, "--epochs", "5")
    assert said.code == 130
    assert "Stopped. Epoch" in said.messages
    (name,) = models_in(empty_cache)
    assert "-stopped-after-" in name
    assert "stopped early" in run("models").out


def test_ctrl_c_while_a_model_is_stored_does_not_lose_it(quick, monkeypatch, empty_cache):
    save_run = runs.save_run

    def save_interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        return save_run(*arguments)

    monkeypatch.setattr(runs, "save_run", save_interrupted)
    assert run(*SMALL).code == 0
    assert len(models_in(empty_cache)) == 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_stopped_run_never_passes_for_the_recipe(quick, monkeypatch, empty_cache):
    with monkeypatch.context() as patch:
        stop = functools.partial(fake_run, stopped_after=2)
        patch.setattr("mnist_core.training.loop.train", lambda recipe, data, **_: stop(recipe, data_digest=data.digest))
        run(*SMALL)
    assert "already trained" not in run(*SMALL).messages
    assert len(models_in(empty_cache)) == 2


def test_ctrl_c_before_the_first_epoch_ends_keeps_nothing(monkeypatch, empty_cache):
    monkeypatch.setattr(console, "show_progress", interrupt_in(epoch=1))
    said = run(*SMALL)
    assert said.code == 130
    assert "nothing to keep" in said.messages
    assert models_in(empty_cache) == []


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_real_ctrl_c_ends_training_with_a_stored_model(empty_cache):
    code = (
        "import sys, support.commands as tests; tests.console.load_dataset = tests.fabricated_mnist; "
        "sys.exit(tests.command_line.main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "train", "linear", "--epochs", "1000", "--limit", "300"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=clean_environment(MNIST_CACHE_DIR=empty_cache, PYTHONPATH=f"{ROOT}{os.pathsep}{ROOT}/tests"),
    )
    while "epoch 2/" not in (line := process.stdout.readline()):
        assert line, "training ended before its second epoch"
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130, rest
    assert "Stopped. Epoch" in rest
    assert "-stopped-after-" in models_in(empty_cache)[0]
    assert "Traceback" not in rest


# Models


def test_models_are_listed_with_the_shipped_one_first(cache, trained):
    said = run("models")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == [*SHIPPED_NAMES, trained.folder.name]


def test_models_as_json(cache, trained):
    models = json.loads(run("models", "--json").out)
    small = next(model for model in models if model["name"] == trained.folder.name)
    assert small["parameters"] == 7850
    assert small["recipe"]["architecture"] == "linear"
    assert small["validation"]["num_samples"] == 5000


def test_a_damaged_model_is_named_and_moved_aside_when_it_is_asked_for(cache, trained, picture):
    (cache / "models" / trained.folder.name / "model.tflite").write_bytes(b"other")
    said = run("models")
    assert said.code == 1
    assert "sketchnet" in said.out
    assert "does not match its checksum" in said.messages
    assert models_in(cache) == [trained.folder.name]
    asked = run("predict", picture, "--model", trained.folder.name)
    assert asked.code == 1
    assert "moved aside" in asked.messages
    assert ".damaged" in models_in(cache)[0]


@pytest.fixture(params=[{}, {"validation": {"accuracy": None}, "test": 5, "seconds": "long"}], ids=["none", "odd"])
def without_figures(cache, trained, request):
    """The small model, with none of its figures."""
    folder = cache / "models" / trained.folder.name
    (folder / "metrics.json").write_text(json.dumps(request.param))
    (folder / "history.json").write_text("[]")
    for name in ("metrics.json", "history.json"):
        update_checksum(folder, name)
    return folder


def test_a_model_without_figures_is_listed(without_figures):
    said = run("models")
    assert said.code == 0
    assert said.out.splitlines()[len(SHIPPED_NAMES)].split()[:5] == [
        without_figures.name,
        "-",
        "parameters",
        "validation",
        "-",
    ]


def test_a_model_without_figures_is_not_trained_again(without_figures, monkeypatch):
    monkeypatch.setattr("mnist_core.training.loop.train", must_not_train)
    said = run(*SMALL)
    assert said.code == 0
    assert said.out.startswith(f"{without_figures.name}: - parameters, - images, 0 epochs in - s\n")


def test_a_folder_of_ones_own_among_the_models_is_said_to_be_none_and_stays(cache):
    (cache / "models/holiday").mkdir()
    said = run("models")
    assert said.code == 0
    assert "holiday is not a stored model" in said.messages
    assert (cache / "models/holiday").is_dir()


# Predict


@pytest.fixture
def picture(tmp_path):
    """A seven, dark on light."""
    path = tmp_path / "seven.png"
    path.write_bytes(as_png(Image.fromarray(255 - np.pad(sample_digit(7), 10)).resize((200, 200))))
    return path


def test_predict_reads_a_picture(picture):
    said = run("predict", picture)
    assert said.code == 0
    assert said.out.startswith(f"{picture}: 7, ")


def test_predict_as_json(picture):
    (answer,) = json.loads(run("predict", picture, "--json").out)
    assert list(answer) == ["picture", "number", "label", "verdict", "probabilities", "digits", "error"]
    assert (answer["picture"], answer["label"], answer["verdict"]) == (str(picture), 7, "sure")
    assert sum(answer["probabilities"]) == pytest.approx(1)
    assert (answer["number"], answer["digits"], answer["error"]) == (None, None, None)


@pytest.fixture
def several(picture, tmp_path):
    """A picture, one of a form that is not read, another picture, and a file that is not there."""
    other = tmp_path / "three.webp"
    other.write_bytes(as_png(Image.fromarray(255 - np.pad(sample_digit(3), 10)).resize((200, 200)), format="WEBP"))
    (tmp_path / "bad.heic").write_bytes(b"\0\0\0\x18ftypheic")
    return [picture, tmp_path / "bad.heic", other, tmp_path / "none.png"]


def test_a_picture_that_cannot_be_read_does_not_cost_the_others(several):
    said = run("predict", *several)
    assert said.code == 1
    assert [line.split(": ")[0] for line in said.out.splitlines()] == [str(path) for path in several]
    assert [line.split(": ")[1][0] for line in said.out.splitlines()] == ["7", "n", "3", "n"]
    assert said.messages.splitlines()[-1] == "predict: 2 of 4 could not be read."


def test_every_picture_has_its_object_in_json(several):
    said = run("predict", *several, "--json")
    answers = json.loads(said.out)
    assert said.code == 1
    assert [(answer["picture"], answer["label"]) for answer in answers] == [
        (str(path), label) for path, label in zip(several, (7, None, 3, None), strict=True)
    ]
    for failed in (answers[1], answers[3]):
        assert [name for name, value in failed.items() if value is not None] == ["picture", "error"]


def test_a_folder_is_read_as_its_pictures(several, tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    answers = json.loads(run("predict", tmp_path, "--json").out)
    assert [(answer["picture"], answer["label"]) for answer in answers] == [
        (str(tmp_path / "bad.heic"), None),
        (str(tmp_path / "seven.png"), 7),
        (str(tmp_path / "three.webp"), 3),
    ]


def test_a_folder_without_pictures_is_an_error(tmp_path):
    (tmp_path / "empty").mkdir()
    said = run("predict", tmp_path / "empty")
    assert said.code == 1
    assert said.out.startswith(f"{tmp_path / 'empty'}: not read. There are no pictures in this folder.")


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_name_that_is_no_text_does_not_cost_the_answer(picture, options):
    odd = os.fsencode(picture.parent) + b"/caf\xe9.png"
    os.rename(picture, odd)
    said = subprocess.run(
        [sys.executable, "-m", "mnist_core", "predict", odd, *options],
        capture_output=True,
        cwd=ROOT,
        env=clean_environment(PYTHONUTF8=1),
        check=False,
    )
    assert said.returncode == 0
    assert b"caf\\udce9.png" in said.stdout


def test_predict_with_a_model_of_ones_own(cache, picture):
    (answer,) = json.loads(run("predict", picture, "--model", "linear", "--json").out)
    assert max(answer["probabilities"]) < 0.9


def test_a_missing_picture_is_named(tmp_path):
    said = run("predict", tmp_path / "none.png")
    assert (said.code, said.out) == (1, f"{tmp_path / 'none.png'}: not read. There is no such file or folder.\n")


@pytest.mark.parametrize(
    "content", [b"hello", b"", as_png(np.full((30, 30), 255, np.uint8))], ids=["text", "nothing", "blank"]
)
def test_a_bad_picture_is_refused_by_name(tmp_path, picture, content):
    """Of several pictures one must be found again."""
    (tmp_path / "bad.png").write_bytes(content)
    said = run("predict", picture, tmp_path / "bad.png")
    assert said.code == 1
    assert f"{tmp_path / 'bad.png'}: not read. " in said.out


@pytest.mark.parametrize("option", [("--model", "nonesuch"), ("--device", "gpu")])
def test_what_cannot_answer_is_refused(picture, option):
    said = run("predict", picture, *option)
    assert said.code == 1
    assert "Traceback" not in said.messages
    assert "nonesuch" in said.messages or "GPU" in said.messages


def test_a_bad_device_in_the_environment_is_refused(monkeypatch, picture):
    monkeypatch.setenv("MNIST_DEVICE", "quantum")
    said = run("predict", picture)
    assert said.code in (1, 2)
    assert "quantum" in said.messages


def test_a_model_in_a_folder_of_ones_own_answers(trained, tmp_path, picture):
    shutil.copytree(trained.folder, tmp_path / "elsewhere/mine")
    (answer,) = json.loads(run("predict", picture, "--model", tmp_path / "elsewhere/mine", "--json").out)
    assert max(answer["probabilities"]) < 0.9


@pytest.fixture
def strict(trained, tmp_path):
    """A model that takes no image for a digit."""
    folder = shutil.copytree(trained.folder, tmp_path / "models/strict")
    metrics = json.loads((folder / "metrics.json").read_text()) | {"calibration": {"limit": 0.0}}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    update_checksum(folder, "metrics.json")
    return folder


def test_a_picture_that_does_not_look_like_a_digit_is_said_to(picture, strict):
    assert run("predict", picture, "--model", strict).out == f"{picture}: this does not look like a digit\n"
    (answer,) = json.loads(run("predict", picture, "--model", strict, "--json").out)
    assert (answer["verdict"], sum(answer["probabilities"])) == ("refused", pytest.approx(1))


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_reader_who_leaves_is_no_error(cache):
    said = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m mnist_core models --json | true"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environment(MNIST_CACHE_DIR=cache),
        check=False,
    )
    assert "Traceback" not in said.stderr


# Evaluate


@pytest.fixture(scope="module")
def validation():
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, "nowhere")
        return run("evaluate", "--data", "validation", "--json")


def images_file(path):
    x, y = load_sample()
    np.savez(path / "images.npz", x=x[::250], y=y[::250])
    return path / "images.npz"


def outliers_file(path):
    """Frames: nothing that is a digit."""
    x = np.zeros((10, 28, 28), np.uint8)
    x[:, 4:24, 4:24] = 255
    x[:, 10:18, 10:18] = np.arange(10)[:, None, None] * 20
    np.savez(path / "frames.npz", x=x, y=np.zeros(10, np.int64))
    return path / "frames.npz"


def evaluated(*arguments):
    said = run("evaluate", *arguments, "--json")
    assert said.code == 0, said.messages
    return json.loads(said.out)


def test_evaluate_prints_one_object_with_these_keys(validation):
    assert validation.code == 0
    assert list(json.loads(validation.out)) == KEYS


def test_the_shipped_model_reads_the_validation_images(validation):
    figures = json.loads(validation.out)
    assert (figures["model"], figures["data"], figures["num_samples"]) == ("sketchnet", "validation", 5000)
    assert figures["accuracy"] >= 0.994
    assert figures["error_count"] == round((1 - figures["accuracy"]) * 5000)
    assert figures["accepted"] >= 0.98
    assert figures["outliers"] == {}


def test_the_figures_agree_with_each_other(validation):
    figures = json.loads(validation.out)
    confusion = np.array(figures["confusion_matrix"])
    assert confusion.sum(axis=1).tolist() == [500] * 10
    assert confusion.trace() == 5000 - figures["error_count"]
    assert [entry["recall"] for entry in figures["per_class"]] == pytest.approx((confusion.diagonal() / 500).tolist())


def test_evaluate_on_pictures_takes_the_road_of_an_upload(tmp_path):
    figures = evaluated("--data", pictures_file(tmp_path))
    assert (figures["num_samples"], figures["data"]) == (20, str(tmp_path / "pictures.npz"))
    assert figures["accuracy"] >= 0.95


def test_evaluate_on_ink_takes_the_road_of_a_drawing(tmp_path):
    figures = evaluated("--data", ink_file(tmp_path))
    assert (figures["num_samples"], figures["error_count"]) == (11, 1)
    assert figures["accepted"] == pytest.approx(10 / 11)


def test_as_is_feeds_images_unchanged(tmp_path):
    """Dark ink on light paper is only read by the road of an upload."""
    x, y = load_sample()
    np.savez(tmp_path / "dark.npz", x=255 - x[::250], y=y[::250])
    assert evaluated("--data", tmp_path / "dark.npz")["accuracy"] >= 0.95
    assert evaluated("--data", tmp_path / "dark.npz", "--as-is")["accuracy"] < 0.9


def test_as_is_refuses_pictures_of_other_sizes(tmp_path):
    said = run("evaluate", "--data", pictures_file(tmp_path), "--as-is")
    assert said.code == 1
    assert "28x28" in said.messages


def test_outliers_are_told_by_file(tmp_path):
    path = outliers_file(tmp_path)
    figures = evaluated("--data", images_file(tmp_path), "--outliers", path, images_file(tmp_path))
    assert list(figures["outliers"]) == [str(path), str(tmp_path / "images.npz")]
    (frames,) = figures["outliers"][str(path)]
    everything, *digits = figures["outliers"][str(tmp_path / "images.npz")]
    name = str(tmp_path / "images.npz")
    assert (frames["label"], frames["num_samples"], list(frames["auroc"])) == (None, 10, [name])
    assert frames["auroc"][name] > 0.5
    assert everything == {"label": None, "num_samples": 20, "accepted": figures["accepted"], "auroc": {name: 0.5}}
    assert [told["label"] for told in digits] == list(range(10))


@pytest.mark.filterwarnings("error")
def test_lookalikes_alone_are_told_without_figures_of_others(tmp_path):
    x, y = load_sample()
    path = tmp_path / "outliers_symbols.npz"
    np.savez(path, x=x[y == 1][:4], y=np.full(4, ord("/")))
    options = ("--data", images_file(tmp_path), "--outliers", path)
    others, slashes = evaluated(*options)["outliers"][str(path)]
    assert (others["num_samples"], others["accepted"], list(others["auroc"].values())) == (0, None, [None])
    assert (slashes["label"], slashes["num_samples"]) == (ord("/"), 4)
    assert f"outliers {path}: 0, AUROC -, - called a digit" in run("evaluate", *options).out


def test_evaluate_on_the_test_set(monkeypatch):
    figures = evaluated("--data", "test")
    assert (figures["num_samples"], figures["data"]) == (200, "test")


def test_figures_in_words(tmp_path):
    path = outliers_file(tmp_path)
    said = run("evaluate", "--data", images_file(tmp_path), "--outliers", path)
    assert "of 20" in said.out
    assert "95% interval" in said.out
    assert f"outliers {path}: 10, AUROC " in said.out
    assert len([line for line in said.out.splitlines() if len(line.split()) == 10 and line[0] == " "]) >= 10


FIGURES = {
    **{"num_samples": 1000, "accuracy": 0.985, "interval": [0.975, 0.99], "error_count": 15, "accepted": 0.9765},
    **{"nll": 0.0456, "brier": 0.02, "ece": 0.01, "uncalibrated": {"nll": 0.0789, "brier": 0.0321}},
    "below_99": {"num_samples": 1234, "difference": -0.0123, "interval": [-0.02, 0.005]},
    "per_class": [],
    "confusion_matrix": [],
}


def test_figures_say_how_honest_they_are():
    accuracy, honesty, *_ = console.describe_figures(FIGURES)
    assert "98.50% of 1,000 (95% interval 97.50% to 99.00%), 15 wrong, nll 0.0456, Brier 0.0200" in accuracy
    assert "97.65% taken for digits; uncalibrated nll 0.0789, Brier 0.0321; " in honesty
    assert "(1,234), stated minus true is -1.2% (-2.0% to +0.5%)" in honesty


def test_figures_without_a_doubt_say_nothing_of_it():
    below = {"num_samples": 1, "difference": None, "interval": None}
    told = console.describe_figures({**FIGURES, "below_99": below})
    assert "Brier 0.0321" in told[1]
    assert "stated" not in "".join(told)


def test_figures_that_an_earlier_version_stored_can_be_told():
    earlier = {name: value for name, value in FIGURES.items() if name not in ("uncalibrated", "below_99", "accepted")}
    told = console.describe_figures(earlier)
    assert len(told) == len(console.describe_figures(FIGURES)) - 1


@pytest.mark.parametrize("option", ["--data", "--outliers", "--model"])
def test_a_path_that_cannot_even_be_looked_up_is_named(tmp_path, option):
    """As in a folder of others; here it is too long."""
    path = tmp_path / f"{'n' * 300}.npz"
    said = run("evaluate", option, path)
    assert (said.code, said.out) == (1, "")
    assert said.messages.startswith("evaluate: ")
    assert str(path) in said.messages


@pytest.mark.parametrize("make", [damaged, other_form, lambda path: path / "none.npz"])
def test_a_file_that_holds_no_digits_is_named(tmp_path, make):
    path = make(tmp_path)
    said = run("evaluate", "--data", path)
    assert (said.code, said.out) == (1, "")
    assert str(path) in said.messages


def test_an_empty_set_is_refused(tmp_path):
    np.savez(tmp_path / "empty.npz", x=np.zeros((0, 28, 28), np.uint8), y=np.zeros(0, np.int64))
    said = run("evaluate", "--data", tmp_path / "empty.npz", "--json")
    assert said.code == 1
    assert "empty.npz" in said.messages


@pytest.mark.parametrize("label", [10, -1])
def test_labels_that_are_no_digits_are_refused(tmp_path, label):
    np.savez(tmp_path / "labels.npz", x=load_sample()[0][:3], y=np.array([0, 1, label]))
    said = run("evaluate", "--data", tmp_path / "labels.npz")
    assert said.code == 1
    assert "labels.npz" in said.messages


# MNIST that is not there


@pytest.mark.parametrize("command", [("train", "linear"), ("evaluate", "--data", "test")])
def test_a_folder_without_mnist_is_named(monkeypatch, tmp_path, command):
    monkeypatch.setattr(console, "load_dataset", dataset.load_dataset)
    said = run(*command, "--data-dir", tmp_path)
    assert said.code == 1
    assert str(tmp_path) in said.messages
    assert "mnist.npz" in said.messages


def test_a_download_that_fails_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(console, "load_dataset", dataset.load_dataset)
    monkeypatch.setattr(dataset, "KERAS_PATH", tmp_path / "none.npz")
    monkeypatch.setattr(dataset, "MNIST_URL", "http://127.0.0.1:9/mnist.npz")
    said = run("evaluate", "--data", "test")
    assert said.code == 1
    assert "--data-dir" in said.messages


def test_any_error_of_the_project_is_a_message(monkeypatch):
    def fail(*arguments, **options):
        raise DataError("It went wrong.")

    monkeypatch.setattr(console, "load_dataset", fail)
    said = run("train", "linear")
    assert (said.code, said.out) == (1, "")
    assert said.messages.splitlines()[-1] == "train: It went wrong."


# Report


@pytest.fixture(scope="module")
def report(trained, tmp_path_factory):
    """What `report` writes of a small model, with files of other people's digits and of none in the data folder."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "data").mkdir()
    for make in (ink_file, images_file, outliers_file):
        make(folder / "data")
    (folder / "data/frames.npz").rename(folder / "data/outliers_frames.npz")
    x, y = load_sample()
    np.savez(folder / "data/mnist.npz", x_train=x, y_train=y, x_test=x[:9], y_test=y[:9])
    (folder / "README.md").write_text("Before\n" + "\n".join(marks(EVIDENCE)) + "\nAfter\n")
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, trained.cache_dir)
        said = run(
            *(
                "report",
                "--model",
                trained.folder.name,
                "--beside",
                "sketchnet",
                "--data-dir",
                folder / "data",
                "--json",
            ),
            *("--into", folder / "README.md", "--figures", folder / "figures.json"),
        )
    assert said.code == 0, said.messages
    return SimpleNamespace(
        said=said,
        readme=(folder / "README.md").read_text(),
        figures=json.loads((folder / "figures.json").read_text()),
        printed=json.loads(said.out),
    )


def test_report_measures_every_set_at_hand(report):
    """MNIST's own file is not taken for digits of other people."""
    found = [(told["name"], told["kind"], told["num_samples"]) for told in report.figures["sets"]]
    assert found == [
        ("validation", "clean", 5000),
        ("test", "clean", 200),
        ("pen", "drawn", 997),
        ("images", "drawn", 20),
        ("ink", "drawn", 11),
        ("damaged", "damaged", 200),
        ("outliers_frames", "outliers", 10),
    ]


def test_report_measures_the_model_and_those_beside_it(report, trained):
    assert [model["name"] for model in report.figures["models"]] == [trained.folder.name, "sketchnet"]
    for model in report.figures["models"]:
        assert list(model["digits"]) == ["validation", "test", "pen", "images", "ink", "damaged"]
        assert list(model["outliers"]) == ["outliers_frames"]
    accuracies = [model["digits"]["validation"]["accuracy"] for model in report.figures["models"]]
    assert accuracies[0] < 0.95 < accuracies[1]


def test_report_writes_its_tables_between_the_marks(report, trained):
    assert report.readme.startswith(f"Before\n{marks(EVIDENCE)[0]}\n")
    assert report.readme.endswith(f"\n{marks(EVIDENCE)[1]}\nAfter\n")
    accuracy = report.figures["models"][0]["digits"]["test"]["accuracy"]
    assert f"| 297 | {accuracy:.2%} | " in report.readme
    assert f"| {trained.folder.name} | " in report.readme


def test_figures_for_the_page_are_those_printed(report):
    assert report.figures == report.printed


def write_report(tmp_path, *arguments):
    (tmp_path / "README.md").write_text("\n".join(marks(EVIDENCE)))
    return run("report", *arguments, "--into", tmp_path / "README.md", "--figures", tmp_path / "figures.json")


@pytest.fixture
def nothing_measured(monkeypatch):
    """Notes the models that would be measured."""
    measured = []

    def measure(models, sets, say):
        measured.extend(models)
        return {"sets": [], "models": [{"name": "none", "digits": {}, "outliers": {}}]}

    monkeypatch.setattr("mnist_core.commands.measure.measure", measure)
    monkeypatch.setattr("mnist_core.commands.measure.render_evidence", lambda evidence: "tables")
    return measured


def test_report_without_names_compares_with_the_classic_networks_that_are_stored(tmp_path, cache, nothing_measured):
    lenet = cache / "models/lenet"
    shutil.copytree(next((cache / "models").iterdir()), lenet)
    said = write_report(tmp_path)
    assert (said.code, nothing_measured) == (0, ["sketchnet", "lenet"])
    assert "dense512" in said.messages
    assert "`train dense512` would put it into the table" in said.messages


def test_report_calls_a_recipe_as_it_stands_by_its_name(tmp_path, cache, nothing_measured):
    save_run(fake_run(RECIPES["lenet"]), {}, cache / "models/lenet-0123456789")
    said = write_report(tmp_path, "--model", "linear", "--beside", "lenet-0123456789")
    assert (said.code, nothing_measured) == (0, ["linear", "lenet"])


def test_report_measures_two_models_of_one_recipe(tmp_path, cache, nothing_measured):
    """As one's own and the shipped one."""
    save_run(fake_run(RECIPES["sketchnet"]), {}, cache / "models/mine")
    said = write_report(tmp_path, "--model", "mine", "--beside", "sketchnet")
    assert (said.code, len(nothing_measured)) == (0, 2)


def test_report_compares_with_nothing_if_it_is_told_so(tmp_path, cache, nothing_measured):
    said = write_report(tmp_path, "--model", "linear", "--beside")
    assert (said.code, len(nothing_measured)) == (0, 1)
    assert "dense512" not in said.messages


def test_report_refuses_a_model_that_it_was_told_and_that_is_not_there(tmp_path, nothing_measured):
    said = write_report(tmp_path, "--beside", "nonesuch")
    assert (said.code, nothing_measured) == (1, [])
    assert "nonesuch" in said.messages


def test_report_says_where_figures_cannot_be_written(tmp_path, nothing_measured):
    (tmp_path / "figures.json").mkdir()
    said = write_report(tmp_path, "--beside")
    assert (said.code, nothing_measured) == (1, [])
    assert f"{tmp_path / 'figures.json'} is a folder" in said.messages


def test_report_refuses_a_file_without_marks_before_it_measures(tmp_path, nothing_measured):
    (tmp_path / "README.md").write_text("No marks.\n")
    said = run("report", "--into", tmp_path / "README.md", "--figures", tmp_path / "figures.json")
    assert (said.code, nothing_measured) == (1, [])
    assert (tmp_path / "README.md").read_text() == "No marks.\n"
    assert not (tmp_path / "figures.json").exists()
