"""The map of the data tab: points and what they are, a part of it as a filter, the drawing on the pad among them."""

import re
from collections import Counter

import numpy as np
import pytest
from support.drawing import (
    HOUSE,
    SEVEN,
    draw_with_mouse,
    find_indices,
    look_at_canvas,
    look_at_tiles,
    new_samples,
    open_view,
    poll,
    read_total,
    wait_for_answer,
    wait_for_sample,
    wait_until_empty,
)

MAP = "#map-canvas"


def open_map(page, query=""):
    """Opens a map and waits until it is drawn."""
    open_view(page, f"#data?show=map{query}")
    page.wait_for_function(f"() => document.querySelector('#map-size').textContent && ({IS_DRAWN})()")


IS_DRAWN = """() => {
    const canvas = document.querySelector("#map-canvas");
    return canvas.width && new Uint32Array(canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height).data.buffer).some((color) => color);
}"""


def look_at_map(page):
    """The colours of the map as one array, uint8 (height, width, 4)."""
    width, height, pixels = page.evaluate(
        """async () => {
            for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
            const canvas = document.querySelector("#map-canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return [canvas.width, canvas.height, Array.from(data, (byte) => String.fromCharCode(byte)).join("")];
        }"""
    )
    return np.frombuffer(pixels.encode("latin-1"), np.uint8).reshape(height, width, 4)


def to_screen(page, x, y):
    """A place on the map, in shares of its sides, on the screen."""
    box = page.locator(MAP).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def find_point(page, around=20):
    """The place of a point that has no other around it, in shares of the map's sides; `around` in pixels."""
    inked = look_at_map(page)[..., 3] > 0
    height, width = inked.shape
    for y, x in np.argwhere(inked):
        neighbourhood = inked[max(0, y - around) : y + around + 1, max(0, x - around) : x + around + 1]
        if around < x < width - around and neighbourhood.sum() <= 12:
            return (x + 1) / width, (y + 1) / height
    raise LookupError("No point stands alone.")


def drag(page, start, end):
    page.mouse.move(*to_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*to_screen(page, *(np.add(start, end) / 2)))
    page.mouse.move(*to_screen(page, *end))
    with new_samples(page):
        page.mouse.up()


def test_every_digit_is_on_the_map_in_its_colour_and_by_name(data_page):
    open_map(data_page)
    picture = look_at_map(data_page)
    colors = data_page.evaluate(
        """() => [...Array(10).keys()].map((digit) => {
            const color = getComputedStyle(document.querySelector(".sketch.data")).getPropertyValue(`--digit-${digit}`);
            const context = new OffscreenCanvas(1, 1).getContext("2d");
            context.fillStyle = color;
            context.fillRect(0, 0, 1, 1);
            return [...context.getImageData(0, 0, 1, 1).data];
        })"""
    )
    # Names are painted in full, points are a little transparent.
    assert all((picture == color).all(axis=-1).sum() > 20 for color in colors)
    assert (picture[..., 3] > 0).sum() > 10_000
    assert "5,000 images" in data_page.inner_text("#map-size")


def test_it_says_what_a_map_cannot_show(data_page):
    open_map(data_page)
    assert "Distance on the screen is not distance in the network" in data_page.inner_text("#map")
    assert data_page.locator(f"{MAP}[role=img][aria-label]").count() == 1


def test_the_point_under_the_pointer_is_shown(data_page, sample):
    open_map(data_page)
    data_page.mouse.move(*to_screen(data_page, *find_point(data_page)))
    data_page.wait_for_selector("#map-tip")
    label, index = re.fullmatch(r"(\d), read as \d \(index (\d+)\)", data_page.inner_text("#map-tip span")).groups()
    assert int(label) == sample[1][int(index)]
    assert look_at_canvas(data_page, "#map-tip canvas") == sample[0][int(index)].reshape(-1).tolist()
    data_page.mouse.move(2, 2)
    data_page.wait_for_selector("#map-tip", state="hidden")


