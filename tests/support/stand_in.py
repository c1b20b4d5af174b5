"""A stand-in for the process that trains: a child of the same protocol, whose runs a test writes itself."""

from __future__ import annotations

import sys

_LOOP = """
def work(parent):
    places = parent.receive()
    parent.send({"ready": True})
    while order := parent.receive(places["idle_seconds"]):
        if order["do"] in ("run", "rescue"):
            parent.send({"ended": run(parent, places, order)})

run_child(work)
"""


def stand_in(program):
    """The command of a child; the program defines `run(parent, places, order)`, and has imported `run_child`."""
    return [sys.executable, "-c", f"{program}{_LOOP}"]
