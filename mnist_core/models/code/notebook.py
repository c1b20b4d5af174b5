"""A recipe -> a notebook, as JSON of nbformat 4, that trains its network with Keras alone and reads images with it."""

from __future__ import annotations

import json
from typing import Any

from ..recipes import Recipe
from .keras_writing import list_left_out, write_sections


def write_notebook(recipe: Recipe) -> str:
    """Returns the text of an .ipynb file.

    Raises:
        ArchitectureError: The network is impossible.
    """
    head = f"# {recipe.name}\n\nA network that reads digits, trained on MNIST with Keras alone."
    left_out = list_left_out(recipe)
    if left_out:
        head += "\n\nLeft out, because Keras has no means for it:\n\n" + "\n".join(f"- {text}" for text in left_out)
    cells = [_make_cell("markdown", head, 0)]
    for section in write_sections(recipe):
        cells.append(_make_cell("markdown", f"## {section.title}", len(cells)))
        cells.append(_make_cell("code", section.code.strip(), len(cells)))
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _make_cell(kind: str, text: str, number: int) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
