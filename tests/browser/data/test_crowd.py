"""What the chosen samples have in common: charts, mean images, the confusion matrix, figures by digit."""

import re

import numpy as np
import pytest
from support.drawing import (
    DESKTOP,
    SEVEN,
    draw_with_mouse,
    look_at_tiles,
    new_samples,
    open_view,
    photograph_tile,
    read_total,
    wait_for_answer,
)
from support.fresh import start_over
from support.screen import CONTRASTS

CELLS = ".confusion button"


def open_crowd(page, query=""):
    """Opens the crowd anew and waits until it is that of these samples."""
    page.evaluate("() => { document.querySelector('#crowd-by').textContent = ''; }")
    open_view(page, f"#data?show=crowd{query}")
    page.wait_for_function("() => document.querySelector('#crowd-by').textContent")


def read_matrix(page):
    """The numbers of the confusion matrix, row by row; an empty cell is 0."""
    rows = page.locator(".confusion tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent))"
    )
    return np.array([[float(text.replace(",", "") or 0) for text in row] for row in rows])


def read_table(page):
    """The cells of the table of figures, row by row, the head first."""
    return page.locator("#classes tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )


def test_it_says_of_what(data_page):
    open_crowd(data_page, "&label=3,8")
    assert data_page.inner_text("#crowd-by") == "By label, 1,000 in all."
    assert data_page.is_hidden("#grid")


def test_charts_are_drawn_and_say_in_words_what_they_show(data_page):
    open_crowd(data_page)
    charts = data_page.evaluate(
        """async () => Promise.all([...document.querySelectorAll("#crowd-charts img")].map(async (image) => {
            await image.decode();
            return [image.alt, image.naturalWidth > 0];
        }))"""
    )
    assert [is_drawn for _, is_drawn in charts] == [True] * 3
    for (alt, _), start in zip(charts, ("Images of each digit", "Amount of ink", "Slant to the right"), strict=True):
        assert alt.startswith(start)
    assert "500" in charts[0][0]
    assert all(len(alt) > 40 for alt, _ in charts)


@pytest.mark.parametrize(("name", "summary"), [("mean", np.mean), ("spread", np.std)])
def test_ten_images_show_mean_and_spread_of_each_digit(data_page, sample, name, summary):
    open_crowd(data_page)
    tiles = data_page.locator(f"#crowd-{name} .tile")
    assert tiles.count() == 10
    labels = [tile.get_attribute("aria-label") for tile in tiles.all()]
    assert all(f"500 images of {digit}" in label for digit, label in enumerate(labels))
    for digit in (0, 7):
        seen = photograph_tile(data_page, f"#crowd-{name} .mean:nth-child({digit + 1}) .tile")
        expected = summary(sample[0][sample[1] == digit], axis=0)
        inside = slice(3, 25)  # corners are round
        assert np.abs(np.reshape(seen, (28, 28)) - expected)[inside, inside].mean() < 6


def test_rows_of_the_matrix_are_labels_and_columns_answers(data_page):
    open_crowd(data_page)
    matrix = read_matrix(data_page)
    assert matrix.shape == (10, 10)
    assert matrix.sum(axis=1).tolist() == [500] * 10
    answered = data_page.locator("#filter-predicted small").all_text_contents()
    assert matrix.sum(axis=0).tolist() == [int(count) for count in answered]
    assert matrix.trace() == int(data_page.locator("[data-flag=right] small").text_content().replace(",", ""))


def test_a_cell_leads_to_exactly_its_samples(data_page):
    open_crowd(data_page)
    matrix = read_matrix(data_page)
    np.fill_diagonal(matrix, 0)
    label, predicted = np.unravel_index(matrix.argmax(), matrix.shape)
    with new_samples(data_page):
        data_page.click(f'[data-cell="{label}-{predicted}"]')
    assert read_total(data_page) == matrix.max() > 0
    assert {(tile.label, tile.answer[:2]) for tile in look_at_tiles(data_page)} == {(label, f"→{predicted}")}
    assert data_page.is_visible("#grid")


def test_a_cell_keeps_the_other_filters(data_page):
    open_crowd(data_page, "&high=0.95&low=0.5")
    count = int(data_page.inner_text('[data-cell="9-9"]'))
    with new_samples(data_page):
        data_page.click('[data-cell="9-9"]')
    assert read_total(data_page) == count < 500


def test_cells_can_be_percent_of_their_row(data_page):
    open_crowd(data_page)
    counts = read_matrix(data_page)
    data_page.click("#per-row")
    assert data_page.get_attribute("#per-row", "aria-pressed") == "true"
    assert read_matrix(data_page) == pytest.approx(counts / 5, abs=0.51)
    assert read_matrix(data_page).sum(axis=1) == pytest.approx(np.full(10, 100), abs=1.5)
    data_page.click("#per-row")
    assert (read_matrix(data_page) == counts).all()


def test_every_cell_has_a_name_that_says_all(data_page):
    open_crowd(data_page)
    cells = data_page.locator(CELLS).evaluate_all(
        "(cells) => cells.map((cell) => [cell.dataset.cell, cell.textContent, cell.getAttribute('aria-label')])"
    )
    assert len(cells) >= 10
    for place, count, name in cells:
        label, predicted = place.split("-")
        share = f"{int(count) / 5:.1f}"
        assert name == f"Label {label} read as {predicted}: {count}, {share}% of the row"
    assert "rows are labels" in data_page.locator(".confusion caption").text_content()
    assert data_page.locator(".confusion th[scope]").count() == 20


def test_figures_by_digit_are_those_of_the_matrix(data_page):
    open_crowd(data_page)
    matrix, (head, *rows) = read_matrix(data_page), read_table(data_page)
    assert head == ["Digit", "Images", "Precision", "Recall", "F1"]
    precision, recall = matrix.diagonal() / matrix.sum(axis=0), matrix.diagonal() / matrix.sum(axis=1)
    f1 = 2 * precision * recall / (precision + recall)
    expected = [
        [str(digit), "500", *(f"{100 * share[digit]:.2f}" for share in (precision, recall, f1))] for digit in range(10)
    ]
    assert rows == expected


def test_digits_that_are_not_there_have_no_figures(data_page):
    open_crowd(data_page, "&label=3")
    rows = read_table(data_page)[1:]
    assert rows[3][:2] == ["3", "500"]
    assert rows[3][2] == "100.00"
    assert rows[7][1:4:2] == ["0", "–"]
    assert "NaN" not in data_page.inner_text("#crowd")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_in_the_matrix_can_be_read_whatever_their_share(data_page, theme):
    open_crowd(data_page)
    data_page.evaluate("(theme) => document.body.classList.toggle('dark', theme === 'dark')", theme)
    contrasts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        data_page.evaluate(
            """(share) => document.querySelectorAll(".confusion td.hit, .confusion td.miss")
                .forEach((cell) => cell.style.setProperty("--share", share))""",
            share,
        )
        contrasts += data_page.evaluate(CONTRASTS, CELLS)
    data_page.evaluate("() => document.body.classList.remove('dark')")
    assert len(contrasts) >= 50
    assert [contrast for contrast in contrasts if contrast["ratio"] < 4.5] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", ["#data?right=no&page=0", "#data?show=crowd&label=1,7", "#data?open=7"])
def test_every_text_of_the_tab_can_be_read(data_page, address, theme):
    open_view(data_page, address)
    if "show" in address:
        data_page.wait_for_selector(".confusion")
    if "open" in address:
        data_page.wait_for_selector("#sample-relatives .relative")
    data_page.evaluate("(theme) => document.body.classList.toggle('dark', theme === 'dark')", theme)
    texts = "#data :is(h2, p, legend, summary, button, select, label, input, th, td, b, i, small, span), #masthead a"
    contrasts = data_page.evaluate(CONTRASTS, texts)
    data_page.evaluate("() => document.body.classList.remove('dark')")
    found = [contrast for contrast in contrasts if contrast["text"]]
    assert len(found) > 20
    assert [text for text in found if text["ratio"] < (3 if text["isLarge"] else 4.5)] == []


def test_mistakes_can_be_told_from_right_answers_without_colour(data_page):
    open_crowd(data_page)
    places = data_page.locator(".confusion .miss button").evaluate_all(
        "(cells) => cells.map((cell) => cell.dataset.cell)"
    )
    assert places
    assert all(re.fullmatch(r"(\d)-(?!\1)\d", place) for place in places)


def test_own_drawings_are_a_crowd_by_what_the_model_answered(data_page):
    start_over(data_page, DESKTOP)
    wait_for_answer(data_page, draw_with_mouse(data_page, SEVEN))
    open_crowd(data_page, "&split=own")
    assert "no labels, so by the model's answer" in data_page.inner_text("#crowd-by")
    assert data_page.locator('#crowd-mean .tile[aria-label*=" 1 images of 7"]').count() == 1
    assert data_page.is_hidden("#confusion")
    assert data_page.is_visible("#confusion-none")


def test_a_crowd_of_nothing_is_no_error(data_page):
    open_crowd(data_page, "&seen=yes")
    assert data_page.inner_text("#crowd-by") == "By label, 0 in all."
    assert data_page.is_hidden("#data-notice")
