"""Pen and palm, lost pointers, the keyboard, and what stays where it is: with every kind of hand the pad works."""

import pytest
from support.drawing import (
    DASH,
    DESKTOP,
    DIGITS,
    HOUSE,
    PHONE,
    SEVEN,
    Fingers,
    count,
    draw_with_mouse,
    is_inked,
    look_at_answer,
    move_mouse,
    press,
    to_page,
    wait_for_answer,
    wait_for_answer_to_more,
    wait_for_relatives,
    wait_until_empty,
)
from support.pictures import tap_sample

PAD = "#sketchpad canvas"
ROW = "#relatives-row"
CARD = "#relative-card"
TABLET = {**PHONE, "viewport": {"width": 820, "height": 1180}, "device_scale_factor": 1}


@pytest.fixture
def tablet(borrow_page):
    return borrow_page(TABLET)


@pytest.fixture
def desk(page):
    return page


class Pen:
    """A pen on a screen that also feels touches, by the protocol of the browser."""

    def __init__(self, page):
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def draw(self, stroke, then=lambda: None):
        """Draws a stroke; `then` happens before the pen is lifted."""
        self._send("mousePressed", stroke[0])
        for point in stroke[1:]:
            self._send("mouseMoved", point)
        then()
        self._send("mouseReleased", stroke[-1])

    def _send(self, kind, point):
        x, y = to_page(self._page, point)
        pen = {"pointerType": "pen", "button": "left", "buttons": int(kind != "mouseReleased"), "clickCount": 1}
        self._session.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **pen})


def read_ink(page):
    """The number of gestures and strokes as they are remembered for a reload."""
    return page.evaluate(
        "JSON.parse(sessionStorage.getItem('sketchpad-drawing')).gestures.map((g) => g.strokes.length)"
    )


# Pen, palm and pointers that are lost


def test_a_pen_wins_over_a_palm_that_was_down_before_and_the_palm_leaves_no_trace(tablet):
    palm, (stroke,) = Fingers(tablet), SEVEN
    palm.touch((0.8, 0.8))
    palm.move([(0.83, 0.84), (0.85, 0.88)])
    Pen(tablet).draw(stroke, then=lambda: palm.move([(0.8, 0.85)]))
    palm.lift()
    assert wait_for_answer(tablet, count(SEVEN)).digit == 7
    assert not is_inked(tablet, (0.83, 0.84))
    tablet.click("#undo")
    wait_until_empty(tablet)
    assert tablet.is_disabled("#undo")


def test_a_touch_that_the_system_cancels_leaves_no_ink_and_nothing_to_undo(tablet):
    finger = Fingers(tablet)
    finger.touch((0.3, 0.3))
    finger.move([(0.4, 0.4), (0.6, 0.6)])
    finger.cancel()
    tablet.wait_for_selector("#undo:disabled")
    wait_until_empty(tablet)
    finger.draw(SEVEN)
    assert wait_for_answer_to_more(tablet).digit == 7


@pytest.mark.parametrize("event", ["blur", "visibilitychange"])
def test_a_stroke_whose_pointer_is_lost_ends_when_the_page_is_left_and_can_be_cleared(desk, event):
    press(desk, SEVEN[0][0])
    move_mouse(desk, SEVEN[0][1:])
    desk.evaluate(f"{'window' if event == 'blur' else 'document'}.dispatchEvent(new Event('{event}'))")
    wait_for_answer(desk, count(SEVEN))
    desk.keyboard.press("Delete")
    wait_until_empty(desk)
    desk.mouse.up()


def test_clear_works_at_once_when_the_up_of_a_finger_never_came(tablet):
    tablet.evaluate(
        """() => {
            const pad = document.querySelector("#sketchpad canvas"), box = pad.getBoundingClientRect();
            const tell = (kind, at) => pad.dispatchEvent(new PointerEvent(kind, {
                pointerId: 77, pointerType: "touch", isPrimary: true, bubbles: true, buttons: 1,
                clientX: box.x + at * box.width, clientY: box.y + at * box.height,
            }));
            tell("pointerdown", 0.3);
            tell("pointermove", 0.6);
        }"""
    )
    tablet.wait_for_selector('#verdict[data-state="provisional"]')
    tablet.tap("#clear")
    wait_until_empty(tablet)


# Keys


def lead(page, keys):
    for key in keys:
        page.keyboard.press(key)


def focus_pad(page):
    """Puts the focus on the pad as the tab key does."""
    page.focus("#help-open")
    page.keyboard.press("Tab")
    page.focus(PAD)


def test_a_digit_is_drawn_with_keys_alone(desk):
    focus_pad(desk)
    lead(desk, ["Shift+ArrowLeft", "Space", *["ArrowRight"] * 12])
    desk.keyboard.down("ArrowDown")
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.up("ArrowDown")
    lead(desk, ["ArrowDown"] * 20)
    assert look_at_answer(desk).state in ("provisional", "empty")
    assert desk.text_content("#pen-state") == "Pen down"
    desk.keyboard.press("Enter")
    assert wait_for_answer_to_more(desk).digit in (7, 1)
    assert desk.text_content("#pen-state") == "Pen lifted"
    lead(desk, ["Shift+ArrowUp"])
    assert read_ink(desk) == [1]
    desk.keyboard.press("Control+z")
    wait_until_empty(desk)


