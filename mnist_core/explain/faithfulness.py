"""Whether what an explanation marks is what mattered: deletion and insertion curves.

Squares of a drawing are replaced by paper (or by ink, where a method speaks of missing ink), those first that the
method holds most important, and the probability of the digit that was answered falls: deletion. From a page of paper
(or ink) the same squares come back in the same order, and it rises: insertion. What counts on the way is the share of
the ink that has changed, so that empty paper costs nothing. Two orders that ask no network are measured beside them:
random, and by darkness.

Squares, not single pixels: scattered pixels look like no drawing at all, and a drawing of which only the darkest pixels
are left is the same drawing with a thinner pen, so single pixels say more about texture than about what mattered.

Reference:
    Petsiuk, Das and Saenko (2018), "RISE: randomized input sampling for explanation of black-box models".
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..data.sample import load_sample
from ..models.architectures import NUM_CLASSES
from ..models.calibration import softmax
from ..models.store import StoredModel, short_name
from ..preprocessing.ink import IMAGE_SIZE
from .attribution import (
    BASELINES,
    EXPLANATIONS,
    Baseline,
    Explanation,
    Network,
    Replacement,
    Target,
    has_maps,
)
from .gradients import DifferentiableNetwork

# Side of the squares, in pixels. Chosen, as `explain.PATCH` was, on 50 images that are not among those reported.
SIDE = 4
SHARES = np.linspace(0, 1, 21)
ORDERS = ("random", "darkness")

# With which `measure_models` measures: the second shows how much depends on the size of what is changed at a time.
_SIDES = (SIDE, 1)
_NUM_IMAGES = 500
_REPLACEMENTS: dict[Replacement, float] = {"paper": 0.0, "ink": 1.0}
# A square that hardly changes has no importance to speak of.
_LEAST_CHANGE = 0.02
_PLACES = 4


Method = tuple[Explanation, Baseline, Replacement]


def list_methods(network: Network) -> dict[str, Method]:
    """Returns the methods that a network allows, one entry for each baseline: by name, with baseline and replacement.

    The name is that of the method, and of one that has a baseline "method/baseline".
    """
    has_gradients = hasattr(network, "gradient")
    methods: dict[str, Method] = {}
    for name, explanation in EXPLANATIONS.items():
        if (name == "grad_cam" and not has_maps(network)) or (
            explanation.needs_gradients(network) and not has_gradients
        ):
            continue
        if not explanation.has_baseline:
            methods[name] = (explanation, "paper", explanation.replacement)
            continue
        for baseline in BASELINES:
            # Beside a page full of ink a drawing differs in its paper.
            methods[f"{name}/{baseline}"] = (explanation, baseline, "ink" if baseline == "ink" else "paper")
    return methods


def measure_explanations(
    network: Network,
    images: np.ndarray,
    side: int = SIDE,
    on_progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Measures all methods that a network allows.

    Args:
        network: With gradients or without.
        images: float32 (n, 28, 28) in [0, 1], n of at least 2, on which nothing was trained or tuned.
        side: Of the squares, in pixels, a divisor of 28.
        on_progress: Called with the share that is done.

    Returns:
        `num_images`, `side`, `shares` (11 of them), and `methods`. These hold, by name, the `replacement`; for each of
        `deletion` and `insertion` the `area` under the curve, in [0, 1], its 11 points, and how far the area is from
        that of each order, with the 95 % interval; and `is_better`: whether all four differ in the right direction. The
        orders are among them, as "random/paper" and the like.
    """
    methods = list_methods(network)
    found: dict[str, list[np.ndarray]] = {}
    for number, image in enumerate(images):
        for name, measured in _measure_image(network, image, methods, side, number):
            found.setdefault(name, []).append(measured)
        on_progress((number + 1) / len(images))
    curves = {name: np.array(values) for name, values in found.items()}
    replacements = {name: replacement for name, (_, _, replacement) in methods.items()}
    described = {name: _describe(curves, name, replacement) for name, replacement in replacements.items()}
    orders = {
        f"{order}/{replacement}": {"replacement": replacement, **_describe_curves(curves[f"{order}/{replacement}"])}
        for replacement in _REPLACEMENTS
        for order in ORDERS
    }
    return {
        "num_images": len(images),
        "side": side,
        "shares": SHARES[::2].round(2).tolist(),
        "methods": {**described, **orders},
    }


def measure_models(
    models: Sequence[StoredModel], on_progress: Callable[[str, float], None] = lambda what, share: None
) -> dict[str, Any]:
    """Measures all methods for stored models, on 500 of the built-in images, spread over all digits.

    On none of these is a model trained, and none of them helped to choose how methods work. TensorFlow is imported.

    Args:
        models: What is explained.
        on_progress: Called with what is measured and the share of it that is done.

    Returns:
        models: of each name, weights_digest and, by the side of the squares as text, what `measure_explanations` gives.
    """
    images, described = choose_images(), []
    for stored in models:
        network, sides = DifferentiableNetwork(stored), {}
        for side in _SIDES:
            tell = functools.partial(on_progress, f"{stored.name}, squares of {side} x {side}")
            sides[str(side)] = measure_explanations(network, images, side, tell)
        described.append({"name": short_name(stored), "weights_digest": stored.weights_digest, "sides": sides})
    return {"models": described}


