"""A server finds a folder that it can write, and tells nobody where it is."""

from pathlib import Path

import pytest

from mnist_core.paths import find_cache_dir, hide_folders


@pytest.fixture
def places(monkeypatch, tmp_path):
    """A folder that can be written as the home, and a file that is in the way of any folder."""
    (tmp_path / "file").touch()
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def test_the_folder_that_is_named_is_taken_without_a_word(monkeypatch, places):
    monkeypatch.setenv("MNIST_CACHE_DIR", str(places / "named"))
    assert find_cache_dir() == (places / "named", "")
    monkeypatch.delenv("MNIST_CACHE_DIR")
    assert find_cache_dir() == (places / ".cache/mnist-sketchpad", "")


def test_the_users_own_serves_where_the_named_one_cannot_be_written(monkeypatch, places):
    monkeypatch.setenv("MNIST_CACHE_DIR", str(places / "file"))
    folder, note = find_cache_dir()
    assert folder == places / ".cache/mnist-sketchpad"
    assert note == f"{places / 'file'} cannot be written: {folder} is used instead."


def test_a_temporary_one_serves_where_neither_can_be_written(monkeypatch, places):
    monkeypatch.setenv("MNIST_CACHE_DIR", str(places / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(places / "file"))
    folder, note = find_cache_dir()
    (folder / "models").mkdir()
    assert str(folder) in note
    assert "Set MNIST_CACHE_DIR to a folder that can be written." in note


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ann/.cache/models/lenet is damaged.", "lenet is damaged."),
        (
            "'/data/mnist.npz' cannot be read: [Errno 2] '/data/mnist.npz'.",
            "'mnist.npz' cannot be read: [Errno 2] 'mnist.npz'.",
        ),
        ("nothing at /data, nor at C:\\Users\\ann\\x.npz", "nothing at data, nor at x.npz"),
        ("'C:\\\\Users\\\\ann\\\\x.npz'", "'x.npz'"),
        ('at ~/.keras or 28/28, https://a.b/c and "a / b"', 'at ~/.keras or 28/28, https://a.b/c and "a / b"'),
        ("no model named 'x\udcff'", "no model named 'x?'"),
    ],
)
def test_a_message_for_visitors_names_no_folder(text, shown):
    assert hide_folders(text) == shown


def test_no_folder_of_this_machine_is_left():
    assert str(Path.home()) not in hide_folders(f"{Path.home()}/x and {Path(__file__)}")
