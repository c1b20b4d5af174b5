"""What stands below every tab: what MNIST is, credits, and the ways to documents and API."""

from __future__ import annotations

import gradio as gr

from .part import add_part


def build_footer() -> gr.HTML:
    """Adds the footer to the Blocks that are being built."""
    return add_part("footer", "footer")
