"""Keras code -> the calls of its layers: Sequential, `add`, functional models, and models that are classes."""

from __future__ import annotations

import ast
from typing import Any

from ...errors import CodeError
from .interpreter import Interpreter, LayerCall, Network, Scope, Tensor
from .syntax import Unknown, name_call


class KerasReader(Interpreter):
    """See `Interpreter`."""

    forward = "call"

    def call(self, node: ast.Call, scope: Scope) -> Any:
        """See `Interpreter`."""
        name = name_call(node.func)
        name = self._aliases.get(name, name)
        arguments, options = self.read_arguments(node, scope)
        if any(keyword.arg is None for keyword in node.keywords):
            options["**"] = Unknown("**", node.lineno)
        called = LayerCall(name, arguments, options, node.lineno)
        if isinstance(node.func, ast.Attribute):
            owner = self.evaluate(node.func.value, scope)
            if isinstance(owner, Network):
                return self._ask(owner, called)
        layer = self.evaluate(node.func, scope) if not isinstance(node.func, ast.Name) else scope.get(node.func.id)
        if isinstance(layer, LayerCall | Network):
            return self._apply(layer, called)
        if name == "Sequential":
            return self._stack(called)
        if name == "Model" and (arguments or options):
            return self._close(called)
        if name == "Input":
            return Tensor((LayerCall("Input", arguments, options, node.lineno),))
        if arguments and isinstance(arguments[0], Tensor):  # a function, such as keras.activations.relu(x)
            return Tensor((*arguments[0].calls, LayerCall(name, arguments[1:], options, node.lineno)))
        return called

    def _ask(self, network: Network, called: LayerCall) -> Any:
        if called.name == "add":
            network.calls += [
                self._read_layer(value, called.line) for value in (*called.arguments, *called.options.values())
            ]
        elif called.name == "pop" and network.calls:
            network.calls.pop()
        return Unknown(called.name, called.line)

    def _apply(self, layer: LayerCall | Network, called: LayerCall) -> Any:
        """Returns what a layer, or a whole network, makes of what it is called with."""
        received = next(iter((*called.arguments, *called.options.values())), None)
        if isinstance(received, list | tuple) and any(isinstance(value, Tensor) for value in received):
            raise CodeError(
                "Line {line}: {name} joins several paths. Here a network is one layer after the other.",
                called.line,
                name=layer.name if isinstance(layer, LayerCall) else "this",
            )
        if not isinstance(received, Tensor):
            return Unknown(called.name, called.line)
        more = layer.calls if isinstance(layer, Network) else [layer]
        self.count(called, len(received.calls) + len(more))
        return Tensor((*received.calls, *more))

    def _stack(self, called: LayerCall) -> Network:
        values = called.arguments[0] if called.arguments else called.options.get("layers", [])
        if not isinstance(values, list | tuple):
            raise CodeError("Line {line}: Sequential is given no list of layers.", called.line)
        network = Network([], called.line)
        for value in values:
            more = value.calls if isinstance(value, Network) else [self._read_layer(value, called.line)]
            self.count(called, len(more))
            network.calls += more
        self.networks.append(network)
        return network

    def _close(self, called: LayerCall) -> Network | Unknown:
        answer = called.options.get("outputs", called.arguments[1] if len(called.arguments) > 1 else None)
        if isinstance(answer, list | tuple) and len(answer) == 1:
            answer = answer[0]
        if not isinstance(answer, Tensor):
            raise CodeError(
                "Line {line}: what this model gives is not the output of a layer that is known here.", called.line
            )
        network = Network(list(answer.calls), called.line)
        self.networks.append(network)
        return network

    def _read_layer(self, value: Any, line: int) -> LayerCall:
        if isinstance(value, Tensor) and value.calls:
            return value.calls[-1]
        if isinstance(value, LayerCall):
            return value
        raise CodeError(
            "Line {line}: {name} is no layer that is known here.", line, name=getattr(value, "name", None) or "this"
        )
