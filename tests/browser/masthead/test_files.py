"""The page's files: fetched once, below any path, and never those of another release."""

import re

import pytest
from support.browser_server import Server
from support.drawing import SEVEN, draw_with_mouse, wait_for_answer
from support.proxy import proxy

SAMPLES = "#samples .sample:nth-child(20)"
PARTS = """() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/parts/"))
    .map(({ name, transferSize }) => [name.split("/parts/")[1], transferSize])"""


@pytest.fixture(scope="module")
def below_a_path(chromium_path, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"), GRADIO_ROOT_PATH="/digits", MNIST_TRUSTED_PROXY="127.0.0.1")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def new_page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def open_tabs(page, url):
    """Opens the page and each of its tabs."""
    page.goto(url)
    page.wait_for_selector(SAMPLES)
    page.evaluate("() => { location.hash = '#data'; }")
    page.wait_for_selector("#grid .sample")
    page.evaluate("() => { location.hash = '#inside'; }")
    page.wait_for_selector("#inside .views a")
    page.wait_for_function(f"{PARTS.replace('()', '(last)', 1)}.some(([name]) => name.endsWith(last))", arg="/paths.js")
    page.evaluate("() => { location.hash = '#draw'; }")


def keep_old_page(page, server, times):
    """The browser has kept a page of another release, and shows it so many times."""
    left = iter(range(times))

    def answer(route):
        response = route.fetch()
        is_kept = next(left, None) is not None
        body = re.sub(r"parts/\w+/", "parts/0123456789abcdef/", response.text()) if is_kept else response.text()
        route.fulfill(response=response, body=body)

    page.route(f"{server.url}/", answer)


def test_a_second_visit_fetches_nothing_again(new_page, server):
    open_tabs(new_page, server.url)
    first = dict(new_page.evaluate(PARTS))
    assert len(first) > 40
    assert sum(first.values()) > 50_000
    second = new_page.context.new_page()
    open_tabs(second, server.url)
    again = dict(second.evaluate(PARTS))
    assert again.keys() == first.keys()
    assert {name: size for name, size in again.items() if size} == {}


def test_a_tab_that_is_not_opened_fetches_nothing(new_page, server):
    new_page.goto(server.url)
    new_page.wait_for_selector(SAMPLES)
    folders = {name.split("/")[1] for name, _ in new_page.evaluate(PARTS)}
    assert folders == {"shared", "masthead", "draw", "footer", "locales"}


@pytest.mark.parametrize("keeps_prefix", [True, False])
def test_the_page_works_below_a_path(new_page, below_a_path, keeps_prefix):
    with proxy(below_a_path.port, "/digits", keeps_prefix=keeps_prefix) as url:
        open_tabs(new_page, url)
        answer = wait_for_answer(new_page, draw_with_mouse(new_page, SEVEN))
        assert answer
        new_page.goto("about:blank")


def test_a_page_of_another_release_is_loaded_again(new_page, server):
    keep_old_page(new_page, server, times=1)
    new_page.goto(f"{server.url}/#draw")
    new_page.wait_for_selector(SAMPLES)


def test_but_not_again_and_again(new_page, server):
    """A cache on the way may keep the old page."""
    keep_old_page(new_page, server, times=100)
    loads = []
    new_page.on("load", lambda page: loads.append(page))
    new_page.goto(f"{server.url}/#draw")
    problem = "This part of the page could not be loaded. Reload the page."
    new_page.wait_for_function("(text) => document.querySelector('#sketch')?.innerText.includes(text)", arg=problem)
    new_page.wait_for_function("(text) => document.querySelector('#masthead').innerText.includes(text)", arg=problem)
    assert len(loads) == 2


def test_nothing_is_shown_before_its_styles_are_there(new_page, server):
    """Otherwise the page would jump."""
    held = []
    new_page.route("**/draw/main.css", lambda route: held.append(route))
    new_page.goto(server.url)
    new_page.wait_for_selector(".masthead h1")
    new_page.wait_for_selector("#sketchpad canvas", state="attached")
    assert not new_page.is_visible("#sketchpad canvas")
    for route in held:
        route.continue_()
    new_page.wait_for_selector("#sketchpad canvas")