def choose_images(num_images: int = _NUM_IMAGES) -> np.ndarray:
    """Chooses evenly spread images of the built-in sample, float32 (num_images, 28, 28) in [0, 1]; at most 500."""
    images = load_sample()[0][:: 5000 // _NUM_IMAGES]
    return images[:: len(images) // num_images][:num_images].astype(np.float32) / 255


def _measure_image(
    network: Network, image: np.ndarray, methods: dict[str, Method], side: int, seed: int
) -> Iterator[tuple[str, np.ndarray]]:
    """Yields the curves of one image, float64 (2, 21): deletion and insertion, by the name of the method or order."""
    digit = int(network.logits(image[None])[0, :NUM_CLASSES].argmax())
    names, changed = [], []
    for name, (explanation, baseline, replacement) in methods.items():
        attribution = explanation.explain(network, image, Target(digit), baseline=baseline)
        expected = expected_effect(
            image, attribution, _REPLACEMENTS[replacement], side, is_total=explanation.has_baseline
        )
        names.append(name)
        changed.append(change_in_order(image, expected, _REPLACEMENTS[replacement], side))
    darkness = _sum_squares(image, side)
    chance = np.random.default_rng(seed).permutation(len(darkness))
    for replacement, value in _REPLACEMENTS.items():
        names += [f"{order}/{replacement}" for order in ORDERS]
        # Where squares are equally dark, as paper is, chance decides.
        changed += [change_in_order(image, order, value, side) for order in (chance, darkness + 1e-6 * chance)]
    logits = network.logits(np.concatenate(changed))[:, :NUM_CLASSES]
    yield from zip(names, softmax(logits)[:, digit].reshape(len(names), 2, -1), strict=True)


def expected_effect(
    image: np.ndarray, attribution: np.ndarray, replacement: float, side: int, *, is_total: bool
) -> np.ndarray:
    """Returns what an attribution says of changing each square, for each unit of ink that changes: float64 (squares,).

    Args:
        image: float32 (28, 28).
        attribution: float32 (28, 28).
        replacement: What pixels become, 0 or 1.
        side: Of the squares, in pixels.
        is_total: Whether the attribution is of all of a pixel's change, as that of integrated gradients; else it is
            taken for that of a change by a full pen.
    """
    change = np.abs(image - replacement)
    total = _sum_squares(attribution if is_total else attribution * change, side)
    return total / np.maximum(_sum_squares(change, side), _LEAST_CHANGE)


def change_in_order(image: np.ndarray, priorities: np.ndarray, replacement: float, side: int) -> np.ndarray:
    """Replaces squares step by step, those of the highest priority first, and puts them back in the same order.

    Args:
        image: float32 (28, 28) in [0, 1].
        priorities: (squares,), row by row.
        replacement: What pixels become, 0 or 1.
        side: Of the squares, in pixels.

    Returns:
        float32 (42, 28, 28): the image with 0, 5, ... 100 % of its ink changed, and the empty page with as much of it
        brought back. A square that is only partly due is changed in part.
    """
    order = np.argsort(-priorities, kind="stable")
    costs = _sum_squares(np.abs(image - replacement), side)[order]
    before = np.cumsum(costs) - costs
    changed = np.zeros((len(SHARES), len(order)))
    changed[:, order] = np.clip((SHARES[:, None] * costs.sum() - before) / np.maximum(costs, 1e-9), 0, 1)
    squares = changed.reshape(len(SHARES), IMAGE_SIZE // side, IMAGE_SIZE // side)
    shares = squares.repeat(side, axis=1).repeat(side, axis=2).astype(np.float32)
    deleted = image + shares * (replacement - image)
    inserted = replacement + shares * (image - replacement)
    return np.concatenate([deleted, inserted])


def _sum_squares(values: np.ndarray, side: int) -> np.ndarray:
    count = IMAGE_SIZE // side
    return values.reshape(count, side, count, side).sum(axis=(1, 3), dtype=np.float64).reshape(-1)


def _describe(curves: dict[str, np.ndarray], name: str, replacement: str) -> dict[str, Any]:
    """Returns the figures of a method, from curves of all methods and orders, each (n, 2, 21)."""
    areas = _find_areas(curves[name])
    description: dict[str, Any] = {"replacement": replacement, **_describe_curves(curves[name])}
    is_better = True
    for order in ORDERS:
        difference = areas - _find_areas(curves[f"{order}/{replacement}"])
        mean, margin = difference.mean(axis=0), 1.96 * difference.std(axis=0, ddof=1) / np.sqrt(len(difference))
        for index, (kind, sign) in enumerate((("deletion", -1), ("insertion", 1))):
            interval = [mean[index] - margin[index], mean[index] + margin[index]]
            is_better &= bool(min(sign * end for end in interval) > 0)
            description[kind][order] = _round([mean[index], *interval])
    return {**description, "is_better": is_better}


def _describe_curves(curves: np.ndarray) -> dict[str, Any]:
    means, areas = curves.mean(axis=0), _find_areas(curves).mean(axis=0)
    return {
        kind: {"area": round(float(areas[index]), _PLACES), "curve": _round(means[index, ::2])}
        for index, kind in enumerate(("deletion", "insertion"))
    }


def _find_areas(curves: np.ndarray) -> np.ndarray:
    """Returns the areas under curves of shape (n, 2, 21), by the trapezoid rule: (n, 2)."""
    return ((curves[..., 1:] + curves[..., :-1]) / 2 * np.diff(SHARES)).sum(axis=-1)


def _round(values: Any) -> list[float]:
    return [round(float(value), _PLACES) for value in values]
