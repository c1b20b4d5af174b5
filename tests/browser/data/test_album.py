"""The album of the data tab: what is seen of a set of digits, filters, order, pages and links, and one sample large."""

import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from support.browser_server import Server
from support.drawing import (
    DESKTOP,
    PHONE,
    find_indices,
    listen,
    look_at_canvas,
    look_at_network_input,
    look_at_tiles,
    new_samples,
    open_address,
    open_view,
    photograph_tile,
    poll,
    read_count,
    read_total,
    wait_for_computations,
    wait_for_relatives,
    wait_for_sample,
    wait_until_empty,
)
from support.models import copy_model, update_checksum

from mnist_core.data.training_data import find_training
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR

TABLET = {**PHONE, "viewport": {"width": 820, "height": 1180}, "device_scale_factor": 2}
SCREENS = {"desktop": DESKTOP, "phone": PHONE, "tablet": TABLET}
TILES = "#grid .sample"


def choose(page, *selectors):
    """Clicks one after another, each time until its samples are there."""
    for selector in selectors:
        with new_samples(page):
            page.click(selector)


def digit_button(name, digit):
    return f"#filter-{name} button:nth-child({digit + 1})"


# What is seen first


def test_first_are_twenty_samples_in_two_rows_of_ten_without_scrolling(data_page, sample):
    open_view(data_page)
    boxes = [tile.bounding_box() for tile in data_page.locator(TILES).all()]
    assert len({round(box["x"]) for box in boxes}) == 10
    assert len({round(box["y"]) for box in boxes}) == 2
    assert max(box["y"] + box["height"] for box in boxes) < DESKTOP["viewport"]["height"]


def test_the_built_in_images_greet_with_digits_of_all_kinds(data_page, sample):
    """They lie sorted by label: the first twenty are zeros."""
    open_view(data_page)
    tiles = look_at_tiles(data_page)
    assert len({tile.label for tile in tiles}) >= 7
    assert all(tile.label == sample[1][tile.index] for tile in tiles)
    assert data_page.inner_text("#total") == "20 of 5,000"


def test_tiles_show_their_samples(data_page, sample):
    open_view(data_page, "#data?page=7")
    for number in (0, 19, 20, 99):
        seen = photograph_tile(data_page, f"{TILES}:nth-child({number + 1}) .tile")
        differences = [np.abs(np.subtract(seen, image.reshape(-1))).mean() for image in sample[0][700:800]]
        assert np.argmin(differences) == number


def test_browse_all_leads_to_pages_of_a_hundred(data_page):
    open_view(data_page)
    assert data_page.inner_text("#more") == "Browse all 5,000"
    choose(data_page, "#more")
    assert find_indices(data_page) == [*range(100)]
    assert data_page.inner_text("#total") == "1 to 100 of 5,000"
    assert data_page.is_hidden("#more")


def test_no_model_has_seen_the_built_in_images(data_page):
    open_view(data_page, "#data?shuffle=1")
    assert {tile.seen for tile in look_at_tiles(data_page)} == {"new"}
    assert data_page.locator(TILES).first.get_attribute("aria-label").endswith("new")
    assert data_page.is_disabled("[data-flag=seen]")


def test_the_set_says_how_large_it_is_and_the_tab_which_model_reads_it(data_page):
    open_view(data_page)
    assert "5,000" in data_page.locator("#split option:checked").inner_text()
    assert data_page.locator("#data-model option:checked").inner_text() == "sketchnet"


