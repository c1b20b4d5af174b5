"""Digits as strokes, and what may be done to them."""

import numpy as np

SEVEN = [[[0, 0], [60, 2], [30, 100]], [[20, 50], [55, 48]]]
FOUR = [[[30, 0], [0, 60], [70, 60]], [[50, 20], [50, 110]]]
ONE = [[[5, 0], [0, 90]]]
ZERO = [[[40 * np.cos(t), 60 * np.sin(t)] for t in np.linspace(0, 6.3, 60)]]


def change(ink, scale=1.0, move=(0.0, 0.0)):
    return [[[x * scale + move[0], y * scale + move[1]] for x, y in stroke] for stroke in ink]
