"""A recipe says everything that decides a result, and its key names that result for good."""

import dataclasses
import json

import pytest
from support.models import run_python

from mnist_core.augmentation.transforms import Augmentation
from mnist_core.errors import UnknownModelError
from mnist_core.models.architectures import Parts
from mnist_core.models.recipes import ADAMW_DECAY, RECIPES, Recipe, Start, change_recipe, find_recipe, pick_parts

DIGEST = "0123456789abcdef" * 4
RECIPE = Recipe(
    name="some",
    architecture="lenet",
    parts=Parts(kernel=4),
    augmentation=Augmentation(rotation=5, stretch=0.1, shear=0.1, shift=1, elastic=0.5, thickness=0.5),
    epochs=3,
    batch_size=64,
    optimizer="rmsprop",
    learning_rate=1e-2,
    schedule="constant",
    finish=0.2,
    loss="one_hot",
    weight_decay=0.01,
    averaging=0.9,
    limit=100,
    label_noise=0.1,
    until=0.9,
    ink=50,
    variants=0.2,
    outliers=40,
    start=Start("other", "a" * 64, ("conv1",)),
    seed=3,
)
CHANGES = {
    "name": "other",
    "architecture": "sketchnet",
    "parts": Parts(kernel=5),
    "augmentation": Augmentation(),
    "alphabets": True,
    "epochs": 4,
    "batch_size": 65,
    "optimizer": "sgd",
    "learning_rate": 1.1e-2,
    "schedule": "cosine",
    "finish": 0.3,
    "loss": "sparse",
    "weight_decay": 0.02,
    "averaging": 0.0,
    "limit": None,
    "label_noise": 0.2,
    "until": None,
    "ink": 51,
    "variants": 0.3,
    "outliers": 0,
    "start": Start("other", "b" * 64, ("conv1",)),
    "seed": 4,
}


# As the four tutorials train them: optimizer, learning rate, loss, batch size and epochs.
CLASSIC = {
    "dense512": ("rmsprop", 0.001, "one_hot", 128, 5),
    "lenet": ("adam", 0.001, "sparse", 32, 10),
    "lenet_dropout": ("adam", 0.001, "sparse", 64, 5),
    "conv_dropout": ("adam", 0.001, "one_hot", 32, 5),
    "vgg_small": ("adam", 0.001, "one_hot", 64, 10),
    "wide_dense": ("adam", 0.001, "sparse", 64, 5),
}
# As an earlier version wrote it, and the data and the key it had.
OLD = {
    "name": "sketchnet",
    "architecture": "sketchnet",
    "augmentation": {
        "rotation": 15.0,
        "stretch": 0.12,
        "shear": 0.25,
        "shift": 1.5,
        "elastic": 0.6,
        "thickness": 0.6,
    },
    "epochs": 30,
    "batch_size": 128,
    "learning_rate": 0.002,
    "weight_decay": 0.01,
    "averaging": 0.99,
    "limit": None,
    "seed": 0,
}
OLD_DATA = "9151412c6e783e24b397b7b3c58a1e3f2f83e048fd76de794c065bc192d88ea6"
OLD_KEY = "0c57cd424d"
LENET_PARTS = {
    "activation": "relu",
    "filters": (32, 64),
    "kernel": 3,
    "pooling": "max",
    "pool_size": 2,
    "dense_units": (64,),
    "dropout": 0.0,
}


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_builds_a_model(name):
    from mnist_core.models.keras_builder import build_model

    assert build_model(RECIPES[name].network).output_shape == (None, 11 if name == "sketchnet" else 10)


@pytest.mark.parametrize(("outliers", "expected"), [(0, 10), (1, 11)])
def test_a_network_that_learns_from_outliers_has_an_output_for_them(outliers, expected):
    recipe = dataclasses.replace(RECIPES["lenet"], parts=Parts(kernel=5), outliers=outliers)
    *layers, logits = recipe.network.layers()
    assert logits.output_shape == (expected,)
    assert layers[0].options["kernel_size"] == 5


@pytest.mark.parametrize("name", CLASSIC)
def test_classic_recipes_are_those_of_the_tutorials(name):
    recipe = RECIPES[name]
    chosen = (recipe.optimizer, recipe.learning_rate, recipe.loss, recipe.batch_size, recipe.epochs)
    assert chosen == CLASSIC[name]
    assert (recipe.architecture, recipe.schedule, recipe.parts) == (name, "constant", Parts())


