"""The visitor's own twenty digits: bars hidden, the first attempt counts, all of it to take home or to delete."""

import io
import json
from collections import Counter

import numpy as np
import pytest
from support.drawing import (
    DIGITS,
    HOUSE,
    PHONE,
    SEVEN,
    Fingers,
    draw_with_mouse,
    is_same_drawing,
    look_at_pad,
    wait_for_answer,
    wait_for_answer_to_more,
)

from mnist_core.data.labelled import load_labelled
from mnist_core.evaluation.statistics import wilson_interval


def asked_digit(page):
    return int(page.inner_text("#hand-digit"))


def draw_next(page, strokes):
    """Draws what is asked for and goes on."""
    number = page.inner_text("#hand-progress")
    draw_with_mouse(page, strokes)
    page.click("#hand-next")
    page.wait_for_function(
        """number => document.querySelector("#hand-task").hidden
            || document.querySelector("#hand-progress").innerText !== number""",
        arg=number,
    )


@pytest.fixture(scope="module")
def result(open_drawn):
    """A page after a whole test in which the fifth drawing was another digit, and the digits that were asked for."""
    page = open_drawn()
    page.click("#hand-start")
    asked = []
    for number in range(20):
        digit = asked_digit(page)
        asked.append(digit)
        draw_next(page, DIGITS[3 if digit == 7 else 7] if number == 4 else DIGITS[digit])
    page.wait_for_selector("#hand-compare .you")
    return page, asked


def test_it_asks_for_two_of_each_digit(result):
    _, asked = result
    assert Counter(asked) == dict.fromkeys(range(10), 2)


def test_the_order_is_not_that_of_the_digits(result):
    _, asked = result
    assert asked != sorted(asked)
    assert asked != [*range(10), *range(10)]


def test_the_result_is_the_share_with_its_interval(result):
    page, _ = result
    low, high = (round(share * 100) for share in wilson_interval(19, 20))
    assert page.inner_text("#hand-summary").startswith("It read 19 of 20 correctly. Twenty digits are few")
    page.click("[data-level=university]")
    page.locator("#hand-summary", has_text=f"from {low} to {high}%.").wait_for()
    page.click("[data-level=school]")
    page.locator("#hand-summary", has_text="Twenty digits are few").wait_for()


def test_the_misread_drawing_is_shown_with_what_it_was_taken_for(result):
    page, asked = result
    figures = page.locator("#hand-missed figure")
    assert figures.count() == 1
    assert figures.inner_text().strip() == f"{asked[4]} read as {3 if asked[4] == 7 else 7}"


def test_the_visitor_stands_above_the_stored_sets(result):
    page, _ = result
    names = page.locator("#hand-compare .name").all_inner_texts()
    assert names[0] == "You"
    assert {"validation", "test"} <= set(names)
    assert page.locator("#hand-compare .you .value").inner_text().startswith("95%")


def test_the_download_is_ink_that_the_program_reads(result, tmp_path):
    page, asked = result
    with page.expect_download() as download:
        page.click("#hand-download")
    path = tmp_path / "my_hand.npz"
    download.value.save_as(path)
    labelled = load_labelled(path)
    assert (labelled.kind, labelled.labels.tolist()) == ("ink", asked)
    assert [len(strokes) for index, strokes in enumerate(labelled.samples) if index != 4] == [
        len(DIGITS[digit]) for index, digit in enumerate(asked) if index != 4
    ]
    with np.load(io.BytesIO(path.read_bytes())) as arrays:
        assert np.isfinite(arrays["points"]).all()


def test_the_result_survives_a_reload(result):
    page, _ = result
    page.reload()
    page.wait_for_selector("#hand-compare .you")
    assert "19 of 20" in page.inner_text("#hand-summary")


def test_bars_and_samples_are_hidden_meanwhile(page):
    page.click("#hand-start")
    assert not page.locator("#bars").is_visible()
    assert not page.locator("#samples").is_visible()
    assert page.locator("#hand-next").is_disabled()


def test_the_drawing_comes_back_after_a_stop(page):
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    before = look_at_pad(page)
    page.click("#hand-start")
    draw_with_mouse(page, HOUSE)
    page.click("#hand-stop")
    page.wait_for_selector("#bars", state="visible")
    assert is_same_drawing(look_at_pad(page), before)


def test_undo_does_not_bring_back_the_digit_before(page):
    page.click("#hand-start")
    draw_next(page, DIGITS[asked_digit(page)])
    assert page.locator("#undo").is_disabled()
    page.click("#hand-stop")
    assert page.locator("#undo").is_disabled()


def test_the_test_goes_on_after_a_reload(page):
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    page.click("#hand-start")
    draw_next(page, DIGITS[asked_digit(page)])
    digit = asked_digit(page)
    page.reload()
    page.wait_for_selector("#hand-task", state="visible")
    assert (page.inner_text("#hand-progress"), asked_digit(page)) == ("2 of 20", digit)
    assert page.locator("#hand-next").is_disabled()
    page.click("#hand-stop")
    page.wait_for_selector("#bars", state="visible")
    assert wait_for_answer_to_more(page).digit == 7


def give_nineteen(page, result):
    """Lets a page go on with another one's test, before its last digit."""
    stored = json.loads(result[0].evaluate("sessionStorage.getItem('sketchpad-hand')"))
    stored["attempts"] = stored["attempts"][:19]
    page.evaluate("(text) => sessionStorage.setItem('sketchpad-hand', text)", json.dumps(stored))
    page.reload()
    page.wait_for_selector("#hand-task", state="visible")


def test_what_is_no_digit_is_told_apart_and_delete_leaves_nothing(page, result):
    give_nineteen(page, result)
    digit = asked_digit(page)
    draw_next(page, HOUSE)
    page.wait_for_selector("#hand-compare .you")
    assert page.inner_text("#hand-refused") == "Not recognised as a digit: 1."
    missed = page.locator("#hand-missed figcaption").all_inner_texts()
    assert missed[1:] in ([], [f"{digit} not recognised as a digit"])
    page.click("#hand-delete")
    assert not page.locator("#hand-result").is_visible()
    assert page.locator("#hand-missed *, #hand-compare *").count() == 0
    page.reload()
    page.wait_for_selector("#samples .sample:nth-child(20)")
    assert not page.locator("#hand-result").is_visible()
    assert page.inner_text("#hand-start") == "Start"


def test_enter_goes_on(page):
    page.click("#hand-start")
    draw_with_mouse(page, DIGITS[asked_digit(page)])
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#hand-progress').innerText === '2 of 20'")


def test_it_fits_on_a_phone(phone):
    phone.click("#hand-start")
    Fingers(phone).draw(DIGITS[asked_digit(phone)])
    height = PHONE["viewport"]["height"]
    for selector in ("#hand-digit", "#hand-next", "#sketchpad", "#undo", "#clear"):
        box = phone.locator(selector).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
