"""Picture files -> decoded pictures of a working size, upright.

Nothing here looks for a digit: that is `picture`.
"""

from __future__ import annotations

import io
import threading
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ..errors import PictureError

MAX_PIXELS = 32_000_000
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")

_WORKING_SIZE = 512
# A large picture takes some 200 MB while it is decoded: one at a time, and nobody waits for long.
_decoding = threading.Lock()
_PATIENCE = 5


def open_picture(source: bytes | Path) -> Image.Image:
    """Decodes a picture from outside.

    Args:
        source: The bytes of a picture file, or its path. PNG, JPEG, GIF, BMP, WebP, TIFF and PPM are read, of an
            animation the first frame.

    Returns:
        A decoded picture whose longer side is at most 512 pixels, turned upright.

    Raises:
        PictureError: The source is not a picture, is damaged, or has more than 32 million pixels.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    if not _decoding.acquire(timeout=_PATIENCE):
        raise PictureError("Many pictures are being read at the moment. Try again soon.")
    try:
        with Image.open(stream, formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise _too_large(f"{width} x {height}")
            opened.draft("RGB", (_WORKING_SIZE, _WORKING_SIZE))
            opened.load()
            return standardise(ImageOps.exif_transpose(shrink(opened)))
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large("over 100 million pixels") from error
    except UnidentifiedImageError as error:
        raise PictureError(
            "This file is not a picture that can be read. Expected {formats}.", formats=", ".join(FORMATS)
        ) from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        if isinstance(error, OSError) and error.strerror:  # the system's word, whose whole message names the file
            raise PictureError("This picture cannot be read: {strerror}.", strerror=error.strerror) from error
        raise PictureError("This picture is damaged and cannot be read: {error}.", error=error) from error
    finally:
        _decoding.release()


def standardise(picture: Image.Image) -> Image.Image:
    """Converts to one of the modes L, RGB, RGBA and F (brightness in [0, 1]), whatever the picture came in."""
    if picture.mode.startswith(("I", "F")):
        return _from_numbers(np.asarray(picture, np.float32))
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    try:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except ValueError as error:
        raise PictureError(
            "Pictures in colour mode {mode} cannot be read. Save it as PNG.", mode=picture.mode
        ) from error


def _from_numbers(values: np.ndarray) -> Image.Image:
    """Returns the brightness of 16-bit, 32-bit or floating numbers; the top of the smallest usual range is white."""
    if not np.isfinite(values).all():
        raise PictureError("This picture holds values that are not finite numbers.")
    values = values - min(values.min(), 0)
    white = next((top for top in (1, 255, 65535) if values.max() <= top), values.max())
    return Image.fromarray((values / white).astype(np.float32))


def shrink(picture: Image.Image) -> Image.Image:
    """Averages blocks of pixels until the longer side is at most 512."""
    factor = -(-max(picture.size) // _WORKING_SIZE)
    if factor == 1:
        return picture
    if picture.mode in ("1", "P", "PA"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    elif picture.mode.startswith("I;16"):
        picture = picture.convert("I")
    return picture.reduce(factor)


def _too_large(size: str) -> PictureError:
    return PictureError(
        "This picture is too large: {size}. At most {most} million pixels are read.",
        size=size,
        most=MAX_PIXELS // 1_000_000,
    )
