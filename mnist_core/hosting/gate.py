"""The one gate that every request and every WebSocket must pass before Gradio, or a route beside it, sees them.

In this order: who asks and under which address, whether a page of another site is behind it, who the visitor is,
whether what is asked for is open at all, and whether the body is within bounds. What does not pass is answered here, in
one sentence. `/health` and `/ready` answer everybody.
"""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import RefusedError
from .answers import Sentences, refuse, security_headers
from .bodies import check_text, find_uploads, share_session
from .identity import LOGIN_COOKIE, VISITOR_COOKIE, Accounts, Visitor, create_id, set_visitor
from .limits import FORM, MESSAGE, Bodies, Limit, Streams, check_length, find_limit
from .origins import Headers, Proxies, check_page, find_route, read_headers
from .queue_results import QueueResults
from .settings import Settings

_log = logging.getLogger(__name__)

# What Gradio offers and this page does not need: figures of its use, files of the host, its login, developers' tools.
_CLOSED = (
    "/login",
    "/logout",
    "/monitoring",
    "/pwa_icon/",
    "/gradio_api/runs",
    "/gradio_api/run-history",
    "/gradio_api/file",
    "/gradio_api/proxy=",
    "/gradio_api/stream",
    "/gradio_api/custom_component",
    "/gradio_api/deep_link",
    "/gradio_api/process_recording",
    "/gradio_api/profiling",
    "/gradio_api/token",
    "/gradio_api/dev",
    "/gradio_api/vibe",
    "/gradio_api/undo-vibe",
)
# Answers whether the page has started, and nothing else; the program itself asks it.
_STARTED = "/gradio_api/startup-events"
_CALLS = ("/gradio_api/run/", "/gradio_api/api/", "/gradio_api/call/", "/gradio_api/queue/join")
_READY_SECONDS = 5
_MONTH_SECONDS = 30 * 24 * 3600


