"""Real samples beside the pad, and pictures that are opened, pasted or dropped."""

import numpy as np
import pytest
from support.drawing import (
    DASH,
    SEVEN,
    count,
    draw_with_mouse,
    is_same_drawing,
    look_at_answer,
    look_at_network_input,
    look_at_pad,
    wait_for_answer,
    wait_for_answer_to_more,
    wait_for_notice,
    wait_until_empty,
)
from support.pictures import encode_png, give_picture, photograph, tap_sample

TEXT = b"This is no picture."
BLANK = encode_png(np.full((60, 80), 255, np.uint8))


def test_twenty_samples_two_of_each_digit_are_shown(page):
    labels = page.locator(".sample").evaluate_all("(samples) => samples.map((sample) => Number(sample.dataset.label))")
    assert sorted(labels) == sorted([*range(10)] * 2)


def test_one_tap_reads_a_sample(page):
    right = 0
    for index in range(20):
        label = tap_sample(page, index)
        answer = look_at_answer(page)
        assert f"labelled {label}" in page.inner_text("#caption")
        assert sum(answer.probabilities) == pytest.approx(1, abs=1e-4)
        right += answer.digit == label
    assert right >= 18  # the network errs on a few of 5,000


def test_one_tap_leaves_the_pad_as_it_is(drawn):
    before = look_at_pad(drawn)
    tap_sample(drawn, 3)
    assert drawn.locator('.sample[aria-pressed="true"]').count() == 1
    assert is_same_drawing(before, look_at_pad(drawn))
    both = count(SEVEN) + draw_with_mouse(drawn, DASH)
    wait_for_answer(drawn, both)
    assert drawn.locator('.sample[aria-pressed="true"]').count() == 0


def test_clear_leaves_a_sample_that_is_looked_at_and_not_the_drawing(drawn):
    before = look_at_pad(drawn)
    tap_sample(drawn, 3)
    drawn.click("#clear")
    wait_for_answer(drawn, count(SEVEN))
    assert drawn.locator('.sample[aria-pressed="true"]').count() == 0
    assert is_same_drawing(before, look_at_pad(drawn))


def test_second_tap_puts_the_sample_on_the_pad(page):
    tap_sample(page, 5)
    assert page.is_disabled("#undo")
    seen = look_at_network_input(page)
    page.locator(".sample").nth(5).click()
    page.wait_for_selector("#undo:enabled")
    assert page.is_enabled("#clear")
    assert is_same_drawing(seen, look_at_pad(page, side=28))
    page.click("#undo")
    wait_until_empty(page)


def test_ink_can_be_drawn_on_a_sample(page):
    for _ in range(2):
        tap_sample(page, 7)
    before = look_at_network_input(page)
    wait_for_answer(page, draw_with_mouse(page, DASH))
    assert sum(look_at_pad(page, side=28)) > sum(before)
    assert look_at_network_input(page) != before
    page.click("#undo")
    wait_for_answer(page, 0)
    assert look_at_network_input(page) == before


def test_other_samples_can_be_asked_for(page):
    read_indices = "(samples) => samples.map((sample) => sample.dataset.index).join()"
    before = page.locator(".sample").evaluate_all(read_indices)
    page.click("#shuffle")
    page.wait_for_function(
        f"(before) => ({read_indices})([...document.querySelectorAll('.sample')]) !== before", arg=before
    )
    assert page.locator(".sample").count() == 20


@pytest.mark.parametrize("how", ["open", "paste", "drop"])
@pytest.mark.parametrize("label", [3, 8])
def test_picture_of_a_digit_is_read_and_lies_on_the_pad(page, sample, how, label):
    give_picture(page, how, photograph(sample, label))
    answer = wait_for_answer(page, 0)
    assert answer.digit == label
    assert is_same_drawing(look_at_network_input(page), look_at_pad(page, side=28))
    assert page.is_hidden("#notice")


def test_the_same_picture_can_be_opened_again_after_clear(page, sample):
    for _ in range(2):
        give_picture(page, "open", photograph(sample, 3))
        assert wait_for_answer(page, 0).digit == 3
        assert page.input_value("#picture-file") == ""  # else the browser would see no change
        page.click("#clear")
        wait_until_empty(page)


@pytest.mark.parametrize(
    ("how", "content"),
    [("open", TEXT), ("open", BLANK), ("open", b""), ("paste", BLANK), ("drop", TEXT)],
    ids=["open a text", "open a blank picture", "open an empty file", "paste a blank picture", "drop a text"],
)
def test_bad_picture_gives_a_message_and_the_drawing_stays(drawn, how, content):
    before, answer = look_at_pad(drawn), look_at_answer(drawn)
    give_picture(drawn, how, content)
    drawn.wait_for_function(
        """() => {
            const notice = document.querySelector("#notice");
            return notice.checkVisibility() && notice.innerText && !notice.innerText.includes("…");
        }"""
    )
    assert is_same_drawing(before, look_at_pad(drawn))
    assert look_at_answer(drawn) == answer
    press_on = count(SEVEN) + draw_with_mouse(drawn, DASH)
    wait_for_answer(drawn, press_on)
    assert drawn.is_hidden("#notice")


def test_message_about_a_bad_picture_says_what_is_wrong(page):
    give_picture(page, "open", b"This is no picture.", "letter.png")
    assert "PNG" in wait_for_notice(page, "not a picture")
    assert "Traceback" not in page.inner_text("body")


def test_pasted_text_is_left_alone(drawn):
    before = look_at_pad(drawn)
    drawn.evaluate(
        """() => {
            const parcel = new DataTransfer();
            parcel.setData("text/plain", "7");
            document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: parcel, bubbles: true }));
        }"""
    )
    assert is_same_drawing(before, look_at_pad(drawn))
    assert drawn.is_hidden("#notice")
    wait_for_answer_to_more(drawn)
