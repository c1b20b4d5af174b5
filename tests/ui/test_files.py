"""Scripts, styles and texts reach a browser once a release, compressed, and nothing else of assets/ does."""

import gzip
import json
import re
import shutil

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.proxy import proxy
from support.server import ONE, call_pad, server_below_a_path, shared_server

from mnist_core.paths import ASSETS_DIR
from mnist_core.ui.files import FOLDERS, PageFiles, page_files

MOST_BYTES = 150_000
FILES = page_files()
SCRIPTS = [name for name in FILES.names if name.endswith(".js")]


@pytest.fixture(scope="module")
def client():
    return TestClient(Starlette(routes=[FILES.route()]))


@pytest.fixture
def copy(tmp_path):
    """A copy of the page's files that may be changed."""
    for name in FOLDERS:
        shutil.copytree(ASSETS_DIR / name, tmp_path / name)
    return tmp_path


def read(name):
    return (ASSETS_DIR / name).read_text(encoding="utf-8")


# One file


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("draw/main.js", "text/javascript"),
        ("inside/main.css", "text/css"),
        ("locales/en/draw.json", "application/json"),
    ],
)
def test_a_file_is_sent_with_its_type_and_kept_for_ever(client, name, media_type):
    response = client.get(FILES.address(name))
    assert response.status_code == 200
    assert response.content == (ASSETS_DIR / name).read_bytes()
    assert response.headers["content-type"].split(";")[0] == media_type
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "gzip"), ("br", None), ("", None)])
def test_it_is_compressed_where_the_browser_can_read_that(client, accepted, encoding):
    response = client.get(FILES.address("shared/theme.css"), headers={"accept-encoding": accepted})
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.content == (ASSETS_DIR / "shared/theme.css").read_bytes()


def test_compression_is_worth_it(client):
    with client.stream("GET", FILES.address("draw/main.js"), headers={"accept-encoding": "gzip"}) as response:
        sent = b"".join(response.iter_raw())
    assert len(sent) < 0.45 * len(gzip.decompress(sent))


def test_every_file_of_the_page_is_there(client):
    suffixes = (".js", ".css", ".json")
    there = [path for name in FOLDERS for path in (ASSETS_DIR / name).rglob("*") if path.suffix in suffixes]
    assert sorted(FILES.names) == sorted(path.relative_to(ASSETS_DIR).as_posix() for path in there)
    assert {client.head(FILES.address(name)).status_code for name in FILES.names} == {200}


# Nothing else


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nonesuch.js",
        "draw",
        "draw/main.html",
        "figures/evidence.json",
        "models/sketchnet/recipe.json",
        "../app.py",
        "draw/../figures/evidence.json",
        "%2e%2e/figures/evidence.json",
        "draw/%2e%2e/%2e%2e/app.py",
        "..%5capp.py",
        "/etc/passwd",
        "draw/main.js/",
        "draw/main.js%00",
    ],
)
def test_nothing_else_is_served(client, name):
    response = client.get(f"/parts/{FILES.digest}/{name}")
    assert response.status_code == 404
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("digest", ["0123456789abcdef", "x", FILES.digest.upper(), f"{FILES.digest}0"])
def test_a_file_of_another_release_is_neither_sent_nor_kept(client, digest):
    response = client.get(f"/parts/{digest}/draw/main.js")
    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")
    assert "Reload the page" in response.text


# Releases


def test_the_same_files_have_the_same_address(copy):
    assert PageFiles(copy).digest == FILES.digest


@pytest.mark.parametrize("name", ["shared/dom.js", "inside/why.css", "locales/en/glossary.json"])
def test_any_change_gives_all_files_another_address(copy, name):
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert PageFiles(copy).digest != FILES.digest


def test_a_file_by_another_name_is_a_change(copy):
    (copy / "draw/ink.js").rename(copy / "draw/strokes.js")
    assert PageFiles(copy).digest != FILES.digest


# What the files ask for


