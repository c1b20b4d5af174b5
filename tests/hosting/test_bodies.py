"""What a body holds is counted without parsing it."""

import json
import time
from pathlib import Path

import pytest

from mnist_core.errors import RefusedError
from mnist_core.hosting.bodies import check_text, find_uploads, hide_uploads, share_session

POINTS = [[[index + 0.123456789, index % 97, index * 16.7] for index in range(50_000)]]


def call(**changes):
    return {"data": {"strokes": [[[1, 2, 3]]]}, "component_id": 4, "fn_name": "f", "session_hash": "abc", **changes}


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"5", b"null", b"[]", b'{"a": [1, {"b": []}]}', b'"[[[[{{{{"', rb'"\"[[[["', rb'{"a\\": "]"}'),
        *('{"a": "é😀"}'.encode(), rb'"\ud83d\ude00"', rb'"\\ud800"', rb"\ud800", b"[" * 32 + b"]" * 32),
    ],
)
def test_what_is_text_of_few_levels_passes(body):
    check_text(body)


def test_fifty_thousand_points_pass():
    check_text(json.dumps(call(data={"strokes": POINTS})).encode())
    check_text(json.dumps(call(data={"strokes": [[point] for point in POINTS[0]]})).encode())


@pytest.mark.parametrize("piece", [b"[],", b"{},", b"0,"])
def test_many_values_are_refused_in_no_time(piece):
    started = time.process_time()
    with pytest.raises(RefusedError, match="too many lists or values") as caught:
        check_text(b'{"data": [' + piece * 900_000 + b"0]}")
    assert caught.value.status == 413
    assert time.process_time() - started < 0.2


@pytest.mark.parametrize("body", [b"[" * 33 + b"]" * 33, b'{"a":[' * 20 + b"]}" * 20, b"[" * 90_000, b"]", b'{"a"'])
def test_what_lies_too_deep_or_is_not_closed_is_refused(body):
    with pytest.raises(RefusedError, match="not closed, or are nested more than 32 levels deep"):
        check_text(body)


@pytest.mark.parametrize(
    "body", [b"\xff", '"é"'.encode("latin-1"), b'"\xed\xa0\x80"', '["é"]'.encode("utf-16"), b'"\0"']
)
def test_what_is_not_utf_8_is_refused(body):
    with pytest.raises(RefusedError, match="UTF-8"):
        check_text(body)


@pytest.mark.parametrize("body", [rb'{"a": "\ud800"}', rb'["\uDFFF"]', rb'{"\ud83dx": 1}', rb'"\\\ud800"'])
def test_half_a_character_is_refused(body):
    with pytest.raises(RefusedError, match="half a character"):
        check_text(body)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(call()),
        json.dumps(call(), separators=(",", ":")),
        json.dumps(call(session_hash='a"b\\c')),
        json.dumps(call()).replace("_hash", "\\u005fhash"),
        json.dumps(call())[:-1] + ', "session_hash": "other"}',
        json.dumps(call())[:-1] + ', "session\\u005fhash": "other"}',
        json.dumps(call(data={"session_hash": "inner"})),
        json.dumps(call(data='{"session_hash":"text"}')),
    ],
)
def test_all_pages_share_a_session(body):
    shared = json.loads(share_session(body.encode()))
    assert shared == {**json.loads(body), "session_hash": "page"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b'{"a": 1}'])
def test_what_names_no_session_stays_as_it_is(body):
    assert share_session(body) == body


@pytest.mark.parametrize("folder", ["/tmp/gradio", "/home/ann/é 'x'", "C:\\Temp\\gradio"])
def test_an_uploaded_file_is_known_without_its_folder(folder):
    separator = "\\" if "\\" in folder else "/"
    answer = json.dumps([f"{folder}{separator}ab12{separator}seven.png"], ensure_ascii=False).encode()
    hidden = hide_uploads(answer, Path(folder))
    assert json.loads(hidden) == [f"uploads/ab12{separator}seven.png"]
    asked = json.dumps({"data": [{"path": json.loads(hidden)[0]}, ""]}).encode()
    assert json.loads(find_uploads(asked, Path(folder)))["data"][0]["path"] == json.loads(answer)[0]
