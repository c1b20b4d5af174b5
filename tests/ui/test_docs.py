"""The documents as pages: whole, without their authors' HTML, with links that hold, and nothing else beside them."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.proxy import proxy
from support.server import server_below_a_path

from mnist_core.ui.docs import DOCS_DIR, DOCUMENTS, docs_route, load_documents, render_document
from mnist_core.ui.files import page_files


@pytest.fixture(scope="module")
def client():
    return TestClient(Starlette(routes=[docs_route(), page_files().route()]))


# One document


def test_markdown_becomes_a_title_a_summary_and_a_body():
    document = render_document("# A title\n\nIn short.\n\n## More\n\nText.\n")
    assert (document.title, document.summary) == ("A title", "In short.")
    assert '<h1 id="a-title">A title</h1>' in document.body
    assert '<h2 id="more">More</h2>\n<p>Text.</p>' in document.body


def test_headings_are_named_as_on_github():
    body = render_document("## What `a_b` is, in-depth\n\n## Twice\n\n## Twice\n").body
    assert re.findall(r'id="([^"]+)"', body) == ["what-a_b-is-in-depth", "twice", "twice-1"]


def test_a_cell_with_a_sentence_is_wide():
    body = render_document(f"| a | b |\n|---|---|\n| word | {'word ' * 10} |\n").body
    assert body.count('class="long"') == 1
    assert "<td>word</td>" in body


def test_a_table_scrolls_in_its_own_box():
    body = render_document("| a | b |\n|---|---|\n| 1 | 2 |\n").body
    assert re.search(r'<div class="scroll" role="region" tabindex="0" aria-label="[^"]+"><table>', body)
    assert "</table></div>" in body


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "[a](javascript:x)"])
def test_html_and_scripts_are_shown_as_text(text):
    assert not re.search(r"<script|<img|href=\"javascript", render_document(text).body)


def test_the_marks_of_tables_are_not_shown():
    assert "written by the program" not in render_document("<!-- a: written by the program -->\n| a |\n|---|\n").body


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("[a](data.md)", '<a href="data">a</a>'),
        ("[a](data.md#b)", '<a href="data#b">a</a>'),
        ("[a](#b)", '<a href="#b">a</a>'),
        ("[a](https://example.org/x.md)", '<a href="https://example.org/x.md">a</a>'),
        ("[a](../../mnist_core/errors.py)", "a"),
        ("[a](../x.py) [b](data.md)", 'a <a href="data">b</a>'),
        ("![a](images/a.webp)", '<img src="images/a.webp" alt="a" />'),
    ],
)
def test_links_lead_to_pages_and_files_that_are_not_served_are_named(link, shown):
    assert render_document(link).body == f"<p>{shown}</p>\n"


# The pages


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_and_picture_of_a_page_is_answered(client, name):
    page = client.get(f"/docs/{name}")
    assert page.status_code == 200
    assert load_documents()[name].body in page.text
    targets = re.findall(r'<(?:a|img|link)\b[^>]* (?:href|src)="([^"]+)"', page.text)
    local = [target for target in targets if "://" not in target and target not in ("../", "../favicon.ico")]
    assert len(local) > len(DOCUMENTS)
    for path, _, heading in (target.partition("#") for target in local):
        answer = client.get(str(httpx.URL(f"http://testserver/docs/{name}").join(path)))
        assert answer.status_code == 200, path
        assert not heading or f' id="{heading}"' in answer.text


def test_the_index_lists_every_document(client):
    page = client.get("/docs/").text
    for name, document in load_documents().items():
        assert page.count(f'<a href="{name}">{document.title}</a>') == 2
        assert document.summary in page


def test_a_page_marks_itself_in_the_list(client):
    page = client.get("/docs/hosting").text
    assert re.findall(r'<a href="(\w+)" aria-current="page">', page) == ["hosting"]


def test_a_page_that_a_browser_has_is_not_sent_again(client):
    tag = client.get("/docs/api").headers["etag"]
    again = client.get("/docs/api", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


# Nothing else


@pytest.mark.parametrize(
    "name",
    [
        *("nonesuch", "api.md", "api/", "main.html", "images", "images/", "images/nonesuch.webp", "images/../api.md"),
        *("../app.py", "%2e%2e/%2e%2e/app.py", "images/%2e%2e/%2e%2e/favicon.svg", "images/..%2f..%2ffavicon.svg"),
        *("..%5capp.py", "/etc/passwd", "images//etc/passwd", "images/drawing.webp%00", "favicon.svg"),
    ],
)
def test_nothing_else_is_served(client, name):
    assert client.get(f"/docs/{name}").status_code == 404


def test_pictures_are_sent_with_their_types(client):
    types = {path.suffix: client.get(f"/docs/images/{path.name}") for path in (DOCS_DIR / "images").iterdir()}
    assert {suffix: answer.headers["content-type"] for suffix, answer in types.items()} == {
        ".svg": "image/svg+xml",
        ".webp": "image/webp",
    }


@pytest.mark.parametrize("keeps_prefix", [True, False])
def test_below_a_path_the_pages_are_found(keeps_prefix):
    with proxy(server_below_a_path().port, "/sketch/pad", keeps_prefix=keeps_prefix) as url:
        page = httpx.get(f"{url}docs/evidence")
        assert load_documents()["evidence"].body in page.text
        assert "script-src" in page.headers["content-security-policy"]
        for target in ("../", "./", "data", re.search(r'href="(\.\./parts/[^"]+)"', page.text)[1]):
            assert httpx.get(str(page.url.join(target))).status_code == 200, target
