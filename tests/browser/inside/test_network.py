"""The whole network in one picture: it follows the pen, and any value of it can be taken apart."""

import re

import pytest
from support.drawing import DESKTOP, DIGITS, PHONE, draw_with_mouse, open_address, wait_for_answer
from support.screen import resized

from mnist_core.explain.anatomy import Anatomy
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR

WHERE = r"map (\d+), row (\d+), column (\d+): depends on (\d+) × (\d+) pixels"
NUMBER = r"−?\d+\.\d+"
LAYERS = ["conv1", "pool1", "conv2", "conv3", "pool2", "conv4", "conv5", "embedding", "logits"]


@pytest.fixture(scope="module")
def network_page(open_drawn):
    """A page with a seven on the pad, at university level; the kernel does not slide by itself."""
    page = open_drawn(DIGITS[7], {**DESKTOP, "reduced_motion": "reduce"})
    page.click("[data-level=university]")
    return page


@pytest.fixture
def network(network_page):
    open_address(network_page, "#inside?view=network")
    network_page.wait_for_selector("#layers-softmax .answered")
    network_page.wait_for_selector("#layers-unit #layers-products :is(.numbers, table)")
    return network_page


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(NUMBER, text)]


def find_tile(page, layer, channel):
    """Where a map stands on the page, as the layout says."""
    return page.evaluate(
        """async ([layer, channel]) => {
            const { href } = document.querySelector('link[rel=modulepreload][href*="parts/"]');
            const { layOut, cornerOf } = await import(new URL('../inside/network_layout.js', href));
            const names = [...document.querySelectorAll('#network-layers b')].map((node) => node.textContent);
            const shapes = [...document.querySelectorAll('#network-layers b + span')].map((node) =>
                node.textContent.slice(1, -1).split(', ').map(Number));
            const canvas = document.querySelector('#network-canvas');
            const strips = layOut(shapes, canvas.clientWidth, canvas.parentElement.clientHeight
                - 2 * parseFloat(getComputedStyle(canvas.parentElement).paddingTop));
            const strip = strips[names.indexOf(layer) + 1];
            const [left, top] = cornerOf(strip, channel);
            return { x: left + strip.tile / 2, y: top + Math.min(strip.tile, strip.height) / 2 };
        }""",
        [layer, channel],
    )


def open_map(page, layer, channel):
    page.locator("#network-canvas").click(position=find_tile(page, layer, channel))
    page.wait_for_function(
        "([layer, channel]) => RegExp(`^${layer}, (map|unit) ${channel}\\\\b`)"
        ".test(document.querySelector('#layers-where').textContent)",
        arg=[layer, channel],
    )


def test_every_layer_has_its_name_its_shape_and_the_lines_of_keras(network):
    layers = load_stored(SHIPPED_DIR / "sketchnet").recipe.network.layers()
    assert network.locator("#network-layers b").all_inner_texts() == LAYERS
    lines = network.locator("#network-layers code span:first-child").all_text_contents()
    assert lines == [layer.code for layer in layers]
    rows = network.locator("#network-table tbody tr").all_text_contents()
    assert rows[0] == 'Conv2D(32, 3, padding="same", use_bias=False)(28, 28, 32)288'


def test_it_follows_the_pen_and_ends_with_all_points(network_page):
    network_page.click("#clear")
    open_address(network_page, "#inside?view=network")
    network_page.wait_for_function("() => document.querySelector('#network').dataset.points === '0'")
    network_page.evaluate(
        """() => {
            window.seen = new Set();
            new MutationObserver(() => seen.add(document.querySelector('#network').dataset.points))
                .observe(document.querySelector('#network'), { attributeFilter: ['data-points'] });
        }"""
    )
    points = draw_with_mouse(network_page, DIGITS[7])
    wait_for_answer(network_page, points)
    network_page.wait_for_function(
        "() => document.querySelector('#network').dataset.points === document.querySelector('#bars').dataset.points"
    )
    assert len(network_page.evaluate("[...seen]")) > 2


def test_the_answered_output_is_lit(network):
    """The picture is drawn by hand: where the seven stands there is its colour, elsewhere there is none."""
    tiles = {digit: find_tile(network, "logits", digit) for digit in (3, 7)}
    colors = network.evaluate(
        """(tiles) => Object.fromEntries(Object.entries(tiles).map(([digit, { x, y }]) => {
            const canvas = document.querySelector('#network-canvas');
            const ratio = canvas.width / canvas.clientWidth;
            const { data } = canvas.getContext('2d').getImageData((x - 9) * ratio, (y + 9) * ratio, 1, 1);
            return [digit, Math.max(...data.slice(0, 3)) - Math.min(...data.slice(0, 3))];
        }))""",
        tiles,
    )
    assert colors["7"] > 60 > 20 > colors["3"]


