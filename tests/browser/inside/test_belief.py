"""Belief over time: the drawing draws itself again, with the network's answer at each moment."""

import re

import numpy as np
import pytest
from support.drawing import (
    line,
    look_at_answer,
    look_at_network_input,
    move_mouse,
    open_address,
    photograph_tile,
    press,
    wait_for_answer,
)

SEVEN = [line((0.32, 0.23), (0.68, 0.23), (0.46, 0.8), spacing=0.05)]
LAST = '#belief-film button:last-child[aria-pressed="true"]'


def draw_slowly(page, strokes, points=0):
    """As `draw_with_mouse`, but so that replaying it takes a moment; `points` are on the pad already."""
    for stroke in strokes:
        press(page, stroke[0])
        for point in stroke[1:]:
            move_mouse(page, [point])
            page.wait_for_timeout(8)
        page.mouse.up()
        points += len(stroke)
    return wait_for_answer(page, points)


def open_belief(page):
    """Opens the view and waits until nothing is played any more."""
    open_address(page, "#inside?view=belief")
    page.wait_for_selector(LAST)
    page.wait_for_function("() => document.querySelector('#belief-play').textContent === 'Play'")


def read_index(page):
    return int(page.get_attribute(".view-belief", "data-index"))


def read_bars(page):
    rows = page.locator("#belief-bars > div")
    return rows.evaluate_all("(rows) => rows.map((row) => Number(row.dataset.probability))")


def read_inked(page):
    """How many pixels of the replayed drawing are fully inked."""
    return page.evaluate(
        """() => {
            const canvas = document.querySelector("#belief-drawing");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.filter((value, index) => index % 4 === 3 && value > 200).length;
        }"""
    )


def watch_moments(page):
    """Notes from now on in `seen` which moments are shown."""
    page.evaluate(
        """() => {
            window.seen = [];
            const section = document.querySelector(".view-belief");
            new MutationObserver(() => window.seen.push(Number(section.dataset.index)))
                .observe(section, { attributeFilter: ["data-index"] });
        }"""
    )


@pytest.fixture(scope="module")
def belief_page(new_tab):
    """The view of a seven, for a visitor who wants no motion."""
    page = new_tab(window="drawn")
    page.emulate_media(reduced_motion="reduce")
    draw_slowly(page, SEVEN)
    watch_moments(page)
    open_belief(page)
    page.evaluate("() => { window.seenAtFirst = window.seen.slice(); }")
    return page


@pytest.fixture
def belief(belief_page):
    """That view, standing at its end."""
    belief_page.press("#belief-time", "End")
    return belief_page


def test_it_ends_with_the_answer_on_the_pad(belief):
    assert read_bars(belief) == pytest.approx(look_at_answer(belief).probabilities, abs=1e-5)
    assert belief.inner_text("#belief-verdict").startswith("7")
    seen = np.reshape(photograph_tile(belief, "#belief-seen"), (28, 28))
    assert np.abs(seen - np.reshape(look_at_network_input(belief), (28, 28))).mean() < 6


def test_chart_and_film_strip_show_the_way_there(belief):
    assert belief.locator("#belief-curves polyline").count() == 10
    answers = belief.locator("#belief-film b").all_text_contents()
    assert len(answers) == 12
    assert answers[-1] == "7" != answers[0]


def test_a_turning_point_is_where_the_answer_changes(belief):
    button = belief.locator("#belief-turns button").last
    assert button.inner_text().endswith("became 7")
    button.click()
    assert read_index(belief) == int(button.get_attribute("data-index"))
    assert belief.inner_text("#belief-verdict").startswith("7")
    belief.press("#belief-time", "ArrowLeft")
    assert not belief.inner_text("#belief-verdict").startswith("7")


