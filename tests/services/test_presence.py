"""A server that lives is known to others on the same folder; one that has ended, however it did, is not."""

import subprocess
import sys

from mnist_core.services.presence import Presence

HOLD = """
import sys, time
from pathlib import Path
from mnist_core.services.presence import Presence
presence = Presence(Path(sys.argv[1]))
print(presence.name, flush=True)
time.sleep(60)
"""


def test_servers_in_one_process_know_each_other(tmp_path):
    first, second = Presence(tmp_path), Presence(tmp_path)
    assert first.is_alive(first.name)
    assert first.is_alive(second.name)
    second.end()
    assert not first.is_alive(second.name)
    assert not first.is_alive("never")
    first.end()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_server_is_gone(tmp_path):
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True) as server:
        name = server.stdout.readline().strip()
        own = Presence(tmp_path)
        assert own.is_alive(name)
        server.kill()
        server.wait()
    assert not own.is_alive(name)
    own.end()


def test_only_one_is_alone(tmp_path):
    first, second = Presence(tmp_path), Presence(tmp_path)
    with first.alone() as is_alone, second.alone() as is_second_alone:
        assert (is_alone, is_second_alone) == (True, False)
    with second.alone() as is_alone:
        assert is_alone
