"""Source text -> a syntax tree of bounded size, and the plain values in it. Nothing is run."""

from __future__ import annotations

import ast
import operator
import textwrap
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...errors import CodeError

MOST_CHARACTERS = 100_000
_DEEPEST = 60
# Larger numbers are a slip, or meant to fill the memory.
_LARGEST = 10**9

_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


@dataclass(frozen=True)
class Unknown:
    """A value that is not known without running the code; `name` is what it is called there, `line` where."""

    name: str
    line: int


def parse_code(text: str) -> ast.Module:
    """Parses Python code, also what is indented as a whole, and cells of a notebook with their `!` and `%` lines.

    Raises:
        CodeError: It is no Python, or too long, or nested too deeply.
    """
    if len(text) > MOST_CHARACTERS:
        raise CodeError(
            "This text has {characters:,} characters; at most {most:,} are read. Paste the network alone.",
            characters=len(text),
            most=MOST_CHARACTERS,
        )
    lines = [_drop_magic(line) for line in text.expandtabs(4).splitlines()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what somebody else has written
            tree = ast.parse(textwrap.dedent("\n".join(lines)))
    except (MemoryError, RecursionError):
        raise _nested_too_deeply() from None
    except (SyntaxError, ValueError) as error:
        raise CodeError(
            "Line {line} is no Python: {reason}. Paste code, such as a Keras Sequential([...]).",
            getattr(error, "lineno", None) or 1,
            reason=getattr(error, "msg", None) or error,
        ) from None
    _check_depth(tree)
    return tree


def _drop_magic(line: str) -> str:
    """Returns a line of code; those of a notebook's own commands and prompts are left empty or out."""
    bare = line.lstrip()
    if bare.startswith(("!", "%")):
        return ""
    return line[4:] if line.startswith((">>> ", "... ")) else line


def _check_depth(tree: ast.AST) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise _nested_too_deeply()


def _nested_too_deeply() -> CodeError:
    return CodeError("This text is nested too deeply to be read. Paste the network alone.")


def calculate(node: ast.BinOp, left: Any, right: Any) -> Any:
    """Returns the result of an operation on two numbers, `Unknown` for any other."""
    unknown = Unknown(ast.unparse(node)[:80], node.lineno)
    operation = _OPERATORS.get(type(node.op))
    if operation is None or not all(isinstance(value, int | float) for value in (left, right)):
        return unknown
    try:
        result = operation(left, right)
    except (ArithmeticError, ValueError):
        return unknown
    return result if abs(result) <= _LARGEST else unknown


def name_call(function: ast.expr) -> str:
    """Returns the last word of what is called: `Conv2D` of `keras.layers.Conv2D`; empty where it has no name."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
