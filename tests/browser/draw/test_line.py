"""The live line carries only what is new of the ink; where it fails, the drawing finds another way."""

import json

import pytest
from support.drawing import (
    DASH,
    SEVEN,
    count,
    draw_with_mouse,
    is_inked,
    listen,
    poll,
    wait_for_answer,
    wait_for_notice,
)


@pytest.fixture
def lines(browser, request):
    """`open(url)` opens a page, and gives it with what it says by each line that it opens."""
    context = browser.new_context()

    def open_(url=None, treat=None):
        page = context.new_page()
        lines = []

        def hear(websocket):
            said = []
            lines.append(said)
            websocket.on("framesent", lambda text: said.append(json.loads(text)))

        page.on("websocket", hear)
        if treat:
            page.route_web_socket("**/live", treat)
        page.goto(url or request.getfixturevalue("server").url)
        page.wait_for_selector("#samples .sample:nth-child(20)")
        return page, lines

    yield open_
    context.close()


def test_every_point_is_told_once_and_no_other_way_is_taken(lines):
    page, opened = lines()
    poll(page, lambda: opened, "the page opens a line")
    asked = listen(page)
    points = draw_with_mouse(page, SEVEN)
    wait_for_answer(page, points)
    points += draw_with_mouse(page, DASH)
    wait_for_answer(page, points)
    (said,) = opened
    assert sum(len(stroke) for question in said for stroke in question["strokes"]) == points
    page.click("#undo")
    assert wait_for_answer(page, count(SEVEN)).digit == 7
    assert said[-1]["keep"] == [1, 0]
    assert said[-1]["strokes"] == []
    assert "classify_drawing" not in asked


def test_a_line_that_swallows_questions_is_left(lines):
    page, _ = lines(treat=lambda line: None)
    asked = listen(page)
    assert wait_for_answer(page, draw_with_mouse(page, SEVEN)).digit == 7
    assert "classify_drawing" in asked


def test_a_drawing_outlives_a_restart_of_the_server_and_the_page_opens_another_line(lines, own_server):
    page, opened = lines(own_server.url)
    points = draw_with_mouse(page, SEVEN)
    wait_for_answer(page, points)
    own_server.stop()
    points += draw_with_mouse(page, DASH)
    wait_for_notice(page, "does not answer")
    own_server.start()
    poll(page, lambda: len(opened) > 1, "the page opens a line again")
    wait_for_answer(page, points)
    assert is_inked(page, (0.35, 0.5))
    page.locator("#notice").wait_for(state="hidden")

    def is_told_whole():
        page.click("#undo")
        page.click("#redo")
        wait_for_answer(page, points)
        return sum(len(stroke) for said in opened[1:] for question in said for stroke in question["strokes"]) >= points

    poll(page, is_told_whole, "the new line is told the whole drawing")
