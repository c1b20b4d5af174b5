"""The real program in a process of its own, away from this machine's settings, and digits and pictures to send it."""

from __future__ import annotations

import functools
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
from PIL import Image
from support.answers import give_answers

from mnist_core.data.sample import load_sample

ROOT = Path(__file__).resolve().parents[2]
ONE = [[[50, 10], [50, 40], [50, 90]]]
SEVEN = [[[15, 15], [50, 14], [85, 15], [65, 50], [45, 95]]]
_START_SECONDS = 120
_IMPORT = "import time:"

_started: list[subprocess.Popen] = []
_folder = tempfile.TemporaryDirectory(prefix="server-", ignore_cleanup_errors=True)
UPLOADS = Path(_folder.name) / "uploads"
# To load all authorities for each request, none of which is encrypted, takes longer than most answers.
os.environ["SSL_CERT_DIR"] = _folder.name
os.environ.pop("SSL_CERT_FILE", None)
# A proxy that the machine may need does not know this machine's own servers.
for _name in ("NO_PROXY", "no_proxy"):
    os.environ[_name] = ",".join(filter(None, (os.environ.get(_name), "127.0.0.1", "localhost")))


def clean_environment(**changes: object) -> dict[str, str]:
    """The environment without settings of this project and of Gradio, without a GPU, and with an empty cache folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MNIST_", "GRADIO_"))}
    own = {"MNIST_CACHE_DIR": f"{_folder.name}/cache", "GRADIO_TEMP_DIR": str(UPLOADS)}
    return {**kept, **own, "CUDA_VISIBLE_DEVICES": "-1", **{name: str(value) for name, value in changes.items()}}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_app(*arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
    """Runs app.py to its end."""
    return subprocess.run(
        [sys.executable, "app.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environment(**environment),
        timeout=_START_SECONDS,
        check=False,
    )


def start_app(
    *options: str, program: Sequence[str] = ("app.py",), folder: Path = ROOT, **environment: object
) -> SimpleNamespace:
    """Starts app.py, or another program in another folder, and waits for its page.

    Returns:
        url, port, process, and what it has printed and imported.
    """
    port = free_port()
    log = Path(_folder.name) / f"{port}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, *options, *program, "--port", str(port)],
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=clean_environment(**environment),
        )
    _started.append(process)
    server = SimpleNamespace(
        url=f"http://127.0.0.1:{port}",
        port=port,
        process=process,
        printed=lambda: "\n".join(line for line in _lines(log) if not line.startswith(_IMPORT)),
        imported=lambda: {line.split("|")[-1].strip() for line in _lines(log) if line.startswith(_IMPORT)},
    )
    for _ in range(_START_SECONDS * 10):
        if process.poll() is not None:
            break
        try:
            httpx.get(server.url, timeout=10).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return server
    stop_app(process)
    raise RuntimeError(f"{program[0]} did not serve its page:\n{server.printed()}")


def stop_app(process: subprocess.Popen) -> None:
    """Ends a server."""
    process.kill()
    process.wait()


def stop_all_apps() -> None:
    """Ends all servers that still run."""
    for process in _started:
        stop_app(process)


def shared_server() -> SimpleNamespace:
    """One server for all tests that leave it as it is; it lists the modules that it imports."""
    server = _start_shared()
    if isinstance(server, RuntimeError):
        raise server
    return server


@functools.cache
def _start_shared() -> SimpleNamespace | RuntimeError:
    give_answers(Path(_folder.name) / "cache")
    try:
        return start_app("-X", "importtime")
    except RuntimeError as error:  # kept, so that not every test waits for the same failure
        return error


@functools.cache
def server_below_a_path() -> SimpleNamespace:
    """One server that is reached as /sketch/pad through a proxy, for all tests that leave it as it is."""
    return start_app(GRADIO_ROOT_PATH="/sketch/pad", MNIST_TRUSTED_PROXY="127.0.0.1")


def call_pad(server: SimpleNamespace, function: str, message: object) -> httpx.Response:
    """Calls one of the pad's functions as its script does; numbers that JSON does not know are sent as they are."""
    body = {"session_hash": "test", "component_id": component_id(server.url), "fn_name": function, "data": message}
    return _post(f"{server.url}/gradio_api/component_server", body)


def send_picture(server: SimpleNamespace, content: bytes, query: str = "") -> httpx.Response:
    """Sends the bytes of a picture as the pad's script does."""
    return httpx.post(f"{server.url}/picture{query}", content=content, timeout=60)


def call_inside(server: SimpleNamespace, function: str, message: object) -> httpx.Response:
    """Calls one of the inside tab's functions as its script does."""
    body = {
        "session_hash": "test",
        "component_id": component_id(server.url, "inside"),
        "fn_name": function,
        "data": message,
    }
    return _post(f"{server.url}/gradio_api/component_server", body)


def call_endpoint(server: SimpleNamespace, name: str, *arguments: object) -> httpx.Response:
    """Calls a named endpoint without a client library; numbers that JSON does not know are sent as they are."""
    return _post(f"{server.url}/gradio_api/run/{name}", {"data": arguments})


@functools.cache
def component_id(url: str, name: str = "sketch") -> int:
    """The number that Gradio gave the pad, or another part of that name."""
    components = httpx.get(f"{url}/config").json()["components"]
    (part,) = (component for component in components if component["props"].get("elem_id") == name)
    return part["id"]


def sample_digit(label: int, number: int = 0) -> np.ndarray:
    """One of the built-in images of a digit, uint8 (28, 28)."""
    x, y = load_sample()
    return x[np.flatnonzero(y == label)[number]]


def as_png(picture: Image.Image | np.ndarray, **options: object) -> bytes:
    """The bytes of a PNG, or of another `format`."""
    picture = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    stream = io.BytesIO()
    picture.save(stream, **{"format": "PNG", **options})
    return stream.getvalue()


def _post(url: str, body: object) -> httpx.Response:
    return httpx.post(url, content=json.dumps(body), headers={"content-type": "application/json"}, timeout=60)


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines()


def call_data(server: SimpleNamespace, function: str, message: object) -> httpx.Response:
    """Calls one of the data tab's functions as its script does."""
    number = component_id(server.url, "data")
    body = {"session_hash": "test", "component_id": number, "fn_name": function, "data": message}
    return _post(f"{server.url}/gradio_api/component_server", body)


def start_app_with_data(data_dir: Path, **environment: object) -> SimpleNamespace:
    """Starts app.py with `--data-dir`; it lists the modules that it imports."""
    return start_app("-X", "importtime", program=("app.py", "--data-dir", str(data_dir)), **environment)
