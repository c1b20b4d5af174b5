"""A stand-in for MNIST, and a server on this machine for tests of what is fetched."""

import threading
from http.server import ThreadingHTTPServer

import numpy as np
import pytest
from support.network import Handler


@pytest.fixture(scope="module")
def arrays(sample):
    """A stand-in for MNIST: a few images that are in the sample and a few that are not."""
    random = np.random.default_rng(0)
    x, y = sample
    others = random.integers(0, 256, (6, 28, 28), dtype=np.uint8)
    return {
        "x_train": np.concatenate([x[:3], others[:3], x[-1:], others[3:4]]),
        "y_train": np.concatenate([y[:3], [1, 2, 3], y[-1:], [4]]).astype(np.uint8),
        "x_test": others[4:],
        "y_test": np.array([5, 6], np.uint8),
    }


@pytest.fixture
def serve():
    """Starts a server on this machine that answers with the given function; gives it with its address."""
    servers = []

    def start(answer):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.answer, server.requests, server.url = answer, 0, f"http://127.0.0.1:{server.server_port}/thing"
        server.handle_error = lambda *_: None  # who asks may leave early
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
