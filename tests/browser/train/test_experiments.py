"""Experiments as a visitor meets them, with accuracies that are made up instead of networks that are trained."""

import pytest
from support.browser_server import ROOT, Server
from support.drawing import DESKTOP, PHONE
from support.screen import check_contrasts

SLOW = 90_000
TEXTS = "#train-experiments :is(h3, p, button, summary, label, th, td, .legend, svg text)"


@pytest.fixture(scope="module")
def standing_in(chromium_path, tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("experiments"),
        program=("-m", "support.experiments"),
        PYTHONPATH=f"{ROOT / 'tests'}:{ROOT}",
    )
    server.start()
    yield server
    server.stop()


def open_experiments(page):
    page.evaluate("() => { location.hash = '#train'; }")
    page.wait_for_selector("#train-start:not(:disabled)")
    page.click("#train-experiments summary")
    page.wait_for_selector('#experiment-plan:has-text("trainings")')


def begin(page, kind, **settings):
    page.select_option("#experiment-kind", kind)
    for name, value in settings.items():
        page.fill(f'[data-setting="{name}"]', str(value))
    page.click("#experiment-start:not(:disabled)")


def wait_for_state(page, state):
    page.wait_for_selector(f'#experiment-live[data-state="{state}"]', timeout=SLOW)


def test_an_experiment_grows_to_a_table_whose_networks_can_be_used(open_page, standing_in):
    page = open_page(url=f"{standing_in.url}/#draw")
    open_experiments(page)
    begin(page, "grid", trials=5)
    wait_for_state(page, "done")
    rows = page.locator("#experiment-table tbody tr")
    assert rows.count() == page.locator("#experiment-trials .dot").count() == 5
    assert page.locator("#experiment-table .best").count() == 1
    assert page.locator("#experiment-gap .dot").count() > 5
    words = page.inner_text("#experiment-gap-words")
    best = page.inner_text("#experiment-table .best th")
    assert f"network {best}" in words
    assert "luck" in words
    model = page.get_attribute("#experiment-table .best .uses", "data-model")
    page.click("#experiment-table .best .uses button")
    page.wait_for_selector('body[data-tab="draw"]')
    page.wait_for_function("(model) => document.querySelector('#model').value === model", arg=model)


def test_it_is_stopped_and_goes_on_after_the_page_was_opened_anew(open_page, standing_in):
    page = open_page(url=f"{standing_in.url}/#draw")
    open_experiments(page)
    begin(page, "activations", limit=777)
    page.wait_for_selector('#experiment-table tr[data-state="running"]', timeout=SLOW)
    page.reload()
    open_experiments(page)
    wait_for_state(page, "going")
    page.click('#experiment-live [data-action="stop"]')
    wait_for_state(page, "stopped")
    page.click('#experiment-live [data-action="resume"]')
    wait_for_state(page, "going")
    page.click('#experiment-live [data-action="stop"]')
    wait_for_state(page, "stopped")
    page.click('#experiment-live [data-action="delete"]')
    page.click('#experiment-live [data-action="delete"]')
    page.wait_for_selector('#experiment-live:not([data-state="stopped"])', state="attached")


def test_impossible_settings_are_refused_before_it_begins(open_page, standing_in):
    page = open_page(url=f"{standing_in.url}/#draw")
    open_experiments(page)
    page.fill('[data-setting="limit"]', "5")
    page.wait_for_selector('#experiment-plan:has-text("from 100")')
    assert page.is_disabled("#experiment-start")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_can_be_read_on_every_screen(open_page, standing_in, screen, theme):
    page = open_page(screen, url=f"{standing_in.url}/#draw", color_scheme=theme, reduced_motion="reduce")
    open_experiments(page)
    begin(page, "ablation")
    wait_for_state(page, "done")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= screen["viewport"]["width"]
    check_contrasts(page, TEXTS)
