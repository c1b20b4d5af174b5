"""The whole network at work: what a page needs to compute it itself, and any one of its values taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...data.sample import load_sample
from ...explain.anatomy import Anatomy, Convolution, Part, Scaling, Unit, WeightedPart, WeightedUnit
from ...models.inference import MOST_IMAGES
from ...models.layers import Layer
from ...services.cache import Shelf
from ...services.reader import Reader
from ..wire import LiveFunction, Message, describe_error, encode_bytes
from .bench import Bench

# Of a larger network the server computes the values: a phone would wait too long for it.
_MOST_BYTES = 8_000_000
_NUM_KNOWN = 100
# Share of a layer's values on real digits that its scale holds.
_SCALE_SHARE = 0.999
# Of a dense layer's products, the rest is told as one sum.
_NUM_STRONGEST = 12
_DIGITS = 5


def network_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""
    known_scales: Shelf[list[float]] = Shelf(_NUM_KNOWN)  # each takes 64 answers, and a class asks at once

    def describe_network(message: Message) -> Message:
        """Answers `{model}` with `{layers, isSigned, address, reading}`.

        A layer has what `engine.js` computes it from, the largest value that is usual (`scale`), and the layers of
        Keras that became it. `address` is where the weights are, see `network_route`; None where the server computes.
        `reading` is how logits become probabilities.
        """
        stored = bench.models.find(str(message.get("model") or ""))
        anatomy = bench.models.open(stored).anatomy
        is_small = 4 * stored.recipe.network.num_parameters <= _MOST_BYTES
        groups = _group_layers(stored.recipe.network.layers(), anatomy.parts)
        scales = known_scales.get(stored.folder, lambda: _find_scales(anatomy), stored.written_at)
        parts = zip(anatomy.parts, groups, scales, strict=True)
        return {
            "layers": [_describe_part(part, group, scale) for part, group, scale in parts],
            "isSigned": anatomy.is_signed,
            "address": f"network/{stored.weights_digest[:16]}.bin" if is_small else None,
            "reading": anatomy.calibration.as_dict(),
        }

    def run_network(message: Message) -> Message:
        """Answers `{image, model}` with `{values}`: base64 of float32, what one layer after another makes of it."""
        anatomy, image = bench.decode(message)
        maps = anatomy.feature_maps(image[None])
        return {"values": encode_bytes(np.concatenate([maps[part.name].reshape(-1) for part in anatomy.parts]))}

    def open_unit(message: Message) -> Message:
        """Answers `{image, model, layer, place}` with how that one value comes about, see `anatomy.Unit`."""
        anatomy, image = bench.decode(message)
        place = message.get("place")
        name = str(message.get("layer") or "")
        unit = anatomy.open_unit(image, name, place if isinstance(place, list) else [])
        return {"layer": name, "place": place, **describe_unit(anatomy, name, unit)}

    return describe_network, run_network, open_unit


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


def network_route(reader: Reader) -> Route:
    """Returns the route of a network's weights, by the beginning of their digest and `?model=`.

    They come as float32, kernel and bias of one layer after another, with batch normalisation folded in, as
    `anatomy.WeightedPart` has them; of a `Scaling`, factor and offset. What belongs to one digest never changes, so a
    browser keeps it.
    """

    def read(model: str, digest: str) -> Response:
        try:
            stored = reader.models.find(model)
            parts = reader.models.open(stored).anatomy.parts
        except Exception as error:
            return JSONResponse(describe_error(error, "read_weights"), 404)
        arrays = [array.reshape(-1) for part in parts for array in _learned_arrays(part)]
        is_current = stored.weights_digest.startswith(digest)
        kept = "public, max-age=31536000, immutable" if is_current else "no-store"
        content = np.concatenate(arrays).astype("<f4").tobytes()
        return Response(content, media_type="application/octet-stream", headers={"Cache-Control": kept})

    async def answer(request: Request) -> Response:
        model = request.query_params.get("model", "")
        return await run_in_threadpool(read, model, request.path_params["digest"])

    return Route("/network/{digest}.bin", answer)


def _describe_part(part: Part, layers: Sequence[Layer], scale: float) -> Message:
    side, step, before = part.window
    num_weights, num_biases = (array.size for array in _learned_arrays(part) or (np.empty(0), np.empty(0)))
    return {
        "name": part.name,
        "kind": part.kind,
        "shape": part.shape,
        "window": side,
        "step": step,
        "before": before,
        "activation": part.activation,
        "numWeights": num_weights,
        "numBiases": num_biases,
        "scale": scale,
        "keras": [
            {"code": layer.code, "shape": layer.output_shape, "parameters": layer.num_parameters} for layer in layers
        ],
    }


def _learned_arrays(part: Part) -> tuple[np.ndarray, ...]:
    """Returns what a part has learned: weights and biases, or nothing."""
    if isinstance(part, Scaling):
        return part.factor, part.offset
    return (part.kernel, part.bias) if isinstance(part, WeightedPart) else ()


def _group_layers(layers: Sequence[Layer], parts: Sequence[Part]) -> Iterator[list[Layer]]:
    """Yields for each part the layers of Keras that became it, those without a part of their own with the next one."""
    names = {part.name for part in parts}
    group: list[Layer] = []
    owner = ""
    for layer in layers:
        if owner and not layer.name.startswith(f"{owner}_"):  # its normalisation and its activation are
            yield group
            group, owner = [], ""
        group.append(layer)
        owner = layer.name if layer.name in names else owner
    yield group


def _find_scales(anatomy: Anatomy) -> list[float]:
    """Returns the largest absolute value that each part has on real digits, but for a few outliers.

    With one scale a layer, a picture of it does not flicker while a digit is drawn.
    """
    images, _ = load_sample()
    some = images[:: len(images) // MOST_IMAGES][:MOST_IMAGES].astype(np.float32) / 255
    maps = anatomy.feature_maps(some)
    return [float(max(np.quantile(np.abs(maps[part.name]), _SCALE_SHARE), 1e-6)) for part in anatomy.parts]


def _round(values: Any) -> Any:
    """Rounds to as many digits as the page shows; arrays become lists."""
    rounded = np.round(np.asarray(values, np.float64), _DIGITS)
    return rounded.tolist()
