"""Clean the edges of an extracted text. Drop credits -> drop headline, byline, date at the start -> cut promotion at the end."""

from __future__ import annotations

import re
from itertools import islice

from fivegwatch.extractors.pages.phrases import (
    CREDIT_LINE,
    DATED_LINE,
    PROMOTIONAL,
    RELATED_LABEL,
    SIGNED_LINE,
    TAGS_LINE,
)
from fivegwatch.extractors.text.word_overlap import key

HEAD_LINES = 8
"""How many of the first lines are cleaned. On the 569 pages of the extraction benchmark no headline is repeated later.
"""
SHORT_CHARS = 90
PROMOTION_CHARS = 160
OPENING_CHARS = 20
LABEL_CHARS = 60
"""Most characters of a label in front of a repeated headline (``Exclusive: headline``)."""
LABEL_END = re.compile(r"[:|»>·•–—/]")
TAIL_LINES = 12
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
INITIALS = re.compile(r"\([\w./ ]{2,12}\)")
PLACEHOLDER = re.compile(r"^\W*(?:\$\$\w+\$\$|\{\{[^}]*\}\}|\[/?[a-z]+(?: [^\]]*)?\].*)\W*$")
ONLY_DATE = re.compile(r"^[\W\d_]*(?:[^\W\d_]{1,12}[\W\d_]+){0,5}$")
PARTICLES = frozenset({
    "von", "van", "de", "der", "den", "di", "da", "du", "del", "la", "le", "el", "and", "und", "et", "y", "e", "og",
    "och", "i",
})  # fmt: skip
NAMES_WORDS = 9


def trim_lines(text: str, *, headlines: tuple[str, ...], names: tuple[str, ...]) -> str:
    """``text`` without repeated headlines, bylines, dates, credits and promotion at its edges.

    ``headlines`` are the spellings of the title, ``names`` those of the authors and the outlet.
    """
    titles = {key(headline) for headline in headlines} - {""}
    known = {key(name) for name in names} - {""}
    lines = [line for line in text.split("\n") if key(line) and not _is_noise(line)]
    start = 0
    while start < min(len(lines), HEAD_LINES) and _before_story(lines[start], titles, known):
        start += 1
    head = [line for line in lines[start : start + HEAD_LINES] if not _before_story(line, titles, known)]
    kept = head + lines[start + HEAD_LINES :]
    return "\n".join(kept[: _story_end(kept, known)])


def _story_end(lines: list[str], known: set[str]) -> int:
    """Number of ``lines`` that are the story; the rest is promotion, tags, notices and short lines between."""
    end = len(lines)
    for index in range(len(lines) - 1, max(0, len(lines) - TAIL_LINES - 1), -1):
        if _after_story(lines[index], known):
            end = index
        elif len(lines[index]) > SHORT_CHARS or end - index > 2:
            break
    return end


def _is_noise(line: str) -> bool:
    """Whether a line is a picture credit or a template's placeholder, so that it is never part of a story."""
    return bool(
        (len(line) <= SHORT_CHARS and CREDIT_LINE.match(line))
        or (len(line) <= PROMOTION_CHARS and PLACEHOLDER.match(line))
    )


def _before_story(line: str, titles: set[str], known: set[str]) -> bool:
    """Whether a line is a headline of ``titles``, a name of ``known``, a byline or a date."""
    folded = key(line)
    if not folded or folded in titles or folded in known:
        return True
    if any(key(line[mark.end() :]) in titles for mark in islice(LABEL_END.finditer(line[:LABEL_CHARS]), 3)):
        return True
    return len(line) <= SHORT_CHARS and bool(_is_byline(line) or DATED_LINE.match(line) or _is_date(line))


def _is_byline(line: str) -> bool:
    """Whether a line is "By" followed by names, each word capitalised or a particle.

    False for "Von der Leyen warnt".
    """
    lead = SIGNED_LINE.match(line)
    names = re.findall(r"[^\W\d_]+", line[lead.end() :]) if lead else []
    return 0 < len(names) <= NAMES_WORDS and all(name in PARTICLES or not name[0].islower() for name in names)


def _is_date(line: str) -> bool:
    dated = len(line) <= 60 and YEAR.search(line) and ONLY_DATE.match(line)
    return bool(dated) and line[0] != "+" and line[-1] != "."


def _after_story(line: str, known: set[str]) -> bool:
    """Whether a line is promotion, tags, a name of ``known``, a date, initials or a label of related stories."""
    if key(line) in known or TAGS_LINE.match(line):
        return True
    promotion = PROMOTIONAL.search(line) if len(line) <= 2 * PROMOTION_CHARS else None
    if promotion and (len(line) <= PROMOTION_CHARS or promotion.start() <= OPENING_CHARS):
        return True
    if len(line) > SHORT_CHARS:
        return False
    label = len(line) < 60 and RELATED_LABEL.match(line)
    return bool(label or DATED_LINE.match(line) or _is_date(line) or INITIALS.fullmatch(line))
