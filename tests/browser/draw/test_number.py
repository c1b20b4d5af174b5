"""Several digits on the pad: one number, a box and ten bars for each digit, and a page that follows the chosen one."""

import numpy as np
import pytest
from support.drawing import (
    HOUSE,
    PHONE,
    SEVEN,
    Fingers,
    draw_with_mouse,
    look_at_answer,
    look_at_network_input,
    wait_for_answer,
)
from support.numbers import write


def fit(strokes, width=0.84, middle=(0.5, 0.45)):
    """Moves and scales strokes to a width, in the middle of the pad."""
    points = np.concatenate([np.array(stroke) for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = width / (high[0] - low[0])
    return [[tuple(point) for point in (np.array(stroke) - (low + high) / 2) * scale + middle] for stroke in strokes]


NUMBER = fit(write("2026"))


def wait_for_number(page, text):
    page.wait_for_selector('#verdict[data-kind="several"][data-state="sure"]')
    page.wait_for_function("text => document.querySelector('#verdict').innerText === text", arg=text)


def wait_for_digit(page, digit):
    page.wait_for_function("digit => document.querySelector('#bars .top')?.dataset.digit === String(digit)", arg=digit)


def middle_of(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def number(page):
    """A page with 2026 on its pad."""
    draw_with_mouse(page, NUMBER)
    wait_for_number(page, "2026")
    return page


def test_a_number_is_one_verdict_with_a_confidence_for_each_digit(number):
    buttons = number.locator("#verdict .words button")
    assert buttons.all_inner_texts() == ["2", "0", "2", "6"]
    assert all(label.startswith("Digit ") and "%" in label for label in buttons.evaluate_all(
        "nodes => nodes.map((node) => node.getAttribute('aria-label'))"))  # fmt: skip
    assert "that all digits are right" in number.inner_text("#caption")


def test_each_digit_has_a_box_around_it_and_ten_bars(number):
    pad = number.locator("#sketchpad").bounding_box()
    frames = [frame.bounding_box() for frame in number.locator("#number .frame").all()]
    for frame, strokes in zip(frames, NUMBER, strict=True):
        for x, y in strokes:
            assert frame["x"] <= pad["x"] + x * pad["width"] <= frame["x"] + frame["width"]
            assert frame["y"] <= pad["y"] + y * pad["height"] <= frame["y"] + frame["height"]
    groups = number.locator("#number .group").all()
    assert [group.locator("i").count() for group in groups] == [10] * 4
    assert [group.locator("b").inner_text() for group in groups] == ["2", "0", "2", "6"]


def test_the_page_is_about_the_last_digit_until_another_is_chosen(number):
    assert look_at_answer(number).digit == 6
    before = look_at_network_input(number)
    number.wait_for_function(
        "[...document.querySelectorAll('#relatives .relative b')].some((b) => b.innerText === '6')"
    )
    number.locator("#verdict .words button").nth(1).click()
    wait_for_digit(number, 0)
    assert look_at_network_input(number) != before
    number.wait_for_function(
        "[...document.querySelectorAll('#relatives .relative b')].some((b) => b.innerText === '0')"
    )
    assert number.evaluate("document.activeElement.innerText") == "0"


def test_a_tap_on_a_box_chooses_its_digit_and_leaves_no_ink(number):
    points = look_at_answer(number).points
    number.mouse.click(*middle_of(number, '#number .frame[data-digit="1"]'))
    wait_for_digit(number, 0)
    wait_for_number(number, "2026")
    assert look_at_answer(number).points == points
    assert number.is_disabled("#redo")


def test_a_point_between_two_digits_is_ink(number):
    points = look_at_answer(number).points
    left, right = (max(x for x, _ in NUMBER[1]), min(x for x, _ in NUMBER[2]))
    draw_with_mouse(number, [[((left + right) / 2, max(y for _, y in NUMBER[1]))]])
    number.wait_for_function(
        "points => document.querySelector('#bars').dataset.points === String(points)", arg=points + 1
    )
    wait_for_number(number, "20,26")


def test_a_tap_of_a_finger_chooses_as_well(borrow_page):
    phone = borrow_page(PHONE)
    fingers = Fingers(phone)
    fingers.draw(NUMBER)
    wait_for_number(phone, "2026")
    fingers.touch((0.2, 0.45))
    fingers.lift()
    wait_for_digit(phone, 2)
    wait_for_number(phone, "2026")
    box = phone.locator("#verdict").bounding_box()
    assert box["x"] + box["width"] <= phone.locator("#why").bounding_box()["x"]


def test_what_is_no_digit_is_a_question_mark(page):
    house = [[(x * 0.8 + 2.3, y * 0.8 - 0.9) for x, y in stroke] for stroke in HOUSE]
    draw_with_mouse(page, fit([*write("20"), *house, *[[(x + 3.5, y) for x, y in stroke] for stroke in write("6")]]))
    wait_for_number(page, "20?6")
    assert "no digit is recognised" in page.inner_text("#caption")


def test_a_single_digit_is_no_number(page):
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    assert page.get_attribute("#verdict", "data-kind") == "sure"
    assert page.locator("#number > *").count() == 0


def test_a_number_that_is_cleared_leaves_nothing(number):
    number.click("#clear")
    number.wait_for_selector('#verdict[data-kind="empty"]')
    assert number.locator("#number > *").count() == 0


def test_undo_takes_a_digit_away(number):
    number.click("#undo")
    wait_for_number(number, "202")


def test_too_much_ink_is_said_to_be_too_much(page):
    dashes = [
        [(0.05 + 0.018 * step, 0.3 + y), (0.055 + 0.018 * step, 0.34 + y)] for y in (0, 0.3) for step in range(26)
    ]
    draw_with_mouse(page, dashes)
    page.wait_for_selector('#verdict[data-kind="refused"][data-state="refused"]')
    assert "52 strokes" in page.inner_text("#caption")
