"""The words for data, layers and answers, each with the real numbers of a model and one image.

A term's function takes a `Case` and returns an entry: `figures` to draw, `values` for its text, and, where the model
has no such thing, `lacks`. `shown` names another text than the usual one. The words themselves are in the page's texts.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...anatomy import Anatomy, Part, Unit
from ...architectures import NUM_CLASSES
from ...calibration import softmax
from ...dataset import load_sample
from ...store import StoredModel
from ..library import Library
from ..wire import Message, encode_bytes

_MOST_FILTERS = 16
_NUM_SHOWN = 8
_NUM_PRODUCTS = 5
_NUM_POINTS = 60
_UNSEEN_LAYERS = ("Dropout", "BatchNormalization", "Activation", "Rescaling")


@dataclass(frozen=True)
class Case:
    """What the entries are about.

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
        """float64 (10,) or (11,)."""
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
        """The cross-entropy of one image's logits with each class as its label."""
        largest = logits.max()
        return largest + np.log(np.exp(logits - largest).sum()) - logits

    def input_of(self, part: Part) -> np.ndarray:
        """What a part receives."""
        number = self.anatomy.parts.index(part)
        if number == 0:
            return self.anatomy.scale_input(self.image)[..., None]
        return self.maps[self.anatomy.parts[number - 1].name]

    @functools.cached_property
    def loudest(self) -> tuple[Part, Unit, tuple[int, int, int]] | None:
        """The largest value of the first convolution: layer, how it comes about, row, column and filter."""
        part = self.anatomy.parts[0]
        if part.kind != "convolution":
            return None
        outputs = self.maps[part.name]
        place = tuple(int(index) for index in np.unravel_index(outputs.argmax(), outputs.shape))
        return part, self.anatomy.open_unit(self.image, part.name, place), place


# Figures


def draw_pictures(pictures: Sequence[tuple[np.ndarray, Any]], is_signed: bool = False) -> Message:
    """Pictures, (height, width) in [0, 1], or signed in [-1, 1], each with its number or word."""
    return {
        "kind": "pictures",
        "isSigned": is_signed,
        "pictures": [
            {
                "height": picture.shape[0],
                "width": picture.shape[1],
                "pixels": encode_bytes(np.rint(picture * 127 + 128 if is_signed else picture * 255).astype(np.uint8)),
                "caption": caption,
            }
            for picture, caption in pictures
        ],
    }


def draw_matrix(values: Any, caption: str, rows: Sequence[Any] = (), columns: Sequence[Any] = ()) -> Message:
    """A matrix of numbers; `rows` and `columns` are headings: numbers or words."""
    values = np.round(np.asarray(values, np.float64), 4).tolist()
    return {"kind": "matrix", "caption": caption, "values": values, "rows": list(rows), "columns": list(columns)}


def draw_table(head: Sequence[str], rows: Sequence[Sequence[Any]], marked: int | None = None) -> Message:
    """A table; `head` and texts in its cells are words, or names as they stand."""
    return {"kind": "table", "head": list(head), "rows": [list(row) for row in rows], "marked": marked}


def draw_plot(x: Sequence[float], curves: dict[str, Sequence[float]], x_label: str) -> Message:
    """Curves by name, a word, over x."""
    lines = [{"name": name, "values": [float(value) for value in values]} for name, values in curves.items()]
    return {"kind": "plot", "x": [float(value) for value in x], "curves": lines, "xLabel": x_label}


def show(*figures: Message, shown: str = "shown", **values: Any) -> Message:
    """An entry."""
    return {"figures": list(figures), "values": values, "shown": shown}


def lack(what: str, **values: Any) -> Message:
    """The entry of something that the model does not have."""
    return {"figures": [], "values": values, "lacks": what}


def name_shape(shape: Sequence[int]) -> str:
    """A shape for people."""
    return " × ".join(f"{side:,}" for side in shape)


def _fit(values: np.ndarray) -> np.ndarray:
    """Scales values so that the largest in size is 1."""
    return values / max(float(np.abs(values).max()), 1e-12)


# Data


def describe_class(case: Case) -> Message:
    images, labels = load_sample()
    counts, num_outputs = _count_training(case), len(case.logits)
    pictures = [
        (images[(labels == digit).argmax()] / 255, f"{digit}: {counts[digit]:,}" if counts else digit)
        for digit in range(NUM_CLASSES)
    ]
    figure = draw_pictures(pictures)
    if counts is None:
        return show(figure, shown="shown_other", outputs=num_outputs)
    return show(figure, outputs=num_outputs, total=sum(counts), least=min(counts), most=max(counts))


def _count_training(case: Case) -> list[int] | None:
    """How many images of each digit the model was trained on, where its training images are at hand."""
    split, stored = case.library.open_split(""), case.stored
    # Not `find_seen`, which counts what the model that it started from has seen.
    is_own = split.set_name == stored.metrics.get("data", "mnist")
    labels = split.labels[split.training[: stored.recipe.limit]] if is_own else ()
    return np.bincount(labels, minlength=NUM_CLASSES).tolist() if len(labels) else None


