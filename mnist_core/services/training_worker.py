"""Trains for a server: loads TensorFlow at once, then waits for a run, and ends when none has come for a while.

    python -m mnist_core.services.training_worker

No command for people, who have `train`. The first message says where things are: `{"data", "cache", "device",
"idle_seconds"}`. It sends `{"ready": true}`, or `{"error": text}` where TensorFlow cannot be loaded. Then come orders,
see `child_process`:

    {"do": "run", "run", "recipe", "folder"}     a run's name, what to train, and the folder for what it keeps
    {"do": "rescue", ...}                        stores the best epoch of such a run that has ended badly
    {"do": ..., "run"}                           an order to the run that goes on, see `worker.Watch`
    {"do": "wait"}                               nothing, but it waits anew

and from it what `worker.Watch` lists, and at the end of each run `{"ended": {"state", "model", "problem"}}`.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.download import ProgressCallback
from ..data.mnist import Dataset, find_places, load_dataset
from ..errors import FAULT, DataError, MissingPackageError, MnistError, StoppedError
from ..models.recipes import Recipe
from ..models.store import StoredModel
from ..packages import needed_packages
from ..paths import SHIPPED_DIR, models_dir
from ..training.kept import KeptEpochs
from ..training.runs import Workbench, device_finder
from .child_process import Message, Parent, run_child

if TYPE_CHECKING:
    pass

_log = logging.getLogger(__name__)


class Trainer:
    """Carries out runs, one after another.

    Args:
        parent: Whom it tells, and who gives orders.
        places: The first message.
        training: The module `training.worker`, loaded.
    """

    def __init__(self, parent: Parent, places: Message, training: Any) -> None:
        self._parent = parent
        self._cache_dir = Path(places["cache"])
        self._data_dir = Path(places["data"]) if places["data"] else None
        self._find_devices = device_finder(places["device"])
        self._training = training
        self._dataset: Dataset | None = None

    def prepare(self) -> None:
        """Loads MNIST if it is at hand, and takes the devices, so that the first run begins sooner."""
        self._find_devices()
        with contextlib.suppress(MnistError):
            self._load_dataset(download=False)

    def carry_out(self, order: Message) -> None:
        """Carries out a run, or the rescue of one, and tells how it ended."""
        try:
            stored = self._run(order)
            ended = {"state": "done", "model": stored.name, "problem": "", **_tell_figures(stored)}
        except StoppedError as error:
            ended = {"state": "stopped", "model": "", "problem": str(error)}
        except MnistError as error:
            ended = {"state": "failed", "model": "", "problem": str(error)}
        except Exception:
            _log.exception("a training run failed")
            ended = {"state": "failed", "model": "", "problem": FAULT}
        self._parent.send({"ended": ended})

    def _run(self, order: Message) -> StoredModel:
        recipe = Recipe.from_dict(order["recipe"])
        bench = self._open_bench(recipe)
        kept = KeptEpochs(Path(order["folder"]))
        folder = models_dir(self._cache_dir) / f"{bench.name_of(recipe)}-{order['run'][:4]}"
        if order["do"] == "rescue":
            stored = self._training.store_best(bench, recipe, folder, kept)
            kept.drop_best()
            return stored

        def receive(seconds: float) -> Message | None:
            message = self._parent.receive(seconds)
            # What was meant for an earlier run came too late.
            return message if message and message.get("run") == order["run"] else None

        watch = self._training.Watch(self._parent.send, receive)
        stored = self._training.train_watched(bench, recipe, folder, kept, watch)
        kept.drop_best()
        return stored

    def _open_bench(self, recipe: Recipe) -> Workbench:
        roots = SHIPPED_DIR, models_dir(self._cache_dir)
        try:
            dataset = self._load_dataset(download=True)
        except DataError as error:
            self._parent.send({"event": {"step": 0, "key": "built_in_images", "values": {"problem": str(error)}}})
            return Workbench.for_sample(roots, recipe, find_devices=self._find_devices)
        return Workbench.for_dataset(dataset, roots, [recipe], find_devices=self._find_devices)

    def _load_dataset(self, download: bool) -> Dataset:
        if self._dataset is None:
            is_there = self._data_dir is not None and find_places(self._data_dir)
            self._dataset = load_dataset(
                self._data_dir if is_there else None, self._cache_dir, download=download, on_progress=self._progress()
            )
        return self._dataset

    def _progress(self) -> ProgressCallback:
        told = 0

        def tell(received: int, expected: int) -> None:
            nonlocal told
            if received - told > 200_000 or received == expected:
                told = received
                self._parent.send({"download": {"received": received, "expected": expected}})

        return tell


def work(parent: Parent) -> None:
    """Carries out what comes, until nothing has come for a while."""
    places = parent.receive()
    _offer_itself()
    try:
        with needed_packages():
            from ..training import worker
        trainer = Trainer(parent, places, worker)
        trainer.prepare()
    except MissingPackageError as error:
        parent.send({"error": str(error)})
        return
    parent.send({"ready": True})
    while order := parent.receive(places["idle_seconds"]):
        if order["do"] in ("run", "rescue"):
            trainer.carry_out(order)


def _offer_itself() -> None:
    """Asks Linux to end this process, not the server, when there is no memory left."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")


def _tell_figures(stored: StoredModel) -> Message:
    accuracies = {split: stored.figure(split, "accuracy") for split in ("validation", "test")}
    return {**accuracies, "complete": stored.complete}


if __name__ == "__main__":
    run_child(work)
