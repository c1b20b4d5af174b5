"""The page runs without what only training needs, and from a wheel; what is declared in several places is the same."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from support.blocked import block_training
from support.library import small_arrays, wait_until, write_arrays
from support.pictures import photograph
from support.server import ONE, call_data, call_inside, call_pad, clean_environment, sample_digit, start_app, stop_app

from mnist_core.ui.wire import encode_image

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REMEDY = "run `pip install -r requirements.txt`, with Python 3.11 to 3.13 on Linux, Windows (x86-64) or macOS (Apple"


@pytest.fixture(scope="module")
def blocked(tmp_path_factory):
    """The variables of a process in which TensorFlow, Keras and Optuna are not installed."""
    folder = tmp_path_factory.mktemp("blocked")
    return {**block_training(folder), "MNIST_CACHE_DIR": folder / "cache"}


# Without TensorFlow, Keras and Optuna


@pytest.fixture(scope="module")
def server(blocked):
    server = start_app(**blocked)
    yield server
    stop_app(server.process)


def ask_inside(server, function, message):
    answers = []
    wait_until(lambda: "pending" not in (answers.append(call_inside(server, function, message).json()) or answers[-1]))
    return answers[-1]


def run_command(*arguments, folder=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-m", "mnist_core", *map(str, arguments)],
        cwd=folder,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_page_classifies_ink(server):
    assert "sketchnet answers on CPU (LiteRT)" in server.printed()
    assert call_pad(server, "classify_drawing", {"strokes": ONE}).json()["verdict"]["labels"] == [1]


@pytest.mark.parametrize(
    ("function", "message"),
    [("explain_answer", {"method": "integrated_gradients"}), ("fool_models", {})],
)
def test_a_view_that_needs_gradients_says_what_to_install(server, function, message):
    drawing = {"image": encode_image(sample_digit(4).astype("float32") / 255), "model": ""}
    for _ in range(2):  # the process that has said so is gone the second time
        answer = ask_inside(server, function, {**drawing, **message})
        assert answer["error"].startswith(f"This needs TensorFlow, which is not installed: {REMEDY}")


def test_a_view_that_needs_none_answers(server):
    drawing = {"image": encode_image(sample_digit(4).astype("float32") / 255), "model": ""}
    assert ask_inside(server, "explain_answer", {**drawing, "method": "occlusion_paper"})["digit"] == 4


@pytest.mark.parametrize(
    ("command", "package"),
    [
        (("train", "fast"), "Keras"),
        (("experiment", "grid"), "Optuna"),
        (("experiment", "activations"), "Keras"),
        (("inside", "explanations"), "Keras"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_command_that_needs_one_says_which_and_what_to_install(blocked, tmp_path, command, package):
    data = ["--data-dir", write_arrays(tmp_path / "small.npz", small_arrays())] if command[0] != "inside" else []
    finished = run_command(*command, *data, **blocked)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    (message,) = [line for line in finished.stderr.splitlines() if line.startswith(f"{command[0]}: ")]
    assert message.startswith(f"{command[0]}: This needs {package}, which is not installed: {REMEDY}")


def test_commands_that_need_none_work(blocked, sample, tmp_path):
    (tmp_path / "four.png").write_bytes(photograph(sample, 4))
    finished = run_command("predict", tmp_path / "four.png", "--json", **blocked)
    assert [found["label"] for found in json.loads(finished.stdout)] == [4], finished.stderr
    assert run_command("--help", **blocked).returncode == 0


# As a wheel, in another folder


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder where `pip install .` has put the program."""
    folder = tmp_path_factory.mktemp("installed")
    options = ("--isolated", "-q", "--no-index", "--no-deps", "--no-build-isolation", "--target", folder / "packages")
    subprocess.run([sys.executable, "-m", "pip", "install", *options, ROOT], cwd=folder, check=True, timeout=300)
    return folder / "packages"


def entry_point(name):
    """Calls what a command of that name would call, by what the wheel says of itself."""
    code = (
        f"import sys; from importlib.metadata import entry_points; sys.argv[0] = {name!r}\n"
        f"(command,) = entry_points(group='console_scripts', name={name!r}); sys.exit(command.load()())"
    )
    return "-c", code


