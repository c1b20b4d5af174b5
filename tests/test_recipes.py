"""A recipe says everything that decides a result, and its key names that result for good."""

import dataclasses
import json

import pytest
from fixtures_models import run_python

from mnist_core.architectures import Parts
from mnist_core.augmentation import Augmentation
from mnist_core.errors import UnknownModelError
from mnist_core.recipes import RECIPES, Recipe, Start, find_recipe

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
    loss="one_hot",
    weight_decay=0.01,
    averaging=0.9,
    limit=100,
    label_noise=0.1,
    until=0.9,
    start=Start("other", "a" * 64, ("conv1",)),
    seed=3,
)
CHANGES = {
    "name": "other",
    "architecture": "sketchnet",
    "parts": Parts(kernel=5),
    "augmentation": Augmentation(),
    "epochs": 4,
    "batch_size": 65,
    "optimizer": "sgd",
    "learning_rate": 1.1e-2,
    "schedule": "cosine",
    "loss": "sparse",
    "weight_decay": 0.02,
    "averaging": 0.0,
    "limit": None,
    "label_noise": 0.2,
    "until": None,
    "start": Start("other", "b" * 64, ("conv1",)),
    "seed": 4,
}


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_builds_a_model(name):
    from mnist_core.models import build_model

    assert build_model(RECIPES[name].network).output_shape == (None, 10)


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
    code = f"from mnist_core.recipes import RECIPES\nfor name in sorted(RECIPES): print(RECIPES[name].key('{DIGEST}'))"
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


def test_other_data_is_another_key():
    assert RECIPE.key("f" * 64) != RECIPE.key(DIGEST)


@pytest.mark.parametrize(
    "changes",
    [{"learning_rate": 1}, {"weight_decay": 0}, {"averaging": 0}, {"augmentation": Augmentation(rotation=15)}],
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
