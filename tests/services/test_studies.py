"""Experiments train one network after another in the queue of all runs, and go on where they were broken off."""

import json
import sys

import pytest
from support.experiments import STAND_IN
from support.library import wait_until

from mnist_core.errors import QueryError, RefusedError
from mnist_core.hosting.identity import Visitor
from mnist_core.services.runs import Limits, Runs
from mnist_core.services.studies import SMALL, Studies

ANN, BOB = Visitor("a" * 22), Visitor("b" * 22)


@pytest.fixture
def open_studies(tmp_path):
    opened = []

    def open_studies(**limits):
        for runs in opened:
            runs.close()
        opened.append(Runs(None, tmp_path, Limits(**limits), command=[sys.executable, "-c", STAND_IN]))
        return Studies(opened[-1])

    yield open_studies
    for runs in opened:
        runs.close()


@pytest.fixture
def studies(open_studies):
    return open_studies()


def look(studies, study, visitor=ANN):
    return studies.look(visitor, study)["study"]


def wait_for(studies, study, state="done"):
    wait_until(lambda: look(studies, study)["state"] == state, 60)
    return look(studies, study)


def listed(studies):
    return studies._runs.look(ANN)["runs"]


def begin_endless(studies, visitor=ANN):
    study = studies.begin(visitor, "activations", {"limit": 777})
    wait_until(lambda: look(studies, study)["trials"][0]["state"] == "running", 60)
    return study


def test_every_activation_is_trained_and_stored(studies):
    study = wait_for(studies, studies.begin(ANN, "activations", {"seeds": 2}))
    points = [tuple(trial["point"].values()) for trial in study["trials"]]
    assert points == [(name, seed) for seed in (0, 1) for name in ("relu", "sigmoid", "tanh")]
    assert len({trial["model"] for trial in study["trials"]}) == 6
    assert study["best"] == max(trial["validation"] for trial in study["trials"])
    assert (study["ended"], study["total"], study["settings"]["limit"]) == (6, 6, 2000)


def test_an_ablation_is_judged_with_pen_ink_whatever_it_leaves_out(studies):
    study = wait_for(studies, studies.begin(ANN, "ablation", {}))
    assert [trial["ink"] for trial in study["trials"]] == [0.8] * 8


def test_what_is_stored_is_not_trained_again_and_leaves_no_run(studies):
    first = wait_for(studies, studies.begin(ANN, "grid", {"trials": 3}))
    second = wait_for(studies, studies.begin(ANN, "grid", {"trials": 4}))
    assert [trial["found"] for trial in second["trials"]] == [True, True, True, False]
    assert [trial["model"] for trial in second["trials"]][:3] == [trial["model"] for trial in first["trials"]]
    assert len(listed(studies)) == 4


def test_what_another_visitor_has_trained_is_neither_shown_nor_used(studies):
    wait_for(studies, anns := studies.begin(ANN, "grid", {"trials": 2}))
    assert {trial["model"] for trial in look(studies, anns, BOB)["trials"]} == {""}
    bobs = studies.begin(BOB, "grid", {"trials": 2})
    assert not any(trial["found"] for trial in wait_for(studies, bobs)["trials"])
    with pytest.raises(RefusedError):
        studies.steer(BOB, anns, "delete")


def test_test_figures_are_told_when_all_has_ended(studies):
    study = begin_endless(studies)
    assert {trial["test"] for trial in look(studies, study)["trials"]} == {None}
    studies.steer(ANN, study, "stop")
    wait_for(studies, study, "stopped")
    ended = wait_for(studies, studies.begin(ANN, "activations", {}))
    assert all(trial["test"] for trial in ended["trials"])


