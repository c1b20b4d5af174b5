"""The presentation and the exhibit: one screen with pad, verdict, bars and network, that can be read from afar."""

import re

import pytest
from support.drawing import DESKTOP, DIGITS, draw_with_mouse, look_at_answer, wait_for_answer, wait_until_empty
from support.pictures import give_picture, photograph
from support.screen import CONTRASTS, find_outside, find_small_texts

SCREENS = [{"width": 1024, "height": 768}, {"width": 1440, "height": 900}, {"width": 1920, "height": 1080}]
SHOWN = ("#sketchpad canvas", "#verdict", "#bars", "#network-canvas", "#clear")
HIDDEN = (
    ".masthead, .page-foot, #samples, #relatives, #details, #lesson, .views, #network-summary, #layers-softmax, #help"
)


@pytest.fixture(scope="module")
def opened(browser, server):
    """`opened(search, **context)` opens the page at an address that asks for a mode, and draws a four."""
    contexts = []

    def opened(search, **options):
        contexts.append(browser.new_context(**{**DESKTOP, **options}))
        page = contexts[-1].new_page()
        if "exhibit" in search:
            page.clock.install()
        page.goto(f"{server.url}/{search}")
        page.wait_for_selector("#entrance", state="detached")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def shared_page(opened):
    page = opened("?present=1", viewport=SCREENS[0])
    show_four(page)
    return page


@pytest.fixture
def page(shared_page):
    """A presentation with a four, on the smallest screen."""
    if read_mode(shared_page) is None:
        shared_page.keyboard.press("p")
    shared_page.set_viewport_size(SCREENS[0])
    return shared_page


@pytest.fixture(scope="module")
def shared_exhibit(opened):
    return opened("?exhibit=60")


@pytest.fixture
def exhibit(shared_exhibit):
    """An exhibit with an empty pad, where somebody has just been."""
    shared_exhibit.mouse.move(5, 5)
    if shared_exhibit.is_enabled("#clear"):
        shared_exhibit.click("#clear")
    wait_until_empty(shared_exhibit)
    return shared_exhibit


def show_four(page):
    answer = wait_for_answer(page, draw_with_mouse(page, DIGITS[4]))
    page.wait_for_selector(f'#network[data-points="{answer.points}"]')
    return answer


def read_mode(page):
    return page.evaluate("document.body.dataset.mode ?? null")


def read_place(page):
    return page.evaluate("[location.search, location.hash, document.body.dataset.tab]")


# What is seen


def test_the_network_shows_what_is_drawn(page):
    assert look_at_answer(page).digit == 4
    assert page.evaluate("Number(document.querySelector('#network').dataset.points)") == look_at_answer(page).points


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: f"{screen['width']}x{screen['height']}")
def test_all_of_it_and_nothing_else_is_on_one_screen(page, screen):
    page.set_viewport_size(screen)
    assert find_outside(page, SHOWN, screen) == {}
    assert [node for node in page.locator(HIDDEN).all() if node.is_visible()] == []
    height, width = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    assert (width, height) == (screen["width"], screen["height"])


def test_pad_and_network_are_large(page):
    pad, network = (page.locator(name).bounding_box() for name in ("#sketchpad", "#network-canvas"))
    assert pad["width"] > 0.45 * SCREENS[0]["width"]
    assert network["height"] > 0.7 * SCREENS[0]["height"]


