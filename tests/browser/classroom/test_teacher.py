"""The teacher's screen: a room from its opening to its end, with devices that ask as a script would."""

import re
import time

import pytest
from support.drawing import DIGITS, HOUSE, PHONE, draw_with_mouse, open_address
from support.ink import SEVEN
from support.lesson import ask_class

IS_FILLED = "(selector) => document.querySelector(selector)?.textContent.length > 0"
COUNT = "(num) => document.querySelector('#class-wall')?.dataset.count === num"
HEARD = "(text) => document.querySelector('#class .class').innerText.includes(text)"
SHOWN = "#class-devices-show"


class Device:
    """A pupil's device in a room."""

    def __init__(self, url, code):
        self._url = url
        self._token = self.ask("join", code=code)["device"]

    def ask(self, name, **question):
        """Asks once, as this device after it has joined."""
        if hasattr(self, "_token"):
            question["device"] = self._token
        return ask_class(self._url, name, **question)

    @property
    def shown(self):
        return self.ask("show_device", since=0)

    def draw(self, number=1, strokes=SEVEN, label=7):
        round_ = self.shown["activity"]["round"]
        answer = self.ask("submit", round=round_, number=number, strokes=strokes, label=label)
        assert answer["ok"]
        return answer["reading"]


def ink_of(strokes):
    return [[[100 * x, 100 * y] for x, y in stroke] for stroke in strokes]


@pytest.fixture(scope="module")
def shared_page(new_tab):
    return new_tab(window="teacher")


@pytest.fixture
def landing(shared_page):
    """The teacher's screen without a room."""
    shared_page.unroute_all(behavior="ignoreErrors")
    shared_page.set_viewport_size({"width": 1440, "height": 900})
    shared_page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    open_address(shared_page, "#class")
    shared_page.wait_for_selector("#class-open")
    return shared_page


@pytest.fixture
def teacher(landing):
    """The teacher's screen in a new room."""
    landing.click("#class-open")
    landing.wait_for_function(IS_FILLED, arg="#class-code")
    return landing


@pytest.fixture
def join(teacher, server):
    return lambda: Device(server.url, teacher.inner_text("#class-code"))


def wait_until(device, is_so):
    """Asks as often as a device does, until it is shown something."""
    end = time.monotonic() + 20
    while not is_so(shown := device.shown):
        assert time.monotonic() < end, shown


# Opening


def test_two_taps_open_a_room(landing, server):
    open_address(landing, "#draw")
    landing.click('.masthead [data-tab="class"]')
    landing.click("#class-open")
    landing.wait_for_function(IS_FILLED, arg="#class-code")
    code = landing.inner_text("#class-code")
    assert re.fullmatch("[A-Z]{7}", code)
    assert landing.get_attribute("#class-link", "href").endswith(f"/#class?code={code}")
    landing.wait_for_function(COUNT, arg="0")
    Device(server.url, code).draw()
    landing.wait_for_function(COUNT, arg="1")


def test_where_rooms_are_off_the_reason_is_said(landing):
    off = {"ok": True, "allowed": False, "reason": "Rooms are off here.", "addresses": [], "isLocalOnly": False}
    landing.route("**/class/look_at_rooms", lambda route: route.fulfill(json=off))
    open_address(landing, "#class")
    landing.wait_for_function(HEARD, arg="Rooms are off here.")
    assert landing.is_disabled("#class-open")


def test_a_code_leads_to_the_page_of_a_pupil(landing):
    landing.fill("#class-join-code", "bcd fgh j")
    landing.press("#class-join-code", "Enter")
    landing.wait_for_function("() => location.hash === '#class?code=BCDFGHJ'")


def test_a_reload_brings_the_room_back(teacher):
    code = teacher.inner_text("#class-code")
    teacher.reload()
    teacher.wait_for_function(IS_FILLED, arg="#class-code")
    assert teacher.inner_text("#class-code") == code


def test_a_phone_takes_the_controls_with_a_code_that_works_once(teacher, new_tab):
    teacher.click("#class-phone")
    teacher.wait_for_function(IS_FILLED, arg="#class-phone-code")
    phone = new_tab(PHONE)
    open_address(phone, f"#class?control={teacher.inner_text('#class-phone-code')}")
    phone.wait_for_function(IS_FILLED, arg="#class-code")
    assert phone.inner_text("#class-code") == teacher.inner_text("#class-code")
    assert phone.evaluate("location.hash") == "#class"
    teacher.click("#class-phone-alone")
    phone.wait_for_selector("#class-open")
    phone.close()
    teacher.wait_for_selector("#class-phone-alone", state="hidden")


# Leading


def test_a_pause_reaches_the_devices_and_is_said(teacher, join):
    device = join()
    teacher.click("#class-pause")
    wait_until(device, lambda shown: shown["room"]["is_paused"])
    teacher.wait_for_selector(f"{SHOWN}.paused")
    teacher.click("#class-pause")
    wait_until(device, lambda shown: not shown["room"]["is_paused"])


def test_the_lesson_leads_from_step_to_step(teacher, join):
    device = join()
    teacher.click("#class-start")
    teacher.wait_for_function("() => document.querySelector('#class-next.primary')")
    assert device.shown["activity"]["name"] == "questions"
    teacher.click("#class-next")
    wait_until(device, lambda shown: shown["activity"]["step"] == "closed")
    teacher.wait_for_selector('.now-steps [data-step="closed"][aria-current]')
    teacher.click("#class-next")
    teacher.click("#class-start.primary")
    wait_until(device, lambda shown: shown["activity"]["name"] == "our_handwriting")


