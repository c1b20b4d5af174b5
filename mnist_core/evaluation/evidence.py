"""Models on sets -> everything that can be said about how well they read: the figures behind a report and a page.

Three kinds of digits are told apart, clean, drawn and damaged, and beside them what is no digit. Sets are never pooled.
Nothing here chooses a model or fits anything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ..augmentation.damage import damage_images
from ..data.alphabets import recognise_alphabets
from ..data.files import list_npz
from ..data.labelled import LabelledSet, load_digits, load_labelled
from ..data.mnist import Dataset, list_others
from ..data.pendigits import REPORTED_WRITERS, load_pendigits, recognise_pendigits
from ..data.prepared import PreparedSet, prepare_images, prepare_ink
from ..data.sample import load_sample
from ..errors import DataError
from ..models.inference import Predictor
from .metrics import evaluate, evaluate_outliers

Kind = Literal["clean", "drawn", "damaged", "outliers"]

# Digits that different schools write alike, each in both directions: true digit, what it is read as.
REGIONAL_PAIRS = ((1, 7), (7, 1), (4, 9), (9, 4), (0, 8), (8, 0), (9, 3), (3, 9))

# What is known of sets that do not say it themselves: how many people drew them, and how. MNIST's writers are
# counted by NIST's own numbers, as QMNIST publishes them.
_KNOWN_SETS = {
    "validation": (
        278,
        "MNIST training images held out of training, used to choose models; 55% were written by people who also wrote "
        "training images",
    ),
    "test": (297, "MNIST test set, written by other people than the training images"),
    "damaged": (297, "MNIST test set with noise, specks, blur, gaps, blots or lines added, or made faint or coarse"),
    "pen": (None, "pen on a tablet, by writers never used for training or for choosing models"),
    "ink_numberpad": (1, "finger on a tablet"),
    "ink_tablet40": (40, "pen on a tablet, by people aged 17 to 33"),
    "img_mouse": (1, "mouse"),
    "img_canvas5": (200, "drawn by visitors to a web page, digits 0 3 5 6 8 only; about 1% of the labels are wrong"),
    "outliers_fashion": (None, "clothes"),
    "outliers_symbols": (None, "signs drawn with a finger"),
    "outliers_letters": (40, "letters by the writers of ink_tablet40"),
}
_CLASSES = {
    "outliers_fashion": dict(
        enumerate(
            ("T-shirts", "trousers", "pullovers", "dresses", "coats", "sandals", "shirts", "sneakers", "bags", "boots")
        )
    ),
    "outliers_symbols": {code: chr(code) for code in map(ord, "+-/?^ex")},
    "outliers_letters": {0: "other letters", 1: "B C G I L O Q S Z"},
}
# A slanted line is a 1, and a flat one is too much like it to be called an error.
_LOOKALIKES = {"outliers_symbols": (ord("-"), ord("/")), "outliers_letters": (1,)}
# Letters that are a digit in some hand; of 52 letters only these two kinds are told apart.
_LETTER_TWINS = tuple(map(ord, "BCGILOQSZbcgiloqsz"))


@dataclass(frozen=True)
class Evidence:
    """A set to measure on, with what is known of it.

    Args:
        name: Its name.
        kind: What kind of set it is.
        prepared: Its images as the network receives them.
        num_writers: How many people drew it; None where that is not known.
        note: What else a reader should know.
    """

    name: str
    kind: Kind
    prepared: PreparedSet
    num_writers: int | None = None
    note: str = ""

    @classmethod
    def known(cls, name: str, kind: Kind, prepared: PreparedSet, num_writers: int | None = None) -> Evidence:
        """Returns a set with what is known of the one of that name."""
        known_writers, note = _KNOWN_SETS.get(name, (None, ""))
        return cls(name, kind, prepared, num_writers or known_writers, note)

    @property
    def description(self) -> dict[str, Any]:
        """The set for JSON, without its images."""
        return {
            "name": self.name,
            "kind": self.kind,
            "num_samples": len(self.prepared.labels),
            "num_writers": self.num_writers,
            "note": self.note,
            "classes": {str(label): text for label, text in _CLASSES.get(self.name, {}).items()},
            "lookalikes": list(self.lookalikes),
        }

    @property
    def lookalikes(self) -> tuple[int, ...]:
        """Classes of outliers that are digits in some hand."""
        return _LOOKALIKES.get(self.name, ()) if self.kind == "outliers" else ()


def gather(
    dataset: Dataset, data_dir: Path | None = None, say: Callable[[str], None] = lambda text: None
) -> list[Evidence]:
    """Returns every set at hand: MNIST's, the pen ink's reported writers, and what lies in the data folder.

    Args:
        dataset: MNIST.
        data_dir: As of `load_dataset`; of the npz files there, those whose names begin with `outliers` hold no digits.
        say: Takes sentences for the person who waits.

    Raises:
        DataError: The dataset is not MNIST.
    """
    if dataset.name != "mnist":
        raise DataError(
            "A report needs MNIST's own test set. Received: {name} from {source}.",
            name=dataset.name,
            source=dataset.source,
        )
    test = PreparedSet.from_mnist(dataset.x_test, dataset.y_test)
    digits = [
        Evidence.known("validation", "clean", PreparedSet.from_mnist(*load_sample())),
        Evidence.known("test", "clean", test),
        Evidence.known("pen", "drawn", prepare_ink(load_pendigits().reported), len(REPORTED_WRITERS)),
    ]
    outliers = []
    others = list_others(data_dir)
    if not others:
        say("No sets of other people's digits were found. Name their folder with --data-dir.")
    for path in others:
        try:
            if {"x_train", "x_test"} <= list_npz(path).keys() or recognise_pendigits(path) or recognise_alphabets(path):
                continue  # what models learn from
            if path.name.startswith("outliers"):
                outliers.append(Evidence.known(path.stem, "outliers", _join_letters(path.stem, load_labelled(path))))
            else:
                labelled = load_digits(path)
                digits.append(Evidence.known(path.stem, "drawn", prepare_images(labelled), labelled.num_writers))
        except DataError as error:  # the other sets are none the worse for it
            say(f"Left out: {error}")
    return [*digits, Evidence.known("damaged", "damaged", damage(test)), *outliers]


def _join_letters(name: str, labelled: LabelledSet) -> PreparedSet:
    """Prepares outliers; of letters it is only told whether they are a digit in some hand."""
    prepared = prepare_images(labelled)
    if name != "outliers_letters":
        return prepared
    return dataclasses.replace(prepared, labels=np.isin(prepared.labels, _LETTER_TWINS).astype(np.int64))


def damage(prepared: PreparedSet) -> PreparedSet:
    """Returns the same digits, damaged, always alike."""
    damaged = damage_images(prepared.images, np.random.default_rng(1))
    return PreparedSet(damaged, prepared.labels, prepared.readable)


def measure(
    models: Mapping[str, Predictor],
    sets: Sequence[Evidence],
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Measures every model on every set.

    Returns:
        sets: their descriptions; models: for each model its name, limit, digits (the figures of
        `evaluation.evaluate` by name of set) and outliers (those of `evaluation.evaluate_outliers`).
    """
    digits = [evidence for evidence in sets if evidence.kind != "outliers"]
    against = {evidence.name: evidence.prepared for evidence in digits if evidence.kind != "damaged"}
    rows = []
    for name, predictor in models.items():
        say(f"Measuring {name}")
        rows.append(
            {
                "name": name,
                "limit": predictor.calibration.limit,
                "digits": {evidence.name: evaluate(predictor, evidence.prepared) for evidence in digits},
                "outliers": {
                    evidence.name: evaluate_outliers(predictor, against, evidence.prepared, evidence.lookalikes)
                    for evidence in sets
                    if evidence.kind == "outliers"
                },
            }
        )
    return {"sets": [evidence.description for evidence in sets], "models": rows}


