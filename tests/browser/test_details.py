"""One level down: which model answers, on what, and how fast."""

import shutil

from hands import SEVEN, draw_with_mouse, wait_for_answer

from mnist_core.store import SHIPPED_DIR


def test_details_name_model_device_time_and_points(drawn):
    drawn.click("#details summary")
    assert drawn.inner_text("#device") == "CPU (LiteRT)"
    assert "sketchnet" in drawn.inner_text("#model")
    assert " ms on the server" in drawn.inner_text("#time")
    assert drawn.inner_text("#points") == drawn.get_attribute("#bars", "data-points")


def test_the_chosen_model_answers(own_server, open_page):
    shutil.copytree(SHIPPED_DIR / "sketchnet", own_server.cache / "models" / "twin")
    page = open_page(url=own_server.url)
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    page.click("#details summary")
    with page.expect_response("**/component_server/**") as response:
        page.select_option("#model", "twin")
    assert response.value.json()["model"] == "twin"
