"""Runs wait for their turn, are steered by who began them, and outlive their process and the server."""

import base64
import json
import time
from pathlib import Path

import pytest
from support.library import wait_until
from support.stand_in import stand_in

from mnist_core.data.sample import load_sample
from mnist_core.errors import ArchitectureError, QueryError, RefusedError, StorageError, UnknownModelError
from mnist_core.hosting.identity import Visitor
from mnist_core.services.run_queue import Limits
from mnist_core.services.runs import Runs

ANN, BOB, OWNER = Visitor("a" * 22), Visitor("b" * 22), Visitor("o" * 22, "owner", True)
IMAGE = base64.b64encode(load_sample()[0][0].tobytes()).decode()

# A stand-in for the process: each step takes as long as its recipe's learning rate says, and no TensorFlow is needed.
STAND_IN = """
import json, os, sys, time
from pathlib import Path
from mnist_core.services.child_process import run_child
from mnist_core.models.recipes import Recipe

def store(places, order, epochs):
    name = f"{order['recipe']['name']}-{order['run'][:4]}"
    folder = Path(places["cache"]) / "models" / name
    folder.mkdir(parents=True)
    (folder / "weights.npz").write_bytes(bytes(1_000_000))
    return {"state": "done", "model": name, "problem": "", "validation": 0.9, "test": None, "complete": True}

def run(parent, places, order):
    kept = Path(order["folder"])
    if order["do"] == "rescue":
        return store(places, order, 1)
    parent.send({"samples": {"images": ["x"], "labels": [1]}})
    parent.send({"state": "running"})
    epochs, images, waiting = order["recipe"]["epochs"], {}, False
    for epoch in range(1, epochs + 1):
        for step in range(10 * epoch - 9, 10 * epoch + 1):
            while (message := parent.receive(0 if not waiting else 5)) or waiting:
                if message is None or message.get("run") != order["run"]:
                    continue
                if message["do"] in ("pause", "resume"):
                    waiting = message["do"] == "pause"
                    parent.send({"state": "paused" if waiting else "running"})
                elif message["do"] == "pads":
                    images = message["images"]
                elif message["do"] == "save":
                    parent.send({"saved": Path(message["folder"]).name})
                elif message["do"] == "stop":
                    return store(places, order, epoch)
            time.sleep(order["recipe"]["learning_rate"])
            told = {"steps": {"from": step, "loss": [1.0], "accuracy": [0.5]}, "share": step / 10 / epochs}
            parent.send({**told, "left": 1.0, "seconds": 0.1 * step})
            parent.send({"pads": {who: {"read": image[:4]} for who, image in images.items()}})
        parent.send({"epoch": {"epoch": epoch, "loss": 1, "accuracy": 0.5, "val_loss": 1, "val_accuracy": 0.1 * epoch,
            "seconds": 1, "learning_rate": 0.1}, "kept": [epoch]})
        (kept / "best.npz").write_bytes(b"best")
        if order["recipe"]["seed"] == 9 and epoch == 2:
            os.kill(os.getpid(), 9)
    return store(places, order, epochs)
"""
QUICK = {"learning_rate": 0.001, "epochs": 2}
SLOW = {"learning_rate": 0.05, "epochs": 50}


@pytest.fixture
def open_runs(tmp_path):
    opened = []

    def open_runs(folder=tmp_path, **limits):
        opened.append(Runs(None, folder, Limits(**limits), command=stand_in(STAND_IN)))
        return opened[-1]

    yield open_runs
    for runs in opened:
        runs.close()


@pytest.fixture
def runs(open_runs):
    return open_runs()


def listed(runs, run, visitor=ANN):
    return next(entry for entry in runs.look(visitor)["runs"] if entry["id"] == run)


def wait_for(runs, run, *states):
    wait_until(lambda: listed(runs, run)["state"] in states, 60)
    return listed(runs, run)


def begin(runs, changes=QUICK, visitor=ANN, recipe="fast"):
    return runs.begin(visitor, recipe, changes)


def test_a_run_goes_from_waiting_to_done_and_its_model_is_named(runs):
    run = begin(runs)
    ended = wait_for(runs, run, "done")
    assert (ended["share"], ended["accuracy"], ended["model"]) == (1.0, 0.9, f"fast-{run[:4]}")
    assert ended["changes"] == ["epochs=2", "learning_rate=0.001"]


