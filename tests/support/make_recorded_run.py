"""Records a training of `fast`, which the train tab shows where nobody can train.

    MNIST_DATA_DIR=FOLDER python tests/support/make_recorded_run.py

It needs MNIST in the folder, and TensorFlow, and takes about half a minute. What it writes is what a server keeps of
any run: curves, and the weights before the first step and after each epoch, float16. Nothing is asserted.
"""

import dataclasses
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # modules beside this one are named as some of Python's

from mnist_core.hosting.identity import Visitor  # noqa: E402
from mnist_core.paths import RECORDED_DIR  # noqa: E402
from mnist_core.services.run_records import RECORDED, read_records  # noqa: E402
from mnist_core.services.runs import Runs  # noqa: E402

RECIPE = "fast"
RUN = "fa57fa57fa57"


def train(cache_dir):
    """Trains the recipe as a visitor would; returns the run."""
    runs = Runs(Path(os.environ["MNIST_DATA_DIR"]), cache_dir)
    try:
        runs.begin(Visitor("recorder"), RECIPE, {})
        while True:
            (record,) = read_records(cache_dir / "runs")
            if not record.is_going:
                return record
            time.sleep(1)
    finally:
        runs.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        record = train(Path(folder))
        if record.state != "done":
            sys.exit(f"The training is {record.state}. {record.problem}")
        shutil.rmtree(RECORDED_DIR, ignore_errors=True)
        kept = shutil.ignore_patterns("run.json", "history.json")
        shutil.copytree(Path(folder) / "runs" / record.id, RECORDED_DIR / RUN, ignore=kept)
    # Whoever looks at it has neither its model nor the server that made it.
    without = {"server": "", "model": "", "models": []}
    dataclasses.replace(record, id=RUN, owner=RECORDED, **without).write(RECORDED_DIR)


if __name__ == "__main__":
    main()
