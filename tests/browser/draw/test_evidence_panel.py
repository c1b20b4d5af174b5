"""How good it is: the stored figures, there without a network, as tables and diagrams."""

import json

import pytest
from support.drawing import PHONE

from mnist_core.evaluation.report import evidence_tables
from mnist_core.paths import EVIDENCE_PATH


@pytest.fixture(scope="module")
def panel(open_drawn):
    """A page with the panel open, and how many nodes were in it before."""
    page = open_drawn()
    num_before = page.locator("#evidence-parts *").count()
    page.click("#evidence > summary")
    page.wait_for_selector("#evidence-bars > div")
    page.click("[data-level=university]")
    page.click("#evidence-all summary")
    return page, num_before


@pytest.fixture
def opened(panel):
    return panel[0]


def test_every_table_of_the_stored_figures_is_shown(opened):
    expected = evidence_tables(json.loads(EVIDENCE_PATH.read_text(encoding="utf-8")))
    shown = opened.evaluate(
        """() => [...document.querySelectorAll("#evidence table")].map((table) =>
            [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent)))"""
    )
    assert shown == [[list(table.head), *map(list, table.rows)] for table in expected]


def test_it_begins_with_one_sentence_and_four_bars(opened):
    digits = json.loads(EVIDENCE_PATH.read_text(encoding="utf-8"))["models"][0]["digits"]
    shown = opened.locator("#evidence-bars .value").all_inner_texts()
    expected = [digits[name]["accuracy"] for name in ("test", "pen", "img_canvas5", "damaged")]
    assert [float(text.rstrip("%")) for text in shown] == pytest.approx([100 * share for share in expected], abs=0.06)
    assert f"about {int(1000 * digits['damaged']['accuracy'] + 0.5)}." in opened.inner_text("#evidence-summary")


def test_at_school_there_are_no_tables(opened):
    opened.click("[data-level=school]")
    assert opened.is_hidden("#evidence-all")
    assert opened.is_visible("#evidence-bars")
    opened.click("[data-level=university]")


def test_they_are_marked_as_stored(opened):
    assert opened.inner_text("#evidence-note").startswith("Stored results of the model sketchnet")


def test_reliability_is_drawn_for_each_kind_of_digits(opened):
    loaded = opened.evaluate(
        """async () => Promise.all([...document.querySelectorAll("#evidence img")].map(async (image) => {
            await image.decode();
            return [image.alt, image.naturalWidth > 0];
        }))"""
    )
    assert [is_drawn for _, is_drawn in loaded] == [True] * 3
    assert [alt.split(". ")[0] for alt, _ in loaded] == ["Clean digits", "Drawn digits", "Damaged digits"]
    assert all(" stated, " in alt and " true of " in alt for alt, _ in loaded)


def test_wide_tables_scroll_and_the_page_does_not(opened):
    opened.set_viewport_size(PHONE["viewport"])
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_nothing_is_shown_before_it_is_opened(panel):
    _, num_before = panel
    assert num_before == 0
