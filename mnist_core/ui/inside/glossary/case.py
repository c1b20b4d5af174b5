"""What the entries of the glossary are about: a drawing, the network that reads it, its layers."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ....explain.anatomy import Anatomy, Convolution, Part, WeightedUnit
from ....models.architectures import NUM_CLASSES
from ....models.calibration import softmax
from ....models.store import StoredModel
from ....services.library import Library


@dataclass(frozen=True)
class Case:
    """The model and the image that the entries are about.

    Args:
        stored: The model.
        anatomy: The same, taken apart.
        image: float32 (28, 28) in [0, 1].
        label: Of the image, where it is known.
        library: Where the training images are looked up.
    """

    stored: StoredModel
    anatomy: Anatomy
    image: np.ndarray
    label: int | None
    library: Library

    @functools.cached_property
    def maps(self) -> dict[str, np.ndarray]:
        """What each part makes of the image, by its name."""
        return {name: outputs[0] for name, outputs in self.anatomy.feature_maps(self.image[None]).items()}

    @functools.cached_property
    def logits(self) -> np.ndarray:
        """The logits of the image, float64 (10,) or (11,)."""
        return self.anatomy.logits(self.image[None])[0].astype(np.float64)

    @functools.cached_property
    def probabilities(self) -> np.ndarray:
        """The softmax of all logits, as it is while training: not calibrated."""
        return softmax(self.logits[None])[0]

    @property
    def predicted(self) -> int:
        """The most probable digit."""
        return int(self.logits[:NUM_CLASSES].argmax())

    @property
    def runner_up(self) -> int:
        """The second most probable digit."""
        return int(np.argsort(self.logits[:NUM_CLASSES])[-2])

    def losses(self, logits: np.ndarray) -> np.ndarray:
        """Returns the cross-entropy of one image's logits with each class as its label."""
        largest = logits.max()
        return largest + np.log(np.exp(logits - largest).sum()) - logits

    def input_of(self, part: Part) -> np.ndarray:
        """Returns what a part receives."""
        number = self.anatomy.parts.index(part)
        if number == 0:
            return self.anatomy.scale_input(self.image)[..., None]
        return self.maps[self.anatomy.parts[number - 1].name]

    @functools.cached_property
    def loudest(self) -> tuple[Convolution, WeightedUnit, tuple[int, int, int]] | None:
        """The largest value of the first convolution: layer, how it comes about, row, column and filter."""
        part = self.anatomy.parts[0]
        if not isinstance(part, Convolution):
            return None
        outputs = self.maps[part.name]
        row, column, channel = map(int, np.unravel_index(outputs.argmax(), outputs.shape))
        place = row, column, channel
        unit = self.anatomy.open_unit(self.image, part.name, place)
        return (part, unit, place) if isinstance(unit, WeightedUnit) else None
