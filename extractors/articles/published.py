"""The publication date of a story. JSON-LD, meta, microdata, feed -> else title, headline -> address -> else the whole
page.

A date written out in full in the page's text corroborates a partial date found elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Literal

import htmldate
from lxml.etree import iterwalk
from lxml.html import HtmlElement, tostring

from fivegwatch.extractors.model import Entry, PageDate
from fivegwatch.extractors.pages.claims import line
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.pages.phrases import CHANGED_LINE
from fivegwatch.extractors.text.dates import parse_date, parse_published
from fivegwatch.extractors.text.elements import BOXES, CELLS
from fivegwatch.extractors.text.plain import words_shown
from fivegwatch.extractors.text.word_overlap import key

META_ENDS = (
    "publishedtime", "datepublished", "published", "publishtime", "publishdate", "pubdate", "publicationdate",
    "releasedate", "issued", "created", "dcdate", "dctermsdate", "citationdate", "sailthrudate",
)  # fmt: skip
"""Ends of the names of ``meta`` elements with the date of publication, letters only, the surest first. Before the end
is the prefix of a vocabulary: ``article:published_time``, ``og:article:published_time``, ``parsely-pub-date``."""
URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/._-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
URL_MONTH = re.compile(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])/")
TITLE_END = re.compile(r"[|(\[]\s*([^|()\[\]]{6,60}?)\s*[)\]]?$")
DATE_CHARS = 60
MARKED = 400
"""Most elements with an ``itemprop`` that are read."""
NEAR = 80
"""How many elements are read after the headline; half as many are read before it."""
DAY_AHEAD, SAME_DAY = timedelta(hours=24), timedelta(hours=36)
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
"""Most words beside a date in a line of its own: "Published on", a clock time, a time zone."""
LINE_CHARS = 100
"""Longest byline with names, places and clock times; a longer line is prose."""
DATELINE_CHARS = 40
_DASH = re.compile(r"[\s.,]*(?:\([^()]{0,30}\)\s*)?[-–—|/:]")
_HALF = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟", "…")
_LINES = BOXES | CELLS | {"body"}
_YEAR = re.compile(r"[12]\d{3}")
_AROUND = 60
"""How many characters around a year are searched for a date; no date is longer."""


def page_dates(page: ParsedPage, entry: Entry | None) -> tuple[PageDate, ...]:
    """Every publication date that the page, its address and its feed entry claim, the best source first; future dates
    are left out."""
    claimed = [*_structured(page), *_microdata(page), *_feed(entry, page.now)]
    claimed = claimed or [*_in_title(page), *_by_headline(page)]
    claimed += _url(page)
    return tuple(dict.fromkeys(claimed or _anywhere(page)))


def chosen_date(dates: tuple[PageDate, ...]) -> PageDate | None:
    """The first of ``dates``. If it has no time of day: the first date with a time of day within 36 hours of it, if
    there is one."""
    near = (date for date in dates if date.precision == "minute" and abs(date.at - dates[0].at) < SAME_DAY)
    return next(near, dates[0] if dates else None)


def _structured(page: ParsedPage) -> Iterator[PageDate]:
    yield from _claim("json-ld", line(page.claims.article.get("datePublished")), page.now)
    named = [(key(name), contents[0]) for name, contents in page.claims.meta.items()]
    for end in META_ENDS:
        for name, content in named:
            if name.endswith(end):
                yield from _claim("meta", content, page.now)
    yield from _claim("meta", page.claims.first_meta("date"), page.now)


def _microdata(page: ParsedPage) -> list[PageDate]:
    """The date in elements marked ``datePublished``; none if these elements have several days, because then teasers are
    marked too.

    Standard: HTML microdata, schema.org.
    """
    claimed: list[PageDate] = []
    properties = ((element, name) for element, (_, name, _) in zip(page.elements, page.marks, strict=True))
    marked = ((element, name) for element, name in properties if name is not None and element.tag != "meta")
    for element, name in islice(marked, MARKED):
        if "datepublished" in name.lower().split():
            text = element.get("content") or element.get("datetime") or element.text_content()[:DATE_CHARS]
            claimed += _claim("microdata", " ".join(text.split()), page.now)
    return claimed[:1] if len({claim.at.date() for claim in claimed}) == 1 else []


def _claim(source: str, text: str, now: datetime) -> Iterator[PageDate]:
    parsed = parse_published(text, now=now) if text else None
    if parsed is not None and parsed.at <= now + DAY_AHEAD:
        yield PageDate(source=source, at=parsed.at, precision=parsed.precision, zone_known=parsed.zone_known)


def _feed(entry: Entry | None, now: datetime) -> Iterator[PageDate]:
    at = entry.published_at if entry is not None else None
    if at is not None and at <= now + DAY_AHEAD:
        precision = "day" if (at.hour, at.minute, at.second) == (0, 0, 0) else "minute"
        yield PageDate(source="feed", at=at, precision=precision, zone_known=True)


def _url(page: ParsedPage) -> Iterator[PageDate]:
    if match := URL_DAY.search(page.url):
        yield from _claim("url", "-".join(match.group(1, 3, 4)), page.now)


def _in_title(page: ParsedPage) -> list[PageDate]:
    """The date at the end of the title, after a bar or in brackets; up to three words may come in front of it."""
    for title in (page.claims.first_meta("og:title"), page.title_tag):
        last = TITLE_END.search(title)
        if last and (claimed := _first_claim(last.group(1), 3, page.now)):
            return claimed
    return []


def _by_headline(page: ParsedPage) -> list[PageDate]:
    """The date shown near the headline: a ``time`` element, or a short text that is a date and nothing else."""
    elements, heading, now = page.elements, page.main_heading, page.now
    if heading is None or heading not in elements:
        return []
    start, around = elements.index(heading), set(heading.iterancestors())
    before = [element for element in reversed(elements[:start]) if element not in around]
    for element in (*elements[start : start + NEAR], *before[: NEAR // 2]):
        # The visible date comes first, because some themes put the time of the last change in the attribute.
        visible = _first_claim(element.text, 2, now) or _first_claim(element.tail, 0, now)
        exact = list(_claim("visible", element.get("datetime") or "", now)) if element.tag == "time" else []
        if exact and (not visible or visible[0].at.date() == exact[0].at.date()):
            return exact
        if visible:
            return visible
    return []


def _first_claim(text: str | None, labels: int, now: datetime) -> list[PageDate]:
    """A list with the date in ``text``, if at most ``labels`` words come before it and none after it; else empty."""
    parts = (text or "").split()
    line = " ".join(parts)
    if not 6 <= len(line) <= DATE_CHARS or CHANGED_LINE.match(line) or not any(map(str.isdigit, line)):
        return []
    for skipped in range(min(labels + 1, len(parts))):
        if claimed := list(_claim("visible", " ".join(parts[skipped:]), now)):
            return claimed
    return []


def _anywhere(page: ParsedPage) -> Iterator[PageDate]:
    """htmldate's guess for the whole page; else the only day that the page writes or, if its address has a month, the
    only one in that month.

    htmldate turns a bare month into its first day, so a guess of the first of a month counts only if the page writes
    that day. A guess in another month than that of the address is another story's date. A day in prose is no date of
    publication.
    """
    guess, month = _guessed(page), URL_MONTH.search(page.url)
    if guess and where_shown(page.tree, date.fromisoformat(guess), now=page.now) == "prose":
        guess = ""
    in_month = bool(guess) and (not month or guess.startswith("-".join(month.groups())))
    if in_month and not guess.endswith("-01"):
        yield from _claim("visible", guess, page.now)
        return
    days = written_days(page.tree, now=page.now)
    if in_month and not guess.endswith("-01-01") and date.fromisoformat(guess) in days:
        yield from _claim("visible", guess, page.now)
        return
    fitting = [day for day in days if not month or f"{day:%Y-%m}" == "-".join(month.groups())]
    if len(fitting) == 1 and (month or where_shown(page.tree, fitting[0], now=page.now) == "dateline"):
        yield from _claim("visible", fitting[0].isoformat(), page.now)


def _guessed(page: ParsedPage) -> str:
    try:
        guess = htmldate.find_date(page.tree, url=page.url, original_date=True, max_date=page.now + DAY_AHEAD)
    except Exception:
        # A fault in htmldate must not cost the article.
        return ""
    return guess or ""


def written_days(tree: HtmlElement, *, now: datetime) -> set[date]:
    """Every day that the page's text or attributes state as a complete, unambiguous date."""
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
    """Where the page shows ``day``: ``dateline`` (a line of its own, a byline or a dateline), ``prose`` (only in
    sentences or teasers), or empty (nowhere).

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
    """The text of an element without boxes inside, cut at its line breaks."""
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
    """Whether a date is the whole line, or part of a byline or dateline, but not part of a sentence or teaser."""
    rest = f"{line[: match.start()]} {line[match.end() :]}".split()
    if teaser:
        return len(rest) <= LABELS
    if match.start() <= DATELINE_CHARS and _DASH.match(line, match.end()):
        return True
    return len(rest) <= LABELS or (len(line) <= LINE_CHARS and not _HALF.sub("", line).endswith(_ENDS))


def _written(text: str) -> Iterator[re.Match[str]]:
    """Complete dates in ``text``. Only the text around years is searched, which is faster."""
    done = 0
    for year in _YEAR.finditer(text):
        begin = max(done, year.start() - _AROUND)
        end = min(year.end() + _AROUND, len(text))
        while end < len(text) and text[end].isdigit():
            end += 1
        for match in _WRITTEN.finditer(text, begin, end):
            yield match
            done = match.end()
