"""The house rules that the packages' docstrings state, read from the imports themselves."""

import ast
import functools
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mnist_core import errors
from mnist_core.errors import MnistError

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mnist_core"
SOURCES = [ROOT / "app.py", *sorted(PACKAGE.rglob("*.py"))]
PACKAGES = sorted(path.parent for path in PACKAGE.rglob("__init__.py"))
NETWORK = {"urllib", "http", "socket", "ssl", "ftplib", "requests", "httpx", "aiohttp", "urllib3"}
HEAVY = {"keras", "tensorflow"}
MAY_BE_MISSING = {*HEAVY, "optuna"}
TESTS = sorted((ROOT / "tests").rglob("*.py"))

every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
every_package = pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.relative_to(ROOT).as_posix())


def reading_order(folder):
    """The modules and packages that a package's docstring lists."""
    return re.findall(r"^ *(\w+)  ", (folder / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE)


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


@functools.cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def all_imports(path):
    return set(imported_names(ast.walk(tree_of(path)), path))


def is_for_checkers(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def run_when_imported(body):
    """All statements outside functions, except what only type checkers read."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_for_checkers(node):
            continue
        for name in ("body", "orelse", "finalbody", "handlers"):
            yield from run_when_imported(getattr(node, name, None) or [])


@functools.cache
def top_imports(path):
    return set(imported_names(run_when_imported(tree_of(path).body), path))


def roots(names):
    return {name.partition(".")[0] for name in names}


def name_of(path):
    """The dotted name of a source inside mnist_core, as "data.mnist"; of app.py it is "app"."""
    base = PACKAGE if path.is_relative_to(PACKAGE) else ROOT
    return ".".join(path.relative_to(base).with_suffix("").parts)


def is_in(path, *names):
    """Whether a source is one of these modules, or in one of these packages."""
    return any(name_of(path) == name or name_of(path).startswith(f"{name}.") for name in names)


@every_package
def test_a_package_lists_each_of_its_modules_once(folder):
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert sorted(reading_order(folder)) == sorted(modules | packages)


@every_package
def test_a_package_says_what_is_in_it_in_one_screen_and_imports_nothing(folder):
    text = (folder / "__init__.py").read_text(encoding="utf-8")
    assert text.count("\n") < 40
    assert all_imports(folder / "__init__.py") == set()


@every_source
def test_imports_lead_only_up_the_reading_order(path):
    """In every package on the way from the outermost to the module's own."""
    parts = name_of(path).split(".")
    imported = [name.split(".")[1:] for name in all_imports(path) if name.startswith("mnist_core.")]
    for depth, own in enumerate(parts):
        if own in ("__init__", "app"):
            return
        order = reading_order(PACKAGE.joinpath(*parts[:depth]))
        above = order[: order.index(own)]
        siblings = {name[depth] for name in imported if name[:depth] == parts[:depth] and len(name) > depth}
        assert siblings - {own} <= set(above)


@every_source
def test_only_the_page_imports_gradio(path):
    if not is_in(path, "ui"):
        assert "gradio" not in roots(all_imports(path))


@every_source
def test_a_class_knows_no_network(path):
    """What one makes of a drawing is handed in."""
    if is_in(path, "classroom"):
        networks = tuple(f"mnist_core.{name}." for name in ("models", "evaluation", "explain", "training", "browse"))
        assert [name for name in all_imports(path) if name.startswith(networks)] == []


@every_source
def test_only_the_command_line_imports_the_commands(path):
    if not is_in(path, "__main__", "commands"):
        assert not any(name.startswith("mnist_core.commands") for name in all_imports(path))


@every_source
def test_only_the_command_line_and_settings_know_argparse(path):
    if not is_in(path, "__main__", "commands", "hosting.settings", "services.gradient_worker"):
        assert "argparse" not in roots(all_imports(path))


@every_source
def test_only_the_command_line_and_the_start_of_the_page_print(path):
    """Whatever else a page wants to call tells through a function that it is given."""
    calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    if not is_in(path, "__main__", "commands", "serve"):
        assert "print" not in {call.id for call in calls if isinstance(call, ast.Name)}


@every_source
def test_only_building_and_training_import_keras_at_once(path):
    if not is_in(path, "models.keras_builder", "training"):
        assert not HEAVY & roots(top_imports(path))


@every_source
def test_tensorflow_is_never_imported_at_once(path):
    assert "tensorflow" not in roots(top_imports(path))


@every_source
def test_only_the_search_knows_optuna(path):
    if not is_in(path, "training.studies", "training.search"):
        assert "optuna" not in roots(all_imports(path))


@functools.cache
def need_what_may_be_missing():
    """The sources that cannot be imported without it."""
    return {path for path in SOURCES if MAY_BE_MISSING & roots(top_imports(path))}


@every_source
def test_what_may_be_missing_is_asked_for_where_that_is_explained(path):
    """By all modules but those that cannot even be imported without it, and so are asked for in the same way."""
    if path in need_what_may_be_missing():
        return
    asking = {f"mnist_core.{name_of(other)}" for other in need_what_may_be_missing()}
    tree = tree_of(path)
    explained = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.With) and "needed_packages()" in map(ast.unparse, block.items)
        for node in ast.walk(block)
    }
    for_checkers = {node for block in ast.walk(tree) if is_for_checkers(block) for node in ast.walk(block)}
    names = set(imported_names(set(ast.walk(tree)) - explained - for_checkers, path))
    assert {name for name in names if name.partition(".")[0] in MAY_BE_MISSING} == set()
    assert {name for name in names if name in asking or name.rpartition(".")[0] in asking} == set()


