"""Parses the query syntax of search: the text that an analyst types in, a tree of conditions out.

huawei ban              both words, anywhere in headline or text
"rogue cell"            a phrase; hyphens and blanks are alike, so signalling-storm is a phrase too
telecom*                words that begin with telecom
huawei OR zte           either; OR joins its neighbours, parentheses group
-handset                without this word; - also goes before a phrase, a field or a group
title:ban title:(a OR b)    in the headline
site:example.com topic:T01 country:DE lang:pt    outlet, topic, country named, language
after:2026-01-15 before:2026-02    from that day on, and before that month (UTC); after:30d counts back from now
verdict:near_miss       only among pages that were not kept
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.search.tokens import attached_forms, tokens_of

FIELDS = ("title", "site", "topic", "country", "lang", "verdict", "after", "before")
MOST_CONDITIONS = 100
"""Maximum number of conditions in one query; SQLite's index accepts a depth of 256."""
_LEXEMES = re.compile(
    r"\s*(?:(?P<minus>-)(?=\S)|(?P<open>\()|(?P<close>\))"
    rf"|(?P<field>[A-Za-z]+(?=:[^\s/])|(?i:{'|'.join(FIELDS)})(?=:(?:\s|$))):\s*"
    r"|[\"“„«](?P<phrase>[^\"”“»]*)(?P<end>[\"”“»]?)(?P<star>\*?)|(?P<word>[^\s()\"“”„«»]+))"
)
_COUNTRY = re.compile(r"[a-z]{2}")
_ALIASES = {"uk": "gb", "el": "gr"}


@dataclass(frozen=True, slots=True)
class Words:
    """A word or phrase: tokens that follow each other in the headline or the text."""

    tokens: tuple[str, ...]
    title_only: bool = False
    prefix: bool = False
    """Whether the last token may have any ending."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A property of the page, such as ``lang:de``."""

    tag: str


@dataclass(frozen=True, slots=True)
class All:
    """A condition that is true if all of its parts are true."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """A condition that is true if at least one of its parts is true."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """A condition that is true if its part is false."""

    part: Node


Node = Words | Tag | All | Either | Without


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A parsed query: conditions and a period. Without conditions it matches every page of the period."""

    tree: Node
    after: datetime | None = None
    """Begin of the period (UTC), inclusive."""
    before: datetime | None = None
    """End of the period (UTC), exclusive."""

    @property
    def words(self) -> tuple[Words, ...]:
        """The words and phrases that a hit may contain, for ranking and highlighting."""
        return tuple(_positive(self.tree))


def parse_query(text: str, *, now: datetime) -> SearchQuery:
    """Parse ``text``; ``now`` is the time from which ``after:30d`` counts back.

    Raises: QueryError for a malformed query; the message says what is wrong, where, and how to mend it.
    """
    return _Parser(text, now).query()


