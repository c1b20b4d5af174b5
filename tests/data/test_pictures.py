"""A file is itself, a folder the pictures in it; what holds none is refused in words."""

import os

import pytest

from mnist_core.data.pictures import list_pictures
from mnist_core.errors import DataError


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()


def test_a_file_is_itself_whatever_it_is_called(tmp_path):
    touch(tmp_path, "scan")
    assert list_pictures(tmp_path / "scan") == [tmp_path / "scan"]


def test_a_folder_is_its_pictures_in_the_order_of_their_names(tmp_path):
    touch(tmp_path, "b.PNG", "c.jpeg", "a.tif", "d.heic")
    assert [path.name for path in list_pictures(tmp_path)] == ["a.tif", "b.PNG", "c.jpeg", "d.heic"]


def test_what_is_no_picture_is_left_out(tmp_path):
    """As the notes beside the pictures, what macOS writes beside each, and folders."""
    touch(tmp_path, "a.png", "notes.txt", "._a.png", "png", "older/b.png")
    (tmp_path / "folder.png").mkdir()
    assert list_pictures(tmp_path) == [tmp_path / "a.png"]


@pytest.mark.parametrize(
    ("name", "words"), [("none.png", "no such file"), ("empty", "no pictures in this folder"), ("n" * 300, "too long")]
)
def test_a_place_without_pictures_is_refused_in_words(tmp_path, name, words):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=words) as caught:
        list_pictures(tmp_path / name)
    assert caught.value.path == tmp_path / name


def test_a_folder_that_cannot_be_read_is_refused_in_words(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        list_pictures(tmp_path)
