"""Which layer of an impossible network is the one at fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import ArchitectureError
from .architectures import NUM_CLASSES
from .layers import Layer, Stack, name_layers, parse_layer


def find_refused(layers: Sequence[Any], error: Exception) -> int | None:
    """Returns the place of the layer that is at fault.

    Args:
        layers: All before the logits, as `Parts.layers` takes them.
        error: Why they are no network, or none that can be trained here.

    Returns:
        Its index; as many as there are layers for the logits, None if it is no layer's fault.
    """
    parsed = []
    for index, text in enumerate(layers):
        try:
            parsed.append(parse_layer(text))
        except ValueError:
            return index
    built, refusal = _build(parsed)
    names = [layer.name for layer in built]
    layer = getattr(refusal or error, "layer", None)
    if layer in names:
        return names.index(layer)
    return len(built) if refusal else None


def _build(parsed: Sequence[tuple[str, dict[str, Any]]]) -> tuple[list[Layer], ArchitectureError | None]:
    """Builds as many of the layers as fit on each other; returns them and why the next one does not."""
    stack = Stack("network")
    is_signed = bool(parsed) and parsed[0][0] == "Rescaling"
    try:
        if is_signed:
            stack.add("rescale", parsed[0][0], **parsed[0][1])
        for name, kind, options in name_layers(parsed[is_signed:]):
            stack.add(name, kind, **options)
        stack.add("logits", "Dense", units=NUM_CLASSES)
        stack.check_size()
    except ArchitectureError as refusal:
        return stack.layers, refusal
    return stack.layers, None
