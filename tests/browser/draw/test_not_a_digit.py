"""Doubt: what is no digit gets grey bars and no big number, and what could be two digits is named as both."""

import re

import pytest
from support.drawing import (
    HOUSE,
    SEVEN,
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


# How large and in which colour text is painted.
STYLES = "nodes => nodes.map(getComputedStyle).map(({ fontSize, color }) => [parseFloat(fontSize), color])"
# Notes when the verdict changes, in `told`.
WATCH = """() => {
    const verdict = document.querySelector("#verdict");
    window.told = [];
    new MutationObserver(() => window.told.push([performance.now(), verdict.dataset.state, verdict.dataset.kind]))
        .observe(verdict, { attributeFilter: ["data-state"] });
    addEventListener("pointerup", () => { window.lifted = performance.now(); }, true);
}"""


def resize(strokes, scale, x, y):
    return [[(x + (a - 0.5) * scale, y + (b - 0.5) * scale) for a, b in stroke] for stroke in strokes]


def read_kind(page):
    return page.get_attribute("#verdict", "data-kind")


def has_big_number(page):
    return page.locator("#verdict > .digit").inner_text() != ""


@pytest.fixture(scope="module")
def house(open_drawn):
    """A page with a house on the pad, for tests that leave it there."""
    return open_drawn(HOUSE)


def test_a_house_is_no_digit(house):
    assert look_at_answer(house).state == "refused"
    assert look_at_answer(house).verdict == "This does not look like a digit"
    assert not has_big_number(house)


def test_the_bars_of_a_house_are_grey_and_still_ten_probabilities(house):
    assert len({bar_color(house, digit) for digit in range(10)}) == 1
    assert abs(sum(look_at_answer(house).probabilities) - 1) < 1e-4


def test_colors_come_back_with_a_digit(page):
    wait_for_answer(page, draw_with_mouse(page, HOUSE))
    page.click("#clear")
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    assert look_at_answer(page).state == "sure"
    assert len({bar_color(page, digit) for digit in range(10)}) == 10
    assert has_big_number(page)


def test_a_refusal_waits_until_the_pen_has_rested(page):
    page.evaluate(WATCH)
    wait_for_answer(page, draw_with_mouse(page, HOUSE))
    told, lifted = page.evaluate("[window.told, window.lifted]")
    refusals = [time for time, state, _ in told if state == "refused"]
    assert len(refusals) == 1
    assert refusals[0] - lifted > 1100
    assert {kind for _, state, kind in told if state == "provisional"} >= {"refused"}


def test_ink_that_is_small_or_cut_off_gets_advice(page):
    for name, drawing, words in (
        ("small", resize(HOUSE, 0.15, 0.5, 0.5), "larger"),
        ("cut", resize(HOUSE, 1.0, 0.5, 0.302), "on the pad"),
    ):
        draw_with_mouse(page, drawing)
        page.wait_for_selector('#verdict[data-state="refused"]')
        assert read_kind(page) == name
        assert words in page.inner_text("#verdict")
        assert page.inner_text("#announcement") == page.inner_text("#verdict")
        page.click("#clear")


def test_the_verdict_says_of_which_kind_it_is(page):
    assert read_kind(page) == "empty"
    draw_with_mouse(page, [[(0.5, 0.5)]])
    assert read_kind(page) == "dot"
    page.click("#clear")
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    assert read_kind(page) == "sure"
    assert page.inner_text("#verdict") == "7"
    page.click("#clear")
    wait_for_answer(page, draw_with_mouse(page, HOUSE))
    assert read_kind(page) == "refused"


def test_the_details_tell_the_doubt_and_name_the_twins(house):
    house.click("#details summary")
    told = house.inner_text("#doubt")
    doubt, limit = [float(number) for number in re.findall(r"([\d.]+)%", told)]
    assert doubt > limit
    assert "O, l, S and Z" in told


def test_what_could_be_two_digits_is_named_as_both(page):
    """A flag that rises half-way between the upstroke of a 1 and the roof of a 7."""
    answer = wait_for_answer(page, draw_with_mouse(page, [line((0.36, 0.322), (0.56, 0.2), (0.44, 0.82))]))
    assert answer.state == "between"
    assert answer.verdict in ("1 or 7?", "7 or 1?")
    assert not has_big_number(page)
    both = page.locator("#verdict .words .digit")
    assert sorted(both.all_inner_texts()) == ["1", "7"]
    sizes, colors = zip(*both.evaluate_all(STYLES), strict=True)
    assert min(sizes) > 40
    assert len({*colors}) == 2
