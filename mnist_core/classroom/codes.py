"""Codes that people read from a wall and type, and tokens that only devices and links carry."""

from __future__ import annotations

import re
import secrets
from typing import Any, TypeGuard

# No vowels, so that no words appear, and of letters that are easily taken for one another only one.
LETTERS = "BCDFHJKLMNPRTVWXZ"
# 410 million codes: with the limit on guesses, nobody finds one of ten rooms within a lesson.
CODE_LENGTH = 7
# Opens the teacher's controls, once and for some minutes only.
PHONE_CODE_LENGTH = 9

_TOKEN_BYTES = 18
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


def make_code(length: int = CODE_LENGTH) -> str:
    """Returns a code that nobody can foresee."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def read_code(text: Any) -> str:
    """Returns a code as it was made, however it was typed: in small letters, in groups; empty for what is none."""
    return re.sub(r"[\s.\-]", "", text[:100]).upper() if isinstance(text, str) else ""


def make_token() -> str:
    """Returns a token that nobody can foresee."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(value: Any) -> TypeGuard[str]:
    """Returns whether it has the form of a token; devices make their own, so that a join can be repeated."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None
