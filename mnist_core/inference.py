"""Images -> predictions, on the device that answers best.

On a CPU the stored model runs in LiteRT; where TensorFlow can use a GPU it runs there. Whether a GPU exists is asked of
the CUDA driver library first, so a machine without one never imports TensorFlow. Nothing here reads drawings or finds
models.
"""

from __future__ import annotations

import ctypes
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from .architectures import NUM_CLASSES
from .calibration import Calibration, find_doubt
from .errors import DeviceError
from .store import StoredModel, build_keras_model

# Larger batches make LiteRT keep hundreds of megabytes for good.
MOST_IMAGES = 64
# Below this the runner-up is worth naming.
SURE = 0.8

DeviceChoice = Literal["auto", "cpu", "gpu"]
DEVICE_CHOICES: tuple[DeviceChoice, ...] = ("auto", "cpu", "gpu")


@dataclass(frozen=True)
class Device:
    """What computes the answers: `kind` is "cpu" or "gpu", `name` is for people, `note` says why not the other."""

    kind: Literal["cpu", "gpu"]
    name: str
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """What ten probabilities say in one breath.

    Args:
        kind: "sure" names one digit, "between" two, "unsure" the first of many; "refused" says that the image does not
            look like a digit.
        labels: The digits named, most probable first; of a refused image the most probable.
        confidence: Probability of the first, in [0, 1].
    """

    kind: Literal["sure", "between", "unsure", "refused"]
    labels: tuple[int, ...]
    confidence: float


@dataclass(frozen=True)
class Predictions:
    """What a model makes of n images.

    Args:
        probabilities: float64 (n, 10), of the ten digits; each row sums to 1.
        doubt: float64 (n,) in [0, 1], how little each image looks like a digit; see `calibration.find_doubt`.
        accepted: bool (n,), whether it is taken for a digit.
    """

    probabilities: np.ndarray
    doubt: np.ndarray
    accepted: np.ndarray


class Predictor(Protocol):
    """Answers for images; may be called from any thread."""

    calibration: Calibration

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        """Images, float32 (n, 28, 28) in [0, 1], to logits, float32 (n, 10) or (n, 11)."""
        ...


def choose_device(requested: str = "auto") -> Device:
    """Finds the device to compute on.

    Args:
        requested: "auto", "cpu" or "gpu".

    Raises:
        DeviceError: `requested` is none of these, or is "gpu" and TensorFlow can use none.
    """
    check_choice(requested)
    if requested == "cpu":
        return Device("cpu", "CPU (LiteRT)")
    num_devices = count_cuda_devices()
    if num_devices == 0:
        return _without_gpu(requested, "the CUDA driver reports no GPU", note="")
    name = _prepare_tensorflow_gpu()
    if name is None:
        found = f"the CUDA driver reports {num_devices} GPU(s), but TensorFlow can use none"
        return _without_gpu(requested, found, note=f"{found}: install tensorflow[and-cuda]")
    return Device("gpu", f"{name} (TensorFlow)")


def check_choice(requested: str) -> None:
    """Makes sure that a device is one of those that can be asked for.

    Raises:
        DeviceError: It is none of `DEVICE_CHOICES`.
    """
    if requested not in DEVICE_CHOICES:
        choices = ", ".join(DEVICE_CHOICES)
        raise DeviceError(f"Unknown device {requested!r}. Expected one of {choices}.", requested, choices)


def count_cuda_devices() -> int:
    """Number of GPUs that the CUDA driver library reports; 0 without a driver."""
    for library_name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            driver = ctypes.CDLL(library_name)
        except OSError:
            continue
        count = ctypes.c_int(0)
        if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0:
            return count.value
    return 0


def open_predictor(stored: StoredModel, device: Device) -> Predictor:
    """Makes a stored model ready to answer on a device."""
    return LiteRTPredictor(stored) if device.kind == "cpu" else TensorFlowPredictor(stored)


