"""Real digits that a network misreads, or nearly: for a class to guess before it sees what the network answers.

They are the built-in images, of which no shipped network has learned. Each answer comes with the reason that is easiest
to show: which pixels speak for the digit that is answered, and against the other one.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.sample import load_sample
from ..errors import QueryError
from ..explain.attribution import EXPLANATIONS, Target
from ..models.inference import predict
from .models import Models

# A close call: the second digit is at least so probable.
_CLOSE = 0.2
_MOST_OF_KIND = 12
_MOST_OF_DIGIT = 2
_METHOD = "occlusion_paper"
# It misreads what people read at once, and is asked about 5,000 images within a second.
_NETWORK = "lenet"


@dataclass(frozen=True)
class Offer:
    """A digit to guess.

    Args:
        id: Its place among the built-in images.
        image: uint8 (28, 28), ink 255.
        label: What was written.
        probabilities: float64 (10,), the network's answer.
    """

    id: int
    image: np.ndarray
    label: int
    probabilities: np.ndarray

    @property
    def digit(self) -> int:
        """What the network answers."""
        return int(self.probabilities.argmax())

    @property
    def other(self) -> int:
        """What it is compared with: the digit that was written, or the second choice where that is answered."""
        return self.label if self.digit != self.label else int(np.argsort(self.probabilities)[-2])

    @property
    def kind(self) -> str:
        """Whether it is "misread" or only "close"."""
        return "misread" if self.digit != self.label else "close"


class FirstGuesses:
    """Finds such digits, once, and says why they are read as they are; safe to use from any thread.

    Args:
        models: Where networks are opened.
        model: Name of the network.
    """

    def __init__(self, models: Models, model: str = _NETWORK) -> None:
        self._models = models
        self._model = model
        self._lock = threading.Lock()
        self._offers: list[Offer] = []

    def prepare(self) -> None:
        """Begins to look for them, so that whoever asks need not wait."""
        threading.Thread(target=self.list_offers, daemon=True).start()

    def list_offers(self) -> list[Offer]:
        """Returns what can be guessed: first what is misread, then what is close; of each digit a few."""
        with self._lock:
            self._offers = self._offers or self._find()
            return self._offers

    def settings_for(self, offer_id: Any) -> dict[str, Any]:
        """Returns the settings of the activity `guess_first` for one of the offers.

        Raises:
            QueryError: It is none.
        """
        found = [offer for offer in self.list_offers() if offer.id == offer_id]
        if not found:
            raise QueryError("This digit is not among those that are offered.")
        (offer,) = found
        return {
            "shown": {"image": _encode(offer.image)},
            "bars": {
                "probabilities": offer.probabilities.round(4).tolist(),
                "label": offer.label,
                "digit": offer.digit,
                "kind": offer.kind,
                "network": self._models.find(self._model).name,
            },
            "why": self._explain(offer),
        }

    def _find(self) -> list[Offer]:
        images, labels = load_sample()
        predictor = self._models.open(self._models.find(self._model)).predictor
        probabilities = predict(predictor, images.astype(np.float32) / 255).probabilities
        offers = [
            Offer(place, images[place], int(labels[place]), probabilities[place])
            for place in np.flatnonzero(
                (probabilities.argmax(axis=1) != labels) | (np.sort(probabilities, axis=1)[:, -2] >= _CLOSE)
            ).tolist()
        ]
        # What it is most sure of makes the best surprise; of close calls, the closest.
        misread = [offer for offer in offers if offer.kind == "misread"]
        misread.sort(key=lambda offer: -offer.probabilities.max())
        close = [offer for offer in offers if offer.kind == "close"]
        close.sort(key=lambda offer: offer.probabilities.max())
        return _pick(misread) + _pick(close)

    def _explain(self, offer: Offer) -> dict[str, Any]:
        """Says which pixels speak for the digit that is answered and against the other one."""
        anatomy = self._models.open(self._models.find(self._model)).anatomy
        target = Target(offer.digit, offer.other)
        image = offer.image.astype(np.float32) / 255
        attribution = EXPLANATIONS[_METHOD].explain(anatomy, image, target, baseline="paper")
        largest = float(np.abs(attribution).max()) or 1.0
        signed = np.rint(attribution / largest * 127).astype(np.int8)
        return {"map": _encode(signed), "for": offer.digit, "against": offer.other}


def _pick(offers: Sequence[Offer]) -> list[Offer]:
    """Takes the first ones, but only a few of each digit that was written."""
    picked: list[Offer] = []
    for offer in offers:
        if sum(other.label == offer.label for other in picked) < _MOST_OF_DIGIT:
            picked.append(offer)
    return picked[:_MOST_OF_KIND]


def _encode(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
