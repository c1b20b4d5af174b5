"""What another hand, another pen or another country would have made of the same digit: strokes -> strokes.

Pixels can be bent (`augmentation`), but only strokes can lose an end, be drawn with a mouse, or get the bar that a 7
has in half of the world. Nothing here draws: `ink` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageFilter

from ..preprocessing.ink import PEN_WIDTH, largest_extent, render_ink

Strokes = Sequence[np.ndarray]

# Network pixels; from a fineliner to a felt pen, and to the broad brush of a small canvas.
_PEN_WIDTHS = (1.5, 4.0)
_BROAD_WIDTHS = (4.0, 4.8)
# How many times as often as others these digits become a variant: half of the world gives its 1 a flag.
_OFTEN = {1: 2.5}


def draw_varied(strokes: Strokes, label: int, variants: float, generator: np.random.Generator) -> np.ndarray:
    """Draws a digit as another hand might have: see `vary_hand`, with a pen of another width.

    Args:
        strokes: What `ink.check_ink` returns.
        label: The digit, 0 to 9.
        variants: Probability of a regional variant, where the digit has one; a 1 has more of them, see `_OFTEN`.
        generator: Source of randomness; the same state gives the same result.

    Returns:
        Array of shape (28, 28), float32 in [0, 1].
    """
    # 1. The shape: for some, as another school teaches the digit.
    if generator.random() < variants * _OFTEN.get(label, 1):
        strokes = regional_variant(strokes, label, generator)
    # 2. The hand: proportions, slant and tremble.
    strokes = vary_hand(strokes, generator)
    # 3. The pen: 4 in 100 leave dots, 30 in 100 are as wide as the pad's, 8 in 100 broad, the others anything between.
    kind = generator.random()
    if kind < 0.04:
        strokes = _dot(strokes, generator)
    widths = _BROAD_WIDTHS if kind > 0.92 else _PEN_WIDTHS
    width = PEN_WIDTH if kind < 0.3 else generator.uniform(*widths)
    # 4. The picture: a fifth come a little blurred.
    image = render_ink(strokes, pen_width=width)
    return blur(image, generator.uniform(0.3, 0.9)) if generator.random() < 0.2 else image


def blur(image: np.ndarray, radius: float) -> np.ndarray:
    """Softens the edges, as in a picture that was made smaller on its way."""
    pixels = Image.fromarray(np.rint(image * 255).astype(np.uint8))
    return np.asarray(pixels.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def vary_hand(strokes: Strokes, generator: np.random.Generator) -> list[np.ndarray]:
    """Redraws strokes in another hand: other proportions and slant, shaky, hasty or drawn with a mouse.

    Returns:
        Strokes of about the same size, at least one of them longer than a point.
    """
    size = largest_extent(strokes)
    slant = generator.normal(0, 0.15)
    width, height = np.exp(generator.normal(0, 0.12, 2))
    varied = []
    for stroke in strokes:
        moved = stroke + generator.normal(0, 0.02, 2) * size  # the parts of a digit do not always meet
        # Wider or narrower, higher or lower, and leaning: x moves with y.
        moved = np.stack([moved[:, 0] * width - slant * moved[:, 1], moved[:, 1] * height], axis=1)
        if len(moved) > 3:
            moved = _shake(_cut_ends(moved, generator), size, generator)
        varied.append(moved)
    # Where next to nothing is left, the strokes stay as they were.
    return varied if largest_extent(varied) > size / 4 else list(strokes)


def _cut_ends(stroke: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Cuts up to a tenth of a stroke's points from its beginning and from its end."""
    # The square makes small cuts frequent and large ones rare.
    first, last = (generator.random(2) ** 2 * 0.1 * len(stroke)).astype(int)
    return stroke[first : len(stroke) - last]


