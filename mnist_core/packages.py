"""The packages that training, gradients and a GPU need, and drawing does not: what is said where they are missing."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import MissingPackageError
from .paths import IS_CHECKOUT

_TITLES = {"tensorflow": "TensorFlow", "keras": "Keras", "optuna": "Optuna"}
_INSTALL = "pip install " + ("-r requirements.txt" if IS_CHECKOUT else " ".join(_TITLES))
_WHERE = "Python 3.11 to 3.13 on Linux, Windows (x86-64) or macOS (Apple silicon)"


@contextmanager
def needed_packages() -> Iterator[None]:
    """Surrounds imports of TensorFlow, Keras and Optuna, and of modules that import them at once.

    Raises:
        MissingPackageError: One of them is not installed, or cannot be loaded.
    """
    try:
        yield
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package == __package__:
            raise
        if isinstance(error, ModuleNotFoundError) and package in _TITLES:
            problem = f"{_TITLES[package]}, which is not installed"
        else:
            last_line = str(error).strip().splitlines()[-1:]
            problem = f"TensorFlow, Keras and Optuna, which cannot all be loaded ({' '.join(last_line)})"
        raise MissingPackageError(f"This needs {problem}: run `{_INSTALL}`, with {_WHERE}.", package) from error


def check_installed() -> None:
    """Makes sure, without loading them, that the packages for training are there.

    Raises:
        MissingPackageError: One of them is not installed.
    """
    with needed_packages():
        for name in ("tensorflow", "keras"):
            if importlib.util.find_spec(name) is None:
                raise ModuleNotFoundError(name=name)
