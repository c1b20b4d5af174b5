"""The command line: `python -m mnist_core train|models|predict|evaluate|report`.

Exit codes: 0 done, 1 it could not be done and the message says why, 2 wrong usage, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .dataset import (
    LabelledSet,
    Mnist,
    TrainingData,
    default_cache_dir,
    load_labelled,
    load_mnist,
    load_sample,
    split_validation,
)
from .errors import DataError, MnistError, PictureError, StoppedError, StorageError
from .inference import DEVICE_CHOICES, choose_device, open_predictor, predict, read_verdict
from .recipes import RECIPES, Recipe, find_recipe
from .store import (
    SHIPPED_DIR,
    StoredModel,
    check_place,
    find_complete,
    find_stored,
    list_stored,
    models_dir,
    run_name,
    save_run,
)

if TYPE_CHECKING:
    from .training import Progress, TrainingRun

DEFAULT_MODEL = "sketchnet"
STOPPED = 130

_EXAMPLES = """examples:
  python -m mnist_core train sketchnet --again                train the shipped network once more (half an hour)
  python -m mnist_core train linear                           train the simplest network in seconds
  python -m mnist_core models                                 which models there are
  python -m mnist_core predict photo.png                      read one digit from a picture
  python -m mnist_core evaluate --data test --json            figures on MNIST's test set
  python -m mnist_core evaluate --data digits.npz             figures on other people's digits
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    options = _build_parser().parse_args(arguments)
    try:
        return options.run(options)
    except (KeyboardInterrupt, StoppedError) as error:
        print(str(error) or "Stopped.", file=sys.stderr)
        return STOPPED
    except (MnistError, ValueError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1


def run_train(options: argparse.Namespace) -> int:
    """Trains a recipe, unless its result is already stored."""
    recipe = find_recipe(options.recipe)
    changes = {
        name: getattr(options, name) for name in ("epochs", "seed", "limit") if getattr(options, name) is not None
    }
    recipe = replace(recipe, **changes)
    data = split_validation(_load_mnist(options))
    existing = find_complete(recipe, data.digest, _model_roots())
    if existing and not (options.again or options.output):
        _say(f"{existing.name} is already trained: {existing.folder}. Use --again to train it once more.")
        _print_json(options, _describe(existing))
        return 0
    stored = _train_and_store(recipe, data, options.output)
    _say(f"Stored as {stored.folder}")
    _print_json(options, _describe(stored))
    return 0 if stored.complete else STOPPED


def run_models(options: argparse.Namespace) -> int:
    """Lists the stored models."""
    models, problems = list_stored(_model_roots())
    if options.json:
        _print_json(options, [_describe(model) for model in models])
    else:
        for model in models:
            note = "" if model.complete else "  stopped early"
            accuracy, parameters = model.metrics["validation"]["accuracy"], model.metrics["parameters"]
            print(f"{model.name:32} {parameters:>9,} parameters  validation {accuracy:.2%}{note}  {model.folder}")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def run_predict(options: argparse.Namespace) -> int:
    """Reads one digit from each picture."""
    from .picture import open_picture, picture_to_image

    predictor = open_predictor(find_stored(options.model, _model_roots()), choose_device(options.device))
    answers = []
    for path in options.pictures:
        try:
            image = picture_to_image(open_picture(_existing_file(path)))
        except PictureError as error:
            raise PictureError(f"{path}: {error}") from error
        probabilities = predict(predictor, image[None])[0]
        verdict = read_verdict(probabilities)
        answers.append({"picture": str(path), "label": verdict.labels[0], "probabilities": probabilities.tolist()})
        if not options.json:
            print(f"{path}: {' or '.join(map(str, verdict.labels))}, {verdict.confidence:.0%}")
    _print_json(options, answers)
    return 0


def run_evaluate(options: argparse.Namespace) -> int:
    """Prints the figures of one model on one set of digits."""
    figures = _evaluate(options, options.data, options.outliers)
    if options.json:
        _print_json(options, figures)
    else:
        print(_describe_figures(figures))
    return 0


def run_report(options: argparse.Namespace) -> int:
    """Writes a model's figures on several sets into a text file, between two marks."""
    from .report import write_report

    figures = [_evaluate(options, data, []) for data in options.data]
    write_report(options.into, figures)
    _say(f"Wrote {options.into}")
    _print_json(options, figures)
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mnist_core",
        description="Train small networks on handwritten digits, and measure them.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)

    train = _add_command(commands, "train", run_train, "train a recipe, or load it when it has been trained before")
    train.add_argument("recipe", help=f"one of: {', '.join(RECIPES)}")
    train.add_argument("--epochs", type=int, help="passes over the training images")
    train.add_argument("--seed", type=int, help="seed of weights, order and augmentation")
    train.add_argument("--limit", type=int, help="train on the first LIMIT images only")
    train.add_argument("--again", action="store_true", help="train even when the result is already stored")
    train.add_argument("--output", type=Path, metavar="FOLDER", help="store the model in FOLDER instead of the cache")
    _add_data_dir(train)

    _add_command(commands, "models", run_models, "list the stored models")

    predict_command = _add_command(commands, "predict", run_predict, "read one digit from each picture")
    predict_command.add_argument("pictures", nargs="+", type=Path, help="picture files, dark on light or light on dark")
    _add_model(predict_command)

    evaluate = _add_command(commands, "evaluate", run_evaluate, "measure a model on digits")
    evaluate.add_argument("--data", default="validation", help="test, validation (the built-in sample) or FILE.npz")
    evaluate.add_argument("--outliers", nargs="+", default=[], metavar="FILE.npz", help="sets that hold no digits")
    evaluate.add_argument("--as-is", action="store_true", help="feed 28x28 pictures unchanged")
    _add_model(evaluate)
    _add_data_dir(evaluate)

    report = _add_command(commands, "report", run_report, "write a model's figures into a text file")
    report.add_argument("--data", nargs="+", default=["validation", "test"], help="test, validation or FILE.npz")
    report.add_argument("--into", type=Path, default=Path("README.md"), help="file with the marks to write between")
    report.set_defaults(as_is=False)
    _add_model(report)
    _add_data_dir(report)
    return parser


def _add_command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=run)
    return command


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model", default=os.environ.get("MNIST_MODEL") or DEFAULT_MODEL, help="name of a stored model"
    )
    command.add_argument("--device", choices=DEVICE_CHOICES, default=os.environ.get("MNIST_DEVICE") or "auto")


