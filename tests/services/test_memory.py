"""What a thread has freed is not kept for it."""

import sys

import pytest
from support.models import run_python

PROGRAM = """
import threading
from pathlib import Path
import numpy as np
from mnist_core.services.memory import return_large_blocks

def resident():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) // 1024

def work():
    for _ in range(5):
        large = [np.ones(2_000_000, np.uint8) for _ in range(8)]
        kept.append(bytes(100_000))  # lies above them, so that the end of the heap does not fall
        del large

return_large_blocks()
kept, before = [], resident()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="is about the C library of Linux")
def test_large_blocks_that_threads_have_freed_are_given_back():
    """Otherwise more than 100 MB stay."""
    assert int(run_python(PROGRAM).stdout) < 50
