"""Evaluates a parsed query on the index and ranks the matching pages.

conditions -> one FTS5 expression + a range of keys -> the newest matches -> BM25 x recency -> the best -> their rows
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from types import MappingProxyType
from typing import Any

from fivegwatch.storage.search.index import (
    EVERY_PAGE,
    HEADLINES,
    SLOTS,
    STORIES,
    common_of,
    minute_of,
    parts_of,
)
from fivegwatch.storage.search.syntax import Either, Node, SearchQuery, Tag, Without, Words
from fivegwatch.storage.search.tokens import pairs_of

MOST_RANKED = 2000
"""Maximum number of matches that are ranked, the newest ones; each takes 3 microseconds (measured with 60,000 stories
of 3 kB)."""
MOST_COUNTED = 100_000
"""Maximum number of matches that are counted; 100,000 take 10 ms."""
TITLE_WEIGHT = 5.0
"""A word in the headline counts as much as five in the text."""
HALF_LIFE_DAYS = 90.0
"""The rank of the newest story in the index is doubled; this bonus halves for every 90 days of age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One page that matches the query."""

    id: str
    title: str
    url: str
    site: str
    language: str
    verdict: str
    appeared_at: datetime | None
    """Time of publication; for undated pages the time at which they were first seen."""
    score: float
    """The rank of the page: larger is better; comparable only within one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The best matching pages, and the number of all matching pages."""

    best: tuple[Match, ...]
    total: int
    """Number of all matching pages; MOST_COUNTED + 1 means "more than MOST_COUNTED"."""


def find(con: sqlite3.Connection, query: SearchQuery, *, limit: int, newest: bool, ledger: bool) -> Matches:
    """At most ``limit`` pages that match ``query``: the best ones, or with ``newest`` the newest ones.

    ``ledger`` searches the headlines of pages that were not kept, instead of the stories. If more than MOST_RANKED
    pages match, only the newest of these are ranked.
    """
    kind, ranks = HEADLINES if ledger else STORIES, bool(query.words) and not newest
    rows: list[tuple[int, float]] = []
    total = 0
    for table, where, values in _conditions(con, query, kind):
        room = (MOST_RANKED if ranks else limit) - len(rows)
        score = f"bm25({table}, {TITLE_WEIGHT}, 1.0, 0.0)" if ranks else "0.0"
        some = con.execute(
            f"select rowid, {score} from {table} where {where} order by rowid desc limit {room}",  # noqa: S608
            values,
        ).fetchall()
        rows += some
        if len(some) < room:  # these are all
            total += len(some)
            continue
        most = MOST_COUNTED + 1 - total
        total += con.execute(
            f"select count(*) from (select 1 from {table} where {where} limit {most})",  # noqa: S608 - our names
            values,
        ).fetchone()[0]
        if total > MOST_COUNTED:
            break
    if ranks:
        last = con.execute(
            "select key from docs not indexed where kind = ? order by key desc limit 1", [kind]
        ).fetchone()
        rows = [(key, -score * _freshness(last[0] - key)) for key, score in rows]
        rows.sort(key=lambda row: (-row[1], -row[0]))
    best = [_match(con, key, score) for key, score in rows[:limit]]
    return Matches(best=tuple(best), total=total)


def ids(con: sqlite3.Connection, query: SearchQuery, *, ledger: bool = False) -> list[str]:
    """The ids of all pages that match ``query``, newest first."""
    kind = HEADLINES if ledger else STORIES
    return [
        id_
        for table, where, values in _conditions(con, query, kind)
        for (id_,) in con.execute(
            f"select docs.id from docs join (select rowid as key from {table} where {where}) using (key)"  # noqa: S608
            " order by key desc",
            values,
        )
    ]


def tags_of(con: sqlite3.Connection, field: str, *, ledger: bool) -> list[str]:
    """The values of ``field`` (such as ``lang``) that a page in the index has or once had."""
    rows = con.execute(
        "select tag from tags where kind = ? and tag >= ? and tag < ? order by tag",
        (HEADLINES if ledger else STORIES, f"{field}:", f"{field};"),
    )
    return [tag.partition(":")[2] for (tag,) in rows]


def expression(node: Node, common: Mapping[str, float] = MappingProxyType({})) -> str:
    """The condition ``node`` in FTS5's query language.

    Two neighbouring ``common`` tokens are joined to one token, as in the index.
    """
    if isinstance(node, Words):
        column = "title" if node.title_only else "{title body}"
        pairs = [] if node.prefix else pairs_of(node.tokens, common)
        phrases = pairs if len(pairs) == 1 and len(node.tokens) == 2 else [" ".join(node.tokens), *pairs]
        quoted = ['"' + phrase.replace('"', '""') + '"' for phrase in phrases]
        return f"{column} : ({' AND '.join(quoted)}{' *' if node.prefix else ''})"
    if isinstance(node, Tag):
        return f'tags : "{node.tag.replace(chr(34), "")}"'
    if isinstance(node, Without):
        return f"({expression(Tag(EVERY_PAGE))} NOT {expression(node.part, common)})"
    if isinstance(node, Either):
        return "(" + " OR ".join(expression(part, common) for part in node.parts) + ")"
    wanted = [expression(part, common) for part in node.parts if not isinstance(part, Without)]
    unwanted = [expression(part.part, common) for part in node.parts if isinstance(part, Without)]
    text = " AND ".join(wanted or [expression(Tag(EVERY_PAGE))])
    # NOT takes one condition on either side.
    return f"(({text}) NOT ({' OR '.join(unwanted)}))" if unwanted else f"({text})"


def _conditions(
    con: sqlite3.Connection, query: SearchQuery, kind: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each part that may have matches, newest first: its table, the SQL condition on it, and the condition's
    values."""
    where, values = _period(con, query)
    where.append("rowid not in (select key from dead)")
    values["text"] = expression(query.tree, common_of(con))
    end = values.get("before_key", inf)
    for part in reversed(parts_of(con, kind)):
        if part.first_key < end:
            yield part.table, " and ".join([f"{part.table} match :text", *where]), values
        if part.first_key <= values.get("after_key", -1):
            break


