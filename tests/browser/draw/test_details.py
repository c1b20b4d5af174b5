"""One level down: which model answers, on what, and how fast."""

import json
import shutil

import pytest
from support.drawing import SEVEN, draw_with_mouse, wait_for_answer

from mnist_core.paths import SHIPPED_DIR


def wait_for_models(page, number):
    page.wait_for_function("number => document.querySelectorAll('#model option').length === number", arg=number)


@pytest.fixture(scope="module")
def details(seven_page):
    """A page with a seven on the pad and the details open."""
    seven_page.click("#details summary")
    return seven_page


def test_details_name_model_device_time_and_points(details):
    assert details.inner_text("#device") == "CPU (LiteRT)"
    assert "sketchnet" in details.inner_text("#model")
    assert " ms on the server" in details.inner_text("#time")
    assert details.inner_text("#points") == details.get_attribute("#bars", "data-points")


def test_details_tell_how_the_model_was_trained_and_tested(details):
    stored = json.loads((SHIPPED_DIR / "sketchnet/metrics.json").read_text())
    assert f"{stored['parameters']:,} parameters on 55,000 images of MNIST" in details.inner_text("#trained")
    assert details.inner_text("#test") == f"{stored['test']['accuracy']:.2%} right"
    details.click("[data-level=university]")
    assert f"{stored['test']['accuracy']:.2%} right (95% interval 99.56 to 99.78)" == details.inner_text("#test")


def add_model(server, name):
    """Whole at once, as training does it: half of one that the server looks at meanwhile is moved aside as damaged."""
    copy = shutil.copytree(SHIPPED_DIR / "sketchnet", server.cache / name)
    (server.cache / "models").mkdir(exist_ok=True)
    copy.rename(server.cache / "models" / name)


def test_a_model_that_is_trained_meanwhile_can_be_chosen_and_answers(own_server, open_page):
    page = open_page(url=own_server.url, has_line=False)
    page.click("#details summary")
    wait_for_models(page, 3)
    add_model(own_server, "newcomer")
    page.click("#details summary")
    page.click("#details summary")
    wait_for_models(page, 4)
    assert page.locator("#model").input_value() == "sketchnet"
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    with page.expect_response(lambda response: '"model":"newcomer"' in response.text()) as response:
        page.select_option("#model", "newcomer")
    assert response.value.json()["model"] == "newcomer"
