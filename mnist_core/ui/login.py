"""The form that a visitor fills in where everybody must log in. It is shown by the gate, before Gradio."""

from __future__ import annotations

import html
import re

from .part import read_html
from .texts import load_texts


def render_login() -> str:
    """Returns the form as HTML, with its texts, and with `{root}` and `{problem}` left to be filled in by the gate."""
    texts = load_texts()
    page = re.sub(
        r'data-text="(\w+)">', lambda found: f"{found[0]}{html.escape(texts[found[1]])}", read_html("login/main")
    )
    return page.replace('<p role="alert">', '<p role="alert">{problem}')
