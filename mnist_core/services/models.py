"""The stored models: found by name, opened, and kept within bounds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from ..browse.embedding import Embedder
from ..errors import StorageError
from ..explain.anatomy import Anatomy
from ..models.devices import Device
from ..models.inference import open_predictor
from ..models.store import StoredModel, find_stored, list_stored, read_stamp, read_stored
from .cache import Shelf

# How many are known, and by how many names.
_MOST_KNOWN = 1000
# Weights of open models: the shipped one takes 6 MB with all that can be opened of it.
MOST_BYTES = 100_000_000


class OpenModel:
    """A stored model in use; its layers and its embedding are opened when they are first asked for."""

    def __init__(self, stored: StoredModel, device: Device) -> None:
        self.stored = stored
        self.predictor = open_predictor(stored, device)
        self._opening = threading.Lock()
        self._anatomy: Anatomy | None = None
        self._embedder: Embedder | None = None

    @property
    def anatomy(self) -> Anatomy:
        """The model taken apart.

        Raises:
            DamagedModelError: Its layers cannot be read.
        """
        with self._opening:
            self._anatomy = self._anatomy or Anatomy(self.stored)
            return self._anatomy

    @property
    def embedder(self) -> Embedder:
        """The runner that gives its embeddings.

        Raises:
            DamagedModelError: It has none.
        """
        with self._opening:
            self._embedder = self._embedder or Embedder(self.stored)
            return self._embedder


class Models:
    """All stored models in some folders; may be called from any thread.

    Args:
        device: What computes the answers.
        roots: Folders of stored models, the most trusted first.
        default: Name of the model that is meant when none is named.

    Raises:
        ModelError: There is no model of the default's name, or it is damaged.
    """

    def __init__(self, device: Device, roots: Sequence[Path], default: str) -> None:
        self._device = device
        self._roots = tuple(roots)
        self._verified: Shelf[StoredModel | Exception] = Shelf(_MOST_KNOWN)
        found = find_stored(default, self._roots, self._read)
        self.default = found.name
        # The default model answers on when its folder has gone.
        self._found: Shelf[StoredModel] = Shelf(_MOST_KNOWN, pinned={found.name})
        self._open: Shelf[OpenModel] = Shelf(MOST_BYTES, _count_bytes, pinned={found.folder})
        self._list_hidden: Callable[[], Collection[str]] = tuple

    def hide(self, list_hidden: Callable[[], Collection[str]]) -> None:
        """Leaves out of the list the models whose names the function gives for whoever asks then."""
        self._list_hidden = list_hidden

    def list_all(self) -> list[StoredModel]:
        """Lists the models that can answer now, the default first; ones trained since the start are among them."""
        models, _ = list_stored(self._roots, self._read)
        hidden = self._list_hidden()
        seen = [model for model in models if model.name not in hidden]
        return sorted(seen, key=lambda model: model.name != self.default)

    def find(self, name: str = "") -> StoredModel:
        """Returns the stored model of a name, see `find_stored`.

        Raises:
            ModelError: There is none, or it is damaged.
        """
        name = name or self.default
        found = self._found.find(name)
        if found is None or found.was_replaced:
            found = find_stored(name, self._roots, self._read)
            self._found.put(name, found)
        return found

    def open(self, stored: StoredModel) -> OpenModel:
        """Returns a stored model, ready to answer.

        Raises:
            MnistError: Its files have gone, or are damaged.
        """
        return self._open.get(stored.folder, lambda: OpenModel(stored, self._device), stored.written_at)

    def _read(self, folder: Path) -> StoredModel:
        """As `read_stored`; what has not changed since it was read, or found damaged, is not read again."""
        try:
            stamp = read_stamp(folder)
        except OSError:
            return read_stored(folder)
        found = self._verified.get(folder, lambda: _read_or_refuse(folder), stamp)
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return found


def _read_or_refuse(folder: Path) -> StoredModel | Exception:
    """Returns a stored model, or what is wrong with its files."""
    try:
        return read_stored(folder)
    except StorageError:  # they may be readable in a moment
        raise
    except Exception as error:
        return error


def _count_bytes(model: OpenModel) -> int:
    """Counts the bytes of all that can be opened of it: to answer, to embed, to show layers, and those layers' own."""
    return 4 * 4 * model.stored.recipe.network.num_parameters