def test_ids_are_unique(data_page):
    ids = data_page.evaluate("() => [...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert sorted(set(ids)) == sorted(ids)


def test_a_page_of_a_hundred_is_one_picture_in_one_answer(data_page):
    open_view(data_page, "#data?page=3")
    asked, requests = listen(data_page), []
    data_page.on("request", lambda request: requests.append(request.url))
    choose(data_page, "#next")
    assert len(find_indices(data_page)) == 100
    assert asked == ["browse_samples"]
    assert [url for url in requests if not url.startswith("data:") and "component_server" not in url] == []


# Filters


def test_filters_combine(data_page, sample):
    open_view(data_page)
    choose(data_page, digit_button("label", 4), digit_button("label", 9), digit_button("predicted", 9))
    tiles = look_at_tiles(data_page)
    assert {tile.label for tile in tiles} == {4, 9}
    assert all(tile.label == sample[1][tile.index] for tile in tiles)
    assert all(tile.answer.startswith("→9") for tile in tiles if tile.label == 4)
    choose(data_page, "[data-flag=wrong]")
    assert {(tile.label, tile.answer[:2]) for tile in look_at_tiles(data_page)} == {(4, "→9")}


@pytest.mark.parametrize("address", ["#data?page=0", "#data?label=3,5,8&high=0.9"])
def test_every_choice_says_how_many_it_will_leave(data_page, address):
    open_view(data_page, address)
    for selector in ("[data-flag]", digit_button("label", 2), digit_button("predicted", 5)):
        for button in data_page.locator(f"#filters {selector}").all():
            if button.is_enabled():
                open_view(data_page, address)
                # Another digit is one more of those that are looked for.
                others = read_total(data_page) if "label" in selector and "label" in address else 0
                expected = read_count(button) + others
                with new_samples(data_page):
                    button.click()
                assert read_total(data_page) == expected
                assert button.get_attribute("aria-pressed") == "true"


def test_a_choice_is_taken_back_by_a_second_click(data_page):
    open_view(data_page, "#data?label=2")
    choose(data_page, "[data-flag=wrong]")
    assert read_total(data_page) < 500
    choose(data_page, "[data-flag=wrong]")
    assert read_total(data_page) == 500


def test_all_filters_are_taken_away_at_once(data_page):
    open_view(data_page, "#data?label=2&right=yes&low=0.5&sort=ink")
    choose(data_page, "#reset")
    assert read_total(data_page) == 5000
    assert data_page.is_disabled("#reset")
    assert data_page.input_value("#sort") == "ink"


def test_confidence_is_chosen_in_percent(data_page):
    open_view(data_page, "#data?page=0")
    with new_samples(data_page):
        data_page.fill("#high", "60")
        data_page.press("#high", "Tab")
    assert 0 < read_total(data_page) < 100
    assert "high=0.6" in data_page.url
    data_page.locator(TILES).first.click()
    data_page.wait_for_selector("#sample[open]")
    assert max(read_bars(data_page)) <= 0.6


def test_wrong_tiles_say_label_and_answer(data_page, sample):
    open_view(data_page, "#data?right=no")
    tiles = look_at_tiles(data_page)
    assert len(tiles) == read_total(data_page) > 0
    for tile in tiles:
        assert tile.label == sample[1][tile.index]
        assert re.fullmatch(r"→\d\??", tile.answer)
        assert tile.answer[1] != str(tile.label)


def test_right_tiles_say_only_their_label(data_page):
    open_view(data_page, "#data?right=yes&refused=no")
    assert {tile.answer for tile in look_at_tiles(data_page)} == {""}


def test_what_would_leave_nothing_cannot_be_chosen(data_page):
    open_view(data_page, "#data?label=4&predicted=9")
    for digit in range(10):
        button = data_page.locator(digit_button("predicted", digit))
        assert button.is_disabled() == (button.locator("small").text_content() == "0" and digit != 9)
    assert data_page.is_disabled("[data-flag=right]")


def test_a_link_to_nothing_says_so(data_page):
    open_view(data_page, "#data?seen=yes")
    assert data_page.inner_text("#total") == "No images match. Remove a filter."
    assert data_page.locator(TILES).count() == 0
    choose(data_page, "[data-flag=seen]")
    assert read_total(data_page) == 5000


# Order and pages


def read_bars(page):
    """The ten probabilities of the sample that is open."""
    return page.locator("#sample-bars [data-digit]").evaluate_all(
        "(rows) => rows.map((row) => Number(row.dataset.probability))"
    )


def read_confidences(page, address, numbers):
    """How sure the model is of some samples of a page, as their dialogs say."""
    open_view(page, address)
    confidences = []
    for index in [find_indices(page)[number] for number in numbers]:
        page.click(f'#grid [data-index="{index}"]')
        wait_for_sample(page, index)
        confidences.append(max(read_bars(page)))
        page.keyboard.press("Escape")
    return confidences


def test_the_least_sure_come_first(data_page):
    open_view(data_page)
    with new_samples(data_page):
        data_page.select_option("#sort", "confidence")
    address = "#" + data_page.url.split("#")[1]
    first = read_confidences(data_page, address, (0, 1, 40, 99))
    assert first == sorted(first)
    assert max(first) < 0.99
    assert read_confidences(data_page, f"{address}&order=descending", (0,))[0] > first[-1]


def test_the_worst_mistakes_come_first_by_loss(data_page):
    open_view(data_page)
    with new_samples(data_page):
        data_page.select_option("#sort", "loss")
    assert all(tile.answer for tile in look_at_tiles(data_page)[:10])


def test_shuffled_samples_come_back_by_their_link(data_page):
    open_view(data_page)
    choose(data_page, "#data-shuffle")
    shuffled, link = find_indices(data_page), data_page.evaluate("location.hash")
    assert sorted(shuffled) != [*range(100)]
    open_view(data_page)
    open_view(data_page, link)
    assert find_indices(data_page) == shuffled
    choose(data_page, "#data-shuffle")
    assert find_indices(data_page) != shuffled


def test_pages_are_turned(data_page):
    open_view(data_page, "#data?page=2")
    seen = []
    for button in ("#next", "#previous", "#last", "#first"):
        choose(data_page, button)
        seen.append(find_indices(data_page)[0])
    assert seen == [300, 200, 4900, 0]
    assert data_page.is_disabled("#first")
    assert data_page.is_enabled("#next")


def test_a_page_is_chosen_by_its_number(data_page):
    open_view(data_page, "#data?page=2")
    assert (data_page.input_value("#page-number"), data_page.inner_text("#pages")) == ("3", "of 50")
    with new_samples(data_page):
        data_page.fill("#page-number", "42")
        data_page.press("#page-number", "Enter")
    assert find_indices(data_page)[0] == 4100
    assert data_page.inner_text("#total") == "4,101 to 4,200 of 5,000"


def test_another_choice_begins_on_its_first_page(data_page):
    open_view(data_page, "#data?page=4")
    choose(data_page, digit_button("label", 6))
    assert data_page.inner_text("#total") == "1 to 100 of 500"


# Links


def test_the_address_is_a_link_to_what_is_seen(data_page):
    open_view(data_page)
    choose(data_page, digit_button("label", 7), "[data-flag=right]", "#descending", "#next")
    expected = find_indices(data_page)
    data_page.click(f"{TILES}:nth-child(3)")
    wait_for_sample(data_page, expected[2])
    position = data_page.inner_text("#sample-position")
    assert position.startswith("103 of ")
    other = data_page.context.new_page()
    other.goto(data_page.url)
    wait_for_sample(other, expected[2])
    assert other.inner_text("#sample-position") == position
    other.keyboard.press("Escape")
    assert find_indices(other) == expected
    assert other.locator(digit_button("label", 7)).get_attribute("aria-pressed") == "true"
    other.close()


def test_the_address_can_be_changed_by_hand_and_back_leads_back(data_page):
    open_view(data_page, "#data?label=3")
    with new_samples(data_page):
        data_page.evaluate("() => { location.hash = '#data?label=8'; }")
    assert {tile.label for tile in look_at_tiles(data_page)} == {8}
    with new_samples(data_page):
        data_page.go_back()
    assert {tile.label for tile in look_at_tiles(data_page)} == {3}
    with new_samples(data_page):
        data_page.go_forward()
    assert {tile.label for tile in look_at_tiles(data_page)} == {8}


@pytest.mark.parametrize("way", ["link", "clicks"])
def test_the_tab_opens_again_as_it_was_left(data_page, way):
    open_view(data_page, "#data?label=5&page=2" if way == "link" else "#data")
    if way == "clicks":
        choose(data_page, digit_button("label", 5), "#next", "#next")
    data_page.click("nav [data-tab=draw]")
    data_page.wait_for_selector("#sketchpad canvas", state="visible")
    assert data_page.is_hidden("#grid")
    with new_samples(data_page):
        data_page.click("nav [data-tab=data]")
    assert data_page.inner_text("#total") == "201 to 300 of 500"


def test_the_link_is_copied(data_page, server):
    open_view(data_page)
    choose(data_page, digit_button("label", 3), "#descending")
    data_page.click("#copy-link")
    data_page.wait_for_function("() => document.querySelector('#copy-link').textContent === 'Copied'")
    assert data_page.evaluate("() => navigator.clipboard.readText()") == data_page.url
    assert data_page.url == f"{server.url}/#data?label=3&order=descending"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("label=12", "0 to 9"),
        ("predicted=x", "0 to 9"),
        ("low=7", "from 0 to 1"),
        ("split=nope", "no set of digits named 'nope'. Available: built_in"),
        ("model=nope", "no model named 'nope'"),
        ("page=x", "whole number"),
        ("sort=nope", "one of index, confidence"),
        ("shuffle=-1", "whole number"),
        ("box=1,2", "left, top, right and bottom"),
        ("open=5000", "numbered 0 to 4999"),
    ],
)
def test_a_bad_link_says_what_is_wrong_and_the_tab_goes_on(data_page, query, message):
    open_address(data_page, f"#data?{query}")
    data_page.locator("#data-notice", has_text=message).wait_for()
    assert not data_page.locator(f"#grid:not(.stale) {TILES.split()[1]}:nth-child(21)").count()
    with new_samples(data_page):
        data_page.evaluate("() => { location.hash = '#data?label=1'; }")
    assert {tile.label for tile in look_at_tiles(data_page)} == {1}
    assert data_page.is_hidden("#data-notice")


