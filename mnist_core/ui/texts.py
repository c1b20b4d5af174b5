"""What a visitor reads, from `assets/locales`, so that a translation is one file."""

from __future__ import annotations

import json

from ..dataset import ASSETS_DIR

LOCALES_DIR = ASSETS_DIR / "locales"


def load_texts(language: str = "en") -> dict[str, str]:
    """All texts of the page in one language, by key; `{name}` marks what the page fills in."""
    return json.loads((LOCALES_DIR / f"{language}.json").read_text(encoding="utf-8"))
