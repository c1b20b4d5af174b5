"""Nothing reaches what lies behind the gate without passing it, WebSockets and own routes included."""

import base64
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from mnist_core.hosting.gate import Gate
from mnist_core.hosting.identity import current_visitor
from mnist_core.hosting.settings import Settings, parse_settings

FORM = '<form action="{root}login"><p>{problem}</p></form>'
ACCOUNTS = Settings(users={"ann": "a"}, owner_password="own")
PAGE = {"accept": "text/html"}
FOREIGN = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}


async def tell(request):
    visitor = current_visitor()
    assert request.state.visitor == visitor
    body = (await request.body()).decode()
    return JSONResponse({"id": visitor.id, "user": visitor.user, "owner": visitor.is_owner, "body": body})


async def talk(websocket):
    await websocket.accept()
    await websocket.send_text(current_visitor().user)
    async for text in websocket.iter_text():
        await websocket.send_text(str(len(text)))


def client(settings=None, is_ready=lambda: None, base_url="http://127.0.0.1", root_path="", uploads="/tmp/uploads"):
    methods = ["GET", "POST"]
    routes = [Route("/{path:path}", tell, methods=methods), WebSocketRoute("/{path:path}", talk)]
    gate = Gate(Starlette(routes=routes), settings or Settings(), FORM, is_ready, uploads)
    peer = ("10.16.3.4", 5)
    return TestClient(gate, base_url=base_url, root_path=root_path, follow_redirects=False, client=peer)


def basic(name, password):
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


# Health


def test_health_answers_everybody():
    for path, said in (("/health", {"healthy": True}), ("/ready", {"ready": True})):
        response = client(ACCOUNTS).get(path, headers={**FOREIGN, "host": "anything.example"})
        assert (response.status_code, response.json()) == (200, said)


def test_what_is_not_ready_says_so_and_is_healthy():
    def fail():
        raise OSError("/secret")

    response = client(is_ready=fail).get("/ready")
    assert (response.status_code, response.headers["retry-after"]) == (503, "10")
    assert "secret" not in response.text
    assert client(is_ready=fail).get("/health").status_code == 200


# Login


@pytest.mark.parametrize("path", ["/", "/config", "/picture", "/parts/x/main.js"])
def test_nothing_is_shown_to_who_has_not_logged_in(path):
    for method in ("GET", "POST"):
        response = client(ACCOUNTS).request(method, path)
        assert response.status_code == 401
        assert response.json() == {"error": "Log in first, at /login or with HTTP Basic."}


def test_a_browser_gets_the_form_where_it_is():
    for path, root in (("/", "./"), ("/a", "./"), ("/a/b", "../"), ("/a/b/c", "../../")):
        response = client(ACCOUNTS).get(path, headers=PAGE)
        assert (response.status_code, response.text) == (401, f'<form action="{root}login"><p></p></form>')
    response = client(ACCOUNTS, root_path="/digits").get("/digits/a/b", headers=PAGE)
    assert 'action="../login"' in response.text


def test_a_browser_logs_in_and_out():
    browser = client(ACCOUNTS)
    response = browser.post("/login", data={"username": "ann", "password": "a"}, headers=PAGE)
    assert (response.status_code, response.headers["location"]) == (303, "./")
    assert "HttpOnly; SameSite=Lax" in response.headers["set-cookie"]
    assert browser.get("/").json()["user"] == "ann"
    assert not browser.get("/").json()["owner"]
    assert browser.get("/logout").status_code == 303
    assert browser.get("/").status_code == 401


def test_a_wrong_password_is_told_in_the_form():
    response = client(ACCOUNTS).post("/login", data={"username": "ann", "password": "<b>"}, headers=PAGE)
    assert (response.status_code, "<p>The name or the password is wrong.</p>" in response.text) == (401, True)
    assert "set-cookie" not in response.headers


def test_gradio_client_logs_in_with_a_form_and_reads_json():
    program = client(ACCOUNTS)
    assert program.post("/login", data={"username": "ann", "password": "x"}).status_code == 401
    assert program.post("/login", data={"username": "ann", "password": "a"}).json() == {"success": True}
    assert program.get("/config").json()["user"] == "ann"


def test_programs_log_in_with_http_basic():
    assert client(ACCOUNTS).get("/config", headers=basic("ann", "a")).json()["user"] == "ann"
    assert client(ACCOUNTS).get("/config", headers=basic("ann", "b")).status_code == 401


def test_the_owner_is_known_where_all_log_in_and_where_nobody_does():
    for settings in (ACCOUNTS, Settings(owner_password="own")):
        browser = client(settings)
        browser.post("/login", data={"username": "owner", "password": "own"})
        assert browser.get("/").json()["owner"]
    assert not client(Settings(owner_password="own")).get("/").json()["owner"]


def test_there_is_no_login_where_nobody_has_a_password():
    for method, path in (("GET", "/login"), ("POST", "/login"), ("GET", "/logout")):
        assert client().request(method, path).status_code == 404


def test_a_form_holds_a_name_and_a_password_and_no_more():
    response = client(ACCOUNTS).post("/login", content=b"username=" + b"a" * 10_000, headers=PAGE)
    assert response.status_code == 413


def test_the_form_of_another_site_logs_nobody_in():
    response = client(ACCOUNTS).post("/login", data={"username": "ann", "password": "a"}, headers=FOREIGN)
    assert response.status_code == 403


# Visitors


