"""The days a page writes out in full, anywhere in its words: witnesses for a date that is told elsewhere in part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

from lxml.html import HtmlElement, tostring

from fivegwatch.extractors.text.dates import parse_date
from fivegwatch.extractors.text.plain import words_shown

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

BLOCKS, PROSE_CHARS = 3_000, 5_000
LABELS = 4
"""Words beside a date that stands by itself: "Published on", a clock, a zone."""
LINE_CHARS = 100
"""A byline with names, places and clocks is no longer; a longer line is prose."""
DATELINE_CHARS = 40
_DASH = re.compile(r"[\s.,]*(?:\([^()]{0,30}\)\s*)?[-–—|/:]")
_HALF = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…")
_BLOCKS = (
    "p", "div", "li", "td", "th", "section", "article", "header", "footer", "aside", "blockquote", "dd", "dt",
    "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "main", "body",
)  # fmt: skip
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


def is_told_in_prose(tree: HtmlElement, day: date, *, now: datetime) -> bool:
    """Whether readers see ``day`` in sentences and teasers only: then stories are about it, not of it."""
    told = False
    for element in islice(tree.iter(*_BLOCKS), BLOCKS):
        if next(element.iterdescendants(*_BLOCKS), None) is not None:
            pieces = [element.text or "", *(child.tail or "" for child in element)]
        else:
            pieces = [words_shown(element)]
        for piece in pieces:
            shown = " ".join(piece[:PROSE_CHARS].split())
            for match in islice(_written(shown), DAYS):
                at = parse_date(match.group(), now=now)
                if at is None or at.date() != day:
                    continue
                if _stands_alone(shown, match, teaser=element.tag == "li"):
                    return False
                told = True
    return told


def _stands_alone(shown: str, match: re.Match[str], *, teaser: bool) -> bool:
    """Whether a date is what its line says, or part of a byline or dateline, and not a sentence's or teaser's."""
    rest = f"{shown[: match.start()]} {shown[match.end() :]}".split()
    if teaser:
        return len(rest) <= LABELS
    if match.start() <= DATELINE_CHARS and _DASH.match(shown, match.end()):
        return True
    return len(rest) <= LABELS or (len(shown) <= LINE_CHARS and not _HALF.sub("", shown).endswith(_ENDS))


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
