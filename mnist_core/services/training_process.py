"""The process that trains, as the server sees it: begun when it is wanted, kept while it is used."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from ..errors import TrainingError
from .child_process import ChildEndedError, ChildProcess, Message, name_command

IDLE_SECONDS = 300.0
_COMMAND = name_command("mnist_core.services.training_worker")
# How long TensorFlow may take to load, and mostly takes: what the progress shown goes by.
_LOADING_PATIENCE_SECONDS = 300.0
_LOADING_SECONDS = 6.0


class TrainingProcess:
    """One such process; one thread starts it and receives, any may give orders.

    Args:
        data_dir: The data that the program was given.
        cache_dir: Where data, runs and models are kept.
        device: What is to compute, see `devices.choose_devices`.
        command: What is run.
        idle_seconds: How long it stays when there is nothing to do.
    """

    def __init__(
        self,
        data_dir: Path | None,
        cache_dir: Path,
        device: str = "auto",
        command: Sequence[str] = _COMMAND,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        # It runs in another folder.
        data = str(Path(data_dir).expanduser().absolute()) if data_dir else None
        self._places = {
            "data": data,
            "cache": str(cache_dir.expanduser().absolute()),
            "device": device,
            "idle_seconds": idle_seconds,
        }
        self._command = command
        self._child: ChildProcess | None = None
        self._started = 0.0
        self._is_ready = self._is_closed = False
        self._sending = threading.Lock()
        self.problem = ""

    @property
    def engine(self) -> str:
        """Where it stands: cold, loading or warm."""
        if self._child is None or not self._child.is_alive:
            return "cold"
        return "warm" if self._is_ready else "loading"

    @property
    def share(self) -> float:
        """How far it is with loading, in [0, 1], as far as time tells."""
        if self.engine == "loading":
            return min(0.95, (time.monotonic() - self._started) / _LOADING_SECONDS)
        return float(self.engine == "warm")

    def start(self) -> None:
        """Makes sure that it is ready; waits until it is.

        Raises:
            TrainingError: It cannot be started, or TensorFlow cannot be loaded.
        """
        if self.engine == "warm" and self.order({"do": "wait"}):
            return
        try:
            self._is_ready, self._started = False, time.monotonic()
            self._child = ChildProcess(self._command, is_background=True, uses_all=True)
            if self._is_closed:
                self._child.kill()
            self._child.send(self._places)
            loaded = self._child.receive(_LOADING_PATIENCE_SECONDS)
        except (OSError, ChildEndedError) as error:
            self.kill()
            self.problem = f"The process that trains could not be started: {error}."
            raise TrainingError("The process that trains could not be started: {error}.", error=error) from error
        self.problem = loaded.get("error", "")
        if self.problem:
            raise TrainingError(self.problem)
        self._is_ready = True

    def order(self, order: Message) -> bool:
        """Gives it an order; returns whether it could be given."""
        with self._sending:
            try:
                if self._child is None:
                    return False
                self._child.send(order)
            except ChildEndedError:
                return False
        return True

    def receive(self, seconds: float) -> Message | None:
        """Returns what it tells next; None when it has told nothing for so many seconds.

        Raises:
            ChildEndedError: It has ended.
        """
        if self._child is None:
            raise ChildEndedError("it was not started")
        try:
            return self._child.receive(seconds)
        except TimeoutError:
            return None

    def close(self) -> None:
        """Ends it for good."""
        self._is_closed = True
        self.kill()

    def kill(self) -> None:
        """Ends it, whatever it does; the next start begins another."""
        if self._child:
            self._child.kill()
