"""A stored model's LiteRT file -> its layers, their weights, and what each of them makes of images.

Works without TensorFlow. Batch normalisation has become part of the convolution before it, as it runs, unless there is
an activation between the two. Gradients do not
exist here: `gradients` has them. Nothing is drawn or stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ..checks import is_index
from ..errors import DamagedModelError, QueryError
from ..models.inference import MOST_IMAGES, predict, predict_logits
from ..models.layers import Layer, find_activations
from ..models.litert import expose, list_operators, pack, read_constant, unpack
from ..models.predictions import Predictions
from ..models.runner import LiteRTRunner
from ..models.store import StoredModel
from ..preprocessing.ink import IMAGE_SIZE

# What Keras calls an operator of LiteRT; a normalisation runs as a product and a sum.
_LAYERS = {
    "CONV_2D": "Conv2D",
    "MAX_POOL_2D": "MaxPooling2D",
    "AVERAGE_POOL_2D": "AveragePooling2D",
    "MEAN": "GlobalAveragePooling2D",
    "FULLY_CONNECTED": "Dense",
    "SCALE": "BatchNormalization",
}
# What follows a convolution or a dense layer and is still its activation.
_ACTIVATIONS = ("RELU", "LEAKY_RELU", "ELU", "LOGISTIC", "MUL", "TANH")


@dataclass(frozen=True)
class Part:
    """A layer as it runs.

    Args:
        name: As in `architectures`.
        shape: Of its output: (height, width, channels) or (units,).
        activation: "linear" or one of `architectures.ACTIVATIONS`.
    """

    kind: ClassVar[str]

    name: str
    shape: tuple[int, ...]
    activation: str = field(default="linear", kw_only=True)

    @property
    def is_map(self) -> bool:
        """Whether its output has places: (height, width, channels)."""
        return len(self.shape) == 3

    @property
    def window(self) -> tuple[int, int, int]:
        """Side of what one value looks at in the layer below, step from value to value, and padding before the first.

        Of a layer that looks at everything, (0, 0, 0).
        """
        return 0, 0, 0


@dataclass(frozen=True)
class WeightedPart(Part):
    """A layer that has learned something.

    Args:
        kernel: float32; (height, width, channels in, out) of a convolution, (units in, out) of a dense layer.
        bias: float32 (out,).
    """

    kernel: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class Convolution(WeightedPart):
    """A convolution; `step` is that from value to value, `before` the padding before the first."""

    kind = "convolution"

    step: int = 1
    before: int = 0

    @property
    def window(self) -> tuple[int, int, int]:
        """See `Part`."""
        return self.kernel.shape[0], self.step, self.before


@dataclass(frozen=True)
class Dense(WeightedPart):
    """A dense layer."""

    kind = "dense"


@dataclass(frozen=True)
class Pooling(Part):
    """A pooling; `pool_size` is the side of its window, `step` that from value to value."""

    pool_size: int
    step: int

    @property
    def window(self) -> tuple[int, int, int]:
        """See `Part`."""
        return self.pool_size, self.step, 0


@dataclass(frozen=True)
class MaxPooling(Pooling):
    """The largest value of each window."""

    kind = "max_pooling"


@dataclass(frozen=True)
class AveragePooling(Pooling):
    """The mean of each window."""

    kind = "average_pooling"


@dataclass(frozen=True)
class Mean(Part):
    """The mean of each map."""

    kind = "mean"


@dataclass(frozen=True)
class Scaling(Part):
    """A normalisation after an activation: each channel or unit times its factor, plus its offset.

    Args:
        factor: float32 (channels,).
        offset: float32 (channels,).
    """

    kind = "scaling"

    factor: np.ndarray
    offset: np.ndarray

    @property
    def window(self) -> tuple[int, int, int]:
        """See `Part`."""
        return (1, 1, 0) if self.is_map else (0, 0, 0)


@dataclass(frozen=True)
class Unit:
    """How one value of a layer comes about.

    Args:
        value: What the layer gives.
        total: Sum of patch times weights and bias, before the activation; of a pooling or mean the value itself.
        patch: float32 (height, width, channels), or (units,), of the layer's input, 0 outside of it.
        corner: Row and column of the patch in the layer's input; None for a layer that looks at everything.
        field: Top, left, bottom and right of what it sees of the image, in pixels, bottom and right excluded.
    """

    value: float
    total: float
    patch: np.ndarray
    corner: tuple[int, int] | None
    field: tuple[int, int, int, int]


@dataclass(frozen=True)
class WeightedUnit(Unit):
    """How one value of a layer with weights comes about.

    Args:
        weights: float32 of the shape of `patch`.
        bias: Added to the sum.
    """

    weights: np.ndarray
    bias: float


class Anatomy:
    """A stored model, opened up: a `Predictor` that shows its layers; may be called from any thread.

    `is_signed` tells whether it first scales the image to [-1, 1].

    Args:
        stored: The model.

    Raises:
        DamagedModelError: Its LiteRT file is damaged, or holds other layers than its recipe says, or weights that are
            not finite.
    """

    def __init__(self, stored: StoredModel) -> None:
        self.name = stored.name
        self.calibration = stored.calibration
        self.is_signed = stored.recipe.network.signed_input
        try:
            model = unpack(stored.read_litert())
            found = list(_find_parts(model, stored.recipe.network.layers()))
            expose(model, {part.name: tensor for part, tensor in found})
        except ValueError as error:
            raise DamagedModelError(stored.folder, f"its layers cannot be read: {error}") from error
        self.parts = tuple(part for part, _ in found)
        self.output_layer = [part for part in self.parts if isinstance(part, Dense)][-1]
        self._runner = LiteRTRunner(pack(model))

    @property
    def content(self) -> bytes:
        """The LiteRT file that runs: the outputs of all parts are outputs of it, by name."""
        return self._runner.content

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        """See `Predictor`."""
        logits = self.parts[-1].name
        return self._runner.run(images, [logits])[logits]

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Maps any number of images, float32 (n, 28, 28) in [0, 1], to logits, float32 (n, 10 or 11)."""
        return predict_logits(self, images)

    def predict(self, images: np.ndarray) -> Predictions:
        """Predicts any number of images, float32 (n, 28, 28) in [0, 1]."""
        return predict(self, images)

    def feature_maps(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Returns what each part makes of images.

        Args:
            images: float32 (n, 28, 28) in [0, 1], at most 64.

        Returns:
            By the name of the part, float32 (n, *shape).

        Raises:
            ValueError: There are more images.
        """
        if len(images) > MOST_IMAGES:
            raise ValueError(f"Expected at most {MOST_IMAGES} images at a time. Received: {len(images)}.")
        outputs = self._runner.run(images)
        return {part.name: outputs[part.name].reshape(len(images), *part.shape) for part in self.parts}

    def find_part(self, name: str) -> int:
        """Returns the number of a part, counted from the image upwards.

        Raises:
            QueryError: There is none of that name.
        """
        names = [part.name for part in self.parts]
        if name not in names:
            raise QueryError(
                "{network} has no layer {name!r}. It has: {names}.",
                network=self.name,
                name=name,
                names=", ".join(names),
            )
        return names.index(name)

    def open_unit(self, image: np.ndarray, name: str, place: Sequence[int]) -> Unit:
        """Takes apart how one value of a layer comes about.

        Args:
            image: float32 (28, 28) in [0, 1].
            name: Of the part.
            place: Row, column and channel, or the unit alone.

        Raises:
            QueryError: There is no such part, or no such place in it.
        """
        number = self.find_part(name)
        part = self.parts[number]
        if len(place) != len(part.shape) or not all(map(is_index, place, part.shape)):
            raise QueryError(
                "{name} has the shape {shape}: there is no unit {place!r} in it.",
                name=name,
                shape=part.shape,
                place=list(place),
            )
        maps = self.feature_maps(image[None])
        value = float(maps[name][0][tuple(place)])
        below = maps[self.parts[number - 1].name][0] if number else self.scale_input(image)[..., None]
        patch, corner = _take_patch(part, below, place)
        seen = self.find_field(name, place)
        if not isinstance(part, WeightedPart):
            return Unit(value, value, patch, corner, seen)
        weights, bias = part.kernel[..., place[-1]], float(part.bias[place[-1]])
        total = float((patch.astype(np.float64) * weights).sum()) + bias
        return WeightedUnit(value, total, patch, corner, seen, weights, bias)

    def scale_input(self, image: np.ndarray) -> np.ndarray:
        """Returns an image as the first layer receives it: some networks scale it to [-1, 1] first."""
        return image * 2 - 1 if self.is_signed else image

    def find_field(self, name: str, place: Sequence[int]) -> tuple[int, int, int, int]:
        """Finds top, left, bottom and right, the last two excluded, of the pixels that one value depends on."""
        number = self.find_part(name)
        if not self.parts[number].is_map:
            return 0, 0, IMAGE_SIZE, IMAGE_SIZE
        (top, left), (bottom, right) = place[:2], place[:2]
        for layer in range(number, -1, -1):
            side, step, before = self.parts[layer].window
            # Padding, and what a pooling leaves over at the edge, is no pixel.
            height, width = self.parts[layer - 1].shape[:2] if layer else (IMAGE_SIZE, IMAGE_SIZE)
            top, left = max(top * step - before, 0), max(left * step - before, 0)
            bottom = min(bottom * step - before + side - 1, height - 1)
            right = min(right * step - before + side - 1, width - 1)
        return top, left, bottom + 1, right + 1


def _find_parts(model: Any, layers: Sequence[Layer]) -> Iterator[tuple[Part, int]]:
    """Yields the parts of an unpacked LiteRT file, each with the number of the tensor that holds its output."""
    wanted = [layer for layer in layers if layer.is_part]
    found: list[tuple[str, list[Any], int]] = []
    for kind, operator in _list_layers(model, [layer.kind for layer in wanted]):
        if kind in _LAYERS:
            found.append((kind, [operator], int(operator.outputs[0])))
        elif found:
            found[-1] = (found[-1][0], [*found[-1][1], operator], int(operator.outputs[0]))
    if [_LAYERS[kind] for kind, _, _ in found] != [layer.kind for layer in wanted]:
        raise ValueError(f"expected {[layer.kind for layer in wanted]}, found {[kind for kind, _, _ in found]}")
    activations, side = find_activations(layers), IMAGE_SIZE
    for (kind, operators, tensor), layer in zip(found, wanted, strict=True):
        yield _read_part(model, kind, operators, layer, side, activations[layer.name]), tensor
        side = layer.output_shape[0]


def _list_layers(model: Any, wanted: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yields the operators that are layers, or that belong to the one before: its activation, its offset."""
    num_found, after_factor = 0, False
    for kind, operator in list_operators(model):
        is_factor = kind == "MUL" and num_found < len(wanted) and wanted[num_found] == "BatchNormalization"
        if is_factor and model.buffers[model.subgraphs[0].tensors[int(operator.inputs[1])].buffer].data is not None:
            kind = "SCALE"
        if kind in _LAYERS or kind in _ACTIVATIONS or (kind == "ADD" and after_factor):
            num_found += kind in _LAYERS
            yield kind, operator
        after_factor = kind == "SCALE"


def _read_part(model: Any, kind: str, operators: Sequence[Any], layer: Layer, below: int, activation: str) -> Part:
    name, shape, options = layer.name, layer.output_shape, layer.options
    if kind == "MEAN":
        return Mean(name, shape, activation=activation)
    if kind in ("MAX_POOL_2D", "AVERAGE_POOL_2D"):
        pooling = MaxPooling if kind == "MAX_POOL_2D" else AveragePooling
        side = options["pool_size"]
        return pooling(name, shape, side, options.get("strides", side), activation=activation)
    if kind == "SCALE":
        factor, offset = (read_constant(model, int(operator.inputs[1])) for operator in operators[:2])
        _check_finite(factor, offset)
        return Scaling(name, shape, factor.reshape(-1), offset.reshape(-1), activation=activation)
    kernel, bias = _read_weights(model, operators[0])
    if kind == "FULLY_CONNECTED":
        return Dense(name, shape, kernel, bias, activation=activation)
    step, side, before = options.get("strides", 1), options["kernel_size"], 0
    if options.get("padding") == "same":
        before = max((shape[0] - 1) * step + side - below, 0) // 2
    return Convolution(name, shape, kernel, bias, step, before, activation=activation)


def _read_weights(model: Any, operator: Any) -> tuple[np.ndarray, np.ndarray]:
    # LiteRT has the outputs first: (out, height, width, in) and (out, in).
    kernel = np.moveaxis(read_constant(model, int(operator.inputs[1])), 0, -1)
    has_bias = len(operator.inputs) > 2 and operator.inputs[2] >= 0
    bias = read_constant(model, int(operator.inputs[2])) if has_bias else np.zeros(kernel.shape[-1], np.float32)
    _check_finite(kernel, bias)
    return kernel, bias


def _check_finite(*arrays: np.ndarray) -> None:
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("its weights are not finite numbers, as after a training that went wrong")


def _take_patch(part: Part, below: np.ndarray, place: Sequence[int]) -> tuple[np.ndarray, tuple[int, int] | None]:
    """Returns what a value of a part looks at in the layer below, and its row and column there."""
    side, step, before = part.window
    if isinstance(part, Dense):
        return below.reshape(-1), None
    if isinstance(part, Mean):
        return below[..., place[-1:]], None
    if not part.is_map:
        return below.reshape(-1)[place[-1]].reshape(1, 1, 1), None
    row, column = (index * step - before for index in place[:2])
    padded = np.pad(below, ((side, side), (side, side), (0, 0)))
    patch = padded[row + side : row + 2 * side, column + side : column + 2 * side]
    return patch if isinstance(part, Convolution) else patch[..., place[-1:]], (row, column)
