"""Computations that take long, one after another, in processes of their own with a low priority: the pad never waits.

Each is one call of `python -m mnist_core answers`. Knows nothing of Gradio.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from ..models.store import StoredModel
from ..paths import ASSETS_DIR

# What has ended is not begun again at once: if it failed, it would most likely fail again.
_PAUSE_SECONDS = 60
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
        return self.ended is not None and time.monotonic() - self.ended > _PAUSE_SECONDS


class Jobs:
    """The computations of one server; may be called from any thread.

    Args:
        data_dir: The data that the program was given.
        cache_dir: Where answers are kept.
    """

    def __init__(self, data_dir: Path | None, cache_dir: Path) -> None:
        # The computation runs in another folder.
        self._data_dir = Path(data_dir).expanduser().absolute() if data_dir else None
        self._cache_dir = Path(cache_dir).expanduser().absolute()
        self._jobs: OrderedDict[Key, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._is_working = False
        atexit.register(self._stop)

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
                self._run(key, job)
            except Exception as error:  # whatever it is, the next computation must still begin
                _log.exception("the answers of %s for %s could not be computed", *key[::-1])
                job.problem = f"The computation could not be started: {error}."
            finally:
                self._stop()
                job.ended = time.monotonic()

    def _run(self, key: Key, job: Job) -> None:
        split, folder = key
        command = [sys.executable, "-m", "mnist_core", "answers", split, "--model", str(folder), "--shares"]
        command += ["--data-dir", str(self._data_dir)] if self._data_dir else []
        # One thread: the other processors are for those who draw.
        environment = {**os.environ, "MNIST_CACHE_DIR": str(self._cache_dir), "OPENBLAS_NUM_THREADS": "1"}
        if not self._data_dir:
            environment.pop("MNIST_DATA_DIR", None)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            self._process = subprocess.Popen(
                command,
                cwd=ASSETS_DIR.parent,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=said,
                encoding="utf-8",
                errors="replace",
                creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),  # elsewhere it is nice by itself
            )
            for line in self._process.stdout:
                job.share = _read_share(line, job.share)
            if self._process.wait():
                said.seek(0)
                lines = [line.strip() for line in said if line.strip()]
                reason = lines[-1].removeprefix("answers: ") if lines else f"exit code {self._process.returncode}"
                job.problem = f"The model's answers could not be computed: {reason}"

    def _stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()


def _read_share(line: str, before: float) -> float:
    """A share that the command printed; what else it prints changes nothing."""
    try:
        return min(1.0, max(0.0, float(line)))
    except ValueError:
        return before
