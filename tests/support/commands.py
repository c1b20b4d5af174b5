"""The command line, called in this process, and files to call it with."""

import contextlib
import io
import os
from types import SimpleNamespace

import numpy as np
from support.server import ONE, SEVEN

from mnist_core import __main__ as command_line
from mnist_core.commands import console
from mnist_core.data.mnist import Dataset
from mnist_core.data.sample import load_sample
from mnist_core.models import devices


def fabricated_mnist(data_dir=None, **options):
    """A set that holds the built-in sample and the same digits moved by a pixel."""
    x, y = load_sample()
    moved = np.roll(x, 1, axis=2)
    return Dataset(np.concatenate([x, moved[::5]]), np.concatenate([y, y[::5]]), moved[:200], y[:200], "nowhere")


def run(*arguments):
    """Runs one command in this process: exit code, output and messages."""
    out, messages = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(messages):
        try:
            code = command_line.main([str(argument) for argument in arguments])
        except SystemExit as error:
            code = error.code
    return SimpleNamespace(code=code, out=out.getvalue(), messages=messages.getvalue())


def set_up(patch, cache_dir):
    for name in [name for name in os.environ if name.startswith("MNIST_")]:
        patch.delenv(name)
    patch.setenv("MNIST_CACHE_DIR", str(cache_dir))
    patch.setattr(console, "load_dataset", fabricated_mnist)
    patch.setattr(devices, "count_cuda_devices", lambda: 0)


def models_in(cache_dir):
    return sorted(path.name for path in (cache_dir / "models").iterdir())


def must_not_train(*arguments, **options):
    raise AssertionError("trained, though it should not have")


def pictures_file(path, name="pictures.npz", num=20):
    x, y = load_sample()
    np.savez(path / name, x=np.pad(x[:: 5000 // num], ((0, 0), (9, 3), (2, 30))), y=y[:: 5000 // num])
    return path / name


def ink_file(path):
    """Five ones and five sevens with two points, and an ink that cannot be read."""
    strokes = [np.array(ink[0], np.float32) for ink in [ONE, SEVEN] * 5] + [np.zeros((1, 2), np.float32)]
    starts = np.cumsum([0, *map(len, strokes)])
    np.savez(
        path / "ink.npz",
        points=np.concatenate(strokes),
        stroke_start=starts.astype(np.int32),
        sample_start=np.arange(12, dtype=np.int32),
        y=np.array([1, 7] * 5 + [3]),
    )
    return path / "ink.npz"


def damaged(path):
    (path / "bad.npz").write_bytes(b"PK but no more")
    return path / "bad.npz"


def other_form(path):
    np.savez(path / "other.npz", images=np.zeros((2, 28, 28)))
    return path / "other.npz"
