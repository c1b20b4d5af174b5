"""A text -> a QR code, as a picture for a page or as letters for a terminal."""

from __future__ import annotations

import functools
import io

import segno


@functools.lru_cache(maxsize=64)
def render_svg(text: str) -> str:
    """Returns a QR code as the text of an SVG picture with a viewBox: black on white, with the margin that it needs."""
    stream = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(stream, kind="svg", xmldecl=False, nl=False, border=4, light="#fff", dark="#000", omitsize=True)
    return stream.getvalue().decode()


def render_letters(text: str) -> str:
    """Returns a QR code as lines of block letters, two rows of it in one, for a terminal with light letters."""
    stream = io.StringIO()
    segno.make_qr(text, error="l").terminal(stream, border=2, compact=True)
    return stream.getvalue().rstrip("\n")
