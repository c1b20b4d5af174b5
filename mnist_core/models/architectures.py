"""Networks by name, as frozen values: their layers, output shapes and parameters, known without Keras.

An architecture is blocks of convolutions, each followed by pooling, then dense layers and ten logits. `Parts` changes
any of it, or replaces all layers before the logits. What cannot be built is refused here by the name of the layer,
before anything heavy is imported. This module builds no model: `keras_builder` does.
"""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from ..checks import is_whole
from ..errors import ArchitectureError, UnknownModelError
from .layers import ACTIVATIONS, MOST_LAYERS, Layer, Shape, Stack, name_layers, parse_layer, write_layer

NUM_CLASSES = 10
POOLINGS = ("max", "average")


@dataclass(frozen=True)
class Parts:
    """Changes to an architecture; None keeps what it has.

    Args:
        activation: One of `ACTIVATIONS`, in every hidden layer.
        filters: Filters of each block's convolutions. Another number of values is another number of blocks; each added
            block has as many convolutions as the last one had.
        kernel: Side of every convolution's kernel, in pixels.
        pooling: One of `POOLINGS`.
        pool_size: Side of every pooling window, in pixels.
        dense_units: Units of each hidden dense layer; empty is none.
        dropout: Share of values that are dropped while training, in [0, 1); where the architecture has no dropout, it
            comes before the output.
        layers: Other layers in place of all before the logits, each as `layers.parse_layer` reads it; nothing else can
            be changed beside them.
    """

    activation: str | None = None
    filters: tuple[int, ...] | None = None
    kernel: int | None = None
    pooling: str | None = None
    pool_size: int | None = None
    dense_units: tuple[int, ...] | None = None
    dropout: float | None = None
    layers: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("filters", "dense_units"):
            values = getattr(self, name)
            if values is not None:
                object.__setattr__(self, name, tuple(values))  # JSON has no tuples
                whole = all(is_whole(value) and value >= 1 for value in values)
                _require(whole, name, "hold whole numbers of at least 1", values)
        for name in ("kernel", "pool_size"):
            value = getattr(self, name)
            whole = value is None or (is_whole(value) and value >= 1)
            _require(whole, name, "be a whole number of at least 1", value)
        for name, choices in (("activation", ACTIVATIONS), ("pooling", POOLINGS)):
            value = getattr(self, name)
            _require(value is None or value in choices, name, f"be one of {', '.join(choices)}", value)
        if self.dropout is not None:
            object.__setattr__(self, "dropout", float(self.dropout))
            _require(0 <= self.dropout < 1, "dropout", "be in [0, 1)", self.dropout)
        if self.layers is not None:
            _require(0 < len(self.layers) <= MOST_LAYERS, "layers", f"hold 1 to {MOST_LAYERS} layers", self.layers)
            object.__setattr__(self, "layers", tuple(write_layer(*parse_layer(text)) for text in self.layers))

    @property
    def given(self) -> dict[str, Any]:
        """The changes that are not None, by name."""
        return {entry.name: value for entry in fields(self) if (value := getattr(self, entry.name)) is not None}

    def update(self, other: Parts) -> Parts:
        """Returns these changes, with those of another on top."""
        return dataclasses.replace(self, **other.given)


