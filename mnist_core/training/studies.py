"""Where a search keeps its trials: an Optuna storage in which a worker that died is noticed.

Several processes or machines work on one study when they name the same database or the same journal file. Each notes
with its trial that it is alive; the trial of one that no longer does goes back to the others. Optuna has a heartbeat of
its own, but not for files, and it misses who died before the first one. Nothing here knows what a trial is.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import StorageInternalError, UpdateFinishedTrialError
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from ..errors import StorageError
from .search_settings import SQLITE, hide_password

HEARTBEAT_SECONDS = 10
# A worker that trains is busy, and may be late by several heartbeats.
GRACE_SECONDS = 60

_RETRIES, PAUSE_SECONDS = 4, 0.5
# What is noted with a trial: when its worker last lived, and which trial it makes once more.
_ALIVE, _REPEATS = "alive_at", "repeats"


def open_study(
    where: str, name: str, sampler: optuna.samplers.BaseSampler, pruner: optuna.pruners.BasePruner
) -> optuna.Study:
    """Opens a study that maximises, or starts it.

    Args:
        where: The URL of a database, as in `sqlite:///trials.db`, or the path of a journal file.
        name: Name of the study; a database or file may hold several.
        sampler: Chooses what to try next.
        pruner: Gives hopeless trials up.

    Raises:
        StorageError: The database or the file cannot be opened.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    options = {"study_name": name, "sampler": sampler, "pruner": pruner, "direction": "maximize"}
    try:
        return _create_study(where, options)
    except Exception as error:  # drivers, files and databases each have errors of their own
        place = hide_password(where)
        raise StorageError(
            "The study cannot be kept in {place}: {error}. Expected a database's URL as in "
            "sqlite:///trials.db, or the path of a file.",
            Path(place),
            place=place,
            error=str(error).replace(where, place),
        ) from error


def _create_study(where: str, options: dict[str, Any]) -> optuna.Study:
    for _ in range(_RETRIES if "://" in where else 0):
        # Of workers that begin a database together only one can make its tables.
        with contextlib.suppress(Exception):
            return optuna.create_study(storage=_open_storage(where), load_if_exists=True, **options)
        time.sleep(PAUSE_SECONDS)
    return optuna.create_study(storage=_open_storage(where), load_if_exists=True, **options)


@contextmanager
def keep_alive(trial: optuna.Trial) -> Iterator[None]:
    """Notes again and again, while a trial is made, that its worker lives."""
    done = threading.Event()

    def note() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            try:
                trial.set_user_attr(_ALIVE, time.time())
            except UpdateFinishedTrialError:  # it was silent for too long, and another worker has the trial
                return
            except (StorageInternalError, OSError):  # out of reach for now
                continue

    trial.set_user_attr(_ALIVE, time.time())
    thread = threading.Thread(target=note, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def return_stale_trials(study: optuna.Study) -> None:
    """Puts the trials of workers that died back."""
    limit = time.time() - GRACE_SECONDS
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if trial.user_attrs.get(_ALIVE, trial.datetime_start.timestamp() if trial.datetime_start else 0) >= limit:
            continue
        try:
            study.tell(trial.number, state=TrialState.FAIL)
        except (UpdateFinishedTrialError, ValueError):  # another worker has noticed it, too, or it was only late
            continue
        requeue(study, trial)


def requeue(study: optuna.Study, trial: FrozenTrial) -> None:
    """Puts a trial that was broken off back, to be taken up by whoever is free."""
    noted = {name: value for name, value in trial.user_attrs.items() if name != _ALIVE}
    study.add_trial(
        optuna.create_trial(
            state=TrialState.WAITING,
            params=trial.params,
            distributions=trial.distributions,
            user_attrs={**noted, _REPEATS: trial.number},
        )
    )


def was_requeued(study: optuna.Study, number: int) -> bool:
    """Returns whether a trial has been put back already."""
    return any(trial.user_attrs.get(_REPEATS) == number for trial in study.get_trials(deepcopy=False))


def _open_storage(where: str) -> BaseStorage:
    if "://" in where:
        if where in ("sqlite://", SQLITE) or ":memory:" in where:
            raise ValueError("a database in memory is lost with its process")
        if where.startswith(SQLITE):
            Path(where.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)
        return RDBStorage(where)
    path = Path(where).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    _check_journal(path)
    return JournalStorage(JournalFileBackend(str(path)))


def _check_journal(path: Path) -> None:
    """Makes sure that nobody's notes are written into: a journal is appended to."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            entry = json.loads(file.readline())
        if not isinstance(entry, dict) or "op_code" not in entry:
            raise ValueError("it holds something other than a study")
