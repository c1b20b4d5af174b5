"""The statements that build a network, followed one by one: assignments, loops over plain values, functions, classes.

What has nothing to do with the network is passed over. Nothing is run: a call means something only where a reader knows
it, and all else is `Unknown`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...errors import CodeError
from .syntax import Unknown, calculate, name_call

# Enough for any network by hand; a loop beyond it is meant to keep the server busy.
_MOST_STEPS = 20_000
_MOST_CALLS = 12
_LONGEST_LOOP = 1000

Scope = dict[str, Any]


@dataclass(frozen=True)
class LayerCall:
    """One call that makes a layer, as it is written.

    Args:
        name: What is called, such as `Conv2D` or `max_pool2d`.
        arguments: Those without a name.
        options: Those with one.
        line: Where it stands.
    """

    name: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    line: int


@dataclass(frozen=True)
class Tensor:
    """What has been through some layers; of an input the shape that is said of it."""

    calls: tuple[LayerCall, ...] = ()


@dataclass
class Network:
    """A network that the code builds."""

    calls: list[LayerCall]
    line: int


@dataclass
class Instance:
    """What `self` is while a class of the code is followed."""

    attributes: Scope = field(default_factory=dict)


@dataclass(frozen=True)
class _Return:
    value: Any


class Interpreter:
    """Follows code; subclasses say what calls mean.

    `networks` are those that were built, in order.
    """

    # The method of a class that takes an input through the layers.
    forward = ""

    def __init__(self) -> None:
        self.networks: list[Network] = []
        self._functions: dict[str, ast.FunctionDef] = {}
        self._classes: dict[str, ast.ClassDef] = {}
        self._aliases: dict[str, str] = {}
        self._steps = self._depth = 0
        self._was_called: set[str] = set()

    def read(self, tree: ast.Module) -> None:
        """Follows a whole text; functions and classes that nothing calls are followed at its end."""
        scope: Scope = {}
        self.follow(tree.body, scope)
        for name in [*self._classes, *self._functions]:
            if name not in self._was_called:
                self._call_own(name, (), {}, scope)

    # What subclasses say

    def call(self, node: ast.Call, scope: Scope) -> Any:
        """Returns what a call gives that is none of the code's own functions or classes."""
        raise NotImplementedError

    # Statements

    def follow(self, body: Sequence[ast.stmt], scope: Scope) -> _Return | None:
        for statement in body:
            self.count(statement)
            found = self._follow_one(statement, scope)
            if found is not None:
                return found
        return None

    def _follow_one(self, node: ast.stmt, scope: Scope) -> _Return | None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self._aliases |= {alias.asname: alias.name.split(".")[-1] for alias in node.names if alias.asname}
            case ast.FunctionDef():
                self._functions[node.name] = node
            case ast.ClassDef():
                self._classes[node.name] = node
            case ast.Assign():
                value = self.evaluate(node.value, scope)
                for target in node.targets:
                    self.assign(target, value, scope)
            case ast.AnnAssign(value=ast.expr() as expression):
                self.assign(node.target, self.evaluate(expression, scope), scope)
            case ast.AugAssign():
                self._change(node, scope)
            case ast.Expr():
                self.evaluate(node.value, scope)
            case _:
                return self._flow(node, scope)
        return None

    def _flow(self, node: ast.stmt, scope: Scope) -> _Return | None:
        """Follows what decides which statements come next."""
        match node:
            case ast.Return():
                return _Return(self.evaluate(node.value, scope) if node.value else None)
            case ast.For():
                return self._loop(node, scope)
            case ast.If():
                return self.follow(node.body if self._decide(node.test, scope) else node.orelse, scope)
            case ast.With() | ast.Try():
                return self.follow(node.body, scope)
        return None

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Gives a name, several names or an attribute a value."""
        if isinstance(target, ast.Name):
            scope[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            values = value if isinstance(value, list | tuple) else ()
            for index, element in enumerate(target.elts):
                self.assign(element, values[index] if index < len(values) else Unknown("", target.lineno), scope)
        elif isinstance(target, ast.Attribute):
            owner = self.evaluate(target.value, scope)
            if isinstance(owner, Instance):
                owner.attributes[target.attr] = value
            elif isinstance(owner, LayerCall) and target.attr == "activation" and not self._is_output(owner):
                owner.options["activation"] = value

    def _is_output(self, layer: LayerCall) -> bool:
        """Returns whether setting a layer's activation is passed over: a network's last keeps its own."""
        has_activation = layer.name in ("Conv2D", "Dense", "Activation")
        return not has_activation or any(network.calls and network.calls[-1] is layer for network in self.networks)

    def _change(self, node: ast.AugAssign, scope: Scope) -> None:
        operation = ast.BinOp(node.target, node.op, node.value, lineno=node.lineno, col_offset=node.col_offset)
        old, new = self.evaluate(node.target, scope), self.evaluate(node.value, scope)
        if isinstance(old, list) and isinstance(new, list | tuple):
            self.count(node, len(old) + len(new))
            self.assign(node.target, [*old, *new], scope)
        else:
            self.assign(node.target, calculate(operation, old, new), scope)

    def _loop(self, node: ast.For, scope: Scope) -> _Return | None:
        values = self.evaluate(node.iter, scope)
        if not isinstance(values, list | tuple | range):
            return None  # over batches or files: no network is built there
        for value in values:
            self.count(node)
            self.assign(node.target, value, scope)
            found = self.follow(node.body, scope)
            if found is not None:
                return found
        return None

    def _decide(self, test: ast.expr, scope: Scope) -> bool:
        """Returns which way is followed: what is not known counts as true, but for images with channels first."""
        match test:
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                values = self.evaluate(left, scope), self.evaluate(right, scope)
                if "channels_first" in values:
                    return isinstance(operator, ast.NotEq)
                if not any(isinstance(value, Unknown) for value in values) and isinstance(operator, ast.Eq | ast.NotEq):
                    return (values[0] == values[1]) == isinstance(operator, ast.Eq)
            case ast.Constant() | ast.Name():
                return bool(self.evaluate(test, scope))
        return True

    def count(self, node: ast.AST | LayerCall, num: int = 1) -> None:
        """Counts steps, or values that are about to be made.

        Raises:
            CodeError: There are too many.
        """
        self._steps += num
        if self._steps > _MOST_STEPS:
            raise CodeError(
                "Line {line}: this code does more than is followed here. Write the layers one below the other.",
                node.line if isinstance(node, LayerCall) else getattr(node, "lineno", 0),
            )

    # Values

    def evaluate(self, node: ast.expr | None, scope: Scope) -> Any:
        """Returns what an expression gives, as far as it is known."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return scope.get(node.id, Unknown(self._aliases.get(node.id, node.id), node.lineno))
            case ast.Tuple() | ast.List():
                values: list[Any] = []
                for element in node.elts:
                    self._add_value(values, element, scope)
                return tuple(values) if isinstance(node, ast.Tuple) else values
            case ast.ListComp(generators=[ast.comprehension(ifs=[]) as rounds]):
                return self._list_rounds(node, rounds, scope)
            case ast.Starred():
                return self.evaluate(node.value, scope)
            case ast.Attribute():
                return self._look_up(node, scope)
            case ast.UnaryOp() | ast.BinOp() | ast.Subscript():
                return self._calculate(node, scope)
            case ast.Call():
                return self._call(node, scope)
        return Unknown(type(node).__name__, getattr(node, "lineno", 0))

    def _list_rounds(self, node: ast.ListComp, rounds: ast.comprehension, scope: Scope) -> Any:
        values, inner, found = self.evaluate(rounds.iter, scope), dict(scope), []
        if not isinstance(values, list | tuple | range):
            return Unknown("a list", node.lineno)
        for value in values:
            self.count(node)
            self.assign(rounds.target, value, inner)
            found.append(self.evaluate(node.elt, inner))
        return found

    def _look_up(self, node: ast.Attribute, scope: Scope) -> Any:
        owner = self.evaluate(node.value, scope)
        if isinstance(owner, Instance) and node.attr in owner.attributes:
            return owner.attributes[node.attr]
        if isinstance(owner, Network) and node.attr == "layers":
            return list(owner.calls)
        return Unknown(node.attr, node.lineno)

    def _calculate(self, node: ast.UnaryOp | ast.BinOp | ast.Subscript, scope: Scope) -> Any:
        unknown = Unknown(type(node).__name__, node.lineno)
        if isinstance(node, ast.BinOp):
            left, right = self.evaluate(node.left, scope), self.evaluate(node.right, scope)
            if isinstance(left, list) and isinstance(right, list) and isinstance(node.op, ast.Add):
                self.count(node, len(left) + len(right))
                return [*left, *right]
            return calculate(node, left, right)
        if isinstance(node, ast.UnaryOp):
            value = self.evaluate(node.operand, scope)
            return -value if isinstance(node.op, ast.USub) and isinstance(value, int | float) else unknown
        values = self.evaluate(node.value, scope)
        if not isinstance(values, list | tuple):
            return unknown
        if isinstance(node.slice, ast.Slice):
            bounds = [self.evaluate(bound, scope) if bound else None for bound in (node.slice.lower, node.slice.upper)]
            return values[slice(*bounds)] if all(isinstance(bound, int | None) for bound in bounds) else unknown
        index = self.evaluate(node.slice, scope)
        return values[index] if isinstance(index, int) and -len(values) <= index < len(values) else unknown

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        self.count(node)
        name = name_call(node.func)
        name = self._aliases.get(name, name)
        if isinstance(node.func, ast.Name) and (name in self._functions or name in self._classes):
            arguments, options = self.read_arguments(node, scope)
            return self._call_own(name, arguments, options, scope)
        if name == "range":
            return self._count_range(node, scope)
        if name in ("enumerate", "zip"):
            return self._pair(name, self.read_arguments(node, scope)[0])
        return self.call(node, scope)

    def _count_range(self, node: ast.Call, scope: Scope) -> Any:
        arguments, _ = self.read_arguments(node, scope)
        if not 1 <= len(arguments) <= 3 or not all(isinstance(value, int) for value in arguments):
            return Unknown("range", node.lineno)
        if len(arguments) == 3 and arguments[2] == 0:
            return Unknown("range", node.lineno)
        found = range(*arguments)
        if len(found) > _LONGEST_LOOP:
            raise CodeError(
                "Line {line}: a loop of {num:,} rounds is not followed. Write the layers one below the other.",
                node.lineno,
                num=len(found),
            )
        return found

    @staticmethod
    def _pair(name: str, arguments: Sequence[Any]) -> Any:
        if not arguments or not all(isinstance(value, list | tuple | range) for value in arguments):
            return Unknown(name, 0)
        return list(enumerate(arguments[0])) if name == "enumerate" else list(zip(*arguments, strict=False))

    def read_arguments(self, node: ast.Call, scope: Scope) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Returns the values that a call is given, without and with a name."""
        arguments: list[Any] = []
        for argument in node.args:
            self._add_value(arguments, argument, scope)
        options = {keyword.arg: self.evaluate(keyword.value, scope) for keyword in node.keywords if keyword.arg}
        return tuple(arguments), options

    def _add_value(self, values: list[Any], node: ast.expr, scope: Scope) -> None:
        value = self.evaluate(node, scope)
        if isinstance(node, ast.Starred) and isinstance(value, list | tuple):
            self.count(node, len(value))
            values.extend(value)
        else:
            values.append(value)

    # The code's own functions and classes

    def _call_own(self, name: str, arguments: Iterable[Any], options: Scope, scope: Scope) -> Any:
        self._was_called.add(name)
        self._depth += 1
        try:
            if self._depth > _MOST_CALLS:
                raise CodeError("This code calls its own functions in too many layers. Write the network in one.")
            if name in self._classes:
                return self._build(self._classes[name], arguments, options, scope)
            return self._enter(self._functions[name], arguments, options, dict(scope))
        finally:
            self._depth -= 1

    def _enter(self, function: ast.FunctionDef, arguments: Iterable[Any], options: Scope, scope: Scope) -> Any:
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        defaults = [self.evaluate(default, scope) for default in function.args.defaults]
        scope |= {name: Unknown(name, function.lineno) for name in names}
        scope |= dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
        named = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        scope |= {argument.arg: self.evaluate(default, scope) for argument, default in named}
        scope |= dict(zip(names, arguments, strict=False)) | options
        found = self.follow(function.body, scope)
        return found.value if found else None

    def _build(self, made: ast.ClassDef, arguments: Iterable[Any], options: Scope, scope: Scope) -> Any:
        methods = {node.name: node for node in made.body if isinstance(node, ast.FunctionDef)}
        if self.forward not in methods:
            return Unknown(made.name, made.lineno)
        own = Instance()
        if "__init__" in methods:
            self._enter(methods["__init__"], (own, *arguments), options, dict(scope))
        answer = self._enter(methods[self.forward], (own, Tensor()), {}, dict(scope))
        if not isinstance(answer, Tensor):
            raise CodeError(
                "Line {line}: `{method}` of {name} does not return what has been through its layers.",
                methods[self.forward].lineno,
                method=self.forward,
                name=made.name,
            )
        network = Network(list(answer.calls), made.lineno)
        self.networks.append(network)
        return network
