"""The search tries what can be built, loses no trial, repeats none, and chooses on the validation images."""

import dataclasses
import json
import os
import signal
import statistics
from types import SimpleNamespace

import numpy as np
import pytest
from support.models import run_python
from support.search import (
    DATA,
    TEST,
    FakeTraining,
    accuracy_of,
    all_trials,
    fake_workbench,
    point_of,
    replace_training,
    start_worker,
    states,
)

from mnist_core.errors import StoppedError, StorageError, TrainingError
from mnist_core.models.recipes import change_recipe, find_recipe
from mnist_core.training import runs, search, studies
from mnist_core.training.search import search_grid
from mnist_core.training.search_settings import (
    SAMPLERS,
    SPACE,
    SearchSettings,
    grid_recipe,
    list_impossible,
    list_points,
)

VGG_SMALL = {"blocks": 2, "filters": 32, "kernel": 3, "pool_size": 2, "dense_layers": 1, "dense_units": 512}
DIGEST = "0123456789abcdef" * 4
NUM_POSSIBLE = 40
OTHER_DATA = dataclasses.replace(DATA, y_train=np.ones(2, np.uint8))


def find_too_small(point):
    """Where 28 pixels are not enough: the layer, or None. The first convolution of a block keeps the size."""
    side = 28
    for block in range(1, point["blocks"] + 1):
        side -= point["kernel"] - 1
        if side < 1:
            return f"conv{2 * block}"
        if side < point["pool_size"]:
            return f"pool{block}"
        side //= point["pool_size"]
    return None


def as_set(points):
    return {tuple(sorted(point.items())) for point in points}


POSSIBLE = [point for point in list_points() if find_too_small(point) is None]


# The space


def test_24_of_64_combinations_are_impossible():
    assert len(list_points()) == len(as_set(list_points())) == 64
    assert len(list_impossible()) == 24


def test_exactly_those_are_listed_that_shrink_to_nothing():
    listed = [{name: entry[name] for name in SPACE} for entry in list_impossible()]
    assert listed == [point for point in list_points() if find_too_small(point)]


@pytest.mark.parametrize("entry", list_impossible(), ids=lambda entry: "-".join(str(entry[name]) for name in VGG_SMALL))
def test_an_impossible_combination_names_its_layer_and_the_reason(entry):
    assert list(entry) == [*SPACE, "layer", "reason"]
    assert entry["layer"] == find_too_small(entry)
    assert f"cannot be built at {entry['layer']}: a {entry['kernel']}x{entry['kernel']} conv" in entry["reason"]


def test_the_impossible_ones_are_known_without_keras_and_optuna():
    code = (
        "import sys; from mnist_core.training.search_settings import list_impossible; print(len(list_impossible()));"
        "print([name for name in ('keras', 'tensorflow', 'optuna') if name in sys.modules])"
    )
    assert run_python(code).stdout.split() == ["24", "[]"]


def test_the_others_can_be_built():
    assert len(POSSIBLE) == NUM_POSSIBLE
    assert all(grid_recipe(point).network.layers()[-1].name == "logits" for point in POSSIBLE)


@pytest.mark.parametrize("point", [POSSIBLE[0], POSSIBLE[-1]], ids=["smallest", "deepest"])
def test_keras_builds_the_network_of_a_combination(point):
    from mnist_core.models.keras_builder import build_model

    model = build_model(grid_recipe(point).network)
    assert model.output_shape == (None, 10)
    assert model.count_params() == grid_recipe(point).network.num_parameters


def test_a_block_is_a_same_padded_and_a_valid_convolution_then_pooling():
    point = {"blocks": 3, "filters": 32, "kernel": 3, "pool_size": 2, "dense_layers": 2, "dense_units": 256}
    layers = {layer.name: layer for layer in grid_recipe(point).network.layers()}
    block = ["conv1", "conv2", "pool1", "conv3", "conv4", "pool2", "conv5", "conv6", "pool3"]
    assert list(layers) == [*block, "flatten", "dense1", "dense2", "logits"]
    assert [layers[f"conv{number}"].options["padding"] for number in range(1, 7)] == ["same", "valid"] * 3
    assert [layers[f"conv{number}"].options["filters"] for number in range(1, 7)] == [32, 32, 64, 64, 128, 128]
    assert [layers[f"dense{number}"].options["units"] for number in (1, 2)] == [256, 256]


