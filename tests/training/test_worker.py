"""A run tells what becomes of its network and obeys between its steps, and watching changes nothing."""

import base64
import dataclasses
import json

import numpy as np
import pytest
from support.models import BENT, LINEAR, sample_images, small_data, trained, weight_hashes

from mnist_core.errors import StoppedError, TrainingError
from mnist_core.models.architectures import Parts
from mnist_core.models.recipes import Recipe
from mnist_core.models.store import build_keras_model, find_complete
from mnist_core.training.kept import KeptEpochs
from mnist_core.training.runs import Workbench
from mnist_core.training.worker import Watch, store_best, train_watched

DROPPING = Recipe(
    name="dropping",
    architecture="lenet_dropout",
    parts=Parts(filters=(2, 2), dense_units=(4,)),
    optimizer="adam",
    schedule="constant",
    epochs=2,
    batch_size=50,
)
IMAGE = base64.b64encode(np.rint(sample_images(100)[30] * 255).astype(np.uint8).tobytes()).decode()


class Watcher:
    """Notes what is told, and gives orders when their steps have come: pairs of step and order, in order."""

    def __init__(self, *orders):
        self.told = []
        self._orders = list(orders)

    def receive(self, seconds):
        if self._orders and self.step >= self._orders[0][0]:
            return self._orders.pop(0)[1]
        assert seconds == 0, "it waits for an order that never comes"
        return None

    @property
    def step(self):
        steps = self.find("steps")
        return steps[-1]["from"] + len(steps[-1]["loss"]) - 1 if steps else 0

    def find(self, name):
        return [message[name] for message in self.told if name in message]

    def events(self):
        return [event["key"] for event in self.find("event")]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr("mnist_core.training.worker._TELL_SECONDS", 0)
    monkeypatch.setattr("mnist_core.training.worker._READ_SECONDS", 0)

    def run(recipe=LINEAR, *orders):
        bench = Workbench(small_data(), None, (tmp_path / "models",))
        watcher, kept = Watcher(*orders), KeptEpochs(tmp_path / "run")
        stored = train_watched(bench, recipe, tmp_path / "models/it", kept, Watch(watcher.told.append, watcher.receive))
        return stored, watcher, kept

    return run


EVERYTHING = (
    (2, {"do": "pads", "images": {"ann": IMAGE, "bob": IMAGE}}),
    (3, {"do": "pause"}),
    (3, {"do": "pads", "images": {"ann": IMAGE}}),
    (3, {"do": "resume"}),
)


@pytest.mark.parametrize("recipe", [LINEAR, BENT, DROPPING], ids=["plain", "augmented and averaged", "dropping"])
def test_a_watched_run_gives_the_same_weights(run, tmp_path, recipe):
    save = {"do": "save", "folder": str(tmp_path / "models/saved")}
    stored, watcher, _ = run(recipe, *EVERYTHING, (4, save))
    assert weight_hashes(build_keras_model(stored)) == weight_hashes(trained(recipe).model)
    assert watcher.events() == ["paused", "resumed", "saved"]
    assert find_complete(recipe, small_data().digest, [tmp_path / "models"]).name == "it"


def test_every_step_is_told_once_and_adds_up_to_what_the_history_says(run):
    stored, watcher, _ = run()
    told = watcher.find("steps")
    losses = [loss for steps in told for loss in steps["loss"]]
    assert [steps["from"] for steps in told] == np.cumsum([1, *(len(steps["loss"]) for steps in told[:-1])]).tolist()
    assert len(losses) == 15
    assert np.mean(losses[5:10]) == pytest.approx(stored.history[1]["loss"], abs=1e-3)
    assert [epoch["epoch"] for epoch in watcher.find("epoch")] == [1, 2, 3]
    assert watcher.find("share")[-1] == 1


def test_the_checks_begin_before_the_first_step_and_show_the_network(run):
    _, watcher, _ = run(dataclasses.replace(LINEAR, batch_size=20, epochs=1))
    checks = watcher.find("check")
    assert [check["step"] for check in checks] == [0, 20]
    assert np.sum(checks[1]["confusion"]) == 200
    assert np.trace(checks[1]["confusion"]) / 200 == pytest.approx(checks[1]["accuracy"])
    assert checks[1]["accuracy"] > checks[0]["accuracy"] + 0.2
    assert len(checks[0]["predictions"]) == len(watcher.find("samples")[0]["labels"]) == 20
    filters = watcher.find("filters")[1]
    assert (filters["count"], filters["side"]) == (10, 28)
    assert len(base64.b64decode(filters["values"])) == 10 * 28 * 28 * 4


def test_the_drawings_of_all_who_watch_are_read(run):
    _, watcher, _ = run(LINEAR, *EVERYTHING)
    readings = watcher.find("pads")
    assert readings[0].keys() == {"ann", "bob"}
    assert readings[-1].keys() == {"ann"}
    assert sum(readings[-1]["ann"]["probabilities"]) == pytest.approx(1, abs=1e-4)


def test_a_stop_keeps_the_best_epoch(run, tmp_path):
    stored, _, kept = run(LINEAR, (12, {"do": "stop"}))
    assert not stored.complete
    assert len(stored.history) == 2
    assert kept.read_best()[0] == np.argmax([epoch["val_accuracy"] for epoch in stored.history]) + 1


def test_a_stop_before_an_epoch_has_ended_leaves_nothing(run):
    with pytest.raises(StoppedError):
        run(LINEAR, (2, {"do": "stop"}))


def test_a_learning_rate_set_by_hand_is_used_and_the_result_is_not_the_recipes(run, tmp_path):
    stored, watcher, _ = run(LINEAR, (5, {"do": "rate", "value": 1e-9}))
    assert not stored.complete
    assert find_complete(LINEAR, small_data().digest, [tmp_path / "models"]) is None
    assert stored.metrics["rates_by_hand"] == [{"step": 5, "learning_rate": 1e-9}]
    assert stored.history[1]["learning_rate"] == stored.history[2]["learning_rate"] == pytest.approx(1e-9)
    assert stored.history[2]["val_accuracy"] == stored.history[1]["val_accuracy"]
    assert watcher.find("learning_rate")[-1] == pytest.approx(1e-9)


def test_what_diverges_leaves_its_best_epoch(run, tmp_path):
    with pytest.raises(TrainingError, match="Lower the learning rate"):
        run(dataclasses.replace(LINEAR, optimizer="sgd"), (6, {"do": "rate", "value": 1e12}))
    kept = KeptEpochs(tmp_path / "run")
    bench = Workbench(small_data(), None, (tmp_path / "models",))
    stored = store_best(bench, LINEAR, tmp_path / "models/rescued", kept)
    assert (len(stored.history), stored.complete) == (1, False)
    assert stored.metrics["validation"]["accuracy"] == pytest.approx(stored.history[0]["val_accuracy"])


def test_each_epoch_is_kept_with_what_was_seen_then(run):
    stored, _, kept = run()
    assert kept.list_all() == [0, 1, 2, 3]
    epoch = kept.read(3)
    kernel = build_keras_model(stored).get_layer("logits").get_weights()[0]
    assert np.allclose(epoch.weights["logits/kernel"], kernel, atol=1e-3)
    assert json.dumps(epoch.seen["confusion"])
