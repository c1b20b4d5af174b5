"""The scripts, styles and texts of the page, which a browser fetches once and keeps until the next release.

The address of each holds a digest of all of them, and relative imports inherit it: no file of one release meets one of
another. Nothing else of assets/ is served.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..paths import ASSETS_DIR

FOLDERS = ("shared", "masthead", "draw", "data", "inside", "train", "classroom", "footer", "docs", "locales")
# What the first tab shows.
_FIRST = ("masthead", "draw")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
_IMPORT = re.compile(r'^import .* from "(.+)";$', re.MULTILINE)


@dataclass(frozen=True)
class PageFile:
    """One file as it is sent: its bytes, the same compressed, and their type."""

    content: bytes
    compressed: bytes
    media_type: str


class PageFiles:
    """All files of the page, read and compressed once.

    Args:
        folder: Holds `FOLDERS`.
    """

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, PageFile] = {}
        whole = hashlib.sha256()
        for part in FOLDERS:
            for path in sorted(path for path in (folder / part).rglob("*") if path.suffix in _TYPES):
                name, content = path.relative_to(folder).as_posix(), path.read_bytes()
                whole.update(f"{name} {len(content)}\n".encode() + content)
                self._files[name] = PageFile(content, gzip.compress(content, mtime=0), _TYPES[path.suffix])
        self.digest = whole.hexdigest()[:16]

    @property
    def names(self) -> list[str]:
        """The files, as paths within the folder."""
        return list(self._files)

    def address(self, name: str) -> str:
        """Returns where the page finds a file: relative to the page, which may lie below any path."""
        return f"parts/{self.digest}/{name}"

    def route(self) -> Route:
        """Answers at all these addresses. A `Mount` would not be found behind a proxy that strips a prefix."""
        return Route("/parts/{digest}/{name:path}", self._answer)

    def head(self) -> str:
        """Tags for the head of the page: what the first tab needs is fetched early, but after what Gradio needs."""
        folders = "shared", *_FIRST
        tags = {
            'rel="preload" as="style"': [name for name in self._files if name.startswith(folders) and ".css" in name],
            'rel="modulepreload"': self._follow_imports([f"{name}/main.js" for name in _FIRST]),
            'rel="preload" as="fetch" crossorigin': [f"locales/en/{name}.json" for name in folders],
        }
        return "\n".join(
            f'<link {kind} fetchpriority="low" href="{self.address(name)}">'
            for kind, names in tags.items()
            for name in names
        )

    def _follow_imports(self, names: list[str]) -> list[str]:
        """Lists these scripts and all that they import."""
        found = dict.fromkeys(names)
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            for relative in _IMPORT.findall(self._files[name].content.decode()):
                imported = posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))
                if imported not in found:
                    found[imported] = None
                    waiting.append(imported)
        return list(found)

    def _answer(self, request: Request) -> Response:
        file = self._files.get(request.path_params["name"])
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        if request.path_params["digest"] != self.digest:
            # Of a page that came with another release, which its script then loads again.
            text = "This file belongs to another version of the page. Reload the page."
            return PlainTextResponse(text, status_code=404, headers=headers)
        if file is None:
            return PlainTextResponse("The page has no such file.", status_code=404, headers=headers)
        headers |= {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return Response(file.content, media_type=file.media_type, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(file.compressed, media_type=file.media_type, headers=headers)


@functools.cache
def page_files() -> PageFiles:
    """Returns the scripts and styles of this page, by their digest."""
    return PageFiles(ASSETS_DIR)


class Compression(GZipMiddleware):
    """Compresses the page itself and the server's longer answers; files, by their ending, are compressed already."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "." in posixpath.basename(scope["path"]):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
