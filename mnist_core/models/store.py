"""Trained models on disk: written whole or not at all, verified when read.

A stored model is a folder:

    manifest.json   format, key, whether the run is complete, and the SHA-256 of each file below
    recipe.json     the recipe that made it
    weights.npz     the weights, read into an architecture that this project's code builds
    model.tflite    the same network for LiteRT: images to logits
    history.json    one entry an epoch
    metrics.json    parameters, seconds and figures on the validation and the test images

Listing changes nothing. A damaged model is moved aside, not deleted, by whoever asks for it; one that is whole but of
another version stays, and so does a folder that is no stored model. Metrics and history may be missing or odd: what is
not known of a model does not keep it from answering. Reading needs neither Keras nor TensorFlow; only
`build_keras_model` and `save_run` do. Nothing pickled is ever read.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import is_number
from ..errors import DamagedModelError, ModelError, NotAModelError, StorageError, UnknownModelError
from ..packages import needed_packages
from ..paths import SHIPPED_DIR
from .calibration import Calibration
from .recipes import Recipe

if TYPE_CHECKING:
    import keras


_FORMAT = 1
_PARTIAL = ".partial-"
_REPLACED = "-replaced"
# A save takes seconds; what is older was left behind by a process that was killed.
SAVING_SECONDS = 3600
_ODD = (ValueError, KeyError, TypeError, RecursionError)
_DAMAGE = (FileNotFoundError, NotADirectoryError, IsADirectoryError, *_ODD)
_OTHER_VERSION = (
    "Its files are whole, so a later version has probably made it: update this program, or train the model again."
)
_FILES = ("recipe.json", "weights.npz", "model.tflite", "history.json", "metrics.json")

Read = Callable[[Path], "StoredModel"]
Problem = DamagedModelError | StorageError


@dataclass(frozen=True)
class TrainingRun:
    """The result of a run.

    Args:
        recipe: What was asked for.
        model: The trained Keras model.
        history: One dictionary an epoch: loss, accuracy, val_loss, val_accuracy, seconds.
        data_digest: The digest of the data it saw.
        stopped_after: None when the run is complete; else the number of the epoch whose weights were kept.
    """

    recipe: Recipe
    model: keras.Model
    history: list[dict[str, float]]
    data_digest: str
    stopped_after: int | None


@dataclass(frozen=True)
class StoredModel:
    """A stored model whose files match their checksums.

    Args:
        folder: Where it is; the folder's name is the model's name.
        recipe: What made it.
        key: Name of recipe and data, ten hexadecimal digits.
        complete: False for a run that was stopped early.
        history: One dictionary an epoch.
        metrics: Parameters, seconds, and figures on the validation and the test images.
        written_at: When its manifest was written, in nanoseconds.
        weights_digest: SHA-256 of the weights, as 64 hexadecimal digits.
    """

    folder: Path
    recipe: Recipe
    key: str
    complete: bool
    history: list[dict[str, float]]
    metrics: dict[str, Any]
    written_at: int
    weights_digest: str

    @property
    def was_replaced(self) -> bool:
        """Whether another model has taken its place since it was read."""
        try:
            return (self.folder / "manifest.json").stat().st_mtime_ns != self.written_at
        except OSError:
            return False

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def num_bytes(self) -> int:
        """Size of its weights, in bytes; 0 where they are gone."""
        try:
            return (self.folder / "weights.npz").stat().st_size
        except OSError:
            return 0

    @property
    def calibration(self) -> Calibration:
        """How its logits are read; a model that was never calibrated is taken at its word."""
        return Calibration.from_dict(self.metrics.get("calibration", {}))

    @property
    def data_name(self) -> str:
        """Name of the set that it was trained on."""
        return str(self.metrics.get("data", "mnist"))

    @property
    def learned_ink(self) -> bool:
        """Whether pen ink was among what it learned from."""
        # Where there was some to measure on, there was some to learn from.
        return self.recipe.ink > 0 and "validation_ink" in self.metrics

    @property
    def is_plain(self) -> bool:
        """Whether it is its recipe as it stands, learned from MNIST."""
        return not self.recipe.list_changes() and self.data_name == "mnist"

    def figure(self, *path: str | int) -> float | None:
        """Returns a number among the metrics, as in `figure("test", "accuracy")`; None where there is none."""
        value: Any = self.metrics
        try:
            for key in path:
                value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
        return value if is_number(value) else None

    def read_litert(self) -> bytes:
        """Returns the LiteRT file, which maps float32 (n, 28, 28, 1) to logits (n, 10) or (n, 11).

        Raises:
            StorageError: It cannot be read now.
        """
        try:
            return (self.folder / "model.tflite").read_bytes()
        except OSError as error:
            raise _not_readable(self.folder, error) from error


def save_run(run: TrainingRun, metrics: dict[str, Any], folder: Path) -> StoredModel:
    """Writes a training run to `folder`, whole or not at all; an earlier model there is replaced.

    Raises:
        StorageError: The folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}{_PARTIAL}"))
    except OSError as error:
        raise _not_writable(folder, error) from error
    try:
        _write_files(partial, run, metrics)
        partial.chmod(0o755)
        _put_in_place(partial, folder)
    except OSError as error:
        raise _not_writable(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return load_stored(folder)


def load_stored(folder: Path) -> StoredModel:
    """Reads and verifies the stored model that somebody asked for.

    Raises:
        DamagedModelError: A file is missing or changed: the folder has been moved aside when that was possible. Or
            another version has made it: it stays where it is.
        NotAModelError: The folder is no stored model.
        StorageError: It cannot be read now; it stays where it is.
    """
    return _load(folder, read_stored, _move_aside)


def _load(folder: Path, read: Read, move: Callable[[Path], Path | None]) -> StoredModel:
    """As `load_stored`; `move` is called for a damaged folder and returns where it is now, if elsewhere."""
    try:
        return read(folder)
    except (*_DAMAGE, DamagedModelError):
        # Another process may have replaced the model between the reading of two of its files.
        pass
    try:
        return read(folder)
    except _DAMAGE as error:
        if not _was_stored(folder):
            raise NotAModelError(folder) from error
        raise DamagedModelError(folder, _name_reason(error), move(folder)) from error


def list_stored(roots: Sequence[Path], read: Read | None = None) -> tuple[list[StoredModel], list[Problem]]:
    """Reads all stored models in some folders, and changes none.

    Args:
        roots: Folders of stored models, the most trusted first; of two models of one name the first counts.
        read: In place of `read_stored`, for who remembers what it gave for the same `read_stamp`.

    Returns:
        The models, and one error for each folder that cannot be used.
    """
    return _list(roots, read or read_stored)


def _list(roots: Sequence[Path], read: Read, name: str | None = None) -> tuple[list[StoredModel], list[Problem]]:
    """As `list_stored`; with a name, models of other names are not read."""
    models: dict[str, StoredModel] = {}
    problems: list[Problem] = []
    for root in roots:
        try:
            folders = _model_folders(root)
        except StorageError as error:
            problems.append(error)
            continue
        for folder in folders:
            if name not in (None, folder.name):
                continue
            try:
                models.setdefault(folder.name, _load(folder, read, lambda _: None))
            except (DamagedModelError, StorageError) as error:
                problems.append(error)
    return list(models.values()), problems


def find_stored(name: str, roots: Sequence[Path], read: Read | None = None) -> StoredModel:
    """Returns the stored model of that name, or the only complete one of that recipe or key.

    Of several models of one recipe, the recipe as it stands, trained on MNIST, is meant; those that were trained again
    count as one.

    Args:
        name: Of the model, or of its recipe, or its key.
        roots: See `list_stored`.
        read: See `list_stored`.

    Raises:
        UnknownModelError: There is none, or more than one.
        DamagedModelError: The model of that name is damaged, and has been moved aside when that was possible.
    """
    models, problems = _list(roots, read or read_stored, name)
    if models:
        return models[0]
    of_that_name = [problem for problem in problems if problem.path.name == name]
    for problem in of_that_name:
        if not isinstance(problem, NotAModelError):
            return load_stored(problem.path)
    models, _ = list_stored(roots, read)
    matching = [model for model in models if model.complete and name in (model.recipe.name, model.key)]
    for candidates in (matching, [model for model in matching if model.is_plain]):
        if len({model.key for model in candidates}) == 1:
            return candidates[0]
    for problem in of_that_name:
        raise problem
    known = matching or models
    raise UnknownModelError(name, [model.name for model in known], kind="single model" if matching else "model")


def short_name(model: StoredModel) -> str:
    """Returns the recipe's name for what is that recipe as it stands, learned from MNIST; else the model's own."""
    return model.recipe.name if model.is_plain else model.name


def find_complete(
    recipe: Recipe, data_digest: str, roots: Sequence[Path], hidden: Collection[str] = ()
) -> StoredModel | None:
    """Returns the complete stored model of this recipe on this data, if there is one of another name than `hidden`."""
    key = recipe.key(data_digest)
    models, _ = list_stored(roots)
    num_parameters = recipe.network.num_parameters  # an earlier version may have meant another network by the same name
    return next(
        (
            model
            for model in models
            if model.complete
            and model.key == key
            and model.name not in hidden
            and model.figure("parameters") in (None, num_parameters)
        ),
        None,
    )


def build_keras_model(stored: StoredModel) -> keras.Model:
    """Builds the architecture with this project's code and reads the weights into it. Imports Keras.

    Raises:
        DamagedModelError: The weights do not fit the architecture.
        MissingPackageError: There is no Keras.
    """
    with needed_packages():
        from .keras_builder import build_model

    model = build_model(stored.recipe.network)
    try:
        with np.load(stored.folder / "weights.npz", allow_pickle=False) as arrays:
            weights = {variable.path: arrays.get(variable.path) for variable in model.weights}
    except (ValueError, zipfile.BadZipFile) as error:
        raise DamagedModelError(stored.folder, f"weights.npz cannot be read: {error}") from error
    for variable in model.weights:
        if weights[variable.path] is None or weights[variable.path].shape != tuple(variable.shape):
            raise DamagedModelError(stored.folder, f"weight {variable.path} is missing or has another shape")
    model.set_weights(list(weights.values()))
    return model


def run_name(run: TrainingRun, name: str | None = None) -> str:
    """Returns the name under which a run is stored: `name`, else recipe and key; one that was stopped says so."""
    name = name or f"{run.recipe.name}-{run.recipe.key(run.data_digest)}"
    return name if run.stopped_after is None else f"{name}-stopped-after-{run.stopped_after}"


def _write_files(folder: Path, run: TrainingRun, metrics: dict[str, Any]) -> None:
    _write_json(folder / "recipe.json", run.recipe.as_dict())
    weights = {str(weight.path): np.asarray(weight) for weight in run.model.weights}
    np.savez(folder / "weights.npz", **weights)  # type: ignore[arg-type]  # none is called allow_pickle
    # Converting a wrapped tf.function instead has given files that answer NaN without an error.
    run.model.export(folder / "model.tflite", format="litert", verbose=False)
    _write_json(folder / "history.json", run.history)
    _write_json(folder / "metrics.json", metrics)
    manifest = {
        "format": _FORMAT,
        "key": run.recipe.key(run.data_digest),
        "data": run.data_digest,
        "complete": run.stopped_after is None,
        "files": {name: file_hash(folder / name) for name in _FILES},
    }
    _write_json(folder / "manifest.json", manifest)


def check_place(folder: Path) -> None:
    """Makes sure, before a long training, that a model can be stored in `folder` and takes the place of nothing else.

    Raises:
        StorageError: The folder cannot be written, or holds something that is no stored model.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder.parent):
            pass
        is_free = not folder.exists() or (folder / "manifest.json").is_file() or not any(folder.iterdir())
    except OSError as error:
        raise _not_writable(folder, error) from error
    if not is_free:
        raise StorageError("{path} holds something that is not a stored model. Name another folder.", folder)


def _put_in_place(partial: Path, folder: Path) -> None:
    """Renames a whole model to its name. An earlier one is kept until then, and comes back if the renaming fails."""
    check_place(folder)
    replaced = partial.with_name(partial.name + _REPLACED)
    if folder.exists():
        folder.rename(replaced)
    try:
        partial.rename(folder)
    except BaseException:
        if replaced.exists():
            replaced.rename(folder)
        raise
    shutil.rmtree(replaced, ignore_errors=True)


def _model_folders(root: Path) -> list[Path]:
    """Returns the folders in `root` that should be stored models; what a killed process left behind is mended first."""
    try:
        names = _folder_names(root)
        left = [name for name in names if name.startswith(".") and _PARTIAL in name]
        for name in left:
            _mend(root / name)
        names = _folder_names(root) if left else names
    except OSError as error:
        raise StorageError("The stored models in {path} cannot be listed: {error}.", root, error=error) from error
    return [root / name for name in sorted(names) if not name.startswith(".") and ".damaged" not in name]


def _folder_names(root: Path) -> list[str]:
    """Returns the names of all folders in a folder; none where there is no such folder."""
    if not root.is_dir():
        return []
    with os.scandir(root) as entries:
        return [entry.name for entry in entries if entry.is_dir()]


def _mend(left: Path) -> None:
    """Brings back a model whose replacement was killed half-way, and deletes half-written ones, once they are old."""
    if time.time() - left.stat().st_ctime < SAVING_SECONDS:
        return
    folder = left.with_name(left.name[1:].split(_PARTIAL)[0])
    if left.name.endswith(_REPLACED) and not folder.exists():
        left.rename(folder)
    else:
        shutil.rmtree(left, ignore_errors=True)


def read_stamp(folder: Path) -> tuple[int, ...]:
    """Changes when a file of a stored model does: a look at the folder, where verifying reads all that is in it.

    Raises:
        OSError: A file is missing, or cannot be looked at.
    """
    found = [os.stat(f"{folder}/{name}") for name in ("manifest.json", *_FILES)]  # a page looks at hundreds
    return tuple(number for entry in found for number in (entry.st_mtime_ns, entry.st_size, entry.st_ino))


def read_stored(folder: Path) -> StoredModel:
    """Reads and verifies a stored model; whatever is wrong with it, it stays where it is.

    Raises:
        DamagedModelError: Another version has written it.
        StorageError: It cannot be read now.
        Exception: One of those in `_DAMAGE`.
    """
    try:
        return _read_verified(folder)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise
    except OSError as error:
        raise _not_readable(folder, error) from error


def _read_verified(folder: Path) -> StoredModel:
    written_at = (folder / "manifest.json").stat().st_mtime_ns
    manifest = json.loads((folder / "manifest.json").read_text())
    if manifest["format"] != _FORMAT:
        reason = f"its format is {manifest['format']!r}, and this version reads {_FORMAT}"
        raise DamagedModelError(folder, reason, advice=_OTHER_VERSION)
    key, data, complete = manifest["key"], manifest["data"], manifest["complete"]
    for name in _FILES:
        if file_hash(folder / name) != manifest["files"][name]:
            raise ValueError(f"{name} does not match its checksum")
    try:
        recipe = Recipe.from_dict(_read_json(folder / "recipe.json"))
        metrics, history = _read_metrics(folder), _read_history(folder)
    except (ModelError, *_ODD) as error:  # whole, and not understood: of another version
        raise DamagedModelError(folder, _name_reason(error), advice=_OTHER_VERSION) from error
    if recipe.key(data) != key:
        raise ValueError("recipe.json does not match the key")
    weights_digest = manifest["files"]["weights.npz"]
    return StoredModel(folder, recipe, key, complete, history, metrics, written_at, weights_digest)


def _read_metrics(folder: Path) -> dict[str, Any]:
    """Returns the metrics; of what they hold only the calibration, which decides the answers, must be understood."""
    metrics = _read_json(folder / "metrics.json")
    if not isinstance(metrics, dict):
        raise TypeError("metrics.json does not hold an object")
    Calibration.from_dict(metrics.get("calibration", {}))
    return metrics


def _read_history(folder: Path) -> list[dict[str, float]]:
    """Returns what is a number in each epoch's dictionary; no epoch at all when the file holds something else."""
    history = _read_json(folder / "history.json")
    if not isinstance(history, list) or not all(isinstance(entry, dict) for entry in history):
        return []
    return [{name: value for name, value in entry.items() if is_number(value)} for entry in history]


def _name_reason(error: Exception) -> str:
    return (f"{error} is missing" if isinstance(error, KeyError) else str(error)).rstrip(".")


def _was_stored(folder: Path) -> bool:
    """Returns whether a folder is or was a stored model: other programs, too, call a file manifest.json."""
    return (folder / "manifest.json").is_file() and any((folder / name).exists() for name in _FILES)


def _move_aside(folder: Path) -> Path | None:
    """Renames a damaged folder, so that it is out of the way and not lost; None where that cannot be done.

    A shipped model stays: it belongs to the repository, which can restore it.
    """
    if folder.parent == SHIPPED_DIR:
        return None
    try:
        return folder.rename(folder.with_name(f"{folder.name}.damaged-{secrets.token_hex(4)}"))
    except OSError:
        return None


def _not_readable(folder: Path, error: OSError) -> StorageError:
    return StorageError("The stored model {path} cannot be read at the moment: {error}.", folder, error=error)


def _not_writable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        "The model cannot be stored in {path}: {error}. Free some space, or name another folder "
        "with --output or MNIST_CACHE_DIR.",
        folder,
        error=error,
    )


def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_json(path: Path) -> Any:
    # Python writes NaN, which is no JSON: nobody knows that number.
    return json.loads(path.read_text(), parse_constant=lambda _: None)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")
