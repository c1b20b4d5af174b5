"""What the documents in assets/docs promise is so, and their tables are what the program writes."""

import itertools
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from support.documents import rows, section
from support.server import shared_server

from mnist_core import __main__ as command_line
from mnist_core.commands.train import read_changes
from mnist_core.evaluation.report import (
    ABLATION_TABLE,
    ACTIVATIONS_TABLE,
    EVIDENCE,
    GRID_TABLE,
    RECIPES_TABLE,
    marks,
    render_evidence,
)
from mnist_core.hosting.settings import Settings, parse_settings
from mnist_core.models.pictures import PictureReading
from mnist_core.models.recipes import RECIPES, change_recipe, find_recipe
from mnist_core.models.store import load_stored
from mnist_core.paths import EVIDENCE_PATH, SHIPPED_DIR
from mnist_core.training.experiments import ABLATIONS, CLASSIC_ACTIVATIONS
from mnist_core.training.search_settings import SPACE, grid_recipe
from mnist_core.ui.docs import DOCUMENTS
from mnist_core.ui.inside.tab import VIEWS
from mnist_core.ui.texts import load_texts

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "assets/docs"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
# Of the package's command line, in all documents and the README.
SHOWN = "\n".join([(ROOT / "README.md").read_text(encoding="utf-8"), *TEXTS.values()])


def table(name):
    """What the program wrote between two marks, wherever they stand."""
    first, last = marks(name)
    (text,) = (text for text in TEXTS.values() if first in text)
    return text.split(first)[1].split(last)[0]


def test_every_document_has_a_page():
    assert sorted(TEXTS) == sorted(DOCUMENTS)


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_to_files_and_headings(name):
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", TEXTS[name]) if "://" not in target]
    for path, _, heading in (target.partition("#") for target in targets):
        assert (FOLDER / path).exists(), path
        if heading:
            titles = re.findall(r"^#+ (.+)$", TEXTS[Path(path).stem], re.M)
            assert heading in [title.lower().replace(" ", "-") for title in titles]


def test_every_picture_is_used_and_together_they_are_small():
    pictures = {path.name: path.stat().st_size for path in (FOLDER / "images").iterdir()}
    assert [name for name in pictures if f"images/{name})" not in SHOWN] == []
    assert sum(pictures.values()) < 1_600_000


# Programs


def test_the_call_over_plain_http_is_answered():
    (path, body) = re.search(r"curl -X POST http://127\.0\.0\.1:7860(\S+) .* -d '(.+)'", TEXTS["api"]).groups()
    answer = httpx.post(shared_server().url + path, content=body, headers={"content-type": "application/json"})
    assert answer.json()["data"][0]["label"] == 1


def test_the_objects_of_predict_are_those_of_the_program():
    names = re.search(r"an object for each picture: (.+?)\. Of one", TEXTS["api"], re.S).group(1)
    assert re.findall(r"`(\w+)`", names) == list(PictureReading(Path("some.png")).as_dict())


