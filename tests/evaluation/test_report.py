"""Tables hold the figures that were measured; they are written between their marks and nowhere else."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest
from support.oracle import DOUBTS, Oracle, numbered, row

from mnist_core.errors import DataError, StorageError
from mnist_core.evaluation import report
from mnist_core.evaluation.evidence import Evidence, measure
from mnist_core.evaluation.report import (
    EVIDENCE,
    Table,
    ablation_table,
    activations_table,
    check_marks,
    evidence_tables,
    grid_table,
    marks,
    recipes_table,
    render_evidence,
    write_between,
)
from mnist_core.training.search_settings import SPACE, list_impossible

START, END = marks(EVIDENCE)
DIGITS = {
    "num_samples": 2000,
    "accuracy": 0.985,
    "interval": [0.978657, 0.989475],
    "error_count": 30,
    "accepted": 0.9765,
    "nll": 0.04567,
    "brier": 0.0231,
    "uncalibrated": {"nll": 0.05554, "brier": 0.02345},
    "certain": {"nll": None, "brier": 0.03},
    "below_99": {"num_samples": 1234, "difference": 0.0123, "interval": [-0.002, 0.0266]},
    "confusion_matrix": (np.eye(10, dtype=int) * 190).tolist(),
}
NOT_DIGITS = [
    {"label": None, "num_samples": 2500, "accepted": 0.0125, "auroc": {"validation": 0.99876, "pen": 0.98765}},
    {"label": 43, "num_samples": 10, "accepted": 0.5, "auroc": {"validation": 0.9, "pen": 0.8}},
]


def a_set(name, kind="clean", **changes):
    known = {"num_samples": 1, "num_writers": None, "note": "", "classes": {}, "lookalikes": []}
    return {"name": name, "kind": kind, **known, **changes}


def evidence(digits=("validation", "pen"), outliers=("signs",), models=("sketchnet",)):
    """What `evidence.measure` gives, with figures that were made up; of each further model with fewer errors."""
    sets = [a_set(name, num_writers=250, note=f"{name} it is") for name in digits]
    sets += [a_set(name, "outliers", classes={"43": "+", "45": "-"}, lookalikes=[45]) for name in outliers]
    rows = []
    for number, name in enumerate(models):
        figures = {other: copy.deepcopy(DIGITS) for other in digits}
        for entry in figures.values():
            entry["accuracy"] += number / 1000
        not_digits = {other: copy.deepcopy(NOT_DIGITS) for other in outliers}
        for entries in not_digits.values():
            entries[0]["auroc"]["validation"] -= number / 100
        rows.append({"name": name, "limit": 0.5, "digits": figures, "outliers": not_digits})
    return {"sets": sets, "models": rows}


def table(name, *arguments, **options):
    (found,) = (table for table in evidence_tables(evidence(*arguments, **options)) if table.name == name)
    return found


@pytest.fixture
def readme(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"# Nö title\n\n{START}\nold figures\n{END}\n\nThe rest.\n", encoding="utf-8")
    return path


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_between_the_marks_is_replaced(readme):
    write_between(readme, EVIDENCE, render_evidence(evidence()))
    text = readme.read_text(encoding="utf-8")
    assert "old figures" not in text
    assert text == f"# Nö title\n\n{START}\n{render_evidence(evidence())}\n{END}\n\nThe rest.\n"


def test_what_there_is_nothing_to_measure_on_is_a_dash():
    measured = evidence()
    measured["models"][0]["outliers"]["signs"][0] |= {"accepted": None, "auroc": dict.fromkeys(("validation", "pen"))}
    found = {table.name: table for table in evidence_tables(measured)}
    assert found["outliers"].rows[0][2:] == ("-", "-", "-")
    assert found["comparison"].rows[0][-1] == "-"


def test_writing_again_changes_nothing(readme):
    write_between(readme, EVIDENCE, render_evidence(evidence()))
    first = readme.read_bytes()
    write_between(readme, EVIDENCE, render_evidence(evidence()))
    assert readme.read_bytes() == first


def test_marks_with_nothing_between_them_are_filled(readme):
    readme.write_text(f"{START}\n{END}\n", encoding="utf-8")
    write_between(readme, EVIDENCE, render_evidence(evidence()))
    assert "| sketchnet |" in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["# Title\n", f"{START}\n", f"{END}\n", f"{END}\n{START}\n"])
def test_missing_marks_are_an_error_and_the_file_is_kept(readme, text):
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="no place for evidence") as caught:
        write_between(readme, EVIDENCE, render_evidence(evidence()))
    assert caught.value.path == readme
    assert readme.read_text(encoding="utf-8") == text


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no place for evidence"):
        write_between(tmp_path / "none.md", EVIDENCE, "text")
    assert not (tmp_path / "none.md").exists()


# Evidence


def test_a_table_in_markdown():
    shown = Table("some", ("a", "b"), [("1", "2"), ("3", "4")]).as_markdown()
    assert shown == "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"


def test_accuracy_of_each_set_with_what_it_is_and_who_drew_it():
    first, second = table("accuracy").rows
    told = ("98.50%", "97.87% to 98.95%", "30", "2,000", "97.65%")
    assert first == ("validation", "validation it is", "250", *told)
    assert second == ("pen", "pen it is", "250", *told)


def test_writers_that_nobody_counted_are_a_question():
    found = evidence()
    found["sets"][1]["num_writers"] = None
    assert [row[2] for row in evidence_tables(found)[0].rows] == ["250", "?"]


def test_likelihood_stands_beside_what_it_was_and_what_certainty_would_have():
    first, _ = table("likelihood").rows
    assert first[:7] == ("validation", "0.0457", "0.0555", "infinite", "0.0231", "0.0234", "0.0300")
    assert first[7:] == ("1,234", "+1.2%", "-0.2% to +2.7%")


def test_a_likelihood_without_a_doubt_has_no_difference():
    found = evidence()
    figures = found["models"][0]["digits"]["pen"]
    figures["certain"]["nll"] = 0.0
    figures["below_99"] = {"num_samples": 1, "difference": None, "interval": None}
    (told,) = (table.rows[1] for table in evidence_tables(found) if table.name == "likelihood")
    assert told[3] == "0.0000"
    assert told[7:] == ("1", "-", "-")


def test_models_stand_beside_each_other():
    found = table("comparison", models=("sketchnet", "lenet"))
    assert found.head == ("model", "validation", "pen", "AUROC signs")
    assert found.rows == [
        ("sketchnet", "98.50%", "98.50%", "0.9988"),
        ("lenet", "98.60%", "98.60%", "0.9888"),
    ]


def test_all_but_the_comparison_is_of_the_first_model():
    one, two = (evidence_tables(evidence(models=models)) for models in (("a",), ("a", "b")))
    assert [table.name for table in one] == ["accuracy", "comparison", "likelihood", "outliers", "pairs"]
    assert [first == second for first, second in zip(one, two, strict=True)] == [True, False, True, True, True]


def test_outliers_are_told_as_a_whole_and_by_their_classes():
    found = table("outliers")
    assert found.head == ("not digits", "images", "recognised as a digit", "AUROC validation", "AUROC pen")
    assert found.rows == [
        ("signs, without -", "2,500", "1.2%", "0.9988", "0.9877"),
        ("signs: +", "10", "50.0%", "0.9000", "0.8000"),
    ]


def test_outliers_of_which_nothing_is_known_are_told_by_their_labels():
    found = evidence()
    found["sets"][-1] |= {"classes": {}, "lookalikes": []}
    (told,) = (table.rows for table in evidence_tables(found) if table.name == "outliers")
    assert [row[0] for row in told] == ["signs", "signs: 43"]


def test_digits_that_schools_write_alike_are_counted_in_both_directions():
    found = evidence(digits=("validation",))
    matrix = found["models"][0]["digits"]["validation"]["confusion_matrix"]
    matrix[1][7], matrix[7][1], matrix[9][3] = 3, 1, 2
    matrix[0] = [0] * 10
    (told,) = (table for table in evidence_tables(found) if table.name == "pairs")
    counts = dict(zip(told.head, told.rows[0], strict=True))
    assert (counts["1 read as 7"], counts["7 read as 1"], counts["9 read as 3"]) == ("3 of 193", "1 of 191", "2 of 192")
    assert (counts["4 read as 9"], counts["0 read as 8"], counts["set"]) == ("0 of 190", "-", "validation")


def test_without_outliers_there_is_no_table_of_them():
    names = [table.name for table in evidence_tables(evidence(outliers=()))]
    assert names == ["accuracy", "comparison", "likelihood", "pairs"]
    assert table("comparison", outliers=()).head == ("model", "validation", "pen")


@pytest.mark.parametrize("outliers", [(), ("signs",), ("signs", "clothes")])
def test_every_row_of_evidence_has_a_cell_for_every_heading(outliers):
    tables = evidence_tables(evidence(outliers=outliers, models=("a", "b", "c")))
    assert [{len(row) for row in table.rows} for table in tables] == [{len(table.head)} for table in tables]
    assert all(isinstance(cell, str) for table in tables for row in table.rows for cell in row)


def test_evidence_is_shown_table_by_table_below_what_it_is():
    shown = render_evidence(evidence())
    tables = evidence_tables(evidence())
    blocks = shown.split("\n\n")
    assert blocks[1::2] == [table.as_markdown() for table in tables]
    assert all(caption.endswith(":") and "\n" not in caption for caption in blocks[::2])
    assert len(set(blocks[::2])) == len(tables)


def test_what_was_really_measured_can_be_shown():
    images = numbered([1, 2, 3, 4])
    sets = [Evidence.known("test", "clean", images), Evidence.known("outliers_symbols", "outliers", images)]
    oracles = {"sure": Oracle([row(label, 0.99) for label in (1, 2, 3, 5)]), "less": Oracle(DOUBTS, limit=0.5)}
    shown = render_evidence(measure(oracles, sets))
    assert "| test | MNIST test set, written by other people than the training images | 297 | 75.00% |" in shown
    assert "| less | 100.00% |" in shown


# Marks


def test_every_table_has_marks_of_its_own(tmp_path):
    names = [EVIDENCE, report.RECIPES_TABLE, report.ACTIVATIONS_TABLE, report.GRID_TABLE, report.ABLATION_TABLE]
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
    check_marks(readme, EVIDENCE)
    assert readme.read_bytes() == before


@pytest.mark.parametrize("text", ["", "# Title\n", f"{START}\n", f"{END}\n{START}\n"])
def test_marks_that_are_missing_are_shown(readme, text):
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="no place for evidence") as caught:
        check_marks(readme, EVIDENCE)
    assert (START in str(caught.value), END in str(caught.value)) == (True, True)


@pytest.mark.parametrize("name", ["none.md", "."])
def test_marks_of_a_file_that_is_none_are_missing(tmp_path, name):
    with pytest.raises(DataError, match="no place for evidence"):
        check_marks(tmp_path / name, EVIDENCE)


def test_marks_of_a_file_that_is_no_text_cannot_be_read(tmp_path):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    with pytest.raises(DataError, match=r"picture\.png cannot be read as text"):
        check_marks(tmp_path / "picture.png", EVIDENCE)


def test_marks_of_another_table_do_not_count(readme):
    with pytest.raises(DataError, match="no place for grid"):
        check_marks(readme, report.GRID_TABLE)


def test_a_file_that_cannot_be_written_is_named(readme, monkeypatch):
    before = readme.read_text()
    monkeypatch.setattr(type(readme), "replace", lambda *given, **options: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(StorageError, match=r"README\.md cannot be written: full"):
        write_between(readme, EVIDENCE, "text")
    assert readme.read_text() == before


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


# Ablation


def test_a_row_of_an_ablation_holds_mean_and_deviation():
    told = {"validation": summary(0.99, 0.0005), "ink": summary(0.985, 0.001), "ink_nll": summary(0.0514, 0.0021)}
    told |= {"without": "pen ink", "outliers": summary(0.99876, 0.0002), "epochs": 5, "num_images": 20000}
    *_, row, blank, note = ablation_table([told | {"seeds": [0, 1]}]).splitlines()
    assert cells(row) == ["pen ink", "99.00% ± 0.05%", "98.50% ± 0.10%", "0.051 ± 0.002", "0.9988 ± 0.0002"]
    assert (blank, "2 runs of 5 epochs on 20,000 images" in note) == ("", True)


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
    assert "7 trials completed, 3 stopped early, 2 failed; 24 combinations are impossible." in table


def test_the_best_is_told_with_its_test_score_and_its_spread():
    table = grid_table(search_result(trial(1, 0.99)))
    assert "98.73% on the test set (95% interval 98.50% to 98.94%)" in table
    assert "With 3 seeds it reaches 99.00%, 98.76%, 98.00% on the validation images" in table


@pytest.mark.parametrize("trials", [(), (trial(1, None, "failed"),)], ids=["no trial", "none complete"])
def test_without_a_best_nothing_is_told_of_it(trials):
    table = grid_table(search_result(*trials, best=False))
    assert rows_of(table) == []
    assert "test set" not in table
    assert "0 trials complete" in table
