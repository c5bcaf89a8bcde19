"""An HTTP server on loopback that serves a newsroom: two dozen feeds and their article pages.

with Newsroom() as newsroom:
    ...                     # poll the feeds of subscriptions(newsroom.url)
    newsroom.advance()      # the second edition: new stories, and edits to old ones
"""

from __future__ import annotations

import gzip
import threading
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from fivegwatch.flows.demo.site import Document, Site
from fivegwatch.flows.demo.stories import Story, load_outlets

_ENDLESS_BYTES = 64 * 1024 * 1024
"""Size at which the endless feed ends after all, so that it does not fill the memory of a client without a limit."""


class Served(NamedTuple):
    """One request that the newsroom answered."""

    method: str
    path: str
    """Path and query."""
    status: int


class Newsroom:
    """The server as a context manager; ``url`` and ``port`` are valid while it is open.

    ``now`` is the moment from which all stories are dated (default: the present), ``slow_s`` the delay of the slow feed
    in seconds.
    """

    def __init__(self, port: int = 0, *, now: datetime | None = None, slow_s: float = 3.0) -> None:
        self.slow_s = slow_s
        self.requests: list[Served] = []
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.newsroom = self
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._now = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
        self._site = Site(self.url, now=self._now, edition=1)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def edition(self) -> int:
        """The current edition: 1, or 2 after ``advance``."""
        return self._site.edition

    def advance(self) -> None:
        """Publish the second edition."""
        self._site = Site(self.url, now=self._now, edition=2)

    def stories(self) -> dict[str, Story]:
        """All published stories by page address, including copies and the one that robots.txt forbids."""
        return {self.url + self._site.path_of(story): story for story in self._site.stories.values()}

    def document(self, path: str) -> Document | None:
        """The document at ``path`` in the current edition; None if there is none."""
        return self._site.documents.get(path)


def subscriptions(base_url: str) -> str:
    """The newsroom's feeds as the text of a ``feeds.toml``."""
    tables = []
    for outlet in load_outlets().values():
        rows = {
            "url": base_url + outlet.feed,
            "title": outlet.title,
            "site": f"{base_url}/{outlet.of or outlet.id}/",
            "language": outlet.language,
            "country": outlet.country,
            "category": outlet.category,
        }
        lines = [f'{key} = "{value}"' for key, value in rows.items() if value]
        tables.append("\n".join([f"[{outlet.id}]", *lines, "on = true"]))
    return "\n\n".join(tables) + "\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    newsroom: Newsroom

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect: on the endless feed they should."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Newsroom/1"
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        newsroom = self.server.newsroom
        document = newsroom.document(urlsplit(self.path).path)
        if document is None:
            document = Document(body=b"<h1>Not found</h1>", content_type="text/html", status=404)
        if document.slow:
            newsroom.stopping.wait(newsroom.slow_s)
        status = HTTPStatus.NOT_MODIFIED if self._is_current(document) else HTTPStatus(document.status)
        newsroom.requests.append(Served(self.command, self.path, int(status)))
        if document.endless:
            self._pour(document)
        else:
            self._answer(document, status)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: ``Newsroom.requests`` is the log."""

    def _is_current(self, document: Document) -> bool:
        """Whether the client has the current version of the document. An entity tag counts more than a date. Standard:
        RFC 9110, 13.2.2.
        """
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            offered = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return bool(document.etag) and bool({"*", document.etag.removeprefix("W/")} & offered)
        since = self.headers.get("If-Modified-Since")
        if since is None or document.last_modified is None:
            return False
        try:
            return document.last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def _answer(self, document: Document, status: HTTPStatus) -> None:
        unchanged = status == HTTPStatus.NOT_MODIFIED
        body = b"" if unchanged else document.body
        self.send_response(status)
        if document.gzip:
            self.send_header("Vary", "Accept-Encoding")
            if body and "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body, mtime=0)
                self.send_header("Content-Encoding", "gzip")
        if document.etag:
            self.send_header("ETag", document.etag)
        if document.last_modified:
            self.send_header("Last-Modified", format_datetime(document.last_modified, usegmt=True))
        if document.location:
            self.send_header("Location", document.location)
        if not unchanged:
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _pour(self, document: Document) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", document.content_type)
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(document.body)
        drop = b"and so on " * 6554
        for _ in range(_ENDLESS_BYTES // len(drop)):
            if self.server.newsroom.stopping.is_set():
                return
            self.wfile.write(drop)
