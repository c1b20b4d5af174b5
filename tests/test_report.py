"""Tables hold the figures that were measured; they are written between their marks and nowhere else."""

from types import SimpleNamespace

import pytest

from mnist_core import report
from mnist_core.errors import DataError, StorageError
from mnist_core.report import (
    FIGURES,
    activations_table,
    check_marks,
    figures_table,
    grid_table,
    marks,
    recipes_table,
    write_between,
)
from mnist_core.search import SPACE, list_impossible

START, END = marks(FIGURES)
SMALL = {"model": "small", "data": "digits/mine.npz", "num_samples": 2000, "error_count": 30, "accuracy": 0.985}
SMALL |= {"interval": [0.978657, 0.989475], "nll": 0.04567, "brier": 0.02, "ece": 0.01}


@pytest.fixture
def readme(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"# Nö title\n\n{START}\nold figures\n{END}\n\nThe rest.\n", encoding="utf-8")
    return path


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_between_the_marks_is_replaced(readme):
    write_between(readme, FIGURES, figures_table([SMALL]))
    text = readme.read_text(encoding="utf-8")
    assert "old figures" not in text
    assert text == f"# Nö title\n\n{START}\n{figures_table([SMALL])}\n{END}\n\nThe rest.\n"


def test_writing_again_changes_nothing(readme):
    write_between(readme, FIGURES, figures_table([SMALL]))
    first = readme.read_bytes()
    write_between(readme, FIGURES, figures_table([SMALL]))
    assert readme.read_bytes() == first


def test_marks_with_nothing_between_them_are_filled(readme):
    readme.write_text(f"{START}\n{END}\n", encoding="utf-8")
    write_between(readme, FIGURES, figures_table([SMALL]))
    assert "small" in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["# Title\n", f"{START}\n", f"{END}\n", f"{END}\n{START}\n"])
def test_missing_marks_are_an_error_and_the_file_is_kept(readme, text):
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="no place for figures") as caught:
        write_between(readme, FIGURES, figures_table([SMALL]))
    assert caught.value.path == readme
    assert readme.read_text(encoding="utf-8") == text


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no place for figures"):
        write_between(tmp_path / "none.md", FIGURES, "text")
    assert not (tmp_path / "none.md").exists()


def test_a_row_holds_the_figures():
    row = cells(figures_table([SMALL]).splitlines()[2])
    assert row == ["small", "mine", "98.50%", "97.87% to 98.95%", "30", "2,000", "0.0457"]


def test_one_row_for_each_set_in_the_order_given():
    table = figures_table([SMALL, SMALL | {"data": "validation"}, SMALL | {"data": "test"}])
    assert [cells(line)[1] for line in table.splitlines()[2:]] == ["mine", "validation", "test"]


def test_every_row_has_a_cell_for_every_heading():
    lines = figures_table([SMALL, SMALL | {"accuracy": 1.0, "error_count": 0}]).splitlines()
    assert {len(cells(line)) for line in lines} == {7}


# Marks


def test_every_table_has_marks_of_its_own(tmp_path):
    names = [FIGURES, report.RECIPES_TABLE, report.ACTIVATIONS_TABLE, report.GRID_TABLE]
    path = tmp_path / "README.md"
    path.write_text("\n".join(line for name in names for line in marks(name)))
    for name in names:
        write_between(path, name, f"the table of {name}")
    text = path.read_text()
    assert [text.split(marks(name)[0])[1].split(marks(name)[1])[0].strip() for name in names] == [
        f"the table of {name}" for name in names
    ]


def test_marks_that_are_there_are_let_pass_and_the_file_kept(readme):
    before = readme.read_bytes()
    check_marks(readme, FIGURES)
    assert readme.read_bytes() == before


@pytest.mark.parametrize("text", ["", "# Title\n", f"{START}\n", f"{END}\n{START}\n"])
def test_marks_that_are_missing_are_shown(readme, text):
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="no place for figures") as caught:
        check_marks(readme, FIGURES)
    assert (START in str(caught.value), END in str(caught.value)) == (True, True)


@pytest.mark.parametrize("name", ["none.md", "."])
def test_marks_of_a_file_that_is_none_are_missing(tmp_path, name):
    with pytest.raises(DataError, match="no place for figures"):
        check_marks(tmp_path / name, FIGURES)


def test_marks_of_another_table_do_not_count(readme):
    with pytest.raises(DataError, match="no place for grid"):
        check_marks(readme, report.GRID_TABLE)


