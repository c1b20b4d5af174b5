"""What a visitor pastes is answered with a network, or with what is wrong in which line."""

import json

import pytest

from mnist_core.ui.train.code import code_functions
from mnist_core.ui.wire import never_raise

CODE = "import keras\nmodel = keras.Sequential([keras.layers.Flatten(),\nkeras.layers.Dense({units})])\nmodel.fit(x, y)"
(READ,) = map(never_raise, code_functions())


def test_pasted_code_is_answered_with_its_network():
    answer = json.loads(json.dumps(READ({"text": CODE.format(units=10)})))
    assert (answer["ok"], answer["dialect"], answer["parameters"]) == (True, "keras", 7850)
    assert [layer["name"] for layer in answer["layers"]] == ["flatten", "logits"]
    assert answer["changes"]["layers"] == ["Flatten()"]
    assert [slip["line"] for slip in answer["slips"]] == [4]


@pytest.mark.parametrize(
    ("message", "line"), [({"text": CODE.format(units=11)}, 3), ({"text": "no code"}, 1), ({"text": ""}, None)]
)
def test_what_is_no_network_is_answered_with_the_line(message, line):
    answer = READ(message)
    assert answer["error"]
    assert answer["message"]["values"].get("line") == line


@pytest.mark.parametrize("message", [{}, {"text": 5}, {"text": None}])
def test_what_is_no_text_is_answered_with_words(message):
    assert "as text" in READ(message)["error"]
