"""A study is kept in a file or a database, and the trial of a worker that died goes back to the others."""

import os
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from mnist_core.errors import StorageError
from mnist_core.training import studies

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:optuna", "ignore::optuna.exceptions.ExperimentalWarning")

KINDS = pytest.mark.parametrize("where", ["{}/some.journal", "sqlite:///{}/some.db"], ids=["journal", "sqlite"])


def open_study(where, name="some"):
    sampler, pruner = optuna.samplers.RandomSampler(seed=0), optuna.pruners.NopPruner()
    return studies.open_study(str(where), name, sampler, pruner)


@pytest.fixture
def study(tmp_path):
    return open_study(tmp_path / "some.journal")


def begin(study):
    """A trial in the middle of its work."""
    trial = study.ask()
    trial.suggest_categorical("kernel", (3, 5))
    trial.set_user_attr("note", "kept")
    return trial


def states(study):
    return [trial.state for trial in study.trials]


# Opening


@KINDS
def test_a_study_opened_again_has_its_trials(where, tmp_path):
    where = where.format(tmp_path)
    open_study(where).optimize(lambda trial: trial.suggest_categorical("kernel", (3, 5)), n_trials=3)
    again = open_study(where)
    assert states(again) == [TrialState.COMPLETE] * 3
    assert again.best_value == max(trial.params["kernel"] for trial in again.trials)


@KINDS
def test_a_place_holds_several_studies(where, tmp_path):
    where = where.format(tmp_path)
    open_study(where, "first").optimize(lambda trial: 1.0, n_trials=1)
    assert len(open_study(where, "second").trials) == 0
    assert len(open_study(where, "first").trials) == 1


@KINDS
def test_more_is_better(where, tmp_path):
    assert open_study(where.format(tmp_path)).direction == optuna.study.StudyDirection.MAXIMIZE


def test_the_folders_of_a_journal_are_made(tmp_path):
    open_study(tmp_path / "deep" / "deeper" / "some.journal")
    assert (tmp_path / "deep" / "deeper" / "some.journal").is_file()


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    open_study("~/some.journal")
    assert (tmp_path / "some.journal").is_file()


def test_opening_says_nothing(tmp_path, capfd, recwarn):
    """Optuna would report every trial, and warn of what is experimental."""
    for where in (tmp_path / "some.journal", f"sqlite:///{tmp_path}/some.db"):
        open_study(where).optimize(lambda trial: 1.0, n_trials=1)
    assert (*capfd.readouterr(), list(recwarn)) == ("", "", [])


@pytest.mark.parametrize(
    "where",
    [
        "{}",
        "{}/file/some.journal",
        "/dev/null/some.journal",
        "sqlite:///{}/none/some.db",
        "sqlite:///{}",
        "nonesuch://place",
        "mysql+nonesuch://user@127.0.0.1:1/trials",
        "oracle://user@127.0.0.1:1/trials",
    ],
    ids=["folder", "below a file", "below a device", "no folder", "folder as database", "scheme", "dialect", "driver"],
)
def test_a_place_that_cannot_hold_a_study_is_named(where, tmp_path):
    (tmp_path / "file").write_text("")
    where = where.format(tmp_path)
    with pytest.raises(StorageError, match="cannot be kept in") as caught:
        open_study(where)
    assert f"in {where}: " in str(caught.value)
    assert "sqlite:///" in str(caught.value)
    assert caught.value.path == Path(where)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match=r"some\.journal"):
        open_study(tmp_path / "some.journal")
    tmp_path.chmod(0o700)


def test_a_file_that_is_no_journal_is_refused_and_kept(tmp_path):
    (tmp_path / "README.md").write_text("# A title\n\nAnd a text.\n")
    with pytest.raises(StorageError, match=r"README\.md"):
        open_study(tmp_path / "README.md")
    assert (tmp_path / "README.md").read_text() == "# A title\n\nAnd a text.\n"


# Workers that died


def age(monkeypatch, seconds):
    """Lets time pass for those who look after the others, without a heartbeat."""
    now = studies.time.time
    monkeypatch.setattr(studies.time, "time", lambda: now() + seconds)


def test_a_trial_whose_worker_is_silent_goes_back(study, monkeypatch):
    lost = begin(study)
    age(monkeypatch, studies.GRACE_SECONDS + 1)
    studies.return_stale_trials(study)
    assert states(study) == [TrialState.FAIL, TrialState.WAITING]
    assert study.trials[1].params == lost.params
    assert study.trials[1].user_attrs == {"note": "kept"}


