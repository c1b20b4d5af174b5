"""What the screens of a lesson ask: `POST /class/NAME` with one JSON object, answered by one JSON object.

Short questions, each of its own: that passes every proxy, needs no WebSocket, and goes on where it was after a restart
of the server. Whoever asks sends a token in the object, never in the address, which logs would keep.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ...classroom.drawings import Reading, Sent
from ...errors import StorageError, UnknownRoomError
from ...services.reader import Reader
from ...services.rooms import Rooms
from ..wire import Message, decode_image, describe_error, never_raise

Call = Callable[[Message, str], Message]


def class_route(rooms: Rooms, reader: Reader) -> Route:
    """Returns the route.

    An answer is `{"ok": true, ...}`, or `{"error", "message"}`, see `wire.describe_error`, with `isGone` where the room
    has ended or the code is wrong, and `isBusy` where the same question may be sent again in a few seconds.
    """
    calls = _collect(rooms, reader)

    async def answer(request: Request) -> JSONResponse:
        call = calls.get(request.path_params["name"])
        if call is None:
            return JSONResponse({"error": "There is nothing at this address."}, 404)
        address = request.client.host if request.client else ""
        return JSONResponse(await run_in_threadpool(_answer, call, await request.body(), address))

    return Route("/class/{name}", answer, methods=["POST"])


def _answer(call: Call, body: bytes, address: str) -> Message:
    @never_raise
    def ask(message: Message) -> Message:
        try:
            return call(message, address)
        except UnknownRoomError as error:
            return {"ok": False, "isGone": True, **describe_error(error, "class")}
        except StorageError as error:
            return {"ok": False, "isBusy": True, **describe_error(error, "class")}

    try:
        message = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        message = None
    return ask(message)


def _collect(rooms: Rooms, reader: Reader) -> dict[str, Call]:  # noqa: C901
    """Returns all calls by name; each takes a message and the address that it comes from."""

    def show_device(message: Message, address: str) -> Message:
        return rooms.show_device(message.get("device"), message.get("since"))

    def show_wall(message: Message, address: str) -> Message:
        return rooms.show_wall(message.get("wall"), message.get("since"))

    def show_teacher(message: Message, address: str) -> Message:
        return rooms.show_teacher(message.get("teacher"), message.get("since"))

    def open_room(message: Message, address: str) -> Message:
        return {**rooms.open_room()}

    def join(message: Message, address: str) -> Message:
        return {"device": rooms.join(message.get("code"), address, message.get("device"))}

    def list_pupils(message: Message, address: str) -> Message:
        return {"pupils": rooms.list_pupils(message.get("code"), address)}

    def ask_back(message: Message, address: str) -> Message:
        asked = message.get("code"), message.get("pupil"), address, message.get("device")
        return {"device": rooms.ask_back(*asked)}

    def open_controls(message: Message, address: str) -> Message:
        return {"teacher": rooms.open_controls(message.get("code"), address)}

    def submit(message: Message, address: str) -> Message:
        """Takes `{device, round, number, strokes or image, label?, pupil?}`."""
        device, number = message.get("device"), message.get("number")
        if rooms.has_arrived(device, number):
            return {}
        image = decode_image(message["image"]) if message.get("image") else None
        sent = Sent(number, message.get("strokes"), image, message.get("label"), message.get("pupil"))
        readings = _read(reader, sent)
        rooms.submit(device, message.get("round"), sent, readings)
        return {"reading": readings[0].as_dict()}

    def make_phone_code(message: Message, address: str) -> Message:
        return {"code": rooms.make_phone_code(message.get("teacher"))}

    def add_pupil(message: Message, address: str) -> Message:
        return {"device": rooms.add_pupil(message.get("teacher"))}

    def change(method: Callable[..., Any], *names: str) -> Call:
        """A call that only changes something: the values of these names, in order, are the method's arguments."""

        def ask(message: Message, address: str) -> Message:
            method(*(message.get(name) for name in names))
            return {}

        return ask

    functions = (
        *(show_device, show_wall, show_teacher),
        *(open_room, join, list_pupils, ask_back, open_controls),
        *(submit, make_phone_code, add_pupil),
    )
    return {
        **{function.__name__: function for function in functions},
        "pass_on": change(rooms.pass_on, "device", "pupil"),
        "leave": change(rooms.leave, "device"),
        "guess": change(rooms.guess, "device", "round", "answer"),
        "vote": change(rooms.vote, "device", "drawing", "answer"),
        "answer_question": change(rooms.answer_question, "device", "round", "question", "answer"),
        "close_other_controls": change(rooms.close_other_controls, "teacher"),
        "lock": change(rooms.lock, "teacher", "isLocked"),
        "pause": change(rooms.pause, "teacher", "isPaused"),
        "start_activity": change(rooms.start_activity, "teacher", "activity", "settings"),
        "end_activity": change(rooms.end_activity, "teacher"),
        "set_step": change(rooms.set_step, "teacher", "step"),
        "count_hands": change(rooms.count_hands, "teacher", "counts"),
        "set_state": change(rooms.set_state, "teacher", "drawing", "state"),
        "remove_pupil": change(rooms.remove_pupil, "teacher", "pupil"),
        "answer_request": change(rooms.answer_request, "teacher", "request", "isGranted"),
        "end_room": change(rooms.end_room, "teacher"),
    }


def _read(reader: Reader, sent: Sent) -> list[Reading]:
    """Returns what networks make of a drawing."""
    answer = reader.read_ink(sent.ink) if sent.image is None else reader.read_image(np.asarray(sent.image))
    return [Reading(answer.model, answer.probabilities.tolist(), answer.verdict.kind != "refused")]
