"""A loopback HTTP server on a thread, for the fakes of services: a handler answers, a log keeps what was asked."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def target(self) -> str:
        """Path and query as they were written."""
        return self.headers[":target"]


@dataclass(frozen=True)
class Answer:
    """What to say. ``break_after``: hang up behind that many bytes of the body."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    break_after: int | None = None


def html(text: str, status: int = 200) -> Answer:
    """An HTML page, as sites answer when they mean something else."""
    body = f"<!doctype html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
    return Answer(body.encode(), status, {"Content-Type": "text/html; charset=utf-8"})


class Fake:
    """Base of the fakes: ``with SomeFake() as fake: fake.url``; subclasses say what is answered."""

    def __init__(self) -> None:
        self.log: list[Asked] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                fake._serve(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self._server.server_port

    @property
    def allow(self) -> frozenset[tuple[str, int]]:
        """What the client must be allowed."""
        return frozenset({self.address})

    @property
    def url(self) -> str:
        """The address of the fake, without a slash at its end."""
        return "http://{}:{}".format(*self.address)

    def asked(self, path: str) -> list[Asked]:
        """The requests for ``path`` so far."""
        return [one for one in self.log if one.path == path]

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers | {":target": handler.path},
        )
        self.log.append(asked)
        answer = self.answer(asked)
        handler.send_response(answer.status)
        for name, value in ({"Content-Length": str(len(answer.body))} | dict(answer.headers)).items():
            if value:
                handler.send_header(name, value)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        try:
            handler.wfile.write(answer.body[: answer.break_after])
            handler.wfile.flush()
            if answer.break_after is not None:
                option = struct.pack("ii", 1, 0)
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
                handler.connection.close()
        except OSError:
            pass  # the client had read enough
