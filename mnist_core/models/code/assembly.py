"""The calls of layers that code makes -> layers that are known here, each with its line, and what was left out.

What the image is, what the network ends in, and what both dialects call differently is put right here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...errors import ArchitectureError, CodeError
from ..architectures import NUM_CLASSES
from ..layers import ACTIVATIONS, MOST_LAYERS, LayerNames, Stack, check_options, write_layer
from .interpreter import LayerCall
from .syntax import Unknown

# What the output may go through; it is taken off, because networks give logits here.
ENDINGS = ("softmax", "log_softmax", "sigmoid")
# How an image of MNIST is said to be shaped, without the batch.
_SHAPES = ((28, 28, 1), (28, 28), (784,), (1, 28, 28))
_SLOPE = 0.2


@dataclass(frozen=True)
class Note:
    """A sentence about a line: a template in English, and what is filled in."""

    line: int
    template: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence."""
        return self.template.format(**self.values)


@dataclass(frozen=True)
class Item:
    """A layer of the code, in the words of `layers.KINDS`.

    Args:
        kind: A key of `layers.KINDS`; "" for what changes nothing.
        options: As the kind takes them.
        line: Where it stands.
        written: What the code calls it.
        num_inputs: What it is said to receive, channels or numbers; None where nothing is said.
        num_outputs: What it is said to give, likewise.
    """

    kind: str
    options: dict[str, Any]
    line: int
    written: str
    num_inputs: int | None = None
    num_outputs: int | None = None

    def as_nothing(self) -> Item:
        """Returns what stands in the same place and changes nothing."""
        return dataclasses.replace(self, kind="")

    def as_row_of(self, num_values: int) -> Item:
        """Returns the same, said to make a row of so many numbers."""
        return dataclasses.replace(self, num_outputs=num_values)


@dataclass
class Assembled:
    """What was read.

    Args:
        layers: All layers before the logits, as `Parts.layers` takes them.
        ending: One of `ENDINGS`, or "" for a network that gives logits.
        ending_line: Where it stands; of a network without, where its output stands.
        notes: What was left out or is done otherwise.
    """

    layers: tuple[str, ...]
    ending: str
    ending_line: int
    notes: list[Note]


Translate = Callable[["Words"], Item]


class Words:
    """The arguments of one call, taken one after another by their names; what is left over is refused.

    Args:
        call: The call.
        names: Of its arguments, in their order.
        notes: Takes what is left out.
    """

    def __init__(self, call: LayerCall, names: Sequence[str], notes: list[Note]) -> None:
        self.line, self.written, self.notes = call.line, call.name, notes
        if len(call.arguments) > len(names):
            raise CodeError(
                "Line {line}: {layer} is given {num} values; {names} are known here.",
                call.line,
                layer=call.name,
                num=len(call.arguments),
                names=", ".join(names) or "none",
            )
        self._given = dict(zip(names, call.arguments, strict=False)) | call.options

    def has(self, *names: str) -> bool:
        return any(name in self._given for name in names)

    def take(self, *names: str, default: Any = None) -> Any:
        """Returns the value under the first of these names that is given.

        Raises:
            CodeError: Its value is not known.
        """
        for name in names:
            if name in self._given:
                value = self._given.pop(name)
                if _holds_unknown(value if isinstance(value, list | tuple) else [value]):
                    raise CodeError(
                        "Line {line}: `{name}` of {layer} is not known without running the code. Write the value "
                        "itself there.",
                        self.line,
                        name=name,
                        layer=self.written,
                    )
                return value
        return default

    def take_raw(self, name: str) -> Any:
        """As `take`, for what may be something else than a plain value."""
        return self._given.pop(name, None)

    def take_shape(self, name: str) -> Any:
        """As `take`, for a shape: what is not known of one is not asked."""
        value = self._given.pop(name, None)
        return None if isinstance(value, Unknown | LayerCall) else value

    def take_side(self, *names: str, default: Any = None) -> Any:
        """As `take`, for what is the same in both directions: 3 for (3, 3)."""
        value = self.take(*names, default=default)
        if not isinstance(value, list | tuple):
            return value
        if len(set(value)) != 1:
            raise CodeError(
                "Line {line}: `{name}` of {layer} is {value}; only the same in both directions is known here.",
                self.line,
                name=names[0],
                layer=self.written,
                value=value,
            )
        return value[0]

    def skip(self, *names: str) -> None:
        """Passes over what does not change the network."""
        for name in names:
            self._given.pop(name, None)

    def expect(self, name: str, *known: Any) -> None:
        """Makes sure that an argument has a value that changes nothing.

        Raises:
            CodeError: It has another.
        """
        value = self.take(name, default=known[0])
        if value not in known:
            raise CodeError(
                "Line {line}: {layer} with {name}={value!r} is not known here. Leave it out.",
                self.line,
                layer=self.written,
                name=name,
                value=value,
            )

    def note(self, template: str, **values: Any) -> None:
        self.notes.append(Note(self.line, template, values))

    def close(self) -> None:
        """Makes sure that nothing is left over: what only tunes the training of a layer is noted, all else refused."""
        for name in list(self._given):
            if name.endswith(("_initializer", "_regularizer", "_constraint")):
                self._given.pop(name)
                self.note("`{name}` is left out: layers begin here as Keras lets them by default.", name=name)
        for name in self._given:
            raise CodeError(
                "Line {line}: `{name}` of {layer} is not known here. Leave it out.",
                self.line,
                name=name,
                layer=self.written,
            )


