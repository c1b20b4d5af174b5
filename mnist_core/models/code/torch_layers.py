"""What PyTorch calls layers -> what they are called here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...errors import CodeError
from .assembly import Item, Note, Words, check_shape, make_item, note_slope, refuse
from .interpreter import LayerCall
from .syntax import Unknown

# What does not change the network, in any layer.
_SKIPPED = ("inplace", "training", "device", "dtype", "dim", "track_running_stats", "_stacklevel")


def translate_torch(calls: Sequence[LayerCall], notes: list[Note]) -> list[Item]:
    """Returns the layers that these calls make; see `keras_layers.translate_keras`."""
    items: list[Item] = []
    is_row = False
    for call in calls:
        item = _translate(call, notes)
        if item.kind == "Flatten" and is_row:
            item = item.as_nothing()
        is_row = is_row or item.kind in ("Flatten", "GlobalAveragePooling2D")
        items.append(item)
    return items


def _translate(call: LayerCall, notes: list[Note]) -> Item:
    names, translate = _LAYERS.get(call.name, ((), None))
    words = Words(call, names, notes) if translate else Words(LayerCall(call.name, (), {}, call.line), (), notes)
    if translate is None:
        raise refuse(words, [name for name in _LAYERS if name[0].isupper()])
    words.skip(*_SKIPPED)
    return translate(words)


def _convolve(words: Words) -> Item:
    words.expect("dilation", 1, (1, 1))
    words.expect("groups", 1)
    words.expect("padding_mode", "zeros")
    num_inputs, side, step = words.take("in_channels"), words.take_side("kernel_size"), words.take_side("stride")
    options = {
        "filters": words.take("out_channels"),
        "kernel_size": side,
        "strides": step,
        "padding": _find_padding(words, words.take_side("padding", default=0), side, step),
        "use_bias": words.take("bias"),
    }
    return make_item(words, "Conv2D", options, num_inputs)


def _find_padding(words: Words, padding: Any, side: Any, step: Any) -> Any:
    if padding in (0, "valid"):
        return "valid"
    if padding == "same" or (isinstance(side, int) and side % 2 and padding == side // 2 and step in (None, 1)):
        return "same"
    raise CodeError(
        "Line {line}: {layer} with padding={padding!r} is not known here. Take 0, or half of an odd kernel_size with "
        "stride 1.",
        words.line,
        layer=words.written,
        padding=padding,
    )


def _pool(kind: str) -> Callable[[Words], Item]:
    def pool(words: Words) -> Item:
        words.expect("padding", 0, (0, 0))
        words.expect("dilation", 1)
        words.expect("ceil_mode", False)
        words.expect("return_indices", False)
        words.skip("count_include_pad")
        return make_item(
            words, kind, {"pool_size": words.take_side("kernel_size"), "strides": words.take_side("stride")}
        )

    return pool


def _average(words: Words) -> Item:
    words.expect("output_size", 1, (1, 1), [1, 1])
    return make_item(words, "GlobalAveragePooling2D", {})


def _connect(words: Words) -> Item:
    num_inputs = words.take("in_features")
    return make_item(words, "Dense", {"units": words.take("out_features"), "use_bias": words.take("bias")}, num_inputs)


def _drop(kind: str) -> Callable[[Words], Item]:
    return lambda words: make_item(words, kind, {"rate": words.take("p", default=0.5)})


def _normalise(words: Words) -> Item:
    num_inputs, momentum = words.take("num_features"), words.take("momentum", default=0.1)
    words.expect("affine", True)
    epsilon = words.take("eps", default=1e-5)
    if not isinstance(momentum, int | float):
        raise CodeError("Line {line}: {layer} needs a momentum that is a number.", words.line, layer=words.written)
    # What PyTorch takes of the new, Keras keeps of the old.
    options = {"momentum": round(1 - momentum, 9), "epsilon": epsilon}
    return make_item(words, "BatchNormalization", options, num_inputs)


def _named(activation: str) -> Callable[[Words], Item]:
    def activate(words: Words) -> Item:
        words.expect("alpha", 1)
        return make_item(words, "Activation", {"activation": activation})

    return activate


def _leak(words: Words) -> Item:
    note_slope(words, words.take("negative_slope", default=0.01))
    return make_item(words, "Activation", {"activation": "leaky_relu"})


def _flatten(words: Words) -> Item:
    words.expect("start_dim", 1)
    words.expect("end_dim", -1)
    return make_item(words, "Flatten", {})


def _view(words: Words) -> Item:
    sides = [words.take_raw(name) for name in _SIDES if words.has(name)]
    if len(sides) == 1 and isinstance(sides[0], list | tuple):
        sides = list(sides[0])
    item = make_item(words, "Flatten", {})
    if len(sides) == 4:
        check_shape(tuple(sides[1:]), words)
        return item.as_nothing()
    if len(sides) != 2 or (isinstance(sides[0], int) and sides[0] > 1):
        raise CodeError(
            "Line {line}: {layer} must flatten all but the batch, as in x.view(x.size(0), -1).",
            words.line,
            layer=words.written,
        )
    return item if isinstance(sides[1], Unknown) or sides[1] == -1 else item.as_row_of(sides[1])


def _squeeze(words: Words) -> Item:
    words.skip("dim", "at")
    return make_item(words, "Flatten", {}).as_nothing()


_SIDES = ("first", "second", "third", "fourth", "fifth")
_CONVOLUTION = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "padding_mode",
)
_WINDOW = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
_MEAN = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
_NORM = ("num_features", "eps", "momentum", "affine", "track_running_stats")
_LAYERS: dict[str, tuple[tuple[str, ...], Callable[[Words], Item]]] = {
    "Conv2d": (_CONVOLUTION, _convolve),
    "LazyConv2d": (_CONVOLUTION[1:], _convolve),
    "MaxPool2d": (_WINDOW, _pool("MaxPooling2D")),
    "max_pool2d": (_WINDOW, _pool("MaxPooling2D")),
    "AvgPool2d": (_MEAN, _pool("AveragePooling2D")),
    "avg_pool2d": (_MEAN, _pool("AveragePooling2D")),
    "AdaptiveAvgPool2d": (("output_size",), _average),
    "adaptive_avg_pool2d": (("output_size",), _average),
    "Linear": (("in_features", "out_features", "bias"), _connect),
    "LazyLinear": (("out_features", "bias"), _connect),
    "Dropout": (("p", "inplace"), _drop("Dropout")),
    "dropout": (("p", "training", "inplace"), _drop("Dropout")),
    "Dropout2d": (("p", "inplace"), _drop("SpatialDropout2D")),
    "dropout2d": (("p", "training", "inplace"), _drop("SpatialDropout2D")),
    "BatchNorm2d": (_NORM, _normalise),
    "BatchNorm1d": (_NORM, _normalise),
    "Flatten": (("start_dim", "end_dim"), _flatten),
    "flatten": (("start_dim", "end_dim"), _flatten),
    "view": (_SIDES, _view),
    "reshape": (_SIDES, _view),
    "squeeze": (("at",), _squeeze),
    "unsqueeze": (("at",), _squeeze),
    "Identity": ((), _squeeze),
    "ReLU": (("inplace",), _named("relu")),
    "relu": (("inplace",), _named("relu")),
    "relu_": ((), _named("relu")),
    "LeakyReLU": (("negative_slope", "inplace"), _leak),
    "leaky_relu": (("negative_slope", "inplace"), _leak),
    "ELU": (("alpha", "inplace"), _named("elu")),
    "elu": (("alpha", "inplace"), _named("elu")),
    "SiLU": (("inplace",), _named("silu")),
    "silu": (("inplace",), _named("silu")),
    "Sigmoid": ((), _named("sigmoid")),
    "sigmoid": ((), _named("sigmoid")),
    "Tanh": ((), _named("tanh")),
    "tanh": ((), _named("tanh")),
    "Softmax": (("dim",), _named("softmax")),
    "softmax": (("dim",), _named("softmax")),
    "LogSoftmax": (("dim",), _named("log_softmax")),
    "log_softmax": (("dim",), _named("log_softmax")),
}
