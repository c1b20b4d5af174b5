"""A pupil's page as a child meets it; what the teacher does comes by HTTP."""

import base64

import pytest
from support.drawing import DIGITS, PHONE, draw_with_mouse, poll, wait_for_answer
from support.lesson import Lesson
from support.screen import check_contrasts, check_with_axe, find_outside
from support.server import sample_digit

SLOW = 60_000
SCREENS = [(390, 844), (390, 664), (375, 553), (844, 390), (820, 1180), (1024, 768), (1440, 900)]


class Room(Lesson):
    """A room, as its teacher holds it."""

    @property
    def link(self):
        return f"{self.url}/#class?code={self.code}"

    def look(self):
        return self.direct("show_teacher", since=0)

    def count(self):
        return self.look()["wall"]["count"]

    def drawn_by_pupil(self):
        return {pupil["animal"]: pupil["num_drawings"] for pupil in self.look()["pupils"]}


@pytest.fixture
def room(server):
    return Room(server.url)


@pytest.fixture
def open_device(browser):
    """`open_device(address, **options)` opens a page on a device that nobody has used before."""
    contexts = []

    def open_device(address, **options):
        contexts.append(browser.new_context(**{**PHONE, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(SLOW)
        page.goto(address)
        return page

    yield open_device
    for context in contexts:
        context.close()


@pytest.fixture
def device(open_device, room):
    """A pupil's page that is in the room."""
    page = open_device(room.link)
    wait_for_task(page)
    return page


def wait_for_task(page):
    page.wait_for_selector("#class-task b")


def wait_for_view(page, name):
    page.wait_for_selector(f'#class .class[data-view="{name}"]')


def read_name(page):
    return page.inner_text("#class-name").replace("\u00a0", " ").split(" ", 1)[1]


def draw_asked(page):
    """Draws what is asked for; returns the digit."""
    digit = int(page.inner_text("#class-task b"))
    wait_for_answer(page, draw_with_mouse(page, DIGITS[digit]))
    return digit


def send(page):
    page.click('#class-send:not([aria-disabled="true"])')
    page.wait_for_selector("#sketchpad.empty", state="attached")


def wait_for_sent(page):
    page.locator("#class-sent", has_text="Sent").wait_for()


def test_a_drawing_arrives_once_under_its_animal(device, room):
    digit = draw_asked(device)
    send(device)
    wait_for_sent(device)
    (pupil,) = room.look()["pupils"]
    assert (room.count(), pupil["num_drawings"]) == (1, 1)
    (drawing,) = room.look()["wall"]["drawings"]
    assert (drawing["label"], drawing["digit"]) == (digit, digit)
    assert device.inner_text("#class-task small") == "2 of 10"


def test_what_the_network_answers_is_seen_while_the_pen_moves(device):
    digit = draw_asked(device)
    assert device.inner_text("#verdict .digit") == str(digit)
    top = f'#bars [data-digit="{digit}"].top'
    assert float(device.get_attribute(top, "data-probability")) > 0.9


def test_what_is_drawn_without_a_connection_arrives_once_when_it_is_back(device, room):
    def lose_answer(route):
        route.fetch()  # the server has it, and the device does not hear so
        route.abort()

    device.route("**/class/show_device", lambda route: route.abort())
    device.route("**/class/submit", lose_answer)
    device.locator("#class-line", has_text="No connection").wait_for()
    for _ in range(2):
        draw_asked(device)
        send(device)
    device.locator("#class-sent", has_text="2 drawings").wait_for()
    device.unroute_all(behavior="wait")
    wait_for_sent(device)
    poll(device, lambda: room.count() == 2, "both had arrived")
    device.locator("#class-task small", has_text="3 of 10").wait_for()
    device.wait_for_selector("#class-line", state="hidden")


def test_a_reload_keeps_animal_drawings_and_what_waits(device, room):
    name = read_name(device)
    draw_asked(device)
    send(device)
    wait_for_sent(device)
    device.route("**/class/submit", lambda route: route.abort())
    draw_asked(device)
    send(device)
    device.locator("#class-sent", has_text="1 drawing").wait_for()
    device.unroute_all(behavior="wait")
    device.reload()
    wait_for_task(device)
    assert read_name(device) == name
    device.locator("#class-task small", has_text="3 of 10").wait_for()
    poll(device, lambda: room.count() == 2, "what had waited was there")
    assert room.drawn_by_pupil() == {room.look()["pupils"][0]["animal"]: 2}


@pytest.mark.parametrize(
    ("status", "more", "words"), [(500, {}, "1 drawing"), (200, {"isBusy": True}, "tell your teacher")]
)
def test_what_a_server_that_closes_or_has_no_space_refuses_is_sent_again(device, room, status, more, words):
    refusal = {"ok": False, "error": "There is no space left.", **more}
    device.route("**/class/submit", lambda route: route.fulfill(status=status, json=refusal))
    draw_asked(device)
    send(device)
    device.locator("#class-sent", has_text=words).wait_for()
    device.unroute_all(behavior="wait")
    wait_for_sent(device)
    assert room.count() == 1


def test_the_next_pupil_has_an_animal_and_a_pad_of_their_own(device, room):
    first = read_name(device)
    device.route("**/class/submit", lambda route: route.abort())
    draw_asked(device)
    send(device)
    draw_asked(device)  # not sent yet
    device.click("#class-menu")
    device.click("button:text('Pass this device on')")
    device.click("button:text('Somebody new')")
    device.locator(".device-menu .device-title", has_text="You are").wait_for()
    device.click(".device-menu button:text('Start')")
    assert read_name(device) != first
    device.wait_for_selector("#sketchpad.empty")
    device.unroute_all(behavior="wait")
    poll(device, lambda: room.count() == 1, "the drawing of the first had arrived")
    former, latter = room.look()["pupils"]
    assert (former["num_drawings"], latter["num_drawings"]) == (1, 0)
    device.click("#class-menu")
    device.click("button:text('Pass this device on')")
    device.click(f".device-menu button:has-text('{first}')")
    device.click(".device-menu button:text('Start')")
    device.wait_for_selector("#sketchpad:not(.empty)")


def test_a_pause_lies_over_the_page_and_keeps_the_drawing(device, room):
    draw_asked(device)
    room.direct("pause", isPaused=True)
    device.locator(".device-pause", has_text="Pens down").wait_for()
    device.keyboard.press("Delete")
    room.direct("pause", isPaused=False)
    device.wait_for_selector(".device-pause", state="hidden")
    send(device)
    poll(device, lambda: room.count() == 1, "it had arrived")


def test_a_guess_is_committed_and_may_be_changed_until_the_bars(device, room):
    shown = {"image": base64.b64encode(sample_digit(1).tobytes()).decode()}
    bars = {"probabilities": [0.1] * 10, "label": 1, "digit": 7, "kind": "misread", "network": "sketchnet"}
    room.direct("start_activity", activity="guess_first", settings={"shown": shown, "bars": bars})
    wait_for_view(device, "guess")
    for digit in (7, 1):
        device.click(f'.device-digits [data-key="choice-{digit}"]')
        device.wait_for_selector(f'.device-digits [data-key="choice-{digit}"][aria-pressed="true"]')
        device.locator(".device-state", has_text="Your answer is in").wait_for()
    room.direct("set_step", step="bars")
    wait_for_view(device, "bars")
    assert "You answered 1." in device.inner_text("#class-panel")
    assert room.look()["wall"]["guesses"]["counts"][1] == 1


def test_three_questions_are_answered_one_after_another(device, room):
    room.direct("start_activity", activity="questions", settings={})
    wait_for_view(device, "questions")
    for _ in range(3):
        device.click('.device-choices [data-key="choice-1"]')
        device.click('[data-key="next"]:not(:disabled)')
    device.locator("#class-panel", has_text="Your three answers are in").wait_for()
    poll(device, lambda: room.look()["wall"]["num_answered"] == 1, "the answers had arrived")


def test_misread_drawings_of_others_are_read(device, room):
    other = room.ask("join", code=room.code)["device"]
    room.direct("start_activity", activity="our_handwriting", settings={"digits": [7], "each": 1})
    strokes = [[[100 * x, 100 * y] for x, y in stroke] for stroke in DIGITS[5]]
    current = room.look()["wall"]["activity"]["round"]
    room.ask("submit", device=other, round=current, number=1, strokes=strokes, label=7)
    device.locator("#class-task small", has_text="1 of 1").wait_for()
    draw_asked(device)
    send(device)
    wait_for_view(device, "read")
    device.click('.device-digits [data-key="choice-5"]')
    wait_for_view(device, "thanks")


def test_the_end_of_a_room_is_told_and_its_token_forgotten(device, room):
    draw_asked(device)
    room.direct("end_room")
    device.locator("#class-panel h1", has_text="This room has ended").wait_for()
    assert device.evaluate("localStorage.length") == 0
    device.click("#class-panel a[href='#draw']")
    device.wait_for_selector('body[data-tab="draw"] #sketchpad.empty')


def test_the_visitors_own_drawing_is_neither_shown_nor_lost(open_device, room):
    page = open_device(f"{room.url}/#draw")
    wait_for_answer(page, draw_with_mouse(page, DIGITS[3]))
    page.evaluate("(link) => { location.href = link; }", room.link)
    wait_for_task(page)
    assert "empty" in page.get_attribute("#sketchpad", "class")
    page.keyboard.press("7")  # no sample comes by a key
    draw_asked(page)
    page.evaluate("() => { location.hash = '#draw'; }")
    page.wait_for_function("() => document.querySelector('#verdict .digit').textContent === '3'")


def test_a_wrong_code_leaves_a_field_for_another(open_device, room):
    page = open_device(f"{room.url}/#class?code=BBBBBBB")
    page.fill("#device-code", f"{room.code[:3].lower()} {room.code[3:]}")
    page.keyboard.press("Enter")
    wait_for_task(page)
    assert len(room.look()["pupils"]) == 1


def test_a_locked_room_says_so_and_lets_in_later(open_device, room):
    room.direct("lock", isLocked=True)
    page = open_device(room.link)
    page.locator("#class-panel", has_text="locked").wait_for()
    room.direct("lock", isLocked=False)
    page.click("button:text('Try again')")
    wait_for_task(page)


def test_who_lost_the_token_is_let_in_again(device, room):
    name = read_name(device)
    draw_asked(device)
    send(device)
    wait_for_sent(device)
    device.evaluate("() => localStorage.clear()")
    device.reload()
    wait_for_task(device)
    assert read_name(device) != name
    device.click("#class-menu")
    device.click("button:text('I was here already')")
    device.click(f".device-animals button:has-text('{name}')")
    wait_for_view(device, "waiting")
    (request,) = room.look()["requests"]
    room.direct("answer_request", request=request["device"], isGranted=True)
    wait_for_task(device)
    assert read_name(device) == name
    assert device.inner_text("#class-task small") == "2 of 10"


def test_a_digit_is_drawn_and_sent_by_keys(device, room):
    device.focus("#sketchpad canvas")
    device.keyboard.press("Space")
    for _ in range(20):
        device.keyboard.press("ArrowDown")
    device.keyboard.press("Space")
    device.focus("#class-send")
    device.keyboard.press("Enter")
    poll(device, lambda: room.count() == 1, "it had arrived")


def test_everything_is_in_sight_on_every_screen_and_stands_out(device):
    draw_asked(device)
    for width, height in SCREENS:
        device.set_viewport_size({"width": width, "height": height})
        wanted = ("#class-name", "#class-task", "#sketchpad", "#bars", "#undo", "#clear", "#class-send")
        assert find_outside(device, wanted, device.viewport_size) == {}, (width, height)
        pad = device.locator("#sketchpad").bounding_box()
        assert min(pad["width"], pad["height"]) > 0.7 * min(width, height, height - 250 if height > width else height)
    check_with_axe(device)
    device.click("#class-menu")
    check_with_axe(device)
    for is_dark in (False, True):
        device.evaluate("(isDark) => document.body.classList.toggle('dark', isDark)", is_dark)
        check_contrasts(device, "#class :is(h1, p, a, b, button, small, span), #bars span, .tools button")
