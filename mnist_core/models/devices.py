"""What computes: the CPU, or a GPU that the CUDA driver reports and TensorFlow can use."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Literal

from ..errors import DeviceError, MissingPackageError
from ..packages import needed_packages

DeviceChoice = Literal["auto", "cpu", "gpu"]
DEVICE_CHOICES: tuple[DeviceChoice, ...] = ("auto", "cpu", "gpu")


@dataclass(frozen=True)
class Device:
    """What computes the answers: `kind` is "cpu" or "gpu", `name` is for people, `note` says why not the other."""

    kind: Literal["cpu", "gpu"]
    name: str
    note: str = ""


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
    lacking = "TensorFlow can use none"
    try:
        name = prepare_tensorflow_gpu()
    except MissingPackageError:
        name, lacking = None, "TensorFlow is not installed"
    if name is None:
        found = f"the CUDA driver reports {num_devices} GPU(s), but {lacking}"
        return _without_gpu(requested, found, note=f"{found}: install tensorflow[and-cuda]")
    return Device("gpu", f"{name} (TensorFlow)")


def check_choice(requested: str) -> None:
    """Makes sure that a device is one of those that can be asked for.

    Raises:
        DeviceError: It is none of `DEVICE_CHOICES`.
    """
    if requested not in DEVICE_CHOICES:
        choices = ", ".join(DEVICE_CHOICES)
        raise DeviceError(
            "Unknown device {requested!r}. Expected one of {choices}.",
            requested,
            choices,
            choices=choices,
        )


def count_cuda_devices() -> int:
    """Returns the number of GPUs that the CUDA driver library reports; 0 without a driver."""
    for library_name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            driver = ctypes.CDLL(library_name)
        except OSError:
            continue
        count = ctypes.c_int(0)
        if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0:
            return count.value
    return 0


def _without_gpu(requested: str, found: str, note: str) -> Device:
    if requested == "gpu":
        raise DeviceError(
            "A GPU was requested, but {found}. Install an NVIDIA driver and tensorflow[and-cuda], or "
            "use --device auto.",
            requested,
            found,
        )
    return Device("cpu", "CPU (LiteRT)", note)


def prepare_tensorflow_gpu() -> str | None:
    """Makes the first GPU the only one visible, with memory growth; its name, or None if TensorFlow can use none."""
    with needed_packages():
        import tensorflow

    gpus = tensorflow.config.list_physical_devices("GPU")
    if not gpus:
        return None
    # Otherwise convolutions keep ten bits of the mantissa, and answers differ from the CPU's in the third digit.
    tensorflow.config.experimental.enable_tensor_float_32_execution(False)
    tensorflow.config.set_visible_devices(gpus[0], "GPU")
    tensorflow.config.experimental.set_memory_growth(gpus[0], True)
    return tensorflow.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
