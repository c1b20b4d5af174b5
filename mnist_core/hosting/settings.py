"""How the program is run: the command line and the environment, read in this one place.

Every option has an environment variable; the command line wins, and an empty variable counts as unset. Passwords have
variables only: a command line can be read by everybody on the machine.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ..models.devices import DEVICE_CHOICES

# The name under which the owner's password logs in.
OWNER = "owner"
# Who may do something: nobody, everybody, or who has the owner's password.
PERMISSIONS = ("off", "on", "password")
# What strangers may have trained, unless the owner says otherwise.
_PUBLIC_EPOCHS, _PUBLIC_SECONDS, _PUBLIC_QUEUE = 20, 600, 5

_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?", re.IGNORECASE)
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1"))
_EVERYBODY = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Value = TypeVar("Value")


@dataclass(frozen=True)
class Settings:
    """All settings of a server.

    Args:
        host: Address to listen on.
        port: Port to listen on.
        device: One of `DEVICE_CHOICES`.
        model: Name of the model that answers first.
        data_dir: Where the data is, or None.
        share: Whether Gradio is asked for a public address.
        open: Whether the page is opened in a browser.
        users: Passwords by name; when there are any, everybody must log in.
        owner_password: Proves that a visitor owns the server; empty when nobody can.
        trusted_proxy: Whose word on who asks, and under which address, is taken.
        embed: Origins, beside its own, whose pages may show this one in a frame.
        is_space: Whether it runs as a Space of Hugging Face.
        public: Whether strangers reach it: a Space, one with a public address of Gradio's, or one that says so.
        training: Who may train: "on" everybody, "password" the owner, "off" nobody.
        rooms: Who may open rooms for a class, in the same way.
        max_runs: How many runs train at the same time.
        max_queue: How many runs may wait.
        max_epochs: Epochs of one run; None for no limit.
        max_seconds: How long one run may take; None for no limit.
        models_mb: What all runs and their models may take on disk, in megabytes.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    device: str = "auto"
    model: str = "sketchnet"
    data_dir: Path | None = None
    share: bool = False
    open: bool = False
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    owner_password: str = field(default="", repr=False)
    trusted_proxy: tuple[Network, ...] = ()
    embed: tuple[str, ...] = ()
    is_space: bool = False
    public: bool = False
    training: str = "on"
    rooms: str = "on"
    max_runs: int = 1
    max_queue: int = 20
    max_epochs: int | None = None
    max_seconds: int | None = None
    models_mb: int = 500


def parse_settings(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ, description: str = ""
) -> Settings:
    """Reads the command line, of this program unless given, and the environment; ends the program if it cannot."""
    parser = _build_parser(description)
    options = parser.parse_args(arguments)

    def choose(option: str, variables: str, read: Callable[[str], Value], default: Value) -> Value:
        """Returns what the option says, else the first variable that says something, else the default."""
        chosen = getattr(options, option, None)
        if chosen is not None:
            return chosen
        for name in variables.split():
            text = environment.get(name)
            if text:
                try:
                    return read(text)
                except argparse.ArgumentTypeError as error:
                    parser.error(f"{name}: {error}")
        return default

    users: dict[str, str] = choose("", "MNIST_AUTH", _users, {})
    owner_password = choose("", "MNIST_OWNER_PASSWORD", str, "")
    if owner_password and OWNER in users:
        parser.error(f"MNIST_AUTH: with MNIST_OWNER_PASSWORD set, {OWNER!r} is the owner's name. Take another name.")
    share, is_space = choose("share", "MNIST_SHARE", _switch, False), bool(environment.get("SPACE_ID"))
    # Gradio's tunnel connects from this machine; a Space can be reached only through the Hub's proxy.
    is_public = choose("public", "MNIST_PUBLIC", _switch, False) or share or is_space

    def choose_permission(option: str, variable: str) -> str:
        permission = choose(option, variable, _permission, "off" if is_public else "on")
        if permission == "password" and not owner_password:
            parser.error(f"{variable}: 'password' needs a password of the owner. Set MNIST_OWNER_PASSWORD, too.")
        return permission

    known_proxies = (_LOOPBACK if share else ()) + (_EVERYBODY if is_space else ())
    proxies: tuple[Network, ...] = choose("trusted_proxy", "MNIST_TRUSTED_PROXY", _networks, ())
    return Settings(
        # A Space says through Gradio's own variables where it wants to be served.
        host=choose("host", "MNIST_HOST GRADIO_SERVER_NAME", str, Settings.host),
        port=choose("port", "MNIST_PORT GRADIO_SERVER_PORT", _port, Settings.port),
        device=choose("device", "MNIST_DEVICE", _device, Settings.device),
        model=choose("model", "MNIST_MODEL", str, Settings.model),
        data_dir=choose("data_dir", "MNIST_DATA_DIR", Path, None),
        share=share,
        open=choose("open", "MNIST_OPEN", _switch, False),
        users=users,
        owner_password=owner_password,
        trusted_proxy=proxies + known_proxies,
        embed=choose("embed", "MNIST_EMBED", _origins, ()),
        is_space=is_space,
        public=is_public,
        training=choose_permission("training", "MNIST_TRAINING"),
        rooms=choose_permission("rooms", "MNIST_ROOMS"),
        max_runs=choose("max_runs", "MNIST_MAX_RUNS", _count, Settings.max_runs),
        max_queue=choose("max_queue", "MNIST_MAX_QUEUE", _count, _PUBLIC_QUEUE if is_public else Settings.max_queue),
        max_epochs=choose("max_epochs", "MNIST_MAX_EPOCHS", _count, _PUBLIC_EPOCHS if is_public else None),
        max_seconds=choose("max_seconds", "MNIST_MAX_SECONDS", _count, _PUBLIC_SECONDS if is_public else None),
        models_mb=choose("models_mb", "MNIST_MODELS_MB", _count, Settings.models_mb),
    )


