"""The house rules that the package's docstring states, read from the imports themselves."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mnist_core"
DOCSTRING = ast.get_docstring(ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")))
READING_ORDER = re.findall(r"^    (\w+)  ", DOCSTRING, re.MULTILINE)
SOURCES = [ROOT / "app.py", *sorted(PACKAGE.rglob("*.py"))]
NETWORK = {"urllib", "http", "socket", "ssl", "ftplib", "requests", "httpx", "aiohttp", "urllib3"}
HEAVY = {"keras", "tensorflow"}

every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())


def imported_names(nodes, path):
    """Absolute dotted names of all that these nodes import; `from a import b` counts as a.b."""
    folder = path.relative_to(ROOT).parent.parts
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def all_imports(path):
    return set(imported_names(ast.walk(ast.parse(path.read_text(encoding="utf-8"))), path))


def run_when_imported(body):
    """All statements outside functions, except what only type checkers read."""
    for node in body:
        yield node
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            or "TYPE_CHECKING" in ast.unparse(node).split(":")[0]
        ):
            continue
        for name in ("body", "orelse", "finalbody", "handlers"):
            yield from run_when_imported(getattr(node, name, None) or [])


def top_imports(path):
    return set(imported_names(run_when_imported(ast.parse(path.read_text(encoding="utf-8")).body), path))


def roots(names):
    return {name.partition(".")[0] for name in names}


def room(path):
    """The name in the reading order under which a file is listed, or None."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts if path.is_relative_to(PACKAGE) else ("__init__",)
    return None if parts == ("__init__",) else parts[0]


def test_reading_order_lists_every_module_once():
    found = {room(path) for path in SOURCES} - {None}
    assert sorted(READING_ORDER) == sorted(found)


@every_source
def test_imports_lead_only_up_the_reading_order(path):
    if room(path) is None:
        return
    above = READING_ORDER[: READING_ORDER.index(room(path))]
    own = {name.split(".")[1] for name in all_imports(path) if name.startswith("mnist_core.")}
    assert own - {room(path)} <= set(above)


def test_the_package_imports_nothing():
    assert all_imports(PACKAGE / "__init__.py") == set()


@every_source
def test_only_the_page_imports_gradio(path):
    if room(path) != "ui" and path.name != "app.py":
        assert "gradio" not in roots(all_imports(path))


@every_source
def test_only_models_and_training_import_keras_at_once(path):
    if room(path) not in ("models", "training"):
        assert not HEAVY & roots(top_imports(path))


@every_source
def test_tensorflow_is_never_imported_at_once(path):
    assert "tensorflow" not in roots(top_imports(path))


@every_source
def test_only_the_search_knows_optuna(path):
    if room(path) not in ("studies", "search"):
        assert "optuna" not in roots(all_imports(path))


@every_source
def test_only_download_knows_the_network(path):
    if room(path) != "download":
        assert not NETWORK & roots(all_imports(path))


def test_these_rules_can_see_an_import():
    assert NETWORK & roots(all_imports(PACKAGE / "download.py"))
    assert "keras" in roots(top_imports(PACKAGE / "models.py"))
    assert "mnist_core.errors.InkError" in all_imports(PACKAGE / "ink.py")
    assert "gradio" in {name for path in (PACKAGE / "ui").glob("*.py") for name in roots(all_imports(path))}


def test_serving_modules_load_neither_tensorflow_nor_keras_nor_gradio():
    modules = [name for name in READING_ORDER if name not in ("models", "training", "ui")]
    assert {"inference", "pools", "evidence", "commands", "__main__"} <= set(modules)
    program = f"import sys, {', '.join(f'mnist_core.{name}' for name in modules)}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = roots(result.stdout.split())
    assert "mnist_core" in loaded
    assert not loaded & {*HEAVY, "gradio", "ai_edge_litert"}