def test_escape_lifts_the_pen_and_so_does_leaving_the_pad(desk):
    focus_pad(desk)
    lead(desk, ["Space", "ArrowDown", "Escape", "Shift+ArrowDown", "Space", "ArrowDown", "Tab"])
    assert len(read_ink(desk)) == 2
    assert desk.text_content("#pen-state") == "Pen lifted"


def test_the_pad_says_how_it_is_led_by_keys_and_shows_that_it_has_the_focus(desk):
    focus_pad(desk)
    described = desk.get_attribute(PAD, "aria-describedby")
    assert "Space or Enter puts it down" in desk.text_content(f"#{described}")
    assert desk.evaluate(f"getComputedStyle(document.querySelector('{PAD}')).outlineStyle") == "solid"
    lead(desk, [*["Shift+ArrowLeft"] * 10, *["Shift+ArrowUp"] * 10])
    assert is_inked(desk, (0.065, 0.02))  # the ring around the pen in the corner
    lead(desk, ["Shift+ArrowRight"] * 5 + ["Shift+ArrowDown"] * 3)


def test_a_pen_that_is_led_by_keys_does_not_keep_clear_or_a_mouse_waiting(desk):
    focus_pad(desk)
    lead(desk, ["Space", "Shift+ArrowDown", "Delete"])
    wait_until_empty(desk)
    lead(desk, ["Space", "Shift+ArrowDown"])
    draw_with_mouse(desk, DASH)
    assert read_ink(desk) == [1, 1]


# What stays in sight


def test_a_sample_that_is_tapped_on_a_phone_is_seen_on_the_pad_with_its_answer(open_drawn):
    phone = open_drawn(screen=PHONE)
    tap_sample(phone, 19)
    wait_for_answer(phone, 0)
    height = PHONE["viewport"]["height"]
    boxes = [phone.locator(selector).bounding_box() for selector in (PAD, "#verdict", "#bars")]
    assert min(box["y"] for box in boxes) >= -1
    assert max(box["y"] + box["height"] for box in boxes) <= height


@pytest.mark.parametrize("screen", [DESKTOP, {"viewport": {"width": 1024, "height": 768}}, PHONE])
def test_nothing_moves_when_the_answer_and_the_relatives_come(open_drawn, data_page, screen):
    page = open_drawn(screen=screen)

    def look():
        return [page.locator(selector).bounding_box()["y"] for selector in (PAD, ROW, "#samples")]

    before = look()
    draw_with_mouse(page, SEVEN)
    wait_for_relatives(page, ROW)
    page.evaluate("scrollTo(0, 0)")
    assert look() == pytest.approx(before, abs=1)
    page.keyboard.press("Delete")
    wait_until_empty(page)
    draw_with_mouse(page, HOUSE)
    page.wait_for_selector('#verdict[data-state="refused"]')
    wait_for_relatives(page, ROW)
    page.evaluate("scrollTo(0, 0)")
    assert look() == pytest.approx(before, abs=1)


# A relative beside the pad


@pytest.mark.parametrize("number", [1, 10])
def test_a_relative_opens_large_beside_the_pad_and_escape_gives_the_focus_back(desk, data_page, number):
    wait_for_answer(desk, draw_with_mouse(desk, DIGITS[3]))
    index, label, distance = wait_for_relatives(desk, ROW)[number - 1]
    link = desk.locator(f"{ROW} .relative:nth-child({number})")
    link.click()
    text = desk.inner_text(CARD)
    assert (f"Labelled {label}" in text, f"Distance {distance:.1f}" in text) == (True, True)
    assert f"open={index}" in desk.get_attribute(f"{CARD} a", "href")
    card, pad, tile = (desk.locator(one).bounding_box() for one in (CARD, PAD, f"{CARD} .tile"))
    assert card["y"] >= pad["y"] + pad["height"]
    assert tile["width"] > 1.3 * link.locator(".tile").bounding_box()["width"]
    desk.keyboard.press("Escape")
    assert desk.is_hidden(CARD)
    assert link.evaluate("(link) => link === document.activeElement")


def test_a_tap_elsewhere_or_another_drawing_closes_the_relative(desk, data_page):
    wait_for_answer(desk, draw_with_mouse(desk, SEVEN))
    wait_for_relatives(desk, ROW)
    desk.click(f"{ROW} .relative")
    desk.click("#relatives-text")
    assert desk.is_hidden(CARD)
    assert desk.evaluate("document.activeElement.className") == "relative"
    desk.click(f"{ROW} .relative")
    desk.keyboard.press("Control+z")
    desk.locator(CARD).wait_for(state="visible")  # keys of the pad do not reach it
    desk.click("#clear")
    wait_until_empty(desk)
    assert desk.is_hidden(CARD)
