"""Where devices find this server, whether they do, and who may open a room on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...errors import QueryError, RefusedError, RoomError, StorageError
from ...hosting.addresses import find_addresses, is_loopback
from ...hosting.identity import Visitor, current_visitor, explain_refusal
from ...hosting.settings import Settings
from ...rendering.qr_code import render_svg
from ...services.greetings import Greetings
from ...services.rooms import Rooms
from ...services.runs import Runs
from ..wire import Message
from .calls import Calls, by_name

# Of an address with a code in it: a longer text makes a pattern that no phone reads from the back row.
_MOST_LETTERS = 300


def place_calls(
    settings: Settings, rooms: Rooms, runs: Runs, greetings: Greetings, prepare: Callable[[], None]
) -> Calls:
    """Returns the calls by name; `prepare` is called when a room is opened."""

    def look_at_rooms(message: Message, address: str) -> Message:
        """Answers `{allowed, reason, addresses, isLocalOnly, training}`, the last `{allowed, reason}`."""
        visitor, is_local = current_visitor(), is_local_only(settings)
        refusal, no_training = _refuse_room(settings, visitor), runs.explain_refusal(visitor) or runs.missing
        advice = (
            "Only this computer can reach the page now. Start the program with --host 0.0.0.0, so that the devices in "
            "the room can, too."
        )
        return {
            "allowed": not refusal,
            "reason": refusal or (advice if is_local else ""),
            "addresses": [] if is_local else list_addresses(settings),
            "isLocalOnly": is_local,
            "training": {"allowed": not no_training, "reason": no_training},
        }

    def open_room(message: Message, address: str) -> Message:
        refusal = _refuse_room(settings, current_visitor())
        if refusal:
            raise RefusedError(403, refusal)
        opened = rooms.open_room()
        prepare()
        return {**opened}

    def draw_code(message: Message, address: str) -> Message:
        """Answers `{text}` with `{svg}`: a QR code."""
        text = message.get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= _MOST_LETTERS:
            raise QueryError("Expected a text of 1 to {most} letters for a QR code.", most=_MOST_LETTERS)
        return {"svg": render_svg(text)}

    def hello(message: Message, address: str) -> Message:
        """Answers a device that tries whether it reaches this server; `{live}` says whether its WebSocket does."""
        greetings.note(address, message.get("live") is True)
        return {"address": address}

    def look_at_devices(message: Message, address: str) -> Message:
        """Answers `{teacher?}` with `{devices}`: those that have said hello lately, each `{address, seconds, live}`.

        Whoever sits at this machine, or holds the controls of a room, sees all of them; others themselves.
        """
        refusal = _refuse_room(settings, current_visitor())
        if refusal or (settings.public and not current_visitor().is_owner):
            raise RefusedError(403, refusal or "On a public server only its owner sees which devices have called.")
        devices = greetings.list_all()
        is_here = is_loopback(address) or address in find_addresses(settings.host)
        if not (is_here or current_visitor().is_owner or _holds_controls(rooms, message.get("teacher"))):
            devices = [device for device in devices if device["address"] == address]
        return {"devices": devices}

    return by_name(look_at_rooms, open_room, draw_code, hello, look_at_devices)


def _holds_controls(rooms: Rooms, teacher: Any) -> bool:
    try:
        rooms.check_teacher(teacher)
    except (RoomError, StorageError):
        return False
    return True


def is_local_only(settings: Settings) -> bool:
    """Returns whether no other machine reaches the server, unless a proxy on this one lets it through."""
    is_passed_on = settings.public or bool(settings.trusted_proxy)
    return is_loopback(settings.host) and not is_passed_on


def list_addresses(settings: Settings) -> list[str]:
    """Returns the addresses of the page in the local network, the most likely first."""
    if settings.public:
        return []
    return [f"http://{address}:{settings.port}/" for address in find_addresses(settings.host)]


def _refuse_room(settings: Settings, visitor: Visitor) -> str:
    return explain_refusal(
        settings.rooms,
        visitor,
        "Rooms for a class are switched off on this server.",
        "On this server only its owner may open a room. Log in as owner first.",
    )
