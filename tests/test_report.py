"""The table of figures is written between its marks and nowhere else."""

import pytest

from mnist_core.errors import DataError
from mnist_core.report import FIGURES, figures_table, marks, write_between

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
