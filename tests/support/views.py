"""Every view of the page, on every screen that it must fit, for checks that look at all of them."""

from support.drawing import DIGITS, HOUSE, arc, draw_with_mouse, open_address, wait_for_answer

SCREENS = {
    "desktop": (1440, 900),
    "large": (1920, 1080),
    "projector": (1024, 768),
    "tablet": (820, 1180),
    "phone": (390, 664),
    "phone on its side": (844, 390),
    "small phone": (360, 640),
}
THEMES = ("light", "dark")
# A loop that is not quite closed: a 9 or a 4, and a dot beside it.
UNSURE = [arc(0.48, 0.37, 0.28, 0.3, -30, -310, 24), [(0.62, 0.3), (0.62, 0.5), (0.62, 0.8)]]
# What comes last in views that take their time.
_LAST = {"fool": "#fool-sentence", "break": "#break-accuracy"}
_INSIDE = ("network", "journey", "why", "change", "fool", "belief", "move", "break", "glossary")
# By name, what is drawn first and the address.
VIEWS = {
    "empty pad": ((), "#draw"),
    "pad": (DIGITS[4], "#draw"),
    "pad, refused": (HOUSE, "#draw"),
    "pad, unsure": (UNSURE, "#draw"),
    "album": ((), "#data"),
    "sample": ((), "#data?open=7"),
    "crowd": ((), "#data?show=crowd"),
    "map": ((), "#data?show=map"),
    "tour": ((), "#tour?step=3"),
    "train": (DIGITS[4], "#train"),
    "class": ((), "#class"),
    "inside, empty pad": ((), "#inside?view=why"),
    **{name: (DIGITS[4], f"#inside?view={name}") for name in _INSIDE},
}


def show_view(page, name):
    """Shows a view on a page whose pad is empty, or holds what another view has drawn."""
    strokes, address = VIEWS[name]
    page.evaluate("document.querySelector('dialog[open]')?.close()")
    open_address(page, "#draw")
    if page.is_visible("#tour-end"):
        page.click("#tour-end")
    if page.evaluate("window.drawnStrokes ?? '()'") != repr(strokes):
        if page.is_enabled("#clear"):
            page.click("#clear")
        if strokes:
            wait_for_answer(page, draw_with_mouse(page, strokes))
        page.evaluate("(strokes) => { window.drawnStrokes = strokes; }", repr(strokes))
    open_address(page, address)
    if name in _LAST:
        page.wait_for_function("(last) => document.querySelector(last)?.textContent", arg=_LAST[name], timeout=120_000)
    wait_until_still(page)


def wait_until_still(page, milliseconds=600):
    """Waits until nothing on the page has changed for a while, and nothing is computed."""
    page.evaluate(
        """(milliseconds) => new Promise((resolve) => {
            let timer;
            const wait = () => { clearTimeout(timer); timer = setTimeout(done, milliseconds); };
            const observer = new MutationObserver(wait);
            const done = () => { observer.disconnect(); resolve(); };
            observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
            wait();
        })""",
        milliseconds,
    )
