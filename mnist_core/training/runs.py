"""A recipe -> a stored model with its figures: trained, measured and written, or found where it was stored before."""

from __future__ import annotations

import dataclasses
import functools
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..augmentation.damage import damage_images
from ..augmentation.outliers import generate_outliers
from ..data.mnist import Dataset
from ..data.own_drawings import OwnDrawings
from ..data.pendigits import load_pendigits
from ..data.prepared import PreparedSet, prepare_ink
from ..data.sample import load_sample
from ..data.training_data import BUILT_IN, TrainingData, add_alphabets, add_ink, split_evenly, split_validation
from ..errors import ArchitectureError, StorageError
from ..evaluation.metrics import evaluate, evaluate_outliers
from ..models.architectures import Parts, find_difference, find_layers
from ..models.calibration import Calibration, fit_calibration
from ..models.devices import check_choice
from ..models.inference import predict_logits
from ..models.recipes import Recipe, Start
from ..models.store import StoredModel, build_keras_model, check_place, find_complete, find_stored, run_name, save_run
from ..packages import needed_packages
from ..preprocessing.ink import check_ink

if TYPE_CHECKING:
    from ..models.store import TrainingRun
    from .progress import Progress


_NUM_OUTLIERS = 1400


@dataclass(frozen=True)
class Workbench:
    """The data, models and devices that runs need beside their recipes.

    Args:
        data: What to train and validate on.
        test: The test set, read once at the end of each run; None where the data has none.
        roots: Folders of stored models; new ones go into the last.
        exact: Whether training must be repeatable to the last digit, see `training.train`.
        find_devices: Gives the devices of `training.train`; asked only when something is trained.
        on_progress: Called after every step and every epoch.
        say: Takes sentences for the person who waits.
    """

    data: TrainingData
    test: PreparedSet | None
    roots: tuple[Path, ...]
    exact: bool = True
    find_devices: Callable[[], Sequence[str]] = tuple
    on_progress: Callable[[Progress], None] = lambda progress: None
    say: Callable[[str], None] = lambda text: None

    @classmethod
    def for_dataset(
        cls, dataset: Dataset, roots: tuple[Path, ...], recipes: Sequence[Recipe] = (), **options: Any
    ) -> Workbench:
        """Returns a workbench with the dataset's own test set, its training set split.

        Args:
            dataset: What to train and measure on.
            roots: See `Workbench`.
            recipes: What will be trained; with MNIST, pen ink and alphabets are there if one of them draws from them.
            options: Fields of `Workbench`.
        """
        test = PreparedSet.from_mnist(dataset.x_test, dataset.y_test)
        bench = cls(split_validation(dataset), test, roots, **options)
        if dataset.name == "mnist" and any(recipe.alphabets for recipe in recipes):
            bench = dataclasses.replace(bench, data=add_alphabets(bench.data))
        if not any(recipe.ink for recipe in recipes):
            return bench
        if dataset.name != "mnist":
            bench.say(
                f"The pen ink is used with MNIST's digits only and is left out. If {dataset.name} does not hold "
                "digits, add --outliers 0."
            )
            return bench
        return dataclasses.replace(bench, data=add_ink(bench.data, load_pendigits()))

    @classmethod
    def for_sample(cls, roots: tuple[Path, ...], recipe: Recipe, **options: Any) -> Workbench:
        """Returns a workbench for where there is no MNIST: the 5,000 built-in images, a fifth of them held out.

        Args:
            roots: See `Workbench`.
            recipe: What will be trained; pen ink and alphabets are there if it draws from them.
            options: Fields of `Workbench`.
        """
        data = split_evenly(*load_sample(), BUILT_IN)
        data = add_ink(data, load_pendigits()) if recipe.ink else data
        return cls(add_alphabets(data) if recipe.outliers else data, None, roots, **options)

    @classmethod
    def for_own(cls, drawings: OwnDrawings, roots: tuple[Path, ...], **options: Any) -> Workbench:
        """Returns a workbench with a visitor's own drawings, a part of them held out."""
        return cls(drawings.split(), None, roots, **options)

    def find(self, recipe: Recipe, hidden: Collection[str] = ()) -> StoredModel | None:
        """Returns the complete result of a recipe on this data, if it is stored, and not by a name in `hidden`."""
        return find_complete(recipe, self.data_for(recipe).digest, self.roots, hidden)

    def find_measured(self, recipe: Recipe, hidden: Collection[str] = ()) -> StoredModel | None:
        """As `find`, if all figures that tables compare are stored with it; an earlier version left some out."""
        stored = self.find(recipe, hidden)
        wanted: list[tuple[str | int, ...]] = [
            ("num_training_images",),
            ("parameters",),
            ("seconds",),
            ("validation", "accuracy"),
        ]
        wanted += (
            [("test", "accuracy"), ("test", "interval", 0), ("test", "interval", 1)] if self.test is not None else []
        )
        is_measured = (
            stored is not None
            and all(stored.figure(*path) is not None for path in wanted)
            and all("val_accuracy" in epoch for epoch in stored.history or [{}])
        )
        return stored if is_measured else None

    def data_for(self, recipe: Recipe) -> TrainingData:
        """Returns what a recipe sees of the data: pen ink and alphabets only if it asks for them."""
        data = self.data
        if not recipe.ink:
            data = dataclasses.replace(data, ink=None, validation_ink=None)
        return data if recipe.alphabets else dataclasses.replace(data, alphabets=None, validation_alphabets=None)

    def load_or_train(self, recipe: Recipe) -> StoredModel:
        """Returns the complete result of a recipe on this data, trained only if it is not stored with its figures.

        Raises:
            KeyboardInterrupt: The training was stopped; what it had reached is stored.
        """
        stored = self.find_measured(recipe)
        if stored is None:
            stored = self.train(recipe)
            if not stored.complete:
                raise KeyboardInterrupt(f"Stopped; {stored.name} holds the best so far.")
        return stored

    def train(self, recipe: Recipe, folder: Path | None = None) -> StoredModel:
        """Trains a recipe, measures the result and stores it.

        Args:
            recipe: What to train.
            folder: Where to store it; None is a name of its own in the last of the roots.

        Raises:
            ArchitectureError: The network is impossible.
            MissingPackageError: There is no TensorFlow, or no Keras.
            StorageError: The folder cannot be written, known before training.
            TrainingError: The run could not go on.
        """
        recipe.network.layers()  # refuses what cannot be built before Keras is loaded
        root, name = (folder.parent, folder.name) if folder else (self.roots[-1], None)
        check_place(folder or root / self.name_of(recipe))
        run = self._train(recipe)
        if run.stopped_after is not None:
            self.say(f"\nStopped. Epoch {run.stopped_after}, the best so far, is kept under a name of its own.")
        with _uninterrupted():
            return self._store(run, root / run_name(run, name or self.name_of(recipe)))

    def _train(self, recipe: Recipe) -> TrainingRun:
        if not self.exact:  # read when TensorFlow is loaded: products of 16 bits where the processor has them
            os.environ.setdefault("ONEDNN_DEFAULT_FPMATH_MODE", "BF16")
        with needed_packages():
            import keras

            from .loop import train

        keras.utils.clear_session()  # what earlier runs left in Keras' own lists
        start = None
        if recipe.start:
            start = build_keras_model(find_stored(recipe.start.model, self.roots))
        return train(
            recipe,
            self.data_for(recipe),
            start=start,
            devices=self.find_devices(),
            exact=self.exact,
            on_progress=self.on_progress,
        )

    def name_of(self, recipe: Recipe) -> str:
        """Returns what the complete result of a recipe on this data is called: recipe, set unless MNIST, and key."""
        parts = [
            recipe.name,
            "" if self.data.name == "mnist" else self.data.name,
            recipe.key(self.data_for(recipe).digest),
        ]
        return "-".join(filter(None, parts))

    def _store(self, run: TrainingRun, folder: Path) -> StoredModel:
        """Stores a run, in a temporary folder if need be: a full disk must not cost the training."""
        metrics = self.measure(run)
        try:
            return save_run(run, metrics, folder)
        except StorageError as error:
            self.say(f"{error} It is kept in a temporary folder instead; move it from there.")
            return save_run(run, metrics, Path(tempfile.mkdtemp(prefix="mnist-model-")) / folder.name)

    def measure(self, run: TrainingRun) -> dict[str, Any]:
        """Measures a trained network; returns its metrics as `store.save_run` takes them."""
        answers, data = _KerasAnswers(run.model), self.data_for(run.recipe)
        validation = PreparedSet.from_mnist(data.x_validation, data.y_validation)
        figures = {
            "data": data.name,
            "parameters": run.model.count_params(),
            "num_training_images": len(data.x_train[: run.recipe.limit]),
            "seconds": sum(epoch["seconds"] for epoch in run.history),
            "exact": self.exact,
        }
        if run.recipe.outliers:
            answers.calibration = self._calibrate(answers, data, validation)
            figures["calibration"] = answers.calibration.as_dict()
        figures["validation"] = evaluate(answers, validation)
        if self.data.validation_ink:  # measured for those, too, that have learned from MNIST alone
            figures["validation_ink"] = evaluate(answers, prepare_ink(self.data.validation_ink))
            figures["outliers"] = evaluate_outliers(answers, {"validation": validation}, _generate_outliers(self.data))[
                0
            ]
        return figures if self.test is None else {**figures, "test": evaluate(answers, self.test)}

    def _calibrate(self, answers: _KerasAnswers, data: TrainingData, validation: PreparedSet) -> Calibration:
        """Fits on validation data: clean, drawn where there is ink, and damaged."""
        damaged = damage_images(validation.images, np.random.default_rng(0))
        clean = [validation, *([prepare_ink(data.validation_ink)] if data.validation_ink else [])]
        logits = [predict_logits(answers, prepared.images) for prepared in clean]
        labels = [prepared.labels for prepared in clean]
        groups = [*zip(logits, labels, strict=True), (predict_logits(answers, damaged), validation.labels)]
        return fit_calibration(groups, logits)


