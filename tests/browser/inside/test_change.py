"""The smallest change found of the drawing on the pad that flips the answer, in words and pictures."""

import re

import pytest
from support.drawing import (
    arc,
    draw_with_mouse,
    line,
    look_at_answer,
    look_at_canvas,
    open_address,
    thin_out,
    wait_for_answer,
)

# Its loop is open at the top: it reads 4, and 9 when the loop is closed.
OPEN_NINE = thin_out([arc(0.48, 0.37, 0.34, 0.34, -150, -400, 24), line((0.64, 0.34), (0.60, 0.9))])
ZIGZAG = [[(0.15 + 0.1 * corner, 0.3 if corner % 2 else 0.7) for corner in range(8)]]
CARDS = "#change-found button"


def wait_for_searches(page):
    page.wait_for_function(
        "() => document.querySelector('#change-progress').textContent.includes('edited images were read')"
    )


def open_change(page, strokes):
    wait_for_answer(page, draw_with_mouse(page, strokes))
    open_address(page, "#inside?view=change")
    wait_for_searches(page)


def read_costs(page):
    return [float(re.search(r"([\d.]+)%", text)[1]) for text in page.locator(f"{CARDS} small").all_text_contents()]


def colors_in(page, selector):
    """How many pixels of a canvas are bluish, and how many reddish."""
    return page.evaluate(
        """(selector) => {
            const canvas = document.querySelector(selector);
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const counts = [0, 0];
            for (let at = 0; at < data.length; at += 4) {
                if (data[at + 2] > data[at] + 40) counts[0] += 1;
                if (data[at] > data[at + 2] + 100) counts[1] += 1;
            }
            return counts;
        }""",
        selector,
    )


@pytest.fixture(scope="module")
def change(open_drawn):
    """The view when all has been searched for an open nine; tests leave it as it is."""
    page = open_drawn(OPEN_NINE)
    open_address(page, "#inside?view=change")
    wait_for_searches(page)
    return page


def test_the_cheapest_change_comes_first_and_is_shown_large(change):
    costs = read_costs(change)
    assert len(costs) >= 3
    assert costs == sorted(costs)
    sentence = change.inner_text("#change-sentence")
    assert change.locator(f"{CARDS} span").first.inner_text().startswith(sentence)
    assert re.fullmatch(r"(Add|Close|Open|Cut|Erase) .+ and it is read as \d\.", sentence)


def test_before_and_after_are_pictures_with_their_answers(change):
    captions = change.locator("#change-pictures figcaption").all_inner_texts()
    assert captions[0].startswith("4 ")
    assert re.match(r"[^4] \d+%", captions[2])
    before, after = (look_at_canvas(change, f'[data-picture="{name}"] canvas') for name in ("before", "after"))
    assert before == look_at_canvas(change, "#network-input")
    assert sum(one != other for one, other in zip(before, after, strict=True)) > 10


def test_closing_the_loop_at_the_top_makes_it_a_nine(change):
    assert re.match("Close the loop at the top and .* 9\\.", change.inner_text(f'{CARDS}[data-family="close"]'))


@pytest.mark.parametrize(("family", "is_added"), [("close", True), ("erase", False)])
def test_added_ink_is_blue_and_removed_ink_outlined_in_red(change, family, is_added):
    blue, red = colors_in(change, f'{CARDS}[data-family="{family}"] canvas')
    assert (blue > 200, red > 200) == (is_added, not is_added)


def test_what_was_not_found_says_how_far_was_searched(change):
    found, none = change.locator(CARDS).count(), change.locator("#change-none li").all_inner_texts()
    assert found + len(none) == 8
    assert all(re.search(r"\d+.*: nothing found among [\d,]+ images\.$", text) for text in none)
    assert re.match(rf"[\d,]+ edited images were read\. {found} of 8 kinds", change.inner_text("#change-progress"))


def test_the_lesson_uses_the_visitors_own_numbers(change):
    lesson = change.inner_text("#lesson p")
    assert "reads this as 4, 9" in lesson
    assert change.inner_text("#change-sentence") in lesson
    assert "{" not in lesson


def test_another_change_is_shown_large_on_a_tap(page):
    open_change(page, OPEN_NINE)
    page.click(f'{CARDS}[data-family="close"]')
    page.wait_for_function("() => document.querySelector('#change-sentence').textContent.startsWith('Close the loop')")
    assert page.get_attribute(f'{CARDS}[data-family="close"]', "aria-pressed") == "true"
    page.click('#change-meant button:text-is("9")')
    page.wait_for_function("() => /reads 9|as 9/.test(document.querySelector('#change-sentence').textContent)")
    wait_for_searches(page)
    sentences = page.locator(f"{CARDS} span").all_inner_texts()
    assert sentences
    assert all("and it is read as 9." in sentence for sentence in sentences)
    assert page.is_disabled('#change-meant button:text-is("4")')
    page.click("#change-put")
    page.wait_for_function("() => /^9/.test(document.querySelector('#verdict').innerText)")
    assert look_at_answer(page).digit == 9


def test_a_zigzag_is_no_digit_after_any_small_change(page):
    open_change(page, ZIGZAG)
    assert page.inner_text("#change-sentence").startswith("No small change was found after which it is recognised")
    assert page.is_hidden("#change-pictures")
    assert page.locator("#change-none li").count() == 8
    assert "does not recognise this as a digit" in page.inner_text("#lesson p")
