"""A lesson as its devices and its teacher drive it over HTTP, and what a wall is told by the server alone."""

import base64

import httpx
import numpy as np

SEVEN = [[[0, 0], [60, 2], [30, 100]], [[20, 50], [55, 48]]]
# No network takes it for a digit.
SCRIBBLE = [[[x * 7 % 100, x * 31 % 100] for x in range(60)]]


def ask_class(url, name, **question):
    """What the server at a URL answers to a question of the class's screens."""
    return httpx.post(f"{url}/class/{name}", json=question, timeout=60).json()


class Lesson:
    """A room on the server at a URL."""

    def __init__(self, url):
        self.url = url
        opened = self.ask("open_room")
        self.teacher, self.wall_token, self.code = opened["teacher"], opened["wall"], opened["code"]

    @property
    def address(self):
        return f"{self.url}/#class?wall={self.wall_token}"

    @property
    def round(self):
        return self.wall()["activity"]["round"]

    def ask(self, name, **question):
        answer = ask_class(self.url, name, **question)
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
            self.step(step)

    def step(self, name):
        self.direct("set_step", step=name)

    def join(self):
        """The token of a new device."""
        return self.ask("join", code=self.code)["device"]

    def draw(self, device, number=1, ink=SEVEN, label=7):
        self.ask("submit", device=device, round=self.round, number=number, strokes=ink, label=label)

    def guess(self, device, answer):
        self.ask("guess", device=device, round=self.round, answer=answer)


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


def trained(key, read=None, share=1.0, mnist=9800):
    """One of the networks that a class trains; without `read` it is being trained."""
    tested = {"class": {"num": 150, "read": read}, "mnist": {"num": 10_000, "read": mnist}} if read else {}
    return {"key": key, "state": "done" if read else "training", "share": share, **tested}


def encode(values):
    """784 bytes as the page receives them."""
    return base64.b64encode(values.tobytes()).decode()
