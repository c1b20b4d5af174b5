"""What the README and the page's texts promise is so."""

import json
import os
import re
import shlex
import subprocess
import sys
import typing
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from support.glossary import LACKS, TERM_TEXTS, WORDS
from support.server import shared_server

from mnist_core import __main__ as command_line
from mnist_core.browse.query import SORT_KEYS
from mnist_core.commands.train import read_changes
from mnist_core.data.sample import Samples
from mnist_core.data.splits import OWN
from mnist_core.evaluation.report import (
    ABLATION_TABLE,
    ACTIVATIONS_TABLE,
    EVIDENCE,
    GRID_TABLE,
    RECIPES_TABLE,
    marks,
    render_evidence,
)
from mnist_core.explain.attribution import BASELINES, EXPLANATIONS
from mnist_core.explain.edits import FAMILIES
from mnist_core.explain.sweeps import SWEEPS
from mnist_core.hosting.settings import Settings, parse_settings
from mnist_core.models.architectures import ACTIVATIONS
from mnist_core.models.pictures import PictureReading
from mnist_core.models.predictions import Verdict
from mnist_core.models.recipes import CLASSIC, RECIPES, change_recipe, find_recipe
from mnist_core.models.store import load_stored
from mnist_core.paths import EVIDENCE_PATH, SHIPPED_DIR
from mnist_core.services.library import MAPS, SPACES
from mnist_core.training.experiments import ABLATIONS, CLASSIC_ACTIVATIONS
from mnist_core.training.search_settings import SPACE, grid_recipe
from mnist_core.ui.inside.tab import VIEWS
from mnist_core.ui.texts import load_texts

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXTS = load_texts()
SCRIPTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for ending in ("js", "html")
    for path in sorted((ROOT / "assets").rglob(f"*.{ending}"))
}
LEVELS = ("school", "university")
PARTS = ("convolution", "max_pooling", "average_pooling", "mean", "dense")
_CHANGES = """
    left right slanted_left slanted_right narrower wider thinner thicker framed loop_closed parts_joined stroke_added
    loop_opened parts_split piece_erased
"""
CHANGES = tuple(_CHANGES.split())
CHANGE_PLACES = ["top", "bottom", "left", "right", "middle", "top_left", "top_right", "bottom_left", "bottom_right"]
# What a text's key is completed with while the page runs.
COMPLETED = {
    "verdict_": typing.get_args(typing.get_type_hints(Verdict)["kind"]),
    "samples_": typing.get_args(typing.get_type_hints(Samples)["source"]),
    "server_": ("away", "slow"),
    "evidence_": ("accuracy", "comparison", "likelihood", "outliers", "pairs", "clean", "drawn", "damaged"),
    "flag_": ("right", "wrong", "seen", "new", "refused", "ambiguous", "suspected", "duplicates"),
    "hint_": ("right", "wrong", "seen", "new", "refused", "ambiguous", "suspected", "duplicates"),
    "filter_": ("label", "predicted"),
    "sort_": (*SORT_KEYS, "shuffle"),
    "split_": ("train", "test", "built_in", OWN),
    "class_": ("digit", "images", "precision", "recall", "f1"),
    "crowd_by_": ("label", "predicted"),
    "crowd_label_": ("mean", "spread"),
    "map_kind_": MAPS,
    "map_color_": ("label", "mistake"),
    "space_": SPACES,
    "relatives_found_": SPACES,
    "inside_": tuple(VIEWS),
    "lesson_": tuple(f"{view}_{level}" for view in VIEWS for level in LEVELS),
    "layers_kind_": PARTS,
    "layers_takes_": PARTS[1:4],
    "layers_padding_": ("same", "valid"),
    "layers_activation_": ("linear", *ACTIVATIONS),
    "layers_head_": ("logit", "z", "shifted", "power", "share", "probability"),
    "why_": tuple(EXPLANATIONS),
    "why_name_": tuple(EXPLANATIONS),
    "why_found_": tuple(EXPLANATIONS),
    "why_order_": ("random", "darkness", "own"),
    "why_baseline_": BASELINES,
    "why_replaced_": ("paper", "ink"),
    "why_column_": ("method", "replaced", "deletion", "insertion", "better", "single"),
    "fool_column_": ("model", "before", "now", "from", "refused"),
    "change_family_": tuple(FAMILIES),
    "change_range_": tuple(FAMILIES),
    "change_said_": CHANGES,
    "change_place_": tuple(CHANGE_PLACES),
    "change_detail_": ("pen", "eraser"),
    "move_name_": tuple(sweep.name for sweep in SWEEPS),
    "term_": TERM_TEXTS,
    "glossary_lacks_": LACKS,
    "glossary_word_": WORDS,
    "glossary_group_": ("data", "layers", "answers", "training"),
    **dict.fromkeys(("tour_title_", "tour_school_", "tour_university_"), tuple(map(str, range(1, 11)))),
}


