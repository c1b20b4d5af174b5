"""What is said when something cannot be answered, and what every answer carries.

Gradio answers a request that it cannot read with 500, with a list of findings or with nothing. `Sentences` stands
around it and says in one sentence what was wrong, with a status that says whose fault it was.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import FAULT, RefusedError
from .bodies import hide_uploads
from .settings import Settings

_log = logging.getLogger(__name__)

_SENTENCES = {
    400: "The server can make nothing of this request. /gradio_api/info says what it expects.",
    401: "Log in first.",
    403: "This may not be asked for.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "This is too large.",
    422: "The request does not have the expected form. /gradio_api/info says what it expects.",
    500: FAULT,
    503: "The server has too much to do. Try again in a minute.",
}
_UPLOAD = "/gradio_api/upload"


def refuse(error: RefusedError) -> JSONResponse:
    """Returns the answer to a request that is refused; what is left of it is not waited for."""
    headers = {"connection": "close"}
    if error.retry_after is not None:
        headers["retry-after"] = str(error.retry_after)
    return JSONResponse({"error": str(error)}, error.status, headers)


def security_headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """Returns what every answer tells the browser: to ask nobody else, and in whose frames the page may be shown.

    Gradio writes scripts and styles into its page and builds functions from text.
    """
    ancestors = ["'self'", *(["https://huggingface.co"] if settings.is_space else []), *settings.embed]
    policy = {
        "default-src": "'self' data: blob:",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(ancestors),
    }
    return [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"content-security-policy", "; ".join(f"{name} {value}" for name, value in policy.items()).encode()),
    ]


class Sentences:
    """ASGI middleware next to Gradio: its errors become sentences, and its uploads lose the folder where they lie.

    Args:
        app: Gradio's routes.
        uploads: The folder of uploaded files.
    """

    def __init__(self, app: ASGIApp, uploads: Path) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Held(send, lambda status: status >= 400 or scope["path"].rstrip("/").endswith(_UPLOAD))
        try:
            await self._app(scope, receive, answer.send)
        except RefusedError as error:
            await refuse(error)(scope, receive, send)
            return
        except Exception:
            if answer.has_begun:
                raise
            _log.warning("%s %s failed", scope["method"], scope["path"], exc_info=True)
            answer.replace(500)
        if not answer.is_held:
            return
        if answer.status < 400:
            await answer.release(answer.status, hide_uploads(answer.body, self._uploads))
        else:
            status, content = explain(answer.status, answer.body, _may_be_malformed(scope))
            await answer.release(status, json.dumps(content).encode())


def explain(status: int, body: bytes, may_be_malformed: bool) -> tuple[int, dict[str, Any]]:
    """Returns an error of Gradio's in a sentence.

    Args:
        status: What Gradio answers.
        body: What it says.
        may_be_malformed: Whether the request held something that Gradio may have stumbled over.

    Returns:
        The status that says whose fault it is, and the answer, with the sentence as its "error".
    """
    said = _read_object(body)
    if said.get("error"):  # a sentence of ours: what was refused, or that the program itself has failed
        is_refusal = status == 500 and said["error"] != FAULT
        return (422 if is_refusal else status), said
    if status == 500 and may_be_malformed:
        status = 400
    detail = said.get("detail")
    if isinstance(detail, list):
        findings = [_describe_finding(finding) for finding in detail if isinstance(finding, dict)]
        return status, {"error": " ".join([_SENTENCES[422], *findings])}
    has_sentence = isinstance(detail, str) and " " in detail and detail != "Not Found" and "/" not in detail
    return status, {"error": detail if has_sentence else _SENTENCES.get(status, _SENTENCES[400])}


class _Held:
    """Passes an answer on, or holds it back until it is whole."""

    def __init__(self, send: Send, must_hold: Callable[[int], bool]) -> None:
        self._send = send
        self._must_hold = must_hold
        self._start: Message = {}  # of an answer that is held
        self._pieces: list[bytes] = []
        self.has_begun = False

    @property
    def is_held(self) -> bool:
        return bool(self._start)

    @property
    def status(self) -> int:
        return self._start["status"]

    @property
    def body(self) -> bytes:
        return b"".join(self._pieces)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._must_hold(message["status"]):
            self._start = message
        elif self._start:
            self._pieces.append(message.get("body", b""))
        else:
            self.has_begun = True
            await self._send(message)

    def replace(self, status: int) -> None:
        """Holds an empty answer, whatever was held before."""
        self._start, self._pieces = {"type": "http.response.start", "status": status, "headers": []}, []

    async def release(self, status: int, body: bytes) -> None:
        """Sends JSON in place of what was held."""
        headers = [(name, value) for name, value in self._start["headers"] if not name.startswith(b"content-")]
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._send({**self._start, "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _may_be_malformed(scope: Scope) -> bool:
    return scope["method"] not in ("GET", "HEAD") or bool(scope["query_string"])


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _describe_finding(finding: dict[str, Any]) -> str:
    """Returns one of FastAPI's findings: where and what, without what was sent."""
    place = ".".join(str(part) for part in finding.get("loc", ()))
    return f"{place}: {finding.get('msg', 'wrong')}."
