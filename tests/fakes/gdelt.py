"""GDELT on a loopback server: its search (DOC 2.0) and its quarter-hour files (GKG 2.1), with their habits.

Search: 250 rows at most, ``{}`` for nothing, errors in words with status 200, refusals as 429 or as 200, titles with
invalid escapes. Files: missing slots, sums that do not fit, the translation set, lines of other widths, broken bytes,
records without a title.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import zipfile
from dataclasses import dataclass, field

from tests.fakes.service import Answer, Asked, LoopbackService

CAP = 250
LIMIT_WORDS = b"Please limit requests to one every 5 seconds or contact us for larger queries."
TOO_SHORT = b"The specified phrase is too short.\n"
TOO_MANY = b"Invalid maxrecords: at most 250 records.\n"
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_JSON = (("Content-Type", "application/json; charset=utf-8"),)


@dataclass(frozen=True)
class Seen:
    """One row of the search, found by every query."""

    url: str
    at: str
    """14 digits; the crawler's quarter of an hour."""
    title: str = "A title , spaced"
    raw_title: str = ""
    """Goes into the JSON as it is."""


@dataclass(frozen=True)
class Record:
    """One line of a file."""

    url: str
    title: str = ""
    organisations: tuple[str, ...] = ()
    themes: tuple[str, ...] = ("GENERAL_GOVERNMENT",)
    collection: str = "1"

    def line(self, slot: str, number: int) -> bytes:
        cells = [""] * 27
        cells[0], cells[1], cells[2] = f"{slot}-{number}", slot, self.collection
        cells[3], cells[4] = "news.example", self.url
        cells[7] = ";".join(self.themes) + ";"
        cells[8] = "".join(f"{theme},{99}" + ";" for theme in self.themes)
        cells[13] = ";".join(name.lower() for name in self.organisations)
        cells[14] = ";".join(f"{name},{120}" for name in self.organisations)
        cells[26] = "<PAGE_LINKS>https://a.example/</PAGE_LINKS>" + (
            f"<PAGE_TITLE>{html.escape(self.title).encode('ascii', 'xmlcharrefreplace').decode()}</PAGE_TITLE>"
            if self.title
            else ""
        )
        return "\t".join(cells).encode()


@dataclass
class Slot:
    records: tuple[Record | bytes, ...] = ()
    """Bytes are lines as they are: too short, broken, endless."""
    packed: bytes | None = None
    """Instead of a proper archive."""
    served: list[bytes] = field(default_factory=list)
    """What the next downloads get instead."""

    def archive(self, name: str) -> bytes:
        if self.packed is not None:
            return self.packed
        stamp = name.partition(".")[0]
        lines = [
            record if isinstance(record, bytes) else record.line(stamp, n)
            for n, record in enumerate(self.records)
        ]
        return pack(b"".join(line + b"\n" for line in lines), name.removesuffix(".zip"))


def pack(content: bytes, member: str = "x.gkg.csv", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo(member), content, method)
    return stream.getvalue()


class GdeltFake(LoopbackService):
    """``with GdeltFake(...) as fake``; ``fake.url`` is the base address of search and files alike."""

    def __init__(self, seen: tuple[Seen, ...] = (), slots: dict[str, Slot] | None = None) -> None:
        super().__init__()
        self.seen = list(seen)
        self.slots = dict(slots or {})
        """By file name, such as ``20190601001500.translation.gkg.csv.zip``."""
        self.storage_sums = False
        """Send the storage's own sum along, as a header."""

    def road(self, asked: Asked) -> str:
        if asked.path == "/api/v2/doc/doc":
            return "doc"
        return "slot"

    def refusal(self, road: str, status: int) -> Answer:
        return Answer(status, LIMIT_WORDS if status == 429 else b"<h1>Error</h1>", _HTML)

    def answer(self, asked: Asked) -> Answer:
        return {"doc": self._search, "slot": self._slot}[self.road(asked)](asked)

    def _search(self, asked: Asked) -> Answer:
        if not asked.headers.get("user-agent"):
            return Answer(403, b"no agent")
        if len(asked.get("query").strip('"')) < 3:
            return Answer(200, TOO_SHORT, _HTML)
        most = int(asked.get("maxrecords", "75"))
        if most > CAP:
            return Answer(200, TOO_MANY, _HTML)
        begin, end = asked.get("startdatetime"), asked.get("enddatetime")
        rows = sorted((row for row in self.seen if begin <= row.at <= end), key=lambda row: row.at)
        if asked.get("sort") == "datedesc":
            rows.reverse()
        if not rows:
            return Answer(200, b"{}", _JSON)
        return Answer(200, b'{"articles": [' + b",".join(_printed(row) for row in rows[:most]) + b"]}", _JSON)

    def _slot(self, asked: Asked) -> Answer:
        name = asked.path.rpartition("/")[2]
        slot = self.slots.get(name)
        if slot is None:
            return Answer(
                404, b"<Error><Code>NoSuchKey</Code></Error>", (("Content-Type", "application/xml"),)
            )
        body = slot.served.pop(0) if slot.served else slot.archive(name)
        headers = [("Content-Type", "application/zip")]
        if self.storage_sums:
            digest = hashlib.md5(slot.archive(name)).digest()
            headers.append(("x-goog-hash", f"crc32c=AAAAAA==,md5={base64.b64encode(digest).decode()}"))
        return Answer(200, body, tuple(headers))


def _printed(row: Seen) -> bytes:
    cells = {
        "url": row.url, "url_mobile": "", "title": row.title,
        "seendate": f"{row.at[:8]}T{row.at[8:]}Z", "socialimage": "", "domain": "news.example",
        "language": "English", "sourcecountry": "United States",
    }  # fmt: skip
    text = json.dumps(cells, ensure_ascii=False)
    if row.raw_title:
        text = text.replace(json.dumps(row.title, ensure_ascii=False), f'"{row.raw_title}"')
    return text.encode()
