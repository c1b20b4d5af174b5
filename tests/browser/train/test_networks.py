"""A network that visitors make themselves: layer by layer, or by pasting code."""

import json

import pytest
from support.drawing import PHONE
from support.screen import check_contrasts, check_with_axe

CODE = """import keras
from keras import layers

model = keras.Sequential([
    layers.Conv2D(4, 5, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x_train, y_train, epochs=3, batch_size=64)
"""


@pytest.fixture
def train(open_page, played):
    """The tab, with all that can be changed of a recipe."""
    page = open_page(url=f"{played.url}/#draw")
    page.evaluate("() => { location.hash = '#train'; }")
    page.wait_for_selector("#train-start:not(:disabled)")
    page.click("#train-change summary")
    page.wait_for_selector('#train-blocks [data-layer="conv1"]')
    return page


def names(page):
    return page.locator("#train-blocks li").evaluate_all("(blocks) => blocks.map((block) => block.dataset.layer)")


def wait_for_names(page, *wanted):
    page.wait_for_function(
        "(wanted) => [...document.querySelectorAll('#train-blocks li')].map((block) => block.dataset.layer).join() "
        "=== wanted",
        arg=",".join(wanted),
    )


def test_layers_are_changed_added_moved_and_removed(train):
    train.click('#train-blocks [data-layer="conv1"] button')
    train.fill('[name="layer-filters"]', "8")
    train.wait_for_selector('#train-blocks [data-layer="conv1"]:has-text("24 × 24 × 8")')
    train.select_option("#train-add-kind", "Dropout")
    train.click("#train-add")
    wait_for_names(train, "conv1", "dropout1", "pool1", "conv2", "pool2", "flatten1", "dense1", "logits")
    train.fill('[name="layer-rate"]', "0,4")
    train.click("#train-later")
    wait_for_names(train, "conv1", "pool1", "dropout1", "conv2", "pool2", "flatten1", "dense1", "logits")
    train.wait_for_function("() => document.querySelector('#train-command').textContent.includes('Dropout(0.4)')")
    assert train.is_hidden('[name="network"]')
    train.click("#train-remove")
    wait_for_names(train, "conv1", "pool1", "conv2", "pool2", "flatten1", "dense1", "logits")
    train.click("#train-layers-reset")
    train.wait_for_selector('#train-blocks [data-layer="conv1"]:has-text("24 × 24 × 16")')
    assert train.is_visible('[name="network"]')


def test_the_keyboard_goes_from_layer_to_layer_moves_and_removes(train):
    train.focus('#train-blocks [data-layer="conv2"] button')
    train.keyboard.press("Shift+ArrowLeft")
    wait_for_names(train, "conv1", "conv2", "pool1", "pool2", "flatten1", "dense1", "logits")
    train.keyboard.press("ArrowRight")
    assert train.evaluate("document.activeElement.parentElement.dataset.layer") == "pool1"
    train.keyboard.press("Delete")
    wait_for_names(train, "conv1", "conv2", "pool1", "flatten1", "dense1", "logits")
    assert train.evaluate("document.activeElement.parentElement.dataset.layer") == "pool1"


def test_an_impossible_layer_is_refused_on_its_block(train):
    train.click('#train-blocks [data-layer="flatten"] button')
    train.click("#train-remove")
    train.wait_for_selector('#train-blocks .refused[data-kind="Dense"]')
    assert "dense1" in train.inner_text("#train-network-problem")
    assert train.is_disabled("#train-start")
    assert train.is_hidden("#train-codes")
    train.click("#train-reset")
    train.wait_for_selector("#train-start:not(:disabled)")
    train.click('#train-blocks [data-layer="conv2"] button')
    train.fill('[name="layer-kernel_size"]', "29")
    train.wait_for_selector('#train-blocks .refused[data-layer="conv2"]')
    train.fill('[name="layer-kernel_size"]', "five")
    train.wait_for_selector('[name="layer-kernel_size"][aria-invalid="true"]')
    train.fill('[name="layer-kernel_size"]', "3")
    train.wait_for_selector("#train-start:not(:disabled)")


def test_pasted_code_is_shown_with_its_slips_and_trained(train):
    train.click("#train-own-code summary")
    train.fill("#train-own-text", CODE)
    train.click("#train-own-read")
    train.wait_for_selector("#train-own-found:visible")
    assert train.locator("#train-own-found tbody tr").count() == 4
    assert "Line 10" in train.inner_text("#train-own-notes .slip >> nth=0")
    assert "layers.Conv2D(4, 5" in train.inner_text("#train-own-again")
    train.click("#train-own-use")
    wait_for_names(train, "conv1", "pool1", "flatten1", "logits")
    assert train.input_value('[name="epochs"]') == "3"
    with train.expect_request(lambda request: "begin_training" in (request.post_data or "")) as asked:
        train.click("#train-own-train")
    assert "Conv2D(filters=4, kernel_size=5" in json.dumps(asked.value.post_data_json).replace('\\"', '"')
    train.wait_for_selector("#train-stop:visible")
    train.click("#train-stop")


def test_code_that_is_no_network_is_refused_with_its_line_and_kept(train):
    train.click("#train-own-code summary")
    train.fill("#train-own-text", CODE.replace("layers.Flatten()", "layers.LSTM(5)"))
    train.click("#train-own-read")
    train.wait_for_selector("#train-own-problem:visible")
    assert "ine 7" in train.inner_text("#train-own-problem")
    assert "LSTM" in train.input_value("#train-own-text")
    assert train.is_hidden("#train-own-found")


def test_a_notebook_is_kept_as_a_file_and_code_is_copied(train):
    with train.expect_download() as download:
        train.click('[data-code="notebook"] .download')
    assert download.value.suggested_filename == "fast.ipynb"
    train.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as without https
    train.click('[data-code="command"] .copy')
    train.wait_for_selector('[data-code="command"] .copy:has-text("Copied")')
    assert train.evaluate("getSelection().toString()").startswith("python -m mnist_core train fast")


def test_a_phone_has_room_for_all_of_it(open_page, played):
    page = open_page(PHONE, url=f"{played.url}/#draw")
    page.evaluate("() => { location.hash = '#train'; }")
    page.wait_for_selector("#train-start:not(:disabled)")
    page.click("#train-change summary")
    page.click("#train-own-code summary")
    page.tap('#train-blocks [data-layer="conv1"] button')
    page.fill("#train-own-text", CODE)
    page.click("#train-own-read")
    page.wait_for_selector("#train-own-found:visible")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["viewport"]["width"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read_and_axe_finds_nothing_serious(open_page, played, theme):
    page = open_page(url=f"{played.url}/#draw", color_scheme=theme, reduced_motion="reduce")
    page.evaluate("() => { location.hash = '#train'; }")
    page.wait_for_selector("#train-start:not(:disabled)")
    page.click("#train-own-code summary")
    page.fill("#train-own-text", CODE)
    page.click("#train-own-read")
    page.click("#train-own-use")
    wait_for_names(page, "conv1", "pool1", "flatten1", "logits")
    page.click('#train-blocks [data-layer="conv1"] button')
    page.fill('[name="layer-kernel_size"]', "29")
    page.wait_for_selector("#train-blocks .refused")
    selector = ":is(#train-change, #train-own-code) :is(h3, p, button, label, legend, th, td, li, b)"
    check_contrasts(page, selector)
    check_with_axe(page)
