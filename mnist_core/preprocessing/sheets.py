"""Where on a picture the paper is: sheets with ink on them, inside a frame, on a desk, in a circle, behind a window.

A sheet is a connected region of even brightness, all around ink, and it ends before the picture does. What lies beyond
it is no part of the digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .ink import IMAGE_SIZE
from .paper import find_walls, reduce_to

# The longer side of what is looked at, in pixels.
_SMALLEST, _LARGEST = 192, 256
_LARGEST_SCALE = 4
# A sheet is at least so wide and high, as a share of the picture's longer side.
_NARROWEST = 0.15
# Its ink is at least so wide or high, as a share of the sheet's, and covers no more than this share of it.
_SMALLEST_INK = 0.25
_MOST_INK = 0.6
_MOST_INK_AROUND = 0.3
# How much of the cord around a sheet it fills, and how much of the rectangle around it the cord fills.
_RECTANGLE = 0.6, 0.9
_ROUND = 0.95, 0.74
# The deviation of its brightness, at most, as a share of how far its ink is from it.
_EVEN = 0.25
# How far the shade of what surrounds it reaches, as a share of its longer side.
_EDGE = 0.012
# How far ink is from its brightness at least, beside the noise.
_FAINTEST = 0.08
_MOST_SHEETS = 4


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper on a picture.

    Args:
        corners: int32 (n, 2), x and y in the picture's pixels, of the cord around it.
        level: Its brightness, in [0, 1].
        is_around: Whether it lies inside the picture, with little ink well inside it, as in a circle.
    """

    corners: np.ndarray
    level: float
    is_around: bool


def find_sheets(grey: np.ndarray) -> list[Sheet]:
    """Finds sheets of paper that are not the whole picture, the largest first, at most four.

    Args:
        grey: float32 (height, width), brightness in [0, 1].
    """
    from .opencv import cv2

    small = np.ascontiguousarray(reduce_to(grey, _LARGEST))
    if max(small.shape) < _SMALLEST:
        scale = min(_SMALLEST / max(small.shape), _LARGEST_SCALE)
        small = cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    level = cv2.threshold(_to_bytes(small), 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    found: list[tuple[float, Sheet]] = []
    boxes: list[np.ndarray] = []
    for mask in (level, 1 - level, 1 - find_walls(small)):
        for hull, is_around, brightness in _regions(mask.astype(np.uint8), small, max(grey.shape) <= 2 * IMAGE_SIZE):
            box = np.concatenate([hull.min(axis=0), hull.max(axis=0)])
            if any(np.abs(box - other).max() <= 0.03 * max(small.shape) for other in boxes):
                continue
            boxes.append(box)
            scale = np.array(grey.shape[::-1]) / small.shape[::-1]
            corners = np.rint((hull + 0.5) * scale - 0.5).astype(np.int32)
            found.append((cv2.contourArea(corners), Sheet(corners, brightness, is_around)))
    found.sort(key=lambda item: -item[0])
    return [sheet for _, sheet in found[:_MOST_SHEETS]]


def cut_sheet(grey: np.ndarray, sheet: Sheet) -> tuple[np.ndarray, int, int]:
    """Cuts a sheet out of a picture; what lies beside it takes its brightness.

    Returns:
        float32 (height, width), and where it lies on the picture: left, top.
    """
    from .opencv import cv2

    left, top = sheet.corners.min(axis=0)
    right, bottom = sheet.corners.max(axis=0) + 1
    mask = cv2.fillConvexPoly(np.zeros(grey.shape, np.uint8), sheet.corners, 1)
    edge = 2 * max(1, round(_EDGE * max(bottom - top, right - left))) + 1  # the shade of what surrounds it
    mask = cv2.erode(mask, np.ones((edge, edge), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1)
    cut = np.where(mask, grey, np.float32(sheet.level))
    return np.ascontiguousarray(cut[top:bottom, left:right]), int(left), int(top)


def _regions(mask: np.ndarray, grey: np.ndarray, is_small: bool) -> Iterator[tuple[np.ndarray, bool, float]]:
    """Yields the cord around each region that is a sheet, whether it is all around its ink, and its brightness."""
    from .opencv import cv2

    height, width = mask.shape
    longest = max(mask.shape)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    for label in np.argsort(-boxes[1:, cv2.CC_STAT_AREA])[:8] + 1:
        left, top, wide, high = boxes[label, :4]
        if min(wide, high) < _NARROWEST * longest:
            continue
        part = (labels[top : top + high, left : left + wide] == label).astype(np.uint8)
        outline = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0][0]
        hull = cv2.convexHull(outline)[:, 0]
        inside = cv2.fillConvexPoly(np.zeros_like(part), hull, 1)
        if not _is_sheet(part, outline, hull) or _is_whole(inside, left, top, mask.shape):
            continue
        edge = 2 * max(1, round(_EDGE * max(wide, high))) + 1
        deep = cv2.erode(inside, np.ones((edge, edge), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
        here = grey[top : top + high, left : left + wide]
        brightness = float(np.median(here[part > 0]))
        distance = np.abs(here - brightness)
        noise = 1.4826 * float(np.median(distance[part > 0]))
        ink = deep & (distance > 4 * noise + _FAINTEST).astype(np.uint8)
        _, inks, boxes_of_ink, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
        if len(boxes_of_ink) < 2 or ink.sum() > _MOST_INK * inside.sum():
            continue
        main = 1 + np.argmax(boxes_of_ink[1:, cv2.CC_STAT_AREA])
        shares = boxes_of_ink[main, cv2.CC_STAT_WIDTH] / wide, boxes_of_ink[main, cv2.CC_STAT_HEIGHT] / high
        touches = (inks == main) & (cv2.erode(deep, np.ones((3, 3), np.uint8), borderValue=0) == 0)
        if max(shares) < _SMALLEST_INK or touches.any():
            continue
        in_picture = left > 0 and top > 0 and left + wide < width and top + high < height
        # The soft inner edge of a 0 is no ink in it: what lies in a circle, or on few pixels, parts from its paper.
        if (in_picture or is_small) and not ((inks == main) & (part == 0)).any():
            continue
        if here[(part > 0) & (ink == 0)].std() > _EVEN * distance[ink > 0].mean():
            continue
        is_around = in_picture and ink.sum() < _MOST_INK_AROUND * inside.sum()  # a thick 0 is no sheet around its hole
        yield hull + np.array([left, top]), bool(is_around), brightness


def _is_sheet(part: np.ndarray, outline: np.ndarray, hull: np.ndarray) -> bool:
    """Whether a region is a rectangle, into which ink may reach from a frame, or as round as a circle around ink."""
    from .opencv import cv2

    area = cv2.contourArea(hull)
    share = area / max(1.0, float(np.prod(cv2.minAreaRect(hull)[1])))
    filled = cv2.contourArea(outline) / max(1.0, area)
    return bool(filled > _RECTANGLE[0] and share > _RECTANGLE[1]) or bool(filled > _ROUND[0] and share > _ROUND[1])


def _is_whole(inside: np.ndarray, left: int, top: int, shape: tuple[int, int]) -> bool:
    """Whether a region reaches the picture's border nearly all around."""
    height, width = shape
    whole = np.zeros(shape, np.uint8)
    whole[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    border = np.concatenate([whole[0], whole[-1], whole[:, 0], whole[:, -1]])
    return border.mean() > 0.85 and inside.sum() > 0.9 * height * width


def _to_bytes(values: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
