"""What a body may hold, looked at before anything parses it, and what is put in its place.

Parsing is what hurts: nine megabytes of empty lists keep Gradio busy for seconds. So brackets and commas are counted in
the bytes, without parsing, and more of them than any drawing needs are refused.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..errors import RefusedError
from ..preprocessing.ink import MAX_POINTS

_DEEPEST = 32
# Every point of ink is a list, and so is every stroke. Two commas stand in each point and one behind it.
_MOST_LISTS = 2 * MAX_POINTS + 1_000
_MOST_COMMAS = 4 * MAX_POINTS + 10_000
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b'[]{}"'))
_AS_LISTS = bytes.maketrans(b"{}", b"[]")
_STRING = re.compile(rb'"[^"]*"')
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_SESSION = re.compile(rb'"session_hash"\s*:\s*"[^"\\]*"')
_ONE_FOR_ALL = b'"session_hash":"page"'
# How programs know the folder of uploads.
_UPLOADS = "uploads"


def check_text(body: bytes) -> None:
    """Makes sure that a body is text that can be parsed in little time.

    Raises:
        RefusedError: It is not UTF-8, or holds half a surrogate pair, too many lists or too deep ones.
    """
    if not body.isascii() or b"\0" in body:
        _check_unicode(body)
    if body.count(b"[") + body.count(b"{") > _MOST_LISTS or body.count(b",") > _MOST_COMMAS:
        raise RefusedError(
            413,
            "The body holds too many lists or values. Expected at most {max_points:,} points of ink.",
            max_points=MAX_POINTS,
        )
    if _SURROGATE.search(body):
        _check_surrogates(body)
    _check_depth(body)


def share_session(body: bytes) -> bytes:
    """Returns the body of a call of the page, in the one session that all pages share.

    Gradio keeps half a megabyte for each name of a session and takes up to 50 ms to begin it; the pages keep nothing
    there.
    """
    if b"\\u" not in body and body.count(b'"session_hash"') == 1:
        shared, num_found = _SESSION.subn(_ONE_FOR_ALL, body)
        if num_found:
            return shared
    # The name may be written in more than one way, or twice.
    try:
        message = json.loads(body)
    except ValueError:
        return body
    if not isinstance(message, dict) or "session_hash" not in message:
        return body
    return json.dumps({**message, "session_hash": "page"}).encode()


def hide_uploads(answer: bytes, folder: Path) -> bytes:
    """Returns an answer that lists uploaded files, without the folder where they lie."""
    return answer.replace(_inside(str(folder)), _inside(_UPLOADS))


def find_uploads(body: bytes, folder: Path) -> bytes:
    """Returns a body with the names that `hide_uploads` gave turned back into places."""
    return body.replace(_inside(_UPLOADS), _inside(str(folder)))


def _inside(folder: str) -> bytes:
    """Returns how JSON text begins that names a file in a folder."""
    separator = "\\" if "\\" in folder else "/"
    return json.dumps(folder + separator, ensure_ascii=False)[:-1].encode()


def _check_unicode(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError:
        raise RefusedError(400, "The body is not UTF-8 text. Expected JSON.") from None
    if b"\0" in body:  # as in UTF-16, which JSON parsers read, too
        raise RefusedError(400, "The body holds a zero byte. Expected JSON in UTF-8.")


def _check_surrogates(body: bytes) -> None:
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise RefusedError(
            400, "A text in the body holds half a character (a lone surrogate). Send whole characters."
        ) from None
    except (ValueError, RecursionError):
        pass  # no JSON at all: whoever reads it says so


def _check_depth(body: bytes) -> None:
    """Refuses lists and objects that lie too deep, or are not closed; each round takes the innermost away."""
    left = body.replace(rb"\\", b"").replace(rb"\"", b"").translate(_AS_LISTS, _ALL_BUT_BRACKETS)
    left = _STRING.sub(b"", left)
    for _ in range(_DEEPEST):
        if not left:
            return
        left = left.replace(b"[]", b"")
    if left:
        raise RefusedError(
            400,
            "The lists in the body are not closed, or are nested more than {deepest} levels deep.",
            deepest=_DEEPEST,
        )
