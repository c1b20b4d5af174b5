"""Images that are not digits, generated: what people draw on a pad for digits, and what no pen has drawn.

Families of scribbles, shapes, letters, signs, glyphs, broken digits, joined digits, and textures, all of the size
and place of MNIST's digits, so that nothing but what is drawn gives them away. Letters and signs that are a digit in
some hand (O, l, S, Z and their like) are not among them. Of other people's drawings only those that are given are used.

Reference:
    Hendrycks, Mazeika and Dietterich (2019), "Deep anomaly detection with outlier exposure".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from ..preprocessing.fitting import fit_ink
from ..preprocessing.ink import PEN_WIDTH, render_ink
from .handwriting import Strokes, smooth, trace, vary_hand

_PEN_WIDTHS = (1.4, 3.5)

# Corners on a grid of 0 to 8, y down; a tilde makes a stroke round, a dot stands between strokes. None of these is a
# digit in any handwriting that the author knows of.
LETTERS = {
    "A": "08 40 88.25 65",
    "E": "80 10 18 88.14 64",
    "F": "80 10 18.14 64",
    "H": "10 18.70 78.14 74",
    "K": "10 18.70 14 78",
    "M": "08 10 45 70 88",
    "N": "18 10 78 70",
    "P": "18 10.~10 61 73 65 14",
    "Q": "~40 14 48 74 40.55 88",
    "R": "18 10.~10 61 72 64 14.34 78",
    "U": "~10 16 38 58 76 70",
    "V": "00 48 80",
    "W": "00 28 43 68 80",
    "X": "10 78.70 18",
    "x": "~12 35 37 17.~72 45 47 77",
    "Y": "00 44.80 44 48",
    "T": "00 80.40 48",
    "D": "10 18.~10 60 83 85 58 18",
    "J": "20 80.~50 56 38 07",
    "A-round": "~08 20 50 78.14 75",
    "a-double": "~12 40 72 78.~74 34 16 38 77",
    "j": "~52 56 48 17.50 40",
    "y": "~12 26 56.~72 66 48 18",
    "y-straight": "10 44.80 18",
    "a": "~73 41 14 28 57 73.~71 75 88",
    "d": "~74 43 16 38 66 74.70 78",
    "e": "~14 74 62 31 14 38 77",
    "f": "~70 50 31 38.14 64",
    "h": "10 18.~15 43 65 68",
    "k": "10 18.62 15 68",
    "m": "03 08.~05 23 45 48.~45 63 85 88",
    "n": "12 18.~15 43 65 68",
    "p": "13 19.~13 52 74 56 16",
    "r": "12 18.~15 33 62",
    "t": "~40 46 58 77.13 73",
    "u": "~12 16 38 66.62 68",
    "v": "12 48 72",
    "w": "02 28 44 68 82",
    "J-plain": "~60 67 48 27 15",
    "d-tall": "~64 34 16 38 67.60 68",
}
SIGNS = {
    "alpha": "~72 56 28 04 22 56 78",
    "plus": "40 48.04 84",
    "times": "11 77.71 17",
    "star": "40 48.12 76.72 16",
    "star5": "48 00 85 05 80 48",
    "hash": "20 28.60 68.02 82.06 86",
    "equals": "03 83.05 85",
    "arrow": "04 84.61 84 67",
    "arrow-up": "48 40.13 40 73",
    "check": "04 38 80",
    "question": "~22 30 60 72 54 45.45 46.48 48",
    "question-round": "~12 20 50 72 64 44 46.47 48",
    "question-open": "~21 40 61 63 44 45.47 47",
    "exclamation": "40 45.47 48",
    "caret": "06 42 86",
    "less": "81 04 87",
    "more": "01 84 07",
    "tilde": "~05 23 35 56 74 83",
    "amp": "~88 34 22 40 62 25 17 38 84",
    "at": "~64 43 35 47 63 66 85 62 31 04 38 77",
    "dollar": "~71 30 12 44 76 58 17.40 48",
    "percent": "80 08.~20 01 22 41 20.~66 57 78 87 66",
    "colon": "42 43.46 47",
    "heart": "~48 14 01 20 42 60 81 74 48",
    "lightning": "50 14 64 28",
    "omega": "~08 38 12 40 72 58 88",
    "pi": "02 82.22 18.62 68",
    "sigma": "80 00 44 08 88",
    "delta": "40 88 08 40",
    "infinity": "~44 22 04 26 44 62 84 66 44",
    "spiral": "~44 54 43 34 45 65 63 41 23 25 47 77 83",
    "house": "08 04 40 84 88 08",
    "house-door": "08 04 84 88 08.04 40 84.38 35 55 58",
    "face": "~40 04 48 84 40.33 34.53 54.~25 46 65",
    "fish": "~04 31 63 85.~04 37 65 83.85 83",
    "tree": "48 45.~45 14 30 60 74 45",
    "flower": "~44 22 41 44 62 64 44 66 46 44 26 24 44.44 48",
    "sun": "~42 24 46 64 42.40 41.47 48.04 14.74 84.11 22.77 66",
    "cat": "03 01 23 63 81 83.~03 48 83",
    "cup": "02 18 68 82.~82 84 65",
    "boat": "06 86 68 28 06.46 40 75 45",
    "car": "05 02 22 30 60 72 82 85 05.~15 26 35.~55 66 75",
    "umbrella": "~04 40 84.04 84.44 47.~47 38 27",
}
_NUM_SHAPES = (3, 6)
# Families with more than one share: what fills areas is the furthest from all others.
_SHARES = {"textures": 3}


def generate_outliers(
    digits: np.ndarray,
    labels: np.ndarray,
    count: int,
    generator: np.random.Generator,
    families: tuple[str, ...] = (),
    alphabets: Sequence[Strokes] = (),
) -> np.ndarray:
    """Generates images that are not digits.

    Args:
        digits: Images of digits to break and to join, uint8 (n, 28, 28).
        labels: Their labels, (n,).
        count: How many to generate, of each family as near as can be to its share.
        generator: Source of randomness; the same state gives the same result.
        families: Names in `FAMILIES`; empty is all of them.
        alphabets: Characters of foreign scripts, as `ink.check_ink` returns them: one more family, in other hands.

    Returns:
        Array of shape (count, 28, 28), uint8, in the order of the families.
    """
    drawn = [FAMILIES[name] for name in families or FAMILIES for _ in range(_SHARES.get(name, 1))]
    if alphabets:
        drawn.append(lambda *_: render(list(alphabets[int(generator.integers(len(alphabets)))]), generator))
    has_ink = digits.any(axis=(1, 2))
    digits, labels = digits[has_ink], labels[has_ink]
    if not len(digits):
        raise ValueError("`digits` must hold images with ink to break and to join. Received none.")
    images = np.empty((count, *digits.shape[1:]), np.uint8)
    for index in range(count):
        # Families follow each other: the first takes the first numbers, and so on.
        family = drawn[index * len(drawn) // count]
        images[index] = np.rint(_draw_one(family, digits, labels, generator) * 255)
    return images


def _draw_one(family: _Family, digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draws an image of a family; one that came out blank, or as next to nothing, is drawn again."""
    while True:
        image = family(digits, labels, generator)
        if image is not None and image.sum() > 8:
            return image


