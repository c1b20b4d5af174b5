"""The layers that networks are made of: their options, output shapes and parameters, known without Keras.

A layer is written as the call of `keras.layers` that makes it, such as `Conv2D(32, 3, activation="relu")`. That text is
read, never run. What does not fit the layer below is refused by the layer's name.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..checks import is_number, is_whole
from ..errors import ArchitectureError
from ..preprocessing.ink import IMAGE_SIZE

ACTIVATIONS = ("relu", "leaky_relu", "elu", "silu", "sigmoid", "tanh")

# The largest classic network here has 3 million; more than this is a slip of the keyboard, and fills the memory.
_MOST_PARAMETERS = 50_000_000
# Of what one image becomes in one layer; a batch holds hundreds of them.
_MOST_VALUES = 1_000_000
MOST_LAYERS = 100
_LONGEST_TEXT = 200

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Option:
    """One argument of a layer.

    Args:
        is_right: Whether a value is one that is known here.
        wanted: What such a value is, in words.
        default: What Keras takes when it is left out; `NEEDED` where it may not be.
        is_first: Whether it is written without its name.
    """

    is_right: Callable[[Any], bool]
    wanted: str
    default: Any
    is_first: bool = False


NEEDED = object()


def _whole(default: Any = NEEDED, is_first: bool = False) -> Option:
    return Option(lambda value: is_whole(value) and value >= 1, "a whole number of at least 1", default, is_first)


def _within(low: float, high: float, default: Any = NEEDED, is_first: bool = False) -> Option:
    right = f"a number from {low:g} to below {high:g}"
    return Option(lambda value: is_number(value) and low <= value < high, right, default, is_first)


def _one_of(*choices: Any, default: Any = NEEDED, is_first: bool = False) -> Option:
    words = f"one of {', '.join(map(str, choices))}"
    return Option(lambda value: any(value is one or value == one for one in choices), words, default, is_first)


_PADDING = _one_of("valid", "same", default="valid")
_BIAS = _one_of(True, False, default=True)
_POOLING = {"pool_size": _whole(2, is_first=True), "strides": _whole(None), "padding": _PADDING}

# What Keras calls the layers that are known here, and the arguments of each that change what it computes.
KINDS: dict[str, dict[str, Option]] = {
    "Conv2D": {
        "filters": _whole(is_first=True),
        "kernel_size": _whole(is_first=True),
        "strides": _whole(1),
        "padding": _PADDING,
        "activation": _one_of(*ACTIVATIONS, default=None),
        "use_bias": _BIAS,
    },
    "MaxPooling2D": _POOLING,
    "AveragePooling2D": _POOLING,
    "GlobalAveragePooling2D": {},
    "Flatten": {},
    "Dense": {
        "units": _whole(is_first=True),
        "activation": _one_of(*ACTIVATIONS, default=None),
        "use_bias": _BIAS,
    },
    "Dropout": {"rate": _within(0, 1, is_first=True)},
    "SpatialDropout2D": {"rate": _within(0, 1, is_first=True)},
    "BatchNormalization": {"momentum": _within(0, 1, 0.99), "epsilon": _within(1e-9, 1, 1e-3)},
    "Activation": {"activation": _one_of(*ACTIVATIONS, is_first=True)},
    "Rescaling": {"scale": _one_of(2, is_first=True), "offset": _one_of(-1)},
}
POOLING_KINDS = ("MaxPooling2D", "AveragePooling2D")


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Args:
        name: Unique in its network.
        kind: Name of the Keras class.
        options: What that class takes beside the name.
        output_shape: Without the batch: (height, width, channels) or (units,).
        num_parameters: Trained numbers, and the running statistics of a normalisation.
    """

    name: str
    kind: str
    options: dict[str, Any]
    output_shape: Shape
    num_parameters: int

    @property
    def code(self) -> str:
        """The call of `keras.layers` that makes it, but for its name, such as `Conv2D(32, 3, padding="same")`."""
        return write_layer(self.kind, self.options)

    @property
    def is_part(self) -> bool:
        """Whether it is seen as a layer of its own; dropout is not there when a network answers, for example."""
        if self.kind == "BatchNormalization":
            return not self.name.endswith("_norm")  # else it has become part of the layer before it
        return self.kind in ("Conv2D", "Dense", "GlobalAveragePooling2D", *POOLING_KINDS)


def write_layer(kind: str, options: Mapping[str, Any]) -> str:
    """Returns the call of `keras.layers` that makes a layer; see `parse_layer` for the way back."""
    first = [name for name, option in KINDS[kind].items() if option.is_first]
    words = [repr(options[name]).replace("'", '"') for name in first]
    words += [f"{name}={value!r}".replace("'", '"') for name, value in options.items() if name not in first]
    return f"{kind}({', '.join(words)})"


