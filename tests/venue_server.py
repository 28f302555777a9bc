"""A server on this machine that answers in the venues' place: payloads in their form, with made-up figures, and faults on demand.

>>> with serving() as server:
...     client("kraken", base=server.base("kraken")).publicGetTickers()["result"]
'success'
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from venue_private_more import PRIVATE
from venue_public_more import PUBLIC
from venue_server_asked import Asked, Reply


FAULTS: dict[str, Reply] = {
    "429": Reply(429, b'{"code":429,"msg":"slow down"}'),
    "500": Reply(500, b"oops"),
    "503": Reply(503, b'{"error":"unavailable"}'),
    "slow": Reply(delay=3.0, body=b"{}"),
    "cut short": Reply(body=b'{"result":"success","data":[{"symbol":"BT'),
    "cut off": Reply(body=b'{"result":"success"', length=900),
    "a page": Reply(body=b"<html><body>Just a moment...</body></html>", kind="text/html"),
    "an empty list": Reply(body=b"[]"),
    "an empty object": Reply(body=b"{}"),
    "null": Reply(body=b"null"),
    "elsewhere": Reply(302, b""),
}
"""What may go wrong with an answer, by name."""


class Server:
    """The running server: what it answers, by venue and path, and what it was asked.

    `answers` may be changed by a test: a payload, a function of the request that gives one, or a Reply. `faults` are
    given by venue, or by (venue, path); `skew` [s] is how far the venue's clock goes ahead.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        self.url = "http://{}:{}".format(*address)
        self.asked: list[Asked] = []
        self.answers: dict[tuple[str, str], object] = {
            (venue, path): answer
            for each in (PUBLIC, PRIVATE)
            for venue, paths in each.items()
            for path, answer in paths.items()
        }
        self.faults: dict[str | tuple[str, str], list[Reply] | Reply] = {}
        self.skew = 0.0

    def base(self, venue: str) -> str:
        """The address that stands in for all addresses of a venue."""
        return f"{self.url}/{venue}"

    def paths(self, venue: str) -> list[str]:
        """The paths that were asked of a venue, in their order."""
        return [asked.path for asked in self.asked if asked.venue == venue]

    def answer(self, asked: Asked) -> Reply:
        """The answer to a request."""
        self.asked.append(asked)
        for place in ((asked.venue, asked.path), asked.venue):
            fault = self.faults.get(place)
            if isinstance(fault, list):
                fault = fault.pop(0) if fault else None
            if fault:
                return fault
        found = self.answers.get((asked.venue, asked.path))
        if isinstance(found, Callable):
            found = found(asked)
        if found is None:
            return Reply(404, f"nothing at {asked.path}".encode(), "text/plain")
        return found if isinstance(found, Reply) else Reply(body=json.dumps(found).encode())


class Handler(BaseHTTPRequestHandler):
    """Answers one request after the other on a connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a request."""
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        parts, told = urlsplit(self.path), self.server.told
        _, venue, path = parts.path.split("/", 2)
        now = round(1000 * (time.time() + told.skew))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = told.answer(Asked(venue, path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, now))
        time.sleep(reply.delay)
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            if reply.status == 302:
                self.send_header("Location", f"{told.url}/elsewhere/stolen")
            self.end_headers()
            self.wfile.write(reply.body)
            if reply.length is not None:
                self.close_connection = True
        except ConnectionError:
            pass

    do_POST = do_GET

    def log_message(self, *arguments) -> None:
        """Nothing is printed."""


class Listening(ThreadingHTTPServer):
    """A server that says nothing of a client which hung up."""

    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Nothing is printed."""


@contextmanager
def serving() -> Iterator[Server]:
    """A server that runs meanwhile."""
    httpd = Listening(("127.0.0.1", 0), Handler)
    httpd.told = Server(httpd.server_address)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield httpd.told
    finally:
        httpd.shutdown()
        httpd.server_close()
