"""Many recipes, one table: each is trained once, and what is stored is not trained again."""

import dataclasses
import statistics

import numpy as np
import pytest
from support.search import DATA, StoringWorkbench, made_up_accuracy

from mnist_core.augmentation.transforms import Augmentation
from mnist_core.data.pendigits import PenInk
from mnist_core.data.training_data import add_ink
from mnist_core.errors import DataError
from mnist_core.evaluation.report import ablation_table, activations_table, recipes_table
from mnist_core.models.recipes import RECIPES, find_recipe
from mnist_core.paths import SHIPPED_DIR
from mnist_core.training.experiments import (
    ABLATIONS,
    CLASSIC_ACTIVATIONS,
    ablate,
    ablated_recipe,
    activation_recipe,
    compare_activations,
    train_all,
)

SHIPPED = [name for name in RECIPES if (SHIPPED_DIR / name).is_dir()]


@pytest.fixture
def workbench(tmp_path):
    return StoringWorkbench(DATA, None, (SHIPPED_DIR, tmp_path))


# Activations


@pytest.mark.parametrize("activation", CLASSIC_ACTIVATIONS)
def test_every_hidden_layer_has_the_activation_and_the_logits_none(activation):
    layers = activation_recipe(activation).network.layers()
    hidden = [layer for layer in layers if layer.kind in ("Conv2D", "Dense") and layer.name != "logits"]
    assert [layer.options["activation"] for layer in hidden] == [activation] * 5
    assert (layers[-1].name, layers[-1].options.get("activation")) == ("logits", None)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_keras_builds_it_so(activation):
    from mnist_core.models.keras_builder import build_model

    model = build_model(activation_recipe(activation).network)
    used = [layer.activation.__name__ for layer in model.layers if hasattr(layer, "activation")]
    assert used == [activation] * 5 + ["linear"]


@pytest.mark.parametrize("activation", CLASSIC_ACTIVATIONS)
def test_nothing_but_the_activation_differs(activation):
    ours, classic = activation_recipe(activation).as_dict(), find_recipe("vgg_small").as_dict()
    assert ours.pop("parts")["activation"] == (None if activation == "relu" else activation)
    classic.pop("parts")
    assert ours == classic


def test_relu_is_vgg_small_itself():
    """So the table of all recipes has trained it already."""
    assert activation_recipe("relu") == find_recipe("vgg_small")


def test_every_activation_is_trained_with_the_first_seeds(workbench):
    compare_activations(workbench, num_seeds=2)
    trained = [(recipe.network.activation, recipe.seed) for recipe in workbench.trained]
    assert trained == [(name, seed) for name in ("relu", "sigmoid", "tanh") for seed in (0, 1)]


def test_epochs_and_limit_reach_every_run(workbench):
    rows = compare_activations(workbench, num_seeds=2, epochs=3, limit=500)
    assert {(recipe.epochs, recipe.limit) for recipe in workbench.trained} == {(3, 500)}
    assert {(row["epochs"], row["num_images"]) for row in rows} == {(3, 500)}


def test_without_epochs_and_limit_the_recipe_decides(workbench):
    compare_activations(workbench, num_seeds=1)
    assert {(recipe.epochs, recipe.limit) for recipe in workbench.trained} == {(find_recipe("vgg_small").epochs, None)}


def test_a_row_holds_values_mean_and_deviation(workbench):
    rows = compare_activations(workbench, num_seeds=3)
    assert [row["activation"] for row in rows] == list(CLASSIC_ACTIVATIONS)
    for row in rows:
        values = [made_up_accuracy(activation_recipe(row["activation"], seed=seed)) for seed in range(3)]
        assert row["validation"]["values"] == values
        assert row["validation"]["mean"] == pytest.approx(sum(values) / 3)
        assert row["validation"]["standard_deviation"] == pytest.approx(statistics.stdev(values))
        assert row["test"]["mean"] == pytest.approx(row["validation"]["mean"] - 0.01)
        assert (row["seeds"], row["seconds"]["values"]) == ([0, 1, 2], [10, 11, 12])


def test_a_row_names_its_models_and_holds_their_curves(workbench):
    for row in compare_activations(workbench, num_seeds=2, epochs=4):
        assert len(set(row["models"])) == 2
        assert all((workbench.roots[-1] / name).is_dir() for name in row["models"])
        assert [len(curve) for curve in row["curves"]] == [4, 4]
        assert all(curve == sorted(set(curve)) for curve in row["curves"])


def test_one_seed_has_no_deviation(workbench):
    for row in compare_activations(workbench, num_seeds=1):
        assert row["test"]["standard_deviation"] is None
        assert row["test"]["mean"] == row["test"]["values"][0]


def test_what_is_stored_is_not_trained_again(workbench):
    before = compare_activations(workbench, num_seeds=2)
    workbench.trained.clear()
    assert compare_activations(workbench, num_seeds=2) == before
    assert workbench.trained == []


def test_a_further_seed_trains_only_that(workbench):
    compare_activations(workbench, num_seeds=2)
    workbench.trained.clear()
    compare_activations(workbench, num_seeds=3)
    assert [recipe.seed for recipe in workbench.trained] == [2, 2, 2]


