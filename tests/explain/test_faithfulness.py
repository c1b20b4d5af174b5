"""Deletion and insertion: what is changed, in which order, and that what the page says of the methods is true."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from mnist_core.explain import faithfulness
from mnist_core.explain.anatomy import Anatomy
from mnist_core.explain.faithfulness import (
    ORDERS,
    SHARES,
    SIDE,
    change_in_order,
    choose_images,
    expected_effect,
    list_methods,
    measure_explanations,
    measure_models,
)
from mnist_core.models.store import load_stored
from mnist_core.paths import ASSETS_DIR, SHIPPED_DIR


class Eye:
    """A network that sees one square alone: its ink speaks for 3, and without it the answer is 8."""

    name, parts = "eye", (SimpleNamespace(kind="dense"),)

    def __init__(self, rows=slice(8, 12), columns=slice(12, 16)):
        self._place = (slice(None), rows, columns)

    def logits(self, images):
        logits = np.zeros((len(images), 10), np.float32)
        logits[:, 3] = images[self._place].sum(axis=(1, 2))
        logits[:, 8] = 4
        return logits


@pytest.fixture(scope="module")
def shipped_figures():
    """What the page knows of the shipped model."""
    figures = json.loads((ASSETS_DIR / "figures/inside.json").read_text(encoding="utf-8"))["explanations"]
    stored = load_stored(SHIPPED_DIR / "sketchnet")
    (found,) = [model for model in figures["models"] if model["weights_digest"] == stored.weights_digest]
    return found["sides"]


def page_of_squares():
    """An image in which square (2, 3) is full of ink and (5, 5) half of it."""
    image = np.zeros((28, 28), np.float32)
    image[8:12, 12:16], image[20:24, 20:24] = 1, 0.5
    return image


def test_squares_go_in_order_and_come_back_in_order():
    image, priorities = page_of_squares(), np.arange(49.0)
    deleted, inserted = np.split(change_in_order(image, priorities, 0.0, 4), 2)
    assert np.array_equal(deleted[0], image)
    assert np.array_equal(inserted[-1], image)
    assert not deleted[-1].any()
    assert not inserted[0].any()
    assert np.allclose(deleted + inserted, image, atol=1e-6)
    # The later square first: half as much ink.
    third = int(np.argmin(np.abs(SHARES - 0.35)))
    assert deleted[third, 20:24, 20:24].max() == 0
    assert deleted[third, 8:12, 12:16].min() > 0.9


@pytest.mark.parametrize("replacement", [0.0, 1.0])
def test_each_step_changes_the_same_share_of_the_ink(replacement):
    image, priorities = choose_images(50)[20], np.random.default_rng(0).random(49)
    deleted, inserted = np.split(change_in_order(image, priorities, replacement, 4), 2)
    total = np.abs(image - replacement).sum()
    assert np.abs(deleted - replacement).sum(axis=(1, 2)) == pytest.approx((1 - SHARES) * total, rel=1e-4, abs=1e-3)
    assert np.abs(inserted - replacement).sum(axis=(1, 2)) == pytest.approx(SHARES * total, rel=1e-4, abs=1e-3)


def test_a_square_promises_what_it_holds_for_each_unit_of_its_ink():
    image, attribution = page_of_squares(), np.ones((28, 28), np.float32)
    attribution[20:24, 20:24] = 3
    by_rate = expected_effect(image, attribution, 0.0, 4, is_total=False).reshape(7, 7)
    by_total = expected_effect(image, attribution, 0.0, 4, is_total=True).reshape(7, 7)
    assert (by_rate[2, 3], by_rate[5, 5]) == (1, 3)
    assert (by_total[2, 3], by_total[5, 5]) == (1, 6)


def test_a_method_that_finds_the_only_square_that_counts_beats_both_orders():
    images = np.random.default_rng(0).uniform(0.5, 1, (20, 28, 28)).astype(np.float32)
    found = measure_explanations(Eye(), images)["methods"]
    assert found["occlusion_paper"]["is_better"]
    assert found["occlusion_paper"]["deletion"]["area"] < 0.1 < 0.3 < found["random/paper"]["deletion"]["area"]
    assert found["occlusion_paper"]["insertion"]["area"] > 0.9


def test_a_difference_that_few_images_leave_open_is_none():
    images = np.random.default_rng(0).uniform(0.5, 1, (2, 28, 28)).astype(np.float32)
    images[1, 8:12, 12:16] = 0  # where it sees nothing, no order is better than another
    found = measure_explanations(Eye(), images)["methods"]["occlusion_paper"]
    for kind, sign in (("deletion", -1), ("insertion", 1)):
        for order in ORDERS:
            mean, low, high = found[kind][order]
            assert sign * mean > 0
            assert low < 0 < high
    assert not found["is_better"]


def test_where_nothing_matters_no_method_is_better():
    images = np.random.default_rng(0).uniform(0.5, 1, (5, 28, 28)).astype(np.float32)
    found = measure_explanations(Eye(slice(0, 0), slice(0, 0)), images)["methods"]
    assert not found["occlusion_paper"]["is_better"]
    assert not found["occlusion_ink"]["is_better"]


def test_each_baseline_is_measured_and_what_a_network_does_not_allow_is_not():
    assert list(list_methods(Eye())) == ["occlusion_paper", "occlusion_ink"]
    assert "grad_cam" in list_methods(Anatomy(load_stored(SHIPPED_DIR / "sketchnet")))
    eye = Eye()
    eye.gradient = None
    found = {name: replacement for name, (_, _, replacement) in list_methods(eye).items()}
    assert [name for name in found if name.startswith("integrated")] == [
        f"integrated_gradients/{baseline}" for baseline in ("paper", "ink", "grey", "blurred")
    ]
    assert [name for name, replacement in found.items() if replacement == "ink"] == [
        "occlusion_ink",
        "integrated_gradients/ink",
    ]


def test_models_are_measured_with_squares_and_with_single_pixels(monkeypatch):
    stored, told = load_stored(SHIPPED_DIR / "sketchnet"), []
    monkeypatch.setattr(faithfulness, "DifferentiableNetwork", lambda stored: Eye())
    monkeypatch.setattr(faithfulness, "choose_images", lambda: choose_images(3))
    (found,) = measure_models([stored], lambda what, share: told.append((what, share)))["models"]
    assert (found["name"], found["weights_digest"]) == ("sketchnet", stored.weights_digest)
    assert {side: figures["side"] for side, figures in found["sides"].items()} == {"4": 4, "1": 1}
    assert [share for what, share in told if what == "sketchnet, squares of 4 x 4"] == [1 / 3, 2 / 3, 1]


# What the page says


def test_the_page_knows_every_method_on_a_hundred_images(shipped_figures):
    figures = shipped_figures[str(SIDE)]
    assert (figures["num_images"], len(figures["shares"])) == (100, 11)
    assert len(figures["methods"]) == 8 + 4
    for name, method in figures["methods"].items():
        assert 0 < method["deletion"]["area"] < 1, name
        assert len(method["deletion"]["curve"]) == len(method["insertion"]["curve"]) == 11


def test_what_is_called_better_is_better_in_all_four(shipped_figures):
    for method in shipped_figures[str(SIDE)]["methods"].values():
        if "is_better" in method:
            ends = [end for order in ORDERS for end in (-method["deletion"][order][2], method["insertion"][order][1])]
            assert method["is_better"] == (min(ends) > 0)


def test_measured_again_on_fewer_images_the_figures_hold(shipped_figures):
    stored = shipped_figures[str(SIDE)]["methods"]
    found = measure_explanations(Anatomy(load_stored(SHIPPED_DIR / "sketchnet")), choose_images(10))["methods"]
    for name in ("occlusion_paper", "occlusion_ink", "grad_cam"):
        for kind, sign in (("deletion", -1), ("insertion", 1)):
            assert found[name][kind]["area"] == pytest.approx(stored[name][kind]["area"], abs=0.1)
            assert all(sign * found[name][kind][order][0] > 0 for order in ORDERS)
