"""Words about data: class, sample, label, tensor, normalisation, one-hot."""

from __future__ import annotations

import math

import numpy as np

from ....data.sample import load_sample
from ....models.architectures import NUM_CLASSES
from ...wire import Message
from .case import Case
from .figures import draw_matrix, draw_pictures, draw_table, entry, name_shape

# Of a row of the image, as many as fit beside each other on a phone.
_NUM_PIXELS = 8
_UNSEEN_LAYERS = ("Dropout", "BatchNormalization", "Activation", "Rescaling")


def describe_class(case: Case) -> Message:
    images, labels = load_sample()
    counts, num_outputs = _count_training(case), len(case.logits)
    pictures = [
        (images[(labels == digit).argmax()] / 255, f"{digit}: {counts[digit]:,}" if counts else digit)
        for digit in range(NUM_CLASSES)
    ]
    figure = draw_pictures(pictures)
    if counts is None:
        return entry(figure, shown="shown_other", outputs=num_outputs)
    return entry(figure, outputs=num_outputs, total=sum(counts), least=min(counts), most=max(counts))


def _count_training(case: Case) -> list[int] | None:
    """Returns how many images of each digit the model was trained on, where its training images are at hand."""
    split, stored = case.library.open_split(""), case.stored
    # Not `find_seen`, which counts what the model that it started from has seen.
    is_own = split.set_name == stored.data_name
    labels = split.labels[split.training[: stored.recipe.limit]] if is_own else ()
    return np.bincount(labels, minlength=NUM_CLASSES).tolist() if len(labels) else None


def describe_sample(case: Case) -> Message:
    num_inked = int((case.image > 0).sum())
    return entry(draw_pictures([(case.image, "image")]), inked=num_inked, empty=case.image.size - num_inked)


def describe_label(case: Case) -> Message:
    label = case.predicted if case.label is None else case.label
    figure = draw_matrix([np.eye(NUM_CLASSES)[label]], "label_row", columns=range(NUM_CLASSES))
    return entry(figure, shown="shown" if case.label is None else "shown_other", label=label)


def describe_tensor(case: Case) -> Message:
    shapes = [("image", case.image[..., None].shape)]
    layers = case.stored.recipe.network.layers()
    shapes += [(layer.name, layer.output_shape) for layer in layers if layer.kind not in _UNSEEN_LAYERS]
    rows = [(name, name_shape(shape), math.prod(shape)) for name, shape in shapes]
    largest = max(rows, key=lambda row: row[2])
    return entry(draw_table(["layer", "shape", "numbers"], rows), layer=largest[0], numbers=largest[2])


def describe_normalisation(case: Case) -> Message:
    row = int(case.image.sum(axis=1).argmax())
    windows = np.lib.stride_tricks.sliding_window_view(case.image[row], _NUM_PIXELS)
    left = max(range(len(windows)), key=lambda start: (len(np.unique(windows[start])), windows[start].sum()))
    values = case.image[row, left : left + _NUM_PIXELS]
    received = case.anatomy.scale_input(values)
    rows = {"byte": np.rint(values * 255), "share": values}
    is_signed = not np.array_equal(received, values)
    rows |= {"signed": received} if is_signed else {}
    figure = draw_matrix(list(rows.values()), "pixels_of_row", list(rows), range(left, left + _NUM_PIXELS))
    figure["isPerRow"] = True  # to be coloured, since each has a scale of its own
    brightest = int(np.rint(values.max() * 255))
    return entry(
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
    return entry(figure, shown="shown" if case.stored.recipe.loss == "one_hot" else "shown_other", label=label)


DATA_TERMS = {
    "class": describe_class,
    "sample": describe_sample,
    "label": describe_label,
    "one_hot": describe_one_hot,
    "tensor": describe_tensor,
    "normalisation": describe_normalisation,
}