def test_a_click_opens_the_point(data_page):
    open_map(data_page)
    place = find_point(data_page)
    data_page.mouse.move(*to_screen(data_page, *place))
    data_page.wait_for_selector("#map-tip")
    index = re.search(r"index (\d+)", data_page.inner_text("#map-tip")).group(1)
    data_page.mouse.click(*to_screen(data_page, *place))
    wait_for_sample(data_page, index)
    assert "box" not in data_page.url


@pytest.mark.parametrize("kind", ["pca", "layout"])
def test_a_part_of_the_map_is_a_filter_and_a_link(data_page, kind):
    open_map(data_page, "" if kind == "pca" else "&map=layout")
    start, end = (0.5, 0.02), (0.98, 0.45)
    drag(data_page, end, start)  # from any corner
    total = read_total(data_page)
    assert 100 < total < 4000
    chosen = find_indices(data_page)
    assert len(re.search(r"box=([^&]*)", data_page.url).group(1).split(",")) == 4
    link = data_page.evaluate("location.hash")
    open_view(data_page)
    open_view(data_page, link)
    assert (read_total(data_page), find_indices(data_page)) == (total, chosen)


def test_a_sample_leads_to_its_part_of_the_map_by_keys_alone(data_page):
    open_view(data_page, "#data?open=10")
    wait_for_sample(data_page, 10)
    data_page.focus("#sample-around")
    data_page.keyboard.press("Enter")
    data_page.wait_for_selector("#map-canvas", state="visible")
    data_page.wait_for_function("() => location.hash.includes('box=')")
    assert data_page.is_hidden("#sample")
    poll(data_page, lambda: 10 in find_indices(data_page), "the album lists the sample")
    assert read_total(data_page) < 1000


def test_the_part_holds_what_lies_in_it_and_is_left_again(data_page):
    open_map(data_page)
    x, y = find_point(data_page)
    data_page.mouse.move(*to_screen(data_page, x, y))
    data_page.wait_for_selector("#map-tip")
    index = int(re.search(r"index (\d+)", data_page.inner_text("#map-tip")).group(1))
    drag(data_page, (x - 0.008, y - 0.012), (x + 0.008, y + 0.012))
    assert find_indices(data_page) == [index]
    with new_samples(data_page):
        data_page.click("#box")
    assert read_total(data_page) == 5000
    assert "box" not in data_page.url
    assert data_page.is_hidden("#box")


def test_the_part_is_drawn_and_goes_with_other_filters(data_page):
    open_map(data_page)
    before = look_at_map(data_page)
    drag(data_page, (0.1, 0.1), (0.7, 0.9))
    assert (look_at_map(data_page) != before).any()
    label = data_page.locator("#filter-label button:enabled").first
    with new_samples(data_page):
        label.click()
    assert len({tile.label for tile in look_at_tiles(data_page)}) == 1


def test_a_part_without_points_says_so(data_page):
    open_map(data_page)
    drag(data_page, (0.005, 0.005), (0.04, 0.04))
    assert data_page.inner_text("#total") == "No images match. Remove a filter."


def test_a_map_that_keeps_neighbours_together_can_be_chosen(data_page):
    open_map(data_page)
    before = look_at_map(data_page)
    with new_samples(data_page):
        data_page.select_option("#map-kind", "layout")
    poll(data_page, lambda: (look_at_map(data_page) != before).mean() > 0.01, "the other map is drawn")
    assert "map=layout" in data_page.url


def test_mistakes_can_stand_out(data_page):
    open_map(data_page)
    before = look_at_map(data_page)
    data_page.select_option("#map-color", "mistake")
    after = look_at_map(data_page)
    data_page.select_option("#map-color", "label")
    assert (after != before).any(axis=-1).sum() > 5000
    assert (look_at_map(data_page) == before).all()


def test_the_map_follows_the_theme(data_page):
    open_map(data_page)
    before = look_at_map(data_page)
    data_page.click("#theme")
    dark = look_at_map(data_page)
    data_page.click("#theme")
    assert (dark != before).any(axis=-1).sum() > 5000


def test_no_drawing_no_mark(data_page):
    open_map(data_page)
    assert data_page.inner_text("#map-drawing") == "Draw on the pad, and your drawing appears here."


def draw(page, strokes):
    page.click("nav [data-tab=draw]")
    page.wait_for_selector("#sketchpad canvas", state="visible")
    wait_for_answer(page, draw_with_mouse(page, strokes))


