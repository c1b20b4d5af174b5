"""The live line: a WebSocket by which a page sends its ink while the pen moves, and hears what the network computes.

A page sends what is new of its ink, and the server keeps the rest as long as the connection lasts. Of all that came
while an answer was computed only the newest ink is answered. Where a proxy forbids WebSockets the page calls
`classify_drawing` instead, which gets the whole drawing each time.
"""

from __future__ import annotations

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from ...checks import is_index, is_whole
from ...errors import InkError
from ...preprocessing.ink import check_amount
from ..wire import LiveFunction, Message, describe_error

# Threads of their own: what is slow elsewhere keeps no pen waiting.
_threads = ThreadPoolExecutor(os.cpu_count(), "live line")


def line_route(classify_drawing: LiveFunction) -> WebSocketRoute:
    """Returns the route of the live line, which takes and sends JSON objects, one for each text message.

    A question is `{id, keep, strokes, image?, model?}`: of the strokes that the server has, the first `keep[0]` stay
    whole and of the next one `keep[1]` points, which the first of the new `strokes` continues; `image` and `model`, see
    `classify_drawing`, stay as they are unless they are told. The answer is what `classify_drawing` returns, with the
    `id` of its question. After an error nobody knows what was kept: then a page sends its whole ink again.
    """

    async def answer(websocket: WebSocket) -> None:
        await websocket.accept()
        await _Line(websocket, classify_drawing).serve()

    return WebSocketRoute("/live", answer)


class LiveDrawing:
    """The drawing on a page's pad, as far as the page has told it."""

    def __init__(self) -> None:
        self._strokes: list[Any] = []
        self._others: Message = {}

    def follow(self, question: Message) -> Message:
        """Takes in what is new.

        Args:
            question: See `line_route`.

        Returns:
            The whole drawing, as `classify_drawing` takes it.

        Raises:
            InkError: The question does not fit to what came before, or there are too many points.
        """
        keep, strokes = question.get("keep", [0, 0]), question.get("strokes", [])
        if not self._can_keep(keep) or not isinstance(strokes, list):
            raise InkError("This ink does not continue what came before. Received: keep {keep!r:.100}.", keep=keep)
        num_whole, num_points = keep
        if num_points:
            continued = strokes[0] if strokes and isinstance(strokes[0], list) else []
            strokes = [self._strokes[num_whole][:num_points] + continued, *strokes[1:]]
        strokes = self._strokes[:num_whole] + strokes
        check_amount(strokes)
        self._strokes = strokes
        self._others |= {name: question[name] for name in ("image", "model") if name in question}
        return {"strokes": strokes, **self._others}

    def _can_keep(self, keep: Any) -> bool:
        if not (isinstance(keep, list) and len(keep) == 2 and is_index(keep[0], len(self._strokes) + 1)):
            return False
        num_whole, num_points = keep
        if not is_whole(num_points) or num_points < 0:
            return False
        return num_points == 0 or (num_whole < len(self._strokes) and num_points <= len(self._strokes[num_whole]))


class _Line:
    """One page's line."""

    def __init__(self, websocket: WebSocket, classify_drawing: LiveFunction) -> None:
        self._websocket = websocket
        self._classify = classify_drawing
        self._drawing = LiveDrawing()
        self._newest: tuple[Any, Message] = (None, {})  # the id of a question, and the whole drawing or an error
        self._has_news = asyncio.Event()

    async def serve(self) -> None:
        """Answers until the page closes the line."""
        answering = asyncio.create_task(self._answer_newest())
        try:
            while (message := await self._websocket.receive())["type"] == "websocket.receive":
                self._newest = self._read(message.get("text"))
                self._has_news.set()
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)  # it may have failed on a line that was closed

    def _read(self, text: str | None) -> tuple[Any, Message]:
        try:
            question = json.loads(text or "")
        except (ValueError, RecursionError):
            question = None
        if not isinstance(question, dict):
            return None, {"error": "Expected a JSON object as a text message."}
        try:
            return question.get("id"), self._drawing.follow(question)
        except InkError as error:
            return question.get("id"), describe_error(error, "the live line")

    async def _answer_newest(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            number, drawing = self._newest
            answer = drawing if "error" in drawing else await loop.run_in_executor(_threads, self._classify, drawing)
            await self._websocket.send_text(json.dumps({"id": number, **answer}, separators=(",", ":")))
