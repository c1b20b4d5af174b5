"""What keeps a processor busy is done for one visitor at a time; the others come again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import NotReadyError

# Whoever waits longer than this, in seconds, comes again: the pad needs the server's threads.
_PATIENCE = 0.3


class OneAtATime:
    """Lets one thread in; the others wait for a moment."""

    def __init__(self) -> None:
        self._slot = threading.Semaphore()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Holds a turn while the context lasts.

        Raises:
            NotReadyError: It did not come: others are at it.
        """
        if not self._slot.acquire(timeout=_PATIENCE):
            raise NotReadyError(0.0)
        try:
            yield
        finally:
            self._slot.release()
