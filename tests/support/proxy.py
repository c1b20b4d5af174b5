"""A server in front of the page that serves it below a path, as a reverse proxy does."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@contextlib.contextmanager
def proxy(port: int, prefix: str, *, keeps_prefix: bool, is_old: bool = False) -> Iterator[str]:
    """Serves what listens at a port below `prefix`, which is kept in the requests that it sends there, or stripped.

    An old one knows no WebSockets, whose upgrades it drops, and hands an answer on when all of it has come.

    Yields the address of the page, which ends with a slash.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # an answer ends with its connection, however long it streams

        def do_GET(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                self.send_error(404)
                return
            path = self.path if keeps_prefix else self.path.removeprefix(prefix)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.request(self.command, path, body or None, self._select_headers())
                answer = connection.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _OF_ONE_CONNECTION:
                        self.send_header(name, value)
                self.end_headers()
                while part := answer.read() if is_old else answer.read1(65536):
                    self.wfile.write(part)
                    self.wfile.flush()
            except (OSError, http.client.HTTPException):
                pass  # one of both ends went away
            finally:
                connection.close()

        def _select_headers(self) -> dict[str, str]:
            dropped = ("upgrade", "connection") if is_old else ()
            return {name: value for name, value in self.headers.items() if name.lower() not in dropped}

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}/"
    finally:
        server.shutdown()
        server.server_close()
