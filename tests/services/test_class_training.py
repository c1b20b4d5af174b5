"""A class teaches networks: told live, honest about who is held out, and without a drawing left when it has ended."""

import sys

import pytest
from support.classroom import Lesson
from support.ink import ONE, SEVEN
from support.library import wait_until
from support.stand_in import stand_in

from mnist_core.errors import DataError, QueryError, RefusedError, RoomError, UnknownRoomError
from mnist_core.hosting.identity import Visitor
from mnist_core.models.devices import choose_device
from mnist_core.paths import SHIPPED_DIR, models_dir
from mnist_core.services.class_training import ClassTraining
from mnist_core.services.models import Models
from mnist_core.services.run_queue import Limits
from mnist_core.services.runs import Runs

ANN, BOB = Visitor("a" * 22), Visitor("b" * 22)

# A stand-in for the process: what it stores is a copy of a shipped network.
STAND_IN = """
import os, shutil, sys, time
from pathlib import Path
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.child_process import run_child

def run(parent, places, order):
    drawings = Path(order["folder"]) / "own.npz"
    if not drawings.is_file():
        os._exit(1)
    parent.send({"samples": {"images": ["secret"], "labels": [7]}})
    parent.send({"state": "running"})
    for step in range(1, STEPS + 1):
        message = parent.receive(0.05)
        if message and message["do"] == "stop":
            break
        parent.send({"steps": {"from": step, "loss": [1.0], "accuracy": [0.5]}, "share": step / STEPS, "left": 1.0,
            "seconds": 0.05 * step})
    parent.send({"epoch": {"epoch": 1, "loss": 1, "accuracy": 0.5, "val_loss": 1, "val_accuracy": 0.5, "seconds": 1,
        "learning_rate": 0.1}, "kept": [1]})
    if DIES:
        os._exit(1)
    name = f"lenet-{order['run'][:4]}"
    shutil.copytree(SHIPPED_DIR / "lenet", Path(places["cache"]) / "models" / name)
    return {"state": "done", "model": name, "problem": "", "validation": 0.5, "test": None, "complete": True}
"""


class School:
    """A lesson whose pupils have drawn, and who teaches."""

    def __init__(self, folder, steps=3, dies=False, **limits):
        self.lesson = Lesson(folder)
        program = f"STEPS, DIES = {steps}, {dies}\n{STAND_IN}"
        self.runs = Runs(None, folder, Limits(**limits), command=stand_in(program))
        self.models = Models(choose_device("cpu"), (SHIPPED_DIR, models_dir(folder)), "sketchnet")
        self.training = ClassTraining(self.lesson.rooms, self.runs, self.models)
        self.folder = folder

    def draw(self, num_pupils=4):
        for pupil in self.lesson.join(num_pupils):
            for number in range(1, 11):
                self.lesson.draw(pupil, number, *((7, 7) if number % 2 else (1, 1)), ink=SEVEN if number % 2 else ONE)
        self.lesson.start("teach_it")
        return self

    def begin(self):
        self.training.begin(ANN, self.lesson.teacher)
        return self

    @property
    def told(self):
        return self.lesson.wall()["activity"]["told"].get("teach")

    @property
    def step(self):
        return self.lesson.wall()["activity"]["step"]

    def wait_for(self, *states):
        wait_until(lambda: self.told["state"] in states, 60)
        return self.told

    def list_names(self, visitor):
        return [run["name"] for run in self.runs.look(visitor)["runs"]]


@pytest.fixture
def open_school(tmp_path):
    opened = []

    def open_school(**options):
        opened.append(School(tmp_path, **options))
        return opened[-1]

    yield open_school
    for school in opened:
        school.runs.close()


def test_four_networks_are_tested_on_the_other_half_and_on_mnist(open_school):
    school = open_school().draw().begin()
    assert school.step == "training"
    told = school.wait_for("done", "failed")
    assert (told["state"], school.step, told["pupils"]) == ("done", "results", [2, 2])
    assert (told["num_taught"], told["num_tested"]) == (20, 20)
    assert [network["key"] for network in told["networks"]] == ["class", "mnist", "both", "sketchnet"]
    for network in told["networks"]:
        assert (network["state"], network["share"], network["class"]["num"]) == ("done", 1.0, 20)
        assert network["mnist"]["read"] > 0.97 * network["mnist"]["num"]
    assert school.lesson.device(school.lesson.join())["activity"]["told"] == {"teach": told}


