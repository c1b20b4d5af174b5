"""A recipe and data -> a trained model and its history, with progress and a stop.

Importing this module imports Keras, so it runs in a process of its own and never in the one that serves the page. It
does not store the result and never sees the test set.
"""

from __future__ import annotations

import contextlib
import functools
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from .architectures import NUM_CLASSES
from .augmentation import augment
from .dataset import TrainingData
from .errors import DeviceError, StoppedError, TrainingError
from .models import build_model
from .pools import Pool, build_pools
from .recipes import Recipe

# No network that learns is ever as wrong as this; a guess costs 2.3.
_LOST = 1e6


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
    recipe: Recipe,
    data: TrainingData,
    *,
    start: keras.Model | None = None,
    devices: Sequence[str] = (),
    exact: bool = True,
    on_progress: Callable[[Progress], None] = lambda progress: None,
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

    Raises:
        ArchitectureError: The network is impossible.
        StoppedError: The run was stopped before its first epoch ended.
        TrainingError: Its loss became NaN or infinite.
    """
    if (start is None) != (recipe.start is None):
        raise ValueError("`start` must be given exactly when the recipe has a start.")
    keras.utils.set_random_seed(recipe.seed)
    if exact:
        _make_deterministic()
    labels = _add_noise(data.y_train[: recipe.limit], recipe)
    pools = build_pools(recipe, data)
    num_images = len(labels) + sum(pool.per_epoch for pool in pools)
    num_steps = math.ceil(num_images / recipe.batch_size)
    devices = _that_share_evenly(num_images, recipe.batch_size, len(data.x_validation), devices)
    with _share_among(devices):
        model = _build_model(recipe, start)
        _compile(model, recipe, num_steps)
    averaging = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if model.optimizer.use_ema else []
    stopped_after = None
    try:
        with _hold_back_interrupts() as stop_if_asked:
            monitor = _Monitor(recipe, num_steps, on_progress, stop_if_asked)
            model.fit(
                **_input_pipeline(data.x_train[: recipe.limit], labels, pools, recipe),
                epochs=recipe.epochs,
                validation_data=(_as_float(data.x_validation)[..., None], _encode(data.y_validation, recipe)),
                validation_batch_size=_validation_batch(len(devices)),
                callbacks=[*averaging, monitor],
                verbose=0,
            )
            stop_if_asked()
    except KeyboardInterrupt:
        if monitor.best_weights is None:
            raise StoppedError("Training was stopped before its first epoch ended: there is nothing to keep.") from None
        model.set_weights(monitor.best_weights)
        stopped_after = monitor.best_epoch
    if monitor.reached_aim:
        model.set_weights(monitor.best_weights)  # an early end leaves Keras' running average behind
    if len(devices) > 1:
        model = _gather(model, recipe)
    return TrainingRun(recipe, model, monitor.history, data.digest, stopped_after)


@contextlib.contextmanager
def _hold_back_interrupts() -> Iterator[Callable[[], None]]:
    """Ctrl-C waits until the function that is given is called: inside TensorFlow's own code it can crash the process.

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


def choose_devices(requested: str = "auto") -> list[str]:
    """Finds TensorFlow's devices to train on, and prepares them.

    Args:
        requested: "auto" is all GPUs where there are any, "cpu" hides them, "gpu" insists on one.

    Returns:
        The names of all GPUs to use; empty for the CPU.

    Raises:
        DeviceError: `requested` is "gpu" and TensorFlow can use none.
    """
    import tensorflow

    gpus = tensorflow.config.list_physical_devices("GPU")
    if requested == "cpu":
        tensorflow.config.set_visible_devices([], "GPU")
        return []
    if requested == "gpu" and not gpus:
        raise DeviceError("A GPU was asked for, but TensorFlow can use none. Use --device auto.", requested, "CPU")
    for gpu in gpus:
        tensorflow.config.experimental.set_memory_growth(gpu, True)
    return [f"GPU:{index}" for index in range(len(gpus))]


def _input_pipeline(images: np.ndarray, labels: np.ndarray, pools: Sequence[Pool], recipe: Recipe) -> dict[str, Any]:
    """What `fit` reads from: plain arrays where it can, because nothing is faster."""
    if recipe.augmentation.is_active or pools:
        return {"x": _Batches(images, labels, pools, recipe)}
    return {"x": _as_float(images)[..., None], "y": _encode(labels, recipe), "batch_size": recipe.batch_size}


