"""Which pixels mattered to an answer, by any of the methods in `EXPLANATIONS`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...evaluation.figures import read_figures
from ...explain.anatomy import Anatomy
from ...explain.attribution import (
    BASELINES,
    EXPLANATIONS,
    NO_DIGIT,
    Target,
    check_baseline,
    check_method,
    has_maps,
    make_baseline,
)
from ...explain.faithfulness import ORDERS, SIDE
from ...models.architectures import NUM_CLASSES
from ...models.predictions import read_logits
from ...models.store import StoredModel, short_name
from ...services.gradients import shared_helper
from ..wire import LiveFunction, Message, encode_bytes
from .bench import Bench


def why_functions(bench: Bench) -> tuple[LiveFunction, ...]:
    """Returns the functions that the view's script calls, each from one JSON object to another."""

    def list_explanations(message: Message) -> Message:
        """Answers `{model}` with `{methods, baselines, figures, noDigit}`: what can explain it, and how well.

        A method has name, needsGradients, hasBaseline and isPossible. `figures` is None for a model that was not
        measured, see `find_figures`; `noDigit` is the output for "not a digit", None where there is none.
        """
        model = str(message.get("model") or "")
        anatomy = bench.open(model)
        methods = [
            {
                "name": name,
                "needsGradients": explanation.needs_gradients(anatomy),
                "hasBaseline": explanation.has_baseline,
                "isPossible": name != "grad_cam" or has_maps(anatomy),
            }
            for name, explanation in EXPLANATIONS.items()
        ]
        return {
            "methods": methods,
            "baselines": BASELINES,
            "figures": find_figures(bench.models.find(model)),
            "noDigit": NO_DIGIT if anatomy.output_layer.shape[0] > NUM_CLASSES else None,
        }

    def explain_answer(message: Message) -> Message:
        """Answers `{image, model, method, digit, versus, baseline}` with which pixels mattered.

        Without a digit it is the one that is answered. That is `{digit, versus, runnerUp, attribution, sum, value,
        without}`: the other digit with the largest logit; the attribution as base64 of 784 float32; the target for this
        image; and for the baseline, of methods that have one, else None.
        """
        anatomy, image = bench.decode(message)
        logits = anatomy.logits(image[None])
        digit = message.get("digit")
        if digit is None:
            digit = int(read_logits(logits, anatomy.calibration).probabilities[0].argmax())
        target = Target(digit, message.get("versus"))
        attribution = _explain(bench.models.find(anatomy.name), anatomy, image, target, message)
        has_baseline = check_method(str(message.get("method"))).has_baseline
        return {
            "digit": target.digit,
            "versus": target.versus,
            "runnerUp": max(
                (label for label in range(NUM_CLASSES) if label != digit), key=lambda label: logits[0, label]
            ),
            "attribution": encode_bytes(attribution),
            "sum": float(attribution.sum()),
            "value": float(target.values(logits)[0]),
            "without": _measure_baseline(anatomy, image, target, message) if has_baseline else None,
        }

    return (list_explanations, explain_answer)


def find_figures(stored: StoredModel) -> dict[str, Any] | None:
    """Returns what `inside explanations` has measured of a model, else of another training of the same recipe, or None.

    That is what `curves.measure_explanations` gives, with `orders`, `single`: the methods with squares of one pixel,
    and `isOwn`: whether it was this very model.
    """
    models = (read_figures("explanations") or {"models": []})["models"]
    own = [model for model in models if model["weights_digest"] == stored.weights_digest]
    for model in own or [model for model in models if model["name"] == short_name(stored)]:
        sides = model["sides"]
        return {**sides[str(SIDE)], "orders": ORDERS, "single": sides["1"]["methods"], "isOwn": bool(own)}
    return None


def _explain(stored: StoredModel, anatomy: Anatomy, image: np.ndarray, target: Target, message: Message) -> np.ndarray:
    method, baseline = str(message.get("method")), check_baseline(str(message.get("baseline") or BASELINES[0]))
    explanation = check_method(method)
    if explanation.needs_gradients(anatomy):
        return shared_helper().explain(stored, image, method, target, baseline)
    return explanation.explain(anatomy, image, target, baseline=baseline)


def _measure_baseline(anatomy: Anatomy, image: np.ndarray, target: Target, message: Message) -> float:
    start = make_baseline(image, check_baseline(str(message.get("baseline") or BASELINES[0])))
    return float(target.values(anatomy.logits(start[None]))[0])
