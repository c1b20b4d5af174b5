"""Makes the pictures of README and documents from the running page: a moving one, a small one for
each part, and the card that other sites show beside a link.

    MNIST_DATA_DIR=FOLDER python tests/support/make_pictures.py

It needs Chromium. Without MNIST in the folder the album shows the built-in images. Nothing is asserted.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT), str(ROOT / "tests")]  # modules beside this one are named as some of Python's

from support.browser_server import Server  # noqa: E402
from support.drawing import (  # noqa: E402
    DIGITS,
    HOUSE,
    arc,
    draw_with_mouse,
    move_mouse,
    press,
    wait_for_answer,
    wait_for_answer_to_more,
    wait_until_empty,
)
from support.lesson import Lesson  # noqa: E402

from mnist_core.data.pendigits import load_pendigits  # noqa: E402

IMAGES = ROOT / "assets/docs/images"
CARD = ROOT / "assets/social_card.jpg"
MOVING = {"viewport": {"width": 900, "height": 640}, "color_scheme": "light"}
SMALL = {"viewport": {"width": 1200, "height": 720}, "color_scheme": "light"}
CARD_SCREEN = {"viewport": {"width": 1200, "height": 630}, "color_scheme": "light"}
FRAME_MILLISECONDS, HOLD_MILLISECONDS = 80, 1500
POINTS_PER_FRAME = 3
# A three becomes an eight; then comes a four, and what is no digit.
THREE = [arc(0.49, 0.35, 0.3, 0.27, 200, 440, 22) + arc(0.48, 0.635, 0.36, 0.3, -80, 165, 26)]
TO_EIGHT = [
    arc(0.49, 0.35, 0.3, 0.27, 205, 95, 12),
    arc(0.48, 0.635, 0.36, 0.3, 250, 160, 12),
]
SCENES = ((THREE, TO_EIGHT), (DIGITS[4],), (HOUSE,))


class Film:
    """Frames of pad and answer, and how long each is shown."""

    def __init__(self, page):
        self._page = page
        pad, tools = (page.locator(name).bounding_box() for name in (".drawing", ".tools"))
        top, bottom = int(pad["y"] - 12), int(tools["y"] + tools["height"] + 12)
        self._clip = {"x": 0, "y": top, "width": page.viewport_size["width"], "height": bottom - top}
        self.frames, self.durations = [], []

    def shoot(self, milliseconds=FRAME_MILLISECONDS):
        """Takes a frame when the page has answered what is on the pad."""
        self._page.wait_for_timeout(60)
        picture = Image.open(io.BytesIO(self._page.screenshot(clip=self._clip, animations="allow"))).convert("RGB")
        self.frames.append(picture)
        self.durations.append(milliseconds)


def film_drawing(page):
    """Draws the scenes, one frame for every few points."""
    film = Film(page)
    for scene in SCENES:
        points = 0
        for strokes in scene:
            for stroke in strokes:
                press(page, stroke[0])
                for start in range(1, len(stroke), POINTS_PER_FRAME):
                    move_mouse(page, stroke[start : start + POINTS_PER_FRAME])
                    film.shoot()
                page.mouse.up()
            page.mouse.move(5, 5)
            points = wait_for_answer_to_more(page, points).points
            film.shoot(HOLD_MILLISECONDS)
        page.click("#clear")
        wait_until_empty(page)
        page.mouse.move(5, 5)
        film.shoot(2 * FRAME_MILLISECONDS)
    film.frames[0].save(
        IMAGES / "drawing.webp",
        save_all=True,
        append_images=film.frames[1:],
        duration=film.durations,
        loop=0,
        lossless=True,
        method=4,
    )


def save_small(page, name):
    """A picture of what is on screen, compressed."""
    page.mouse.move(5, 5)
    page.wait_for_timeout(300)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(IMAGES / name, quality=80, method=6)


def picture_parts(page, has_mnist):
    """The pad with a drawing, the images that are read wrong, why it is read so, and a network that learns."""
    draw_with_mouse(page, DIGITS[4])
    wait_for_answer_to_more(page)
    save_small(page, "pad.webp")
    page.evaluate("() => { location.hash = '#inside?view=why'; }")
    page.wait_for_function("() => document.querySelector('#why-found')?.textContent")
    save_small(page, "inside.webp")
    page.evaluate("() => { location.hash = '#train'; }")
    page.click("#train-start")
    page.wait_for_function("() => document.querySelector('#train-progress').dataset.share > .3", timeout=300_000)
    save_small(page, "train.webp")
    page.evaluate(
        "(split) => { location.hash = `#data?split=${split}&right=no`; }", "test" if has_mnist else "built_in"
    )
    page.wait_for_function(
        "() => document.querySelector('#grid .sample') && document.querySelector('#data-progress').hidden",
        timeout=300_000,
    )
    save_small(page, "album.webp")


def picture_class(page):
    """The wall of a class: fourteen pupils have drawn ten digits each."""
    lesson = Lesson(page.url.split("#")[0].rstrip("/"))
    drawn = load_pendigits().validation
    of_digit = [[place for place, label in enumerate(drawn.labels) if label == digit] for digit in range(10)]
    for pupil in range(14):
        device = lesson.join()
        for digit in range(10):
            ink = [stroke[:, :2].tolist() for stroke in drawn.ink[of_digit[digit][6 * pupil]]]
            lesson.draw(device, digit + 1, ink, digit)
    page.goto(lesson.address)
    page.wait_for_selector("#class-wall[data-count='140'] canvas")
    page.wait_for_timeout(1000)  # the drawings appear
    save_small(page, "class.webp")
    lesson.direct("end_room")


def picture_card(page):
    """The presentation with a four."""
    page.goto(f"{page.url.split('#')[0]}?present=1")
    page.wait_for_selector("#entrance", state="detached")
    points = wait_for_answer(page, draw_with_mouse(page, DIGITS[4])).points
    page.wait_for_selector(f'#network[data-points="{points}"]')
    page.mouse.move(5, 5)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(300)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(CARD, quality=85, optimize=True)


def main():
    """Starts the page and makes all pictures."""
    from playwright.sync_api import sync_playwright

    data = os.environ.get("MNIST_DATA_DIR", "")
    mnist = Path(data) / "mnist.npz"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        options = ["--data-dir", str(mnist)] if data and mnist.is_file() else []
        server = Server(Path(folder), *options)
        server.start()
        try:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for screen, make in (
                (MOVING, film_drawing),
                (SMALL, lambda page: picture_parts(page, bool(options))),
                (SMALL, picture_class),
                (CARD_SCREEN, picture_card),
            ):
                page = browser.new_page(**screen)
                page.goto(server.url)
                page.wait_for_selector("#samples .sample:nth-child(20)")
                make(page)
                page.close()
        finally:
            server.stop()
    for path in (*sorted(IMAGES.iterdir()), CARD):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
