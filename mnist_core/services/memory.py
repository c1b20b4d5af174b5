"""Memory that was freed goes back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys

# In bytes. What the pad computes with is smaller, so its answers take no longer.
_LARGE = 512 * 1024
_M_MMAP_THRESHOLD = -3


def return_large_blocks() -> None:
    """Makes the C library of Linux give large blocks back when they are freed; elsewhere nothing happens.

    Left alone it soon takes blocks of many megabytes for small ones, and keeps them for each of a server's dozens of
    threads: once all tabs had been used with ten models, two thirds of what the process held was free.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library than GNU's
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
