"""A process of its own that is spoken to in JSON, one object a line: the server's end of it, and its own.

The server starts one by its command, sends it messages and receives others; what these say is a matter of those two.
Whatever else the process prints goes to its standard error, whose last line says why it has ended; what it logs comes
to the server's log. It ends with the server, however that ends.
"""

from __future__ import annotations

import atexit
import io
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, cast, overload

from ..paths import PROGRAM_DIR

Message = dict[str, Any]

_ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "3"}
# The other processors are for those who draw.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_NICENESS = 10
# Of standard error: enough for its last line, whatever was printed before it.
_TAIL_BYTES = 1000

_log = logging.getLogger(__name__)


class ChildEndedError(Exception):
    """The process has ended; the message says why."""


def name_command(module: str, *options: str) -> list[str]:
    """Returns the command that runs a module of this project."""
    return [sys.executable, "-m", module, *options]


class ChildProcess:
    """The server's end. One thread at a time may send and receive; any may kill.

    Args:
        command: What is run, see `name_command`.
        is_background: Whether all other processes come first.
        uses_all: Whether it may compute on all processors at once.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, command: Sequence[str], is_background: bool = False, uses_all: bool = False) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=PROGRAM_DIR,
            env={**os.environ, **_ENVIRONMENT, **({} if uses_all else _ONE_THREAD)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) if is_background else 0,
        )
        # All three are there, because all three were asked for.
        self._input = cast(io.BufferedWriter, self._process.stdin)
        self._output = cast(io.BufferedReader, self._process.stdout)
        self._errors = cast(io.BufferedReader, self._process.stderr)
        if is_background and hasattr(os, "setpriority"):
            niceness = max(_NICENESS, os.getpriority(os.PRIO_PROCESS, 0))
            os.setpriority(os.PRIO_PROCESS, self._process.pid, niceness)
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._said = b""
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        threading.Thread(target=self._read, daemon=True).start()
        _children.add(self)

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def send(self, message: Message) -> None:
        """Sends it an object.

        Raises:
            ChildEndedError: It has ended.
        """
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
            self._input.flush()
        except OSError as error:
            raise self._ended() from error

    def receive(self, patience_seconds: float) -> Message:
        """Returns the next object that it has sent.

        Raises:
            ChildEndedError: It has ended.
            TimeoutError: Nothing has come for so long; it still runs.
        """
        try:
            message = self._messages.get(timeout=patience_seconds)
        except queue.Empty:
            raise TimeoutError(f"no answer for {patience_seconds:g} seconds") from None
        if message is None:
            self._messages.put(None)  # for who asks again
            raise self._ended()
        return message

    def kill(self) -> None:
        """Ends it, whatever it does."""
        self._process.kill()
        self._process.wait()

    def _ended(self) -> ChildEndedError:
        """Returns what says why it has ended: the last line that it has printed."""
        self.kill()  # it has closed its end, and may not have ended quite yet
        self._listening.join(timeout=1)
        lines = [line.strip() for line in self._said.decode(errors="replace").splitlines() if line.strip()]
        return ChildEndedError(lines[-1] if lines else f"exit code {self._process.returncode}")

    def _read(self) -> None:
        for line in self._output:
            message = _read_object(line)
            if message is None:
                continue
            if "log" in message:
                _log.log(message["level"], "%s", message["log"])
            else:
                self._messages.put(message)
        self._messages.put(None)

    def _listen(self) -> None:
        while said := self._errors.read1(1 << 16):
            self._said = (self._said + said)[-_TAIL_BYTES:]


_children: weakref.WeakSet[ChildProcess] = weakref.WeakSet()


@atexit.register
def _kill_all() -> None:
    for child in list(_children):
        child.kill()


class Parent:
    """The process's own end, which takes standard input and output away from everybody else."""

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        # Whatever else prints, as TensorFlow does, must not get between the messages.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self._sending = threading.Lock()
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        logging.getLogger().addHandler(_Log(self))

    @overload
    def receive(self) -> Message: ...

    @overload
    def receive(self, seconds: float) -> Message | None: ...

    def receive(self, seconds: float | None = None) -> Message | None:
        """Returns the next object that the server has sent; None when none has come for so many seconds."""
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            return None

    def send(self, message: Message) -> None:
        """Sends the server an object."""
        with self._sending:
            self._answers.write(json.dumps(message) + "\n")
            self._answers.flush()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._messages.put(json.loads(line))
        os._exit(0)  # the server has gone, and nobody waits for an answer


def run_child(work: Callable[[Parent], None]) -> NoReturn:
    """Does the work of such a process, and ends it."""
    code = 1
    try:
        work(Parent())
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        # Otherwise Python would wait for the thread that still reads.
        os._exit(code)


class _Log(logging.Handler):
    """Sends log records to the server."""

    def __init__(self, parent: Parent) -> None:
        super().__init__(logging.WARNING)
        self._parent = parent

    def emit(self, record: logging.LogRecord) -> None:
        self._parent.send({"log": self.format(record), "level": record.levelno})


def _read_object(line: bytes) -> Message | None:
    """Returns a line as an object; None where it is something else."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
