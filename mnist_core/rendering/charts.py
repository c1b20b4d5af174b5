"""Numbers -> pictures. It knows neither Gradio nor Keras, and writes no file."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

# Those of the page; visible on white and on near-black paper.
DIGIT_COLOURS = (
    "#3b76c4",
    "#c4680f",
    "#d04a4c",
    "#1f8481",
    "#3f8a35",
    "#9a750a",
    "#9a5fb0",
    "#c84f8d",
    "#8a664c",
    "#5d6b7a",
)

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 96, 44, 48
# Told apart by most people with colour blindness, and visible on white and on near-black paper (Okabe and Ito, 2008).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
_GREY = "#808080"
_TICKS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
_LEAST_ERROR = 1e-4  # a perfect score has no logarithm


def render_curves(title: str, curves: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Draws accuracies over epochs as an SVG picture, readable on light and on dark paper.

    Errors are drawn on a logarithmic scale: half as many errors are the same step everywhere, so the difference between
    98 and 99 % can be seen beside a network that learns nothing.

    Args:
        title: What stands above.
        curves: For each name the runs, each a sequence of accuracies in [0, 1], one an epoch. Runs are drawn thin,
            their mean bold.

    Returns:
        The text of an SVG file, 640x360.
    """
    num_epochs = max(len(run) for runs in curves.values() for run in runs)
    errors = [_error(value) for runs in curves.values() for run in runs for value in run]
    chart = _Chart(num_epochs, least=min(errors) / 1.3, most=max(errors) * 1.3)
    return _write_svg(title, (_WIDTH, _HEIGHT), (_LEFT, 24), [*chart.draw_axes(), *chart.draw_runs(curves)])


