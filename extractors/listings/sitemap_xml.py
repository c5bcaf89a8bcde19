"""The XML of sitemaps, read as it comes: one pass over the text, no tree, nothing declared, nothing resolved.

Sitemaps are written by templates, so the faults are a template's: bare ``&`` and ``<``, undeclared prefixes,
tags left open, a document that ends in the middle. A recovering XML parser stops at some of these without a
word and the rest of the file is lost; here a fault costs the record it is in.
Standard: sitemaps.org 0.9, Google News sitemaps, RSS 2.0, Atom 0.3 and 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_OF_SITEMAPS = frozenset({"url", "sitemap"})
_OF_FEEDS = frozenset({"item", "entry"})
_RECORDS = {
    "urlset": _OF_SITEMAPS,
    "sitemapindex": _OF_SITEMAPS,
    "rss": _OF_FEEDS,
    "feed": _OF_FEEDS,
    "rdf": _OF_FEEDS,
    "channel": _OF_FEEDS,
}
"""What the records of a document are called, by its root: the ``url`` of a feed's image is none."""
_FIELDS = frozenset(
    {
        "loc", "lastmod", "link", "guid", "title", "pubdate", "date", "published", "issued", "updated", "modified",
        "news.publication_date", "news.title", "news.keywords", "publication.language",
    }
)  # fmt: skip
_FIELD_CHARS = 8_192
_DEPTH = 64

# Comments and CDATA that never end reach to the end: looking for it once keeps the pass linear.
_TOKEN = re.compile(
    r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:(?P<cdata>.*?)\]\]>|.*)"
    r"|<(?P<end>/?)(?:[A-Za-z_][\w.-]{0,60}:)?(?P<name>[A-Za-z_][\w.-]{0,60})(?P<rest>(?:[\s/][^<>]*)?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w.:-]{1,60})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(slots=True)
class Record:
    """One ``url``, ``sitemap``, ``item`` or ``entry``: its fields by name, the first of each, as written."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)

    def get(self, *names: str) -> str:
        """The first of the fields that is not empty, else an empty text."""
        return next((value for name in names if (value := self.fields.get(name, ""))), "")


class RecordReader:
    """Reads the records of a document; ``whole`` says after the last one whether its root was closed."""

    def __init__(self, text: str, start: int) -> None:
        self.whole = False
        self._text = text
        self._start = start
        self._records: frozenset[str] | None = None
        self._open: list[str] = []
        """Names of the open elements, the root first."""
        self._record: Record | None = None
        self._at = 0
        """How many elements are open around the record's fields."""
        self._field = ""
        self._parts: list[str] = []
        self._room = 0

    def __iter__(self) -> Iterator[Record]:
        behind = self._start
        for token in _TOKEN.finditer(self._text, self._start):
            if self._field:
                self._take(_plain(self._text[behind : token.start()]))
            behind = token.end()
            name = token["name"]
            if name is None:
                self._take(token["cdata"] or "")
                continue
            name = name.lower()
            if token["end"]:
                yield from self._close(name)
            else:
                yield from self._begin(name, token["rest"])
            if self.whole:
                return

    def _take(self, text: str) -> None:
        if self._field and text and self._room > 0:
            self._parts.append(text[: self._room])
            self._room -= len(text)

    def _begin(self, name: str, rest: str) -> Iterator[Record]:
        closed = rest.endswith("/")
        if self._records is None:
            self._records = _RECORDS.get(name, _OF_SITEMAPS)
            self.whole = closed
        # A record inside a record of its own kind: the first was never closed.
        if self._record is not None and name == self._record.name:
            yield from self._close(name)
        if self._record is None and name in self._records:
            self._record = Record(name)
            self._at = len(self._open) + 1
        elif self._record is not None:
            self._note(name, rest)
        if not closed:
            if len(self._open) < _DEPTH:
                self._open.append(name)
        else:
            yield from self._finish(name)

    def _note(self, name: str, rest: str) -> None:
        record, parent = self._record, self._open[-1] if self._open else ""
        assert record is not None
        if self._field in ("loc", "link"):
            self._room = 0  # an address has no elements in it: this one was never closed
        key = name if len(self._open) == self._at else f"{parent}.{name}"
        if key == "link" and "href" in rest:
            attributes = {found[1].lower(): found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(rest)}
            if attributes.get("rel", "alternate") == "alternate":
                record.fields.setdefault("link", _plain(attributes.get("href", "")))
        elif key in _FIELDS and key not in record.fields:
            self._field, self._parts, self._room = key, [], _FIELD_CHARS

    def _close(self, name: str) -> Iterator[Record]:
        if name not in self._open:
            return
        while self._open:
            last = self._open.pop()
            yield from self._finish(last)
            if last == name:
                break
        self.whole = not self._open

    def _finish(self, name: str) -> Iterator[Record]:
        """What the end of one element means: of a field, of a record."""
        record = self._record
        if record is None:
            return
        if self._field and self._field.rpartition(".")[2] == name:
            record.fields[self._field] = "".join(self._parts).strip()
            self._field = ""
        if name == record.name and len(self._open) < self._at:
            self._record, self._field = None, ""
            yield record


def _plain(text: str) -> str:
    """``text`` with XML's own references resolved; ``&copy=1`` in an address is not one of them."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    if found[1]:
        return _NAMED[found[1]]
    code = int(found[2]) if found[2] else int(found[3], 16)
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else " "
