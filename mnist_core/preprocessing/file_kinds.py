"""What a file is, by its first bytes: a photo of a phone, or something that is no picture, and the way out of that.

What is named here is only told apart, never opened.
"""

from __future__ import annotations

from ..errors import PictureError

HEAD_BYTES = 4096

_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")
# First bytes that only these begin with.
_PRINTED = {
    b"%PDF": "PDF",
    b"8BPS": "Photoshop",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
}
_FILMS = (b"\x1aE\xdf\xa3", b"\0\0\1\xba", b"\0\0\1\xb3", b"FLV\1", b"OggS")
_ARCHIVES = (b"PK\3\4", b"PK\5\6", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")


def is_heic(head: bytes) -> bool:
    """Returns whether a file that begins so is a HEIC or HEIF picture, as phones take them."""
    brands = _read_brands(head)
    return any(brand in _HEIC_BRANDS for brand in brands) and not any(brand in _AVIF_BRANDS for brand in brands)


def refuse_other_kinds(head: bytes) -> None:
    """Refuses a file that is known to be no picture.

    Args:
        head: Its first bytes, `HEAD_BYTES` or all of them.

    Raises:
        PictureError: It is none; the message says what it is, and how its digit can be read nevertheless.
    """
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text and text.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")):
        raise _screenshot("SVG")
    for beginning, kind in _PRINTED.items():
        if head.startswith(beginning):
            raise _screenshot(kind)
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise PictureError(
            "This is not a picture but a web page. Save the picture on it as a file, or copy it and paste it here."
        )
    brands = _read_brands(head)
    is_film = brands and not any(brand in (*_HEIC_BRANDS, *_AVIF_BRANDS) for brand in brands)
    if is_film or head.startswith(_FILMS) or (head.startswith(b"RIFF") and head[8:12] == b"AVI "):
        raise PictureError(
            "This is not a picture but a film. Stop it where the digit is seen, take a screenshot and open that."
        )
    if head.startswith(_ARCHIVES):
        raise PictureError(
            "This is not a picture but an archive or an office document. Save the picture in it as a file of its own, "
            "or take a screenshot of the digit, and open that."
        )


def _screenshot(kind: str) -> PictureError:
    return PictureError(
        "This is not a picture but a file of the kind {kind}. Take a screenshot of the digit and open that.", kind=kind
    )


def _read_brands(head: bytes) -> list[bytes]:
    """Returns the brands in the first box of an ISO base media file, which films, HEIC and AVIF are; else none."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[start : start + 4] for start in range(16, end, 4))]