def test_commands_of_the_command_line_exist():
    commands = re.findall(r"python -m mnist_core (\w+)", SHOWN)
    shown = subprocess.run(
        [sys.executable, "-m", "mnist_core", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {"train", "models", "predict", "evaluate"} <= set(commands)
    assert all(re.search(rf"^    {command} ", shown, re.M) for command in commands)


# Settings


def settings_table():
    return [[cell.strip("`") for cell in row] for row in rows(TEXTS["settings"])]


def test_every_option_stands_in_the_table_and_no_other(capsys):
    with pytest.raises(SystemExit):
        parse_settings(["--help"])
    options = set(re.findall(r"^  .*?(--[a-z-]+)", capsys.readouterr().out, re.M)) - {"--help"}
    assert {row[0] for row in settings_table() if row[0]} == options


def test_every_variable_stands_in_the_table_and_no_other():
    sources = [ROOT / "mnist_core" / name for name in ("hosting/settings.py", "paths.py")]
    read = {name for path in sources for name in re.findall(r"\bMNIST_[A-Z_]+", path.read_text())}
    assert {row[1].split("=")[0] for row in settings_table() if row[1]} == read


def test_a_variable_is_named_like_its_option():
    for option, variable in ((row[0], row[1].split("=")[0]) for row in settings_table() if row[0] and row[1]):
        assert variable == "MNIST_" + option.strip("-").replace("-", "_").upper()


def test_the_defaults_in_the_table_are_the_defaults():
    settings = vars(Settings())
    for option, _, default, _ in settings_table():
        if option:
            value = settings[option.strip("-").replace("-", "_")]
            assert default == {False: "off", None: "", (): ""}.get(value, str(value))


# Figures


def figures():
    return json.loads(EVIDENCE_PATH.read_text(encoding="utf-8"))


def test_the_tables_are_those_of_the_stored_figures():
    assert table(EVIDENCE).strip() == render_evidence(figures()).strip()


def test_the_stored_figures_are_of_the_shipped_model():
    stored = load_stored(SHIPPED_DIR / "sketchnet")
    found = figures()["models"][0]
    assert found["name"] == "sketchnet"
    assert found["limit"] == pytest.approx(stored.calibration.limit, rel=1e-5)
    for name in ("validation", "test"):
        for figure in ("accuracy", "nll", "brier"):
            assert found["digits"][name][figure] == pytest.approx(stored.metrics[name][figure], abs=1e-5)


def test_the_networks_that_ship_stand_in_the_comparison():
    """Everybody can measure those again."""
    shipped = {path.name for path in SHIPPED_DIR.iterdir()}
    assert {row["name"].split("-")[0] for row in figures()["models"]} == shipped


def test_the_text_names_every_set_of_digits_but_the_damaged():
    named = set(re.findall(r"[`*](\w+)[`*]", section(TEXTS["evidence"], "The sets"))) | {"test"}
    assert {entry["name"] for entry in figures()["sets"] if entry["kind"] in ("clean", "drawn")} <= named


def recipe_rows():
    return {row[0].strip("`"): row for row in rows(table(RECIPES_TABLE))}


def test_the_table_of_recipes_holds_every_recipe_once():
    assert list(recipe_rows()) == list(RECIPES)
    assert len(rows(table(RECIPES_TABLE))) == len(RECIPES)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_the_table_of_recipes_is_of_these_networks(name):
    _, parameters, epochs, _, validation, test, _ = recipe_rows()[name]
    assert parameters == f"{RECIPES[name].network.num_parameters:,}"
    assert 1 <= int(epochs) <= RECIPES[name].epochs
    assert 85 < float(validation.strip("%")) < 100 > float(test.strip("%")) > 85


def test_the_shipped_model_stands_in_the_table_of_recipes_as_it_is_stored():
    stored = json.loads((SHIPPED_DIR / "sketchnet/metrics.json").read_text())
    assert recipe_rows()["sketchnet"][4:6] == [f"{stored[name]['accuracy']:.2%}" for name in ("validation", "test")]


def test_the_table_of_activations_and_its_chart_show_the_same():
    names = [row[0] for row in rows(table(ACTIVATIONS_TABLE))]
    chart = (ROOT / "assets/docs/images/activations.svg").read_text(encoding="utf-8")
    assert names == list(CLASSIC_ACTIVATIONS)
    assert all(f">{name}</text>" in chart for name in names)


def test_the_ablation_takes_each_part_away():
    assert [row[0] for row in rows(table(ABLATION_TABLE))] == list(ABLATIONS)


def test_the_table_of_the_search_is_of_networks_that_can_be_built():
    columns = list(SPACE)
    assert rows(table(GRID_TABLE))
    for row in rows(table(GRID_TABLE)):
        network = grid_recipe({name: int(value) for name, value in zip(columns, row, strict=False)}).network
        assert row[len(columns)] == f"{network.num_parameters:,}"


def test_every_training_command_that_is_shown_is_understood():
    lines = re.findall(r"^(?:\.venv/bin/)?python -m mnist_core (train .*?)(?: *#.*)?$", SHOWN, re.M)
    assert len(lines) >= 5
    for line in lines:
        options = command_line._build_parser().parse_args(shlex.split(line))
        change_recipe(find_recipe(options.recipe), read_changes(options)).network.layers()


# What the inside tab says


def test_the_costs_of_steps_left_out_are_those_that_the_page_shows():
    figures = json.loads((ROOT / "assets/figures/inside.json").read_text())["journey"]
    models = {model["name"]: model["sets"]["pen"] for model in figures["models"]}
    variants = {"nothing": "", "box": "box", "centre of mass": "mass", "anti-aliasing": "smooth"}
    variants["box and centre of mass"] = "box+mass"
    shown = [row for row in rows(TEXTS["inside"]) if row[0] in variants]
    assert [row[0] for row in shown] == list(variants)
    for name, *cells in shown:
        stated = [models[model][variants[name]]["accuracy"] for model in ("sketchnet", "lenet")]
        assert cells == [f"{share * 100:.1f}" for share in stated]


def test_every_view_of_the_inside_tab_is_described():
    described = {row[0] for row in rows(TEXTS["inside"])}
    assert {load_texts()[f"inside_{view}"] for view in VIEWS} <= described


# The lesson


def test_the_printed_lesson_is_the_one_on_the_screen():
    """Each step's texts stand in it, word for word and in their order."""
    texts = [text for key, text in load_texts().items() if key.startswith("lesson_step_")]
    steps = [texts[place : place + 7] for place in range(0, len(texts), 7)]
    assert len(steps) == 8
    found = re.findall(r"^## ([^\n]*?): ([^\n]*)\n((?:\n- .*?)+?)\n\n(?=## )", TEXTS["lesson"], re.M | re.S)
    for (minutes, title, rest), step in zip(found, steps, strict=True):
        assert [title, minutes, *re.findall(r"- \*\*.*?\.\*\* (.*)", rest)] == step


def test_the_minutes_of_the_lesson_join():
    times = [re.findall(r"\d+", row[0]) for row in rows(TEXTS["lesson"])]
    assert [times[0][0], times[-1][1]] == ["0", "40"]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(times))


def test_the_worksheet_adds_up():
    cells = {row[0]: row[1:] for row in rows(section_of_sum(TEXTS["worksheet"]))}
    pixels, weights = ([float(cell.replace("−", "-")) for cell in cells[name]] for name in ("pixel", "weight"))
    products = [pixel * weight + 0 for pixel, weight in zip(pixels, weights, strict=True)]
    answer = section(TEXTS["worksheet"], "Answers")
    assert (
        f"2. {', '.join(f'{product + 0:g}' for product in products)}: the sum is {sum(products):g}, a bright" in answer
    )
    assert f"With all nine pixels at 1 it is {sum(weights):g}, a dark" in answer


def section_of_sum(text):
    """What stands from the second task to the third."""
    return re.search(r"\*\*2\. .*?(?=\*\*3\. )", text, re.S).group()
