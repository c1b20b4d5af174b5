"""The form that a visitor fills in where everybody must log in. It is shown by the gate, before Gradio."""

from __future__ import annotations

import html

from ..paths import ASSETS_DIR
from .texts import load_texts

_TEXTS = ("title", "login_name", "login_password", "login")


def render_login() -> str:
    """The form as HTML, with its texts, and with `{root}` and `{problem}` left to be filled in by the gate."""
    page, texts = (ASSETS_DIR / "login/main.html").read_text(encoding="utf-8"), load_texts()
    for key in _TEXTS:
        page = page.replace(f"{{{key}}}", html.escape(texts[key]))
    return page
