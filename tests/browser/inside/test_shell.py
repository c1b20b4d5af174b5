"""The inside tab beside the pad: its views follow the drawing, the model and the address."""

import pytest
from support.drawing import DIGITS, PHONE, draw_with_mouse, open_address
from support.screen import resized

VIEWS = ["network", "journey", "why", "change", "fool", "belief", "move", "break", "glossary"]


def open_network(page):
    open_address(page, "#inside?view=network")
    page.wait_for_selector("#layers-softmax .answered", state="attached")


@pytest.fixture
def inside(seven_page):
    """The network of a seven that stays on the pad."""
    open_network(seven_page)
    return seven_page


def shown_view(page):
    return page.evaluate(
        """[...document.querySelectorAll('#inside .view')].filter((view) => view.offsetParent)
            .map((view) => view.dataset.view)"""
    )


def answered(page):
    return page.inner_text("#layers-softmax .answered th")


def test_every_view_has_a_link_that_shows_it_alone(inside):
    assert (
        inside.evaluate("[...document.querySelectorAll('#inside .views a')].map((link) => link.dataset.view)") == VIEWS
    )
    for view in ("break", "network"):
        inside.click(f"#inside .views [data-view={view}]")
        inside.wait_for_function("(view) => document.querySelector(`#inside .view-${view}`).offsetParent", arg=view)
        assert shown_view(inside) == [view]
        assert inside.url.endswith(f"#inside?view={view}")


def test_the_pad_stays_beside_the_views(inside):
    pad, view = (inside.locator(selector).bounding_box() for selector in ("#sketchpad", "#inside .view-network"))
    assert pad["x"] + pad["width"] <= view["x"]
    inside.mouse.wheel(0, 1500)
    inside.wait_for_function("() => scrollY > 100")
    assert inside.locator("#sketchpad").bounding_box()["y"] >= 0


def test_another_drawing_is_looked_into_when_its_stroke_ends(drawn):
    open_network(drawn)
    assert answered(drawn) == "7"
    drawn.click("#clear")
    drawn.wait_for_selector("#inside-empty", state="visible")
    assert drawn.inner_text("#inside-empty p").startswith("Draw a digit")
    draw_with_mouse(drawn, DIGITS[0])
    drawn.wait_for_function("() => document.querySelector('#layers-softmax .answered th')?.innerText === '0'")


def test_a_sample_of_the_album_can_be_looked_into(page):
    open_address(page, "#data?split=&open=3")
    page.wait_for_selector("#sample[open]")
    label = page.inner_text("#sample-label")
    page.click("#sample-inside")
    page.wait_for_selector("#sketchpad:not(.empty)")
    page.click("#inside .views [data-view=network]")
    page.wait_for_function(
        "(label) => document.querySelector('#layers-softmax .answered th')?.innerText === label", arg=label
    )


def test_two_levels_of_texts_use_the_drawings_own_numbers(inside):
    school = inside.inner_text("#lesson")
    inside.click("[data-level=university]")
    inside.wait_for_function("(before) => document.querySelector('#lesson').innerText !== before", arg=school)
    university = inside.inner_text("#lesson")
    logit = inside.inner_text("#layers-softmax .answered td")
    assert logit in school
    assert logit in university
    inside.click("[data-level=school]")


def test_a_reload_keeps_view_drawing_and_level(drawn):
    open_network(drawn)
    drawn.click("[data-level=university]")
    drawn.reload()
    drawn.wait_for_selector("#layers-softmax .answered", state="attached")
    assert (shown_view(drawn), answered(drawn)) == (["network"], "7")
    drawn.wait_for_selector("[data-level=university][aria-pressed=true]")


def test_an_unknown_view_shows_the_first(inside):
    open_address(inside, "#inside?view=nothing")
    inside.wait_for_function("() => document.querySelector('#inside .view-network').offsetParent")
    assert shown_view(inside) == ["network"]


@pytest.fixture(scope="module")
def small_screen(open_drawn):
    """A phone with a four on the pad."""
    return open_drawn(DIGITS[4], PHONE)


@pytest.mark.parametrize("view", VIEWS)
def test_on_a_phone_no_view_is_wider_than_the_screen(small_screen, view):
    open_address(small_screen, f"#inside?view={view}")
    small_screen.wait_for_function("(view) => document.querySelector(`#inside .view-${view}`).offsetParent", arg=view)
    small_screen.wait_for_timeout(400)
    assert small_screen.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_view_is_below_the_pad(small_screen):
    page = small_screen
    open_address(page, "#inside?view=network")
    page.wait_for_selector("#layers-softmax .answered", state="attached")
    pad, view = (page.locator(selector).bounding_box() for selector in ("#sketchpad", "#inside .view-network"))
    assert pad["y"] + pad["height"] <= view["y"]
    assert pad["width"] < 200


def test_on_a_phone_that_lies_everything_has_room(small_screen):
    page = small_screen
    with resized(page, 844, 390):
        open_address(page, "#inside?view=break")
        page.wait_for_selector("#break-layers .layer")
        page.wait_for_selector("#lesson:visible")
        assert page.locator("#lesson").bounding_box()["width"] > 400
        assert page.evaluate("document.querySelector('#break-digits .track').clientWidth") > 40
        open_address(page, "#inside?view=belief")
        page.wait_for_selector("#belief-film button")
        assert page.locator("#belief-film button").first.bounding_box()["width"] >= 44


def test_on_a_phone_the_titles_of_terms_are_as_high_as_a_finger(small_screen):
    open_address(small_screen, "#inside?view=glossary")
    small_screen.wait_for_function(
        "() => document.querySelector('#learn-entries h3 a')?.getBoundingClientRect().height >= 44"
    )


def test_charts_stay_legible_when_the_window_becomes_narrow(inside):
    open_address(inside, "#inside?view=belief")
    text = inside.locator("#belief-curves text").first
    high = text.bounding_box()["height"]
    with resized(inside, 500, 900):
        inside.wait_for_timeout(200)
        assert text.bounding_box()["height"] > 0.9 * high


def test_the_names_of_curves_can_be_read(inside):
    open_address(inside, "#inside?view=move")
    inside.wait_for_selector("#move-cards svg .name")
    colors = inside.evaluate(
        """() => {
            const context = new OffscreenCanvas(1, 1).getContext("2d");
            const read = (color) => {
                context.fillStyle = color;
                context.fillRect(0, 0, 1, 1);
                return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
            };
            const names = [...document.querySelectorAll("#move-cards svg .name")];
            return names.map((name) => read(getComputedStyle(name).fill));
        }"""
    )
    assert min(contrast(color, (255, 255, 255)) for color in colors) > 4.5


def contrast(one, other):
    """By the rule of WCAG 2, of two colours as red, green, blue from 0 to 255."""

    def luminance(color):
        shares = [value / 255 for value in color]
        linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
