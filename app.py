"""Opens the sketchpad: settings, then the page, then the server."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from mnist_core.data.mnist import load_dataset
from mnist_core.data.sample import Samples, built_in_samples
from mnist_core.errors import MnistError
from mnist_core.hosting.settings import parse_settings
from mnist_core.models.devices import choose_device
from mnist_core.paths import SHIPPED_DIR, find_cache_dir, models_dir


def load_samples(data_dir: Path | None) -> Samples:
    """The images shown beside the pad: the test images of the set that is named, else the built-in ones."""
    if data_dir is None:
        return built_in_samples()
    dataset = load_dataset(data_dir)
    return Samples(dataset.x_test, dataset.y_test, "test", dataset.name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves the page until it is stopped; returns the exit code."""
    settings = parse_settings(arguments, description=__doc__)
    cache_dir, note = find_cache_dir()
    if note:
        print(f"app.py: {note}", file=sys.stderr)
    # So that what must be tidied up is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Whose word on addresses counts is decided in one place, the gate.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    # Gradio takes a second to import and asks the network for news unless told not to.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from mnist_core.services.library import Library
    from mnist_core.services.memory import return_large_blocks
    from mnist_core.services.reader import Reader
    from mnist_core.ui.page import build_page, launch_options

    return_large_blocks()
    try:
        device = choose_device(settings.device)
        reader = Reader(device, (SHIPPED_DIR, models_dir(cache_dir)), settings.model)
        library = Library(reader, settings.data_dir, cache_dir)
        page = build_page(reader, load_samples(settings.data_dir), library)
    except (MnistError, OSError) as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 1
    print(f"{reader.models.default} answers on {device.name}{'; ' + device.note if device.note else ''}", flush=True)
    try:
        page.launch(
            server_name=settings.host,
            server_port=settings.port,
            share=settings.share,
            inbrowser=settings.open,
            **launch_options(settings, reader),
        )
    except OSError:
        print(
            f"app.py: the page cannot be served at {settings.host}:{settings.port}: another program uses this port, or "
            "the address is not this machine's. Choose others with --port and --host.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
