"""Prints how a whole lesson with thirty devices fares on a real server: every activity, by the routes of the page.

    python tests/benchmarks/lesson.py --devices 30 --json

Each device asks for news every second, guesses, votes, answers the questions, and draws what it is asked for in the
hand of one of thirty writers: sixty points a second by the live line, as the pad does, then the drawing itself, and a
third of them twice, as if no answer had come. The wall asks four times a second. A delay is from the moment a device
sends a drawing until the wall has it; a live answer is timed from its question. With --train the class also teaches
its networks, which needs TensorFlow. Nothing is asserted but that no drawing was lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from serving import served
from websockets.asyncio.client import connect

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mnist_core.data.files import read_npz
from mnist_core.data.labelled import load_labelled
from mnist_core.data.pendigits import PENDIGITS_PATH

WALL_SECONDS = 0.25
DEVICE_SECONDS = 1.0
POINT_SECONDS = 1 / 60
SHARE_SENT_AGAIN = 0.3
# The slowest pupil has drawn by then.
PATIENCE_SECONDS = 300.0

News = dict[str, Any]


def main() -> None:
    """Plays a lesson, and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=30, help="devices in the room")
    parser.add_argument("--each", type=int, default=1, help="how often each digit is drawn in 'Our handwriting'")
    parser.add_argument("--train", action="store_true", help="let the class teach its networks")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "app.py", "--port", "{port}"]
        with served(command, MNIST_CACHE_DIR=folder) as (url, _, _):
            figures = asyncio.run(Lesson(url, options).play())
    if options.json:
        print(json.dumps(figures))
        return
    print(
        f"{figures['devices']} devices sent {figures['drawings']} drawings, {figures['sent_again']} of them twice: "
        f"{figures['arrived']} arrived, none lost or doubled. The wall had them after {figures['wall_p50_ms']:.0f} ms "
        f"(p95 {figures['wall_p95_ms']:.0f}); {figures['live_answers']} live answers took {figures['live_p50_ms']:.0f} "
        f"ms (p95 {figures['live_p95_ms']:.0f}), sending {figures['submit_p95_ms']:.0f} ms (p95), news "
        f"{figures['news_p95_ms']:.0f} ms (p95). {figures['megabytes_sent']:.1f} MB of JSON were sent in all."
    )


class Site:
    """Asks the class's route by one connection, and notes how long each question takes."""

    def __init__(self, url: str, times: dict[str, list[float]]) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=60)
        self._times = times
        self.num_bytes = 0

    async def ask(self, name: str, kind: str = "other", **question: Any) -> News:
        """Returns an answer, which must be none of an error, unless a guess or a vote came too late."""
        started = time.monotonic()
        response = await self._client.post(f"/class/{name}", json=question)
        self._times[kind].append(time.monotonic() - started)
        self.num_bytes += len(response.content)
        answer: News = response.json()
        if not answer.get("ok") and "already" not in answer["error"] and "closed" not in answer["error"]:
            raise RuntimeError(f"{name}: {answer}")
        return answer


class Hand:
    """The digits of one writer, as strokes of points at the times of a pen."""

    def __init__(self, writer: int) -> None:
        labelled, writers = load_labelled(PENDIGITS_PATH), read_npz(PENDIGITS_PATH)["writer"]
        chosen = np.unique(writers)[writer % 30]
        self._ink: dict[int, list[Any]] = defaultdict(list)
        for place in np.flatnonzero(writers == chosen):
            self._ink[int(labelled.labels[place])].append(labelled.samples[place])

    def draw(self, rng: random.Random, digit: int) -> list[list[list[float]]]:
        """Returns one of the writer's drawings of a digit."""
        return [stroke.round(2).tolist() for stroke in rng.choice(self._ink[digit])]


