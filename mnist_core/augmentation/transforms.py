"""What may be done to a digit without changing what it says.

Small rotations, stretches, shears, shifts, elastic bends, changes of stroke thickness and damage, drawn afresh for
every image, and, to show why not, flips: a mirrored 2 is not a 2. It works on arrays with numpy alone, so it runs in
any process and beside any Keras backend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .damage import DAMAGES, damage_images

_ELASTIC_GRID = 5


@dataclass(frozen=True)
class Augmentation:
    """How far each change may go; every amount is drawn uniformly from [-limit, limit], except `elastic`.

    Args:
        rotation: Limit of the turn, in degrees.
        scale: Limit of the relative change of size, the same in both directions: 0.1 is 90 % to 110 %.
        stretch: Limit of the relative change of width and of height, drawn apart.
        shear: Limit of the horizontal slant, as the tangent of its angle.
        shift: Limit of the move along each axis, in pixels.
        elastic: Standard deviation of a smooth displacement at the nodes of a 5x5 grid, in pixels; between them the
            displacement is interpolated.
        thickness: Limit of the change of stroke thickness: 1 replaces each pixel by the largest (thicker) or the
            smallest (thinner) of its 3x3 neighbours.
        damage: Share of images that are damaged, see `damage.damage_images`.
        flip_horizontal: Probability that left and right change places. It changes what most digits say.
        flip_vertical: Probability that top and bottom change places. It changes what most digits say.
    """

    rotation: float = 0.0
    scale: float = 0.0
    stretch: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    thickness: float = 0.0
    damage: float = 0.0
    flip_horizontal: float = 0.0
    flip_vertical: float = 0.0

    def __post_init__(self) -> None:
        for name, limit in vars(self).items():
            if not 0 <= limit < np.inf:
                raise ValueError(f"`{name}` must be a finite number of at least 0. Received: {name}={limit!r}")
            object.__setattr__(self, name, float(limit))  # 15 and 15.0 must give a recipe the same key
        for name in ("scale", "stretch"):
            if getattr(self, name) >= 1:
                raise ValueError(f"`{name}` must be below 1. Received: {name}={getattr(self, name)!r}")
        for name in ("thickness", "damage", "flip_horizontal", "flip_vertical"):
            if getattr(self, name) > 1:
                raise ValueError(f"`{name}` must be at most 1. Received: {name}={getattr(self, name)!r}")

    @property
    def is_active(self) -> bool:
        """Whether any image would be changed."""
        return any(vars(self).values())


def augment(images: np.ndarray, augmentation: Augmentation, generator: np.random.Generator) -> np.ndarray:
    """Returns a changed copy of each image.

    Args:
        images: Array of shape (n, 28, 28), float32 in [0, 1].
        augmentation: How far each change may go.
        generator: Source of randomness; the same state gives the same result.

    Returns:
        Array of shape (n, 28, 28), float32 in [0, 1].

    Reference:
        Simard, Steinkraus and Platt (2003), "Best practices for convolutional neural networks applied to visual
        document analysis": affine and elastic distortions of MNIST.
    """
    if not augmentation.is_active:
        return images.copy()
    # 1. What mirrors or thickens; 2. what moves pixels, all moves as one reading; 3. damage, which no move may smooth.
    for probability, axis in ((augmentation.flip_horizontal, 2), (augmentation.flip_vertical, 1)):
        if probability:
            images = _flip(images, probability, axis, generator)
    if augmentation.thickness:
        images = _change_thickness(images, augmentation.thickness, generator)
    x, y = _source_coordinates(images.shape, augmentation, generator)
    augmented = sample_bilinear(images, x, y)
    if augmentation.damage:
        chosen = generator.random(len(images)) < augmentation.damage
        first = int(generator.integers(len(DAMAGES)))
        augmented[chosen] = damage_images(augmented[chosen], generator, first)
    return augmented


def _source_coordinates(
    shape: tuple[int, ...], augmentation: Augmentation, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Finds where in the input each output pixel is read: columns and rows, float32 of shape (n, height, width)."""
    n, height, width = shape

    def draw(limit: float) -> np.ndarray:
        return generator.uniform(-limit, limit, (n, 1, 1)).astype(np.float32)

    # One amount for each image and kind of change. The order of the draws is part of what a seed gives.
    angle = np.deg2rad(draw(augmentation.rotation))
    stretch_x, stretch_y = 1 + draw(augmentation.stretch), 1 + draw(augmentation.stretch)
    if augmentation.scale:
        scale = 1 + draw(augmentation.scale)
        stretch_x, stretch_y = scale * stretch_x, scale * stretch_y
    shear, shift_x, shift_y = draw(augmentation.shear), draw(augmentation.shift), draw(augmentation.shift)
    rows, columns = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    # Each change is inverted, last first: shift back, so that the middle is 0, turn back, slant back, shrink back.
    y = rows[None, :, None] - (height - 1) / 2 - shift_y
    x = columns[None, None, :] - (width - 1) / 2 - shift_x
    turned_x = np.cos(angle) * x + np.sin(angle) * y
    turned_y = np.cos(angle) * y - np.sin(angle) * x
    source_x = (turned_x + shear * turned_y) / stretch_x + (width - 1) / 2
    source_y = turned_y / stretch_y + (height - 1) / 2
    if augmentation.elastic:
        # Random displacements at 5 x 5 nodes, interpolated smoothly down and across.
        bend_y, bend_x = _interpolation_matrix(height), _interpolation_matrix(width)
        nodes = generator.normal(0, augmentation.elastic, (2, n, _ELASTIC_GRID, _ELASTIC_GRID)).astype(np.float32)
        displacement = bend_y @ nodes @ bend_x.T
        source_x, source_y = source_x + displacement[0], source_y + displacement[1]
    return source_x, source_y


