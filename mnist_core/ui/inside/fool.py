"""Noise that makes a network answer otherwise: the sign of the gradient, at every strength, on every model.

Reference:
    Goodfellow, Shlens and Szegedy (2015), "Explaining and harnessing adversarial examples".
"""

from __future__ import annotations

import numpy as np

from ...errors import MnistError
from ...models.inference import predict
from ...models.store import short_name
from ...services.gradients import shared_helper
from ..wire import LiveFunction, Message, encode_bytes
from .bench import Bench

# In units of full ink.
STRENGTHS = np.linspace(0, 0.5, 26)
_MOST_MODELS = 8


def fool_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""

    def fool_models(message: Message) -> Message:
        """Answers `{image, model, digit}` with noise against that digit, and every model's reading at every strength.

        Without a digit it is the one that the model answers. That is `{digit, sign, strengths, models}`: the sign of
        the gradient as base64 of 784 bytes, 0, 1 or 2 for -1, 0 and 1; a model, the asked one first, has name, label,
        and for each strength ten probabilities and accepted.
        """
        anatomy, image = bench.decode(message)
        digit = message.get("digit")
        if digit is None:
            digit = int(anatomy.predict(image[None]).probabilities[0].argmax())
        stored = bench.models.find(anatomy.name)
        sign = np.sign(shared_helper().find_loss_gradient(stored, image, digit))
        images = add_noise(image, sign)
        others = [model.name for model in bench.models.list_all() if model.name != anatomy.name]
        models = [_read(bench, name, images) for name in [anatomy.name, *others][:_MOST_MODELS]]
        return {
            "digit": digit,
            "sign": encode_bytes((sign + 1).astype(np.uint8)),
            "strengths": STRENGTHS.round(4).tolist(),
            "models": [model for model in models if model],
        }

    return (fool_models,)


def add_noise(image: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """Returns an image, float32 (28, 28), with noise of each of `STRENGTHS`: float32 (26, 28, 28) in [0, 1]."""
    return np.clip(image + STRENGTHS[:, None, None] * sign, 0, 1).astype(np.float32)


def _read(bench: Bench, name: str, images: np.ndarray) -> Message | None:
    """Returns what a model makes of images; None where one that is only compared with cannot be opened."""
    try:
        opened = bench.models.open(bench.models.find(name))
    except MnistError:
        return None
    answers = predict(opened.predictor, images)
    return {
        "name": name,
        "label": short_name(opened.stored),
        "probabilities": answers.probabilities.round(4).tolist(),
        "accepted": answers.accepted.tolist(),
    }
