"""A shelf keeps what was loaded within bounds, and nobody waits for what another thread loads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mnist_core.services.cache import Shelf


def sizes(*loaded, most=30, **options):
    """What was loaded anew, when numbers are asked for that are as large as they say."""
    shelf, news = Shelf(most, lambda size: size, **options), []
    for size in loaded:
        shelf.get(size, lambda size=size: news.append(size) or size)
    return news


def test_what_was_used_longest_ago_goes():
    # 10 was used again before 8 came, so 11 had to go
    assert sizes(10, 11, 9, 10, 8, 10, 11) == [10, 11, 9, 8, 11]


def test_without_a_measure_things_are_counted():
    shelf = Shelf(2)
    for key in "abc":
        shelf.put(key, key.upper())
    assert [shelf.find(key) for key in "abc"] == [None, "B", "C"]


def test_what_is_too_large_alone_stays_alone():
    assert sizes(10, 99, 99, 10) == [10, 99, 10]


def test_what_is_pinned_never_goes():
    assert sizes(10, 25, 10, 26, 10, 99, 10, pinned=[10]) == [10, 25, 26, 99]


def test_what_took_the_place_of_another_counts_once():
    shelf = Shelf(30, lambda size: size)
    for _ in range(9):
        shelf.put("a", 20)
    shelf.put("b", 10)
    assert (shelf.find("a"), shelf.find("b")) == (20, 10)


def test_what_has_changed_is_loaded_anew():
    shelf = Shelf(30)
    assert shelf.get("a", lambda: "first", 1) == shelf.get("a", lambda: "never", 1) == "first"
    assert shelf.find("a", 2) is None
    assert shelf.get("a", lambda: "second", 2) == "second"
    assert shelf.get("a", lambda: None, 3) is None
    assert shelf.get("a", lambda: "again", 2) == "again"


def test_what_could_not_be_loaded_is_tried_again_and_leaves_nothing_behind():
    shelf = Shelf(30)

    def fail():
        raise OSError("not now")

    for key in range(100):
        with pytest.raises(OSError, match="not now"):
            shelf.get(key, fail)
    assert shelf.get(7, lambda: "now") == "now"
    assert not shelf._loading


def test_what_many_want_at_once_is_loaded_once():
    shelf, barrier, loaded = Shelf(30), threading.Barrier(8), []

    def work(_):
        barrier.wait()
        return shelf.get("a", lambda: loaded.append(1) or object())

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(work, range(8)))) == 1
    assert loaded == [1]


def test_what_takes_long_to_load_does_not_keep_others_waiting():
    shelf, begun, go = Shelf(30), threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(shelf.get, "slow", lambda: begun.set() or (go.wait(30) and "late"))
        assert begun.wait(30)
        assert shelf.get("quick", lambda: "early") == "early"
        assert shelf.find("slow") is None
        assert not slow.done()
        go.set()
        assert slow.result() == "late"