def _interpolation_matrix(length: int) -> np.ndarray:
    """Makes smooth weights (length, 5) that spread values at five nodes over `length` pixels; each row sums to 1."""
    # A raised cosine around each node, which is 1 at the node and 0 at its neighbours.
    pixels = np.linspace(0, _ELASTIC_GRID - 1, length, dtype=np.float32)
    distance = np.abs(pixels[:, None] - np.arange(_ELASTIC_GRID, dtype=np.float32))
    return np.where(distance < 1, (1 + np.cos(np.pi * distance)) / 2, 0).astype(np.float32)


def sample_bilinear(images: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Reads images at fractional coordinates; what lies outside is background.

    Args:
        images: Array of shape (n, height, width), float32.
        x: Columns to read from, float32 (n, height, width); 0 is the middle of the first pixel.
        y: Rows to read from, likewise.

    Returns:
        Array of shape (n, height, width), float32; at whole numbers the pixels themselves, bit for bit.
    """
    n, height, width = images.shape
    # A border of background, so that what lies outside can be read like everything else.
    padded = np.zeros((n, height + 2, width + 2), np.float32)
    padded[:, 1:-1, 1:-1] = images
    x = np.clip(x + 1, 0, width + 0.999)
    y = np.clip(y + 1, 0, height + 0.999)
    # The upper left of the four pixels around each place, and how near the place is to the right and lower ones.
    left, top = x.astype(np.intp), y.astype(np.intp)
    right_weight = x - left.astype(np.float32)
    bottom_weight = y - top.astype(np.float32)
    flat = padded.reshape(-1)
    corner = top * (width + 2) + left + (np.arange(n) * (height + 2) * (width + 2))[:, None, None]

    def read(offset: int) -> np.ndarray:
        # Unlike an index in brackets this lets other threads run, such as the one that trains.
        return np.take(flat[offset:], corner, mode="clip")

    # Between left and right in the upper and in the lower row, then between the two rows.
    upper = read(0) * (1 - right_weight) + read(1) * right_weight
    lower = read(width + 2) * (1 - right_weight) + read(width + 3) * right_weight
    return upper * (1 - bottom_weight) + lower * bottom_weight


def _change_thickness(images: np.ndarray, limit: float, generator: np.random.Generator) -> np.ndarray:
    """Blends each image with its 3x3 dilation (thicker) or its 3x3 erosion (thinner)."""
    # The sign tells thicker from thinner, the size how much of the filtered image is blended in.
    amount = generator.uniform(-limit, limit, (len(images), 1, 1)).astype(np.float32)
    thicker = amount[:, 0, 0] > 0
    neighbour = np.empty_like(images)
    neighbour[thicker] = filter_3x3(images[thicker], np.maximum)
    neighbour[~thicker] = filter_3x3(images[~thicker], np.minimum)
    return images + np.abs(amount) * (neighbour - images)


def _flip(images: np.ndarray, probability: float, axis: int, generator: np.random.Generator) -> np.ndarray:
    chosen = generator.random(len(images)) < probability
    return np.where(chosen[:, None, None], np.flip(images, axis), images)


def filter_3x3(images: np.ndarray, pick: np.ufunc) -> np.ndarray:
    """Replaces each pixel of images, (n, height, width), by the largest (`np.maximum`) or the smallest of its 3x3
    neighbours; what lies outside is background.
    """
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    # First down, then across: two passes of three pixels give the 3x3 square.
    rows = pick(pick(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    return pick(pick(rows[:, :, :-2], rows[:, :, 1:-1]), rows[:, :, 2:])
