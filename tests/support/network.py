"""A server on this machine that sends files, whole or broken."""

from http.server import BaseHTTPRequestHandler


class Handler(BaseHTTPRequestHandler):
    """Sends what the server was told to, and counts the requests."""

    def do_GET(self):
        self.server.requests += 1
        self.server.answer(self)

    def log_message(self, *_):
        pass


def send(content, length=None, status=200):
    """An answer of that content, which may promise another length; -1 promises none."""

    def answer(handler):
        handler.send_response(status)
        if length != -1:
            handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def send_broken_chunks(handler):
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"400\r\nonly a little")
    handler.close_connection = True


def send_nonsense(handler):
    handler.wfile.write(b"this is no HTTP\r\n\r\n")
