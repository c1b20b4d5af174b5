"""Prints how fast the page comes up and answers, beside an empty Gradio page measured in the same run.

    python tests/benchmarks/serving.py

Nothing is asserted: machines differ, and shared ones change from minute to minute. Ratios within one run say more than
milliseconds. The parts that need a browser are left out where no Chromium is installed.
"""

from __future__ import annotations

import concurrent.futures
import http.client
import itertools
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
SEVEN = [[0.3, 0.25], [0.7, 0.25], [0.6, 0.45], [0.45, 0.8]]
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
EMPTY_PAGE = """
import gradio as gr
with gr.Blocks() as page:
    gr.HTML("<p id='there'>empty</p>")
page.launch(server_port={port}, ssr_mode=False)
"""
PAGE_WITH_ECHO = """
import sys
sys.path.insert(0, "{root}")
import gradio as gr
from mnist_core.models.devices import choose_device
from mnist_core.paths import SHIPPED_DIR
from mnist_core.data.sample import built_in_samples
from mnist_core.paths import default_cache_dir
from mnist_core.services.library import Library
from mnist_core.services.runs import Runs
from mnist_core.hosting.settings import Settings
from mnist_core.ui.page import build_page, launch_options
from mnist_core.services.reader import Reader
from mnist_core.services.rooms import Rooms

def echo(message):
    return {"ok": True}

reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
library, runs = Library(reader, None, default_cache_dir()), Runs(None, default_cache_dir())
page = build_page(reader, built_in_samples(), library, runs)
with page:
    gr.HTML("", js_on_load="window.echo = server.echo", server_functions=[echo], elem_id="echo")
options = launch_options(Settings(), reader, runs, Rooms(default_cache_dir()))
if "{gate}" == "without":
    options["app_kwargs"] = {}
page.launch(server_port={port}, **options)
"""


def main() -> None:
    """Runs all benchmarks and prints their figures."""
    print(f"{platform.node()}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python "
          f"{platform.python_version()}")  # fmt: skip
    measure_python()
    measure_first_page()
    measure_memory()
    measure_gate()
    if chromium := shutil.which("chromium") or shutil.which("google-chrome"):
        measure_opening(chromium)
        measure_browser(chromium)
    else:
        print("no Chromium: the figures of the pad in a browser are left out")


def measure_python() -> None:
    """One ink to ten probabilities, without HTTP."""
    sys.path.insert(0, str(ROOT))
    from mnist_core.models.devices import choose_device
    from mnist_core.paths import SHIPPED_DIR
    from mnist_core.services.reader import Reader

    reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
    ink = [densify(SEVEN)]
    times = [timed(lambda: reader.read_ink(ink)) for _ in range(500)]
    print(f"ink to probabilities in Python: {statistics.median(times) * 1000:.2f} ms median")


def measure_first_page() -> None:
    """From the start of the process to the first whole answer, beside an empty Gradio page, in turn."""
    ours, empty = [], []
    for _ in range(5):
        with served([sys.executable, "app.py", "--port", "{port}"]) as (_, seconds, _):
            ours.append(seconds)
        with served([sys.executable, "-c", EMPTY_PAGE]) as (_, seconds, _):
            empty.append(seconds)
    ratio = statistics.median(ours) / statistics.median(empty)
    print(
        f"first page: {statistics.median(ours):.2f} s, empty page {statistics.median(empty):.2f} s, ratio {ratio:.2f}"
    )


def measure_memory() -> None:
    """Resident memory of the server after 1,000 answers to 30 sessions."""
    with served([sys.executable, "app.py", "--port", "{port}"]) as (url, _, process):
        before = resident_megabytes(process.pid)
        component = find_pad(url)
        ink = {"strokes": [densify(SEVEN)]}

        def ask(number: int) -> bool:
            body = {
                "session_hash": f"s{number % 30}",
                "component_id": component,
                "fn_name": "classify_drawing",
                "data": ink,
            }
            return post(f"{url}/gradio_api/component_server", body)["ok"]

        started = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            num_ok = sum(pool.map(ask, range(1000)))
        seconds = time.perf_counter() - started
        after = resident_megabytes(process.pid)
        print(f"server memory: {before:.0f} MB at start, {after:.0f} MB after {num_ok} answers to 30 sessions "
              f"({num_ok / seconds:.0f} answers a second)")  # fmt: skip


