"""Runs once more: what the network of an epoch made of things, and makes of a drawing now, from the weights kept."""

from __future__ import annotations

import base64

import numpy as np

from ..models.architectures import Architecture
from ..models.forward import compute_logits
from ..preprocessing.ink import IMAGE_SIZE
from ..training.exhibits import describe_filters, describe_reading
from ..training.kept import KeptEpoch
from .cache import Shelf
from .child_process import Message
from .runs import Runs

# A visitor moves to and fro among them.
_MOST_BYTES = 50_000_000


class Replays:
    """Replays the runs of a server; may be called from any thread.

    Args:
        runs: The runs.
    """

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._epochs: Shelf[KeptEpoch] = Shelf(_MOST_BYTES, _count_bytes)

    def replay(self, run: str, epoch: int, image: str = "") -> Message:
        """Returns what the network of an epoch was like: `{epoch, pad, filters, confusion, samples}`.

        Args:
            run: The run's id.
            epoch: The epoch's number.
            image: What is on the pad, as base64 of 784 bytes; empty for nothing.

        Raises:
            QueryError: There is no such run, or the epoch is not kept.
            DataError: Its file is damaged.
        """
        recipe, kept = self._runs.open_kept(run)
        opened = self._epochs.get((run, epoch), lambda: kept.read(epoch))
        seen = opened.seen
        return {
            "epoch": epoch,
            "pad": {**_read(recipe.network, opened, image), "step": None} if image else None,
            "filters": _find_filters(recipe.network, opened),
            "confusion": seen["confusion"],
            "samples": {name: seen[name] for name in ("predictions", "confidences")},
        }


def _read(network: Architecture, epoch: KeptEpoch, image: str) -> Message:
    pixels = np.frombuffer(base64.b64decode(image), np.uint8).reshape(1, IMAGE_SIZE, IMAGE_SIZE)
    return describe_reading(compute_logits(network, epoch.weights, pixels.astype(np.float32) / 255)[0])


def _find_filters(network: Architecture, epoch: KeptEpoch) -> Message | None:
    kernels = (epoch.weights.get(f"{layer.name}/kernel") for layer in network.layers())
    return describe_filters(next(kernel for kernel in kernels if kernel is not None))


def _count_bytes(epoch: KeptEpoch) -> int:
    return sum(array.nbytes for array in epoch.weights.values())
