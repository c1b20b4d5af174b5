"""A small set of digits, what the shipped model makes of it, libraries over it, and a stand-in for a computation."""

from __future__ import annotations

import contextlib
import functools
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
from support.models import copy_model, update_checksum
from support.server import start_app_with_data

from mnist_core.browse import answers
from mnist_core.browse.answers import AnswerStore
from mnist_core.browse.embedding import Embedder
from mnist_core.browse.neighbours import PixelIndex
from mnist_core.data.sample import load_sample
from mnist_core.data.splits import find_splits, load_split
from mnist_core.models.devices import choose_device
from mnist_core.models.inference import LiteRTPredictor, predict
from mnist_core.models.predictions import Predictions
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.services import child_process
from mnist_core.services.jobs import Job
from mnist_core.services.library import Library
from mnist_core.services.reader import Reader

HOUSE = [[[3, 8], [3, 4], [7, 4], [7, 8], [3, 8]], [[2, 4.5], [5, 1], [8, 4.5]], [[4, 8], [4, 6], [6, 6], [6, 8]]]
SHIPPED = load_stored(SHIPPED_DIR / "sketchnet")
NUM_TRAIN, NUM_TEST = 300, 200
# In the test images of the small set.
MISLABELLED, REFUSED, TWINS = [0, 1, 2], 5, (198, 199)

_folder = tempfile.TemporaryDirectory(prefix="library-", ignore_cleanup_errors=True)
# Notes when it begins and ends and what it was asked; what else it does is in the name of the split.
_STAND_IN = """
import json, os, sys, time
from pathlib import Path

question = json.loads(sys.stdin.readline())
split, folder = question["split"], Path(question["cache"])


def note(event):
    with (folder / "log").open("a") as log:
        print(json.dumps([event, split, os.getpid(), question, os.environ["OPENBLAS_NUM_THREADS"]]), file=log)


def say(**message):
    print(json.dumps(message), flush=True)


note("begin")
if split.startswith("wait"):
    say(share=0.25)
    started = time.monotonic()
    while not (folder / "go").exists() and time.monotonic() - started < 60:
        time.sleep(0.01)
elif split == "fail":
    say(problem="the disk is full")
    sys.exit()
elif split == "fall_silent":
    sys.exit(3)
elif split == "fail_loudly":
    print("a line of many\\n" * 100_000 + "the last line", file=sys.stderr)
    sys.exit(1)
elif split == "die":
    os.kill(os.getpid(), 9)
elif split == "hang":
    time.sleep(60)
say(share=0.5)
say(share=1.0)
note("end")
say(problem="")
"""


@functools.cache
def house() -> np.ndarray:
    """What is no digit, uint8 (28, 28)."""
    return np.rint(render_ink(check_ink(HOUSE)) * 255).astype(np.uint8)


@functools.cache
def small_arrays() -> dict[str, np.ndarray]:
    """300 and 200 other sample images in four arrays; of the latter three are mislabelled and one is a house."""
    x, y = load_sample()
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[:NUM_TRAIN], order[NUM_TRAIN : NUM_TRAIN + NUM_TEST]
    x_test, y_test = x[test], y[test]
    y_test[MISLABELLED] = (y_test[MISLABELLED] + 1) % 10
    x_test[REFUSED] = house()
    x_test[TWINS[1]], y_test[TWINS[1]] = x_test[TWINS[0]], y_test[TWINS[0]]
    return {"x_train": x[train], "y_train": y[train], "x_test": x_test, "y_test": y_test}


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    """Writes an npz file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


@functools.cache
def small_file() -> Path:
    """The small set, alone in its folder."""
    return write_arrays(Path(_folder.name) / "data/small.npz", small_arrays())


@functools.cache
def read_test() -> Predictions:
    """What the shipped model makes of the test images, without a library."""
    return predict(LiteRTPredictor(SHIPPED), small_arrays()["x_test"].astype(np.float32) / 255)


@contextlib.contextmanager
def poor_maps() -> Iterator[None]:
    """Leaves out what takes longest for thousands of images: a map's layout, near duplicates and most distances."""
    with (
        mock.patch.object(answers, "lay_out", lambda vectors, **_: vectors[:, :2] / np.abs(vectors).max()),
        mock.patch.object(answers, "_NUM_QUERIES", 200),
        mock.patch.object(PixelIndex, "find_duplicates", return_value=np.empty((0, 2), np.int64)),
    ):
        yield


