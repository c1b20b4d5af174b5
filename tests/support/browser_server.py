"""The program as a browser meets it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.answers import give_answers

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


class Server:
    """`python app.py`, or another program, in a process of its own, with further options and variables."""

    def __init__(self, folder, *options, program=("app.py",), **variables):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "server.log"
        self.cache = folder / "cache"
        # What else the caller's environment says wins, so that another model can be tried.
        self._environment = {"MNIST_DEVICE": "cpu", **os.environ, "MNIST_CACHE_DIR": str(self.cache)}
        self._environment.pop("MNIST_DATA_DIR", None)  # the built-in samples are shown
        self._environment.update(variables)
        self._options = options
        self._program = program
        self._process = None

    def start(self):
        give_answers(self.cache)
        with self._log.open("ab") as log:
            command = [sys.executable, *self._program, "--port", str(self.port), *self._options]
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                pytest.fail(f"The server did not start:\n{self._log.read_text(errors='replace')}", pytrace=False)
            time.sleep(0.1)

    def stop(self):
        self._process.kill()
        self._process.wait()

    def _answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
