"""Where things are: the files that come with the project, and the folder where it keeps what it makes."""

from __future__ import annotations

import atexit
import os
import re
import tempfile
from pathlib import Path

_PACKAGE_DIR = Path(__file__).resolve().parent
# Where Python finds this package: the project's own folder, or that of the installed packages.
PROGRAM_DIR = _PACKAGE_DIR.parent
# A wheel brings the assets inside the package.
IS_CHECKOUT = not (_PACKAGE_DIR / "assets").is_dir()
ASSETS_DIR = (PROGRAM_DIR if IS_CHECKOUT else _PACKAGE_DIR) / "assets"
SHIPPED_DIR = ASSETS_DIR / "models"
# A training run that comes with the project, for where none can be begun.
RECORDED_DIR = ASSETS_DIR / "runs"
# What was measured of the shipped models, for documents and page.
EVIDENCE_PATH = ASSETS_DIR / "figures/evidence.json"
INSIDE_FIGURES_PATH = ASSETS_DIR / "figures/inside.json"

# The folders before the last part of an absolute path, of Unix or of Windows, where it begins a word of a message.
_FOLDERS = re.compile(r"""(?<![\w.:~/\\])([A-Za-z]:)?[/\\]+([^\s'"<>|:;,()/\\]+[/\\]+)*(?=[\w.])""")


def default_cache_dir() -> Path:
    """Returns the folder for downloads and trained models: `MNIST_CACHE_DIR`, else the user's cache folder."""
    explicit = os.environ.get("MNIST_CACHE_DIR")
    if explicit:
        return Path(explicit).expanduser()
    return _user_cache_dir()


def mnist_address(usual: str) -> str:
    """Returns where MNIST is downloaded from: `MNIST_URL`, for who has a mirror, else the usual address."""
    return os.environ.get("MNIST_URL") or usual


def find_cache_dir() -> tuple[Path, str]:
    """Looks for a folder that can be written, for a server that must run anywhere.

    Returns:
        The folder of `default_cache_dir`, else the user's cache folder, else a temporary one that is deleted when the
        program ends; and a sentence about it, empty for the first.
    """
    wanted = default_cache_dir()
    for folder in dict.fromkeys((wanted, _user_cache_dir())):
        if _can_be_written(folder):
            return folder, "" if folder == wanted else f"{wanted} cannot be written: {folder} is used instead."
    temporary = tempfile.TemporaryDirectory(prefix="mnist-sketchpad-", ignore_cleanup_errors=True)
    atexit.register(temporary.cleanup)
    return Path(temporary.name), (
        f"{wanted} cannot be written: what is computed is kept in {temporary.name} until the program ends. Set "
        "MNIST_CACHE_DIR to a folder that can be written."
    )


def hide_folders(text: str) -> str:
    """Returns a message for visitors: of every file it names only the name is left, and what is no text is left out."""
    return _FOLDERS.sub("", text).encode("utf-8", "replace").decode()


def models_dir(cache_dir: Path) -> Path:
    """Returns the folder inside a cache folder that holds the user's own trained models."""
    return cache_dir / "models"


def _user_cache_dir() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mnist-sketchpad"


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