def test_a_map_that_is_tapped_shows_nine_products_that_add_up(network):
    open_map(network, "conv1", 5)
    patch, weights, products = (
        numbers(text.replace("\n", " ")) for text in network.locator("#layers-products .numbers").all_inner_texts()
    )
    assert len(patch) == len(weights) == len(products) == 9
    total = numbers(network.inner_text("#layers-sum"))
    assert sum(products) == pytest.approx(total[0], abs=0.06)  # nine numbers rounded to hundredths
    assert total[0] + total[1] == pytest.approx(total[2], abs=0.002)


def test_a_deeper_map_names_the_maps_it_listens_to_most(network):
    open_map(network, "conv3", 12)
    buttons = network.locator("#layers-inputs button")
    sums = [abs(numbers(text.split(":")[1])[0]) for text in buttons.all_inner_texts()]
    assert sums == sorted(sums, reverse=True)
    before = network.inner_text("#layers-products")
    buttons.nth(1).click()
    assert network.inner_text("#layers-products") != before


def test_an_output_lists_its_strongest_contributions(network):
    open_map(network, "logits", 7)
    rows = network.locator("#layers-products tbody tr").all_inner_texts()
    *parts, total = (numbers(row)[-1] for row in rows)
    assert sum(parts) == pytest.approx(total, abs=0.02)
    assert "embedding" in rows[0]


def test_where_a_value_looks_is_framed_on_the_drawing(network):
    anatomy = Anatomy(load_stored(SHIPPED_DIR / "sketchnet"))
    for layer in ("conv1", "conv3"):
        open_map(network, layer, 9)
        *place, height, width = map(int, re.search(WHERE, network.inner_text("#layers-where")).groups())
        top, left, bottom, right = anatomy.find_field(layer, [place[1], place[2], place[0]])
        assert (height, width) == (bottom - top, right - left)


def test_another_place_of_the_map_is_chosen_by_pointer_and_by_key(network):
    open_map(network, "conv1", 5)
    box = network.locator("#network-map").bounding_box()
    network.locator("#network-map").click(position={"x": box["width"] * 0.52, "y": box["height"] * 0.27})
    network.wait_for_selector("#layers-where:has-text('row 7, column 14')")
    network.locator("#network-map").press("ArrowRight")
    network.wait_for_selector("#layers-where:has-text('row 7, column 15')")


def test_arrow_keys_move_from_map_to_map(network):
    open_map(network, "conv1", 5)
    network.locator("#network-canvas").press("ArrowRight")
    network.wait_for_selector("#layers-where:has-text('conv1, map 6,')")
    network.locator("#network-canvas").press("ArrowDown")
    network.wait_for_selector("#layers-where:has-text('pool1, map 6,')")


def test_the_kernel_slides_until_it_is_stopped(network):
    open_map(network, "conv1", 5)
    network.click("#network-slide")
    network.wait_for_selector("#network-slide:has-text('Stop')")
    places = set()
    for _ in range(3):
        places.add(network.inner_text("#layers-where"))
        network.wait_for_function(
            "(before) => document.querySelector('#layers-where').innerText !== before",
            arg=network.inner_text("#layers-where"),
        )
    assert len(places) == 3
    network.click("#network-slide")
    network.wait_for_selector("#network-slide:has-text('Slide')")


def test_shares_of_the_softmax_add_up_to_one(network):
    rows = network.locator("#layers-table tbody tr").all_inner_texts()[:10]
    shares = [99.995 if ">" in row else numbers(row.replace("%", ""))[-1] for row in rows]
    assert sum(shares) == pytest.approx(100, abs=0.1)
    assert network.inner_text("#layers-softmax .answered th") == "7"


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_whole_picture_fits_on_one_screen(open_page, screen):
    page = open_page(screen)
    open_address(page, "#inside?view=network")
    page.wait_for_selector("#network-layers b")
    box = page.locator("#network").bounding_box()
    assert box["height"] <= screen["viewport"]["height"]
    assert 0 <= box["x"] <= box["x"] + box["width"] <= screen["viewport"]["width"]


@pytest.mark.parametrize("size", [(1024, 768), (1440, 900)])
def test_below_a_lesson_it_ends_above_the_bottom_of_the_screen(network, size):
    with resized(network, *size):
        network.click("[data-level=school]")
        network.wait_for_selector("#lesson:has-text('belongs to 7')")
        network.wait_for_function(
            "() => document.querySelector('#network').getBoundingClientRect().bottom + scrollY <= innerHeight"
        )
        network.click("[data-level=university]")


def test_of_a_network_that_the_browser_cannot_compute_the_server_does(open_page):
    page = open_page(DESKTOP)
    page.route("**/network/*.bin*", lambda route: route.abort())
    wait_for_answer(page, draw_with_mouse(page, DIGITS[7]))
    open_address(page, "#inside?view=network")
    page.wait_for_function("() => Number(document.querySelector('#network').dataset.points) > 2")
    page.wait_for_selector("#layers-unit #layers-products .numbers")


def test_a_link_of_an_earlier_version_opens_it(network_page):
    open_address(network_page, "#inside?view=layers")
    network_page.wait_for_function("() => location.hash === '#inside?view=network'")
    assert network_page.is_visible("#network")
