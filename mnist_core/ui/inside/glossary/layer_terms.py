"""Words about layers: convolution, filter, feature map, ReLU, pooling, flattening, dense layer."""

from __future__ import annotations

import numpy as np

from ....explain.anatomy import Convolution, Dense, Mean, Pooling
from ...wire import Message
from .case import Case
from .figures import draw_matrix, draw_pictures, draw_plot, draw_table, entry, missing, name_shape, scale_to_one

_MOST_FILTERS = 16
_NUM_SHOWN = 8
_NUM_PRODUCTS = 5
_NUM_POINTS = 60


def describe_convolution(case: Case) -> Message:
    if case.loudest is None:
        return missing("convolution")
    part, unit, (row, column, channel) = case.loudest
    patch, weights = unit.patch[..., 0], unit.weights[..., 0]
    products = patch.astype(np.float64) * weights
    figures = [draw_matrix(patch, "patch"), draw_matrix(weights, "filter"), draw_matrix(products, "products")]
    return entry(
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
        return missing("convolution")
    part, _, _ = case.loudest
    kernels = scale_to_one(part.kernel[:, :, 0])
    pictures = [(kernels[..., number], number) for number in range(min(_MOST_FILTERS, kernels.shape[-1]))]
    numbers = kernels[..., 0].size
    figure = draw_pictures(pictures, is_signed=True)
    return entry(figure, layer=part.name, filters=kernels.shape[-1], drawn=len(pictures), numbers=numbers)


def describe_feature_map(case: Case) -> Message:
    if case.loudest is None:
        return missing("convolution")
    part, unit, (row, column, channel) = case.loudest
    feature_map = case.maps[part.name][..., channel]
    figure = draw_pictures([(case.image, "image"), (np.maximum(scale_to_one(feature_map), 0), "map")])
    shape, maps = name_shape(feature_map.shape), part.shape[-1]
    return entry(
        figure, layer=part.name, filter=channel, maps=maps, shape=shape, value=unit.value, row=row, column=column
    )


def describe_relu(case: Case) -> Message:
    part = next(
        (part for part in case.anatomy.parts if isinstance(part, Convolution | Dense) and part.activation != "linear"),
        None,
    )
    if part is None:
        return missing("hidden")
    before, after = find_sums(case, part).reshape(-1), case.maps[part.name].reshape(-1)
    order = before.argsort()
    points = order[np.linspace(0, len(order) - 1, _NUM_POINTS).astype(int)]
    chosen = order[np.linspace(0, len(order) - 1, _NUM_SHOWN).astype(int)]
    return entry(
        draw_matrix([before[chosen], after[chosen]], "eight_values", ["before", "after"]),
        draw_plot(before[points], {"after": after[points]}, "before"),
        shown="shown" if part.activation == "relu" else "shown_other",
        layer=part.name,
        activation=part.activation,
        values=len(before),
        negative=int((before < 0).sum()),
    )


def find_sums(case: Case, part: Convolution | Dense) -> np.ndarray:
    """Returns the weighted sums of a layer, before its activation; of the shape of its output."""
    received = case.input_of(part)
    if isinstance(part, Dense):
        return received.reshape(-1) @ part.kernel + part.bias
    side, step, before = part.window
    after = (part.shape[0] - 1) * step + side - before - len(received)  # less than 0 where the step leaves some over
    padded = np.pad(received, ((before, max(after, 0)), (before, max(after, 0)), (0, 0)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(0, 1))[::step, ::step]
    return np.einsum("hwckl,klco->hwo", patches, part.kernel, optimize=True) + part.bias


def describe_pooling(case: Case) -> Message:
    part = next((part for part in case.anatomy.parts if isinstance(part, Pooling)), None)
    if part is None:
        return missing("pooling")
    received = case.input_of(part)
    size, step, _ = part.window
    windows = np.lib.stride_tricks.sliding_window_view(received, (size, size), axis=(0, 1))
    blocks = windows[::step, ::step]
    row, column, channel = np.unravel_index(np.ptp(blocks, axis=(3, 4)).argmax(), part.shape)
    value = float(case.maps[part.name][row, column, channel])
    return entry(
        draw_matrix(blocks[row, column, channel], "block"),
        draw_matrix([[value]], "result"),
        shown="shown" if part.kind == "max_pooling" else "shown_other",
        layer=part.name,
        size=size,
        value=value,
        before=name_shape(received.shape),
        after=name_shape(part.shape),
    )


def describe_flatten(case: Case) -> Message:
    mean = next((part for part in case.anatomy.parts if isinstance(part, Mean)), None)
    if mean is not None:
        before, after = case.input_of(mean), case.maps[mean.name]
        channel = int(after.argmax())
        return entry(
            draw_pictures([(np.maximum(scale_to_one(before[..., channel]), 0), "map")]),
            draw_matrix([[after[channel]]], "mean"),
            shown="shown_other",
            before=name_shape(before.shape),
            after=len(after),
            value=float(after[channel]),
        )
    part = next(part for part in case.anatomy.parts if not part.is_map)
    before = case.input_of(part)
    flat = scale_to_one(before.reshape(-1))
    figure = draw_pictures([(np.maximum(scale_to_one(before[..., 0]), 0), "map"), (np.abs(flat[None, :128]), "row")])
    return entry(figure, before=name_shape(before.shape), after=len(flat), layer=part.name)


def describe_dense(case: Case) -> Message:
    part = case.anatomy.output_layer
    received, weights = case.input_of(part).reshape(-1).astype(np.float64), part.kernel[:, case.predicted]
    products = received * weights
    strongest = np.abs(products).argsort()[::-1][:_NUM_PRODUCTS]
    bias, logit = float(part.bias[case.predicted]), float(case.logits[case.predicted])
    rows: list[tuple[int | str, float | str, float | str, float]] = [
        (int(unit), float(received[unit]), float(weights[unit]), float(products[unit])) for unit in strongest
    ]
    rest = float(products.sum() - products[strongest].sum())
    rows += [("others", "", "", rest), ("bias", "", "", bias), ("logit", "", "", logit)]
    return entry(
        draw_table(["unit", "input", "weight", "product"], rows, len(rows) - 1),
        digit=case.predicted,
        inputs=len(received),
        outputs=part.kernel.shape[1],
        weights=part.kernel.size,
        logit=logit,
    )


# Answers


LAYER_TERMS = {
    "convolution": describe_convolution,
    "filter": describe_filter,
    "feature_map": describe_feature_map,
    "relu": describe_relu,
    "pooling": describe_pooling,
    "flatten": describe_flatten,
    "dense_layer": describe_dense,
}
