"""The documents of assets/docs as readable pages at `/docs/`, with an index and the pictures they show.

The same files are read on GitHub: there their links lead to files, here those to other documents lead to their pages,
and those to sources, which are not served, are shown as plain text. HTML in a document is never passed on.
"""

from __future__ import annotations

import functools
import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..paths import ASSETS_DIR
from .files import page_files
from .part import read_html
from .texts import load_texts

DOCS_DIR = ASSETS_DIR / "docs"
# In the order in which they are best read.
DOCUMENTS = (
    *("evidence", "inside", "data", "training", "networks"),
    *("class", "lesson", "lesson_university", "worksheet", "class_privacy"),
    *("settings", "hosting", "api", "architecture"),
)

_COMMENT = re.compile(r"^<!--.*?-->$", re.MULTILINE | re.DOTALL)
# Characters of a cell that holds a sentence.
_LONG_CELL = 40
_PICTURE_TYPES = {".png": "image/png", ".webp": "image/webp", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Document:
    """One document.

    Args:
        title: Its first heading, as text.
        summary: The paragraph below that, as HTML.
        body: All of it as HTML.
    """

    title: str
    summary: str
    body: str


def render_document(text: str) -> Document:
    """Markdown with tables to HTML; every heading gets an id, the same as on GitHub."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(_COMMENT.sub("", text))
    _name_headings(tokens)
    _mark_long_cells(tokens)
    for token in tokens:
        if token.type == "inline":
            token.children = list(_adapt_links(token.children or ()))
    render, options = reader.renderer.render, reader.options
    titles = [token.content for token in tokens if token.type == "inline"]
    summary = next((tokens[place + 1] for place, token in enumerate(tokens) if token.type == "paragraph_open"), None)
    return Document(
        title=titles[0] if titles else "",
        summary=render([summary], options, {}) if summary else "",
        body=_box_tables(render(tokens, options, {})),
    )


def _name_headings(tokens: Sequence[Token]) -> None:
    used: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = re.sub(r"[^\w\- ]", "", tokens[place + 1].content.lower()).replace(" ", "-")
            used[words] = used.get(words, -1) + 1
            token.attrSet("id", f"{words}-{used[words]}" if used[words] else words)


def _mark_long_cells(tokens: Sequence[Token]) -> None:
    """So that in a table with many columns a sentence does not stand in a column of single words."""
    for place, token in enumerate(tokens):
        if token.type == "td_open" and len(tokens[place + 1].content) > _LONG_CELL:
            token.attrSet("class", "long")


def _adapt_links(tokens: Sequence[Token]) -> Iterator[Token]:
    """Leads links to documents to their pages, and leaves out those to files that are not served."""
    left_out = False
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrGet("href"))
            left_out = target.startswith("..")
            token.attrSet("href", re.sub(r"^(\w+)\.md(?=#|$)", r"\1", target))
        if not left_out or not token.type.startswith("link_"):
            yield token
        if token.type == "link_close":
            left_out = False


def _box_tables(body: str) -> str:
    """A wide table scrolls in a box of its own, also by the keyboard."""
    label = html.escape(load_texts()["docs_table"])
    opened = body.replace("<table>", f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>')
    return opened.replace("</table>", "</table></div>")


@functools.cache
def load_documents() -> dict[str, Document]:
    """All documents by name, in their order."""
    return {name: render_document((DOCS_DIR / f"{name}.md").read_text(encoding="utf-8")) for name in DOCUMENTS}


def render_page(name: str) -> str:
    """The page of a document, or with an empty name the index, as HTML. Its links hold below any path."""
    texts, documents = load_texts(), load_documents()
    if name:
        title, body = documents[name].title, documents[name].body
    else:
        title = texts["docs"]
        entries = (
            f'<li><a href="{other}">{html.escape(document.title)}</a><p>{document.summary}</p></li>'
            for other, document in documents.items()
        )
        body = f'<h1>{html.escape(title)}</h1><ul class="index">{"".join(entries)}</ul>'
    current = ' aria-current="page"'
    links = "".join(
        f'<a href="{other}"{current if other == name else ""}>{html.escape(document.title)}</a>'
        for other, document in documents.items()
    )
    page = re.sub(r'data-text="(\w+)">', lambda found: f">{html.escape(texts[found[1]])}", read_html("docs/main"))
    page = re.sub(r'data-label="(\w+)"', lambda found: f'aria-label="{html.escape(texts[found[1]])}"', page)
    filled = {"{title}": html.escape(title), "{links}": links, "{body}": body}
    for style in ("shared/theme.css", "docs/main.css"):
        filled[f"{{{style}}}"] = f"../{page_files().address(style)}"
    return re.sub("|".join(map(re.escape, filled)), lambda found: filled[found[0]], page)


def docs_route() -> Route:
    """Answers at `/docs/` and below: the index, the documents by name, and the pictures that they show."""
    return Route("/docs/{name:path}", _answer)


def _answer(request: Request) -> Response:
    name = request.path_params["name"]
    if name == "" or name in DOCUMENTS:
        content, media_type = render_page(name).encode(), "text/html"
    elif picture := _list_pictures().get(name):
        content, media_type = picture.read_bytes(), _PICTURE_TYPES[picture.suffix]
    else:
        return PlainTextResponse("There is no such document.", status_code=404)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


@functools.cache
def _list_pictures() -> dict[str, Path]:
    """The pictures by their addresses; whatever else is asked for is not among them."""
    folder = DOCS_DIR / "images"
    return {f"images/{path.name}": path for path in folder.iterdir() if path.suffix in _PICTURE_TYPES}
