"""The inside tab: a `gr.HTML` component with its own scripts, which call the functions of its views.

They never raise, see `wire`.
"""

from __future__ import annotations

import gradio as gr

from ...paths import ASSETS_DIR
from ...services.library import Library
from ...services.reader import Reader
from ..model_list import models_of
from ..texts import select_texts
from ..wire import LiveFunction, join_scripts, never_raise
from .belief import belief_functions
from .bench import Bench
from .broken import breaking_functions
from .change import change_functions
from .fool import fool_functions
from .glossary.view import learn_functions
from .journey import journey_functions
from .layers import layers_functions
from .move import move_functions
from .why import why_functions

INSIDE_DIR = ASSETS_DIR / "inside"
# In the order in which they stand on the page; each has a fragment of HTML and a script of its name.
VIEWS = {
    "journey": journey_functions,
    "layers": layers_functions,
    "why": why_functions,
    "change": change_functions,
    "fool": fool_functions,
    "belief": belief_functions,
    "move": move_functions,
    "break": breaking_functions,
    "learn": learn_functions,
}
# Together the body of one function, so each may use what stands above it.
SCRIPTS = ("shell.js", "curves.js", "tiles.js", *(f"{name}.js" for name in VIEWS), "inside.js")


def build_inside(reader: Reader, library: Library) -> gr.HTML:
    """Adds the inside tab to the Blocks that are being built."""
    template = read_template()
    script = join_scripts(ASSETS_DIR / "common.js", *(INSIDE_DIR / name for name in SCRIPTS))
    return gr.HTML(
        html_template=template,
        js_on_load=script,
        apply_default_css=False,
        server_functions=list(inside_functions(reader, library)),
        texts=select_texts(template + script),
        elem_id="inside",
    )


def read_template() -> str:
    """The tab's HTML: the frame, with a section for each view."""
    sections = "".join(
        f'<section class="view view-{name}" data-view="{name}" hidden>{_read(name)}</section>' for name in VIEWS
    )
    return _read("inside").replace("<!-- views -->", sections)


def inside_functions(reader: Reader, library: Library) -> tuple[LiveFunction, ...]:
    """All functions that the tab's scripts call; each takes and returns one JSON object."""
    bench = Bench(reader, library)
    functions = [function for functions_of in VIEWS.values() for function in functions_of(bench)]
    return tuple(map(never_raise, [*functions, models_of(reader)]))


def _read(name: str) -> str:
    return (INSIDE_DIR / f"{name}.html").read_text(encoding="utf-8")
