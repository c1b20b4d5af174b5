"""Which devices have found this server before a lesson. Kept in memory, for ten minutes at most, and nowhere else."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

MEMORY_SECONDS = 540.0
_SWEEP_SECONDS = 60.0
_MOST_DEVICES = 300


class Greetings:
    """The devices that have said hello, by address; safe to use from any thread.

    Args:
        clock: Gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heard: OrderedDict[str, tuple[float, bool]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, address: str, is_live: bool) -> None:
        """Notes a device; `is_live` says whether a WebSocket of it has come through."""
        with self._lock:
            if not self._heard:
                self._forget_later()
            self._heard[address[:100]] = self._clock(), is_live
            self._heard.move_to_end(address[:100])
            self._forget()

    def list_all(self) -> list[dict[str, Any]]:
        """Returns those of the last nine minutes, the newest first: `address`, `seconds` since then, and `live`."""
        with self._lock:
            self._forget()
            now = self._clock()
            heard = [
                {"address": address, "seconds": int(now - at), "live": is_live}
                for address, (at, is_live) in self._heard.items()
            ]
        return heard[::-1]

    def _forget_later(self) -> None:
        """Forgets in time what nobody asks for."""
        timer = threading.Timer(_SWEEP_SECONDS, self._forget_some)
        timer.daemon = True
        timer.start()

    def _forget_some(self) -> None:
        with self._lock:
            self._forget()
            if self._heard:
                self._forget_later()

    def _forget(self) -> None:
        oldest = self._clock() - MEMORY_SECONDS
        while self._heard:
            at, _ = next(iter(self._heard.values()))
            if at > oldest and len(self._heard) <= _MOST_DEVICES:
                break
            self._heard.popitem(last=False)
