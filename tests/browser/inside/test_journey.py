"""The way of a drawing from strokes to 28x28, with switches, and what each of them costs."""

import itertools
import json
import re
from pathlib import Path

import pytest
from support.drawing import (
    DIGITS,
    SEVEN,
    draw_with_mouse,
    look_at_canvas,
    look_at_network_input,
    open_address,
    poll,
    wait_for_answer,
    wait_for_answer_to_more,
)

FIGURES = json.loads((Path(__file__).resolve().parents[3] / "assets/figures/inside.json").read_text())["journey"]
STEPS = "#journey-steps"


def small(strokes):
    """In the upper left corner of the pad."""
    return [[(0.05 + 0.3 * x, 0.05 + 0.3 * y) for x, y in stroke] for stroke in strokes]


def wait_for_journey(page):
    """Waits until the pictures are those of the switches as they are."""
    page.wait_for_function(
        """() => {
            const off = [...document.querySelectorAll("#journey-steps li.out")].map((step) => step.dataset.step);
            return document.querySelector("#journey-steps").dataset.without === off.join(".");
        }"""
    )


def open_journey(page, without=""):
    open_address(page, f"#inside?view=journey{'&journey-without=' + without if without else ''}")
    page.wait_for_selector("#journey-sets .journey-row")
    wait_for_journey(page)


def switch(page, step):
    """Flips a switch and waits until the answer has come."""
    page.click(f'{STEPS} [data-step="{step}"] button')
    wait_for_journey(page)


def read_rows(page):
    """What the page says of each model in each set: accuracy and, with a step left out, accuracy with all steps."""
    return {
        (row.get_attribute("data-set"), model.get_attribute("data-model")): [
            float(number) for number in re.findall(r"(\d+\.\d)%", model.inner_text())
        ]
        for row in page.locator(".journey-set").all()
        for model in row.locator(".journey-row").all()
    }


@pytest.fixture(scope="module")
def small_page(seven_page):
    """A page with a seven that was drawn small in a corner."""
    seven_page.click("#clear")
    wait_for_answer(seven_page, draw_with_mouse(seven_page, small(SEVEN)))
    return seven_page


@pytest.fixture
def journey(small_page):
    """Its view, with all steps on."""
    open_journey(small_page)
    return small_page


def test_five_pictures_lead_from_the_pad_to_the_network_s_image(journey):
    assert journey.locator(f"{STEPS} .journey-picture:visible").count() == 5
    sizes = journey.locator(f"{STEPS} img").evaluate_all(
        "(pictures) => pictures.map((picture) => picture.naturalWidth)"
    )
    assert sizes == [280] * 4
    assert look_at_canvas(journey, "#journey-image") == look_at_network_input(journey)
    assert journey.inner_text("#journey-answer b") == "7"


def test_a_switch_changes_image_answer_and_figures(journey):
    whole = look_at_canvas(journey, "#journey-image")
    switch(journey, "box")
    switch(journey, "mass")
    assert journey.get_attribute(f"{STEPS} [data-step=mass] button", "aria-pressed") == "false"
    image = look_at_canvas(journey, "#journey-image")
    assert sum(image[: 12 * 28]) == sum(image) > 0
    assert sum(whole[: 12 * 28]) < 0.7 * sum(whole)
    assert "With all steps: 7" in journey.inner_text("#journey-whole")
    rows = read_rows(journey)
    for model in FIGURES["models"]:
        for name, variants in model["sets"].items():
            stored = [variants["box+mass"]["accuracy"], variants[""]["accuracy"]]
            assert rows[name, model["name"]] == pytest.approx([100 * share for share in stored], abs=0.06)
    assert journey.evaluate("location.hash").endswith("journey-without=box.mass")


def test_switching_back_gives_the_page_s_own_image(journey):
    for _ in range(2):
        switch(journey, "smooth")
    assert look_at_canvas(journey, "#journey-image") == look_at_network_input(journey)
    assert journey.inner_text("#journey-whole") == ""


def test_without_anti_aliasing_nothing_is_grey(journey):
    assert len(set(look_at_canvas(journey, "#journey-image"))) > 10
    switch(journey, "smooth")
    assert set(look_at_canvas(journey, "#journey-image")) == {0, 255}


def test_a_link_opens_what_was_left_out_and_the_next_stroke_counts(drawn):
    open_journey(drawn, "pen.smooth")
    before = look_at_canvas(drawn, "#journey-image")
    draw_with_mouse(drawn, [[(0.3, 0.85), (0.5, 0.88), (0.7, 0.85)]])
    wait_for_answer_to_more(drawn, sum(map(len, SEVEN)))
    poll(drawn, lambda: look_at_canvas(drawn, "#journey-image") != before, "the stroke was seen")
    assert set(look_at_canvas(drawn, "#journey-image")) == {0, 255}


def test_the_lesson_uses_the_visitor_s_numbers(journey):
    size = int(re.search(r"(\d+)% of the pad's side", journey.inner_text("#lesson")).group(1))
    height = max(y for stroke in SEVEN for _, y in stroke) - min(y for stroke in SEVEN for _, y in stroke)
    assert size == pytest.approx(30 * height, abs=2)
    journey.click('[data-level="university"]')
    assert "p(y | x)" in journey.inner_text("#lesson")
    journey.click('[data-level="school"]')


def test_a_sample_has_no_strokes_to_follow(page):
    page.click("#samples .sample:nth-child(3)")
    wait_for_answer_to_more(page, -1)
    open_address(page, "#inside?view=journey")
    page.wait_for_selector("#journey-none:visible")
    page.wait_for_function("() => document.querySelector('#journey-answer').textContent")
    assert page.locator(f"{STEPS} .journey-picture:visible").count() == 1
    assert look_at_canvas(page, "#journey-image") == look_at_network_input(page)
    assert page.is_hidden("#journey-measured")


def test_a_phone_shows_the_steps_below_each_other(phone):
    wait_for_answer(phone, draw_with_mouse(phone, DIGITS[4]))
    open_journey(phone)
    boxes = [picture.bounding_box() for picture in phone.locator(f"{STEPS} .journey-picture").all()]
    assert all(one["y"] + one["height"] < other["y"] for one, other in itertools.pairwise(boxes))
    assert min(button.bounding_box()["height"] for button in phone.locator(f"{STEPS} button").all()) >= 44
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
