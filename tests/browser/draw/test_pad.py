"""Drawing: what the mouse or a finger draws is read while it is drawn, and can be taken back."""

import pytest
from support.drawing import (
    DASH,
    DESKTOP,
    DIGITS,
    FINAL,
    HOUSE,
    PHONE,
    SEVEN,
    Fingers,
    color_at,
    count,
    draw_with_mouse,
    is_inked,
    is_same_drawing,
    line,
    look_at_answer,
    look_at_network_input,
    look_at_pad,
    move_mouse,
    place,
    press,
    thin_out,
    wait_for_answer,
    wait_for_answer_to_more,
    wait_for_notice,
    wait_until_empty,
)

from mnist_core.data.labelled import load_labelled


def test_stable_hooks_are_there(page):
    assert page.locator("#sketchpad canvas").count() == 1
    for digit in range(10):
        assert page.locator(f'#bars [data-digit="{digit}"]').get_attribute("data-probability") == "0"
    for name in ("bars", "verdict", "network-input", "undo", "redo", "clear"):
        assert page.locator(f"#{name}").count() == 1
    assert page.locator("#bars").get_attribute("data-points") == "0"


@pytest.mark.parametrize("digit", DIGITS)
def test_digit_drawn_with_the_mouse_is_read(page, digit):
    num_points = draw_with_mouse(page, DIGITS[digit])
    answer = wait_for_answer(page, num_points)
    assert answer.digit == digit
    assert answer.state == "sure"
    assert answer.verdict.startswith(str(digit))
    assert sum(answer.probabilities) == pytest.approx(1, abs=1e-4)
    assert page.locator("#points").text_content() == str(num_points)


@pytest.mark.parametrize("digit", range(10))
def test_real_ink_drawn_with_the_mouse_is_read(page, development_file, digit):
    ink = load_labelled(development_file("ink_numberpad.npz"))
    first = next(sample for sample, label in zip(ink.samples, ink.labels, strict=True) if label == digit)
    strokes = thin_out(place([stroke.tolist() for stroke in first]))
    assert wait_for_answer(page, draw_with_mouse(page, strokes)).digit == digit


def test_bars_move_while_the_pen_is_down(page):
    (stroke,) = SEVEN
    press(page, stroke[0])
    seen = []
    for end in (4, 6, 8, len(stroke)):
        move_mouse(page, stroke[seen[-1].points if seen else 1 : end])
        page.wait_for_selector(f'#bars[data-points="{end}"]')
        seen.append(look_at_answer(page))
    assert {answer.state for answer in seen} == {"provisional"}
    assert len({tuple(answer.probabilities) for answer in seen}) >= 3
    page.mouse.up()
    assert wait_for_answer(page, len(stroke)).state in FINAL


def test_verdict_is_provisional_from_the_start_of_a_second_stroke(drawn):
    press(drawn, DASH[0][0])
    assert look_at_answer(drawn).state == "provisional"
    drawn.mouse.up()


def test_network_image_is_shown_and_does_not_depend_on_place_or_size(page):
    wait_for_answer(page, draw_with_mouse(page, SEVEN))
    large = look_at_network_input(page)
    page.click("#clear")
    small = [[(0.05 + x / 3, 0.6 + y / 3) for x, y in stroke] for stroke in SEVEN]
    wait_for_answer(page, draw_with_mouse(page, small))
    assert max(large) == 255
    assert sum(abs(a - b) for a, b in zip(large, look_at_network_input(page), strict=True)) < 0.1 * sum(large)


def test_pen_width_changes_the_pad_and_not_the_network_image(page):
    looks = []
    for width in ("2", "12"):
        page.locator("#width").fill(width)
        wait_for_answer(page, draw_with_mouse(page, SEVEN))
        looks.append((sum(look_at_pad(page)), look_at_network_input(page)))
        page.click("#clear")
    (thin, image), (thick, same_image) = looks
    assert thick > 2 * thin
    assert image == same_image


def test_a_dot_asks_for_more(page):
    draw_with_mouse(page, [[(0.5, 0.5)]])
    page.wait_for_selector('#bars[data-points="1"]')
    assert look_at_answer(page).state == "empty"
    assert is_inked(page, (0.5, 0.5))
    assert page.is_hidden("#notice")


# Undo, redo, erase, clear


def test_undo_and_redo_buttons_take_back_and_return_a_stroke(drawn):
    assert drawn.is_disabled("#redo")
    seven = count(SEVEN)
    both = seven + draw_with_mouse(drawn, DASH)
    wait_for_answer(drawn, both)
    drawn.click("#undo")
    assert wait_for_answer(drawn, seven).digit == 7
    drawn.click("#redo")
    wait_for_answer(drawn, both)