def test_a_run_that_is_stopped_stops_its_experiment_which_can_go_on(studies):
    study = begin_endless(studies)
    studies._runs.steer(ANN, look(studies, study)["trials"][0]["run"], "stop")
    stopped = wait_for(studies, study, "stopped")
    assert [trial["state"] for trial in stopped["trials"]] == ["stopped", "", ""]
    assert (stopped["ended"], stopped["best"]) == (0, None)
    studies.steer(ANN, study, "resume")
    assert look(studies, study)["state"] == "going"
    studies.steer(ANN, study, "stop")
    wait_for(studies, study, "stopped")


def test_one_that_was_interrupted_goes_on_after_the_server_was_restarted(open_studies):
    first = open_studies()
    study = begin_endless(first)
    again = open_studies()
    interrupted = look(again, study)
    assert (interrupted["state"], interrupted["trials"][0]["state"]) == ("interrupted", "interrupted")
    again.steer(ANN, study, "resume")
    assert look(again, study)["state"] == "going"


def test_failures_of_all_end_it(studies):
    study = wait_for(studies, studies.begin(ANN, "ablation", {"limit": 666}), "failed")
    assert [trial["state"] for trial in study["trials"]] == ["failed"] * 3 + [""] * 5
    assert study["problem"] == "no"


def test_runs_of_others_come_between(studies):
    runs = studies._runs
    first = runs.begin(BOB, "fast", {"limit": 777})
    wait_until(lambda: listed(studies)[0]["state"] == "running", 60)
    study = studies.begin(ANN, "grid", {"trials": 2})
    runs.begin(BOB, "lenet", {})
    runs.steer(BOB, first, "stop")
    wait_for(studies, study)
    assert [run["name"] for run in listed(studies)] == ["grid 2", "lenet", "grid 1", "fast"]


def test_a_visitor_has_one_at_a_time(studies):
    study = begin_endless(studies)
    with pytest.raises(RefusedError, match="Another experiment"):
        studies.begin(ANN, "grid", {})
    studies.steer(BOB, studies.begin(BOB, "grid", {}), "stop")
    with pytest.raises(QueryError, match="not ended"):
        studies.steer(ANN, study, "delete")


def test_it_is_deleted_with_its_models(studies, tmp_path):
    study = studies.begin(ANN, "activations", {})
    wait_for(studies, study)
    studies.steer(ANN, study, "delete")
    assert (listed(studies), studies.look(ANN)["studies"]) == ([], [])
    assert not [*(tmp_path / "models").glob("*"), *(tmp_path / "runs" / "studies").glob("*")]


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("nothing", {}, "experiment"),
        ("grid", {"trials": 0}, "from 2 to 40"),
        ("grid", {"epochs": "many"}, "epochs"),
        ("activations", {"limit": 10}, "limit"),
        ("ablation", {"epochs": 99}, "At most 5"),
    ],
)
def test_impossible_settings_are_refused(open_studies, kind, settings, words):
    with pytest.raises(QueryError, match=words):
        open_studies(max_epochs=5).begin(ANN, kind, settings)


def test_where_training_is_off_nothing_begins(open_studies):
    with pytest.raises(RefusedError, match="switched off"):
        open_studies(training="off").begin(ANN, "grid", {})


@pytest.mark.parametrize("kind", SMALL)
def test_small_experiments_take_minutes_and_more_take_longer(studies, kind):
    small = studies.estimate(kind, {})
    assert 2 <= small["trials"] <= 8
    assert 10 < small["seconds"] < 600
    assert studies.estimate(kind, {"epochs": 5})["seconds"] > small["seconds"]


def test_visitors_are_not_named_on_disk_and_an_odd_file_is_passed_over(open_studies, tmp_path):
    studies = open_studies()
    study = studies.begin(ANN, "grid", {"trials": 2})
    wait_for(studies, study)
    text = (tmp_path / "runs" / "studies" / f"{study}.json").read_text()
    assert ANN.id not in text
    for name, values in {"odd": [], "old": {**json.loads(text), "colour": 1}}.items():
        (tmp_path / "runs" / "studies" / f"{name}.json").write_text(json.dumps(values))
    assert [each["id"] for each in open_studies().look(ANN)["studies"]] == [study]
