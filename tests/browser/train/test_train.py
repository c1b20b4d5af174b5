"""The train tab as a visitor meets it, with a learning curve that is played instead of a network that is trained."""

import pytest
from support.drawing import DESKTOP, PHONE, SEVEN, draw_with_mouse, wait_for_answer
from support.screen import check_contrasts, check_with_axe

SLOW = 60_000
TEXTS = "#train :is(h2, h3, p, button, summary, label, legend, th, li b, li span, li small, .legend, .muted)"


@pytest.fixture
def train(open_page, played):
    """The tab, opened by a visitor who has a seven on the pad."""
    page = open_page(url=played.url)
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    page.click('nav [data-tab="train"]')
    page.wait_for_selector("#train-start:not(:disabled)")
    return page


def start(page):
    """Begins a training; returns its id, from the address."""
    before = page.evaluate("location.hash")
    page.click("#train-start")
    page.wait_for_function("(before) => location.hash !== before && location.hash.includes('run=')", arg=before)
    return page.evaluate("location.hash").split("run=")[1]


def wait_for_state(page, state):
    page.wait_for_selector(f'#train-progress[data-state="{state}"]', state="attached", timeout=SLOW)


def read_progress(page):
    return page.evaluate("() => ({ ...document.querySelector('#train-progress').dataset })")


def test_one_button_teaches_a_network_that_can_then_be_chosen(train):
    start(train)
    wait_for_state(train, "running")
    train.wait_for_function("() => Number(document.querySelector('#train-progress').dataset.share) > 0.3")
    wait_for_state(train, "done")
    progress = read_progress(train)
    assert (progress["share"], progress["model"]) == ("1", "lenet")
    assert float(progress["accuracy"]) > 0.9
    train.click("#train-use")
    train.wait_for_selector('body[data-tab="draw"]')
    train.wait_for_function("() => document.querySelector('#model').value === 'lenet'")


def test_the_drawing_is_read_again_and_again(train):
    start(train)
    wait_for_state(train, "running")
    train.wait_for_function(
        "() => document.querySelector('#train-digit [data-digit=\"7\"]').dataset.probability > 0.8", timeout=SLOW
    )
    assert train.inner_text("#train-digit-words b") == "7"
    train.click("#train-stop")


def test_samples_confusion_filters_and_curves_grow(train):
    start(train)
    wait_for_state(train, "running")
    train.wait_for_function(
        "() => document.querySelector('#train-samples-count').textContent.startsWith('20 of 20')", timeout=SLOW
    )
    assert train.locator("#train-samples .read").count() == 20
    assert train.locator("#train-confusion td.right").count() == 10
    assert train.evaluate("document.querySelector('#train-filters').width") > 20
    for chart in ("#train-accuracy", "#train-loss"):
        assert train.locator(f"{chart} polyline").count() == 2
    train.click("#train-stop")
    wait_for_state(train, "done")


def test_a_run_is_paused_goes_on_gets_another_rate_and_is_stopped(train):
    start(train)
    wait_for_state(train, "running")
    train.click("#train-pause")
    wait_for_state(train, "paused")
    train.fill("#train-rate", "0,0005")
    train.press("#train-rate", "Enter")
    train.wait_for_function(
        "() => document.querySelector('#train-events').textContent.includes('learning rate 0.0005')"
    )
    train.click("#train-pause")
    wait_for_state(train, "running")
    train.click("#train-stop")
    wait_for_state(train, "done")
    assert "stopped" in train.inner_text("#train-words")


def test_a_second_run_waits_and_both_are_listed(train):
    first = start(train)
    second = start(train)
    wait_for_state(train, "waiting")
    train.click("#train-runs summary")
    assert "waits, 1 before it" in train.inner_text(f'[data-run="{second}"]')
    train.click(f'[data-run="{first}"] button')
    train.wait_for_function(f"() => location.hash.includes('{first}')")
    train.click("#train-stop")
    train.click(f'[data-run="{second}"] button >> nth=1')
    train.wait_for_selector(f'[data-run="{second}"]:has-text("stopped")')


def test_a_page_that_is_opened_anew_finds_the_run(train, open_page, played):
    run = start(train)
    wait_for_state(train, "running")
    other = open_page(url=f"{played.url}/#draw")
    other.evaluate("() => { location.hash = '#train'; }")
    other.wait_for_selector("#train-progress")
    other.wait_for_function("() => Number(document.querySelector('#train-progress').dataset.share) > 0.2", timeout=SLOW)
    other.click("#train-runs summary")
    assert other.locator(".shown").get_attribute("data-run") == run
    other.click("#train-stop")
    wait_for_state(train, "done")


