"""What the teacher's screens ask."""

from __future__ import annotations

from ...services.rooms import Rooms
from ..wire import Message
from .calls import Calls, by_name, change, show


def teacher_calls(rooms: Rooms) -> Calls:
    """Returns the calls by name."""

    def open_controls(message: Message, address: str) -> Message:
        return {"teacher": rooms.open_controls(message.get("code"), address)}

    def make_phone_code(message: Message, address: str) -> Message:
        return {"code": rooms.make_phone_code(message.get("teacher"))}

    def add_pupil(message: Message, address: str) -> Message:
        return {"device": rooms.add_pupil(message.get("teacher"))}

    return {
        **by_name(open_controls, make_phone_code, add_pupil),
        "show_teacher": show(rooms.show_teacher, "teacher", "since"),
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
