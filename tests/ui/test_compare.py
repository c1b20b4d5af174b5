"""The same drawing read by every stored network, as the page is told."""

import numpy as np
from support.library import copy_shipped, house, open_reader
from support.models import copy_model, stored_architecture

from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.ui.draw.classify import compare_with
from mnist_core.ui.wire import encode_image, never_raise

SEVEN = encode_image(render_ink(check_ink([[[25, 20], [75, 20], [45, 90]]])))


def test_every_stored_network_answers_the_default_first(tmp_path):
    copy_model(stored_architecture("fast"), tmp_path / "mine")
    answers = compare_with(open_reader(tmp_path))({"image": SEVEN})["answers"]
    assert answers[0]["model"] == "sketchnet"
    assert {answer["model"] for answer in answers} == {"sketchnet", "lenet", "linear", "mine"}
    assert all(abs(sum(answer["probabilities"]) - 1) < 1e-3 for answer in answers)
    assert answers[0]["verdict"] == {"kind": "sure", "labels": (7,)}


def test_a_network_that_knows_only_digits_takes_a_house_for_one():
    answers = compare_with(open_reader())({"image": encode_image(house().astype(np.float32) / 255)})["answers"]
    kinds = {answer["model"]: answer["verdict"]["kind"] for answer in answers}
    assert kinds["sketchnet"] == "refused"
    assert "refused" not in (kinds["lenet"], kinds["linear"])


def test_what_cannot_be_opened_is_named_and_the_others_answer(tmp_path):
    folder = copy_shipped(tmp_path / "odd")
    reader = open_reader(tmp_path)
    compare = compare_with(reader)
    reader.models.list_all()
    (folder / "model.tflite").write_bytes(b"no model")
    named = {answer["model"]: answer for answer in compare({"image": SEVEN})["answers"]}
    assert "probabilities" in named["sketchnet"]
    assert "odd" not in named or named["odd"]["error"]


def test_without_a_drawing_nothing_is_compared():
    assert never_raise(compare_with(open_reader()))({})["error"]
