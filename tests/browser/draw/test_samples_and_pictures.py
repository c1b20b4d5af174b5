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


def test_one_tap_puts_a_sample_on_the_pad_and_undo_brings_the_drawing_back(drawn):
    before = look_at_pad(drawn)
    label = tap_sample(drawn, 3)
    assert drawn.locator('.sample[aria-pressed="true"]').get_attribute("data-label") == str(label)
    assert is_same_drawing(look_at_network_input(drawn), look_at_pad(drawn, side=28))
    drawn.click("#undo")
    assert wait_for_answer(drawn, count(SEVEN)).digit == 7
    assert is_same_drawing(before, look_at_pad(drawn))
    assert drawn.locator('.sample[aria-pressed="true"]').count() == 0


def test_a_second_tap_on_the_same_sample_changes_nothing(page):
    tap_sample(page, 5)
    page.locator(".sample").nth(5).click()
    page.click("#undo")
    wait_until_empty(page)
    assert page.is_disabled("#undo")


def test_ink_on_a_sample_makes_a_drawing_of_it_until_it_is_undone(page):
    label = tap_sample(page, 7)
    before = look_at_network_input(page)
    wait_for_answer(page, draw_with_mouse(page, DASH))
    assert sum(look_at_pad(page, side=28)) > sum(before)
    assert look_at_network_input(page) != before
    assert "labelled" not in page.inner_text("#caption")
    page.click("#undo")
    wait_for_answer(page, 0)
    assert look_at_network_input(page) == before
    assert page.inner_text("#caption") == f"A sample labelled {label}."


def test_a_digit_key_puts_a_sample_with_that_label_on_the_pad_and_again_the_other_one(page):
    chosen = []
    for _ in range(3):
        page.keyboard.press("4")
        chosen.append(page.locator('.sample[aria-pressed="true"]').get_attribute("data-index"))
    assert (
        page.locator('.sample[data-label="4"]').evaluate_all("(all) => all.map((one) => one.dataset.index)")
        == (chosen[:2])
    )
    assert chosen[2] == chosen[0]


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
def test_bad_picture_gives_a_message_and_the_drawing_before_it_comes_back_with_undo(drawn, how, content):
    before, answer = look_at_pad(drawn), look_at_answer(drawn)
    give_picture(drawn, how, content)
    drawn.wait_for_function(
        """() => {
            const notice = document.querySelector("#notice");
            return notice.checkVisibility() && notice.innerText && !notice.innerText.includes("…");
        }"""
    )
    wait_until_empty(drawn)
    drawn.click("#undo")
    assert wait_for_answer(drawn, count(SEVEN)) == answer
    assert is_same_drawing(before, look_at_pad(drawn))
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
