"""What the fakes of outside services share: a loopback HTTP server, a log of requests, and trouble to order.

``fake.fail("cdx", 429, 503)`` lets the next two requests of that road end so; an `Answer` may be given instead of a
status. ``fake.asked("cdx")`` are the requests seen.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain;charset=UTF-8"),)
    break_after: int | None = None
    """Hang up behind that many bytes of the body."""
    stall_after: int | None = None
    """Say nothing more behind that many bytes, until the client has gone."""


@dataclass(frozen=True)
class Asked:
    path: str
    """As on the wire, without the query."""
    query: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """A parameter's value, decoded once."""
        return self.all(name)[0] if self.all(name) else default

    def all(self, name: str) -> list[str]:
        return parse_qs(self.query, keep_blank_values=True).get(name, [])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    service: LoopbackService


class LoopbackService:
    """Subclasses give ``road`` (what kind of request it is) and ``answer``."""

    def __init__(self) -> None:
        self.log: list[tuple[str, Asked]] = []
        self._trouble: dict[str, deque[int | Answer]] = defaultdict(deque)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.service = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(300)
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allow(self) -> frozenset[tuple[str, int]]:
        return frozenset({("127.0.0.1", self.port)})

    def fail(self, road: str, *answers: int | Answer) -> None:
        self._trouble[road].extend(answers)

    def asked(self, road: str) -> list[Asked]:
        return [asked for name, asked in self.log if name == road]

    def road(self, asked: Asked) -> str:
        raise NotImplementedError

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def refusal(self, road: str, status: int) -> Answer:
        """How this service words a bare status."""
        return Answer(status, f"{status} for {road}".encode())

    def serve(self, asked: Asked) -> Answer:
        road = self.road(asked)
        self.log.append((road, asked))
        if self._trouble[road]:
            trouble = self._trouble[road].popleft()
            return trouble if isinstance(trouble, Answer) else self.refusal(road, trouble)
        return self.answer(asked)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.service.serve(Asked(path, query, headers))
        if answer.status == 0:  # hang up
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the client had read enough
            self._send_body(answer)

    def _send_body(self, answer: Answer) -> None:
        if answer.stall_after is not None:
            self.wfile.write(answer.body[: answer.stall_after])
            self.connection.recv(1)
            return
        self.wfile.write(answer.body[: answer.break_after])
        if answer.break_after is not None:
            # A reset, not an orderly end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, format: str, *args: object) -> None:
        pass