@pytest.mark.parametrize("name", CLASSIC)
def test_classic_recipes_add_nothing_that_the_tutorials_do_not_have(name):
    recipe = RECIPES[name]
    assert not recipe.augmentation.is_active
    assert (recipe.weight_decay, recipe.averaging, recipe.label_noise) == (0, 0, 0)
    assert (recipe.limit, recipe.until, recipe.start) == (None, None, None)
    assert (recipe.ink, recipe.variants, recipe.outliers) == (0, 0, 0)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_is_found_by_its_name(name):
    assert find_recipe(name).name == name


@pytest.mark.parametrize("recipe", [*RECIPES.values(), RECIPE], ids=lambda recipe: recipe.name)
def test_recipe_survives_json(recipe):
    again = Recipe.from_dict(json.loads(json.dumps(recipe.as_dict())))
    assert again == recipe
    assert again.key(DIGEST) == recipe.key(DIGEST)


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_keys_are_the_same_in_another_process(hash_seed):
    code = "from mnist_core.models.recipes import RECIPES\n"
    code += f"for name in sorted(RECIPES): print(RECIPES[name].key('{DIGEST}'))"
    there = run_python(code, PYTHONHASHSEED=hash_seed)
    assert there.stdout.split() == [RECIPES[name].key(DIGEST) for name in sorted(RECIPES)]


def test_key_is_ten_hexadecimal_digits():
    assert len(RECIPE.key(DIGEST)) == 10
    assert set(RECIPE.key(DIGEST)) <= set("0123456789abcdef")


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Recipe)])
def test_another_value_of_any_field_is_another_key(field):
    other = dataclasses.replace(RECIPE, **{field: CHANGES[field]})
    assert other.key(DIGEST) != RECIPE.key(DIGEST)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Augmentation)])
def test_another_augmentation_is_another_key(field):
    augmentation = dataclasses.replace(RECIPE.augmentation, **{field: 0.25})
    assert dataclasses.replace(RECIPE, augmentation=augmentation).key(DIGEST) != RECIPE.key(DIGEST)


@pytest.mark.parametrize("part", LENET_PARTS)
def test_a_part_that_the_network_has_anyway_is_the_same_key(part):
    same = dataclasses.replace(RECIPES["lenet"], parts=Parts(**{part: LENET_PARTS[part]}))
    assert same == RECIPES["lenet"]
    assert same.key(DIGEST) == RECIPES["lenet"].key(DIGEST)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("activation", "elu"),
        ("filters", (32,)),
        ("kernel", 5),
        ("pooling", "average"),
        ("pool_size", 3),
        ("dense_units", ()),
        ("dropout", 0.5),
    ],
)
def test_another_part_is_another_key(part, value):
    other = dataclasses.replace(RECIPES["lenet"], parts=Parts(**{part: value}))
    assert other.key(DIGEST) != RECIPES["lenet"].key(DIGEST)
    assert getattr(other.parts, part) == value


def test_the_name_of_the_start_is_not_in_the_key():
    renamed = dataclasses.replace(RECIPE, start=dataclasses.replace(RECIPE.start, model="renamed"))
    assert renamed.key(DIGEST) == RECIPE.key(DIGEST)


@pytest.mark.parametrize("change", [{"weights": "b" * 64}, {"freeze": ()}, {"freeze": ("conv1", "conv2")}])
def test_the_weights_of_the_start_and_what_is_frozen_are_in_the_key(change):
    other = dataclasses.replace(RECIPE, start=dataclasses.replace(RECIPE.start, **change))
    assert other.key(DIGEST) != RECIPE.key(DIGEST)


def test_a_recipe_of_an_earlier_version_keeps_its_key():
    recipe = Recipe.from_dict(OLD)
    undamaged = dataclasses.replace(RECIPES["sketchnet"].augmentation, damage=0)
    of_today = {
        "augmentation": undamaged,
        "epochs": 30,
        "finish": 0,
        "ink": 0,
        "variants": 0,
        "outliers": 0,
        "alphabets": False,
    }
    assert recipe == dataclasses.replace(RECIPES["sketchnet"], **of_today)
    assert recipe.key(OLD_DATA) == OLD_KEY


