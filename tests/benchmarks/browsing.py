"""Prints how fast 60,000 images can be browsed, what that costs in memory, and whether the pad notices.

    MNIST_DATA_DIR=FOLDER python tests/benchmarks/browsing.py

The folder must hold MNIST. Answers are computed anew in a temporary cache folder. Nothing is asserted.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from serving import CHROMIUM_ARGUMENTS, ROOT, SEVEN, densify, find_pad, post, resident_megabytes, served, timed

sys.path.insert(0, str(ROOT))
QUESTION = """async (question) => {
    const started = performance.now();
    window.location.hash = question;
    const grid = document.querySelector("#grid");
    await new Promise((resolve) => {
        const observer = new MutationObserver(() => { observer.disconnect(); resolve(); });
        observer.observe(grid, { childList: true });
    });
    const picture = getComputedStyle(grid.querySelector(".tile")).backgroundImage.slice(5, -2);
    const image = Object.assign(new Image(), { src: picture });
    await image.decode();
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return [performance.now() - started, grid.children.length];
}"""


def main() -> None:
    """Runs all benchmarks and prints their figures."""
    if not os.environ.get("MNIST_DATA_DIR"):
        raise SystemExit("Set MNIST_DATA_DIR to a folder that holds MNIST.")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MNIST_CACHE_DIR"] = folder
        with served([sys.executable, "app.py", "--port", "{port}"]) as (url, _, process):
            measure_answers(url, process)
            measure_browser(url)
            print(f"server memory after that: {resident_megabytes(process.pid):.0f} MB")
        measure_python()


def measure_answers(url: str, process: object) -> None:
    """Time and memory of the first visit, and what the pad takes meanwhile."""
    pad, data = find_pad(url), find_pad(url, "data")
    ink = {"strokes": [densify(SEVEN)]}

    def ask(component: int, function: str, message: dict) -> dict:
        body = {"session_hash": "benchmark", "component_id": component, "fn_name": function, "data": message}
        return post(f"{url}/gradio_api/component_server", body)

    def ask_pad() -> None:
        ask(pad, "classify_drawing", ink)

    for _ in range(20):
        ask_pad()
    alone = statistics.median(timed(ask_pad) for _ in range(200))
    base = resident_megabytes(process.pid)
    started, during = time.perf_counter(), []
    while ask(data, "browse_samples", {"split": "train"}).get("job"):
        during += [timed(ask_pad) for _ in range(20)]
        time.sleep(0.2)
    seconds = time.perf_counter() - started
    print(f"answers for 60,000 images, neighbours' limits, map and duplicates: {seconds:.0f} s, once")
    print(
        f"pad's answer over HTTP: {alone * 1000:.1f} ms alone, {statistics.median(during) * 1000:.1f} ms while they "
        f"are computed (95th percentile {statistics.quantiles(during, n=20)[-1] * 1000:.1f} ms)"
    )
    image = ask(data, "open_sample", {"split": "train", "index": 0})["image"]
    for message in ({"right": False}, {"sort": "slant"}, {"sort": "ink"}, {"box": [-1, -1, 1, 1], "map": "layout"}):
        ask(data, "browse_samples", {"split": "train", **message})
    ask(data, "describe_chosen", {"split": "train"})
    ask(data, "draw_map", {"split": "train"})
    for space in ("embedding", "pixels"):
        ask(data, "find_relatives", {"image": image, "space": space})
        times = [
            timed(lambda space=space: ask(data, "find_relatives", {"image": image, "space": space})) for _ in range(50)
        ]
        print(f"relatives by {space} over HTTP: {statistics.median(times) * 1000:.1f} ms")
    ask(data, "browse_samples", {"split": "test"})
    print(
        f"server memory: {base:.0f} MB before, {resident_megabytes(process.pid) - base:.0f} MB more with the whole tab"
    )


def measure_browser(url: str) -> None:
    """From a change of the view to a page of 100 images on screen."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        print("no Chromium: the figure of a page on screen is left out")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/#data?page=1")
        page.wait_for_selector("#grid .sample:nth-child(100)")
        times = []
        for number in range(2, 32):
            milliseconds, count = page.evaluate(QUESTION, f"#data?page={number}")
            if count != 100:
                raise SystemExit(f"{count} images instead of 100")
            times.append(milliseconds)
        browser.close()
    print(f"a page of 100 on screen: {statistics.median(times):.0f} ms median, {max(times):.0f} ms at most")


def measure_python() -> None:
    """Filters over 60,000 images and neighbours among them, without HTTP."""
    import numpy as np

    from mnist_core.browse.catalogue import count_choices, select_samples
    from mnist_core.browse.query import Query
    from mnist_core.models.devices import choose_device
    from mnist_core.paths import SHIPPED_DIR
    from mnist_core.services.library import Library
    from mnist_core.services.reader import Reader

    reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
    library = Library(reader, Path(os.environ["MNIST_DATA_DIR"]), Path(os.environ["MNIST_CACHE_DIR"]))
    catalogue, _ = library.open_catalogue("train", "", "pca")
    queries = {
        "no filter": Query(),
        "a label": Query(label=(4,)),
        "4 read as 9": Query(label=(4,), predicted=(9,)),
        "wrong, by loss": Query(right=False, sort="loss", descending=True),
        "unsure and new, by slant": Query(low=0.2, high=0.9, seen=False, sort="slant"),
        "part of the map, shuffled": Query(box=(-2.0, -2.0, 2.0, 2.0), shuffle=1),
        "all, by confidence": Query(sort="confidence"),
    }
    for name, query in queries.items():

        def ask(query: Query = query) -> None:
            select_samples(catalogue, query)
            count_choices(catalogue, query)

        first, times = timed(ask), [timed(ask) for _ in range(20)]
        print(f"filter and counts, {name}: {first * 1000:.1f} ms first, {statistics.median(times) * 1000:.1f} ms then")
    images = catalogue.split.images[:: len(catalogue.split) // 100].astype(np.float32) / 255
    for space in ("embedding", "pixels"):
        library.find_relatives(images[0], "", space, 10)
        times = [
            timed(lambda image=image, space=space: library.find_relatives(image, "", space, 10)) for image in images
        ]
        print(
            f"nearest of 60,000 by {space}: {statistics.median(times) * 1000:.1f} ms, {max(times) * 1000:.1f} at most"
        )


if __name__ == "__main__":
    main()
