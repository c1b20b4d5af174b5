"""A class reaches the page by plain http over a local network, where browsers withhold much: everything works there."""

import socket

import pytest
from support.browser_server import Server
from support.drawing import DIGITS, draw_with_mouse, look_at_answer, open_address, wait_for_answer
from support.pictures import give_picture, photograph


def find_own_address():
    """This machine's address in its network; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return probe.getsockname()[0]


@pytest.fixture(scope="module")
def page(chromium_path, new_tab, tmp_path_factory):
    address = find_own_address()
    if not address or address.startswith("127."):
        pytest.skip("this machine has no address but 127.0.0.1")
    server = Server(tmp_path_factory.mktemp("server"), "--host", "0.0.0.0")
    server.start()
    page = new_tab(url=f"http://{address}:{server.port}")
    page.failures = []
    page.on("pageerror", lambda error: page.failures.append(str(error)))
    yield page
    server.stop()


def test_the_browser_does_not_trust_this_address(page):
    assert not page.evaluate("isSecureContext")
    assert page.evaluate("navigator.clipboard === undefined && crypto.randomUUID === undefined")


def test_a_digit_is_read_by_the_live_line(page):
    wait_for_answer(page, draw_with_mouse(page, DIGITS[7]))
    assert look_at_answer(page).digit == 7


def test_the_network_is_computed_in_the_browser(page):
    open_address(page, "#inside?view=network")
    page.wait_for_function("() => Number(document.querySelector('#network').dataset.points) > 2")


def test_a_link_that_cannot_be_copied_is_shown(page):
    open_address(page, "#data")
    page.wait_for_selector("#album .tile")
    page.click("#copy-link")
    assert page.url.split("#")[0] in page.locator("#data-notice").inner_text()


def test_a_picture_is_shown_and_its_frame_can_be_moved(page, sample):
    open_address(page, "#draw")
    give_picture(page, "open", photograph(sample, 3))
    page.wait_for_selector("#photo-frame")
    page.focus("#photo-frame")
    page.keyboard.press("+")
    page.wait_for_selector("#photo-find:enabled")
    assert wait_for_answer(page, 0).digit == 3


def test_the_camera_button_asks_for_a_photo(page):
    with page.expect_file_chooser():
        page.click("#camera")


def test_no_script_failed(page):
    assert page.failures == []
