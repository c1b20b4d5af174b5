"""Layers: one picture each, and any value of them taken apart."""

import re

import pytest
from support.drawing import open_address

from mnist_core.explain.anatomy import Anatomy
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR

WHERE = r"map (\d+), row (\d+), column (\d+): depends on (\d+) × (\d+) pixels"
NUMBER = r"−?\d+\.\d+"


@pytest.fixture
def layers(seven_page):
    open_address(seven_page, "#inside?view=layers")
    seven_page.wait_for_selector("#layers-softmax .answered")
    seven_page.wait_for_selector("#layers-unit #layers-products :is(.numbers, table)")
    return seven_page


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(NUMBER, text)]


def tap_map(page, layer, share_x, share_y):
    """Taps a layer's picture at shares of its width and height."""
    canvas = (
        page.locator(".view-layers .layer", has=page.locator("h3", has_text=re.compile(f"^{layer}$")))
        .locator(".maps")
        .first
    )
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * share_x, "y": box["height"] * share_y})
    page.wait_for_function(
        "(layer) => document.querySelector('#layers-unit').closest('.layer').querySelector('h3').textContent === layer"
        " && document.querySelector('#layers-where').textContent.startsWith(layer)",
        arg=layer,
    )
    page.wait_for_timeout(250)  # until the answers to what the mouse passed on its way are replaced


def test_each_layer_of_the_network_is_one_picture(layers):
    names = layers.locator("#layers-list h3").all_inner_texts()
    assert names == ["conv1", "pool1", "conv2", "conv3", "pool2", "conv4", "conv5", "embedding", "logits"]
    assert layers.locator("#layers-list .maps:not(.filters)").count() == len(names)


def test_a_tapped_unit_shows_nine_products_that_add_up(layers):
    tap_map(layers, "conv1", 0.3, 0.25)
    patch, weights, products = (
        numbers(text.replace("\n", " ")) for text in layers.locator("#layers-products .numbers").all_inner_texts()
    )
    assert len(patch) == len(weights) == len(products) == 9
    total = numbers(layers.inner_text("#layers-sum"))
    assert sum(products) == pytest.approx(total[0], abs=0.06)  # nine numbers rounded to hundredths
    assert total[0] + total[1] == pytest.approx(total[2], abs=0.002)


def test_a_deeper_unit_names_the_maps_it_listens_to_most(layers):
    tap_map(layers, "conv3", 0.5, 0.5)
    buttons = layers.locator("#layers-inputs button")
    sums = [abs(numbers(text.split(":")[1])[0]) for text in buttons.all_inner_texts()]
    assert sums == sorted(sums, reverse=True)
    before = layers.inner_text("#layers-products")
    buttons.nth(1).click()
    assert layers.inner_text("#layers-products") != before


def test_a_unit_of_the_last_layer_lists_its_strongest_contributions(layers):
    tap_map(layers, "logits", 0.68, 0.5)
    rows = layers.locator("#layers-products tbody tr").all_inner_texts()
    *parts, total = (numbers(row)[-1] for row in rows)
    assert sum(parts) == pytest.approx(total, abs=0.02)
    assert "embedding" in rows[0]


def test_where_a_unit_looks_is_framed_on_the_drawing(layers):
    anatomy = Anatomy(load_stored(SHIPPED_DIR / "sketchnet"))
    for layer in ("conv1", "conv3"):
        tap_map(layers, layer, 0.34, 0.4)
        *place, height, width = map(int, re.search(WHERE, layers.inner_text("#layers-where")).groups())
        top, left, bottom, right = anatomy.find_field(layer, [place[1], place[2], place[0]])
        assert (height, width) == (bottom - top, right - left)


def test_arrow_keys_move_to_the_next_unit(layers):
    tap_map(layers, "conv1", 0.3, 0.25)
    before = layers.inner_text("#layers-where")
    layers.locator(".view-layers .maps").first.press("ArrowRight")
    layers.wait_for_function("(before) => document.querySelector('#layers-where').innerText !== before", arg=before)
    _, row, column, *_ = map(int, re.search(WHERE, before).groups())
    assert f"row {row}, column {column + 1}" in layers.inner_text("#layers-where")


def test_shares_of_the_softmax_add_up_to_one(layers):
    rows = layers.locator("#layers-table tbody tr").all_inner_texts()[:10]
    shares = [numbers(row.replace("%", ""))[-1] for row in rows]
    assert sum(shares) == pytest.approx(100, abs=0.1)
    assert layers.inner_text("#layers-softmax .answered th") == "7"
