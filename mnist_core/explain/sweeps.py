"""One image -> the same image turned, scaled, moved, thickened, with noise.

Unlike `augmentation` it draws no lots: each change has a value, and the same values give the same image. The result is
not normalised again, so a digit that was moved stays moved; the pad would move it back before a network sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..augmentation.transforms import filter_3x3, sample_bilinear
from ..checks import is_number
from ..errors import QueryError
from ..preprocessing.ink import IMAGE_SIZE

_NOISE_SEED = 28


@dataclass(frozen=True)
class Sweep:
    """One change of an image, and the values at which it is tried.

    Args:
        name: What is changed.
        unit: Of its values, for people; "" for a factor.
        low: Smallest value.
        high: Largest value.
        neutral: The value that changes nothing.
        num_steps: Number of values tried, from `low` to `high`; the neutral one is among them.
    """

    name: str
    unit: str
    low: float
    high: float
    neutral: float
    num_steps: int

    @property
    def steps(self) -> np.ndarray:
        """The values tried: float64 (num_steps,)."""
        return np.linspace(self.low, self.high, self.num_steps)


SWEEPS = (
    Sweep("rotation", "°", -180, 180, 0, 73),  # clockwise
    Sweep("scale", "%", 40, 160, 100, 25),
    Sweep("shift_x", "px", -8, 8, 0, 33),  # to the right
    Sweep("shift_y", "px", -8, 8, 0, 33),  # down
    Sweep("thickness", "px", -2, 2, 0, 33),  # on each side of a line
    Sweep("noise", "%", 0, 60, 0, 25),  # standard deviation, of full ink
)
NEUTRAL = {sweep.name: sweep.neutral for sweep in SWEEPS}


def check_values(values: Any) -> dict[str, float]:
    """Completes values from outside with the neutral ones.

    Raises:
        QueryError: There is no such change, or a value is no number within its range.
    """
    values = values or {}
    if not isinstance(values, Mapping) or not set(values) <= set(NEUTRAL):
        raise QueryError(
            "Expected values of {neutral}. Received: {values!r}.", neutral=", ".join(NEUTRAL), values=values
        )
    checked = {}
    for sweep in SWEEPS:
        value = values.get(sweep.name, sweep.neutral)
        if not (is_number(value) and sweep.low <= value <= sweep.high):
            raise QueryError(
                "{name!r} must be a number from {low} to {high}. Received: {value!r}.",
                name=sweep.name,
                low=sweep.low,
                high=sweep.high,
                value=value,
            )
        checked[sweep.name] = float(value)
    return checked


def move(image: np.ndarray, values: Mapping[str, float]) -> np.ndarray:
    """Changes one image.

    First its lines become thicker or thinner, then it is scaled, turned and shifted about its centre, then noise is
    added.

    Args:
        image: Array of shape (28, 28), float32 in [0, 1].
        values: Of `SWEEPS`, by name; what is missing is neutral.

    Returns:
        Array of shape (28, 28), float32 in [0, 1]; with neutral values the image bit for bit.
    """
    (moved,) = _move_all(image, {name: np.array([value]) for name, value in {**NEUTRAL, **values}.items()})
    return moved


def sweep_image(image: np.ndarray, values: Mapping[str, float]) -> np.ndarray:
    """Returns the image at every step of every sweep, the other changes as `values` has them.

    Args:
        image: Array of shape (28, 28), float32 in [0, 1].
        values: Of `SWEEPS`, by name; what is missing is neutral.

    Returns:
        Array of shape (sum of all num_steps, 28, 28), float32 in [0, 1], in the order of `SWEEPS`.
    """
    total = sum(sweep.num_steps for sweep in SWEEPS)
    columns = {name: np.full(total, float(value)) for name, value in {**NEUTRAL, **values}.items()}
    start = 0
    for sweep in SWEEPS:
        columns[sweep.name][start : start + sweep.num_steps] = sweep.steps
        start += sweep.num_steps
    return _move_all(image, columns)


def split_by_sweep(rows: np.ndarray) -> dict[str, np.ndarray]:
    """Returns what belongs to the images of `sweep_image`, in its order, by name of the sweep."""
    ends = np.cumsum([sweep.num_steps for sweep in SWEEPS])
    return dict(zip(NEUTRAL, np.split(rows, ends[:-1]), strict=True))


def find_stay(steps: np.ndarray, is_same: np.ndarray, at: float) -> tuple[float, float]:
    """Returns how far a value may move from `at` before the answer changes.

    Args:
        steps: Values tried, increasing.
        is_same: bool, whether each of them gave the answer that `at` gives.
        at: The present value, within the steps.

    Returns:
        The first and the last step of the unbroken run about `at`; where a neighbouring step differs, `at` itself.
    """
    low = high = float(at)
    for step, same in zip(steps[steps <= at][::-1], is_same[steps <= at][::-1], strict=True):
        if not same:
            break
        low = float(step)
    for step, same in zip(steps[steps >= at], is_same[steps >= at], strict=True):
        if not same:
            break
        high = float(step)
    return low, high


def _move_all(image: np.ndarray, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Copies an image, float32 (n, 28, 28), each changed by the values of one row; columns are of shape (n,)."""
    columns = {name: column.astype(np.float32)[:, None, None] for name, column in columns.items()}
    moved = _place(_thicken(image, columns["thickness"]), columns)
    noise = np.random.default_rng(_NOISE_SEED).standard_normal(image.shape, np.float32)
    return np.clip(moved + columns["noise"] / 100 * noise, 0, 1)


def _thicken(image: np.ndarray, thickness: np.ndarray) -> np.ndarray:
    """Makes lines thicker by so many pixels on each side, or thinner; between whole pixels two results are blended."""
    most = int(np.ceil(np.abs(thickness).max()))
    thinner, thicker = [image[None]], [image[None]]
    for _ in range(most):
        thinner.append(filter_3x3(thinner[-1], np.minimum))
        thicker.append(filter_3x3(thicker[-1], np.maximum))
    levels = np.concatenate([*thinner[:0:-1], *thicker, thicker[-1]])
    below = np.floor(thickness)
    blend = thickness - below
    level = below[:, 0, 0].astype(np.intp) + most
    return levels[level] * (1 - blend) + levels[level + 1] * blend


def _place(images: np.ndarray, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Scales, turns clockwise and shifts about the centre, read bilinearly; what comes from outside is background."""
    angle, scale = np.deg2rad(columns["rotation"]), columns["scale"] / 100
    centre = (IMAGE_SIZE - 1) / 2
    pixels = np.arange(IMAGE_SIZE, dtype=np.float32) - np.float32(centre)
    x = pixels[None, None, :] - columns["shift_x"]
    y = pixels[None, :, None] - columns["shift_y"]
    source_x = (np.cos(angle) * x + np.sin(angle) * y) / scale + np.float32(centre)
    source_y = (np.cos(angle) * y - np.sin(angle) * x) / scale + np.float32(centre)
    return sample_bilinear(images, source_x, source_y)
