"""A served page in a real browser. Without Chromium or playwright these tests are skipped and say so."""

import shutil

import pytest
from support.browser_server import Server
from support.drawing import DESKTOP, PHONE, SEVEN, draw_with_mouse, wait_for_answer, wait_for_computations
from support.fresh import start_over

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
    """Contexts of the browser by window and options, shared so that the program's files come from its cache."""
    contexts = {}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def new_tab(browser, contexts, request):
    """`new_tab(**options of the browser's context)` opens the page in a new tab and waits until it is complete.

    Without `has_line` the live line is closed as soon as the page opens it. Behind another tab of its window a page
    draws only about once a second.
    """
    pages = []

    def new_tab(screen=DESKTOP, url=None, has_line=True, window="", **more):
        options = {**screen, **more}
        name = repr((window, options))
        if name not in contexts:
            contexts[name] = browser.new_context(**options)
        page = contexts[name].new_page()
        pages.append(page)
        if not has_line:
            page.route_web_socket("**/live", lambda line: line.close())
        page.goto(url or request.getfixturevalue("server").url)
        page.wait_for_selector("#samples .sample:nth-child(20)")
        page.wait_for_selector("#model option", state="attached")
        return page

    yield new_tab
    for page in pages:
        page.close()


@pytest.fixture
def open_page(new_tab):
    """As `new_tab`; the page is closed after the test."""
    pages = []

    def open_page(*arguments, **options):
        pages.append(new_tab(*arguments, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def kept_pages():
    """The pages that `borrow_page` lends, by their options."""
    return {}


@pytest.fixture
def borrow_page(new_tab, kept_pages, request):
    """`borrow_page(**options as of new_tab)` gives a page as if it were new; the next test may get the same one.

    A test that fails keeps its page for itself.
    """
    borrowed = {}
    num_failed = request.session.testsfailed

    def borrow_page(screen=DESKTOP, **more):
        name = repr((screen, more))
        borrowed[name] = kept_pages.pop(name, None)
        if borrowed[name]:
            start_over(borrowed[name], screen)
        else:
            borrowed[name] = new_tab(screen, **more)
        return borrowed[name]

    yield borrow_page
    if request.session.testsfailed == num_failed:
        kept_pages.update(borrowed)


@pytest.fixture
def page(borrow_page):
    """A page as if it had just been opened."""
    return borrow_page()


@pytest.fixture
def drawn(page):
    """A page with a seven on the pad, read."""
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    return page


@pytest.fixture
def phone(borrow_page):
    return borrow_page(PHONE)


@pytest.fixture(scope="module")
def open_drawn(new_tab):
    """`open_drawn(strokes, screen)` opens a page that a module's tests share, with a drawing on its pad, read."""

    def open_drawn(strokes=(), screen=DESKTOP):
        page = new_tab(screen, window="drawn")
        if strokes:
            wait_for_answer(page, draw_with_mouse(page, strokes))
        return page

    return open_drawn


@pytest.fixture(scope="module")
def seven_page(open_drawn):
    """A page with a seven on the pad, for all tests of a module that leave it there."""
    return open_drawn(SEVEN)


@pytest.fixture(scope="module")
def data_page(new_tab, server):
    """The data tab when all answers are computed, for all tests of a module: each opens its own view in it."""
    page = new_tab(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}/#data")
    wait_for_computations(page)
    return page