def _holds_unknown(values: Sequence[Any]) -> bool:
    return any(not isinstance(value, int | float | str | bool | None) for value in values)


def name_activation(value: Any, words: Words) -> str | None:
    """Returns what `ACTIVATIONS` or `ENDINGS` call an activation; None for none.

    Raises:
        CodeError: It is not known.
    """
    name = value.name if isinstance(value, Unknown | LayerCall) else value
    name = {"swish": "silu", "linear": None, "log_softmax": "log_softmax", "ReLU": "relu"}.get(name, name)
    if isinstance(value, LayerCall) and isinstance(name, str):
        name = {"LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax"}.get(name, name)
        if name == "leaky_relu":
            note_slope(words, 0.3)
    if name is None or name in ACTIVATIONS or name in ENDINGS:
        return name
    raise CodeError(
        "Line {line}: the activation {name!r:.60} is not known here. Known: {known}.",
        words.line,
        name=name,
        known=", ".join((*ACTIVATIONS, "softmax at the end")),
    )


def note_slope(words: Words, slope: Any) -> None:
    """Says so where a leaky ReLU leaks otherwise than here."""
    if slope != _SLOPE:
        words.note(
            "A leaky ReLU lets {here:.0%} through below 0 here; this one would let {there:.2g}.",
            here=_SLOPE,
            there=slope,
        )


def check_shape(shape: Any, words: Words) -> None:
    """Makes sure that a shape, without the batch, is that of MNIST's images.

    Raises:
        CodeError: It is another.
    """
    shape = (shape,) if isinstance(shape, int) else shape
    if isinstance(shape, list | tuple) and not any(isinstance(side, Unknown) for side in shape):
        shape = tuple(side for side in shape if side not in (None, -1))
        if shape not in _SHAPES:
            raise CodeError(
                "Line {line}: this network takes input of the shape {shape}. Here it is an image: (28, 28, 1), "
                "(28, 28) or 784 numbers.",
                words.line,
                shape=shape,
            )


def refuse(words: Words, known: Sequence[str]) -> CodeError:
    """Returns the error for a layer that is not known."""
    return CodeError(
        "Line {line}: {layer} is not known here. Known: {known}.",
        words.line,
        layer=words.written or "this call",
        known=", ".join(known),
    )


def assemble(items: list[Item], notes: list[Note], *, merge: bool) -> Assembled:
    """Makes a network for images of digits of the layers of some code.

    Args:
        items: In their order.
        notes: What has been noted of them.
        merge: Whether an activation becomes an option of the layer that it follows directly.

    Raises:
        CodeError: It is none.
    """
    items = [item for item in items if item.kind]
    ending, line, output, items = _split_output(items)
    if len(items) >= MOST_LAYERS:
        raise CodeError(
            "This network has {num} layers; at most {most} are built here.", num=len(items), most=MOST_LAYERS
        )
    if all(item.kind in ("Dropout", "Rescaling") for item in items) or _first_kind(items) == "Dense":
        place = sum(item.kind == "Rescaling" for item in items[:1])
        items.insert(place, Item("Flatten", {}, items[0].line if items else output.line, "Flatten"))
    if merge:
        items = _merge_activations(items)
    _check_fit([*items, output])
    return Assembled(tuple(write_layer(item.kind, item.options) for item in items), ending, line, notes)