def test_a_comparison_that_was_stopped_goes_on_where_it_was(tmp_path):
    """The run that was stopped is not complete, so it is made again."""
    with pytest.raises(KeyboardInterrupt, match="stopped-after-1"):
        compare_activations(StoringWorkbench(DATA, None, (tmp_path,), stop_in_run=4), num_seeds=2)
    workbench = StoringWorkbench(DATA, None, (tmp_path,))
    compare_activations(workbench, num_seeds=2)
    trained = [(recipe.network.activation, recipe.seed) for recipe in workbench.trained]
    assert trained == [("sigmoid", 1), ("tanh", 0), ("tanh", 1)]


@pytest.mark.parametrize("num_seeds", [0, -1])
def test_no_seeds_are_refused(workbench, num_seeds):
    with pytest.raises(ValueError, match=r"`num_seeds`.*Received: num_seeds="):
        compare_activations(workbench, num_seeds=num_seeds)
    assert workbench.trained == []


@pytest.mark.parametrize("change", [{"limit": 0}, {"epochs": -1}])
def test_numbers_that_cannot_be_are_refused(workbench, change):
    with pytest.raises(ValueError, match=f"`{next(iter(change))}`"):
        compare_activations(workbench, **change)
    assert workbench.trained == []


def test_every_run_is_told_to_the_person_who_waits(tmp_path):
    said = []
    compare_activations(StoringWorkbench(DATA, None, (tmp_path,), say=said.append), num_seeds=2)
    assert said == [f"{name}, seed {seed}" for name in CLASSIC_ACTIVATIONS for seed in (0, 1)]


def test_the_comparison_becomes_a_table(workbench):
    lines = activations_table(compare_activations(workbench, num_seeds=2)).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == list(CLASSIC_ACTIVATIONS)


# Ablation

SKETCHNET = RECIPES["sketchnet"]
# As the data of a workbench, of which an ablation takes two fifths.
SHARE = {"epochs": 2, "limit": 40, "num_images": 100, "seed": 3}


@pytest.fixture
def bench_with_ink(tmp_path):
    """A workbench with a drawing by each of thirty writers."""
    drawing = [np.array([[0, 0], [0, 9]], np.float32)]
    pen = PenInk([drawing] * 30, np.ones(30, np.int64), np.arange(1, 31))
    return StoringWorkbench(add_ink(DATA, pen), None, (tmp_path,))


def without(name):
    return ablated_recipe(ABLATIONS[name], **SHARE)


def differences(recipe, other):
    """Names of all that differs, in the recipe and in its augmentation."""
    fields = {field.name for field in dataclasses.fields(recipe)} - {"augmentation"}
    changed = {name for name in fields if getattr(recipe, name) != getattr(other, name)}
    bends = [field.name for field in dataclasses.fields(Augmentation)]
    return changed | {name for name in bends if getattr(recipe.augmentation, name) != getattr(other.augmentation, name)}