def _add_data_dir(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data-dir", default=os.environ.get("MNIST_DATA_DIR") or None, help="mnist.npz or a folder that holds it"
    )


def _model_roots() -> tuple[Path, ...]:
    return SHIPPED_DIR, models_dir(default_cache_dir())


def _load_mnist(options: argparse.Namespace) -> Mnist:
    def show(received: int, expected: int) -> None:
        share = f"{received / expected:4.0%}" if expected else f"{received / 1e6:.1f} MB"
        _say(f"\rDownloading MNIST: {share}", end="")

    mnist = load_mnist(options.data_dir, on_progress=show)
    _say(f"MNIST from {mnist.source}")
    return mnist


def _train_and_store(recipe: Recipe, data: TrainingData, output: Path | None) -> StoredModel:
    from .evaluation import PreparedSet, evaluate
    from .training import train

    root, name = (output.parent, output.name) if output else (models_dir(default_cache_dir()), None)
    check_place(output or root / recipe.name)
    _say(f"Training {recipe.name}: {len(data.x_train[: recipe.limit]):,} images, {recipe.epochs} epochs. Ctrl-C keeps "
          "the best epoch so far.")  # fmt: skip
    run = train(recipe, data, on_progress=_show_progress)
    if run.stopped_after is not None:
        _say(f"\nStopped. Epoch {run.stopped_after}, the best so far, is kept under a name of its own.")
    with _uninterrupted():
        validation = PreparedSet.as_it_is(data.x_validation, data.y_validation)
        metrics = {
            "parameters": run.model.count_params(),
            "num_training_images": len(data.x_train[: recipe.limit]),
            "seconds": sum(epoch["seconds"] for epoch in run.history),
            "validation": evaluate(_KerasAnswers(run.model), validation),
        }
        return _store_somewhere(run, metrics, root / run_name(run, name))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ignores Ctrl-C: an impatient second one must not cost what is being stored."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _store_somewhere(run: TrainingRun, metrics: dict[str, Any], folder: Path) -> StoredModel:
    """Stores a run, in a temporary folder if need be: a full disk must not cost the training."""
    try:
        return save_run(run, metrics, folder)
    except StorageError as error:
        _say(f"{error} It is kept in a temporary folder instead; move it from there.")
        return save_run(run, metrics, Path(tempfile.mkdtemp(prefix="mnist-model-")) / folder.name)


