"""What a call is: a message, and the address that it comes from, to an answer. Both are JSON objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..wire import Message

Call = Callable[[Message, str], Message]
Calls = dict[str, Call]


def show(method: Callable[..., Message], *names: str) -> Call:
    """Returns a call that answers what the method returns: the values of these names, in order, are its arguments."""
    return lambda message, address: method(*(message.get(name) for name in names))


def change(method: Callable[..., Any], *names: str) -> Call:
    """As `show`, for what changes something and has nothing to tell."""

    def ask(message: Message, address: str) -> Message:
        method(*(message.get(name) for name in names))
        return {}

    return ask


def by_name(*calls: Call) -> Calls:
    """Returns functions by their names, under which they are asked."""
    return {call.__name__: call for call in calls}