class _Batches(keras.utils.PyDataset):
    """Shuffled and augmented batches of all images and of some of each pool.

    What a batch holds depends on seed, epoch and position alone.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, pools: Sequence[Pool], recipe: Recipe) -> None:
        super().__init__(workers=1)
        self._images = np.concatenate([images, *(pool.images for pool in pools)])
        self._labels = _encode(np.concatenate([labels, *(pool.labels for pool in pools)]), recipe)
        self._num_images = len(images)
        self._pools = pools
        self._recipe = recipe
        self._epoch = 0
        self._order = self._shuffle()

    @property
    def num_batches(self) -> int:
        return math.ceil(len(self._order) / self._recipe.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        size = self._recipe.batch_size
        chosen = self._order[index * size : (index + 1) * size]
        generator = np.random.default_rng([self._recipe.seed, self._epoch, index])
        images = augment(_as_float(self._images[chosen]), self._recipe.augmentation, generator)
        return images[..., None], self._labels[chosen]

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._order = self._shuffle()

    def _shuffle(self) -> np.ndarray:
        chosen, first = [np.arange(self._num_images)], self._num_images
        for number, pool in enumerate(self._pools):
            order = np.random.default_rng([self._recipe.seed, number, len(pool.labels)]).permutation(len(pool.labels))
            places = np.arange(self._epoch * pool.per_epoch, (self._epoch + 1) * pool.per_epoch)
            chosen.append(first + order[places % len(order)])
            first += len(order)
        return np.random.default_rng([self._recipe.seed, self._epoch]).permutation(np.concatenate(chosen))


class _Monitor(keras.callbacks.Callback):
    """Reports progress, records the history and keeps the weights of the best epoch."""

    def __init__(
        self,
        recipe: Recipe,
        num_steps: int,
        on_progress: Callable[[Progress], None],
        stop_if_asked: Callable[[], None],
    ) -> None:
        super().__init__()
        self._recipe = recipe
        self._num_steps = num_steps
        self._on_progress = on_progress
        self._stop_if_asked = stop_if_asked
        self._epoch = 0
        self.history: list[dict[str, float]] = []
        self.best_epoch = 0
        self.best_weights: list[np.ndarray] | None = None
        self.reached_aim = False

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._started = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch + 1
        self._epoch_started = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._stop_if_lost(logs["loss"], f"step {batch + 1}")
        self._report(batch + 1, logs)
        self._stop_if_asked()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
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
                f"The loss became {float(loss):g} in epoch {self._epoch}, {where}. Lower the learning rate: it is "
                f"{rate:g}, try {rate / 10:g}. If it happens again, take another optimizer."
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
    model = build_model(recipe.network)
    if start is not None:
        for layer in model.layers:
            layer.set_weights(start.get_layer(layer.name).get_weights() if layer.weights else [])
            layer.trainable = layer.name not in recipe.start.freeze
    return model


def _compile(model: keras.Model, recipe: Recipe, num_steps: int) -> None:
    sparse = recipe.loss == "sparse"
    loss = keras.losses.SparseCategoricalCrossentropy if sparse else keras.losses.CategoricalCrossentropy
    model.compile(_build_optimizer(recipe, num_steps), loss(from_logits=True), metrics=["accuracy"])


def _build_optimizer(recipe: Recipe, num_steps: int) -> keras.optimizers.Optimizer:
    schedule = _build_schedule(recipe, num_steps)
    # An average over more than a tenth of all steps would still remember the untrained network.
    momentum = min(recipe.averaging, 1 - 10 / (num_steps * recipe.epochs))
    averaging = {"use_ema": True, "ema_momentum": momentum} if momentum > 0 else {}
    if recipe.optimizer == "adamw":
        return keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay, **averaging)
    common = {"learning_rate": schedule, "weight_decay": recipe.weight_decay or None, **averaging}
    if recipe.optimizer in ("sgd", "momentum"):
        momentum = {"momentum": 0.9, "nesterov": True} if recipe.optimizer == "momentum" else {}
        return keras.optimizers.SGD(**common, **momentum)
    return {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[recipe.optimizer](**common)


def _build_schedule(recipe: Recipe, num_steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    schedules = keras.optimizers.schedules
    if recipe.schedule == "cosine":
        return schedules.CosineDecay(
            initial_learning_rate=recipe.learning_rate / 100,
            warmup_target=recipe.learning_rate,
            warmup_steps=num_steps,
            decay_steps=max(1, num_steps * (recipe.epochs - 1)),
        )
    if recipe.schedule == "exponential":
        return schedules.ExponentialDecay(recipe.learning_rate, num_steps * recipe.epochs, decay_rate=0.01)
    return recipe.learning_rate


def _add_noise(labels: np.ndarray, recipe: Recipe) -> np.ndarray:
    """The labels as int32, a share of them replaced by one of the nine others."""
    labels = labels.astype(np.int32)
    # A stream of its own: the order of images stays that of the run without noise.
    generator = np.random.default_rng([recipe.seed, 0x6E6F697365])
    wrong = generator.permutation(len(labels))[: round(recipe.label_noise * len(labels))]
    labels[wrong] = (labels[wrong] + generator.integers(1, NUM_CLASSES, len(wrong))) % NUM_CLASSES
    return labels


def _encode(labels: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Labels as the recipe's loss takes them."""
    if recipe.loss == "sparse":
        return labels.astype(np.int32)
    return np.eye(recipe.network.num_outputs, dtype=np.float32)[labels]


def _share_among(devices: Sequence[str]) -> contextlib.AbstractContextManager[Any]:
    """The scope in which a model is built whose batches several devices share."""
    return _open_strategy(tuple(devices)).scope() if len(devices) > 1 else contextlib.nullcontext()


def _that_share_evenly(num_images: int, batch_size: int, num_validation: int, devices: Sequence[str]) -> Sequence[str]:
    """The first devices, as many as can share all batches.

    Keras fails when the first batch is shared unevenly, and when a device gets nothing of the last one.
    """
    batch_size = min(batch_size, num_images)

    def can_share(count: int) -> bool:
        last = num_images % batch_size
        last_validation = num_validation % _validation_batch(count)
        return batch_size % count == 0 and all(size == 0 or size >= count for size in (last, last_validation))

    return devices[: max(filter(can_share, range(1, len(devices) + 1)), default=0)]


def _validation_batch(num_devices: int) -> int:
    return 500 // max(1, num_devices) * max(1, num_devices)


@functools.cache
def _open_strategy(devices: tuple[str, ...]) -> Any:
    # A second strategy in one process takes the first one's reductions for its own, and fails.
    import tensorflow

    return tensorflow.distribute.MirroredStrategy(list(devices))


def _gather(model: keras.Model, recipe: Recipe) -> keras.Model:
    """The same model on one device: a mirrored one answers each batch once for every device."""
    gathered = build_model(recipe.network)
    gathered.set_weights(model.get_weights())
    return gathered


def _make_deterministic() -> None:
    """Asks TensorFlow for operations that give the same result every time; other backends do so on a CPU anyway."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()


def _as_float(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / 255