def test_what_is_new_of_a_run_is_told_once(runs):
    run = begin(runs)
    wait_for(runs, run, "done")
    everything = runs.look(ANN, run)["run"]
    assert (everything["steps"]["from"], len(everything["steps"]["loss"])) == (1, 20)
    assert [epoch["valAccuracy"] for epoch in everything["epochs"]] == [0.1, 0.2]
    assert everything["samples"]["images"] == ["x"]
    rest = runs.look(ANN, run, {"step": 15, "check": -1, "epoch": 1})["run"]
    assert (rest["steps"]["from"], len(rest["steps"]["loss"]), len(rest["epochs"])) == (16, 5, 1)
    assert "images" not in rest["samples"]


def test_one_run_at_a_time_and_the_others_wait_in_order(runs):
    first, second, third = begin(runs, SLOW), begin(runs), begin(runs, visitor=BOB)
    wait_for(runs, first, "running")
    assert [listed(runs, run)["place"] for run in (first, second, third)] == [0, 1, 2]
    assert listed(runs, third)["secondsLeft"] > listed(runs, second)["secondsLeft"]
    runs.steer(ANN, second, "stop")
    runs.steer(ANN, first, "stop")
    wait_for(runs, third, "done")
    assert (listed(runs, first)["state"], listed(runs, second)["state"]) == ("stopped", "stopped")
    assert (listed(runs, first)["model"] != "", listed(runs, second)["model"]) == (True, "")


def test_a_pause_lasts_until_it_goes_on(runs):
    run = begin(runs, {"learning_rate": 0.01})
    wait_for(runs, run, "running")
    runs.steer(ANN, run, "pause")
    wait_for(runs, run, "paused")
    share = listed(runs, run)["share"]
    time.sleep(0.3)
    assert listed(runs, run)["share"] == share
    runs.steer(ANN, run, "resume")
    wait_for(runs, run, "done")


def test_each_visitors_own_drawing_is_read(runs):
    run = begin(runs, SLOW)
    wait_for(runs, run, "running")
    other = base64.b64encode(bytes([9]) * 784).decode()
    for visitor, image in ((ANN, IMAGE), (BOB, other)):
        wait_until(lambda v=visitor, i=image: (runs.look(v, run, {}, i)["run"]["pad"] or {}).get("read") == i[:4], 30)


def test_a_visitor_steers_what_this_visitor_began_and_the_owner_all(runs):
    run = begin(runs, SLOW)
    wait_for(runs, run, "running")
    for action in ("stop", "rename", "delete", "share", "rate", "save", "pause"):
        with pytest.raises(RefusedError, match="somebody else"):
            runs.steer(BOB, run, action, "x")
    assert (listed(runs, run)["isMine"], listed(runs, run, BOB)["isMine"]) == (True, False)
    runs.steer(OWNER, run, "stop")
    wait_for(runs, run, "stopped")


def test_a_model_is_its_visitors_until_it_is_shared(runs):
    run = begin(runs)
    model = wait_for(runs, run, "done")["model"]
    assert [runs.may_see(visitor, model) for visitor in (ANN, BOB, OWNER)] == [True, False, True]
    assert (listed(runs, run, BOB)["model"], runs.list_hidden(BOB)) == ("", {model})
    runs.steer(ANN, run, "share", True)
    assert runs.may_see(BOB, model)
    assert listed(runs, run, BOB)["model"] == model


def test_a_model_is_renamed_and_deleted_with_its_run(runs, tmp_path):
    run = begin(runs)
    wait_for(runs, run, "done")
    runs.steer(ANN, run, "rename", "Ann's first".replace("'", ""))
    assert (tmp_path / "models/Anns first").is_dir()
    assert (listed(runs, run)["name"], listed(runs, run)["model"]) == ("Anns first", "Anns first")
    for wrong in ("", "../up", "fast", "sketchnet", "x" * 99, 5, "Anns first"):
        with pytest.raises(QueryError, match="name"):
            runs.steer(ANN, run, "rename", wrong)
    runs.steer(ANN, run, "delete")
    assert list((tmp_path / "models").iterdir()) == []
    assert runs.look(ANN)["runs"] == []


def test_a_run_that_goes_on_cannot_be_deleted(runs):
    run = begin(runs, SLOW)
    with pytest.raises(QueryError, match="Stop it first"):
        runs.steer(ANN, run, "delete")


def test_a_killed_process_is_told_and_the_best_epoch_is_stored(runs):
    run = begin(runs, {**QUICK, "epochs": 4, "seed": 9})
    wait_for(runs, run, "failed")
    assert "memory" in listed(runs, run)["problem"]
    wait_until(lambda: listed(runs, run)["model"], 60)
    after = begin(runs)
    assert wait_for(runs, after, "done")["model"]


