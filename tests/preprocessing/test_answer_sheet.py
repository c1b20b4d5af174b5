"""A sheet that was filled in and photographed gives back what was written, with the labels of its rows."""

import numpy as np
import pytest
from PIL import Image
from support.answer_sheet import fill_in, photograph

from mnist_core.errors import PictureError
from mnist_core.preprocessing.answer_sheet import read_answer_sheet
from mnist_core.preprocessing.decoding import open_picture
from mnist_core.rendering.answer_sheet import write_answer_sheet


def likeness(one, other):
    return np.corrcoef(one.ravel(), other.ravel())[0, 1]


@pytest.mark.parametrize("turn", [0, 2])
def test_what_was_written_comes_back_under_the_labels_of_its_rows(sample, turn):
    sheet, written = fill_in(sample)
    found = read_answer_sheet(photograph(sheet, turn))
    assert [label for label, _ in found] == [label for label, _ in written]
    alike = [likeness(image, original) for (_, image), (_, original) in zip(found, written, strict=True)]
    assert np.median(alike) > 0.9
    assert min(alike) > 0.7


def test_a_pencil_is_read_and_a_scan_is_too(sample):
    sheet, written = fill_in(sample, darkness=0.45)
    assert len(read_answer_sheet(photograph(sheet))) == len(written)
    assert len(read_answer_sheet(Image.fromarray(sheet))) == len(written)


def test_an_empty_sheet_and_what_is_no_sheet_are_told(sample):
    with pytest.raises(PictureError, match="Nothing is written"):
        read_answer_sheet(photograph(fill_in(sample, num_each=0)[0]))
    for picture in (Image.new("L", (800, 1000), 255), photograph(np.full((2376, 1680), 255, np.uint8))):
        with pytest.raises(PictureError, match="four black squares"):
            read_answer_sheet(picture)


def test_a_photo_is_opened_as_large_as_is_asked_for(tmp_path, sample):
    path = tmp_path / "photo.jpg"
    photograph(fill_in(sample)[0]).save(path)
    assert max(open_picture(path, 1600).size) == 1600
    assert max(open_picture(path).size) <= 512


def test_it_is_printed_as_a_pdf():
    assert write_answer_sheet("Write each digit in its row.").startswith(b"%PDF")