def test_after_a_bad_link_the_page_itself_leads_on(data_page):
    open_address(data_page, "#data?label=12")
    data_page.locator("#data-notice", has_text="0 to 9").wait_for()
    choose(data_page, "#reset")
    assert read_total(data_page) == 5000
    assert data_page.is_hidden("#data-notice")


# One sample, large


def open_index(page, index):
    page.fill("#index", str(index))
    page.press("#index", "Enter")


def test_a_sample_is_found_by_its_index(data_page, sample):
    open_view(data_page)
    open_index(data_page, 4321)
    wait_for_sample(data_page, 4321)
    assert look_at_canvas(data_page, "#sample-image") == sample[0][4321].reshape(-1).tolist()
    assert "open=4321" in data_page.url


@pytest.mark.parametrize("index", ["5000", "99999999999999", "-1", "seven", "1.5"])
def test_an_index_that_is_none_says_so_and_the_album_stays(data_page, index):
    open_view(data_page)
    before = find_indices(data_page)
    open_index(data_page, index)
    data_page.locator("#data-notice", has_text="5,000 samples, numbered 0 to 4999").wait_for()
    assert find_indices(data_page) == before
    assert data_page.locator("#sample[open]").count() == 0
    open_index(data_page, 17)
    wait_for_sample(data_page, 17)
    assert data_page.is_hidden("#data-notice")