@functools.cache
def _directions() -> Path:
    """A cache folder with the shipped model's directions alone."""
    cache_dir = Path(_folder.name) / "directions"
    AnswerStore(cache_dir).compute_projection(SHIPPED, Embedder(SHIPPED))
    return cache_dir


@functools.cache
def known() -> Path:
    """A cache folder with answers for the small set and, with a poor map, for the built-in one. Not to be changed."""
    cache_dir = copy_projection(Path(_folder.name) / "cache")
    store = AnswerStore(cache_dir)
    for source in find_splits(small_file(), cache_dir):
        split = load_split(source, cache_dir)
        store.compute_answers(SHIPPED, split, lambda share: None)
        store.compute_facts(split, lambda share: None)
    (built_in,) = find_splits(None, Path(_folder.name) / "nothing")
    with poor_maps():
        split = load_split(built_in, cache_dir)
        store.compute_answers(SHIPPED, split, lambda share: None)
        store.compute_facts(split, lambda share: None)
    return cache_dir


def copy_known(cache_dir: Path) -> Path:
    """A cache folder of one's own with the same in it."""
    shutil.copytree(known(), cache_dir, dirs_exist_ok=True)
    return cache_dir


def copy_projection(cache_dir: Path) -> Path:
    """A cache folder with the shipped model's directions alone, which take longest to compute for a small set."""
    shutil.copytree(_directions(), cache_dir, dirs_exist_ok=True)
    return cache_dir


@functools.cache
def data_server() -> SimpleNamespace:
    """The real program with the small set and another beside it; at first nothing is known about either."""
    folder = Path(_folder.name) / "served"
    data, other = write_arrays(folder / "data/small.npz", small_arrays()), small_arrays()
    write_arrays(folder / "data/other.npz", {name: array[:60] for name, array in other.items()})
    (folder / "data/bad.npz").write_bytes(b"no npz")
    return start_app_with_data(data, MNIST_CACHE_DIR=copy_projection(folder / "cache"))


def open_reader(*roots: Path) -> Reader:
    """A reader of the shipped model and of those in other folders."""
    return Reader(choose_device("cpu"), (SHIPPED_DIR, *roots), "sketchnet")


def open_library(cache_dir: Path, data_dir: Path | None = None, reader: Reader | None = None) -> Library:
    """A library over a data set, or over the built-in one."""
    return Library(reader or open_reader(), data_dir, cache_dir)


def copy_shipped(folder: Path, **metrics: object) -> Path:
    """The shipped model with some metrics changed; `rewrite` does it again in the same place."""
    copy_model(SHIPPED, folder)
    return rewrite(folder, "metrics.json", json.dumps({**SHIPPED.metrics, **metrics}).encode())


def rewrite(folder: Path, name: str, content: bytes) -> Path:
    """Replaces one file of a stored model, with its checksum, so that it counts as written now."""
    written = (folder / "manifest.json").stat().st_mtime_ns
    (folder / name).write_bytes(content)
    while (folder / "manifest.json").stat().st_mtime_ns == written:
        update_checksum(folder, name)
    return folder


def wait_for(job: Job, seconds: float = 60) -> Job:
    """Waits until a computation has ended."""
    return wait_until(lambda: job.ended is not None, seconds) and job


def wait_until(is_so, seconds: float = 60) -> bool:
    """Waits for what other threads and processes do."""
    started = time.monotonic()
    while not is_so():
        assert time.monotonic() - started < seconds, "waited in vain"
        time.sleep(0.01)
    return True


class StandIn:
    """A program in place of `answer_worker`, for the computations that write into a cache folder."""

    def __init__(self, monkeypatch, folder: Path) -> None:
        self.folder, self.cache_dir = folder / "program", folder / "stand_in_cache"
        services = self.folder / "mnist_core/services"
        services.mkdir(parents=True)
        self.cache_dir.mkdir()
        (services.parent / "__init__.py").touch()
        (services / "__init__.py").touch()
        (services / "answer_worker.py").write_text(_STAND_IN)
        monkeypatch.setattr(child_process, "PROGRAM_DIR", self.folder)

    def release(self) -> None:
        """Lets those that wait go on."""
        (self.cache_dir / "go").touch()

    @property
    def log(self) -> list[tuple]:
        """Event, split, process, question and number of threads of all that happened."""
        path = self.cache_dir / "log"
        return [tuple(json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def events(self) -> list[str]:
        """The events alone, as "begin train"."""
        return [f"{event} {split}" for event, split, *_ in self.log]
