"""Every route of the running page, Gradio's and our own, passes the gate; and what attacks it does no harm."""

import concurrent.futures
import json
import re
import socket
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import gradio as gr
import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AuthenticationError
from support.server import ONE, as_png, call_endpoint, call_pad, free_port, sample_digit, send_picture

from mnist_core.data.sample import built_in_samples
from mnist_core.hosting import gate
from mnist_core.hosting.identity import current_visitor
from mnist_core.hosting.limits import Bodies
from mnist_core.hosting.queue_results import QueueResults
from mnist_core.hosting.settings import Settings
from mnist_core.models.devices import choose_device
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.library import Library
from mnist_core.services.reader import Reader
from mnist_core.services.rooms import Rooms
from mnist_core.services.runs import Runs
from mnist_core.ui.page import build_page, launch_options

OPEN = {"/health", "/ready", "/login", "/logout", "/gradio_api/startup-events"}
FOREIGN = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "origin": "https://evil.example"}
MOST_UNREAD = 10
MANY_LISTS = b'{"data": [[' + b"[]," * 3_000_000 + b"[]]]}"


def serve(folder, settings, patience=20.0):
    """The page in this process: its address, its routes and Gradio's Blocks."""
    reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
    runs = Runs(None, folder)
    page = build_page(reader, built_in_samples(), Library(reader, None, folder), runs)
    with page:

        def whoami(request: gr.Request) -> list:
            """Who asks, as the context and as the request say."""
            return [current_visitor().user, request.request.state.visitor.user]

        gr.api(whoami, api_name="whoami", queue=False)
        gr.api(whoami, api_name="whoami_queued")
    unread = mock.patch.object(gate, "QueueResults", partial(QueueResults, most=MOST_UNREAD))
    with unread, mock.patch.object(gate, "Bodies", partial(Bodies, patience)):
        app, url, _ = page.launch(
            server_port=free_port(),
            prevent_thread_lock=True,
            quiet=True,
            **launch_options(settings, reader, runs, Rooms(folder)),
        )
    return SimpleNamespace(url=url.rstrip("/"), routes=sorted(set(walk(app.routes))), page=page)


def walk(routes, above=""):
    """All routes, as methods and a path with something filled in."""
    for route in routes:
        path = above + getattr(route, "path", "")
        # FastAPI keeps a router that was included as it was.
        inner = getattr(getattr(route, "original_router", route), "routes", ())
        yield from walk(inner, path)
        for method in getattr(route, "methods", None) or ():
            yield method, re.sub(r"\{\w+(:\w+)?\}", "x", path)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    served = serve(tmp_path_factory.mktemp("cache"), Settings())
    yield served
    served.page.close(verbose=False)


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    settings = Settings(users={"ann": "a"}, owner_password="own")
    served = serve(tmp_path_factory.mktemp("cache"), settings, patience=1.0)
    yield served
    served.page.close(verbose=False)


def assert_told_in_words(response):
    assert " " in response.json()["error"]
    assert not re.search(r"/(home|root|tmp|usr|work|var)\b|site-packages", response.text)


# All routes


def test_the_routes_are_found(server):
    paths = {path for _, path in server.routes}
    assert {"/", "/config", "/picture", "/gradio_api/component_server", "/gradio_api/queue/join"} <= paths
    assert len(paths) > 50


def test_nothing_but_health_answers_who_has_not_logged_in(locked):
    with httpx.Client(base_url=locked.url) as client:
        for method, path in [*locked.routes, ("GET", "/gradio_api/mcp/sse"), ("GET", "/nonesuch")]:
            if path.rstrip("/") not in OPEN:
                assert client.request(method, path).status_code == 401, (method, path)
        for path in ("/health", "/ready", "/gradio_api/startup-events"):
            assert client.get(path).status_code == 200


def test_nothing_but_health_answers_a_page_of_another_site(server):
    with httpx.Client(base_url=server.url) as client:
        for method, path in [*server.routes, ("OPTIONS", "/config"), ("POST", "/login")]:
            assert client.request(method, path, headers=FOREIGN).status_code == 403, (method, path)


def test_nothing_takes_a_body_that_is_too_large(server):
    def pieces():
        yield from [bytes(1_000_000)] * 21

    for method, path in server.routes:
        if method not in ("GET", "HEAD") and path.rstrip("/") not in OPEN:
            response = httpx.request(method, f"{server.url}{path}", content=pieces(), timeout=60)
            assert response.status_code in (413, 404), (method, path)
            assert_told_in_words(response)


def test_whatever_is_sent_to_a_route_is_answered_in_words(server):
    bodies = (b"", b"{", b"[]", b"null", b"5", b'{"data": 5}', b'{"data": []}', b"\xff", rb'{"data": ["\ud800"]}')
    bodies += (b'{"data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, ""]}',)
    bodies += (json.dumps({"session_hash": "x", "component_id": 99999, "fn_name": "f", "data": {}}).encode(),)
    headers = {"content-type": "application/json"}
    paths = {path for method, path in server.routes if method == "POST"} - OPEN
    endpoints = {f"/gradio_api/{kind}/classify_picture" for kind in ("run", "api", "call", "call/v2")}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        for path in sorted(paths | endpoints):
            for body in bodies:
                response = client.post(path, content=body)
                assert response.status_code < 500, (path, body)
                if response.status_code >= 400:
                    assert_told_in_words(response)


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/file=/etc/passwd", "/gradio_api/file=../x", "/gradio_api/file=http://127.0.0.1/", "/nonesuch"),
        *("/static/x", "/assets/x", "/?page=x", "/monitoring/summary", "/gradio_api/queue/data?session_hash=x"),
        *("/gradio_api/call/classify_ink/x", "/gradio_api/queue/data", "/gradio_api/upload_progress?upload_id=x"),
    ],
)
def test_what_is_not_there_is_told_in_words(server, path):
    response = httpx.get(f"{server.url}{path}")
    assert 400 <= response.status_code < 500
    assert_told_in_words(response)