def predict_logits(predictor: Predictor, images: np.ndarray) -> np.ndarray:
    """The logits of any number of images, float32 (n, 28, 28) in [0, 1], as `Predictor` gives them."""
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


def read_logits(logits: np.ndarray, calibration: Calibration) -> Predictions:
    """What logits of shape (n, 10) or (n, 11) say."""
    doubt = find_doubt(logits)
    return Predictions(calibration.probabilities(logits), doubt, doubt <= calibration.limit)


def read_verdict(probabilities: np.ndarray, accepted: bool = True) -> Verdict:
    """Says what ten probabilities mean: sure of one digit, torn between two, or unsure.

    Args:
        probabilities: Array of shape (10,) that sums to 1.
        accepted: Whether the image is taken for a digit at all.
    """
    first, second = (int(label) for label in np.argsort(probabilities)[:-3:-1])
    confidence = float(probabilities[first])
    if not accepted:
        return Verdict("refused", (first,), confidence)
    if confidence >= SURE:
        return Verdict("sure", (first,), confidence)
    if confidence + probabilities[second] >= SURE:
        return Verdict("between", (first, second), confidence)
    return Verdict("unsure", (first,), confidence)


class LiteRTRunner:
    """Runs the content of a LiteRT file, in as many interpreters as there are processors; from any thread.

    Args:
        content: A LiteRT file that takes float32 (n, 28, 28, 1).
    """

    def __init__(self, content: bytes) -> None:
        # Kept, not read again: the file may be replaced while this answers.
        self._content = content
        # Two threads in one interpreter get wrong answers without an error, so each takes one that is free. There are
        # as many as processors: each copies the weights, and a server has dozens of threads.
        self._free: queue.SimpleQueue[Callable[[np.ndarray], dict[str, np.ndarray]]] = queue.SimpleQueue()
        self._slots = threading.Semaphore(os.cpu_count() or 1)

    def run(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Images, float32 (n, 28, 28) in [0, 1], to the outputs of the file by name. At most 64 images at a time."""
        batch = np.ascontiguousarray(images[..., None], np.float32)
        with self._slots:
            try:
                run = self._free.get_nowait()
            except queue.Empty:
                run = self._open_interpreter()
            try:
                return run(batch)
            finally:
                self._free.put(run)

    def _open_interpreter(self) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
        from ai_edge_litert.interpreter import Interpreter

        runner = Interpreter(model_content=self._content, num_threads=1).get_signature_runner()
        (input_name,) = runner.get_input_details()
        return lambda batch: runner(**{input_name: batch})


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
        import tensorflow

        self.calibration = stored.calibration
        model = build_keras_model(stored)
        signature = [tensorflow.TensorSpec((None, 28, 28, 1), tensorflow.float32)]
        self._function = tensorflow.function(lambda images: model(images, training=False), input_signature=signature)

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        """See `Predictor`."""
        return self._function(np.ascontiguousarray(images[..., None], np.float32)).numpy()


def _without_gpu(requested: str, found: str, note: str) -> Device:
    if requested == "gpu":
        raise DeviceError(
            f"A GPU was asked for, but {found}. Install an NVIDIA driver and tensorflow[and-cuda], "
            "or use --device auto.",
            requested,
            found,
        )
    return Device("cpu", "CPU (LiteRT)", note)


def _prepare_tensorflow_gpu() -> str | None:
    """Makes the first GPU the only one visible, with memory growth; its name, or None if TensorFlow can use none."""
    try:
        import tensorflow
    except ImportError:
        return None
    gpus = tensorflow.config.list_physical_devices("GPU")
    if not gpus:
        return None
    # Otherwise convolutions keep ten bits of the mantissa, and answers differ from the CPU's in the third digit.
    tensorflow.config.experimental.enable_tensor_float_32_execution(False)
    tensorflow.config.set_visible_devices(gpus[0], "GPU")
    tensorflow.config.experimental.set_memory_growth(gpus[0], True)
    return tensorflow.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
