"""The days a page writes out in full, anywhere in its words: witnesses for a date that is told elsewhere in part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

from lxml.html import HtmlElement, tostring

from extractors.dates import parse_date

TEXT_CHARS = 300_000
DAYS = 500
"""Dates read on one page; calendars and archives have thousands."""
_NAME = r"[^\W\d_]{3,12}"
_WRITTEN = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?[\s-](?:de\s)?{_NAME}\.?,?[\s-](?:de\s)?\d{{4}}(?!\d)"
    rf"|\b{_NAME}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}(?!\d)"
    r"|(?<!\d)\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)"
    r"|(?<!\d)\d{1,2}([./-])\d{1,2}\2\d{4}(?!\d)"
    r"|(?<!\d)\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
)

_YEAR = re.compile(r"[12]\d{3}")
_AROUND = 60
"""More characters than a date has."""


def written_days(tree: HtmlElement, *, now: datetime) -> set[date]:
    """Every day that stands in the page's markup as a whole date of one meaning, attributes included."""
    source = tostring(tree, encoding="unicode")[:TEXT_CHARS]
    # Tags may stand inside a date: `<nobr>19. May</nobr> 2026`.
    words = " ".join(re.sub(r"<[^>]*>", " ", source).split())
    found = set()
    for text in (words, source):
        for match in islice(_written(text), DAYS):
            if at := parse_date(match.group(), now=now):
                found.add(at.date())
    return found


def _written(text: str) -> Iterator[re.Match[str]]:
    """Whole dates, looked for around years only: few words have one near."""
    done = 0
    for year in _YEAR.finditer(text):
        begin = max(done, year.start() - _AROUND)
        end = min(year.end() + _AROUND, len(text))
        while end < len(text) and text[end].isdigit():
            end += 1
        for match in _WRITTEN.finditer(text, begin, end):
            yield match
            done = match.end()
