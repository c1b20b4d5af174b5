"""The test of a device says whether it is ready, and what to do where it is not."""

import pytest
from support.drawing import DESKTOP, PHONE
from support.screen import check_contrasts, check_with_axe

SLOW = 30_000
SYMPTOMS = ("refused", "slow", "offline", "search", "login")
ADDRESSES = ["http://192.168.1.5:7860/", "http://10.0.0.5:7860/"]
CODE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h7v7h-7z"/></svg>'


@pytest.fixture
def open_test(browser, server):
    """`open_test(screen, prepare)` opens the test as a device does, after `prepare(page)`."""
    contexts = []

    def open_test(screen=PHONE, prepare=lambda page: None):
        contexts.append(browser.new_context(**screen))
        page = contexts[-1].new_page()
        prepare(page)
        page.goto(f"{server.url}/#class?test")
        page.wait_for_selector("#test-verdict h2:not(:empty)")
        return page

    yield open_test
    for context in contexts:
        context.close()


def wait_for_verdict(page, verdict):
    page.wait_for_selector(f'#test-verdict[data-verdict="{verdict}"]', timeout=SLOW)


def draw(page, num_steps=10):
    box = page.locator("#test-pad").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 90, steps=num_steps)
    page.mouse.up()


def test_a_device_with_which_all_is_well_is_ready(open_test):
    page = open_test()
    wait_for_verdict(page, "draw")
    draw(page)
    wait_for_verdict(page, "good")
    assert page.inner_text("#test-verdict h2") == "This device is ready"
    assert page.locator('#test-checks [data-state="good"]').count() == 5
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.is_visible("#masthead")


def test_a_dot_is_no_line(open_test):
    page = open_test()
    wait_for_verdict(page, "draw")
    draw(page, num_steps=1)
    page.wait_for_selector('#test-check-pad:has-text("Draw a longer line.")')
    wait_for_verdict(page, "draw")


def test_without_websockets_and_memory_it_takes_part_all_the_same(open_test):
    def forbid(page):
        page.route_web_socket("**/live", lambda line: line.close())
        page.add_init_script("Storage.prototype.setItem = () => { throw new Error(); };")

    page = open_test(prepare=forbid)
    wait_for_verdict(page, "draw")
    draw(page)
    wait_for_verdict(page, "fair")
    assert "works all the same, by short questions" in page.inner_text("#test-check-line")
    assert "the teacher lets you in again" in page.inner_text("#test-check-storage")


def test_a_server_that_does_not_answer_is_waited_for(open_test):
    page = open_test(prepare=lambda page: page.route("**/class/hello", lambda route: route.abort()))
    wait_for_verdict(page, "bad")
    assert "This page keeps trying." in page.inner_text("#test-check-server")
    page.unroute("**/class/hello")
    wait_for_verdict(page, "draw")


def test_every_thing_that_a_device_may_show_has_its_remedy(open_test):
    page = open_test(DESKTOP)
    assert page.locator("#test-symptoms button").count() == len(SYMPTOMS)
    for symptom in SYMPTOMS:
        page.click(f'[data-symptom="{symptom}"]')
        assert page.inner_text("#test-remedy .cause").startswith("Most likely")
        assert page.locator("#test-remedy li").count() >= 2
    page.click('[data-symptom="slow"]')
    assert page.locator("#test-remedy details").count() == 3
    check_with_axe(page)
    check_contrasts(page, "#class :is(h1, h2, h3, p, a, b, button, small, span, li, summary)", more_than=15)


def test_a_server_that_only_its_own_computer_reaches_says_so(open_test):
    assert "--host 0.0.0.0" in open_test(DESKTOP).inner_text("#test-unreachable")


def test_devices_find_the_address_and_are_listed_when_they_have_called(open_test):
    answers = {
        "look_at_rooms": {"ok": True, "allowed": True, "isLocalOnly": False, "addresses": ADDRESSES},
        "draw_code": {"ok": True, "svg": CODE},
        "look_at_devices": {"ok": True, "devices": [{"address": "192.168.1.77", "seconds": 4.2, "live": False}]},
    }

    def answer(page):
        for name, content in answers.items():
            page.route(f"**/class/{name}", lambda route, _, content=content: route.fulfill(json=content))

    page = open_test(DESKTOP, answer)
    page.wait_for_selector(f'#test-address [href="{ADDRESSES[0]}#class?test"]')
    page.wait_for_function("document.querySelector('#test-code').naturalWidth === 9")
    page.wait_for_selector('#test-called li:has-text("192.168.1.77") :text("4 s ago, short questions")')
    page.click("#test-addresses button:nth-child(2)")
    page.wait_for_selector(f'#test-address [href="{ADDRESSES[1]}#class?test"]')
