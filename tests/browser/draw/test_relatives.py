"""Training digits most like the drawing, the visitor's own drawings, and two tabs that leave each other alone."""

import re

import pytest
from support.drawing import (
    DASH,
    DIGITS,
    HOUSE,
    PHONE,
    SEVEN,
    Fingers,
    count,
    draw_with_mouse,
    is_same_drawing,
    listen,
    look_at_answer,
    look_at_canvas,
    look_at_network_input,
    look_at_pad,
    look_at_tiles,
    move_mouse,
    new_samples,
    open_address,
    open_view,
    photograph_tile,
    poll,
    press,
    read_total,
    wait_for_answer,
    wait_for_answer_to_more,
    wait_for_relatives,
    wait_for_sample,
    wait_until_empty,
)
from support.pictures import give_picture, photograph, tap_sample
from support.screen import WORKPLACE, find_outside

ROW = "#relatives-row"
QUESTIONS = re.compile("component_server")


@pytest.fixture
def pad(page, data_page):
    """A page with an empty pad, when all answers are computed."""
    return page


def test_ten_relatives_with_label_and_distance_when_the_stroke_has_ended(pad, sample):
    draw_with_mouse(pad, SEVEN)
    indices, labels, distances = zip(*wait_for_relatives(pad, ROW), strict=True)
    assert list(labels) == sample[1][list(indices)].tolist()
    assert labels.count(7) >= 9
    assert {*pad.locator(f"{ROW} small").all_inner_texts()} == {"new"}
    assert list(distances) == sorted(distances)
    assert "inside the network with 5,000 built-in images" in pad.inner_text("#relatives-text")
    assert "do not prove" in pad.inner_text("#relatives-note")


def test_relatives_show_their_images(pad, sample):
    draw_with_mouse(pad, DIGITS[3])
    for number, (index, _, _) in enumerate(wait_for_relatives(pad, ROW)[:3]):
        seen = photograph_tile(pad, f"{ROW} .relative:nth-child({number + 1}) .tile")
        expected = sample[0][index].reshape(-1).tolist()
        assert sum(abs(a - b) for a, b in zip(seen, expected, strict=True)) / 784 < 16


def test_none_is_looked_for_while_the_pen_moves(pad):
    asked = listen(pad)
    (stroke,) = SEVEN
    press(pad, stroke[0])
    for end in range(5, len(stroke), 5):
        move_mouse(pad, stroke[end - 5 : end])
        pad.wait_for_timeout(100)
    poll(pad, lambda: look_at_answer(pad).points > 5, "it was read meanwhile")
    assert "find_relatives" not in asked
    assert pad.locator(f"{ROW} .relative").count() == 0
    pad.mouse.up()
    wait_for_relatives(pad, ROW)
    assert asked.count("find_relatives") == 1


def test_nothing_about_the_data_is_asked_on_the_pad(pad):
    asked = listen(pad)
    wait_for_answer(pad, draw_with_mouse(pad, SEVEN))
    wait_for_relatives(pad, ROW)
    assert set(asked) - {"classify_drawing"} == {"find_relatives"}


def test_more_ink_has_other_relatives(pad):
    draw_with_mouse(pad, DIGITS[1])
    before = wait_for_relatives(pad, ROW)
    draw_with_mouse(pad, [[(0.35, 0.3), (0.45, 0.25), (0.52, 0.2)]])
    poll(pad, lambda: wait_for_relatives(pad, ROW) != before, "other relatives are shown")
    pad.click("#undo")
    poll(pad, lambda: wait_for_relatives(pad, ROW) == before, "the same relatives are shown again")


def test_clear_leaves_none(pad):
    draw_with_mouse(pad, SEVEN)
    wait_for_relatives(pad, ROW)
    pad.click("#clear")
    wait_until_empty(pad)
    assert pad.locator(f"{ROW} *").count() == 0
    assert pad.inner_text("#relatives-text") == "Appears when you finish a stroke."
    assert pad.is_hidden("#relatives-note")


def test_clear_is_final_even_while_they_are_looked_for(pad):
    held = []

    def hold(route):
        is_held = route.request.post_data_json["fn_name"] == "find_relatives"
        held.append(route) if is_held else route.continue_()

    pad.route(QUESTIONS, hold)
    draw_with_mouse(pad, SEVEN)
    poll(pad, lambda: held, "relatives are looked for")
    pad.click("#clear")
    with pad.expect_response(QUESTIONS):
        held[0].continue_()
    pad.wait_for_timeout(100)
    assert pad.locator(f"{ROW} *").count() == 0
    pad.unroute_all()


