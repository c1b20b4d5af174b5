"""The live line: what a page tells bit by bit is answered as the whole drawing is, and the newest ink first."""

import json
import threading

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from support.ink import FOUR, SEVEN
from support.library import open_reader

from mnist_core.errors import InkError
from mnist_core.ui.draw.classify import classify_with
from mnist_core.ui.draw.line import LiveDrawing, line_route


@pytest.fixture(scope="module")
def classify():
    return classify_with(open_reader())


def talk(function, around=lambda app: app):
    return TestClient(around(Starlette(routes=[line_route(function)]))).websocket_connect("/live")


def without_time(answer):
    answer = json.loads(json.dumps(answer))
    return {name: value for name, value in answer.items() if name not in ("milliseconds", "id")}


def test_ink_that_comes_bit_by_bit_is_answered_as_the_whole_drawing(classify):
    first, second = SEVEN
    with talk(classify) as line:
        line.send_json({"id": 1, "strokes": [first[:2]]})
        assert line.receive_json()["id"] == 1
        line.send_json({"id": 2, "keep": [0, 2], "strokes": [first[2:], second]})
        answer = line.receive_json()
        assert answer["id"] == 2
        assert without_time(answer) == without_time(classify({"strokes": SEVEN}))
        line.send_json({"id": 3, "keep": [1, 0], "strokes": []})
        assert without_time(line.receive_json()) == without_time(classify({"strokes": [first]}))


def test_image_and_model_stay_until_others_are_told(classify):
    image = classify({"strokes": FOUR})["image"]
    with talk(classify) as line:
        line.send_json({"id": 1, "strokes": [], "image": image, "model": "none"})
        assert "none" in line.receive_json()["error"]
        line.send_json({"id": 2, "model": "sketchnet"})
        assert line.receive_json()["image"] == image
        line.send_json({"id": 3, "strokes": SEVEN, "image": None})
        assert without_time(line.receive_json()) == without_time(classify({"strokes": SEVEN}))


def test_of_what_comes_meanwhile_the_newest_is_answered():
    asked, is_asked, go_on, listens = [], threading.Event(), threading.Event(), threading.Semaphore(0)

    def wait(drawing):
        asked.append(drawing["strokes"])
        is_asked.set()
        go_on.wait(60)
        return {"ok": True}

    def count(app):
        async def counted(scope, receive, send):
            async def hear():
                listens.release()
                return await receive()

            await app(scope, hear, send)

        return counted

    with talk(wait, count) as line:
        line.send_json({"id": 1, "strokes": [[[0, 0]]]})
        assert is_asked.wait(60)
        for number in (2, 3, 4):
            line.send_json({"id": number, "keep": [1, 0], "strokes": [[[0, number]]]})
        for _ in ("connection", 1, 2, 3, 4, "next"):  # when it listens for the next it has heard these
            assert listens.acquire(timeout=60)
        go_on.set()
        assert [line.receive_json()["id"] for _ in range(2)] == [1, 4]
    assert asked == [[[[0, 0]]], [[[0, 0]], [[0, 4]]]]


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[1]", "[" * 20_000, '{"keep": [1, 0]}', '{"strokes": 3}', '{"keep": "all"}']
)
def test_what_cannot_be_read_is_told_and_the_line_goes_on(classify, text):
    with talk(classify) as line:
        line.send_text(text)
        assert len(line.receive_json()["error"]) > 20
        line.send_bytes(b"{}")
        assert "text" in line.receive_json()["error"]
        line.send_json({"id": 2, "strokes": SEVEN})
        assert line.receive_json()["ok"]


def test_ink_that_does_not_continue_what_came_before_is_refused():
    drawing = LiveDrawing()
    drawing.follow({"strokes": [[[0, 0], [1, 1]], [[2, 2]]]})
    for keep in ([3, 0], [2, 1], [1, 2], [0, 3], [-1, 0], [0, -1], [0], [True, 0], [0, 1.0], None):
        with pytest.raises(InkError):
            drawing.follow({"keep": keep, "strokes": [[[5, 5]]]})
    assert drawing.follow({"keep": [0, 1], "strokes": [[[5, 5]]]})["strokes"] == [[[0, 0], [5, 5]]]


def test_what_is_kept_of_a_page_is_bounded():
    drawing = LiveDrawing()
    points = np.zeros((30_000, 2)).tolist()
    drawing.follow({"strokes": [points]})
    with pytest.raises(InkError, match="too much ink"):
        drawing.follow({"keep": [1, 0], "strokes": [points]})
    assert len(drawing.follow({"keep": [1, 0], "strokes": []})["strokes"]) == 1