def describe_sample(case: Case) -> Message:
    num_inked = int((case.image > 0).sum())
    return show(draw_pictures([(case.image, "image")]), inked=num_inked, empty=case.image.size - num_inked)


def describe_label(case: Case) -> Message:
    label = case.predicted if case.label is None else case.label
    figure = draw_matrix([np.eye(NUM_CLASSES)[label]], "label_row", columns=range(NUM_CLASSES))
    return show(figure, shown="shown" if case.label is None else "shown_other", label=label)


def describe_tensor(case: Case) -> Message:
    shapes = [("image", case.image[..., None].shape)]
    layers = case.stored.recipe.network.layers()
    shapes += [(layer.name, layer.output_shape) for layer in layers if layer.kind not in _UNSEEN_LAYERS]
    rows = [(name, name_shape(shape), math.prod(shape)) for name, shape in shapes]
    largest = max(rows, key=lambda row: row[2])
    return show(draw_table(["layer", "shape", "numbers"], rows), layer=largest[0], numbers=largest[2])


def describe_normalisation(case: Case) -> Message:
    row = int(case.image.sum(axis=1).argmax())
    windows = np.lib.stride_tricks.sliding_window_view(case.image[row], _NUM_SHOWN)
    left = max(range(len(windows)), key=lambda start: (len(np.unique(windows[start])), windows[start].sum()))
    values = case.image[row, left : left + _NUM_SHOWN]
    received = case.anatomy.scale_input(values)
    rows = {"byte": np.rint(values * 255), "share": values}
    is_signed = not np.array_equal(received, values)
    rows |= {"signed": received} if is_signed else {}
    figure = draw_matrix(list(rows.values()), "pixels_of_row", list(rows), range(left, left + _NUM_SHOWN))
    figure["isPerRow"] = True  # to be coloured, since each has a scale of its own
    brightest = int(np.rint(values.max() * 255))
    return show(
        figure,
        shown="shown_other" if is_signed else "shown",
        row=row,
        byte=brightest,
        share=round(brightest / 255, 3),
        signed=round(2 * brightest / 255 - 1, 3),
    )


def describe_one_hot(case: Case) -> Message:
    label = case.predicted if case.label is None else case.label
    figure = draw_matrix(np.eye(NUM_CLASSES), "all_labels", range(NUM_CLASSES), range(NUM_CLASSES))
    figure["marked"] = label
    return show(figure, shown="shown" if case.stored.recipe.loss == "one_hot" else "shown_other", label=label)


# Layers


def describe_convolution(case: Case) -> Message:
    if case.loudest is None:
        return lack("convolution")
    part, unit, (row, column, channel) = case.loudest
    patch, weights = unit.patch[..., 0], unit.weights[..., 0]
    products = patch.astype(np.float64) * weights
    figures = [draw_matrix(patch, "patch"), draw_matrix(weights, "filter"), draw_matrix(products, "products")]
    return show(
        *figures,
        layer=part.name,
        filter=channel,
        row=row,
        column=column,
        sum=float(products.sum()),
        bias=unit.bias,
        total=unit.total,
        value=unit.value,
        activation=part.activation,
    )


def describe_filter(case: Case) -> Message:
    if case.loudest is None:
        return lack("convolution")
    part, _, _ = case.loudest
    kernels = _fit(part.kernel[:, :, 0])
    pictures = [(kernels[..., number], number) for number in range(min(_MOST_FILTERS, kernels.shape[-1]))]
    numbers = kernels[..., 0].size
    figure = draw_pictures(pictures, is_signed=True)
    return show(figure, layer=part.name, filters=kernels.shape[-1], drawn=len(pictures), numbers=numbers)


def describe_feature_map(case: Case) -> Message:
    if case.loudest is None:
        return lack("convolution")
    part, unit, (row, column, channel) = case.loudest
    feature_map = case.maps[part.name][..., channel]
    figure = draw_pictures([(case.image, "image"), (np.maximum(_fit(feature_map), 0), "map")])
    shape, maps = name_shape(feature_map.shape), part.shape[-1]
    return show(
        figure, layer=part.name, filter=channel, maps=maps, shape=shape, value=unit.value, row=row, column=column
    )


def describe_relu(case: Case) -> Message:
    part = next((part for part in case.anatomy.parts if part.activation != "linear"), None)
    if part is None:
        return lack("hidden")
    before, after = find_sums(case, part).reshape(-1), case.maps[part.name].reshape(-1)
    order = before.argsort()
    points = order[np.linspace(0, len(order) - 1, _NUM_POINTS).astype(int)]
    chosen = order[np.linspace(0, len(order) - 1, _NUM_SHOWN).astype(int)]
    return show(
        draw_matrix([before[chosen], after[chosen]], "eight_values", ["before", "after"]),
        draw_plot(before[points], {"after": after[points]}, "before"),
        shown="shown" if part.activation == "relu" else "shown_other",
        layer=part.name,
        activation=part.activation,
        values=len(before),
        negative=int((before < 0).sum()),
    )


