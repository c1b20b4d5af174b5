"""What can go wrong, as an exception tree.

    MnistError                  base: its message may be shown to a visitor as it stands
    +-- DataError               a data set is missing, damaged or of another form        .path
    +-- InkError                pen strokes that cannot become an image
    +-- PictureError            pixels that cannot become an image
    +-- QueryError              a question about a data set that has no answer
    |   +-- NotReadyError       one that has none yet                                    .share, .problem
    +-- ModelError
    |   +-- UnknownModelError   no model of that name                                    .name, .available
    |   +-- ArchitectureError   a network that cannot be built                           .layer
    |   +-- CodeError           source text that holds no network that is known here     .line
    |   +-- DamagedModelError   a stored model that this version cannot use              .path, .moved_to
    +-- StorageError            a folder that cannot be written or read                  .path
    |   +-- NotAModelError      a folder among the stored models that is none
    +-- DeviceError             the wanted device is not there                           .requested, .found
    +-- MissingPackageError     what is wanted needs a package that is not installed      .package
    +-- RefusedError            a request that a server does not answer                  .status, .retry_after
    +-- RoomError               what the room of a class does not allow, or not now
    |   +-- UnknownRoomError    the room has ended, or there never was one
    +-- TrainingError           a run that cannot go on
        +-- StoppedError        stopped before there was anything to keep

A wrong argument in a program is a plain `ValueError`, except for ink, pictures and questions,
which come from visitors.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from pathlib import Path

# What a visitor is told when the program itself is at fault.
FAULT = "The server could not answer this; its log says why."


class MnistError(Exception):
    """Base of all errors that a visitor or a user of the command line can meet.

    Args:
        template: The message in English; `{name}`, with a conversion and format of Python's, marks a value.
        values: What is filled in, by name.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template.format(**values) if values else template)
        self._template = template
        self._values = values

    @property
    def key(self) -> str:
        """What a translation calls this message: its English template, in which `{name}` alone marks a value."""
        return re.sub(r"\{(\w+)[^{}]*\}", r"{\1}", self._template)

    def tell_values(self) -> dict[str, int | str]:
        """Returns what is filled in, by name: whole numbers as they are, anything else as English text."""
        parts = string.Formatter().parse(self._template) if self._values else ()
        return {name: self._tell(name, spec or "", conversion) for _, name, spec, conversion in parts if name}

    def _tell(self, name: str, spec: str, conversion: str | None) -> int | str:
        value = self._values[name]
        if isinstance(value, int) and not isinstance(value, bool) and spec in ("", ",") and not conversion:
            return value
        return f"{{{name}{'!' + conversion if conversion else ''}:{spec}}}".format(**self._values)


class DataError(MnistError):
    """A data set is missing, damaged or of another form than expected."""

    def __init__(self, template: str, path: Path | None = None, /, **values: object) -> None:
        super().__init__(template, path=path, **values)
        self.path = path


class InkError(MnistError, ValueError):
    """Pen strokes that cannot become an image."""


class PictureError(MnistError, ValueError):
    """Pixels that cannot become an image."""


class QueryError(MnistError, ValueError):
    """A question about a data set that has no answer."""


class NotReadyError(QueryError):
    """What is asked for is being computed, or waits for its turn; `problem` says why it never will be there.

    Args:
        share: What is done, in [0, 1].
        problem: Empty, or the reason.
    """

    def __init__(self, share: float, problem: str = "") -> None:
        if problem:
            super().__init__(problem)
        else:
            super().__init__("This is being computed and {share:.0%} done. Ask again in a few seconds.", share=share)
        self.share = share
        self.problem = problem


class ModelError(MnistError):
    """Base of what can be wrong with a model."""


class UnknownModelError(ModelError):
    """No model, architecture or recipe has that name."""

    def __init__(self, name: str, available: Sequence[str], kind: str = "model") -> None:
        names = ", ".join(available) or "none"
        super().__init__(f"There is no {kind} named {{name!r:.100}}. Available: {{names}}.", name=name, names=names)
        self.name = name
        self.available = tuple(available)


class ArchitectureError(ModelError):
    """A network cannot be built; `layer` names the layer, or the part, that is at fault."""

    def __init__(self, template: str, layer: str, /, **values: object) -> None:
        super().__init__(template, layer=layer, **values)
        self.layer = layer


class CodeError(ModelError):
    """Source text holds no network that can be built here; `line` is the one at fault, 0 where it is all of them."""

    def __init__(self, template: str, line: int = 0, /, **values: object) -> None:
        super().__init__(template, line=line, **values)
        self.line = line


class DamagedModelError(ModelError):
    """A stored model does not match its checksums or lacks files, or another version made it."""

    def __init__(
        self, path: Path, reason: str, moved_to: Path | None = None, advice: str = "Train it again or restore it."
    ) -> None:
        moved = " It was moved aside to {moved_to}." if moved_to else ""
        template = f"The stored model {{path}} cannot be used: {{reason}}.{moved} {advice}"
        super().__init__(template, path=path, reason=reason, moved_to=moved_to)
        self.path = path
        self.moved_to = moved_to


class StorageError(MnistError):
    """A folder cannot be written or read."""

    def __init__(self, template: str, path: Path, /, **values: object) -> None:
        super().__init__(template, path=path, **values)
        self.path = path


class NotAModelError(StorageError):
    """A folder that is no stored model stands where stored models do."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "{path} is not a stored model and was left unchanged. Expected manifest.json and the files that it lists.",
            path,
        )


class DeviceError(MnistError):
    """The wanted device is not there."""

    def __init__(self, template: str, requested: str, found: str, /, **values: object) -> None:
        super().__init__(template, requested=requested, found=found, **values)
        self.requested = requested
        self.found = found


class MissingPackageError(MnistError):
    """What is wanted needs a package that drawing does not need, and that is not installed; see `packages`."""

    def __init__(self, message: str, package: str) -> None:
        super().__init__(message)
        self.package = package


class RefusedError(MnistError):
    """A request that a server does not answer: `status` is HTTP's for it, `retry_after` when it may, in seconds."""

    def __init__(self, status: int, template: str, retry_after: int | None = None, /, **values: object) -> None:
        super().__init__(template, **values)
        self.status = status
        self.retry_after = retry_after


class RoomError(MnistError):
    """The room of a class does not allow this, or not now."""


class UnknownRoomError(RoomError):
    """A code or a token belongs to no room: it has ended, or there never was one."""


class TrainingError(MnistError):
    """A training run cannot start or go on."""


class StoppedError(TrainingError):
    """A training run was stopped before there was anything to keep."""
