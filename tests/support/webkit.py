"""Debian's WebKit, led by plain WebDriver over HTTP; with no display, on a virtual one."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

DRIVER = "WebKitWebDriver"
DISPLAY = "Xvfb"
SECONDS = 120
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key by which WebDriver names an element


def find_missing():
    """Returns the names of the programs that are needed and not installed."""
    wanted = [DRIVER] if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else [DRIVER, DISPLAY]
    return [name for name in wanted if shutil.which(name) is None]


class WebKit:
    """One window of the browser.

    Args:
        port: Of the driver.
    """

    def __init__(self, port):
        self._session = f"http://127.0.0.1:{port}/session"
        answer = _ask("POST", self._session, {"capabilities": {}})
        self._session += f"/{answer['sessionId']}"

    def ask(self, method, path, **body):
        """Sends one command and returns its value."""
        return _ask(method, f"{self._session}/{path}", body if method == "POST" else None)

    def evaluate(self, script, *arguments):
        """Returns what the body of a function returns in the page."""
        return self.ask("POST", "execute/sync", script=script, args=list(arguments))

    def wait_until(self, expression):
        """Waits until an expression holds in the page."""
        end = time.monotonic() + SECONDS
        while not self.evaluate(f"return Boolean({expression})"):
            if time.monotonic() > end:
                raise TimeoutError(f"Waited in vain until {expression}.")
            time.sleep(0.05)

    def click(self, selector):
        self.ask("POST", f"element/{self._find(selector)[ELEMENT]}/click")

    def press(self, selector, keys):
        """Presses keys, in the notation of WebDriver, while an element has the focus."""
        self.ask("POST", f"element/{self._find(selector)[ELEMENT]}/value", text=keys)

    def draw(self, strokes):
        """Draws strokes on the pad with the mouse."""
        left, top, side = self.evaluate(
            """const box = document.querySelector("#sketchpad canvas").getBoundingClientRect();
            return [box.left, box.top, box.width];"""
        )
        for stroke in strokes:
            moves = [
                {"type": "pointerMove", "duration": 10, "x": round(left + x * side), "y": round(top + y * side)}
                for x, y in stroke
            ]
            actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
            self.ask("POST", "actions", actions=[{"type": "pointer", "id": "mouse", "actions": actions}])

    def close(self):
        _ask("DELETE", self._session)

    def _find(self, selector):
        return self.ask("POST", "element", using="css selector", value=selector)


@contextlib.contextmanager
def open_webkit(folder):
    """Opens the browser, with its files in a folder of its own, and closes it and what it needs at the end."""
    with contextlib.ExitStack() as stack, (folder / "webkit.log").open("ab") as log:
        environment = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            environment["DISPLAY"] = stack.enter_context(_open_display(log))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        stack.enter_context(_run([DRIVER, f"--port={port}"], env=environment, stdout=log, stderr=log))
        _wait_for_driver(port)
        browser = WebKit(port)
        stack.callback(browser.close)
        yield browser


@contextlib.contextmanager
def _open_display(log):
    reader, writer = os.pipe()
    with _run([DISPLAY, "-displayfd", str(writer), "-nolisten", "tcp"], pass_fds=[writer], stdout=log, stderr=log):
        os.close(writer)
        with os.fdopen(reader) as lines:
            yield f":{lines.readline().strip()}"


@contextlib.contextmanager
def _run(command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for_driver(port):
    end = time.monotonic() + SECONDS
    while True:
        try:
            return _ask("GET", f"http://127.0.0.1:{port}/status")
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _ask(method, address, body=None):
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(
            Request(address, data, {"content-type": "application/json"}, method=method), timeout=SECONDS
        ) as reply:
            return json.load(reply)["value"]
    except HTTPError as error:
        raise RuntimeError(f"{method} {address}: {error.read().decode(errors='replace')}") from error