@pytest.mark.parametrize("point", POSSIBLE, ids=lambda point: "-".join(map(str, point.values())))
def test_the_network_is_that_of_its_combination(point):
    assert point_of(grid_recipe(point)) == point


def test_vgg_small_is_one_of_the_combinations():
    recipe = grid_recipe(VGG_SMALL, epochs=7)
    assert recipe.network == find_recipe("vgg_small").network
    assert (recipe.batch_size, recipe.optimizer) == (64, "adam")


@pytest.mark.parametrize("changes", [{"epochs": 5}, {"epochs": 7, "limit": 300, "seed": 2}])
def test_vgg_small_has_the_key_that_train_gives_it(changes):
    """What the search has trained is found by `train`, and the other way round."""
    trained = change_recipe(find_recipe("vgg_small"), changes)
    assert grid_recipe(VGG_SMALL, **changes).key(DIGEST) == trained.key(DIGEST)


def test_all_possible_networks_have_keys_of_their_own():
    assert len({grid_recipe(point).key(DIGEST) for point in POSSIBLE}) == NUM_POSSIBLE


# Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("trials", value) for value in (0, -1)),
        *(("seeds", value) for value in (0, -3)),
        *(("minutes", value) for value in (0, -1.0, float("nan"))),
        ("sampler", "genetic"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=rf"`{name}`.*Received: {name}="):
        SearchSettings("anywhere", **{name: value})


# The loop, with made-up accuracies


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "studies" / "grid.journal"


@pytest.fixture
def trained(monkeypatch):
    """Replaces training by a stand-in, which is returned."""
    monkeypatch.setattr(search, "WAIT_SECONDS", 0.01)
    return lambda **options: replace_training(monkeypatch, FakeTraining(**options))


@pytest.fixture
def clock(monkeypatch):
    """The search's clock; it goes only when it is told to, and when the search waits."""
    clock = SimpleNamespace(now=1000.0)

    def go(seconds):
        clock.now += seconds

    clock.go = go
    monkeypatch.setattr(search, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=lambda seconds: go(1)))
    return clock


def run(journal, workbench=None, **options):
    """One search with cheap settings."""
    settings = {"epochs": 1, "seeds": 1, **options}
    return search_grid(workbench or fake_workbench(), SearchSettings(str(journal), **settings))


def in_run(number, act):
    """A `during` for `FakeTraining` that acts in the first epoch of one run, counted from 1."""
    runs_begun = []

    def during(recipe, epoch):
        if epoch == 1:
            runs_begun.append(recipe)
            if len(runs_begun) == number:
                return act()
        return None

    return during


