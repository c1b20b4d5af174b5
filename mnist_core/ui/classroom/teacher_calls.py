"""What the teacher's screens ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...services.rooms import Rooms
from ..wire import Message
from .calls import Calls, by_name, change, show


def teacher_calls(rooms: Rooms, prepare: Callable[[str], None], end_room: Callable[[Any], None]) -> Calls:
    """Returns the calls by name.

    Args:
        rooms: The rooms.
        prepare: Takes the name of an activity that a class will soon do.
        end_room: Ends the room of a teacher's token, with what its class has taught.
    """

    def open_controls(message: Message, address: str) -> Message:
        return {"teacher": rooms.open_controls(message.get("code"), address)}

    def make_phone_code(message: Message, address: str) -> Message:
        return {"code": rooms.make_phone_code(message.get("teacher"))}

    def start_activity(message: Message, address: str) -> Message:
        """Takes `{teacher, activity, settings?}`."""
        activity = message.get("activity")
        rooms.start_activity(message.get("teacher"), activity, message.get("settings"))
        prepare(str(activity))
        return {}

    def add_pupil(message: Message, address: str) -> Message:
        return {"device": rooms.add_pupil(message.get("teacher"))}

    return {
        **by_name(open_controls, make_phone_code, start_activity, add_pupil),
        "show_teacher": show(rooms.show_teacher, "teacher", "since"),
        "close_other_controls": change(rooms.close_other_controls, "teacher"),
        "lock": change(rooms.lock, "teacher", "isLocked"),
        "pause": change(rooms.pause, "teacher", "isPaused"),
        "end_activity": change(rooms.end_activity, "teacher"),
        "set_step": change(rooms.set_step, "teacher", "step"),
        "count_hands": change(rooms.count_hands, "teacher", "counts"),
        "set_state": change(rooms.set_state, "teacher", "drawing", "state"),
        "remove_pupil": change(rooms.remove_pupil, "teacher", "pupil"),
        "answer_request": change(rooms.answer_request, "teacher", "request", "isGranted"),
        "end_room": change(end_room, "teacher"),
    }
