"""Images per second of every recipe against a bare `model.fit` on arrays, as a ratio within one run.

    python tests/benchmarks/training.py [RECIPE ...] [--images 20000] [--repeats 3]

Each measurement is a process of its own; the fastest epoch but the first counts, and the fastest of the repeats,
because machines are shared. A recipe with augmentation is compared with the same network trained on unchanged images.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from mnist_core.augmentation.transforms import Augmentation
from mnist_core.data.sample import load_sample
from mnist_core.data.training_data import TrainingData
from mnist_core.models.recipes import RECIPES, Recipe, find_recipe

BENT = "lenet, augmented"
EPOCHS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=[*RECIPES, BENT])
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--measure", choices=("bare", "train"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(globals()[f"measure_{options.measure}"](pick(options.recipes[0]), make_data(options.images)))
        return
    print(f"{'recipe':18} {'bare fit':>12} {'train':>12} {'ratio':>7}   images a second")
    for name in options.recipes:
        rates = {"bare": 0.0, "train": 0.0}
        for _ in range(options.repeats):
            for kind in rates:
                rates[kind] = max(rates[kind], measure_apart(kind, name, options.images))
        note = "  with augmentation" if pick(name).augmentation.is_active else ""
        print(f"{name:18} {rates['bare']:12,.0f} {rates['train']:12,.0f} {rates['train'] / rates['bare']:7.2f}{note}")


def measure_apart(kind: str, name: str, num_images: int) -> float:
    command = [sys.executable, __file__, name, "--images", str(num_images), "--measure", kind]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def pick(name: str) -> Recipe:
    if name == BENT:
        return dataclasses.replace(find_recipe("lenet"), augmentation=find_recipe("sketchnet").augmentation)
    return find_recipe(name)


def make_data(num_images: int) -> TrainingData:
    """Sample images, repeated: what they show does not matter here."""
    x, y = load_sample()
    times = -(-num_images // len(x))
    return TrainingData(np.tile(x, (times, 1, 1))[:num_images], np.tile(y, times)[:num_images], x[:10], y[:10])


def measure_train(recipe: Recipe, data: TrainingData) -> float:
    from mnist_core.training.loop import train
    from mnist_core.training.progress import Progress

    starts, ends = [], []

    def watch(progress: Progress) -> None:
        if progress.validation_accuracy is not None:
            starts.append(time.monotonic())
        elif progress.step == progress.num_steps:
            ends.append(time.monotonic())

    train(dataclasses.replace(recipe, epochs=EPOCHS, until=None), data, on_progress=watch)
    return len(data.x_train) / min(end - start for start, end in zip(starts, ends[1:], strict=False))


def measure_bare(recipe: Recipe, data: TrainingData) -> float:
    import keras

    from mnist_core.models.keras_builder import build_model
    from mnist_core.training import loop as training
    from mnist_core.training.batches import encode_labels

    class Clock(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.seconds: list[float] = []

        def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
            self.started = time.monotonic()

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            self.seconds.append(time.monotonic() - self.started)

    recipe = dataclasses.replace(recipe, epochs=EPOCHS, augmentation=Augmentation(), averaging=0)
    model = build_model(recipe.network)
    training._compile(model, recipe, -(-len(data.x_train) // recipe.batch_size))
    images = (data.x_train / np.float32(255))[..., None]
    labels = encode_labels(data.y_train, recipe)
    clock = Clock()
    model.fit(images, labels, batch_size=recipe.batch_size, epochs=EPOCHS, verbose=0, callbacks=[clock])
    return len(images) / min(clock.seconds[1:])


if __name__ == "__main__":
    main()
