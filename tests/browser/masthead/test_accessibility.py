"""axe finds nothing serious on any view. Contrast in both themes is measured in test_layout."""

import pytest
from support.screen import check_with_axe
from support.views import VIEWS, show_view


@pytest.fixture(scope="module")
def shared_page(new_tab):
    return new_tab(reduced_motion="reduce")


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_serious(shared_page, name):
    show_view(shared_page, name)
    check_with_axe(shared_page)