def test_other_data_is_another_key():
    assert RECIPE.key("f" * 64) != RECIPE.key(DIGEST)


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 1},
        {"until": 1},
        {"weight_decay": 0},
        {"averaging": 0},
        {"variants": 1},
        {"augmentation": Augmentation(rotation=15)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whole_numbers_give_the_same_key_as_floats(changes):
    as_floats = {name: float(value) if isinstance(value, int) else value for name, value in changes.items()}
    if "augmentation" in changes:
        as_floats = {"augmentation": Augmentation(rotation=15.0)}
    one, other = dataclasses.replace(RECIPE, **changes), dataclasses.replace(RECIPE, **as_floats)
    assert one == other
    assert one.key(DIGEST) == other.key(DIGEST)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", 0),
        ("batch_size", 0),
        ("learning_rate", 0.0),
        ("learning_rate", -1e-3),
        ("learning_rate", float("nan")),
        ("averaging", 1.0),
        ("averaging", -0.1),
        ("limit", 0),
        ("optimizer", "lion"),
        ("schedule", "linear"),
        ("loss", "hinge"),
        ("weight_decay", -0.1),
        ("weight_decay", float("inf")),
        ("label_noise", -0.1),
        ("label_noise", 1.1),
        ("label_noise", float("nan")),
        ("until", 0),
        ("until", 99),
        ("ink", -1),
        ("variants", -0.1),
        ("variants", 1.1),
        ("finish", -0.1),
        ("finish", 1),
        ("outliers", -1),
        ("seed", -1),
        ("seed", 2**32),
        ("epochs", 1.5),
        ("epochs", 10**21),
        ("batch_size", 10**20),
        ("limit", 2.5),
        ("ink", "9000"),
        ("outliers", True),
        ("name", 5),
        ("architecture", ["lenet"]),
    ],
)
def test_impossible_value_is_refused_by_name(field, value):
    with pytest.raises(ValueError, match=rf"`{field}`.*Received: {field}="):
        dataclasses.replace(RECIPE, **{field: value})


@pytest.mark.parametrize("values", [{}, {"colour": "red"}], ids=["missing", "unknown"])
def test_field_missing_or_unknown_is_a_type_error(values):
    base = RECIPE.as_dict() if values else {"augmentation": {}}
    with pytest.raises(TypeError):
        Recipe.from_dict({**base, **values})


def test_recipe_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECIPE.seed = 9


def test_unknown_recipe_is_refused_with_the_known_ones():
    with pytest.raises(UnknownModelError, match="recipe") as caught:
        find_recipe("soup")
    assert caught.value.available == tuple(sorted(RECIPES))


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_as_it_is_has_no_changes(name):
    assert RECIPES[name].list_changes() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"epochs": 2}, ["epochs=2"]),
        ({"learning_rate": 0.5, "until": 0.99}, ["learning_rate=0.5", "until=0.99"]),
        ({"parts": Parts("tanh", (2, 3), dropout=0.25)}, ["activation=tanh", "filters=2,3", "dropout=0.25"]),
        ({"parts": Parts(kernel=3)}, []),
        ({"ink": 500, "variants": 0.5, "outliers": 400}, ["ink=500", "variants=0.5", "outliers=400"]),
        ({"augmentation": Augmentation(rotation=15, flip_vertical=0.5)}, ["rotation=15", "flip_vertical=0.5"]),
        ({"start": Start("other", "a" * 64, ("conv1", "conv2"))}, ["from=other", "freeze=conv1,conv2"]),
    ],
)
def test_changes_are_listed_by_the_names_that_people_know(changes, expected):
    assert dataclasses.replace(RECIPES["lenet"], **changes).list_changes() == expected


def test_a_recipe_that_is_not_ours_has_no_changes_to_list():
    assert RECIPE.list_changes() == []


# Changes asked for by name


def test_values_go_where_their_names_belong():
    changes = {"epochs": 7, "activation": "tanh", "filters": [2, 3], "rotation": 12}
    changed = change_recipe(find_recipe("lenet"), changes)
    assert (changed.epochs, changed.parts.activation, changed.parts.filters) == (7, "tanh", (2, 3))
    assert changed.augmentation.rotation == 12
    assert dataclasses.replace(changed, epochs=10, parts=Parts(), augmentation=Augmentation()) == find_recipe("lenet")


def test_a_recipe_without_changes_is_itself():
    assert change_recipe(find_recipe("sketchnet"), {}) == find_recipe("sketchnet")


@pytest.mark.parametrize(
    ("changes", "decay"),
    [({}, ADAMW_DECAY), ({"weight_decay": 0.1}, 0.1), ({"weight_decay": 0}, 0)],
    ids=["not said", "said", "none"],
)
def test_adamw_comes_with_a_weight_decay_unless_one_is_said(changes, decay):
    assert change_recipe(find_recipe("lenet"), {"optimizer": "adamw", **changes}).weight_decay == decay


@pytest.mark.parametrize("name", ["name", "architecture", "parts", "start", "no_such_thing"])
def test_what_cannot_be_changed_is_refused_with_what_can(name):
    with pytest.raises(ValueError, match=rf"A recipe has no {name}\. Expected some of: activation, .*epochs") as caught:
        change_recipe(find_recipe("lenet"), {"epochs": 2, name: "x"})
    assert "weight_decay" in str(caught.value)


def test_of_changes_the_network_parts_are_picked():
    assert pick_parts({"epochs": 2, "kernel": 5, "rotation": 3}) == Parts(kernel=5)
