"""Hands and eyes of a visitor: digits as strokes, drawn with a mouse or a finger, and what the page then shows.

Coordinates are shares of the pad's side, x to the right, y down. Nothing here asserts, and nothing imports playwright.
"""

import contextlib
import io
import itertools
import math
from dataclasses import dataclass

from PIL import Image

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 664},
    "screen": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}
FINAL = ("sure", "between", "unsure", "refused")


def line(*corners, spacing=0.1):
    """Points along straight lines through corners."""
    points = [corners[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(corners):
        steps = max(1, round(math.dist((x0, y0), (x1, y1)) / spacing))
        points += [(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps) for step in range(1, steps + 1)]
    return points


def arc(x, y, width, height, start, end, steps=16):
    """Points on an ellipse around (x, y); degrees, 0 is right, 90 is down."""
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + width / 2 * math.cos(angle), y + height / 2 * math.sin(angle)) for angle in angles]


def thin_out(strokes, spacing=0.04):
    """Leaves out points closer to the one before than a pen's step; the pad itself drops points that hardly differ."""
    return [_thin_out_stroke(stroke, spacing) for stroke in strokes]


def _thin_out_stroke(stroke, spacing):
    kept = [stroke[0]]
    for point in stroke[1:]:
        if math.dist(kept[-1], point) >= spacing:
            kept.append(point)
    return kept


# As a careful adult writes them; each is read without doubt.
DIGITS = {
    0: [arc(0.5, 0.5, 0.36, 0.56, -90, 265, 32)],
    1: [line((0.52, 0.2), (0.49, 0.8))],
    2: [arc(0.5, 0.36, 0.32, 0.3, 190, 390) + line((0.6, 0.5), (0.34, 0.78), (0.68, 0.78))],
    3: [arc(0.48, 0.35, 0.32, 0.28, 200, 440) + arc(0.48, 0.64, 0.36, 0.3, -80, 160)],
    4: [line((0.42, 0.2), (0.32, 0.55), (0.7, 0.55)), line((0.6, 0.3), (0.57, 0.82))],
    5: [line((0.4, 0.22), (0.37, 0.46)) + arc(0.47, 0.61, 0.36, 0.34, 225, 500), line((0.4, 0.22), (0.66, 0.22))],
    6: [line((0.58, 0.2), (0.44, 0.36), (0.36, 0.56)) + arc(0.5, 0.64, 0.28, 0.3, 180, -175, 24)],
    7: [line((0.32, 0.23), (0.68, 0.23), (0.46, 0.8))],
    8: [arc(0.5, 0.35, 0.28, 0.28, 80, -270, 24) + arc(0.5, 0.65, 0.34, 0.32, -90, 265, 24)],
    9: [arc(0.48, 0.37, 0.28, 0.3, 0, -350, 24) + line((0.62, 0.4), (0.6, 0.6), (0.56, 0.82))],
}
DIGITS = {digit: thin_out(strokes) for digit, strokes in DIGITS.items()}
SEVEN = DIGITS[7]
DASH = [line((0.3, 0.5), (0.7, 0.5))]
HOUSE = [
    line((0.3, 0.8), (0.3, 0.45), (0.7, 0.45), (0.7, 0.8), (0.3, 0.8)),
    line((0.25, 0.48), (0.5, 0.2), (0.75, 0.48)),
    line((0.45, 0.8), (0.45, 0.62), (0.56, 0.62), (0.56, 0.8)),
]


def place(strokes, margin=0.2):
    """Moves strokes of any unit into the middle of the pad, with their shape kept."""
    columns, rows = zip(*itertools.chain.from_iterable(strokes), strict=True)
    side = max(max(columns) - min(columns), max(rows) - min(rows))
    middle_x, middle_y = (max(columns) + min(columns)) / 2, (max(rows) + min(rows)) / 2
    scale = (1 - 2 * margin) / side
    return [[(0.5 + (x - middle_x) * scale, 0.5 + (y - middle_y) * scale) for x, y in stroke] for stroke in strokes]


def count(strokes):
    return sum(len(stroke) for stroke in strokes)


def to_page(page, point):
    box = page.locator("#sketchpad canvas").bounding_box()
    return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]


def press(page, point):
    page.locator("#sketchpad canvas").hover()  # when it no longer moves, and nothing lies over it
    page.mouse.move(*to_page(page, point))
    page.mouse.down()


