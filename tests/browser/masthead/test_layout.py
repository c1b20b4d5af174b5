"""What is seen without scrolling, on which screen, and whether it can be read."""

import pytest
from support.drawing import DESKTOP, PHONE, SEVEN, Fingers, draw_with_mouse, wait_for_answer, wait_for_answer_to_more
from support.screen import CONTRASTS, WORKPLACE, find_outside

# A color that is on its way to another would be measured.
DESKTOP = {**DESKTOP, "reduced_motion": "reduce"}
PHONE = {**PHONE, "reduced_motion": "reduce"}
SMALL_PHONE = {**PHONE, "viewport": {"width": 360, "height": 640}}
TABLET = {**PHONE, "viewport": {"width": 820, "height": 1180}, "device_scale_factor": 2}
SCREENS = {"desktop": DESKTOP, "phone": PHONE, "small phone": SMALL_PHONE, "tablet": TABLET}
THEMES = {"light": {}, "dark": {"color_scheme": "dark"}}

every_screen = pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
every_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)

TEXTS = "#sketch :is(h1, h2, p, button, summary, dt, dd, .name, .value, .digit, .words)"


def draw_seven(page, screen):
    if screen.get("has_touch"):
        Fingers(page).draw(SEVEN)
        wait_for_answer_to_more(page)
    else:
        wait_for_answer(page, draw_with_mouse(page, SEVEN))


@every_screen
def test_pad_bars_verdict_and_tools_are_seen_without_scrolling(borrow_page, screen):
    page = borrow_page(screen)
    assert find_outside(page, WORKPLACE, screen["viewport"]) == {}
    draw_seven(page, screen)
    assert find_outside(page, WORKPLACE, screen["viewport"]) == {}
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("tab", ["data", "inside", "train", "class"])
def test_an_address_opens_a_tab_at_its_top(open_page, tab):
    page = open_page({**DESKTOP, "viewport": {"width": 1024, "height": 768}})
    page.evaluate("(tab) => { location.hash = tab; }", tab)
    page.wait_for_selector(f"#{tab} .ready")
    page.wait_for_timeout(500)  # the browser looks for the place when it has laid out the page
    assert page.evaluate("scrollY") == 0


@every_screen
def test_nothing_reaches_over_the_side_of_the_screen(borrow_page, screen):
    page = borrow_page(screen)
    draw_seven(page, screen)
    page.click("#details summary")
    width = screen["viewport"]["width"]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    wide = page.evaluate(
        """(width) => [...document.querySelectorAll("body *")]
            .filter((node) => node.checkVisibility() && !node.closest(".unseen, svg, option"))
            .filter((node) => node.getBoundingClientRect().right > width + 0.5)
            .map((node) => node.id || node.className || node.tagName)""",
        width,
    )
    assert wide == []


@every_screen
def test_nothing_covers_the_pad_or_the_tools(borrow_page, screen):
    page = borrow_page(screen)
    for selector in ("#sketchpad canvas", "#undo", "#erase", "#picture", "#width", "#clear", "#help-open"):
        hit = page.evaluate(
            """(selector) => {
                const node = document.querySelector(selector), box = node.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return node.contains(top);
            }""",
            selector,
        )
        assert hit, selector


def test_buttons_are_large_enough_for_a_thumb(borrow_page):
    page = borrow_page(PHONE)
    for name in ("undo", "redo", "erase", "picture", "clear"):
        box = page.locator(f"#{name}").bounding_box()
        assert min(box["width"], box["height"]) >= 40, name


@every_theme
def test_ink_stands_out_from_the_pad(borrow_page, theme):
    page = borrow_page(DESKTOP, **theme)
    (contrast,) = page.evaluate(CONTRASTS, "#sketchpad canvas")
    assert contrast["ratio"] >= 7


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@every_theme
def test_every_text_can_be_read(borrow_page, theme, screen):
    page = borrow_page(screen, **theme)
    found = [*page.evaluate(CONTRASTS, TEXTS)]
    draw_seven(page, screen)
    page.click("#details summary")
    found += page.evaluate(CONTRASTS, TEXTS)
    texts = [contrast for contrast in found if contrast["text"]]
    assert len(texts) > 20
    assert [text for text in texts if text["ratio"] < (3 if text["isLarge"] else 4.5)] == []


@every_theme
def test_name_of_each_winning_digit_can_be_read(borrow_page, theme):
    page = borrow_page(DESKTOP, **theme)
    page.evaluate("document.querySelectorAll('#bars [data-digit]').forEach((row) => row.classList.add('top'))")
    contrasts = [contrast["ratio"] for contrast in page.evaluate(CONTRASTS, "#bars .top .name")]
    page.evaluate("document.querySelectorAll('#bars [data-digit]').forEach((row) => row.classList.remove('top'))")
    assert len(contrasts) == 10
    assert [ratio for ratio in contrasts if ratio < 4.5] == []


@every_theme
def test_large_digit_of_the_verdict_can_be_read_in_its_color(borrow_page, theme):
    page = borrow_page(DESKTOP, **theme)
    page.evaluate("document.querySelector('#verdict .digit').textContent = '0'")
    contrasts = []
    for digit in range(10):
        color = f"var(--digit-{digit})"
        page.evaluate(
            "(color) => document.querySelector('#verdict .digit').style.setProperty('--digit-color', color)", color
        )
        contrasts += [contrast["ratio"] for contrast in page.evaluate(CONTRASTS, "#verdict .digit")]
    assert [ratio for ratio in contrasts if ratio < 3] == []


def test_page_follows_the_system_theme_and_the_button_turns_it(borrow_page):
    page = borrow_page(DESKTOP, color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.querySelector('#sketchpad')).backgroundColor")
    page.click("#theme")
    light = page.evaluate("getComputedStyle(document.querySelector('#sketchpad')).backgroundColor")
    assert [dark, light] == ["rgb(28, 28, 33)", "rgb(255, 255, 255)"]
