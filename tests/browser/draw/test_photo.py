"""The picture itself beside the pad: what was found on it, the frame, its steps, and the ways by which one comes."""

import base64
import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from support.drawing import (
    DASH,
    PHONE,
    SEVEN,
    count,
    draw_with_mouse,
    is_same_drawing,
    look_at_network_input,
    look_at_pad,
    wait_for_answer,
    wait_for_answer_to_more,
    wait_for_notice,
    wait_until_empty,
)
from support.numbers import write_on_paper
from support.pictures import encode_png, give_picture, photograph

pillow_heif.register_heif_opener()

PANEL, FRAME, STAGE = "#photo", "#photo-frame", "#photo-stage"
BLANK = encode_png(np.full((60, 80), 255, np.uint8))
LEFT, RIGHT = 3, 8


def two_digits(sample):
    """A wide picture of a three and an eight, ten times as large as MNIST has them."""
    images, labels = sample
    digits = [np.kron(images[labels == label][0], np.ones((10, 10), np.uint8)) for label in (LEFT, RIGHT)]
    return np.pad(245 - np.minimum(np.hstack(digits), 225), 60, constant_values=245)


def encode(pixels, file_format, **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).convert("RGB").save(stream, file_format, **options)
    return stream.getvalue()


def wait_for_digit(page, digit):
    """Waits until the pad's picture is read as this digit, finally."""
    page.wait_for_function(
        """(digit) => document.querySelector("#verdict").dataset.state === "sure"
            && document.querySelector("#verdict .digit").textContent === String(digit)""",
        arg=digit,
    )


def frame_of(page):
    """The frame's left, top, width and height on the picture, in percent, and its angle."""
    style = page.evaluate(
        "() => { const { left, top, width, height, rotate, transform } = document.querySelector('#photo-frame').style;"
        " return [left, top, width, height, transform.replace(/[^-0-9.]/g, '')]; }"
    )
    return [float(value.rstrip("%")) for value in style]


def set_frame_to_left_half(page):
    """Pulls two corners of the frame, so that it holds the left digit."""
    stage = page.locator(STAGE).bounding_box()
    for handle, x, y in (("-1,-1", 0.02, 0.03), ("1,1", 0.49, 0.97)):
        page.locator(f'[data-handle="{handle}"]').hover()
        page.mouse.down()
        page.mouse.move(stage["x"] + x * stage["width"], stage["y"] + y * stage["height"], steps=4)
        page.mouse.up()


@pytest.fixture
def pair(page, sample):
    """A page with the picture of two digits, and the frame around the left one."""
    give_picture(page, "open", encode_png(two_digits(sample)))
    page.wait_for_selector(PANEL)
    set_frame_to_left_half(page)
    wait_for_digit(page, LEFT)
    return page


def test_a_picture_is_shown_with_a_frame_around_its_digit(page, sample):
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    assert page.evaluate("document.querySelector('#photo-picture').naturalWidth") == 450
    left, top, width, height, angle = frame_of(page)
    # The digit lies in the 280 x 280 pixels from (150, 30) on, of 450 x 510.
    assert left >= 100 * 150 / 450 - 5
    assert left + width <= 100 * 430 / 450 + 5
    assert top >= 100 * 30 / 510 - 5
    assert top + height <= 100 * 310 / 510 + 5
    assert (width > 30, height > 30, angle) == (True, True, 0)


def test_each_step_to_the_image_has_its_name_and_can_be_looked_at(page, sample):
    give_picture(page, "open", photograph(sample, 8))
    wait_for_digit(page, 8)
    names = page.locator("#photo-steps button").all_inner_texts()
    assert (names[0], names[-1]) == ("Grey", "28 × 28")
    seen = set()
    for button in page.locator("#photo-steps button").all():
        button.click()
        assert page.inner_text("#photo-words b") == button.inner_text()
        assert len(page.inner_text("#photo-words span")) > 20
        seen.add(page.get_attribute("#photo-step", "src"))
    assert len(seen) == len(names) >= 3


def test_a_step_is_explained_more_exactly_at_the_university(page, sample):
    give_picture(page, "open", photograph(sample, 8))
    wait_for_digit(page, 8)
    before = page.inner_text("#photo-words span")
    page.click('[data-level="university"]')
    page.wait_for_function("(before) => document.querySelector('#photo-words span').innerText !== before", arg=before)
    assert "aspect ratio" in page.inner_text("#photo-words span")


def test_the_answer_follows_a_frame_that_is_moved_by_keys(pair):
    pair.focus(FRAME)
    for _ in range(8):
        pair.keyboard.press("Shift+ArrowRight")
    wait_for_digit(pair, RIGHT)
    for _ in range(8):
        pair.keyboard.press("Shift+ArrowLeft")
    wait_for_digit(pair, LEFT)