def test_only_the_teacher_sees_the_runs_and_no_drawing_is_left(open_school):
    school = open_school().draw().begin()
    school.wait_for("done")
    assert school.list_names(ANN) == [f"class {school.lesson.code} after MNIST", f"class {school.lesson.code}"]
    assert school.list_names(BOB) == []
    kept = [path for path in (school.folder / "runs").rglob("*") if path.is_file()]
    assert "own.npz" not in {path.name for path in kept}
    assert not any(b"secret" in path.read_bytes() for path in kept)
    run = school.runs.look(ANN)["runs"][0]["id"]
    with pytest.raises(QueryError, match="not kept"):
        school.runs.steer(ANN, run, "longer", 3)


def test_the_network_is_kept_for_all_or_thrown_away(open_school):
    school = open_school().draw().begin()
    with pytest.raises(QueryError, match="taught by this class"):
        school.training.keep(school.lesson.teacher)
    with pytest.raises(RoomError, match="Wait"):
        school.training.drop(school.lesson.teacher)
    school.wait_for("done")
    assert school.training.keep(school.lesson.teacher) == school.training.keep(school.lesson.teacher) == "Our class"
    assert school.training.keep(school.lesson.teacher, "7b of 2026") == "7b of 2026"
    assert school.runs.may_see(BOB, "7b of 2026")
    school.training.drop(school.lesson.teacher)
    assert list(models_dir(school.folder).iterdir()) == []


def test_it_is_told_before_the_step_changes_that_nothing_can_be_taught(open_school):
    school = open_school()
    school.lesson.start("teach_it")
    with pytest.raises(DataError, match="no labelled drawings"):
        school.begin()
    school.lesson.start("our_handwriting")
    with pytest.raises(RoomError, match="Start the activity"):
        school.begin()
    with pytest.raises(DataError, match=r"two pupils.*there are 1"):
        school.draw(1).begin()
    assert (school.step, school.told) == ("guess", None)


def test_where_nobody_trains_that_is_said(open_school):
    with pytest.raises(RefusedError, match="switched off"):
        open_school(training="off").draw().begin()


def test_one_training_at_a_time(open_school):
    school = open_school(steps=40).draw().begin()
    with pytest.raises(RoomError, match="already"):
        school.begin()


def test_what_goes_wrong_is_told_on_the_wall_and_it_can_be_begun_again(open_school):
    school = open_school(dies=True).draw().begin()
    assert "has ended" in school.wait_for("failed")["error"]
    assert school.step == "training"
    wait_until(lambda: not school.training._going, 60)
    assert school.list_names(ANN) == []
    assert school.begin().told["state"] != "failed"


def test_a_room_that_ends_takes_its_runs_with_it(open_school):
    school = open_school(steps=200).draw().begin()
    wait_until(lambda: school.told["state"] == "training", 60)
    school.lesson.rooms.end_room(school.lesson.teacher)
    wait_until(lambda: school.list_names(ANN) == [], 60)
    assert not list((school.folder / "runs").rglob("own.npz"))


def test_what_a_class_has_taught_ends_with_its_room_unless_it_is_kept(open_school):
    school = open_school().draw().begin()
    school.wait_for("done")
    school.training.keep(school.lesson.teacher)
    school.training.end_room(school.lesson.teacher)
    assert [path.name for path in models_dir(school.folder).iterdir()] == ["Our class"]
    with pytest.raises(UnknownRoomError):
        school.lesson.wall()


def test_a_server_that_is_started_anew_tells_that_the_training_was_lost(open_school):
    school = open_school(steps=200).draw().begin()
    wait_until(lambda: school.told["state"] == "training", 60)
    school.runs.close()
    later = Runs(None, school.folder, command=[sys.executable, "-c", "raise SystemExit"])
    ClassTraining(school.lesson.rooms, later, school.models)
    assert (school.told["state"], "once more" in school.told["error"]) == ("failed", True)
    assert later.list_of_rooms() == []
    assert not list((school.folder / "runs").rglob("own.npz"))
    later.close()