def test_a_click_opens_a_sample_with_all_that_is_known_of_it(data_page, sample):
    open_view(data_page, "#data?label=6")
    data_page.click(f"{TILES}:nth-child(4)")
    index = int(np.flatnonzero(sample[1] == 6)[3])
    wait_for_sample(data_page, index)
    assert data_page.inner_text("#sample-label") == "6"
    assert re.fullmatch(rf"Built-in .*, index {index}, new to the model", data_page.inner_text("#sample-where"))
    assert data_page.inner_text("#sample-position") == "4 of 500"
    assert look_at_canvas(data_page, "#sample-image") == sample[0][index].reshape(-1).tolist()
    bars = read_bars(data_page)
    assert len(bars) == 10
    assert sum(bars) == pytest.approx(1, abs=1e-4)
    assert int(np.argmax(bars)) == 6
    assert data_page.inner_text("#sample-verdict").startswith("6, ")


def test_arrow_keys_lead_from_sample_to_sample_and_round_the_end(data_page, sample):
    of_label = np.flatnonzero(sample[1] == 5)
    open_view(data_page, "#data?label=5")
    data_page.click(f"{TILES}:nth-child(2)")
    wait_for_sample(data_page, of_label[1])
    for key, number in (("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowLeft", 0), ("ArrowLeft", 499), ("ArrowRight", 0)):
        data_page.keyboard.press(key)
        wait_for_sample(data_page, of_label[number])
    assert data_page.inner_text("#sample-position") == "1 of 500"


