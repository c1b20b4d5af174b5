"""Each part of the page fetches the texts that it shows, and every text reaches the page once."""

import collections
import json
import re

import pytest

from mnist_core.paths import ASSETS_DIR
from mnist_core.ui.texts import LOCALES_DIR, load_texts

FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (LOCALES_DIR / "en").glob("*.json")}
PARTS = {
    "masthead": ["masthead"],
    "draw": ["draw"],
    "data": ["data"],
    "inside": ["inside", "glossary"],
}


def named(folder):
    """The texts that HTML and scripts of a part name whole, and the beginnings that they complete while they run."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in (folder, "shared")
        for path in sorted((ASSETS_DIR / folder).iterdir())
        if path.suffix in (".js", ".html")
    )
    return set(re.findall(r'(?:\bt\(|data-text=|data-label=)"(\w+)"', code)), set(re.findall(r"\bt\(`(\w+_)\$\{", code))


@pytest.mark.parametrize("part", PARTS)
def test_a_part_fetches_all_texts_that_it_names(part):
    fetched = set().union(*(FILES[name] for name in ("shared", *PARTS[part])))
    whole, begun = named(part)
    assert whole <= fetched
    assert [begin for begin in begun if not any(key.startswith(begin) for key in fetched)] == []
    assert len(whole) > 10


@pytest.mark.parametrize("part", PARTS)
def test_its_script_says_so(part):
    script = (ASSETS_DIR / part / "main.js").read_text(encoding="utf-8")
    assert f"texts: {json.dumps(PARTS[part])}" in script


def test_no_text_stands_in_two_files():
    count = collections.Counter(key for texts in FILES.values() for key in texts)
    assert [key for key, number in count.items() if number > 1] == []
    assert load_texts() == {key: text for texts in FILES.values() for key, text in texts.items()}
