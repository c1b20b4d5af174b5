"""A recipe and data -> a trained model and its history, with progress and a stop.

Importing this module imports Keras, so it runs in a process of its own and never in the one that serves the page. It
does not store the result and never sees the test set.
"""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from ..data.training_data import TrainingData
from ..errors import StoppedError, TrainingError
from ..models.keras_builder import build_model
from ..models.recipes import FINISH_RATE, Recipe
from ..models.store import TrainingRun
from .batches import add_label_noise, as_float, build_input_pipeline, encode_labels
from .devices import gather_on_one_device, share_among, usable_devices, validation_batch
from .pools import build_pools
from .progress import Progress

# No network that learns is ever as wrong as this; a guess costs 2.3.
_LOST = 1e6


def train(
    recipe: Recipe,
    data: TrainingData,
    *,
    start: keras.Model | None = None,
    devices: Sequence[str] = (),
    exact: bool = True,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    watchers: Sequence[keras.callbacks.Callback] = (),
    rate: ManualRate | None = None,
) -> TrainingRun:
    """Trains a model as the recipe says.

    The same recipe, data and machine give the same weights, unless `exact` is False. A complete run keeps the weights
    of its last epoch; nothing is chosen by validation accuracy, which only ends a run with `until`. A KeyboardInterrupt
    keeps the epoch with the best validation accuracy so far.

    Args:
        recipe: What to train.
        data: What to train and validate on.
        start: The model to start from; needed exactly when the recipe has a `start`. Its layers have the names and
            shapes of the recipe's network.
        devices: TensorFlow's names of the devices to share each batch; with fewer than two, Keras chooses. Of several,
            as many are used as share all batches.
        exact: Whether the result must be repeatable to the last digit, which takes TensorFlow up to twice the time.
        on_progress: Called after every step and every epoch.
        watchers: Further callbacks, called last. What they compute must leave the random numbers of Python, NumPy and
            Keras alone; a KeyboardInterrupt of theirs stops the run.
        rate: Through which the learning rate may be set while the run goes on; None where nobody will.

    Raises:
        ArchitectureError: The network is impossible.
        StoppedError: The run was stopped before its first epoch ended.
        TrainingError: Its loss became NaN or infinite.
    """
    if (start is None) != (recipe.start is None):
        raise ValueError("`start` must be given exactly when the recipe has a start.")
    keras.utils.set_random_seed(recipe.seed)
    if exact:
        make_deterministic()
    labels = add_label_noise(data.y_train[: recipe.limit], recipe)
    pools = build_pools(recipe, data)
    num_images = len(labels) + sum(pool.per_epoch for pool in pools)
    num_steps = math.ceil(num_images / recipe.batch_size)
    devices = usable_devices(num_images, recipe.batch_size, len(data.x_validation), devices)
    with share_among(devices):
        model = _build_model(recipe, start)
        _compile(model, recipe, num_steps, rate)
    averaging = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if model.optimizer.use_ema else []
    monitor = _Monitor(recipe, num_steps, on_progress)
    stopped_after = None
    try:
        with _hold_back_interrupts() as monitor.stop_if_asked:
            model.fit(
                **build_input_pipeline(data.x_train[: recipe.limit], labels, pools, recipe),
                epochs=recipe.epochs,
                validation_data=(as_float(data.x_validation)[..., None], encode_labels(data.y_validation, recipe)),
                validation_batch_size=validation_batch(len(devices)),
                callbacks=[*averaging, monitor, *watchers],
                verbose=0,
            )
            monitor.stop_if_asked()
    except KeyboardInterrupt:
        if monitor.best_weights is None:
            raise StoppedError(
                "Training was stopped before its first epoch ended, so there is nothing to keep."
            ) from None
        model.set_weights(monitor.best_weights)
        stopped_after = monitor.best_epoch
    if monitor.reached_aim:
        model.set_weights(monitor.best_weights)  # an early end leaves Keras' running average behind
    if len(devices) > 1:
        model = gather_on_one_device(model, recipe)
    return TrainingRun(recipe, model, monitor.history, data.digest, stopped_after)


