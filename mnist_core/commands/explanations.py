"""What `inside explanations` measures: whether explanations mark what mattered, see `curves`."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from ..data.sample import load_sample
from ..explain.faithfulness import SIDE, measure_explanations
from ..models.store import short_name
from .console import find_model, say

NUM_IMAGES = 500
# The second shows how much depends on the size of what is changed at a time.
SIDES = (SIDE, 1)


def measure_models(options: argparse.Namespace) -> dict[str, Any]:
    """Measures all methods for some stored models, on 500 of the built-in images, spread over all digits.

    On none of these is a model trained, and none of them helped to choose how methods work.

    Args:
        options: Holds `models`, names or folders.

    Returns:
        models: of each name, weights_digest and, by the side of the squares as text, what `measure_explanations` gives.
    """
    from ..explain.gradients import DifferentiableNetwork

    images = choose_images()
    described = []
    for stored in map(find_model, options.models):
        network, sides = DifferentiableNetwork(stored), {}
        for side in SIDES:
            said = f"\r{stored.name}, squares of {side} x {side}: "
            sides[str(side)] = measure_explanations(network, images, side, lambda share, said=said: _show(said, share))
            say("")
        described.append({"name": short_name(stored), "weights_digest": stored.weights_digest, "sides": sides})
    return {"models": described}


def choose_images(num_images: int = NUM_IMAGES) -> np.ndarray:
    """Evenly spread images of the built-in sample, float32 (num_images, 28, 28) in [0, 1]; at most 500."""
    images = load_sample()[0][:: 5000 // NUM_IMAGES]
    return images[:: len(images) // num_images][:num_images].astype(np.float32) / 255


def _show(said: str, share: float) -> None:
    say(f"{said}{share:4.0%}", end="")