@dataclass(frozen=True)
class Architecture:
    """A network from images, float32 (n, 28, 28, 1) in [0, 1], to logits (n, 10), or (n, 11).

    Args:
        name: Its name.
        summary: What it is, in one line.
        blocks: For each block the filters of its convolutions.
        padding: "same" or "valid" for the first, second, ... convolution of every block.
        kernel: Side of every kernel.
        pooling: "max" or "average".
        pool_size: Side of every pooling window.
        head: "flatten" keeps every place of the last feature maps, "average" takes the mean of each map instead of the
            last pooling.
        dense_units: Units of each hidden dense layer.
        dropout: Share of values dropped while training.
        dropout_before: "dense" or "logits".
        activation: Of every hidden layer.
        normalisation: Whether each convolution is followed by batch normalisation, in place of its bias.
        signed_input: Whether the network first scales its input to [-1, 1].
        num_outputs: Ten logits, or eleven: the last speaks for "not a digit".
        stack: All layers before the logits, as `Parts.layers` has them, in place of blocks, head and dense layers;
            empty for a network that is described by those.
    """

    name: str
    summary: str = field(default="", compare=False)
    blocks: tuple[tuple[int, ...], ...] = ()
    padding: tuple[str, ...] = ("valid",)
    kernel: int = 3
    pooling: str = "max"
    pool_size: int = 2
    head: Literal["flatten", "average"] = "flatten"
    dense_units: tuple[int, ...] = ()
    dropout: float = 0.0
    dropout_before: Literal["dense", "logits"] = "logits"
    activation: str = "relu"
    normalisation: bool = False
    signed_input: bool = False
    num_outputs: int = NUM_CLASSES
    stack: tuple[str, ...] = ()

    @property
    def num_parameters(self) -> int:
        """Parameters of all layers."""
        return sum(layer.num_parameters for layer in self.layers())

    @property
    def has_pooling(self) -> bool:
        """Whether any block is followed by pooling."""
        return len(self.blocks) > (self.head == "average")

    def layers(self) -> tuple[Layer, ...]:
        """Returns all layers between the input and, last, the logits.

        Raises:
            ArchitectureError: A layer does not fit what the one before it gives, or the network would not fit into
                memory.
        """
        stack = Stack(self.name)
        if self.signed_input:
            stack.add("rescale", "Rescaling", scale=2.0, offset=-1.0)
        if self.stack:
            for name, kind, options in name_layers(list(map(parse_layer, self.stack))):
                stack.add(name, kind, **options)
        else:
            self._add_parts(stack)
        stack.add("logits", "Dense", units=self.num_outputs)
        stack.check_size()
        return tuple(stack.layers)

    def change(self, parts: Parts) -> Architecture:
        """Returns the same network with other parts.

        Raises:
            ArchitectureError: A part is changed that this network does not have.
        """
        changes = parts.given
        if "layers" in changes:
            return self._replace_layers(**changes)
        if "filters" in changes:
            sizes = [len(block) for block in self.blocks] or [len(self.padding)]
            filters = changes.pop("filters")
            sizes += sizes[-1:] * (len(filters) - len(sizes))
            changes["blocks"] = tuple((width,) * size for width, size in zip(filters, sizes, strict=False))
        changed = dataclasses.replace(self, **changes)
        missing = {
            "kernel": not changed.blocks and "convolution",
            "pooling": not changed.has_pooling and "pooling",
            "pool_size": not changed.has_pooling and "pooling",
            "activation": not (changed.blocks or changed.dense_units) and "hidden layer",
        }
        for name in changes:
            if missing.get(name):
                raise ArchitectureError(
                    "`{layer}` has no effect here: {name} has no {missing}.",
                    name,
                    name=self.name,
                    missing=missing[name],
                )
        return changed

    def _replace_layers(self, layers: tuple[str, ...], **others: Any) -> Architecture:
        for name in others:
            raise ArchitectureError(
                "`{layer}` has no effect here: `layers` says what {name} is made of. Change it there.",
                name,
                name=self.name,
            )
        if layers == self.hidden_code:
            return self
        signed = layers[0].startswith("Rescaling")
        return Architecture(
            self.name, self.summary, signed_input=signed, num_outputs=self.num_outputs, stack=layers[signed:]
        )

    @property
    def hidden_code(self) -> tuple[str, ...]:
        """All layers before the logits, as `Parts.layers` takes them."""
        return tuple(write_layer(*parse_layer(layer.code)) for layer in self.layers()[:-1])

    def drop_idle(self, parts: Parts) -> Parts:
        """Returns the same changes without those that say what this network has anyway.

        Raises:
            ArchitectureError: A part is changed that this network does not have.
        """
        wanted = self.change(parts)
        for entry in fields(parts):
            without = dataclasses.replace(parts, **{entry.name: None})
            try:
                parts = without if self.change(without) == wanted else parts
            except ArchitectureError:
                continue  # another part stands on this one
        return parts

    def _add_parts(self, stack: Stack) -> None:
        self._add_blocks(stack)
        if not (self.blocks and self.head == "average"):
            stack.add("flatten", "Flatten")
        if self.dropout and self.dropout_before == "dense":
            stack.add("dropout", "Dropout", rate=self.dropout)
        for index, units in enumerate(self.dense_units, 1):
            stack.add(f"dense{index}", "Dense", units=units, activation=self.activation)
        if self.dropout and self.dropout_before == "logits":
            stack.add("dropout", "Dropout", rate=self.dropout)

    def _add_blocks(self, stack: Stack) -> None:
        number = 0
        for index, block in enumerate(self.blocks, 1):
            for position, filters in enumerate(block):
                number += 1
                padding = self.padding[min(position, len(self.padding) - 1)]
                self._add_convolution(stack, f"conv{number}", filters, padding)
            if index == len(self.blocks) and self.head == "average":
                stack.add("embedding", "GlobalAveragePooling2D")
            else:
                kind = "MaxPooling2D" if self.pooling == "max" else "AveragePooling2D"
                stack.add(f"pool{index}", kind, pool_size=self.pool_size)

    def _add_convolution(self, stack: Stack, name: str, filters: int, padding: str) -> None:
        common = {"filters": filters, "kernel_size": self.kernel, "padding": padding}
        if self.normalisation:
            stack.add(name, "Conv2D", **common, use_bias=False)
            stack.add(f"{name}_norm", "BatchNormalization", momentum=0.95)
            stack.add(f"{name}_{self.activation}", "Activation", activation=self.activation)
        else:
            stack.add(name, "Conv2D", **common, activation=self.activation)