def test_after_a_restart_a_run_is_interrupted_and_its_best_epoch_stored(open_runs):
    first = open_runs()
    run, waiting = begin(first, SLOW), begin(first)
    wait_until(lambda: first.look(ANN, run)["run"]["epochs"], 60)
    first.close()
    second = open_runs()
    assert (listed(second, run)["state"], listed(second, waiting)["state"]) == ("interrupted", "interrupted")
    assert second.look(ANN, run)["run"]["epochs"]
    wait_until(lambda: listed(second, run)["model"], 60)
    assert listed(second, run)["state"] == "interrupted"


def test_two_servers_on_one_folder_leave_each_others_runs_alone(open_runs):
    first = open_runs()
    run = begin(first, SLOW)
    wait_for(first, run, "running")
    second = open_runs()
    assert second.look(ANN)["runs"] == []
    assert begin(second) != run
    first.steer(ANN, run, "stop")
    wait_for(first, run, "stopped")


def test_the_oldest_unshared_models_make_room(open_runs):
    runs = open_runs(models_bytes=2_500_000)
    shared, old, new = (begin(runs) for _ in range(3))
    wait_for(runs, shared, "done")
    runs.steer(ANN, shared, "share", True)
    for run in (old, new):
        wait_for(runs, run, "done")
    wait_until(lambda: listed(runs, old)["model"] == "", 30)
    assert "make room" in listed(runs, old)["problem"]
    assert listed(runs, shared)["model"]
    assert listed(runs, new)["model"]
    runs.steer(ANN, new, "share", True)
    last = begin(runs)
    wait_for(runs, last, "done")
    runs.steer(ANN, last, "share", True)
    with pytest.raises(StorageError, match="MNIST_MODELS_MB"):
        begin(runs)


def test_a_run_longer_than_allowed_is_stopped_and_stored(open_runs):
    runs = open_runs(max_seconds=1)
    run = begin(runs, SLOW)
    assert "1 seconds" in wait_for(runs, run, "stopped")["problem"]
    assert listed(runs, run)["model"]


@pytest.mark.parametrize(
    ("limits", "changes", "error"),
    [
        ({"training": "off"}, {}, RefusedError),
        ({"training": "password"}, {}, RefusedError),
        ({"max_epochs": 3}, {"epochs": 4}, QueryError),
        ({}, {"epochs": 0}, QueryError),
        ({}, {"epochs": 10**6}, QueryError),
        ({}, {"batch_size": 10**6}, QueryError),
        ({}, {"learning_rate": -1}, QueryError),
        ({}, {"learning_rate": None}, QueryError),
        ({}, {"optimizer": ["adam"]}, QueryError),
        ({}, {"filters": 5}, QueryError),
        ({}, {"nothing": 5}, QueryError),
        ({}, {"kernel": 27}, ArchitectureError),
        ({}, {"filters": [30_000, 1], "batch_size": 8192}, ArchitectureError),
    ],
)
def test_what_cannot_be_trained_here_is_refused(open_runs, limits, changes, error):
    with pytest.raises(error):
        begin(open_runs(**limits), changes)


def test_the_owner_may_train_where_a_password_is_needed(open_runs):
    runs = open_runs(training="password")
    run = begin(runs, visitor=OWNER)
    wait_for(runs, run, "done")


def test_unknown_names_are_refused(runs):
    with pytest.raises(UnknownModelError):
        runs.begin(ANN, "nothing", {})
    with pytest.raises(UnknownModelError):
        runs.begin(ANN, "lenet", {}, "nothing")
    with pytest.raises(QueryError):
        runs.steer(ANN, "0" * 12, "stop")


def test_a_visitor_cannot_fill_the_queue(open_runs):
    runs = open_runs(max_waiting=6)
    wait_for(runs, begin(runs, SLOW), "running")
    for _ in range(5):
        begin(runs)
    with pytest.raises(RefusedError, match="Too many"):
        begin(runs)
    begin(runs, visitor=BOB)


def test_a_model_of_somebody_else_is_no_start(runs):
    model = wait_for(runs, begin(runs), "done")["model"]
    with pytest.raises(QueryError, match="somebody else"):
        runs.begin(BOB, "fast", {}, model)


def test_the_page_knows_how_far_tensorflow_is(runs):
    assert runs.look(ANN)["training"]["engine"] == "cold"
    runs.wake()
    wait_until(lambda: runs.look(ANN)["training"]["engine"] == "warm", 60)


def test_a_folder_that_cannot_be_written_is_told(open_runs, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        begin(open_runs(tmp_path / "file"))


def test_visitors_are_not_named_on_disk(runs, tmp_path):
    run = begin(runs)
    wait_for(runs, run, "done")
    assert ANN.id not in Path(tmp_path / "runs" / run / "run.json").read_text()
    assert json.loads((tmp_path / "runs" / run / "run.json").read_text())["state"] == "done"
