"""The words for training, each with the real numbers of a model, its recipe and one image; see `terms`.

What moves here moves in a copy of a few numbers: no stored model is changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ....augmentation.transforms import augment
from ....models.architectures import NUM_CLASSES, find_layers
from ....models.calibration import Calibration, softmax
from ....models.recipes import FINISH_RATE, Recipe
from ....training.pools import count_per_epoch
from ...wire import Message
from .case import Case
from .figures import draw_matrix, draw_pictures, draw_plot, draw_table, entry, missing

_NUM_STEPS = 20
_MOMENTUM = 0.9
# How far one step of the illustrations moves the logits, per unit of gradient.
_STEP = 0.5
_NUDGE = 1e-4
_NUM_VARIANTS = 6
_NUM_DROPPED = 12
_NUM_PROBABILITIES = 3
_POINTS_PER_EPOCH = 10


def describe_loss(case: Case) -> Message:
    curves = _curves(case, {"training": "loss", "validation": "val_loss"})
    losses = curves.get("training")
    if not losses:
        return missing("history")
    return entry(draw_plot(_epochs(case), curves, "epoch"), first=losses[0], last=losses[-1], epochs=len(losses))


def _epochs(case: Case) -> list[int]:
    return list(range(1, len(case.stored.history) + 1))


def _curves(case: Case, names: dict[str, str]) -> dict[str, list[float]]:
    """Returns what the history holds of every epoch, by the names that people know it by; nothing without a history."""
    history = case.stored.history
    complete = {name: key for name, key in names.items() if history and all(key in entry for entry in history)}
    return {name: [entry[key] for entry in history] for name, key in complete.items()}


def describe_optimiser(case: Case) -> Message:
    recipe = case.stored.recipe
    rows = [("optimizer", recipe.optimizer), ("learning_rate", recipe.learning_rate), ("schedule", recipe.schedule)]
    rows += [("weight_decay", recipe.weight_decay), ("averaging", recipe.averaging)]
    epochs = np.linspace(0, recipe.epochs, recipe.epochs * _POINTS_PER_EPOCH + 1)
    curve = draw_plot(epochs, {"learning_rate": [learning_rate(recipe, epoch) for epoch in epochs]}, "epoch")
    return entry(
        draw_table(["setting", "value"], rows),
        curve,
        optimizer=recipe.optimizer,
        rate=recipe.learning_rate,
        schedule=recipe.schedule,
    )


def learning_rate(recipe: Recipe, epoch: float) -> float:
    """Returns the learning rate of a recipe when so many epochs are done, in [0, recipe.epochs]."""
    before = recipe.epochs - recipe.num_finishing
    if recipe.num_finishing and epoch >= before:
        return _cosine(FINISH_RATE * recipe.learning_rate, epoch - before, recipe.num_finishing)
    if recipe.schedule == "exponential":
        return recipe.learning_rate * 0.01 ** (epoch / before)
    if recipe.schedule == "constant":
        return recipe.learning_rate
    return _cosine(recipe.learning_rate, epoch, before)


def _cosine(peak: float, epoch: float, num_epochs: int) -> float:
    """Returns a rate that rises during the first epoch and then falls to 0 along a cosine."""
    if epoch < 1:
        return peak * (0.01 + 0.99 * epoch)
    done = (epoch - 1) / max(1, num_epochs - 1)
    return peak * (1 + math.cos(math.pi * done)) / 2


def descend(
    case: Case, target: int, momentum: float = 0.0, num_steps: int = _NUM_STEPS
) -> Iterator[tuple[float, float]]:
    """Gradient descent on the last layer's weights and biases, for one image, as if `target` were its label.

    The gradient for weight w_ij is (p_j - y_j) * input_i. So a step of rate r moves the logits by
    -r * (|input|^2 + 1) * (p - y), and the weights themselves need not be copied. r is such that the product of the
    first two is 0.5.

    Yields:
        Loss and probability of the target, before the first step and after each.
    """
    logits, velocity, wanted = case.logits.copy(), 0.0, np.eye(len(case.logits))[target]
    for _ in range(num_steps + 1):
        probabilities = softmax(logits[None])[0]
        yield float(case.losses(logits)[target]), float(probabilities[target])
        velocity = momentum * velocity - _STEP * (probabilities - wanted)
        logits = logits + velocity


def _rate(case: Case) -> float:
    received = case.input_of(case.anatomy.parts[-1])
    return _STEP / (float((received.astype(np.float64) ** 2).sum()) + 1)


def describe_gradient_descent(case: Case) -> Message:
    target, steps = case.runner_up, list(descend(case, case.runner_up))
    losses = [loss for loss, _ in steps]
    chosen = (0, 1, 2, 5, 10, _NUM_STEPS)
    return entry(
        draw_plot(range(_NUM_STEPS + 1), {"loss": losses}, "step"),
        draw_table(["step", "loss", "probability"], [(step, *steps[step]) for step in chosen]),
        digit=case.predicted,
        target=target,
        rate=_rate(case),
        first=losses[0],
        last=losses[-1],
        steps=_NUM_STEPS,
    )


def describe_momentum(case: Case) -> Message:
    target = case.runner_up
    curves = {
        "without_momentum": [loss for loss, _ in descend(case, target)],
        "with_momentum": [loss for loss, _ in descend(case, target, _MOMENTUM)],
    }
    return entry(
        draw_plot(range(_NUM_STEPS + 1), curves, "step"),
        shown="shown" if case.stored.recipe.optimizer == "momentum" else "shown_other",
        target=target,
        steps=_NUM_STEPS,
        plain=curves["without_momentum"][-1],
        moved=curves["with_momentum"][-1],
        optimizer=case.stored.recipe.optimizer,
        momentum=_MOMENTUM,
    )


def describe_backpropagation(case: Case) -> Message:
    """Describes the chain rule for the weight with the largest gradient of those that lead to the answer."""
    part = case.anatomy.output_layer
    received = case.input_of(part).reshape(-1).astype(np.float64)
    target, digit, unit = case.runner_up, case.predicted, int(np.abs(received).argmax())
    error = float(case.probabilities[digit])  # minus its label, which is 0: the target is another digit
    gradient = error * received[unit]
    nudge = np.eye(len(case.logits))[digit] * received[unit] * _NUDGE
    after, before = (case.losses(case.logits + change)[target] for change in (nudge, -nudge))
    rows = [
        ("error", error),
        ("input", float(received[unit])),
        ("gradient", float(gradient)),
        ("tried", float((after - before) / (2 * _NUDGE))),
    ]
    return entry(
        draw_table(["piece", "value"], rows, 2),
        digit=digit,
        target=target,
        unit=unit,
        error=error,
        input=float(received[unit]),
        gradient=float(gradient),
        weight=float(part.kernel[unit, digit]),
        nudge=_NUDGE,
    )


def _per_epoch(case: Case) -> tuple[int, int, int] | None:
    """Counts training images, and pen drawings and images that are not digits beside them, in each epoch."""
    figure = case.stored.figure("num_training_images")
    if figure is None:
        return None
    num_images = int(figure)
    num_ink, num_outliers = count_per_epoch(case.stored.recipe, num_images)
    return num_images, num_ink if case.stored.learned_ink else 0, num_outliers


def describe_batch(case: Case) -> Message:
    size, counted = case.stored.recipe.batch_size, _per_epoch(case)
    if counted is None:
        return missing("counts", size=size)
    steps = math.ceil(sum(counted) / size)
    rows = [("training_images", counted[0]), ("pen_drawings", counted[1]), ("no_digits", counted[2])]
    rows += [("batch_size", size), ("steps_an_epoch", steps)]
    return entry(draw_table(["each_epoch", "number"], rows, 4), size=size, images=sum(counted), steps=steps)


def describe_epoch(case: Case) -> Message:
    history = case.stored.history
    curves = _curves(case, {"training": "accuracy", "validation": "val_accuracy"})
    name = "validation" if "validation" in curves else "training"
    if name not in curves:
        return missing("history")
    rows = [(epoch, curves[name][epoch - 1]) for epoch in _epochs(case) if epoch in (1, 2, 3, 5, 10, 20, len(history))]
    return entry(
        draw_table(["epoch", f"{name}_accuracy"], rows),
        epochs=len(history),
        planned=case.stored.recipe.epochs,
        seconds=round(sum(entry.get("seconds", 0) for entry in history) / len(history), 1),
    )


def describe_overfitting(case: Case) -> Message:
    curves = _curves(case, {"training": "accuracy", "validation": "val_accuracy"})
    if len(curves) < 2:
        return missing("history")
    training, validation = (round(curves[name][-1] * 100, 2) for name in ("training", "validation"))
    return entry(
        draw_plot(_epochs(case), curves, "epoch"),
        shown="shown" if training > validation else "shown_other",
        training=f"{training:.2f}",
        validation=f"{validation:.2f}",
        gap=f"{abs(training - validation):.2f}",
    )


def describe_dropout(case: Case) -> Message:
    layers = case.stored.recipe.network.layers()
    dropout = next((number for number, layer in enumerate(layers) if layer.kind == "Dropout"), None)
    if dropout is None:
        return missing("dropout")
    rate = layers[dropout].options["rate"]
    above = next(layer.name for layer in layers[dropout:] if layer.is_part)
    part = next(part for part in case.anatomy.parts if part.name == above)
    received = case.input_of(part).reshape(-1)
    chosen = np.sort(received.argsort()[-_NUM_DROPPED:])
    kept = np.random.default_rng(case.stored.recipe.seed).random(len(chosen)) >= rate
    after = received[chosen] * kept / (1 - rate)
    return entry(
        draw_matrix([received[chosen], after], "some_inputs", ["reading", "learning"], chosen.tolist()),
        layer=part.name,
        percent=f"{100 * rate:g}",
        dropped=int((~kept).sum()),
        values=len(chosen),
        factor=1 / (1 - rate),
    )


def describe_augmentation(case: Case) -> Message:
    augmentation = case.stored.recipe.augmentation
    if not augmentation.is_active:
        return missing("augmentation")
    images = np.repeat(case.image[None], _NUM_VARIANTS, axis=0)
    variants = augment(images, augmentation, np.random.default_rng(case.stored.recipe.seed))
    labels = case.anatomy.predict(np.clip(variants, 0, 1)).probabilities.argmax(axis=1)
    pictures = [(np.clip(variant, 0, 1), f"→ {label}") for variant, label in zip(variants, labels, strict=True)]
    rows = [(name, limit) for name, limit in vars(augmentation).items() if limit]
    return entry(
        draw_pictures([(case.image, "image"), *pictures]),
        draw_table(["change", "limit"], rows),
        digit=case.predicted,
        same=int((labels == case.predicted).sum()),
        variants=_NUM_VARIANTS,
    )


def describe_transfer(case: Case) -> Message:
    recipe = case.stored.recipe
    layers = [layer for layer in recipe.network.layers() if layer.num_parameters]
    frozen = find_layers(recipe.network, recipe.start.freeze) if recipe.start else ()
    rows = [(layer.name, layer.num_parameters, _fate(layer.name, recipe, frozen, layers[-1].name)) for layer in layers]
    total, last = sum(layer.num_parameters for layer in layers), layers[-1].num_parameters
    return entry(
        draw_table(["layer", "numbers", "fate"], rows),
        shown="shown" if recipe.start else "shown_other",
        start=recipe.start.model if recipe.start else "",
        frozen=sum(layer.num_parameters for layer in layers if layer.name in frozen),
        total=total,
        kept=total - last,
        last=last,
    )


def _fate(name: str, recipe: Recipe, frozen: tuple[str, ...], last: str) -> str:
    """Returns what became of a layer's numbers; or, of a model trained from random ones, what would."""
    if recipe.start:
        return "frozen" if name in frozen else "trained_on"
    return "would_be_new" if name == last else "would_be_kept"


