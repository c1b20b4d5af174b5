"""The page's HTML as a browser and other sites get it, before any script runs.

Gradio writes into it what it says of itself to sites that show links; that gives way to the page's own title and
picture. A sheet lies over the page until its parts are there: its name and the outline of the pad.
"""

from __future__ import annotations

import functools
import html
import json
import re

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..hosting.origins import find_route
from ..paths import ASSETS_DIR
from .part import read_html
from .texts import load_texts

CARD_PATH = ASSETS_DIR / "social_card.jpg"
CARD_SIZE = (1200, 630)

_FOREIGN = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
_ROOT = re.compile(r'"root":("[^"]*")')


class Entrance:
    """ASGI middleware around Gradio's routes: its page leaves as `dress_page` makes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or find_route(scope) != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        pieces: list[bytes] = []

        async def speak(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            pieces.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = b"".join(pieces)
            headers = MutableHeaders(scope=start)
            if start["status"] == 200 and headers["content-type"].startswith("text/html"):
                body = dress_page(body.decode()).encode()
                headers["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, speak)


def dress_page(page: str) -> str:
    """Returns Gradio's page with the tags for other sites, and with the sheet in front of it."""
    found = _ROOT.search(page)
    root = json.loads(found[1]) if found else ""
    page = _FOREIGN.sub("", page).replace("</head>", f"{_describe(root.rstrip('/'))}</head>", 1)
    return re.sub(r"<body[^>]*>", lambda body: f"{body[0]}{_read_sheet()}", page, count=1)


def card_route() -> Route:
    """Answers with the picture that other sites show beside a link to the page."""
    return Route(f"/{CARD_PATH.name}", _answer)


def _answer(request: Request) -> FileResponse:
    return FileResponse(CARD_PATH, headers={"Cache-Control": "public, max-age=86400"})


def _describe(root: str) -> str:
    """Returns the tags; sites want whole addresses in them."""
    texts = _read_texts()
    width, height = CARD_SIZE
    properties = {
        "og:type": "website",
        "og:title": texts["title"],
        "og:description": texts["tagline"],
        "og:url": f"{root}/",
        "og:image": f"{root}/{CARD_PATH.name}",
        "og:image:width": width,
        "og:image:height": height,
        "og:image:alt": texts["card_label"],
    }
    names = {"description": texts["tagline"], "twitter:card": "summary_large_image"}
    return "".join(
        f'<meta {kind}="{key}" content="{html.escape(str(value))}">\n'
        for kind, tags in (("property", properties), ("name", names))
        for key, value in tags.items()
    )


@functools.cache
def _read_texts() -> dict[str, str]:
    return load_texts()


@functools.cache
def _read_sheet() -> str:
    texts = _read_texts()
    sheet = read_html("entrance/main")
    return re.sub(r' data-text="(\w+)">', lambda found: f">{html.escape(texts[found[1]])}", sheet)