def measure_gate() -> None:
    """An empty server function and a drawing, through the gate and without it, in turn."""
    rates: dict[tuple[str, str], list[float]] = {}
    for _ in range(3):
        for gate in ("with", "without"):
            code = PAGE_WITH_ECHO.replace("{root}", str(ROOT)).replace("{gate}", gate)
            with served([sys.executable, "-c", code]) as (url, _, _):
                for name, function in (("echo", "echo"), ("sketch", "classify_drawing")):
                    rates.setdefault((function, gate), []).append(measure_rate(url, name, function))
    for function in ("echo", "classify_drawing"):
        through, around = (statistics.median(rates[function, gate]) for gate in ("with", "without"))
        print(f"{function}: {through:.0f} answers a second through the gate, {around:.0f} without, ratio "
              f"{through / around:.2f}")  # fmt: skip


def measure_rate(url: str, name: str, function: str) -> float:
    """Answers a second of one server function to one who asks again at once, on a connection that is kept."""
    body = {"component_id": find_pad(url, name), "fn_name": function, "data": {"strokes": [densify(SEVEN)]}}
    content, headers = json.dumps({**body, "session_hash": "s"}), {"Content-Type": "application/json"}
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)

    def ask() -> None:
        connection.request("POST", "/gradio_api/component_server", content, headers)
        assert json.load(connection.getresponse())["ok"]

    for _ in range(100):
        ask()
    seconds = timed(lambda: [ask() for _ in range(500)])
    connection.close()
    return 500 / seconds


def measure_opening(chromium: str) -> None:
    """From the address to a pad that can be drawn on, beside an empty Gradio page, in turn; and what travels."""
    from playwright.sync_api import sync_playwright

    ours, empty = [sys.executable, "app.py", "--port", "{port}"], [sys.executable, "-c", EMPTY_PAGE]
    with served(ours) as (url, _, _), served(empty) as (empty_url, _, _), sync_playwright() as playwright:
        sizes = [len(urllib.request.urlopen(f"{url}{path}").read()) for path in ("/", "/config")]
        print(f"HTML {sizes[0] / 1000:.0f} kB and /config {sizes[1] / 1000:.0f} kB, uncompressed")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        pages = {"ours": (url, "#sketchpad.empty canvas"), "empty": (empty_url, "#there")}
        times: dict[tuple[str, str], list[float]] = {(name, visit): [] for name in pages for visit in VISITS}
        sent = {}
        for _ in range(10):
            for name, (address, selector) in pages.items():
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                for visit in VISITS:
                    milliseconds, sent[name, visit] = open_page(context, address, selector)
                    times[name, visit].append(milliseconds)
                context.close()
        for visit in VISITS:
            mine, other = statistics.median(times["ours", visit]), statistics.median(times["empty", visit])
            print(f"{visit} visit: pad after {mine:.0f} ms, empty page after {other:.0f} ms, ratio {mine / other:.2f}; "
                  f"{sent['ours', visit] / 1000:.0f} kB sent, {sent['empty', visit] / 1000:.0f} kB")  # fmt: skip
        browser.close()


def open_page(context: Any, url: str, selector: str) -> tuple[float, int]:
    """Milliseconds until something is seen on a page, and the bytes that its server sent."""
    page = context.new_page()
    page.add_init_script(SEEN.replace("{selector}", selector))
    page.goto(url)
    page.wait_for_function("window.seen")
    page.wait_for_load_state("networkidle")
    figures = page.evaluate(
        """() => [window.seen, performance.getEntries().reduce((sum, { transferSize = 0 }) => sum + transferSize, 0)]"""
    )
    page.close()
    return tuple(figures)


