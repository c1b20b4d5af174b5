"""Opens the sketchpad: settings, then the page, then the server."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from .data.mnist import load_dataset
from .data.sample import Samples, built_in_samples
from .errors import MnistError
from .hosting.identity import current_visitor
from .hosting.settings import parse_settings
from .models.devices import choose_device
from .paths import SHIPPED_DIR, find_cache_dir, models_dir
from .rendering.qr_code import render_letters


def load_samples(data_dir: Path | None) -> Samples:
    """Returns the images shown beside the pad: the test images of the set that is named, else the built-in ones."""
    if data_dir is None:
        return built_in_samples()
    dataset = load_dataset(data_dir)
    return Samples(dataset.x_test, dataset.y_test, "test", dataset.name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves the page until it is stopped; returns the exit code."""
    settings = parse_settings(arguments, description=__doc__)
    cache_dir, note = find_cache_dir()
    if note:
        _complain(note)
    # So that what must be tidied up is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Whose word on addresses counts is decided in one place, the gate.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    from .services.library import Library
    from .services.memory import return_large_blocks
    from .services.reader import Reader
    from .services.rooms import Rooms
    from .services.run_queue import Limits
    from .services.runs import Runs

    return_large_blocks()
    try:
        device = choose_device(settings.device)
        reader = Reader(device, (SHIPPED_DIR, models_dir(cache_dir)), settings.model)
        library, samples = Library(reader, settings.data_dir, cache_dir), load_samples(settings.data_dir)
        runs = Runs(settings.data_dir, cache_dir, Limits.of(settings), settings.device)
        rooms = Rooms(cache_dir)
        reader.models.hide(lambda: runs.list_hidden(current_visitor()))
        # Gradio takes a second to import, and asks the network for news unless told not to.
        os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
        from .ui.classroom.place_calls import list_addresses
        from .ui.page import build_page, launch_options

        page = build_page(reader, samples, library, runs)
    except (MnistError, OSError) as error:
        _complain(str(error))
        return 1
    print(f"{reader.models.default} answers on {device.name}{'; ' + device.note if device.note else ''}", flush=True)
    if settings.rooms != "off":
        _show_class(list_addresses(settings))
    try:
        page.launch(
            server_name=settings.host,
            server_port=settings.port,
            share=settings.share,
            inbrowser=settings.open,
            **launch_options(settings, reader, runs, rooms),
        )
    except OSError:
        _complain(
            f"the page cannot be served at {settings.host}:{settings.port}: another program uses this port, or the "
            "address is not this machine's. Choose others with --port and --host."
        )
        return 1
    return 0


def _show_class(addresses: Sequence[str]) -> None:
    """Shows under which address the devices in a room find the page, and a QR code that leads there."""
    if not addresses:
        return
    print(f"Devices in this room find the class at {' or '.join(f'{address}#class' for address in addresses)}")
    code = render_letters(f"{addresses[0]}#class")
    try:
        code.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return  # a terminal without block letters
    print(code, flush=True)


def _complain(text: str) -> None:
    """Tells the person who has started the program, under the name by which it was called."""
    print(f"{Path(sys.argv[0]).name}: {text}", file=sys.stderr)
