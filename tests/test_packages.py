"""What cannot be imported is told in one sentence with a remedy; our own mistakes are not hidden by it."""

import sys

import pytest

from mnist_core.errors import MissingPackageError
from mnist_core.packages import needed_packages


@pytest.mark.parametrize(("package", "title"), [("tensorflow", "TensorFlow"), ("keras", "Keras"), ("optuna", "Optuna")])
def test_a_package_that_is_not_installed_is_named_with_the_remedy(monkeypatch, package, title):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError) as caught, needed_packages():
        __import__(package)
    assert str(caught.value) == (
        f"This needs {title}, which is not installed: run `pip install -r requirements.txt`, with Python 3.11 to 3.13 "
        "on Linux, Windows (x86-64) or macOS (Apple silicon)."
    )
    assert caught.value.package == package


@pytest.mark.parametrize(
    "error",
    [
        ImportError("Traceback (most recent call last):\n  ...\nDLL load failed while importing _pywrap"),
        ModuleNotFoundError("No module named 'h5py'", name="h5py"),
    ],
    ids=["a library is broken", "something that they need is missing"],
)
def test_packages_that_cannot_be_loaded_say_why_in_the_same_sentence(error):
    with pytest.raises(MissingPackageError) as caught, needed_packages():
        raise error
    message = str(caught.value)
    assert str(error).splitlines()[-1] in message
    assert "\n" not in message
    assert "pip install -r requirements.txt" in message


def test_a_mistake_of_our_own_is_not_hidden():
    with pytest.raises(ImportError, match="no_such_name") as caught, needed_packages():
        from mnist_core.errors import no_such_name  # noqa: F401
    assert not isinstance(caught.value, MissingPackageError)
