"""A recipe and data -> a trained model and its history, with progress and a stop.

Importing this module imports Keras, so it runs in a process of its own and never in the one that serves the page. It
does not store the result and never sees the test set.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from .augmentation import augment
from .dataset import TrainingData
from .errors import StoppedError, TrainingError
from .models import build_model
from .recipes import Recipe


@dataclass(frozen=True)
class Progress:
    """Where a run stands: after a step, or after an epoch when `validation_accuracy` is given.

    `epoch` counts from 1; `loss` and `accuracy` are of the current epoch so far; `seconds_left` is an estimate.
    """

    epoch: int
    num_epochs: int
    step: int
    num_steps: int
    loss: float
    accuracy: float
    seconds_left: float
    validation_accuracy: float | None = None


@dataclass(frozen=True)
class TrainingRun:
    """The result of a run.

    Args:
        recipe: What was asked for.
        model: The trained Keras model.
        history: One dictionary an epoch: loss, accuracy, val_loss, val_accuracy, seconds.
        data_digest: The digest of the data it saw.
        stopped_after: None when the run is complete; else the number of the epoch whose weights were kept.
    """

    recipe: Recipe
    model: keras.Model
    history: list[dict[str, float]]
    data_digest: str
    stopped_after: int | None


def train(
    recipe: Recipe, data: TrainingData, *, on_progress: Callable[[Progress], None] = lambda progress: None
) -> TrainingRun:
    """Trains a model as the recipe says.

    The same recipe, data and machine give the same weights. A complete run keeps the weights of its last epoch, where
    the learning rate has reached 0; nothing is chosen by validation accuracy. A KeyboardInterrupt keeps the epoch
    with the best validation accuracy so far.

    Args:
        recipe: What to train.
        data: What to train and validate on.
        on_progress: Called after every step and every epoch.

    Raises:
        StoppedError: The run was stopped before its first epoch ended.
        TrainingError: Its loss became NaN or infinite.
    """
    keras.utils.set_random_seed(recipe.seed)
    _make_deterministic()
    digest = data.digest
    batches = _Batches(recipe, data)
    model = build_model(recipe.architecture)
    model.compile(
        _build_optimizer(recipe, batches.num_batches),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    monitor = _Monitor(recipe.epochs, batches.num_batches, on_progress)
    averaging = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if recipe.averaging else []
    stopped_after = None
    try:
        model.fit(
            batches,
            epochs=recipe.epochs,
            validation_data=(_as_float(data.x_validation)[..., None], data.y_validation),
            validation_batch_size=500,
            callbacks=[*averaging, monitor],
            verbose=0,
        )
    except KeyboardInterrupt:
        if monitor.best_weights is None:
            raise StoppedError("Training was stopped before its first epoch ended: there is nothing to keep.") from None
        model.set_weights(monitor.best_weights)
        stopped_after = monitor.best_epoch
    return TrainingRun(recipe, model, monitor.history, digest, stopped_after)


class _Batches(keras.utils.PyDataset):
    """Shuffled and augmented batches; what a batch holds depends on seed, epoch and position alone."""

    def __init__(self, recipe: Recipe, data: TrainingData) -> None:
        super().__init__(workers=1)
        self._recipe = recipe
        self._images = _as_float(data.x_train[: recipe.limit])
        self._labels = data.y_train[: recipe.limit].astype(np.int32)
        self._epoch = 0
        self._order = self._shuffle()

    @property
    def num_batches(self) -> int:
        return math.ceil(len(self._images) / self._recipe.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        size = self._recipe.batch_size
        chosen = self._order[index * size : (index + 1) * size]
        generator = np.random.default_rng([self._recipe.seed, self._epoch, index])
        images = augment(self._images[chosen], self._recipe.augmentation, generator)
        return images[..., None], self._labels[chosen]

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._order = self._shuffle()

    def _shuffle(self) -> np.ndarray:
        return np.random.default_rng([self._recipe.seed, self._epoch]).permutation(len(self._images))


class _Monitor(keras.callbacks.Callback):
    """Reports progress, records the history and keeps the weights of the best epoch."""

    def __init__(self, num_epochs: int, num_steps: int, on_progress: Callable[[Progress], None]) -> None:
        super().__init__()
        self._num_epochs = num_epochs
        self._num_steps = num_steps
        self._on_progress = on_progress
        self._epoch = 0
        self.history: list[dict[str, float]] = []
        self.best_epoch = 0
        self.best_weights: list[np.ndarray] | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._started = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch + 1
        self._epoch_started = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if not math.isfinite(logs["loss"]):
            raise TrainingError(
                f"The loss became {logs['loss']} in epoch {self._epoch}, step {batch + 1}. Lower the learning rate."
            )
        self._report(batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        seconds = time.monotonic() - self._epoch_started
        self.history.append({name: float(value) for name, value in logs.items()} | {"seconds": seconds})
        if self.best_weights is None or logs["val_accuracy"] > self.history[self.best_epoch - 1]["val_accuracy"]:
            self.best_epoch, self.best_weights = self._epoch, self.model.get_weights()
        self._report(self._num_steps, logs, logs["val_accuracy"])

    def _report(self, step: int, logs: dict[str, float], validation_accuracy: float | None = None) -> None:
        done = (self._epoch - 1 + step / self._num_steps) / self._num_epochs
        left = (time.monotonic() - self._started) * (1 - done) / done
        self._on_progress(
            Progress(
                self._epoch,
                self._num_epochs,
                step,
                self._num_steps,
                logs["loss"],
                logs["accuracy"],
                left,
                validation_accuracy,
            )
        )


def _build_optimizer(recipe: Recipe, num_batches: int) -> keras.optimizers.Optimizer:
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.learning_rate / 100,
        warmup_target=recipe.learning_rate,
        warmup_steps=num_batches,
        decay_steps=max(1, num_batches * (recipe.epochs - 1)),
    )
    averaging = {"use_ema": True, "ema_momentum": recipe.averaging} if recipe.averaging else {}
    return keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay, **averaging)


def _make_deterministic() -> None:
    """Asks TensorFlow for operations that give the same result every time; other backends do so on a CPU anyway."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()


def _as_float(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / 255