def parse_layer(text: Any) -> tuple[str, dict[str, Any]]:
    """Reads a layer's call: its kind and options.

    Raises:
        ValueError: It is no call of a known layer with plain values.
    """
    try:
        if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
            raise ValueError(f"it is no text of at most {_LONGEST_TEXT} characters")
        call = ast.parse(text.strip(), mode="eval").body
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            raise ValueError("it is no call, as in Dense(64)")
        given = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
        names = list(KINDS.get(call.func.id, ()))
        if len(call.args) > len(names):
            raise ValueError(f"{call.func.id} is unknown, or takes fewer values. Known: {', '.join(KINDS)}")
        positional = dict(zip(names, map(ast.literal_eval, call.args), strict=False))
        return call.func.id, check_options(call.func.id, positional | given)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(f"{str(text)[:_LONGEST_TEXT]!r} is no layer that is known here: {error}.") from error


def check_options(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options of a layer in their order, without those that Keras takes anyway.

    Raises:
        ValueError: The layer is unknown, or one of the options is, or has no possible value.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no {kind} here. Known: {', '.join(KINDS)}")
    known = KINDS[kind]
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"{kind} has no `{name}` here. Known: {', '.join(known) or 'nothing'}")
        if value is not known[name].default and not known[name].is_right(value):
            raise ValueError(f"`{name}` must be {known[name].wanted}. Received: {name}={value!r:.100}")
    for name, option in known.items():
        if option.default is NEEDED and name not in given:
            raise ValueError(f"{kind} needs `{name}`")
    options = {name: given.get(name, option.default) for name, option in known.items()}
    if options.get("strides") == options.get("pool_size"):
        options.pop("strides", None)
    return {
        name: float(value) if name in ("rate", "momentum", "epsilon", "scale", "offset") else value
        for name, value in options.items()
        if known[name].is_first or value != known[name].default
    }


