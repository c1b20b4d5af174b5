"""Makes a contact sheet of every view for each screen and theme, to be looked at after a change.

    MNIST_DATA_DIR=FOLDER python tests/support/contact_sheet.py OUTPUT_FOLDER [SCREEN ...]

It needs Chromium. One PNG for each screen and theme comes into the folder. Nothing is asserted.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.browser_server import Server  # noqa: E402
from support.views import SCREENS, THEMES, VIEWS, show_view  # noqa: E402

_COLUMNS = 5
_TILE_WIDTH = 480
_CAPTION = 18


def paste_views(page):
    """The views of a page side by side, as they are seen without scrolling."""
    tiles = []
    for name in VIEWS:
        show_view(page, name)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        tiles.append((name, picture.resize((_TILE_WIDTH, round(picture.height * _TILE_WIDTH / picture.width)))))
    height = tiles[0][1].height + _CAPTION
    sheet = Image.new("RGB", (_COLUMNS * _TILE_WIDTH, -(-len(tiles) // _COLUMNS) * height), "gray")
    for number, (name, tile) in enumerate(tiles):
        left, top = number % _COLUMNS * _TILE_WIDTH, number // _COLUMNS * height
        ImageDraw.Draw(sheet).text((left + 4, top + 3), name, fill="white")
        sheet.paste(tile, (left, top + _CAPTION))
    return sheet


def main(folder, screens):
    """Starts the page and makes all sheets."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        options = ["--data-dir", os.environ["MNIST_DATA_DIR"]] if "MNIST_DATA_DIR" in os.environ else []
        server = Server(Path(place), *options)
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for screen in screens:
                width, height = SCREENS[screen]
                for theme in THEMES:
                    context = browser.new_context(
                        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
                    )
                    page = context.new_page()
                    page.goto(server.url)
                    page.wait_for_selector("#samples .sample:nth-child(20)")
                    paste_views(page).save(folder / f"{screen}, {theme}.png")
                    context.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(SCREENS))
