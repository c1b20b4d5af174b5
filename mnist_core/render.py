"""Numbers -> pictures. It knows neither Gradio nor Keras, and writes no file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 96, 44, 48
# Told apart by most people with colour blindness, and visible on white and on near-black paper (Okabe and Ito, 2008).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
_TEXT = "#808080"


def render_curves(title: str, curves: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Draws accuracies over epochs as an SVG picture, readable on light and on dark paper.

    Args:
        title: What stands above.
        curves: For each name the runs, each a sequence of accuracies in [0, 1], one an epoch. Runs are drawn thin,
            their mean bold.

    Returns:
        The text of an SVG file, 640x360.
    """
    num_epochs = max(len(run) for runs in curves.values() for run in runs)
    lowest = min(value for runs in curves.values() for run in runs for value in run)
    floor = max(0.0, int(lowest * 20) / 20)
    floor = floor if floor < 1 else 0.95

    def place(epoch: int, value: float) -> str:
        x = _LEFT + (epoch - 1) / max(1, num_epochs - 1) * (_WIDTH - _LEFT - _RIGHT)
        y = _TOP + (1 - value) / (1 - floor) * (_HEIGHT - _TOP - _BOTTOM)
        return f"{x:.1f},{y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="13" fill="{_TEXT}" role="img" aria-label="{escape(title)}">',
        f'<text x="{_LEFT}" y="24" font-size="15">{escape(title)}</text>',
    ]
    for step in range(5):
        value = floor + (1 - floor) * step / 4
        y = place(1, value).split(",")[1]
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{_TEXT}" opacity="0.3"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y}" dy="4" text-anchor="end">{value:.1%}</text>')
    for epoch in sorted({1, *range(2, num_epochs + 1, max(1, num_epochs // 8)), num_epochs}):
        x = place(epoch, floor).split(",")[0]
        parts.append(f'<text x="{x}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{epoch}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">epoch</text>')
    labels = []
    for colour, (name, runs) in zip(_COLOURS, curves.items(), strict=False):
        mean = [sum(values) / len(values) for values in zip(*runs, strict=False)]
        for run, width, opacity in [*((run, 1, 0.45) for run in runs), (mean, 2.5, 1)]:
            points = " ".join(place(epoch, value) for epoch, value in enumerate(run, 1))
            style = f'fill="none" stroke="{colour}" stroke-width="{width}" opacity="{opacity}"'
            parts.append(f'<polyline points="{points}" {style}/>')
        labels.append((float(place(1, mean[-1]).split(",")[1]), name, colour))
    below = 0.0
    for y, name, colour in sorted(labels):
        below = max(y, below + 16)  # names never lie on top of each other
        parts.append(f'<text x="{_WIDTH - _RIGHT + 8}" y="{below:.1f}" dy="4" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])
