"""The process that trains: once with all that belongs to it, on the built-in images as nothing can be downloaded."""

import numpy as np
import pytest
from support.library import wait_until
from support.processes import is_running

from mnist_core.browse.answers import find_seen
from mnist_core.data.own_drawings import OwnDrawings
from mnist_core.data.splits import find_splits, load_split
from mnist_core.hosting.identity import Visitor
from mnist_core.models.store import find_complete, load_stored
from mnist_core.services.replays import Replays
from mnist_core.services.runs import Runs

ANN = Visitor("a" * 22)


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_URL", "http://127.0.0.1:9/mnist.npz")
    monkeypatch.setenv("HOME", str(tmp_path))  # where Keras' own copy is looked for
    runs = Runs(None, tmp_path, idle_seconds=1)
    yield runs
    runs.close()


def test_own_drawings_tune_lenet_and_what_is_forgotten_is_told(runs, sample):
    images, labels = sample
    chosen = np.concatenate([np.flatnonzero(labels == digit)[:2] for digit in range(10)])
    own = OwnDrawings(images[chosen], labels[chosen])
    run = runs.begin(ANN, "lenet", {"epochs": 1}, "lenet", own=own)
    of_mnist = runs.speed.estimate(runs.plan(ANN, "lenet", {"epochs": 1}))
    assert runs.find(run).estimate < of_mnist
    wait_until(lambda: runs.look(ANN)["runs"][0]["state"] in ("done", "failed"), 240)
    looked = runs.look(ANN, run)
    assert looked["runs"][0]["state"] == "done"
    (told,) = [event for event in looked["run"]["events"] if event["key"] == "own_tuned"]
    assert (told["values"]["total"], told["values"]["before"] > 95) == (10, True)
    assert told["values"]["rightBefore"] >= 9  # images that it has learned from


def test_a_run_from_beginning_to_end(runs, tmp_path):
    changes = {"epochs": 3, "limit": 1000, "batch_size": 20, "schedule": "constant"}
    run = runs.begin(ANN, "linear", changes)
    wait_until(lambda: runs.look(ANN, run)["run"]["steps"]["loss"], 240)
    process = runs._queue.processes[0]._child._process.pid
    runs.steer(ANN, run, "rate", 1e-5)
    runs.steer(ANN, run, "save", "on the way")
    wait_until(lambda: runs.look(ANN)["runs"][0]["state"] in ("done", "failed"), 240)
    (record,) = runs.look(ANN)["runs"]
    assert (record["state"], record["share"]) == ("done", 1.0)
    assert "4,000 of the 5,000 built-in images" in record["problem"]
    assert "~/.keras/datasets/mnist.npz and in the folder that MNIST_DATA_DIR names" in record["problem"]
    (event,) = [event for event in runs.look(ANN, run)["run"]["events"] if event["key"] == "built_in_images"]
    assert "could not be downloaded" in event["values"]["problem"]
    stored = load_stored(tmp_path / "models" / record["model"])
    assert (stored.recipe.limit, stored.complete, stored.data_name) == (1000, False, "built_in")
    assert record["accuracy"] == pytest.approx(stored.figure("validation", "accuracy"), abs=1e-6)
    assert load_stored(tmp_path / "models/on the way").metrics["validation"]
    assert find_complete(stored.recipe, "", [tmp_path / "models"]) is None
    assert Replays(runs).replay(run, 3)["samples"]["predictions"]
    split = load_split(find_splits(None, tmp_path)[0], tmp_path)
    assert find_seen(split, stored).sum() == 1000
    wait_until(lambda: not is_running(process), 60)  # nobody trains any more