def test_a_visitor_keeps_a_random_name():
    browser = client()
    response = browser.get("/")
    name = response.json()["id"]
    assert re.fullmatch(rf"mnist_visitor={name}; HttpOnly; Max-Age=\d+; SameSite=Lax", response.headers["set-cookie"])
    assert browser.post("/x").json()["id"] == browser.get("/").json()["id"] == name
    assert client().get("/").json()["id"] != name


def test_programs_get_no_name():
    response = client().post("/gradio_api/run/x", content=b"{}")
    assert response.json()["id"] == ""
    assert "set-cookie" not in response.headers


def test_in_a_frame_of_another_site_cookies_need_https():
    embedded = Settings(embed=("https://a.b",))
    assert "SameSite=Lax" in client(embedded).get("/").headers["set-cookie"]
    secure = client(embedded, base_url="https://127.0.0.1").get("/").headers["set-cookie"]
    assert secure.endswith("Secure; SameSite=None; Partitioned")
    assert client(base_url="https://127.0.0.1").get("/").headers["set-cookie"].endswith("Secure; SameSite=Lax")


def test_a_space_is_asked_through_its_proxy():
    space = parse_settings([], {"SPACE_ID": "a/b"})
    headers = {"host": "a-b.hf.space", "x-forwarded-proto": "https"}
    response = client(space).get("/", headers=headers)
    assert response.status_code == 200


# Other sites and other names


def test_what_another_site_sends_is_refused_and_a_link_is_followed():
    for method in ("GET", "POST", "OPTIONS"):
        assert client().request(method, "/x", headers=FOREIGN).status_code == 403
    assert client().post("/x", headers={"origin": "https://evil.example"}).status_code == 403
    assert client().get("/", headers={**FOREIGN, "sec-fetch-mode": "navigate"}).status_code == 200


def test_a_foreign_name_is_refused():
    assert client(base_url="http://evil.example").get("/").status_code == 421


# WebSockets


def test_a_websocket_passes_the_gate():
    with client().websocket_connect("/talk") as websocket:
        assert websocket.receive_text() == ""
    with client(ACCOUNTS).websocket_connect("/talk", headers=basic("ann", "a")) as websocket:
        assert websocket.receive_text() == "ann"


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        (ACCOUNTS, {}),
        (ACCOUNTS, basic("ann", "x")),
        (Settings(), {"origin": "https://evil.example"}),
        (Settings(), FOREIGN),
        (Settings(), {"host": "evil.example"}),
    ],
)
def test_a_websocket_that_may_not_pass_is_closed(settings, headers):
    with pytest.raises(WebSocketDisconnect) as caught, client(settings).websocket_connect("/talk", headers=headers):
        pass
    assert caught.value.code == 1008


def test_a_closed_route_is_closed_to_websockets():
    with pytest.raises(WebSocketDisconnect), client().websocket_connect("/monitoring/x"):
        pass


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * 3_000_001, 1009),
        ("[" + "[]," * 110_000 + "[]]", 1009),
        ("[" * 100 + "]" * 100, 1008),
        (r'{"id": "\ud800"}', 1008),
    ],
)
def test_a_message_that_is_beyond_the_limits_closes_the_websocket(text, code):
    with client().websocket_connect("/live") as websocket:
        websocket.receive_text()
        websocket.send_text("[[0.1, 0.2]]")
        assert websocket.receive_text() == "12"
        websocket.send_text(text)
        with pytest.raises(WebSocketDisconnect) as caught:
            websocket.receive_text()
    assert caught.value.code == code


# Routes and bodies


@pytest.mark.parametrize(
    "path",
    [
        *("/monitoring", "/monitoring/", "/monitoring/summary", "/gradio_api/runs", "/gradio_api/run-history/records"),
        *("/gradio_api/file=/etc/passwd", "/gradio_api/file/x", "/gradio_api/proxy=http://x", "/pwa_icon/9000"),
    ],
)
def test_what_tells_of_others_or_of_the_host_is_closed(path):
    for method in ("GET", "POST"):
        assert client().request(method, path).status_code == 404
        assert client(root_path="/digits").request(method, f"/digits{path}").status_code == 404


def test_what_is_too_large_is_refused_and_pictures_may_be_larger():
    def pieces():
        yield from [bytes(1_000_000)] * 5

    assert client().post("/x", content=pieces()).status_code == 413
    assert client().post("/x", content=bytes(3_000_001)).status_code == 413
    assert client().post("/picture", content=b"x" * 5_000_000).status_code == 200
    assert client().post("/picture", content=b"x" * 20_200_000).status_code == 413


def test_what_cannot_be_parsed_is_refused_unless_it_is_a_picture():
    for body in (b"\xff\xd8", b"[" * 40 + b"]" * 40, rb'"\ud800"'):
        assert client().post("/gradio_api/run/x", content=body).status_code == 400
    assert client().post("/picture", content=b"[" * 40).status_code == 200


def test_calls_of_the_page_share_a_session_and_others_keep_theirs():
    body = '{"session_hash": "mine"}'
    assert client().post("/gradio_api/component_server", content=body).json()["body"] == '{"session_hash":"page"}'
    assert client().post("/gradio_api/component_server/", content=body).json()["body"] == '{"session_hash":"page"}'
    assert client().post("/gradio_api/queue/join", content=body).json()["body"] == body


def test_calls_of_programs_find_their_uploads():
    body = '["uploads/a.png"]'
    assert client().post("/gradio_api/run/x", content=body).json()["body"] == '["/tmp/uploads/a.png"]'
    assert client().post("/other", content=body).json()["body"] == body


def test_every_answer_carries_what_browsers_must_know():
    for path in ("/", "/health", "/monitoring", "/login", "/x"):
        headers = client().get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
