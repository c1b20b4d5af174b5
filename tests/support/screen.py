"""What is seen of a page: what lies outside the screen, and the contrast of texts."""

import contextlib

import pytest

WORKPLACE = ("#sketchpad canvas", "#bars", "#verdict", "#network-input", "#undo", "#redo", "#erase", "#width", "#clear")
CONTRASTS = """(roots) => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const paint = (...colors) => {
        context.clearRect(0, 0, 1, 1);
        for (const color of colors) { context.fillStyle = color; context.fillRect(0, 0, 1, 1); }
        return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (rgb) => rgb.map((value) => value / 255)
        .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
    const ancestors = (node) => node ? [node, ...ancestors(node.parentElement)] : [];
    return [...document.querySelectorAll(roots)].filter((node) => node.checkVisibility({ visibilityProperty: true })
        && !node.closest(":disabled, .unseen") && node.getClientRects()[0]?.width > 1).map((node) => {
        const styles = ancestors(node).map((ancestor) => getComputedStyle(ancestor));
        const paper = paint(...styles.map((style) => style.backgroundColor).reverse());
        const opacity = styles.reduce((product, style) => product * style.opacity, 1);
        const ink = paint(styles[0].color).map((value, index) => value * opacity + paper[index] * (1 - opacity));
        const [dark, light] = [luminance(ink), luminance(paper)].sort((a, b) => a - b);
        return {
            name: node.id || `${node.parentElement.id} ${node.className} ${node.textContent.trim().slice(0, 20)}`,
            text: opacity > 0 ? node.textContent.trim() : "",
            isLarge: parseFloat(styles[0].fontSize) >= 24,
            ratio: (light + 0.05) / (dark + 0.05),
        };
    });
}"""


def check_contrasts(page, roots, more_than=30):
    """So many texts are there, and each stands out from its paper (WCAG AA)."""
    texts = [text for text in page.evaluate(CONTRASTS, roots) if text["text"]]
    assert len(texts) > more_than
    assert [text for text in texts if text["ratio"] < (3 if text["isLarge"] else 4.5)] == []


def check_with_axe(page, context=None):
    """Nothing that axe calls serious or critical is found, on the page or in one element of it.

    Contrasts are left to `check_contrasts`: axe takes a third of its time for them.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}}
    found = axe.Axe().run(page, context=context, options=options).response["violations"]
    serious = [
        f"{violation['id']}: {node['target']} {node['html'][:120]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert serious == []


@contextlib.contextmanager
def resized(page, width, height):
    """Gives the page another window until the end."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    try:
        yield
    finally:
        page.set_viewport_size(before)


def find_outside(page, selectors, viewport):
    """Those of the elements that are not wholly within the viewport."""
    boxes = {selector: page.locator(selector).bounding_box() for selector in selectors}
    return {
        selector: box
        for selector, box in boxes.items()
        if box is None
        or min(box["x"], box["y"], box["width"] - 1, box["height"] - 1) < 0
        or box["x"] + box["width"] > viewport["width"] + 0.5
        or box["y"] + box["height"] > viewport["height"] + 0.5
    }


def find_small_texts(page, smallest):
    """The texts in sight that are smaller than so many pixels, with their sizes."""
    return page.evaluate(
        """(smallest) => [...document.querySelectorAll("body *")].filter((node) =>
            node.checkVisibility({ opacityProperty: true }) && !node.closest(".unseen, option, script, style")
            && [...node.childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim()))
            .map((node) => [node.textContent.trim(), parseFloat(getComputedStyle(node).fontSize)])
            .filter(([, size]) => size < smallest)""",
        smallest,
    )
