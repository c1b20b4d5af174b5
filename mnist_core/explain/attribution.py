"""A prediction -> which pixels mattered, by several methods: `EXPLANATIONS`.

Every method gives one signed number a pixel, an attribution: positive where the image, as it is there, speaks for the
target. What is explained is a logit, or the difference of two ("why 9 and not 4?"), before any calibration. Occlusion,
and Grad-CAM of a network that ends in the mean of its maps, need nothing but answers; the others need gradients, which
`gradients` has. Nothing here loads a model. Whether a method is worth anything is measured in `curves`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from PIL import Image, ImageFilter

from ..checks import is_index
from ..errors import QueryError
from ..models.architectures import NUM_CLASSES
from ..preprocessing.ink import IMAGE_SIZE
from .anatomy import Convolution, Dense, Mean, Part

Baseline = Literal["paper", "ink", "grey", "blurred"]
Replacement = Literal["paper", "ink"]
BASELINES: tuple[Baseline, ...] = ("paper", "ink", "grey", "blurred")

# Side of the square that is replaced, in pixels.
PATCH = 5
# Radius of the blurred baseline, in pixels: enough that no digit can be read.
_BLUR = 5.0
# Steps of integrated gradients: doubled until what the pixels add up to is this near to what it should be.
_FEWEST_STEPS, _MOST_STEPS = 64, 2048
_COMPLETE = 0.005


# The output that speaks for "not a digit".
NO_DIGIT = NUM_CLASSES


@dataclass(frozen=True)
class Target:
    """What is explained: the logit of an output, or how much larger it is than that of another.

    Args:
        digit: 0 to 9, or `NO_DIGIT` of a network that has such an output.
        versus: The other one, or None.

    Raises:
        QueryError: One of them is no output, or both are the same.
    """

    digit: int
    versus: int | None = None

    def __post_init__(self) -> None:
        for name, label in (("digit", self.digit), ("versus", self.versus)):
            if not is_index(label, NO_DIGIT + 1) and not (name == "versus" and label is None):
                raise QueryError(
                    "Only the digits 0 to 9 can be explained. Received: {name}={label!r}.", name=name, label=label
                )
        if self.digit == self.versus:
            raise QueryError("Expected two different digits. Received: {digit} twice.", digit=self.digit)

    def weights(self, num_outputs: int) -> np.ndarray:
        """Returns the target as a weighted sum of logits: float32 (num_outputs,).

        Raises:
            QueryError: The network has no output for "not a digit".
        """
        if NO_DIGIT in (self.digit, self.versus) and num_outputs == NUM_CLASSES:
            raise QueryError('This network has ten outputs, for the digits 0 to 9, and none for "not a digit".')
        weights = np.zeros(num_outputs, np.float32)
        weights[self.digit] = 1
        if self.versus is not None:
            weights[self.versus] = -1
        return weights

    def values(self, logits: np.ndarray) -> np.ndarray:
        """Maps logits of shape (n, 10 or 11) to the target, float32 (n,)."""
        return logits @ self.weights(logits.shape[1])


class Network(Protocol):
    """What methods without gradients ask: see `anatomy.Anatomy`."""

    name: str
    parts: tuple[Part, ...]

    def logits(self, images: np.ndarray) -> np.ndarray: ...

    def feature_maps(self, images: np.ndarray) -> dict[str, np.ndarray]: ...


@runtime_checkable
class Differentiable(Network, Protocol):
    """What the others ask: see `gradients.DifferentiableNetwork`."""

    def gradient(self, images: np.ndarray, target: Target) -> np.ndarray:
        """Returns the gradient by the pixels: float32 (n, 28, 28)."""
        ...

    def map_gradient(self, images: np.ndarray, target: Target, part: str) -> np.ndarray:
        """Returns the gradient by the output of a part: float32 (n, *shape)."""
        ...


class Explain(Protocol):
    """The signature that all methods share."""

    def __call__(self, network: Network, image: np.ndarray, target: Target, *, baseline: Baseline) -> np.ndarray:
        """Explains a prediction.

        Args:
            network: What answered.
            image: float32 (28, 28) in [0, 1].
            target: What is explained.
            baseline: What the image is compared with, by methods that compare.

        Returns:
            The attribution, float32 (28, 28), signed.

        Raises:
            QueryError: The method cannot explain this network.
        """
        ...


@dataclass(frozen=True)
class Explanation:
    """A method of explanation: how it is computed and what it needs.

    Args:
        explain: The method itself.
        needs_gradients: Whether it needs a `Differentiable` network, given a network.
        has_baseline: Whether the baseline makes a difference.
        replacement: What `curves` changes pixels into to see whether those that it marks mattered: "paper", or "ink"
            where it speaks of pixels without ink.
    """

    explain: Explain
    needs_gradients: Callable[[Network], bool]
    has_baseline: bool = False
    replacement: Replacement = "paper"


def check_method(name: str) -> Explanation:
    """Returns the method of that name.

    Raises:
        QueryError: There is none.
    """
    if name not in EXPLANATIONS:
        raise QueryError(
            "There is no explanation {name!r}. Available: {explanations}.",
            name=name,
            explanations=", ".join(EXPLANATIONS),
        )
    return EXPLANATIONS[name]


def check_baseline(name: str) -> Baseline:
    """Returns the baseline of that name.

    Raises:
        QueryError: There is none.
    """
    for baseline in BASELINES:
        if name == baseline:
            return baseline
    raise QueryError(
        "There is no baseline {name!r}. Available: {baselines}.", name=name, baselines=", ".join(BASELINES)
    )


def occlude(
    network: Network, image: np.ndarray, target: Target, *, baseline: Baseline = "paper", replacement: float
) -> np.ndarray:
    """Computes occlusion: what the target loses when the 5x5 pixels around each pixel become paper (0) or ink (1).

    Reference:
        Zeiler and Fergus (2014), "Visualizing and understanding convolutional networks".
    """
    del baseline
    places = list(_list_patches())
    # A patch that changes nothing costs nothing, and need not be asked for.
    telling = [number for number, place in enumerate(places) if np.any(image[place] != replacement)]
    changed = np.repeat(image[None], len(telling) + 1, axis=0)
    for copy, number in zip(changed, telling, strict=False):
        copy[places[number]] = replacement
    values = target.values(network.logits(changed))
    attribution = np.zeros(len(places), np.float32)
    attribution[telling] = values[-1] - values[:-1]
    return attribution.reshape(image.shape)


def explain_with_maps(
    network: Network, image: np.ndarray, target: Target, *, baseline: Baseline = "paper"
) -> np.ndarray:
    """Computes Grad-CAM without its ReLU: the maps of the last convolution, each times its mean gradient, added up.

    Where these maps' means go straight into the logits, the gradient is the weight, and this is CAM. What a place of
    the maps gives is shared out among the pixels around which it lies.

    Reference:
        Selvaraju et al. (2017), "Grad-CAM"; Zhou et al. (2016), "Learning deep features for discriminative
        localization", for CAM. Their ReLU would hide what speaks against the target.

    Raises:
        QueryError: The network has no convolution.
    """
    del baseline
    part = _find_last_convolution(network)
    maps = network.feature_maps(image[None])[part.name][0]
    logits = _find_dense_on_means(network)
    if logits is not None:
        gains = logits.kernel @ target.weights(logits.kernel.shape[1]) / maps[..., 0].size
    else:
        gains = _require_gradients(network).map_gradient(image[None], target, part.name)[0].mean(axis=(0, 1))
    return _spread(maps @ gains, *_find_grid(network.parts, part))


def integrate_gradients(
    network: Network, image: np.ndarray, target: Target, *, baseline: Baseline = "paper"
) -> np.ndarray:
    """Computes integrated gradients: the mean gradient on the way from the baseline to the image, times that way.

    The attributions add up to the difference of the target between image and baseline.

    Reference:
        Sundararajan, Taly and Yan (2017), "Axiomatic attribution for deep networks".
    """
    network, start = _require_gradients(network), make_baseline(image, baseline)
    before, after = target.values(network.logits(np.stack([start, image])))
    num_steps = _FEWEST_STEPS
    while True:
        shares = ((np.arange(num_steps) + 0.5) / num_steps).astype(np.float32)[:, None, None]
        gradients = network.gradient(start + shares * (image - start), target)
        attribution = (image - start) * gradients.mean(axis=0, dtype=np.float64)
        is_complete = abs(attribution.sum() - (after - before)) <= _COMPLETE * abs(after - before)
        if is_complete or num_steps >= _MOST_STEPS:
            return attribution.astype(np.float32)
        num_steps *= 2


def take_gradient(network: Network, image: np.ndarray, target: Target, *, baseline: Baseline = "paper") -> np.ndarray:
    """Returns the gradient of the target by each pixel: what a little more ink there would do.

    Reference:
        Simonyan, Vedaldi and Zisserman (2014), "Deep inside convolutional networks".
    """
    del baseline
    return _require_gradients(network).gradient(image[None], target)[0]


EXPLANATIONS: dict[str, Explanation] = {
    "occlusion_paper": Explanation(partial(occlude, replacement=0.0), lambda network: False),
    "occlusion_ink": Explanation(partial(occlude, replacement=1.0), lambda network: False, replacement="ink"),
    "grad_cam": Explanation(explain_with_maps, lambda network: has_maps(network) and not ends_in_mean(network)),
    "integrated_gradients": Explanation(integrate_gradients, lambda network: True, has_baseline=True),
    "gradient": Explanation(take_gradient, lambda network: True),
}


def make_baseline(image: np.ndarray, name: Baseline) -> np.ndarray:
    """Makes the image to compare with: paper or ink everywhere, half of the ink everywhere, or the image blurred."""
    if name == "blurred":
        # Pillow blurs whole numbers alone.
        picture = Image.fromarray(np.rint(image * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(_BLUR))
        return np.asarray(picture, np.float32) / 255
    return np.full_like(image, {"paper": 0.0, "ink": 1.0, "grey": 0.5}[check_baseline(name)])


def has_maps(network: Network) -> bool:
    """Returns whether there is a convolution, without which there is no Grad-CAM."""
    return any(isinstance(part, Convolution) for part in network.parts)


def ends_in_mean(network: Network) -> bool:
    """Returns whether the means of the last convolution's maps go straight into the logits."""
    return _find_dense_on_means(network) is not None


