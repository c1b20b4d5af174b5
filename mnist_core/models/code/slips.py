"""What tutorials get wrong, each with its line and what to do about it; the network is built all the same.

It is found by what the code names, not by running it: a slip behind many turns of the code is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .assembly import Assembled, Note
from .syntax import name_call

# Each is the key of its translation, too.
_TEXTS = {
    "softmax_twice": "`from_logits=True` makes the loss take softmax, and the output has been through it already: the "
    "network learns slowly and is never sure. Leave one of the two out.",
    "no_softmax": "The output is logits, and this loss expects probabilities. Give it `from_logits=True`, or let "
    "the output go through softmax.",
    "cross_entropy": "`CrossEntropyLoss` takes log_softmax itself. Return the logits without {ending}, or take "
    "`NLLLoss` with log_softmax.",
    "likelihood": "`NLLLoss` expects log_softmax, which this output does not go through. Take `CrossEntropyLoss` "
    "with logits.",
    "unscaled": "The pixels are not scaled: they are 0 to 255, and a network learns badly from such numbers. "
    "Divide them by 255, for training and for every later answer.",
    "test_set": "The test set is watched while the network learns. Whatever is chosen by it, such as when to "
    "stop, makes its figure too good. Split validation data off the training set, as with "
    "`validation_split=0.1`.",
    "replaced": "This loop sets the activation of every layer, so the softmax of the output is replaced, too. "
    "Leave the last one out: `for layer in model.layers[:-1]`. Here the output stays as it is.",
    "one_hot": "The labels are made one-hot in line {other}, and this loss takes them as numbers. Leave that "
    "out, or take `categorical_crossentropy`.",
    "numbers": "This loss takes one-hot labels, and MNIST's are numbers. Take `sparse_categorical_crossentropy`,"
    " or make them one-hot with `to_categorical`.",
    "sigmoid": "Sigmoid answers for each digit alone, and the ten answers need not add up to 1. A digit is one "
    "of ten: take softmax.",
}
# Any of these says that the pixels are scaled.
_SCALING_NUMBERS = (255, 256, 127.5, 128)
_SCALING_WORDS = [
    "Rescaling",
    "ToTensor",
    "to_tensor",
    "ToDtype",
    "normalize",
    "Normalization",
    "MinMaxScaler",
    "StandardScaler",
    "minmax_scale",
]
_ONE_HOT_WORDS = ("to_categorical", "one_hot", "get_dummies", "OneHotEncoder", "eye", "LabelBinarizer")
_SPARSE_WORDS = ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")
_DENSE_WORDS = ("categorical_crossentropy", "CategoricalCrossentropy")


def find_slips(tree: ast.Module, found: Assembled) -> list[Note]:
    """Returns the slips in code whose network has been read, by line."""
    seen = _Seen(tree)
    slips = [
        *_find_softmax_twice(seen, found),
        *_find_torch_losses(seen, found),
        *_find_unscaled(seen),
        *_find_test_set(seen),
        *_find_replaced_activations(seen),
        *_find_wrong_labels(seen),
    ]
    if found.ending == "sigmoid":
        slips.append(_tell("sigmoid", found.ending_line))
    return sorted(slips, key=lambda slip: slip.line)


def _tell(slip: str, line: int, **values: object) -> Note:
    return Note(line, _TEXTS[slip], values)


class _Seen:
    """What a text names: the words, numbers, strings and calls in it, with their nodes."""

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = list(ast.walk(tree))
        self.calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        self.words: dict[str, int] = {}
        for node in self.nodes:
            if isinstance(node, ast.expr) and (word := _name(node)):
                self.words.setdefault(word, node.lineno)

    def find_word(self, *words: str) -> int:
        """Returns the line where the first of these words stands that is there, 0 where none is."""
        return next((self.words[word] for word in words if word in self.words), 0)

    def has_number(self, *numbers: float) -> bool:
        return any(isinstance(node, ast.Constant) and node.value in numbers for node in self.nodes)

    def find_calls(self, *names: str) -> Iterator[ast.Call]:
        return (call for call in self.calls if name_call(call.func) in names)


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str(text)) if len(text) < 50:
            return text
    return ""


def _find_softmax_twice(seen: _Seen, found: Assembled) -> Iterator[Note]:
    from_logits = [
        keyword.value
        for call in seen.calls
        for keyword in call.keywords
        if keyword.arg == "from_logits" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
    ]
    loss = seen.find_word(*_SPARSE_WORDS, *_DENSE_WORDS)
    if found.ending == "softmax" and from_logits:
        yield _tell("softmax_twice", from_logits[0].lineno)
    elif not found.ending and loss and not from_logits:
        yield _tell("no_softmax", loss)


def _find_torch_losses(seen: _Seen, found: Assembled) -> Iterator[Note]:
    cross_entropy = next(seen.find_calls("CrossEntropyLoss", "cross_entropy"), None)
    likelihood = next(seen.find_calls("NLLLoss", "nll_loss"), None)
    if found.ending and cross_entropy:
        yield _tell("cross_entropy", found.ending_line, ending=found.ending)
    if found.ending != "log_softmax" and likelihood:
        yield _tell("likelihood", likelihood.lineno)


def _find_unscaled(seen: _Seen) -> Iterator[Note]:
    line = seen.find_word("fit", "load_data", "MNIST")
    if line and not seen.has_number(*_SCALING_NUMBERS) and not seen.find_word(*_SCALING_WORDS):
        yield _tell("unscaled", line)


def _find_test_set(seen: _Seen) -> Iterator[Note]:
    for call in seen.find_calls("fit", "fit_generator"):
        for keyword in call.keywords:
            names = [_name(node).lower() for node in ast.walk(keyword.value)]
            if keyword.arg == "validation_data" and any("test" in name for name in names):
                yield _tell("test_set", keyword.value.lineno)


def _find_replaced_activations(seen: _Seen) -> Iterator[Note]:
    for node in seen.nodes:
        match node:
            case ast.For(target=ast.Name(id=layer), iter=ast.Attribute(attr="layers"), body=body):
                # Under a condition it may leave the output alone.
                yield from (_tell("replaced", line.lineno) for line in body if _sets_activation(line, layer))


def _sets_activation(statement: ast.stmt, layer: str) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="activation")]):
            return name == layer
    return False


def _find_wrong_labels(seen: _Seen) -> Iterator[Note]:
    is_one_hot = seen.find_word(*_ONE_HOT_WORDS)
    sparse, dense = seen.find_word(*_SPARSE_WORDS), seen.find_word(*_DENSE_WORDS)
    if sparse and is_one_hot:
        yield _tell("one_hot", sparse, other=is_one_hot)
    elif dense and not sparse and not is_one_hot and seen.find_word("load_data"):
        yield _tell("numbers", dense)
