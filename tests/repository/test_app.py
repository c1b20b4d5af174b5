"""Settings are read as the README says, and a start that cannot succeed says why."""

import base64
import os
import socket
import sys
from pathlib import Path

import pytest
from support.library import data_server, small_arrays, wait_until
from support.server import ONE, call_data, call_pad, run_app, shared_server, start_app, stop_app

import app
from mnist_core.models.devices import choose_device
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.reader import Reader

DATA_DIR = os.environ.get("MNIST_DATA_DIR")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith(("MNIST_", "GRADIO_"))]:
        monkeypatch.delenv(name)


# Settings


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("host", "127.0.0.1"),
        ("port", 7860),
        ("device", "auto"),
        ("model", "sketchnet"),
        ("data_dir", None),
        ("share", False),
        ("open", False),
    ],
)
def test_defaults(name, default):
    assert getattr(app.parse_settings([]), name) == default


SETTINGS = [
    ("MNIST_HOST", "0.0.0.0", "--host", "::1", "host", "0.0.0.0", "::1"),
    ("MNIST_PORT", "1234", "--port", "4321", "port", 1234, 4321),
    ("MNIST_DEVICE", "cpu", "--device", "gpu", "device", "cpu", "gpu"),
    ("MNIST_MODEL", "mine", "--model", "yours", "model", "mine", "yours"),
    ("MNIST_DATA_DIR", "here", "--data-dir", "there", "data_dir", Path("here"), Path("there")),
]


@pytest.mark.parametrize(("variable", "text", "option", "other", "name", "expected", "expected_other"), SETTINGS)
def test_environment_sets_and_command_line_wins(
    monkeypatch, variable, text, option, other, name, expected, expected_other
):
    monkeypatch.setenv(variable, text)
    assert getattr(app.parse_settings([]), name) == expected
    assert getattr(app.parse_settings([option, other]), name) == expected_other


@pytest.mark.parametrize(("text", "share"), [("1", True), ("0", False), ("", False)])
def test_share_from_the_environment(monkeypatch, text, share):
    monkeypatch.setenv("MNIST_SHARE", text)
    assert app.parse_settings([]).share is share


@pytest.mark.parametrize("option", ["share", "open"])
def test_switches_are_off_until_asked_for(option):
    assert getattr(app.parse_settings([f"--{option}"]), option) is True


@pytest.mark.parametrize("variable", ["MNIST_HOST", "MNIST_PORT", "MNIST_DEVICE", "MNIST_MODEL", "MNIST_DATA_DIR"])
def test_an_empty_variable_is_an_unset_one(monkeypatch, variable):
    unset = app.parse_settings([])
    monkeypatch.setenv(variable, "")
    assert app.parse_settings([]) == unset


