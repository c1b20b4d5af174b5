"""What an address holds comes whole and in pieces, or as one error that names the address and says what to do."""

import threading
import urllib.request

import pytest
from support.network import send, send_broken_chunks, send_nonsense

from mnist_core.data.download import fetch, not_downloaded
from mnist_core.errors import DataError, MnistError

CONTENT = bytes(range(256)) * 4000  # about a megabyte, so that it comes in several pieces
WORDS = ("The thing", "Do without it.")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def refusal(url):
    """What is said of a download that must fail."""
    with pytest.raises(DataError) as caught:
        list(fetch(url, *WORDS, None))
    return str(caught.value)


@pytest.mark.parametrize("length", [None, -1], ids=["promised", "not promised"])
@pytest.mark.parametrize("content", [CONTENT, b"x", b""], ids=["large", "one byte", "nothing"])
def test_content_comes_as_it_was_sent(serve, content, length):
    assert b"".join(fetch(serve(send(content, length)).url, *WORDS, None)) == content


def test_large_content_comes_in_pieces(serve):
    """So that nothing large is held twice, and progress can be shown."""
    pieces = list(fetch(serve(send(CONTENT)).url, *WORDS, None))
    assert len(pieces) > 3
    assert max(map(len, pieces)) <= 1 << 18


def test_nothing_is_asked_before_the_first_piece_is_wanted(serve):
    server = serve(send(CONTENT))
    pieces = fetch(server.url, *WORDS, None)
    assert server.requests == 0
    next(pieces)
    assert server.requests == 1


@pytest.mark.parametrize(("length", "expected"), [(None, len(CONTENT)), (-1, 0)])
def test_progress_rises_to_what_came_of_what_was_promised(serve, length, expected):
    told, received = [], 0
    for piece in fetch(serve(send(CONTENT, length)).url, *WORDS, lambda *numbers: told.append(numbers)):
        received += len(piece)
        assert told[-1] == (received, expected)
    assert told[-1][0] == len(CONTENT)


def test_a_connection_that_is_cut_says_after_how_much(serve):
    said = refusal(serve(send(CONTENT[:-500], length=len(CONTENT))).url)
    assert f"the connection ended after {len(CONTENT) - 500} of {len(CONTENT)} bytes" in said


def test_what_came_before_the_cut_was_handed_out(serve):
    received = []
    with pytest.raises(DataError):
        received.extend(fetch(serve(send(CONTENT[:600_000], length=len(CONTENT))).url, *WORDS, None))
    assert b"".join(received) == CONTENT[:600_000]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (send(b"gone", status=404), "404"),
        (send(b"busy", status=503), "503"),
        (send_broken_chunks, ""),
        (send_nonsense, "no HTTP"),
        (lambda handler: None, ""),
    ],
    ids=["missing", "busy", "cut chunk", "nonsense", "hung up"],
)
def test_whatever_fails_is_one_kind_of_error_with_address_and_advice(serve, answer, reason):
    url = serve(answer).url
    said = refusal(url)
    assert said.startswith(f"The thing could not be downloaded from {url}: ")
    assert said.endswith(" Do without it.")
    assert reason in said


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/thing", "http://nowhere.invalid/thing"])
def test_a_server_that_is_not_there_is_the_same_error(url):
    assert refusal(url).startswith(f"The thing could not be downloaded from {url}: ")


def test_a_server_that_says_nothing_is_given_up(serve, monkeypatch):
    """With a hundredth of the patience, which there must be."""
    urlopen, silent = urllib.request.urlopen, threading.Event()
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, *, timeout: urlopen(url, timeout=timeout / 100))
    assert "timed out" in refusal(serve(lambda handler: silent.wait(20)).url)
    silent.set()


def test_an_error_in_the_progress_is_the_callers_own(serve):
    def fail(received, expected):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(fetch(serve(send(CONTENT)).url, *WORDS, fail))


@pytest.mark.parametrize("length", ["many", "-5"])
def test_a_length_that_is_none_is_not_believed(serve, length):
    assert b"".join(fetch(serve(send(CONTENT, length)).url, *WORDS, None)) == CONTENT


def test_the_error_can_be_made_for_content_that_is_something_else():
    error = not_downloaded("http://here", "The thing", "Do without it.", "it is a page")
    assert isinstance(error, MnistError)
    assert str(error) == "The thing could not be downloaded from http://here: it is a page. Do without it."
