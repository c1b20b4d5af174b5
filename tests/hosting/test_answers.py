"""Errors become sentences, with a status that says whose fault it was."""

import asyncio
import json
from pathlib import Path

import pytest

from mnist_core.errors import FAULT, RefusedError
from mnist_core.hosting.answers import Sentences, explain, refuse, security_headers
from mnist_core.hosting.settings import Settings

UPLOADS = Path("/tmp/gradio")


def answer(app, method="POST", path="/gradio_api/run/x", query=b""):
    """Status, headers and body of what is said around an app."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": []}
    asyncio.run(Sentences(app, UPLOADS)(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


def replying(status, body, headers=()):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    return app


def failing(error):
    async def app(scope, receive, send):
        raise error

    return app


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (500, b"Internal Server Error", 400, "can make nothing of this request"),
        (500, b'{"error": null}', 400, "can make nothing of this request"),
        (500, b'{"error": "Take one away.", "visible": true}', 422, "Take one away."),
        (500, json.dumps({"error": FAULT}).encode(), 500, "its log says why"),
        (404, b'{"detail": "Not Found"}', 404, "nothing at this address"),
        (404, b"", 404, "nothing at this address"),
        (405, b'{"detail": "Method Not Allowed"}', 405, "Method Not Allowed"),
        (400, b'{"detail": "Session hash not found."}', 400, "Session hash not found."),
        (403, b'{"detail": "File not allowed: /etc/passwd."}', 403, "may not be asked for"),
        (418, b"\xff", 418, "can make nothing"),
    ],
)
def test_an_error_is_a_sentence(status, body, expected, words):
    found, headers, said = answer(replying(status, body, [(b"content-type", b"text/plain"), (b"allow", b"GET")]))
    assert found == expected
    assert words in json.loads(said)["error"]
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"content-length"] == str(len(said)).encode()
    assert headers[b"allow"] == b"GET"


def test_findings_are_told_without_what_was_sent():
    findings = [
        {"type": "list_type", "loc": ["body", "data"], "msg": "Input should be a valid list", "input": "secret"}
    ]
    status, content = explain(422, json.dumps({"detail": findings}).encode(), True)
    assert status == 422
    assert content["error"].endswith("body.data: Input should be a valid list.")
    assert "secret" not in json.dumps(content)


@pytest.mark.parametrize(
    ("method", "query", "status"), [("POST", b"", 400), ("GET", b"a=1", 400), ("GET", b"", 500), ("HEAD", b"", 500)]
)
def test_what_fails_may_be_the_fault_of_what_was_asked(caplog, method, query, status):
    found, _, said = answer(failing(KeyError("/home/ann")), method=method, query=query)
    assert found == status
    assert b"/home" not in said
    assert "KeyError" in caplog.text


def test_what_is_refused_further_in_says_why():
    status, headers, said = answer(failing(RefusedError(503, "Come again.", 5)))
    assert (status, headers[b"retry-after"], json.loads(said)) == (503, b"5", {"error": "Come again."})


def test_a_failure_after_the_answer_has_begun_is_not_hidden():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise KeyError("x")

    with pytest.raises(KeyError):
        answer(app)


def test_answers_pass_as_they_are():
    assert answer(replying(200, b"/tmp/gradio/x", [(b"x", b"y")])) == (200, {b"x": b"y"}, b"/tmp/gradio/x")


def test_uploads_are_told_without_their_folder():
    status, headers, said = answer(replying(200, b'["/tmp/gradio/ab/x.png"]'), path="/gradio_api/upload")
    assert (status, said, headers[b"content-length"]) == (200, b'["uploads/ab/x.png"]', b"20")


def test_what_is_refused_closes_the_connection():
    response = refuse(RefusedError(413, "Too large."))
    assert (response.status_code, response.headers["connection"]) == (413, "close")
    assert "retry-after" not in response.headers


def policy_of(settings):
    headers = dict(security_headers(settings))
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"same-origin"
    return dict(part.split(" ", 1) for part in headers[b"content-security-policy"].decode().split("; "))


def test_only_the_pages_own_origin_is_asked():
    policy = policy_of(Settings())
    assert policy["default-src"] == "'self' data: blob:"
    assert all("http" not in sources and "*" not in sources for sources in policy.values())


def test_who_may_show_the_page_in_a_frame():
    assert policy_of(Settings())["frame-ancestors"] == "'self'"
    assert policy_of(Settings(is_space=True))["frame-ancestors"] == "'self' https://huggingface.co"
    embed = ("https://a.b", "https://*.c.d")
    assert policy_of(Settings(embed=embed))["frame-ancestors"] == "'self' https://a.b https://*.c.d"
