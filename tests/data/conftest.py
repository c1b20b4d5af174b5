"""A server on this machine for tests of what is fetched."""

import threading
from http.server import ThreadingHTTPServer

import pytest
from support.network import Handler


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
