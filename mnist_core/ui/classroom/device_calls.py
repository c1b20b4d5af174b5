"""What pupils' devices and the wall ask."""

from __future__ import annotations

from ...classroom.drawings import Reading, Sent
from ...services.reader import Reader
from ...services.rooms import Rooms
from ..wire import Message, decode_image
from .calls import Calls, by_name, change, show


def device_calls(rooms: Rooms, reader: Reader) -> Calls:
    """Returns the calls by name."""

    def join(message: Message, address: str) -> Message:
        return {"device": rooms.join(message.get("code"), address, message.get("device"))}

    def list_pupils(message: Message, address: str) -> Message:
        return {"pupils": rooms.list_pupils(message.get("code"), address)}

    def ask_back(message: Message, address: str) -> Message:
        asked = message.get("code"), message.get("pupil"), address, message.get("device")
        return {"device": rooms.ask_back(*asked)}

    def submit(message: Message, address: str) -> Message:
        """Takes `{device, round, number, strokes or image, label?, pupil?}`."""
        device, round_id, number = message.get("device"), message.get("round"), message.get("number")
        if rooms.has_arrived(device, number):
            return {}
        image = decode_image(message["image"]) if message.get("image") else None
        sent = Sent(number, message.get("strokes"), image, message.get("label"), message.get("pupil"))
        reading = read_sent(reader, sent, rooms.find_level(device, round_id))
        rooms.submit(device, round_id, sent, [reading])
        return {"reading": reading.as_dict()}

    return {
        **by_name(join, list_pupils, ask_back, submit),
        "show_device": show(rooms.show_device, "device", "since"),
        "show_wall": show(rooms.show_wall, "wall", "since"),
        "pass_on": change(rooms.pass_on, "device", "pupil"),
        "leave": change(rooms.leave, "device"),
        "guess": change(rooms.guess, "device", "round", "answer"),
        "vote": change(rooms.vote, "device", "drawing", "answer"),
        "answer_question": change(rooms.answer_question, "device", "round", "question", "answer"),
    }


def read_sent(reader: Reader, sent: Sent, model: str = "") -> Reading:
    """Returns what a network makes of a drawing; the one that answers on the pad, unless another is named."""
    answer = reader.read_ink(sent.ink, model) if sent.image is None else reader.read_image(sent.image, model)
    return Reading(answer.model, answer.probabilities.tolist(), answer.verdict.kind != "refused")
