"""The page as other sites and a browser without scripts get it: tags and picture of our own, and the sheet."""

import io
import re

import httpx
import pytest
from PIL import Image
from support.proxy import proxy
from support.server import shared_server, start_app, stop_app

from mnist_core.ui.entrance import CARD_PATH, CARD_SIZE, dress_page

MOST_BYTES = 150_000


def read_tags(page):
    return re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)"', page)


@pytest.fixture(scope="module")
def page():
    return httpx.get(f"{shared_server().url}/").text


def test_the_tags_are_ours_and_each_stands_once(page):
    tags = read_tags(page)
    assert sorted(dict(tags)) == sorted(name for name, _ in tags)
    assert dict(tags)["og:title"] == "MNIST sketchpad"
    assert dict(tags)["twitter:card"] == "summary_large_image"
    assert not re.search("<meta[^>]*(gradio|click to try)", page, re.IGNORECASE)


def test_the_picture_is_answered_at_its_address_and_is_small(page):
    answer = httpx.get(dict(read_tags(page))["og:image"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(answer.content)).size == CARD_SIZE
    assert len(answer.content) < MOST_BYTES
    assert answer.content == CARD_PATH.read_bytes()


def test_the_sheet_stands_before_the_page_with_its_name(page):
    assert page.index('<div id="entrance"') < page.index("<gradio-app")
    assert "<p>MNIST sketchpad</p>" in page


def test_its_length_is_told_and_head_tells_the_same():
    url = f"{shared_server().url}/"
    headers = {"accept-encoding": "identity"}
    answer = httpx.get(url, headers=headers)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert httpx.head(url, headers=headers).headers["content-length"] == answer.headers["content-length"]


def test_what_gradio_writes_elsewhere_is_kept():
    assert dress_page('<head><meta name="viewport" content="a"></head><body class="b"><p>c').startswith(
        '<head><meta name="viewport" content="a"><meta property="og:type"'
    )


@pytest.mark.parametrize("path", ["docs/", "docs/data", "docs/architecture", "gradio_api/info"])
def test_where_the_footer_leads_there_is_something(path):
    assert httpx.get(f"{shared_server().url}/{path}").status_code == 200


def test_below_a_path_the_picture_is_found():
    server = start_app(GRADIO_ROOT_PATH="/sketch/pad", MNIST_TRUSTED_PROXY="127.0.0.1")
    with proxy(server.port, "/sketch/pad", keeps_prefix=False) as url:
        picture = dict(read_tags(httpx.get(url).text))["og:image"]
        assert picture == f"{url}social_card.jpg"
        assert httpx.get(picture).status_code == 200
    stop_app(server.process)
