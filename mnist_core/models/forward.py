"""An architecture and weights -> logits of a few images, with NumPy alone: for weights that are no stored model.

What a stored model answers comes from `inference`, which is much faster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .architectures import Architecture
from .layers import Layer

# Keras' own for a normalisation that names none, and for its leaky activation.
_EPSILON = 1e-3
_LEAK = 0.2

_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, _LEAK * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "silu": lambda x: x / (1 + np.exp(-np.clip(x, -80, 80))),
    "sigmoid": lambda x: 1 / (1 + np.exp(-np.clip(x, -80, 80))),
    "tanh": np.tanh,
}


def compute_logits(network: Architecture, weights: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """Computes what a network gives for images.

    Args:
        network: The network.
        weights: float32, by their paths in Keras, as in `conv1/kernel`.
        images: float32 (n, 28, 28) in [0, 1].

    Returns:
        float32 (n, 10 or 11).
    """
    values = images[..., None].astype(np.float32)
    for layer in network.layers():
        values = _apply(layer, weights, values)
    return values


def _apply(layer: Layer, weights: Mapping[str, np.ndarray], values: np.ndarray) -> np.ndarray:
    options = layer.options
    if layer.kind == "Conv2D":
        kernel = weights[f"{layer.name}/kernel"]
        windows = _windows(values, kernel.shape[0], options.get("strides") or 1, options["padding"])
        values = np.einsum("nhwcij,ijco->nhwo", windows, kernel, optimize=True)
    elif layer.kind == "Dense":
        values = values @ weights[f"{layer.name}/kernel"]
    elif layer.kind in ("MaxPooling2D", "AveragePooling2D"):
        values = _pool(values, layer.kind == "MaxPooling2D", options)
    elif layer.kind == "GlobalAveragePooling2D":
        values = values.mean(axis=(1, 2))
    elif layer.kind == "Flatten":
        values = values.reshape(len(values), -1)
    elif layer.kind == "Rescaling":
        values = values * options["scale"] + options["offset"]
    elif layer.kind == "BatchNormalization":
        mean, variance, gamma, beta = (
            weights[f"{layer.name}/{name}"] for name in ("moving_mean", "moving_variance", "gamma", "beta")
        )
        values = (values - mean) / np.sqrt(variance + options.get("epsilon", _EPSILON)) * gamma + beta
    values = values + weights.get(f"{layer.name}/bias", 0)
    activation = options.get("activation")
    return _ACTIVATIONS[activation](values) if activation else values


def _pool(values: np.ndarray, takes_largest: bool, options: Mapping[str, Any]) -> np.ndarray:
    """Pools an array (n, height, width, channels); no pooling known here looks beyond its edges."""
    side = options["pool_size"]
    windows = _windows(values, side, options.get("strides") or side)
    return windows.max(axis=(4, 5)) if takes_largest else windows.mean(axis=(4, 5))


def _windows(values: np.ndarray, side: int, step: int, padding: str = "valid") -> np.ndarray:
    """Returns all windows of an array (n, height, width, channels): (n, rows, columns, channels, side, side)."""
    if padding == "same":
        lacking = [max((-(-size // step) - 1) * step + side - size, 0) for size in values.shape[1:3]]
        values = np.pad(values, ((0, 0), *((count // 2, count - count // 2) for count in lacking), (0, 0)))
    return sliding_window_view(values, (side, side), axis=(1, 2))[:, ::step, ::step]
