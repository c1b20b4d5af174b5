"""The whole page: layout, theme and how it is served."""

from __future__ import annotations

from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse

from ..data.sample import Samples
from ..paths import ASSETS_DIR
from ..services.library import Library
from ..services.reader import Reader
from .data.tab import DataTab, build_data
from .draw.tab import build_sketchpad
from .endpoints import EndpointBlocks, add_endpoints
from .files import Compression, page_files
from .inside.tab import build_inside
from .masthead import build_masthead
from .part import STYLE
from .texts import load_texts

# Uploaded files are looked for every hour and deleted when they are an hour old.
_UPLOADS = (3600, 3600)
# 20 MB as base64 in JSON.
_MAX_BODY_BYTES = 28_000_000
# Fonts that are on every machine: nothing is fetched from elsewhere, and the first paint does not wait.
_FONTS = ["ui-sans-serif", "system-ui", "sans-serif"]


def build_page(reader: Reader, samples: Samples, library: Library) -> gr.Blocks:
    """Builds the page; `reader` answers for it, `samples` are shown beside the pad, `library` holds all other data."""
    with EndpointBlocks(
        title=load_texts()["title"], analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS
    ) as page:
        build_masthead()
        build_sketchpad(reader, samples, library)
        build_data(DataTab(reader, library))
        build_inside(reader, library)
        add_endpoints(reader, library)
    return page


class BodyLimit:
    """ASGI middleware: answers 413 to a request that announces more than a picture of 20 MB needs.

    Gradio limits uploads, but not what the pad's script sends.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers") or ())
        announced = headers.get(b"content-length", b"0")
        if scope["type"] == "http" and (not announced.isdigit() or int(announced) > _MAX_BODY_BYTES):
            response = PlainTextResponse(f"At most {_MAX_BODY_BYTES} bytes are read.", status_code=413)
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def launch_options() -> dict[str, Any]:
    """What `Blocks.launch` needs for this page to look and behave as meant."""
    return {
        "theme": gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        "css": STYLE,
        "head": page_files().head(),
        "favicon_path": ASSETS_DIR / "favicon.svg",
        "footer_links": ["api", "gradio"],
        "run_history": False,
        # A visitor's session holds nothing of value and costs about half a megabyte.
        "state_session_capacity": 100,
        "max_file_size": "20mb",
        "ssr_mode": False,
        "show_error": True,
        "app_kwargs": {
            "middleware": [Middleware(BodyLimit), Middleware(Compression, minimum_size=2000, compresslevel=6)],
            "routes": [page_files().route()],
        },
    }
