"""Experiments without networks that are trained: a stand-in for the process that trains them.

`python -m support.experiments` is the program with it.
"""

from __future__ import annotations

import functools
import sys

# The accuracies of a network are made up from its recipe; what is stored is a copy of a network that is there. Recipes
# for 666 images fail, those for 777 last until they are stopped.
STAND_IN = """
import hashlib, json, shutil
from pathlib import Path
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.child_process import run_child

def work(parent):
    places = parent.receive()
    parent.send({"ready": True})
    while order := parent.receive(places["idle_seconds"]):
        if order["do"] != "run":
            continue
        recipe = order["recipe"]
        key = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
        number = int(key[:4], 16) / 65536
        ended = {"state": "done", "problem": "", "validation": 0.9 + number / 100, "test": 0.91 - number / 100,
            "complete": True, "figures": {"parameters": 1000, "ink": 0.8 if order.get("data_of") else None}}
        models = Path(places["cache"]) / "models"
        hidden = order.get("hidden", ())
        found = [path.name for path in models.glob("*") if (path / key).exists() and path.name not in hidden]
        if found:
            parent.send({"ended": {**ended, "model": found[0], "found": True}})
            continue
        parent.send({"state": "running"})
        while recipe["limit"] == 777 and (parent.receive(5) or {}).get("do") != "stop":
            pass
        if recipe["limit"] == 666:
            parent.send({"ended": {"state": "failed", "model": "", "problem": "no"}})
            continue
        folder = models / f"{recipe['name']}-{order['run'][:4]}"
        shutil.copytree(SHIPPED_DIR / "linear", folder)
        (folder / key).touch()
        ended["complete"] = recipe["limit"] != 777
        parent.send({"ended": {**ended, "model": folder.name, "found": False}})

run_child(work)
"""


def main():
    from mnist_core import serve
    from mnist_core.services import runs

    command = [sys.executable, "-c", STAND_IN]
    runs.TrainingProcess = functools.partial(runs.TrainingProcess, command=command)
    return serve.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
