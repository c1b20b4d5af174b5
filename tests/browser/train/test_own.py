"""A visitor's own drawings teach a network, with a learning curve that is played instead of a real one."""

import json

import numpy as np
import pytest
from support.browser_server import ROOT, Server
from support.drawing import DESKTOP, PHONE, SEVEN, draw_with_mouse, wait_for_answer
from support.screen import check_contrasts, check_with_axe

from mnist_core.data.sample import load_sample
from mnist_core.ui.wire import encode_bytes

SLOW = 60_000
TABLET = {"viewport": {"width": 1024, "height": 768}}
TEXTS = "#train-own :is(summary, h3, h4, p, a, button, legend, label span, li b, li span, .own-pair span, select)"


@pytest.fixture(scope="module")
def played(chromium_path, tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("played"),
        program=("-m", "support.training"),
        PLAYED_SECONDS="3",
        PYTHONPATH=f"{ROOT / 'tests'}:{ROOT}",
    )
    server.start()
    yield server
    server.stop()


def pick(digits, each):
    """Drawings of these digits, as the page keeps them."""
    images, labels = load_sample()
    places = [(place, digit) for digit in digits for place in np.flatnonzero(labels == digit)[:each]]
    return [{"image": encode_bytes(images[place]), "label": digit} for place, digit in places]


def open_own(open_page, played, drawings, screen=DESKTOP, **options):
    """Opens the fold-out for a visitor who has these drawings."""
    page = open_page(screen, url=f"{played.url}/#draw", **options)
    page.evaluate("(own) => sessionStorage.setItem('sketchpad-own', own)", json.dumps(drawings))
    page.evaluate("() => { location.hash = '#train'; }")
    page.wait_for_selector("#train-start:not(:disabled)")
    page.click("#train-own summary")
    page.wait_for_selector("#own-counts li")
    return page


def teach(page):
    page.click("#own-start")
    page.wait_for_selector('#own-run[data-state="done"] ~ #own-result:not([hidden])', timeout=SLOW)


def test_drawings_tune_lenet_and_what_was_lost_is_told(open_page, played):
    page = open_own(open_page, played, pick(range(10), 2))
    assert "20 drawings: 10 of them are held out." in page.inner_text("#own-words")
    assert page.locator(".own-drawing").count() == 20
    page.uncheck("#own-mix")
    teach(page)
    words = page.inner_text("#own-result-words")
    assert "8 were read correctly before, and 10 are now" in words
    assert "99.1% were, and 91.2% are. So 7.9 in a hundred digits of MNIST were lost." in words
    assert page.inner_text("#own-result-bars").split("\n")[:3] == ["Your drawings held out", "before", "8 of 10"]
    page.wait_for_selector('#train-progress[data-state="done"]', state="attached")
    page.reload()
    page.wait_for_selector("#own-result-words:not(:empty)")  # found again, and unfolded
    assert page.inner_text("#own-result-words") == words


def test_a_fresh_network_learns_from_those_that_were_not_left_out(open_page, played):
    page = open_own(open_page, played, pick(range(8), 3))
    assert "Not among them: 8, 9." in page.inner_text("#own-words")
    page.click(".own-drawing >> nth=0 >> button")
    assert page.get_attribute(".own-drawing >> nth=0 >> button", "aria-pressed") == "false"
    assert page.inner_text("#own-counts li >> nth=7").split() == ["7", "2"]
    page.check('[name="own-how"][value="fresh"]')
    teach(page)
    assert "Before, it had seen nothing. Of your 8 drawings held out, 6" in page.inner_text("#own-result-words")


def test_too_few_drawings_are_told_so_and_a_drawing_counts_when_it_has_its_digit(open_page, played):
    page = open_own(open_page, played, pick([3], 9))
    assert "9 drawings are too few" in page.inner_text("#own-words")
    assert page.is_disabled("#own-start")
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    page.wait_for_selector(".own-drawing.unknown")
    assert page.is_disabled(".own-drawing.unknown button")
    page.focus(".own-drawing.unknown select")
    page.keyboard.press("7")
    page.wait_for_function("() => document.querySelector('#own-words').textContent.includes('two different digits')")
    assert page.evaluate("document.activeElement.closest('.own-drawing') !== null")
    page.reload()
    page.wait_for_selector("#train-start:not(:disabled)")
    page.click("#train-own summary")
    page.wait_for_selector("#own-counts li")
    assert page.inner_text("#own-counts li >> nth=7").split() == ["7", "1"]
    page.click("#own-test")
    page.wait_for_function("() => document.activeElement.id === 'hand-start'")


def test_nothing_is_lost_when_the_server_is_away(open_page, played):
    page = open_own(open_page, played, pick(range(5), 4))
    page.context.set_offline(True)
    page.click("#own-start")
    page.wait_for_selector("#own-notice:not([hidden])", timeout=SLOW)
    page.context.set_offline(False)
    assert "Your drawings are still here." in page.inner_text("#own-notice")
    assert page.locator(".own-drawing").count() == 20


@pytest.mark.parametrize(("theme", "screen"), [("dark", PHONE), ("light", TABLET)], ids=["phone", "tablet"])
def test_it_fits_can_be_read_and_axe_finds_nothing_serious(open_page, played, screen, theme):
    drawings = [*pick(range(10), 2), {"image": pick([4], 3)[2]["image"]}]
    page = open_own(open_page, played, drawings, screen, color_scheme=theme, reduced_motion="reduce")
    teach(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= screen["viewport"]["width"]
    check_contrasts(page, TEXTS)
    check_with_axe(page, "#train-own")
