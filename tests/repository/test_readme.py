"""What the README and the page's texts promise is so; for the documents see test_documents."""

import json
import os
import re
import subprocess
import typing
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from support.documents import rows, section
from support.glossary import LACKS, TERM_TEXTS, WORDS

from mnist_core.augmentation.transforms import Augmentation
from mnist_core.browse.query import SORT_KEYS
from mnist_core.classroom.activities import ACTIVITIES, WHEN
from mnist_core.classroom.activities import LEVELS as CLASS_LEVELS
from mnist_core.classroom.animals import ANIMALS
from mnist_core.data.sample import Samples
from mnist_core.data.splits import OWN
from mnist_core.explain.attribution import BASELINES, EXPLANATIONS
from mnist_core.explain.edits import FAMILIES
from mnist_core.explain.sweeps import SWEEPS
from mnist_core.hosting.settings import parse_settings
from mnist_core.models.layers import ACTIVATIONS
from mnist_core.models.layers import KINDS as LAYER_KINDS
from mnist_core.models.predictions import Verdict
from mnist_core.paths import EVIDENCE_PATH
from mnist_core.services.library import MAPS, SPACES
from mnist_core.services.run_records import GOING
from mnist_core.services.studies import SMALL
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
FINISHED = ("done", "stopped", "failed", "interrupted")
_EVENTS = "paused resumed rate saved stopped not_saved not_kept built_in_images own_fresh own_tuned"
EVENTS = tuple(_EVENTS.split())
_FIELDS = """
    epochs batch_size optimizer learning_rate schedule limit label_noise filters kernel pooling pool_size dense_units
    dropout activation
"""
FIELDS = tuple(_FIELDS.split())
_COLUMNS = """
    number activation seed without blocks filters kernel pool_size dense_layers dense_units ink outliers validation test
    parameters seconds model
"""
LESSON_FIELDS = ("title", "minutes", "press", "commit", "misconception", "usual", "closing")
DEVICE_CHECKS = ("server", "line", "pad", "storage", "screen")
DEVICE_SHOWS = ("refused", "slow", "offline", "search", "login")
DEVICE_VERDICTS = ("testing", "draw", "good", "fair", "bad")
PUPIL_STATES = ("stuck", "away", "paper", "left")
REMEDIES = rf"test_({'|'.join(DEVICE_SHOWS)})_(cause|\d)"
# What a text's key is completed with while the page runs.
COMPLETED = {
    "verdict_": (*typing.get_args(typing.get_type_hints(Verdict)["kind"]), "small", "cut"),
    "samples_": typing.get_args(typing.get_type_hints(Samples)["source"]),
    "server_": ("away", "slow"),
    "picture_step_": tuple(
        f"{step}{rest}"
        for step in ("grey", "sheet", "ink", "parts", "repaired", "image")
        for rest in ("", *(f"_{level}" for level in LEVELS))
    ),
    "evidence_": ("accuracy", "comparison", "likelihood", "outliers", "pairs", "clean", "drawn", "damaged"),
    "evidence_set_": ("test", "pen", "img_canvas5", "damaged"),
    "filter_": ("label_title", "predicted_title"),
    "flag_": ("right", "wrong", "seen", "new", "refused", "ambiguous", "suspected", "duplicates"),
    "hint_": ("right", "wrong", "seen", "new", "refused", "ambiguous", "suspected", "duplicates"),
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
    "lesson_": tuple(f"{view}_{level}" for view in (*VIEWS, "network_empty") for level in LEVELS),
    "layers_takes_": [*PARTS[1:4], "scaling"],
    "layers_activation_": ("linear", *ACTIVATIONS),
    "inside_empty_": tuple(view for view in VIEWS if view != "glossary"),
    "network_head_": ("code", "shape", "parameters"),
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
    "train_title_": FINISHED,
    "train_state_": (*GOING, *FINISHED),
    "train_run_": (*GOING, *FINISHED),
    "train_event_": EVENTS,
    "train_group_": ("learning", "network", "augmentation"),
    "train_field_": (*FIELDS, *vars(Augmentation())),
    "train_": ("command", "keras", "notebook"),
    "train_kind_": tuple(LAYER_KINDS),
    "train_layer_": ("filters", "kernel_size", "strides", "padding", "activation", "pool_size", "units", "rate"),
    "train_dialect_": ("keras", "torch"),
    "train_column_": ("label", "recipe", "data", "parameters", "seconds", "validation", "test", "size"),
    **dict.fromkeys(("experiment_", "experiment_about_"), tuple(SMALL)),
    "experiment_field_": sorted({name for settings in SMALL.values() for name in settings}),
    "experiment_title_": ("done", "stopped", "failed", "interrupted"),
    "experiment_state_": ("waiting", "loading", "paused", "storing", "stopped", "failed", "interrupted", "steered"),
    "experiment_column_": tuple(_COLUMNS.split()),
    **dict.fromkeys(("tour_title_", "tour_school_", "tour_university_"), tuple(map(str, range(1, 11)))),
    "activity_": tuple(f"{name}{rest}" for name in ACTIVITIES for rest in ("", "_about")),
    "step_": tuple(step.name for activity in ACTIVITIES.values() for step in activity.steps),
    "show_": tuple(f"{name}_{step.name}" for name, activity in ACTIVITIES.items() for step in activity.steps),
    "lesson_step_": tuple(f"{number}_{field}" for number in range(8) for field in LESSON_FIELDS),
    "question_": tuple(key.removeprefix("question_") for key in TEXTS if key.startswith("question_")),
    **{f"{name}_choice_": tuple(map(str, range(num))) for name, num in (("teach", 3), ("learn", 2))},
    "net_": ("class", "mnist", "both", "sketchnet"),
    "animal_": tuple(ANIMALS),
    "device_guess_": ("first", "teach_it", "did_it_learn"),
    "device_why_": ("map", "for", "against"),
    "wall_ask_": ("teach_it", "did_it_learn"),
    "wall_forgot_": ("more_lost", "more_kept", "fewer_lost", "fewer_kept"),
    **dict.fromkeys(("wall_net_", "teacher_net_"), ("waiting", "training", "done")),
    "teacher_view_": ("lesson", "pupils", "tray", "wall", "more"),
    "teacher_lesson_": LESSON_FIELDS[1:],
    "teacher_setting_": ("digits", "each", "digit", "times", "level", "when"),
    "teacher_wrong_": ("digits", "each", "digit", "times"),
    "teacher_": (*(f"when_{moment}" for moment in WHEN), *(f"level_{level}" for level in CLASS_LEVELS)),
    "teacher_when_": WHEN,
    "teacher_offer_": ("misread", "close"),
    "teacher_link_": tuple(f"{link}{rest}" for link in ("test", "lesson", "privacy") for rest in ("", "_about")),
    "teacher_form_": tuple(f"{form}{rest}" for form in ("npz", "ink", "idx", "png") for rest in ("", "_about")),
    "teacher_state_": tuple(f"{name}{rest}" for name in PUPIL_STATES for rest in ("", "_long")),
    "test_": (*DEVICE_CHECKS, *(key.removeprefix("test_") for key in TEXTS if re.match(REMEDIES, key))),
    "test_shows_": DEVICE_SHOWS,
    "test_firewall_": tuple(f"{system}{rest}" for system in ("windows", "mac", "linux") for rest in ("", "_way")),
    "test_verdict_": tuple(f"{name}{more}" for name in DEVICE_VERDICTS for more in ("", "_more")),
}


