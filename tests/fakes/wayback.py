"""The Wayback Machine on a loopback server: its index (CDX) and its replay, with their habits.

Index: JSON and text, resume keys that are printed percent-encoded and must be sent back encoded once more, rows
doubled or malformed, filters before collapsing, a blocked site's 403, 429 without Retry-After, 503, 504. Replay:
exact, 302 to the nearest capture, 404, captured redirects and errors (``Memento-Datetime`` tells them from the
archive's own), and every way to get a Content-Encoding wrong.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote_plus, unquote_plus, urlsplit

import brotli

from fivegwatch.extractors.listings.cdx import captured_at
from tests.fakes.service import Answer, Asked, LoopbackService

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
BLOCKED = (
    "org.archive.util.io.RuntimeIOException: "
    "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"
)
Row = tuple[str, ...]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Captured:
    url: str
    timestamp: str
    body: bytes = b""
    status: int = 200
    mimetype: str = "text/html"
    location: str = ""
    """Of a redirect: the address the site named."""
    defect: str = ""
    """How the replay gets the coding wrong; a key of ``DEFECTS``."""

    @property
    def row(self) -> Row:
        digest = base64.b32encode(hashlib.sha1(self.body).digest()).decode()
        return (
            surt(self.url), self.timestamp, self.url, self.mimetype, str(self.status), digest,
            str(len(self.body)),
        )  # fmt: skip


DEFECTS = {
    "": lambda body: (body, ()),
    "declared": lambda body: (gzip.compress(body), ("gzip",)),
    "doubled": lambda body: (gzip.compress(body), ("", "gzip")),
    "undeclared": lambda body: (gzip.compress(body), ()),
    "twice": lambda body: (gzip.compress(gzip.compress(body)), ("gzip",)),
    "empty promise": lambda body: (body, ("gzip",)),
    "unknown": lambda body: (body, ("utf-8",)),
    "brotli": lambda body: (brotli.compress(body), ("br",)),
    "undeclared brotli": lambda body: (brotli.compress(body), ()),
    "cut short": lambda body: (gzip.compress(body)[:-9], ("gzip",)),
}


def surt(url: str) -> str:
    """``com,example)/path``: scheme, ``www.``, port and case folded."""
    parts = urlsplit(url if "://" in url else "http://" + url)
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/") or "/"
    return (
        ",".join(reversed(host.split(".")))
        + ")"
        + (path + ("?" + parts.query if parts.query else "")).lower()
    )


class WaybackFake(LoopbackService):
    """``with WaybackFake(captures) as fake``; ``fake.url`` is the service's base address."""

    def __init__(self, captures: tuple[Captured, ...] = (), *, rows: tuple[Row, ...] = ()) -> None:
        super().__init__()
        self.captures = list(captures)
        self.rows = list(rows)
        """Further rows of the index, however odd."""
        self.blocked: set[str] = set()
        """Hosts whose owners had them removed."""
        self.cap = 150_000
        self.text = False
        """Answer in text although JSON was asked for, as the index once did."""
        self.issued: set[str] = set()

    def road(self, asked: Asked) -> str:
        return "cdx" if asked.path == "/cdx/search/cdx" else "replay"

    def refusal(self, road: str, status: int) -> Answer:
        return Answer(status, b"<html><body>Too many requests, or too few machines.</body></html>", _HTML)

    def answer(self, asked: Asked) -> Answer:
        return self._index(asked) if self.road(asked) == "cdx" else self._replay(asked)

    # ---------------------------------------------------------------- index

    def _index(self, asked: Asked) -> Answer:
        url = asked.get("url")
        if urlsplit(url if "://" in url else "http://" + url).hostname in self.blocked:
            return Answer(403, BLOCKED.encode(), (*_TEXT, ("X-Archive-Wayback-Runtime-Error", BLOCKED)))
        key = asked.get("resumeKey")
        if key and key not in self.issued:
            return Answer(400, b"Bad resume key: it was changed on the way")
        rows = [row for row in self._matching(url, asked.get("matchType", "exact")) if _in_range(row, asked)]
        rows = [row for row in rows if all(_passes(row, rule) for rule in asked.all("filter"))]
        if key:
            rows = [row for row in rows if " ".join(row[:2]) >= unquote_plus(key)]
        rows = _collapse(rows, asked.all("collapse"))
        limit = int(asked.get("limit", str(self.cap)))
        more = len(rows) > min(abs(limit), self.cap)
        rows = rows[limit:] if limit < 0 else rows[: min(limit, self.cap)]
        following = self._resume_key(rows[-1]) if more and asked.get("showResumeKey") == "true" else ""
        wanted = asked.get("fl").split(",") if asked.get("fl") else list(FIELDS)
        return self._printed(rows, wanted, following, json_asked=asked.get("output") == "json")

    def _matching(self, url: str, match: str) -> list[Row]:
        key = surt(url)
        host = key.partition(")")[0]
        every = sorted([*(captured.row for captured in self.captures), *self.rows], key=lambda row: row[:2])
        if match == "prefix":
            return [row for row in every if row[0].startswith(key.rstrip("/"))]
        if match == "domain":
            return [row for row in every if row[0].startswith((host + ")", host + ","))]
        return [row for row in every if row[0] == key]

    def _resume_key(self, last: Row) -> str:
        stamp = last[1][:-1] + chr(ord(last[1][-1]) + 1)
        key = quote_plus(f"{last[0]} {stamp}")
        self.issued.add(key)
        return key

    def _printed(self, rows: list[Row], wanted: list[str], following: str, *, json_asked: bool) -> Answer:
        cells = [
            [row[FIELDS.index(name)] for name in wanted] if len(row) == len(FIELDS) else list(row)
            for row in rows
        ]
        if json_asked and not self.text:
            document = [wanted, *cells, *([[], [following]] if following else [])] if cells else []
            return Answer(200, json.dumps(document).encode(), _TEXT)
        lines = [" ".join(cell) for cell in cells] + (["", following] if following else [])
        return Answer(200, "".join(line + "\n" for line in lines).encode(), _TEXT)

    # ---------------------------------------------------------------- replay

    def _replay(self, asked: Asked) -> Answer:
        whole = asked.path + ("?" + asked.query if asked.query else "")
        found = re.fullmatch(r"/web/([0-9]{14})id_/(.+)", whole)
        if not found:
            return Answer(404, b"no such page of ours", _HTML)
        timestamp, url = found.groups()
        if urlsplit(url).hostname in self.blocked:
            return Answer(403, BLOCKED.encode(), (*_TEXT, ("X-Archive-Wayback-Runtime-Error", BLOCKED)))
        known = [captured for captured in self.captures if surt(captured.url) == surt(url)]
        if not known:
            return Answer(404, b"<p>The Wayback Machine has not archived that URL.</p>", _HTML)
        wanted = captured_at(timestamp)
        nearest = min(known, key=lambda captured: abs(captured_at(captured.timestamp) - wanted))
        if nearest.timestamp != timestamp:
            place = f"{self.url}/web/{nearest.timestamp}id_/{nearest.url}"
            reason = f"found capture at {nearest.timestamp}"
            return Answer(302, b"", (("Location", place), ("X-Archive-Redirect-Reason", reason)))
        return self._memento(nearest, captured_at(timestamp))

    def _memento(self, captured: Captured, at: datetime) -> Answer:
        body, codings = DEFECTS[captured.defect](captured.body)
        headers: Headers = (
            ("Memento-Datetime", format_datetime(at, usegmt=True)),
            ("Link", f'<{captured.url}>; rel="original"'),
            ("X-Archive-Orig-Content-Language", "en"),
            ("X-Archive-Src", "item/file.warc.gz"),
            ("Content-Type", captured.mimetype),
            *(("Content-Encoding", coding) for coding in codings),
        )
        if captured.location:
            place = f"{self.url}/web/{captured.timestamp}id_/{captured.location}"
            headers = (*headers, ("Location", place))
        return Answer(captured.status, body, headers)


_TEXT: Headers = (("Content-Type", "text/plain;charset=UTF-8"), ("X-ts", "200"), ("X-Page-Cache", "BYPASS"))
_HTML: Headers = (("Content-Type", "text/html; charset=utf-8"),)


def _in_range(row: Row, asked: Asked) -> bool:
    first, last = asked.get("from"), asked.get("to")
    return row[1] >= first and (not last or row[1][: len(last)] <= last)


def _passes(row: Row, rule: str) -> bool:
    name, _, pattern = rule.removeprefix("!").partition(":")
    if len(row) != len(FIELDS):
        return True
    return bool(re.fullmatch(pattern, row[FIELDS.index(name)])) != rule.startswith("!")


def _collapse(rows: list[Row], rules: list[str]) -> list[Row]:
    for rule in rules:
        name, _, chars = rule.partition(":")
        column, width = FIELDS.index(name), int(chars) if chars else None
        cells = ["" if len(row) != len(FIELDS) else row[column][:width] for row in rows]
        rows = [row for n, row in enumerate(rows) if n == 0 or cells[n] != cells[n - 1]]
    return rows
