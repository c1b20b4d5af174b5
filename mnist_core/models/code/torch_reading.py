"""PyTorch code -> the calls of its layers: `nn.Module` with `__init__` and `forward`, and `nn.Sequential`."""

from __future__ import annotations

import ast
from typing import Any

from ...errors import CodeError
from .interpreter import Instance, Interpreter, LayerCall, Network, Scope, Tensor
from .syntax import Unknown, name_call

# What gives the same network, wherever it runs.
_SAME = ("to", "cuda", "cpu", "train", "eval", "double", "float", "contiguous", "clone", "compile")
# What asks something of a tensor.
_ASKED = ("size", "dim", "numel", "item", "data_ptr", "detach", "print")


class TorchReader(Interpreter):
    """See `Interpreter`."""

    forward = "forward"

    def call(self, node: ast.Call, scope: Scope) -> Any:
        """See `Interpreter`."""
        name = name_call(node.func)
        name = self._aliases.get(name, name)
        arguments, options = self.read_arguments(node, scope)
        layer = self._find_called(node, scope)
        if isinstance(layer, LayerCall | Network):
            return self._apply(layer, arguments, node)
        if isinstance(node.func, ast.Attribute):
            owner = self.evaluate(node.func.value, scope)
            if isinstance(owner, Network | LayerCall) and name in _SAME:
                return owner
            if isinstance(owner, Network) and name in ("append", "add_module") and arguments:
                owner.calls += self._list_calls(arguments[-1], node.lineno)
                return owner
            if isinstance(owner, Tensor):
                return self._follow_method(owner, LayerCall(name, arguments, options, node.lineno))
            if isinstance(owner, Instance) and arguments and isinstance(arguments[0], Tensor):
                raise CodeError("Line {line}: `self.{name}` is no layer that is known here.", node.lineno, name=name)
        if name in ("Sequential", "ModuleList"):
            return self._stack(arguments, node.lineno, is_network=name == "Sequential")
        if name == "compile" and arguments:
            return arguments[0]
        if arguments and isinstance(arguments[0], Tensor):  # a function, such as F.relu(x)
            return Tensor((*arguments[0].calls, LayerCall(name, arguments[1:], options, node.lineno)))
        return LayerCall(name, arguments, options, node.lineno)

    def _find_called(self, node: ast.Call, scope: Scope) -> Any:
        """Returns the layer that is called, as in `self.conv1(x)` or `nn.ReLU()(x)`."""
        if isinstance(node.func, ast.Attribute) and not isinstance(self.evaluate(node.func.value, scope), Instance):
            return None
        return self.evaluate(node.func, scope)

    def _apply(self, layer: LayerCall | Network, arguments: tuple[Any, ...], node: ast.Call) -> Any:
        if not arguments or not isinstance(arguments[0], Tensor):
            return Unknown("", node.lineno)
        more = layer.calls if isinstance(layer, Network) else [layer]
        self.count(node, len(arguments[0].calls) + len(more))
        return Tensor((*arguments[0].calls, *more))

    def _follow_method(self, owner: Tensor, called: LayerCall) -> Any:
        if called.name in _SAME:
            return owner
        if called.name in _ASKED:
            return Unknown(called.name, called.line)
        return Tensor((*owner.calls, called))

    def _stack(self, values: tuple[Any, ...], line: int, is_network: bool) -> Any:
        if len(values) == 1 and isinstance(values[0], list | tuple):
            values = tuple(values[0])
        if not is_network:
            return list(values)
        network = Network([], line)
        for value in values:
            more = self._list_calls(value, line)
            self.count(LayerCall("Sequential", (), {}, line), len(more))
            network.calls += more
        self.networks.append(network)
        return network

    def _list_calls(self, value: Any, line: int) -> list[LayerCall]:
        if isinstance(value, Network):
            return value.calls
        if isinstance(value, LayerCall) and value.name == "OrderedDict":
            pairs = value.arguments[0] if value.arguments else ()
            return [call for pair in pairs for call in self._list_calls(pair[-1], line)]
        if isinstance(value, LayerCall):
            return [value]
        raise CodeError(
            "Line {line}: {name} is no layer that is known here.", line, name=getattr(value, "name", None) or "this"
        )
