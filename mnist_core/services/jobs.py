"""Computations that take long, one after another, in processes of their own with a low priority: the pad never waits.

Each is one run of `answer_worker`. Knows nothing of Gradio.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from ..models.store import StoredModel
from .child_process import ChildEndedError, ChildProcess, name_command

_WORKER = "mnist_core.services.answer_worker"
# A computation that tells nothing for so long hangs: a slow machine takes a minute from one share to the next.
PATIENCE_SECONDS = 900
# What has ended is not begun again at once: if it failed, it would most likely fail again.
PAUSE_SECONDS = 60
_MOST_WAITING = 50

Key = tuple[str, Path]

_log = logging.getLogger(__name__)


@dataclass
class Job:
    """A computation: the share that is done, in [0, 1], and once it has failed, why."""

    share: float = 0.0
    problem: str = ""
    ended: float | None = None
    stamp: Hashable = None

    @property
    def may_begin_again(self) -> bool:
        """Whether it ended so long ago that it may be tried once more."""
        return self.ended is not None and time.monotonic() - self.ended > PAUSE_SECONDS


class Jobs:
    """The computations of one server; may be called from any thread.

    Args:
        data_dir: The data that the program was given.
        cache_dir: Where answers are kept.
    """

    def __init__(self, data_dir: Path | None, cache_dir: Path) -> None:
        # A computation runs in another folder.
        self._data_dir = Path(data_dir).expanduser().absolute() if data_dir else None
        self._cache_dir = Path(cache_dir).expanduser().absolute()
        self._jobs: OrderedDict[Key, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._is_working = False

    def ask(self, split: str, stored: StoredModel, stamp: Hashable = None) -> Job:
        """Begins a computation for a split and a model, unless it waits, runs or has just ended.

        Args:
            split: Name of the split.
            stored: The model.
            stamp: Another one than when it ended begins it anew at once: data or model are others.
        """
        key = split, stored.folder.absolute()
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.may_begin_again or (job.ended is not None and job.stamp != stamp is not None):
                if sum(other.ended is None for other in self._jobs.values()) >= _MOST_WAITING:
                    return Job(problem="Too many computations are waiting. Try again in a minute.")
                job = self._jobs[key] = Job(stamp=stamp)
            if not self._is_working:
                self._is_working = True
                threading.Thread(target=self._work, daemon=True).start()
        return job

    def _work(self) -> None:
        while True:
            with self._lock:
                waiting = [(key, job) for key, job in self._jobs.items() if job.ended is None]
                if not waiting:
                    self._is_working = False
                    return
            key, job = waiting[0]
            try:
                problem = self._run(key, job)
                job.problem = problem and f"The model's answers could not be computed: {problem}"
            except Exception as error:  # whatever it is, the next computation must still begin
                _log.exception("the answers of %s for %s could not be computed", *key[::-1])
                job.problem = f"The computation could not be started: {error}."
            finally:
                job.ended = time.monotonic()

    def _run(self, key: Key, job: Job) -> str:
        """Returns why it failed; empty where it has not."""
        split, folder = key
        child = ChildProcess(name_command(_WORKER), is_background=True)
        try:
            data = self._data_dir and str(self._data_dir)
            child.send({"split": split, "model": str(folder), "data": data, "cache": str(self._cache_dir)})
            while "problem" not in (message := child.receive(PATIENCE_SECONDS)):
                job.share = message["share"]
            return message["problem"]
        except ChildEndedError as error:
            return str(error)
        except TimeoutError as error:
            return f"{error}, so it was stopped."
        finally:
            child.kill()