def test_no_answer_tells_where_uploads_lie(server):
    files = {"files": ("seven.png", as_png(sample_digit(7)))}
    (name,) = httpx.post(f"{server.url}/gradio_api/upload", files=files).json()
    assert re.fullmatch(r"uploads/[0-9a-f]{64}/seven\.png", name)
    picture = {"path": name, "meta": {"_type": "gradio.FileData"}}
    assert call_endpoint(server, "classify_picture", picture, "").json()["data"][0]["label"] == 7


def test_no_answer_tells_of_the_machine(server):
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/manifest.json", "/theme.css"):
        text = httpx.get(f"{server.url}{path}").text
        assert str(Path.home()) not in text
        assert str(SHIPPED_DIR.parents[1]) not in text


# Who asks


def test_gradio_client_logs_in(locked, tmp_path):
    client = Client(locked.url, auth=("ann", "a"), verbose=False)
    assert client.predict(ONE, api_name="/classify_ink")["label"] == 1
    (tmp_path / "three.png").write_bytes(as_png(sample_digit(3)))
    assert client.predict(handle_file(tmp_path / "three.png"), api_name="/classify_picture")["label"] == 3
    with pytest.raises(AuthenticationError):
        Client(locked.url, auth=("ann", "x"), verbose=False)


def test_functions_know_who_asks(locked):
    login = {"auth": ("owner", "own")}
    direct = httpx.post(f"{locked.url}/gradio_api/run/whoami", json={"data": []}, **login).json()
    assert direct["data"] == [["owner", "owner"]]
    queued = Client(locked.url, auth=("ann", "a"), verbose=False).predict(api_name="/whoami_queued")
    assert queued[1] == "ann"


# Attacks


def answer_times(server, attack):
    """Seconds for which a pen waited for its answers while something else went on."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        attacking, times = pool.submit(attack), []
        while not attacking.done():
            started = time.perf_counter()
            assert call_pad(server, "classify_drawing", {"strokes": ONE}).json()["ok"]
            times.append(time.perf_counter() - started)
        return attacking.result(), times


def test_millions_of_empty_lists_silence_no_pen(server):
    def attack():
        headers = {"content-type": "application/json"}
        paths = ("component_server", "run/classify_ink", "queue/join", "call/classify_ink")
        return [httpx.post(f"{server.url}/gradio_api/{path}", content=MANY_LISTS, headers=headers) for path in paths]

    responses, times = answer_times(server, attack)
    assert [response.status_code for response in responses] == [413] * 4
    assert max(times) < 2


def test_a_body_without_a_length_leaves_nothing_behind(server):
    def pieces():
        yield b'{"data": "'
        yield from [b"x" * 1_000_000] * 60

    for path in ("component_server", "upload"):
        response = httpx.post(f"{server.url}/gradio_api/{path}", content=pieces(), timeout=60)
        assert response.status_code == 413


def test_ten_pictures_at_once_are_read(server):
    picture = as_png(sample_digit(4)) + bytes(5_000_000)
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: send_picture(server, picture).json(), range(10)))
    assert all(answer["ok"] for answer in answers)


def test_calls_of_the_page_begin_no_sessions(server):
    before = len(server.page.state_holder.session_data)
    for number in range(20):
        (component,) = [
            part["id"] for part in server.page.config["components"] if part["props"].get("elem_id") == "sketch"
        ]
        body = {"session_hash": f"s{number}", "component_id": component, "fn_name": "pick_samples", "data": {}}
        assert httpx.post(f"{server.url}/gradio_api/component_server", json=body).json()["ok"]
    assert len(server.page.state_holder.session_data) <= before + 1


def test_gradio_forgets_answers_that_nobody_fetches(server):
    """Looks at what Gradio keeps to itself: nothing else tells."""
    for number in range(MOST_UNREAD + 10):
        body = {"data": [ONE, ""], "session_hash": f"unread{number}"}
        while httpx.post(f"{server.url}/gradio_api/call/classify_ink", json=body).status_code == 503:
            pass  # the queue is full
    waiting = server.page._queue.pending_messages_per_session
    end = time.monotonic() + 60
    while sum(name.startswith("unread") for name in list(waiting)) > MOST_UNREAD:
        assert time.monotonic() < end
    forgotten = httpx.get(f"{server.url}/gradio_api/queue/data?session_hash=unread0")
    assert forgotten.status_code == 404


def test_a_connection_is_closed_whose_body_does_not_come(locked):
    """After a second on this server."""
    with socket.create_connection(("127.0.0.1", int(locked.url.rpartition(":")[2]))) as connection:
        connection.settimeout(60)
        connection.sendall(b"POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 9\r\n\r\nabc")
        answer = connection.makefile("rb").read()  # to its end
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"did not arrive within 1 seconds" in answer
