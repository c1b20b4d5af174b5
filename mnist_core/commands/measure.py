"""`models`, `predict`, `evaluate` and `report`: what stored models are and how well they read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..data.files import check_folder
from ..data.labelled import load_digits
from ..data.prepared import PreparedSet, prepare_images
from ..data.sample import load_sample
from ..errors import NotAModelError, UnknownModelError
from ..evaluation.evidence import gather, measure, measure_set
from ..evaluation.figures import round_figures, tell_figure, write_json
from ..evaluation.report import EVIDENCE, check_marks, render_evidence, write_between
from ..models.devices import choose_device
from ..models.inference import open_predictor, open_predictors
from ..models.pictures import PictureReading, read_pictures
from ..models.recipes import CLASSIC
from ..models.store import StoredModel, list_stored
from ..paths import EVIDENCE_PATH
from .console import (
    add_command,
    add_data_dir,
    add_model,
    describe_figures,
    describe_model,
    find_model,
    load_data,
    model_roots,
    print_json,
    say,
)


def add_commands(commands: Any) -> None:
    """Adds these commands to the parser."""
    add_command(commands, "models", run_models, "list the stored models")

    predict_command = add_command(commands, "predict", run_predict, "read the digit or the number in each picture")
    predict_command.add_argument(
        "pictures", nargs="+", type=Path, help="picture files, dark on light or light on dark, or folders of them"
    )
    predict_command.add_argument("--single", action="store_true", help="take each picture for one digit")
    add_model(predict_command)

    evaluate = add_command(commands, "evaluate", run_evaluate, "measure a model on digits")
    evaluate.add_argument("--data", default="validation", help="test, validation (the built-in sample) or FILE.npz")
    evaluate.add_argument(
        "--outliers", type=Path, nargs="+", default=[], metavar="FILE.npz", help="sets of images that are not digits"
    )
    evaluate.add_argument("--as-is", action="store_true", help="give 28x28 pictures to the network unchanged")
    add_model(evaluate)
    add_data_dir(evaluate)

    report = add_command(commands, "report", run_report, "measure a model on every set at hand and write its tables")
    report.add_argument(
        "--beside", nargs="*", metavar="MODEL", help="models to compare with (default: the classic networks as stored)"
    )
    report.add_argument(
        "--into", type=Path, default=Path("assets/docs/evidence.md"), help="file with the marks between which to write"
    )
    report.add_argument(
        "--figures", type=Path, default=EVIDENCE_PATH, help="file in which to store the figures for the page"
    )
    add_model(report)
    add_data_dir(report)


def run_models(options: argparse.Namespace) -> int:
    """Lists the stored models."""
    models, problems = list_stored(model_roots())
    if options.json:
        print_json(options, [describe_model(model) for model in models])
    else:
        for model in models:
            note = "" if model.complete else "  stopped early"
            accuracy = tell_figure(model.figure("validation", "accuracy"), ".2%")
            parameters = tell_figure(model.figure("parameters"), ",")
            changes = " ".join(model.recipe.list_changes())
            print(
                f"{model.name:32} {parameters:>9} parameters  validation {accuracy}{note}  {model.folder}"
                f"{'  ' + changes if changes else ''}"
            )
    for problem in problems:
        say(str(problem))
    return 1 if any(not isinstance(problem, NotAModelError) for problem in problems) else 0


def run_predict(options: argparse.Namespace) -> int:
    """Reads the digit or number in each picture; tells of every picture, also of those that cannot be read."""
    predictor = open_predictor(find_model(options.model), choose_device(options.device))
    readings = []
    for reading in read_pictures(predictor, options.pictures, single=options.single):
        readings.append(reading)
        if not options.json:
            print(f"{reading.picture}: {_describe_reading(reading)}")
    print_json(options, [reading.as_dict() for reading in readings])
    num_failed = sum(reading.error is not None for reading in readings)
    if num_failed:
        say(f"predict: {num_failed} of {len(readings)} could not be read.")
    return 1 if num_failed else 0


def _describe_reading(reading: PictureReading) -> str:
    if reading.number:
        number = reading.number.reading
        return f"{number.text}, {number.confidence:.0%}"
    verdict = reading.verdict
    if verdict is None:
        return f"not read. {reading.error}"
    if verdict.kind == "refused":
        return "this does not look like a digit"
    return f"{' or '.join(map(str, verdict.labels))}, {verdict.confidence:.0%}"


def run_evaluate(options: argparse.Namespace) -> int:
    """Prints the figures of one model on one set of digits."""
    stored = find_model(options.model)
    predictor = open_predictor(stored, choose_device(options.device))
    if options.data == "validation":
        prepared = PreparedSet.from_mnist(*load_sample())
    elif options.data == "test":
        dataset = load_data(options)
        prepared = PreparedSet.from_mnist(dataset.x_test, dataset.y_test)
    else:
        prepared = prepare_images(load_digits(Path(options.data)), as_is=options.as_is)
    measured = measure_set(predictor, options.data, prepared, options.outliers, as_is=options.as_is)
    figures = {"model": stored.name, **measured}
    if options.json:
        print_json(options, figures)
        return 0
    data = "validation (the built-in 5,000 training images)" if figures["data"] == "validation" else figures["data"]
    accuracy, *rest = describe_figures(figures)
    print(f"{figures['model']} on {data}: {accuracy}", *rest, sep="\n")
    for name, rows in figures["outliers"].items():
        for row in rows:
            of_class = "" if row["label"] is None else f" {row['label']}"
            print(
                f"outliers {name}{of_class}: {row['num_samples']}, "
                f"AUROC {tell_figure(row['auroc'][options.data], '.4f')}, "
                f"{tell_figure(row['accepted'], '.1%')} called a digit"
            )
    return 0


def run_report(options: argparse.Namespace) -> int:
    """Measures a model, and others beside it, on every set at hand; writes tables into a text file, and the figures."""
    check_marks(options.into, EVIDENCE)
    check_folder(options.figures, "Name another file with --figures.")  # known before minutes of measuring
    device = choose_device(options.device)
    predictors = open_predictors([find_model(options.model), *_find_beside(options.beside)], device)
    sets = gather(load_data(options), options.data_dir, say)
    evidence = round_figures(measure(predictors, sets, say), 6)  # before both files are written: they say the same
    write_between(options.into, EVIDENCE, render_evidence(evidence))
    write_json(options.figures, evidence)
    say(f"Wrote {options.into} and {options.figures}")
    print_json(options, evidence)
    return 0


def _find_beside(names: Sequence[str] | None) -> list[StoredModel]:
    """Returns the models of these names; without names, the classic networks that are stored."""
    found = []
    for name in CLASSIC if names is None else names:
        try:
            found.append(find_model(name))
        except UnknownModelError as error:
            if names is not None:
                raise
            say(f"{error} `train {name}` would put it into the table.")
    return found
