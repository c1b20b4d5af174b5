"""A part of the page: the HTML of its folder in assets/, which the folder's `main.js` brings to life."""

from __future__ import annotations

import json
from collections.abc import Sequence

import gradio as gr

from ..paths import ASSETS_DIR
from .files import page_files
from .texts import load_texts
from .wire import LiveFunction

# A part begins when its tab is first shown. A page of another release, which a browser has kept or somebody left open,
# is loaded again; but not again and again. It stands in the page's head, once for all parts.
_BEGIN = """\
<script>
window.beginPart = (element, server, file) => {
const address = new URL(file, document.baseURI);
const begin = () => import(address).then((part) => part.mount({ element, server })).catch(async (error) => {
  console.error(error);
  const answer = await fetch(address, { method: "HEAD", cache: "no-store" }).catch(() => null);
  const isReloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  if (answer?.status === 404 && !isReloaded) return location.reload();
  if (element.classList.contains("ready")) return;
  element.textContent = {problem};
  element.style.visibility = "visible";
  document.querySelector("#entrance")?.remove();
});
new ResizeObserver((_, observer) => {
  if (!element.offsetWidth) return;
  observer.disconnect();
  begin();
}).observe(element);
};
</script>
"""
# One tab is shown, and of it no part before its styles and its texts are there. An address names a tab by the id of its
# part: the browser looks for that in the middle of the page, and must find the top.
STYLE = """\
body[data-tab="data"] #sketch { display: none; }
body:not([data-tab="data"]) #data, body:not([data-tab="inside"]) #inside { display: none; }
body:not([data-tab="train"]) #train, body:not([data-tab="class"]) #class { display: none; }
.part .part:not(.ready) { visibility: hidden; }
.part { scroll-margin-top: 100rem; }
"""


def page_head() -> str:
    """Returns the tags for the head of the page: what the first tab needs, and how a part begins."""
    return page_files().head() + "\n" + _BEGIN.replace("{problem}", json.dumps(load_texts()["part_missing"]))


def add_part(folder: str, elem_id: str, functions: Sequence[LiveFunction] = (), template: str | None = None) -> gr.HTML:
    """Adds a part to the Blocks that are being built.

    Args:
        folder: Its name in assets/.
        elem_id: What the page's styles and scripts call it.
        functions: What its scripts call; none of them may raise.
        template: Its HTML; None for the folder's `main.html`. It is a constant: what stands in a prop would be inserted
            as HTML, and a change of it would wipe what the scripts drew.
    """
    address = page_files().address(f"{folder}/main.js")
    return gr.HTML(
        html_template=template or read_html(f"{folder}/main"),
        js_on_load=f'beginPart(element, server, "{address}");',
        apply_default_css=False,
        server_functions=list(functions) or None,
        elem_id=elem_id,
        elem_classes="part",
    )


def read_html(name: str) -> str:
    """Returns a piece of HTML from assets/, by its path without the ending, as short as it can be sent."""
    lines = (ASSETS_DIR / f"{name}.html").read_text(encoding="utf-8").splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
