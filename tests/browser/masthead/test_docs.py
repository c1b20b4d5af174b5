"""The documents beside the page: a click away and back, in the page's look, on any screen."""

import re

import pytest
from support.drawing import DESKTOP, PHONE
from support.screen import CONTRASTS

from mnist_core.ui.docs import DOCUMENTS

PAPER = "() => getComputedStyle(document.body).backgroundColor"


def test_they_are_one_click_away_and_the_page_one_click_back(page):
    page.click("#docs")
    page.click("main .index a[href=evidence]")
    page.wait_for_selector("main h1")
    assert page.url.endswith("/docs/evidence")
    page.click("header .back")
    page.wait_for_selector("#sketchpad canvas")


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_wide_tables_scroll_and_the_pages_do_not(browser, server, screen):
    page = browser.new_page(**screen)
    for name in ("", *DOCUMENTS):
        page.goto(f"{server.url}/docs/{name}")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), name
    page.close()


def test_they_are_as_light_or_dark_as_the_page(open_page, server):
    page = open_page(color_scheme="dark")
    dark = page.evaluate(PAPER)
    page.goto(f"{server.url}/docs/hosting")
    assert page.evaluate(PAPER) == dark
    page.go_back()
    page.click("#theme")
    page.goto(f"{server.url}/docs/hosting")
    assert page.evaluate(PAPER) != dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser, server, scheme):
    page = browser.new_page(**DESKTOP, color_scheme=scheme)
    page.goto(f"{server.url}/docs/hosting")
    found = page.evaluate(CONTRASTS, ":is(h1, h2, p, li, code, nav a, header a)")
    assert len(found) > 20
    assert [text for text in found if text["text"] and text["ratio"] < 4.5] == []
    page.close()


def test_the_worksheet_is_printed_on_one_page_and_its_answers_on_the_next(browser, server):
    page = browser.new_page(**DESKTOP)
    page.goto(f"{server.url}/docs/worksheet")
    assert re.findall(rb"/Count (\d+)", page.pdf(format="A4")) == [b"2"]
    page.emulate_media(media="print")
    assert not page.is_visible("nav")
    page.close()
