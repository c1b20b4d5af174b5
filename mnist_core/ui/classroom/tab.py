"""The class tab: a `gr.HTML` component with its own scripts, which build all that it shows."""

from __future__ import annotations

import gradio as gr

from ..part import add_part


def build_classroom() -> gr.HTML:
    """Adds the class tab to the Blocks that are being built; its scripts ask by the route of `calls`."""
    return add_part("classroom", "class")
