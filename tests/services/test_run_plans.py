"""How long a run takes is guessed from its work, and learned from runs."""

import pytest

from mnist_core.models.recipes import RECIPES
from mnist_core.services.run_plans import Speed, count_products


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


def test_a_run_of_seconds_says_nothing_of_longer_ones(tmp_path):
    speed, fast = Speed(tmp_path / "speed.json"), RECIPES["fast"]
    before = speed.estimate(fast)
    speed.learn(fast, share=1, seconds=8, num_images=4_000)
    assert speed.estimate(fast) == before