def test_what_is_no_digit_has_no_near_relatives(pad):
    wait_for_answer(pad, draw_with_mouse(pad, HOUSE))

    def says_so():
        text = pad.inner_text("#relatives-text")
        said = re.match(r"No close relatives: the nearest is ([\d.]+) away.* within ([\d.]+)\.$", text)
        return said and float(said[1]) == wait_for_relatives(pad, ROW)[0][2] > float(said[2])

    poll(pad, says_so, "the nearest of the whole house is said to be far away")


def test_raw_pixels_can_be_compared_instead(pad):
    draw_with_mouse(pad, DIGITS[2])
    before = wait_for_relatives(pad, ROW)
    pad.click("#relatives-space")
    poll(pad, lambda: wait_for_relatives(pad, ROW) != before, "other relatives are shown")
    assert [distance for *_, distance in wait_for_relatives(pad, ROW)] != [distance for *_, distance in before]
    pad.locator("#relatives-text", has_text="pixel by pixel").wait_for()
    pad.click("#relatives-space")
    poll(pad, lambda: wait_for_relatives(pad, ROW) == before, "the first relatives are shown again")


def test_a_relative_opens_on_the_data_tab_and_back_leads_to_the_drawing(pad):
    draw_with_mouse(pad, SEVEN)
    (index, label, _), *_ = wait_for_relatives(pad, ROW)
    before = look_at_pad(pad)
    pad.click(f"{ROW} .relative")
    pad.click("#relative-card a")
    wait_for_sample(pad, index)
    assert pad.inner_text("#sample-label") == str(label)
    pad.go_back()
    pad.wait_for_selector("#sketchpad canvas", state="visible")
    assert pad.is_hidden("#sample")
    assert is_same_drawing(before, look_at_pad(pad))


def test_a_sample_beside_the_pad_is_not_its_own_relative(pad):
    tap_sample(pad, 3)
    index = int(pad.locator(".sample").nth(3).get_attribute("data-index"))
    relatives = wait_for_relatives(pad, ROW)
    assert index not in [relative[0] for relative in relatives]
    assert relatives[0][2] > 0


def test_every_relative_has_a_name_and_can_be_reached_by_key(pad):
    draw_with_mouse(pad, SEVEN)
    (index, label, distance), *_ = wait_for_relatives(pad, ROW)
    name = f"Training image {index}, labelled {label}, distance {distance:.1f}, new"
    assert pad.locator(f"{ROW} .relative").first.get_attribute("aria-label") == name
    pad.locator(f"{ROW} .relative").first.focus()
    pad.keyboard.press("Enter")
    assert f"Distance {distance:.1f}" in pad.inner_text("#relative-card")
    pad.keyboard.press("Enter")  # the way to the data tab has the focus
    wait_for_sample(pad, index)


def test_on_a_phone_they_take_no_room_from_the_pad(phone, data_page):
    Fingers(phone).draw(SEVEN)
    wait_for_relatives(phone, ROW)
    assert find_outside(phone, WORKPLACE, PHONE["viewport"]) == {}
    assert phone.evaluate("scrollY") == 0
    boxes = [tile.bounding_box() for tile in phone.locator(f"{ROW} .relative").all()]
    assert min(box["width"] for box in boxes) >= 44
    assert max(box["x"] + box["width"] for box in boxes) <= PHONE["viewport"]["width"]


# Own drawings


def see_own(page):
    """Opens the visitor's own drawings, and returns their tiles."""
    open_view(page, "#data?split=own")
    return look_at_tiles(page)


def draw_another(page, strokes):
    wait_for_answer(page, draw_with_mouse(page, strokes))
    page.click("#clear")
    wait_until_empty(page)


def test_drawings_gather_one_for_each_until_the_browser_tab_is_closed(pad):
    draw_another(pad, DIGITS[4])  # of two strokes
    draw_another(pad, SEVEN)
    wait_for_answer(pad, draw_with_mouse(pad, DIGITS[3]))
    expected = [(None, "→4"), (None, "→7"), (None, "→3")]
    assert [(tile.label, tile.answer) for tile in see_own(pad)] == expected
    assert pad.inner_text("#total") == "1 to 3 of 3"
    pad.reload()
    pad.wait_for_selector("#grid .sample:nth-child(3)")
    assert [(tile.label, tile.answer) for tile in look_at_tiles(pad)] == expected
    open_address(pad, "#draw")
    wait_for_answer_to_more(pad)
    assert len(see_own(pad)) == 3


def test_an_own_drawing_is_the_image_that_the_network_saw(pad):
    wait_for_answer(pad, draw_with_mouse(pad, SEVEN))
    seen = look_at_network_input(pad)
    see_own(pad)
    pad.click("#grid .sample")
    wait_for_sample(pad, 0)
    assert look_at_canvas(pad, "#sample-image") == seen
    assert pad.inner_text("#sample-label") == "no label"
    assert [label for _, label, _ in wait_for_relatives(pad)].count(7) >= 9


