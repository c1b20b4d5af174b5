"""Breaking: what is switched off changes the answer of a private copy, and of nothing else."""

import re

import pytest
from support.drawing import look_at_answer, open_address


@pytest.fixture
def breaking(seven_page):
    """The view of a whole network."""
    open_address(seven_page, "#inside?view=break")
    wait_for_share(seven_page)
    seven_page.evaluate("() => { document.querySelector('#break-accuracy').textContent = ''; }")
    seven_page.click("#break-reset")
    # An answer about what the test before has broken may still come.
    seven_page.wait_for_function(
        """() => {
            const [right, intact] = document.querySelector("#break-accuracy").textContent.match(/[\\d.]+/g) ?? [0, 1];
            return right === intact;
        }"""
    )
    return seven_page


def wait_for_share(page, before=""):
    page.wait_for_function(
        "(before) => !['', before].includes(document.querySelector('#break-accuracy').textContent)",
        arg=before,
    )
    return page.inner_text("#break-accuracy")


def share(text):
    return float(re.match(r"[\d.]+", text).group())


def test_a_whole_network_loses_nothing(breaking):
    right, intact = (float(number) for number in re.findall(r"[\d.]+", breaking.inner_text("#break-accuracy")))
    assert right == intact > 98
    assert "7 before, now 7" in breaking.inner_text("#break-answer")


def test_a_layer_switched_off_leaves_a_guess_and_mending_restores_all(breaking):
    before = breaking.inner_text("#break-accuracy")
    breaking.locator("#break-layers button", has_text="Whole layer").nth(1).click()
    broken = wait_for_share(breaking, before)
    assert share(broken) < 20
    assert look_at_answer(breaking).digit == 7  # on the pad the network is whole
    breaking.click("#break-reset")
    assert wait_for_share(breaking, broken) == before


def test_a_tapped_map_is_switched_off_alone(breaking):
    card = breaking.locator("#break-layers .layer").first
    card.locator(".maps").click(position={"x": 20, "y": 20})
    card.locator("span", has_text="1 of 32 off").wait_for()
    card.locator(".maps").click(position={"x": 20, "y": 20})
    card.locator("span", has_text="0 of 32 off").wait_for()


def test_noise_on_the_weights_costs_accuracy(breaking):
    before = breaking.inner_text("#break-accuracy")
    breaking.locator("#break-noise").fill("2")
    assert share(wait_for_share(breaking, before)) < 60