def _first_kind(items: Sequence[Item]) -> str:
    return next((item.kind for item in items if item.kind not in ("Dropout", "Rescaling")), "")


def _split_output(items: list[Item]) -> tuple[str, int, Item, list[Item]]:
    """Takes the output off: what it goes through, its line, the layer itself, and those before it."""
    if not items:
        raise CodeError("There is a network here, and no layer in it.")
    ending, line = "", items[-1].line
    if items[-1].kind == "Activation":
        ending, items = items[-1].options["activation"], items[:-1]
    if not items or items[-1].kind != "Dense":
        raise CodeError(
            "Line {line}: a network ends in {num} outputs here, one for each digit: a Dense({num}), in PyTorch "
            "Linear(..., {num}).",
            line,
            num=NUM_CLASSES,
        )
    output = items[-1]
    ending = output.options.get("activation") or ending
    if ending and ending not in ENDINGS:
        raise CodeError(
            "Line {line}: the output goes through {activation}. It must be softmax, or nothing: networks give logits "
            "here.",
            line,
            activation=ending,
        )
    if output.options["units"] != NUM_CLASSES or not output.options.get("use_bias", True):
        raise CodeError(
            "Line {line}: the last layer has {units} outputs{bias}. Digits need {num}, with a bias.",
            output.line,
            units=output.options["units"],
            bias="" if output.options.get("use_bias", True) else " without a bias",
            num=NUM_CLASSES,
        )
    plain = dataclasses.replace(output, options={"units": NUM_CLASSES})
    return ending, line, plain, items[:-1]


def _merge_activations(items: Sequence[Item]) -> list[Item]:
    merged: list[Item] = []
    for item in items:
        below = merged[-1] if merged else None
        if (
            item.kind == "Activation"
            and below
            and below.kind in ("Conv2D", "Dense")
            and "activation" not in below.options
        ):
            options = check_options(below.kind, below.options | item.options)
            merged[-1] = dataclasses.replace(below, options=options)
        else:
            merged.append(item)
    return merged


def _check_fit(items: Sequence[Item]) -> None:
    """Makes sure that each layer fits the one below it.

    Raises:
        CodeError: One does not.
    """
    stack, names = Stack("This network"), LayerNames()
    shape: tuple[int, ...] = (28, 28, 1)
    for number, item in enumerate(items):
        if item.num_inputs not in (None, shape[-1]):
            raise CodeError(
                "Line {line}: {layer} is said to receive {said:,} {what}, and receives {num:,}.",
                item.line,
                layer=item.written,
                said=item.num_inputs,
                what="channels" if len(shape) == 3 else "numbers",
                num=shape[-1],
            )
        if item.options.get("activation") in ENDINGS[:2]:
            raise CodeError(
                "Line {line}: {activation} belongs behind the output alone. Hidden layers take {known}.",
                item.line,
                activation=item.options["activation"],
                known=", ".join(ACTIVATIONS),
            )
        try:
            is_first_scale = item.kind == "Rescaling" and not number
            name = "rescale" if is_first_scale else names.give(item.kind, item.options)
            stack.add(name, item.kind, **item.options)
            stack.check_size()
        except ArchitectureError as error:
            raise CodeError("Line {line}, {layer}: {problem}", item.line, layer=item.written, problem=error) from error
        shape = stack.layers[-1].output_shape
        if item.num_outputs not in (None, shape[-1]):
            raise CodeError(
                "Line {line}: {layer} is said to make {said:,} numbers of an image, and makes {num:,}.",
                item.line,
                layer=item.written,
                said=item.num_outputs,
                num=shape[-1],
            )


def make_item(words: Words, kind: str, options: dict[str, Any], num_inputs: int | None = None) -> Item:
    """Returns a layer whose options have been checked; an ending stays an activation that only the output may have.

    Raises:
        CodeError: They are impossible.
    """
    words.close()
    ending = options.get("activation") in ENDINGS[:2] and kind in ("Dense", "Activation")
    checked = options | ({"activation": ACTIVATIONS[0]} if ending else {})
    try:
        found = check_options(kind, {name: value for name, value in checked.items() if value is not None})
    except ValueError as error:
        raise CodeError("Line {line}: {layer}: {problem}.", words.line, layer=words.written, problem=error) from error
    if ending:
        found["activation"] = options["activation"]
    return Item(kind, found, words.line, words.written, num_inputs)
