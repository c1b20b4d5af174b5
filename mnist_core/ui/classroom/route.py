"""What the screens of a lesson ask: `POST /class/NAME` with one JSON object, answered by one JSON object.

Short questions, each of its own: that passes every proxy, needs no WebSocket, and goes on where it was after a restart
of the server. Whoever asks sends a token in the object, never in the address, which logs would keep.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...errors import QueryError, StorageError, UnknownRoomError
from ...hosting.settings import Settings
from ...rendering.answer_sheet import write_answer_sheet
from ...services.class_training import ClassTraining
from ...services.first_guesses import FirstGuesses
from ...services.greetings import Greetings
from ...services.reader import Reader
from ...services.rooms import Rooms
from ...services.runs import Runs
from ..texts import load_texts
from ..wire import Message, describe_error, never_raise
from .calls import Call, Calls
from .device_calls import device_calls
from .lesson_calls import file_calls, guess_calls, paper_calls, train_calls
from .place_calls import place_calls
from .teacher_calls import teacher_calls

_MOST_AT_ONCE = 6
# When a whole class sends at once, the pens that still move must not wait for thirty drawings that are being read.
_threads = ThreadPoolExecutor(_MOST_AT_ONCE, "class")


def class_calls(settings: Settings, reader: Reader, runs: Runs, rooms: Rooms) -> Calls:
    """Returns all that can be asked, by name."""
    guesses, training = FirstGuesses(reader.models), ClassTraining(rooms, runs, reader.models)
    return {
        **device_calls(rooms, reader),
        **teacher_calls(rooms, training.prepare, training.end_room),
        **guess_calls(rooms, guesses),
        **train_calls(training),
        **file_calls(rooms),
        **paper_calls(rooms, reader),
        **place_calls(settings, rooms, runs, Greetings(), guesses.prepare),
    }


def class_route(calls: Calls) -> Route:
    """Returns the route.

    An answer is `{"ok": true, ...}`, or `{"error", "message"}`, see `wire.describe_error`, with `isGone` where the room
    has ended or the code is wrong, and `isBusy` where the same question may be sent again in a few seconds.

    Args:
        calls: All that can be asked, by name.
    """

    async def answer(request: Request) -> Response:
        call = calls.get(request.path_params["name"])
        if call is None:
            return JSONResponse({"error": "There is nothing at this address."}, 404)
        address = request.client.host if request.client else ""
        # The context says who asks.
        ask = partial(copy_context().run, _answer, call, await request.body(), address)
        content = await asyncio.get_running_loop().run_in_executor(_threads, ask)
        return Response(content, media_type="application/json")

    return Route("/class/{name}", answer, methods=["POST"])


def _answer(call: Call, body: bytes, address: str) -> bytes:
    """Asks, and writes what is answered: a wall of a thousand drawings would take long where all wait for it."""

    @never_raise
    def ask(message: Message) -> Message:
        try:
            return call(_read(body), address)
        except UnknownRoomError as error:
            return {"ok": False, "isGone": True, **describe_error(error, "class")}
        except StorageError as error:
            return {"ok": False, "isBusy": True, **describe_error(error, "class")}

    return json.dumps(ask({}), ensure_ascii=False, separators=(",", ":")).encode()


def _read(body: bytes) -> Message:
    try:
        message = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise QueryError("Expected one JSON object.")
    return message


def sheet_route() -> Route:
    """Returns the route of the sheet to print, a PDF."""

    async def answer(request: Request) -> Response:
        content = await run_in_threadpool(write_answer_sheet, load_texts()["sheet_title"])
        return Response(content, media_type="application/pdf")

    return Route("/class/sheet.pdf", answer)
