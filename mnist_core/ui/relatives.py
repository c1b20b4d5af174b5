"""The training images most like a drawing or a sample, as the page shows them."""

from __future__ import annotations

from ..services.library import Library
from .wire import LiveFunction, Message, decode_image, encode_sprite

_NUM_RELATIVES = 10


def relatives_of(library: Library) -> LiveFunction:
    """Returns the function that pad and data tab ask for relatives."""

    def find_relatives(message: Message) -> Message:
        """Answers `{image, model, space}` with the nearest training images.

        That is `{relatives, sprite, split, size, limit, hasNear}`; a relative has index, label, distance and isSeen.
        """
        found = library.find_relatives(
            decode_image(message.get("image")),
            str(message.get("model") or ""),
            str(message.get("space") or "embedding"),
            _NUM_RELATIVES,
        )
        return {
            "relatives": found.describe(),
            "sprite": encode_sprite(found.split.images[found.neighbours.indices], _NUM_RELATIVES),
            "split": found.split.name,
            "size": len(found.split),
            "limit": round(found.limit, 3),
            "hasNear": found.has_near,
        }

    return find_relatives