def draw_with_mouse(page, strokes):
    """Returns the number of points drawn."""
    for stroke in strokes:
        press(page, stroke[0])
        move_mouse(page, stroke[1:])
        page.mouse.up()
    return count(strokes)


def move_mouse(page, points):
    left, top = to_page(page, (0, 0))
    right, bottom = to_page(page, (1, 1))
    for x, y in points:
        page.mouse.move(left + x * (right - left), top + y * (bottom - top))


class Fingers:
    """Touches on the pad, by the protocol of the browser; several may be down at once."""

    def __init__(self, page):
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._down = {}

    def touch(self, point, finger=0):
        self._down[finger] = to_page(self._page, point)
        self._send("touchStart")

    def move(self, points, finger=0):
        for point in points:
            self._down[finger] = to_page(self._page, point)
            self._send("touchMove")

    def lift(self, finger=0):
        # The finger comes to rest first. After a flick the browser would swallow a tap that follows at once.
        self._page.wait_for_timeout(150)
        self._send("touchMove")
        del self._down[finger]
        # The protocol knows no end of one touch among several: a move without it ends it.
        self._send("touchMove" if self._down else "touchEnd")

    def cancel(self):
        """The system takes all touches away, as for a gesture of its own."""
        self._down.clear()
        self._send("touchCancel")

    def draw(self, strokes):
        for stroke in strokes:
            self.touch(stroke[0])
            self.move(stroke[1:])
            self.lift()

    def _send(self, kind):
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in self._down.items()]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


@dataclass(frozen=True)
class Reading:
    """What the page says: ten probabilities, the ink points they belong to, the verdict's state and words."""

    probabilities: list
    points: int
    state: str
    verdict: str

    @property
    def digit(self):
        return self.probabilities.index(max(self.probabilities))


def look_at_answer(page):
    return Reading(
        *page.evaluate(
            """() => {
                const bars = document.querySelector("#bars"), verdict = document.querySelector("#verdict");
                const rows = [...Array(10).keys()].map((digit) => bars.querySelector(`[data-digit="${digit}"]`));
                return [rows.map((row) => Number(row.dataset.probability)), Number(bars.dataset.points),
                    verdict.dataset.state, verdict.innerText];
            }"""
        )
    )


def wait_for_answer(page, points):
    """Waits until the shown answer is final and about this many ink points."""
    page.wait_for_function(
        """([points, final]) => document.querySelector("#bars").dataset.points === String(points)
            && final.includes(document.querySelector("#verdict").dataset.state)""",
        arg=[points, FINAL],
    )
    return look_at_answer(page)


def wait_for_answer_to_more(page, points=0):
    """Waits until the shown answer is final and about more ink points than these."""
    page.wait_for_function(
        """([points, final]) => Number(document.querySelector("#bars").dataset.points) > points
            && final.includes(document.querySelector("#verdict").dataset.state)""",
        arg=[points, FINAL],
    )
    return look_at_answer(page)


def wait_for_notice(page, text=""):
    """Waits until the pad shows a message that contains this text, and returns the message."""
    page.locator("#notice", has_text=text).wait_for()
    return page.inner_text("#notice")


def wait_until_empty(page):
    page.wait_for_selector("#sketchpad.empty")
    page.wait_for_selector('#verdict[data-state="empty"]')


def color_at(page, point):
    """Red, green, blue and opacity of the pad at a place, 0 to 255."""
    return page.evaluate(
        """async ([x, y]) => {
            for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
            const pad = document.querySelector("#sketchpad canvas");
            return [...pad.getContext("2d").getImageData(x * pad.width, y * pad.height, 1, 1).data];
        }""",
        point,
    )


def is_inked(page, point):
    """Whether the pad shows full ink at a place."""
    return color_at(page, point)[3] > 200


def look_at_pad(page, side=40):
    """The pad as seen from far: side x side opacities, 0 to 255, row by row."""
    return page.evaluate(
        """async (side) => {
            for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
            const context = new OffscreenCanvas(side, side).getContext("2d");
            context.drawImage(document.querySelector("#sketchpad canvas"), 0, 0, side, side);
            return [...context.getImageData(0, 0, side, side).data].filter((_, index) => index % 4 === 3);
        }""",
        side,
    )


def is_same_drawing(one, other):
    """Whether two looks at the pad show the same strokes, whatever the size of the pad."""
    difference = sum(abs(a - b) for a, b in zip(one, other, strict=True))
    return sum(one) > 0 and difference < 0.2 * sum(one)