def test_the_answer_follows_a_frame_that_is_dragged(pair):
    box, stage = (pair.locator(selector).bounding_box() for selector in (FRAME, STAGE))
    pair.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    pair.mouse.down()
    pair.mouse.move(stage["x"] + 0.74 * stage["width"], box["y"] + box["height"] / 2, steps=6)
    assert pair.get_attribute("#verdict", "data-state") != "sure"  # nothing is final as long as it is held
    pair.mouse.up()
    wait_for_digit(pair, RIGHT)


def test_a_click_beside_the_frame_moves_it_there(pair):
    stage = pair.locator(STAGE).bounding_box()
    pair.mouse.click(stage["x"] + 0.74 * stage["width"], stage["y"] + stage["height"] / 2)
    wait_for_digit(pair, RIGHT)


def test_a_turned_frame_turns_the_digit(pair):
    before = look_at_network_input(pair)
    pair.focus(FRAME)
    for _ in range(18):
        pair.keyboard.press(".")
    assert frame_of(pair)[4] == 90
    for _ in range(100):  # the answer to the last turn comes after those to the turns before
        upright = np.rot90(np.reshape(look_at_network_input(pair), (28, 28)), -1)
        if np.corrcoef(upright.ravel(), before)[0, 1] > 0.8:
            return
        pair.wait_for_timeout(100)
    pytest.fail("The digit was not turned with its frame.")


def test_a_frame_that_is_moved_is_one_step_for_undo_with_its_picture(drawn, sample):
    before = look_at_pad(drawn)
    give_picture(drawn, "open", encode_png(two_digits(sample)))
    drawn.wait_for_selector(PANEL)
    set_frame_to_left_half(drawn)
    wait_for_digit(drawn, LEFT)
    drawn.click("#undo")
    assert wait_for_answer(drawn, count(SEVEN)).digit == 7
    assert is_same_drawing(before, look_at_pad(drawn))
    assert drawn.is_hidden(PANEL)
    drawn.click("#redo")
    wait_for_digit(drawn, LEFT)
    assert drawn.is_visible(PANEL)


def test_the_digit_can_be_found_again_without_a_frame(page, sample):
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    found = frame_of(page)
    assert page.is_disabled("#photo-find")
    page.focus(FRAME)
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector("#photo-find:enabled")
    page.click("#photo-find")
    page.wait_for_selector("#photo-find:disabled")
    assert frame_of(page) == found


def test_where_the_frame_holds_nothing_the_pad_shows_nothing_until_it_is_moved_back(pair):
    stage = pair.locator(STAGE).bounding_box()
    pair.focus(FRAME)
    for _ in range(40):
        pair.keyboard.press("-")
    pair.mouse.click(stage["x"] + 14, stage["y"] + 14)
    wait_for_notice(pair, "No digit stands out")
    wait_until_empty(pair)
    assert pair.locator("#photo-steps button").count() == 0
    pair.click("#photo-find")
    wait_for_answer(pair, 0)
    assert pair.is_hidden("#notice")


def test_strokes_can_be_drawn_on_a_picture_that_stays_in_sight(page, sample):
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    before = look_at_network_input(page)
    wait_for_answer(page, draw_with_mouse(page, DASH))
    assert look_at_network_input(page) != before
    assert page.is_visible(PANEL)


def test_a_closed_picture_leaves_the_drawing_and_can_be_opened_again(page, sample):
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    before = look_at_pad(page)
    page.click("#photo-close")
    assert page.is_hidden(PANEL)
    assert is_same_drawing(before, look_at_pad(page))
    page.click("#photo-open")
    assert page.is_visible(PANEL)


def test_clear_takes_the_picture_away(page, sample):
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    page.click("#clear")
    wait_until_empty(page)
    assert page.is_hidden(PANEL)
    assert page.is_hidden("#photo-open")


def test_of_a_file_that_is_no_picture_none_is_shown_not_even_the_one_before(page, sample):
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    give_picture(page, "open", b"%PDF-1.7", "digit.pdf")
    wait_for_notice(page, "not a picture but a file of the kind PDF. Take a screenshot")
    wait_until_empty(page)
    assert page.is_hidden(PANEL)


def test_a_picture_on_which_nothing_was_found_is_shown_with_a_frame_to_be_moved(page):
    give_picture(page, "open", BLANK)
    wait_for_notice(page, "No digit stands out")
    wait_until_empty(page)
    assert page.is_visible(FRAME)
    assert "Nothing was found" in page.inner_text("#photo-hint")
    page.click("#clear")
    assert page.is_hidden(PANEL)


def test_after_a_reload_there_is_the_drawing_without_its_picture(open_page, sample):
    page = open_page()
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    page.reload()
    page.wait_for_selector("#samples .sample:nth-child(20)")
    wait_for_digit(page, 3)
    assert page.is_hidden(PANEL)


