"""Layers -> PyTorch code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..layers import Layer, Shape

_ACTIVATIONS = {
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU(0.2)",
    "elu": "nn.ELU()",
    "silu": "nn.SiLU()",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
}
_HEAD = """import torch
from torch import nn


class Network(nn.Module):
    \"\"\"Images, float32 (n, 1, 28, 28) in [0, 1], to logits (n, {num_outputs}).\"\"\"

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
"""
_TAIL = """        )

    def forward(self, x):
        return self.layers({received})
"""


def write_torch_network(layers: Sequence[Layer]) -> str:
    """Returns a `Module` that is the same network, but for the order in which maps are flattened.

    Args:
        layers: All of them, with the logits.
    """
    shape: Shape = (28, 28, 1)
    lines: list[str] = []
    for layer in layers:
        lines += _write_layer(layer, shape)
        shape = layer.output_shape
    received = "x * 2 - 1" if layers[0].kind == "Rescaling" else "x"
    head, tail = _HEAD.format(num_outputs=shape[-1]), _TAIL.format(received=received)
    return head + "".join(f"            {line},\n" for line in lines) + tail


def _write_layer(layer: Layer, below: Shape) -> list[str]:
    options = layer.options
    lines = _write_kind(layer.kind, options, below)
    activation = options.get("activation")
    return [*lines, _ACTIVATIONS[activation]] if activation else lines


def _write_kind(kind: str, options: dict[str, Any], below: Shape) -> list[str]:
    bias = "" if options.get("use_bias", True) else ", bias=False"
    match kind:
        case "Conv2D":
            return _write_convolution(options, below, bias)
        case "Dense":
            return [f"nn.Linear({math.prod(below)}, {options['units']}{bias})"]
        case "MaxPooling2D" | "AveragePooling2D":
            name = "MaxPool2d" if kind == "MaxPooling2D" else "AvgPool2d"
            step = f", stride={options['strides']}" if "strides" in options else ""
            return [f"nn.{name}({options['pool_size']}{step})"]
        case "GlobalAveragePooling2D":
            return ["nn.AdaptiveAvgPool2d(1)", "nn.Flatten()"]
        case "Flatten":
            return ["nn.Flatten()"]
        case "Dropout" | "SpatialDropout2D":
            return [f"nn.{'Dropout' if kind == 'Dropout' else 'Dropout2d'}({options['rate']:g})"]
        case "BatchNormalization":
            name, momentum = "BatchNorm2d" if len(below) == 3 else "BatchNorm1d", 1 - options.get("momentum", 0.99)
            return [f"nn.{name}({below[-1]}, eps={options.get('epsilon', 1e-3):g}, momentum={momentum:.6g})"]
    return []  # an activation alone stands in the options; the scaling of the image is in `forward`


def _write_convolution(options: dict[str, Any], below: Shape, bias: str) -> list[str]:
    side, step = options["kernel_size"], options.get("strides", 1)
    stride = f", stride={step}" if step != 1 else ""
    call = f"nn.Conv2d({below[-1]}, {options['filters']}, {side}{stride}"
    if options.get("padding") != "same":
        return [f"{call}{bias})"]
    # Keras pads more after than before where it cannot do the same on both sides; PyTorch does so without a step alone.
    lost = max((math.ceil(below[0] / step) - 1) * step + side - below[0], 0)
    if step == 1 and lost % 2:
        return [f'{call}, padding="same"{bias})']
    if lost % 2:
        before, after = lost // 2, lost - lost // 2
        return [f"nn.ZeroPad2d(({before}, {after}, {before}, {after}))", f"{call}{bias})"]
    return [f"{call}, padding={lost // 2}{bias})"]