def _shake(stroke: np.ndarray, size: float, generator: np.random.Generator) -> np.ndarray:
    """Makes a stroke wavering, coarsely sampled or trembling, or leaves it as it is."""
    kind = generator.random()
    if kind < 0.35:  # a slow wave
        num_nodes = int(generator.integers(3, 8))
        # Random displacements at a few nodes; those of the points between are interpolated.
        nodes = generator.normal(0, 0.02 * size, (2, num_nodes))
        at = np.linspace(0, num_nodes - 1, len(stroke))
        return stroke + np.stack([np.interp(at, np.arange(num_nodes), values) for values in nodes], axis=1)
    if kind < 0.6:  # few points with straight lines between them, as from a slow browser
        step = int(generator.integers(2, max(3, len(stroke) // 5) + 1))
        return np.concatenate([stroke[:-1:step], stroke[-1:]])
    if kind < 0.75:  # the tremble of a mouse
        return stroke + generator.normal(0, 0.012 * size, stroke.shape)
    return stroke


def _dot(strokes: Strokes, generator: np.random.Generator) -> list[np.ndarray]:
    """Replaces lines by dots or dashes, as left by a canvas that is told of the pen too rarely."""
    size = largest_extent(strokes)
    gap, dash = generator.uniform(0.1, 0.2) * size, generator.uniform(0, 0.06) * size
    dots = []
    for stroke in strokes:
        # How far along the line each point lies; a dash begins after every gap and ends at most at the line's end.
        length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
        for start in np.arange(0, length[-1] + 1e-9, gap):
            at = np.array([start, min(start + dash, length[-1])])
            dots.append(np.stack([np.interp(at, length, values) for values in stroke.T], axis=1))
    return dots


def regional_variant(strokes: Strokes, label: int, generator: np.random.Generator) -> list[np.ndarray]:
    """Redraws the digit as others write it: a 1 with a flag or a foot, a barred or wavy 7, a slashed 0, an open 4 or 9.

    A digit without such a variant comes back as it is.
    """
    choices = _VARIANTS.get(label)
    _, _, sides = _bounds(strokes)
    lies = sides[1] < sides[0] / 4  # a 1 that lies flat has no stem
    if choices is None or lies:
        return list(strokes)
    return choices[int(generator.integers(len(choices)))](list(strokes), generator)


def _bounds(strokes: Strokes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns lower corner, upper corner and sides of the box around all strokes."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    return low, high, high - low


def _flagged_one(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Draws a straight stem with an upstroke before it, from as short as a serif to as long as the stem."""
    top, bottom, height = _stem(strokes)
    reach = generator.uniform(0.1, 0.95)
    slope = generator.uniform(0.2, 1.4)  # across for each down
    # From the top, back along the slope, to where the upstroke begins.
    start = top + height * reach * np.array([-slope, 1]) / np.hypot(slope, 1)
    return [np.concatenate([_line(start, top, generator), _line(top, bottom, generator)])]


def _footed_one(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Draws a 1 that stands on a foot, mostly with a flag as well."""
    top, bottom, height = _stem(strokes)
    drawn = _flagged_one(strokes, generator) if generator.random() < 0.8 else [_line(top, bottom, generator)]
    half = np.array([height * generator.uniform(0.12, 0.35), 0])
    return [*drawn, _line(bottom - half, bottom + half, generator)]


def _plain_one(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    top, bottom, _ = _stem(strokes)
    return [_line(top, bottom, generator)]


def _stem(strokes: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, float]:
    """Returns top, bottom and height of the stem of a 1."""
    points = np.concatenate(strokes)
    top, bottom = points[points[:, 1].argmin()], points[points[:, 1].argmax()]
    return top, bottom, float(bottom[1] - top[1])


def _barred_seven(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Adds a bar across the stem of a 7, straight or in a wave."""
    low, _, sides = _bounds(strokes)
    # The bar is centred on the point that is nearest to its height.
    points = np.concatenate(strokes)
    y = low[1] + sides[1] * generator.uniform(0.4, 0.65)
    x = points[np.abs(points[:, 1] - y).argmin(), 0]
    half = sides.max() * generator.uniform(0.13, 0.3)
    tilt = half * generator.normal(0, 0.15)
    bar = _line(np.array([x - half, y + tilt]), np.array([x + half, y - tilt]), generator)
    if generator.random() < 0.3:
        bar[:, 1] += half * generator.uniform(0.1, 0.4) * np.sin(np.linspace(0, 2 * np.pi, len(bar)))
    return [*strokes, bar]


def _serifed_seven(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Adds a short stroke down at the beginning of a 7's top."""
    start = strokes[0][0]
    length = _bounds(strokes)[2][1] * generator.uniform(0.08, 0.25)
    tick = _line(start + np.array([generator.normal(0, 0.1) * length, length]), start, generator)
    drawn = [np.concatenate([tick, strokes[0]]), *strokes[1:]]
    return _barred_seven(drawn, generator) if generator.random() < 0.5 else drawn


def _wavy_seven(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Draws a 7 whose top is a wave and whose stem is bent, with or without a bar."""
    sag = generator.uniform(0.04, 0.16)
    top = [(0, generator.uniform(0.05, 0.25)), (0.25, 0), (0.55, sag), (1, 0)]
    stem = [(0.6, 0.45), (generator.uniform(0.2, 0.6), 1)]
    drawn = [_through([*top, *stem], strokes, generator, is_round=True)]
    return _barred_seven(drawn, generator) if generator.random() < 0.5 else drawn


def _slashed_zero(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Adds a slash to a 0, inside it or beyond."""
    low, high, sides = _bounds(strokes)
    middle = (low + high) / 2
    # From the middle to the upper right, and as far to the lower left.
    half = sides / 2 * generator.uniform(0.5, 1.15) * np.exp(generator.normal(0, 0.1, 2))
    return [*strokes, _line(middle + half * [1, -1], middle + half * [-1, 1], generator)]


def _hooked_nine(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Ends the stem of a 9 in a hook to the left; a wide one would be a 2."""
    *others, last = strokes
    end, sides = last[-1], _bounds(strokes)[2]
    radius = sides[1] * generator.uniform(0.08, 0.22)
    # An arc that goes on where the stem ends.
    angle = np.linspace(0, generator.uniform(0.4, 0.8) * np.pi, 10)[1:]
    across = radius * generator.uniform(0.7, 1.2)
    hook = end + np.stack([across * (np.cos(angle) - 1), radius * np.sin(angle)], axis=1)
    return [*others, np.concatenate([last, hook])]


def _open_nine(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Begins the bow of a 9 late, so that it stays open at the top."""
    first, *others = strokes
    return [first[int(len(first) * generator.uniform(0.04, 0.2)) :], *others] if len(first) > 20 else strokes


def _unclosed_nine(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Draws a 9 in one stroke whose bow does not come back to where it began."""
    begin, turn = generator.uniform(0.45, 0.85), generator.uniform(0.05, 0.3)
    bow = [(begin, generator.uniform(0, 0.15)), (0.35, 0), (0, 0.22), (0.4, 0.45), (0.95, turn)]
    stem = [(0.95, 0.5), (generator.uniform(0.5, 0.95), 1)]
    return [_through([*bow, *stem], strokes, generator, is_round=True)]


def _open_four(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Draws a 4 in one stroke that stays open: down, across, up by any amount, and down."""
    bar, right = generator.uniform(0.4, 0.7), generator.uniform(0.7, 1)
    begun = [(generator.uniform(0.05, 0.5), 0), (0, bar), (right, bar - generator.uniform(-0.05, 0.1))]
    up = bar * (1 - generator.uniform(0, 1) ** 2)  # mostly high up, sometimes not at all, like a G
    ended = [(right, bar - up), (right - generator.uniform(-0.05, 0.25), 1)]
    return [_through([*begun, *ended], strokes, generator, is_round=generator.random() < 0.3)]


def _narrow_six(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Draws a 6 with a long stem and a small loop."""
    loop = generator.uniform(0.18, 0.42)  # of the height
    wide = loop * generator.uniform(0.9, 1.8)
    stem = [(generator.uniform(0.3, 1), 0), (0.15, 0.4), (0, 1 - loop / 2)]
    around = [(wide / 2, 1), (wide, 1 - loop / 2), (wide / 2, 1 - loop), (0.05, 1 - loop * generator.uniform(0.3, 0.8))]
    return [_through([*stem, *around], strokes, generator, is_round=True)]


def _through(
    corners: Sequence[tuple[float, float]],
    strokes: list[np.ndarray],
    generator: np.random.Generator,
    *,
    is_round: bool,
) -> np.ndarray:
    """Draws one line through corners, each a little off, in the box around other strokes, which is (0, 0) to (1, 1)."""
    low, _, sides = _bounds(strokes)
    sides = np.maximum(sides, sides.max() / 3)  # a digit drawn as a mere line has no box
    placed = low + sides * (np.array(corners) + generator.normal(0, 0.03, (len(corners), 2)))
    return smooth(placed) if is_round else trace(placed)


def _uncrossed_four(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Ends the bar of a 4 of two strokes at its stem."""
    if len(strokes) != 2:
        return strokes
    bent, stem = strokes
    # The stem's place, and the points of the other stroke that lie to the right of it.
    x = float(np.median(stem[:, 0]))
    beyond = np.flatnonzero(bent[:, 0] > x + 0.02 * largest_extent(strokes))
    # Only the end of the bar may go: what is up there may be the 4's first stroke.
    cut = beyond[beyond > len(bent) // 2]
    return [bent[: max(2, cut[0])] if len(cut) else bent, stem]


def _line(start: np.ndarray, end: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draws a line by hand: 12 points, slightly bent."""
    share = np.linspace(0, 1, 12)[:, None]
    # At right angles to the line; half a sine wave along it bends it most in the middle.
    across = np.array([end[1] - start[1], start[0] - end[0]])
    return start + share * (end - start) + np.sin(np.pi * share) * across * generator.normal(0, 0.04)


def trace(corners: np.ndarray) -> np.ndarray:
    """Draws straight lines through corners, float64 (n, 2), with ten points each."""
    at = np.linspace(0, len(corners) - 1, 10 * (len(corners) - 1) + 1)
    return np.stack([np.interp(at, np.arange(len(corners)), values) for values in corners.T], axis=1)


def smooth(corners: np.ndarray) -> np.ndarray:
    """Draws a round line through corners, float64 (n, 2), with eight points for each (Catmull and Rom, 1974)."""
    # Each piece of the curve runs between two corners; the ones before and after it set its direction at both ends, and
    # at the ends of the line they are mirrored.
    padded = np.concatenate([2 * corners[:1] - corners[1:2], corners, 2 * corners[-1:] - corners[-2:-1]])
    share = np.linspace(0, 1, 8, endpoint=False)[None, :, None]
    before, start, end, after = (padded[index : len(padded) - 3 + index, None] for index in range(4))
    curve = (
        2 * start
        + (end - before) * share
        + (2 * before - 5 * start + 4 * end - after) * share**2
        + (3 * start - before - 3 * end + after) * share**3
    ) / 2
    return np.concatenate([curve.reshape(-1, 2), corners[-1:]])


_Variant = Callable[[list[np.ndarray], np.random.Generator], list[np.ndarray]]
_VARIANTS: dict[int, tuple[_Variant, ...]] = {
    0: (_slashed_zero,),
    1: (_flagged_one, _flagged_one, _footed_one, _plain_one),
    4: (_uncrossed_four, _open_four, _open_four),
    6: (_narrow_six,),
    7: (_barred_seven, _serifed_seven, _wavy_seven),
    9: (_hooked_nine, _hooked_nine, _open_nine, _unclosed_nine),
}
