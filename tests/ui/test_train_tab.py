"""What the train tab asks is answered, and nonsense is an error in words."""

import base64

import numpy as np
import pytest

from mnist_core.models.recipes import RECIPES
from mnist_core.services.runs import Runs
from mnist_core.training.kept import KeptEpochs
from mnist_core.ui.train.training import training_functions

THREES = [{"strokes": [[[10 * x, x * x] for x in range(9)]], "label": 3}] * 20


@pytest.fixture
def runs(tmp_path):
    runs = Runs(None, tmp_path)
    yield runs
    runs.close()


@pytest.fixture
def ask(runs):
    functions = {function.__name__: function for function in training_functions(runs)}
    return lambda name, **message: functions[name](message)


def test_the_first_answer_lists_the_recipes_with_what_can_be_changed(ask):
    answer = ask("look_at_training")
    assert [recipe["name"] for recipe in answer["recipes"]] == list(RECIPES)
    fast = next(recipe for recipe in answer["recipes"] if recipe["name"] == "fast")
    assert {"epochs": 4, "filters": [16, 32], "kernel": 5, "rotation": 0.0}.items() <= fast["changeable"].items()
    assert answer["training"]["allowed"]
    assert "recipes" not in ask("look_at_training", since={"step": 0, "check": -1, "epoch": 0})


def test_a_network_is_described_layer_by_layer(ask):
    answer = ask("check_network", recipe="lenet", changes={"filters": [4]})
    assert [layer["name"] for layer in answer["layers"]] == ["conv1", "pool1", "flatten", "dense1", "logits"]
    assert answer["layers"][0] == {
        "name": "conv1",
        "kind": "Conv2D",
        "options": {"filters": 4, "kernel_size": 3, "padding": "valid", "activation": "relu"},
        "shape": [26, 26, 4],
        "parameters": 40,
    }
    assert answer["changes"] == ["filters=4"]
    assert answer["command"] == "python -m mnist_core train lenet --filters 4"
    assert "keras.Sequential" in answer["keras"]
    assert answer["seconds"] > 0


def test_an_impossible_network_is_refused_at_its_layer(ask):
    answer = ask("check_network", recipe="lenet", changes={"filters": [4, 4, 4, 4]})
    assert answer["message"]["values"]["layer"] == "conv4"


@pytest.mark.parametrize(
    ("name", "message", "words"),
    [
        ("begin_training", {"recipe": "fast", "own": {"samples": [{"label": 10}]}}, "label from 0 to 9"),
        ("begin_training", {"recipe": "fast", "own": {"samples": "all"}}, "10 to 500 drawings"),
        ("begin_training", {"recipe": "fast", "own": {"tune": True, "samples": THREES}}, "different digits"),
        ("begin_training", {}, "no recipe"),
        ("begin_training", {"recipe": "fast", "changes": {"epochs": "many"}}, "epochs"),
        ("begin_training", {"recipe": "fast", "start": {"model": "nothing"}}, "nothing"),
        ("begin_training", {"recipe": "fast", "start": {"model": "lenet"}}, "cannot start"),
        ("steer_training", {"run": 5, "action": None}, "no run"),
        ("check_network", {"recipe": "linear", "changes": {"kernel": 3}}, "no effect"),
        ("replay_training", {"run": "x", "epoch": "last"}, "number of an epoch"),
        ("replay_training", {"run": "x", "epoch": 1}, "no run"),
        ("preview_augmentation", {"changes": {"rotation": "far"}}, "cannot be so"),
        ("look_at_training", {"image": "%%"}, "base64"),
    ],
)
def test_nonsense_is_an_error_in_words(ask, name, message, words):
    assert words in ask(name, **message)["error"]


def test_a_preview_shows_a_digit_as_it_is_changed(ask):
    answer = ask("preview_augmentation", changes={"rotation": 30, "epochs": 5})
    images = [np.frombuffer(base64.b64decode(image), np.uint8) for image in answer["images"]]
    assert [image.size for image in images] == [784] * 24
    assert len({image.tobytes() for image in images}) == 24
    assert ask("preview_augmentation", changes={"rotation": 30}, seed=0)["images"] == answer["images"]
    assert len(set(ask("preview_augmentation")["images"])) == 1


def test_an_epoch_is_replayed_with_the_drawing(ask, runs, monkeypatch, tmp_path):
    kept = KeptEpochs(tmp_path)
    weights = {"logits/kernel": np.zeros((784, 10)), "logits/bias": np.eye(10)[3] * 9}
    kept.write(2, weights, {"confusion": [[1]], "predictions": [3], "confidences": [0.9]})
    monkeypatch.setattr(runs, "open_kept", lambda run: (RECIPES["linear"], kept))
    image = base64.b64encode(bytes([255]) * 784).decode()
    answer = ask("replay_training", run="x", epoch=2, image=image)
    assert answer["pad"]["verdict"] == {"kind": "sure", "labels": [3]}
    assert (answer["filters"]["count"], answer["filters"]["side"]) == (10, 28)
    assert (answer["confusion"], answer["samples"]["predictions"]) == ([[1]], [3])
    assert ask("replay_training", run="x", epoch=2)["pad"] is None
    assert "Kept are: 2" in ask("replay_training", run="x", epoch=1)["error"]