def front_matter():
    lines = README.split("---")[1].strip().splitlines()
    return {name: value.strip().strip('"') for name, value in (line.split(":", 1) for line in lines)}


def requirements(name):
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return {found.name: found for found in map(Requirement, (line for line in lines if line and line[0] != "-"))}


def section(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.S | re.M).group(1)


def rows(text):
    """The cells of a Markdown table below its headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def table(name):
    """What the program wrote between two marks."""
    first, last = marks(name)
    return README.split(first)[1].split(last)[0]


def command_of(title):
    (command,) = re.findall(r"^```\n(.*?)\n```$", section(title), re.S | re.M)
    return command


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# A Space as it stands


def test_front_matter_makes_a_space():
    matter = front_matter()
    assert (matter["sdk"], matter["app_file"]) == ("gradio", "app.py")
    assert (ROOT / matter["app_file"]).is_file()
    assert Version(matter["python_version"]) >= Version("3.11")


def test_a_space_gets_a_gradio_that_is_required():
    assert Version(front_matter()["sdk_version"]) in requirements("requirements.txt")["gradio"].specifier


def test_a_space_accepts_the_front_matter():
    matter = front_matter()
    assert len(matter["short_description"]) <= 60
    colors = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {matter["colorFrom"], matter["colorTo"]} <= colors


# Two commands


@pytest.mark.parametrize(
    ("title", "file"), [("Install and open", "requirements.txt"), ("Run the tests", "requirements-dev.txt")]
)
def test_a_command_is_one_line_and_its_files_exist(title, file):
    command = command_of(title)
    assert "\n" not in command
    assert f"-r {file}" in command
    assert all((ROOT / name).is_file() for name in re.findall(r"[\w-]+\.(?:txt|py)\b", command))


def test_the_page_is_opened_by_an_option_that_exists():
    arguments = command_of("Install and open").split("app.py", 1)[1].split()
    parse_settings(arguments)


def test_the_tests_are_run_by_an_installed_tool():
    assert command_of("Run the tests").endswith("bin/pytest")
    assert {"pytest", "ruff", "playwright"} <= set(requirements("requirements-dev.txt"))


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_ci_runs_the_test_command_of_the_readme():
    script = ROOT / ".ci/run"
    text = script.read_text()
    assert os.access(script, os.X_OK)
    assert 'bash -c "$test_command"' in text
    (search,) = re.findall(r"test_command=\$\((.*)\)", text)
    found = subprocess.run(["bash", "-c", search], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert found.strip() == command_of("Run the tests")


def test_links_lead_to_files():
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_call_over_plain_http_is_answered():
    (path, body) = re.search(r"curl -X POST http://127\.0\.0\.1:7860(\S+) .* -d '(.+)'", README).groups()
    answer = httpx.post(shared_server().url + path, content=body, headers={"content-type": "application/json"})
    assert answer.json()["data"][0]["label"] == 1


def test_the_objects_of_predict_are_those_of_the_program():
    names = re.search(r"an object for each picture: (.+?)\. Of one", README, re.S).group(1)
    assert re.findall(r"`(\w+)`", names) == list(PictureReading(Path("some.png")).as_dict())


def test_commands_of_the_command_line_exist():
    commands = re.findall(r"python -m mnist_core (\w+)", README)
    shown = subprocess.run(
        [sys.executable, "-m", "mnist_core", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {"train", "models", "predict", "evaluate"} <= set(commands)
    assert all(re.search(rf"^    {command} ", shown, re.M) for command in commands)


# Settings


def settings_table():
    return [[cell.strip("`") for cell in row] for row in rows(section("Settings"))]


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


def test_the_tutorials_networks_stand_in_the_comparison():
    assert {row["name"].split("-")[0] for row in figures()["models"]} >= {"sketchnet", *CLASSIC}


def test_the_text_names_every_set_of_digits_but_the_damaged():
    named = set(re.findall(r"[`*](\w+)[`*]", section("How well it reads"))) | {"test"}
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
    lines = re.findall(r"^python -m mnist_core (train .*?)(?: *#.*)?$", README, re.M)
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
    shown = [row for row in rows(section("Look inside")) if row[0] in variants]
    assert [row[0] for row in shown] == list(variants)
    for name, *cells in shown:
        stated = [models[model][variants[name]]["accuracy"] for model in ("sketchnet", "lenet")]
        assert cells == [f"{share * 100:.1f}" for share in stated]


def test_every_view_of_the_inside_tab_is_described():
    described = {row[0] for row in rows(section("Look inside"))}
    assert {TEXTS[f"inside_{view}"] for view in VIEWS} <= described


# Texts of the page


def used_keys():
    joined = "\n".join(SCRIPTS.values())
    asked = [_first_argument(joined, match.end()) for match in re.finditer(r"\bt\(", joined)]
    keys = {key for text in asked for key in re.findall(r'(?<!=== )(?<!includes\()"(\w+)"', text)}
    keys |= set(re.findall(r'data-(?:text|label)="(\w+)"', joined))
    keys |= set(re.findall(r"\{(\w+)\}", SCRIPTS["assets/login/main.html"])) - {"root", "problem"}
    keys |= {key for path in (ROOT / "mnist_core").rglob("*.py") for key in _keys_in(path)}
    for prefix in {prefix for text in asked for prefix in re.findall(r"`(\w+_)\$\{", text)}:
        keys |= {prefix + rest for rest in COMPLETED[prefix]}
    keys |= {f"evidence_{rest}" for rest in COMPLETED["evidence_"]}
    keys |= {f"evidence_{table}_text" for table in COMPLETED["evidence_"][:5]}
    return keys


def _first_argument(text, start):
    """What stands between a parenthesis and the comma or the parenthesis that belongs to it."""
    depth = 0
    for end, character in enumerate(text[start:], start):
        if depth == 0 and character in ",)":
            return text[start:end]
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(character, 0)
    return text[start:]


def _keys_in(path):
    return re.findall(r'texts(?:\(\))?\["(\w+)"\]', path.read_text(encoding="utf-8"))


def test_every_text_that_the_page_asks_for_exists():
    assert used_keys() - set(TEXTS) == set()


def test_no_text_is_left_over():
    quoted = set(re.findall(r'"(\w+)"', "".join(SCRIPTS.values())))  # some are chosen before they are said
    assert set(TEXTS) - used_keys() - quoted == set()


def test_texts_are_not_empty():
    assert [key for key, text in TEXTS.items() if not text.strip()] == []


def test_the_page_says_nothing_past_its_texts():
    """Words between the tags of the template would not be translated."""
    templates = "".join(text for name, text in SCRIPTS.items() if name.endswith(".html"))
    shown = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>|\{\w+\}", "", templates, flags=re.DOTALL)
    assert not re.search(r"\w", shown)


# Nothing of one machine


@pytest.mark.parametrize("words", ["/" + "work/", "/" + "root/", "index-" + "url", "trusted-" + "host"])
def test_no_file_speaks_of_one_machine(words):
    found = [path.name for path in tracked_files() if words.encode() in path.read_bytes()]
    assert found == []
