"""Runs LiteRT files. Which of a file's outputs mean what is for others to say."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Collection

import numpy as np

# In one run: more are no faster, and an interpreter keeps the memory of the largest that it has seen.
_MOST_IMAGES = 16
NUM_PROCESSORS = os.cpu_count() or 1
# Each holds the weights once more. Making one takes milliseconds, so few need to be kept for the next run.
MOST_FREE = NUM_PROCESSORS + 4


class LiteRTRunner:
    """Runs a LiteRT file; from any thread.

    Two threads in one interpreter get wrong answers without an error, so each takes one that is free, or makes one. Of
    all files together only a few stay when they have run.

    Args:
        content: A LiteRT file that takes float32 (n, 28, 28, 1).
    """

    def __init__(self, content: bytes) -> None:
        # Kept, not read again: the file may be replaced while this answers.
        self.content = content
        self._slots = threading.Semaphore(NUM_PROCESSORS)  # a server has dozens of threads

    def run(self, images: np.ndarray, names: Collection[str] = ()) -> dict[str, np.ndarray]:
        """Runs at least one image.

        Args:
            images: float32 (n, 28, 28) in [0, 1].
            names: The outputs that are wanted; all without it.

        Returns:
            By name, float32 (n, ...).
        """
        batch = np.ascontiguousarray(images[..., None], np.float32)
        parts = [self._run(batch[start : start + _MOST_IMAGES], names) for start in range(0, len(batch), _MOST_IMAGES)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _run(self, batch: np.ndarray, names: Collection[str]) -> dict[str, np.ndarray]:
        with self._slots:
            interpreter = free_interpreters.take(self) or OneInterpreter(self.content)
            try:
                return interpreter.run(batch, names)
            finally:
                free_interpreters.put(self, interpreter)


class OneInterpreter:
    """For one thread at a time."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=content, num_threads=1)
        # The signature has the outputs by name; `get_output_details` has them in scrambled order. While it is referred
        # to, the interpreter cannot be resized.
        signature = self._interpreter.get_signature_runner()
        (self._input,) = (details["index"] for details in signature.get_input_details().values())
        self._outputs = {name: details["index"] for name, details in signature.get_output_details().items()}

    def run(self, batch: np.ndarray, names: Collection[str]) -> dict[str, np.ndarray]:
        self._interpreter.resize_tensor_input(self._input, batch.shape)
        self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(self._input, batch)
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(self._outputs[name]) for name in names or self._outputs}


class FreeInterpreters:
    """Interpreters of all runners that nobody uses now; those that were used longest ago are closed."""

    def __init__(self) -> None:
        self._interpreters: list[tuple[weakref.ref[LiteRTRunner], OneInterpreter]] = []
        self._lock = threading.Lock()

    @property
    def owners(self) -> list[LiteRTRunner | None]:
        """Whose interpreters they are, the one that was used longest ago first; None for a runner that is gone."""
        return [owner() for owner, _ in self._interpreters]

    def take(self, runner: LiteRTRunner) -> OneInterpreter | None:
        with self._lock:
            for place in reversed(range(len(self._interpreters))):
                if self._interpreters[place][0]() is runner:
                    return self._interpreters.pop(place)[1]
        return None

    def put(self, runner: LiteRTRunner, interpreter: OneInterpreter) -> None:
        with self._lock:
            wanted = [(owner, one) for owner, one in self._interpreters if owner() is not None]
            self._interpreters = [*wanted, (weakref.ref(runner), interpreter)][-MOST_FREE:]


free_interpreters = FreeInterpreters()