def test_a_trial_that_went_back_is_the_next_one_to_be_made(study, monkeypatch):
    lost = begin(study)
    with monkeypatch.context() as patch:
        age(patch, studies.GRACE_SECONDS + 1)
        studies.return_stale_trials(study)
    taken = study.ask()
    assert taken.number == 1
    assert taken.suggest_categorical("kernel", (3, 5)) == lost.params["kernel"]


def test_a_worker_may_be_late(study, monkeypatch):
    begin(study)
    age(monkeypatch, studies.GRACE_SECONDS - 5)
    studies.return_stale_trials(study)
    assert states(study) == [TrialState.RUNNING]


def test_a_heartbeat_keeps_a_trial(study, monkeypatch):
    trial = begin(study)
    age(monkeypatch, studies.GRACE_SECONDS + 1)
    study._storage.record_heartbeat(trial._trial_id)
    studies.return_stale_trials(study)
    assert states(study) == [TrialState.RUNNING]


def test_an_earlier_workers_last_heartbeat_does_not_count_against_the_next(study, monkeypatch):
    """A trial that was put back still has it when it is taken up, before its new worker has spoken."""
    trial = begin(study)
    study._storage.set_trial_system_attr(trial._trial_id, studies._ALIVE, 1.0)
    with monkeypatch.context() as patch:
        age(patch, studies.GRACE_SECONDS + 1)
        studies.return_stale_trials(study)
    study.ask()
    studies.return_stale_trials(study)
    assert states(study) == [TrialState.FAIL, TrialState.RUNNING]


def test_two_who_notice_a_silence_put_one_trial_back(study, tmp_path, monkeypatch):
    begin(study)
    age(monkeypatch, studies.GRACE_SECONDS + 1)
    for worker in (study, open_study(tmp_path / "some.journal")):
        studies.return_stale_trials(worker)
    assert states(study) == [TrialState.FAIL, TrialState.WAITING]


def test_a_trial_may_go_back_again_and_again(study, monkeypatch):
    lost = begin(study)
    for number in range(1, 4):
        age(monkeypatch, studies.GRACE_SECONDS + 1)
        studies.return_stale_trials(study)
        assert study.ask().number == number
    assert states(study) == [TrialState.FAIL] * 3 + [TrialState.RUNNING]
    assert study.trials[-1].params == lost.params


def test_trials_that_ended_stay_as_they_are(study, monkeypatch):
    study.optimize(lambda trial: 1.0, n_trials=2)
    age(monkeypatch, 10 * studies.GRACE_SECONDS)
    studies.return_stale_trials(study)
    assert states(study) == [TrialState.COMPLETE] * 2


@KINDS
def test_a_worker_says_that_it_lives(where, tmp_path, monkeypatch):
    """While it works, not only when it begins."""
    monkeypatch.setattr(studies, "HEARTBEAT_SECONDS", 0.02)
    study, said, go_on = open_study(where.format(tmp_path)), [], studies.time.monotonic() + 20
    record = type(study._storage).record_heartbeat
    monkeypatch.setattr(type(study._storage), "record_heartbeat", lambda *given: said.append(given) or record(*given))

    def work(trial):
        while len(said) < 3:
            assert studies.time.monotonic() < go_on
            studies.time.sleep(0.01)
        return 1.0

    study.optimize(work, n_trials=1)
    assert states(study) == [TrialState.COMPLETE]


def test_a_trial_that_was_broken_off_is_put_back_with_its_parameters(study):
    broken = begin(study)
    study.tell(broken, state=TrialState.FAIL)
    studies.requeue(study, study.trials[0])
    assert states(study) == [TrialState.FAIL, TrialState.WAITING]
    assert study.trials[1].params == broken.params


@pytest.mark.parametrize("text", ["Dear diary,\n", '{"a": 1}\n', "[1]\n"])
def test_nobodys_notes_are_written_into(tmp_path, text):
    (tmp_path / "notes.txt").write_text(text)
    with pytest.raises(StorageError, match=r"notes\.txt"):
        open_study(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == text


@pytest.mark.parametrize("where", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(where):
    with pytest.raises(StorageError, match="memory"):
        open_study(where)


def test_a_password_is_not_shown():
    with pytest.raises(StorageError) as caught:
        open_study("nosuch://me:secret@host/trials")
    assert "secret" not in str(caught.value)
    assert "me:***@host" in str(caught.value)


@KINDS
def test_a_trial_whose_worker_died_before_its_first_word_comes_back(where, tmp_path, monkeypatch):
    study = open_study(where.format(tmp_path))
    begin(study)
    monkeypatch.setattr(studies, "GRACE_SECONDS", -1)
    studies.return_stale_trials(study)
    assert states(study) == [TrialState.FAIL, TrialState.WAITING]
    assert studies.was_requeued(study, 0)
    assert not studies.was_requeued(study, 1)
