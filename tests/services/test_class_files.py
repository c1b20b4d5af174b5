"""What a class takes home is read again: by this program, by its command line, and as MNIST is."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from support.classroom import Lesson
from support.ink import ONE

from mnist_core.classroom.class_set import ClassSet
from mnist_core.data.labelled import load_labelled
from mnist_core.data.mnist import load_dataset
from mnist_core.errors import DataError, QueryError
from mnist_core.services.class_files import read_class_file, write_class_file


@pytest.fixture
def class_set(tmp_path):
    lesson = Lesson(tmp_path / "rooms")
    for pupil in lesson.join(4):
        lesson.draw(pupil, 1)
        lesson.draw(pupil, 2, label=1, digit=1, ink=ONE)
    found: ClassSet = lesson.rooms.collect_class_set(lesson.teacher)
    lesson.rooms.close()
    return found


@pytest.mark.parametrize("form", ["npz", "ink"])
def test_a_set_comes_back(class_set, form, tmp_path):
    written = write_class_file(class_set, form)
    again = read_class_file(written.content)
    assert again.labels.tolist() == class_set.labels.tolist()
    assert again.writers.tolist() == class_set.writers.tolist()
    assert np.abs(again.images.astype(int) - class_set.images).max() <= 1
    path = tmp_path / written.name
    path.write_bytes(written.content)
    assert (load_labelled(path).kind, load_labelled(path).num_writers) == ("ink" if form == "ink" else "pictures", 4)


def test_idx_files_are_laid_out_as_mnists(class_set, tmp_path):
    with zipfile.ZipFile(io.BytesIO(write_class_file(class_set, "idx").content)) as archive:
        archive.extractall(tmp_path)
    dataset = load_dataset(tmp_path)
    assert np.array_equal(dataset.x_train, class_set.images[class_set.halves == 0])
    assert np.array_equal(dataset.y_test, class_set.labels[class_set.halves == 1])


def test_the_sheet_has_a_row_for_each_digit(class_set):
    sheet = np.asarray(Image.open(io.BytesIO(write_class_file(class_set, "png").content)))
    assert sheet.shape == (2 * 28, 30 * 28)
    assert np.array_equal(sheet[28:, :28], class_set.images[class_set.labels == 7][0])


def squeeze(**arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


BAD = [
    (b"", "npz"),
    (b"not a file of arrays", "npz"),
    (squeeze(x=np.zeros((3, 28, 28))), "Expected"),
    (squeeze(x=np.zeros((3, 20, 20), np.uint8), y=np.zeros(3, int)), "28x28"),
    (squeeze(x=np.zeros((300_000, 28, 28), np.uint8), y=np.zeros(3, int)), "MB"),
]


@pytest.mark.parametrize(("content", "words"), BAD)
def test_other_files_are_refused_by_a_sentence(content, words):
    with pytest.raises(DataError, match=words):
        read_class_file(content)


def test_other_forms_are_refused(class_set):
    with pytest.raises(QueryError, match="npz, ink, idx, png"):
        write_class_file(class_set, "pdf")