def test_a_space_says_where_to_serve(monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7861")
    settings = app.parse_settings([])
    assert (settings.host, settings.port) == ("0.0.0.0", 7861)


def test_own_variables_win_over_those_of_a_space(monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7861")
    monkeypatch.setenv("MNIST_PORT", "7862")
    assert app.parse_settings([]).port == 7862


@pytest.mark.parametrize(
    ("variable", "text"), [("MNIST_DEVICE", "quantum"), ("MNIST_PORT", "http"), ("GRADIO_SERVER_PORT", "x")]
)
def test_a_bad_variable_is_a_usage_error(monkeypatch, capsys, variable, text):
    monkeypatch.setenv(variable, text)
    with pytest.raises(SystemExit, match="2"):
        app.parse_settings([])
    assert text in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--device", "quantum"], ["--port", "http"], ["--port"], ["--nonsense"]])
def test_a_bad_option_is_a_usage_error(arguments):
    with pytest.raises(SystemExit, match="2"):
        app.parse_settings(arguments)


# What lies beside the pad


def test_built_in_samples_without_mnist():
    samples = app.load_samples(None)
    assert (samples.source, len(samples.images)) == ("built_in", 5000)


@pytest.mark.skipif(not DATA_DIR, reason="MNIST_DATA_DIR names no folder with mnist.npz")
def test_test_images_where_mnist_is_named():
    samples = app.load_samples(Path(DATA_DIR))
    assert (samples.source, len(samples.images)) == ("test", 10_000)


# Starts that cannot succeed


def assert_refused(finished, *words):
    assert finished.returncode == 1, finished.stderr
    assert "Traceback" not in finished.stderr + finished.stdout
    message = next(line for line in finished.stderr.splitlines() if line.startswith("app.py: "))
    assert all(word in message for word in words), message


def test_an_unknown_model_is_named_with_those_there_are():
    assert_refused(run_app("--model", "nonesuch"), "nonesuch", "Available: sketchnet")


def test_a_gpu_that_is_not_there_says_what_was_found():
    assert_refused(run_app("--device", "gpu"), "GPU", "CUDA driver reports no GPU")


def test_a_folder_without_mnist_is_named(tmp_path):
    assert_refused(run_app("--data-dir", tmp_path), str(tmp_path), "mnist.npz")


def test_a_port_in_use_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert_refused(run_app("--port", port), str(port), "--port")


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_cannot_be(port):
    finished = run_app("--port", port)
    assert finished.returncode in (1, 2)
    assert "Traceback" not in finished.stderr
    assert port in finished.stderr


# Serving


def test_an_unusable_cache_folder_does_not_matter(tmp_path):
    (tmp_path / "file").write_text("in the way")
    server = start_app(MNIST_CACHE_DIR=tmp_path / "file")
    assert call_pad(server, "classify_drawing", {"strokes": ONE}).json()["ok"]
    stop_app(server.process)


def test_a_cache_folder_that_may_not_be_read_does_not_matter(monkeypatch, tmp_path):
    """Permissions would not keep a test out that runs as root."""
    list_folder = Path.iterdir

    def refuse(folder):
        if folder == tmp_path:
            raise PermissionError(13, "Permission denied", str(folder))
        return list_folder(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert Reader(choose_device("cpu"), (SHIPPED_DIR, tmp_path), "sketchnet").read_ink(ONE).label == 1


def test_serving_on_a_cpu_imports_neither_tensorflow_nor_keras():
    server = shared_server()
    assert call_pad(server, "classify_drawing", {"strokes": ONE}).json()["ok"]
    imported = {name.split(".")[0] for name in server.imported()}
    assert "ai_edge_litert" in imported
    assert not imported & {"tensorflow", "keras", "torch", "jax"}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_serving_on_a_cpu_loads_no_tensorflow_library():
    server = shared_server()
    assert call_pad(server, "classify_drawing", {"strokes": ONE}).json()["ok"]
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "/ai_edge_litert/" in maps
    assert "/tensorflow/" not in maps


def test_the_page_says_which_device_answers():
    assert "sketchnet answers on CPU (LiteRT)" in shared_server().printed()


# Browsing what `--data-dir` names


def encoded_digit(number):
    return base64.b64encode(small_arrays()["x_test"][number].tobytes()).decode()


def test_a_named_set_is_browsed_and_shown_beside_the_pad():
    server = data_server()
    answer = call_data(server, "list_splits", {}).json()
    names = [(split["name"], split["size"]) for split in answer["splits"]]
    assert (names[:2], answer["training"]) == ([("train", 300), ("test", 200)], "train")
    for name, size in names[:2]:
        assert call_data(server, "browse_samples", {"split": name}).json()["total"] == size
    shown = call_pad(server, "pick_samples", {}).json()
    assert (shown["source"], shown["name"]) == ("test", "small")


def test_browsing_on_a_cpu_imports_neither_tensorflow_nor_keras():
    """Not even for answers, which are computed elsewhere."""
    server = data_server()
    for split in ("train", "test"):
        question = {"split": split, "predicted": 3, "duplicates": True}
        wait_until(lambda question=question: "ok" in call_data(server, "browse_samples", question).json())
    questions = {
        "list_splits": {},
        "describe_models": {},
        "browse_samples": {"split": "test", "duplicates": True, "sort": "slant"},
        "open_sample": {"split": "test", "index": 3},
        "describe_chosen": {"split": "test"},
        "draw_map": {"split": "test", "map": "layout"},
        "place_drawing": {"split": "test", "map": "layout", "image": encoded_digit(3)},
        "find_relatives": {"image": encoded_digit(3), "space": "pixels"},
    }
    assert all(call_data(server, name, question).json()["ok"] for name, question in questions.items())
    imported = {name.split(".")[0] for name in server.imported()}
    assert "ai_edge_litert" in imported
    assert not imported & {"tensorflow", "keras", "torch", "jax"}


def test_a_visitor_browses_without_a_cache_folder(tmp_path):
    """Answers are not there then, and it says so."""
    (tmp_path / "file").write_text("in the way")
    server = start_app(MNIST_CACHE_DIR=tmp_path / "file", HOME=tmp_path)
    wait_until(lambda: call_data(server, "browse_samples", {}).json()["job"]["problem"])
    answer = call_data(server, "browse_samples", {}).json()
    assert (answer["total"], len(answer["samples"])) == (5000, 100)
    assert "MNIST_CACHE_DIR" in answer["job"]["problem"]
    assert call_data(server, "open_sample", {"index": 5}).json()["ok"]
    stop_app(server.process)