def test_a_wheel_reads_a_digit(installed, sample, tmp_path):
    (tmp_path / "four.png").write_bytes(photograph(sample, 4))
    environment = clean_environment(PYTHONPATH=installed)
    commands = [("-m", "mnist_core"), entry_point("mnist-core")]
    for command in commands:
        finished = subprocess.run(
            [sys.executable, *command, "predict", "four.png", "--json"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert [found["label"] for found in json.loads(finished.stdout)] == [4]


def test_a_command_of_a_wheel_goes_by_its_own_name(installed, tmp_path):
    def run(name, *arguments):
        command = [sys.executable, *entry_point(name), *arguments]
        environment = clean_environment(PYTHONPATH=installed)
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    shown = run("mnist-core", "--help").stdout
    assert shown.startswith("usage: mnist-core ")
    assert "\n  mnist-core train lenet " in shown
    refused = run("mnist-sketchpad", "--model", "nonesuch")
    assert "\nmnist-sketchpad: There is no model named 'nonesuch'" in f"\n{refused.stderr}"


def test_a_wheel_brings_its_assets_inside_the_package(installed):
    assert not (installed / "assets").exists()
    for folder in ("draw", "shared", "locales", "models", "samples", "figures"):
        there = {path.relative_to(ROOT / "assets") for path in (ROOT / "assets" / folder).rglob("*") if path.is_file()}
        assert {path for path in there if not (installed / "mnist_core/assets" / path).is_file()} == set()


def test_a_wheel_serves_the_page_with_its_scripts_and_computes_in_the_background(installed, tmp_path):
    data = write_arrays(tmp_path / "small.npz", small_arrays())
    changes = {"PYTHONPATH": installed, "MNIST_CACHE_DIR": tmp_path / "cache", "MNIST_DATA_DIR": data}
    server = start_app(program=entry_point("mnist-sketchpad"), folder=tmp_path, **changes)
    try:
        assert call_pad(server, "classify_drawing", {"strokes": ONE}).json()["verdict"]["labels"] == [1]
        assert "draw/main.js" in httpx.get(server.url).text
        wait_until(lambda: "ok" in call_data(server, "browse_samples", {"split": "test", "predicted": 3}).json())
    finally:
        stop_app(server.process)


# What is declared


def lines_of(name):
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    return [Requirement(line) for line in lines if line and line[0] != "-"]


def as_set(requirements):
    return {str(Requirement(str(requirement))) for requirement in requirements}


def test_files_and_wheel_require_the_same():
    serving, all_lines = as_set(lines_of("requirements-serve.txt")), as_set(lines_of("requirements.txt"))
    assert serving < all_lines
    assert as_set(PROJECT["dependencies"]) == serving
    assert as_set(PROJECT["optional-dependencies"]["train"]) == all_lines - serving


def test_a_space_needs_no_other_file():
    """Its pip is given requirements.txt alone."""
    assert "-r" not in (ROOT / "requirements.txt").read_text(encoding="utf-8").split()


def test_a_gpu_takes_the_same_tensorflow():
    (tensorflow,) = [line for line in lines_of("requirements.txt") if line.name == "tensorflow"]
    (on_gpus,) = [
        requirement
        for requirement in map(Requirement, PROJECT["optional-dependencies"]["gpu"])
        if requirement.name == "tensorflow"
    ]
    assert (on_gpus.specifier, on_gpus.extras) == (tensorflow.specifier, {"and-cuda"})


@pytest.mark.parametrize(
    ("system", "machine", "python", "has_tensorflow"),
    [
        ("linux", "x86_64", "3.11", True),
        ("linux", "aarch64", "3.13", True),
        ("darwin", "arm64", "3.12", True),
        ("win32", "AMD64", "3.12", True),
        ("linux", "x86_64", "3.14", False),
        ("darwin", "x86_64", "3.12", False),
        ("win32", "ARM64", "3.12", False),
        ("linux", "armv7l", "3.11", False),
        ("linux", "riscv64", "3.13", False),
    ],
)
def test_tensorflow_is_asked_for_where_it_has_a_wheel(system, machine, python, has_tensorflow):
    environment = {"sys_platform": system, "platform_machine": machine, "python_version": python}
    lines = [line for line in lines_of("requirements.txt") if line.marker is None or line.marker.evaluate(environment)]
    asked = {line.name for line in lines} - {line.name for line in lines_of("requirements-serve.txt")}
    assert asked == ({"tensorflow", "keras", "optuna"} if has_tensorflow else set())


def test_the_versions_that_were_tested_are_exact_and_allowed():
    tested = {}
    for line in lines_of("constraints.txt"):
        (exactly,) = line.specifier
        assert exactly.operator == "=="
        tested[canonicalize_name(line.name)] = Version(exactly.version)
    for name in ("requirements-serve.txt", "requirements.txt", "requirements-dev.txt"):
        for line in lines_of(name):
            assert line.specifier.contains(tested[canonicalize_name(line.name)]), line


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_ci_uses_the_versions_that_were_tested_in_one_of_its_runs():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert script.count("PIP_CONSTRAINT=constraints.txt") == 1
    assert "-r requirements-serve.txt" in script
