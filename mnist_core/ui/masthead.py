"""The line above every tab: the name, the tabs, light or dark."""

from __future__ import annotations

import gradio as gr

from ..dataset import ASSETS_DIR
from .texts import load_texts
from .wire import join_scripts


def build_masthead() -> gr.HTML:
    """Adds the masthead to the Blocks that are being built."""
    return gr.HTML(
        html_template=(ASSETS_DIR / "masthead.html").read_text(encoding="utf-8"),
        js_on_load=join_scripts(ASSETS_DIR / "common.js", ASSETS_DIR / "masthead.js"),
        apply_default_css=False,
        texts=load_texts(),
        elem_id="masthead",
    )
