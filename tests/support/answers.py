"""The shipped model's answers for the built-in images: computed once, and given to every server that a test starts.

Otherwise each server computes them beside the tests, for a dozen seconds. They are kept in pytest's cache folder; their
names change with the weights, the images and what is computed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from support.models import ROOT

from mnist_core.browse.answers import answer_split
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR

try:
    import fcntl
except ImportError:  # Windows has no such locks: there each worker may compute them
    fcntl = None

_SHARED = ROOT / ".pytest_cache/d/answers"


def give_answers(cache_dir: Path) -> None:
    """Puts them into a server's cache folder; the first test that asks computes them, and others wait for it."""
    _SHARED.mkdir(parents=True, exist_ok=True)
    with (_SHARED / "lock").open("w") as lock:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)
        answer_split("built_in", load_stored(SHIPPED_DIR / "sketchnet"), None, _SHARED, lambda share: None)
    shutil.copytree(_SHARED / "answers", Path(cache_dir) / "answers", dirs_exist_ok=True)