def fail(error):
    raise error


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a search of the whole grid found, and its stand-in for training."""
    said = []
    workbench = fake_workbench(say=said.append)
    with pytest.MonkeyPatch.context() as patch:
        training = replace_training(patch, FakeTraining())
        found = run(tmp_path_factory.mktemp("whole") / "journal", workbench)
    return SimpleNamespace(found=found, training=training, said=said, workbench=workbench)


def test_the_grid_tries_every_possible_network_once(whole):
    assert len(whole.training.points) == NUM_POSSIBLE
    assert as_set(whole.training.points) == as_set(POSSIBLE)
    assert {recipe.seed for recipe in whole.training.recipes} == {0}


def test_every_trial_is_listed_with_its_figures(whole):
    trials = {tuple(trial[name] for name in SPACE): trial for trial in whole.found["trials"]}
    assert len(trials) == NUM_POSSIBLE
    for recipe in whole.training.recipes:
        trial = trials[tuple(point_of(recipe).values())]
        assert trial["parameters"] == recipe.network.num_parameters
        assert trial["validation_accuracy"] == accuracy_of(recipe)
        assert (trial["epochs"], trial["seed"], trial["state"]) == (1, 0, "complete")


def test_the_impossible_are_listed_apart(whole):
    assert whole.found["impossible"] == list_impossible()


def test_what_was_found_is_plain_values(whole):
    assert json.loads(json.dumps(whole.found)) == whole.found
    assert set(whole.found) == {"study", "storage", "settings", "trials", "impossible", "best", "spread"}


def test_the_best_has_the_highest_validation_accuracy(whole):
    best = max((accuracy_of(grid_recipe(point)), tuple(point.values())) for point in POSSIBLE)
    assert (whole.found["best"]["validation_accuracy"], tuple(whole.found["best"][name] for name in VGG_SMALL)) == best


def test_only_the_best_is_stored_and_measured_on_the_test_set(whole):
    best = whole.found["best"]
    (asked,) = whole.workbench.asked
    assert (point_of(asked), asked.seed, asked.epochs) == ({name: best[name] for name in SPACE}, 0, 1)
    assert (best["model"], best["test_accuracy"], best["test_interval"]) == ("the-best", *TEST.values())
    assert all("test" not in name for trial in whole.found["trials"] for name in trial)


def test_a_trial_never_sees_the_test_set(trained, journal, monkeypatch):
    """Not even when there is one: it is measured by `Workbench`, which is asked for the best alone."""
    monkeypatch.setattr(runs, "evaluate", lambda *given: fail(AssertionError("measured")))
    workbench = dataclasses.replace(fake_workbench(), test=SimpleNamespace())
    trained()
    run(journal, workbench, trials=3, seeds=2)
    assert len(workbench.asked) == 1


def test_every_trial_is_told_to_the_person_who_waits(whole):
    assert len(whole.said) == NUM_POSSIBLE
    assert any("blocks 2" in said and "kernel 3" in said and "%" in said for said in whole.said)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_trials_are_a_budget(trained, journal, sampler):
    training = trained()
    assert len(run(journal, sampler=sampler, trials=7)["trials"]) == 7
    assert len(training.recipes) == 7


def test_trials_made_before_count(trained, journal):
    training = trained()
    run(journal, trials=5)
    assert len(run(journal, trials=12)["trials"]) == 12
    assert len(as_set(training.points)) == len(training.points) == 12


@pytest.mark.parametrize("trials", [3, 2])
def test_a_budget_that_is_spent_trains_nothing(trained, journal, trials):
    training = trained()
    before = run(journal, trials=3)
    assert run(journal, trials=trials)["trials"] == before["trials"]
    assert len(training.recipes) == 3


@pytest.mark.parametrize(
    ("change", "data"),
    [({"epochs": 2}, DATA), ({"limit": 100}, DATA), ({"seed": 1}, DATA), ({}, OTHER_DATA)],
    ids=["epochs", "limit", "seed", "data"],
)
def test_another_setting_is_another_study(trained, journal, change, data):
    """Trials that cannot be compared never share a study."""
    training = trained()
    first = run(journal, trials=2)
    second = run(journal, fake_workbench(data), trials=2, **change)
    assert first["study"] != second["study"]
    assert len(training.recipes) == 4


@pytest.mark.parametrize("change", [{"seeds": 2}, {"minutes": 60}, {"seed": 0}], ids=lambda change: next(iter(change)))
def test_a_setting_that_changes_no_trial_keeps_the_study(trained, journal, change):
    trained()
    assert run(journal, trials=2, **change)["study"] == run(journal, trials=2)["study"]


def test_epochs_limit_and_seed_reach_every_trial(trained, journal):
    training = trained()
    run(journal, trials=3, epochs=2, limit=100, seed=5)
    assert {(recipe.epochs, recipe.limit, recipe.seed) for recipe in training.recipes} == {(2, 100, 5)}


def test_data_and_devices_reach_training(trained, journal, monkeypatch):
    training, given = trained(), []

    def train(recipe, data, **options):
        given.append((data, options["devices"]))
        return training(recipe, data, **options)

    monkeypatch.setattr("mnist_core.training.loop.train", train)
    run(journal, dataclasses.replace(fake_workbench(), find_devices=lambda: ("GPU:0", "GPU:1")), trials=1)
    assert given == [(DATA, ("GPU:0", "GPU:1"))]


# Random and TPE


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_other_samplers_stay_inside_the_space_and_repeat_a_network_only_with_another_seed(trained, journal, sampler):
    """50 trials of 40 networks must repeat some."""
    training = trained()
    run(journal, sampler=sampler, trials=50, seed=1)
    assert as_set(training.points) <= as_set(POSSIBLE)
    tried = [(tuple(point_of(recipe).values()), recipe.seed) for recipe in training.recipes]
    assert len(set(tried)) == len(tried) == 50
    assert min(seed for _, seed in tried) == 1
    assert max(seed for _, seed in tried) > 1


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_search_that_goes_on_does_not_begin_again(trained, journal, sampler):
    training = trained()
    for trials in (12, 24):
        run(journal, sampler=sampler, trials=trials, seed=3)
    assert training.points[:12] != training.points[12:24]


def test_tpe_learns(trained, journal):
    """With 32 filters nothing is worth anything: it comes to prefer 64."""
    training = trained(accuracy=lambda recipe, epoch: 0.5 + 0.4 * (point_of(recipe)["filters"] == 64))
    run(journal, sampler="tpe", trials=40, seed=1)
    assert sum(point["filters"] == 64 for point in training.points[20:]) > 13


# Trials that do not end well


def test_hopeless_trials_are_given_up_after_an_epoch(trained, journal):
    """The first five are the yardstick; each later one here is worse than all before it."""
    began = []
    trained(
        accuracy=lambda recipe, epoch: 0.9 - len(began) / 1000 + epoch / 100,
        during=lambda recipe, epoch: began.append(recipe) if epoch == 1 else None,
    )
    trials = run(journal, trials=9, epochs=3)["trials"]
    assert [(trial["state"], trial["epochs"]) for trial in trials] == [("complete", 3)] * 5 + [("pruned", 1)] * 4
    assert [round(trial["validation_accuracy"], 3) for trial in trials[4:6]] == [0.925, 0.904]


@pytest.mark.parametrize(("after_an_epoch", "state"), [(0.925, "complete"), (0.915, "pruned")])
def test_only_the_worst_quarter_is_given_up(trained, journal, after_an_epoch, state):
    """Less than half of the others is good enough to go on."""
    accuracies, began = [0.91, 0.92, 0.93, 0.94, 0.95, after_an_epoch], []
    trained(
        accuracy=lambda recipe, epoch: accuracies[len(began) - 1] + epoch / 1000,
        during=lambda recipe, epoch: began.append(recipe) if epoch == 1 else None,
    )
    assert run(journal, trials=6, epochs=2)["trials"][5]["state"] == state


def test_a_good_trial_is_not_given_up(trained, journal):
    began = []
    trained(
        accuracy=lambda recipe, epoch: 0.9 + len(began) / 1000 + epoch / 100,
        during=lambda recipe, epoch: began.append(recipe) if epoch == 1 else None,
    )
    assert {trial["state"] for trial in run(journal, trials=9, epochs=3)["trials"]} == {"complete"}


def test_a_trial_that_reached_its_last_epoch_is_complete(trained, journal):
    began = []
    trained(accuracy=lambda recipe, epoch: 0.9 - len(began) / 1000, during=lambda *given: began.append(given))
    assert {trial["state"] for trial in run(journal, trials=9, epochs=1)["trials"]} == {"complete"}


def test_one_that_was_given_up_is_never_the_best(trained, journal):
    """It may have been better, in its only epoch, than the best one in its last."""
    began = []

    def accuracy(recipe, epoch):
        return 0.96 - epoch / 100 if len(began) <= 5 else 0.94

    trained(accuracy=accuracy, during=lambda recipe, epoch: began.append(recipe) if epoch == 1 else None)
    found = run(journal, trials=6, epochs=3)
    assert [trial["state"] for trial in found["trials"]] == ["complete"] * 5 + ["pruned"]
    assert found["trials"][5]["validation_accuracy"] > found["best"]["validation_accuracy"]
    assert found["best"]["state"] == "complete"


@pytest.mark.parametrize(("epoch", "reached"), [(1, None), (2, 0.5)], ids=["at once", "later"])
def test_a_loss_that_becomes_nan_fails_its_trial_and_not_the_search(trained, journal, epoch, reached):
    """A trial that explodes is one result among others."""

    def explode(recipe, current):
        if point_of(recipe)["kernel"] == 5 and current == epoch:
            raise TrainingError("The loss became nan in epoch 1, step 3.")

    trained(accuracy=lambda recipe, current: 0.5, during=explode)
    trials = run(journal, epochs=2)["trials"]
    failed = [trial for trial in trials if trial["kernel"] == 5]
    assert len(trials) == NUM_POSSIBLE
    assert {trial["state"] for trial in failed} == {"failed"}
    assert {trial["state"] for trial in trials if trial["kernel"] == 3} == {"complete"}
    assert all(trial["problem"].startswith("The loss became nan") for trial in failed)
    assert {(trial["validation_accuracy"], trial["epochs"]) for trial in failed} == {(reached, epoch - 1)}


def test_a_failed_trial_is_not_made_again(trained, journal):
    training = trained(during=in_run(2, lambda: fail(TrainingError("The loss became nan"))))
    run(journal, trials=3)
    run(journal, trials=5)
    assert len(as_set(training.points)) == len(training.points) == 5


def test_without_a_complete_trial_there_is_no_best(trained, journal):
    trained(during=lambda *given: fail(TrainingError("The loss became nan")))
    workbench = fake_workbench()
    found = run(journal, workbench, trials=3)
    assert (found["best"], found["spread"], workbench.asked) == (None, None, [])
    assert [trial["state"] for trial in found["trials"]] == ["failed"] * 3


def test_an_error_that_nobody_expects_ends_the_search(trained, journal):
    trained(during=in_run(2, lambda: fail(MemoryError("no memory"))))
    with pytest.raises(MemoryError):
        run(journal, trials=3)
    assert states(journal).count("COMPLETE") == 1
    assert "RUNNING" not in states(journal)


# Ctrl-C

STOPS = {
    "at once": lambda: fail(StoppedError("Training was stopped before its first epoch ended.")),
    "after an epoch": lambda: 1,
    "outside training": lambda: fail(KeyboardInterrupt()),
}


@pytest.fixture(params=STOPS)
def interrupted(request, trained, journal):
    """A search of five trials that was stopped in its third."""
    training = trained(during=in_run(3, STOPS[request.param]))
    with pytest.raises(KeyboardInterrupt) as caught:
        run(journal, trials=5)
    return SimpleNamespace(training=training, message=str(caught.value))


def test_ctrl_c_says_where_the_trials_are(interrupted, journal):
    assert str(journal) in interrupted.message
    assert "same command" in interrupted.message


def test_ctrl_c_keeps_what_had_ended_and_puts_the_running_trial_back(interrupted, journal):
    networks = [trial for trial in all_trials(journal) if "impossible" not in trial.user_attrs]
    assert [trial.state.name for trial in networks] == ["COMPLETE", "COMPLETE", "FAIL", "WAITING"]
    assert networks[-1].params == networks[-2].params == interrupted.training.points[2]


def test_the_next_search_takes_the_interrupted_trial_up_first(interrupted, journal, trained):
    training = trained()
    found = run(journal, trials=5)
    assert training.recipes[0] == interrupted.training.recipes[2]
    assert [trial["state"] for trial in found["trials"]] == ["complete"] * 5
    assert len(as_set(interrupted.training.points + training.points)) == 5


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_search_stopped_again_and_again_ends_with_every_trial_once(trained, journal, sampler):
    for _ in range(4):
        trained(during=in_run(3, lambda: fail(KeyboardInterrupt())))
        with pytest.raises(KeyboardInterrupt):
            run(journal, trials=12, sampler=sampler)
    trained()
    trials = run(journal, trials=12, sampler=sampler)["trials"]
    tried = [(*(trial[name] for name in SPACE), trial["seed"]) for trial in trials]
    assert len(set(tried)) == len(tried) == 12
    assert {"RUNNING", "WAITING"}.isdisjoint(states(journal))


def test_the_whole_grid_is_tried_even_when_it_was_stopped(trained, journal):
    """Trials that were put back have numbers of their own; that must cost no combination."""
    for _ in range(3):
        trained(during=in_run(8, lambda: fail(KeyboardInterrupt())))
        with pytest.raises(KeyboardInterrupt):
            run(journal)
    trained()
    trials = run(journal)["trials"]
    assert len(trials) == NUM_POSSIBLE
    assert as_set({name: trial[name] for name in SPACE} for trial in trials) == as_set(POSSIBLE)


def test_ctrl_c_while_the_search_waits_for_others_says_where_the_trials_are(trained, journal, monkeypatch):
    waiting = SimpleNamespace(monotonic=lambda: 0.0, sleep=lambda seconds: fail(KeyboardInterrupt()))

    def other_worker():
        with monkeypatch.context() as patch:
            patch.setattr(search, "time", waiting)
            with pytest.raises(KeyboardInterrupt, match="trials are kept in"):
                run(journal, trials=1)

    training = trained(during=in_run(1, other_worker))
    run(journal, trials=1)
    assert len(training.recipes) == 1


# Minutes


def test_no_trial_begins_after_the_time_is_over(trained, journal, clock):
    training = trained(during=lambda recipe, epoch: clock.go(25))
    found = run(journal, minutes=1)
    assert len(training.recipes) == 3
    assert [trial["state"] for trial in found["trials"]] == ["complete"] * 2
    assert found["best"]


def test_a_trial_broken_off_by_the_time_waits_and_is_taken_up(trained, journal, clock):
    """25 seconds an epoch: the time is over in the second epoch of the second trial."""
    first = trained(during=lambda recipe, epoch: clock.go(25))
    run(journal, minutes=2, epochs=3)
    assert states(journal).count("WAITING") == 1
    assert "RUNNING" not in states(journal)
    second = trained()
    trials = run(journal, epochs=3, trials=2)["trials"]
    assert second.recipes == first.recipes[1:]
    assert [(trial["state"], trial["epochs"]) for trial in trials] == [("complete", 3)] * 2


def test_the_first_trial_of_all_is_finished_whatever_it_takes(trained, journal, clock):
    """Without it there would be nothing to show for the time."""
    training = trained(during=lambda recipe, epoch: clock.go(1000))
    found = run(journal, minutes=1, epochs=3)
    assert (len(training.recipes), found["best"]["epochs"]) == (1, 3)


def test_time_that_is_over_before_the_first_trial_makes_none(trained, journal, clock, monkeypatch):
    monkeypatch.setattr(search, "open_study", lambda *given: clock.go(100) or studies.open_study(*given))
    training = trained()
    assert run(journal, minutes=1)["best"] is None
    assert training.recipes == []


def test_the_time_cuts_the_spread_short_and_not_the_best(trained, journal, clock):
    trained(during=lambda recipe, epoch: clock.go(45))
    found = run(journal, minutes=1, seeds=3)
    assert found["spread"]["seeds"] == [0]
    assert found["best"]["test_accuracy"]


# The spread


def test_the_spread_is_that_of_the_best_network_with_further_seeds(trained, journal):
    training = trained()
    found = run(journal, trials=4, seeds=3)
    again = training.recipes[4:]
    assert [(point_of(recipe), recipe.seed) for recipe in again] == [
        ({name: found["best"][name] for name in SPACE}, seed) for seed in (1, 2)
    ]
    values = [found["best"]["validation_accuracy"], *map(accuracy_of, again)]
    assert found["spread"] == {
        "seeds": [0, 1, 2],
        "validation_accuracies": values,
        "mean": pytest.approx(sum(values) / 3),
        "standard_deviation": pytest.approx(statistics.stdev(values)),
    }


def test_one_seed_has_no_deviation(trained, journal):
    trained()
    spread = run(journal, trials=2, seeds=1)["spread"]
    assert spread["standard_deviation"] is None
    assert spread["mean"] == spread["validation_accuracies"][0]


def test_the_seeds_begin_with_that_of_the_search(trained, journal):
    trained()
    assert run(journal, trials=2, seeds=3, seed=7)["spread"]["seeds"] == [7, 8, 9]


def test_a_further_seed_that_is_lost_is_said_and_left_out(trained, journal):
    said = []
    trained(during=lambda recipe, epoch: fail(TrainingError("The loss became nan")) if recipe.seed == 1 else None)
    found = run(journal, fake_workbench(say=said.append), trials=2, seeds=3)
    assert found["spread"]["seeds"] == [0, 2]
    assert "Seed 1: The loss became nan" in said


def test_the_spread_is_kept_for_the_next_time(trained, journal):
    trained()
    before = run(journal, trials=3, seeds=3)
    training = trained()
    assert run(journal, trials=3, seeds=3)["spread"] == before["spread"]
    assert training.recipes == []
    run(journal, trials=3, seeds=4)
    assert [recipe.seed for recipe in training.recipes] == [3]


def test_stopped_in_the_spread_the_trials_are_kept(trained, journal):
    trained(during=in_run(4, lambda: fail(KeyboardInterrupt())))
    with pytest.raises(KeyboardInterrupt):
        run(journal, trials=3, seeds=2)
    training = trained()
    assert len(run(journal, trials=3, seeds=2)["trials"]) == 3
    assert [recipe.seed for recipe in training.recipes] == [1]


# Several workers: a second one works while the first is in the middle of a trial


def test_two_workers_share_the_budget(trained, journal, clock):
    """The running trial of the other one counts."""
    training = trained(during=in_run(1, lambda: run(journal, trials=4, minutes=1) and None))
    assert len(run(journal, trials=4)["trials"]) == 4
    assert len(as_set(training.points)) == len(training.points) == 4


def test_at_the_end_of_the_grid_a_busy_worker_is_waited_for_and_its_network_not_repeated(trained, journal, clock):
    began = clock.now
    training = trained(during=in_run(1, lambda: run(journal, minutes=1) and None))
    trials = run(journal)["trials"]
    assert clock.now - began >= 60
    assert len(training.points) == len(trials) == NUM_POSSIBLE
    assert as_set(training.points) == as_set(POSSIBLE)


def declare_dead(journal, monkeypatch, **options):
    """What another worker does that takes all that are at work for dead."""
    with monkeypatch.context() as patch:
        patch.setattr(studies, "GRACE_SECONDS", 0)
        run(journal, **options)


def test_the_trial_of_a_worker_that_died_is_taken_up(trained, journal, monkeypatch, clock):
    training = trained(during=in_run(2, lambda: declare_dead(journal, monkeypatch, trials=2)))
    trials = run(journal, trials=2)["trials"]
    assert training.recipes[1] == training.recipes[2]
    assert [trial["state"] for trial in trials] == ["complete"] * 2


@pytest.mark.parametrize(
    "ending",
    [lambda: None, lambda: fail(TrainingError("The loss became nan"))],
    ids=["finishes", "fails"],
)
def test_a_worker_only_slow_goes_on_without_its_lost_trial(trained, journal, monkeypatch, ending):
    """Its trial was made by another one, and counts once."""

    def lose_trial():
        declare_dead(journal, monkeypatch, trials=2)
        return ending()

    training = trained(during=in_run(1, lose_trial))
    trials = run(journal, trials=4)["trials"]
    assert len(trials) == 4
    assert [trial["state"] for trial in trials] == ["complete"] * 4
    assert len(training.recipes) == 5
    assert {"RUNNING", "WAITING"}.isdisjoint(states(journal))


def test_a_worker_that_lost_its_trial_may_take_it_up_again_itself(trained, journal, monkeypatch):
    """The one that put it back has gone without taking it up."""
    seen = []

    def lose_trial():
        other = search._Search(fake_workbench(), SearchSettings(str(journal), epochs=1))
        with monkeypatch.context() as patch:
            patch.setattr(studies, "GRACE_SECONDS", 0)
            studies.return_stale_trials(other._study)
        seen.extend(states(journal))

    training = trained(during=in_run(1, lose_trial))
    trials = run(journal, trials=1)["trials"]
    assert [state for state in seen if state in ("RUNNING", "WAITING")] == ["WAITING"]
    assert training.recipes[0] == training.recipes[1]
    assert len(trials) == 1


# Real processes


def lines_of(worker):
    return [json.loads(line) for line in worker.stdout]


@pytest.fixture
def workers():
    """Starts workers, and ends at last those that still run."""
    started = []
    yield lambda *given, **options: started.append(start_worker(*given, **options)) or started[-1]
    for worker in started:
        worker.kill()
        worker.wait()


@pytest.mark.parametrize("url", ["{}/trials.journal", "sqlite:///{}/trials.db"], ids=["journal", "sqlite"])
def test_the_trial_of_a_killed_process_is_taken_up_by_another(workers, tmp_path, url):
    """The other one has nothing else left to do, and waits until the silence is long enough."""
    where = url.format(tmp_path)
    slow = workers(where, trials=3, seconds=300)
    point = json.loads(slow.stdout.readline())
    quick = workers(where, trials=3, seconds=0.1)
    before = [json.loads(quick.stdout.readline()) for _ in range(2)]
    slow.kill()
    *after, found = lines_of(quick)
    assert quick.wait() == 0
    assert point not in before
    assert after == [point]
    assert [trial["state"] for trial in found["trials"]] == ["complete"] * 3
    assert {"RUNNING", "WAITING"}.isdisjoint(states(where))
    assert any(trial.params == point and trial.state.name == "COMPLETE" for trial in all_trials(where))


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_real_ctrl_c_puts_the_trial_back(workers, tmp_path):
    where = f"{tmp_path}/trials.journal"
    slow = workers(where, trials=1, seconds=300)
    point = json.loads(slow.stdout.readline())
    slow.send_signal(signal.SIGINT)
    assert slow.wait(60) != 0
    quick = workers(where, trials=1, seconds=0)
    assert lines_of(quick)[0] == point
    assert {"RUNNING", "WAITING"}.isdisjoint(states(where))


def test_two_processes_share_the_budget_and_end_with_the_same_best(workers, tmp_path):
    """Each may be about to begin when the other one begins the last trial, so there may be one too many."""
    where = f"{tmp_path}/trials.journal"
    both = [workers(where, trials=8, seconds=0.15) for _ in range(2)]
    printed = [lines_of(worker) for worker in both]
    points = [point for *begun, _ in printed for point in begun]
    assert 8 <= len(points) <= 9
    assert len(as_set(points)) == len(points)
    assert all(len(lines) > 1 for lines in printed)
    assert printed[0][-1]["best"] == printed[1][-1]["best"]


def test_a_study_that_cannot_be_kept_is_refused_before_training(trained, tmp_path):
    training = trained()
    with pytest.raises(StorageError, match=str(tmp_path)):
        run(tmp_path)
    assert training.recipes == []


# What goes wrong in a trial


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("error", [ValueError("bad"), MemoryError("bad")])
def test_an_error_in_a_trial_is_raised_and_its_trial_put_back(trained, journal, sampler, error):
    def fail(recipe, epoch):
        raise error

    trained(during=fail)
    with pytest.raises(type(error), match="bad"):
        run(journal, sampler=sampler, trials=3)
    assert states(journal)[-1] == "WAITING"


@pytest.mark.parametrize(("name", "value"), [("epochs", 0), ("limit", 0), ("seed", -1)])
def test_what_no_recipe_could_be_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}`"):
        SearchSettings("anywhere", **{name: value})


def test_ctrl_c_counts_though_the_trial_was_taken_away(trained, journal, monkeypatch):
    def lose_and_stop(recipe, epoch):
        monkeypatch.setattr(studies, "GRACE_SECONDS", -1)
        worker._study.get_trials()
        studies.return_stale_trials(worker._study)
        monkeypatch.setattr(studies, "GRACE_SECONDS", 60)
        raise KeyboardInterrupt

    trained(during=lose_and_stop)
    worker = search._Search(fake_workbench(), SearchSettings(str(journal), epochs=1))
    with pytest.raises(KeyboardInterrupt):
        worker.run()
    assert states(journal).count("WAITING") == 1


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_trial_that_was_put_back_keeps_its_seed(trained, journal, sampler):
    seeds = []

    def stop_once(recipe, epoch):
        seeds.append((point_of(recipe), recipe.seed))
        if len(seeds) == 1:
            raise KeyboardInterrupt

    trained(during=stop_once)
    with pytest.raises(KeyboardInterrupt):
        run(journal, sampler=sampler, trials=2)
    run(journal, sampler=sampler, trials=2)
    assert seeds[0] == seeds[1]
