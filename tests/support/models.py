"""Small data, small trained models and a stand-in for a training run; each is made once and shared by the tests.

Nothing here imports Keras before it is needed, so a child process can use the stand-in cheaply.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from mnist_core.augmentation.transforms import Augmentation
from mnist_core.data.files import idx_hash
from mnist_core.data.sample import load_sample
from mnist_core.data.training_data import TrainingData
from mnist_core.models.architectures import Parts
from mnist_core.models.recipes import Recipe
from mnist_core.models.store import StoredModel, save_run

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).resolve().parents[2]
FILES = ("recipe.json", "weights.npz", "model.tflite", "history.json", "metrics.json", "manifest.json")
LINEAR = Recipe(name="small-linear", architecture="linear", epochs=3, batch_size=100, learning_rate=0.01)
BENT = dataclasses.replace(LINEAR, augmentation=Augmentation(rotation=10, elastic=0.5), averaging=0.8, seed=1)

# Networks layer by layer, with all that a recipe cannot have in blocks.
STACKS = {
    "steps": (
        'Conv2D(4, 5, strides=2, padding="same", activation="relu")',
        "MaxPooling2D(3, strides=2)",
        "SpatialDropout2D(0.2)",
        "Flatten()",
        'Dense(8, use_bias=False, activation="tanh")',
    ),
    "pool before relu": (
        "Conv2D(4, 4, strides=3)",
        "MaxPooling2D(2)",
        'Activation("relu")',
        "Flatten()",
        "Dense(6)",
        "Dropout(0.5)",
        'Activation("leaky_relu")',
    ),
    "normal before": (
        "Conv2D(4, 3, use_bias=False)",
        "BatchNormalization()",
        'Activation("silu")',
        'AveragePooling2D(2, padding="same")',
        "Flatten()",
        "Dense(8)",
        "BatchNormalization(momentum=0.9)",
        'Activation("relu")',
    ),
    "normal after": (
        'Conv2D(4, 3, activation="relu")',
        "BatchNormalization()",
        'Conv2D(5, 3, strides=2, activation="silu")',
        "BatchNormalization()",
        "MaxPooling2D(2)",
        "BatchNormalization()",
        'Activation("relu")',
        "Flatten()",
        "BatchNormalization()",
        'Dense(8, activation="elu")',
        "BatchNormalization()",
        "Dropout(0.3)",
    ),
    "mean": (
        "Rescaling(2, -1)",
        'Conv2D(4, 3, padding="same", activation="relu")',
        "GlobalAveragePooling2D()",
        "BatchNormalization()",
    ),
}

_folder = tempfile.TemporaryDirectory(prefix="models-")


@functools.cache
def small_data() -> TrainingData:
    """500 sample images to train on and 200 others to validate on."""
    x, y = load_sample()
    return TrainingData(x[::10], y[::10], x[1::25], y[1::25])


@functools.cache
def sample_images(num_images: int = 1000) -> np.ndarray:
    """Sample images of all digits, float32 (num_images, 28, 28) in [0, 1]."""
    x, _ = load_sample()
    return x[:: len(x) // num_images].astype(np.float32) / 255


@functools.cache
def trained(recipe: Recipe = LINEAR):
    """A complete run of a small recipe on the small data."""
    from mnist_core.training.loop import train

    return train(recipe, small_data())


@functools.cache
def stored_linear() -> StoredModel:
    """The small linear model on disk. Copy it before changing anything."""
    return save_run(trained(), {"num_parameters": 7850}, Path(_folder.name) / "small-linear")


@functools.cache
def stored_architecture(architecture: str) -> StoredModel:
    """A model of this architecture with made-up weights on disk."""
    run = fake_run(Recipe(name=architecture, architecture=architecture))
    run.model = lively_model(architecture)
    return save_run(run, {}, Path(_folder.name) / f"lively-{architecture}")


@functools.cache
def lively_model(architecture: str, parts: Parts | None = None):
    """A Keras model whose made-up weights give confident, varied answers, with statistics as if it had been trained."""
    import keras

    from mnist_core.models.architectures import find_architecture
    from mnist_core.models.keras_builder import build_model

    keras.utils.set_random_seed(7)
    model = build_model(find_architecture(architecture, parts))
    generator = np.random.default_rng(7)
    for variable in model.weights:
        if "norm" in variable.path:
            variable.assign(generator.uniform(0.5, 1.5, variable.shape))
        elif variable.path.endswith("kernel"):
            variable.assign(variable * 2)
    return model


def copy_model(stored: StoredModel, folder: Path) -> Path:
    """Copies a stored model, so that a test may spoil it."""
    return shutil.copytree(stored.folder, folder)


def update_checksum(folder: Path, name: str) -> None:
    """Makes the manifest agree with a changed file."""
    import hashlib

    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


class FakeWeight:
    """An array with a path, as a Keras variable has one."""

    def __init__(self, path: str, array: np.ndarray) -> None:
        self.path = path
        self._array = array

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return self._array


class FakeModel:
    """Can be saved without Keras; its LiteRT file holds only a few bytes and is written in two steps."""

    def __init__(self, seed: int) -> None:
        self.weights = [FakeWeight("logits/bias", np.full(10, seed, np.float32))]

    def export(self, path: Path, **options) -> None:
        Path(path).write_bytes(b"half")
        with Path(path).open("ab") as file:
            file.write(b"whole")


def fake_run(recipe: Recipe = LINEAR, stopped_after: int | None = None, data_digest: str = "a" * 64):
    """A stand-in for a training run, for tests that only look at files."""
    return SimpleNamespace(
        recipe=recipe,
        model=FakeModel(recipe.seed),
        history=[{"loss": 1.0, "accuracy": 0.5, "val_accuracy": 0.5}],
        data_digest=data_digest,
        stopped_after=stopped_after,
    )


def content(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def weight_hashes(model) -> list[str]:
    """The bits of all weights."""
    return [idx_hash(np.frombuffer(array.tobytes(), np.uint8)) for array in model.get_weights()]


def run_python(code: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a fresh interpreter that can import the project and this module."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))), **environment},
        check=False,
    )
