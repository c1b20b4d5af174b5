"""Which servers live that keep things in the same folder: each holds a lock, which the system takes from who ends."""

from __future__ import annotations

import contextlib
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_ENDING = ".lock"


class Presence:
    """Tells others that this server lives, as long as it does.

    Args:
        folder: Of the locks; shared by the servers.

    Raises:
        OSError: The folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.name = secrets.token_hex(6)
        self._file = (folder / f"{self.name}{_ENDING}").open("xb")
        _lock(self._file)

    def is_alive(self, name: str) -> bool:
        """Returns whether the server of that name lives; the lock of one that does not is deleted."""
        if name == self.name:
            return True
        path = self._folder / f"{name}{_ENDING}"
        try:
            with path.open("rb+") as file:
                if not _lock(file):
                    return True
        except OSError:
            return False
        path.unlink(missing_ok=True)
        return False

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this server alone is in such a block; it does not wait for others."""
        with (self._folder / f"alone{_ENDING}").open("ab") as file:
            yield _lock(file)

    def end(self) -> None:
        """Says that this server has ended."""
        self._file.close()
        (self._folder / f"{self.name}{_ENDING}").unlink(missing_ok=True)


def _lock(file: BinaryIO) -> bool:
    """Returns whether the file could be locked; the lock goes when the file is closed."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