def _period(con: sqlite3.Connection, query: SearchQuery) -> tuple[list[str], dict[str, Any]]:
    """The SQL conditions on the time of a page, and their values."""
    where: list[str] = []
    values: dict[str, Any] = {}
    row = con.execute("select value from meta where name = 'slack'").fetchone()
    slack = (int(row[0]) + 1) * SLOTS
    # Keys are in the order of time, up to the slack; only near the bound must the time itself be looked up.
    if query.after:
        key = minute_of(query.after) * SLOTS
        values |= {
            "after": int(query.after.timestamp()),
            "after_key": key,
            "surely_after": key + SLOTS + slack,
        }
        where.append(
            "rowid >= :after_key and (rowid >= :surely_after"
            " or (select appeared from docs where key = rowid) >= :after)"
        )
    if query.before:
        key = minute_of(query.before) * SLOTS
        values |= {
            "before": int(query.before.timestamp()),
            "surely_before": key,
            "before_key": key + SLOTS + slack,
        }
        where.append(
            "rowid < :before_key and (rowid < :surely_before"
            " or (select appeared from docs where key = rowid) < :before)"
        )
    return where, values


def _freshness(keys: int) -> float:
    days = keys / SLOTS / 60 / 24
    return float(1 + 2 ** (-days / HALF_LIFE_DAYS))


def _match(con: sqlite3.Connection, key: int, score: float) -> Match:
    row = con.execute(
        "select id, title, url, site, language, verdict, appeared from docs where key = ?", (key,)
    ).fetchone()
    appeared = None if row[6] is None else datetime.fromtimestamp(row[6], UTC)
    return Match(
        id=row[0], title=row[1], url=row[2], site=row[3], language=row[4], verdict=row[5], appeared_at=appeared,
        score=round(score, 4),
    )  # fmt: skip
