"""A LiteRT file taken apart and put together again, in memory. TensorFlow is not needed; nothing is run here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def unpack(content: bytes) -> Any:
    """Returns the file as objects that may be changed, a `ModelT` of LiteRT's schema.

    Raises:
        ValueError: It is no LiteRT file, or one with several graphs or signatures.
    """
    from ai_edge_litert import schema_py_generated as schema

    try:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        (_,), (_,) = model.subgraphs, model.signatureDefs
    except Exception as error:  # damaged bytes raise almost anything
        raise ValueError(f"it is not a LiteRT file ({error})") from error
    return model


def pack(model: Any) -> bytes:
    """Returns the file that these objects are."""
    import flatbuffers

    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def list_operators(model: Any) -> list[tuple[str, Any]]:
    """Lists the operations in the order in which they run, each with its name in LiteRT's schema, such as "CONV_2D"."""
    from ai_edge_litert import schema_py_generated as schema

    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    codes = [names.get(code.builtinCode, "CUSTOM") for code in model.operatorCodes]
    return [(codes[operator.opcodeIndex], operator) for operator in model.subgraphs[0].operators]


def expose(model: Any, tensors: Mapping[str, int]) -> None:
    """Makes tensors the outputs of the file, by these names, in place of those that it had."""
    from ai_edge_litert import schema_py_generated as schema

    entries = []
    for name, index in tensors.items():
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = name.encode(), index
        entries.append(entry)
    model.subgraphs[0].outputs = list(tensors.values())
    model.signatureDefs[0].outputs = entries


def read_constant(model: Any, index: int) -> np.ndarray:
    """Returns the float32 numbers of a constant tensor, in its shape.

    Raises:
        ValueError: The tensor holds something else.
    """
    tensor = model.subgraphs[0].tensors[index]
    data, shape = model.buffers[tensor.buffer].data, tuple(int(side) for side in tensor.shape)
    if data is None or len(data) != 4 * int(np.prod(shape)):
        raise ValueError(f"tensor {index} does not hold float32 numbers of shape {shape}")
    return np.asarray(data, np.uint8).view(np.float32).reshape(shape)


def write_constant(model: Any, index: int, values: np.ndarray) -> None:
    """Gives a constant tensor other numbers, float32 of the shape that it has."""
    tensor = model.subgraphs[0].tensors[index]
    model.buffers[tensor.buffer].data = np.ascontiguousarray(values, np.float32).reshape(-1).view(np.uint8)
