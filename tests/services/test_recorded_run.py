"""The recorded run is what it says of itself, and is shown to who cannot train and to nobody else."""

import numpy as np
import pytest

from mnist_core.data.sample import load_sample
from mnist_core.data.training_data import TrainingData
from mnist_core.errors import RefusedError
from mnist_core.hosting.identity import Visitor
from mnist_core.models.forward import compute_logits
from mnist_core.paths import RECORDED_DIR
from mnist_core.services import runs as services
from mnist_core.services.replays import Replays
from mnist_core.services.run_records import Curves, read_records
from mnist_core.services.runs import Limits, Runs
from mnist_core.training.exhibits import Exhibits
from mnist_core.training.kept import KeptEpochs

ANN, OWNER = Visitor("a" * 22), Visitor("o" * 22, "owner", True)
(RECORD,) = read_records(RECORDED_DIR)
KEPT = KeptEpochs(RECORDED_DIR / RECORD.id)
EPOCHS = range(RECORD.recipe["epochs"] + 1)


@pytest.fixture
def open_runs(tmp_path, monkeypatch):
    def open_runs(missing="", **limits):
        monkeypatch.setattr(services, "_find_missing", lambda: missing)
        return Runs(None, tmp_path, Limits(**limits))

    return open_runs


def read_sample(epoch, images):
    """What the network of an epoch gives for built-in images, which are those that a recipe is validated on."""
    return compute_logits(RECORD.read_recipe().network, KEPT.read(epoch).weights, images.astype(np.float32) / 255)


def test_it_holds_fast_before_and_after_each_of_its_epochs():
    assert (RECORD.recipe["name"], RECORD.state, RECORD.is_recorded) == ("fast", "done", True)
    assert KEPT.list_all() == [*EPOCHS]
    assert Curves.read(RECORDED_DIR, RECORD.id).kept == [*EPOCHS]


@pytest.mark.parametrize("epoch", EPOCHS)
def test_the_weights_give_what_was_seen(epoch):
    """But for what float16 makes of them."""
    images, labels = load_sample()
    exhibits = Exhibits.choose(TrainingData(images[:0], labels[:0], images, labels))
    seen, judged = KEPT.read(epoch).seen, exhibits.judge(read_sample(epoch, exhibits.images))
    assert np.abs(np.subtract(judged["confusion"], seen["confusion"])).sum() <= 4
    assert judged["predictions"] == seen["predictions"]
    assert np.allclose(judged["confidences"], seen["confidences"], atol=0.01)


def test_the_last_weights_give_the_accuracy_that_is_named():
    images, labels = load_sample()
    logits = np.concatenate([read_sample(EPOCHS[-1], part) for part in np.array_split(images, 20)])
    assert (logits.argmax(axis=1) == labels).mean() == pytest.approx(RECORD.accuracy, abs=0.001)
    assert Curves.read(RECORDED_DIR, RECORD.id).epochs[-1]["valAccuracy"] == pytest.approx(RECORD.accuracy, abs=1e-5)


@pytest.mark.parametrize(("missing", "training"), [("This needs TensorFlow.", "on"), ("", "off"), ("", "password")])
def test_who_cannot_train_is_shown_it(open_runs, missing, training):
    answer = open_runs(missing, training=training).look(ANN, RECORD.id)
    assert answer["training"]["reason"]
    (listed,) = answer["runs"]
    assert (listed["id"], listed["isRecorded"], listed["isMine"], listed["model"]) == (RECORD.id, True, False, "")
    assert len(answer["run"]["samples"]["images"]) == 20
    assert len(answer["run"]["epochs"]) == RECORD.recipe["epochs"]


def test_who_can_train_is_not(open_runs):
    assert open_runs().look(ANN)["runs"] == []
    assert open_runs(training="password").look(OWNER)["runs"] == []


def test_a_drawing_is_read_by_each_of_its_networks(open_runs):
    replays = Replays(open_runs("This needs TensorFlow."))
    image = Exhibits.describe(Exhibits(*load_sample(), np.array([3 * 500 + 7])))["images"][0]
    before, after = (replays.replay(RECORD.id, epoch, image) for epoch in (0, EPOCHS[-1]))
    assert max(before["pad"]["probabilities"]) < 0.5
    assert after["pad"]["verdict"] == {"kind": "sure", "labels": [3]}
    assert before["filters"]["values"] != after["filters"]["values"]


def test_it_cannot_be_steered(open_runs):
    with pytest.raises(RefusedError):
        open_runs(training="off").steer(OWNER, RECORD.id, "delete")
    assert RECORDED_DIR.is_dir()
