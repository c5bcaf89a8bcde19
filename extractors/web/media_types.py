"""Reads the media type and the charset of a Content-Type header, with common mistakes tolerated.

Standard: WHATWG Fetch ("extract a MIME type": of several values the last usable one counts); MIME Sniffing (without a
known type the bytes decide).
"""

from __future__ import annotations

import re

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
"""Media types of pages."""
XML_TYPES = frozenset({"text/xml", "application/xml"})
"""Other media types under which some servers send pages; for these the bytes decide."""

_VALUE = re.compile(r'(?:"[^"]*(?:"|\Z)|[^",])+')
_TYPE = re.compile(r"[\s\"']*([\w!#$&^.+-]+/[\w!#$&^.+-]+)(?=[\s\"';:]|\Z)", re.ASCII)
_CHARSET = re.compile(r"(?:^|[;\s\"'])charset\s*=\s*[\"']?\s*([^\s\"';,]{1,40})", re.I)
_UNKNOWN = frozenset({"unknown/unknown", "application/unknown"})


def media_type(header: str) -> str:
    """The media type in a Content-Type header, in lower case, without parameters; empty if no usable type is named."""
    for value in reversed(_VALUE.findall(header)):
        match = _TYPE.match(value)
        if match and (name := match[1].lower()) not in _UNKNOWN:
            return name
    return ""


def charset(header: str) -> str:
    """The charset label of the header, as written; empty when it names none."""
    for value in reversed(_VALUE.findall(header)):
        if match := _CHARSET.search(value):
            return match[1]
    return ""
