"""A recipe -> a stored model while somebody watches: it tells what the network is like by now, and obeys between steps.

What it tells goes to a function, what it should do comes from another: nothing here knows of processes or of a page.
Watching changes nothing: the weights are those of a run that nobody watches.
"""

from __future__ import annotations

import base64
import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ..errors import MnistError
from ..models.keras_builder import build_model
from ..models.recipes import Recipe
from ..models.store import StoredModel, TrainingRun, build_keras_model, find_stored, save_run
from ..preprocessing.ink import IMAGE_SIZE
from .exhibits import Exhibits, Message, describe_filters, describe_reading
from .kept import KeptEpochs
from .loop import ManualRate, train
from .progress import Progress
from .runs import Workbench

# A check takes about as long as two steps.
_STEPS_PER_CHECK = 20
_TELL_SECONDS = 0.1
# Faster than this, bars flicker.
_READ_SECONDS = 0.125
MOST_PADS = 32


@dataclass(frozen=True)
class Watch:
    """Who watches a run.

    Args:
        tell: Takes messages, each an object with one of these: `state`; `steps`: from, loss and accuracy of each step
            since the last message; `check`, with filters; `epoch`; `kept`; `pads`: what each image is read as, by the
            name of who drew it; `event`: step, key and values; `saved`: name; `left`: seconds.
        receive: Gives the next order, or None when none has come for so many seconds: `{"do": name}`, with what
            belongs to it: "pause", "resume", "stop", "rate" with `value`, "save" with `folder`, "pads" with `images`:
            base64 of 784 bytes by name.
    """

    tell: Callable[[Message], None]
    receive: Callable[[float], Message | None]


def train_watched(bench: Workbench, recipe: Recipe, folder: Path, kept: KeptEpochs, watch: Watch) -> StoredModel:
    """Trains a recipe, measures the result and stores it in a folder.

    A run whose learning rate was set by hand is stored as one that was stopped: it is not the recipe's result.

    Raises:
        MnistError: As of `Workbench.train`; what `kept` has of the run can be stored by `store_best`.
    """
    recipe.network.layers()
    keras.utils.clear_session()
    start = build_keras_model(find_stored(recipe.start.model, bench.roots)) if recipe.start else None
    rate = ManualRate()
    watcher = _Watcher(bench, recipe, kept, watch, rate)
    data = bench.data_for(recipe)
    run = train(
        recipe,
        data,
        start=start,
        devices=bench.find_devices(),
        exact=bench.exact,
        on_progress=watcher.note_progress,
        watchers=[watcher],
        rate=rate,
    )
    watch.tell({"state": "storing"})
    run = watcher.correct(run)
    return save_run(run, {**bench.measure(run), **watcher.tell_steering()}, folder)


def store_best(bench: Workbench, recipe: Recipe, folder: Path, kept: KeptEpochs) -> StoredModel:
    """Stores the best epoch of a run that has ended badly.

    Raises:
        TrainingError: None has ended.
        MnistError: It cannot be stored.
    """
    epoch, weights, history = kept.read_best()
    model = build_model(recipe.network)
    model.set_weights([weights[variable.path] for variable in model.weights])
    run = TrainingRun(recipe, model, history, bench.data_for(recipe).digest, epoch)
    return save_run(run, bench.measure(run), folder)