def test_buttons_lead_from_sample_to_sample(data_page):
    open_view(data_page, "#data?open=10")
    wait_for_sample(data_page, 10)
    data_page.click("#sample-next")
    wait_for_sample(data_page, 11)
    assert "open=11" in data_page.url
    data_page.click("#sample-previous")
    wait_for_sample(data_page, 10)


@pytest.mark.parametrize("way", ["Escape", "button", "beside"])
def test_closing_gives_the_focus_back_to_the_tile(data_page, way):
    open_view(data_page, "#data?page=1")
    data_page.click(f"{TILES}:nth-child(8)")
    wait_for_sample(data_page, 107)
    data_page.keyboard.press("ArrowRight")
    wait_for_sample(data_page, 108)
    if way == "Escape":
        data_page.keyboard.press("Escape")
    elif way == "button":
        data_page.click("#sample-close")
    else:
        data_page.mouse.click(5, 5)
    data_page.wait_for_function("() => document.activeElement.dataset.index === '108'")
    assert data_page.is_hidden("#sample")
    assert "open" not in data_page.url


def test_relatives_are_others_nearest_first(data_page, sample):
    open_view(data_page, "#data?open=2500")
    wait_for_sample(data_page, 2500)
    relatives = wait_for_relatives(data_page)
    indices, labels, distances = zip(*relatives, strict=True)
    assert 2500 not in indices
    assert len(set(indices)) == 10
    assert list(labels) == sample[1][list(indices)].tolist()
    assert list(distances) == sorted(distances)
    assert distances[0] > 0
    assert labels.count(sample[1][2500]) >= 8


def test_relatives_by_raw_pixels_are_the_nearest_images(data_page, sample):
    open_view(data_page, "#data?open=2500")
    in_network = wait_for_relatives(data_page)
    data_page.select_option("#sample-space", "pixels")
    poll(data_page, lambda: wait_for_relatives(data_page) != in_network, "other relatives are shown")
    images = sample[0].reshape(5000, -1).astype(np.float32) / 255
    distances = np.linalg.norm(images - images[2500], axis=1)
    expected = np.argsort(distances)[1:11]
    assert [relative[0] for relative in wait_for_relatives(data_page)] == expected.tolist()
    assert [relative[2] for relative in wait_for_relatives(data_page)] == pytest.approx(distances[expected], abs=0.06)
    assert "space=pixels" in data_page.url


def test_a_relative_leads_on_to_itself(data_page):
    open_view(data_page, "#data?open=3000")
    (index, label, _), *_ = wait_for_relatives(data_page)
    data_page.click("#sample-relatives .relative")
    wait_for_sample(data_page, index)
    assert data_page.inner_text("#sample-label") == str(label)
    data_page.go_back()
    wait_for_sample(data_page, 3000)


