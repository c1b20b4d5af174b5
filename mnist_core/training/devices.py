"""The GPUs that share a training run, and how evenly its batches can be divided among them."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from typing import Any

import keras

from ..errors import DeviceError
from ..models.keras_builder import build_model
from ..models.recipes import Recipe
from ..packages import needed_packages


def choose_devices(requested: str = "auto") -> list[str]:
    """Finds TensorFlow's devices to train on, and prepares them.

    Args:
        requested: "auto" is all GPUs where there are any, "cpu" hides them, "gpu" insists on one.

    Returns:
        The names of all GPUs to use; empty for the CPU.

    Raises:
        DeviceError: `requested` is "gpu" and TensorFlow can use none.
        MissingPackageError: There is no TensorFlow.
    """
    with needed_packages():
        import tensorflow

    gpus = tensorflow.config.list_physical_devices("GPU")
    if requested == "cpu":
        tensorflow.config.set_visible_devices([], "GPU")
        return []
    if requested == "gpu" and not gpus:
        raise DeviceError("A GPU was requested, but TensorFlow cannot use one. Use --device auto.", requested, "CPU")
    for gpu in gpus:
        tensorflow.config.experimental.set_memory_growth(gpu, True)
    return [f"GPU:{index}" for index in range(len(gpus))]


def share_among(devices: Sequence[str]) -> contextlib.AbstractContextManager[Any]:
    """Returns the scope in which a model is built whose batches several devices share."""
    return _open_strategy(tuple(devices)).scope() if len(devices) > 1 else contextlib.nullcontext()


def usable_devices(num_images: int, batch_size: int, num_validation: int, devices: Sequence[str]) -> Sequence[str]:
    """Returns the first devices, as many as can share all batches.

    Keras fails when the first batch is shared unevenly, and when a device gets nothing of the last one.
    """
    batch_size = min(batch_size, num_images)

    def can_share(count: int) -> bool:
        last = num_images % batch_size
        last_validation = num_validation % validation_batch(count)
        return batch_size % count == 0 and all(size == 0 or size >= count for size in (last, last_validation))

    return devices[: max(filter(can_share, range(1, len(devices) + 1)), default=0)]


def validation_batch(num_devices: int) -> int:
    return 500 // max(1, num_devices) * max(1, num_devices)


@functools.cache
def _open_strategy(devices: tuple[str, ...]) -> Any:
    # A second strategy in one process takes the first one's reductions for its own, and fails.
    import tensorflow

    return tensorflow.distribute.MirroredStrategy(list(devices))


def gather_on_one_device(model: keras.Model, recipe: Recipe) -> keras.Model:
    """Returns the same model on one device: a mirrored one answers each batch once for every device."""
    gathered = build_model(recipe.network)
    gathered.set_weights(model.get_weights())
    return gathered
