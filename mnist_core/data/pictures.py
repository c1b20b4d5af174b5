"""Picture files of digits, as somebody names them: files, and folders of them. Nothing is opened here."""

from __future__ import annotations

from pathlib import Path

from ..errors import DataError

_NAMES = "png jpg jpeg gif bmp webp tif tiff ppm pgm pbm pnm heic heif avif"
SUFFIXES = frozenset(f".{name}" for name in _NAMES.split())


def list_pictures(place: Path) -> list[Path]:
    """Lists the picture at a place, whatever its name; or a folder's visible files with a picture's suffix, by name.

    Raises:
        DataError: There is nothing at this place, it cannot be read, or it is a folder without pictures.
    """
    try:
        if not place.is_dir():
            if not place.is_file():
                raise DataError("There is no such file or folder.", place)
            return [place]
        pictures = [
            path
            for path in sorted(place.iterdir())
            if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
        ]
    except OSError as error:
        raise DataError("This file or folder cannot be read: {strerror}.", place, strerror=error.strerror) from error
    if not pictures:
        raise DataError("There are no pictures in this folder. Expected files ending in .png, .jpg or the like.", place)
    return pictures
