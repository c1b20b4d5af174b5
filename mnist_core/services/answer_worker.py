"""Computes what the data tab shows of a split and a model, for a server that must not be slowed down.

    python -m mnist_core.services.answer_worker

No command for people, who have `answers`. It receives one question, `{"split", "model", "data", "cache"}`: a name, and
paths. It sends `{"share"}` as it goes, and in the end `{"problem"}`, empty or text; see `child_process`.
"""

from __future__ import annotations

from pathlib import Path

from ..browse.answers import answer_split
from ..errors import MnistError
from ..models.store import load_stored
from .child_process import Parent, run_child


def work(parent: Parent) -> None:
    """Answers the one question."""
    question = parent.receive()
    try:
        answer_split(
            question["split"],
            load_stored(Path(question["model"])),
            question["data"] and Path(question["data"]),
            Path(question["cache"]),
            lambda share: parent.send({"share": share}),
        )
        parent.send({"problem": ""})
    except MnistError as error:
        parent.send({"problem": str(error)})


if __name__ == "__main__":
    run_child(work)