def test_nobody_else_sees_them(pad, data_page):
    wait_for_answer(pad, draw_with_mouse(pad, SEVEN))
    assert len(see_own(pad)) == 1
    open_address(data_page, "#data?split=own")
    data_page.locator("#total", has_text="Nothing drawn in this session yet").wait_for()
    assert data_page.locator("#grid .sample").count() == 0


def test_digits_of_the_twenty_are_among_them_with_their_label(pad):
    pad.click("#hand-start")
    digit = int(pad.inner_text("#hand-digit"))
    draw_with_mouse(pad, DIGITS[digit])
    pad.click("#hand-next")
    pad.locator("#hand-progress", has_text="2 of 20").wait_for()
    pad.click("#hand-stop")
    assert [(tile.label, tile.answer) for tile in see_own(pad)] == [(digit, "")]
    assert pad.locator("[data-flag=right] small").text_content() == "1"


def test_own_drawings_can_be_deleted(pad):
    draw_another(pad, SEVEN)
    draw_another(pad, DIGITS[3])
    assert len(see_own(pad)) == 2
    pad.click("#own-delete")
    for _ in range(2):
        pad.locator("#total", has_text="Nothing drawn in this session yet").wait_for(timeout=5000)
        assert look_at_tiles(pad) == []
        assert pad.is_hidden("#own-delete")
        pad.reload()


# Two tabs


@pytest.fixture
def visitor(pad):
    """A page on the data tab with a seven on the pad, and how the pad looked."""
    wait_for_answer(pad, draw_with_mouse(pad, SEVEN))
    wait_for_relatives(pad, ROW)
    look = look_at_pad(pad)
    with new_samples(pad):
        pad.click("nav [data-tab=data]")
    return pad, look


def return_to_pad(page):
    page.click("nav [data-tab=draw]")
    page.wait_for_selector("#sketchpad canvas", state="visible")


def test_the_drawing_outlives_a_change_of_tabs(visitor):
    page, look = visitor
    assert page.is_hidden("#sketchpad")
    return_to_pad(page)
    assert is_same_drawing(look, look_at_pad(page))
    assert look_at_answer(page).digit == 7
    assert len(wait_for_relatives(page, ROW)) == 10


def test_keys_of_the_pad_do_nothing_on_the_data_tab(visitor):
    page, look = visitor
    for key in ("Delete", "Control+z", "Control+y", "Control+Shift+Z"):
        page.click("nav [data-tab=data]")
        page.locator("#grid .sample").first.focus()
        page.keyboard.press(key)
        return_to_pad(page)
        assert is_same_drawing(look, look_at_pad(page)), key
    page.keyboard.press("Control+z")
    wait_until_empty(page)


def test_a_picture_given_on_the_data_tab_does_not_reach_the_pad(visitor, sample):
    page, look = visitor
    asked = listen(page)
    for how in ("paste", "drop"):
        give_picture(page, how, photograph(sample, 3))
    page.wait_for_timeout(300)
    assert asked == []
    return_to_pad(page)
    assert is_same_drawing(look, look_at_pad(page))
    assert page.is_hidden("#notice")


def test_drawing_goes_on_after_a_change_of_tabs(visitor):
    page, _ = visitor
    return_to_pad(page)
    wait_for_answer(page, count(SEVEN) + draw_with_mouse(page, DASH))


def test_the_drawing_is_there_after_a_reload_on_the_data_tab(visitor):
    page, look = visitor
    page.reload()
    page.wait_for_selector("#grid .sample")
    return_to_pad(page)
    wait_for_answer_to_more(page)
    assert is_same_drawing(look, look_at_pad(page))


def test_tabs_say_which_is_open(visitor):
    page, _ = visitor
    assert page.get_attribute("nav [data-tab=data]", "aria-current") == "page"
    assert page.get_attribute("nav [data-tab=draw]", "aria-current") is None
    return_to_pad(page)
    assert page.get_attribute("nav [data-tab=draw]", "aria-current") == "page"


def test_a_page_that_is_opened_on_the_data_tab_leads_to_a_pad_that_works(server, data_page):
    page = data_page.context.new_page()
    page.goto(f"{server.url}/#data")
    page.wait_for_selector("#grid .sample:nth-child(20)")
    return_to_pad(page)
    page.wait_for_selector("#samples .sample:nth-child(20)")
    assert wait_for_answer(page, draw_with_mouse(page, SEVEN)).digit == 7
    assert len(wait_for_relatives(page, ROW)) == 10
    page.close()


def test_the_whole_of_the_data_tab_can_be_left_and_found_by_keys(pad):
    pad.locator("nav [data-tab=data]").focus()
    with new_samples(pad):
        pad.keyboard.press("Enter")
    assert read_total(pad) == 5000
    pad.locator("nav [data-tab=draw]").focus()
    pad.keyboard.press("Enter")
    pad.wait_for_selector("#sketchpad canvas", state="visible")
