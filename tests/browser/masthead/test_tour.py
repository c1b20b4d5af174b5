"""The guided tour: ten steps, each with a link, a place and words; it survives a reload and covers nothing."""

import pytest
from support.drawing import DESKTOP, PHONE

# The tab of each step, and what the address says of the place.
PLACES = (
    *("#draw", "#inside?view=journey", "#inside?view=network", "#inside?view=network", "#inside?view=why"),
    *("#inside?view=belief", "#inside?view=change", "#inside?view=fool", "#data", "#data?show=crowd"),
)


@pytest.fixture(scope="module")
def shared_page(open_drawn):
    return open_drawn(screen={**DESKTOP, "permissions": ["clipboard-read", "clipboard-write"]})


@pytest.fixture
def page(shared_page):
    """A page without a tour, on the pad."""
    if shared_page.is_visible("#tour"):
        shared_page.click("#tour-end")
    shared_page.evaluate("() => { location.hash = '#draw'; sessionStorage.removeItem('sketchpad-level'); }")
    shared_page.wait_for_selector("#sketchpad:visible")
    return shared_page


def follow(page, step):
    """Follows a link to a step, and waits until the page is there."""
    page.evaluate("(step) => { location.hash = `#tour?step=${step}`; }", step)
    page.wait_for_function("() => !location.hash.startsWith('#tour')")


def read_bar(page):
    """The number of the step, its title and its words; None while no tour is on."""
    if page.is_hidden("#tour"):
        return None
    return tuple(page.text_content(f"#tour-{part}") for part in ("number", "title", "words"))


def read_address(page):
    return page.evaluate("location.hash")


def test_every_step_opens_its_place_and_says_what_to_do(page):
    seen = set()
    for step, place in enumerate(PLACES, 1):
        follow(page, step)
        assert read_address(page) == place
        assert page.evaluate("document.body.dataset.tab") == place[1:].split("?")[0]
        number, title, words = read_bar(page)
        assert number == f"Step {step} of 10"
        assert len(words) > 80
        seen.add((title, words))
    assert len(seen) == 10


def test_a_link_to_a_step_works_when_the_page_is_opened(page, server):
    page.goto("about:blank")
    page.goto(f"{server.url}/#tour?step=10")
    page.wait_for_selector("#tour:visible")
    assert read_bar(page)[0] == "Step 10 of 10"
    assert read_address(page) == "#data?show=crowd"
    page.wait_for_selector('[data-view="crowd"][aria-pressed="true"]')


def test_a_reload_keeps_the_step_and_the_place_that_was_left(page):
    follow(page, 3)
    page.evaluate("() => { location.hash = '#data'; }")
    page.reload()
    page.wait_for_selector("#tour:visible")
    assert read_bar(page)[0] == "Step 3 of 10"
    assert read_address(page) == "#data"


def test_back_and_next_lead_from_step_to_step_and_stop_at_the_ends(page):
    page.click("#tour-start")
    page.wait_for_selector("#tour-back:disabled")
    page.click("#tour-next")
    assert (read_bar(page)[0], read_address(page)) == ("Step 2 of 10", PLACES[1])
    page.click("#tour-back")
    assert (read_bar(page)[0], read_address(page)) == ("Step 1 of 10", PLACES[0])
    page.click('#tour nav a:text-is("10")')
    page.wait_for_function("() => location.hash === '#data?show=crowd'")
    page.wait_for_selector("#tour-next:disabled")


def test_the_words_stay_in_sight_and_the_focus_on_the_buttons(page):
    follow(page, 8)
    page.click("#tour-next")
    page.wait_for_timeout(200)
    assert page.locator("#tour").bounding_box()["y"] >= 0
    assert page.evaluate("document.activeElement.id") == "tour-next"
    page.click("#tour-next")
    assert page.evaluate("document.activeElement.id") == "tour-back"


def test_a_step_that_does_not_exist_leads_to_the_first_and_is_named(page):
    for step in ("12", "0", "two", "1.5"):
        follow(page, step)
        assert read_bar(page)[0] == "Step 1 of 10"
        assert f"no step {step}" in page.inner_text("#tour-notice")
        page.click("#tour-next")
        assert page.is_hidden("#tour-notice")


def test_an_ended_tour_stays_ended(page):
    assert read_bar(page) is None
    follow(page, 2)
    page.click("#tour-end")
    assert read_bar(page) is None
    page.reload()
    page.wait_for_selector("#samples .sample:nth-child(20)", state="attached")
    assert read_bar(page) is None


def test_the_link_to_a_step_is_copied(page, server):
    follow(page, 4)
    page.click("#tour-copy")
    page.wait_for_function("() => document.querySelector('#tour-copy').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/#tour?step=4"


def test_the_words_follow_the_level(page):
    follow(page, 4)
    school = read_bar(page)[2]
    page.click('[data-level="university"]')
    assert read_bar(page)[2] != school
    assert "logit" in read_bar(page)[2]


def test_on_a_phone_the_bar_covers_nothing_and_its_text_folds(open_page):
    page = open_page(PHONE)
    page.tap("#tour-start")
    page.wait_for_selector("#tour:visible")
    bar, pad = (page.locator(name).bounding_box() for name in ("#tour", "#sketchpad"))
    assert bar["y"] + bar["height"] <= pad["y"]
    assert pad["y"] + pad["height"] <= PHONE["viewport"]["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    page.tap("#tour-fold")
    assert page.locator("#tour").bounding_box()["height"] < 64
    page.tap("#tour-next")
    assert page.is_hidden("#tour-words")
    assert page.text_content("#tour-number") == "Step 2 of 10"
