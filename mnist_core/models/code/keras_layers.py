"""What Keras calls layers -> what they are called here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...errors import CodeError
from .assembly import Item, Note, Words, check_shape, make_item, name_activation, note_slope, refuse
from .interpreter import LayerCall

# What does not change the network, in any layer.
_SKIPPED = ("name", "trainable", "dtype", "seed", "batch_size", "input_length", "noise_shape", "sparse")


def translate_keras(calls: Sequence[LayerCall], notes: list[Note]) -> list[Item]:
    """Returns the layers that these calls make.

    Args:
        calls: In their order.
        notes: Takes what is left out.

    Raises:
        CodeError: One is not known here.
    """
    return [_translate(call, notes) for call in calls]


def _translate(call: LayerCall, notes: list[Note]) -> Item:
    names, translate = _LAYERS.get(call.name, ((), None))
    words = Words(call, names, notes) if translate else Words(LayerCall(call.name, (), {}, call.line), (), notes)
    if translate is None:
        raise refuse(words, list(_LAYERS))
    words.skip(*_SKIPPED)
    for name in ("input_shape", "input_dim", "batch_input_shape", "batch_shape"):
        shape = words.take_shape(name)
        shape = shape[1:] if name.startswith("batch_") and isinstance(shape, list | tuple) else shape
        check_shape(shape, words)
    words.expect("data_format", None, "channels_last")
    return translate(words)


def _convolve(words: Words) -> Item:
    words.expect("dilation_rate", 1, (1, 1), [1, 1])
    words.expect("groups", 1)
    options = {
        "filters": words.take("filters"),
        "kernel_size": words.take_side("kernel_size"),
        "strides": words.take_side("strides"),
        "padding": _lower(words.take("padding")),
        "activation": name_activation(words.take_raw("activation"), words),
        "use_bias": words.take("use_bias"),
    }
    return make_item(words, "Conv2D", options)


def _pool(kind: str) -> Callable[[Words], Item]:
    def pool(words: Words) -> Item:
        options = {
            "pool_size": words.take_side("pool_size"),
            "strides": words.take_side("strides"),
            "padding": _lower(words.take("padding")),
        }
        return make_item(words, kind, options)

    return pool


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _connect(words: Words) -> Item:
    options = {
        "units": words.take("units"),
        "activation": name_activation(words.take_raw("activation"), words),
        "use_bias": words.take("use_bias"),
    }
    return make_item(words, "Dense", options)


def _plain(kind: str) -> Callable[[Words], Item]:
    def make(words: Words) -> Item:
        words.expect("keepdims", False)
        return make_item(words, kind, {})

    return make


def _drop(kind: str) -> Callable[[Words], Item]:
    return lambda words: make_item(words, kind, {"rate": words.take("rate")})


def _normalise(words: Words) -> Item:
    words.expect("axis", -1, 3, 1)
    words.expect("center", True)
    words.expect("scale", True)
    return make_item(
        words, "BatchNormalization", {"momentum": words.take("momentum"), "epsilon": words.take("epsilon")}
    )


def _activate(words: Words) -> Item:
    return make_item(words, "Activation", {"activation": name_activation(words.take_raw("activation"), words)})


def _named(activation: str) -> Callable[[Words], Item]:
    def activate(words: Words) -> Item:
        words.expect("axis", -1, 1)
        words.expect("max_value", None)
        words.expect("threshold", 0, None)
        words.expect("alpha", 1)
        return make_item(words, "Activation", {"activation": activation})

    return activate


def _leak(words: Words) -> Item:
    note_slope(words, words.take("negative_slope", "alpha", default=0.3))
    return make_item(words, "Activation", {"activation": "leaky_relu"})


def _receive(words: Words) -> Item:
    check_shape(words.take_shape("shape"), words)
    words.skip("tensor", "optional", "input_tensor", "ragged")
    return make_item(words, "Flatten", {}).as_nothing()


def _reshape(words: Words) -> Item:
    shape = words.take("target_shape")
    check_shape(shape, words)
    is_row = isinstance(shape, list | tuple) and len(shape) == 1
    item = make_item(words, "Flatten", {})
    return item if is_row else item.as_nothing()


def _rescale(words: Words) -> Item:
    scale, offset = words.take("scale"), words.take("offset", default=0)
    if not isinstance(scale, int | float) or not isinstance(offset, int | float):
        raise CodeError("Line {line}: Rescaling needs a number.", words.line)
    words.close()
    if abs(scale * 255 - 1) < 0.01 and not offset:
        words.note("Images lie in [0, 1] here already, so this Rescaling is left out.")
        return make_item(words, "Flatten", {}).as_nothing()
    if abs(scale * 127.5 - 1) < 0.01 and offset == -1:
        words.note("Images lie in [0, 1] here already, so this becomes Rescaling(2, offset=-1).")
        scale = 2
    return make_item(words, "Rescaling", {"scale": scale, "offset": offset})


_CONVOLUTION = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "data_format",
    "dilation_rate",
    "groups",
    "activation",
    "use_bias",
)
_WINDOW = ("pool_size", "strides", "padding", "data_format")
_LAYERS: dict[str, tuple[tuple[str, ...], Callable[[Words], Item]]] = {
    "Conv2D": (_CONVOLUTION, _convolve),
    "Convolution2D": (_CONVOLUTION, _convolve),
    "MaxPooling2D": (_WINDOW, _pool("MaxPooling2D")),
    "MaxPool2D": (_WINDOW, _pool("MaxPooling2D")),
    "AveragePooling2D": (_WINDOW, _pool("AveragePooling2D")),
    "AvgPool2D": (_WINDOW, _pool("AveragePooling2D")),
    "GlobalAveragePooling2D": ((), _plain("GlobalAveragePooling2D")),
    "GlobalAvgPool2D": ((), _plain("GlobalAveragePooling2D")),
    "Flatten": ((), _plain("Flatten")),
    "Dense": (("units", "activation", "use_bias"), _connect),
    "Dropout": (("rate",), _drop("Dropout")),
    "SpatialDropout2D": (("rate",), _drop("SpatialDropout2D")),
    "BatchNormalization": (("axis", "momentum", "epsilon"), _normalise),
    "Activation": (("activation",), _activate),
    "ReLU": ((), _named("relu")),
    "LeakyReLU": (("negative_slope",), _leak),
    "ELU": ((), _named("elu")),
    "Softmax": (("axis",), _named("softmax")),
    "Input": (("shape",), _receive),
    "InputLayer": (("shape",), _receive),
    "Reshape": (("target_shape",), _reshape),
    "Rescaling": (("scale", "offset"), _rescale),
    **{name: ((), _named(name)) for name in ("relu", "elu", "silu", "sigmoid", "tanh", "softmax", "log_softmax")},
    "swish": ((), _named("silu")),
}