def render(strokes: list[np.ndarray], generator: np.random.Generator) -> np.ndarray:
    width = generator.uniform(*_PEN_WIDTHS) if generator.random() < 0.5 else PEN_WIDTH
    return render_ink(vary_hand(strokes, generator), pen_width=width)


def scribble(digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draws strokes that wander about: loops, zigzags and tangles."""
    strokes = []
    for _ in range(int(generator.choice([1, 1, 1, 2, 2, 3, 4]))):
        num_corners = int(generator.integers(7, 18))
        kind = generator.random()
        if kind < 0.25:  # back and forth, as one fills a surface
            across = np.arange(num_corners) / num_corners
            corners = np.stack([across, np.arange(num_corners) % 2 * generator.uniform(0.3, 1)], axis=1)
            corners += generator.normal(0, 0.05, corners.shape)
            corners = _turn(corners, generator.uniform(0, 2 * np.pi))
        elif kind < 0.6:  # a walk that keeps its direction for a while
            turns = np.cumsum(generator.normal(generator.normal(0, 0.7), 0.9, num_corners))
            corners = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1), axis=0) / 5
        else:  # corners anywhere
            corners = generator.random((num_corners, 2))
        # Somewhere on the pad, round or angular.
        corners = corners + generator.normal(0, 0.3, 2)
        strokes.append(smooth(corners) if generator.random() < 0.7 else corners)
    return render(strokes, generator)


def _shapes(digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draws shapes beside and on top of each other: houses, faces, patterns. One alone could be a 0 or a 1."""
    strokes: list[np.ndarray] = []
    for _ in range(int(generator.integers(*_NUM_SHAPES))):
        # A polygon on an ellipse: two corners are a line, 24 are round.
        size = generator.uniform(0.15, 0.6, 2)
        num_corners = int(generator.choice([2, 3, 4, 5, 6, 24]))
        angle = np.linspace(0, 2 * np.pi, num_corners + 1) + np.pi / num_corners * generator.integers(2)
        shape = np.stack([np.cos(angle), np.sin(angle)], axis=1) * size
        if num_corners > 2 and generator.random() < 0.1:  # a star
            shape[1::2] *= 0.4
        # Anywhere, or, for three in ten, one above the other.
        place = generator.uniform(-0.6, 0.6, 2) * (1 if generator.random() < 0.7 else np.array([0, 1]))
        strokes.append(_turn(shape, generator.normal(0, 0.4)) + place)
    if generator.random() < 0.4:  # symmetric, as houses, faces and trees are
        mirrored = [stroke * [-1, 1] for stroke in strokes]
        strokes += mirrored
    return render(strokes, generator)


def _letters(digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draws a Latin letter by hand."""
    return _draw_by_hand(LETTERS, generator)


def _signs(digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draws a sign, a Greek letter or a little drawing, by hand."""
    return _draw_by_hand(SIGNS, generator)


def _draw_by_hand(forms: dict[str, str], generator: np.random.Generator) -> np.ndarray:
    name = list(forms)[int(generator.integers(len(forms)))]
    stretch = np.exp(generator.normal(0, 0.15, 2))
    strokes = []
    for text in forms[name].split("."):
        # The corners on their grid, each a little off.
        corners = np.array([[int(digit) for digit in place] for place in text.strip("~").split()], np.float64)
        corners += generator.normal(0, 0.35, corners.shape)
        strokes.append((smooth(corners) if text.startswith("~") else trace(corners)) * stretch)
    return render(strokes, generator)


def _glyphs(digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draws three to six short strokes that cross and touch, as in an unknown script."""
    strokes = []
    for _ in range(int(generator.integers(3, 7))):
        # Two ends anywhere, and a bend between them or a straight line.
        start, end = generator.random((2, 2))
        bend = (start + end) / 2 + generator.normal(0, 0.25, 2) * (generator.random() < 0.6)
        corners = np.stack([start, bend, end])
        strokes.append(smooth(corners) if generator.random() < 0.6 else trace(corners))
    return render(strokes, generator)


def _broken(digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray | None:
    """Joins halves, exchanges quarters, lays a digit on its side, puts two on top of each other or crosses one out."""
    first, second = (digits[int(generator.integers(len(digits)))].astype(np.float32) / 255 for _ in range(2))
    kind = generator.random()
    if kind < 0.2:  # the lower half of one above the upper half of another
        image = np.concatenate([first[14:], second[:14]])
    elif kind < 0.5:  # the quarters of one in another order
        quarters = [first[:14, :14], first[:14, 14:], first[14:, :14], first[14:, 14:]]
        order = generator.permutation(4)
        if (order == np.arange(4)).all():
            return None
        image = np.block([[quarters[order[0]], quarters[order[1]]], [quarters[order[2]], quarters[order[3]]]])
    elif kind < 0.75:  # on its side; a 0, a 1 and an 8 could still be read
        chosen = np.flatnonzero(~np.isin(labels, (0, 1, 8)))
        if not len(chosen):
            return None
        image = np.rot90(digits[int(generator.choice(chosen))].astype(np.float32) / 255, generator.choice([1, 3]))
    elif kind < 0.9:  # two digits on top of each other
        image = np.maximum(first, np.roll(second, generator.integers(-4, 5, 2), axis=(0, 1)))
        # With little ink of its own beside the other, one of the two could still be read.
        if image.sum() < 1.35 * max(first.sum(), second.sum()):
            return None
    else:  # one scribbled over
        over = scribble(digits, labels, generator)
        image = np.maximum(first, over)
    return fit_ink(image) if image.any() else None


def _joined(digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Puts two or three digits side by side, as in a number, or one below the other."""
    count = 2 if generator.random() < 0.7 else 3
    chosen = generator.integers(len(digits), size=count)
    parts = []
    for index in chosen:
        image = digits[index].astype(np.float32) / 255
        # The columns that hold ink, and a gap of up to four pixels behind them.
        columns = np.flatnonzero(image.any(axis=0))
        parts.append(image[:, columns[0] : columns[-1] + 1])
        parts.append(np.zeros((len(image), int(generator.integers(0, 5))), np.float32))
    return fit_ink(np.concatenate(parts[:-1], axis=1) if generator.random() < 0.9 else _stack(parts[::2]))


def _stack(parts: list[np.ndarray]) -> np.ndarray:
    """Puts digits one below the other."""
    width = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in parts])


def _texture(digits: np.ndarray, labels: np.ndarray, generator: np.random.Generator) -> np.ndarray | None:
    """Fills areas: clothes and other silhouettes, stripes, clouds, noise."""
    size = 28
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j].astype(np.float32)
    # First where the area is: a silhouette, patches of a cloud, a rectangle or all; then what fills it.
    kind = generator.random()
    if kind < 0.5:
        mask = _silhouette(y, x, generator)
    elif kind < 0.7:
        mask = _cloud(size, int(generator.integers(3, 9)), generator) > generator.uniform(0.3, 0.7)
    elif kind < 0.85:
        mask = (np.abs(x) < generator.uniform(0.3, 1)) & (np.abs(y) < generator.uniform(0.3, 1))
    else:
        mask = np.ones((size, size), bool)
    image = mask * _fill(y, x, mask, generator)
    if not image.any():
        return None
    return np.clip(fit_ink(image.astype(np.float32)), 0, 1)


