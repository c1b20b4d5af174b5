"""Words about answers: softmax and cross-entropy."""

from __future__ import annotations

import math

import numpy as np

from ....models.architectures import NUM_CLASSES
from ...wire import Message
from .case import Case
from .figures import draw_table, entry


def describe_softmax(case: Case) -> Message:
    powers = np.exp(case.logits - case.logits.max())
    names = [*range(NUM_CLASSES), "no_digit"]
    rows = zip(names, case.logits.tolist(), powers.tolist(), case.probabilities.tolist(), strict=False)
    figure = draw_table(["output", "logit", "power", "probability"], list(rows), case.predicted)
    return entry(
        figure,
        digit=case.predicted,
        largest=float(case.logits.max()),
        power=float(powers[case.predicted]),  # below 1 where "not a digit" is the largest
        sum=float(powers.sum()),
        probability=float(case.probabilities[case.predicted]),
    )


def describe_cross_entropy(case: Case) -> Message:
    losses = case.losses(case.logits)[:NUM_CLASSES]
    rows = [(digit, float(case.probabilities[digit]), float(losses[digit])) for digit in range(NUM_CLASSES)]
    return entry(
        draw_table(["label", "probability", "minus_log"], rows, case.predicted),
        digit=case.predicted,
        other=case.runner_up,
        loss=float(losses[case.predicted]),
        other_loss=float(losses[case.runner_up]),
        guess=math.log(len(case.logits)),
    )


ANSWER_TERMS = {
    "softmax": describe_softmax,
    "cross_entropy": describe_cross_entropy,
}
