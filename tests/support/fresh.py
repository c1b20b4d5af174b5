"""A page that tests use one after another, brought back to what a page is that was just opened."""

from support.drawing import wait_until_empty

_START_OVER = """() => {
    const find = (selector) => document.querySelector(selector);
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    if (find("#tour") && !find("#tour").hidden) find("#tour-end").click();
    if (!find("#hand-result").hidden) find("#hand-delete").click();
    if (!find("#hand-task").hidden) find("#hand-stop").click();
    find('[data-level="school"][aria-pressed="false"]')?.click();
    history.replaceState(null, "", location.pathname + location.hash);
    find('#compare-open[aria-expanded="true"]')?.click();
    find('#relatives-space[aria-pressed="true"]')?.click();
    document.activeElement.blur();
    find('nav [data-tab="data"]').setAttribute("href", "#data");
    find('nav [data-tab="inside"]').setAttribute("href", "#inside");
    find('nav [data-tab="train"]').setAttribute("href", "#train");
    press("Delete"); // leaves a sample that is looked at,
    press("Delete"); // and the drawing, the message and the eraser
    find("#hand-start").click();
    find("#hand-stop").click(); // after it there is nothing to undo
    find("#width").value = find("#width").defaultValue;
    document.querySelectorAll("#sketch details[open]").forEach((details) => { details.open = false; });
    if (find("#filters")) find("#filters").open = !matchMedia("(max-width: 1000px)").matches;
    document.body.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
    document.activeElement.blur();
    scrollTo(0, 0);
    sessionStorage.clear();
}"""


def start_over(page, screen):
    """Leads a page back to the pad of a visitor who comes for the first time; its tabs stay loaded.

    Args:
        page: as a test has left it that did not fail.
        screen: the options of the browser's context.
    """
    page.bring_to_front()
    page.unroute_all(behavior="ignoreErrors")
    page.mouse.up()
    if page.viewport_size != screen["viewport"]:
        page.set_viewport_size(screen["viewport"])
    page.evaluate("() => { location.hash = '#draw'; }")
    page.wait_for_selector('body[data-tab="draw"]')
    for what in ("#samples .sample:nth-child(20)", "#model option"):  # a test may have ended with a reload
        page.wait_for_selector(what, state="attached")
    page.evaluate(_START_OVER)
    wait_until_empty(page)
    page.wait_for_selector("#notice", state="hidden")
