"""Opens the sketchpad: settings, then the page, then the server."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mnist_core.data.mnist import load_dataset
from mnist_core.data.sample import Samples, built_in_samples
from mnist_core.errors import MnistError
from mnist_core.models.devices import DEVICE_CHOICES, choose_device
from mnist_core.paths import SHIPPED_DIR, default_cache_dir, models_dir


def parse_settings(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the command line; every option has an environment variable, and the command line wins."""
    environment = os.environ
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    # A Space says through Gradio's own variables where it wants to be served.
    host = environment.get("MNIST_HOST") or environment.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    port = environment.get("MNIST_PORT") or environment.get("GRADIO_SERVER_PORT") or "7860"
    parser.add_argument("--host", default=host, help="address to listen on")
    parser.add_argument("--port", type=_port, default=port, help="port to listen on")
    parser.add_argument(
        "--device", choices=DEVICE_CHOICES, default=environment.get("MNIST_DEVICE") or "auto", help="what computes"
    )
    parser.add_argument(
        "--model", default=environment.get("MNIST_MODEL") or "sketchnet", help="model that answers first"
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=environment.get("MNIST_DATA_DIR") or None,
        help="an npz file, or a folder with mnist.npz or the four IDX files, and other sets to browse beside it",
    )
    parser.add_argument(
        "--share", action="store_true", default=environment.get("MNIST_SHARE") == "1", help="ask for a public address"
    )
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    settings = parser.parse_args(arguments)
    if settings.device not in DEVICE_CHOICES:  # argparse does not check defaults
        parser.error(f"MNIST_DEVICE must be one of {', '.join(DEVICE_CHOICES)}. Received: {settings.device!r}")
    return settings


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 1 to 65535, received {text!r}")
    return int(text)


def load_samples(data_dir: Path | None) -> Samples:
    """The images shown beside the pad: the test images of the set that is named, else the built-in ones."""
    if data_dir is None:
        return built_in_samples()
    dataset = load_dataset(data_dir)
    return Samples(dataset.x_test, dataset.y_test, "test", dataset.name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves the page until it is stopped; returns the exit code."""
    settings = parse_settings(arguments)
    # Gradio takes a second to import and asks the network for news unless told not to.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from mnist_core.services.library import Library
    from mnist_core.services.reader import Reader
    from mnist_core.ui.page import build_page, launch_options

    try:
        device = choose_device(settings.device)
        reader = Reader(device, (SHIPPED_DIR, models_dir(default_cache_dir())), settings.model)
        library = Library(reader, settings.data_dir, default_cache_dir())
        page = build_page(reader, load_samples(settings.data_dir), library)
    except MnistError as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 1
    print(f"{reader.models.default} answers on {device.name}{'; ' + device.note if device.note else ''}", flush=True)
    try:
        page.launch(
            server_name=settings.host,
            server_port=settings.port,
            share=settings.share,
            inbrowser=settings.open,
            **launch_options(),
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