def test_control_z_undoes_and_control_shift_z_redoes(drawn):
    drawn.keyboard.press("Control+z")
    wait_until_empty(drawn)
    assert drawn.is_disabled("#undo")
    drawn.keyboard.press("Control+Shift+Z")
    assert wait_for_answer(drawn, count(SEVEN)).digit == 7


@pytest.mark.parametrize("how", ["button", "key"])
def test_clear_empties_pad_and_bars_and_undo_restores_them(drawn, how):
    before = look_at_pad(drawn)
    if how == "button":
        drawn.click("#clear")
    else:
        drawn.keyboard.press("Delete")
    wait_until_empty(drawn)
    assert look_at_answer(drawn).probabilities == [0] * 10
    assert max(look_at_network_input(drawn)) == 0
    drawn.click("#undo")
    assert wait_for_answer(drawn, count(SEVEN)).digit == 7
    assert is_same_drawing(before, look_at_pad(drawn))


def test_erase_removes_the_stroke_under_the_pen_and_no_other(drawn):
    wait_for_answer(drawn, count(SEVEN) + draw_with_mouse(drawn, [line((0.2, 0.88), (0.8, 0.88))]))
    drawn.click("#erase")
    draw_with_mouse(drawn, [[(0.7, 0.88)]])
    assert wait_for_answer(drawn, count(SEVEN)).digit == 7
    assert not is_inked(drawn, (0.7, 0.88))
    drawn.click("#undo")
    wait_for_answer(drawn, count(SEVEN) + count([line((0.2, 0.88), (0.8, 0.88))]))


def test_stroke_that_leaves_the_pad_and_comes_back_is_one_gesture(page):
    press(page, (0.3, 0.4))
    outside = line((0.3, -0.05), (0.7, -0.05))
    move_mouse(page, [*line((0.3, 0.4), (0.3, 0.05))[1:], *outside, *line((0.7, 0.05), (0.7, 0.7))])
    page.mouse.up()
    wait_for_answer_to_more(page)
    assert is_inked(page, (0.3, 0.2))
    assert is_inked(page, (0.7, 0.2))
    assert not is_inked(page, (0.5, 0.01))
    page.click("#undo")
    wait_until_empty(page)


def test_pen_lifted_outside_the_pad_ends_the_stroke(page):
    press(page, (0.5, 0.5))
    move_mouse(page, [*line((0.5, 0.5), (0.5, 0.95))[1:], (0.5, 1.2), (1.3, 1.2)])
    page.mouse.up()
    wait_for_answer_to_more(page)
    move_mouse(page, [(0.2, 0.2)])
    assert not is_inked(page, (0.2, 0.2))


# Touch


@pytest.mark.parametrize("digit", [2, 4, 7])
def test_digit_drawn_by_touch_is_read_and_the_page_stays(phone, digit):
    fingers, points = Fingers(phone), 0
    for stroke in DIGITS[digit]:
        fingers.draw([stroke])
        answer = wait_for_answer_to_more(phone, points)
        points = answer.points
    assert answer.digit == digit
    assert phone.evaluate("scrollY") == 0


def test_finger_scrolls_the_page_beside_the_pad_and_not_on_it(phone):
    fingers = Fingers(phone)
    fingers.draw([line((0.5, 0.9), (0.5, 0.1))])
    wait_for_answer_to_more(phone)
    assert phone.evaluate("scrollY") == 0
    fingers.draw([line((0.5, 1.15), (0.5, 0.6))])
    phone.wait_for_function("scrollY > 0")


def test_a_house_drawn_by_touch_is_refused(phone):
    Fingers(phone).draw(HOUSE)
    assert wait_for_answer(phone, count(HOUSE)).state == "refused"


def test_second_finger_does_no_harm(phone):
    fingers, (stroke,) = Fingers(phone), SEVEN
    fingers.touch(stroke[0])
    fingers.move(stroke[1:4])
    fingers.touch((0.15, 0.85), finger=1)
    fingers.move(line((0.15, 0.85), (0.3, 0.9)), finger=1)
    fingers.move(stroke[4:8])
    fingers.lift(finger=1)
    fingers.move(stroke[8:])
    fingers.lift()
    assert wait_for_answer_to_more(phone).digit == 7
    assert not is_inked(phone, (0.15, 0.85))
    assert not is_inked(phone, (0.24, 0.88))
    phone.tap("#undo")
    wait_until_empty(phone)


