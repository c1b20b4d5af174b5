"""The whole page: layout, theme and how it is served."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..dataset import ASSETS_DIR, Samples
from .endpoints import add_endpoints
from .reader import Reader
from .sketchpad import build_sketchpad
from .texts import load_texts

# Uploaded files are looked for every hour and deleted when they are an hour old.
_UPLOADS = (3600, 3600)
# Fonts that are on every machine: nothing is fetched from elsewhere, and the first paint does not wait.
_FONTS = ["ui-sans-serif", "system-ui", "sans-serif"]


def build_page(reader: Reader, samples: Samples) -> gr.Blocks:
    """Builds the page; `reader` answers for it, and `samples` are shown beside the pad."""
    with gr.Blocks(
        title=load_texts()["title"], analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS
    ) as page:
        build_sketchpad(reader, samples)
        add_endpoints(reader)
    return page


def launch_options() -> dict[str, Any]:
    """What `Blocks.launch` needs for this page to look and behave as meant."""
    return {
        "theme": gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        "css_paths": [ASSETS_DIR / "style.css"],
        "favicon_path": ASSETS_DIR / "favicon.svg",
        "footer_links": ["api", "gradio"],
        "run_history": False,
        # A visitor's session holds nothing of value and costs about half a megabyte.
        "state_session_capacity": 100,
        "max_file_size": "20mb",
        "ssr_mode": False,
        "show_error": True,
    }
