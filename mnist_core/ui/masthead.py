"""The line above every tab: the name, the tabs, light or dark; and the guided tour below it."""

from __future__ import annotations

import gradio as gr

from ..paths import ASSETS_DIR
from .texts import select_texts
from .wire import join_scripts


def build_masthead() -> gr.HTML:
    """Adds the masthead to the Blocks that are being built."""
    template = (ASSETS_DIR / "masthead.html").read_text(encoding="utf-8")
    script = join_scripts(*(ASSETS_DIR / name for name in ("common.js", "masthead.js", "tour.js")))
    return gr.HTML(
        html_template=template,
        js_on_load=script,
        apply_default_css=False,
        texts=select_texts(template + script),
        elem_id="masthead",
    )
