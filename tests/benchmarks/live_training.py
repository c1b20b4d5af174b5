"""How soon a run begins and learns for who watches it, how fast the pad answers meanwhile, and what memory it takes.

    MNIST_DATA_DIR=... python tests/benchmarks/live_training.py [--recipe fast]

First with a process that must load TensorFlow, then with one that has. The pad is read by the same process as on a
server, ten times a second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mnist_core.data.sample import load_sample
from mnist_core.hosting.identity import Visitor
from mnist_core.models.devices import choose_device
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.reader import Reader
from mnist_core.services.runs import Runs

WANTED = 0.98
ANN = Visitor("benchmark")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", default="fast")
    recipe = parser.parse_args().recipe
    data_dir = os.environ.get("MNIST_DATA_DIR")
    reader = Reader(choose_device("cpu"), [SHIPPED_DIR], "sketchnet")
    print(f"the pad, idle: median {measure_pad(reader, 3.0):.1f} ms")
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(data_dir) if data_dir else None, Path(folder))
        for engine in ("cold", "warm"):
            print(f"{engine}: {watch(runs, reader, recipe)}")
        print(f"memory: server {tell_memory(os.getpid())}, worker {tell_memory(find_worker(runs))}")
        runs.close()


def watch(runs: Runs, reader: Reader, recipe: str) -> str:
    """Begins a run, looks at it until it has ended, and says what was seen."""
    started = time.monotonic()
    run = runs.begin(ANN, recipe, {})
    first = reached = None
    ended = threading.Event()
    times: list[float] = []
    threading.Thread(target=lambda: times.append(measure_pad(reader, None, ended))).start()
    while (looked := runs.look(ANN, run)["run"])["state"] not in ("done", "failed"):
        passed = time.monotonic() - started
        first = first or (passed if looked["steps"]["loss"] else None)
        if looked["epochs"] and looked["epochs"][-1]["valAccuracy"] >= WANTED:
            reached = reached or passed
        time.sleep(0.05)
    ended.set()
    passed = time.monotonic() - started
    time.sleep(0.3)
    wanted = "never" if reached is None else f"{reached:.1f} s"
    return f"first step {first:.1f} s, {WANTED:.0%} {wanted}, end {passed:.1f} s, the pad meanwhile {times[0]:.1f} ms"


def measure_pad(reader: Reader, seconds: float | None, ended: threading.Event | None = None) -> float:
    """Reads an image ten times a second for so long, or until the event; returns the median in milliseconds."""
    image = load_sample()[0][0].astype("float32") / 255
    times, started = [], time.monotonic()
    while not (ended.is_set() if ended else time.monotonic() - started > seconds):
        times.append(reader.read_image(image).milliseconds)
        time.sleep(0.1)
    return statistics.median(times)


def find_worker(runs: Runs) -> int:
    return runs._queue.processes[0]._child._process.pid


def tell_memory(process: int) -> str:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return f"{kilobytes / 1000:.0f} MB"


if __name__ == "__main__":
    main()