class _KerasAnswers:
    """A Keras model as a `Predictor`."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def predict_logits(self, images: np.ndarray) -> np.ndarray:
        return self._model.predict_on_batch(images[..., None])


def _show_progress(progress: Progress) -> None:
    left = f"{progress.seconds_left // 60:.0f}:{progress.seconds_left % 60:02.0f} left"
    line = (
        f"epoch {progress.epoch}/{progress.num_epochs}  step {progress.step}/{progress.num_steps}  "
        f"loss {progress.loss:.4f}  accuracy {progress.accuracy:.2%}"
    )
    if progress.validation_accuracy is not None:
        _say(f"\r{line}  validation {progress.validation_accuracy:.2%}  {left}")
    elif progress.step % 10 == 0 and sys.stderr.isatty():
        _say(f"\r{line}  {left}  ", end="")


def _evaluate(options: argparse.Namespace, data: str, outliers: Sequence[str]) -> dict[str, Any]:
    from .evaluation import PreparedSet, evaluate, evaluate_outliers, prepare_images

    stored = find_stored(options.model, _model_roots())
    predictor = open_predictor(stored, choose_device(options.device))
    if data in ("test", "validation"):
        if data == "validation":
            x, y = load_sample()
        else:
            mnist = _load_mnist(options)
            x, y = mnist.x_test, mnist.y_test
        prepared = PreparedSet.as_it_is(x, y)
    else:
        prepared = prepare_images(_load_digits(Path(data)), as_is=options.as_is)
    figures = {"model": stored.name, "data": data, **evaluate(predictor, prepared)}
    figures["outliers"] = {
        name: evaluate_outliers(predictor, prepared, prepare_images(load_labelled(Path(name)), as_is=options.as_is))
        for name in outliers
    }
    return figures


def _load_digits(path: Path) -> LabelledSet:
    """A set whose labels are digits; sets of outliers may hold any labels."""
    labelled = load_labelled(path)
    if not len(labelled.labels) or labelled.labels.min() < 0 or labelled.labels.max() > 9:
        found = f"{labelled.labels.min()} to {labelled.labels.max()}" if len(labelled.labels) else "none"
        raise DataError(f"{path}: expected samples with labels 0 to 9. Received labels: {found}.", path)
    return labelled


def _describe(model: StoredModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "folder": str(model.folder),
        "recipe": model.recipe.as_dict(),
        "key": model.key,
        "complete": model.complete,
        **model.metrics,
    }


def _describe_figures(figures: dict[str, Any]) -> str:
    from .evaluation import wilson_interval

    num_samples, error_count = figures["num_samples"], figures["error_count"]
    low, high = wilson_interval(num_samples - error_count, num_samples)
    data = "validation (the built-in 5,000 training images)" if figures["data"] == "validation" else figures["data"]
    lines = [
        f"{figures['model']} on {data}: {figures['accuracy']:.2%} of {num_samples:,} "
        f"(95 % interval {low:.2%} to {high:.2%}), {error_count} wrong, nll {figures['nll']:.4f}, "
        f"Brier {figures['brier']:.4f}, ece {figures['ece']:.4f}",
        "rows are true digits, columns answers:",
        *("  " + " ".join(f"{count:5}" for count in row) for row in figures["confusion_matrix"]),
    ]
    lines += [
        f"outliers {name}: AUROC {values['auroc']:.4f}, {values['accepted']:.1%} called a digit"
        for name, values in figures["outliers"].items()
    ]
    return "\n".join(lines)


def _existing_file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"There is no file {path}.")
    return path


def _say(text: str, end: str = "\n") -> None:
    """What a person reads while a command works; standard output is for its result."""
    print(text, end=end, file=sys.stderr, flush=True)


def _print_json(options: argparse.Namespace, value: Any) -> None:
    if options.json:
        print(json.dumps(value))


if __name__ == "__main__":
    sys.exit(main())