def test_nothing_is_asked_while_the_tab_is_not_shown(train):
    train.click('nav [data-tab="data"]')
    train.wait_for_selector('body[data-tab="data"]')
    train.wait_for_timeout(500)
    asked = []
    train.on("request", lambda request: "look_at_training" in (request.post_data or "") and asked.append(request))
    train.wait_for_timeout(2500)
    assert asked == []


def test_an_earlier_epoch_is_looked_at_again(train):
    start(train)
    wait_for_state(train, "done")
    train.focus("#train-epoch")
    train.keyboard.press("Home")
    train.wait_for_function("() => document.querySelector('#train-confusion-count').textContent.includes('460')")
    assert train.inner_text("#train-epoch-words") == "after epoch 1"
    assert train.locator("#train-loss .at").count() == 1
    train.click("#train-now")
    train.wait_for_function("() => document.querySelector('#train-confusion-count').textContent.includes('500')")


def test_curves_of_two_runs_stand_in_one_chart(train):
    start(train)
    wait_for_state(train, "done")
    start(train)
    wait_for_state(train, "done")
    train.select_option("#train-with", index=1)
    train.wait_for_selector("#train-loss polyline.other", state="attached")


def test_layers_and_command_follow_a_change_and_an_impossible_network_is_refused(train):
    train.click("#train-change summary")
    train.wait_for_selector('#train-blocks [data-layer="conv1"]')
    train.fill('[name="filters"]', "8, 16")
    train.wait_for_selector('#train-blocks [data-layer="conv1"]:has-text("24 × 24 × 8")')
    train.wait_for_timeout(2500)  # until the server has been asked again
    assert train.input_value('[name="filters"]') == "8, 16"
    assert "--filters" in train.inner_text("#train-command")
    assert "Conv2D(8" in train.inner_text("#train-keras")
    assert "Conv2D(8" in train.inner_text("#train-notebook")
    train.fill('[name="kernel"]', "29")
    train.wait_for_selector('#train-blocks .refused[data-layer="conv1"]')
    assert "conv1" in train.inner_text("#train-network-problem")
    assert train.is_disabled("#train-start")
    train.fill('[name="kernel"]', "five")
    train.wait_for_selector('[name="kernel"][aria-invalid="true"]')
    train.click("#train-reset")
    train.wait_for_selector("#train-start:not(:disabled)")


def test_a_preview_shows_what_becomes_of_a_digit(train):
    train.click("#train-change summary")
    train.fill('[name="rotation"]', "30")
    train.wait_for_selector("#train-previews canvas:nth-child(24)")


def test_all_networks_are_sorted_and_filtered(train):
    train.click("#train-models summary")
    rows = train.locator("#train-models tbody tr")
    rows.nth(2).wait_for()
    assert rows.first.inner_text().startswith("sketchnet")
    train.click('[data-column="parameters"] button')
    train.click('[data-column="parameters"] button')
    assert rows.first.inner_text().startswith("linear")
    train.fill("#train-models-filter", "lenet")
    assert rows.count() == 1


def test_what_fails_is_told(train):
    train.select_option("#train-recipe", "linear")
    start(train)
    wait_for_state(train, "failed")
    assert "smaller learning rate" in train.inner_text("#train-words")


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_reaches_over_the_side_of_the_screen(open_page, played, screen):
    page = open_page(screen, url=f"{played.url}/#draw")
    page.evaluate("() => { location.hash = '#train'; }")
    page.wait_for_selector("#train-start:not(:disabled)")
    for name in ("change", "own-code", "runs", "models"):
        page.click(f"#train-{name} summary")
    page.wait_for_selector("#train-models tbody tr")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= screen["viewport"]["width"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read_and_axe_finds_nothing_serious(open_page, played, theme):
    page = open_page(url=f"{played.url}/#draw", color_scheme=theme, reduced_motion="reduce")
    page.evaluate("() => { location.hash = '#train'; }")
    page.wait_for_selector("#train-start:not(:disabled)")
    start(page)
    wait_for_state(page, "done")
    for name in ("change", "own-code", "runs", "models"):
        page.click(f"#train-{name} summary")
    page.wait_for_selector("#train-models tbody tr")
    page.wait_for_selector("#train-blocks li")
    check_contrasts(page, TEXTS)
    check_with_axe(page)
