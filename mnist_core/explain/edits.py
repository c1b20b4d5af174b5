"""An image -> the same image with one small edit of a kind that a hand could have made, the smallest edits first.

A family of edits is a turn, a stretch, a slant, another thickness of the pen; a short straight stroke that closes a gap
or only adds ink; an eraser that opens something or only takes a piece away. Edited images are framed again as an edited
drawing would be. Nothing here runs a network: `counterfactuals` searches the edits for one that flips an answer.

Families are compared by one cost: the share of ink that changes, which is the L1 distance between the images over the
ink there was, before the framing. A length would be no common measure: a turn moves all ink a little and has no stroke,
while ink that comes and goes can be counted for all, and is what the eye sees coloured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Protocol

import numpy as np
from PIL import Image

from ..preprocessing.fitting import fit_ink
from ..preprocessing.ink import BOX_SIZE, IMAGE_SIZE, PEN_WIDTH
from ..preprocessing.parts import label_parts

MOST_TURN = 45.0
MOST_STRETCH = 1.6
MOST_SHEAR = 35.0
MOST_THICKNESS = 2.0
MOST_LENGTH = 12.0

_NUM_STEPS = 90
_FINER = 24
# Images are edited at this many times their resolution, on a canvas that holds all of them, turned or stretched.
_FINE = 4
_CANVAS = 48
# An eraser as wide as the pen would leave the edges of the line.
_ERASER_WIDTH = 4.0
_SPACING = 2
_NUM_ANGLES = 8
_NUM_LENGTHS = 4
# From this value on a pixel counts as ink where loops and parts are counted.
INK = 0.35
# Smaller loops and parts are crevices between two lines and specks.
_SMALLEST_AREA = 4
_LEAST_INK = 0.3
# Less is rounding: the box around the ink does not reach for it.
_FAINT = 0.02


class Candidates(Protocol):
    """Edits of one image, the cheapest first."""

    @property
    def amounts(self) -> np.ndarray: ...

    @property
    def base(self) -> np.ndarray: ...

    def edit(self, index: int) -> np.ndarray:
        """Returns the edited image, float32 in [0, 1] of the shape of `base`, the image before."""
        ...

    def fits(self, index: int) -> bool:
        """Whether an edit that flips the answer belongs to the family; asked last where that is costly to find out."""
        ...

    def refine(self, index: int) -> Candidates | None:
        """Returns what lies between the candidate and the one before it, cheapest first; None where nothing does."""
        ...

    def describe(self, index: int) -> tuple[str, str]:
        """Returns effect and place of a candidate, see `counterfactuals.Change`."""
        ...


@dataclass(frozen=True)
class Family:
    """A kind of change: what it measures, and how its edits are proposed.

    Args:
        unit: Of its amounts: "degrees" (of a turn clockwise, or of a slant to the right), "percent" (that it gets
            wider), or "pixels" (that the pen gets wider, or the length of a stroke from tip to tip).
        propose: Image, float32 (28, 28) in [0, 1], to what is tried.
    """

    unit: str
    propose: Callable[[np.ndarray], Candidates]


def frame(edited: np.ndarray) -> np.ndarray | None:
    """Frames an edited image as an edited drawing would be; None where hardly any ink is left."""
    if edited.max() < _LEAST_INK:
        return None
    if len(edited) > IMAGE_SIZE:
        edited = _shrink(edited)
    return (np.rint(fit_ink(edited) * 255) / 255).astype(np.float32)


def _shrink(edited: np.ndarray) -> np.ndarray:
    """Averages the box around the ink down to 20 pixels; `fit_ink` alone would blur what comes at a high resolution."""
    # Step 1: first and last inked pixel, across and down.
    box = []
    for axis in (0, 1):
        inked = np.flatnonzero(edited.max(axis=axis) > _FAINT)
        box.append((inked[0], inked[-1] + 1))
    # Step 2: the longer side becomes 20 pixels, the other one as many as keep the shape, rounded up.
    longest = max(end - start for start, end in box)
    size = [-(-(end - start) * BOX_SIZE // longest) for start, end in box]
    # Step 3: the part to read, centred on the box. Whole pixels hold a little more than the box: stretched to them, the
    # ink would lose its shape.
    edges = [
        (start + end + sign * side * longest / BOX_SIZE) / 2
        for sign in (-1, 1)
        for (start, end), side in zip(box, size, strict=True)
    ]
    return np.asarray(Image.fromarray(edited).resize(size, Image.Resampling.BOX, np.clip(edges, 0, len(edited))))


def reduce_edited(edited: np.ndarray) -> np.ndarray:
    """Returns an edited image in the frame of the image before, float32 (28, 28)."""
    if len(edited) == IMAGE_SIZE:
        return edited
    # Each pixel is the mean of its 4 x 4 finer ones; then the margin that was added for the edit goes.
    reduced = edited.reshape(_CANVAS, _FINE, _CANVAS, _FINE).mean(axis=(1, 3))
    margin = (_CANVAS - IMAGE_SIZE) // 2
    return reduced[margin:-margin, margin:-margin]


def count_loops_and_parts(image: np.ndarray) -> tuple[int, int]:
    """Counts loops, which are closed areas without ink, and connected parts in an image, float32 (28, 28)."""
    # A flood from the edge: what it reaches is outside, and paper that it never reaches lies within a loop.
    mask = np.pad(image > INK, 1)
    outside = np.zeros_like(mask)
    outside[0] = True
    while True:
        # One step of the flood, in all four directions; ink stops it.
        grown = outside.copy()
        grown[1:] |= outside[:-1]
        grown[:-1] |= outside[1:]
        grown[:, 1:] |= outside[:, :-1]
        grown[:, :-1] |= outside[:, 1:]
        grown &= ~mask
        if np.array_equal(grown, outside):  # it has filled all that it can
            return _count_areas(~mask & ~outside), _count_areas(mask)
        outside = grown


def name_place(difference: np.ndarray, image: np.ndarray) -> str:
    """Names where a difference lies in the box around the ink: "top_left" ... "middle" ... "bottom_right"."""
    names = []
    for axis, ends in ((1, ("top", "bottom")), (0, ("left", "right"))):
        inked = np.flatnonzero((image > INK).any(axis=axis))
        amounts = difference.sum(axis=axis)
        # The difference's centre of mass, as a share of the box: the outer thirds have names.
        middle = (amounts * np.arange(len(amounts))).sum() / amounts.sum()
        share = (middle - inked[0]) / max(1, inked[-1] - inked[0])
        if not 1 / 3 <= share <= 2 / 3:
            names.append(ends[int(share > 0.5)])
    return "_".join(names) or "middle"


# Edits that one number describes


@dataclass(frozen=True)
class _Dial:
    """A range of one number, tried from its middle outwards on both sides.

    Args:
        positions: float (n,) in [-1, 1], in the order in which they are tried.
        step: How far apart they are.
        turn: A position to the edited image.
        measure: Positions to amounts.
        effects: What a negative and a positive amount do.
    """

    base: np.ndarray
    positions: np.ndarray
    step: float
    turn: Callable[[float], np.ndarray]
    measure: Callable[[np.ndarray], np.ndarray]
    effects: tuple[str, str]

    @property
    def amounts(self) -> np.ndarray:
        return self.measure(self.positions)

    def edit(self, index: int) -> np.ndarray:
        return self.turn(float(self.positions[index]))

    def fits(self, index: int) -> bool:
        del index
        return True

    def refine(self, index: int) -> Candidates | None:
        # The one before lies a step nearer to the middle: the gap is tried in finer steps, on both sides.
        far = abs(self.positions[index])
        if far == 0:
            return None
        between = far - self.step + self.step * np.arange(1, _FINER) / _FINER
        return _Dial(self.base, _both_ways(between), self.step / _FINER, self.turn, self.measure, self.effects)

    def describe(self, index: int) -> tuple[str, str]:
        position = self.positions[index]
        return ("framed" if position == 0 else self.effects[int(position > 0)]), ""


def _both_ways(positions: np.ndarray) -> np.ndarray:
    return np.stack([positions, -positions], axis=1).ravel()


def _propose_dial(
    image: np.ndarray,
    *,
    prepare: Callable[[np.ndarray], Callable[[float], np.ndarray]],
    measure: Callable[[np.ndarray], np.ndarray],
    effects: tuple[str, str],
) -> _Dial:
    # Four times the resolution, and a margin, so that a turned or stretched digit keeps its edges and its ends.
    margin = (_CANVAS - IMAGE_SIZE) // 2
    base = np.kron(np.pad(image, margin), np.ones((_FINE, _FINE), np.float32))
    positions = np.append(0, _both_ways(np.arange(1, _NUM_STEPS + 1) / _NUM_STEPS))
    return _Dial(base, positions, 1 / _NUM_STEPS, prepare(base), measure, effects)


def _prepare_warp(base: np.ndarray, *, find_matrix: Callable[[float], np.ndarray]) -> Callable[[float], np.ndarray]:
    """Moves ink about its centre of mass.

    Args:
        base: float32 (height, width) in [0, 1].
        find_matrix: Position to the matrix (2, 2) that leads from a place (x, y) in the result to where it comes from.
    """
    picture = Image.fromarray(np.rint(base * 255).astype(np.uint8))
    pixels = np.arange(len(base)) + 0.5
    centre = np.array([base.sum(axis=0) @ pixels, base.sum(axis=1) @ pixels]) / base.sum()

    def warp(position: float) -> np.ndarray:
        # For a place p in the result, the ink comes from matrix (p - centre) + centre = matrix p + offset.
        matrix = find_matrix(position)
        offset = centre - matrix @ centre
        coefficients = np.column_stack([matrix, offset]).ravel().tolist()
        warped = picture.transform(picture.size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR)
        return np.asarray(warped, np.float32) / 255

    return warp


def _turn_matrix(position: float) -> np.ndarray:
    angle = np.deg2rad(MOST_TURN * position)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _stretch_matrix(position: float) -> np.ndarray:
    return np.diag([MOST_STRETCH**-position, 1.0])


def _shear_matrix(position: float) -> np.ndarray:
    return np.array([[1.0, np.tan(np.deg2rad(MOST_SHEAR * position))], [0.0, 1.0]])


def _prepare_thickness(base: np.ndarray) -> Callable[[float], np.ndarray]:
    """Widens and narrows lines by what lies between the steps of a morphological dilation and an erosion."""
    num_rounds = round(MOST_THICKNESS / 2 * _FINE)
    # Each round widens (or narrows) the lines of the round before by one fine pixel on each side.
    thicker, thinner = [base], [base]
    for number in range(num_rounds):
        thicker.append(_filter_round(thicker[-1], np.maximum, with_corners=number % 2 == 1))
        thinner.append(_filter_round(thinner[-1], np.minimum, with_corners=number % 2 == 1))

    def blend(position: float) -> np.ndarray:
        # Between two rounds, their images are blended.
        levels = thicker if position > 0 else thinner
        level = abs(position) * num_rounds
        lower = min(int(level), num_rounds - 1)
        return levels[lower] + np.float32(level - lower) * (levels[lower + 1] - levels[lower])

    return blend


def _filter_round(values: np.ndarray, pick: np.ufunc, with_corners: bool) -> np.ndarray:
    """Picks the most or the least within one pixel; with corners in every other round, the brush is nearly round."""
    padded = np.pad(values, 1)
    across = pick(pick(padded[1:-1, :-2], padded[1:-1, 2:]), values)
    source = np.pad(across, 1) if with_corners else padded
    return pick(across, pick(source[:-2, 1:-1], source[2:, 1:-1]))


# Edits by one short straight stroke of a pen or an eraser


@dataclass(frozen=True)
class _Strokes:
    """Short strokes, those that change the least ink first.

    Args:
        masks: uint8 (n, 28, 28), where the stroke lies.
        amounts: float (n,), their lengths from tip to tip in pixels.
        is_eraser: Whether they take ink away.
        changes_topology: Whether one must close or open something.
    """

    base: np.ndarray
    masks: np.ndarray
    amounts: np.ndarray
    is_eraser: bool
    changes_topology: bool

    def edit(self, index: int) -> np.ndarray:
        mask = self.masks[index].astype(np.float32) / 255
        return np.minimum(self.base, 1 - mask) if self.is_eraser else np.maximum(self.base, mask)

    def fits(self, index: int) -> bool:
        return self.changes_topology == (self.describe(index)[0] not in ("stroke_added", "piece_erased"))

    def refine(self, index: int) -> None:
        del index

    def describe(self, index: int) -> tuple[str, str]:
        edited = self.edit(index)
        # What the stroke does is told by loops and parts before and after; the first effect that happens names it.
        loops, parts = count_loops_and_parts(self.base)
        loops_after, parts_after = count_loops_and_parts(edited)
        if self.is_eraser:
            effects = {"loop_opened": loops_after < loops, "parts_split": parts_after > parts, "piece_erased": True}
        else:
            effects = {"loop_closed": loops_after > loops, "parts_joined": parts_after < parts, "stroke_added": True}
        effect = next(name for name, happens in effects.items() if happens)
        return effect, name_place(np.abs(edited - self.base), self.base)


def _propose_strokes(image: np.ndarray, *, is_eraser: bool, changes_topology: bool) -> _Strokes:
    # Step 1: every stroke on a grid of places, angles and lengths, all at once, added to or erased from the image.
    masks, lengths = _draw_masks(_ERASER_WIDTH if is_eraser else PEN_WIDTH)
    pixels = np.rint(image * 255).astype(np.uint8)
    edited = np.minimum(pixels, 255 - masks) if is_eraser else np.maximum(pixels, masks)
    difference = np.abs(edited.astype(np.int16) - pixels)
    changed = difference.sum(axis=(1, 2)) / 255
    # Step 2: what each does to the shape. Parts less loops: falls where something closes, rises where something opens,
    # or with a part that hangs in the air.
    rise = _euler_numbers(edited > 255 * INK) - _euler_numbers(pixels[None] > 255 * INK)
    closes_or_opens = rise > 0 if is_eraser else rise < 0
    only_adds_or_erases = rise <= 0 if is_eraser else rise == 0
    is_chosen = (closes_or_opens if changes_topology else only_adds_or_erases) & (changed >= 1)
    if is_eraser:  # one piece, not what lies at both ends of the eraser's way
        is_chosen &= _euler_numbers(difference > 255 * INK) == 1
    # Step 3: those that are of the family, the least change of ink first.
    chosen = np.flatnonzero(is_chosen)
    chosen = chosen[np.argsort(changed[chosen], kind="stable")]
    return _Strokes(image, masks[chosen], lengths[chosen], is_eraser, changes_topology)


@lru_cache(maxsize=2)
def _draw_masks(width: float) -> tuple[np.ndarray, np.ndarray]:
    """Draws short straight strokes all over an image, with round ends: uint8 (n, 28, 28), and lengths, float32 (n,)."""
    places = np.arange(IMAGE_SIZE // 2 - 10, IMAGE_SIZE // 2 + 11, _SPACING)
    angles = np.pi * np.arange(_NUM_ANGLES) / _NUM_ANGLES
    lengths = (MOST_LENGTH - width) * np.arange(1, _NUM_LENGTHS + 1) / _NUM_LENGTHS
    # Half of each stroke, from its middle to its end; the first is a dot.
    arms = [(0.0, 0.0)] + [
        (length / 2 * np.cos(angle), length / 2 * np.sin(angle)) for length in lengths for angle in angles
    ]
    y, x, arm = (grid.ravel() for grid in np.meshgrid(places, places, np.arange(len(arms)), indexing="ij"))
    arm_x, arm_y = np.array(arms, np.float32)[arm].T
    along, length = np.hypot(arm_x, arm_y), 2 * np.hypot(arm_x, arm_y)
    # How far each pixel lies from each stroke: beyond its end along it, and aside of it.
    pixels = np.arange(IMAGE_SIZE, dtype=np.float32) + 0.5
    from_x = (pixels[None, None, :] - x[:, None, None]).astype(np.float32)
    from_y = (pixels[None, :, None] - y[:, None, None]).astype(np.float32)
    unit_x, unit_y = (arm_x / np.maximum(along, 1e-6))[:, None, None], (arm_y / np.maximum(along, 1e-6))[:, None, None]
    beyond = np.maximum(np.abs(from_x * unit_x + from_y * unit_y) - along[:, None, None], 0)
    aside = np.where(along[:, None, None] > 0, from_x * unit_y - from_y * unit_x, np.hypot(from_x, from_y))
    # Full ink up to half the width, and an edge one pixel wide.
    covered = np.clip(width / 2 - np.hypot(beyond, aside) + 0.5, 0, 1)
    return np.rint(covered * 255).astype(np.uint8), (length + width).astype(np.float32)


def _euler_numbers(masks: np.ndarray) -> np.ndarray:
    """Counts 8-connected parts less holes, int (n,), of masks, bool (n, h, w).

    Reference:
        Gray (1971), "Local properties of binary images in two dimensions": it is a sum over blocks of 2x2 pixels.
    """
    # The four pixels of every block of 2x2, and how many of them are set.
    padded = np.pad(masks, ((0, 0), (1, 1), (1, 1))).astype(np.uint8)
    corner, right = padded[:, :-1, :-1], padded[:, :-1, 1:]
    below, across = padded[:, 1:, :-1], padded[:, 1:, 1:]
    counts = corner + right + below + across
    num_one, num_three = (np.count_nonzero(counts == number, axis=(1, 2)) for number in (1, 3))
    num_diagonal = np.count_nonzero((counts == 2) & (corner == across), axis=(1, 2))
    # Blocks with one pixel are outer corners, with three inner ones; a diagonal joins two parts.
    return (num_one - num_three - 2 * num_diagonal) // 4


def _count_areas(mask: np.ndarray) -> int:
    sizes = np.bincount(label_parts(mask).ravel())[1:]
    return int(np.count_nonzero(sizes >= _SMALLEST_AREA))


FAMILIES: dict[str, Family] = {
    "turn": Family(
        "degrees",
        partial(
            _propose_dial,
            prepare=partial(_prepare_warp, find_matrix=_turn_matrix),
            measure=lambda positions: MOST_TURN * positions,
            effects=("left", "right"),
        ),
    ),
    "stretch": Family(
        "percent",
        partial(
            _propose_dial,
            prepare=partial(_prepare_warp, find_matrix=_stretch_matrix),
            measure=lambda positions: 100 * (MOST_STRETCH**positions - 1),
            effects=("narrower", "wider"),
        ),
    ),
    "shear": Family(
        "degrees",
        partial(
            _propose_dial,
            prepare=partial(_prepare_warp, find_matrix=_shear_matrix),
            measure=lambda positions: MOST_SHEAR * positions,
            effects=("slanted_left", "slanted_right"),
        ),
    ),
    "thickness": Family(
        "pixels",
        partial(
            _propose_dial,
            prepare=_prepare_thickness,
            measure=lambda positions: MOST_THICKNESS * positions,
            effects=("thinner", "thicker"),
        ),
    ),
    "close": Family("pixels", partial(_propose_strokes, is_eraser=False, changes_topology=True)),
    "open": Family("pixels", partial(_propose_strokes, is_eraser=True, changes_topology=True)),
    "add": Family("pixels", partial(_propose_strokes, is_eraser=False, changes_topology=False)),
    "erase": Family("pixels", partial(_propose_strokes, is_eraser=True, changes_topology=False)),
}
