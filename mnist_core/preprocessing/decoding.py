"""Picture files -> decoded pictures of a working size, upright.

Nothing here looks for a digit: that is `picture`.
"""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ..errors import PictureError
from .file_kinds import HEAD_BYTES, is_heic, refuse_other_kinds

MAX_PIXELS = 32_000_000
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")

_WORKING_SIZE = 512
# A large picture takes some 200 MB while it is decoded: one at a time, and nobody waits for long.
_decoding = threading.Lock()
_PATIENCE = 5
# Other files of several pictures hold pages, or what a phone adds to a photo: of those the first counts.
_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
_ANIMATION_SECONDS = 0.4
# Each scan of a JPEG takes time for all its pixels, and hundreds of them fit into a few kilobytes. Usual are up to ten.
_JPEG, _SCAN, _MOST_SCANS = b"\xff\xd8", b"\xff\xda", 40


def open_picture(source: bytes | Path, longest: int = _WORKING_SIZE) -> Image.Image:
    """Decodes a picture from outside.

    Args:
        source: The bytes of a picture file, or its path. PNG, JPEG, GIF, BMP, WebP, TIFF, PPM, AVIF and HEIC are read;
            of an animation the frame with most ink among those that can be decoded within 0.4 seconds.
        longest: The most pixels of the longer side.

    Returns:
        A decoded picture, turned upright.

    Raises:
        PictureError: The source is not a picture, is damaged, or has more than 32 million pixels.
    """
    if not _decoding.acquire(timeout=_PATIENCE):
        raise PictureError("Many pictures are being read at the moment. Try again soon.")
    try:
        return _decode(source if isinstance(source, bytes) else source.read_bytes(), longest)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large("over 100 million pixels") from error
    except UnidentifiedImageError as error:
        raise PictureError(
            "This file is not a picture that can be read. Expected {formats}. A screenshot of the digit is one.",
            formats=", ".join((*FORMATS, "HEIC")),
        ) from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, RuntimeError) as error:
        if isinstance(error, OSError) and error.strerror:  # the system's word, whose whole message names the file
            raise PictureError("This picture cannot be read: {strerror}.", strerror=error.strerror) from error
        raise PictureError("This picture is damaged and cannot be read: {error}.", error=error) from error
    finally:
        _decoding.release()


def measure_side(path: Path) -> int:
    """Returns the longer side of a picture that `open_picture` opens, in its own pixels."""
    content = path.read_bytes()
    formats = _heic_formats() if is_heic(content[:HEAD_BYTES]) else FORMATS
    with Image.open(io.BytesIO(content), formats=formats) as opened:
        return max(opened.size)


def _decode(content: bytes, longest: int) -> Image.Image:
    head = content[:HEAD_BYTES]
    refuse_other_kinds(head)
    formats = _heic_formats() if is_heic(head) else FORMATS
    with Image.open(io.BytesIO(content), formats=formats) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise _too_large(f"{width} x {height}")
        if head.startswith(_JPEG) and content.count(_SCAN) > _MOST_SCANS:
            raise PictureError("This JPEG file has too many scans to be read. Save it as PNG, or take a screenshot.")
        opened.draft("RGB", (longest, longest))
        if opened.format in _ANIMATED and getattr(opened, "is_animated", False):
            return _find_fullest(opened)
        opened.load()
        return standardise(ImageOps.exif_transpose(shrink(opened, longest)))


def _heic_formats() -> tuple[str]:
    """Teaches Pillow to open HEIC, which takes a tenth of a second the first time."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    return ("HEIF",)


def _find_fullest(opened: Image.Image) -> Image.Image:
    """Returns the frame with most ink: of a digit that is being written that is the whole one."""
    end = time.monotonic() + _ANIMATION_SECONDS
    best = standardise(ImageOps.exif_transpose(shrink(opened.copy())))
    most_ink = _measure_ink(best)
    while time.monotonic() < end:
        try:
            opened.seek(opened.tell() + 1)
        except EOFError:
            break
        frame = standardise(ImageOps.exif_transpose(shrink(opened.copy())))
        ink = _measure_ink(frame)
        if ink > most_ink:
            best, most_ink = frame, ink
    return best


def _measure_ink(picture: Image.Image) -> float:
    """Returns how much of a picture differs from what most of it is, in brightness or opacity."""
    small = picture.convert("LA")
    small.thumbnail((128, 128))
    layers = np.asarray(small, np.float32)
    brightness, alpha = layers[..., 0] * layers[..., 1] / 255, layers[..., 1]
    return float(sum(np.abs(layer - np.median(layer)).mean() for layer in (brightness, alpha)))


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


def shrink(picture: Image.Image, longest: int = _WORKING_SIZE) -> Image.Image:
    """Averages blocks of pixels until the longer side has at most so many."""
    factor = -(-max(picture.size) // longest)
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