@contextlib.contextmanager
def _hold_back_interrupts() -> Iterator[Callable[[], None]]:
    """Makes Ctrl-C wait until the given function is called: inside TensorFlow's own code it can crash the process.

    A second one does not wait.
    """
    asked = False

    def stop_if_asked() -> None:
        if asked:
            raise KeyboardInterrupt

    def note(number: int, frame: object) -> None:
        nonlocal asked
        stop_if_asked()
        asked = True

    if threading.current_thread() is not threading.main_thread():  # which alone is told of signals
        yield stop_if_asked
        return
    previous = signal.signal(signal.SIGINT, note)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, previous)


class _Monitor(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Reports progress, records the history and keeps the weights of the best epoch."""

    def __init__(self, recipe: Recipe, num_steps: int, on_progress: Callable[[Progress], None]) -> None:
        super().__init__()
        self._recipe = recipe
        self._num_steps = num_steps
        self._on_progress = on_progress
        self.stop_if_asked: Callable[[], None] = lambda: None
        self._epoch = 0
        self.history: list[dict[str, float]] = []
        self.best_epoch = 0
        self.best_weights: list[np.ndarray] | None = None
        self.reached_aim = False

    def on_train_begin(self, logs: dict[str, float]) -> None:
        self._started = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float]) -> None:
        self._epoch = epoch + 1
        self._epoch_started = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        self._stop_if_lost(logs["loss"], f"step {batch + 1}")
        self._report(batch + 1, logs)
        self.stop_if_asked()

    def on_test_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        self.stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        # The loss of a step is that before the step: the last ones show here.
        self._stop_if_lost(logs["val_loss"], "on the validation images")
        seconds = time.monotonic() - self._epoch_started
        self.history.append({name: float(value) for name, value in logs.items()} | {"seconds": seconds})
        if self.best_weights is None or logs["val_accuracy"] > self.history[self.best_epoch - 1]["val_accuracy"]:
            self.best_epoch, self.best_weights = self._epoch, self.model.get_weights()
        if self._recipe.until and round(float(logs["val_accuracy"]), 6) >= self._recipe.until:  # Keras' is a float32
            self.reached_aim = self.model.stop_training = True
        self._report(self._num_steps, logs, logs["val_accuracy"])

    def _stop_if_lost(self, loss: float, where: str) -> None:
        if not float(loss) < _LOST:
            rate = self._recipe.learning_rate
            raise TrainingError(
                "The loss became {loss:g} in epoch {epoch}, {where}. Lower the learning rate: it is "
                "{rate:g}, try {lower:g}. If it happens again, take another optimizer.",
                loss=float(loss),
                epoch=self._epoch,
                where=where,
                rate=rate,
                lower=rate / 10,
            )

    def _report(self, step: int, logs: dict[str, float], validation_accuracy: float | None = None) -> None:
        done = (self._epoch - 1 + step / self._num_steps) / self._recipe.epochs
        left = (time.monotonic() - self._started) * (1 - done) / done
        self._on_progress(
            Progress(
                self._epoch,
                self._recipe.epochs,
                step,
                self._num_steps,
                logs["loss"],
                logs["accuracy"],
                left,
                validation_accuracy,
            )
        )


def _build_model(recipe: Recipe, start: keras.Model | None) -> keras.Model:
    model, frozen = build_model(recipe.network), recipe.start.freeze if recipe.start else ()
    if start is not None:
        for layer in model.layers:
            layer.set_weights(start.get_layer(layer.name).get_weights() if layer.weights else [])
            layer.trainable = layer.name not in frozen
    return model


class ManualRate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # Keras ships no types
    """The recipe's learning rate, to the last digit, until another one is set by hand; that one then stays."""

    def __init__(self) -> None:
        super().__init__()
        self._schedule: float | keras.optimizers.schedules.LearningRateSchedule = 0.0
        self._chosen = keras.Variable(0.0, trainable=False)

    def follow(self, schedule: float | keras.optimizers.schedules.LearningRateSchedule) -> ManualRate:
        """Sets what applies as long as nobody sets a rate, and returns itself."""
        self._schedule = schedule
        return self

    def choose(self, learning_rate: float) -> None:
        """Sets the learning rate of all further steps, above 0."""
        self._chosen.assign(learning_rate)

    def __call__(self, step: Any) -> Any:
        planned = self._schedule(step) if callable(self._schedule) else self._schedule
        return keras.ops.where(self._chosen > 0, self._chosen, planned)

    def get_config(self) -> dict[str, Any]:
        """Returns what Keras would write into a saved optimizer; none is saved here."""
        return {}


def _compile(model: keras.Model, recipe: Recipe, num_steps: int, rate: ManualRate | None = None) -> None:
    sparse = recipe.loss == "sparse"
    loss = keras.losses.SparseCategoricalCrossentropy if sparse else keras.losses.CategoricalCrossentropy
    schedule = build_schedule(recipe, num_steps)
    optimizer = _build_optimizer(recipe, num_steps, rate.follow(schedule) if rate else schedule)
    model.compile(optimizer, loss(from_logits=True), metrics=["accuracy"])


def _build_optimizer(
    recipe: Recipe, num_steps: int, schedule: float | keras.optimizers.schedules.LearningRateSchedule
) -> keras.optimizers.Optimizer:
    # An average over more than a tenth of all steps would still remember the untrained network.
    momentum = min(recipe.averaging, 1 - 10 / (num_steps * recipe.epochs))
    averaging = {"use_ema": True, "ema_momentum": momentum} if momentum > 0 else {}
    if recipe.optimizer == "adamw":
        return keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay, **averaging)
    common = {"learning_rate": schedule, "weight_decay": recipe.weight_decay or None, **averaging}
    if recipe.optimizer in ("sgd", "momentum"):
        velocity = {"momentum": 0.9, "nesterov": True} if recipe.optimizer == "momentum" else {}
        return keras.optimizers.SGD(**common, **velocity)
    return {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[recipe.optimizer](**common)


class _Finished(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # Keras ships no types
    """One learning rate until a step, from which another schedule begins."""

    def __init__(self, before: Any, first_step: int, finish: Any) -> None:
        super().__init__()
        self._before, self._first_step, self._finish = before, first_step, finish

    def __call__(self, step: Any) -> Any:
        before = self._before(step) if callable(self._before) else self._before
        since = keras.ops.maximum(step - self._first_step, 0)
        return keras.ops.where(step < self._first_step, before, self._finish(since))

    def get_config(self) -> dict[str, Any]:
        """Returns what Keras would write into a saved optimizer; none is saved here."""
        return {}


def build_schedule(recipe: Recipe, num_steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    before = _build_main_schedule(recipe, recipe.epochs - recipe.num_finishing, num_steps)
    if not recipe.num_finishing:
        return before
    finish = _build_cosine(FINISH_RATE * recipe.learning_rate, recipe.num_finishing, num_steps)
    return _Finished(before, num_steps * (recipe.epochs - recipe.num_finishing), finish)


def _build_main_schedule(
    recipe: Recipe, epochs: int, num_steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if recipe.schedule == "cosine":
        return _build_cosine(recipe.learning_rate, epochs, num_steps)
    if recipe.schedule == "exponential":
        return keras.optimizers.schedules.ExponentialDecay(recipe.learning_rate, num_steps * epochs, decay_rate=0.01)
    return recipe.learning_rate


def _build_cosine(peak: float, epochs: int, num_steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=peak / 100,
        warmup_target=peak,
        warmup_steps=num_steps,
        decay_steps=max(1, num_steps * (epochs - 1)),
    )


def make_deterministic() -> None:
    """Asks TensorFlow for operations that give the same result every time; other backends do so on a CPU anyway."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()
