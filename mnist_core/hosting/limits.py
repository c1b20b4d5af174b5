"""How large a body may be, how long it may take, and how many may come at once.

A body is counted as it arrives, whatever it announces, and received whole before anything reads it: what is refused
leaves nothing behind. One that comes in its first piece, as pen strokes do, never waits for another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from ..errors import RefusedError

PATIENCE_SECONDS = 20.0
# Each is an open connection that waits for news; a page has two, Gradio's heartbeat and the live line.
MOST_STREAMS = 1000
_GRADIOS_STREAMS = ("heartbeat/", "queue/data", "call/", "upload_progress", "mcp")
_STREAMS = ("/live", *(f"/gradio_api/{name}" for name in _GRADIOS_STREAMS))


@dataclass(frozen=True)
class Limit:
    """The limits for the bodies of some routes.

    Args:
        most_bytes: How long one may be.
        most_at_once: How many longer ones than a first piece may be held at once, until they are answered.
    """

    most_bytes: int
    most_at_once: int


# 50,000 points of ink are 2 MB, with coordinates of full length 2.7.
MESSAGE = Limit(3_000_000, 32)
# A name and a password.
FORM = Limit(10_000, 32)
# A picture of 20 MB, and what a form puts around it.
PICTURE = Limit(20_100_000, 8)
_LARGE = ("/picture", "/gradio_api/upload")


def find_limit(path: str) -> Limit:
    """Returns the limit of a route."""
    return PICTURE if path.rstrip("/") in _LARGE else MESSAGE


def check_length(length: int, limit: Limit) -> None:
    """Makes sure that so many bytes are within a limit.

    Raises:
        RefusedError: They are not.
    """
    if length > limit.most_bytes:
        raise RefusedError(
            413, "The body is too large. Send at most {most_bytes:,} bytes.", most_bytes=limit.most_bytes
        )


class Bodies:
    """Receives bodies within their limits.

    Args:
        patience: After so many seconds a body must have come.
    """

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._places = {limit: asyncio.Semaphore(limit.most_at_once) for limit in (MESSAGE, FORM, PICTURE)}

    @asynccontextmanager
    async def receive(self, receive: Receive, limit: Limit, announced: str = "") -> AsyncIterator[bytes]:
        """Receives a body; its place among those that are held is free again when the context is left.

        Args:
            receive: Where it comes from.
            limit: Its limit.
            announced: What the request says of its length, if anything.

        Raises:
            RefusedError: It is too long or took too long.
            ClientDisconnect: The connection was closed before all of it had come.
        """
        if announced.isdecimal():
            check_length(int(announced), limit)
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._patience):
                    body = await self._receive(receive, limit, held)
            except TimeoutError:
                raise RefusedError(
                    408,
                    "The body did not arrive within {patience:.0f} seconds. Send it again, or a smaller one.",
                    patience=self._patience,
                ) from None
            yield body

    async def _receive(self, receive: Receive, limit: Limit, held: AsyncExitStack) -> bytes:
        # One block that grows: between hundreds of small pieces others would be kept, and the heap never shrink again.
        body, is_first = bytearray(), True
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            check_length(len(body), limit)
            if not message.get("more_body"):
                return bytes(body)
            if is_first:
                await held.enter_async_context(self._places[limit])
                is_first = False


class Streams:
    """Counts the connections that wait for news."""

    def __init__(self) -> None:
        self._num_open = 0

    @contextmanager
    def hold(self, path: str) -> Iterator[None]:
        """Counts one, if that route is such a connection, while the context lasts.

        Raises:
            RefusedError: There are too many.
        """
        if not path.startswith(_STREAMS):
            yield
            return
        if self._num_open >= MOST_STREAMS:
            raise RefusedError(503, "Too many pages are open on this server. Try again in a minute.", 60)
        self._num_open += 1
        try:
            yield
        finally:
            self._num_open -= 1
