"""Where things are: the files that come with the project, and the folder where it keeps what it makes."""

from __future__ import annotations

import os
from pathlib import Path

ASSETS_DIR = Path(__file__).resolve().parent.parent / "assets"
SHIPPED_DIR = ASSETS_DIR / "models"
# What was measured of the shipped models, for README and page.
EVIDENCE_PATH = ASSETS_DIR / "figures/evidence.json"
INSIDE_FIGURES_PATH = ASSETS_DIR / "figures/inside.json"


def default_cache_dir() -> Path:
    """The folder for downloads and trained models: `MNIST_CACHE_DIR`, else the user's cache folder."""
    explicit = os.environ.get("MNIST_CACHE_DIR")
    if explicit:
        return Path(explicit).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "mnist-sketchpad"


def models_dir(cache_dir: Path) -> Path:
    """The folder inside a cache folder that holds the user's own trained models."""
    return cache_dir / "models"
