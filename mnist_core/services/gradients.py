"""Gradients for the page, from a process of its own that loads TensorFlow when somebody asks and ends when nobody does.

The server never imports TensorFlow on a CPU: it would hold up everybody's answers, and keep 700 MB. Knows nothing of
Gradio.
"""

from __future__ import annotations

import atexit
import base64
import functools
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import NotReadyError, QueryError
from ..explain.attribution import Baseline, Target
from ..models.store import StoredModel
from ..paths import ASSETS_DIR

IDLE_SECONDS = 120.0
_COMMAND = (sys.executable, "-m", "mnist_core.services.gradient_worker")
# How long a visitor's request is held before it is told to come again.
_HOLD_SECONDS = 1.0
# How long one question may take, and the loading of TensorFlow.
_PATIENCE_SECONDS = 30.0
_LOADING_PATIENCE_SECONDS = 120.0
# How long loading mostly takes: what the progress shown goes by.
_LOADING_SECONDS = 6.0
_MOST_WAITING = 20
_NUM_KEPT = 64
# Whoever still wants an answer asks more often than this.
_FORGET_SECONDS = 10.0

_log = logging.getLogger(__name__)


class _Question:
    """A question on its way, and later its answer."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked = time.monotonic()
        self.is_done = threading.Event()
        self.answer: dict[str, Any] = {}


class GradientHelper:
    """Asks the process, of which there is one for all models and visitors; may be called from any thread.

    Args:
        idle_seconds: How long the process stays when nobody asks.
        command: What to run; the option for the seconds is added.
        patience_seconds: How long one question may take before the process counts as hung and is killed.
    """

    def __init__(
        self,
        idle_seconds: float = IDLE_SECONDS,
        command: Sequence[str] = _COMMAND,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._command = [*command, "--idle-seconds", str(idle_seconds)]
        self._patience_seconds = patience_seconds
        self._questions: OrderedDict[str, _Question] = OrderedDict()
        self._lock = threading.Lock()
        self._is_working = False
        self._process: _Process | None = None
        atexit.register(self.close)

    def explain(
        self, stored: StoredModel, image: np.ndarray, method: str, target: Target, baseline: Baseline
    ) -> np.ndarray:
        """The attribution, float32 (28, 28), of a method that needs gradients; see `explain`.

        Raises:
            NotReadyError: Ask again in a moment: TensorFlow is being loaded, or others come first.
            QueryError: It cannot be computed, or too many are waiting.
        """
        target_fields = {"digit": target.digit, "versus": target.versus}
        return self._ask(stored, image, {"task": "explain", "method": method, "baseline": baseline, **target_fields})

    def find_loss_gradient(self, stored: StoredModel, image: np.ndarray, digit: int) -> np.ndarray:
        """Where the loss of a digit rises, float32 (28, 28), see `gradients`; errors as of `explain`."""
        return self._ask(stored, image, {"task": "noise", "digit": digit})

    def close(self) -> None:
        """Ends the process; the next question starts another."""
        process = self._process
        if process:
            process.kill()

    def _ask(self, stored: StoredModel, image: np.ndarray, fields: dict[str, Any]) -> np.ndarray:
        pixels = base64.b64encode(np.ascontiguousarray(image, np.float32).tobytes()).decode()
        # Written at, so that a model that took another's place is asked anew.
        where = {"folder": str(stored.folder.absolute()), "written": stored.written_at}
        question = self._submit(json.dumps({**where, "image": pixels, **fields}, sort_keys=True))
        if not question.is_done.wait(_HOLD_SECONDS):
            raise NotReadyError(self._process.share if self._process else 0.0)
        if "error" in question.answer:
            with self._lock:
                self._questions.pop(question.text, None)
            raise QueryError(question.answer["error"])
        return np.frombuffer(base64.b64decode(question.answer["values"]), np.float32).reshape(28, 28)

    def _submit(self, text: str) -> _Question:
        """The question of that text, as it was asked before or anew."""
        with self._lock:
            question = self._questions.get(text)
            if question is None:
                if sum(not other.is_done.is_set() for other in self._questions.values()) >= _MOST_WAITING:
                    raise QueryError("Too many visitors are waiting for gradients. Try again in a minute.")
                question = self._questions[text] = _Question(text)
            question.asked = time.monotonic()
            self._questions.move_to_end(text)
            self._forget_old()
            if not self._is_working:
                self._is_working = True
                threading.Thread(target=self._work, daemon=True).start()
        return question

    def _forget_old(self) -> None:
        done = [text for text, question in self._questions.items() if question.is_done.is_set()]
        for text in done[: max(0, len(done) - _NUM_KEPT)]:
            del self._questions[text]

    def _work(self) -> None:
        """Answers what waits, the first first, until nothing does."""
        while question := self._take():
            try:
                question.answer = self._answer(question.text)
            except Exception as error:  # whatever it is, the next question must still be answered
                _log.exception("the process for gradients failed")
                question.answer = {"error": f"The gradients could not be computed: {error}"}
            question.is_done.set()

    def _take(self) -> _Question | None:
        with self._lock:
            for text, question in list(self._questions.items()):
                if question.is_done.is_set():
                    continue
                if time.monotonic() - question.asked < _FORGET_SECONDS:
                    return question
                del self._questions[text]  # its visitor has drawn on or gone
            self._is_working = False
            return None

    def _answer(self, text: str) -> dict[str, Any]:
        # It may have been killed, or have ended by itself just now.
        for _ in range(2):
            if self._process is None or not self._process.is_alive:
                self._process = _Process(self._command)
            answer = self._process.ask(text, self._patience_seconds)
            if answer is not None:
                return answer
        return {"error": f"The process for gradients ended: {self._process.read_reason()}. Try again."}


@functools.cache
def shared_helper() -> GradientHelper:
    """The one of this server."""
    return GradientHelper()


class _Process:
    """One run of the command."""

    def __init__(self, command: Sequence[str]) -> None:
        # One thread: the other processors are for those who draw.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        self._process = subprocess.Popen(
            command,
            cwd=ASSETS_DIR.parent,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        self._started = time.monotonic()
        self._is_ready = False
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._said: deque[str] = deque(maxlen=1)
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def share(self) -> float:
        """How far it is with loading, in [0, 1), as far as time tells."""
        return 0.99 if self._is_ready else min(0.95, (time.monotonic() - self._started) / _LOADING_SECONDS)

    def ask(self, text: str, patience_seconds: float) -> dict[str, Any] | None:
        """The answer; None when the process has ended instead."""
        try:
            if not self._is_ready:
                self._is_ready = bool(self._lines.get(timeout=_LOADING_PATIENCE_SECONDS))
            if self._is_ready:
                self._process.stdin.write(text + "\n")
                self._process.stdin.flush()
                if line := self._lines.get(timeout=patience_seconds):
                    return json.loads(line)
        except queue.Empty:
            self.kill()
            return {"error": "The gradients took too long and were given up. Try again."}
        except OSError:
            pass
        # It has closed its output, and may not have ended quite yet.
        self.kill()
        return None

    def read_reason(self) -> str:
        """The last line that it wrote before it ended."""
        self._process.wait()
        self._listening.join(timeout=1)
        return self._said[0] if self._said else f"exit code {self._process.returncode}"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _listen(self) -> None:
        self._said.extend(line.strip() for line in self._process.stderr if line.strip())
