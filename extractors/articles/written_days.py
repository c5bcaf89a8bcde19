"""Dates written out in full in the page's text; they corroborate a partial date found elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Literal

from lxml.etree import iterwalk
from lxml.html import HtmlElement, tostring

from fivegwatch.extractors.text.dates import parse_date
from fivegwatch.extractors.text.elements import BOXES, CELLS
from fivegwatch.extractors.text.plain import words_shown

TEXT_CHARS = 300_000
DAYS = 500
"""Most dates read in one text; calendars and archives have thousands."""
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
"""Most words beside a date on a line of its own: "Published on", a clock time, a time zone."""
LINE_CHARS = 100
"""Longest byline with names, places and clock times; a longer line is prose."""
DATELINE_CHARS = 40
_DASH = re.compile(r"[\s.,]*(?:\([^()]{0,30}\)\s*)?[-–—|/:]")
_HALF = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…")
_LINES = BOXES | CELLS | {"body"}
_YEAR = re.compile(r"[12]\d{3}")
_AROUND = 60
"""Characters around a year in which a date is searched; no date is longer."""


def written_days(tree: HtmlElement, *, now: datetime) -> set[date]:
    """Every day that the page's text or attributes hold as a whole, unambiguous date."""
    source = tostring(tree, encoding="unicode")[:TEXT_CHARS]
    # A date may have tags inside: `<nobr>19. May</nobr> 2026`.
    words = " ".join(re.sub(r"<[^>]*>", " ", source).split())
    days = set()
    for text in (words, source):
        for match in islice(_written(text), DAYS):
            if at := parse_date(match.group(), now=now):
                days.add(at.date())
    return days


def where_shown(tree: HtmlElement, day: date, *, now: datetime) -> Literal["dateline", "prose", ""]:
    """Where the page shows ``day``: in a line of its own, byline or dateline; only in sentences or teasers; nowhere.

    A day that is only in prose is not the date of publication.
    """
    shown: Literal["prose", ""] = ""
    for element in islice(tree.iter(*_LINES), BLOCKS):
        if next(element.iterdescendants(*_LINES), None) is not None:
            pieces = [element.text or "", *(child.tail or "" for child in element)]
        else:
            pieces = _broken_lines(element)
        for piece in pieces:
            line = " ".join(piece[:PROSE_CHARS].split())
            for match in islice(_written(line), DAYS):
                at = parse_date(match.group(), now=now)
                if at is None or at.date() != day:
                    continue
                if _is_dateline(line, match, teaser=element.tag == "li"):
                    return "dateline"
                shown = "prose"
    return shown


def _broken_lines(element: HtmlElement) -> list[str]:
    """The text of an element that holds no box, cut at its line breaks."""
    if element.find(".//br") is None:
        return [words_shown(element)]
    lines = [""]
    for event, part in iterwalk(element, events=("start", "end")):
        if event == "end":
            lines[-1] += (part.tail or "") if part is not element else ""
        elif part.tag == "br":
            lines.append("")
        else:
            lines[-1] += part.text or ""
    return lines


def _is_dateline(line: str, match: re.Match[str], *, teaser: bool) -> bool:
    """Whether a date is its whole line, or part of a byline or dateline; not part of a sentence or teaser."""
    rest = f"{line[: match.start()]} {line[match.end() :]}".split()
    if teaser:
        return len(rest) <= LABELS
    if match.start() <= DATELINE_CHARS and _DASH.match(line, match.end()):
        return True
    return len(rest) <= LABELS or (len(line) <= LINE_CHARS and not _HALF.sub("", line).endswith(_ENDS))


def _written(text: str) -> Iterator[re.Match[str]]:
    """Whole dates in ``text``; searched around years only, which is faster."""
    done = 0
    for year in _YEAR.finditer(text):
        begin = max(done, year.start() - _AROUND)
        end = min(year.end() + _AROUND, len(text))
        while end < len(text) and text[end].isdigit():
            end += 1
        for match in _WRITTEN.finditer(text, begin, end):
            yield match
            done = match.end()
