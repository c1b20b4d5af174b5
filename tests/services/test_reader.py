"""The page answers with the model that is stored now."""

import dataclasses
import shutil

import numpy as np
from support.models import LINEAR, copy_model, sample_images, stored_linear, trained

from mnist_core.models.devices import choose_device
from mnist_core.models.store import save_run
from mnist_core.services.reader import Reader


def open_reader(tmp_path):
    copy_model(stored_linear(), tmp_path / "mine")
    return Reader(choose_device("cpu"), [tmp_path], "mine")


def test_a_model_that_was_trained_again_answers_at_once(tmp_path):
    reader, image = open_reader(tmp_path), sample_images(10)[3]
    before = reader.read_image(image).probabilities
    save_run(trained(dataclasses.replace(LINEAR, seed=5)), {}, tmp_path / "mine")
    assert not np.allclose(reader.read_image(image).probabilities, before)


def test_a_model_whose_folder_went_still_answers(tmp_path):
    reader, image = open_reader(tmp_path), sample_images(10)[3]
    before = reader.read_image(image).probabilities
    shutil.rmtree(tmp_path / "mine")
    assert np.array_equal(reader.read_image(image).probabilities, before)
