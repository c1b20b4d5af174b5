"""The inside tab while answers are late, while the server is away, and when a model is gone."""

import contextlib

import pytest
from support.drawing import (
    DIGITS,
    draw_with_mouse,
    listen,
    open_address,
    wait_for_answer,
    wait_for_notice,
)

QUESTIONS = "**/component_server/**"


@pytest.fixture
def errors(page):
    """What goes wrong in the page's scripts."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


@contextlib.contextmanager
def held(page, name):
    """No answer comes to questions of this name until the end."""
    routes = []

    def hold(route):
        if route.request.post_data_json["fn_name"] == name:
            routes.append(route)
        else:
            route.continue_()

    page.route(QUESTIONS, hold)
    yield
    for route in routes:
        route.continue_()
    page.unroute(QUESTIONS, hold)


@contextlib.contextmanager
def away(page, name):
    """Questions of this name reach no server."""

    def drop(route):
        if route.request.post_data_json["fn_name"] == name:
            route.abort()
        else:
            route.continue_()

    page.route(QUESTIONS, drop)
    yield
    page.unroute(QUESTIONS, drop)


def test_before_the_layers_are_there_mending_does_no_harm(drawn, errors):
    with held(drawn, "open_layers"):
        open_address(drawn, "#inside?view=break")
        drawn.click("#break-reset")
        drawn.fill("#break-noise", "0.5")
    drawn.wait_for_function("() => document.querySelector('#break-accuracy').textContent")
    assert drawn.locator("#break-layers .layer").count() == 8
    assert errors == []


def test_before_the_first_time_line_is_there_nothing_can_be_played(open_page):
    page = open_page()
    wait_for_answer(page, draw_with_mouse(page, DIGITS[7]))
    with held(page, "follow_belief"):
        open_address(page, "#inside?view=belief")
        page.wait_for_timeout(100)
        assert page.is_hidden("#belief-play")
    page.wait_for_selector("#belief-play", state="visible")


def test_the_lesson_about_another_drawing_goes(drawn):
    open_address(drawn, "#inside?view=why")
    drawn.wait_for_selector("#lesson:visible")
    drawn.click("#clear")
    with held(drawn, "explain_answer"):
        draw_with_mouse(drawn, DIGITS[0])
        drawn.wait_for_selector(".view-why", state="visible")
        drawn.wait_for_selector("#lesson", state="hidden")
    drawn.locator("#lesson:visible", has_text="score of 0").wait_for()


@pytest.mark.parametrize(
    ("view", "name", "touched", "text"),
    [
        ("network", "open_unit", "#network-map", "#layers-where:has-text('row 0, column 0')"),
        ("break", "break_network", "#break-layers .maps", "#lesson:has-text('switched off 1')"),
    ],
)
def test_a_question_that_was_lost_is_asked_again(drawn, view, name, touched, text):
    open_address(drawn, f"#inside?view={view}")
    drawn.wait_for_selector("#lesson:visible")
    with away(drawn, name):
        drawn.locator(touched).first.click(position={"x": 5, "y": 5})
        drawn.locator("#inside-notice", has_text="does not answer").wait_for()
    drawn.wait_for_selector(text)
    drawn.wait_for_selector("#inside-notice", state="hidden")


def test_a_view_that_is_opened_asks_once(drawn):
    names = listen(drawn)
    for view in ("why", "belief"):
        open_address(drawn, f"#inside?view={view}")
        drawn.wait_for_timeout(800)
    assert (names.count("explain_answer"), names.count("follow_belief")) == (1, 1)


def test_another_model_is_asked_once(drawn):
    open_address(drawn, "#inside?view=why")
    drawn.wait_for_selector("#lesson:visible")
    names = listen(drawn)
    drawn.select_option("#inside-model", "sketchnet")
    drawn.wait_for_timeout(800)
    assert names.count("explain_answer") == 1


def test_a_model_that_is_gone_is_named(drawn):
    drawn.evaluate("document.dispatchEvent(new CustomEvent('sketch:choose-model', { detail: 'lenet-0' }))")
    assert "lenet-0" in wait_for_notice(drawn, "no longer stored")
    assert drawn.input_value("#model") == "sketchnet"


def test_the_model_that_answers_is_named_though_it_is_no_longer_stored(drawn):
    def forget(route):
        if route.request.post_data_json["fn_name"] == "describe_models":
            route.fulfill(json={"ok": True, "models": [], "device": "", "note": ""})
        else:
            route.continue_()

    drawn.route(QUESTIONS, forget)
    open_address(drawn, "#inside?view=network")
    drawn.wait_for_selector("#layers-softmax .answered", state="attached")
    assert drawn.input_value("#inside-model") == "sketchnet"


def test_the_twenty_digits_are_not_looked_into(drawn):
    open_address(drawn, "#draw")
    drawn.click("#hand-start")
    draw_with_mouse(drawn, DIGITS[3])
    open_address(drawn, "#inside?view=network")
    drawn.wait_for_selector("#inside-empty", state="visible")
    drawn.select_option("#inside-model", "sketchnet")
    drawn.wait_for_timeout(300)
    assert drawn.is_visible("#inside-empty")
    drawn.click("#hand-stop")
    drawn.wait_for_function("() => document.querySelector('#layers-softmax .answered th')?.innerText === '7'")