class _Watcher(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Looks at the network between its steps, and does what it is told there."""

    def __init__(self, bench: Workbench, recipe: Recipe, kept: KeptEpochs, watch: Watch, rate: ManualRate) -> None:
        super().__init__()
        self._bench = bench
        self._recipe = recipe
        self._kept = kept
        self._tell = watch.tell
        self._receive = watch.receive
        self._rate = rate
        # Built before the run sets its random numbers: what is stored on the way is stored from this one.
        self._spare = build_model(recipe.network)
        data = bench.data_for(recipe)
        self._digest = data.digest
        self._exhibits = Exhibits.choose(data)
        self._shown = self._exhibits.images.astype(np.float32)[..., None] / 255
        self._step = 0
        self._rates: list[Message] = []
        self._history: list[dict[str, float]] = []
        self._best = -1.0
        self._losses: list[float] = []
        self._hits: list[float] = []
        self._pads: dict[str, np.ndarray] = {}
        self._told_at = self._read_at = 0.0
        self._paused = 0.0  # seconds, in this epoch

    # What the run says of itself

    def note_progress(self, progress: Progress) -> None:
        """Takes what the run tells of its progress."""
        self._step_of_epoch, self._num_steps = progress.step, progress.num_steps

    def correct(self, run: TrainingRun) -> TrainingRun:
        """Returns the run with the times and learning rates of its epochs, and as stopped if it was steered."""
        steered_to = len(self._history) if self._rates else None
        stopped_after = run.stopped_after if run.stopped_after is not None else steered_to
        return dataclasses.replace(run, history=self._history[: len(run.history)], stopped_after=stopped_after)

    def tell_steering(self) -> Message:
        """Returns what belongs among the metrics: which learning rate was set by hand, and when."""
        return {"rates_by_hand": self._rates} if self._rates else {}

    # What Keras calls

    def on_train_begin(self, logs: Message | None = None) -> None:
        self._tell({"samples": self._exhibits.describe()})
        self._check()
        self._keep(0, self._best)
        self._started = self._epoch_started = time.monotonic()
        self._tell({"state": "running"})

    def on_epoch_begin(self, epoch: int, logs: Message | None = None) -> None:
        self._epoch_started, self._paused = time.monotonic(), 0.0
        self._sums = (0.0, 0.0)

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        self._step += 1
        # Keras tells the means of the epoch so far. The last batch, which may be smaller, counts as the others do.
        sums = float(logs["loss"]) * (batch + 1), float(logs["accuracy"]) * (batch + 1)
        self._losses.append(round(max(0.0, sums[0] - self._sums[0]), 4))
        self._hits.append(round(min(1.0, max(0.0, sums[1] - self._sums[1])), 4))
        self._sums = sums
        if self._step % _STEPS_PER_CHECK == 0:
            self._check()
        self._look()
        while order := self._receive(0):
            self._obey(order)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        seconds = time.monotonic() - self._epoch_started - self._paused
        entry = {name: float(value) for name, value in logs.items()}
        entry |= {"seconds": seconds, "learning_rate": self._find_rate()}
        self._history.append(entry)
        self._flush()
        self._keep(epoch + 1, entry["val_accuracy"])
        self._tell({"epoch": {"epoch": epoch + 1, **entry}, "kept": self._kept.list_all()})

    # What is looked at

    def _look(self) -> None:
        now = time.monotonic()
        if self._pads and now - self._read_at >= _READ_SECONDS:
            self._read_pads()
        if now - self._told_at >= _TELL_SECONDS:
            self._flush()

    def _flush(self) -> None:
        """Tells the steps since the last time, and how long the others will take."""
        if not self._losses:
            return
        first = self._step - len(self._losses) + 1
        total = self._num_steps * self._recipe.epochs
        seconds = sum(entry["seconds"] for entry in self._history)
        seconds += time.monotonic() - self._epoch_started - self._paused
        left = seconds / self._step * (total - self._step)
        self._tell(
            {
                "steps": {"from": first, "loss": self._losses, "accuracy": self._hits},
                "share": self._step / total,
                "left": round(left, 1),
                "seconds": round(seconds, 2),
            }
        )
        self._losses, self._hits = [], []
        self._told_at = time.monotonic()

    def _check(self) -> None:
        judged = self._exhibits.judge(self.model.predict_on_batch(self._shown))
        filters = describe_filters(self._first_kernel())
        self._tell({"check": {"step": self._step, **judged}, "filters": filters, "learning_rate": self._find_rate()})

    def _find_rate(self) -> float:
        return float(f"{float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)):.6g}")

    def _first_kernel(self) -> np.ndarray:
        return keras.ops.convert_to_numpy(next(layer for layer in self.model.layers if hasattr(layer, "kernel")).kernel)

    def _read_pads(self) -> None:
        """Reads what is on the pads now; always as many images, so that TensorFlow compiles it once."""
        images = np.zeros((MOST_PADS, IMAGE_SIZE, IMAGE_SIZE, 1), np.float32)
        images[: len(self._pads), ..., 0] = np.stack(list(self._pads.values()))
        logits = self.model.predict_on_batch(images)
        readings = {name: describe_reading(logits[place]) for place, name in enumerate(self._pads)}
        self._tell({"pads": {name: {**reading, "step": self._step} for name, reading in readings.items()}})
        self._read_at = time.monotonic()

    # What is kept

    def _keep(self, epoch: int, accuracy: float) -> None:
        """Keeps what the network is after an epoch; after none, what it is before the first step."""
        judged = self._exhibits.judge(self.model.predict_on_batch(self._shown))
        weights = {str(variable.path): keras.ops.convert_to_numpy(variable) for variable in self.model.weights}
        try:
            self._kept.write_history(self._history)
            if accuracy > self._best:
                self._kept.write_best(epoch, weights)
                self._best = accuracy
            self._kept.write(epoch, weights, judged)
        except MnistError as error:
            self._tell_event("not_kept", epoch=epoch, problem=str(error))

    # What it is told

    def _obey(self, order: Message) -> None:
        if order["do"] == "stop":
            self._tell_event("stopped")
            raise KeyboardInterrupt
        if order["do"] == "pause":
            self._pause()
        elif order["do"] == "rate":
            self._rate.choose(order["value"])
            self._rates.append({"step": self._step, "learning_rate": order["value"]})
            self._tell({"learning_rate": order["value"]})
            self._tell_event("rate", rate=order["value"])
        elif order["do"] == "save":
            self._save(Path(order["folder"]))
        elif order["do"] == "pads":
            self._pads = {name: _decode(text) for name, text in list(order["images"].items())[:MOST_PADS]}

    def _pause(self) -> None:
        """Waits; a new drawing is read, and all other orders are obeyed."""
        started = time.monotonic()
        self._flush()
        self._tell({"state": "paused"})
        self._tell_event("paused")
        while (order := self._receive(60)) is None or order["do"] != "resume":
            if order:
                self._obey(order)
                if order["do"] == "pads" and self._pads:
                    self._read_pads()
        self._paused += time.monotonic() - started
        self._tell({"state": "running"})
        self._tell_event("resumed")

    def _save(self, folder: Path) -> None:
        """Stores the network as it is now, as one that was stopped after the epochs that it has seen whole."""
        started = time.monotonic()
        self._flush()
        self._spare.set_weights(self.model.get_weights())
        run = TrainingRun(self._recipe, self._spare, list(self._history), self._digest, len(self._history))
        try:
            save_run(run, {**self._bench.measure(run), **self.tell_steering()}, folder)
        except MnistError as error:
            self._tell_event("not_saved", name=folder.name, problem=str(error))
        else:
            self._tell({"saved": folder.name})
            self._tell_event("saved", name=folder.name)
        self._paused += time.monotonic() - started

    def _tell_event(self, key: str, **values: Any) -> None:
        self._tell({"event": {"step": self._step, "key": key, "values": values}})


def _decode(text: str) -> np.ndarray:
    """Decodes base64 of 784 bytes as an image, float32 (28, 28) in [0, 1]."""
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(IMAGE_SIZE, IMAGE_SIZE).astype(np.float32) / 255
