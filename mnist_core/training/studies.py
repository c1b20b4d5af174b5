"""Where a search keeps its trials: an Optuna storage in which a worker that died is noticed.

Several processes or machines work on one study when they name the same journal file or the same database. Each records
that it is alive; the trial of one that no longer does goes back to the others. Nothing here knows what a trial is.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
from optuna.exceptions import ExperimentalWarning, UpdateFinishedTrialError
from optuna.storages import JournalStorage, RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.storages._heartbeat import BaseHeartbeat
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from ..errors import StorageError

HEARTBEAT_SECONDS = 10
# A worker that trains is busy, and may be late by several heartbeats.
GRACE_SECONDS = 60
_ALIVE = "alive_at"


def open_study(
    where: str, name: str, sampler: optuna.samplers.BaseSampler, pruner: optuna.pruners.BasePruner
) -> optuna.Study:
    """Opens a study that maximises, or starts it.

    Args:
        where: Path of a journal file, or the URL of a database, as in `sqlite:///trials.db`.
        name: Name of the study; a file or database may hold several.
        sampler: Chooses what to try next.
        pruner: Gives hopeless trials up.

    Raises:
        StorageError: The file or the database cannot be opened.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with without_warnings():
            storage = _open_storage(where)
        return optuna.create_study(
            storage=storage,
            study_name=name,
            sampler=sampler,
            pruner=pruner,
            direction="maximize",
            load_if_exists=True,
        )
    except Exception as error:  # drivers, files and databases each have errors of their own
        place = hide_password(where)
        raise StorageError(
            f"The study cannot be kept in {place}: {str(error).replace(where, place)}. Expected the path of a "
            "file, or a database's URL as in sqlite:///trials.db.",
            Path(place),
        ) from error


def hide_password(where: str) -> str:
    """The same place, fit to be shown."""
    return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1***@", where)


def requeue(study: optuna.Study, trial: FrozenTrial) -> None:
    """Puts a trial that was broken off back, to be taken up by whoever is free."""
    with without_warnings():
        RetryHeartbeatStaleTrialCallback()(study, trial)


def was_requeued(study: optuna.Study, number: int) -> bool:
    """Whether a trial has been put back already."""
    trials = study.get_trials(deepcopy=False)
    with without_warnings():
        return any(number in RetryHeartbeatStaleTrialCallback.retry_history(trial) for trial in trials)


def return_stale_trials(study: optuna.Study) -> None:
    """Puts the trials of workers that died back."""
    with without_warnings():
        optuna.storages.fail_stale_trials(study)


@contextmanager
def without_warnings() -> Iterator[None]:
    """Optuna calls some of what is used here experimental, which whoever waits for a search need not read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        yield


class _Watched(BaseHeartbeat):
    """A storage in which each worker notes when it was last alive: for files, too, where Optuna has no heartbeat."""

    def record_heartbeat(self, trial_id: int) -> None:
        # A worker that was silent for too long may have lost its trial to another.
        with contextlib.suppress(UpdateFinishedTrialError):
            self.set_trial_system_attr(trial_id, _ALIVE, time.time())

    def _get_stale_trial_ids(self, study_id: int) -> list[int]:
        running = self.get_all_trials(study_id, deepcopy=False, states=(TrialState.RUNNING,))
        limit = time.time() - GRACE_SECONDS
        return [trial._trial_id for trial in running if _alive_at(trial) < limit]

    def get_heartbeat_interval(self) -> float:
        return HEARTBEAT_SECONDS

    def get_heartbeat_stale_trial_callback(self) -> Callable[[optuna.Study, FrozenTrial], None]:
        return requeue


class _WatchedJournal(_Watched, JournalStorage):
    pass


class _WatchedDatabase(_Watched, RDBStorage):
    pass


def _open_storage(where: str) -> _Watched:
    if "://" in where:
        if where in ("sqlite://", "sqlite:///") or ":memory:" in where:
            raise ValueError("a database in memory is lost with its process")
        return _WatchedDatabase(where)
    path = Path(where).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    _check_journal(path)
    return _WatchedJournal(JournalFileBackend(str(path)))


def _check_journal(path: Path) -> None:
    """Makes sure that nobody's notes are written into: a journal is appended to."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            entry = json.loads(file.readline())
        if not isinstance(entry, dict) or "op_code" not in entry:
            raise ValueError("it holds something else than a study")


def _alive_at(trial: FrozenTrial) -> float:
    """When the worker of a running trial last said that it lives."""
    # A trial that was put back still has an earlier worker's word.
    return max(trial.system_attrs.get(_ALIVE, 0), trial.datetime_start.timestamp())