def test_touch_that_leaves_the_pad_and_comes_back_is_one_gesture(phone):
    fingers = Fingers(phone)
    fingers.draw([line((0.3, 0.4), (0.3, -0.05), (0.7, -0.05), (0.7, 0.7))])
    wait_for_answer_to_more(phone)
    assert not is_inked(phone, (0.5, 0.01))
    phone.tap("#undo")
    wait_until_empty(phone)


# What the drawing survives


def test_drawing_survives_a_resize(drawn):
    before, side = look_at_pad(drawn), drawn.evaluate("document.querySelector('#sketchpad canvas').clientWidth")
    drawn.set_viewport_size({"width": 900, "height": 700})
    drawn.wait_for_function(
        """(side) => {
            const pad = document.querySelector("#sketchpad canvas");
            return pad.clientWidth < side && pad.width === Math.round(pad.clientWidth * devicePixelRatio);
        }""",
        arg=side,
    )
    assert is_same_drawing(before, look_at_pad(drawn))
    assert wait_for_answer(drawn, count(SEVEN) + draw_with_mouse(drawn, DASH)).state in FINAL


def test_drawing_and_answer_survive_a_change_of_theme(drawn):
    before, answer = look_at_pad(drawn), look_at_answer(drawn)
    drawn.click("#theme")
    drawn.wait_for_selector("body.dark")
    assert is_same_drawing(before, look_at_pad(drawn))
    assert look_at_answer(drawn) == answer


def test_ink_on_the_pad_takes_the_color_of_the_theme(drawn):
    assert max(color_at(drawn, SEVEN[0][6])[:3]) < 60
    drawn.click("#theme")
    assert min(color_at(drawn, SEVEN[0][6])[:3]) > 200


def test_drawing_and_theme_survive_a_reload(drawn):
    before = look_at_pad(drawn)
    drawn.click("#theme")
    drawn.reload()
    drawn.wait_for_selector("body.dark")
    assert wait_for_answer(drawn, count(SEVEN)).digit == 7
    assert is_same_drawing(before, look_at_pad(drawn))


@pytest.mark.parametrize("screen", [DESKTOP, DESKTOP | {"device_scale_factor": 2.5}, PHONE], ids=["1", "2.5", "3"])
def test_pad_is_sharp_on_every_screen(borrow_page, screen):
    page = borrow_page(screen)
    shown, stored = page.evaluate(
        """() => {
            const pad = document.querySelector("#sketchpad canvas");
            return [pad.clientWidth * devicePixelRatio, pad.width];
        }"""
    )
    assert stored == pytest.approx(shown, abs=0.5)


# First look


def test_empty_pad_invites_and_ink_ends_the_invitation(page):
    assert page.inner_text("#sketchpad .invitation") == "Draw a digit, or a whole number"
    page.wait_for_function("getComputedStyle(document.querySelector('.invitation')).opacity === '1'")
    draw_with_mouse(page, SEVEN)
    page.wait_for_function("getComputedStyle(document.querySelector('.invitation')).opacity === '0'")


def test_ghost_draws_itself_on_an_empty_pad(page):
    page.keyboard.press("Delete")  # starts it anew, however long the page took to open
    page.wait_for_function(
        """() => {
            const look = document.querySelector("#sketchpad canvas").toDataURL();
            window.looks = (window.looks ?? new Set()).add(look);
            return window.looks.size > 5;
        }"""
    )


def test_ghost_stands_still_for_who_wants_less_motion(page):
    page.emulate_media(reduced_motion="reduce")
    page.keyboard.press("Delete")
    looks = page.evaluate(
        """async () => {
            const looks = new Set();
            for (let frame = 0; frame < 90; frame += 1) {
                await new Promise(requestAnimationFrame);
                looks.add(document.querySelector("#sketchpad canvas").toDataURL());
            }
            return looks.size;
        }"""
    )
    assert looks == 1
    assert sum(look_at_pad(page)) > 0
    page.emulate_media(reduced_motion="no-preference")


def test_no_script_fails_in_a_whole_session(page):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.reload()
    page.wait_for_selector("#samples .sample:nth-child(20)")
    wait_for_answer(page, draw_with_mouse(page, DIGITS[4]))
    for name in ("undo", "redo", "theme", "erase", "clear", "undo"):
        page.click(f"#{name}")
    page.locator(".sample").first.dblclick()
    page.click("#shuffle")
    page.click("#details summary")
    page.set_input_files("#picture-file", {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    wait_for_notice(page, "not a picture")
    page.set_viewport_size({"width": 390, "height": 664})
    wait_until_empty(page)
    assert errors == []