class Device:
    """A pupil's device: follows the lesson, and does in each activity what is asked for."""

    def __init__(self, lesson: Lesson, number: int) -> None:
        self.site = Site(lesson.url, lesson.times)
        self.sent = 0
        self._lesson = lesson
        self._rng = random.Random(number)
        self._hand = Hand(number)
        self._seen: News = {}
        self._drawn: dict[int, int] = defaultdict(int)

    async def follow(self) -> None:
        """Asks for news every second and answers them, until the lesson has ended."""
        self.token = (await self.site.ask("join", code=self._lesson.room["code"]))["device"]
        async with connect(self._lesson.url.replace("http", "ws") + "/live") as line:
            version = 0
            while not self._lesson.has_ended:
                news = await self.site.ask("show_device", "news", device=self.token, since=version)
                version = news["version"]
                if news.get("is_new", True):
                    self._seen = news
                await self._act(line)
                await asyncio.sleep(DEVICE_SECONDS)

    async def _act(self, line: Any) -> None:
        activity = self._seen["activity"]
        asked = self._seen["asked"]
        if activity["num_choices"] and self._seen["guess"] is None:
            answer = self._rng.randrange(activity["num_choices"])
            await self.site.ask("guess", device=self.token, round=activity["round"], answer=answer)
        for question, given in enumerate(self._seen["answers"] or ()):
            if given is None and activity["step"] == "answer":
                choice = {"question": question, "answer": self._rng.randrange(3)}
                await self.site.ask("answer_question", device=self.token, round=activity["round"], **choice)
        done = self._drawn[activity["round"]]
        if activity["takes_drawings"] and activity["step"] == "draw" and done < len(asked):
            await self._draw(line, activity["round"], asked[done])
        elif activity["takes_votes"]:
            waiting = [drawing["id"] for drawing in self._seen["to_vote"] if drawing["vote"] is None]
            for drawing in waiting[:1]:
                await self.site.ask("vote", device=self.token, drawing=drawing, answer=1)

    async def _draw(self, line: Any, round_id: int, digit: int) -> None:
        """Draws with a pen that moves, hears the live answers, and sends the drawing."""
        strokes = self._hand.draw(self._rng, digit)
        await self._move_pen(line, strokes)
        self.sent += 1
        self._drawn[round_id] += 1
        self._lesson.sent_at[self, self.sent] = time.monotonic()
        times = 1 + (self._rng.random() < SHARE_SENT_AGAIN)
        self._lesson.num_again += times - 1
        question = {"device": self.token, "round": round_id, "number": self.sent, "strokes": strokes, "label": digit}
        for _ in range(times):
            await self.site.ask("submit", "submit", **question)

    async def _move_pen(self, line: Any, strokes: list[list[list[float]]]) -> None:
        points = sum(map(len, strokes))
        pen_down, told = time.monotonic(), 0
        while told < points:
            drawn = min(points, int((time.monotonic() - pen_down) / POINT_SECONDS) + 2)
            if drawn == told:
                await asyncio.sleep(POINT_SECONDS)
                continue
            started = time.monotonic()
            await line.send(json.dumps({"id": drawn, "keep": [0, 0], "strokes": cut(strokes, drawn)}))
            await line.recv()
            self._lesson.times["live"].append(time.monotonic() - started)
            told = drawn

    async def list_arrived(self) -> dict[int, int]:
        """Returns the ids of this round's drawings by their numbers."""
        shown = await self.site.ask("show_device", device=self.token)
        return {drawing["number"]: drawing["id"] for drawing in shown["drawings"]}

    def has_drawn(self, round_id: int) -> bool:
        """Whether all that was asked for in a round has been sent."""
        seen = self._seen.get("activity", {}).get("round") == round_id
        return seen and self._drawn[round_id] >= len(self._seen["asked"])


