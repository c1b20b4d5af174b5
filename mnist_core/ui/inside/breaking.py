"""A visitor's private copy with parts switched off: what it answers, and how well it still reads new images."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from ...anatomy import Anatomy
from ...errors import QueryError
from ...evaluation import wilson_interval
from ...inference import Predictor, predict, read_verdict
from ...surgery import MOST_NOISE, BrokenCopy
from ..library import Shelf
from ..wire import LiveFunction, Message
from .bench import Bench

NUM_IMAGES = 1000
# A copy is measured for a quarter of a second: a class that breaks things must not stop those who draw.
_at_a_time = threading.Semaphore(1)
_PATIENCE = 8
_NUM_KNOWN = 50


def breaking_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """What the script of the view calls."""
    known: Shelf[float] = Shelf(_NUM_KNOWN, lambda _: 1)

    def list_breakable(message: Message) -> Message:
        """`{model}` to `{parts, mostNoise}`: what can be switched off, each with its name, kind and size."""
        anatomy = bench.open(str(message.get("model") or ""))
        parts = [{"name": part.name, "kind": part.kind, "size": part.shape[-1]} for part in anatomy.parts[:-1]]
        return {"parts": parts, "mostNoise": MOST_NOISE}

    def break_network(message: Message) -> Message:
        """`{image, model, off, noise, seed}` to what the broken copy makes of the drawing and of new images.

        `off` holds lists of channels by the name of a part. That is `{answer, accuracy, interval, byDigit, intact, num,
        split}`; `intact` is the accuracy of the network as it is.
        """
        anatomy, image = bench.decode(message)
        off, seed = message.get("off") or {}, message.get("seed", 0)
        if not isinstance(off, dict) or not all(isinstance(channels, list) for channels in off.values()):
            raise QueryError("Expected lists of channels by the name of their layer.")
        if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
            raise QueryError(f"The seed of the noise is a whole number of at least 0. Received: {seed!r}.")
        images, labels, split = bench.new_images(anatomy.name, NUM_IMAGES)
        copy = BrokenCopy(anatomy, off, message.get("noise", 0), seed)
        if not _at_a_time.acquire(timeout=_PATIENCE):
            raise QueryError("Many networks are being broken just now. Try again in a moment.")
        try:
            right = predict(copy, images).probabilities.argmax(axis=1) == labels
            stamp = bench.library.find_model(anatomy.name).written_at
            intact = known.get(anatomy.name, stamp, lambda: _measure(anatomy, images, labels))
        finally:
            _at_a_time.release()
        return {
            "answer": _describe_answer(copy, image),
            "accuracy": float(right.mean()),
            "interval": wilson_interval(int(right.sum()), len(right)),
            "byDigit": [float(right[labels == digit].mean()) for digit in range(10)],
            "intact": intact,
            "num": len(images),
            "split": split,
        }

    return list_breakable, break_network


def _measure(anatomy: Anatomy, images: np.ndarray, labels: np.ndarray) -> float:
    """Accuracy of the network as it is."""
    return float((anatomy.predict(images).probabilities.argmax(axis=1) == labels).mean())


def _describe_answer(predictor: Predictor, image: np.ndarray) -> dict[str, Any]:
    predictions = predict(predictor, image[None])
    verdict = read_verdict(predictions.probabilities[0], bool(predictions.accepted[0]))
    probabilities = [round(float(probability), 6) for probability in predictions.probabilities[0]]
    return {"probabilities": probabilities, "verdict": {"kind": verdict.kind, "labels": verdict.labels}}
