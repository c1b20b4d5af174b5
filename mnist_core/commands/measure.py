"""`models`, `predict`, `evaluate` and `report`: what stored models are and how well they read."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.files import read_npz
from ..data.labelled import load_digits, load_labelled
from ..data.pendigits import NPZ_NAME, REPORTED_WRITERS
from ..data.sample import load_sample
from ..errors import DataError, NotAModelError, StorageError, UnknownModelError
from ..evaluation.figures import tell_figure
from ..evaluation.report import render_evidence
from ..models.devices import choose_device
from ..models.inference import open_predictor
from ..models.pictures import PictureReading, read_pictures
from ..models.recipes import CLASSIC
from ..models.store import StoredModel, list_stored, short_name
from ..paths import EVIDENCE_PATH
from .console import (
    add_command,
    add_data_dir,
    add_model,
    data_folder,
    describe_figures,
    describe_model,
    find_model,
    load_data,
    load_ink,
    model_roots,
    print_json,
    say,
)

if TYPE_CHECKING:
    from ..evaluation.evidence import Evidence


def add_commands(commands: Any) -> None:
    """Adds these commands to the parser."""
    add_command(commands, "models", run_models, "list the stored models")

    predict_command = add_command(commands, "predict", run_predict, "read one digit from each picture")
    predict_command.add_argument(
        "pictures", nargs="+", type=Path, help="picture files, dark on light or light on dark, or folders of them"
    )
    add_model(predict_command)

    evaluate = add_command(commands, "evaluate", run_evaluate, "measure a model on digits")
    evaluate.add_argument("--data", default="validation", help="test, validation (the built-in sample) or FILE.npz")
    evaluate.add_argument("--outliers", nargs="+", default=[], metavar="FILE.npz", help="sets that hold no digits")
    evaluate.add_argument("--as-is", action="store_true", help="feed 28x28 pictures unchanged")
    add_model(evaluate)
    add_data_dir(evaluate)

    report = add_command(commands, "report", run_report, "measure a model on every set at hand and write its tables")
    report.add_argument(
        "--beside", nargs="*", metavar="MODEL", help="models to compare with (default: the classic networks as stored)"
    )
    report.add_argument("--into", type=Path, default=Path("README.md"), help="file with the marks to write between")
    report.add_argument("--figures", type=Path, default=EVIDENCE_PATH, help="where to store the figures for the page")
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
    """Reads one digit in each picture; tells of every picture, also of those that cannot be read."""
    predictor = open_predictor(find_model(options.model), choose_device(options.device))
    readings = []
    for reading in read_pictures(predictor, options.pictures):
        readings.append(reading)
        if not options.json:
            print(f"{reading.picture}: {_describe_reading(reading)}")
    print_json(options, [reading.as_dict() for reading in readings])
    num_failed = sum(reading.error is not None for reading in readings)
    if num_failed:
        say(f"predict: {num_failed} of {len(readings)} could not be read.")
    return 1 if num_failed else 0


def _describe_reading(reading: PictureReading) -> str:
    verdict = reading.verdict
    if verdict is None:
        return f"not read. {reading.error}"
    if verdict.kind == "refused":
        return "this does not look like a digit"
    return f"{' or '.join(map(str, verdict.labels))}, {verdict.confidence:.0%}"


def run_evaluate(options: argparse.Namespace) -> int:
    """Prints the figures of one model on one set of digits."""
    figures = _evaluate(options, options.data, options.outliers)
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
    from ..evaluation.evidence import measure
    from ..evaluation.report import EVIDENCE, check_marks, write_between

    check_marks(options.into, EVIDENCE)
    if not options.figures.absolute().parent.is_dir():  # known before minutes of measuring
        raise StorageError(
            f"There is no folder for {options.figures}. Name another file with --figures.", options.figures
        )
    device = choose_device(options.device)
    models = [find_model(options.model), *_find_beside(options.beside)]
    shorts = [short_name(model) for model in models]
    names = [model.name if shorts.count(short) > 1 else short for model, short in zip(models, shorts, strict=True)]
    predictors = {name: open_predictor(model, device) for name, model in zip(names, models, strict=True)}
    evidence = _rounded(measure(predictors, _gather(options), say))  # so that both files say the same
    write_between(options.into, EVIDENCE, render_evidence(evidence))
    _write_figures(options.figures, evidence)
    say(f"Wrote {options.into} and {options.figures}")
    print_json(options, evidence)
    return 0


def _find_beside(names: Sequence[str] | None) -> list[StoredModel]:
    """The models of these names; without names, the classic networks that are stored."""
    found = []
    for name in CLASSIC if names is None else names:
        try:
            found.append(find_model(name))
        except UnknownModelError as error:
            if names is not None:
                raise
            say(f"{error} `train {name}` would put it into the table.")
    return found


def _gather(options: argparse.Namespace) -> list[Evidence]:
    """Every set at hand: MNIST's, then what lies in the data folder; what begins with `outliers` holds no digits."""
    from ..data.prepared import PreparedSet, prepare_images, prepare_ink
    from ..evaluation.evidence import Evidence, damage

    dataset = load_data(options)
    if dataset.name != "mnist":
        raise DataError(f"A report needs MNIST's own test set. Received: {dataset.name} from {dataset.source}.")
    test = PreparedSet.from_mnist(dataset.x_test, dataset.y_test)
    sets = [
        Evidence.known("validation", "clean", PreparedSet.from_mnist(*load_sample())),
        Evidence.known("test", "clean", test),
    ]
    pen = load_ink(options, download=False)
    if pen:
        sets.append(Evidence.known("pen", "drawn", prepare_ink(pen.reported), len(REPORTED_WRITERS)))
    folder = data_folder(options)
    others = sorted(folder.glob("*.npz")) if folder else []
    if not others:
        say("No sets of other people's digits are at hand: name their folder with --data-dir.")
    outliers = []
    for path in others:
        if path.name == NPZ_NAME or _is_dataset(path):
            continue
        if path.name.startswith("outliers"):
            outliers.append(Evidence.known(path.stem, "outliers", prepare_images(load_labelled(path))))
        else:
            labelled = load_digits(path)
            sets.append(Evidence.known(path.stem, "drawn", prepare_images(labelled), labelled.num_writers))
    return [*sets, Evidence.known("damaged", "damaged", damage(test)), *outliers]


