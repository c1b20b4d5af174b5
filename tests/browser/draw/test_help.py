"""`?`: how the pad is used, over the page, and away again."""

import pytest
from support.drawing import SEVEN, look_at_pad


@pytest.fixture(scope="module")
def shared_page(open_drawn):
    return open_drawn(SEVEN)


@pytest.fixture
def page(shared_page):
    shared_page.evaluate("() => { document.querySelector('#help').close(); document.activeElement.blur(); }")
    return shared_page


def test_a_key_opens_it_and_the_same_key_or_escape_closes_it(page):
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("?")
    assert page.is_hidden("#help")
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    assert page.is_hidden("#help")


def test_the_button_opens_it_and_gets_the_focus_back(page):
    page.focus("#help-open")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.querySelector('#help').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.id") == "help-open"


def test_it_tells_what_can_be_done_and_leads_to_the_documents(page):
    page.click("#help-open")
    told = page.locator("#help tr").all_inner_texts()
    assert [row.split("\t")[0].strip() for row in told][:5] == ["Draw", "Undo", "Redo", "Erase a stroke", "Clear"]
    assert all("Ctrl+" in row for row in told[1:3])
    assert page.locator("#help a").get_attribute("href") == "docs/"
    page.click("#help-close")
    assert page.is_hidden("#help")


def test_a_click_beside_it_closes_it(page):
    page.click("#help-open")
    page.mouse.click(5, 5)
    assert page.is_hidden("#help")


def test_keys_reach_no_drawing_below_it(page):
    before = look_at_pad(page)
    page.keyboard.press("?")
    for key in ("Delete", "Control+z"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    assert look_at_pad(page) == before


def test_a_field_keeps_its_question_mark(page):
    page.evaluate("() => document.body.append(Object.assign(document.createElement('input'), { id: 'field' }))")
    page.focus("#field")
    page.keyboard.press("?")
    assert page.is_hidden("#help")
    assert page.input_value("#field") == "?"
    page.evaluate("() => document.querySelector('#field').remove()")