def test_any_activity_starts_with_its_settings(teacher, join):
    device = join()
    teacher.click("#class-choice summary")
    teacher.select_option("#class-activity", "our_handwriting")
    teacher.fill("#class-choice [name=digits]", "4 and 7")
    teacher.click("#class-activity-start")
    wait_until(device, lambda shown: sorted(shown["asked"]) == [4, 7])


def test_nothing_that_arrives_disturbs_who_types(teacher, join):
    teacher.click("#class-choice summary")
    teacher.select_option("#class-activity", "our_handwriting")
    teacher.fill("#class-choice [name=digits]", "123")
    join().draw()
    teacher.wait_for_function(COUNT, arg="1")
    assert teacher.evaluate("document.activeElement.name") == "digits"
    assert teacher.input_value("#class-choice [name=digits]") == "123"


def test_raised_hands_count_as_answers(teacher, join):
    device = join()
    teacher.click("#class-choice summary")
    teacher.select_option("#class-activity", "did_it_learn")
    teacher.click("#class-activity-start")
    teacher.click("#class-hands summary")
    teacher.click("#class-hands .class-hand:nth-child(2) button:last-child")
    teacher.fill("#class-hands .class-hand:nth-child(1) input", "12")
    teacher.press("#class-hands .class-hand:nth-child(1) input", "Enter")
    teacher.click("#class-next")
    wait_until(device, lambda shown: shown["activity"]["counts"] == [12, 1])


# Pupils and what they draw


def test_who_may_need_help_stands_first(teacher, join):
    for _ in range(3):
        join()

    def change(route):
        answer = route.fetch().json()
        *_, last = answer["pupils"]
        answer["pupils"][-1] = {**last, "is_stuck": True}
        answer["pupils"][-2] = {**answer["pupils"][-2], "is_away": True}
        route.fulfill(json=answer)

    teacher.route("**/class/show_teacher", change)
    teacher.wait_for_selector(".class-pupils li:nth-child(2)[data-state=away]")
    states = teacher.eval_on_selector_all(".class-pupils li", "nodes => nodes.map(({ dataset }) => dataset.state)")
    assert states == ["stuck", "away", "here"]
    assert "1 may need help" in teacher.inner_text("#class-pupils-summary")


def test_what_waits_in_the_tray_reaches_the_wall_when_it_is_accepted(teacher, join):
    reading = join().draw(strokes=ink_of(HOUSE))
    assert not reading["is_digit"]
    teacher.wait_for_selector("#class-tray li canvas")
    assert teacher.locator("#class-wall canvas").count() == 0
    teacher.click("#class-tray .accepted")
    teacher.wait_for_selector("#class-wall canvas")
    teacher.wait_for_selector("#class-tray li", state="detached")


def test_only_this_screen_says_whose_a_drawing_is_and_hides_it(teacher, join):
    device = join()
    device.draw()
    teacher.click("#class-wall button")
    assert device.shown["pupil"]["symbol"] in teacher.inner_text("#class-drawing-title")
    teacher.click("#class-hide")
    teacher.wait_for_selector("#class-wall canvas", state="detached")
    assert device.shown["drawings"]
    teacher.click("#class-hidden summary")
    teacher.click("#class-hidden button")
    teacher.wait_for_selector("#class-wall canvas")


def test_a_pupil_who_is_removed_loses_the_animal(teacher, join):
    device = join()
    teacher.click(".class-pupils button")
    teacher.click("#class-remove")
    assert device.shown["pupil"]
    teacher.click("#class-remove")
    wait_until(device, lambda shown: shown["pupil"] is None)


def test_somebody_without_a_device_draws_on_the_teachers_pad(teacher):
    teacher.click("#class-paper")
    teacher.wait_for_function(IS_FILLED, arg="#class-pad .who")
    draw_with_mouse(teacher, DIGITS[7])
    teacher.click("#class-pad-send")
    teacher.wait_for_function(HEARD, arg="It has arrived")
    teacher.wait_for_selector("#sketchpad.empty")
    teacher.click("#class-pad-done")
    teacher.wait_for_function(COUNT, arg="1")


# The end


def test_an_end_says_what_is_deleted_before_anything_is(teacher, join):
    device = join()
    device.draw()
    teacher.wait_for_function(COUNT, arg="1")
    teacher.click("#class-end")
    assert "1 drawing and 1 animal" in teacher.inner_text("#class-end-sure")
    assert device.shown["ok"]
    teacher.click("#class-end-really")
    teacher.wait_for_selector("#class-open")
    assert "everything in it is deleted" in teacher.inner_text("#class .class")
    assert device.shown["isGone"]


def test_while_the_server_is_away_the_room_stays_in_sight(teacher):
    teacher.route("**/class/*", lambda route: route.abort())
    teacher.wait_for_selector(".teacher-away")
    teacher.click("#class-pause")
    teacher.wait_for_selector(".teacher-head .teacher-problem")
    teacher.unroute_all(behavior="ignoreErrors")
    teacher.wait_for_selector(".teacher-away", state="hidden")
    teacher.click("#class-pause")
    teacher.wait_for_selector(f"{SHOWN}.paused")