def _find_dense_on_means(network: Network) -> Dense | None:
    match network.parts[-3:]:
        case Convolution(), Mean(), Dense() as logits:
            return logits
    return None


def _require_gradients(network: Network) -> Differentiable:
    if not isinstance(network, Differentiable):
        raise QueryError(
            "This method needs gradients, which {name} does not give here. Choose another method.", name=network.name
        )
    return network


def _list_patches() -> Iterator[tuple[slice, slice]]:
    """Returns the pixels around each pixel, row by row; at the edge those that are there."""
    sides = [
        slice(max(0, middle - PATCH // 2), min(IMAGE_SIZE, middle + PATCH // 2 + 1)) for middle in range(IMAGE_SIZE)
    ]
    return ((rows, columns) for rows in sides for columns in sides)


def _find_last_convolution(network: Network) -> Part:
    if not has_maps(network):
        raise QueryError(
            "{name} has no convolution, so it has no feature maps. Choose another method.", name=network.name
        )
    return [part for part in network.parts if isinstance(part, Convolution)][-1]


def _find_grid(parts: Sequence[Part], last: Part) -> tuple[float, int]:
    """Returns which pixel the first value of a part looks at, and how many pixels apart its values look."""
    first, step = 0.0, 1
    for part in parts[: parts.index(last) + 1]:
        side, stride, before = part.window
        first, step = first + ((side - 1) / 2 - before) * step, step * stride
    return first, step


def _spread(values: np.ndarray, first: float, step: int) -> np.ndarray:
    """Shares out values (n, n) on a grid among the pixels, by linear interpolation: float32 (28, 28)."""
    places = np.clip((np.arange(IMAGE_SIZE) - first) / step, 0, len(values) - 1)
    nearness = np.maximum(0, 1 - np.abs(places[:, None] - np.arange(len(values))))
    return (nearness @ values @ nearness.T / step**2).astype(np.float32)
