"""Trains for a server: loads TensorFlow at once, then waits for a run, and ends when none has come for a while.

    python -m mnist_core.services.training_worker

No command for people, who have `train`. The first message says where things are: `{"data", "cache", "device",
"idle_seconds"}`. It sends `{"ready": true}`, or `{"error": text}` where TensorFlow cannot be loaded. Then come orders,
see `child_process`:

    {"do": "run", "run", "recipe", "folder"}     a run's name, what to train, and the folder for what it keeps
    {..., "hidden", "data_of"}                   as one of an experiment: what is stored, by another name than these, is
                                                 not trained again; and the recipe that says what data there is
    {"do": "rescue", ...}                        stores the best epoch of such a run that has ended badly
    {"do": ..., "run"}                           an order to the run that goes on, see `worker.Watch`
    {"do": "wait"}                               nothing, but it waits anew

and from it what `worker.Watch` lists, and at the end of each run `{"ended": {"state", "model", "problem"}}`, of a model
that is stored with "validation", "test", "complete", "figures", and "found" if it was before.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.download import ProgressCallback
from ..data.mnist import Dataset, find_places, load_dataset
from ..data.own_drawings import OwnDrawings, old_digits
from ..data.prepared import PreparedSet
from ..errors import FAULT, DataError, MissingPackageError, MnistError, StoppedError
from ..evaluation.metrics import evaluate
from ..models.devices import choose_device
from ..models.inference import open_predictor
from ..models.recipes import Recipe, find_recipe
from ..models.store import StoredModel, find_stored
from ..packages import needed_packages
from ..paths import SHIPPED_DIR, models_dir
from ..training.experiments import ABLATION_FIGURES, is_measured_for_ablation
from ..training.kept import KeptEpochs
from ..training.runs import Workbench, device_finder
from .child_process import Message, Parent, run_child

if TYPE_CHECKING:
    pass

# What experiments compare beside validation and test.
_FIGURES: dict[str, tuple[str | int, ...]] = {
    "parameters": ("parameters",),
    "seconds": ("seconds",),
    **ABLATION_FIGURES,
}

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
            stored = self._find_stored(order)
            ended = {"state": "done", "problem": "", "found": stored is not None}
            ended |= _tell_result(stored or self._run(order))
        except StoppedError as error:
            ended = {"state": "stopped", "model": "", "problem": str(error)}
        except MnistError as error:
            ended = {"state": "failed", "model": "", "problem": str(error)}
        except Exception:
            _log.exception("a training run failed")
            ended = {"state": "failed", "model": "", "problem": FAULT}
        self._parent.send({"ended": ended})

    def _find_stored(self, order: Message) -> StoredModel | None:
        """Returns what an experiment need not train again."""
        if "hidden" not in order:
            return None
        bench = self._open_bench(order)
        stored = bench.find_measured(Recipe.from_dict(order["recipe"]), order["hidden"])
        has_all = stored is not None and (not bench.data.ink or is_measured_for_ablation(stored))
        return stored if has_all else None

    def _run(self, order: Message) -> StoredModel:
        recipe = Recipe.from_dict(order["recipe"])
        kept = KeptEpochs(Path(order["folder"]))
        is_own = kept.own_drawings.is_file()
        bench = self._open_own(kept) if is_own else self._open_bench(order)
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
        if is_own:
            self._tell_forgotten(recipe, stored, bench)
        return stored

    def _open_own(self, kept: KeptEpochs) -> Workbench:
        roots = SHIPPED_DIR, models_dir(self._cache_dir)
        return Workbench.for_own(OwnDrawings.read(kept.own_drawings), roots, find_devices=self._find_devices)

    def _tell_forgotten(self, recipe: Recipe, stored: StoredModel, bench: Workbench) -> None:
        """Tells how a model reads the drawings held out, and 1,000 digits of MNIST, before and after."""
        models = [*([find_stored(recipe.start.model, bench.roots)] if recipe.start else []), stored]
        predictors = [open_predictor(model, choose_device("cpu")) for model in models]
        old = PreparedSet.from_mnist(*old_digits())
        held_out = PreparedSet.from_mnist(bench.data.x_validation, bench.data.y_validation)
        accuracies = [evaluate(predictor, old)["accuracy"] for predictor in predictors]
        errors = [evaluate(predictor, held_out)["error_count"] for predictor in predictors]
        total = len(held_out.labels)
        values = {
            "right": total - errors[-1],
            "rightBefore": total - errors[0] if recipe.start else None,
            "total": total,
            "after": round(100 * accuracies[-1], 1),
            "before": round(100 * accuracies[0], 1) if recipe.start else None,
        }
        key = "own_tuned" if recipe.start else "own_fresh"
        self._parent.send({"event": {"step": 0, "key": key, "values": values}})

    def _open_bench(self, order: Message) -> Workbench:
        recipe = find_recipe(order["data_of"]) if order.get("data_of") else Recipe.from_dict(order["recipe"])
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


def _tell_result(stored: StoredModel) -> Message:
    accuracies = {split: stored.figure(split, "accuracy") for split in ("validation", "test")}
    figures = {name: stored.figure(*path) for name, path in _FIGURES.items()}
    images = stored.figure("num_training_images")
    return {"model": stored.name, **accuracies, "complete": stored.complete, "images": images, "figures": figures}


if __name__ == "__main__":
    run_child(work)
