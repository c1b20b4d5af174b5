"""What the page's scripts call never raises, and images arrive as they were sent."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.server import sample_digit

from mnist_core.errors import FAULT, DataError, NotReadyError, PictureError, QueryError
from mnist_core.ui.wire import (
    decode_base64,
    decode_image,
    encode_bytes,
    encode_image,
    encode_sprite,
    never_raise,
)


def failing(error):
    @never_raise
    def ask_something(message):
        raise error

    return ask_something


def test_an_answer_is_marked_as_one():
    @never_raise
    def repeat(message):
        """Says what it heard."""
        return {"heard": message}

    assert repeat({"a": 1}) == {"ok": True, "heard": {"a": 1}}
    assert (repeat.__name__, repeat.__doc__) == ("repeat", "Says what it heard.")


@pytest.mark.parametrize("message", [None, 5, [], [{"a": 1}], "x", True])
def test_what_is_no_object_is_an_empty_one(message):
    assert never_raise(lambda message: {"heard": message})(message) == {"ok": True, "heard": {}}


@pytest.mark.parametrize("error", [QueryError("Take one away."), DataError("It is damaged."), PictureError("Blank.")])
def test_what_a_visitor_can_meet_is_told(error, caplog):
    assert failing(error)({}) == {"error": str(error), "message": {"key": str(error), "values": {}}}
    assert not caplog.records


def test_a_message_travels_as_a_key_and_values_and_as_an_english_sentence():
    error = QueryError("{name!r} has {count:,} of {share:.0%}: {done}", name="a", count=1234, share=0.5, done=True)
    assert failing(error)({}) == {
        "error": "'a' has 1,234 of 50%: True",
        "message": {
            "key": "{name} has {count} of {share}: {done}",
            "values": {"name": "'a'", "count": 1234, "share": "50%", "done": "True"},
        },
    }
    damaged = DataError("{path} is damaged: {reason}.", Path("/secret/a.npz"), reason="/secret/b")
    assert failing(damaged)({})["message"]["values"] == {"path": "a.npz", "reason": "b"}


@pytest.mark.parametrize("error", [ValueError("/secret"), KeyError("/secret"), OSError("/secret"), MemoryError()])
def test_other_errors_are_logged_and_not_shown(error, caplog):
    answer = failing(error)({})
    assert answer["error"] == answer["message"]["key"] == "The server could not answer this; its log says why."
    (record,) = caplog.records
    assert "ask_something failed" in record.getMessage()
    assert record.exc_info[1] is error


def test_what_is_being_computed_is_pending():
    assert failing(NotReadyError(0.25))({}) == {"pending": 0.25, "error": ""}


def test_what_could_not_be_computed_says_why():
    assert failing(NotReadyError(0.25, "The disk is full."))({}) == {"pending": 0.25, "error": "The disk is full."}


def test_an_image_comes_back_as_it_was_sent():
    image = sample_digit(3)
    text = encode_image(image.astype(np.float32) / 255)
    assert text == encode_bytes(image) == base64.b64encode(image.tobytes()).decode()
    found = decode_image(text)
    assert found.dtype == np.float32
    assert np.array_equal(found, image.astype(np.float32) / 255)


def test_arrays_that_do_not_lie_in_order_are_sent_in_order():
    array = np.arange(12, dtype=np.int32).reshape(3, 4)
    assert base64.b64decode(encode_bytes(array.T)) == array.T.tobytes()
    assert base64.b64decode(encode_bytes(array[:, ::2])) == array[:, ::2].tobytes()


def test_a_sprite_is_a_png_of_the_images():
    images = np.stack([sample_digit(label) for label in range(5)])
    sprite = np.asarray(Image.open(io.BytesIO(base64.b64decode(encode_sprite(images, 3)))))
    assert sprite.shape == (56, 84)
    assert np.array_equal(sprite[28:, 28:56], images[4])


@pytest.mark.parametrize("size", [0, 1, 783, 785, 3 * 784])
def test_an_image_of_another_size_is_refused(size):
    with pytest.raises(PictureError, match=rf"Expected 784 bytes.*Received: {size}\."):
        decode_image(base64.b64encode(b"x" * size).decode())


def test_an_image_without_ink_is_refused():
    with pytest.raises(PictureError, match="not all 0"):
        decode_image(encode_bytes(np.zeros(784, np.uint8)))


@pytest.mark.parametrize("text", [None, 5, [], {}, "x", "é", "a b=", "!!!!", True, "AAAA\n"])
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(PictureError, match="as base64 text"):
        decode_base64(text)


def test_answers_are_json():
    text = json.dumps(failing(NotReadyError(0.5))({}), allow_nan=False)
    assert json.loads(text) == {"pending": 0.5, "error": ""}


def test_a_visitor_learns_no_folder_of_the_machine():
    path = Path("/home/ann/my data/mnist.npz")
    error = DataError(f"{path} is damaged: [Errno 5] {str(path)!r}; see /var/log/x.", path)
    assert failing(error)({})["error"] == "mnist.npz is damaged: [Errno 5] 'mnist.npz'; see x."
    assert failing(NotReadyError(0.5, "/srv/cache is full."))({}) == {"pending": 0.5, "error": "cache is full."}


def test_an_answer_that_cannot_be_sent_is_an_error(caplog):
    assert never_raise(lambda message: {"name": "x\udcff"})({})["error"] == FAULT
    assert failing(QueryError("No x\udcff."))({}) == {"error": "No x?.", "message": {"key": "No x?.", "values": {}}}
