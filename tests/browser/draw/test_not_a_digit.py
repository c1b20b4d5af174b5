"""Doubt: what is no digit gets grey bars and no big number, and what could be two digits is named as both."""

import re

from support.drawing import (
    DIGITS,
    HOUSE,
    PHONE,
    SEVEN,
    Fingers,
    count,
    draw_with_mouse,
    line,
    look_at_answer,
    wait_for_answer,
)


def bar_color(page, digit):
    return page.evaluate(
        """digit => getComputedStyle(document.querySelector(`#bars [data-digit="${digit}"] .track`), "::before")
            .backgroundColor""",
        digit,
    )


def has_big_number(page):
    return page.locator("#verdict .digit").inner_text() != ""


def test_a_house_is_no_digit(page):
    answer = wait_for_answer(page, draw_with_mouse(page, HOUSE))
    assert answer.state == "refused"
    assert answer.verdict == "This does not look like a digit"
    assert not has_big_number(page)


def test_the_bars_of_a_house_are_grey_and_still_ten_probabilities(page):
    answer = wait_for_answer(page, draw_with_mouse(page, HOUSE))
    assert len({bar_color(page, digit) for digit in range(10)}) == 1
    assert abs(sum(answer.probabilities) - 1) < 1e-4


def test_the_bars_of_a_digit_have_their_colors(page):
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    assert len({bar_color(page, digit) for digit in range(10)}) == 10
    assert has_big_number(page)


def test_colors_come_back_with_a_digit(page):
    wait_for_answer(page, draw_with_mouse(page, HOUSE))
    page.click("#clear")
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    assert look_at_answer(page).state == "sure"
    assert len({bar_color(page, digit) for digit in range(10)}) == 10


def test_a_house_is_refused_on_a_phone(open_page):
    page = open_page(PHONE)
    Fingers(page).draw(HOUSE)
    assert wait_for_answer(page, count(HOUSE)).state == "refused"


def test_no_digit_of_a_careful_hand_is_refused(page):
    for digit, strokes in DIGITS.items():
        answer = wait_for_answer(page, draw_with_mouse(page, strokes))
        assert (answer.digit, answer.state) == (digit, "sure")
        page.click("#clear")


def test_the_details_tell_the_doubt_and_name_the_twins(page):
    wait_for_answer(page, draw_with_mouse(page, HOUSE))
    page.click("#details summary")
    told = page.inner_text("#doubt")
    doubt, limit = [float(number) for number in re.findall(r"([\d.]+) %", told)]
    assert doubt > limit
    assert "O, l, S and Z" in told


def test_what_could_be_two_digits_is_named_as_both(page):
    """A flag that rises half-way between the upstroke of a 1 and the roof of a 7."""
    answer = wait_for_answer(page, draw_with_mouse(page, [line((0.36, 0.322), (0.56, 0.2), (0.44, 0.82))]))
    assert answer.state == "between"
    assert answer.verdict in ("1 or 7?", "7 or 1?")
    assert not has_big_number(page)
