"""Answers questions that need gradients, for a server that must not import TensorFlow itself.

    python -m mnist_core.services.gradient_worker --idle-seconds 120

No command for people. It sends `{"ready": true}` when TensorFlow is loaded, and an answer to each question, in their
order; see `child_process`. Where TensorFlow cannot be loaded it sends `{"error": text}` and ends; else it ends when
nobody has asked for a while. Only weights of stored models are read, into networks that our code builds.
"""

from __future__ import annotations

import argparse
import base64
import functools
import logging
from pathlib import Path

import numpy as np

from ..errors import MissingPackageError, MnistError, QueryError
from ..explain.attribution import Target, check_baseline, check_method
from ..explain.gradients import DifferentiableNetwork
from ..models.store import load_stored
from ..packages import needed_packages
from .cache import Shelf
from .child_process import Message, Parent, run_child

_NUM_OPEN = 4

_log = logging.getLogger(__name__)


class Answerer:
    """Answers questions about the models in whatever folders they name; the last few are kept open."""

    def __init__(self) -> None:
        self._open: Shelf[DifferentiableNetwork] = Shelf(_NUM_OPEN)

    def answer(self, question: Message) -> Message:
        """Answers one question.

        Args:
            question: `folder` of a stored model, when it was `written`, `image` as base64 of float32 (28, 28), `digit`,
                and `task`: "explain", with `method`, `versus` and `baseline`; or "noise", for the gradient of the
                digit's loss.

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

    def _compute(self, question: Message) -> np.ndarray:
        folder = Path(question["folder"])
        network = self._open.get(folder, lambda: DifferentiableNetwork(load_stored(folder)), question["written"])
        image = np.frombuffer(base64.b64decode(question["image"]), np.float32).reshape(28, 28)
        if question["task"] == "noise":
            return network.loss_gradient(image, question["digit"])
        if question["task"] != "explain":
            raise QueryError("There is no task {task!r}. Available: explain, noise.", task=question["task"])
        target, baseline = Target(question["digit"], question["versus"]), check_baseline(question["baseline"])
        return check_method(question["method"]).explain(network, image, target, baseline=baseline)


def work(parent: Parent, idle_seconds: float) -> None:
    """Answers until no question has come for so many seconds."""
    try:
        _load_tensorflow()
    except MissingPackageError as error:
        parent.send({"error": str(error)})
        return
    parent.send({"ready": True})
    answerer = Answerer()
    while question := parent.receive(idle_seconds):
        parent.send(answerer.answer(question))


def _load_tensorflow() -> None:
    with needed_packages():
        import tensorflow

    # One thread: the other processors are for those who draw.
    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    # What a GPU computes on a server it computes there, in the server's own process.
    tensorflow.config.set_visible_devices([], "GPU")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Answers questions that need gradients, for a server.")
    parser.add_argument("--idle-seconds", type=float, required=True, help="end after this time without a question")
    run_child(functools.partial(work, idle_seconds=parser.parse_args().idle_seconds))