@every_source
def test_only_download_knows_the_network(path):
    """And what asks the system for this machine's own addresses."""
    if not is_in(path, "data.download", "hosting.addresses"):
        assert not NETWORK & roots(all_imports(path))


def declared(*files):
    """The names of what these files require, and the files that they name."""
    names = set()
    for line in [line.split("#")[0].strip() for file in files for line in (ROOT / file).read_text().splitlines()]:
        if line.startswith("-r "):
            names |= declared(line.removeprefix("-r "))
        elif line:
            names.add(canonicalize_name(Requirement(line).name))
    return names


def required_by(paths):
    """The distributions that these sources import from, by the name under which each is imported."""
    own = {"app", "mnist_core", "support", *(path.stem for path in paths)}
    names = set().union(*(roots(all_imports(path)) for path in paths)) - sys.stdlib_module_names - own
    distributions = packages_distributions()
    return {name: {canonicalize_name(each) for each in distributions.get(name, [name])} for name in names}


@pytest.mark.parametrize(
    ("paths", "files"),
    [
        (SOURCES, ["requirements.txt"]),
        (TESTS, ["requirements-dev.txt"]),
    ],
    ids=["the program", "the tests"],
)
def test_what_is_imported_is_declared(paths, files):
    """What only comes along with something else may be gone with its next version."""
    required = required_by(paths)
    assert {"numpy", "PIL"} <= required.keys()
    assert [name for name, distributions in required.items() if not distributions & declared(*files)] == []


def test_serving_requires_all_but_what_may_be_missing():
    serving = declared("requirements-serve.txt")
    assert {name for name, found in required_by(SOURCES).items() if not found & serving} == MAY_BE_MISSING


def test_nothing_is_declared_that_the_program_does_not_import():
    imported = set().union(*required_by(SOURCES).values())
    assert declared("requirements.txt") - imported == {"websockets"}  # uvicorn's, which answers WebSockets with it


def test_messages_are_templates_that_a_translation_can_find():
    """What is put together before it is told has no key."""
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, MnistError)}
    calls = [
        (path, call)
        for path in SOURCES
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in kinds
    ]
    assert len(calls) > 100
    built_in = {"DamagedModelError", "MissingPackageError"}  # of a reason, or of what is missing where
    assert [
        f"{path.name}:{call.lineno}"
        for path, call in calls
        if call.func.id not in built_in and any(isinstance(argument, ast.JoinedStr) for argument in call.args)
    ] == []


def test_these_rules_can_see_an_import():
    assert NETWORK & roots(all_imports(PACKAGE / "data/download.py"))
    assert "keras" in roots(top_imports(PACKAGE / "models/keras_builder.py"))
    assert "mnist_core.errors.InkError" in all_imports(PACKAGE / "preprocessing/ink.py")
    assert "mnist_core.preprocessing.ink.render_ink" in all_imports(PACKAGE / "augmentation/outliers.py")
    assert "gradio" in roots(all_imports(PACKAGE / "ui/page.py"))
    assert PACKAGE / "training/search.py" in need_what_may_be_missing()
    assert any(name.startswith("mnist_core.commands") for name in all_imports(PACKAGE / "__main__.py"))


def test_serving_modules_load_neither_tensorflow_nor_keras_nor_gradio():
    """All but those that build and train networks, and the page."""
    modules = [
        name_of(path)
        for path in SOURCES
        if not is_in(
            path,
            "app",
            "ui",
            "models.keras_builder",
            "training.loop",
            "training.batches",
            "training.devices",
            "training.worker",
        )
    ]
    assert {"models.inference", "training.pools", "evaluation.evidence", "services.library"} <= set(modules)
    names = [f"mnist_core.{name.removesuffix('.__init__')}" for name in modules if name != "__init__"]
    program = f"import sys, {', '.join(names)}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = roots(result.stdout.split())
    assert "mnist_core" in loaded
    assert not loaded & {*HEAVY, "gradio", "ai_edge_litert"}
