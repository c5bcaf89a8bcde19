"""Clean the edges of an extracted text. Drop credits -> drop headline, byline, date at the start -> cut promotion at the end."""

from __future__ import annotations

import re

from fivegwatch.extractors.pages.phrases import CREDIT_LINE, DATED_LINE, PROMOTIONAL
from fivegwatch.extractors.text.plain import ends_sentence
from fivegwatch.extractors.text.word_overlap import key, words

HEAD_LINES = 8
"""How many of the first lines are cleaned. On the 569 pages of the extraction benchmark no headline is repeated in a
later line."""
SHORT_CHARS = 90
PROMOTION_CHARS = 160
OPENING_CHARS = 20
TAIL_LINES = 12
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
PLACEHOLDER = re.compile(r"^\W*(?:\$\$\w+\$\$|\{\{[^}]*\}\}|\[/?[a-z]+(?: [^\]]*)?\].*)\W*$")
ONLY_DATE = re.compile(r"^[\W\d_]*(?:[^\W\d_]{1,12}[\W\d_]+){0,5}$")
BESIDE_NAMES = 5
"""Most words of a byline besides the authors' names: "By", a role, a place."""


def trim_lines(text: str, *, headlines: tuple[str, ...], names: tuple[str, ...]) -> str:
    """``text`` without picture credits and placeholders of templates; also without repeated headlines, bylines and
    dates in its first lines, and without promotion, names and dates at its end.

    ``headlines``: the spellings of the title. ``names``: those of the authors and the outlet.
    """
    titles = {key(headline) for headline in headlines} - {""}
    known = {key(name) for name in names} - {""}
    lines = [line for line in text.split("\n") if key(line) and not _is_noise(line)]
    start = 0
    while start < min(len(lines), HEAD_LINES) and _before_story(lines[start], titles, names):
        start += 1
    head = [line for line in lines[start : start + HEAD_LINES] if not _before_story(line, titles, names)]
    kept = head + lines[start + HEAD_LINES :]
    return "\n".join(kept[: _story_end(kept, known)])


def _story_end(lines: list[str], known: set[str]) -> int:
    """Number of first ``lines`` that are the story; promotion, notices and short lines between them follow.

    If the last line is short and neither a sentence nor an item of a list, and the line above it is long and ends as a
    sentence, the last line is a credit, a byline or keywords, and not part of the story.
    """
    end = len(lines)
    for index in range(len(lines) - 1, max(0, len(lines) - TAIL_LINES - 1), -1):
        if _after_story(lines[index], known):
            end = index
        elif len(lines[index]) > SHORT_CHARS or end - index > 2:
            break
    above, last = lines[:end][-2:] if end > 1 else ("", "")
    tagged = len(last) <= SHORT_CHARS < len(above) and ends_sentence(above) and not ends_sentence(last)
    return end - 1 if tagged and not last.startswith("- ") else end


def _is_noise(line: str) -> bool:
    """Whether a line is a picture credit or a template's placeholder, so that it is never part of a story."""
    return bool(
        (len(line) <= SHORT_CHARS and CREDIT_LINE.match(line))
        or (len(line) <= PROMOTION_CHARS and PLACEHOLDER.match(line))
    )


def _before_story(line: str, titles: set[str], names: tuple[str, ...]) -> bool:
    """Whether a line is a headline of ``titles``, a byline of ``names`` or a date."""
    if not (folded := key(line)) or folded in titles:
        return True
    return len(line) <= SHORT_CHARS and bool(
        _is_byline(line, names) or DATED_LINE.match(line) or _is_date(line)
    )


def _is_byline(line: str, names: tuple[str, ...]) -> bool:
    """Whether a line names one of ``names`` and says little else."""
    written = words(line)
    named = [parts for name in names if (parts := set(words(name))) and parts.issubset(written)]
    beside = set(written).difference(*named)
    return bool(named) and len(beside) <= BESIDE_NAMES and not ends_sentence(line)


def _is_date(line: str) -> bool:
    dated = len(line) <= 60 and YEAR.search(line) and ONLY_DATE.match(line)
    return bool(dated) and line[0] != "+" and line[-1] != "."


def _after_story(line: str, known: set[str]) -> bool:
    """Whether a line is promotion, one of the names ``known``, or a date."""
    if key(line) in known:
        return True
    promotion = PROMOTIONAL.search(line.lower()) if len(line) <= 2 * PROMOTION_CHARS else None
    if promotion and (len(line) <= PROMOTION_CHARS or promotion.start() <= OPENING_CHARS):
        return True
    return len(line) <= SHORT_CHARS and bool(DATED_LINE.match(line) or _is_date(line))
