"""Answers that nobody fetches, within bounds.

A program may put a question into Gradio's queue and fetch the answer later. Gradio keeps every answer, some 100 kB,
until then. Here as many as are allowed are kept: for the oldest the server begins to fetch, as the program would have,
and breaks off, at which Gradio forgets them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter, OrderedDict

from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import RefusedError
from .origins import find_route

MOST_UNREAD = 100

_JOIN = "/gradio_api/queue/join"
_FETCH = "/gradio_api/queue/data"
_CALL = "/gradio_api/call/"
# How an answer ends that is fetched by session, and by its own name.
_ENDS = (b'"process_completed"', b"event: complete", b"event: error")
_SECONDS_TO_BEGIN = 1


class QueueResults:
    """ASGI middleware next to Gradio.

    Args:
        app: Gradio's routes.
        most: How many answers may wait to be fetched.
    """

    def __init__(self, app: ASGIApp, most: int = MOST_UNREAD) -> None:
        self._app = app
        self._most = most
        # By session, the one that asked last at the end.
        self._num_unread: OrderedDict[str, int] = OrderedDict()
        self._fetching: Counter[str] = Counter()
        self._forgetting: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, method = find_route(scope), scope.get("method")
        is_call = route.startswith(_CALL)
        if method == "POST" and (is_call or route == _JOIN):
            await self._join(scope, receive, send)
        elif method == "GET" and (is_call or route == _FETCH):
            # An answer that was asked for outside a session has one of its own, of its name.
            own = route.rpartition("/")[2] if is_call else ""
            session = own or QueryParams(scope["query_string"]).get("session_hash", "")
            await self._fetch(session, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._make_room(scope)
        question, answer = [], []

        async def listen() -> Message:
            message = await receive()
            question.append(message.get("body", b""))
            return message

        async def speak(message: Message) -> None:
            answer.append(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                event = _read_text(b"".join(answer), "event_id")
                session = _read_text(b"".join(question), "session_hash") or event
                if event:  # noted before the program knows of it and can fetch the answer
                    self._num_unread[session] = self._num_unread.pop(session, 0) + 1
            await send(message)

        await self._app(scope, listen, speak)

    async def _fetch(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def speak(message: Message) -> None:
            await send(message)
            num_ended = sum(message.get("body", b"").count(end) for end in _ENDS)
            if num_ended and session in self._num_unread:
                self._num_unread[session] -= num_ended
                if self._num_unread[session] <= 0:
                    del self._num_unread[session]

        if session not in self._num_unread:
            raise RefusedError(404, "No answer is waiting under this name.")
        self._fetching[session] += 1
        try:
            await self._app(scope, receive, speak)
        finally:
            self._fetching[session] -= 1
            self._fetching += Counter()  # leaves out those at 0

    def _make_room(self, scope: Scope) -> None:
        """Forgets the session that asked longest ago, if too many answers wait.

        Raises:
            RefusedError: All of them are just being fetched.
        """
        if sum(self._num_unread.values()) < self._most:
            return
        oldest = next((session for session in self._num_unread if session not in self._fetching), None)
        if oldest is None:
            raise RefusedError(503, "Too many answers are being fetched. Try again in a few seconds.", 5)
        del self._num_unread[oldest]
        task = asyncio.create_task(self._break_off(scope, oldest))
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)

    async def _break_off(self, scope: Scope, session: str) -> None:
        """Begins to fetch a session's answers, and goes no further."""
        has_begun = asyncio.Event()

        async def wait() -> Message:
            return await asyncio.Future[Message]()

        async def speak(message: Message) -> None:
            if message.get("body"):
                has_begun.set()

        query = str(QueryParams({"session_hash": session})).encode()
        fetching = {**scope, "method": "GET", "path": _FETCH, "raw_path": _FETCH.encode(), "query_string": query}
        task = asyncio.ensure_future(self._app(fetching, wait, speak))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(has_begun.wait(), _SECONDS_TO_BEGIN)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


def _read_text(body: bytes, name: str) -> str:
    """Returns a text in a JSON object; empty if there is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""