def test_no_text_is_small(page):
    assert find_small_texts(page, 24) == []
    page.click("#clear")
    wait_until_empty(page)
    assert find_small_texts(page, 24) == []
    show_four(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_much_contrast(page, scheme):
    page.evaluate("(isDark) => document.body.classList.toggle('dark', isDark)", scheme == "dark")
    found = page.evaluate(CONTRASTS, "#verdict span, #bars .name, #bars .value, .invitation, #clear, #present-leave")
    for digit in range(10):
        color = f"var(--digit-{digit})"
        page.evaluate(
            "(color) => document.querySelector('#verdict .digit').style.setProperty('--digit-color', color)", color
        )
        found += page.evaluate(CONTRASTS, "#verdict .digit")
    page.evaluate("document.body.classList.remove('dark')")
    texts = [text for text in found if text["text"] or text["name"] == "present-leave"]
    assert len(texts) > 30
    assert [text for text in texts if text["ratio"] < 7] == []


# The ways in and out


def test_escape_leads_back_to_the_page(page):
    page.keyboard.press("Escape")
    assert (read_mode(page), read_place(page)) == (None, ["", "", "draw"])
    assert page.is_visible(".masthead")


def test_p_and_the_buttons_lead_there_and_back_to_the_tab_that_was_open(page):
    page.click("#present-leave")
    page.evaluate("() => { location.hash = '#data'; }")
    page.wait_for_selector("#data:visible")
    for enter, leave in (("#present", "p"), ("p", "Escape")):
        page.click(enter) if enter.startswith("#") else page.keyboard.press(enter)
        assert read_place(page) == ["?present=1", "#inside?view=network", "inside"]
        page.keyboard.press(leave)
        assert read_place(page)[0::2] == ["", "data"]
    page.evaluate("() => { location.hash = '#draw'; }")


def test_a_p_that_is_typed_is_no_command(page):
    page.keyboard.press("Escape")
    page.evaluate("() => { location.hash = '#inside?view=why'; }")
    page.focus("#inside-model")
    page.keyboard.press("p")
    assert read_mode(page) is None
    page.evaluate("() => { document.activeElement.blur(); location.hash = '#draw'; }")


# The exhibit


def test_a_digit_draws_itself_below_large_words(exhibit):
    assert exhibit.inner_text(".invitation").startswith("Draw a digit")
    assert exhibit.evaluate("parseFloat(getComputedStyle(document.querySelector('.invitation')).fontSize)") > 40
    seen = "document.querySelector('#sketchpad canvas').toDataURL()"
    exhibit.clock.fast_forward(40_000)  # longer than it does elsewhere
    before = exhibit.evaluate(seen)
    exhibit.wait_for_function(f"(before) => {seen} !== before", arg=before)


def test_there_is_nothing_to_open(exhibit, sample):
    visible = exhibit.locator("a, button, select, summary, input").all()
    assert [node.get_attribute("id") for node in visible if node.is_visible()] == ["undo", "clear"]
    for key in ("?", "p", "Escape"):
        exhibit.keyboard.press(key)
        assert (read_mode(exhibit), exhibit.locator("dialog[open]").count()) == ("exhibit", 0)
    for how in ("paste", "drop"):
        give_picture(exhibit, how, photograph(sample, 4))
    assert exhibit.evaluate("document.querySelector('#notice').hidden")


def test_who_is_still_there_goes_on(exhibit):
    show_four(exhibit)
    exhibit.clock.fast_forward(61_000)
    exhibit.wait_for_selector("#still-there[open]")
    assert re.search(r"anew in ([1-9]|10) s", exhibit.inner_text("#still-there-rest"))
    exhibit.click("#still-there button")
    exhibit.clock.fast_forward(30_000)
    assert exhibit.locator("#still-there[open]").count() == 0
    assert look_at_answer(exhibit).digit == 4


def test_when_nobody_is_there_all_starts_anew(exhibit):
    exhibit.evaluate("() => sessionStorage.setItem('sketchpad-level', 'university')")
    exhibit.clock.run_for(1000)
    show_four(exhibit)
    exhibit.clock.fast_forward(61_000)
    exhibit.wait_for_selector("#still-there[open]")
    exhibit.clock.fast_forward(11_000)
    wait_until_empty(exhibit)
    assert exhibit.locator("#still-there[open], #undo:enabled, #clear:enabled").count() == 0
    assert exhibit.evaluate("[sessionStorage.getItem('sketchpad-level'), sessionStorage.getItem('sketchpad-own')]") == [
        "school",
        None,
    ]


def test_an_exhibit_that_nobody_has_touched_asks_nothing(exhibit):
    exhibit.clock.fast_forward(200_000)
    exhibit.clock.run_for(2000)
    assert exhibit.locator("#still-there[open]").count() == 0