def name_layers(layers: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields name, kind and options of layers that stand on each other.

    A normalisation or an activation that belongs to the layer before it is named after it, as in conv1_norm.

    Raises:
        ArchitectureError: An activation has no layer to belong to, or a normalisation has no effect.
    """
    names = LayerNames()
    for kind, options in layers:
        yield names.give(kind, options), kind, options


# What their names begin with.
_STEMS = {
    "Conv2D": "conv",
    "Dense": "dense",
    "MaxPooling2D": "pool",
    "AveragePooling2D": "pool",
    "GlobalAveragePooling2D": "mean",
    "Flatten": "flatten",
    "Dropout": "dropout",
    "SpatialDropout2D": "dropout",
    "BatchNormalization": "norm",
}


class LayerNames:
    """Names for layers, counted by kind; see `name_layers`."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._owner = ""
        self._takes_norm = self._is_normal = self._is_active = False

    def give(self, kind: str, options: Mapping[str, Any]) -> str:
        """Returns the name of the next layer.

        Raises:
            ArchitectureError: It does not fit behind the one before it.
        """
        if kind == "Activation":
            return self._name_activation(str(options["activation"]))
        if kind == "BatchNormalization" and self._takes_norm:
            self._takes_norm, self._is_normal = False, True
            return f"{self._owner}_norm"
        if kind == "Rescaling":
            raise ArchitectureError("Rescaling can only be the first layer: it scales the image to [-1, 1].", "rescale")
        if kind == "BatchNormalization" and not self._owner:
            raise ArchitectureError(
                "The image itself is not normalised here: its pixels lie in [0, 1]. Leave the first {layer} out.",
                kind,
            )
        stem = _STEMS[kind]
        if kind == "BatchNormalization" and self._is_normal:
            raise ArchitectureError(
                "The normalisation after {layer} has no effect, because {layer} is normalised already. Leave it out.",
                self._owner,
            )
        self._counts[stem] = self._counts.get(stem, 0) + 1
        name = f"{stem}{self._counts[stem]}"
        if kind == "Flatten":
            self._takes_norm = False
        elif stem != "dropout":
            self._owner = name
            self._is_active = options.get("activation") is not None
            self._is_normal = kind == "BatchNormalization"
            self._takes_norm = kind in ("Conv2D", "Dense") and not self._is_active
        return name

    def _name_activation(self, activation: str) -> str:
        if not self._owner:
            raise ArchitectureError(
                "The first {layer} has no layer before it. Put it behind a convolution or a dense layer.", activation
            )
        if self._is_active:
            raise ArchitectureError(
                "{owner} has an activation already: leave the {layer} that follows it out.",
                activation,
                owner=self._owner,
            )
        self._is_active, self._takes_norm, self._is_normal = True, False, False
        return f"{self._owner}_{activation}"


def find_activations(layers: Sequence[Layer]) -> dict[str, str]:
    """Returns for each layer that is seen as one, by name, the activation that its values have been through."""
    found: dict[str, str] = {}
    owner = ""
    for layer in layers:
        if layer.is_part:
            owner = layer.name
            found[owner] = layer.options.get("activation") or "linear"
        elif layer.kind == "Activation":
            found[owner] = layer.options["activation"]
    return found


class Stack:
    """Layers on top of each other, each with the shape and the parameters that follow from the one below."""

    def __init__(self, network: str) -> None:
        self._network = network
        self._shape: Shape = (IMAGE_SIZE, IMAGE_SIZE, 1)
        self._below = "the image"
        self.layers: list[Layer] = []

    def add(self, name: str, kind: str, **options: Any) -> None:
        """Puts a layer on top.

        Raises:
            ArchitectureError: It does not fit.
        """
        shape, num_parameters = self._shape, 0
        if kind.endswith("2D"):
            self._require_maps(name, kind)
        if kind == "Conv2D":
            shape, num_parameters = self._convolve(name, **options)
        elif kind in POOLING_KINDS:
            shape = self._pool(name, **options)
        elif kind == "GlobalAveragePooling2D":
            shape = self._shape[-1:]
        elif kind == "Flatten":
            shape = (math.prod(self._shape),)
        elif kind == "Dense":
            self._require_row(name)
            shape = (options["units"],)
            num_parameters = (self._shape[0] + options.get("use_bias", True)) * options["units"]
        elif kind == "BatchNormalization":
            num_parameters = 4 * self._shape[-1]
        self.layers.append(Layer(name, kind, options, shape, num_parameters))
        self._shape, self._below = shape, name

    def check_size(self) -> None:
        """Makes sure that the network fits into memory.

        Raises:
            ArchitectureError: It does not.
        """
        total = sum(layer.num_parameters for layer in self.layers)
        if total > _MOST_PARAMETERS:
            largest = max(self.layers, key=lambda layer: layer.num_parameters)
            raise ArchitectureError(
                "{network} would have {total:,} parameters, {num_parameters:,} of them in {layer}. At "
                "most {most_parameters:,} are trained here: make that layer smaller.",
                largest.name,
                network=self._network,
                total=total,
                num_parameters=largest.num_parameters,
                most_parameters=_MOST_PARAMETERS,
            )
        widest = max(self.layers, key=lambda layer: math.prod(layer.output_shape))
        if math.prod(widest.output_shape) > _MOST_VALUES:
            raise ArchitectureError(
                "{network} would make {values:,} numbers of every image in {layer}. At most {most:,} fit into memory: "
                "make that layer smaller.",
                widest.name,
                network=self._network,
                values=math.prod(widest.output_shape),
                most=_MOST_VALUES,
            )

    def _convolve(
        self,
        name: str,
        filters: int,
        kernel_size: int,
        padding: str = "valid",
        strides: int = 1,
        use_bias: bool = True,
        activation: str | None = None,
    ) -> tuple[Shape, int]:
        if padding == "valid":
            self._require_side(name, f"a {kernel_size}x{kernel_size} convolution", kernel_size)
        lost = kernel_size - 1 if padding == "valid" else 0
        height, width = ((side - lost - 1) // strides + 1 for side in self._shape[:2])
        return (height, width, filters), (kernel_size**2 * self._shape[2] + use_bias) * filters

    def _pool(self, name: str, pool_size: int, strides: int | None = None, padding: str = "valid") -> Shape:
        self._require_side(name, f"{pool_size}x{pool_size} pooling", pool_size)
        step = strides or pool_size
        if padding == "same" and (self._shape[0] - pool_size) % step:
            raise ArchitectureError(
                "{network} cannot be built at {layer}: pooling that pads {side}x{side} at its edges is not known here. "
                'Leave out padding="same".',
                name,
                network=self._network,
                side=self._shape[0],
            )
        height, width = ((side - pool_size) // step + 1 for side in self._shape[:2])
        return height, width, self._shape[2]

    def _require_maps(self, name: str, kind: str) -> None:
        if len(self._shape) != 3:
            raise ArchitectureError(
                "{network} cannot be built at {layer}: {kind} needs maps of height, width and channels, and {below} "
                "leaves a row of {values:,} numbers. Put it before the Flatten.",
                name,
                network=self._network,
                kind=kind,
                below=self._below,
                values=self._shape[0],
            )

    def _require_row(self, name: str) -> None:
        if len(self._shape) != 1:
            raise ArchitectureError(
                "{network} cannot be built at {layer}: Dense needs a row of numbers, and {below} leaves maps of "
                "{shape}. Put a Flatten or a GlobalAveragePooling2D before it.",
                name,
                network=self._network,
                below=self._below,
                shape=" x ".join(map(str, self._shape)),
            )

    def _require_side(self, name: str, what: str, least: int) -> None:
        side = self._shape[0]
        if side < least:
            raise ArchitectureError(
                "{network} cannot be built at {layer}: {what} needs an input of at least {least}x{least},"
                " and {below} leaves {side}x{side}. Use fewer blocks, a smaller kernel or a smaller "
                "pooling.",
                name,
                network=self._network,
                what=what,
                least=least,
                below=self._below,
                side=side,
            )
