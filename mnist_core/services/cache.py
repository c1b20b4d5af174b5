"""What was opened or computed and may be needed again, within bounds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """Things by key, until their stamp changes. What was used longest ago goes when they are too large together.

    Args:
        most: How much may stay.
        measure: How large a thing is.
    """

    def __init__(self, most: int, measure: Callable[[Thing], int]) -> None:
        self._most = most
        self._measure = measure
        self._things: OrderedDict[Hashable, tuple[Hashable, Thing]] = OrderedDict()
        self._loading: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, stamp: Hashable, load: Callable[[], Thing | None]) -> Thing | None:
        """What `load` gives, or has given for this stamp; None is not kept. Others need not wait while it loads."""
        with self._lock:
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:
            with self._lock:
                found = self._things.get(key)
                if found and found[0] == stamp:
                    self._things.move_to_end(key)
                    return found[1]
                self._things.pop(key, None)
            thing = load()
            if thing is not None:
                with self._lock:
                    self._things[key] = stamp, thing
                    self._shrink()
            return thing

    def _shrink(self) -> None:
        sizes = {key: self._measure(thing) for key, (_, thing) in self._things.items()}
        while len(self._things) > 1 and sum(sizes.values()) > self._most:
            key, _ = self._things.popitem(last=False)
            del sizes[key]
            self._loading.pop(key, None)