def look_at_network_input(page):
    """The 784 values that the page shows as the network's image."""
    return page.evaluate(
        """() => [...document.querySelector("#network-input").getContext("2d").getImageData(0, 0, 28, 28).data]
            .filter((_, index) => index % 4 === 0)"""
    )


def poll(page, condition, what):
    """Waits for something that the browser tells this process; for facts in the page there is wait_for_function."""
    for _ in range(1500):
        if condition():
            return
        page.wait_for_timeout(20)
    raise TimeoutError(f"Waited in vain until {what}.")


# The data tab


@dataclass(frozen=True)
class Tile:
    """What the caption of a sample in the album says: its label, the model's answer if it is another, seen or new."""

    index: int
    label: int | None
    answer: str
    seen: str


def wait_for_computations(page):
    """Waits until the data tab shows samples, and nothing about them is still being computed."""
    page.wait_for_function(
        """() => document.querySelector("#grid .sample") && document.querySelector("#data-progress").hidden
            && document.querySelector("#filter-predicted small").textContent
            && document.querySelector("[data-flag=duplicates] small").textContent""",
        timeout=120_000,
    )


@contextlib.contextmanager
def new_samples(page):
    """Waits at its end until the album has the answer to what was asked for inside."""
    page.evaluate("() => { document.querySelector('#total').textContent = ''; }")
    yield
    page.wait_for_function("() => document.querySelector('#total').textContent")


def open_address(page, address):
    """Opens a tab anew, as a link to it does, whatever is open in it."""
    page.evaluate(
        """async (address) => {
            for (const hash of ["#draw", address]) {
                if (location.hash === hash) continue;
                const isHeard = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
                location.hash = hash;
                await isHeard;
            }
        }""",
        address,
    )


def open_view(page, address="#data"):
    """Opens a view of the data tab and waits until its samples are there."""
    open_address(page, "#draw")  # an answer to what was asked before must not pass for this one
    with new_samples(page):
        open_address(page, address)


def look_at_tiles(page):
    tiles = page.evaluate(
        """() => [...document.querySelectorAll("#grid .sample")].map((tile) => {
            const read = (tag) => tile.querySelector(`.caption ${tag}`)?.textContent ?? "";
            return [Number(tile.dataset.index), read("b"), read("i"), read("small")];
        })"""
    )
    return [Tile(index, int(label) if label else None, answer, seen) for index, label, answer, seen in tiles]


def find_indices(page):
    return [tile.index for tile in look_at_tiles(page)]


def read_total(page):
    """How many samples the album says there are: "1 to 100 of 5,000" says 5000."""
    return int(page.locator("#total").text_content().split(" of ")[1].replace(",", ""))


def read_count(button):
    """The number on a filter's button."""
    return int(button.locator("small").text_content().replace(",", ""))


def photograph_tile(page, selector):
    """A tile as it stands on the screen, averaged to 28 x 28 values from 0 to 255, row by row."""
    picture = Image.open(io.BytesIO(page.locator(selector).screenshot())).convert("L")
    return list(picture.resize((28, 28), Image.Resampling.BOX).tobytes())


def look_at_canvas(page, selector):
    """The grey values of a canvas, 0 to 255, row by row."""
    return page.evaluate(
        """(selector) => {
            const canvas = document.querySelector(selector);
            return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
                .filter((_, index) => index % 4 === 0);
        }""",
        selector,
    )


def wait_for_sample(page, index):
    """Waits until the dialog shows a sample."""
    page.wait_for_selector(f'#sample[open][data-index="{index}"]')


def wait_for_relatives(page, root="#sample-relatives"):
    """Waits for ten neighbours; returns the index, label and distance of each."""
    page.wait_for_selector(f"{root} .relative:nth-child(10)")
    found = page.evaluate(
        """(root) => [...document.querySelectorAll(`${root} .relative`)].map((link) => [
            Number(new URLSearchParams(link.hash.split("?")[1]).get("open")),
            ...link.querySelector(".caption").textContent.match(/^(\\d) (\\d+[.]\\d)/).slice(1).map(Number),
        ])""",
        root,
    )
    return [tuple(relative) for relative in found]


def listen(page):
    """A list to which the name of every function is added that the page asks the server for from now on."""
    names = []
    page.on("request", lambda request: _is_question(request) and names.append(request.post_data_json["fn_name"]))
    return names


def _is_question(request):
    return request.method == "POST" and "/component_server" in request.url
