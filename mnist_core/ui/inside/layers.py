"""From the image to probabilities: what every layer makes of a drawing, down to a single multiplication."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...explain.anatomy import Anatomy, Convolution, Part, Unit, WeightedPart, WeightedUnit
from ...models.calibration import find_doubt
from ...rendering.sprites import render_maps
from ..wire import LiveFunction, Message, encode_picture
from .bench import Bench

_COLUMNS = 16
# Of a dense layer's products, the rest is told as one sum.
_NUM_STRONGEST = 12
_DIGITS = 5


def layers_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""

    def open_layers(message: Message) -> Message:
        """Answers `{image, model}` with `{parts, logits, reading, columns}`.

        A part has name, kind, shape, what it is made of, the range of its values, and its maps as one picture.
        `reading` is how the logits become probabilities.
        """
        anatomy, image = bench.decode(message)
        maps = anatomy.feature_maps(image[None])
        logits = maps[anatomy.parts[-1].name]
        calibration = anatomy.calibration
        return {
            "parts": [_describe_part(part, maps[part.name][0]) for part in anatomy.parts],
            "columns": _COLUMNS,
            "logits": _round(logits[0]),
            "reading": {
                "temperature": calibration.temperature,
                "warming": calibration.warming,
                "floor": calibration.floor,
                "limit": calibration.limit,
                "doubt": float(find_doubt(logits)[0]),
                "probabilities": calibration.probabilities(logits)[0].tolist(),
            },
            "first": _find_strongest(anatomy.parts[0], maps[anatomy.parts[0].name][0]),
        }

    def open_unit(message: Message) -> Message:
        """Answers `{image, model, layer, place}` with how that one value comes about, see `anatomy.Unit`."""
        anatomy, image = bench.decode(message)
        place = message.get("place")
        name = str(message.get("layer") or "")
        unit = anatomy.open_unit(image, name, place if isinstance(place, list) else [])
        return {"layer": name, "place": place, **describe_unit(anatomy, name, unit)}

    return open_layers, open_unit


def describe_unit(anatomy: Anatomy, name: str, unit: Unit) -> Message:
    """Describes one value: the whole patch of a convolution or pooling, the strongest products of a dense layer."""
    number = anatomy.find_part(name)
    part = anatomy.parts[number]
    weights = unit.weights if isinstance(unit, WeightedUnit) else None
    described = {
        "kind": part.kind,
        "activation": part.activation,
        "value": _round(unit.value),
        "total": _round(unit.total),
        "bias": _round(unit.bias) if isinstance(unit, WeightedUnit) else None,
        "field": unit.field,
        "corner": unit.corner,
        "below": anatomy.parts[number - 1].name if number else "",
    }
    if weights is None or isinstance(part, Convolution):
        return {
            **described,
            "size": unit.patch.shape,
            "patch": _round(unit.patch.reshape(-1)),
            "weights": None if weights is None else _round(weights.reshape(-1)),
        }
    products = unit.patch * weights
    strongest = np.argsort(-np.abs(products), kind="stable")[:_NUM_STRONGEST]
    shape = anatomy.parts[number - 1].shape if number else (28, 28)
    rows = [
        {
            "place": [int(index) for index in np.unravel_index(one, shape)],
            "input": _round(unit.patch[one]),
            "weight": _round(weights[one]),
            "product": _round(products[one]),
        }
        for one in strongest.tolist()
    ]
    rest = float(products.sum(dtype=np.float64) - products[strongest].sum(dtype=np.float64))
    return {**described, "count": len(products), "strongest": rows, "rest": _round(rest)}


def _describe_part(part: Part, values: np.ndarray) -> Message:
    convolution = part if isinstance(part, Convolution) else None
    maps = values if part.is_map else values.reshape(1, 1, -1)
    return {
        "name": part.name,
        "kind": part.kind,
        "shape": part.shape,
        "window": part.window[0],
        "padding": convolution.padding if convolution else "valid",
        "activation": part.activation,
        "parameters": part.kernel.size + part.bias.size if isinstance(part, WeightedPart) else 0,
        "low": _round(values.min()),
        "high": _round(values.max()),
        "silent": int((np.abs(maps).max(axis=(0, 1)) == 0).sum()),
        "picture": encode_picture(render_maps(maps, _COLUMNS)),
        "filters": encode_picture(render_maps(_strongest_slices(convolution.kernel), _COLUMNS))
        if convolution
        else None,
        "inputs": convolution.kernel.shape[2] if convolution else None,
    }


def _strongest_slices(kernel: np.ndarray) -> np.ndarray:
    """Picks each filter's slice with the largest weights: float32 (height, width, in, out) to (height, width, out)."""
    strongest = np.square(kernel).sum(axis=(0, 1)).argmax(axis=0)
    return kernel[:, :, strongest, np.arange(kernel.shape[-1])]


def _find_strongest(part: Part, values: np.ndarray) -> Message:
    """Returns the unit of a part that answers most."""
    return {"layer": part.name, "place": [int(index) for index in np.unravel_index(values.argmax(), values.shape)]}


def _round(values: Any) -> Any:
    """Rounds to as many digits as the page shows; arrays become lists."""
    rounded = np.round(np.asarray(values, np.float64), _DIGITS)
    return rounded.tolist()