@pytest.mark.parametrize("name", SCRIPTS)
def test_imports_lead_to_files_of_the_part_or_shared_ones(name):
    folder = name.split("/")[0]
    for path in re.findall(r'^import .* from "(.+)";$', read(name), re.MULTILINE):
        assert path.startswith(("./", "../shared/"))
        assert path.replace("../", "").replace("./", f"{folder}/") in FILES.names


def test_every_script_is_imported_or_begins_a_part():
    workers = [
        f"{name.split('/')[0]}/{path}"
        for name in SCRIPTS
        for path in re.findall(r'(?:Worker\(new URL|import)\("./(.+?)"', read(name))
    ]
    follow = FILES._follow_imports(
        [*(f"{name}/main.js" for name in FOLDERS if f"{name}/main.js" in FILES.names), *workers]
    )
    assert sorted(follow) == sorted(SCRIPTS)


def test_the_head_names_what_the_first_tab_needs_and_no_more():
    named = re.findall(r'href="parts/\w+/([^"]+)"', FILES.head())
    assert len(named) == len(set(named))
    assert {"draw/main.js", "draw/pad.js", "masthead/tour.js", "shared/dom.js", "shared/theme.css"} <= set(named)
    assert {name.split("/")[0] for name in named} == {"shared", "masthead", "draw", "locales"}
    assert [name for name in named if name not in FILES.names] == []


def test_every_style_is_asked_for():
    asked = set(re.findall(r'"(\w+(?:/\w+)?)"', "".join(map(read, SCRIPTS))))
    asked |= {f"inside/{name}" for name in asked} | {"shared/theme"}
    asked |= set(re.findall(r"\{(\w+/\w+)\.css\}", read("docs/main.html")))
    assert {name.removesuffix(".css") for name in FILES.names if name.endswith(".css")} <= asked


# The served page


def test_the_page_and_its_configuration_are_small():
    server = shared_server()
    sizes = [len(httpx.get(f"{server.url}{path}").content) for path in ("/", "/config")]
    assert sum(sizes) < MOST_BYTES


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css", f"/{FILES.address('shared/theme.css')}"])
def test_what_is_long_is_sent_compressed(path):
    response = httpx.get(f"{shared_server().url}{path}", headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) < 0.4 * len(response.content)


def test_a_browser_that_cannot_read_that_gets_it_as_it_is():
    response = httpx.get(f"{shared_server().url}/config", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in response.headers
    assert response.json()["components"]


def test_answers_to_the_pen_are_too_short_to_compress():
    assert "content-encoding" not in call_pad(shared_server(), "classify_drawing", {"strokes": ONE}).headers


def test_an_answer_that_streams_is_not_held_back():
    server = shared_server()
    headers = {"accept-encoding": "gzip", "sec-fetch-site": "same-origin"}
    event = httpx.post(f"{server.url}/gradio_api/call/classify_ink", json={"data": [ONE, ""]}).json()["event_id"]
    with httpx.stream(
        "GET", f"{server.url}/gradio_api/call/classify_ink/{event}", headers=headers, timeout=60
    ) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in stream.headers
        assert "event: complete" in "".join(stream.iter_text())


def test_no_text_and_no_script_travels_inside_the_page():
    page = httpx.get(f"{shared_server().url}/").text
    texts = json.loads(read("locales/en/inside.json"))
    assert [key for key, text in texts.items() if len(text) > 40 and text in page] == []
    assert "createLive" not in page


@pytest.mark.parametrize("keeps_prefix", [True, False])
def test_below_a_path_the_files_are_found(keeps_prefix):
    with proxy(server_below_a_path().port, "/sketch/pad", keeps_prefix=keeps_prefix) as url:
        assert httpx.get(url).status_code == 200
        response = httpx.get(f"{url}{FILES.address('draw/main.js')}")
        assert (response.status_code, response.text) == (200, read("draw/main.js"))
        assert "immutable" in response.headers["cache-control"]
