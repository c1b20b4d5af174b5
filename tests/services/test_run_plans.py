"""The command that the page shows trains what the page would, and times are learned from runs."""

import argparse
import dataclasses
import shlex

import pytest

from mnist_core.commands import train
from mnist_core.models.recipes import RECIPES, Start, change_recipe, find_recipe
from mnist_core.services.run_plans import Speed, count_products, read_recipe, tell_command

CHANGES = [
    {"epochs": 2, "learning_rate": 1e-5, "optimizer": "sgd", "schedule": "constant", "batch_size": 64, "seed": 3},
    {"filters": [4, 8], "kernel": 3, "pooling": "average", "pool_size": 2, "dense_units": [], "dropout": 0.25},
    {"rotation": 10, "flip_horizontal": 0.5, "limit": 1000, "label_noise": 0.1, "activation": "tanh"},
]


def read_command(text):
    """The recipe that the command line makes of a command."""
    parser = argparse.ArgumentParser()
    train.add_commands(parser.add_subparsers())
    options = parser.parse_args(shlex.split(text)[3:])
    return change_recipe(find_recipe(options.recipe), train.read_changes(options))


@pytest.mark.parametrize("changes", [{}, *CHANGES])
def test_the_command_trains_the_same(changes):
    recipe = read_recipe("lenet", changes)
    assert read_command(tell_command(recipe)) == recipe


def test_the_command_of_a_plain_recipe_is_its_name():
    assert tell_command(RECIPES["fast"]) == "python -m mnist_core train fast"


def test_the_command_names_where_a_run_starts():
    recipe = dataclasses.replace(RECIPES["lenet"], start=Start("my model", "a" * 64, ("conv1",)))
    assert tell_command(recipe).endswith("--from 'my model' --freeze conv1")


def test_products_are_counted_by_place():
    assert count_products(RECIPES["linear"].network) == 7850
    assert count_products(RECIPES["fast"].network) == 416 * 24 * 24 + 12_832 * 8 * 8 + 65_664 + 1290


def test_times_grow_with_the_work_and_are_learned(tmp_path):
    speed, fast = Speed(tmp_path / "speed.json"), RECIPES["fast"]
    assert speed.estimate(RECIPES["sketchnet"]) > 5 * speed.estimate(fast)
    speed.learn(fast, share=0.5, seconds=100, num_images=55_000)
    assert speed.estimate(fast) == pytest.approx(206, rel=0.05)
    assert Speed(tmp_path / "speed.json").estimate(fast) == speed.estimate(fast)


def test_an_odd_file_of_times_is_passed_over(tmp_path):
    (tmp_path / "speed.json").write_text('{"factor": "fast"}')
    assert Speed(tmp_path / "speed.json").estimate(RECIPES["fast"]) > 0
