"""Bodies are counted as they arrive and may not take long; one that comes at once waits for nobody."""

import asyncio
import sys
from contextlib import AsyncExitStack

import pytest
from starlette.requests import ClientDisconnect
from support.models import run_python

from mnist_core.errors import RefusedError
from mnist_core.hosting import limits
from mnist_core.hosting.limits import FORM, MESSAGE, PICTURE, Bodies, Limit, Streams, find_limit


def sender(*pieces, ends=True):
    """What a request is received from, piece by piece; without an end it waits for ever."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if ends:
        messages[-1]["more_body"] = False

    async def receive():
        return messages.pop(0) if messages else await asyncio.Future()

    receive.left = messages
    return receive


async def receive(bodies, source, limit=MESSAGE, announced=""):
    async with bodies.receive(source, limit, announced) as body:
        return body


def test_a_body_comes_whole():
    assert asyncio.run(receive(Bodies(), sender(b"a", b"b", b"c"))) == b"abc"
    assert asyncio.run(receive(Bodies(), sender(b""))) == b""


def test_a_body_is_counted_whatever_it_announces():
    source = sender(*[bytes(1_000_000)] * 60)
    with pytest.raises(RefusedError, match="at most 3,000,000 bytes") as caught:
        asyncio.run(receive(Bodies(), source, announced="10"))
    assert caught.value.status == 413
    assert len(source.left) == 56


def test_a_body_that_announces_too_much_is_not_waited_for():
    with pytest.raises(RefusedError, match="too large"):
        asyncio.run(receive(Bodies(), sender(b"", ends=False), announced="3000001"))


@pytest.mark.parametrize("source", [sender(b"", ends=False), sender(*[b" "] * 9, ends=False)])
def test_a_body_that_does_not_come_is_given_up(source):
    with pytest.raises(RefusedError, match="did not arrive within") as caught:
        asyncio.run(receive(Bodies(patience=0.01), source))
    assert caught.value.status == 408


def test_twenty_seconds_are_waited_for():
    assert limits.PATIENCE_SECONDS == 20


def test_a_connection_that_is_closed_is_no_body():
    async def closed():
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        asyncio.run(receive(Bodies(), closed))


@pytest.mark.parametrize("limit", [MESSAGE, FORM, PICTURE])
def test_only_so_many_long_bodies_are_held_at_once(limit):
    async def run():
        bodies = Bodies(patience=0.01)
        async with AsyncExitStack() as held:
            for _ in range(limit.most_at_once):
                await held.enter_async_context(bodies.receive(sender(b"a", b"b"), limit))
            with pytest.raises(RefusedError):
                await receive(bodies, sender(b"a", b"b"), limit)
            assert await receive(bodies, sender(b"stroke"), limit) == b"stroke"
        assert await receive(bodies, sender(b"a", b"b"), limit) == b"ab"

    asyncio.run(run())


def test_pictures_have_a_large_limit_and_all_else_a_small_one():
    assert find_limit("/picture") == find_limit("/gradio_api/upload") == PICTURE
    assert find_limit("/gradio_api/component_server") == find_limit("/anything") == MESSAGE
    assert isinstance(MESSAGE, Limit)
    assert 2_000_000 < MESSAGE.most_bytes < 5_000_000 < 20_000_000 < PICTURE.most_bytes


def test_connections_that_wait_for_news_are_counted(monkeypatch):
    monkeypatch.setattr(limits, "MOST_STREAMS", 1)
    streams = Streams()
    with streams.hold("/gradio_api/heartbeat/x"):
        with streams.hold("/config"):
            pass
        for path in ("/gradio_api/queue/data", "/live"):
            with pytest.raises(RefusedError, match="Too many pages"), streams.hold(path):
                pass
    with streams.hold("/gradio_api/queue/data"):
        pass


PROGRAM = """
import asyncio
from pathlib import Path
from mnist_core.hosting.limits import PICTURE, Bodies
from mnist_core.services.memory import return_large_blocks

def resident():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) // 1024

async def work(bodies, kept):
    left = [300]

    async def receive():
        await asyncio.sleep(0)
        kept.append(bytes(2000))  # lies between the pieces
        left[0] -= 1
        return {"type": "http.request", "body": bytes(64_000), "more_body": left[0] > 0}

    async with bodies.receive(receive, PICTURE) as body:
        assert len(body) == 19_200_000

async def main():
    bodies, kept = Bodies(), []
    return_large_blocks()
    before = resident()
    for _ in range(3):
        await asyncio.gather(*(work(bodies, kept) for _ in range(8)))
    print(resident() - before)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="is about the C library of Linux")
def test_large_bodies_that_came_in_pieces_leave_the_memory_as_it_was():
    """Collected as pieces they would leave more than 100 MB."""
    assert int(run_python(PROGRAM).stdout) < 50
