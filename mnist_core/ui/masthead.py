"""The line above every tab: the name, the tabs, light or dark; and the guided tour below it."""

from __future__ import annotations

import gradio as gr

from .part import add_part


def build_masthead() -> gr.HTML:
    """Adds the masthead to the Blocks that are being built."""
    return add_part("masthead", "masthead")