def test_a_sample_is_put_on_the_pad(data_page, sample):
    open_view(data_page, "#data?label=3")
    data_page.click(f"{TILES}:nth-child(5)")
    wait_for_sample(data_page, 1504)
    data_page.click("#sample-put")
    data_page.wait_for_selector("#sketchpad canvas", state="visible")
    expected = sample[0][1504].reshape(-1).tolist()
    poll(data_page, lambda: look_at_network_input(data_page) == expected, "the network sees the sample")
    assert data_page.is_hidden("#sample")
    data_page.click("#clear")
    wait_until_empty(data_page)


def test_a_sample_that_was_put_on_the_pad_does_not_open_again(data_page):
    open_view(data_page, "#data?label=3")
    data_page.click(f"{TILES}:nth-child(5)")
    wait_for_sample(data_page, 1504)
    data_page.click("#sample-put")
    data_page.wait_for_selector("#sketchpad canvas", state="visible")
    with new_samples(data_page):
        data_page.click("nav [data-tab=data]")
    assert read_total(data_page) == 500
    assert "open" not in data_page.url
    assert data_page.locator("#sample[open]").count() == 0


def test_a_sample_is_copied_as_a_picture_ten_times_its_size(data_page, sample):
    open_view(data_page, "#data?open=77")
    wait_for_sample(data_page, 77)
    data_page.click("#sample-copy")
    data_page.wait_for_function("() => document.querySelector('#sample-said').textContent")
    width, height, pixels = data_page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const picture = await createImageBitmap(await item.getType("image/png"));
            const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
            context.drawImage(picture, 0, 0);
            const { data } = context.getImageData(0, 0, picture.width, picture.height);
            return [picture.width, picture.height, [...data].filter((_, index) => index % 4 === 0)];
        }"""
    )
    assert (width, height) == (280, 280)
    enlarged = np.kron(sample[0][77], np.ones((10, 10), np.uint8))
    assert np.abs(np.subtract(pixels, enlarged.reshape(-1))).max() <= 1


def test_without_a_clipboard_the_picture_becomes_a_file(data_page, tmp_path):
    open_view(data_page, "#data?open=77")
    wait_for_sample(data_page, 77)
    data_page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(); }")
    with data_page.expect_download() as download:
        data_page.click("#sample-copy")
    data_page.evaluate("() => { delete navigator.clipboard.write; }")
    assert download.value.suggested_filename == "built_in-77.png"
    download.value.save_as(tmp_path / "sample.png")
    assert Image.open(tmp_path / "sample.png").size == (280, 280)


def test_arrow_keys_move_among_the_tiles_and_enter_opens_one(data_page):
    open_view(data_page)
    shown = find_indices(data_page)
    data_page.locator(TILES).first.focus()
    for key, place in (("ArrowRight", 1), ("ArrowDown", 11), ("ArrowLeft", 10), ("ArrowUp", 0), ("ArrowUp", 0)):
        data_page.keyboard.press(key)
        assert data_page.evaluate("() => document.activeElement.dataset.index") == str(shown[place])
    data_page.keyboard.press("Enter")
    wait_for_sample(data_page, shown[0])


# Screens


@pytest.fixture
def screen_page(borrow_page):
    """`screen_page(screen, address)` opens a view of the data tab on a screen."""

    def open_on(screen, address="#data"):
        page = borrow_page(screen)
        open_view(page, address)
        return page

    return open_on


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_no_view_reaches_over_the_side_of_the_screen(screen_page, data_page, screen):
    page = screen_page(screen)
    for address, ready in (
        ("#data", "#more"),
        ("#data?page=3", "#pager"),
        ("#data?show=crowd", ".confusion"),
        ("#data?show=map", "#map-canvas"),
        ("#data?open=5", "#sample-relatives .relative:nth-child(10)"),
    ):
        open_view(page, address)
        page.wait_for_selector(ready)
        if page.locator("#filters").get_attribute("open") is None:
            page.evaluate("() => { document.querySelector('#filters').open = true; }")
        size = page.evaluate("() => [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]")
        assert (address, size[0]) == (address, min(size))
        assert find_wide(page, screen["viewport"]["width"]) == []


def find_wide(page, width):
    """What can be seen and reaches over the side, apart from what scrolls in its own frame."""
    return page.evaluate(
        """(width) => [...document.querySelectorAll("body *")]
            .filter((node) => node.checkVisibility() && !node.closest(".unseen, .scroll > *, svg, option"))
            .filter((node) => node.getBoundingClientRect().right > width + 0.5)
            .map((node) => node.id || node.className || node.tagName)""",
        width,
    )


def test_the_first_samples_are_seen_on_a_phone(screen_page, data_page):
    page = screen_page(PHONE)
    boxes = [tile.bounding_box() for tile in page.locator(TILES).all()]
    assert len({round(box["x"]) for box in boxes}) == 5
    assert boxes[4]["y"] + boxes[4]["height"] < PHONE["viewport"]["height"]
    assert min(box["width"] for box in boxes) >= 44
    assert not page.is_visible("#filter-flags")


def test_one_sample_fits_on_a_phone(screen_page, data_page):
    page = screen_page(PHONE, "#data?open=5")
    wait_for_sample(page, 5)
    width, height = PHONE["viewport"]["width"], PHONE["viewport"]["height"]
    box = page.locator("#sample").bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= height
    for name in ("image", "next", "put", "copy", "close"):
        inner = page.locator(f"#sample-{name}").bounding_box()
        assert inner["x"] >= box["x"]
        assert inner["x"] + inner["width"] <= box["x"] + box["width"]
    page.locator("#sample-close").tap()
    page.wait_for_selector("#sample", state="hidden")


def test_the_filters_unfold_on_a_phone_and_say_how_many_there_are(screen_page, data_page):
    page = screen_page(PHONE, "#data?label=3&right=no")
    page.locator("#filters-title", has_text="Filters (2)").tap()
    assert page.is_visible("#filter-flags")
    for button in page.locator("#filters button:visible").all():
        assert button.bounding_box()["height"] >= 36


# Other sets


def write_sets(folder, sample):
    """A set of the layout of MNIST, small, and beside it good and bad sets of other people."""
    x, y = sample
    chosen = np.random.default_rng(0).permutation(5000)[:500]
    train, test = chosen[:300], chosen[300:]
    np.savez(folder / "small.npz", x_train=x[train], y_train=y[train], x_test=x[test], y_test=y[test])
    tiny = np.stack([np.asarray(Image.fromarray(image).resize((16, 16))) for image in x[chosen[:40]]])
    pictures = np.concatenate([tiny, np.zeros((2, 16, 16), np.uint8)])
    np.savez(folder / "tiny.npz", x=pictures, y=np.append(y[chosen[:40]], [1, 2]).astype(np.int64))
    np.savez(folder / "thirteen.npz", x=tiny, y=np.arange(40) % 13)
    np.savez(folder / "outliers_things.npz", x=tiny, y=np.arange(40) % 13)
    (folder / "damaged.npz").write_bytes((folder / "tiny.npz").read_bytes()[:700])
    return train, test


def write_learned(folder, set_name):
    """A model that says it has learned from a set: the shipped one by another name."""
    copied = copy_model(load_stored(SHIPPED_DIR / "sketchnet"), folder)
    metrics = json.loads((copied / "metrics.json").read_text())
    (copied / "metrics.json").write_text(json.dumps({**metrics, "data": set_name}))
    update_checksum(copied, "metrics.json")


@pytest.fixture(scope="module")
def sets(browser, sample, tmp_path_factory):
    """A page on the data tab of a server with other data, and the indices in the sample of its two splits."""
    folder = tmp_path_factory.mktemp("sets")
    train, test = write_sets(folder, sample)
    server = Server(folder, "--data-dir", str(folder / "small.npz"))
    write_learned(server.cache / "models" / "learned", "small")
    server.start()
    context = browser.new_context(**DESKTOP)
    page = context.new_page()
    page.goto(f"{server.url}/#data")
    wait_for_computations(page)
    yield page, train, test
    context.close()
    server.stop()
    shutil.rmtree(server.cache)


def test_a_training_set_greets_with_its_first_twenty(sets, sample):
    page, train, _ = sets
    open_view(page)
    labels = sample[1][train[:20]].tolist()
    assert [(tile.index, tile.label) for tile in look_at_tiles(page)] == [*enumerate(labels)]
    assert page.inner_text("#total").startswith("The first 20 of ")


def test_all_sets_in_the_folder_can_be_chosen(sets):
    page, _, _ = sets
    options = page.locator("#split option").evaluate_all("(options) => options.map((option) => option.value)")
    assert options == ["train", "test", "damaged", "outliers_things", "thirteen", "tiny", "own"]
    texts = page.locator("#split option").all_inner_texts()
    assert "300" in texts[0]
    assert "200" in texts[1]
    assert "not digits" in texts[3]


def test_test_images_are_those_of_the_file(sets, sample):
    page, _, test = sets
    open_view(page, "#data?split=test")
    assert [tile.label for tile in look_at_tiles(page)] == sample[1][test[:100]].tolist()
    page.click(f"{TILES}:nth-child(6)")
    wait_for_sample(page, 5)
    assert look_at_canvas(page, "#sample-image") == sample[0][test[5]].reshape(-1).tolist()


def test_each_tile_says_whether_the_model_has_seen_it(sets, sample):
    page, train, _ = sets
    learned = set(find_training(sample[0][train], sample[1][train], "small").tolist())
    open_view(page, "#data?model=learned&page=0")
    page.wait_for_selector("#grid .caption small:text-is('seen')")  # the tiles are those of this model
    assert [tile.seen for tile in look_at_tiles(page)] == [
        "seen" if index in learned else "new" for index in range(100)
    ]
    choose(page, "[data-flag=seen]")
    assert read_total(page) == len(learned)
    assert set(find_indices(page)) <= learned


def test_relatives_of_a_test_image_come_from_the_training_images(sets, sample):
    page, train, _ = sets
    open_view(page, "#data?split=test&open=5")
    wait_for_sample(page, 5)
    indices, labels, _ = zip(*wait_for_relatives(page), strict=True)
    assert list(labels) == sample[1][train[list(indices)]].tolist()
    assert "split=train" in page.get_attribute("#sample-relatives .relative", "href")


def test_small_pictures_of_others_become_images_and_what_is_empty_is_counted(sets, sample):
    page, train, _ = sets
    open_view(page, "#data?split=tiny")
    assert page.inner_text("#total") == "1 to 40 of 40"
    assert [tile.label for tile in look_at_tiles(page)] == sample[1][train[:40]].tolist()
    assert page.inner_text("#unreadable") == "Samples left out because no ink was found in them: 2."


def test_what_is_no_digit_has_no_labels(sets):
    page, _, _ = sets
    open_view(page, "#data?split=outliers_things")
    wait_for_computations(page)
    tiles = look_at_tiles(page)
    assert {tile.label for tile in tiles} == {None}
    assert all(re.fullmatch(r"→\d\??", tile.answer) for tile in tiles)
    assert all(page.is_disabled(digit_button("label", digit)) for digit in range(10))
    assert page.is_disabled("[data-flag=right]")


@pytest.mark.parametrize(("name", "message"), [("damaged", "damaged.npz"), ("thirteen", "labels 0 to 9")])
def test_a_bad_set_says_what_is_wrong_and_the_others_stay(sets, name, message):
    page, _, _ = sets
    open_address(page, f"#data?split={name}")
    page.locator("#data-notice", has_text=message).wait_for()
    with new_samples(page):
        page.select_option("#split", "test")
    assert read_total(page) == 200
    poll(page, lambda: page.is_hidden("#data-notice"), "the message is gone")
