"""Where nobody can train, the train tab shows a run that was recorded, and says why."""

import pytest
from support.blocked import block_training
from support.browser_server import Server
from support.drawing import DIGITS, SEVEN, draw_with_mouse, wait_for_answer

SLOW = 60_000
LAST_EPOCH = "after epoch 4"


@pytest.fixture(scope="module")
def serving(chromium_path, tmp_path_factory):
    """A server of an installation that only serves."""
    folder = tmp_path_factory.mktemp("serving")
    server = Server(folder, **block_training(folder))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def recorded(open_page, serving):
    """The tab, opened by a visitor who has a seven on the pad."""
    page = open_page(url=serving.url)
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    page.click('nav [data-tab="train"]')
    page.wait_for_selector("#train-live:not([hidden])", timeout=SLOW)
    return page


def wait_for_reading(page, check):
    page.wait_for_function(
        f"() => {{ const p = Number(document.querySelector('#train-digit [data-digit=\"7\"]').dataset.probability);"
        f" return {check}; }}",
        timeout=SLOW,
    )


def look_at_start(page):
    page.focus("#train-epoch")
    page.keyboard.press("Home")
    page.wait_for_selector("#train-epoch-words:has-text('before the first step')")


def test_it_is_said_what_to_install_and_nothing_can_be_begun(recorded):
    notice = recorded.inner_text("#train-notice")
    assert notice.startswith("This needs TensorFlow, which is not installed: run `pip install -r requirements.txt`")
    assert recorded.is_disabled("#train-start")
    assert recorded.get_attribute("#train-progress", "data-state") == "idle"
    assert "fast was recorded" in recorded.inner_text("#train-words")


def test_curves_samples_confusion_and_filters_are_those_of_the_recording(recorded):
    for chart in ("#train-accuracy", "#train-loss"):
        assert recorded.locator(f"{chart} polyline").count() == 2
    assert recorded.inner_text("#train-samples-count") == "20 of 20 right"
    assert recorded.evaluate("document.querySelector('#train-filters').width") > 20


def test_the_drawing_is_read_by_the_network_of_each_epoch(recorded):
    wait_for_reading(recorded, "p > 0.9")  # nobody has touched the slider
    look_at_start(recorded)
    wait_for_reading(recorded, "p > 0 && p < 0.5")
    assert recorded.inner_text("#train-samples-count") != "20 of 20 right"
    recorded.keyboard.press("End")
    recorded.wait_for_selector(f"#train-epoch-words:has-text('{LAST_EPOCH}')")
    wait_for_reading(recorded, "p > 0.9")


def test_another_drawing_is_read_too(recorded):
    recorded.evaluate("() => { location.hash = '#draw'; }")
    recorded.wait_for_selector('body[data-tab="draw"]')
    recorded.click("#clear")
    wait_for_answer(recorded, draw_with_mouse(recorded, DIGITS[4]))
    recorded.evaluate("() => { location.hash = '#train'; }")
    wait_for_reading(recorded, "p < 0.5")


def test_a_recording_belongs_to_nobody(recorded):
    recorded.click("#train-runs summary")
    assert recorded.locator("#train-run-list article").count() == 1
    assert recorded.locator("#train-run-list article button").count() == 1  # to show it
    assert "recorded" in recorded.inner_text("#train-run-list article")


def test_a_visitor_of_a_public_server_sees_it_and_why(chromium_path, tmp_path, open_page):
    server = Server(tmp_path, MNIST_PUBLIC="1")
    server.start()
    try:
        page = open_page(url=f"{server.url}/#draw")
        page.evaluate("() => { location.hash = '#train'; }")
        page.wait_for_selector("#train-notice:has-text('Training is switched off on this server.')")
        page.wait_for_selector("#train-samples .read:nth-child(20)", timeout=SLOW)
        assert page.is_disabled("#train-start")
    finally:
        server.stop()
