"""The whole page: layout, theme and how it is served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware

from ..data.sample import Samples
from ..hosting.gate import guard
from ..hosting.settings import Settings
from ..paths import ASSETS_DIR
from ..services.library import Library
from ..services.reader import Reader
from ..services.rooms import Rooms
from ..services.runs import Runs
from .classroom.route import class_calls, class_route, sheet_route
from .classroom.tab import build_classroom
from .data.tab import DataTab, build_data
from .docs import docs_route
from .draw.classify import classify_with
from .draw.line import line_route
from .draw.pictures import picture_route
from .draw.tab import build_sketchpad
from .endpoints import EndpointBlocks, add_endpoints
from .entrance import Entrance, card_route
from .files import Compression, page_files
from .footer import build_footer
from .inside.network import network_route
from .inside.tab import build_inside
from .login import render_login
from .masthead import build_masthead
from .part import STYLE, page_head
from .texts import load_texts
from .train.code import code_functions
from .train.experiments import experiment_functions
from .train.tab import build_train
from .train.training import training_functions

# Uploaded files are looked for every hour and deleted when they are an hour old.
_UPLOADS = (3600, 3600)
# Questions of programs that wait for an answer.
_MOST_WAITING = 100
# Fonts that are on every machine: nothing is fetched from elsewhere, and the first paint does not wait.
_FONTS = ["ui-sans-serif", "system-ui", "sans-serif"]


def build_page(reader: Reader, samples: Samples, library: Library, runs: Runs) -> gr.Blocks:
    """Builds the page.

    Args:
        reader: Answers for it.
        samples: Shown beside the pad.
        library: Holds all other data.
        runs: Trains.
    """
    with EndpointBlocks(
        title=load_texts()["title"], analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS
    ) as page:
        build_masthead()
        build_sketchpad(reader, samples, library)
        build_data(DataTab(reader, library))
        build_inside(reader, library)
        build_train(reader, (*training_functions(runs), *experiment_functions(runs), *code_functions()))
        build_classroom()
        build_footer()
        add_endpoints(reader, library)
    queue = page.queue(max_size=_MOST_WAITING)._queue
    # Gradio looks a thousand times a second whether a program waits in its queue: a tenth of a processor for nothing.
    # Twenty times, as on Windows, will do.
    queue.sleep_when_free = queue.progress_update_sleep_when_free = 0.05
    # With its name the page would load the Hub's header from there.
    page.space_id = None
    return page


def launch_options(settings: Settings, reader: Reader, runs: Runs, rooms: Rooms) -> dict[str, Any]:
    """Returns what `Blocks.launch` needs for this page to look and behave as meant, behind the gate."""
    calls = class_calls(settings, reader, runs, rooms)
    app_kwargs = guard(settings, render_login(), reader.check, Path(get_upload_folder()))
    return {
        "theme": gr.themes.Base(font=_FONTS, font_mono=["ui-monospace", "monospace"]),
        "css": STYLE,
        "head": page_head(),
        "favicon_path": ASSETS_DIR / "favicon.svg",
        # Not shown; without it there would be no page of the API.
        "footer_links": ["api"],
        "run_history": False,
        "enable_monitoring": False,
        "pwa": False,
        # A visitor's session holds nothing of value and costs about half a megabyte.
        "state_session_capacity": 100,
        "max_file_size": "20mb",
        "ssr_mode": False,
        # What goes wrong inside Gradio tells of this machine; our own errors are sentences and are shown anyway.
        "show_error": False,
        "app_kwargs": {
            **app_kwargs,
            "middleware": [
                Middleware(Compression, minimum_size=2000, compresslevel=6),
                Middleware(Entrance),
                *app_kwargs["middleware"],
            ],
            "routes": [
                page_files().route(),
                docs_route(),
                card_route(),
                picture_route(reader),
                line_route(classify_with(reader)),
                network_route(reader),
                sheet_route(),
                class_route(calls),
            ],
        },
    }
