"""Move it: the image turned, scaled, moved, thickened, with noise, and the curves over the whole range of each."""

import re

import numpy as np
import pytest
from support.drawing import (
    DIGITS,
    listen,
    look_at_answer,
    look_at_canvas,
    look_at_network_input,
    open_address,
)

NAMES = ["rotation", "scale", "shift_x", "shift_y", "thickness", "noise"]


def read_image(page):
    return np.reshape(look_at_canvas(page, "#move-image"), (28, 28))


def read_bars(page):
    rows = page.locator("#move-bars > div")
    return rows.evaluate_all("(rows) => rows.map((row) => Number(row.dataset.probability))")


def set_slider(page, name, value):
    """Moves a slider and waits until the image has followed."""
    before = read_image(page)
    page.fill(f"#move-{name}", str(value))
    wait_for_another_image(page, before)


def wait_for_another_image(page, before):
    page.wait_for_function(
        """(before) => {
            const { data } = document.querySelector("#move-image").getContext("2d").getImageData(0, 0, 28, 28);
            return before.some((value, index) => value !== data[index * 4]);
        }""",
        arg=before.ravel().tolist(),
    )


def read_stay(page, name):
    return page.inner_text(f'[data-sweep="{name}"] > p').replace("−", "-")


@pytest.fixture(scope="module")
def moving_page(open_drawn):
    """The view of a six."""
    page = open_drawn(DIGITS[6])
    open_address(page, "#inside?view=move")
    page.wait_for_selector(".move-card:nth-child(6) polyline:nth-of-type(10)", state="attached")
    return page


@pytest.fixture
def moving(moving_page):
    """That view, with nothing moved."""
    if moving_page.is_enabled("#move-reset"):
        reset(moving_page)
    return moving_page


def reset(page):
    before = read_image(page)
    page.click("#move-reset")
    wait_for_another_image(page, before)


def test_unmoved_it_is_what_the_pad_shows(moving):
    assert np.array_equal(read_image(moving).ravel(), look_at_network_input(moving))
    assert read_bars(moving) == pytest.approx(look_at_answer(moving).probabilities, abs=1e-3)
    assert moving.inner_text("#move-verdict").startswith("6")
    assert moving.is_disabled("#move-reset")


def test_each_change_has_a_slider_and_ten_curves(moving):
    cards = moving.locator(".move-card")
    assert cards.evaluate_all("(cards) => cards.map((card) => card.dataset.sweep)") == NAMES
    assert [card.locator("polyline").count() for card in cards.all()] == [10] * 6
    assert moving.locator(".move-card input[type=range]").count() == 6


def test_grey_is_where_it_is_not_taken_for_a_digit(moving):
    low, high = (int(degrees) for degrees in re.findall(r"-?\d+", read_stay(moving, "rotation"))[1:])
    parts = moving.locator('[data-sweep="rotation"] rect.refused').evaluate_all(
        "(parts) => parts.map((part) => [part.x.baseVal.value, part.x.baseVal.value + part.width.baseVal.value])"
    )
    left, right = moving.locator('[data-sweep="rotation"] line.grid').first.evaluate(
        "(line) => [line.x1.baseVal.value, line.x2.baseVal.value]"
    )
    degrees = [[-180 + 360 * (x - left) / (right - left) for x in part] for part in parts]
    assert degrees
    assert all(end <= low or start >= high for start, end in degrees)


def test_a_six_upside_down_is_read_as_something_else(moving):
    plain = read_image(moving)
    set_slider(moving, "rotation", 180)
    assert np.abs(read_image(moving) - np.rot90(plain, 2)).max() <= 1
    assert int(np.argmax(read_bars(moving))) != 6
    assert moving.inner_text('[data-sweep="rotation"] output') == "180°"


def test_reset_brings_everything_back(moving):
    plain = read_image(moving)
    set_slider(moving, "rotation", 90)
    set_slider(moving, "noise", 20)
    reset(moving)
    assert moving.is_disabled("#move-reset")
    assert np.array_equal(read_image(moving), plain)
    assert moving.input_value("#move-noise") == "0"


def test_a_tap_on_a_chart_sets_its_slider(moving):
    plain = read_image(moving)
    chart = moving.locator('[data-sweep="shift_x"] svg')
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    moving.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    assert 3 < float(moving.input_value("#move-shift_x")) < 7
    wait_for_another_image(moving, plain)
    columns = [image.sum(axis=0) @ np.arange(28) / image.sum() for image in (plain, read_image(moving))]
    assert columns[1] - columns[0] == pytest.approx(float(moving.input_value("#move-shift_x")), abs=0.3)


def test_the_other_charts_follow_a_slider(moving):
    read = """(name) => [...document.querySelectorAll(`[data-sweep=${name}] polyline`)]
        .map((line) => line.getAttribute("points"))"""
    own, other = (moving.evaluate(read, name) for name in ("rotation", "noise"))
    set_slider(moving, "rotation", 60)
    moving.wait_for_function(f"(old) => ({read})('noise').join() !== old", arg=",".join(other))
    assert moving.evaluate(read, "rotation") == own


def test_the_answer_stays_as_far_as_it_says(moving):
    label, low, high = re.fullmatch(r"Stays (\d) from (-?\d+)° to (-?\d+)°\.", read_stay(moving, "rotation")).groups()
    assert label == "6"
    assert -180 < int(low) < 0 < int(high) < 180
    for inside, outside in ((int(low), int(low) - 5), (int(high), int(high) + 5)):
        set_slider(moving, "rotation", inside)
        assert moving.inner_text("#move-verdict").startswith("6")
        set_slider(moving, "rotation", outside)
        assert not moving.inner_text("#move-verdict").startswith("6")


def test_while_a_slider_is_dragged_one_question_is_in_flight(moving):
    asked = listen(moving)
    moving.evaluate(
        """() => {
            const slider = document.querySelector("#move-rotation");
            for (let value = 1; value <= 90; value += 1) {
                slider.value = value;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
            }
        }"""
    )
    moving.wait_for_function("() => /^90/.test(document.querySelector('[data-sweep=rotation] output').textContent)")
    plain = np.reshape(look_at_network_input(moving), (28, 28))
    for _ in range(100):
        if np.abs(read_image(moving) - np.rot90(plain, -1)).max() <= 1:
            break
        moving.wait_for_timeout(50)
    else:
        pytest.fail("The last value is not shown.")
    assert 1 <= asked.count("sweep_changes") <= 3


def test_keyboard_moves_a_slider(moving):
    moving.focus("#move-scale")
    moving.keyboard.press("ArrowLeft")
    moving.wait_for_selector("#move-reset:enabled")
    assert moving.get_attribute("#move-scale", "aria-valuetext") == "99%"


@pytest.mark.parametrize(("level", "word"), [("university", "dilation"), ("school", "upside down")])
def test_the_lesson_names_the_range(moving, level, word):
    moving.click(f'[data-level="{level}"]')
    moving.locator("#lesson", has_text=word).wait_for()
    low, high = re.findall(r"-?\d+°", read_stay(moving, "rotation"))
    said = moving.inner_text("#lesson").replace("−", "-")
    assert low in said
    assert high in said
    assert "{" not in said