class Lesson:
    """The teacher, who leads, and the wall, which watches."""

    def __init__(self, url: str, options: argparse.Namespace) -> None:
        self.url = url.rstrip("/")
        self.times: dict[str, list[float]] = defaultdict(list)
        self.sent_at: dict[tuple[Device, int], float] = {}
        self.num_again = 0
        self.has_ended = False
        self._options = options
        self._site = Site(self.url, self.times)
        self._on_wall: dict[int, float] = {}
        self._delays: list[float] = []
        self._num_arrived = 0

    async def play(self) -> dict[str, Any]:
        """Leads the class through all activities; returns the figures."""
        self.room = await self._site.ask("open_room")
        self._devices = [Device(self, number) for number in range(self._options.devices)]
        self._tasks = [asyncio.create_task(device.follow()) for device in self._devices]
        self._tasks.append(asyncio.create_task(self._watch()))
        await self._lead()
        self.has_ended = True
        await asyncio.gather(*self._tasks)
        return self._describe()

    async def _lead(self) -> None:
        await self._start("questions", when="before")
        offers = (await self._teach("offer_guesses"))["offers"]
        await self._teach("start_guess", id=offers[0]["id"])
        await self._pass("bars", "why")
        await self._start("our_handwriting", each=self._options.each)
        await self._wait_for_drawings()
        await self._pass("results")
        await self._start("teach_it")
        if self._options.train:
            await self._teach("train_class")
            await self._wait(self._has_trained)
        await self._start("did_it_learn")
        await self._pass("draw")
        await self._wait_for_drawings()
        await self._start("fool_it", level="linear")
        await self._wait_for_drawings()
        await self._pass("judge", "results")
        await self._start("questions", when="after")

    async def _teach(self, name: str, **question: Any) -> News:
        return await self._site.ask(name, teacher=self.room["teacher"], **question)

    async def _start(self, activity: str, **settings: Any) -> None:
        await self._teach("start_activity", activity=activity, settings=settings)
        await asyncio.sleep(3 * DEVICE_SECONDS)

    async def _pass(self, *steps: str) -> None:
        for step in steps:
            await self._teach("set_step", step=step)
            await asyncio.sleep(3 * DEVICE_SECONDS)

    async def _wait_for_drawings(self) -> None:
        """Waits until all have drawn, and makes sure that each drawing has arrived once."""
        round_id = (await self._site.ask("show_wall", wall=self.room["wall"]))["activity"]["round"]

        async def all_have_drawn() -> bool:
            return all(device.has_drawn(round_id) for device in self._devices)

        await self._wait(all_have_drawn)
        await asyncio.sleep(2 * DEVICE_SECONDS)
        wall = await self._site.ask("show_wall", wall=self.room["wall"])
        num_arrived = 0
        for device in self._devices:
            arrived = await device.list_arrived()
            num_arrived += len(arrived)
            shown = {number: drawing for number, drawing in arrived.items() if drawing in self._on_wall}
            self._delays += [self._on_wall[shown[number]] - self.sent_at[device, number] for number in shown]
        assert num_arrived == wall["count_of_round"]
        self._num_arrived += num_arrived
        assert self._num_arrived == len(self.sent_at) == wall["count"]

    async def _has_trained(self) -> bool:
        wall = await self._site.ask("show_wall", wall=self.room["wall"])
        return wall["activity"]["told"].get("teach", {}).get("state") in ("done", "failed")

    async def _wait(self, is_done: Any) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not await is_done():
            assert time.monotonic() < until
            assert not any(task.done() for task in self._tasks)
            await asyncio.sleep(DEVICE_SECONDS)

    async def _watch(self) -> None:
        """Notes when each drawing is on the wall."""
        site, version = Site(self.url, self.times), 0
        while not self.has_ended:
            news = await site.ask("show_wall", "wall news", wall=self.room["wall"], since=version)
            version = news["version"]
            for drawing in news.get("drawings", ()):
                self._on_wall.setdefault(drawing["id"], time.monotonic())
            await asyncio.sleep(WALL_SECONDS)

    def _describe(self) -> dict[str, Any]:
        figures: dict[str, Any] = {
            "devices": len(self._devices),
            "drawings": len(self.sent_at),
            "sent_again": self.num_again,
            "arrived": self._num_arrived,
            "live_answers": len(self.times["live"]),
            "megabytes_sent": round(sum(device.site.num_bytes for device in self._devices) / 1e6, 2),
        }
        for name, seconds in {**self.times, "wall": self._delays}.items():
            percentiles = statistics.quantiles(seconds, n=100)
            key = name.replace(" ", "_")
            figures |= {f"{key}_p{rank}_ms": round(percentiles[rank - 1] * 1000, 1) for rank in (50, 95)}
        return figures


def cut(strokes: list[list[list[float]]], num_points: int) -> list[list[list[float]]]:
    """The first so many points of a drawing."""
    left, kept = num_points, []
    for stroke in strokes:
        if left > 0:
            kept.append(stroke[:left])
        left -= len(stroke)
    return kept


if __name__ == "__main__":
    main()