def render_reliability(title: str, sets: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Draws stated against true accuracy as an SVG picture: honest answers lie on the diagonal.

    Args:
        title: What stands above.
        sets: For each name the bins of `evaluation.reliability`. A bin is a point, larger where more answers lie, with
            its 95 % interval.

    Returns:
        The text of an SVG file, 360x360, with both axes from 0 to 100 %.
    """
    left, top, side = 52, 40, 260
    x = [f"{left + share * side / 100:.1f}" for share in range(101)]
    y = [f"{top + side - share * side / 100:.1f}" for share in range(101)]
    lines = [
        f'<line x1="{x[0]}" y1="{y[0]}" x2="{x[100]}" y2="{y[100]}" stroke="{_GREY}" stroke-dasharray="4 4"/>',
        f'<text x="{left + side / 2}" y="{top + side + 38}" text-anchor="middle">stated</text>',
        f'<text text-anchor="middle" transform="translate(14 {top + side / 2}) rotate(-90)">true</text>',
    ]
    for share in range(0, 101, 20):
        lines += [
            f'<line x1="{x[0]}" x2="{x[100]}" y1="{y[share]}" y2="{y[share]}" stroke="{_GREY}" opacity="0.25"/>',
            f'<text x="{left - 6}" y="{y[share]}" dy="4" text-anchor="end">{share}</text>',
            f'<text x="{x[share]}" y="{top + side + 18}" text-anchor="middle">{share}</text>',
        ]
    for number, (colour, (name, bins)) in enumerate(zip(itertools.cycle(_COLOURS), sets.items(), strict=False)):
        lines.append(f'<text x="{left + 8}" y="{top + 16 + 17 * number}" fill="{colour}">{escape(name)}</text>')
        for entry in bins:
            lines += _draw_bin(entry, colour, left, top, side)
    return _write_svg(title, (360, 360), (left, 20), lines)


def render_counts(title: str, counts: Sequence[int]) -> str:
    """Draws how many images each digit has as an SVG picture, readable on light and on dark paper.

    Args:
        title: What stands above.
        counts: Ten numbers of at least 0, one for each digit.

    Returns:
        The text of an SVG file, 480x280. Bars start at 0; the label read aloud tells all counts.

    Raises:
        ValueError: There are not ten counts.
    """
    _check_ten("counts", counts)
    left, top, pitch, height = 20, 64, 44, 180
    most, base = max(1, *counts), top + height
    size = min(13, 70 / len(str(most)))  # wide numbers must not touch
    lines = [f'<line x1="{left}" x2="{left + 10 * pitch}" y1="{base}" y2="{base}" stroke="{_GREY}" opacity="0.5"/>']
    for digit, (count, colour) in enumerate(zip(counts, DIGIT_COLOURS, strict=True)):
        x, bar = left + (digit + 0.5) * pitch, count / most * height
        at = f'x="{x - 15}" y="{base - bar:.1f}" width="30" height="{bar:.1f}"'
        lines += [
            f'<rect {at} fill="{colour}"/>',
            f'<text x="{x}" y="{base - bar - 6:.1f}" font-size="{size:.3g}" text-anchor="middle">{count}</text>',
            f'<text x="{x}" y="{base + 20}" font-size="15" text-anchor="middle">{digit}</text>',
        ]
    words = ", ".join(f"{digit}: {count} {'image' if count == 1 else 'images'}" for digit, count in enumerate(counts))
    return _write_svg(title, (480, 280), (left, 28), lines, f"{title}. {words}")


def render_distributions(
    title: str, unit: str, values: Sequence[Sequence[float] | np.ndarray], *, low: float, high: float
) -> str:
    """Draws how a measure is spread within each digit as an SVG picture: ten histograms, 0 at the top.

    Each histogram is scaled to its own maximum, so a rare digit is as high as a frequent one.

    Args:
        title: What stands above.
        unit: Of the values; it stands below their axis.
        values: For each of the ten digits its values, float (n,); n may be 0. Values that are not finite are left out;
            those outside [low, high] count in the median, but are not drawn.
        low: Where the axis begins.
        high: Where it ends; above `low`.

    Returns:
        The text of an SVG file, 480x360. The label read aloud tells all medians.

    Raises:
        ValueError: There are not ten sequences of values, or `low` is not below `high`.
    """
    _check_ten("values", values)
    if not (math.isfinite(high - low) and low < high):
        raise ValueError(f"`low` must be below `high`, both finite. Received: low={low!r}, high={high!r}")
    ridges = _Ridges(low, high)
    lines, words = list(ridges.draw_axis(unit)), []
    for digit, sample in enumerate(values):
        numbers = np.asarray(sample, np.float64)
        numbers = numbers[np.isfinite(numbers)]
        median = float(np.median(numbers)) if len(numbers) else None
        # "z": a median of -0.01 must not be told as -0.0
        told = "no values" if median is None else f"{median:z.{ridges.num_decimals}f}"
        lines += ridges.draw_ridge(digit, numbers, median, told)
        words.append(f"{digit}: {told}")
    return _write_svg(title, (480, 360), (ridges.left, 24), lines, f"{title}, medians in {unit}: {', '.join(words)}")


def _check_ten(name: str, received: Sequence[Any]) -> None:
    if len(received) != 10:
        raise ValueError(f"`{name}` must hold an entry for each of the 10 digits. Received: {len(received)}")


def _write_svg(title: str, size: tuple[int, int], at: tuple[int, int], lines: Sequence[str], label: str = "") -> str:
    """Writes the text of an SVG file: title at its place, and lines. It is read aloud as `label`, else the title."""
    (width, height), (x, y) = size, at
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
            f'font-size="13" fill="{_GREY}" role="img" aria-label="{escape(label or title)}">',
            f'<text x="{x}" y="{y}" font-size="15">{escape(title)}</text>',
            *lines,
            "</svg>\n",
        ]
    )


def _draw_bin(entry: Mapping[str, Any], colour: str, left: int, top: int, side: int) -> Iterator[str]:
    x, y = left + entry["stated"] * side, top + side - entry["true"] * side
    low, high = (top + side - share * side for share in entry["interval"])
    radius = 2 + 0.9 * math.log10(entry["num_samples"])
    yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}" opacity="0.6"/>'
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}"/>'


@dataclass(frozen=True)
class _Chart:
    """Epochs from left to right; errors from the most, below, to the least, above, on a logarithmic scale."""

    num_epochs: int
    least: float
    most: float

    def x(self, epoch: int) -> float:
        return _LEFT + (epoch - 1) / max(1, self.num_epochs - 1) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = math.log(_error(value) / self.least) / math.log(self.most / self.least)
        return _TOP + share * (_HEIGHT - _TOP - _BOTTOM)

    def draw_axes(self) -> Iterator[str]:
        ticks = [value for value in _TICKS if self.least <= 1 - value <= self.most]
        for value in ticks if len(ticks) > 1 else [round(1 - self.most, 5), round(1 - self.least, 5)]:
            y = f"{self.y(value):.1f}"
            yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{_GREY}" opacity="0.3"/>'
            yield f'<text x="{_LEFT - 8}" y="{y}" dy="4" text-anchor="end">{value * 100:g}%</text>'
        for epoch in sorted({1, *range(1, self.num_epochs, -(-self.num_epochs // 10)), self.num_epochs}):
            yield f'<text x="{self.x(epoch):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{epoch}</text>'
        yield f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">epoch</text>'

    def draw_runs(self, curves: Mapping[str, Sequence[Sequence[float]]]) -> Iterator[str]:
        labels = []
        for colour, (name, runs) in zip(itertools.cycle(_COLOURS), curves.items(), strict=False):
            mean = [sum(values) / len(values) for values in zip(*runs, strict=False)]
            for run in runs:
                yield self._draw_line(run, f'stroke="{colour}" stroke-width="1" opacity="0.45"')
            yield self._draw_line(mean, f'stroke="{colour}" stroke-width="2.5"')
            labels.append((self.y(mean[-1]), name, colour))
        places: list[float] = []
        for y, _, _ in sorted(labels):
            places.append(max(y, places[-1] + 16) if places else y)  # names never lie on top of each other
        overflow = max(0.0, max(places) - (_HEIGHT - 8))
        for y, (_, name, colour) in zip(places, sorted(labels), strict=True):
            at = f'x="{_WIDTH - _RIGHT + 8}" y="{y - overflow:.1f}"'
            yield f'<text {at} dy="4" fill="{colour}">{escape(name)}</text>'

    def _draw_line(self, values: Sequence[float], style: str) -> str:
        points = " ".join(f"{self.x(epoch):.1f},{self.y(value):.1f}" for epoch, value in enumerate(values, 1))
        return f'<polyline points="{points}" fill="none" {style}/>'


def _error(accuracy: float) -> float:
    return max(1 - accuracy, _LEAST_ERROR)


@dataclass(frozen=True)
class _Ridges:
    """Values from low, at the left, to high; a row for each digit from above downwards."""

    low: float
    high: float
    left: int = 32
    right: int = 376
    top: int = 42
    pitch: float = 27.0
    num_bins: int = 43

    @property
    def step(self) -> float:
        """Between two marks of the axis: 1, 2 or 5 times a power of ten, so that there are three to eight."""
        rough = (self.high - self.low) / 7
        power = 10.0 ** math.floor(math.log10(rough))
        return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))

    @property
    def num_decimals(self) -> int:
        """Ten times finer than the marks, at least one."""
        return max(1, 1 - math.floor(math.log10(self.step) + 1e-9))

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def base(self, digit: int) -> float:
        return self.top + (digit + 1) * self.pitch

    def draw_axis(self, unit: str) -> Iterator[str]:
        bottom = self.base(9)
        for number in range(math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9) + 1):
            x = f"{self.x(number * self.step):.1f}"
            yield f'<line x1="{x}" x2="{x}" y1="{self.top}" y2="{bottom}" stroke="{_GREY}" opacity="0.25"/>'
            yield f'<text x="{x}" y="{bottom + 17}" text-anchor="middle">{number * self.step:g}</text>'
        middle = (self.left + self.right) / 2
        yield f'<text x="{middle}" y="{bottom + 35}" text-anchor="middle">{escape(unit)}</text>'

    def draw_ridge(self, digit: int, numbers: np.ndarray, median: float | None, told: str) -> Iterator[str]:
        base, colour = self.base(digit), DIGIT_COLOURS[digit]
        yield f'<line x1="{self.left}" x2="{self.right}" y1="{base}" y2="{base}" stroke="{colour}" opacity="0.5"/>'
        at = f'x="{self.left - 12}" y="{base - 5}" text-anchor="end"'
        yield f'<text {at} font-size="15" fill="{colour}">{digit}</text>'
        counts, edges = np.histogram(numbers, self.num_bins, (self.low, self.high))
        if counts.any():
            heights = counts / counts.max() * (self.pitch - 4)
            steps = zip(np.repeat(edges, 2), [0, *np.repeat(heights, 2), 0], strict=True)
            points = " ".join(f"{self.x(edge):.1f},{base - height:.1f}" for edge, height in steps)
            yield f'<polygon points="{points}" fill="{colour}" fill-opacity="0.45" stroke="{colour}"/>'
        if median is not None and self.low <= median <= self.high:
            x, top = f"{self.x(median):.1f}", base - self.pitch + 2
            yield f'<line x1="{x}" x2="{x}" y1="{base}" y2="{top}" stroke="{colour}" stroke-width="3"/>'
        words = told if median is None else f"median {told}"
        yield f'<text x="{self.right + 8}" y="{base - 5}">{words}</text>'
