"""The file serves several servers, survives their death, and says what is wrong with it."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from mnist_core.classroom.database import VERSION, Database
from mnist_core.errors import RoomError, StorageError
from mnist_core.paths import PROGRAM_DIR

ADD = "INSERT INTO rooms (code, expires) VALUES (?, 0)"


@pytest.fixture
def database(tmp_path):
    made = Database(tmp_path / "some/rooms.sqlite", patience=0.2)
    yield made
    made.close()


def codes(database):
    with database.read() as connection:
        return [row["code"] for row in connection.execute("SELECT code FROM rooms ORDER BY id")]


def add(database, code):
    with database.write() as connection:
        connection.execute(ADD, (code,))


def test_what_is_written_is_there_for_others_and_only_the_owner_may_read_the_file(database):
    add(database, "a")
    assert codes(database) == codes(Database(database.path)) == ["a"]
    for path in database.path.parent.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_left_by_an_error_is_not_kept(database):
    def fail():
        with database.write() as connection:
            connection.execute(ADD, ("a",))
            raise RoomError("no")

    with pytest.raises(RoomError):
        fail()
    assert codes(database) == []
    add(database, "b")
    assert codes(database) == ["b"]


def test_readers_do_not_wait_for_a_writer_and_see_what_was(database):
    add(database, "a")
    with database.write() as connection:
        connection.execute(ADD, ("b",))
        assert codes(database) == ["a"]
    assert codes(database) == ["a", "b"]


@pytest.mark.parametrize("is_same_server", [True, False])
def test_a_writer_waits_for_another_only_so_long(database, is_same_server):
    add(database, "a")
    other = database if is_same_server else Database(database.path, patience=0.2)
    with database.write(), pytest.raises(StorageError, match=r"in use\. Try again"):
        add(other, "b")
    add(database, "c")
    assert codes(database) == ["a", "c"]


def test_many_threads_that_begin_at_once_lose_nothing(tmp_path):
    path, failures = tmp_path / "rooms.sqlite", []

    def work(name):
        own = Database(path, patience=20)
        try:
            for index in range(10):
                add(own, f"{name} {index}")
        except Exception as error:
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(codes(Database(path))) == 80


WRITER = """
    import sys
    from pathlib import Path
    from mnist_core.classroom.database import Database
    database = Database(Path(sys.argv[1]))
    number = 0
    while True:
        with database.write() as connection:
            connection.execute("INSERT INTO rooms (code, expires) VALUES (?, 0)", (str(number),))
        print(number, flush=True)
        number += 1
"""


def test_what_a_killed_server_said_that_it_kept_is_there(database):
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(database.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROGRAM_DIR) as process:
        told = [int(process.stdout.readline()) for _ in range(50)]
        os.kill(process.pid, signal.SIGKILL)
        told += [int(line) for line in process.stdout.read().split()]
    kept = [int(code) for code in codes(database)]
    assert kept[: len(told)] == told
    assert len(kept) - len(told) <= 1
    add(database, "after")


def fill(database, code):
    with database.write() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        connection.execute(ADD, (code,))


def test_a_full_disk_is_said_to_be_full_and_what_was_there_can_be_read(database):
    add(database, "a")
    with pytest.raises(StorageError, match=r"no space left for .*Free some space"):
        fill(database, "b" * 100_000)
    assert codes(database) == ["a"]
    add(database, "c")  # by another connection, with space again


def test_a_file_of_something_else_is_named_and_not_touched(tmp_path):
    path = tmp_path / "rooms.sqlite"
    path.write_bytes(b"a letter to grandmother " * 100)
    with pytest.raises(StorageError, match=r"rooms\.sqlite is damaged, or no file of this program"):
        codes(Database(path))
    assert path.read_bytes().startswith(b"a letter")


def test_tables_of_another_version_are_not_touched(database):
    add(database, "a")
    with database.write() as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()
    with pytest.raises(StorageError, match=f"of version {VERSION + 1}, expected {VERSION}"):
        codes(database)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be written"):
        codes(Database(tmp_path / "file/rooms.sqlite"))


def test_faults_of_the_program_are_not_called_a_broken_file(database):
    with pytest.raises(sqlite3.OperationalError), database.read() as connection:
        connection.execute("SELECT nothing FROM nowhere")


def test_what_was_deleted_is_in_no_file_any_more(database):
    secret = "the drawing of a pupil"
    add(database, secret)
    add(database, "other")
    with database.write() as connection:
        connection.execute("DELETE FROM rooms WHERE code = ?", (secret,))
    database.forget()
    assert not any(secret.encode() in path.read_bytes() for path in database.path.parent.iterdir())
    assert codes(database) == ["other"]


@pytest.mark.parametrize("way", ["read", "write"])
def test_forgetting_waits_for_nobody(tmp_path, way):
    database = Database(tmp_path / "rooms.sqlite", patience=60)
    add(database, "a")
    with getattr(database, way)() as connection:
        connection.execute("SELECT * FROM rooms").fetchall()
        began = time.monotonic()
        database.forget()
        assert time.monotonic() - began < 30


def test_a_file_that_is_deleted_is_made_anew(database):
    add(database, "a")
    for path in list(database.path.parent.iterdir()):
        path.unlink()
    add(database, "b")
    assert codes(database) == ["b"]


def test_a_new_connection_of_this_server_leaves_it_its_locks(database):
    add(database, "a")
    add(Database(database.path), "b")  # opens the file once more
    visit = f"import sqlite3; sqlite3.connect({str(database.path)!r}).execute('SELECT count(*) FROM rooms').fetchone()"
    subprocess.run([sys.executable, "-c", visit], check=True)
    # The last to leave clears the log away. Another server that finds no locks would be the last, and take the log
    # from under this one.
    assert database.path.with_name(f"{database.path.name}-wal").exists()
