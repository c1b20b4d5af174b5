"""Where a training run stands, for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where a run stands: after a step, or after an epoch when `validation_accuracy` is given.

    `epoch` counts from 1; `loss` and `accuracy` are of the current epoch so far; `seconds_left` is an estimate.
    """

    epoch: int
    num_epochs: int
    step: int
    num_steps: int
    loss: float
    accuracy: float
    seconds_left: float
    validation_accuracy: float | None = None