def find_architecture(name: str, parts: Parts | None = None) -> Architecture:
    """Returns the architecture of that name, changed as `parts` say.

    Raises:
        UnknownModelError: `name` is not in `ARCHITECTURES`.
        ArchitectureError: The changes are impossible.
    """
    if name not in ARCHITECTURES:
        raise UnknownModelError(name, sorted(ARCHITECTURES), kind="architecture")
    return ARCHITECTURES[name].change(parts or Parts())


def find_layers(architecture: Architecture, patterns: Sequence[str]) -> tuple[str, ...]:
    """Returns the names of the layers with weights that match any of the patterns, as in `conv*`.

    Raises:
        ArchitectureError: A pattern matches no layer that has weights.
    """
    names = [layer.name for layer in architecture.layers() if layer.num_parameters]
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            raise ArchitectureError(
                "{name} has no layer {layer!r} with weights. It has: {names}.",
                pattern,
                name=architecture.name,
                names=", ".join(names),
            )
    return tuple(name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns))


def find_difference(first: Architecture, second: Architecture) -> str | None:
    """Returns where the weights of one network do not fit the other: a sentence, or None where all of them fit."""
    ours, theirs = (list(_weight_shapes(architecture)) for architecture in (first, second))
    for mine, other in zip(ours, theirs, strict=False):  # they differ at the shorter one's logits at the latest
        if mine != other:
            return f"{first.name} has {_name_layer(mine)} where {second.name} has {_name_layer(other)}"
    return None


def _weight_shapes(architecture: Architecture) -> Iterator[tuple[str, Shape, int]]:
    return (
        (layer.name, layer.output_shape[-1:], layer.num_parameters)
        for layer in architecture.layers()
        if layer.num_parameters
    )


def _name_layer(layer: tuple[str, Shape, int]) -> str:
    name, (channels,), num_parameters = layer
    return f"{name} with {channels} outputs and {num_parameters:,} parameters"


def _require(condition: bool, name: str, wanted: str, received: Any) -> None:
    if not condition:
        raise ValueError(f"`{name}` must {wanted}. Received: {name}={received!r}")


ARCHITECTURES: dict[str, Architecture] = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            name="sketchnet",
            # Simonyan and Zisserman (2015) for stacked 3x3 convolutions; Lin, Chen and Yan (2014), "Network in
            # network", for the mean of each map, which makes the answer depend less on where a stroke lies.
            summary="five 3x3 convolutions with batch normalisation, and the mean of each last map",
            blocks=((32,), (64, 64), (144, 144)),
            padding=("same",),
            head="average",
            dropout=0.3,
            normalisation=True,
        ),
        Architecture(name="linear", summary="one dense layer from pixels to logits, the simplest network there is"),
        Architecture(name="dense512", summary="one hidden dense layer", dense_units=(512,)),
        Architecture(
            name="lenet",
            summary="two convolutions, each with pooling, and a dense layer; tutorials call it LeNet, though LeCun's "
            "LeNet-5 has 5x5 kernels, average pooling, three dense layers and tanh",
            blocks=((32,), (64,)),
            dense_units=(64,),
        ),
        Architecture(
            name="lenet_dropout",
            summary="lenet with a wider dense layer and dropout before the output",
            blocks=((32,), (64,)),
            dense_units=(128,),
            dropout=0.5,
        ),
        Architecture(
            name="conv_dropout",
            summary="one convolution, and dropout before the dense layer",
            blocks=((32,),),
            dense_units=(128,),
            dropout=0.5,
            dropout_before="dense",
        ),
        Architecture(
            name="vgg_small",
            summary="two blocks of two convolutions, after Simonyan and Zisserman (2015)",
            blocks=((32, 32), (64, 64)),
            padding=("same", "valid"),
            dense_units=(512,),
        ),
        Architecture(
            name="wide_dense",
            summary="two convolutions and a dense layer that holds nearly all parameters",
            blocks=((32,), (64,)),
            padding=("same",),
            dense_units=(1024,),
            signed_input=True,
        ),
        Architecture(
            name="fast",
            summary="two 5x5 convolutions with few filters",
            blocks=((16,), (32,)),
            kernel=5,
            dense_units=(128,),
        ),
    )
}
