"""Answers questions that need gradients, for a server that must not import TensorFlow itself.

    python -m mnist_core.services.gradient_worker --idle-seconds 120

No command for people: a question is a line of JSON on standard input, an answer one on standard output, in the order of
the questions. The first line that it writes is `{"ready": true}`. It ends when its input ends, or when nobody has asked
for a while. Only weights of stored models are read, into networks that our code builds.
"""

from __future__ import annotations

import argparse
import base64
import json
import logging
import os
import queue
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from ..errors import MnistError, QueryError
from ..explain.attribution import Target, check_baseline, check_method
from ..explain.gradients import DifferentiableNetwork
from ..models.store import StoredModel, load_stored

_NUM_OPEN = 4

_log = logging.getLogger(__name__)


class Answerer:
    """Answers questions about the models in whatever folders they name; the last few are kept open."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[StoredModel, DifferentiableNetwork]] = OrderedDict()

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answers one question.

        Args:
            question: `folder` of a stored model, `image` as base64 of float32 (28, 28), `digit`, and `task`: "explain",
                with `method`, `versus` and `baseline`; or "noise", for the gradient of the digit's loss.

        Returns:
            `{"values": base64 of float32 (28, 28)}`, or `{"error": text}`.
        """
        try:
            values = self._compute(question)
            return {"values": base64.b64encode(np.ascontiguousarray(values, np.float32).tobytes()).decode()}
        except MnistError as error:
            return {"error": str(error)}
        except Exception:
            _log.exception("a question about gradients failed")
            return {"error": "The gradients could not be computed; the server's log says why."}

    def _compute(self, question: dict[str, Any]) -> np.ndarray:
        network = self._open_network(question["folder"])
        image = np.frombuffer(base64.b64decode(question["image"]), np.float32).reshape(28, 28)
        if question["task"] == "noise":
            return network.loss_gradient(image, question["digit"])
        if question["task"] != "explain":
            raise QueryError(f"There is no task {question['task']!r}. Available: explain, noise.")
        target, baseline = Target(question["digit"], question["versus"]), check_baseline(question["baseline"])
        return check_method(question["method"]).explain(network, image, target, baseline=baseline)

    def _open_network(self, folder: str) -> DifferentiableNetwork:
        if folder not in self._open or self._open[folder][0].was_replaced:
            stored = load_stored(Path(folder))
            self._open[folder] = (stored, DifferentiableNetwork(stored))
        self._open.move_to_end(folder)
        while len(self._open) > _NUM_OPEN:
            self._open.popitem(last=False)
        return self._open[folder][1]


def serve(questions: TextIO, answers: TextIO, idle_seconds: float) -> None:
    """Answers until there are no more questions, or none has come for so many seconds."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_pass_on, args=(questions, lines), daemon=True).start()
    answerer = Answerer()
    _load_tensorflow()
    _write(answers, {"ready": True})
    while True:
        try:
            line = lines.get(timeout=idle_seconds)
        except queue.Empty:
            return
        if not line:
            return
        _write(answers, answerer.answer(json.loads(line)))


def _pass_on(questions: TextIO, lines: queue.SimpleQueue[str]) -> None:
    """Puts each line in the queue, and at the end an empty one."""
    for line in questions:
        lines.put(line)
    lines.put("")


def _load_tensorflow() -> None:
    import tensorflow

    # One thread: the other processors are for those who draw.
    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    # What a GPU computes on a server it computes there, in the server's own process.
    tensorflow.config.set_visible_devices([], "GPU")


def _write(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def main() -> None:
    """Serves standard input and output."""
    parser = argparse.ArgumentParser(description="Answers questions that need gradients, one a line.")
    parser.add_argument("--idle-seconds", type=float, required=True, help="end when nobody asks for so long")
    options = parser.parse_args()
    # Whatever else prints, as TensorFlow does, must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin, answers, options.idle_seconds)
    # Otherwise Python would wait for the thread that still reads.
    os._exit(0)


if __name__ == "__main__":
    main()