def _is_dataset(path: Path) -> bool:
    return {"x_train", "x_test"} <= read_npz(path).keys()


def _write_figures(path: Path, evidence: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(evidence, separators=(",", ":")) + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error}.", path) from error


def _rounded(value: Any) -> Any:
    """The same with numbers of six digits, which is more than any of them is worth."""
    if isinstance(value, dict):
        return {name: _rounded(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(entry) for entry in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _evaluate(options: argparse.Namespace, data: str, outliers: Sequence[str]) -> dict[str, Any]:
    from ..data.prepared import PreparedSet, prepare_images
    from ..evaluation.evidence import Evidence
    from ..evaluation.metrics import evaluate, evaluate_outliers

    stored = find_model(options.model)
    predictor = open_predictor(stored, choose_device(options.device))
    if data in ("test", "validation"):
        if data == "validation":
            x, y = load_sample()
        else:
            dataset = load_data(options)
            x, y = dataset.x_test, dataset.y_test
        prepared = PreparedSet.from_mnist(x, y)
    else:
        prepared = prepare_images(load_digits(Path(data)), as_is=options.as_is)
    figures = {"model": stored.name, "data": data, **evaluate(predictor, prepared)}
    figures["outliers"] = {}
    for name in outliers:
        images = prepare_images(load_labelled(Path(name)), as_is=options.as_is)
        lookalikes = Evidence.known(Path(name).stem, "outliers", images).lookalikes
        figures["outliers"][name] = evaluate_outliers(predictor, {data: prepared}, images, lookalikes)
    return figures
