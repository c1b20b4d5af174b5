"""A start that cannot succeed says why, and the program serves with what it finds."""

import base64
import os
import re
import socket
import sys
import time
from pathlib import Path

import pytest
from support.library import data_server, small_arrays, wait_until, write_arrays
from support.models import copy_model
from support.server import ONE, call_data, call_endpoint, call_pad, run_app, shared_server, start_app, stop_app

from mnist_core.models.devices import choose_device
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.serve import load_samples
from mnist_core.services.reader import Reader

DATA_DIR = os.environ.get("MNIST_DATA_DIR")


# What lies beside the pad


def test_built_in_samples_without_mnist():
    samples = load_samples(None)
    assert (samples.source, len(samples.images)) == ("built_in", 5000)


@pytest.mark.skipif(not DATA_DIR, reason="MNIST_DATA_DIR names no folder with mnist.npz")
def test_test_images_where_mnist_is_named():
    samples = load_samples(Path(DATA_DIR))
    assert (samples.source, len(samples.images)) == ("test", 10_000)


# Starts that cannot succeed


def assert_refused(finished, *words):
    assert finished.returncode == 1, finished.stderr
    assert "Traceback" not in finished.stderr + finished.stdout
    message = next(line for line in finished.stderr.splitlines() if line.startswith("app.py: "))
    assert all(word in message for word in words), message


def test_an_unknown_model_is_named_with_those_there_are():
    assert_refused(run_app("--model", "nonesuch"), "nonesuch", "Available: lenet, linear, sketchnet")


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


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux counts how often a process wakes up")
def test_a_server_that_nobody_asks_rests():
    folder = Path(f"/proc/{shared_server().process.pid}/task")

    def count_wakes():
        states = [(thread / "status").read_text() for thread in folder.iterdir()]
        return sum(int(re.search(r"\nvoluntary_ctxt_switches:\s*(\d+)", state)[1]) for state in states)

    before = count_wakes()
    time.sleep(2)
    assert count_wakes() - before < 300  # Gradio's queue as it is: 2,000 or more


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


def test_a_visitor_draws_and_browses_where_no_folder_can_be_written(tmp_path):
    """What is computed is kept in a temporary folder then, which is said once."""
    (tmp_path / "file").write_text("in the way")
    data = write_arrays(tmp_path / "small.npz", small_arrays())
    unusable = {"MNIST_CACHE_DIR": tmp_path / "file", "HOME": tmp_path / "file", "XDG_CACHE_HOME": ""}
    server = start_app(**unusable, MNIST_DATA_DIR=data)
    (folder,) = re.findall(r"is kept in (\S+) until the program ends\. Set MNIST_CACHE_DIR", server.printed())
    assert call_pad(server, "classify_drawing", {"strokes": ONE}).json()["ok"]
    wait_until(lambda: call_data(server, "browse_samples", {}).json()["known"] == 2)
    assert any(Path(folder).rglob("*.npz"))
    server.process.terminate()
    server.process.wait(60)
    assert not Path(folder).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
def test_folders_and_files_whose_names_are_no_text_empty_no_menu(tmp_path):
    strange = os.fsdecode(b"model\xff")
    for name in (strange, "mine"):
        copy_model(load_stored(SHIPPED_DIR / "sketchnet"), tmp_path / "cache/models" / name)
    data, arrays = tmp_path / "data", small_arrays()
    main = write_arrays(data / "small.npz", arrays)
    for name in (os.fsdecode(b"set\xff.npz"), "other.npz"):
        write_arrays(data / name, {"x": arrays["x_test"][:20], "y": arrays["y_test"][:20]})
    server = start_app(MNIST_CACHE_DIR=tmp_path / "cache", MNIST_DATA_DIR=main)
    models = [model["name"] for model in call_pad(server, "describe_models", {}).json()["models"]]
    splits = [split["name"] for split in call_data(server, "list_splits", {}).json()["splits"]]
    assert (models, splits) == (["sketchnet", "lenet", "linear", "mine"], ["train", "test", "other", "set"])
    for response in (
        call_pad(server, "classify_drawing", {"strokes": ONE, "model": "nonesuch"}),
        call_endpoint(server, "classify_ink", ONE, "nonesuch"),
        call_data(server, "browse_samples", {"split": "nonesuch"}),
    ):
        assert "Available: " in response.json()["error"]
    stop_app(server.process)
