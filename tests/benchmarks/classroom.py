"""Prints how soon the wall of a class shows what thirty devices draw, and how much room it takes.

    python tests/benchmarks/classroom.py --devices 30 --drawings 10 --json

Each device is a thread that draws, sends every drawing once and some of them again, as if no answer had come, and asks
for news every second; half of them through a second server's service on the same file. The wall asks four times a
second. A delay is from the moment a device sends a drawing until the wall has it. No network is run, no page and no
HTTP: this is what the core adds to theirs. Nothing is asserted but that no drawing was lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mnist_core.classroom.drawings import Reading, Sent
from mnist_core.errors import StorageError
from mnist_core.services.rooms import Rooms

WALL_SECONDS = 0.25
DEVICE_SECONDS = 1.0
# A pupil takes longer over a digit: this is a class in a hurry.
DRAWING_SECONDS = 1.0
SHARE_SENT_AGAIN = 0.3
# A pen gives sixty points a second.
NUM_POINTS = 90


def main() -> None:
    """Lets a class draw, and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=30, help="devices in the room")
    parser.add_argument("--drawings", type=int, default=10, help="drawings of each")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.devices, options.drawings)
    if options.json:
        print(json.dumps(figures))
    else:
        print(
            f"{figures['devices']} devices sent {figures['drawings']} drawings, {figures['sent_again']} of them twice "
            f"and {figures['refused']} once more because the file was in use: "
            f"{figures['arrived']} arrived, the wall had them after {figures['delay_p50_ms']:.0f} ms (p95 "
            f"{figures['delay_p95_ms']:.0f}); sending takes {figures['send_p95_ms']:.1f} ms (p95), asking for news "
            f"{figures['news_p95_ms']:.1f} ms (p95); 1,000 drawings take {figures['megabytes_per_1000']:.2f} MB"
        )


def measure(folder: Path, num_devices: int, num_drawings: int) -> dict[str, Any]:
    """Opens a room and lets all devices draw at once."""
    servers = [Rooms(folder), Rooms(folder)]
    opened = servers[0].open_room()
    empty = size_of(folder, servers)
    times: dict[str, list[float]] = {"delay": [], "send": [], "news": []}
    sent_at: dict[tuple[int, int], float] = {}
    sent_again: list[int] = []
    refused: list[int] = []

    def play(device: int) -> None:
        rooms, rng = servers[device % 2], random.Random(device)
        token = rooms.join(opened["code"], "192.0.2.1")
        round_id, version = rooms.show_device(token)["activity"]["round"], 0
        for number in range(1, num_drawings + 1):
            until = time.monotonic() + rng.uniform(0.5, 1.5) * DRAWING_SECONDS
            sent = Sent(number, ink=draw(rng), label=rng.randrange(10))
            while time.monotonic() < until:
                version = timed(times["news"], rooms.show_device, token, version)["version"]
                time.sleep(min(DEVICE_SECONDS, max(0.0, until - time.monotonic())))
            sent_at[device, number] = time.monotonic()
            num_times = 1 + (rng.random() < SHARE_SENT_AGAIN)
            sent_again.append(num_times - 1)
            while num_times:
                try:
                    timed(times["send"], rooms.submit, token, round_id, sent, [guess(rng, (device, number))])
                    num_times -= 1
                except StorageError:  # the other server writes
                    refused.append(number)

    devices = [threading.Thread(target=play, args=(device,)) for device in range(num_devices)]
    for device in devices:
        device.start()
    num_seen = watch(servers[1], opened, num_devices * num_drawings, sent_at, times)
    for device in devices:
        device.join()
    wall = servers[0].show_wall(opened["wall"])
    assert wall["count"] == num_seen == len(wall["drawings"]) == num_devices * num_drawings
    figures = {
        "devices": num_devices,
        "drawings": num_devices * num_drawings,
        "sent_again": sum(sent_again),
        "refused": len(refused),
        "arrived": wall["count"],
        "megabytes_per_1000": round((size_of(folder, servers) - empty) / wall["count"] / 1000, 3),
    }
    for name, seconds in times.items():
        percentiles = statistics.quantiles(seconds, n=100)
        figures |= {f"{name}_p{rank}_ms": round(percentiles[rank - 1] * 1000, 1) for rank in (50, 95)}
    for rooms in servers:
        rooms.close()
    return figures


def watch(
    rooms: Rooms,
    opened: dict[str, str],
    num_expected: int,
    sent_at: dict[tuple[int, int], float],
    times: dict[str, list[float]],
) -> int:
    """Follows the wall until all drawings are there; returns how many it was given."""
    version, num_seen = 0, 0
    while num_seen < num_expected:
        news = rooms.show_wall(opened["wall"], version)
        now, version = time.monotonic(), news["version"]
        for drawing in news.get("drawings", ()):
            # The probabilities of a drawing say which it is, and nothing else on the wall does.
            num_seen += 1
            times["delay"].append(now - sent_at[mark_of(rooms, opened, drawing["id"])])
        time.sleep(WALL_SECONDS)
    return num_seen


def mark_of(rooms: Rooms, opened: dict[str, str], drawing: int) -> tuple[int, int]:
    """The device and the number that `guess` has hidden in a drawing's probabilities."""
    with rooms._database.read() as connection:
        (readings,) = connection.execute("SELECT readings FROM drawings WHERE id = ?", (drawing,)).fetchone()
    probabilities = json.loads(readings)[0]["probabilities"]
    return round(probabilities[0] * 10_000), round(probabilities[1] * 10_000)


def guess(rng: random.Random, mark: tuple[int, int]) -> Reading:
    """What a network might say, with the drawing's mark in it."""
    probabilities = [0.0] * 10
    probabilities[rng.randrange(2, 10)] = 0.9
    probabilities[:2] = [part / 10_000 for part in mark]
    return Reading("sketchnet", probabilities, True)


def draw(rng: random.Random) -> list[list[list[float]]]:
    """A digit's worth of wavy ink with the time of each point."""
    steps = np.linspace(0, 6.3, NUM_POINTS)
    wave = rng.uniform(0.5, 2)
    x = 200 + 80 * np.cos(steps * wave) + np.array([rng.gauss(0, 0.7) for _ in steps])
    y = 200 + 120 * np.sin(steps) + np.array([rng.gauss(0, 0.7) for _ in steps])
    return [np.stack([x, y, 1000 / 60 * np.arange(NUM_POINTS)], axis=1).tolist()]


def timed(times: list[float], call: Any, *values: Any) -> Any:
    """Calls a function and notes how long it took."""
    started = time.monotonic()
    result = call(*values)
    times.append(time.monotonic() - started)
    return result


def size_of(folder: Path, servers: list[Rooms]) -> int:
    """The bytes of all files, when the log has been written into the file."""
    for rooms in servers:
        rooms.sweep()
    return sum(path.stat().st_size for path in folder.iterdir())


if __name__ == "__main__":
    main()
