"""Where a search keeps its trials: an Optuna storage in which a worker that died is noticed.

Several processes or machines work on one study when they name the same journal file or the same database. Each records
that it is alive; the trial of one that no longer does goes back to the others. Nothing here knows what a trial is.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.storages import JournalStorage, RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.storages._heartbeat import BaseHeartbeat
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from .errors import StorageError

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
        with _without_warnings():
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
        raise StorageError(
            f"The study cannot be kept in {where}: {error}. Expected the path of a file, or a database's URL as in "
            "sqlite:///trials.db.",
            Path(where),
        ) from error


def requeue(study: optuna.Study, trial: FrozenTrial) -> None:
    """Puts a trial that was broken off back, to be taken up by whoever is free."""
    with _without_warnings():
        RetryHeartbeatStaleTrialCallback()(study, trial)


def return_stale_trials(study: optuna.Study) -> None:
    """Puts the trials of workers that died back."""
    with _without_warnings():
        optuna.storages.fail_stale_trials(study)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Optuna calls its heartbeat experimental, which whoever waits for a search need not read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        yield


def _open_storage(where: str) -> optuna.storages.BaseStorage:
    if "://" in where:
        return RDBStorage(
            where,
            heartbeat_interval=HEARTBEAT_SECONDS,
            grace_period=GRACE_SECONDS,
            heartbeat_stale_trial_callback=requeue,
        )
    path = Path(where).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    return _WatchedJournal(JournalFileBackend(str(path)))


class _WatchedJournal(JournalStorage, BaseHeartbeat):
    """A journal file with the heartbeat that Optuna has for databases only."""

    def record_heartbeat(self, trial_id: int) -> None:
        self.set_trial_system_attr(trial_id, _ALIVE, time.time())

    def _get_stale_trial_ids(self, study_id: int) -> list[int]:
        running = self.get_all_trials(study_id, deepcopy=False, states=(TrialState.RUNNING,))
        limit = time.time() - GRACE_SECONDS
        return [trial._trial_id for trial in running if _alive_at(trial) < limit]

    def get_heartbeat_interval(self) -> int:
        return HEARTBEAT_SECONDS

    def get_heartbeat_stale_trial_callback(self) -> Callable[[optuna.Study, FrozenTrial], None]:
        return requeue


def _alive_at(trial: FrozenTrial) -> float:
    """When the worker of a running trial last said that it lives."""
    # A trial that was put back still has an earlier worker's word.
    return max(trial.system_attrs.get(_ALIVE, 0), trial.datetime_start.timestamp())