def front_matter():
    lines = README.split("---")[1].strip().splitlines()
    return {name: value.strip().strip('"') for name, value in (line.split(":", 1) for line in lines)}


def requirements(name):
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return {found.name: found for found in map(Requirement, (line for line in lines if line and line[0] != "-"))}


def command_of(title):
    (command,) = re.findall(r"^```\n(.*?)\n```$", section(README, title), re.S | re.M)
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


# A reader with one minute


def test_it_is_short():
    assert len((ROOT / "README.md").read_bytes()) < 7000


def test_its_figures_are_those_that_are_stored():
    figures = json.loads(EVIDENCE_PATH.read_text(encoding="utf-8"))
    sets = {entry["name"]: entry for entry in figures["sets"]}
    stored = figures["models"][0]["digits"]
    shown = rows(section(README, "How well it reads"))
    for name, (_, writers, *cells) in zip(("test", "pen", "img_canvas5", "img_mouse"), shown, strict=True):
        low, high = stored[name]["interval"]
        assert cells == [f"{stored[name]['accuracy']:.2%}", f"{low:.2%} to {high:.2%}"]
        assert re.search(r"\d+", writers).group() == str(sets[name]["num_writers"])
    assert f"{stored['damaged']['accuracy']:.2%}" in section(README, "How well it reads")


