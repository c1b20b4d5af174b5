"""A visitor's private copy with parts switched off: what it answers, and how well it still reads new images."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from ...checks import check_whole
from ...errors import QueryError
from ...evaluation.statistics import wilson_interval
from ...explain.ablation import MOST_NOISE, BrokenCopy
from ...explain.anatomy import Part
from ...models.inference import Predictor, predict
from ...models.predictions import read_verdict
from ...rendering.sprites import render_maps
from ...services.cache import Shelf
from ...services.one_at_a_time import OneAtATime
from ..wire import LiveFunction, Message, describe_answer, encode_picture
from .bench import Bench

NUM_IMAGES = 1000
_NUM_KNOWN = 50
# Maps in a row of a layer's picture.
_COLUMNS = 16


def breaking_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""
    known: Shelf[Share] = Shelf(_NUM_KNOWN)
    measuring = OneAtATime()  # it takes a quarter of a second, and a class may break thirty at once

    def measure(predictor: Predictor, images: np.ndarray, labels: np.ndarray, key: Hashable) -> Share:
        share = known.find(key)
        if share is None:
            with measuring.turn():
                share = known.get(key, lambda: measure_damage(predictor, images, labels))
        return share

    def open_layers(message: Message) -> Message:
        """Answers `{image, model}` with `{parts, columns}`: each layer with its maps as one picture."""
        anatomy, image = bench.decode(message)
        maps = anatomy.feature_maps(image[None])
        return {
            "parts": [_describe_part(part, maps[part.name][0]) for part in anatomy.parts[:-1]],
            "columns": _COLUMNS,
        }

    def list_breakable(message: Message) -> Message:
        """Answers `{model}` with `{parts, mostNoise}`: what can be switched off, each with its name, kind and size."""
        anatomy = bench.open(str(message.get("model") or ""))
        parts = [{"name": part.name, "kind": part.kind, "size": part.shape[-1]} for part in anatomy.parts[:-1]]
        return {"parts": parts, "mostNoise": MOST_NOISE}

    def break_network(message: Message) -> Message:
        """Answers `{image, model, off, noise, seed}` with what the broken copy makes of the drawing and of new images.

        `off` holds lists of channels by the name of a part. That is `{answer, accuracy, interval, byDigit, intact, num,
        split}`; `intact` is the accuracy of the network as it is. While others break theirs it is pending.
        """
        anatomy, image = bench.decode(message)
        off, seed = message.get("off") or {}, message.get("seed", 0)
        if not isinstance(off, dict) or not all(isinstance(channels, list) for channels in off.values()):
            raise QueryError("Expected an object that names layers and lists their channels.")
        check_whole("seed", seed, 0)
        noise = message.get("noise", 0)
        copy = BrokenCopy(anatomy, off, noise, seed)
        images, labels, split = bench.new_images(anatomy.name, NUM_IMAGES)
        key = anatomy.name, bench.models.find(anatomy.name).written_at, split
        broken = measure(copy, images, labels, (*key, _name_damage(off, noise, seed)))
        intact = measure(anatomy, images, labels, (*key, ()))
        answers = predict(copy, image[None])
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

    return open_layers, list_breakable, break_network


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


def measure_damage(predictor: Predictor, images: np.ndarray, labels: np.ndarray) -> Share:
    right = predict(predictor, images).probabilities.argmax(axis=1) == labels
    return Share(int(right.sum()), len(right), [float(right[labels == digit].mean()) for digit in range(10)])


def _describe_part(part: Part, values: np.ndarray) -> Message:
    maps = values if part.is_map else values.reshape(1, 1, -1)
    return {"name": part.name, "shape": part.shape, "picture": encode_picture(render_maps(maps, _COLUMNS))}


def _name_damage(off: dict[str, list[int]], noise: float, seed: int) -> Hashable:
    """Returns the same for the same damage, however it is asked for; () for none."""
    switched_off = tuple(sorted((name, *sorted(set(channels))) for name, channels in off.items() if channels))
    disturbed = (float(noise), seed) if noise else ()
    return (*switched_off, disturbed) if switched_off or disturbed else ()
