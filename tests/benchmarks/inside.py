"""Prints how long after the end of a stroke the views of the inside tab are up to date, for every stored model.

    MNIST_CACHE_DIR=FOLDER python tests/benchmarks/inside.py [VIEW ...]

The cache folder holds the models beside the shipped one; train some with `python -m mnist_core train lenet`. Needs
Chromium. Nothing is asserted.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys

from serving import CHROMIUM_ARGUMENTS, served

VIEWS = ("network", "journey", "why", "belief", "move", "break")
NUM_STROKES = 15
FOUR = [[(0.42, 0.2), (0.32, 0.55), (0.7, 0.55)], [(0.6, 0.3), (0.57, 0.82)]]
# From the end of a stroke until the view says that it has shown the drawing, and the browser has painted.
WATCH = """() => {
    window.updated = new Promise((resolve) => {
        let started = 0;
        const onShown = async () => {
            if (!started) return;
            document.removeEventListener("sketch:view-shown", onShown);
            await new Promise(requestAnimationFrame);
            resolve(performance.now() - started);
        };
        addEventListener("pointerup", () => { started = performance.now(); }, { once: true, capture: true });
        document.addEventListener("sketch:view-shown", onShown);
    });
}"""


def main() -> None:
    """Runs the benchmark and prints its figures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        raise SystemExit("This needs Chromium.")
    from playwright.sync_api import sync_playwright

    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with served([sys.executable, "app.py", "--port", "{port}"]) as (url, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        page.wait_for_selector("#model option", state="attached")
        models = page.evaluate("[...document.querySelectorAll('#model option')].map((option) => option.value)")
        for view in sys.argv[1:] or VIEWS:
            page.goto(f"{url}/#inside?view={view}")
            for model in models:
                times = measure_view(page, model)
                print(
                    f"{view}, {model}: {statistics.median(times):.0f} ms median of {len(times)}, "
                    f"{max(times):.0f} ms at most"
                )
        browser.close()


def measure_view(page: object, model: str) -> list[float]:
    """Milliseconds from the end of each stroke to the view of the drawing with it; the first is not counted."""
    page.evaluate("(name) => document.dispatchEvent(new CustomEvent('sketch:choose-model', { detail: name }))", model)
    times = []
    while len(times) <= NUM_STROKES:
        if page.is_enabled("#clear"):
            page.click("#clear")
        for stroke in FOUR:
            page.evaluate(WATCH)
            draw(page, stroke)
            times.append(page.evaluate("window.updated"))
            page.wait_for_timeout(150)
    return times[1:]


def draw(page: object, stroke: list[tuple[float, float]]) -> None:
    """Draws one stroke with the mouse."""
    box = page.locator("#sketchpad canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=12)
    page.mouse.up()


if __name__ == "__main__":
    main()
