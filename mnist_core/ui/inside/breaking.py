"""A visitor's private copy with parts switched off: what it answers, and how well it still reads new images."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

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
    known: Shelf[Share] = Shelf(_NUM_KNOWN, lambda _: 1)

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
        noise = message.get("noise", 0)
        copy = BrokenCopy(anatomy, off, noise, seed)
        written_at = bench.library.find_model(anatomy.name).written_at

        def measure(name: str, predictor: Predictor) -> Share:
            return known.get((anatomy.name, name), written_at, lambda: _measure(predictor, *new_images))

        *new_images, split = bench.new_images(anatomy.name, NUM_IMAGES)
        broken = measure(json.dumps([off, noise, seed], sort_keys=True), copy)
        return {
            "answer": _describe_answer(copy, image),
            "accuracy": broken.accuracy,
            "interval": wilson_interval(broken.num_right, broken.num),
            "byDigit": broken.by_digit,
            "intact": measure("", BrokenCopy(anatomy, {})).accuracy,
            "num": broken.num,
            "split": split,
        }

    return list_breakable, break_network


@dataclass(frozen=True)
class Share:
    """How many of `num` new images are read right, and the share of each digit."""

    num_right: int
    num: int
    by_digit: list[float]

    @property
    def accuracy(self) -> float:
        """Share of all, in [0, 1]."""
        return self.num_right / self.num


def _measure(predictor: Predictor, images: np.ndarray, labels: np.ndarray) -> Share:
    if not _at_a_time.acquire(timeout=_PATIENCE):
        raise QueryError("Many networks are being broken just now. Try again in a moment.")
    try:
        right = predict(predictor, images).probabilities.argmax(axis=1) == labels
    finally:
        _at_a_time.release()
    return Share(int(right.sum()), len(right), [float(right[labels == digit].mean()) for digit in range(10)])


def _describe_answer(predictor: Predictor, image: np.ndarray) -> dict[str, Any]:
    predictions = predict(predictor, image[None])
    verdict = read_verdict(predictions.probabilities[0], bool(predictions.accepted[0]))
    probabilities = [round(float(probability), 6) for probability in predictions.probabilities[0]]
    return {"probabilities": probabilities, "verdict": {"kind": verdict.kind, "labels": verdict.labels}}
