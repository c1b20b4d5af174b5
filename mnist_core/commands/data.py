"""`data`: which sets of digits are found where."""

from __future__ import annotations

import argparse
from typing import Any

from ..data.inventory import describe_built_in, take_inventory
from ..data.mnist import find_places
from .console import add_command, add_data_dir, print_json, say


def add_commands(commands: Any) -> None:
    """Adds this command to the parser."""
    data = add_command(commands, "data", run_data, "say which data is found where, with counts and hashes")
    add_data_dir(data)


def run_data(options: argparse.Namespace) -> int:
    """Lists all sets at the named place, or at the usual ones, and what comes with the project."""
    found = take_inventory(options.data_dir)
    listed = [*found, *describe_built_in()]
    if options.json:
        print_json(options, listed)
    else:
        print("\n".join(line for entry in listed for line in _format(entry)))
    if options.data_dir and not find_places(options.data_dir):
        hint = " Name the folder of one of those below it." if any("hashes" in entry for entry in found) else ""
        say(f"Neither MNIST nor a set of the same layout was found at {options.data_dir}.{hint}")
        return 1
    if not any(_is_mnist(entry) for entry in found):
        way = (
            "" if options.data_dir else " It is downloaded when it is first needed; or name its place with --data-dir."
        )
        say(f"MNIST was not found.{way}")
    return 1 if options.data_dir and "problem" in found[0] else 0


def _is_mnist(entry: dict[str, Any]) -> bool:
    return entry.get("name") == "mnist" and entry["kind"] == "images"


def _format(entry: dict[str, Any]) -> list[str]:
    if "problem" in entry:
        return [f"{entry['path']}: {entry['problem'].removeprefix(entry['path']).lstrip(': ')}"]
    name = "the original MNIST" if _is_mnist(entry) else entry["name"]
    counts = ", ".join(f"{count:,} {split}" for split, count in entry["counts"].items())
    lines = [f"{entry['path']}: {name}, {entry['kind']} ({entry['form']}), {counts}"]
    return lines + [f"  {array:8} sha256 {digest}" for array, digest in entry.get("hashes", {}).items()]
