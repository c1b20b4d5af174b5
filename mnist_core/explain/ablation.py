"""A network's private copy with filters, units or layers switched off, or noise on its weights.

What is switched off still computes; the layer above reads 0 from it, whatever the activation. The stored model stays as
it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..checks import is_index, is_number
from ..errors import QueryError
from ..models.calibration import Calibration
from ..models.litert import list_operators, pack, unpack, write_constant
from ..models.runner import LiteRTRunner
from .anatomy import Anatomy, Part, WeightedPart

MOST_NOISE = 2.0


class BrokenCopy:
    """Answers as a `Predictor`; may be called from any thread.

    Args:
        anatomy: The network.
        off: By the name of a part, the channels or units of its output that are switched off. The last part, the
            logits, cannot be.
        noise: Standard deviation of what is added to each weight, as a multiple of the standard deviation of the
            weights of its layer, in [0, 2]. Biases stay.
        seed: Of the noise.

    Raises:
        QueryError: There is no such part or channel, or the noise is out of bounds.
    """

    def __init__(self, anatomy: Anatomy, off: Mapping[str, Sequence[int]], noise: float = 0.0, seed: int = 0) -> None:
        self.calibration: Calibration = anatomy.calibration
        kernels = disturb(anatomy.parts, noise, seed)
        for name, channels in off.items():
            switch_off(anatomy.parts, kernels, anatomy.find_part(name), channels)
        self._logits = anatomy.parts[-1].name
        self._runner = LiteRTRunner(_rewrite(anatomy.content, list(kernels.values())))

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        """See `Predictor`."""
        return self._runner.run(images, [self._logits])[self._logits]


def disturb(parts: Sequence[Part], noise: float, seed: int) -> dict[int, np.ndarray]:
    """Returns copies of all kernels, by the number of their part, with noise; see `BrokenCopy`."""
    if not (is_number(noise) and 0 <= noise <= MOST_NOISE):
        raise QueryError(
            "The noise on weights must lie between 0 and {most_noise:g}. Received: {noise!r}.",
            most_noise=MOST_NOISE,
            noise=noise,
        )
    generator = np.random.default_rng(seed)
    kernels = {number: part.kernel.copy() for number, part in enumerate(parts) if isinstance(part, WeightedPart)}
    for kernel in kernels.values() if noise else ():
        kernel += noise * kernel.std() * generator.standard_normal(kernel.shape, np.float32)
    return kernels


def switch_off(parts: Sequence[Part], kernels: dict[int, np.ndarray], number: int, channels: Sequence[int]) -> None:
    """Makes the next layer that has weights ignore some channels or units of a part's output.

    Raises:
        QueryError: It is the last part, or has no such channel.
    """
    part = parts[number]
    if number == len(parts) - 1:
        raise QueryError("{name} is the answer itself: it cannot be switched off.", name=part.name)
    num_channels = part.shape[-1]
    if not all(is_index(channel, num_channels) for channel in channels):
        raise QueryError(
            "{name} has the channels 0 to {last}. Received: {channels!r}.",
            name=part.name,
            last=num_channels - 1,
            channels=list(channels),
        )
    above = next(other for other in range(number + 1, len(parts)) if isinstance(parts[other], WeightedPart))
    # A dense layer above maps reads them place by place, all channels of a place together.
    by_channel = kernels[above].reshape(-1, num_channels, kernels[above].shape[-1])
    by_channel[:, list(channels)] = 0


def _rewrite(content: bytes, kernels: Sequence[np.ndarray]) -> bytes:
    """Returns the same LiteRT file with other kernels, one for each layer that has some."""
    model = unpack(content)
    operators: list[Any] = [
        operator for kind, operator in list_operators(model) if kind in ("CONV_2D", "FULLY_CONNECTED")
    ]
    for operator, kernel in zip(operators, kernels, strict=True):
        write_constant(model, int(operator.inputs[1]), np.moveaxis(kernel, -1, 0))
    return pack(model)
