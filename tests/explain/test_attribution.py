"""Explanations that need answers alone: occlusion, and maps of networks that end in the mean of each map."""

import numpy as np
import pytest
from support.models import sample_images, stored_architecture

from mnist_core.errors import QueryError
from mnist_core.explain.anatomy import Anatomy
from mnist_core.explain.attribution import (
    BASELINES,
    EXPLANATIONS,
    NO_DIGIT,
    PATCH,
    Target,
    check_baseline,
    check_method,
    ends_in_mean,
    make_baseline,
)
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.preprocessing.ink import check_ink, render_ink

# As people write a four that looks like a nine to some: two strokes, open at the top.
OPEN_FOUR = [[[30, 10], [28, 50], [70, 50]], [[70, 10], [66, 95]]]
GAP = [[[30, 10], [70, 10]]]


@pytest.fixture(scope="module")
def sketchnet():
    return Anatomy(load_stored(SHIPPED_DIR / "sketchnet"))


@pytest.fixture(scope="module")
def linear():
    return Anatomy(stored_architecture("linear"))


def explain(name, network, image, target, baseline="paper"):
    return EXPLANATIONS[name].explain(network, image, target, baseline=baseline)


def answer_of(network, image):
    return int(network.logits(image[None])[0, :10].argmax())


# What is asked


@pytest.mark.parametrize("digit", [-1, 11, 2.0, "3", None, True])
def test_only_digits_are_explained(digit):
    with pytest.raises(QueryError, match="Only the digits 0 to 9"):
        Target(digit)
    if digit is not None:
        with pytest.raises(QueryError, match="Only the digits 0 to 9"):
            Target(0, digit)


def test_a_digit_is_not_compared_with_itself():
    with pytest.raises(QueryError, match="4 twice"):
        Target(4, 4)


def test_the_output_for_no_digit_is_explained_where_there_is_one():
    logits = np.arange(22, dtype=np.float32).reshape(2, 11) ** 2
    assert Target(NO_DIGIT, 3).values(logits).tolist() == [100 - 9, 21**2 - 14**2]
    with pytest.raises(QueryError, match="ten outputs"):
        Target(NO_DIGIT).values(logits[:, :10])


def test_a_target_is_a_logit_or_the_difference_of_two():
    logits = np.arange(22, dtype=np.float32).reshape(2, 11) ** 2
    assert Target(3).values(logits).tolist() == [9, 14**2]
    assert Target(3, 1).values(logits).tolist() == [8, 14**2 - 12**2]


@pytest.mark.parametrize("method", ["grad_cam", "integrated_gradients", "gradient"])
def test_a_method_that_needs_gradients_is_refused_where_there_are_none(method):
    network = Anatomy(stored_architecture("lenet"))
    with pytest.raises(QueryError, match=f"gradients, which {network.name} does not give"):
        explain(method, network, sample_images(1)[0], Target(3))


def test_unknown_methods_and_baselines_are_named_with_those_there_are():
    with pytest.raises(QueryError, match=r"no explanation 'tea'.*occlusion_paper, .*gradient"):
        check_method("tea")
    with pytest.raises(QueryError, match=r"no baseline 'tea'.*paper, ink, grey, blurred"):
        check_baseline("tea")


# Occlusion


def test_occlusion_is_what_the_target_loses_without_the_pixels_around(sketchnet):
    image = sample_images(100)[52]
    digit = answer_of(sketchnet, image)
    for name, value in (("occlusion_paper", 0), ("occlusion_ink", 1)):
        attribution = explain(name, sketchnet, image, Target(digit))
        changed = image.copy()
        changed[12 - PATCH // 2 : 12 + PATCH // 2 + 1, 15 - PATCH // 2 : 15 + PATCH // 2 + 1] = value
        before, after = sketchnet.logits(np.stack([image, changed]))[:, digit]
        assert abs(before - after) > 0.1
        assert attribution[12, 15] == pytest.approx(before - after, abs=1e-4)


def test_occlusion_of_a_linear_model_is_its_weights_times_the_change(linear):
    kernel = linear.parts[-1].kernel[:, 5].reshape(28, 28)
    image = sample_images(100)[7]
    expected = (kernel * image)[10:15, 0:4].sum()  # at the edge, what is there of the square
    assert explain("occlusion_paper", linear, image, Target(5))[12, 1] == pytest.approx(expected, abs=1e-4)
    expected = (kernel * (image - 1))[10:15, 10:15].sum()
    assert explain("occlusion_ink", linear, image, Target(5))[12, 12] == pytest.approx(expected, abs=1e-4)


def test_paper_on_paper_and_ink_on_ink_cost_nothing(sketchnet):
    image = np.zeros((28, 28), np.float32)
    image[5:23, 5:23] = 1
    assert not explain("occlusion_paper", sketchnet, image, Target(0))[:2].any()
    assert not explain("occlusion_ink", sketchnet, image, Target(0))[8:20, 8:20].any()


def test_ink_in_the_gap_of_an_open_four_speaks_for_a_nine(sketchnet):
    image, closed = (render_ink(check_ink(ink)) for ink in (OPEN_FOUR, OPEN_FOUR + GAP))
    assert answer_of(sketchnet, image) == 4
    assert answer_of(sketchnet, closed) == 9
    attribution = explain("occlusion_ink", sketchnet, image, Target(9, 4))
    rows, columns = np.nonzero((closed > 0.9) & (image < 0.1))
    # That the gap is empty is the strongest reason against the nine.
    row, column = np.unravel_index(attribution.argmin(), (28, 28))
    assert attribution.min() < -2
    assert rows.min() - 2 <= row <= rows.max() + 2
    assert columns.min() <= column <= columns.max()
    assert attribution[rows, columns].mean() < -1


# Maps


def test_the_maps_of_a_network_that_ends_in_their_means_add_up_to_its_logit(sketchnet):
    assert ends_in_mean(sketchnet)
    image = sample_images(100)[40]
    attribution = explain("grad_cam", sketchnet, image, Target(6))
    logit = sketchnet.logits(image[None])[0, 6] - sketchnet.parts[-1].bias[6]
    assert attribution.sum() == pytest.approx(logit, rel=0.15)  # values at the edge reach beyond it


def test_maps_are_strong_where_the_ink_is(sketchnet):
    left = render_ink(check_ink([[[0, 0], [0, 90]]]))
    attributions = [explain("grad_cam", sketchnet, np.roll(left, by, 1), Target(1)) for by in (-8, 8)]
    middles = [(np.abs(a) * np.arange(28)).sum() / np.abs(a).sum() for a in attributions]
    assert middles[1] - middles[0] > 4


def test_a_network_without_convolutions_has_no_maps(linear):
    with pytest.raises(QueryError, match="no convolution"):
        explain("grad_cam", linear, sample_images(100)[0], Target(0))


# Baselines


def test_baselines_hold_no_digit(sketchnet):
    image = sample_images(100)[30]
    assert BASELINES == ("paper", "ink", "grey", "blurred")
    found = {name: make_baseline(image, name) for name in BASELINES}
    assert [(found[name].min(), found[name].max()) for name in BASELINES[:3]] == [(0, 0), (1, 1), (0.5, 0.5)]
    assert found["blurred"].std() < 0.35 * image.std()
    # None comes near the drawing's logit.
    digit = answer_of(sketchnet, image)
    logits = sketchnet.logits(np.stack([image, *found.values()]))[:, digit]
    assert logits[1:].max() < 0.5 * logits[0]
