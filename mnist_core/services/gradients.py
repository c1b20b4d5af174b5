"""Gradients for the page, from a process of its own that loads TensorFlow when somebody asks and ends when nobody does.

The server never imports TensorFlow on a CPU: it would hold up everybody's answers, and keep 700 MB. Knows nothing of
Gradio.
"""

from __future__ import annotations

import base64
import functools
import json
import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import NotReadyError, QueryError
from ..explain.attribution import Baseline, Target
from ..models.store import StoredModel
from .cache import Shelf
from .child_process import ChildEndedError, ChildProcess, Message, name_command

IDLE_SECONDS = 120.0
_COMMAND = name_command("mnist_core.services.gradient_worker")
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
        self.text = text  # as JSON
        self.asked = time.monotonic()
        self.is_done = threading.Event()
        self.answer: Message = {}


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
        self._waiting: dict[str, _Question] = {}
        self._answered: Shelf[_Question] = Shelf(_NUM_KEPT)
        self._lock = threading.Lock()
        self._is_working = False
        self._child: ChildProcess | None = None
        self._started = 0.0
        self._is_ready = False

    def explain(
        self, stored: StoredModel, image: np.ndarray, method: str, target: Target, baseline: Baseline
    ) -> np.ndarray:
        """Returns the attribution, float32 (28, 28), of a method that needs gradients; see `explain`.

        Raises:
            NotReadyError: Ask again in a moment: TensorFlow is being loaded, or others come first.
            QueryError: It cannot be computed, as where TensorFlow is not installed, or too many are waiting.
        """
        target_fields = {"digit": target.digit, "versus": target.versus}
        return self._ask(stored, image, {"task": "explain", "method": method, "baseline": baseline, **target_fields})

    def find_loss_gradient(self, stored: StoredModel, image: np.ndarray, digit: int) -> np.ndarray:
        """Returns where the loss of a digit rises, float32 (28, 28), see `gradients`; errors as of `explain`."""
        return self._ask(stored, image, {"task": "noise", "digit": digit})

    def close(self) -> None:
        """Ends the process; the next question starts another."""
        if self._child:
            self._child.kill()

    def _ask(self, stored: StoredModel, image: np.ndarray, fields: dict[str, Any]) -> np.ndarray:
        pixels = base64.b64encode(np.ascontiguousarray(image, np.float32).tobytes()).decode()
        # Written at, so that a model that took another's place is asked anew.
        where = {"folder": str(stored.folder.absolute()), "written": stored.written_at}
        question = self._submit(json.dumps({**where, "image": pixels, **fields}, sort_keys=True))
        if not question.is_done.wait(_HOLD_SECONDS):
            raise NotReadyError(self._share)
        if "error" in question.answer:
            self._answered.drop(question.text)
            raise QueryError(question.answer["error"])
        return np.frombuffer(base64.b64decode(question.answer["values"]), np.float32).reshape(28, 28)

    @property
    def _share(self) -> float:
        """How far the process is with loading, in [0, 1), as far as time tells."""
        if self._child is None:
            return 0.0
        return 0.99 if self._is_ready else min(0.95, (time.monotonic() - self._started) / _LOADING_SECONDS)

    def _submit(self, text: str) -> _Question:
        """Returns the question of that text, as it was asked before or anew."""
        with self._lock:
            question = self._answered.find(text) or self._waiting.get(text)
            if question is None:
                if len(self._waiting) >= _MOST_WAITING:
                    raise QueryError("Too many visitors are waiting for gradients. Try again in a minute.")
                question = self._waiting[text] = _Question(text)
            question.asked = time.monotonic()
            if self._waiting and not self._is_working:
                self._is_working = True
                threading.Thread(target=self._work, daemon=True).start()
        return question

    def _work(self) -> None:
        """Answers what waits, the first first, until nothing does."""
        while question := self._take():
            try:
                question.answer = self._answer(json.loads(question.text))
            except Exception as error:  # whatever it is, the next question must still be answered
                _log.exception("the process for gradients failed")
                question.answer = {"error": f"The gradients could not be computed: {error}"}
            with self._lock:
                del self._waiting[question.text]
                self._answered.put(question.text, question)
            question.is_done.set()

    def _take(self) -> _Question | None:
        with self._lock:
            for text, question in list(self._waiting.items()):
                if time.monotonic() - question.asked < _FORGET_SECONDS:
                    return question
                del self._waiting[text]  # its visitor has drawn on or gone
            self._is_working = False
            return None

    def _answer(self, question: Message) -> Message:
        # It may have been killed, or have ended by itself just now.
        for _ in range(2):
            try:
                return self._ask_child(question)
            except ChildEndedError as error:
                reason = error
            except TimeoutError:
                self.close()
                return {"error": "The gradients took too long and were stopped. Try again."}
        return {"error": f"The process for gradients has ended: {reason}. Try again."}

    def _ask_child(self, question: Message) -> Message:
        if self._child is None or not self._child.is_alive:
            self._is_ready, self._started = False, time.monotonic()
            self._child = ChildProcess(self._command)
        if not self._is_ready:
            loaded = self._child.receive(_LOADING_PATIENCE_SECONDS)
            if "error" in loaded:
                return loaded
            self._is_ready = True
        self._child.send(question)
        return self._child.receive(self._patience_seconds)


@functools.cache
def shared_helper() -> GradientHelper:
    """Returns the process for gradients of this server."""
    return GradientHelper()
