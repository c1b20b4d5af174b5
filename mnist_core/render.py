"""Numbers -> pictures. It knows neither Gradio nor Keras, and writes no file."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

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
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
            f'font-size="13" fill="{_GREY}" role="img" aria-label="{escape(title)}">',
            f'<text x="{_LEFT}" y="24" font-size="15">{escape(title)}</text>',
            *chart.draw_axes(),
            *chart.draw_runs(curves),
            "</svg>\n",
        ]
    )


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
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 360" font-family="sans-serif" font-size="13" '
        f'fill="{_GREY}" role="img" aria-label="{escape(title)}">',
        f'<text x="{left}" y="20" font-size="15">{escape(title)}</text>',
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
    return "\n".join([*lines, "</svg>\n"])


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
            yield f'<text x="{_LEFT - 8}" y="{y}" dy="4" text-anchor="end">{value * 100:g} %</text>'
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
        places = []
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