# What is sent


def send_and_catch(page, how, content, name):
    """Gives a picture, and returns what the page sends: the query and the bytes."""
    caught = []
    page.route("**/picture**", lambda route: (caught.append(route.request), route.continue_()))
    give_picture(page, how, content, name)
    wait_for_digit(page, 3)
    page.unroute_all(behavior="wait")
    return [(request.url.partition("?")[2], request.post_data_buffer) for request in caught]


def large_three(sample, alpha=None):
    images, labels = sample
    pixels = 255 - np.kron(images[labels == 3][0], np.ones((80, 80), np.uint8))
    return pixels if alpha is None else np.dstack([np.zeros_like(pixels)] * 3 + [255 - pixels])


def test_a_large_picture_is_made_small_before_it_travels(page, sample):
    content = encode(large_three(sample), "JPEG", quality=100)
    ((query, sent),) = send_and_catch(page, "open", content, "digit.jpg")
    opened = Image.open(io.BytesIO(sent))
    assert (query, opened.format, max(opened.size)) == ("", "JPEG", 1024)
    assert len(sent) < 0.5 * len(content)


def test_what_can_be_seen_through_stays_so(page, sample):
    ((_, sent),) = send_and_catch(page, "open", encode_png(large_three(sample, alpha=True)), "digit.png")
    opened = Image.open(io.BytesIO(sent))
    assert (opened.format, opened.mode, max(opened.size)) == ("PNG", "RGBA", 1024)


def test_a_small_picture_travels_as_it_is(page, sample):
    content = photograph(sample, 3)
    assert send_and_catch(page, "open", content, "digit.png") == [("", content)]


def test_a_turned_photo_is_upright(page, sample):
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encode(np.rot90(large_three(sample)), "JPEG", exif=exif)
    send_and_catch(page, "open", content, "digit.jpg")


def test_what_the_browser_cannot_decode_goes_as_it_is_and_is_shown_from_the_servers_preview(page, sample):
    content = encode(large_three(sample), "HEIF")
    ((query, sent),) = send_and_catch(page, "open", content, "IMG_1.HEIC")
    assert (query, sent) == ("preview=1", content)
    assert page.evaluate("document.querySelector('#photo-picture').naturalWidth") > 200
    caught = []
    page.route("**/picture**", lambda route: (caught.append(route.request.post_data_buffer), route.continue_()))
    page.focus(FRAME)
    page.keyboard.press("+")
    page.wait_for_selector("#photo-find:enabled")
    assert Image.open(io.BytesIO(caught[0])).format == "JPEG"


def test_of_an_animation_the_frame_with_most_ink_is_read_and_shown(page, sample):
    blank, three = (Image.fromarray(pixels) for pixels in (np.full((280, 280), 255, np.uint8), large_three(sample)))
    stream = io.BytesIO()
    blank.save(stream, "GIF", save_all=True, append_images=[three.resize((280, 280)), blank.point(lambda level: 250)])
    ((query, _),) = send_and_catch(page, "open", stream.getvalue(), "digit.gif")
    assert query == "preview=1"


# How a picture comes


def test_a_link_that_is_dropped_says_what_to_do_instead(drawn):
    drawn.evaluate(
        """() => {
            const parcel = new DataTransfer();
            parcel.setData("text/uri-list", "https://example.org/seven.png");
            const options = { dataTransfer: parcel, bubbles: true, cancelable: true };
            document.querySelector("#sketchpad canvas").dispatchEvent(new DragEvent("drop", options));
        }"""
    )
    wait_for_notice(drawn, "Save the picture first, or copy it and paste it here.")
    assert wait_for_answer(drawn, count(SEVEN)).digit == 7


def test_the_pad_is_lit_while_a_file_hovers_over_the_page(page):
    page.evaluate(
        """() => {
            const parcel = new DataTransfer();
            parcel.items.add(new File(["x"], "digit.png", { type: "image/png" }));
            const options = { dataTransfer: parcel, bubbles: true, cancelable: true };
            document.querySelector("footer, body").dispatchEvent(new DragEvent("dragover", options));
        }"""
    )
    assert page.is_visible(".drop")
    page.wait_for_selector(".drop", state="hidden")


CAMERA = """([picture]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const image = Object.assign(new Image(), { src: `data:image/png;base64,${picture}` });
    const context = canvas.getContext("2d");
    const draw = () => {
        context.fillStyle = "#f5f5f5";
        context.fillRect(0, 0, 640, 480);
        context.drawImage(image, 100, 0, 420, 480);
    };
    image.onload = () => setInterval(draw, 30);
    navigator.mediaDevices.getUserMedia = async () => window.stream = canvas.captureStream();
}"""


