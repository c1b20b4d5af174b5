"""What is seen before the page's scripts begin, and what stands below every tab."""

import pytest
from support.drawing import DESKTOP, PHONE
from support.screen import CONTRASTS


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_outline_of_the_pad_stands_where_the_pad_will_be(browser, server, screen):
    context = browser.new_context(**screen)
    page, held, is_open = context.new_page(), [], []
    page.route("**/parts/**", lambda route: route.continue_() if is_open else held.append(route))
    page.goto(server.url, wait_until="commit")
    outline = page.locator("#entrance i").bounding_box()
    page.wait_for_selector("#sketch", state="attached")
    assert page.inner_text("#entrance p") == "MNIST sketchpad"
    assert page.evaluate("document.elementFromPoint(200, 200).closest('#entrance') !== null")
    is_open.append(True)
    for route in held:
        route.continue_()
    page.wait_for_selector("#entrance", state="detached")
    pad = page.locator("#sketchpad").bounding_box()
    context.close()
    assert outline == pytest.approx(pad, abs=2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_footer_is_the_only_one_on_every_tab_and_can_be_read(open_page, scheme):
    page = open_page(color_scheme=scheme)
    said = set()
    for tab in ("draw", "data", "inside"):
        page.evaluate("(tab) => { location.hash = `#${tab}`; }", tab)
        page.wait_for_selector(f"#{'sketch' if tab == 'draw' else tab} .ready")
        (footer,) = [node for node in page.locator("footer").all() if node.is_visible()]
        said.add(footer.inner_text())
    assert len(said) == 1
    texts = page.evaluate(CONTRASTS, ".page-foot :is(p, span, a)")
    assert len(texts) > 6
    assert [text for text in texts if text["ratio"] < 4.5] == []


def test_the_api_is_described_where_the_footer_or_the_address_asks_for_it(open_page, server):
    page = open_page()
    page.click("#footer-api")
    page.wait_for_selector(".api-docs :text('/classify_ink')")
    page.goto("about:blank")
    page.goto(f"{server.url}/?view=api")
    page.wait_for_selector(".api-docs :text('/classify_ink')")


def test_below_the_tab_the_footer_takes_the_whole_width_and_no_more(open_page):
    page = open_page(PHONE)
    footer, pad = (page.locator(name).bounding_box() for name in (".page-foot", "#sketch"))
    assert footer["y"] >= pad["y"] + pad["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