def describe_calibration(case: Case) -> Message:
    calibration = case.anatomy.calibration
    rows = list(calibration.as_dict().items())
    before = softmax(case.logits[None, :NUM_CLASSES])[0]
    after = case.anatomy.calibration.probabilities(case.logits[None])[0]
    top = before.argsort()[::-1][:_NUM_PROBABILITIES]
    compared = [(int(digit), float(before[digit]), float(after[digit])) for digit in top]
    return entry(
        draw_table(["setting", "value"], rows),
        draw_table(["digit", "before", "after"], compared),
        shown="shown_other" if calibration == Calibration() else "shown",
        digit=case.predicted,
        before=_name_percent(compared[0][1]),
        after=_name_percent(compared[0][2]),
        temperature=calibration.temperature,
        limit=f"{100 * calibration.limit:.5g}",
    )


def _name_percent(probability: float) -> str:
    """Formats a probability as per cent for people; never 100."""
    return f"{min(100 * probability, 99.999):.5g}"


TRAINING_TERMS = {
    "loss": describe_loss,
    "gradient_descent": describe_gradient_descent,
    "backpropagation": describe_backpropagation,
    "momentum": describe_momentum,
    "optimiser": describe_optimiser,
    "batch": describe_batch,
    "epoch": describe_epoch,
    "overfitting": describe_overfitting,
    "dropout": describe_dropout,
    "augmentation": describe_augmentation,
    "transfer_learning": describe_transfer,
    "calibration": describe_calibration,
}