def test_its_packages_are_in_reading_order():
    listed = (ROOT / "mnist_core/__init__.py").read_text(encoding="utf-8")
    order = [name for name in re.findall(r"^ *(\w+)  ", listed, re.M) if (ROOT / "mnist_core" / name).is_dir()]
    assert re.findall(r"`(\w+)`", "".join(row[0] for row in rows(section(README, "Develop")))) == order


# Two commands


@pytest.mark.parametrize(("title", "file"), [("Try it", "requirements.txt"), ("Develop", "requirements-dev.txt")])
def test_a_command_is_one_line_and_its_files_exist(title, file):
    command = command_of(title)
    assert "\n" not in command
    assert f"-r {file}" in command
    assert all((ROOT / name).is_file() for name in re.findall(r"[\w-]+\.(?:txt|py)\b", command))


def test_the_page_is_opened_by_an_option_that_exists():
    arguments = command_of("Try it").split("app.py", 1)[1].split()
    parse_settings(arguments)


def test_the_tests_are_run_by_an_installed_tool():
    assert command_of("Develop").endswith("bin/pytest")
    assert {"pytest", "ruff", "playwright"} <= set(requirements("requirements-dev.txt"))


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_ci_runs_the_test_command_of_the_readme():
    script = ROOT / ".ci/run"
    text = script.read_text()
    assert os.access(script, os.X_OK)
    assert text.index('bash -c "$install"') < text.index('bash -c "$tests"')
    lines = re.findall(r"^(?:test_command|install)=.*$", text, re.MULTILINE)
    search = "\n".join([*lines, 'echo "$install && $tests"'])
    found = subprocess.run(["bash", "-c", search], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert found.strip() == command_of("Develop")


def test_links_lead_to_files():
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).exists()] == []


# Texts of the page


def used_keys():
    joined = "\n".join(SCRIPTS.values())
    asked = [_first_argument(joined, match.end()) for match in re.finditer(r"\bt\(", joined)]
    of_levels = {key for text in asked for key in re.findall(r'leveled\("(\w+)"\)', text)}
    asked = [re.sub(r'leveled\("\w+"\)', "", text) for text in asked]
    keys = {f"{key}_{level}" for key in of_levels for level in LEVELS}
    keys |= {key for text in asked for key in re.findall(r'(?<!=== )(?<!includes\()"(\w+)"', text)}
    keys |= set(re.findall(r'data-(?:text|label)="(\w+)"', joined))
    keys |= set(re.findall(r"\{(\w+)\}", SCRIPTS["assets/login/main.html"])) - {"root", "problem"}
    keys |= {key for path in (ROOT / "mnist_core").rglob("*.py") for key in _keys_in(path)}
    for prefix in {prefix for text in asked for prefix in re.findall(r"`(\w+_)\$\{", text)}:
        keys |= {prefix + rest for rest in COMPLETED[prefix]}
    keys |= {f"evidence_{rest}" for rest in COMPLETED["evidence_"]}
    keys |= {f"evidence_set_{rest}" for rest in COMPLETED["evidence_set_"]}
    keys |= {f"{name}_choice_{rest}" for name in ("teach", "learn") for rest in COMPLETED[f"{name}_choice_"]}
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
    quoted |= {f"{key}_one" for key in quoted}  # of one thing
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
