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
    "train": ["train", "experiments"],
    "footer": ["footer"],
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


# What a network does not do, whatever its level: it computes, answers, and was trained by people on examples.
MINDED = re.compile(
    r"""\b(
    thinks? | believes? | beliefs? | knows | knew | knowledge | likes | loves | hates | prefers | wants | hopes |
    feels | decides? | guesses | guessed | doubts | suspects | understands? | understood | remembers | forgets |
    notices | imagines | recalls | makes?\ up\ its\ mind | its\ mind | made\ up\ its\ mind | is\ (?:un)?sure |
    is\ certain | is\ torn | is\ convinced | is\ confused | boasts | is\ honest | learns | looks\ (?:for|at)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)

ABOUT_PEOPLE = ("term_overfitting_school",)  # a pupil who learns by heart
# What people say of networks, to be talked about in a lesson, stands in such marks.
QUOTED = re.compile(r"“[^”]*”")


def minded(texts):
    """The texts that a school class reads (all but those of the university level), and their words of a mind."""
    read = {key: QUOTED.sub("", text) for key, text in texts.items() if "_university" not in key}
    return {key: found.group() for key, text in read.items() if (found := MINDED.search(text))}


def test_no_text_of_the_school_level_gives_the_network_a_mind():
    assert minded({key: text for key, text in load_texts().items() if key not in ABOUT_PEOPLE}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "The network thinks that this is a 7.",
        "It knows lines and curves.",
        "One filter likes upright lines.",
        "Watch a network make up its mind.",
        "It is sure of its answer.",
        "The network guesses again.",
    ],
)
def test_words_of_a_mind_are_found_at_the_school_level_and_left_to_the_university(text):
    assert list(minded({"lesson_some_school": text, "lesson_some_university": text})) == ["lesson_some_school"]


@pytest.mark.parametrize("name", ["lesson", "worksheet", "class"])
def test_no_document_for_a_class_gives_the_network_a_mind(name):
    lines = (ASSETS_DIR / f"docs/{name}.md").read_text(encoding="utf-8").splitlines()
    assert minded({str(number): line for number, line in enumerate(lines)}) == {}


def test_what_people_say_of_networks_is_quoted():
    assert minded({"lesson_some": "“It learns from me.” It is trained by people."}) == {}
    assert minded({"lesson_some": "“It learns from me.” It learns."}) == {"lesson_some": "learns"}
