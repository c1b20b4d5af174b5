"""A visitor's private copy with parts switched off: what it answers, and how well it still reads new images."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from ...errors import QueryError
from ...evaluation.statistics import wilson_interval
from ...explain.ablation import MOST_NOISE, BrokenCopy
from ...models.inference import predict
from ...models.predictions import Predictions, read_verdict
from ..wire import LiveFunction, Message, describe_answer
from .bench import Bench

NUM_IMAGES = 1000
# A copy is measured for a quarter of a second, and a class may break thirty at once: one at a time. Whoever waits
# longer than this, in seconds, asks again, because the pad needs the server's threads.
_measuring = threading.Semaphore(1)
_PATIENCE = 0.3
_NUM_KNOWN = 50

Read = Callable[[np.ndarray], Predictions]


def breaking_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """What the script of the view calls."""
    known = _Known()

    def list_breakable(message: Message) -> Message:
        """`{model}` to `{parts, mostNoise}`: what can be switched off, each with its name, kind and size."""
        anatomy = bench.open(str(message.get("model") or ""))
        parts = [{"name": part.name, "kind": part.kind, "size": part.shape[-1]} for part in anatomy.parts[:-1]]
        return {"parts": parts, "mostNoise": MOST_NOISE}

    def break_network(message: Message) -> Message:
        """`{image, model, off, noise, seed}` to what the broken copy makes of the drawing and of new images.

        `off` holds lists of channels by the name of a part. That is `{answer, accuracy, interval, byDigit, intact, num,
        split}`; `intact` is the accuracy of the network as it is. While others break theirs it is `{isBusy: true}`: ask
        again.
        """
        anatomy, image = bench.decode(message)
        off, seed = message.get("off") or {}, message.get("seed", 0)
        if not isinstance(off, dict) or not all(isinstance(channels, list) for channels in off.values()):
            raise QueryError("Expected lists of channels by the name of their layer.")
        if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
            raise QueryError(f"The seed of the noise is a whole number of at least 0. Received: {seed!r}.")
        noise = message.get("noise", 0)
        copy = BrokenCopy(anatomy, off, noise, seed)
        written_at = bench.models.find(anatomy.name).written_at
        *new_images, split = bench.new_images(anatomy.name, NUM_IMAGES)

        def measure(read: Read, damage: Hashable = ()) -> Share | None:
            return known.measure((anatomy.name, written_at, split, damage), read, *new_images)

        read_broken = functools.partial(predict, copy)
        broken, intact = measure(read_broken, _name_damage(off, noise, seed)), measure(anatomy.predict)
        if broken is None or intact is None:
            return {"isBusy": True}
        answers = read_broken(image[None])
        probabilities = answers.probabilities[0]
        return {
            "answer": describe_answer(probabilities, read_verdict(probabilities, bool(answers.accepted[0]))),
            "accuracy": broken.accuracy,
            "interval": wilson_interval(broken.num_right, broken.num),
            "byDigit": broken.by_digit,
            "intact": intact.accuracy,
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


class _Known:
    """What was measured, the last fifty; may be called from any thread."""

    def __init__(self) -> None:
        self._shares: dict[Hashable, Share] = {}

    def measure(self, key: Hashable, read: Read, images: np.ndarray, labels: np.ndarray) -> Share | None:
        """What is known under this key, or is measured now; None while others measure."""
        found = self._shares.get(key)
        if found:
            return found
        if not _measuring.acquire(timeout=_PATIENCE):
            return None
        try:
            # Another may have asked the same, and measured it meanwhile.
            share = self._shares[key] = self._shares.get(key) or _measure(read, images, labels)
            if len(self._shares) > _NUM_KNOWN:
                del self._shares[next(iter(self._shares))]
        finally:
            _measuring.release()
        return share


def _measure(read: Read, images: np.ndarray, labels: np.ndarray) -> Share:
    right = read(images).probabilities.argmax(axis=1) == labels
    return Share(int(right.sum()), len(right), [float(right[labels == digit].mean()) for digit in range(10)])


def _name_damage(off: dict[str, list[int]], noise: float, seed: int) -> Hashable:
    """The same for the same damage, however it is asked for; () for none."""
    switched_off = tuple(sorted((name, *sorted(set(channels))) for name, channels in off.items() if channels))
    disturbed = (float(noise), seed) if noise else ()
    return (*switched_off, disturbed) if switched_off or disturbed else ()
