"""Gradients come from a process of their own, which loads TensorFlow when asked and ends when nobody asks."""

import dataclasses
import sys
import threading
import time

import numpy as np
import pytest
from support.models import run_python, sample_images

from mnist_core.errors import NotReadyError, QueryError
from mnist_core.explain.attribution import Target
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.gradients import GradientHelper

# A stand-in for the command: it knows questions by their digit, and needs no TensorFlow.
STAND_IN = """
import base64, json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    digit = json.loads(line)["digit"]
    if digit == 9 and not os.path.exists(sys.argv[1]):
        open(sys.argv[1], "w").close()
        os._exit(0)
    if digit == 8:
        print("out of paper", file=sys.stderr)
        os._exit(3)
    time.sleep({7: 60, 6: 0.3}.get(digit, 0))
    values = bytes(784 * 4 - 4) + os.getpid().to_bytes(4, "little")
    print(json.dumps({"values": base64.b64encode(values).decode()}), flush=True)
"""


def shipped():
    return load_stored(SHIPPED_DIR / "sketchnet")


def ask(helper, digit, number=0, stored=None):
    """Asks as the page does, until there is an answer; the stand-in answers with the number of its process."""
    while True:
        try:
            answer = helper.find_loss_gradient(stored or shipped(), sample_images(100)[number], digit)
            return int(answer.reshape(-1)[-1:].view(np.int32)[0])
        except NotReadyError:
            pass


@pytest.fixture
def stand_in(tmp_path):
    helper = GradientHelper(command=(sys.executable, "-c", STAND_IN, tmp_path / "died"), patience_seconds=2)
    yield helper
    helper.close()


# The real process, once


def test_the_server_gets_gradients_and_never_imports_tensorflow():
    code = """
import sys, time
import numpy as np
from support.models import sample_images
from mnist_core.errors import NotReadyError, QueryError
from mnist_core.explain.attribution import Target
from mnist_core.models.store import load_stored
from mnist_core.paths import SHIPPED_DIR
from mnist_core.services.gradients import GradientHelper

helper, stored = GradientHelper(idle_seconds=0.3), load_stored(SHIPPED_DIR / "sketchnet")
shares = []

def ask(method, stored=stored):
    while True:
        try:
            return helper.explain(stored, sample_images(100)[30], method, Target(3), "paper")
        except NotReadyError as error:
            shares.append(error.share)

print(round(float(ask("integrated_gradients").sum()), 2))
print(len(shares) > 0 and shares == sorted(shares) and max(shares) < 1)
try:
    ask("phrenology")
except QueryError as error:
    print(error)
child = helper._child
time.sleep(1)
print(child.is_alive)
print({"tensorflow", "keras"} & set(sys.modules))
"""
    result = run_python(code)
    total, was_pending, error, is_alive, loaded = result.stdout.splitlines()
    assert (was_pending, is_alive, loaded) == ("True", "False", "set()"), result.stderr
    assert "no explanation 'phrenology'" in error
    assert float(total) == pytest.approx(float(rise_of_three()), rel=0.01)


def rise_of_three():
    """What the shipped model gives a three more than it gives to paper, in logits."""
    from mnist_core.explain.anatomy import Anatomy

    logits = Anatomy(shipped()).logits(sample_images(100)[[30]] * np.array([[[0]], [[1]]]))
    return np.diff(Target(3).values(logits.astype(np.float32)))[0]


# Bad days, with the stand-in


def test_one_process_answers_all(stand_in):
    assert ask(stand_in, 1) == ask(stand_in, 2) == ask(stand_in, 1, 5)


def test_a_killed_process_is_replaced(stand_in):
    before = ask(stand_in, 1)
    stand_in.close()
    after = ask(stand_in, 2)
    assert after not in (0, before)


def test_an_answer_is_kept_and_a_model_that_was_replaced_is_asked_anew(stand_in):
    before = ask(stand_in, 1)
    stand_in.close()
    assert ask(stand_in, 1) == before
    assert ask(stand_in, 1, stored=dataclasses.replace(shipped(), written_at=1)) != before


def test_a_process_that_ends_with_a_question_on_its_way_is_replaced_unnoticed(stand_in, tmp_path):
    assert ask(stand_in, 9)
    assert (tmp_path / "died").exists()


def test_a_process_that_dies_of_a_question_is_tried_twice_and_says_why(stand_in):
    with pytest.raises(QueryError, match="ended: out of paper"):
        ask(stand_in, 8)
    assert ask(stand_in, 1)


def test_a_question_that_hangs_is_given_up_and_the_next_is_answered(stand_in):
    with pytest.raises(QueryError, match="took too long"):
        ask(stand_in, 7)
    assert ask(stand_in, 1)


def test_a_command_that_cannot_be_started_is_an_error():
    with pytest.raises(QueryError, match="could not be computed"):
        ask(GradientHelper(command=("/nowhere/python",)), 1)


def test_many_visitors_wait_in_a_queue_that_has_an_end(stand_in):
    def ask_once(number):
        try:
            stand_in.find_loss_gradient(shipped(), sample_images(100)[number], 6)
        except (NotReadyError, QueryError) as error:
            found.append(type(error))

    found = []
    threads = [threading.Thread(target=ask_once, args=(number,)) for number in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(QueryError) == 5
    started = time.monotonic()
    assert ask(stand_in, 6, 1)
    assert time.monotonic() - started < 10
