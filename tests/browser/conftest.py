"""A served page in a real browser. Without Chromium or playwright these tests are skipped and say so."""

import shutil

import pytest
from support.browser_server import Server
from support.drawing import DESKTOP, PHONE, SEVEN, draw_with_mouse, wait_for_answer, wait_for_computations

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium_path():
    pytest.importorskip("playwright.sync_api", reason="browser tests need playwright: pip install playwright")
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.skip(f"browser tests need one of these programs: {', '.join(CHROMIUM_NAMES)}")
    return path


@pytest.fixture(scope="session")
def server(chromium_path, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(chromium_path, tmp_path):
    """A server that a test may stop."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


# Not for the whole session: while playwright is open, other tests could not use asyncio.
@pytest.fixture(scope="module")
def browser(chromium_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def contexts(browser):
    """Contexts of the browser by their options, shared so that the program's files come from its cache."""
    contexts = {}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture
def open_page(browser, contexts, request):
    """`open_page(**options of the browser's context)` opens the page in a new tab and waits until it is complete.

    Without `has_line` the live line is closed as soon as the page opens it.
    """
    pages = []

    def open_page(screen=DESKTOP, url=None, has_line=True, **more):
        options = {**screen, **more}
        if repr(options) not in contexts:
            contexts[repr(options)] = browser.new_context(**options)
        page = contexts[repr(options)].new_page()
        pages.append(page)
        if not has_line:
            page.route_web_socket("**/live", lambda line: line.close())
        page.goto(url or request.getfixturevalue("server").url)
        page.wait_for_selector("#samples .sample:nth-child(20)")
        page.wait_for_selector("#model option", state="attached")
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture
def page(open_page):
    return open_page(DESKTOP)


@pytest.fixture
def drawn(page):
    """A page with a seven on the pad, read."""
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    return page


@pytest.fixture
def phone(open_page):
    return open_page(PHONE)


@pytest.fixture(scope="module")
def open_drawn(browser, server):
    """`open_drawn(strokes, screen)` opens a page that a module's tests share, with a drawing on its pad, read."""
    contexts = []

    def open_drawn(strokes=(), screen=DESKTOP):
        contexts.append(browser.new_context(**screen))
        page = contexts[-1].new_page()
        page.goto(server.url)
        page.wait_for_selector("#samples .sample:nth-child(20)")
        page.wait_for_selector("#model option", state="attached")
        if strokes:
            wait_for_answer(page, draw_with_mouse(page, strokes))
        return page

    yield open_drawn
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def seven_page(open_drawn):
    """A page with a seven on the pad, for all tests of a module that leave it there."""
    return open_drawn(SEVEN)


@pytest.fixture(scope="module")
def data_page(browser, server):
    """The data tab when all answers are computed, for all tests of a module: each opens its own view in it."""
    context = browser.new_context(**DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{server.url}/#data")
    wait_for_computations(page)
    yield page
    context.close()