def measure_browser(chromium: str) -> None:
    """Pen move to updated bars, beside the round trip of an empty server function on the same page."""
    from playwright.sync_api import sync_playwright

    code = PAGE_WITH_ECHO.replace("{root}", str(ROOT)).replace("{gate}", "with")
    with served([sys.executable, "-c", code]) as (url, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        page.wait_for_function("window.echo && document.querySelectorAll('.sample').length")
        page.evaluate(WATCH)
        for _ in range(12):
            page.evaluate(ECHO)
            draw(page, densify(SEVEN, 60))
            page.wait_for_function("bars.dataset.points == window.moves.length")
            page.evaluate("document.querySelector('#clear').click(), window.moves = []")
        figures = page.evaluate("({move: window.latencies, echo: window.echoes, rates: window.rates})")
        move, echo = statistics.median(figures["move"]), statistics.median(figures["echo"])
        print(f"pen move to updated bars: {move:.1f} ms median")
        print(f"empty server function on the same page: {echo:.1f} ms median, ratio {move / echo:.2f}")
        print(f"answers a second during a stroke: {statistics.median(figures['rates']):.0f} median")
        browser.close()


VISITS = ("first", "second")
SEEN = """(() => {
  const look = () => {
    const node = document.querySelector("{selector}");
    if (node && getComputedStyle(node).visibility === "visible") window.seen = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})()"""
WATCH = """() => {
  window.moves = []; window.latencies = []; window.echoes = []; window.rates = [];
  const bars = document.querySelector('#bars');
  let first = 0, shown = 0, last = 0;
  const canvas = document.querySelector('#sketchpad canvas');
  canvas.addEventListener('pointerdown', () => { moves.push(first = performance.now()); shown = 0; });
  canvas.addEventListener('pointermove', (event) => { if (event.buttons) moves.push(performance.now()); });
  canvas.addEventListener('pointerup', () => rates.push(shown / ((performance.now() - first) / 1000)));
  new MutationObserver(() => {
    const points = Number(bars.dataset.points);
    if (points > 1 && points !== last && moves[points - 1]) {
      latencies.push(performance.now() - moves[points - 1]);
      shown += 1;
    }
    last = points;
  }).observe(bars, {attributeFilter: ['data-points']});
}"""
ECHO = """async () => {
  for (let i = 0; i < 20; i += 1) {
    const started = performance.now(); await window.echo({}); echoes.push(performance.now() - started);
  }
}"""


def draw(page: Any, points: list[list[float]]) -> None:
    """Moves the mouse along points in [0, 1] of the pad, about sixty a second."""
    box = page.locator("#sketchpad canvas").bounding_box()
    place = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*place[0])
    page.mouse.down()
    for x, y in place[1:]:
        page.mouse.move(x, y)
        time.sleep(0.012)
    page.mouse.up()


def densify(corners: list[list[float]], num_points: int = 120) -> list[list[float]]:
    """Points along a line through corners, so that no two are too near to count."""
    per_segment = num_points // (len(corners) - 1)
    points = []
    for (ax, ay), (bx, by) in itertools.pairwise(corners):
        points += [[ax + (bx - ax) * i / per_segment, ay + (by - ay) * i / per_segment] for i in range(per_segment)]
    return [*points, corners[-1]]


@contextmanager
def served(command: list[str], **environment: str) -> Iterator[tuple[str, float, subprocess.Popen]]:
    """Starts a server, waits for its first page, and stops it: address, seconds to the first page, process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [part.replace("{port}", str(port)) for part in command]
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", **environment}
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        while True:
            try:
                urllib.request.urlopen(url, timeout=5).read()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command[:2]} ended with exit code {process.returncode}") from None
                time.sleep(0.02)
        yield url, time.perf_counter() - started, process
    finally:
        process.terminate()
        process.wait()


def find_pad(url: str, name: str = "sketch") -> int:
    """The number of the pad's component, or of another."""
    config = json.load(urllib.request.urlopen(f"{url}/config"))
    return next(part["id"] for part in config["components"] if part["props"].get("elem_id") == name)


def post(url: str, body: dict) -> dict:
    """Sends JSON and returns the JSON answer."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=60))


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process; Linux only."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def timed(function: Any) -> float:
    """Seconds that a call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