def test_a_short_run_draws_less_as_it_has_less_images():
    whole = without("nothing")
    assert differences(whole, SKETCHNET) == {"epochs", "finish", "damage", "limit", "ink", "outliers", "seed"}
    assert (whole.epochs, whole.limit, whole.seed) == (2, 40, 3)
    assert (whole.ink, whole.outliers) == (SKETCHNET.ink * 2 // 5, SKETCHNET.outliers * 2 // 5)


def test_a_limit_beyond_all_images_draws_no_more_than_the_recipe():
    recipe = ablated_recipe((), epochs=1, limit=1000, num_images=100, seed=0)
    assert (recipe.ink, recipe.outliers) == (SKETCHNET.ink, SKETCHNET.outliers)


@pytest.mark.parametrize("name", ABLATIONS)
def test_what_is_taken_away_is_zero_and_all_else_is_kept(name):
    recipe = without(name)
    assert differences(recipe, without("nothing")) == set(ABLATIONS[name])
    assert all((vars(recipe) | vars(recipe.augmentation))[part] == 0 for part in ABLATIONS[name])


def test_every_part_that_sketchnet_has_beside_its_network_is_taken_away_once():
    bends = {field.name for field in dataclasses.fields(Augmentation) if getattr(SKETCHNET.augmentation, field.name)}
    assert {part for parts in ABLATIONS.values() for part in parts} == bends - {"damage"} | {
        "ink",
        "variants",
        "outliers",
    }


def test_every_part_is_taken_away_with_every_seed(bench_with_ink):
    rows = ablate(bench_with_ink, num_seeds=2, epochs=1, limit=1)
    trained = [(recipe.key("a" * 64), recipe.seed) for recipe in bench_with_ink.trained]
    recipes = [
        ablated_recipe(parts, epochs=1, limit=1, num_images=2, seed=seed)
        for parts in ABLATIONS.values()
        for seed in (0, 1)
    ]
    assert trained == [(recipe.key("a" * 64), recipe.seed) for recipe in recipes]
    assert [row["without"] for row in rows] == list(ABLATIONS)
    assert [row["models"] for row in rows] == [
        [bench_with_ink.find(recipe).name for recipe in recipes[place : place + 2]] for place in range(0, 16, 2)
    ]


def test_a_row_of_an_ablation_holds_values_mean_and_deviation(bench_with_ink):
    for row in ablate(bench_with_ink, num_seeds=3, epochs=2, limit=1):
        values = [made_up_accuracy(dataclasses.replace(SKETCHNET, seed=seed)) for seed in range(3)]
        assert (row["epochs"], row["num_images"], row["seeds"]) == (2, 1, [0, 1, 2])
        assert row["validation"]["values"] == values
        assert row["ink"]["values"] == pytest.approx([value - 0.02 for value in values])
        assert row["ink_nll"]["values"] == pytest.approx([1 - value for value in values])
        assert row["outliers"]["mean"] == pytest.approx(sum(values) / 3 - 0.03)
        assert row["outliers"]["standard_deviation"] == pytest.approx(statistics.stdev(values))


def test_an_ablation_that_is_stored_is_not_trained_again(bench_with_ink):
    before = ablate(bench_with_ink, num_seeds=1, epochs=1, limit=1)
    bench_with_ink.trained.clear()
    assert ablate(bench_with_ink, num_seeds=1, epochs=1, limit=1) == before
    assert bench_with_ink.trained == []


def test_what_was_trained_where_there_was_no_ink_is_trained_again(bench_with_ink):
    """It was not measured on ink, though its recipe and its data are the same."""
    recipe = ablated_recipe(ABLATIONS["pen ink"], epochs=1, limit=1, num_images=2, seed=0)
    dataclasses.replace(bench_with_ink, data=DATA).train(recipe)
    bench_with_ink.trained.clear()
    rows = ablate(bench_with_ink, num_seeds=1, epochs=1, limit=1)
    assert recipe in bench_with_ink.trained
    assert len(bench_with_ink.trained) == len(rows) == len(ABLATIONS)


def test_an_ablation_without_ink_is_refused_before_anything_is_trained(workbench):
    with pytest.raises(DataError, match="needs MNIST and the pen ink"):
        ablate(workbench)
    assert workbench.trained == []


@pytest.mark.parametrize("num_seeds", [0, -1])
def test_an_ablation_without_seeds_is_refused(bench_with_ink, num_seeds):
    with pytest.raises(ValueError, match=r"`num_seeds`.*Received: num_seeds="):
        ablate(bench_with_ink, num_seeds=num_seeds)


def test_an_ablation_becomes_a_table(bench_with_ink):
    lines = ablation_table(ablate(bench_with_ink, num_seeds=2, epochs=1, limit=1)).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:-2]] == list(ABLATIONS)
    assert lines[-1].startswith("Each row is the mean of 2 runs of 1 epochs on 1 images")


# All recipes


def test_every_recipe_but_the_shipped_ones_is_trained_once(workbench):
    models = train_all(workbench)
    assert [model.recipe.name for model in models] == list(RECIPES)
    assert [recipe.name for recipe in workbench.trained] == [name for name in RECIPES if name not in SHIPPED]


def test_recipes_are_trained_as_they_stand(workbench):
    train_all(workbench)
    assert all(recipe == RECIPES[recipe.name] for recipe in workbench.trained)


def test_a_shipped_recipe_is_the_shipped_model(workbench):
    assert SHIPPED
    for model in train_all(workbench):
        assert (model.folder.parent == SHIPPED_DIR) == (model.recipe.name in SHIPPED)


def test_all_again_trains_nothing(workbench):
    before = train_all(workbench)
    workbench.trained.clear()
    assert train_all(workbench) == before
    assert workbench.trained == []


def test_the_comparison_finds_what_the_table_has_trained(workbench):
    train_all(workbench)
    workbench.trained.clear()
    compare_activations(workbench, num_seeds=1)
    assert [recipe.network.activation for recipe in workbench.trained] == ["sigmoid", "tanh"]


def test_a_recipe_with_other_seed_is_not_taken_for_it(workbench):
    workbench.train(activation_recipe("relu", seed=1))
    train_all(workbench)
    assert RECIPES["vgg_small"] in workbench.trained


def test_only_what_is_trained_is_announced(tmp_path):
    said = []
    workbench = StoringWorkbench(DATA, None, (tmp_path,), say=said.append)
    train_all(workbench)
    assert said == [f"Training {recipe.name}" for recipe in workbench.trained]
    train_all(workbench)
    assert len(said) == len(workbench.trained)


def test_all_recipes_become_a_table(workbench):
    lines = recipes_table(train_all(workbench)).splitlines()
    assert [line.split("|")[1].strip(" `") for line in lines[2:]] == list(RECIPES)


def test_another_set_gets_no_shipped_model(workbench):
    other = dataclasses.replace(workbench, data=dataclasses.replace(workbench.data, name="fashion"))
    assert all(model.folder.parent != SHIPPED_DIR for model in train_all(other))


def test_no_epochs_are_refused_and_not_taken_for_the_recipes():
    with pytest.raises(ValueError, match="`epochs`"):
        activation_recipe("relu", epochs=0)
