"""`table` and `experiment`: they refuse before they train, write where they were told, and print one object."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from support.commands import fabricated_mnist, run
from support.models import ROOT
from support.search import DATA, FakeTraining, StoringWorkbench, fake_workbench, replace_training, states
from support.server import clean_environment

from mnist_core.commands import console, experiment
from mnist_core.data.pendigits import PenInk
from mnist_core.data.sample import load_sample
from mnist_core.data.training_data import add_ink
from mnist_core.errors import StoppedError
from mnist_core.evaluation.report import ABLATION_TABLE, ACTIVATIONS_TABLE, GRID_TABLE, RECIPES_TABLE, marks
from mnist_core.models.recipes import RECIPES
from mnist_core.paths import SHIPPED_DIR
from mnist_core.training import experiments
from mnist_core.training.experiments import ABLATIONS, CLASSIC_ACTIVATIONS
from mnist_core.training.search_settings import SPACE

PEN = PenInk([[np.array([[0, 0], [0, 9]])]] * 30, np.ones(30, np.int64), np.arange(1, 31))
GRID = ("experiment", "grid", "--trials", "3", "--epochs", "1", "--seeds", "2")
ACTIVATIONS = ("experiment", "activations", "--seeds", "2", "--epochs", "3")
ABLATION = ("experiment", "ablation", "--seeds", "1", "--epochs", "1", "--limit", "1")
STUDY = "sqlite:///{}/studies/grid.db"
COMMANDS = {
    RECIPES_TABLE: ("table",),
    ACTIVATIONS_TABLE: ACTIVATIONS,
    ABLATION_TABLE: ABLATION,
    GRID_TABLE: GRID,
}


@pytest.fixture
def training(monkeypatch):
    """Training and the workbench are made up; the recipes are noted."""
    training = replace_training(monkeypatch, FakeTraining())
    monkeypatch.setattr(experiment, "open_workbench", lambda options, *recipes: fake_workbench())
    return training


@pytest.fixture
def workbench(monkeypatch, tmp_path):
    """Training is made up; models are stored and found; there is a drawing by each of thirty writers."""
    workbench = StoringWorkbench(add_ink(DATA, PEN), None, (SHIPPED_DIR, tmp_path / "models"))
    monkeypatch.setattr(experiment, "open_workbench", lambda options, *recipes: workbench)
    return workbench


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """Own settings and an empty cache folder for every test; relative paths are inside it, too."""
    for name in [name for name in os.environ if name.startswith("MNIST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MNIST_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache"


def readme(tmp_path, *names):
    path = tmp_path / "README.md"
    path.write_text("Before\n" + "".join("\n".join(marks(name)) + "\nBetween\n" for name in names) + "After\n")
    return path


# What all have in common


@pytest.mark.parametrize(("name", "command"), COMMANDS.items(), ids=list(COMMANDS))
def test_the_table_is_written_between_its_marks(training, workbench, tmp_path, monkeypatch, name, command):
    if name == GRID_TABLE:
        monkeypatch.setattr(experiment, "open_workbench", lambda options, *recipes: fake_workbench())
    path = readme(tmp_path, *COMMANDS)
    said = run(*command, "--into", path)
    text = path.read_text()
    first, last = marks(name)
    assert said.code == 0
    assert f"Wrote {path}" in said.messages
    assert text.split(first)[1].split(last)[0].strip() == said.out.strip()
    assert text.replace(said.out.strip() + "\n", "") == readme(tmp_path, *COMMANDS).read_text()


@pytest.mark.parametrize(("name", "command"), COMMANDS.items(), ids=list(COMMANDS))
@pytest.mark.parametrize("exists", [True, False], ids=["no marks", "no file"])
def test_a_file_without_marks_is_refused_before_anything_is_loaded(monkeypatch, tmp_path, name, command, exists):
    def must_not_load(options, *recipes):
        raise AssertionError("loaded, though it should not have been")

    monkeypatch.setattr(experiment, "open_workbench", must_not_load)
    path = readme(tmp_path, *(set(COMMANDS) - {name})) if exists else tmp_path / "none.md"
    before = path.read_bytes() if exists else None
    said = run(*command, "--into", path)
    assert (said.code, said.out) == (1, "")
    assert f"{path} has no place for {name}" in said.messages
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("experiment",),
        ("experiment", "nonesuch"),
        ("experiment", "grid", "--sampler", "genetic"),
        ("experiment", "grid", "--trials", "many"),
        ("experiment", "activations", "--trials", "3"),
        ("table", "--epochs", "3"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(arguments):
    assert run(*arguments).code == 2


@pytest.mark.parametrize(
    "command", [("table",), *(("experiment", name) for name in ("activations", "ablation", "grid"))], ids=" ".join
)
def test_the_options_are_explained(command):
    said = run(*command, "--help")
    assert said.code == 0
    assert all(option in said.out for option in ("--json", "--into", "--data-dir", "--device"))


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_data_that_is_not_there_is_named(command, tmp_path):
    said = run(*command, "--into", readme(tmp_path, *COMMANDS), "--data-dir", tmp_path / "none")
    assert (said.code, said.out) == (1, "")
    assert str(tmp_path / "none") in said.messages


# Table


def test_the_table_goes_into_its_document_unless_another_file_is_named(workbench, tmp_path):
    (tmp_path / "assets/docs").mkdir(parents=True)
    path = readme(tmp_path, RECIPES_TABLE).rename(tmp_path / "assets/docs/networks.md")
    assert run("table").code == 0
    assert "`vgg_small`" in path.read_text()


def test_the_table_as_json_has_an_object_a_recipe(workbench, tmp_path):
    rows = json.loads(run("table", "--into", readme(tmp_path, RECIPES_TABLE), "--json").out)
    assert [row["recipe"] for row in rows] == list(RECIPES)
    assert all(row.keys() >= {"model", "parameters", "seconds", "validation", "test"} for row in rows)


def test_the_table_trains_only_what_is_missing(workbench, tmp_path):
    path = readme(tmp_path, RECIPES_TABLE)
    first = run("table", "--into", path)
    workbench.trained.clear()
    assert run("table", "--into", path).out == first.out
    assert workbench.trained == []


def test_the_table_trains_sketchnet_with_pen_ink_where_it_is_not_shipped(monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(console, "load_dataset", fabricated_mnist)
    monkeypatch.setattr(console, "Workbench", StoringWorkbench)
    monkeypatch.setattr(experiments, "SHIPPED_DIR", tmp_path / "none")
    monkeypatch.setattr(experiment, "train_all", lambda bench: opened.append(bench) or experiments.train_all(bench))
    assert run("table", "--into", readme(tmp_path, RECIPES_TABLE)).code == 0
    (bench,), sketchnet = opened, RECIPES["sketchnet"]
    assert sketchnet in bench.trained
    assert bench.find(sketchnet).learned_ink
    assert len(bench.data_for(sketchnet).ink.labels) == 5498


# Activations


def test_activations_are_a_table_and_a_chart(workbench, cache):
    said = run(*ACTIVATIONS)
    assert said.code == 0
    assert [line.split("|")[1].strip() for line in said.out.splitlines()[2:]] == list(CLASSIC_ACTIVATIONS)
    assert f"Drew {cache / 'activations.svg'}" in said.messages
    texts = [text.text for text in ElementTree.parse(cache / "activations.svg").iter() if text.tag.endswith("}text")]
    assert {*CLASSIC_ACTIVATIONS, "vgg_small, validation accuracy, 2 seeds"} <= set(texts)


def test_the_chart_goes_where_it_was_told(workbench, tmp_path, cache):
    said = run(*ACTIVATIONS, "--chart", tmp_path / "deep" / "mine.svg")
    assert f"Drew {tmp_path / 'deep' / 'mine.svg'}" in said.messages
    assert ElementTree.parse(tmp_path / "deep" / "mine.svg").getroot().tag.endswith("svg")
    assert not cache.exists()


def test_a_chart_that_cannot_be_written_is_named(workbench, tmp_path):
    said = run(*ACTIVATIONS, "--chart", "/dev/null/mine.svg")
    assert said.code == 1
    assert "/dev/null/mine.svg" in said.messages
    assert "--chart" in said.messages
    assert workbench.trained == []


def test_activations_as_json(workbench):
    rows = json.loads(run(*ACTIVATIONS, "--json").out)
    assert [row["activation"] for row in rows] == list(CLASSIC_ACTIVATIONS)
    for row in rows:
        assert (row["seeds"], row["epochs"], [len(curve) for curve in row["curves"]]) == ([0, 1], 3, [3, 3])
        assert row["test"].keys() == {"values", "mean", "standard_deviation"}


@pytest.mark.parametrize("change", [("--seeds", "0"), ("--limit", "0"), ("--epochs", "-1")], ids=" ".join)
def test_numbers_that_no_comparison_can_have_are_refused(workbench, change):
    said = run("experiment", "activations", *change)
    assert (said.code, said.out) == (1, "")
    assert change[0].strip("-") in said.messages
    assert "Traceback" not in said.messages
    assert workbench.trained == []


def test_a_comparison_that_is_stopped_says_so(monkeypatch, tmp_path):
    workbench = StoringWorkbench(DATA, None, (tmp_path / "models",), stop_in_run=2)
    monkeypatch.setattr(experiment, "open_workbench", lambda options, *recipes: workbench)
    said = run(*ACTIVATIONS)
    assert (said.code, said.out) == (130, "")
    assert "Stopped" in said.messages


# Ablation


def test_an_ablation_asks_for_the_ink_that_sketchnet_wants(monkeypatch, workbench):
    asked = []
    monkeypatch.setattr(experiment, "open_workbench", lambda options, *recipes: asked.append(recipes) or workbench)
    assert run(*ABLATION).code == 0
    assert asked == [(RECIPES["sketchnet"],)]


def test_an_ablation_as_json(workbench):
    rows = json.loads(run(*ABLATION, "--json").out)
    assert [row["without"] for row in rows] == list(ABLATIONS)
    for row in rows:
        assert (row["seeds"], row["epochs"], row["num_images"]) == ([0], 1, 1)
        assert all(row[name].keys() == {"values", "mean", "standard_deviation"} for name in ("ink", "outliers"))


def test_an_ablation_is_short_unless_it_is_told_otherwise(workbench):
    run("experiment", "ablation", "--seeds", "1")
    assert {(recipe.epochs, recipe.limit) for recipe in workbench.trained} == {(5, 20_000)}


def test_an_ablation_of_another_set_says_what_it_needs(monkeypatch, tmp_path):
    bench = StoringWorkbench(DATA, None, (tmp_path / "models",))
    monkeypatch.setattr(experiment, "open_workbench", lambda options, *recipes: bench)
    said = run(*ABLATION)
    assert (said.code, said.out, bench.trained) == (1, "", [])
    assert "needs MNIST and the pen ink" in said.messages


# Grid


def test_the_grid_says_what_it_leaves_out_and_where_its_trials_are(training, cache):
    said = run(*GRID)
    assert said.code == 0
    assert f"24 of the combinations are impossible; trials are kept in {STUDY.format(cache)}" in said.messages
    assert states(STUDY.format(cache)).count("COMPLETE") == 3


def test_the_grid_is_a_table(training):
    out = run(*GRID).out
    assert len([line for line in out.splitlines() if line.startswith("| ")]) == 1 + 3
    assert "3 trials completed, 0 stopped early, 0 failed; 24 combinations are impossible." in out
    assert "97.00% on the test set" in out


def test_the_grid_as_json(training):
    found = json.loads(run(*GRID, "--json").out)
    assert found.keys() == {"study", "storage", "settings", "trials", "impossible", "best", "spread"}
    assert (len(found["trials"]), len(found["impossible"]), len(found["spread"]["seeds"])) == (3, 24, 2)
    assert found["best"]["validation_accuracy"] == max(trial["validation_accuracy"] for trial in found["trials"])
    assert all(trial.keys() >= {*SPACE, "state", "epochs", "seconds", "seed"} for trial in found["trials"])


def test_the_options_are_the_settings(training, tmp_path):
    options = {"trials": 2, "epochs": 2, "limit": 300, "seeds": 1, "seed": 4, "minutes": 10.0, "sampler": "random"}
    options["storage"] = str(tmp_path / "mine.journal")
    arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
    assert json.loads(run("experiment", "grid", *arguments, "--json").out)["settings"] == options
    assert {(recipe.epochs, recipe.limit) for recipe in training.recipes} == {(2, 300)}
    assert (tmp_path / "mine.journal").is_file()


def test_the_same_command_goes_on(training):
    run(*GRID)
    assert "5 trials completed" in run(*GRID, "--trials", "5").out
    assert sum(recipe.seed == 0 for recipe in training.recipes) == 5


@pytest.mark.parametrize("change", [("--trials", "0"), ("--minutes", "0"), ("--minutes", "nan"), ("--seeds", "-1")])
def test_numbers_that_no_search_can_have_are_refused(training, cache, change):
    said = run(*GRID, *change)
    assert (said.code, said.out) == (1, "")
    assert change[0].strip("-") in said.messages
    assert "Traceback" not in said.messages
    assert training.recipes == []
    assert not cache.exists()


def test_a_storage_that_cannot_be_is_named(training, tmp_path):
    said = run(*GRID, "--storage", "nonesuch://place")
    assert (said.code, said.out) == (1, "")
    assert "nonesuch://place" in said.messages.splitlines()[-1]
    assert training.recipes == []


def test_a_search_that_is_stopped_says_how_it_goes_on(training, cache):
    def stop(recipe, epoch):
        if len(training.recipes) == 2:
            raise StoppedError("Training was stopped before its first epoch ended.")

    training.during = stop
    said = run(*GRID)
    assert (said.code, said.out) == (130, "")
    assert said.messages.splitlines()[-1].startswith(f"Stopped. The trials are kept in {STUDY.format(cache)}")
    assert "Traceback" not in said.messages


# In earnest


@pytest.fixture(scope="module")
def small_set(tmp_path_factory):
    """A set of MNIST's layout: 500 images to train and validate on, 50 to test on."""
    x, y = load_sample()
    path = tmp_path_factory.mktemp("data") / "small.npz"
    np.savez(path, x_train=x[::10], y_train=y[::10], x_test=x[1::100], y_test=y[1::100])
    return path


def test_a_search_from_data_to_json(small_set, tmp_path):
    """The whole way once, in a process of its own, with a network that is really trained."""
    budget = {"--trials": 1, "--epochs": 1, "--limit": 200, "--seeds": 1, "--data-dir": small_set}
    arguments = [str(part) for option in budget.items() for part in option]
    ended = subprocess.run(
        [sys.executable, "-m", "mnist_core", "experiment", "grid", *arguments, "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environment(MNIST_CACHE_DIR=tmp_path / "cache"),
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    (trial,) = found["trials"]
    assert 0 <= trial["validation_accuracy"] <= 1
    assert (trial["state"], trial["epochs"], len(found["impossible"])) == ("complete", 1, 24)
    low, high = found["best"]["test_interval"]
    assert low <= found["best"]["test_accuracy"] <= high
    assert (tmp_path / "cache" / "models" / found["best"]["model"] / "model.tflite").is_file()
    assert states(STUDY.format(tmp_path / "cache")).count("COMPLETE") == 1
    stored = json.loads((tmp_path / "cache" / "models" / found["best"]["model"] / "metrics.json").read_text())
    assert stored["validation"]["accuracy"] == pytest.approx(trial["validation_accuracy"])
