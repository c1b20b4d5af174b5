"""One question in flight, the newest ink next; a slow, silent or absent server costs no ink and no order.

The live line is forbidden here, as by some proxies: questions go one by one where a test can hold them back.
"""

import pytest
from support.drawing import (
    DASH,
    DESKTOP,
    SEVEN,
    count,
    draw_with_mouse,
    is_inked,
    look_at_answer,
    move_mouse,
    poll,
    press,
    wait_for_answer,
    wait_for_notice,
    wait_until_empty,
)

QUESTIONS = "**/component_server/**"


class HeldLine:
    """Holds every question about the drawing back until the test lets it through."""

    def __init__(self, page):
        self._page = page
        self._held = []
        self.num_asked = 0
        self.is_open = False  # then only what is held already stays held
        page.route(QUESTIONS, self._hold)

    def _hold(self, route):
        if route.request.post_data_json["fn_name"] != "classify_drawing" or self.is_open:
            route.continue_()
            return
        self.num_asked += 1
        self._held.append(route)

    @property
    def waiting(self):
        """Numbers of ink points of the questions in flight."""
        return [route.request.post_data_json["data"]["points"] for route in self._held]

    def wait_for_question(self):
        poll(self._page, lambda: self._held, "a question was in flight")

    def let_through(self):
        """Lets the oldest question through and waits until its answer has reached the page."""
        route = self._held.pop(0)
        with self._page.expect_response(lambda response: response.request == route.request):
            route.continue_()


@pytest.fixture
def page(borrow_page):
    return borrow_page(has_line=False)


@pytest.fixture
def held(page):
    line = HeldLine(page)
    yield line
    page.unroute_all(behavior="ignoreErrors")


def draw_slowly(page, held, stroke, rounds):
    """Draws one stroke in pieces, and after each lets one answer come; yields what is in flight and what is shown."""
    piece = len(stroke) // rounds
    press(page, stroke[0])
    for start in range(1, len(stroke), piece):
        move_mouse(page, stroke[start : start + piece])
        held.wait_for_question()
        yield held.waiting, look_at_answer(page).points
        held.let_through()
    page.mouse.up()


def test_never_two_questions_in_flight_and_answers_in_order(page, held):
    seen = list(draw_slowly(page, held, SEVEN[0], 4))
    assert [len(waiting) for waiting, _ in seen] == [1] * len(seen)
    shown = [points for _, points in seen]
    assert shown == sorted(shown)
    held.wait_for_question()
    assert held.waiting == [count(SEVEN)]
    held.let_through()
    assert wait_for_answer(page, count(SEVEN)).digit == 7


def test_question_after_an_answer_is_about_the_newest_ink(page, held):
    drawn = draw_with_mouse(page, SEVEN)
    held.wait_for_question()
    (first,) = held.waiting
    held.let_through()
    held.wait_for_question()
    assert first < drawn
    assert held.waiting == [drawn]
    assert held.num_asked == 2


@pytest.mark.parametrize("button", ["#clear", "#undo"])
def test_no_answer_is_shown_to_ink_that_is_gone(page, held, button):
    draw_with_mouse(page, SEVEN)
    held.wait_for_question()
    page.click(button)
    wait_until_empty(page)
    draw_with_mouse(page, DASH)  # its question is asked only after the first answer has come and been judged
    held.let_through()
    held.wait_for_question()
    assert look_at_answer(page).probabilities == [0] * 10
    assert held.waiting == [count(DASH)]


def test_slow_server_is_named_and_the_bars_catch_up(page, held):
    first = draw_with_mouse(page, SEVEN)
    held.wait_for_question()
    wait_for_notice(page, "slow")
    both = first + draw_with_mouse(page, DASH)
    assert is_inked(page, (0.35, 0.5))
    assert "slow" in page.inner_text("#notice")
    held.let_through()
    held.wait_for_question()
    held.let_through()
    wait_for_answer(page, both)
    page.locator("#notice").wait_for(state="hidden")


def test_answer_that_comes_after_giving_up_is_not_shown(open_page):
    page = open_page({**DESKTOP, "locale": "en-GB"}, has_line=False)  # all pages of a context share its clock
    page.clock.install()
    held = HeldLine(page)
    draw_with_mouse(page, DASH)
    held.wait_for_question()
    page.clock.fast_forward(11_000)
    wait_for_notice(page, "does not answer")
    held.is_open = True
    page.click("#clear")
    draw_with_mouse(page, SEVEN)
    page.clock.fast_forward(1_500)
    answer = wait_for_answer(page, count(SEVEN))
    held.let_through()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert look_at_answer(page) == answer
    assert answer.digit == 7


@pytest.mark.parametrize("how", ["abort", "error"])
def test_absent_server_is_named_and_the_bars_catch_up(page, how):
    def fail(route):
        if how == "abort":
            route.abort()
        else:
            route.fulfill(status=502, body="<html>Bad gateway</html>")

    page.route(QUESTIONS, fail)
    points = draw_with_mouse(page, SEVEN)
    wait_for_notice(page, "does not answer")
    points += draw_with_mouse(page, DASH)
    assert is_inked(page, (0.35, 0.5))
    assert "does not answer" in page.inner_text("#notice")
    page.unroute_all(behavior="ignoreErrors")
    wait_for_answer(page, points)
    page.locator("#notice").wait_for(state="hidden")


def test_message_about_an_absent_server_goes_when_it_is_back_though_the_pad_is_empty(page):
    page.route(QUESTIONS, lambda route: route.abort())
    draw_with_mouse(page, SEVEN)
    wait_for_notice(page, "does not answer")
    page.click("#clear")
    page.unroute_all(behavior="ignoreErrors")
    page.locator("#notice").wait_for(state="hidden", timeout=10_000)


def test_picture_for_an_absent_server_gives_a_message(page):
    page.route("**/picture*", lambda route: route.abort())
    page.set_input_files("#picture-file", {"name": "a.png", "mimeType": "image/png", "buffer": b"any"})
    wait_for_notice(page, "does not answer")
