"""The glossary: terms with real numbers, one or all, found by a word, at two levels, with and without a drawing."""

import pytest
from support.drawing import SEVEN, draw_with_mouse, wait_for_answer, wait_until_empty
from support.screen import resized

ENTRY = ".view-glossary .entry"


@pytest.fixture(scope="module")
def shared_page(open_drawn):
    return open_drawn()


@pytest.fixture
def page(shared_page):
    """A page with an empty pad, on no term."""
    shared_page.evaluate("() => { location.hash = '#draw'; sessionStorage.removeItem('sketchpad-level'); }")
    shared_page.wait_for_selector("#sketchpad:visible")
    if shared_page.is_enabled("#clear"):
        shared_page.click("#clear")
    wait_until_empty(shared_page)
    shared_page.evaluate("() => document.querySelector('#learn-entries').replaceChildren()")
    shared_page.evaluate("() => { document.querySelector('#learn-search').value = ''; }")
    return shared_page


def open_terms(page, query=""):
    """Opens the glossary and waits until it is there."""
    page.evaluate("(query) => { location.hash = `#inside?view=glossary${query}`; }", query)
    page.wait_for_selector(f"{ENTRY}{'' if not query else '[data-term=' + query.split('=')[1] + ']'}:visible")


def read_terms(page):
    """The titles of the entries that are shown."""
    return page.locator(f"{ENTRY}:visible h3").all_text_contents()


def read_numbers(page, term):
    return page.text_content(f'{ENTRY}[data-term="{term}"] .numbers')


def test_every_term_has_words_and_something_to_look_at(page):
    open_terms(page)
    assert len(read_terms(page)) == 27
    for entry in page.locator(ENTRY).all():
        assert len(entry.locator(".meaning").text_content()) > 40
        assert entry.locator("canvas, table, polyline").count() > 0
    assert not page.locator(".view-glossary").text_content().count("{")
    assert not page.locator(".view-glossary", has_text="term_").count()


def test_without_a_drawing_it_names_the_sample_and_with_one_it_takes_the_drawing(page):
    open_terms(page, "&term=cross_entropy")
    assert "built-in sample" in page.text_content("#learn-about")
    assert "is a 4" in read_numbers(page, "cross_entropy")
    draw_with_mouse(page, SEVEN)
    page.wait_for_function("() => document.querySelector('#learn-about').textContent.includes('drawing')")
    assert "is a 7" in read_numbers(page, "cross_entropy")


def test_a_link_opens_one_term_and_leads_to_its_neighbours(page):
    open_terms(page, "&term=softmax")
    assert read_terms(page) == ["Softmax"]
    page.click("#learn-next")
    page.wait_for_selector(f'{ENTRY}[data-term="cross_entropy"]')
    assert read_terms(page) == ["Cross-entropy"]
    assert "term=cross_entropy" in page.url
    page.click('#learn-way [href="#inside?view=glossary"]')
    page.wait_for_function("() => document.querySelectorAll('.view-glossary .entry').length === 27")


def test_a_word_finds_its_terms(page):
    open_terms(page)
    page.fill("#learn-search", "dropout")
    assert "Dropout" in read_terms(page)
    assert len(read_terms(page)) < 5
    page.fill("#learn-search", "xyzzy")
    assert read_terms(page) == []
    assert page.is_visible("#learn-none")


def test_a_term_that_does_not_exist_is_named_and_all_are_shown(page):
    page.evaluate("() => { location.hash = '#inside?view=glossary&term=magic'; }")
    page.wait_for_selector(ENTRY)
    assert "no term magic" in page.text_content("#learn-about")
    assert len(read_terms(page)) == 27


def test_the_level_changes_the_words(page):
    open_terms(page, "&term=backpropagation")
    school = page.text_content(f"{ENTRY} .meaning")
    page.click('[data-level="university"]')
    page.wait_for_function(
        "(text) => document.querySelector('.view-glossary .entry .meaning').textContent !== text", arg=school
    )
    assert "∂L/∂w" in page.text_content(f"{ENTRY} .meaning")


def test_the_softmax_that_is_shown_is_the_bar_of_the_drawing(page):
    reading = wait_for_answer(page, draw_with_mouse(page, SEVEN))
    open_terms(page, "&term=calibration")
    cells = page.locator(f"{ENTRY} .figures .scroll:last-child tbody tr").first.locator("th, td").all_text_contents()
    assert int(cells[0]) == reading.digit
    assert float(cells[2].strip("…")) == pytest.approx(max(reading.probabilities), abs=2e-5)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 664)])
def test_no_window_scrolls_sideways(page, width, height):
    open_terms(page)
    with resized(page, width, height):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        edges = page.locator(ENTRY).evaluate_all(
            "(entries) => entries.map((entry) => entry.getBoundingClientRect().right)"
        )
    assert max(edges) <= width
