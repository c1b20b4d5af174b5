"""The pad in a real WebKit, the engine of Safari. Without Debian's webkit2gtk-driver these tests are skipped."""

import contextlib

import pytest
from support.browser_server import Server
from support.drawing import DIGITS, SEVEN
from support.webkit import find_missing, open_webkit

READ = """document.querySelector('#verdict').dataset.state === 'sure'
    && document.querySelector('#verdict .digit').textContent === '{}'"""
COUNT_INKED = """() => {
    const pad = document.querySelector("#sketchpad canvas");
    const { data } = pad.getContext("2d").getImageData(0, 0, pad.width, pad.height);
    return data.filter((value, index) => index % 4 === 3 && value > 200).length;
}"""
EMPTY = "document.querySelector('#sketchpad').classList.contains('empty')"


@pytest.fixture(scope="module")
def webkit(tmp_path_factory):
    missing = find_missing()
    if missing:
        pytest.skip(f"tests in WebKit need {' and '.join(missing)}: apt-get install webkit2gtk-driver xvfb")
    server = Server(tmp_path_factory.mktemp("server"))
    server.start()
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        browser = stack.enter_context(open_webkit(tmp_path_factory.mktemp("webkit")))
        browser.ask("POST", "url", url=server.url)
        browser.wait_until("document.querySelector('#samples .sample:nth-child(20)')")
        yield browser


@pytest.fixture
def pad(webkit):
    webkit.evaluate("document.querySelector('#clear').click()")
    webkit.wait_until(EMPTY)
    return webkit


@pytest.mark.parametrize("digit", [4, 7])
def test_a_digit_drawn_with_the_mouse_is_read(pad, digit):
    pad.draw(DIGITS[digit])
    pad.wait_until(READ.format(digit))


def test_undo_and_clear_work(pad):
    pad.draw(SEVEN)
    pad.wait_until(READ.format(7))
    pad.click("#clear")
    pad.wait_until(EMPTY)
    pad.click("#undo")
    pad.wait_until(READ.format(7))


def test_a_sample_is_painted_on_the_pad(pad):
    pad.click("#samples .sample")
    pad.wait_until("document.querySelector('#caption').textContent.startsWith('A sample labelled')")
    pad.wait_until(f"({COUNT_INKED})() > 1000")


def test_a_one_is_drawn_with_keys(pad):
    pad.press("#sketchpad canvas", " " + "\ue015" * 20 + "\ue007")  # space, arrow down, enter
    pad.wait_until(READ.format(1))
