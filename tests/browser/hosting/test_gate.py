"""The gate as a browser meets it: nobody else is asked, visitors log in, chosen sites show the page in a frame."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.browser_server import Server
from support.drawing import DESKTOP, SEVEN, draw_with_mouse, wait_for_answer
from support.pictures import give_picture, photograph

VIEWS = ("network", "journey", "why", "change", "fool", "belief", "move", "break", "learn")
SPACE = {"SYSTEM": "spaces", "SPACE_ID": "someone/sketchpad"}
NOTE_VIOLATIONS = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
"""


@pytest.fixture(scope="module")
def serve(chromium_path, tmp_path_factory):
    """`serve(**variables)` starts a server with these."""
    servers = []

    def serve(**variables):
        servers.append(Server(tmp_path_factory.mktemp("server"), **variables))
        servers[-1].start()
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def other_site():
    """The address of a site that shows in a frame what `?` is followed by."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{self.path.partition("?")[2]}" width=1400 height=850></iframe>'.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_port}"  # a browser takes this for another site than 127.0.0.1
        site.shutdown()


@pytest.fixture(scope="module")
def space(serve, other_site):
    """A server on a Space, whose page that site may show in a frame."""
    return serve(**SPACE, MNIST_EMBED=other_site)


@pytest.fixture
def new_page(browser):
    contexts = []

    def new_page():
        contexts.append(browser.new_context(**DESKTOP))
        return contexts[-1].new_page()

    yield new_page
    for context in contexts:
        context.close()


def open_everything(page, url, picture):
    """Draws, gives a picture, and opens every tab and view and the list of endpoints."""
    page.goto(url)
    page.click("#footer-api")
    page.wait_for_selector(".api-docs :text('/classify_ink')")
    page.goto(url)
    page.wait_for_selector("#samples .sample:nth-child(20)")
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    give_picture(page, "open", picture)
    page.wait_for_function("() => document.querySelector('#bars').dataset.points === '0'")
    for address in ("#data", "#data?show=crowd", "#data?show=map", *(f"#inside?view={view}" for view in VIEWS)):
        page.evaluate("(address) => { location.hash = address; }", address)
        page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("place", ["here", "on a Space"])
def test_the_page_asks_nobody_else_and_breaks_no_rule(server, space, new_page, sample, place):
    server = server if place == "here" else space
    page, others, complaints = new_page(), [], []
    page.on("request", lambda request: others.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    page.add_init_script(NOTE_VIOLATIONS)
    open_everything(page, server.url, photograph(sample, 4))
    assert [url for url in others if not url.startswith((server.url, "data:", "blob:"))] == []
    assert (complaints, page.evaluate("violations")) == ([], [])
    assert len(others) > 30


def test_a_visitor_logs_in_once_and_arrives_where_the_link_leads(serve, new_page):
    server, page = serve(MNIST_AUTH="ann:a b"), new_page()
    page.goto(f"{server.url}/#tour?step=4")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("x")
    page.get_by_role("button", name="Log in").click()
    assert page.inner_text("[role=alert]") == "The name or the password is wrong."
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("a b")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash === '#inside?view=network'")
    page.goto(f"{server.url}/#draw")
    page.wait_for_selector("#samples .sample:nth-child(20)")
    assert wait_for_answer(page, draw_with_mouse(page, SEVEN)).digit == 7
    page.goto(f"{server.url}/logout")
    page.get_by_label("Password").wait_for()
    assert page.locator("#sketchpad").count() == 0


def test_other_sites_show_the_page_in_a_frame_only_if_they_may(server, space, new_page, other_site, sample):
    page, refusals = new_page(), []
    page.on("console", lambda message: refusals.append(message.text))
    page.goto(f"{other_site}/?{server.url}", wait_until="load")
    assert any("frame-ancestors" in text for text in refusals)
    assert page.frames[1].locator("#sketchpad").count() == 0
    page.goto(f"{other_site}/?{space.url}", wait_until="load")
    frame = page.frames[1]
    frame.wait_for_selector("#samples .sample:nth-child(20)")
    give_picture(frame, "open", photograph(sample, 4))
    frame.wait_for_function("() => document.querySelector('#verdict').innerText.startsWith('4')")
