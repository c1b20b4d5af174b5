"""Each part of the page carries the texts that it shows, and no others."""

import re

import pytest

from mnist_core.paths import ASSETS_DIR
from mnist_core.ui.inside.tab import INSIDE_DIR, SCRIPTS, read_template
from mnist_core.ui.texts import load_texts, select_texts

INSIDE = read_template() + "".join((INSIDE_DIR / name).read_text(encoding="utf-8") for name in SCRIPTS)
MASTHEAD = "".join((ASSETS_DIR / name).read_text(encoding="utf-8") for name in ("masthead.html", "masthead.js"))


def test_texts_that_are_named_whole_are_selected():
    for code in (INSIDE, MASTHEAD):
        named = set(re.findall(r'(?:say\(|data-text=|data-label=)"(\w+)"', code))
        assert named
        assert named <= set(select_texts(code))


def test_texts_that_scripts_complete_are_selected():
    selected = select_texts("say(`lesson_${name}`)")
    assert selected == {key: text for key, text in load_texts().items() if key.startswith("lesson_")}
    assert selected


@pytest.mark.parametrize("code", ["", "say(other)", "// nothing"])
def test_nothing_else_is(code):
    assert select_texts(code) == {}


def test_the_masthead_does_not_carry_the_glossary():
    assert "term_softmax_school" in select_texts(INSIDE)
    assert "term_softmax_school" not in select_texts(MASTHEAD)
