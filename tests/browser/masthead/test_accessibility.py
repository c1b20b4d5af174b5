"""axe finds nothing serious on any view. Contrast in both themes is measured in test_layout."""

import pytest
from support.drawing import DESKTOP
from support.views import VIEWS, show_view

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def shared_page(browser, server):
    context = browser.new_context(**DESKTOP, reduced_motion="reduce")
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("#samples .sample:nth-child(20)")
    yield page
    context.close()


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_serious(shared_page, name):
    show_view(shared_page, name)
    found = axe.Axe().run(shared_page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [
        f"{violation['id']}: {node['target']} {node['html'][:120]}"
        for violation in found
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
    assert serious == []
