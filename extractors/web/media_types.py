"""What a Content-Type header says: one reading for whoever asks, client and extractor alike.

Standard: WHATWG Fetch ("extract a MIME type": of several values the last usable one counts) and MIME Sniffing (what
names no type, or an unknown one, leaves it to the bytes). Common slips are forgiven.
"""

from __future__ import annotations

import re

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
"""Pages by their name alone."""
XML_TYPES = frozenset({"text/xml", "application/xml"})
"""Names a page may have that is XML, or called so by mistake: the bytes decide."""

_VALUE = re.compile(r'(?:"[^"]*(?:"|\Z)|[^",])+')
_TYPE = re.compile(r"[\s\"']*([\w!#$&^.+-]+/[\w!#$&^.+-]+)(?=[\s\"';:]|\Z)", re.ASCII)
_CHARSET = re.compile(r"(?:^|[;\s\"'])charset\s*=\s*[\"']?\s*([^\s\"';,]{1,40})", re.I)
_UNKNOWN = frozenset({"unknown/unknown", "application/unknown"})


def media_type(header: str) -> str:
    """``text/html`` of ``Text/HTML; charset=x``; empty when the header says nothing usable."""
    for value in reversed(_VALUE.findall(header)):
        found = _TYPE.match(value)
        if found and (name := found[1].lower()) not in _UNKNOWN:
            return name
    return ""


def charset(header: str) -> str:
    """The charset label of the header, as written; empty when it names none."""
    for value in reversed(_VALUE.findall(header)):
        if found := _CHARSET.search(value):
            return found[1]
    return ""
