"""The interval of a share that was measured on a sample."""

from __future__ import annotations

_Z = 1.959964


def wilson_interval(hits: int, num_samples: int) -> tuple[float, float]:
    """Returns the 95 % interval of a share.

    Reference:
        Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    z = _Z
    share = hits / num_samples
    centre = share + z * z / (2 * num_samples)
    half = z * ((share * (1 - share) + z * z / (4 * num_samples)) / num_samples) ** 0.5
    scale = 1 + z * z / num_samples
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)
