"""The table of figures is written between its marks and nowhere else."""

import pytest

from mnist_core.errors import DataError
from mnist_core.report import END, START, figures_table, write_report

FIGURES = {"model": "small", "data": "digits/mine.npz", "num_samples": 2000, "error_count": 30, "accuracy": 0.985}
FIGURES |= {"nll": 0.04567, "brier": 0.02, "ece": 0.01}


@pytest.fixture
def readme(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"# Nö title\n\n{START}\nold figures\n{END}\n\nThe rest.\n", encoding="utf-8")
    return path


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_between_the_marks_is_replaced(readme):
    write_report(readme, [FIGURES])
    text = readme.read_text(encoding="utf-8")
    assert "old figures" not in text
    assert text == f"# Nö title\n\n{START}\n{figures_table([FIGURES])}\n{END}\n\nThe rest.\n"


def test_writing_again_changes_nothing(readme):
    write_report(readme, [FIGURES])
    first = readme.read_bytes()
    write_report(readme, [FIGURES])
    assert readme.read_bytes() == first


def test_marks_with_nothing_between_them_are_filled(readme):
    readme.write_text(f"{START}\n{END}\n", encoding="utf-8")
    write_report(readme, [FIGURES])
    assert "small" in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["# Title\n", f"{START}\n", f"{END}\n", f"{END}\n{START}\n"])
def test_missing_marks_are_an_error_and_the_file_is_kept(readme, text):
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="no place for figures") as caught:
        write_report(readme, [FIGURES])
    assert caught.value.path == readme
    assert readme.read_text(encoding="utf-8") == text


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no place for figures"):
        write_report(tmp_path / "none.md", [FIGURES])
    assert not (tmp_path / "none.md").exists()


def test_a_row_holds_the_figures():
    row = cells(figures_table([FIGURES]).splitlines()[2])
    assert row == ["small", "mine", "98.50%", "97.87% to 98.95%", "30", "2,000", "0.0457"]


def test_one_row_for_each_set_in_the_order_given():
    table = figures_table([FIGURES, FIGURES | {"data": "validation"}, FIGURES | {"data": "test"}])
    assert [cells(line)[1] for line in table.splitlines()[2:]] == ["mine", "validation", "test"]


def test_every_row_has_a_cell_for_every_heading():
    lines = figures_table([FIGURES, FIGURES | {"accuracy": 1.0, "error_count": 0}]).splitlines()
    assert {len(cells(line)) for line in lines} == {7}


def test_perfect_figures_have_an_interval():
    row = cells(figures_table([FIGURES | {"accuracy": 1.0, "error_count": 0}]).splitlines()[2])
    assert row[3].endswith("to 100.00%")
    assert not row[3].startswith("100")
