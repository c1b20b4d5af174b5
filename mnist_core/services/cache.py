"""What was opened or computed and may be needed again, within bounds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar, overload

Thing = TypeVar("Thing")


@dataclass
class _Loading:
    """A key that some threads want to load: one does, the others wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    num_threads: int = 0


class Shelf(Generic[Thing]):
    """Things by key, until their stamp changes. What was used longest ago goes when they are too large together.

    Args:
        most: How much may stay.
        measure: How large a thing is when it comes; without it, things are counted.
        pinned: Keys of what never goes.
    """

    def __init__(
        self, most: int, measure: Callable[[Thing], int] = lambda _: 1, pinned: Collection[Hashable] = ()
    ) -> None:
        self._most = most
        self._measure = measure
        self._pinned = pinned
        self._things: OrderedDict[Hashable, tuple[Hashable, Thing, int]] = OrderedDict()
        self._size = 0
        self._loading: dict[Hashable, _Loading] = {}
        self._lock = threading.Lock()

    def find(self, key: Hashable, stamp: Hashable = None) -> Thing | None:
        """Returns what is there for this key and stamp, or None; nothing is loaded."""
        with self._lock:
            found = self._things.get(key)
            if found is None or found[0] != stamp:
                return None
            self._things.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, thing: Thing, stamp: Hashable = None) -> None:
        """Keeps a thing, in the place of the one that had its key."""
        size = self._measure(thing)
        with self._lock:
            self._drop(key)
            self._things[key] = stamp, thing, size
            self._size += size
            for other in list(self._things)[:-1]:
                if self._size <= self._most:
                    break
                if other not in self._pinned:
                    self._drop(other)

    def drop(self, key: Hashable) -> None:
        """Takes away what is there for this key, if anything is."""
        with self._lock:
            self._drop(key)

    @overload
    def get(self, key: Hashable, load: Callable[[], Thing], stamp: Hashable = None) -> Thing: ...

    @overload
    def get(self, key: Hashable, load: Callable[[], Thing | None], stamp: Hashable = None) -> Thing | None: ...

    def get(self, key: Hashable, load: Callable[[], Thing | None], stamp: Hashable = None) -> Thing | None:
        """Returns what is there for this key and stamp, or what `load` gives.

        None, or nothing because it failed, is not kept. Threads that want the same wait for one that loads it; those
        that want something else do not.
        """
        found = self.find(key, stamp)
        if found is not None:
            return found
        with self._turn_to_load(key):
            found = self.find(key, stamp)
            if found is not None:
                return found
            self.drop(key)  # the old one and the new one together may be too large
            thing = load()
            if thing is not None:
                self.put(key, thing, stamp)
            return thing

    @contextmanager
    def _turn_to_load(self, key: Hashable) -> Iterator[None]:
        with self._lock:
            loading = self._loading.setdefault(key, _Loading())
            loading.num_threads += 1
        try:
            with loading.lock:
                yield
        finally:
            with self._lock:
                loading.num_threads -= 1
                if not loading.num_threads:
                    del self._loading[key]

    def _drop(self, key: Hashable) -> None:
        if key in self._things:
            self._size -= self._things.pop(key)[2]
