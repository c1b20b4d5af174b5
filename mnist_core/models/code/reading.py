"""Text that somebody pastes -> the network in it, with all that is said of it: nothing of it is run."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ...errors import CodeError
from ..architectures import Architecture, Parts
from ..layers import Layer
from .assembly import Assembled, Note, assemble
from .interpreter import Interpreter, Network
from .keras_layers import translate_keras
from .keras_reading import KerasReader
from .keras_writing import write_keras_network
from .settings import find_settings
from .slips import find_slips
from .syntax import parse_code
from .torch_layers import translate_torch
from .torch_reading import TorchReader
from .torch_writing import write_torch_network

Dialect = Literal["keras", "torch"]
# Names that only code for PyTorch has.
_TORCH_NAMES = ("torch", "nn", "Conv2d", "Linear")
_OUTPUTS = ("Dense", "Linear", "LazyLinear")


@dataclass(frozen=True)
class ReadNetwork:
    """A network that was read from code.

    Args:
        dialect: What it was written in.
        parts: Its layers, as a recipe takes them.
        layers: All of them, with the logits.
        slips: What tutorials get wrong.
        notes: What was left out of the network, or is done otherwise.
        settings: How the code trains it, as `recipes.change_recipe` takes it.
    """

    dialect: Dialect
    parts: Parts
    layers: tuple[Layer, ...]
    slips: tuple[Note, ...]
    notes: tuple[Note, ...]
    settings: dict[str, Any]

    @property
    def num_parameters(self) -> int:
        """Parameters of all layers."""
        return sum(layer.num_parameters for layer in self.layers)

    @property
    def code(self) -> str:
        """The network as code of the same dialect."""
        return write_torch_network(self.layers) if self.dialect == "torch" else write_keras_network(self.layers)

    @property
    def changes(self) -> dict[str, Any]:
        """All that the code changes of a recipe: layers and settings."""
        return {**self.parts.given, **self.settings}


def read_network(text: str) -> ReadNetwork:
    """Reads a network from source text.

    Args:
        text: Keras code, with a Sequential, functional or subclassed model, or PyTorch code, with a Module or a
            Sequential.

    Raises:
        CodeError: It holds no network for images of digits that is known here.
    """
    if not text.strip():
        raise CodeError("There is no text. Paste a network, such as a Keras Sequential([...]).")
    tree = parse_code(text)
    dialect: Dialect = "torch" if _is_torch(tree) else "keras"
    reader: Interpreter = TorchReader() if dialect == "torch" else KerasReader()
    reader.read(tree)
    found = _assemble(_choose(reader.networks), dialect)
    parts = Parts(layers=found.layers)
    layers = Architecture("network", stack=()).change(parts).layers()
    slips = tuple(find_slips(tree, found))
    return ReadNetwork(dialect, parts, layers, slips, tuple(found.notes), find_settings(tree))


def describe_network_code(text: str) -> dict[str, Any]:
    """Returns what a page shows of the network in a text: plain values, see `ReadNetwork`.

    Raises:
        CodeError: See `read_network`.
    """
    found = read_network(text)
    return {
        "dialect": found.dialect,
        "layers": [describe_layer(layer) for layer in found.layers],
        "parameters": found.num_parameters,
        "slips": [_describe_note(slip) for slip in found.slips],
        "notes": [_describe_note(note) for note in found.notes],
        "changes": {**found.changes, "layers": list(found.parts.layers or ())},
        "code": found.code,
    }


def describe_layer(layer: Layer) -> dict[str, Any]:
    """Returns a layer as plain values."""
    return {
        "name": layer.name,
        "kind": layer.kind,
        "options": layer.options,
        "shape": list(layer.output_shape),
        "parameters": layer.num_parameters,
    }


def _describe_note(note: Note) -> dict[str, Any]:
    return {"line": note.line, "text": note.text, "message": {"key": note.template, "values": note.values}}


def _is_torch(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.alias(name=name) if name.split(".")[0] in _TORCH_NAMES:
                return True
    return False


def _choose(networks: Sequence[Network]) -> Network:
    """Returns the network that is meant: the last that has an output, as augmentation may be a Sequential, too."""
    for network in reversed(networks):
        if any(call.name in _OUTPUTS for call in network.calls):
            return network
    for network in reversed(networks):
        if network.calls:
            return network
    raise CodeError(
        "There is no network in this text. Read are: Keras Sequential([...]), model.add(...), functional models and "
        "models that are classes; PyTorch nn.Module with __init__ and forward, and nn.Sequential."
    )


def _assemble(network: Network, dialect: Dialect) -> Assembled:
    notes: list[Note] = []
    translate = translate_torch if dialect == "torch" else translate_keras
    return assemble(translate(network.calls, notes), notes, merge=dialect == "torch")