def measure_set(
    predictor: Predictor, name: str, prepared: PreparedSet, outliers: Sequence[Path] = (), *, as_is: bool = False
) -> dict[str, Any]:
    """Measures a model on one set of digits, and how well its doubt tells them from what files of outliers hold.

    Args:
        predictor: What answers.
        name: What the set is called.
        prepared: The digits.
        outliers: Files as of `load_labelled`.
        as_is: Feed 28x28 pictures of outliers unchanged.

    Returns:
        data (the name), the figures of `evaluation.evaluate`, and outliers: those of `evaluation.evaluate_outliers` by
        file.

    Raises:
        DataError: A file cannot be read.
    """
    figures = {"data": name, **evaluate(predictor, prepared), "outliers": {}}
    for path in outliers:
        images = prepare_images(load_labelled(path), as_is=as_is)
        lookalikes = Evidence.known(path.stem, "outliers", images).lookalikes
        figures["outliers"][str(path)] = evaluate_outliers(predictor, {name: prepared}, images, lookalikes)
    return figures


def count_pairs(confusion_matrix: Sequence[Sequence[int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Counts, for each regional pair, how often the first was read as the second, and how many of it there are."""
    return {(true, read): (confusion_matrix[true][read], sum(confusion_matrix[true])) for true, read in REGIONAL_PAIRS}
