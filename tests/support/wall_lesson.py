"""A lesson as its devices and its teacher drive it, over HTTP; what only the server tells goes to its file."""

import base64
from pathlib import Path

import httpx
import numpy as np

from mnist_core.services.rooms import Rooms

SEVEN = [[[0, 0], [60, 2], [30, 100]], [[20, 50], [55, 48]]]
SCRIBBLE = [[[x * 7 % 100, x * 31 % 100] for x in range(60)]]


def encode(values):
    """Bytes of a map, int8, or an image, uint8, of 784 values, as the page receives them."""
    return base64.b64encode(values.tobytes()).decode()


class WallLesson:
    """A room on a server (`url`, and `cache`, its folder)."""

    def __init__(self, server):
        self.url = server.url
        self._rooms = Rooms(Path(server.cache))
        opened = self.ask("open_room")
        self.teacher, self.wall_token, self.code = opened["teacher"], opened["wall"], opened["code"]

    @property
    def address(self):
        return f"{self.url}/#class?wall={self.wall_token}"

    def ask(self, name, **question):
        answer = httpx.post(f"{self.url}/class/{name}", json=question, timeout=60).json()
        assert "error" not in answer, answer
        return answer

    def direct(self, name, **question):
        """As the teacher."""
        return self.ask(name, teacher=self.teacher, **question)

    def wall(self):
        return self.ask("show_wall", wall=self.wall_token, since=0)

    def start(self, activity, step=None, **settings):
        self.direct("start_activity", activity=activity, settings=settings)
        if step:
            self.direct("set_step", step=step)

    def step(self, name):
        self.direct("set_step", step=name)

    def tell(self, **values):
        """What the server says of the activity that runs."""
        self._rooms.tell(self.teacher, values)

    def join(self):
        """The token of a new device."""
        return self.ask("join", code=self.code)["device"]

    def draw(self, device, number, ink=SEVEN, label=7):
        round_id = self.wall()["activity"]["round"]
        self.ask("submit", device=device, round=round_id, number=number, strokes=ink, label=label)

    def guess(self, device, answer):
        self.ask("guess", device=device, round=self.wall()["activity"]["round"], answer=answer)

    def close(self):
        self._rooms.close()


def guess_settings(image, label=4, digit=9):
    """Settings of "Guess first" for an image, uint8 of 784 values: the network answers `digit`, and it is a `label`."""
    probabilities = [0.005] * 10
    probabilities[digit], probabilities[label] = 0.61, 0.35
    signs = np.where(np.arange(784) % 28 < 14, 1, -1)
    return {
        "shown": {"image": encode(image)},
        "bars": {"probabilities": probabilities, "label": label, "digit": digit, "kind": "misread", "network": "some"},
        "why": {"map": encode((image / 2 * signs).astype(np.int8)), "for": digit, "against": label},
    }


def network(key, read=None, share=1.0, of=150, mnist=9800):
    """One of the networks that a class trains; without `read` it is being trained."""
    tested = {"class": {"num": of, "read": read}, "mnist": {"num": 10_000, "read": mnist}} if read is not None else {}
    return {"key": key, "state": "training" if read is None else "done", "share": share, **tested}
