"""Prints how many answers a class of pens gets that all draw at once, beside an empty Gradio function.

    python tests/benchmarks/load.py --clients 100 --seconds 20 --json

Each client draws as a page does: sixty points a second, by the live line, one question in flight and then whatever ink
is new; a second and a half for a digit, half a second to lift the pen, then another digit. The clients of the empty
function ask as often, by HTTP, for nothing. Milliseconds are from a question to its answer. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from serving import SEVEN, densify, find_pad, resident_megabytes, served
from websockets.asyncio.client import connect

POINT_SECONDS = 1 / 60
NUM_POINTS = 90
PAUSE_SECONDS = 0.5
# Until then models are opened and connections made; nothing is counted.
WARM_UP_SECONDS = 2.0
EMPTY_PAGE = """
import gradio as gr
def nothing(message):
    return {"ok": True}
with gr.Blocks() as page:
    gr.HTML("", js_on_load="", server_functions=[nothing], elem_id="sketch")
page.launch(server_port={port}, ssr_mode=False)
"""
# Asks about a stroke so far: the points that it has, and how many were told already; gives whether there was an answer.
Ask = Callable[[list[list[float]], int], Awaitable[bool]]


def main() -> None:
    """Measures both servers, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=100, help="pens at once")
    parser.add_argument("--seconds", type=float, default=20, help="how long they are measured")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    figures = measure([sys.executable, "app.py", "--port", "{port}"], open_line, options)
    figures["floor"] = measure([sys.executable, "-c", EMPTY_PAGE], open_function, options)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, entry in (("sketchpad", figures), ("empty function", figures["floor"])):
            print(
                f"{name}: {entry['clients']} clients get {entry['answers_per_second']:.0f} answers a second after "
                f"{entry['p50_ms']:.0f} ms (p95 {entry['p95_ms']:.0f}, p99 {entry['p99_ms']:.0f}), {entry['errors']} "
                f"errors, memory {entry['rss_mb_before']:.0f} to {entry['rss_mb_after']:.0f} MB"
            )


def measure(command: list[str], open_: Callable[[str], Any], options: argparse.Namespace) -> dict[str, Any]:
    """Serves a page and lets all clients draw; `open_` connects one of them."""
    with served(command) as (url, _, process):
        before = resident_megabytes(process.pid)
        times, num_errors = asyncio.run(draw_together(url, open_, options.clients, options.seconds))
        after = resident_megabytes(process.pid)
    percentiles = statistics.quantiles(times, n=100) if len(times) > 1 else [float("nan")] * 99
    return {
        "clients": options.clients,
        "answers_per_second": round(len(times) / options.seconds, 1),
        **{f"p{rank}_ms": round(percentiles[rank - 1] * 1000, 1) for rank in (50, 95, 99)},
        "errors": num_errors,
        "rss_mb_before": round(before, 1),
        "rss_mb_after": round(after, 1),
    }


async def draw_together(url: str, open_: Callable[[str], Any], clients: int, seconds: float) -> tuple[list[float], int]:
    """The seconds of every answer that came in time, and the number of questions without one."""
    loop = asyncio.get_running_loop()
    begin = loop.time() + WARM_UP_SECONDS
    times: list[float] = []
    num_errors = 0

    async def draw(number: int) -> None:
        nonlocal num_errors
        try:
            async with asyncio.timeout_at(begin + seconds), open_(url) as ask:
                await asyncio.sleep(number / clients * (NUM_POINTS * POINT_SECONDS + PAUSE_SECONDS))
                while True:
                    await draw_digit(ask, loop, record)
                    await asyncio.sleep(PAUSE_SECONDS)
        except TimeoutError:
            pass
        except Exception:
            num_errors += 1

    def record(started: float, is_answered: bool) -> None:
        nonlocal num_errors
        if started >= begin:
            times.append(loop.time() - started)
            num_errors += not is_answered

    await asyncio.gather(*(draw(number) for number in range(clients)))
    return times, num_errors


async def draw_digit(ask: Ask, loop: asyncio.AbstractEventLoop, record: Callable[[float, bool], None]) -> None:
    """Draws one digit, asking about whatever ink is new when the answer before has come."""
    points = densify(SEVEN, NUM_POINTS)[:NUM_POINTS]
    pen_down, told = loop.time(), 0
    while told < len(points):
        num_drawn = min(len(points), int((loop.time() - pen_down) / POINT_SECONDS) + 2)
        if num_drawn == told:
            await asyncio.sleep(pen_down + (told - 1) * POINT_SECONDS - loop.time())
            continue
        started = loop.time()
        is_answered = await ask(points[:num_drawn], told)
        record(started, is_answered)
        told = num_drawn


@asynccontextmanager
async def open_line(url: str) -> AsyncIterator[Ask]:
    """Connects one pen by the live line."""
    async with connect(url.replace("http", "ws") + "/live") as line:

        async def ask(points: list[list[float]], told: int) -> bool:
            await line.send(json.dumps({"id": len(points), "keep": [0, told], "strokes": [points[told:]]}))
            return json.loads(await line.recv()).get("ok", False)

        yield ask


# Asked once, not by each client.
find_component = functools.cache(find_pad)


@asynccontextmanager
async def open_function(url: str) -> AsyncIterator[Ask]:
    """Connects one caller of the empty function, by a connection that is kept."""
    host, component = url.removeprefix("http://"), find_component(url)
    reader, writer = await asyncio.open_connection(*host.split(":"))
    body = json.dumps({"component_id": component, "fn_name": "nothing", "session_hash": "s", "data": {}})
    request = (
        f"POST /gradio_api/component_server HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()

    async def ask(points: list[list[float]], told: int) -> bool:
        del points, told
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return json.loads(await reader.readexactly(length)).get("ok", False)

    try:
        yield ask
    finally:
        writer.close()


if __name__ == "__main__":
    main()
