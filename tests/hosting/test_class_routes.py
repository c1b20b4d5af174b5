"""A lesson by the real server: through its gate, through an old proxy, and with the server killed in the middle."""

import asyncio

import httpx
import pytest
import websockets
from support.ink import SEVEN
from support.lesson import ask_class
from support.proxy import proxy
from support.server import shared_server, start_app, stop_app


class Site:
    """The class at an address."""

    def __init__(self, url):
        self.url = url.rstrip("/")

    def ask(self, name, **question):
        return ask_class(self.url, name, **question)

    def get(self, name, **question):
        answer = self.ask(name, **question)
        assert answer.get("ok"), (name, answer)
        return answer

    def join(self, room):
        device = self.get("join", code=room["code"])["device"]
        return {"device": device, "round": self.get("show_device", device=device)["activity"]["round"]}

    def draw(self, device, number):
        return self.get("submit", **device, number=number, strokes=SEVEN, label=7)

    def count(self, room):
        return self.get("show_wall", wall=room["wall"])["count"]


@pytest.fixture(scope="module")
def site():
    return Site(shared_server().url)


def test_a_lesson_goes_on_after_the_server_was_killed(tmp_path):
    server = start_app(MNIST_CACHE_DIR=tmp_path)
    site = Site(server.url)
    room = site.get("open_room")
    device = site.join(room)
    site.draw(device, 1)
    shown = site.get("show_device", device=device["device"])
    stop_app(server.process)
    site = Site(start_app(MNIST_CACHE_DIR=tmp_path).url)
    again = site.get("show_device", device=device["device"])
    assert (again["pupil"], again["drawings"]) == (shown["pupil"], shown["drawings"])
    site.draw(device, 1)  # its answer may have been lost
    site.draw(device, 2)
    assert site.count(room) == 2
    site.get("set_step", teacher=room["teacher"], step="results")


def test_polling_alone_carries_a_lesson_through_a_proxy_without_websockets(site):
    port = int(site.url.rpartition(":")[2])
    with proxy(port, "/school", keeps_prefix=False, is_old=True) as url:
        there = Site(url)

        async def open_live():
            async with websockets.connect(f"{there.url.replace('http', 'ws')}/live"):
                pass

        with pytest.raises(websockets.WebSocketException):
            asyncio.run(open_live())
        room = there.get("open_room")
        device = there.join(room)
        version = there.get("show_wall", wall=room["wall"])["version"]
        assert there.draw(device, 1)["reading"]["digit"] == 7
        news = there.get("show_wall", wall=room["wall"], since=version)
        assert [drawing["digit"] for drawing in news["drawings"]] == [7]
        there.get("pause", teacher=room["teacher"], isPaused=True)
        assert there.get("show_device", device=device["device"])["room"]["is_paused"]


def test_what_passes_all_bounds_is_refused_by_a_sentence_and_the_lesson_goes_on(site):
    room = site.get("open_room")
    device = site.join(room)
    answer = httpx.post(f"{site.url}/class/submit", content=b'{"strokes": "' + b"x" * 4_000_000 + b'"}', timeout=60)
    assert (answer.status_code, "too large" in answer.text) == (413, True)
    assert httpx.post(f"{site.url}/class/nothing", json={}, timeout=60).status_code == 404
    assert httpx.get(f"{site.url}/class/open_room", timeout=60).status_code in (404, 405)
    site.draw(device, 1)
    assert site.count(room) == 1


def test_another_sites_page_cannot_ask(site):
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert httpx.post(f"{site.url}/class/open_room", json={}, headers=headers, timeout=60).status_code == 403


def test_a_room_that_ends_while_people_draw_is_told(site):
    room = site.get("open_room")
    device = site.join(room)
    site.get("end_room", teacher=room["teacher"])
    answer = site.ask("submit", **device, number=1, strokes=SEVEN)
    assert answer["isGone"]
    assert "lesson has ended" in answer["error"]


def test_the_start_tells_devices_where_to_go(tmp_path):
    server = start_app(MNIST_CACHE_DIR=tmp_path, MNIST_HOST="0.0.0.0")
    addresses = Site(server.url).get("look_at_rooms")["addresses"]
    if not addresses:
        pytest.skip("this machine is in no network")
    assert f"{addresses[0]}#class" in server.printed()
    assert "█" in server.printed()
