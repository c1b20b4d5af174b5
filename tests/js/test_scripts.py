"""What the page's scripts do without a page, told by Node: the tests beside this file."""

from pathlib import Path

import pytest
from support.node import run_node

FOLDER = Path(__file__).parent
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.test.js"))


def run(path):
    return run_node("--test", "--test-reporter=tap", str(path))


@pytest.mark.parametrize("script", SCRIPTS)
def test_script(script):
    result = run(FOLDER / script)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_script_that_fails_is_noticed(tmp_path):
    path = tmp_path / "wrong.test.js"
    path.write_text('import { test } from "node:test";\ntest("is wrong", () => { throw new Error("No."); });\n')
    result = run(path.rename(tmp_path / "wrong.test.mjs"))
    assert (result.returncode, "not ok 1 - is wrong" in result.stdout) == (1, True)
