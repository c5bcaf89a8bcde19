"""Dates in a sentence, written out or relative to the publication ("by the end of next year"), and which are deadlines."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from fivegwatch.extractors.facts.date_words import (
    BY,
    BY_AFTER,
    NEXT_YEAR,
    NUMBERS,
    PART,
    SPAN_AFTER,
    SPANS,
    THIS_YEAR,
    WITHIN,
    YEAR_END,
)
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.text.month_names import MONTHS
from fivegwatch.extractors.watchlist.alternatives import alternatives_of

_BY = re.compile(rf"(?<!\w)(?:{BY})(?: (?:{PART})){{0,3}} ?$")
_BY_AFTER = re.compile(rf" ?(?:{BY_AFTER})")
_NEXT_YEAR, _THIS_YEAR, _YEAR_END = (re.compile(words) for words in (NEXT_YEAR, THIS_YEAR, YEAR_END))
_SPAN = re.compile(
    rf"(?P<by>(?<!\w)(?:{WITHIN})(?: (?:the|de|een|next|komende|kommenden|nachsten))? )?"
    rf"(?P<n>(?<!\d)\d{{1,2}}|{'|'.join(NUMBERS.values())}) ?(?:{'|'.join(f'(?P<{k}>{v})' for k, v in SPANS.items())})"
    rf"(?!\w)(?P<after>{SPAN_AFTER})?|(?P<n2>\d{{1,2}}|[两兩二三四五六七八十]) ?(?:(?P<years2>年|년)|(?P<months2>[個个]月|か月|ヶ月|개월))"
    r" ?(?P<after2>以?[內内]|이내|안에)"
)
_UNITS = "|".join(SPANS.values())
_RELATIVE = (
    ("this year", _THIS_YEAR), ("next year", _NEXT_YEAR), ("end", _YEAR_END),
    ("span", re.compile(rf"(?:{'|'.join(NUMBERS.values())}|[两兩二三四五六七八十]) ?(?:{_UNITS})|\d ?(?:{_UNITS})")),
)  # fmt: skip
"""Signs of a date relative to the publication: a text without any of these has none. A span of time needs a number and
a unit."""
_LONGEST_TERM = {"days": 90, "weeks": 52, "months": 60, "years": 15}
_CONTEXT = 60
"""How many characters before a date are searched for a word that makes it a deadline."""


@dataclass(frozen=True, slots=True)
class ActDates:
    """The dates of an act: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, empty when the sentence has none."""

    date: str
    """When the act was or will be decided, or takes effect."""
    deadline: str
    """The date by which the act must be carried out."""
    source: str
    """How the dates are known: ``said`` (written out), ``resolved`` (relative to the publication), or empty."""


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], dict[str, int]]:
    """The pattern of dates with a year in folded text, and the number of each folded name of a month."""
    months = {fold_term(name): number for name, number in MONTHS.items()}
    name = "|".join(sorted((m for m in months if len(m) > 2), key=len, reverse=True))
    year = r"20[0-4]\d"
    return re.compile(
        rf"(?<!\d)(?:(?P<y1>{year})(?:[ 年년-]{{1,2}}(?P<m1>\d{{1,2}})(?:[ 月월-]{{1,2}}(?P<d1>\d{{1,2}})(?!\d)(?:日|일)?|月|월))"
        rf"|(?P<d2>\d{{1,2}}) (?P<m2>\d{{1,2}}) (?P<y2>{year})"
        rf"|(?:(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er)? (?:de |of )?)?(?P<n3>{name}) (?:de |del )?(?:(?P<d4>\d{{1,2}})(?:st|nd|rd|th)? )?(?P<y3>{year})"
        rf"|(?:(?P<d5>\d{{1,2}}) )?thang (?P<m5>\d{{1,2}}) (?:nam )?(?P<y5>{year})"
        rf"|(?P<y6>{year}))(?![\d])"
    ), months


def dates_in(folded: str, published: date | None) -> ActDates:
    """The dates that a folded sentence gives an act; ``published`` resolves relative ones."""
    day = deadline = source = ""
    for _, _, value, is_deadline in _dates(folded):
        if is_deadline:
            deadline = deadline or value
        else:
            day = day if len(day) >= len(value) else value
        source = "said"
    if published is None or deadline:
        return ActDates(day, deadline, source)
    named = alternatives_of(_RELATIVE).names(folded)
    until = _relative(folded, published) if named - {"this year"} else ""
    if until:
        return ActDates(day, until, "resolved")
    if not day and "this year" in named:
        return ActDates(str(published.year), "", "resolved")
    if not day and "next year" in named:
        return ActDates(str(published.year + 1), "", "resolved")
    return ActDates(day, "", source)


def deadlines_in(folded: str) -> list[tuple[int, int, str]]:
    """The deadlines that a folded sentence writes out: start, end, date."""
    return [(start, end, value) for start, end, value, is_deadline in _dates(folded) if is_deadline]


def _dates(folded: str) -> Iterator[tuple[int, int, str, bool]]:
    """Start, end and value of each date written out, and whether it is a deadline."""
    if (
        "20" not in folded
    ):  # every date has a year of this century; looking for one costs a hundredth of the pattern
        return
    pattern, months = _patterns()
    for match in pattern.finditer(folded):
        if value := _value(match, months):
            start, end = match.span()
            after = _BY_AFTER.match(folded, end)
            yield start, end, value, bool(after or _BY.search(folded, max(0, start - _CONTEXT), start))


def _relative(folded: str, published: date) -> str:
    """The deadline that a folded sentence states relative to the day of publication; empty if it states none."""
    match = _NEXT_YEAR.search(folded)
    if match and (
        _BY.search(folded, max(0, match.start() - _CONTEXT), match.start())
        or _BY_AFTER.match(folded, match.end())
    ):
        return str(published.year + 1)
    end = _YEAR_END.search(folded)
    if end and _BY.search(folded, max(0, end.start() - _CONTEXT), end.start()):
        return f"{published.year}-12"
    for span in _SPAN.finditer(folded):
        if not (span["by"] or span["after"] or span["after2"]):
            continue
        unit = next(
            name for name in SPANS if span[name] or (name in ("years", "months") and span[f"{name}2"])
        )
        count = _number(span["n"] or span["n2"])
        if 0 < count <= _LONGEST_TERM[unit]:
            return _after(published, count, unit)
    return ""


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    return next((number for number, words in NUMBERS.items() if re.fullmatch(words, text)), 0)


def _after(published: date, count: int, unit: str) -> str:
    """The date ``count`` units after ``published``: a day, a month or a year, as exact as ``unit``."""
    if unit == "years":
        return str(published.year + count)
    if unit == "months":
        month = published.year * 12 + published.month - 1 + count
        return f"{month // 12}-{month % 12 + 1:02}"
    return str(published + timedelta(days=count * (7 if unit == "weeks" else 1)))


def _value(match: re.Match[str], months: dict[str, int]) -> str:
    """The date of a match, as exact as it is written; empty if there is no such day."""
    part = match.groupdict()
    year = int(next(part[f"y{i}"] for i in (1, 2, 3, 5, 6) if part[f"y{i}"]))
    month = int(part["m1"] or part["m2"] or part["m5"] or 0) or months.get(part["n3"] or "", 0)
    day = int(part["d1"] or part["d2"] or part["d3"] or part["d4"] or part["d5"] or 0)
    if month > 12 or (part["m2"] and not month):
        return str(year)
    if day and month and day <= monthrange(year, month)[1]:
        return f"{year}-{month:02}-{day:02}"
    return f"{year}-{month:02}" if month else str(year)
