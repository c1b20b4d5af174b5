"""What a visitor reads, from `assets/locales`, so that a translation is one file."""

from __future__ import annotations

import json
import re

from ..paths import ASSETS_DIR

LOCALES_DIR = ASSETS_DIR / "locales"


def load_texts(language: str = "en") -> dict[str, str]:
    """All texts of the page in one language, by key; `{name}` marks what the page fills in."""
    return json.loads((LOCALES_DIR / f"{language}.json").read_text(encoding="utf-8"))


def select_texts(code: str) -> dict[str, str]:
    """The texts that HTML and scripts name, as "key" or, completed while they run, as `begin_${...}`."""
    names = set(re.findall(r"\w+", code))
    begins = tuple(set(re.findall(r"`(\w+_)\$\{", code)))
    return {key: text for key, text in load_texts().items() if key in names or key.startswith(begins)}