def _build_parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description,
        epilog="MNIST_AUTH (user:password, several with commas) lets in only those who log in; MNIST_OWNER_PASSWORD is "
        "the owner's. Neither is an option, because everybody on the machine can read a command line.",
    )
    add = parser.add_argument
    add("--host", help=f"address to listen on (MNIST_HOST; {Settings.host})")
    add("--port", type=_port, help=f"port to listen on (MNIST_PORT; {Settings.port})")
    add("--device", type=_device, help=f"{', '.join(DEVICE_CHOICES)}: what computes (MNIST_DEVICE; {Settings.device})")
    add("--model", help=f"model that answers first (MNIST_MODEL; {Settings.model})")
    add(
        "--data-dir",
        type=Path,
        help="an npz file, or a folder with mnist.npz or the four IDX files, and other sets to browse beside it "
        "(MNIST_DATA_DIR)",
    )
    add("--share", action="store_const", const=True, help="ask for a public address (MNIST_SHARE=1)")
    add("--open", action="store_const", const=True, help="open the page in a browser (MNIST_OPEN=1)")
    add(
        "--trusted-proxy",
        type=_networks,
        help="addresses or networks of proxies whose Host and X-Forwarded headers count, several with commas; * for "
        "all (MNIST_TRUSTED_PROXY)",
    )
    add("--embed", type=_origins, help="origins whose pages may show this one in a frame (MNIST_EMBED)")
    add("--public", action="store_const", const=True, help="strangers reach the page (MNIST_PUBLIC=1)")
    add(
        "--training",
        type=_permission,
        help=f"{', '.join(PERMISSIONS)}: who may train on this machine (MNIST_TRAINING; on, but off where "
        "strangers reach the page)",
    )
    add(
        "--rooms",
        type=_permission,
        help=f"{', '.join(PERMISSIONS)}: who may open rooms for a class (MNIST_ROOMS; on, but off where strangers "
        "reach the page)",
    )
    add("--max-runs", type=_count, help=f"runs that train at the same time (MNIST_MAX_RUNS; {Settings.max_runs})")
    add("--max-queue", type=_count, help=f"runs that may wait (MNIST_MAX_QUEUE; {Settings.max_queue})")
    add("--max-epochs", type=_count, help="epochs of one run (MNIST_MAX_EPOCHS)")
    add("--max-seconds", type=_count, help="seconds that one run may take (MNIST_MAX_SECONDS)")
    add(
        "--models-mb",
        type=_count,
        help=f"megabytes that runs and their models may take on disk (MNIST_MODELS_MB; {Settings.models_mb})",
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 1 to 65535, received {text!r}")
    return int(text)


def _device(text: str) -> str:
    if text not in DEVICE_CHOICES:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(DEVICE_CHOICES)}, received {text!r}")
    return text


def _permission(text: str) -> str:
    if text not in PERMISSIONS:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(PERMISSIONS)}, received {text!r}")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10**9:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, received {text!r}")
    return int(text)


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise argparse.ArgumentTypeError(f"expected 1 or 0, received {text!r}")
    return text == "1"


def _users(text: str) -> dict[str, str]:
    pairs = [entry.strip().partition(":") for entry in text.split(",")]
    if not all(name and password for name, _, password in pairs):  # what was received is secret
        raise argparse.ArgumentTypeError("expected user:password, several with commas, neither of them empty")
    return {name: password for name, _, password in pairs}


def _networks(text: str) -> tuple[Network, ...]:
    if text.strip() == "*":
        return _EVERYBODY
    try:
        return tuple(ipaddress.ip_network(entry.strip(), strict=False) for entry in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected addresses or networks, as 10.0.0.2 or 10.0.0.0/8, several with commas, or *; received {text!r}"
        ) from None


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(text.replace(",", " ").split())
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise argparse.ArgumentTypeError(
            f"expected origins such as https://school.example, several with commas, received {text!r}"
        )
    return origins
