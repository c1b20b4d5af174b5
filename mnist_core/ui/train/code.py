"""Networks as source text: what a visitor pastes, and what can be copied."""

from __future__ import annotations

from ...errors import QueryError
from ...models.code.reading import describe_network_code
from ..wire import LiveFunction, Message


def code_functions() -> tuple[LiveFunction, ...]:
    """Returns the functions that the tab's script calls, each from one JSON object to another."""

    def read_network_code(message: Message) -> Message:
        """Answers `{text}` with the network in it, see `reading.describe_network_code`; nothing of it is run."""
        text = message.get("text")
        if not isinstance(text, str):
            raise QueryError("Expected code as text.")
        return describe_network_code(text)

    return (read_network_code,)
