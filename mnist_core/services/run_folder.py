"""The training runs of all servers on disk, and the models they have stored: found again, and kept within bounds."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..errors import StorageError
from ..paths import RECORDED_DIR, models_dir
from ..training.kept import KeptEpochs
from .presence import Presence
from .run_records import Curves, RunRecord, read_records

# How many runs without a model are remembered.
_MOST_KEPT = 200

_log = logging.getLogger(__name__)


class RunFolder:
    """The folder of all runs; several servers may share it.

    Args:
        cache_dir: Where runs and models are kept.
    """

    def __init__(self, cache_dir: Path) -> None:
        self.folder = cache_dir / "runs"
        self.models_dir = models_dir(cache_dir)
        self._presence: Presence | None = None

    def come(self) -> Presence:
        """Returns this server's presence; one that never trains has none.

        Raises:
            StorageError: The folder cannot be written.
        """
        try:
            self._presence = self._presence or Presence(self.folder / "servers")
        except OSError as error:
            raise StorageError(
                "{path} cannot be written: {error}. Set MNIST_CACHE_DIR to a folder that can be written.",
                self.folder,
                error=error,
            ) from error
        return self._presence

    def leave(self) -> None:
        """Says that this server has ended."""
        if self._presence:
            self._presence.end()

    def find_earlier(self) -> tuple[list[RunRecord], list[RunRecord]]:
        """Finds the runs of earlier servers, and which of them nobody else looks after; those are ours now.

        What goes on at a server that lives is left alone.
        """
        found = list(read_records(self.folder))
        if not found:
            return [], []
        try:
            presence = self.come()
            with presence.alone() as is_alone:
                ours = [record for record in found if is_alone and not presence.is_alive(record.server)]
                for record in ours:
                    record.server = presence.name
                    record.write(self.folder)
        except (OSError, StorageError) as error:
            _log.warning("earlier runs cannot be looked after: %s", error)
            ours = []
        names = {record.id for record in ours}
        return [record for record in found if not record.is_going or record.id in names], ours

    def find_recorded(self) -> list[RunRecord]:
        """Finds the runs that come with the project."""
        return list(read_records(RECORDED_DIR))

    def open_kept(self, record: RunRecord) -> KeptEpochs:
        """Returns what a run keeps of itself."""
        return KeptEpochs((RECORDED_DIR if record.is_recorded else self.folder) / record.id)

    def read_curves(self, record: RunRecord) -> Curves:
        """Reads the curves of a run that has ended."""
        return Curves.read(RECORDED_DIR if record.is_recorded else self.folder, record.id)

    def try_to_write(self, record: RunRecord, curves: Curves | None) -> str:
        """Writes what is known of a run; returns what was wrong, empty for nothing."""
        try:
            record.write(self.folder)
            if curves is not None:
                curves.write(self.folder, record.id)
        except StorageError as error:
            return str(error)
        return ""

    def rename_model(self, record: RunRecord, name: str) -> None:
        """Gives a run's result another name.

        Raises:
            StorageError: It cannot be renamed.
        """
        try:
            (self.models_dir / record.model).rename(self.models_dir / name)
        except OSError as error:
            template = "{name} cannot be renamed: {error}."
            raise StorageError(template, self.models_dir, name=record.name, error=error) from error
        record.models = [name if model == record.model else model for model in record.models]
        record.model = name

    def delete(self, record: RunRecord) -> None:
        """Deletes a run with all that it has stored."""
        self._drop_files(record)
        shutil.rmtree(self.folder / record.id, ignore_errors=True)

    def make_room(self, ended: Sequence[RunRecord], newest: RunRecord | None, most_bytes: int) -> tuple[bool, set[str]]:
        """Deletes what the oldest unshared runs have stored until all fits.

        Args:
            ended: The runs that may have to go.
            newest: One that stays; None for none.
            most_bytes: How much all may take.

        Returns:
            Whether it fits now, and the ids of the runs that are forgotten, because there are too many.
        """
        ended = sorted(ended, key=lambda record: record.begun)
        sizes = {record.id: self._measure(record) for record in [*ended, *([newest] if newest else [])]}
        for record in ended:
            if sum(sizes.values()) <= most_bytes:
                break
            if not record.is_shared and sizes[record.id]:
                self._drop_files(record)
                record.problem = "Its model was deleted to make room for newer ones."
                self.try_to_write(record, None)
                sizes[record.id] = 0
        forgotten = [record for record in ended if not record.models][: max(0, len(ended) - _MOST_KEPT)]
        for record in forgotten:
            self.delete(record)
        return sum(sizes.values()) <= most_bytes, {record.id for record in forgotten}

    def _measure(self, record: RunRecord) -> int:
        folders = [self.models_dir / name for name in record.models]
        return sum(map(_count_bytes, [*folders, self.folder / record.id / "epochs"]))

    def _drop_files(self, record: RunRecord) -> None:
        self.open_kept(record).drop_all()
        for name in record.models:
            shutil.rmtree(self.models_dir / name, ignore_errors=True)
        record.model, record.models = "", []


def _count_bytes(folder: Path) -> int:
    """Counts the bytes of all files in a folder; of what others delete meanwhile, none."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total
