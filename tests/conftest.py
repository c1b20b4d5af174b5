"""What many tests share: the built-in sample, and a folder of further data where there is one."""

import os
import signal
import sys
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The networks of tests are small, and workers share the processors.
for _kind in ("INTRAOP", "INTEROP"):
    os.environ.setdefault(f"TF_NUM_{_kind}_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is loaded
# What a script starts in the background ignores Ctrl-C, and so do its children; tests of Ctrl-C need it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One worker more than there are processors: a third of the time browsers and servers are waited for."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items):
    """Puts the slow folders first: a long file that comes last keeps one worker busy alone."""
    items.sort(key=lambda item: not {"browser", "training", "commands"} & set(item.path.parts))


@pytest.fixture(scope="session", autouse=True)
def end_servers():
    """Ends what tests have started: where tests run in workers, nothing that is registered with atexit is called."""
    yield
    if server := sys.modules.get("support.server"):
        server.stop_all_apps()


@pytest.fixture(scope="session")
def sample():
    """The 5,000 built-in images and their labels, not to be changed."""
    from mnist_core.data.sample import load_sample

    images, labels = load_sample()
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


@pytest.fixture(scope="session")
def development_data():
    """The folder that `MNIST_DATA_DIR` names; without it the test is skipped."""
    folder = os.environ.get("MNIST_DATA_DIR")
    if not folder:
        pytest.skip("MNIST_DATA_DIR is not set")
    return Path(folder).expanduser()


@pytest.fixture(scope="session")
def development_file(development_data):
    """Finds a file of that folder by name; without it the test is skipped."""

    def find(name):
        path = development_data / name
        if not path.is_file():
            pytest.skip(f"MNIST_DATA_DIR does not hold {name}")
        return path

    return find