def _silhouette(y: np.ndarray, x: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Returns a mask with a symmetric outline of changing width, sometimes with sleeves or two legs, or lying."""
    # Half the width at a few heights, and straight lines between them.
    nodes = generator.uniform(0.1, 1, int(generator.integers(3, 7)))
    half_width = np.interp(y, np.linspace(-1, 1, len(nodes)), nodes)
    mask = np.abs(x) < half_width
    kind = generator.random()
    if kind < 0.3:  # legs, or an opening
        mask &= ~((np.abs(x) < generator.uniform(0.05, 0.3)) & (y > generator.uniform(-0.8, 0.5)))
    elif kind < 0.6:  # sleeves
        mask |= np.abs(y + 0.9 - generator.uniform(0.3, 1.5) * np.abs(x)) < generator.uniform(0.1, 0.35)
    if generator.random() < 0.3:  # a handle, or a heel
        mask = mask.T if generator.random() < 0.5 else (x < half_width - generator.uniform(0, 0.8)) & (y > -0.7 * x)
    return mask


def _fill(y: np.ndarray, x: np.ndarray, mask: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Returns what fills an area: one grey, a slope, stripes, clouds or noise; in [0, 1]."""
    base = generator.uniform(0.3, 1)
    kind = generator.random()
    if kind < 0.25:
        filled = np.full(y.shape, base)
    elif kind < 0.45:
        angle = generator.uniform(0, 2 * np.pi)
        filled = base * (0.6 + 0.4 * (np.cos(angle) * x + np.sin(angle) * y))
    elif kind < 0.65:
        angle = generator.choice([0, np.pi / 2, generator.uniform(0, np.pi)])
        wave = np.sin((np.cos(angle) * x + np.sin(angle) * y) * generator.uniform(4, 20) + generator.uniform(0, 6))
        filled = base * (1 - generator.uniform(0.2, 1) * (wave > 0))
    elif kind < 0.85:
        filled = base * (0.3 + 0.7 * _cloud(len(y), int(generator.integers(3, 10)), generator))
    else:
        filled = base * generator.random(y.shape)
    if generator.random() < 0.3:  # a darker inside, as of an outline
        inner = mask & np.roll(mask, 2, 0) & np.roll(mask, -2, 0) & np.roll(mask, 2, 1) & np.roll(mask, -2, 1)
        filled = filled * np.where(inner, generator.uniform(0, 0.6), 1)
    return filled


def _cloud(size: int, num_nodes: int, generator: np.random.Generator) -> np.ndarray:
    """Returns smooth noise of shape (size, size) in [0, 1]."""
    nodes = Image.fromarray(generator.random((num_nodes, num_nodes)).astype(np.float32))
    return np.clip(np.asarray(nodes.resize((size, size), Image.Resampling.BICUBIC)), 0, 1)


def _turn(points: np.ndarray, angle: float) -> np.ndarray:
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]])


_Family = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray | None]

FAMILIES: dict[str, _Family] = {
    "scribbles": scribble,
    "shapes": _shapes,
    "letters": _letters,
    "signs": _signs,
    "glyphs": _glyphs,
    "broken digits": _broken,
    "joined digits": _joined,
    "textures": _texture,
}
