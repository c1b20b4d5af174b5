"""What programs and the pad's script send over HTTP is answered or refused in words, and never stops the server."""

import base64
import functools
import io
import json
import shutil
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from support.drawing import DIGITS
from support.library import data_server, small_arrays, wait_until
from support.numbers import write, write_on_paper
from support.server import (
    ONE,
    ROOT,
    SEVEN,
    UPLOADS,
    as_png,
    call_data,
    call_endpoint,
    call_pad,
    component_id,
    sample_digit,
    send_picture,
    shared_server,
)

from mnist_core.data.labelled import load_labelled
from mnist_core.preprocessing.ink import check_ink, render_ink
from mnist_core.ui.texts import load_texts

FUNCTIONS = (
    "classify_drawing",
    "pick_samples",
    "describe_models",
    "compare_hand",
    "pack_hand",
    "show_evidence",
)
HOUSE = [[[3, 8], [3, 4], [7, 4], [7, 8], [3, 8]], [[2, 4.5], [5, 1], [8, 4.5]], [[4, 8], [4, 6], [6, 6], [6, 8]]]


@pytest.fixture(scope="session")
def server():
    return shared_server()


@functools.cache
def client(url=None):
    return Client(url or shared_server().url, verbose=False)


def classify(content, tmp_path, name="picture.png"):
    """Uploads the bytes of a picture."""
    (tmp_path / name).write_bytes(content)
    return client().predict(handle_file(tmp_path / name), api_name="/classify_picture")


def refuse(content, tmp_path, name="picture.png"):
    """Uploads the bytes of what cannot be read; returns the message."""
    with pytest.raises(AppError) as caught:
        classify(content, tmp_path, name)
    assert_still_answers()
    return str(caught.value)


def assert_still_answers():
    assert call_endpoint(shared_server(), "classify_ink", ONE, "").json()["data"][0]["label"] == 1


def on_paper(digit, side=140):
    """A sample as a larger picture, light on dark."""
    return Image.fromarray(np.pad(digit, 14)).resize((side, side), Image.Resampling.BICUBIC)


