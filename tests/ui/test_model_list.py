"""The page lists every stored model, whatever is not known of it."""

import json

import pytest
from support.library import SHIPPED, copy_shipped, open_reader, rewrite

from mnist_core.ui.model_list import models_of

FIGURES = {
    "parameters": "parameters",
    "validation": "validation_accuracy",
    "num_training_images": "images",
    "seconds": "seconds",
    "test": "test",
}


COMPLETE = ("sketchnet", "lenet", "linear")


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """What the page is told of models each of which lacks a figure, or has something else in its place."""
    root = tmp_path_factory.mktemp("models")
    for name in FIGURES:
        for number, value in enumerate([None, "many", [1], {"of": 1}, float("nan")]):
            copy_shipped(root / f"{name}-{number}", **{name: value})
        kept = {key: value for key, value in SHIPPED.metrics.items() if key != name}
        rewrite(copy_shipped(root / f"{name}-missing"), "metrics.json", json.dumps(kept).encode())
    return {model["name"]: model for model in models_of(open_reader(root))({})["models"]}


def test_a_model_that_lacks_figures_is_listed_without_them(odd):
    assert len(odd) == len(COMPLETE) + 6 * len(FIGURES)
    for name, model in odd.items():
        unknown = {key for key in FIGURES.values() if model[key] is None}
        assert unknown == (set() if name in COMPLETE else {FIGURES[name.split("-")[0]]})
