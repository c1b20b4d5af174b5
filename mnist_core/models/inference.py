"""Images -> predictions, on the device that answers best.

On a CPU the stored model runs in LiteRT; where TensorFlow can use a GPU it runs there. Whether a GPU exists is asked of
the CUDA driver library first, so a machine without one never imports TensorFlow. Nothing here reads drawings or finds
models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ..packages import needed_packages
from .architectures import NUM_CLASSES
from .calibration import Calibration
from .devices import Device
from .predictions import Predictions, read_logits
from .runner import LiteRTRunner
from .store import StoredModel, build_keras_model, short_name

# Larger batches cost memory and are no faster.
MOST_IMAGES = 64


class Predictor(Protocol):
    """Answers for images; may be called from any thread."""

    calibration: Calibration

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        """Maps images, float32 (n, 28, 28) in [0, 1], to logits, float32 (n, 10) or (n, 11)."""
        ...


def open_predictor(stored: StoredModel, device: Device) -> Predictor:
    """Makes a stored model ready to answer on a device."""
    return LiteRTPredictor(stored) if device.kind == "cpu" else TensorFlowPredictor(stored)


def open_predictors(models: Sequence[StoredModel], device: Device) -> dict[str, Predictor]:
    """Makes stored models ready to answer, by their short names, or by their whole ones where two would be alike."""
    shorts = [short_name(model) for model in models]
    names = [model.name if shorts.count(short) > 1 else short for model, short in zip(models, shorts, strict=True)]
    return {name: open_predictor(model, device) for name, model in zip(names, models, strict=True)}


def predict_logits(predictor: Predictor, images: np.ndarray) -> np.ndarray:
    """Returns the logits of any number of images, float32 (n, 28, 28) in [0, 1], as `Predictor` gives them."""
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise ValueError(f"`images` must have the shape (n, 28, 28). Received: {images.shape}")
    chunks = [
        predictor.predict_logits(images[start : start + MOST_IMAGES]) for start in range(0, len(images), MOST_IMAGES)
    ]
    return np.concatenate(chunks) if chunks else np.empty((0, NUM_CLASSES), np.float32)


def predict(predictor: Predictor, images: np.ndarray) -> Predictions:
    """Reads images.

    Args:
        predictor: What answers.
        images: float32 (n, 28, 28) in [0, 1].
    """
    return read_logits(predict_logits(predictor, images), predictor.calibration)


class LiteRTPredictor:
    """Answers on the CPU from a stored model's LiteRT file."""

    def __init__(self, stored: StoredModel) -> None:
        self.calibration = stored.calibration
        self._runner = LiteRTRunner(stored.read_litert())

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        """See `Predictor`."""
        (logits,) = self._runner.run(images).values()
        return logits


class TensorFlowPredictor:
    """Answers on the first visible GPU (or wherever TensorFlow places the model) from a stored model's weights."""

    def __init__(self, stored: StoredModel) -> None:
        with needed_packages():
            import tensorflow

        self.calibration = stored.calibration
        model = build_keras_model(stored)
        signature = [tensorflow.TensorSpec((None, 28, 28, 1), tensorflow.float32)]
        self._function = tensorflow.function(lambda images: model(images, training=False), input_signature=signature)

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        """See `Predictor`."""
        return self._function(np.ascontiguousarray(images[..., None], np.float32)).numpy()
