"""A tolerant reader for the XML of sitemaps: one pass over the text, no tree, no entities or namespaces.

Templates write sitemaps and make mistakes: bare ``&`` and ``<``, undeclared prefixes, open tags, a missing end. A
recovering XML parser silently stops at some of these mistakes and loses the rest; here a mistake costs one record.
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
"""Name of the root element to the names of the elements that are records; in a feed, ``url`` elements are no
records."""
_FIELDS = frozenset(
    {
        "loc", "lastmod", "link", "guid", "title", "pubdate", "date", "published", "issued", "updated", "modified",
        "news.publication_date", "news.title", "news.keywords", "publication.language",
    }
)  # fmt: skip
_FIELD_CHARS = 8_192
_DEPTH = 64

# Comments and CDATA without an end match to the end of the text, so that the pass stays linear.
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
    """One ``url``, ``sitemap``, ``item`` or ``entry`` element; of fields with equal names only the first is kept. The
    references of XML (``&amp;``) in its value are resolved."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)

    def get(self, *names: str) -> str:
        """The first of the named fields that is not empty, else empty."""
        return next((value for name in names if (value := self.fields.get(name, ""))), "")


class RecordReader:
    """Iterates over the records of a document; after the last one, ``whole`` tells whether the root element was
    closed."""

    def __init__(self, text: str, start: int) -> None:
        self.whole = False
        self._text = text
        self._start = start
        self._records: frozenset[str] | None = None
        self._open: list[str] = []
        """Names of the open elements, the root first."""
        self._record: Record | None = None
        self._depth = 0
        """Number of open elements around the fields of the record."""
        self._field = ""
        self._parts: list[str] = []
        self._room = 0

    def __iter__(self) -> Iterator[Record]:
        text_start = self._start
        for token in _TOKEN.finditer(self._text, self._start):
            if self._field:
                self._take(_plain(self._text[text_start : token.start()]))
            text_start = token.end()
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
        # A record inside a record of the same name: the first was not closed.
        if self._record is not None and name == self._record.name:
            yield from self._close(name)
        if self._record is None and name in self._records:
            self._record = Record(name)
            self._depth = len(self._open) + 1
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
            self._room = 0  # an address contains no elements: this one was not closed
        key = name if len(self._open) == self._depth else f"{parent}.{name}"
        if key == "link" and "href" in rest:
            attributes = {pair[1].lower(): pair[2] or pair[3] or "" for pair in _ATTRIBUTE.finditer(rest)}
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
        """Store the field, or yield the record, that the end of this element completes."""
        record = self._record
        if record is None:
            return
        if self._field and self._field.rpartition(".")[2] == name:
            record.fields[self._field] = "".join(self._parts).strip()
            self._field = ""
        if name == record.name and len(self._open) < self._depth:
            self._record, self._field = None, ""
            yield record


def _plain(text: str) -> str:
    """``text`` with the references of XML resolved; others, as ``&copy=1`` in an address, stay."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return _NAMED[match[1]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else " "