@pytest.fixture
def pad_page(data_page):
    """The shared page; the pad is cleared afterwards."""
    yield data_page
    data_page.evaluate("() => { location.hash = '#draw'; }")
    data_page.click("#clear")
    wait_until_empty(data_page)


@pytest.mark.parametrize("kind", ["pca", "layout"])
def test_the_drawing_on_the_pad_is_marked_where_its_digit_lies(pad_page, kind):
    query = "" if kind == "pca" else "&map=layout"
    open_map(pad_page, query)
    before = look_at_map(pad_page)
    draw(pad_page, SEVEN)
    open_map(pad_page, query)
    pad_page.locator("#map-drawing", has_text="The ring is your drawing, read as 7.").wait_for(timeout=5000)
    rows, columns = np.nonzero((look_at_map(pad_page) != before).any(axis=-1))
    assert max(np.ptp(rows), np.ptp(columns)) < 40  # a ring, and nothing else
    x, y = columns.mean() / before.shape[1], rows.mean() / before.shape[0]
    drag(pad_page, (x - 0.03, y - 0.05), (x + 0.03, y + 0.05))
    labels = [tile.label for tile in look_at_tiles(pad_page)]
    assert labels.count(7) > 0.5 * len(labels), Counter(labels)


def test_the_mark_goes_when_the_pad_is_cleared(data_page):
    open_map(data_page)
    before = look_at_map(data_page)
    draw(data_page, SEVEN)
    data_page.click("#clear")
    wait_until_empty(data_page)
    open_map(data_page)
    assert data_page.inner_text("#map-drawing").startswith("Draw on the pad")
    assert (look_at_map(data_page) == before).all()


def test_what_is_no_digit_is_said_to_be_none(pad_page):
    draw(pad_page, HOUSE)
    open_map(pad_page)
    pad_page.locator("#map-drawing", has_text="not recognised as a digit").wait_for()


def test_own_drawings_have_no_map_and_it_says_so(pad_page):
    draw(pad_page, SEVEN)
    open_map(pad_page)
    with new_samples(pad_page):
        pad_page.select_option("#split", "own")
    pad_page.locator("#data-notice", has_text="no map of their own").wait_for(timeout=3000)
    # Nothing of another set may stand here.
    assert not (look_at_map(pad_page)[..., 3] > 0).any()


def test_the_message_that_there_is_no_map_goes_with_its_cause(data_page):
    open_map(data_page)
    with new_samples(data_page):
        data_page.select_option("#split", "own")
    data_page.wait_for_selector("#data-notice")
    with new_samples(data_page):
        data_page.select_option("#split", "built_in")
    data_page.wait_for_selector("#data-notice", state="hidden", timeout=3000)


def test_an_unknown_map_says_so(data_page):
    open_map(data_page)
    open_view(data_page, "#data?show=map&map=globe")
    data_page.locator("#data-notice", has_text="one of pca, layout").wait_for()
    open_map(data_page)
    assert data_page.is_hidden("#data-notice")


def test_a_finger_opens_a_point(phone, data_page):
    open_map(phone)
    phone.locator(MAP).scroll_into_view_if_needed()
    phone.touchscreen.tap(*to_screen(phone, *find_point(phone, around=1)))
    phone.wait_for_selector("#sample[open]")


def test_a_finger_chooses_a_part_when_it_is_told_to(phone, data_page):
    open_map(phone)
    phone.evaluate("() => { document.querySelector('#filters').open = true; }")
    phone.locator("#map-choose").tap()
    phone.locator(MAP).scroll_into_view_if_needed()
    session = phone.context.new_cdp_session(phone)
    with new_samples(phone):
        for kind, place in (("touchStart", (0.1, 0.2)), ("touchMove", (0.3, 0.5)), ("touchMove", (0.6, 0.9))):
            x, y = to_screen(phone, *place)
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert 0 < read_total(phone) < 5000
    assert "box=" in phone.url


def test_a_mouse_needs_no_button_to_choose_a_part(data_page):
    open_map(data_page)
    assert data_page.is_hidden("#map-choose")
