"""Only so many answers wait to be fetched; the oldest are forgotten."""

import asyncio
import json

import pytest

from mnist_core.errors import RefusedError
from mnist_core.hosting.queue_results import QueueResults


class Gradio:
    """Keeps answers by session until they are fetched; one whose fetching is broken off it forgets, as Gradio does."""

    def __init__(self):
        self.kept = {}
        self.num_asked = 0
        self.may_go_on = asyncio.Event()

    async def __call__(self, scope, receive, send):
        path = scope["path"]
        if scope["method"] == "POST":
            body = json.loads((await receive())["body"])
            self.num_asked += 1
            event = f"event{self.num_asked}"
            self.kept.setdefault(body.get("session_hash") or event, []).append(event)
            await self._say(send, json.dumps({"event_id": event}).encode())
            return
        is_call = "/call/" in path
        session = path.rpartition("/")[2] if is_call else scope["query_string"].decode().partition("=")[2]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            for event in list(self.kept[session]):
                end = b"event: complete\n" if is_call else b'data: {"msg":"process_completed"}\n'
                await send({"type": "http.response.body", "body": b": begun\n", "more_body": True})
                await self.may_go_on.wait()
                await send({"type": "http.response.body", "body": end, "more_body": True})
                self.kept[session].remove(event)
            await send({"type": "http.response.body", "body": b""})
        except asyncio.CancelledError:
            del self.kept[session]
            raise

    async def _say(self, send, body):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


class Program:
    """Asks and fetches through the middleware."""

    def __init__(self, most):
        self.gradio = Gradio()
        self.app = QueueResults(self.gradio, most)

    async def send(self, method, path, body=b"", query=b""):
        sent = []

        async def receive():
            return {"type": "http.request", "body": body}

        async def send(message):
            sent.append(message.get("body", b""))

        scope = {"type": "http", "method": method, "path": f"/gradio_api/{path}", "query_string": query, "headers": []}
        await self.app(scope, receive, send)
        return b"".join(sent)

    async def ask(self, path="queue/join", **body):
        return json.loads(await self.send("POST", path, json.dumps(body).encode()))["event_id"]

    async def fetch(self, session):
        return await self.send("GET", "queue/data", query=f"session_hash={session}".encode())

    async def settle(self):
        await asyncio.gather(*self.app._forgetting)


def test_the_oldest_answers_are_forgotten():
    async def run():
        program = Program(most=3)
        for number in range(10):
            await program.ask(session_hash=f"s{number}")
        await program.settle()
        assert list(program.gradio.kept) == ["s7", "s8", "s9"]
        program.gradio.may_go_on.set()
        assert b"process_completed" in await program.fetch("s9")
        with pytest.raises(RefusedError, match="No answer is waiting"):
            await program.fetch("s0")

    asyncio.run(run())


def test_many_answers_of_one_session_count():
    async def run():
        program = Program(most=3)
        for _ in range(3):
            await program.ask(session_hash="a")
        await program.ask(session_hash="b")
        await program.settle()
        assert list(program.gradio.kept) == ["b"]

    asyncio.run(run())


def test_what_is_fetched_waits_no_longer():
    async def run():
        program = Program(most=3)
        program.gradio.may_go_on.set()
        for number in range(20):
            await program.ask(session_hash=f"s{number}")
            assert b"process_completed" in await program.fetch(f"s{number}")
            event = await program.ask("call/classify_ink")
            assert await program.send("GET", f"call/classify_ink/{event}") == b": begun\nevent: complete\n"
        assert not program.app._forgetting

    asyncio.run(run())


def test_answers_that_are_being_fetched_are_not_forgotten():
    async def run():
        program = Program(most=2)
        for _ in range(2):
            await program.ask(session_hash="a")
        fetching = asyncio.create_task(program.fetch("a"))
        await asyncio.sleep(0)
        with pytest.raises(RefusedError, match="being fetched"):
            await program.ask(session_hash="b")
        program.gradio.may_go_on.set()
        assert (await fetching).count(b"process_completed") == 2
        await program.ask(session_hash="b")

    asyncio.run(run())


def test_other_requests_pass():
    async def app(scope, receive, send):
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    async def run():
        program = Program(most=1)
        program.app._app = app
        return await program.send("GET", "config")

    assert asyncio.run(run()) == b"/gradio_api/config"