def find_sums(case: Case, part: Part) -> np.ndarray:
    """The weighted sums of a layer, before its activation; of the shape of its output."""
    received = case.input_of(part)
    if part.kind == "dense":
        return received.reshape(-1) @ part.kernel + part.bias
    side, _, before = part.window
    after = side - 1 - before if part.padding == "same" else 0
    padded = np.pad(received, ((before, after), (before, after), (0, 0)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(0, 1))
    return np.einsum("hwckl,klco->hwo", patches, part.kernel, optimize=True) + part.bias


def describe_pooling(case: Case) -> Message:
    part = next((part for part in case.anatomy.parts if part.kind.endswith("_pooling")), None)
    if part is None:
        return lack("pooling")
    received, (height, width, channels) = case.input_of(part), part.shape
    size = part.pool_size
    blocks = received[: height * size, : width * size].reshape(height, size, width, size, channels)
    row, column, channel = np.unravel_index(np.ptp(blocks, axis=(1, 3)).argmax(), part.shape)
    value = float(case.maps[part.name][row, column, channel])
    return show(
        draw_matrix(blocks[row, :, column, :, channel], "block"),
        draw_matrix([[value]], "result"),
        shown="shown" if part.kind == "max_pooling" else "shown_other",
        layer=part.name,
        size=size,
        value=value,
        before=name_shape(received.shape),
        after=name_shape(part.shape),
    )


def describe_flatten(case: Case) -> Message:
    mean = next((part for part in case.anatomy.parts if part.kind == "mean"), None)
    if mean is not None:
        before, after = case.input_of(mean), case.maps[mean.name]
        channel = int(after.argmax())
        return show(
            draw_pictures([(np.maximum(_fit(before[..., channel]), 0), "map")]),
            draw_matrix([[after[channel]]], "mean"),
            shown="shown_other",
            before=name_shape(before.shape),
            after=len(after),
            value=float(after[channel]),
        )
    part = next(part for part in case.anatomy.parts if part.kind == "dense")
    before = case.input_of(part)
    flat = _fit(before.reshape(-1))
    figure = draw_pictures([(np.maximum(_fit(before[..., 0]), 0), "map"), (np.abs(flat[None, :128]), "row")])
    return show(figure, before=name_shape(before.shape), after=len(flat), layer=part.name)


def describe_dense(case: Case) -> Message:
    part = case.anatomy.parts[-1]
    received, weights = case.input_of(part).reshape(-1).astype(np.float64), part.kernel[:, case.predicted]
    products = received * weights
    strongest = np.abs(products).argsort()[::-1][:_NUM_PRODUCTS]
    bias, logit = float(part.bias[case.predicted]), float(case.logits[case.predicted])
    rows = [(int(unit), received[unit], weights[unit], products[unit]) for unit in strongest]
    rows = [(unit, *map(float, numbers)) for unit, *numbers in rows]
    rest = float(products.sum() - products[strongest].sum())
    rows += [("others", "", "", rest), ("bias", "", "", bias), ("logit", "", "", logit)]
    return show(
        draw_table(["unit", "input", "weight", "product"], rows, len(rows) - 1),
        digit=case.predicted,
        inputs=len(received),
        outputs=part.kernel.shape[1],
        weights=part.kernel.size,
        logit=logit,
    )


# Answers


def describe_softmax(case: Case) -> Message:
    powers = np.exp(case.logits - case.logits.max())
    names = [*range(NUM_CLASSES), "no_digit"]
    rows = zip(names, case.logits.tolist(), powers.tolist(), case.probabilities.tolist(), strict=False)
    figure = draw_table(["output", "logit", "power", "probability"], list(rows), case.predicted)
    return show(
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
    return show(
        draw_table(["label", "probability", "minus_log"], rows, case.predicted),
        digit=case.predicted,
        other=case.runner_up,
        loss=float(losses[case.predicted]),
        other_loss=float(losses[case.runner_up]),
        guess=math.log(len(case.logits)),
    )


DATA_TERMS = {
    "class": describe_class,
    "sample": describe_sample,
    "label": describe_label,
    "one_hot": describe_one_hot,
    "tensor": describe_tensor,
    "normalisation": describe_normalisation,
}
LAYER_TERMS = {
    "convolution": describe_convolution,
    "filter": describe_filter,
    "feature_map": describe_feature_map,
    "relu": describe_relu,
    "pooling": describe_pooling,
    "flatten": describe_flatten,
    "dense_layer": describe_dense,
}
ANSWER_TERMS = {
    "softmax": describe_softmax,
    "cross_entropy": describe_cross_entropy,
}