class Gate:
    """ASGI middleware around everything.

    Args:
        app: What lies behind.
        settings: Who may pass.
        login_page: The form for visitors who must log in, as HTML: `{root}` in it becomes the way to the page's own
            address, `{problem}` what was wrong.
        is_ready: Raises unless visitors can be answered now; may take a moment.
        uploads: Where Gradio keeps uploaded files.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        login_page: str,
        is_ready: Callable[[], object],
        uploads: Path,
    ) -> None:
        self._app = app
        self._login_page = login_page
        self._is_ready = is_ready
        self._uploads = uploads
        self._proxies = Proxies(settings.trusted_proxy, settings.host)
        self._accounts = Accounts(settings.users, settings.owner_password)
        self._bodies = Bodies()
        self._streams = Streams()
        self._headers = security_headers(settings)
        self._may_be_framed = settings.is_space or bool(settings.embed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._pass_request(scope, receive, self._add_headers(send))
        elif scope["type"] == "websocket":
            await self._pass_websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _pass_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = find_route(scope)
        try:
            if route in ("/health", "/ready"):
                await (await self._tell_health(route))(scope, receive, send)
                return
            scope = self._proxies.apply(scope)
            headers = read_headers(scope)
            check_page(scope["method"], headers, scope["host"])
            if route in ("/login", "/logout") and self._accounts.exist:
                await (await self._answer_login(scope, route, headers, receive))(scope, receive, send)
                return
            visitor = self._accounts.identify(headers, scope["client"][0])
            if self._accounts.must_log_in and not visitor.user and route != _STARTED:
                raise RefusedError(401, "Log in first, at /login or with HTTP Basic.")
            _check_open(route)
            if route == "/" and not visitor.id:
                visitor = replace(visitor, id=create_id())
                send = self._add_cookie(send, scope, VISITOR_COOKIE, visitor.id, _MONTH_SECONDS)
            _know(scope, visitor)
            await self._answer(scope, route, headers, receive, send)
        except RefusedError as error:
            await self._refuse(error, scope, route, receive, send)
        except ClientDisconnect:
            pass

    async def _pass_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            scope = self._proxies.apply(scope)
            headers = read_headers(scope)
            check_page("CONNECT", headers, scope["host"])
            visitor = self._accounts.identify(headers, scope["client"][0])
            if self._accounts.must_log_in and not visitor.user:
                raise RefusedError(401, "Log in first.")
            route = find_route(scope)
            _check_open(route)
            _know(scope, visitor)
            with self._streams.hold(route):
                await self._app(scope, _hear_within(MESSAGE, receive, send), send)
        except RefusedError as error:
            await send({"type": "websocket.close", "code": 1008, "reason": str(error)[:120]})

    async def _answer(self, scope: Scope, route: str, headers: Headers, receive: Receive, send: Send) -> None:
        """Lets a request through whose sender may pass, with its body, if it has one that is within bounds."""
        if scope["method"] in ("GET", "HEAD"):
            with self._streams.hold(route):
                await self._app(scope, receive, send)
            return
        limit = find_limit(route)
        async with self._bodies.receive(receive, limit, headers.get("content-length", "")) as body:
            if limit is MESSAGE:
                check_text(body)
            if route == "/gradio_api/component_server":
                body = share_session(body)
            elif route.startswith(_CALLS):
                body = find_uploads(body, self._uploads)
            await self._app(_with_length(scope, len(body)), _replay(body, receive), send)

    async def _answer_login(self, scope: Scope, route: str, headers: Headers, receive: Receive) -> Response:
        """Shows the form, reads it, or logs out; programs get JSON."""
        wants_page = "text/html" in headers.get("accept", "")
        if route == "/logout":
            response: Response = RedirectResponse("./", 303)
            response.headers.append("set-cookie", self._cookie(scope, LOGIN_COOKIE, "", 0))
            return response
        if scope["method"] != "POST":
            return HTMLResponse(self._show_form(route))
        async with self._bodies.receive(receive, FORM, headers.get("content-length", "")) as body:
            form = QueryParams(body)
        name = self._accounts.log_in(form.get("username", ""), form.get("password", ""), scope["client"][0])
        response = RedirectResponse("./", 303) if wants_page else JSONResponse({"success": True})
        response.headers.append("set-cookie", self._cookie(scope, LOGIN_COOKIE, self._accounts.prove(name)))
        return response

    async def _tell_health(self, route: str) -> Response:
        if route == "/health":
            return JSONResponse({"healthy": True})
        try:
            await asyncio.wait_for(asyncio.to_thread(self._is_ready), _READY_SECONDS)
        except Exception as error:
            _log.warning("the server is not ready", exc_info=True)
            raise RefusedError(503, "The server cannot answer visitors at the moment; its log says why.", 10) from error
        return JSONResponse({"ready": True})

    async def _refuse(self, error: RefusedError, scope: Scope, route: str, receive: Receive, send: Send) -> None:
        """Says why; a browser that only has to log in gets the form."""
        response: Response = refuse(error)
        if (error.status == 401 or route == "/login") and "text/html" in read_headers(scope).get("accept", ""):
            problem = str(error) if scope["method"] == "POST" else ""
            response = HTMLResponse(self._show_form(route, problem), error.status)
        await response(scope, receive, send)

    def _show_form(self, route: str, problem: str = "") -> str:
        root = "../" * (route.count("/") - 1) or "./"
        return self._login_page.replace("{root}", root).replace("{problem}", html.escape(problem))

    def _add_headers(self, send: Send) -> Send:
        async def speak(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *self._headers]}
            await send(message)

        return speak

    def _add_cookie(self, send: Send, scope: Scope, name: str, value: str, seconds: int) -> Send:
        cookie = (b"set-cookie", self._cookie(scope, name, value, seconds).encode())

        async def speak(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), cookie]}
            await send(message)

        return speak

    def _cookie(self, scope: Scope, name: str, value: str, seconds: int | None = None) -> str:
        """Returns what sets a cookie, or with 0 seconds deletes it.

        It has no path: a browser then keeps it for the folder of the address, which may be one below the host's root.
        In a frame of another site a browser sends it only if it says so, and that needs https.
        """
        is_secure = scope["scheme"] == "https"
        parts = [f"{name}={value}", "HttpOnly"]
        parts += [f"Max-Age={seconds}"] if seconds is not None else []
        parts += ["Secure"] if is_secure else []
        parts += ["SameSite=None", "Partitioned"] if is_secure and self._may_be_framed else ["SameSite=Lax"]
        return "; ".join(parts)


class AppOptions(TypedDict):
    """Part of what Gradio makes its application of."""

    lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]]
    middleware: list[Middleware]


def guard(settings: Settings, login_page: str, is_ready: Callable[[], object], uploads: Path) -> AppOptions:
    """Returns `app_kwargs` for `Blocks.launch`, so that everything passes the gate; for its arguments see `Gate`."""

    @asynccontextmanager
    async def stand_before(app: Starlette) -> AsyncIterator[None]:
        # Gradio puts its own middleware around whatever it is given, but when the server starts its stack is complete.
        inner = app.middleware_stack or app.build_middleware_stack()
        app.middleware_stack = Gate(inner, settings, login_page, is_ready, uploads)
        yield

    return {"lifespan": stand_before, "middleware": [Middleware(Sentences, uploads), Middleware(QueueResults)]}


def _hear_within(limit: Limit, receive: Receive, send: Send) -> Receive:
    """Hears messages of a WebSocket; one that is beyond the limit, or cannot be parsed in little time, closes it."""

    async def hear() -> Message:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        content = message.get("bytes") or (message.get("text") or "").encode("utf-8", "replace")
        try:
            check_length(len(content), limit)
            check_text(content)
        except RefusedError as error:
            code = 1009 if error.status == 413 else 1008
            await send({"type": "websocket.close", "code": code, "reason": str(error)[:120]})
            return {"type": "websocket.disconnect", "code": code}
        return message

    return hear


def _check_open(route: str) -> None:
    if route.startswith(_CLOSED):
        raise RefusedError(404, "There is nothing at this address.")


def _know(scope: Scope, visitor: Visitor) -> None:
    set_visitor(visitor)
    scope["state"] = {**scope.get("state", {}), "visitor": visitor}


def _with_length(scope: Scope, length: int) -> Scope:
    others = [header for header in scope["headers"] if header[0] not in (b"content-length", b"transfer-encoding")]
    return {**scope, "headers": [*others, (b"content-length", str(length).encode())]}


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives a body that has come already, then what comes next."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def hear() -> Message:
        return messages.pop() if messages else await receive()

    return hear
