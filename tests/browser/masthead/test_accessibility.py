"""axe finds nothing serious on any view. Contrast in both themes is measured in test_layout."""

import pytest
from support.views import VIEWS, show_view

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def shared_page(new_tab):
    return new_tab(reduced_motion="reduce")


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
