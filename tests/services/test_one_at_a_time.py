"""One thread at a time is let in; who waits too long is told to come again."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mnist_core.errors import NotReadyError
from mnist_core.services.one_at_a_time import OneAtATime


def test_who_does_not_get_a_turn_is_told_so_after_a_moment():
    gate = OneAtATime()
    with gate.turn():
        started = time.monotonic()
        with pytest.raises(NotReadyError) as caught, gate.turn():
            pass
        assert (caught.value.share, caught.value.problem) == (0.0, "")
        assert 0.2 < time.monotonic() - started < 5
    with gate.turn():
        pass


def test_a_turn_that_failed_is_over():
    gate = OneAtATime()
    with pytest.raises(ZeroDivisionError), gate.turn():
        1 / 0  # noqa: B018
    with gate.turn():
        pass


def test_two_are_never_in_at_once():
    gate, inside, lock = OneAtATime(), [], threading.Lock()

    def enter(_):
        try:
            with gate.turn():
                assert lock.acquire(blocking=False)
                inside.append(1)
                lock.release()
        except NotReadyError:
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(200)))
    assert inside