def test_arrow_keys_go_from_prediction_to_prediction(belief):
    last, ink = read_index(belief), read_inked(belief)
    for _ in range(30):
        belief.press("#belief-time", "ArrowLeft")
    assert read_index(belief) == last - 30
    assert read_inked(belief) == pytest.approx(ink * (last - 30) / last, rel=0.15)
    belief.press("#belief-time", "ArrowRight")
    assert read_index(belief) == last - 29
    belief.press("#belief-time", "Home")
    assert belief.inner_text("#belief-verdict") == "Still a dot"
    assert belief.get_attribute("#belief-time", "aria-valuetext") == "At 0.00 s: still a dot"


def test_a_tap_on_a_frame_or_on_the_chart_goes_there(belief):
    belief.click("#belief-film button:nth-child(4)")
    index = read_index(belief)
    assert index == int(belief.get_attribute("#belief-film button:nth-child(4)", "data-index"))
    box = belief.locator("#belief-curves svg").bounding_box()
    belief.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    assert read_index(belief) > index + 20


def test_it_plays_and_pauses(belief):
    belief.select_option("#belief-speed", "0.25")
    belief.click("#belief-play")
    belief.wait_for_function(
        "() => { const at = Number(document.querySelector('.view-belief').dataset.index); return at > 3 && at < 50; }"
    )
    belief.click("#belief-play")
    index = read_index(belief)
    belief.wait_for_timeout(100)
    assert read_index(belief) == index < 59
    belief.select_option("#belief-speed", "4")
    belief.press("#belief-time", " ")
    belief.wait_for_selector(LAST)


def test_it_plays_by_itself(page):
    draw_slowly(page, SEVEN)
    watch_moments(page)
    open_belief(page)
    seen = page.evaluate("window.seen")
    assert seen[-1] == max(seen)
    assert min(seen) < 20


def test_it_stands_still_where_the_visitor_wants_no_motion(belief_page):
    last = int(belief_page.get_attribute("#belief-film button:last-child", "data-index"))
    assert set(belief_page.evaluate("window.seenAtFirst")) == {last}


def test_a_picture_has_no_time_line(page):
    page.click("#samples .sample:nth-child(3)")
    page.wait_for_selector('#verdict[data-state="sure"]')
    open_address(page, "#inside?view=belief")
    page.locator("#belief-none").wait_for()
    assert "no timeline" in page.inner_text("#belief-none")
    assert page.is_hidden("#belief-body")
    assert page.is_hidden("#lesson")


@pytest.mark.parametrize(("level", "word"), [("university", "softmax"), ("school", "starts afresh")])
def test_the_lesson_uses_the_visitors_numbers(belief, level, word):
    belief.click(f'[data-level="{level}"]')
    belief.locator("#lesson", has_text=word).wait_for()
    assert "59 " in belief.inner_text("#lesson") or "60 " in belief.inner_text("#lesson")
    assert "{" not in belief.inner_text("#lesson")


def test_a_second_stroke_makes_it_longer_but_not_its_pause(belief):
    points = look_at_answer(belief).points
    clock = belief.inner_text("#belief-clock")
    belief.wait_for_timeout(600)
    draw_slowly(belief, [line((0.35, 0.52), (0.68, 0.52), spacing=0.05)], points)
    belief.wait_for_function("(old) => document.querySelector('#belief-clock').innerText !== old", arg=clock)
    belief.wait_for_selector(LAST)
    assert read_bars(belief) == pytest.approx(look_at_answer(belief).probabilities, abs=1e-5)
    assert re.search(r"shortened: \d+\.\d s are left out", belief.inner_text("#belief-note"))
    for curve in read_curves(belief):
        rest = np.diff(curve[:, 0]).argmax()
        assert curve[rest, 1] == curve[rest + 1, 1]  # no new answer while the pen is up
        assert curve[rest + 1, 0] == curve[rest + 2, 0]


def read_curves(page):
    """The corners of each curve, x and y on the screen's scale."""
    lines = page.locator("#belief-curves polyline")
    texts = lines.evaluate_all("(lines) => lines.map((line) => line.getAttribute('points'))")
    return [np.array([point.split(",") for point in text.split()], float) for text in texts]