def test_a_photo_is_taken_with_the_live_camera_which_is_off_afterwards(open_page, sample):
    page = open_page()
    page.evaluate(CAMERA, [base64.b64encode(photograph(sample, 3)).decode()])
    page.click("#camera")
    page.wait_for_selector("#camera-shoot:enabled")
    page.wait_for_function("() => document.querySelector('#camera-video').currentTime > 0.1")
    page.click("#camera-shoot")
    wait_for_digit(page, 3)
    assert page.is_hidden("#camera-dialog")
    assert page.evaluate("window.stream.getTracks().map((track) => track.readyState)") == ["ended"]


def test_where_no_camera_may_be_used_a_picture_can_be_chosen_instead(open_page):
    page = open_page()
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = async () => { throw new Error('denied'); }; }")
    page.click("#camera")
    page.locator("#camera-note", has_text="There is no camera").wait_for()
    assert page.is_disabled("#camera-shoot")
    with page.expect_file_chooser():
        page.click("#camera-instead")
    assert page.is_hidden("#camera-dialog")


def test_where_the_browser_gives_no_page_the_camera_a_phone_is_asked_for_a_photo(open_page, sample):
    page = open_page()
    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    with page.expect_file_chooser() as chooser:
        page.click("#camera")
    assert page.get_attribute("#camera-file", "capture") == "environment"
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": photograph(sample, 3)})
    wait_for_digit(page, 3)


# On every screen


def test_on_a_phone_the_frame_can_be_dragged_by_a_finger_and_the_answer_stands_beside_it(phone, sample):
    give_picture(phone, "open", encode_png(two_digits(sample)))
    phone.wait_for_selector(PANEL)
    phone.focus(FRAME)
    phone.locator(STAGE).scroll_into_view_if_needed()
    stage = phone.locator(STAGE).bounding_box()
    session = phone.context.new_cdp_session(phone)

    def touch(kind, *points):
        places = [{"x": stage["x"] + x * stage["width"], "y": stage["y"] + y * stage["height"]} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    left, top, width, height, _ = frame_of(phone)
    touch("touchStart", ((left + width) / 100, (top + height) / 100))
    touch("touchMove", (0.6, 0.9))
    touch("touchMove", (0.49, 0.97))
    touch("touchEnd")
    wait_for_digit(phone, LEFT)
    assert phone.inner_text(".photo-answer") == str(LEFT)


@pytest.mark.parametrize("screen", [PHONE, {"viewport": {"width": 664, "height": 390}}], ids=["upright", "on its side"])
def test_nothing_of_the_picture_reaches_over_the_side_of_the_screen(borrow_page, screen, sample):
    page = borrow_page(screen)
    give_picture(page, "open", encode_png(two_digits(sample)))
    wait_for_answer(page, 0)
    width = screen["viewport"]["width"]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    for selector in (STAGE, "#photo-steps", "#photo-step", "#photo-close", "#photo-open"):
        box = page.locator(selector).bounding_box()
        assert box["x"] >= 0, selector
        assert box["x"] + box["width"] <= width, selector


def test_pad_and_answer_do_not_move_when_a_picture_comes(page, sample):
    where = """() => ["#sketchpad", "#bars", ".tools"].map((name) => (
        document.querySelector(name).getBoundingClientRect().top + scrollY))"""
    before = page.evaluate(where)
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    assert page.evaluate(where) == before


def test_in_the_presentation_there_is_no_picture_but_its_digit(page, sample):
    give_picture(page, "open", photograph(sample, 3))
    wait_for_digit(page, 3)
    page.keyboard.press("p")
    page.wait_for_selector('body[data-mode="present"]')
    assert page.is_hidden(PANEL)
    page.keyboard.press("Escape")
    wait_for_answer_to_more(page, -1)


def test_a_number_on_a_picture_is_read_and_each_of_its_digits_can_be_looked_into(page):
    give_picture(page, "open", encode_png(write_on_paper("2046")[0]))
    page.wait_for_selector('#verdict[data-kind="several"][data-state="sure"]')
    assert page.locator("#verdict .words button").all_inner_texts() == ["2", "0", "4", "6"]
    assert page.locator("#photo-digits > div").count() == 4
    assert page.locator("#number .frame").count() == 0  # the pad holds one of them
    page.click("#verdict .words button:nth-of-type(3)")
    page.wait_for_function("() => Number(document.querySelector('#bars [data-digit=\"4\"]').dataset.probability) > 0.9")
    assert page.locator("#verdict .words button:focus").inner_text() == "4"
    assert page.locator("#photo-digits > div").nth(2).get_attribute("class") == "chosen"
    page.click("#undo")
    wait_until_empty(page)
    assert page.locator("#verdict .words button").count() == 0