def device_finder(requested: str) -> Callable[[], Sequence[str]]:
    """Returns a function that finds devices, see `devices.choose_devices`; TensorFlow loads at the first call."""
    check_choice(requested)

    @functools.cache
    def find_devices() -> Sequence[str]:
        with needed_packages():
            from .devices import choose_devices

        return choose_devices(requested)

    return find_devices


def _generate_outliers(data: TrainingData) -> PreparedSet:
    """Generates outliers that no run is trained on, of all families alike, made of validation digits."""
    characters = data.validation_alphabets
    images = generate_outliers(
        data.x_validation,
        data.y_validation,
        _NUM_OUTLIERS,
        np.random.default_rng(0),
        alphabets=[check_ink(strokes) for strokes in characters.ink] if characters else (),
    )
    return PreparedSet.from_mnist(images, np.zeros(len(images)))


def start_from(recipe: Recipe, model: StoredModel, freeze: Sequence[str] = (), parts: Parts | None = None) -> Recipe:
    """Returns the recipe, started from a stored model, whose network it takes over.

    Args:
        recipe: What to train.
        model: Where to start.
        freeze: Patterns of layers that keep their weights, as in `conv*`.
        parts: Changes to that network, which must leave all weights fit; None is those of the recipe.

    Raises:
        ArchitectureError: The networks differ, no layer has such a name, or nothing would be left to train.
    """
    if recipe.architecture == model.recipe.architecture:
        recipe = dataclasses.replace(recipe, parts=model.recipe.parts.update(parts or recipe.parts))
    network = recipe.network
    difference = find_difference(network, model.recipe.network)
    if difference:
        raise ArchitectureError(
            "{name} cannot start from {model}: {difference}. Train the recipe {recipe}, with"
            " the network parts of that model.",
            network.name,
            name=recipe.name,
            model=model.name,
            difference=difference,
            recipe=model.recipe.name,
        )
    frozen = find_layers(network, freeze)
    if len(frozen) == len(find_layers(network, ["*"])):
        raise ArchitectureError(
            "All layers are frozen, so there is nothing to train. Leave at least `logits` unfrozen.", "logits"
        )
    return dataclasses.replace(recipe, start=Start(model.name, model.weights_digest, frozen))


class _KerasAnswers:
    """A Keras model as a `Predictor`."""

    def __init__(self, model: Any) -> None:
        self.calibration = Calibration()
        self._model = model

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        return self._model.predict_on_batch(images[..., None])


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ignores Ctrl-C: an impatient second one must not cost what is being stored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
