"""Why: the map over the drawing, for any method, digit and rival, and what is known of how well the methods do."""

import sys
from pathlib import Path

import pytest
from support.drawing import DIGITS, draw_with_mouse, open_address, wait_for_answer
from support.screen import CONTRASTS, resized

READY = """() => document.querySelector("#why-question").textContent && !document.querySelector("#why-stage.stale")"""
TENSORFLOW_SECONDS = 60


@pytest.fixture(scope="module")
def why_page(open_drawn):
    """A page with a four on the pad."""
    return open_drawn(DIGITS[4])


def open_why(page, query=""):
    page.evaluate("() => { document.querySelector('#why-question').textContent = ''; }")
    open_address(page, f"#inside?view=why{query}")
    page.wait_for_function(READY, timeout=TENSORFLOW_SECONDS * 1000)


def look_at_map(page):
    """Red minus blue of each of the 28 x 28 pixels, row by row, at a place where no outline runs."""
    return page.evaluate(
        """() => {
            const canvas = document.querySelector("#why-map");
            const side = canvas.width / 28;
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return Array.from({ length: 784 }, (_, index) => {
                const [x, y] = [(index % 28 + 0.5) * side, (Math.floor(index / 28) + 0.5) * side];
                const at = (Math.floor(y) * canvas.width + Math.floor(x)) * 4;
                return data[at] - data[at + 2];
            });
        }"""
    )


def point_at(page, row, column):
    box = page.locator("#why-map").bounding_box()
    page.mouse.move(box["x"] + (column - 0.5) * box["width"] / 28, box["y"] + (row - 0.5) * box["height"] / 28)


def test_at_first_it_is_told_why_it_is_the_answer(why_page):
    open_why(why_page)
    assert why_page.inner_text("#why-question") == "Why 4?"
    assert why_page.input_value("#why-method") == "occlusion_paper"
    differences = look_at_map(why_page)
    assert max(differences) > 150
    # Far from the ink nothing can be wiped out.
    assert set(differences[: 28 * 2]) == {0}
    assert "score of 4 is " in why_page.inner_text("#lesson")


def test_the_strongest_pixel_has_the_value_that_the_words_name(why_page):
    open_why(why_page)
    strongest = why_page.inner_text("#why-high").removeprefix("for ")
    differences = look_at_map(why_page)
    index = differences.index(max(differences))
    point_at(why_page, index // 28 + 1, index % 28 + 1)
    assert why_page.inner_text("#why-pixel").startswith(f"Row {index // 28 + 1}, column {index % 28 + 1}: +")
    assert why_page.inner_text("#why-found").endswith(f"it counts {strongest}.")


def test_the_runner_up_is_one_tap_away_and_the_address_keeps_it(why_page):
    open_why(why_page)
    plain = look_at_map(why_page)
    why_page.click("#why-runner-up")
    why_page.wait_for_function("() => document.querySelector('#why-question').textContent.startsWith('Why 4 and not ')")
    assert look_at_map(why_page) != plain
    rival = why_page.input_value("#why-versus")
    assert rival not in ("", "4")
    assert f"why-versus={rival}" in why_page.url
    why_page.click("#why-runner-up")
    why_page.wait_for_function("() => document.querySelector('#why-question').textContent === 'Why 4?'")


def test_an_address_names_method_digit_and_rival(why_page):
    open_why(why_page, "&why-method=occlusion_ink&why-digit=9&why-versus=4")
    assert why_page.inner_text("#why-question") == "Why 9 and not 4?"
    assert why_page.input_value("#why-method") == "occlusion_ink"
    assert "against" in why_page.inner_text("#why-low")
    assert min(look_at_map(why_page)) < -150  # that the top is open speaks against a nine


@pytest.mark.parametrize("query", ["&why-method=tea&why-digit=12&why-versus=x", "&why-digit=4&why-versus=4"])
def test_nonsense_in_the_address_is_left_out(why_page, query):
    open_why(why_page, query)
    assert why_page.inner_text("#why-question") == "Why 4?"


def test_gradients_come_after_a_moment_and_the_server_stays_without_tensorflow(why_page, server):
    open_why(why_page, "&why-method=integrated_gradients")
    assert why_page.is_visible("#why-baseline")
    total, rise = why_page.inner_text("#why-found").split("make up ")[1].split(" of the ")[:2]
    assert float(total) == pytest.approx(float(rise.split(" ")[0]), rel=0.01)
    plain = look_at_map(why_page)
    why_page.select_option("#why-baseline", "ink")
    why_page.wait_for_function("() => document.querySelector('#why-found').textContent.includes('full of ink it is')")
    assert look_at_map(why_page) != plain
    if sys.platform == "linux":
        assert "tensorflow" not in Path(f"/proc/{server._process.pid}/maps").read_text()


def test_each_method_says_how_well_it_marks_what_matters(why_page):
    why_page.click("[data-level=university]")
    for method in ("occlusion_paper", "occlusion_ink", "gradient"):
        open_why(why_page, f"&why-method={method}")
        assert "Measured on 100 new images" in why_page.inner_text("#why-measured")
        assert "beats both orders" in why_page.inner_text("#why-measured")
    why_page.click("#why-figures summary")
    assert why_page.locator("#why-figures polyline").count() == 6
    assert why_page.locator("#why-table tbody tr").count() == 12


def test_another_drawing_is_another_map(why_page):
    open_why(why_page)
    plain = look_at_map(why_page)
    points = sum(map(len, DIGITS[4]))
    wait_for_answer(why_page, points + draw_with_mouse(why_page, [[(0.42, 0.2), (0.5, 0.2), (0.58, 0.22)]]))
    why_page.wait_for_function(READY)
    poll_changes = """(plain) => document.querySelector("#why-found").textContent !== plain"""
    why_page.wait_for_function(poll_changes, arg="")
    assert look_at_map(why_page) != plain
    why_page.click("#undo")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(why_page, theme):
    open_why(why_page)
    why_page.evaluate("(theme) => document.body.classList.toggle('dark', theme === 'dark')", theme)
    texts = "#inside .view-why :is(h2, p, summary, button, select, span, th, td, figcaption)"
    found = [contrast for contrast in why_page.evaluate(CONTRASTS, texts) if contrast["text"]]
    why_page.evaluate("() => document.body.classList.remove('dark')")
    assert len(found) > 8
    assert [text for text in found if text["ratio"] < (3 if text["isLarge"] else 4.5)] == []


def test_a_narrow_window_shows_it_without_scrolling_sideways(why_page):
    open_why(why_page)
    with resized(why_page, 390, 664):
        assert why_page.evaluate("() => document.documentElement.scrollWidth") <= 390
        assert why_page.locator("#why-map").bounding_box()["width"] > 300
