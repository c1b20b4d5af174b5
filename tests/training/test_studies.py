"""A study is kept in a database or a file, and the trial of a worker that died goes back to the others."""

import os
import threading
import time
from pathlib import Path

import optuna
import pytest
from optuna.exceptions import StorageInternalError
from optuna.trial import TrialState

from mnist_core.errors import StorageError
from mnist_core.training import studies
from mnist_core.training.search_settings import default_storage

KINDS = pytest.mark.parametrize("where", ["{}/some.journal", "sqlite:///{}/some.db"], ids=["journal", "sqlite"])


def open_study(where, name="some"):
    sampler, pruner = optuna.samplers.RandomSampler(seed=0), optuna.pruners.NopPruner()
    return studies.open_study(str(where), name, sampler, pruner)


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """A place that cannot be opened is tried again at once."""
    monkeypatch.setattr(studies, "PAUSE_SECONDS", 0)


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


@pytest.mark.parametrize("where", ["{}/deep/deeper/some", "sqlite:///{}/deep/deeper/some"])
def test_folders_are_made(where, tmp_path):
    open_study(where.format(tmp_path))
    assert (tmp_path / "deep/deeper/some").is_file()


def test_without_a_place_a_study_is_kept_in_a_database_in_the_cache_folder(tmp_path):
    assert default_storage(tmp_path) == f"sqlite:///{tmp_path}/studies/grid.db"


def test_a_journal_that_was_begun_in_the_cache_folder_is_gone_on_with(tmp_path):
    open_study(tmp_path / "studies/grid.journal").optimize(lambda trial: 1.0, n_trials=1)
    assert states(open_study(default_storage(tmp_path))) == [TrialState.COMPLETE]


def test_a_database_that_others_are_just_making_is_opened_when_it_is_made(tmp_path, monkeypatch):
    attempts = []

    def open_database(where):
        attempts.append(where)
        if len(attempts) < 3:
            raise OSError("table studies already exists")
        return optuna.storages.RDBStorage(where)

    monkeypatch.setattr(studies, "RDBStorage", open_database)
    assert states(open_study(f"sqlite:///{tmp_path}/some.db")) == []
    assert len(attempts) == 3


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
        "sqlite:///{}/file/some.db",
        "sqlite:///{}",
        "nonesuch://place",
        "mysql+nonesuch://user@127.0.0.1:1/trials",
        "oracle://user@127.0.0.1:1/trials",
    ],
    ids=[
        "folder",
        "below a file",
        "below a device",
        "below a file too",
        "folder as database",
        "scheme",
        "dialect",
        "driver",
    ],
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
    assert study.trials[1].user_attrs == {"note": "kept", "repeats": 0}


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


def test_a_trial_whose_worker_says_that_it_lives_is_kept(study, monkeypatch):
    trial = begin(study)
    age(monkeypatch, studies.GRACE_SECONDS + 1)
    with studies.keep_alive(trial):
        studies.return_stale_trials(study)
    assert states(study) == [TrialState.RUNNING]


def test_an_earlier_workers_last_word_does_not_count_against_the_next(study, monkeypatch):
    """Nor does it follow a trial that was put back: its new worker has not spoken yet."""
    with studies.keep_alive(begin(study)):
        pass
    with monkeypatch.context() as patch:
        age(patch, 2 * studies.GRACE_SECONDS)
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
    study, said, give_up = open_study(where.format(tmp_path)), set(), time.monotonic() + 20

    def work(trial):
        with studies.keep_alive(trial):
            while len(said) < 3:
                assert time.monotonic() < give_up
                said.add(study.trials[0].user_attrs["alive_at"])
        return 1.0

    study.optimize(work, n_trials=1)
    assert states(study) == [TrialState.COMPLETE]


def test_a_worker_that_lost_its_trial_says_no_more(study, monkeypatch):
    """And does not fail for it."""
    monkeypatch.setattr(studies, "HEARTBEAT_SECONDS", 0.01)
    before = threading.active_count()
    with studies.keep_alive(begin(study)):
        study.tell(0, state=TrialState.FAIL)
        give_up = time.monotonic() + 20
        while threading.active_count() > before:
            assert time.monotonic() < give_up
    assert states(study) == [TrialState.FAIL]


def test_a_storage_that_is_out_of_reach_for_a_while_loses_no_trial(study, monkeypatch):
    monkeypatch.setattr(studies, "HEARTBEAT_SECONDS", 0.01)
    trial, answers, give_up = begin(study), ["", OSError, StorageInternalError, ""], time.monotonic() + 20

    def note(name, value):
        if answers and (problem := answers.pop(0)):
            raise problem

    monkeypatch.setattr(trial, "set_user_attr", note)
    with studies.keep_alive(trial):
        while answers:
            assert time.monotonic() < give_up


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
