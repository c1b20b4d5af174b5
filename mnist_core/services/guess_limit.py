"""How often wrong codes may be typed at one address. Kept in memory, for ten minutes, and nowhere else."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from ..errors import RefusedError

# Several classes of one school come from one address, and many mistype: 300 at once, then one every two seconds.
MOST_WRONG = 300
MEMORY_SECONDS = 600.0
_MOST_ADDRESSES = 10_000
# A server forgets once a minute, so that no address is kept longer than is promised.
_FORGET_SECONDS = MEMORY_SECONDS - 60


class GuessLimit:
    """Counts wrong codes by address; safe to use from any thread.

    Args:
        most: How many may be wrong at once; each is forgotten in its turn, all of them after `MEMORY_SECONDS`.
        clock: Gives seconds.
    """

    def __init__(self, most: int = MOST_WRONG, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Makes sure that another code may be tried from an address.

        Raises:
            RefusedError: Too many were wrong.
        """
        with self._lock:
            excess = self._count(_network(address)) - (self._most - 1)
        if excess > 0:
            wait = max(1, round(excess * MEMORY_SECONDS / self._most))
            raise RefusedError(
                429, "Too many wrong codes came from this network. Try again in {seconds} s.", wait, seconds=wait
            )

    def note_wrong(self, address: str) -> None:
        """Counts a wrong code."""
        with self._lock:
            network = _network(address)
            self._wrong[network] = self._count(network) + 1, self._clock()
            self._wrong.move_to_end(network)
            self._forget()

    def forget(self) -> None:
        """Forgets the addresses from which nothing wrong has come for nine minutes."""
        with self._lock:
            self._forget()

    def _count(self, network: str) -> float:
        count, last = self._wrong.get(network, (0.0, 0.0))
        return max(0.0, count - (self._clock() - last) * self._most / MEMORY_SECONDS)

    def _forget(self) -> None:
        oldest = self._clock() - _FORGET_SECONDS
        while self._wrong:
            network, (_, last) = next(iter(self._wrong.items()))
            if last > oldest and len(self._wrong) <= _MOST_ADDRESSES:
                break
            del self._wrong[network]


def _network(address: str) -> str:
    """An address, or of the newer kind the network that one household has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