def huge_png(side=20_000):
    """A valid PNG of one bit a pixel, some 50 kB for 400 million pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(1)
    row = bytes(1 + side // 8)
    pixels = b"".join(packer.compress(row * 1000) for _ in range(side // 1000)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


# What is published


def test_five_endpoints_are_published(server):
    published = httpx.get(f"{server.url}/gradio_api/info").json()
    names = {"/classify_ink", "/classify_picture", "/read_number", "/list_samples", "/find_neighbours"}
    assert set(published["named_endpoints"]) == names
    assert not published["unnamed_endpoints"]


def test_an_endpoint_says_what_it_wants(server):
    published = httpx.get(f"{server.url}/gradio_api/info").json()["named_endpoints"]
    names = {name: [each["parameter_name"] for each in endpoint["parameters"]] for name, endpoint in published.items()}
    assert names == {
        "/classify_ink": ["strokes", "model"],
        "/classify_picture": ["picture", "model"],
        "/read_number": ["strokes", "picture", "model"],
        "/list_samples": ["split", "label", "predicted", "model", "sort", "limit", "offset"],
        "/find_neighbours": ["strokes", "split", "index", "model", "space", "limit"],
    }


# Good input


@pytest.mark.parametrize(("ink", "label"), [(ONE, 1), (SEVEN, 7)])
def test_ink_is_read(ink, label):
    answer = client().predict(ink, api_name="/classify_ink")
    assert answer["label"] == label


@pytest.mark.parametrize("label", range(10))
def test_pictures_of_both_polarities_are_read(tmp_path, label):
    picture = np.asarray(on_paper(sample_digit(label)))
    answers = [classify(as_png(pixels), tmp_path)["label"] for pixels in (picture, 255 - picture)]
    assert answers == [label, label]


@pytest.mark.parametrize("road", ["ink", "picture"])
def test_the_form_of_an_answer(tmp_path, road):
    if road == "ink":
        answer = client().predict(SEVEN, "sketchnet", api_name="/classify_ink")
    else:
        answer = classify(as_png(on_paper(sample_digit(7))), tmp_path)
    image, probabilities = np.array(answer["image"]), np.array(answer["probabilities"])
    assert set(answer) == {"label", "probabilities", "verdict", "doubt", "accepted", "image", "model"}
    assert 0 <= answer["doubt"] <= 1
    assert answer["accepted"] is True
    assert image.shape == (28, 28)
    assert (image.min(), image.max() > 0.9, image.max() <= 1) == (0, True, True)
    assert probabilities.shape == (10,)
    assert probabilities.sum() == pytest.approx(1)
    assert (answer["label"], answer["model"]) == (probabilities.argmax(), "sketchnet")
    assert answer["verdict"]["labels"][0] == answer["label"]


def test_a_house_is_not_accepted_as_a_digit():
    answer = client().predict(HOUSE, api_name="/classify_ink")
    assert (answer["accepted"], answer["verdict"]["kind"]) == (False, "refused")
    assert sum(answer["probabilities"]) == pytest.approx(1)


def test_a_number_is_read():
    answer = client().predict(write("207"), None, "sketchnet", api_name="/read_number")
    assert set(answer) == {"number", "confidence", "digits", "marks", "model"}
    assert (answer["number"], answer["marks"], answer["model"]) == ("207", [], "sketchnet")
    assert 0.9 < answer["confidence"] <= 1
    assert [digit["label"] for digit in answer["digits"]] == [2, 0, 7]
    names = {"label", "probabilities", "verdict", "doubt", "accepted", "box", "image"}
    assert all(set(digit) == names for digit in answer["digits"])
    left, top, width, height = answer["digits"][2]["box"]
    assert (top, height) == pytest.approx((-1, 1))
    assert left + width == pytest.approx(max(x for stroke in write("207") for x, _ in stroke))


def test_a_number_may_be_of_one_digit():
    answer = client().predict(SEVEN, api_name="/read_number")
    assert (answer["number"], len(answer["digits"])) == ("7", 1)
    np.testing.assert_allclose(answer["digits"][0]["image"], render_ink(check_ink(SEVEN)), atol=1e-4)


TOO_MUCH = {
    "200 groups": [[[x, 0], [x, 9]] for x in range(200)],
    "thirteen digits": write("1234567890123"),
    "a thousand specks": [[[x, (7 * x) % 100]] for x in range(1000)],
    "a page of scribbles": [[[(7 * x) % 97, (31 * x + y) % 89] for x in range(3000)] for y in range(2)],
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_too_much_for_a_number_is_said_to_be_too_much(server, case):
    error = call_endpoint(server, "read_number", TOO_MUCH[case], "").json()["error"]
    assert "12" in error
    assert "log says why" not in error
    told = call_pad(server, "classify_drawing", {"strokes": TOO_MUCH[case]}).json()
    assert told["ok"]
    assert told["problem"]["error"] == error
    assert "number" not in told


@pytest.mark.parametrize("text", ["207", "5"])
def test_a_number_is_read_from_a_picture(tmp_path, text):
    paper, boxes = write_on_paper(text)
    (tmp_path / "number.png").write_bytes(as_png(paper))
    answer = client().predict(picture=handle_file(tmp_path / "number.png"), api_name="/read_number")
    assert (answer["number"], answer["model"]) == (text, "sketchnet")
    assert [digit["label"] for digit in answer["digits"]] == [int(digit) for digit in text]
    np.testing.assert_allclose([digit["box"] for digit in answer["digits"]], boxes, atol=12)  # the pen's width
    assert 0.9 < answer["confidence"] <= 1


def test_the_image_is_what_the_ink_was_drawn_as():
    answer = client().predict(SEVEN, api_name="/classify_ink")
    np.testing.assert_allclose(answer["image"], render_ink(check_ink(SEVEN)), atol=1e-4)


def test_ten_thousand_points_are_read():
    ink = [[[50, 10 + 80 * index / 9999, index] for index in range(10_000)]]
    assert client().predict(ink, api_name="/classify_ink")["label"] == 1


UNUSUAL = {
    "animated": lambda digit: as_png(
        Image.fromarray(digit), format="GIF", save_all=True, append_images=[Image.fromarray(255 - digit)] * 3
    ),
    "cmyk": lambda digit: as_png(Image.fromarray(255 - digit).convert("CMYK"), format="JPEG"),
    "sixteen bits": lambda digit: as_png(Image.fromarray(digit.astype(np.uint16) * 257)),
    "transparent": lambda digit: as_png(
        Image.fromarray(np.stack([np.zeros_like(digit)] * 3 + [digit], axis=-1))  # black ink on nothing
    ),
    "transparent white": lambda digit: as_png(Image.fromarray(np.stack([np.full_like(digit, 255)] * 3 + [digit], -1))),
    "palette": lambda digit: as_png(Image.fromarray(digit).convert("P")),
    "one bit": lambda digit: as_png(Image.fromarray(digit).convert("1")),
    "tiff of floats": lambda digit: as_png(Image.fromarray(digit.astype(np.float32) / 255), format="TIFF"),
    "webp": lambda digit: as_png(Image.fromarray(digit), format="WEBP"),
}


@pytest.mark.parametrize("form", UNUSUAL)
def test_unusual_pictures_are_read(tmp_path, form):
    picture = UNUSUAL[form](np.asarray(on_paper(sample_digit(3))))
    assert classify(picture, tmp_path)["label"] == 3


# Bad input to the named endpoints

BAD_INK = {
    "empty": ([], "There is no ink"),
    "empty strokes": ([[], []], "There is no ink"),
    "one dot": ([[[5, 5]]], "single dot"),
    "a dot many times": ([[[5, 5]] * 100], "single dot"),
    "nan": ([[[0, float("nan")], [1, 1]]], "not a finite number"),
    "infinite": ([[[0, 0], [1, float("inf")]]], "not a finite number"),
    "minus infinite": ([[[0, 0], [-float("inf"), 1]]], "not a finite number"),
    "null coordinate": ([[[None, 1], [2, 2]]], "not a finite number"),
    "too far away": ([[[1e308, 0], [-1e308, 0]]], "too far away"),
    "too many points": ([[[index % 97, index % 89] for index in range(50_001)]], "too much ink"),
    "null": (None, "must be a list of strokes"),
    "number": (5, "must be a list of strokes"),
    "text": ("ink", "must be a list of strokes"),
    "object": ({"a": 1}, "must be a list of strokes"),
    "points without strokes": ([[1, 2], [3, 4]], "Stroke 0 is not a list"),
    "four numbers": ([[[1, 2, 3, 4], [1, 2, 3, 4]]], "Stroke 0 is not a list"),
    "ragged": ([[[1, 2], [3]]], "Stroke 0 is not a list"),
    "texts": ([[["a", "b"]]], "Stroke 0 is not a list"),
    "second stroke": ([*ONE, "no"], "Stroke 1 is not a list"),
}


@pytest.mark.parametrize("case", BAD_INK)
def test_bad_ink_is_refused_in_words(server, case):
    ink, message = BAD_INK[case]
    response = call_endpoint(server, "classify_ink", ink, "")
    assert message in response.json()["error"]
    assert "Traceback" not in response.text
    assert_still_answers()


@pytest.mark.parametrize("place", range(7))
def test_a_message_does_not_repeat_all_that_was_wrong(server, place):
    """Ten megabytes sent are not ten megabytes back."""
    arguments = [None] * place + ["x" * 100_000]
    error = call_endpoint(server, "list_samples", *arguments).json()["error"]
    assert len(error) < 300


def test_gradio_client_shows_the_message():
    with pytest.raises(AppError, match="single dot"):
        client().predict([[[5, 5]]], api_name="/classify_ink")


@pytest.mark.parametrize("name", ["nonesuch", "../models", "/etc", 5, ["sketchnet"]])
def test_an_unknown_model_is_refused_with_those_there_are(server, name):
    error = call_endpoint(server, "classify_ink", ONE, name).json()["error"]
    assert "There is no model named" in error
    assert "sketchnet" in error
    assert_still_answers()


# Arguments that are left out


@pytest.mark.parametrize("arguments", [(ONE,), (ONE, None), (ONE, ""), (ONE, "", "more")])
@pytest.mark.parametrize("road", ["call", "run", "api"])
def test_what_is_left_out_has_its_default_over_plain_http(server, road, arguments):
    assert call_by(server, road, "classify_ink", *arguments)["label"] == 1


def call_by(server, road, name, *arguments):
    """Calls an endpoint as curl does: at once, or by way of the queue, whose events are read to the end."""
    if road != "call":
        return httpx.post(f"{server.url}/gradio_api/{road}/{name}", json={"data": arguments}).json()["data"][0]
    event = httpx.post(f"{server.url}/gradio_api/call/{name}", json={"data": arguments}).json()["event_id"]
    kind, data = httpx.get(f"{server.url}/gradio_api/call/{name}/{event}", timeout=60).text.split("\n")[:2]
    assert kind == "event: complete", data
    return json.loads(data.removeprefix("data: "))[0]


def test_a_picture_is_read_without_the_name_of_a_model(server):
    files = {"files": as_png(on_paper(sample_digit(5)))}
    (upload,) = httpx.post(f"{server.url}/gradio_api/upload", files=files).json()
    picture = {"path": upload, "meta": {"_type": "gradio.FileData"}}
    assert call_by(server, "run", "classify_picture", picture)["label"] == 5


@pytest.mark.parametrize("name", ["classify_ink", "classify_picture"])
def test_what_must_be_there_is_asked_for_by_name(server, name):
    error = call_endpoint(server, name).json()["error"]
    wanted = {"classify_ink": "strokes", "classify_picture": "picture"}[name]
    assert error.startswith(f"'{wanted}' is missing. Expected data to hold, in this order: {wanted}, model.")


def test_named_arguments_are_completed_too(server):
    event = httpx.post(f"{server.url}/gradio_api/call/v2/classify_ink", json={"strokes": ONE}).json()["event_id"]
    answer = httpx.get(f"{server.url}/gradio_api/call/v2/classify_ink/{event}", timeout=60).text
    assert answer.startswith("event: complete")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"data": 5}', b"\xff\xfe"])
def test_a_broken_body_does_no_harm(server, body):
    headers = {"content-type": "application/json"}
    response = httpx.post(f"{server.url}/gradio_api/run/classify_ink", content=body, headers=headers)
    assert 400 <= response.status_code < 500
    assert "Traceback" not in response.text
    assert_still_answers()


def noise(side=100):
    return np.random.default_rng(0).integers(0, 256, (side, side), np.uint8)


BAD_PICTURES = {
    "one pixel": (lambda: as_png(np.full((1, 1), 200, np.uint8)), "No digit stands out"),
    "one row": (lambda: as_png(np.zeros((1, 5000), np.uint8)), "No digit stands out"),
    "blank white": (lambda: as_png(np.full((300, 300), 255, np.uint8)), "No digit stands out"),
    "blank black": (lambda: as_png(np.zeros((28, 28), np.uint8)), "No digit stands out"),
    "fully transparent": (lambda: as_png(np.zeros((50, 50, 4), np.uint8)), "No digit stands out"),
    "noise": (lambda: as_png(noise()), "No digit stands out"),
    "huge": (huge_png, "too large"),
    "too many pixels": (lambda: huge_png(8000), "too large: 8000 x 8000"),
    "truncated": (lambda: as_png(noise())[:3000], "damaged"),
    "truncated jpeg": (lambda: as_png(noise(), format="JPEG")[:1500], "damaged"),
    "text": (lambda: b"hello", "not a picture"),
    "nothing": (lambda: b"", "not a picture"),
    "only a header": (lambda: b"\x89PNG\r\n\x1a\n", "picture"),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
    "drawing in text": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
}


@pytest.mark.parametrize("case", BAD_PICTURES)
def test_bad_pictures_are_refused_in_words(tmp_path, case):
    make, words = BAD_PICTURES[case]
    message = refuse(make(), tmp_path)
    assert words in message
    assert "Traceback" not in message


def test_a_file_above_the_limit_is_refused(server, tmp_path):
    response = httpx.post(
        f"{server.url}/gradio_api/upload", files={"files": ("large.png", bytes(21_000_000))}, timeout=60
    )
    assert response.status_code == 413
    assert_still_answers()


@pytest.mark.parametrize("picture", [None, 5, "text", [], {}, {"path": None}, {"path": 5}, {"path": ""}])
def test_what_is_no_upload_is_refused(server, picture):
    response = call_endpoint(server, "classify_picture", picture, "")
    assert "No picture was received" in response.json()["error"]
    assert_still_answers()


def forms_of(path):
    meta = {"meta": {"_type": "gradio.FileData"}}
    yield from (path, {"path": path}, {"path": path, **meta}, {"path": f"{UPLOADS}/../{path.rsplit('/', 1)[-1]}"})
    yield from ({"path": f"file://{path}"}, {"path": f"file://{path}", **meta}, [{"path": path}])


@pytest.mark.parametrize("form", range(7))
def test_a_file_on_the_server_that_was_not_uploaded_is_not_read(server, tmp_path, form):
    """A readable digit, so that only the refusal keeps it from being read."""
    path = tmp_path / "secret.png"
    path.write_bytes(as_png(on_paper(sample_digit(5))))
    shutil.copy(path, UPLOADS.parent)
    response = call_endpoint(server, "classify_picture", list(forms_of(str(path)))[form], "")
    assert response.status_code >= 400
    assert "No picture was received" in response.json()["error"]
    assert str(ROOT) not in response.text
    assert_still_answers()


# The pad's own functions


def encoded(content):
    return base64.b64encode(content).decode()


def encoded_digit(label, number=0):
    return encoded(sample_digit(label, number).tobytes())


def test_the_pad_gets_an_answer_for_ink(server):
    answer = call_pad(server, "classify_drawing", {"strokes": SEVEN}).json()
    assert answer["ok"]
    assert np.argmax(answer["probabilities"]) == 7
    assert (answer["verdict"]["labels"][0], answer["model"]) == (7, "sketchnet")
    image = np.frombuffer(base64.b64decode(answer["image"]), np.uint8).reshape(28, 28) / 255
    np.testing.assert_allclose(image, render_ink(check_ink(SEVEN)), atol=0.003)


def test_the_pad_gets_a_number_for_several_digits_alone(server):
    strokes = write("41")
    number = call_pad(server, "classify_drawing", {"strokes": strokes}).json()["number"]
    assert (number["text"], number["marks"]) == ("41", [])
    assert [digit["strokes"] for digit in number["digits"]] == [[0, 1], [2]]
    first = np.frombuffer(base64.b64decode(number["digits"][0]["image"]), np.uint8).reshape(28, 28) / 255
    np.testing.assert_allclose(first, render_ink(check_ink(strokes[:2])), atol=0.003)
    assert "number" not in call_pad(server, "classify_drawing", {"strokes": SEVEN}).json()
    on_sample = {"image": encoded_digit(1), "strokes": [[[0.8, 0.2], [0.8, 0.8]]]}
    assert "number" not in call_pad(server, "classify_drawing", on_sample).json()


def test_a_stroke_that_is_cut_belongs_to_no_digit_alone(server):
    joined = [[*DIGITS[2][0], *((x + 0.56, y) for x, y in DIGITS[0][0])]]
    number = call_pad(server, "classify_drawing", {"strokes": joined}).json()["number"]
    assert [digit["strokes"] for digit in number["digits"]] == [[], []]


def test_the_pad_gets_an_answer_for_a_sample(server):
    answer = call_pad(server, "classify_drawing", {"image": encoded_digit(4), "strokes": []}).json()
    assert (np.argmax(answer["probabilities"]), answer["image"]) == (4, encoded_digit(4))


def test_the_pad_gets_an_answer_for_ink_on_a_sample(server):
    """A one with a roof is a seven, or at least no longer the same image."""
    roof = [[[0.2, 0.2], [0.6, 0.2]]]
    answer = call_pad(server, "classify_drawing", {"image": encoded_digit(1), "strokes": roof}).json()
    assert answer["ok"]
    assert answer["image"] != encoded_digit(1)


def test_the_pad_gets_an_image_for_a_picture(server):
    picture = as_png(255 - np.asarray(on_paper(sample_digit(6))))
    image = send_picture(server, picture).json()["image"]
    answer = call_pad(server, "classify_drawing", {"image": image}).json()
    assert np.argmax(answer["probabilities"]) == 6


def test_with_the_image_of_a_picture_comes_where_it_was_found_and_how(server):
    picture = np.full((200, 400), 255, np.uint8)
    picture[50:150, 240:340] = 255 - np.kron(sample_digit(6)[1:26, 1:26], np.ones((4, 4), np.uint8))
    answer = send_picture(server, as_png(picture)).json()
    frame = answer["frame"]
    assert frame["x"] - frame["width"] / 2 >= 240 / 400
    assert frame["x"] + frame["width"] / 2 <= 340 / 400
    assert frame["y"] - frame["height"] / 2 >= 50 / 400
    assert frame["y"] + frame["height"] / 2 <= 150 / 400
    steps = {step["name"]: Image.open(io.BytesIO(base64.b64decode(step["picture"]))) for step in answer["steps"]}
    assert {step.mode for step in steps.values()} == {"L"}
    assert max(max(step.size) for step in steps.values()) <= 192
    assert np.asarray(steps["image"]).tobytes() == base64.b64decode(answer["image"])
    texts = load_texts()
    assert {f"picture_step_{name}{rest}" for name in steps for rest in ("", "_school", "_university")} <= texts.keys()


def test_a_frame_says_which_digit_of_a_picture_is_read(server):
    digits = np.hstack([on_paper(sample_digit(label)) for label in (3, 6)])
    found = {}
    for label, x in ((3, 0.25), (6, 0.75)):
        answer = send_picture(server, as_png(255 - digits), f"?x={x}&y=0.25&width=0.45&height=0.45&angle=0").json()
        assert answer["frame"]["x"] == x
        found[label] = call_pad(server, "classify_drawing", {"image": answer["image"]}).json()["verdict"]["labels"][0]
    assert found == {3: 3, 6: 6}


@pytest.mark.parametrize(
    "query",
    [
        "?width=0.5",
        "?x=a&y=0.5&width=0.5&height=0.5&angle=0",
        "?x=0.5&y=0.5&width=0&height=0.5&angle=0",
        "?x=0.5&y=0.5&width=1e9&height=0.5&angle=0",
        "?x=0.5&y=0.5&width=0.5&height=0.5&angle=nan",
    ],
)
def test_a_frame_that_is_none_is_refused_in_words(server, query):
    assert "Expected a frame" in send_picture(server, as_png(on_paper(sample_digit(6))), query).json()["error"]


def test_what_the_page_cannot_show_comes_back_so_that_it_can(server):
    for picture, kind in ((on_paper(sample_digit(6)), "jpeg"), (np.full((50, 50), 9, np.uint8), "jpeg")):
        answer = send_picture(server, as_png(picture), "?preview=1").json()
        header, _, content = answer["preview"].partition(",")
        assert header == f"data:image/{kind};base64"
        assert Image.open(io.BytesIO(base64.b64decode(content))).size == Image.fromarray(np.asarray(picture)).size
    assert (answer["ok"], answer["isPicture"]) == (False, True)  # of the one on which there is nothing
    assert "preview" not in send_picture(server, as_png(on_paper(sample_digit(6)))).json()


def test_the_pad_gets_two_samples_of_each_digit(server):
    answer = call_pad(server, "pick_samples", {}).json()
    labels = [sample["label"] for sample in answer["samples"]]
    assert (sorted(labels), answer["source"]) == (sorted([*range(10), *range(10)]), "built_in")
    assert all(len(base64.b64decode(sample["image"])) == 784 for sample in answer["samples"])
    assert labels != sorted(labels)


def test_other_samples_come_when_asked_again(server):
    first, second = (
        {sample["index"] for sample in call_pad(server, "pick_samples", {}).json()["samples"]} for _ in range(2)
    )
    assert first != second


def test_the_pad_gets_the_models_and_the_device(server):
    answer = call_pad(server, "describe_models", {}).json()
    assert answer["device"] == "CPU (LiteRT)"
    assert [model["name"] for model in answer["models"]] == ["sketchnet", "lenet", "linear"]
    assert answer["models"][0]["parameters"] > 0
    assert 0.99 < answer["models"][0]["validation_accuracy"] <= 1


@pytest.mark.parametrize("case", BAD_INK)
def test_the_pad_is_told_in_words_about_bad_ink(server, case):
    response = call_pad(server, "classify_drawing", {"strokes": BAD_INK[case][0]})
    assert response.status_code == 200
    assert BAD_INK[case][1] in response.json()["error"] or BAD_INK[case][0] is None


BAD_MESSAGES = {
    "no image": {"image": "x"},
    "number as image": {"image": 5},
    "letters": {"image": "é"},
    "too few pixels": {"image": encoded(bytes(10))},
    "no ink in the image": {"image": encoded(bytes(784))},
    "bad ink on an image": {"image": encoded(bytes([255] * 784)), "strokes": [[[0, None]]]},
    "text as ink on an image": {"image": encoded(bytes([255] * 784)), "strokes": "ink"},
    "unknown model": {"strokes": ONE, "model": "nonesuch"},
    "path as model": {"strokes": ONE, "model": "../../etc"},
    "list as model": {"strokes": ONE, "model": ["sketchnet"]},
    "no message": None,
    "number as message": 5,
    "list as message": [1, 2],
    "text as message": "ink",
}


@pytest.mark.parametrize("case", BAD_MESSAGES)
def test_the_pad_is_told_in_words_about_a_bad_drawing(server, case):
    response = call_pad(server, "classify_drawing", BAD_MESSAGES[case])
    assert response.status_code == 200
    assert response.json()["error"]
    assert "log says why" not in response.json()["error"]


@pytest.mark.parametrize("case", BAD_PICTURES)
def test_the_pad_is_told_in_words_about_bad_pictures(server, case):
    make, words = BAD_PICTURES[case]
    response = send_picture(server, make())
    assert response.status_code == 200
    assert words in response.json()["error"]


# The visitor's own hand, and the stored figures


def test_the_pad_gets_the_interval_of_a_share(server):
    answer = call_pad(server, "compare_hand", {"right": 20, "total": 20}).json()
    low, high = answer["interval"]
    assert (round(low, 2), high) == (0.84, 1)
    assert [row["isYou"] for row in answer["rows"]] == [True] + [False] * (len(answer["rows"]) - 1)
    assert {"validation", "test"} <= {row["name"] for row in answer["rows"]}


@pytest.mark.parametrize(
    "message", [None, {}, {"right": 3, "total": 2}, {"right": 0, "total": 0}, {"right": "1", "total": 2}]
)
def test_the_pad_is_told_in_words_about_a_bad_share(server, message):
    assert "number of drawings read right" in call_pad(server, "compare_hand", message).json()["error"]


def test_drawings_come_back_as_a_file_that_the_program_reads(server, tmp_path):
    drawings = [{"strokes": SEVEN, "label": 7}, {"strokes": HOUSE, "label": 0}]
    answer = call_pad(server, "pack_hand", {"drawings": drawings}).json()
    (tmp_path / "hand.npz").write_bytes(base64.b64decode(answer["file"]))
    labelled = load_labelled(tmp_path / "hand.npz")
    assert labelled.labels.tolist() == [7, 0]
    assert [len(strokes) for strokes in labelled.samples] == [1, 3]
    np.testing.assert_allclose(labelled.samples[0][0], SEVEN[0])


BAD_HANDS = {
    "nothing": {},
    "no list": {"drawings": "ink"},
    "none": {"drawings": []},
    "too many": {"drawings": [{"strokes": SEVEN, "label": 7}] * 101},
    "no drawing": {"drawings": [5]},
    "another label": {"drawings": [{"strokes": SEVEN, "label": 10}]},
    "no label": {"drawings": [{"strokes": SEVEN}]},
    "no strokes": {"drawings": [{"label": 7}]},
    "bad strokes": {"drawings": [{"strokes": [[[0, None]]], "label": 7}]},
}


@pytest.mark.parametrize("case", BAD_HANDS)
def test_the_pad_is_told_in_words_about_bad_drawings(server, case):
    answer = call_pad(server, "pack_hand", BAD_HANDS[case]).json()
    assert answer["error"]
    assert "log says why" not in answer["error"]


def test_the_pad_gets_the_stored_figures_as_tables_and_diagrams(server):
    answer = call_pad(server, "show_evidence", {}).json()
    titles = [part["title"] for part in answer["parts"]]
    assert "Stored results" in answer["note"]
    assert len(titles) == len(set(titles)) == 5
    assert all(len(row) == len(part["table"]["head"]) for part in answer["parts"] for row in part["table"]["rows"])
    (diagrams,) = [part["diagrams"] for part in answer["parts"] if "diagrams" in part]
    assert all(ElementTree.fromstring(diagram["svg"]).tag.endswith("svg") for diagram in diagrams)


@pytest.mark.parametrize("function", ["pick_samples", "describe_models", "show_evidence"])
@pytest.mark.parametrize("message", [None, 5, [], "x", {"more": [1]}])
def test_what_needs_no_message_takes_any(server, function, message):
    assert call_pad(server, function, message).json()["ok"]


def test_other_functions_of_the_pad_cannot_be_called(server):
    assert {call_pad(server, name, {}).status_code for name in ("preprocess", "__init__", "nonesuch")} == {404}
    assert {call_pad(server, name, {}).status_code for name in FUNCTIONS} == {200}


# Many at once


def in_threads(work):
    """Runs work(number) for 0 to 9, each 20 times in a thread of its own."""
    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(lambda number: [work(number) for _ in range(20)], range(10)))


def test_nobody_gets_the_answer_of_another_on_the_pad(server):
    component_id(server.url)
    alone = [call_pad(server, "classify_drawing", {"image": encoded_digit(label)}).json() for label in range(10)]
    together = in_threads(lambda label: call_pad(server, "classify_drawing", {"image": encoded_digit(label)}).json())
    for expected, answers in zip(alone, together, strict=True):
        assert all(answer["image"] == expected["image"] for answer in answers)
        assert all(answer["probabilities"] == expected["probabilities"] for answer in answers)


def test_nobody_gets_the_answer_of_another_from_the_endpoint(server):
    inks = [[[[0, 0], [10 + number, 100], [60, 20 * number]]] for number in range(10)]
    together = in_threads(lambda number: call_endpoint(server, "classify_ink", inks[number], "").json()["data"][0])
    for ink, answers in zip(inks, together, strict=True):
        images = np.array([answer["image"] for answer in answers])
        np.testing.assert_allclose(images, [render_ink(check_ink(ink))] * 20, atol=1e-4)
        assert len({tuple(answer["probabilities"]) for answer in answers}) == 1


def test_good_answers_keep_coming_among_bad_requests(server):
    def work(number):
        if number % 2:
            return call_endpoint(server, "classify_ink", ONE, "").json()["data"][0]["label"]
        call_endpoint(server, "classify_ink", [[[None, 0]]], "")
        return send_picture(server, b"x").json()["error"][:16]

    results = in_threads(work)
    assert results == [["This file is not"] * 20, [1] * 20] * 5


def test_a_dot_on_an_image_is_read(server):
    line = encoded(bytes([0] * 392 + [255] * 56 + [0] * 336))
    answer = call_pad(server, "classify_drawing", {"image": line, "strokes": [[[0.5, 0.5, 0]]]}).json()
    assert answer["ok"]


# Browsing, of a small set


@pytest.fixture(scope="module")
def browsed():
    """A server that knows what the model makes of the test images and of the training images."""
    server = data_server()
    for split in ("test", "train"):
        question = {"split": split, "predicted": 1, "duplicates": True}
        wait_until(lambda question=question: "ok" in call_data(server, "browse_samples", question).json())
    return server


def ask(server, name, *arguments):
    """The answer of an endpoint, and what it said instead."""
    response = call_endpoint(server, name, *arguments)
    assert "Traceback" not in response.text
    found = response.json()
    return found.get("data", [None])[0], found.get("error") or ""


def numbers(answer, kind="samples"):
    return [each["index"] for each in answer[kind]]


def test_an_endpoint_says_what_it_does(server):
    published = httpx.get(f"{server.url}/gradio_api/info").json()["named_endpoints"]
    for name in ("/list_samples", "/find_neighbours"):
        assert len(published[name]["description"]) > 30
        assert len(published[name]["parameters"]) > 5
    defaults = {each["parameter_name"]: each["parameter_default"] for each in published["/list_samples"]["parameters"]}
    assert (defaults["limit"], defaults["offset"], defaults["sort"], defaults["label"]) == (100, 0, "index", None)


def test_answers_are_waited_for_and_then_there():
    """Of a set that nobody asked for before."""
    server = data_server()
    before, _ = ask(server, "list_samples", "other_test", 7)
    _, problem = ask(server, "list_samples", "other_test", None, 7)
    assert set(before["samples"][0]) == {"index", "label", "seen"}
    assert "computed" in problem
    assert "Ask again in a few seconds" in problem
    wait_until(lambda: ask(server, "list_samples", "other_test", None, 7)[0])
    after, _ = ask(server, "list_samples", "other_test", 7)
    assert numbers(after) == numbers(before)
    assert set(after["samples"][0]) == {"index", "label", "seen", "predicted", "confidence", "accepted"}


def test_samples_of_a_label_are_listed(browsed):
    answer = client(browsed.url).predict(split="test", label=3, api_name="/list_samples")
    expected = np.flatnonzero(small_arrays()["y_test"] == 3).tolist()
    assert (answer["split"], answer["total"], numbers(answer)) == ("test", len(expected), expected)
    assert {sample["label"] for sample in answer["samples"]} == {3}


def test_samples_of_an_answer_are_listed(browsed):
    answer, _ = ask(browsed, "list_samples", "test", None, 4)
    assert {sample["predicted"] for sample in answer["samples"]} == {4}
    both, _ = ask(browsed, "list_samples", "test", 4, 4)
    assert numbers(both) == [sample["index"] for sample in answer["samples"] if sample["label"] == 4]


def test_no_split_is_that_of_the_training_images(browsed):
    answer, _ = ask(browsed, "list_samples")
    assert (answer["split"], answer["total"], len(answer["samples"])) == ("train", 300, 100)


@pytest.mark.parametrize(
    ("limit", "offset", "expected"),
    [(5, 0, [0, 1, 2, 3, 4]), (3, 100, [100, 101, 102]), (1000, 198, [198, 199]), (5, 200, []), (5, 10**30, [])],
)
def test_samples_are_listed_in_parts(browsed, limit, offset, expected):
    answer, _ = ask(browsed, "list_samples", "test", None, None, "", "index", limit, offset)
    assert (numbers(answer), answer["total"]) == (expected, 200)


def test_samples_are_sorted(browsed):
    answer, _ = ask(browsed, "list_samples", "test", None, None, "sketchnet", "confidence", 1000)
    confidence = [sample["confidence"] for sample in answer["samples"]]
    assert confidence == sorted(confidence)
    assert sorted(numbers(answer)) == list(range(200))


BAD_LISTS = {
    "split": (("nonesuch",), "Available: train, test, bad, other_train, other_test"),
    "split of a wrong kind": ((5,), "There is no set of digits named 5"),
    "label": (("test", 10), "'label' takes digits from 0 to 9. Received: 10"),
    "label as text": (("test", "3"), "Received: '3'"),
    "predicted": (("test", None, -1), "'predicted' takes digits from 0 to 9. Received: -1"),
    "model": (("test", None, None, "nonesuch"), "Available: lenet, linear, sketchnet"),
    "sort": (("test", None, None, "", "size"), "one of index, confidence, loss, margin, ink, slant. Received: 'size'"),
    "limit 0": (("test", None, None, "", "index", 0), "'limit' must be a whole number from 1 to 1000. Received: 0"),
    "limit 1001": (("test", None, None, "", "index", 1001), "Received: 1001"),
    "limit as text": (("test", None, None, "", "index", "5"), "Received: '5'"),
    "offset": (("test", None, None, "", "index", 5, -1), "'offset' must be a whole number of at least 0. Received: -1"),
}


@pytest.mark.parametrize("case", BAD_LISTS)
def test_a_bad_list_is_refused_in_words(browsed, case):
    arguments, words = BAD_LISTS[case]
    answer, problem = ask(browsed, "list_samples", *arguments)
    assert answer is None
    assert words in problem


def test_a_bad_file_beside_the_data_is_named():
    server = data_server()
    wait_until(lambda: "could not be computed" in ask(server, "list_samples", "bad")[1])
    assert "bad.npz cannot be read as an npz file" in ask(server, "list_samples", "bad")[1]


def test_a_drawing_has_neighbours(browsed):
    answer = client(browsed.url).predict(strokes=SEVEN, limit=7, api_name="/find_neighbours")
    labels = [each["label"] for each in answer["neighbours"]]
    distances = [each["distance"] for each in answer["neighbours"]]
    assert (answer["split"], len(labels), labels.count(7) > 4) == ("train", 7, True)
    assert distances == sorted(distances)
    assert answer["has_near"] is (distances[0] <= answer["limit"])
    assert labels == small_arrays()["y_train"][numbers(answer, "neighbours")].tolist()


def test_a_house_has_no_near_neighbour(browsed):
    assert ask(browsed, "find_neighbours", HOUSE)[0]["has_near"] is False


@pytest.mark.parametrize("space", ["embedding", "pixels"])
def test_a_sample_has_neighbours_and_is_none_itself(browsed, space):
    answer, _ = ask(browsed, "find_neighbours", None, "", 40, "", space)
    assert len(answer["neighbours"]) == 10
    assert 40 not in numbers(answer, "neighbours")
    other, _ = ask(browsed, "find_neighbours", [], "test", 40, "", space, 100)
    assert (other["split"], len(other["neighbours"])) == ("train", 100)


def test_neighbours_by_pixels_are_those_of_brute_force(browsed):
    image, images = small_arrays()["x_test"][20] / 255, small_arrays()["x_train"] / 255
    distances = np.sqrt(((images - image) ** 2).sum(axis=(1, 2)))
    answer, _ = ask(browsed, "find_neighbours", None, "test", 20, "", "pixels", 5)
    assert numbers(answer, "neighbours") == np.argsort(distances)[:5].tolist()
    found = [each["distance"] for each in answer["neighbours"]]
    np.testing.assert_allclose(found, np.sort(distances)[:5], atol=1e-3)


BAD_NEIGHBOURS = {
    "nothing": ((), "Expected strokes, or the index of a sample"),
    "empty strokes": (([], "train"), "Expected strokes, or the index of a sample"),
    "ink": (([[[5, 5]]],), "single dot"),
    "text as ink": (("ink",), "must be a list of strokes"),
    "index": ((None, "test", 200), "There is no sample 200: this set has 200 samples, numbered 0 to 199"),
    "negative index": ((None, "test", -1), "There is no sample -1"),
    "text as index": ((None, "test", "5"), "There is no sample '5'"),
    "truth as index": ((None, "test", True), "There is no sample True"),
    "split": ((None, "nonesuch", 5), "There is no set of digits named 'nonesuch'"),
    "model": ((ONE, "", None, "nonesuch"), "There is no model named 'nonesuch'. Available: lenet, linear, sketchnet"),
    "space": ((ONE, "", None, "", "nonesuch"), "'space' must be one of embedding, pixels. Received: 'nonesuch'"),
    "limit 0": ((ONE, "", None, "", "pixels", 0), "'limit' must be a whole number from 1 to 100. Received: 0"),
    "limit 101": ((ONE, "", None, "", "pixels", 101), "Received: 101"),
}


@pytest.mark.parametrize("case", BAD_NEIGHBOURS)
def test_bad_neighbours_are_refused_in_words(browsed, case):
    arguments, words = BAD_NEIGHBOURS[case]
    answer, problem = ask(browsed, "find_neighbours", *arguments)
    assert answer is None
    assert words in problem


def test_the_pad_gets_relatives_of_a_drawing(browsed):
    image = encoded(np.rint(render_ink(check_ink(SEVEN)) * 255).astype(np.uint8).tobytes())
    answer = call_pad(browsed, "find_relatives", {"image": image}).json()
    assert answer == call_data(browsed, "find_relatives", {"image": image}).json()
    assert (answer["ok"], answer["split"], len(answer["relatives"])) == (True, "train", 10)
    labels = [relative["label"] for relative in answer["relatives"]]
    assert labels.count(7) > 6


@pytest.mark.parametrize("message", [None, 5, [], "x", {}, {"image": None}, {"image": "é"}])
def test_relatives_of_nothing_are_refused_in_words(server, message):
    response = call_pad(server, "find_relatives", message)
    assert (response.status_code, response.json()["error"]) == (200, "Expected a picture as base64 text.")


def test_other_functions_of_the_data_tab_cannot_be_called(server):
    named = ("list_splits", "browse_samples", "open_sample", "describe_chosen", "draw_map", "place_drawing")
    assert {call_data(server, name, 5).status_code for name in named} == {200}
    others = ("classify_drawing", "functions", "_open", "__init__", "nonesuch")
    assert {call_data(server, name, {}).status_code for name in others} == {404}


def test_nobody_gets_the_answer_of_another_on_the_data_tab(browsed):
    questions = [{"split": ("test", "train")[number % 2], "label": number, "sort": "loss"} for number in range(10)]
    alone = [call_data(browsed, "browse_samples", question).json() for question in questions]
    assert all(answer["ok"] and answer["total"] for answer in alone)
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda question: call_data(browsed, "browse_samples", question).json(), 5 * questions)
    assert list(together) == 5 * alone
