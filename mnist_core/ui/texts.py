"""What a visitor reads, from `assets/locales`, so that a translation is one folder."""

from __future__ import annotations

import json

from ..paths import ASSETS_DIR

LOCALES_DIR = ASSETS_DIR / "locales"


def load_texts(language: str = "en") -> dict[str, str]:
    """Returns all texts of the page in one language, by key; `{name}` marks what is filled in."""
    texts: dict[str, str] = {}
    for path in sorted((LOCALES_DIR / language).glob("*.json")):
        texts |= json.loads(path.read_text(encoding="utf-8"))
    return texts
