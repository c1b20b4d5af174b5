"""Drawings of digits as a training set holds them."""

import numpy as np

from mnist_core.data.pendigits import PenInk


def curve(*corners, num_points=40):
    """A line through these corners, of so many points."""
    corners = np.array(corners, float)
    at = np.linspace(0, len(corners) - 1, num_points)
    return np.stack([np.interp(at, np.arange(len(corners)), values) for values in corners.T], axis=1)


def bow(x, y, radius, first, last, num_points=40):
    """A part of a circle, in turns clockwise from the right."""
    angle = 2 * np.pi * np.linspace(first, last, num_points)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)


ZERO = [bow(30, 50, 45, -0.25, 0.75) * [0.6, 1]]
ONE = [curve((30, 0), (28, 100))]
FOUR = [curve((20, 0), (0, 60), (60, 60)), curve((40, 20), (40, 100))]
SIX = [np.concatenate([curve((50, 0), (2, 70)), bow(30, 70, 28, 0.5, -0.45)])]
SEVEN = [curve((0, 0), (60, 2), (20, 100))]
NINE = [np.concatenate([bow(30, 30, 28, -0.1, 0.95), curve((58, 25), (52, 100))])]
DIGITS = {0: ZERO, 1: ONE, 4: FOUR, 7: SEVEN, 9: NINE}


INK = PenInk(list(DIGITS.values()), np.array(list(DIGITS)), np.array([1, 2, 4, 6, 7]))