def test_a_file_that_cannot_be_written_is_named(readme, monkeypatch):
    monkeypatch.setattr(type(readme), "write_text", lambda *given, **options: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(StorageError, match=r"README\.md cannot be written: full"):
        write_between(readme, FIGURES, "text")


# Recipes


def stored(name, num_epochs=5):
    metrics = {"parameters": 1234567, "seconds": 12.6, "validation": {"accuracy": 0.98765}}
    metrics["test"] = {"accuracy": 0.9812, "interval": [0.97861, 0.98347]}
    return SimpleNamespace(recipe=SimpleNamespace(name=name), history=[{}] * num_epochs, metrics=metrics)


def test_a_row_of_a_recipe_holds_its_figures():
    row = cells(recipes_table([stored("vgg_small")]).splitlines()[2])
    assert row == ["`vgg_small`", "1,234,567", "5", "13", "98.77%", "98.12%", "97.86% to 98.35%"]


def test_epochs_are_those_that_were_trained():
    """A recipe with `until` ends before its last."""
    assert cells(recipes_table([stored("fast", num_epochs=2)]).splitlines()[2])[2] == "2"


def test_recipes_stand_in_the_order_given_with_a_cell_for_every_heading():
    lines = recipes_table([stored("b"), stored("a")]).splitlines()
    assert [cells(line)[0] for line in lines[2:]] == ["`b`", "`a`"]
    assert {len(cells(line)) for line in lines} == {7}


# Activations


def summary(mean, deviation):
    return {"values": [mean], "mean": mean, "standard_deviation": deviation}


ROW = {"activation": "relu", "epochs": 10, "num_images": 55000, "seeds": [0, 1, 2], "models": [], "curves": []}
ROW |= {"validation": summary(0.99, 0.0005), "test": summary(0.985, 0.001), "seconds": summary(60.4, 2.6)}
ALONE = ROW | {"activation": "tanh", "seeds": [0], "validation": summary(0.97, None), "test": summary(0.96, None)}
ALONE |= {"seconds": summary(59.6, None)}


def test_a_row_of_an_activation_holds_mean_and_deviation():
    row = cells(activations_table([ROW]).splitlines()[2])
    assert row == ["relu", "3", "10", "55,000", "99.00% ± 0.05%", "98.50% ± 0.10%", "60 ± 3"]


def test_one_run_has_no_deviation():
    assert cells(activations_table([ALONE]).splitlines()[2]) == ["tanh", "1", "10", "55,000", "97.00%", "96.00%", "60"]


def test_activations_stand_in_the_order_given_with_a_cell_for_every_heading():
    lines = activations_table([ALONE, ROW]).splitlines()
    assert [cells(line)[0] for line in lines[2:]] == ["tanh", "relu"]
    assert {len(cells(line)) for line in lines} == {7}


# The grid


def trial(number, accuracy, state="complete", **changes):
    point = {name: values[0] for name, values in SPACE.items()}
    figures = {"parameters": 1000 + number, "validation_accuracy": accuracy, "seconds": 10.4, "epochs": 5, "seed": 0}
    return {"number": number, **point, **figures, "state": state, **changes}


def search_result(*trials, best=True):
    spread = {"seeds": [0, 1, 2], "validation_accuracies": [0.99, 0.9876, 0.98]}
    measured = {"test_accuracy": 0.9873, "test_interval": [0.985, 0.9894]}
    return {
        "trials": list(trials),
        "impossible": list_impossible(),
        "best": measured if best else None,
        "spread": spread if best else None,
    }


def rows_of(table):
    return [cells(line) for line in table.splitlines() if line.startswith("| ")][1:]


def test_a_row_of_a_trial_holds_its_network_and_its_figures():
    (row,) = rows_of(grid_table(search_result(trial(7, 0.98765, kernel=5, filters=64))))
    assert row == ["2", "64", "5", "2", "1", "256", "1,007", "10", "98.77%"]


def test_the_grid_has_a_cell_for_every_heading():
    lines = [line for line in grid_table(search_result(trial(1, 0.98))).splitlines() if line.startswith("|")]
    assert cells(lines[0]) == [*(name.replace("_", " ") for name in SPACE), "parameters", "seconds", "validation"]
    assert {len(cells(line)) for line in lines} == {9}


def test_the_best_trials_stand_first_and_no_more_than_are_wanted():
    found = search_result(*(trial(number, 0.9 + number % 7 / 100) for number in range(7)))
    assert [row[-1] for row in rows_of(grid_table(found))] == ["96.00%", "95.00%", "94.00%", "93.00%", "92.00%"]
    assert len(rows_of(grid_table(found, num_shown=2))) == 2


def test_fewer_trials_than_are_shown_are_all_shown():
    assert len(rows_of(grid_table(search_result(trial(1, 0.9), trial(2, 0.8))))) == 2


def test_only_complete_trials_are_shown():
    """One that was given up may have had the highest accuracy so far, one that failed none at all."""
    found = search_result(trial(1, 0.99, "pruned"), trial(2, None, "failed"), trial(3, 0.995, "failed"), trial(4, 0.9))
    assert [row[-1] for row in rows_of(grid_table(found))] == ["90.00%"]


def test_all_trials_are_counted():
    states = ["complete"] * 7 + ["pruned"] * 3 + ["failed"] * 2
    table = grid_table(search_result(*(trial(number, 0.9, state) for number, state in enumerate(states))))
    assert "7 trials complete, 3 given up early, 2 failed, 24 combinations impossible." in table


def test_the_best_is_told_with_its_test_score_and_its_spread():
    table = grid_table(search_result(trial(1, 0.99)))
    assert "98.73% of the test set (95 % interval 98.50% to 98.94%)" in table
    assert "With 3 seeds it reaches 99.00%, 98.76%, 98.00% on the validation images" in table


@pytest.mark.parametrize("trials", [(), (trial(1, None, "failed"),)], ids=["no trial", "none complete"])
def test_without_a_best_nothing_is_told_of_it(trials):
    table = grid_table(search_result(*trials, best=False))
    assert rows_of(table) == []
    assert "test set" not in table
    assert "0 trials complete" in table