class _Parser:
    """Parses a query by recursive descent.

    A group is a list of conditions; ``OR`` joins the two conditions beside it.
    """

    def __init__(self, text: str, now: datetime) -> None:
        self._text, self._now = text, now
        self._lexemes = self._split()
        self._at = 0
        self._after: datetime | None = None
        self._before: datetime | None = None

    def query(self) -> SearchQuery:
        if not self._lexemes:
            raise _fault("the query is empty. Give words, or a field such as site:example.com")
        parts = self._list(field="", depth=0)
        if self._at < len(self._lexemes):
            raise _fault("there is a ) without its (")
        tree = All(tuple(parts)) if len(parts) != 1 else parts[0]
        return SearchQuery(tree, self._after, self._before)

    def _split(self) -> list[re.Match[str]]:
        lexemes, at = [], 0
        while self._text[at:].strip():
            lexeme = _LEXEMES.match(self._text, at)
            if lexeme is None:
                raise _fault(f"not understood: {self._text[at:].strip()}")
            if lexeme["phrase"] is not None and not lexeme["end"]:
                raise _fault(f"the quotation mark before {lexeme['phrase'][:40]!r} is not closed")
            lexemes.append(lexeme)
            at = lexeme.end()
        if len(lexemes) > 3 * MOST_CONDITIONS:
            raise _fault(f"it has more than {MOST_CONDITIONS} conditions")
        return lexemes

    def _list(self, *, field: str, depth: int) -> list[Node]:
        """The conditions up to the end or a closing parenthesis; conditions joined by OR are one of them."""
        parts: list[Node] = []
        joined = False
        while self._at < len(self._lexemes) and self._lexemes[self._at]["close"] is None:
            word = self._lexemes[self._at]["word"]
            if word in ("OR", "|", "AND"):
                self._at += 1
                joined = joined or word != "AND"
                if not parts:
                    raise _fault(f"{word} joins two conditions; there is none before it")
                continue
            condition = self._condition(field, depth)
            if condition is None:
                continue
            if joined and parts:
                last = parts.pop()
                known = last.parts if isinstance(last, Either) else (last,)
                condition = Either((*known, condition))
            parts.append(condition)
            joined = False
        if joined:
            raise _fault("OR joins two conditions; there is none after it")
        return parts

    def _condition(self, field: str, depth: int) -> Node | None:
        """Read the next condition and return it; None for a date, which is stored as a limit of the whole query."""
        lexeme = self._take()
        if lexeme["minus"]:
            part = self._condition(field, depth)
            if part is None:
                raise _fault("a date cannot be excluded; write before: instead of -after:")
            return part.part if isinstance(part, Without) else Without(part)
        if lexeme["field"]:
            name = lexeme["field"].lower()
            if name not in FIELDS or field:
                known = ", ".join(f"{known}:" for known in FIELDS)
                what = (
                    f"there is no field {name}:"
                    if name not in FIELDS
                    else f"{name}: is not allowed inside {field}:"
                )
                raise _fault(
                    f"{what}. Fields are {known}. To search for the words, put them in quotation marks"
                )
            return self._condition(name, depth)
        if lexeme["open"]:
            return self._group(field, depth)
        if lexeme["close"]:
            raise _fault("there is a ) without its (")
        if field in ("after", "before"):
            self._bound(field, lexeme["phrase"] or lexeme["word"] or "", depth)
            return None
        return _leaf(field, lexeme)

    def _group(self, field: str, depth: int) -> Node:
        if depth >= 20:
            raise _fault("groups are nested more than 20 deep")
        parts = self._list(field=field, depth=depth + 1)
        if self._at >= len(self._lexemes):
            raise _fault("there is a ( without its )")
        self._at += 1
        if not parts:
            raise _fault("a group in parentheses is empty")
        return All(tuple(parts)) if len(parts) > 1 else parts[0]

    def _take(self) -> re.Match[str]:
        if self._at >= len(self._lexemes):
            raise _fault("the query ends where a word or value is expected, as after title:")
        self._at += 1
        return self._lexemes[self._at - 1]

    def _bound(self, field: str, text: str, depth: int) -> None:
        if depth or self._beside_or():
            raise _fault(f"{field}: applies to the whole query: not in a group, not beside OR")
        moment = _moment(field, text, self._now)
        if field == "after":
            self._after = max(moment, self._after or moment)
        else:
            self._before = min(moment, self._before or moment)

    def _beside_or(self) -> bool:
        """Whether the field and value just read have an OR before or after them."""
        beside = self._lexemes[max(0, self._at - 3) : self._at - 2] + self._lexemes[self._at : self._at + 1]
        return any(lexeme["word"] in ("OR", "|") for lexeme in beside)


def _leaf(field: str, lexeme: re.Match[str]) -> Node:
    """The condition of one word or phrase, in ``field`` if that is not empty."""
    quoted = lexeme["phrase"] is not None
    text = lexeme["phrase"] if quoted else lexeme["word"]
    if field in ("", "title"):
        prefix = bool(lexeme["star"]) if quoted else text.endswith("*")
        tokens = tuple(tokens_of(text))
        if not tokens:
            raise _fault(f"{text!r} has no letter and no digit")
        if quoted or len(tokens) > 1:
            return Words(tokens, field == "title", prefix)
        forms = tuple(Words((form,), field == "title", prefix) for form in attached_forms(tokens[0]))
        return Either(forms) if len(forms) > 1 else forms[0]
    value = text.strip().lower()
    if field == "site":
        value = re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", value)
    if field == "country":
        value = _ALIASES.get(value, value)
        if not _COUNTRY.fullmatch(value):
            raise _fault(f"country:{text} is not a code of two letters such as country:DE (ISO 3166-1)")
    if not value or " " in value:
        raise _fault(f"{field}:{text!r} is not a value of {field}:")
    return Tag(f"{field}:{value}")


def _moment(field: str, text: str, now: datetime) -> datetime:
    """The start of the year, month or day in ``text``, or a number of hours, days or weeks (``30d``) before ``now``."""
    ago = re.fullmatch(r"(\d{1,5})([dhw])", text)
    if ago:
        unit = {"d": "days", "h": "hours", "w": "weeks"}[ago[2]]
        try:
            return now.astimezone(UTC) - timedelta(**{unit: int(ago[1])})
        except OverflowError:
            raise _fault(f"{field}:{text} is before the year 1") from None
    day = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", text)
    try:
        if day:
            return datetime(int(day[1]), int(day[2] or 1), int(day[3] or 1), tzinfo=UTC)
    except ValueError:
        pass
    raise _fault(
        f"{field}:{text} is no date. Write {field}:2026, {field}:2026-01, {field}:2026-01-31 or {field}:30d"
    )


def _positive(node: Node) -> list[Words]:
    if isinstance(node, Words):
        return [node]
    if isinstance(node, All | Either):
        return [words for part in node.parts for words in _positive(part)]
    return []


def _fault(what: str) -> QueryError:
    return QueryError(f"{what}.", kind="search")
