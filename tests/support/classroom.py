"""A class with a room of its own, and a clock that a test moves."""

from __future__ import annotations

from support.ink import SEVEN

from mnist_core.classroom.drawings import Reading, Sent
from mnist_core.services.rooms import Rooms


def reading(digit=7, network="some", is_digit=True, share=0.91):
    """What a network says that is sure of a digit."""
    probabilities = [(1 - share) / 9] * 10
    probabilities[digit] = share
    return Reading(network, probabilities, is_digit)


class Lesson:
    """A room, and short ways of doing what a class does in it."""

    def __init__(self, folder):
        self.now = 1_000_000.0
        self.rooms = Rooms(folder, lambda: self.now)
        opened = self.rooms.open_room()
        self.teacher, self.wall_token, self.code = opened["teacher"], opened["wall"], opened["code"]

    def join(self, number=None):
        """The token of a new device, or of so many."""
        tokens = [self.rooms.join(self.code, "10.0.0.1") for _ in range(number or 1)]
        return tokens if number else tokens[0]

    def device(self, token, since=0):
        return self.rooms.show_device(token, since)

    def wall(self, since=0):
        return self.rooms.show_wall(self.wall_token, since)

    def screen(self, since=0):
        return self.rooms.show_teacher(self.teacher, since)

    def pupil(self, token):
        return self.device(token)["pupil"]

    @property
    def round(self):
        return self.wall()["activity"]["round"]

    def start(self, activity, **settings):
        self.rooms.start_activity(self.teacher, activity, settings)

    def step(self, name):
        self.rooms.set_step(self.teacher, name)

    def draw(self, token, number=1, label=7, digit=7, is_digit=True, ink=SEVEN, round_=None, **more):
        """Sends a drawing; returns its id."""
        sent = Sent(number, ink=ink, label=label, **more)
        self.rooms.submit(token, round_ or self.round, sent, [reading(digit, is_digit=is_digit)])
        return self.drawing_of(token, number)

    def drawing_of(self, token, number=1):
        own = [entry for entry in self.device(token)["drawings"] if entry["number"] == number]
        return own[0]["id"] if own else None
