"""Files from the network, in pieces; all that goes wrong on the way is a DataError. Nothing is written here."""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Callable, Iterator

from ..errors import DataError

ProgressCallback = Callable[[int, int], None]


def fetch(url: str, what: str, hint: str, on_progress: ProgressCallback | None) -> Iterator[bytes]:
    """Yields what an address holds.

    Args:
        url: The address.
        what: What is fetched, for the message when it fails.
        hint: What to do then.
        on_progress: Called with bytes received and bytes expected (0 if unknown).

    Raises:
        DataError: It could not be fetched whole.
    """
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            length = response.headers.get("Content-Length") or ""
            expected = int(length) if length.isdecimal() else 0
            received = 0
            while chunk := response.read(1 << 18):
                received += len(chunk)
                if on_progress:
                    on_progress(received, expected)
                yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise not_downloaded(url, what, hint, str(error)) from error
    if expected and received != expected:
        raise not_downloaded(url, what, hint, f"the connection ended after {received} of {expected} bytes")


def not_downloaded(url: str, what: str, hint: str, reason: str) -> DataError:
    """Returns the error of a download that failed, or that gave something else."""
    return DataError(
        "{what} could not be downloaded from {url}: {reason}. {hint}", what=what, url=url, reason=reason, hint=hint
    )
