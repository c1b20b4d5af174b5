"""`show` and `answers`: looking through a set of digits, and what must be computed once for that."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..browse.answers import AnswerStore, answer_split, find_seen
from ..browse.catalogue import Catalogue, select_samples
from ..browse.query import SORT_KEYS, Query
from ..data.files import check_folder, replacing
from ..data.splits import NO_LABEL, Split, find_source, find_splits, load_split
from ..errors import DataError, QueryError, StorageError
from ..models.store import StoredModel
from ..paths import default_cache_dir
from .console import add_command, add_data_dir, add_stored_model, find_model, print_json, say

_COLUMNS = 10
_OUTPUT_HINT = "Name another file with --output."
# A picture of more would not be looked at.
_MOST_SHOWN = 2000


def add_commands(commands: Any) -> None:
    """Adds these commands to the parser."""
    show = add_command(commands, "show", run_show, "write samples of a set, with their labels, as a picture")
    show.add_argument("split", metavar="SPLIT", help="train, test, built_in, or the name of a file beside the data")
    show.add_argument("--output", type=Path, required=True, metavar="FILE.png", help="picture file to write")
    show.add_argument("--label", type=int, nargs="+", metavar="DIGIT", help="only samples with one of these labels")
    show.add_argument(
        "--predicted",
        type=int,
        nargs="+",
        metavar="DIGIT",
        help="only samples that the model reads as one of these digits",
    )
    show.add_argument("--wrong", action="store_true", help="only samples that the model reads wrong")
    show.add_argument("--sort", choices=SORT_KEYS, default="index", help="sort by this (default: index)")
    show.add_argument("--descending", action="store_true", help="largest first")
    show.add_argument(
        "--limit", type=int, default=100, metavar="N", help="show at most this many samples (default: 100)"
    )
    add_stored_model(show)
    add_data_dir(show)

    summary = "compute what the page's data tab shows of a model, so that nobody waits for it"
    answers = add_command(commands, "answers", run_answers, summary)
    answers.add_argument("splits", nargs="*", metavar="SPLIT", help="names as for `show` (default: all that are found)")
    answers.add_argument("--shares", action="store_true", help="print the share done so far, for programs")
    add_stored_model(answers)
    add_data_dir(answers)


def run_show(options: argparse.Namespace) -> int:
    """Writes a contact sheet of the samples that the options ask for."""
    from ..rendering.sprites import render_grid

    if not 1 <= options.limit <= _MOST_SHOWN:
        raise QueryError(
            "--limit takes 1 to {most_shown} samples. Received: {limit}.", most_shown=_MOST_SHOWN, limit=options.limit
        )
    query = Query.from_dict(
        {
            "label": options.label,
            "predicted": options.predicted,
            "right": False if options.wrong else None,
            "sort": options.sort,
            "descending": options.descending,
        }
    )
    _check_output(options.output)  # known before minutes of reading
    split = _load(options, options.split)
    catalogue = _open_catalogue(split, find_model(options.model), query.needs_answers)
    chosen = select_samples(catalogue, query)
    if not len(chosen):
        raise QueryError("No sample of {name} matches. Leave out a filter.", name=split.name)
    shown = chosen[: options.limit]
    captions = [_caption(catalogue, index) for index in shown.tolist()]
    with replacing(options.output, _OUTPUT_HINT) as file:
        render_grid(split.images[shown], captions, _COLUMNS).save(file, "PNG")
    found = {"split": split.name, "found": len(chosen), "shown": shown.tolist(), "output": str(options.output)}
    if options.json:
        print_json(options, found)
    else:
        print(f"{options.output}: {len(shown):,} of {len(chosen):,} samples of {split.name}")
    return 0


def run_answers(options: argparse.Namespace) -> int:
    """Computes what is missing; it takes long, so others come first."""
    if hasattr(os, "nice"):
        os.nice(10)
    model, cache_dir = find_model(options.model), default_cache_dir()
    names = options.splits or [source.name for source in find_splits(options.data_dir, cache_dir)]
    failed = []
    for number, name in enumerate(names):

        def tell(share: float, number: int = number) -> None:
            if options.shares:
                print(f"{(number + share) / len(names):.4f}", flush=True)

        try:
            split = answer_split(name, model, options.data_dir, cache_dir, tell)
            say(f"{name}: {len(split):,} images read by {model.name}")
        except DataError as error:  # the other sets are none the worse for it
            failed.append(name)
            say(f"answers: {error}")
            tell(1.0)
    print_json(options, {"model": model.name, "splits": [name for name in names if name not in failed]})
    return 1 if failed else 0


def _open_catalogue(split: Split, model: StoredModel, needs_answers: bool) -> Catalogue:
    store, answers = AnswerStore(default_cache_dir()), None
    if needs_answers:
        answers = store.load_answers(model, split)
        if answers is None:
            say(f"{model.name} reads {len(split):,} images once ...")
            store.compute_answers(model, split, lambda share: None)
            answers = store.load_answers(model, split)
    return Catalogue(split, find_seen(split, model), answers)


def _load(options: argparse.Namespace, name: str) -> Split:
    source = find_source(name, find_splits(options.data_dir, default_cache_dir()))
    return load_split(source, default_cache_dir())


def _caption(catalogue: Catalogue, index: int) -> str:
    label = catalogue.labels[index]
    text = "" if label == NO_LABEL else str(label)
    if catalogue.answers is not None and catalogue.predictions[index] != label:
        return f"{text} read as {catalogue.predictions[index]}".strip()
    return text


def _check_output(path: Path) -> None:
    if path.suffix.lower() != ".png":
        raise StorageError("--output must name a .png file. Received: {path}.", path)
    check_folder(path, _OUTPUT_HINT)
