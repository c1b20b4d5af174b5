"""Fool it: noise by the sign of the gradient, its strength, and what each model makes of it."""

import numpy as np
import pytest
from support.drawing import (
    DIGITS,
    look_at_canvas,
    look_at_network_input,
    open_address,
)
from support.screen import resized

READY = """() => document.querySelector("#fool-table table") && !document.querySelector("#fool-sum.stale")"""


def open_fool(page):
    open_address(page, "#inside?view=fool")
    page.wait_for_function(READY, timeout=60_000)


@pytest.fixture(scope="module")
def fool_page(open_drawn):
    """The view of a six."""
    page = open_drawn(DIGITS[6])
    open_fool(page)
    return page


def set_strength(page, number):
    page.fill("#fool-strength", str(number))


def read_row(page):
    """What the table says of the first model."""
    return page.locator("#fool-table tbody tr").first.locator("th, td").all_inner_texts()


def test_without_noise_it_is_the_drawing_and_the_answer(fool_page):
    set_strength(fool_page, 0)
    assert look_at_canvas(fool_page, "#fool-after") == look_at_network_input(fool_page)
    assert fool_page.inner_text("#fool-sentence").startswith("Still a 6")
    assert fool_page.inner_text("#fool-value") == "0.00"


def test_noise_changes_every_pixel_by_its_strength_and_no_more(fool_page):
    set_strength(fool_page, 5)
    before, after = (np.array(look_at_canvas(fool_page, name)) for name in ("#fool-before", "#fool-after"))
    change = np.abs(after - before)
    assert change.max() <= 26
    assert np.mean(change >= 25) > 0.25  # paper that would become whiter stays as it is


def test_the_smallest_strength_that_works_is_where_the_answer_turns(fool_page):
    name, before, _, smallest, _ = read_row(fool_page)
    assert (name, before) == ("sketchnet", "6")
    fool_page.click("#fool-smallest")
    assert fool_page.inner_text("#fool-value") == smallest
    at = int(fool_page.input_value("#fool-strength"))
    assert not read_row(fool_page)[2].startswith(("6", "not a digit (6"))
    set_strength(fool_page, at - 1)
    assert read_row(fool_page)[2].startswith(("6", "not a digit (6"))


def test_the_shipped_model_says_that_strong_noise_is_no_digit(fool_page):
    set_strength(fool_page, 25)
    assert "no longer recognises this as a digit" in fool_page.inner_text("#fool-sentence")
    assert read_row(fool_page)[2].startswith("not a digit")
    assert fool_page.inner_text("#fool-sentence") in fool_page.inner_text("#lesson")


def test_the_noise_is_tried_on_the_other_networks_that_come_with_the_page(fool_page):
    assert fool_page.locator("#fool-table tbody th").all_inner_texts() == ["sketchnet", "lenet", "linear"]


def test_a_narrow_window_shows_it_without_scrolling_sideways(fool_page):
    with resized(fool_page, 390, 664):
        assert fool_page.evaluate("() => document.documentElement.scrollWidth") <= 390
