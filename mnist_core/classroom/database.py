"""The one file in which rooms are kept: SQLite, for several threads and several servers at once.

What was told to a device as arrived is in the file: a server that is killed loses nothing of it. What is deleted is
overwritten, in the file and in its log. Nothing waits longer than two seconds for another server.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..checks import check_whole
from ..data.files import CACHE_HINT
from ..errors import StorageError

VERSION = 1
PATIENCE_SECONDS = 2.0
_MOST_IDLE = 8
_LARGEST_ID = 2**63 - 1

_SCHEMA = """
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, expires INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1, shared_version INTEGER NOT NULL DEFAULT 1,
    round_id INTEGER, is_locked INTEGER NOT NULL DEFAULT 0, is_paused INTEGER NOT NULL DEFAULT 0);
CREATE TABLE keys (
    token TEXT PRIMARY KEY, room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, role TEXT NOT NULL)
    WITHOUT ROWID;
CREATE TABLE phone_codes (
    code TEXT PRIMARY KEY, room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, expires INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE rounds (
    id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, activity TEXT NOT NULL,
    settings TEXT NOT NULL, step INTEGER NOT NULL DEFAULT 0, began INTEGER NOT NULL, version INTEGER NOT NULL,
    told TEXT NOT NULL DEFAULT '{}', hands TEXT NOT NULL DEFAULT '[]');
CREATE TABLE devices (
    id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    pupil_id INTEGER, wanted_id INTEGER, version INTEGER NOT NULL DEFAULT 0, is_paper INTEGER NOT NULL DEFAULT 0);
CREATE TABLE pupils (
    id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, device_id INTEGER,
    animal TEXT NOT NULL, number INTEGER NOT NULL, half INTEGER, seen INTEGER NOT NULL, drew INTEGER,
    has_left INTEGER NOT NULL DEFAULT 0, UNIQUE (room_id, animal, number));
CREATE TABLE drawings (
    id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    round_id INTEGER NOT NULL, pupil_id INTEGER NOT NULL, device_id INTEGER NOT NULL, number INTEGER NOT NULL,
    label INTEGER, digit INTEGER, is_missed INTEGER NOT NULL, state TEXT NOT NULL, readings TEXT NOT NULL,
    strokes BLOB, image BLOB, version INTEGER NOT NULL, UNIQUE (device_id, number));
CREATE INDEX drawings_of_round ON drawings (round_id, version);
CREATE INDEX drawings_of_room ON drawings (room_id, pupil_id);
CREATE TABLE guesses (
    round_id INTEGER NOT NULL REFERENCES rounds ON DELETE CASCADE, pupil_id INTEGER NOT NULL, answer INTEGER NOT NULL,
    PRIMARY KEY (round_id, pupil_id)) WITHOUT ROWID;
CREATE TABLE votes (
    id INTEGER PRIMARY KEY, drawing_id INTEGER NOT NULL REFERENCES drawings ON DELETE CASCADE,
    pupil_id INTEGER NOT NULL, answer INTEGER NOT NULL, UNIQUE (drawing_id, pupil_id));
CREATE TABLE question_answers (
    room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, pupil_id INTEGER NOT NULL, moment TEXT NOT NULL,
    question INTEGER NOT NULL, answer INTEGER NOT NULL, PRIMARY KEY (room_id, pupil_id, moment, question))
    WITHOUT ROWID;
CREATE TABLE earlier_drawings (
    room_id INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, writer INTEGER NOT NULL, half INTEGER NOT NULL,
    label INTEGER NOT NULL, strokes BLOB, image BLOB);
CREATE INDEX earlier_drawings_of_room ON earlier_drawings (room_id);
"""

# Of the program itself.
_FAULTS = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def check_id(name: str, value: Any) -> int:
    """Returns the number of a row, named from outside.

    Raises:
        QueryError: It is none.
    """
    return check_whole(name, value, 1, _LARGEST_ID)


class Database:
    """The file; safe to use from any thread.

    Args:
        path: Where it is; it is made when it is first used.
        patience: How many seconds another writer is waited for.
    """

    def __init__(self, path: Path, patience: float = PATIENCE_SECONDS) -> None:
        self.path = path
        self._patience = patience
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Gives a connection that sees the file as it is now, whatever others write meanwhile.

        Raises:
            StorageError: The file cannot be used; the message says why.
        """
        with self._transaction("BEGIN", self._patience) as connection:
            yield connection

    @contextmanager
    def write(self, may_wait: bool = True) -> Iterator[sqlite3.Connection]:
        """Gives a connection that alone writes; all of it is kept, or nothing if the context is left by an error.

        Args:
            may_wait: Whether it is worth waiting for others that write.

        Raises:
            StorageError: The file cannot be used; the message says why.
        """
        patience = self._patience if may_wait else 0.0
        # Threads wait here for one another: SQLite lets those that wait sleep, and the last ones far too long.
        if not self._writing.acquire(timeout=patience):
            raise self._busy()
        try:
            with self._transaction("BEGIN IMMEDIATE", patience) as connection:
                yield connection
        finally:
            self._writing.release()

    def forget(self) -> None:
        """Overwrites what was deleted, also in the log, unless somebody else is at it: then the next call does."""
        with self._explained():
            connection = self._take()
            try:
                connection.execute("PRAGMA busy_timeout = 0")
                connection.execute("PRAGMA incremental_vacuum").fetchall()
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.OperationalError as error:
                if _primary_code(error) not in _BUSY:
                    raise
            finally:
                connection.close()

    def close(self) -> None:
        """Closes all connections that nobody uses."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    @contextmanager
    def _transaction(self, begin: str, patience: float) -> Iterator[sqlite3.Connection]:
        with self._explained():
            connection = self._take()
            try:
                connection.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            except sqlite3.Error:
                connection.close()
                raise
            except BaseException:
                connection.execute("ROLLBACK")
                self._give_back(connection)
                raise
            self._give_back(connection)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if _primary_code(error) in _FAULTS:
                raise
            raise self._explain(error) from error

    def _take(self) -> sqlite3.Connection:
        if not self.path.exists():
            self.close()  # somebody has deleted the file, and connections would go on with what was it
        with self._lock:
            if self._idle:
                return self._idle.pop()
        connection = self._connect()
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Made here, so that no other user of the machine may read it; SQLite's files beside it follow.
            # A file that is there is not opened: to close it would take from this process all of SQLite's locks on it.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            reason = error.strerror or str(error)
            raise StorageError(
                "{path} cannot be written: {reason}. {hint}", self.path, reason=reason, hint=CACHE_HINT
            ) from error
        return sqlite3.connect(self.path, self._patience, isolation_level=None, check_same_thread=False)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        if self._read_version(connection) == 0:
            self._create(connection)
        found = self._read_version(connection)
        if found != VERSION:
            raise StorageError(
                "{path} was made by another version of this program: its tables are of version {found}, expected "
                "{expected}. Stop that server, then delete the file; its rooms end.",
                self.path,
                found=found,
                expected=VERSION,
            )
        # A killed server loses nothing so; if the machine's power fails, the last drawings may be sent again.
        connection.execute("PRAGMA synchronous = NORMAL")

    def _create(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # only heeded before the first table
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if self._read_version(connection) == 0:  # otherwise another server was faster
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")

    def _read_version(self, connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])

    def _busy(self) -> StorageError:
        return StorageError("{path} is in use. Try again in a few seconds.", self.path)

    def _explain(self, error: sqlite3.Error) -> StorageError:
        code = _primary_code(error)
        if code in _BUSY:
            return self._busy()
        if code == sqlite3.SQLITE_FULL:
            return StorageError("There is no space left for {path}. {hint}", self.path, hint=CACHE_HINT)
        if code in _DAMAGED:
            return StorageError(
                "{path} is damaged, or no file of this program. Stop the server, delete the file and start again; "
                "its rooms end.",
                self.path,
            )
        return StorageError("{path} cannot be used: {reason}. {hint}", self.path, reason=str(error), hint=CACHE_HINT)


def _primary_code(error: sqlite3.Error) -> int:
    """What kind of error SQLite reports; what Python's module itself finds is a fault of the program."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF
