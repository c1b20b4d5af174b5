"""The inside tab: a `gr.HTML` component with its own scripts, which call the functions of its views.

They never raise, see `wire`.
"""

from __future__ import annotations

import gradio as gr

from ...services.library import Library
from ...services.reader import Reader
from ..model_list import models_of
from ..part import add_part, read_html
from ..wire import LiveFunction, never_raise
from .belief import belief_functions
from .bench import Bench
from .broken import breaking_functions
from .change import change_functions
from .fool import fool_functions
from .glossary.view import glossary_functions
from .journey import journey_functions
from .move import move_functions
from .network import network_functions
from .why import why_functions

# In the order in which they stand on the page, by the names that addresses have. Each has HTML and a script.
VIEWS = {
    "network": network_functions,
    "journey": journey_functions,
    "why": why_functions,
    "change": change_functions,
    "fool": fool_functions,
    "belief": belief_functions,
    "move": move_functions,
    "break": breaking_functions,
    "glossary": glossary_functions,
}
_FILES = {"break": "broken"}  # as break means something else to Python and JavaScript


def build_inside(reader: Reader, library: Library) -> gr.HTML:
    """Adds the inside tab to the Blocks that are being built."""
    return add_part("inside", "inside", inside_functions(reader, library), read_template())


def read_template() -> str:
    """Returns the tab's HTML: the frame, with a section for each view."""
    sections = "".join(
        f'<section class="view view-{name}" data-view="{name}" hidden>{read_html(f"inside/{file}")}</section>'
        for name, file in ((name, _FILES.get(name, name)) for name in VIEWS)
    )
    return read_html("inside/main").replace("<!-- views -->", sections)


def inside_functions(reader: Reader, library: Library) -> tuple[LiveFunction, ...]:
    """Returns all functions that the tab's scripts call; each takes and returns one JSON object."""
    bench = Bench(reader, library)
    functions = [function for functions_of in VIEWS.values() for function in functions_of(bench)]
    return tuple(map(never_raise, [*functions, models_of(reader)]))
