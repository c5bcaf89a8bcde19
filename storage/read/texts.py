"""Stored articles to be judged again, read from one published version.

Several workers read the version at once, each a range of rows. The version does not change, even if batches are loaded
and published meanwhile.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.extractors.model import Article, Entry, Match, Origin, PageDate, Part, WithVerdict
from fivegwatch.extractors.story_facts import VERSION
from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk.files import disk_errors
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.entries import entry_of
from fivegwatch.storage.read.store import rows as rows_of
from fivegwatch.storage.schema.migrate import is_current

_SELECTION = """
    (rules_fingerprint <> $other or ((relevant or near_miss) and coalesce(facts.version, 0) <> $facts))
    and ($since::timestamptz is null or captured_at >= $since)
"""
_FIELDS = (
    "url", "title", "authors", "published_at", "published_precision", "published_source", "language", "site", "section",
    "tags", "text_hash", "method", "quality", "site_name", "page_chars",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which stored articles to judge again: of those captured from ``since`` on, articles last judged by rules whose
    fingerprint is not ``other_than``, and stories whose facts were made by another version of this code."""

    other_than: str = ""
    since: datetime | None = None

    def parameters(self) -> dict[str, Any]:
        """The parameters of the selection's SQL, by name."""
        return {"other": self.other_than, "since": self.since, "facts": VERSION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The articles that can be judged again."""

    rows: tuple[tuple[int, bool], ...]
    """For each article, in the order of the file: the row number, and whether its text is stored. If not, its page is
    archived."""
    lost: int
    """Number of articles that cannot be judged again, because neither their text nor their page is stored."""
    fingerprints: tuple[str, ...]
    """Fingerprints of the rules that made the current verdicts of these articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText(WithVerdict):
    """A stored article, its current verdict, and the values that its next verdict takes over."""

    row: int
    article: Article
    """The article. If its text is not stored, the text is empty here and the archived page ``raw_ref`` must be read
    again."""
    text_kept: bool
    captured_at: datetime
    entry_id: str | None
    entry: Entry | None
    """The entry by which the page was announced; None unless the page must be read again."""
    origin: Origin
    page_hash: str
    raw_ref: str | None
    relevant: bool
    near_miss: bool
    score: float
    reason: str
    topics: tuple[str, ...]
    rules_fingerprint: str
    facts_version: int
    """Version of the article's stored facts; 0 if it has no facts."""


@contextmanager
def frozen_version(layout: Layout) -> Iterator[Path]:
    """In the block, a path to the version published now that later publications neither remove nor change.

    Raises:
        StorageError: nothing is published yet, or it cannot be opened.
    """
    if not layout.link.exists():
        raise StorageError(
            f"{layout.link} does not exist. Run `fivegwatch ingest` to publish the corpus.",
            path=str(layout.link),
            kind="missing",
        )
    # A hard link, not a copy. If the run is killed, the daily sweep of ".*.tmp" removes it.
    name = layout.public / f".reading-{uuid.uuid4().hex}.tmp"
    try:
        with disk_errors(name, "hold the published version"):
            os.link(layout.link.resolve(), name)
    except StorageError as exc:
        if exc.kind != "unwritable":
            raise
        with _held_open(layout.link.resolve()) as path:
            yield path
        return
    try:
        yield name
    finally:
        name.unlink(missing_ok=True)


@contextmanager
def _held_open(version: Path) -> Iterator[Path]:
    """A path of ``version`` for a user without the right to write beside it.

    The open file keeps its content when its name is removed; DuckDB's lock on it keeps publications from changing it.
    """
    handle = os.open(version, os.O_RDONLY | os.O_CLOEXEC)
    try:
        inside = Path(f"/proc/{os.getpid()}/fd/{handle}")  # our child processes open it by this path
        path = inside if inside.exists() else version
        with opened(path, read_only=True):
            yield path
    finally:
        os.close(handle)


def stock(version: Path, chosen: Selection) -> Stock:
    """The articles in a published version that are ``chosen`` and can be judged again."""
    with opened(version, read_only=True) as con:
        if not is_current(con):
            return Stock(rows=(), lost=0, fingerprints=())
        rows = con.execute(
            f"""select rowid, text_kept from base.articles
                where {_SELECTION} and (text_kept or raw_ref is not null) order by rowid""",  # noqa: S608
            chosen.parameters(),
        ).fetchall()
        lost = con.execute(
            f"select count(*) from base.articles where {_SELECTION} and not text_kept and raw_ref is null",  # noqa: S608
            chosen.parameters(),
        ).fetchone()
        under = con.execute(
            f"select distinct rules_fingerprint from base.articles where {_SELECTION} order by 1",  # noqa: S608
            chosen.parameters(),
        ).fetchall()
    return Stock(rows=tuple(rows), lost=lost[0] if lost else 0, fingerprints=tuple(name for (name,) in under))


def stored_texts(version: Path, rows: tuple[int, int], chosen: Selection) -> list[StoredText]:
    """The ``chosen`` articles in the range ``rows`` (first and last row, inclusive) whose text or page is stored."""
    names = [
        field.name for field in fields(StoredText) if field.name not in ("row", "article", "entry", "origin")
    ]
    made = {"facts_version": "coalesce(facts.version, 0) as facts_version"}
    columns = ", ".join(
        made.get(name, name)
        for name in (
            "article_id",
            "text",
            "dates",
            "lengths",
            "origin_kind",
            "origin_locator",
            *_FIELDS,
            *names,
        )
    )
    with opened(version, read_only=True) as con:
        con.execute("set threads = 1")  # many processes call this at once
        stored = rows_of(
            con,
            f"""select rowid as row, {columns} from base.articles
                where rowid between $first and $last and {_SELECTION} and (text_kept or raw_ref is not null)
                order by rowid""",  # noqa: S608  # names of our own fields
            {"first": rows[0], "last": rows[1]} | chosen.parameters(),
        )
        entries = _entries(con, {row["entry_id"] for row in stored if not row["text_kept"]} - {None})
    return [_stored(row, names, entries) for row in stored]


def evidence_of(version: Path, rows: Iterable[int]) -> dict[int, tuple[tuple[Match, ...], tuple[Part, ...]]]:
    """The matches and the score's parts of the stored verdicts in ``rows`` (row numbers), by row number."""
    wanted = list(rows)
    if not wanted:
        return {}
    with opened(version, read_only=True) as con:
        verdicts = con.execute(
            "select rowid, matches, parts from base.articles where rowid in (select unnest(?::bigint[]))",
            [wanted],
        ).fetchall()
    return {
        row: (tuple(Match(**m) for m in matches or ()), tuple(Part(**p) for p in parts or ()))
        for row, matches, parts in verdicts
    }


def _entries(con: Connection, ids: set[str]) -> dict[str, Entry]:
    if not ids:
        return {}
    rows = rows_of(
        con,
        "select * from base.entries where entry_id in (select unnest($ids::varchar[]))",
        {"ids": sorted(ids)},
    )
    return {row["entry_id"]: entry_of(row) for row in rows}


def _stored(row: dict[str, Any], names: list[str], entries: dict[str, Entry]) -> StoredText:
    values: dict[str, Any] = {
        name: _EMPTY.get(name)
        if row[name] is None
        else tuple(row[name])
        if isinstance(row[name], list)
        else row[name]
        for name in _FIELDS
    }
    article = Article(
        id=row["article_id"],
        text=row["text"] or "",
        dates=tuple(PageDate(at=date.pop("claimed_at"), **date) for date in row["dates"] or ()),
        lengths=tuple((length["method"], length["chars"]) for length in row["lengths"] or ()),
        **values,
    )
    carried = {name: row[name] for name in names} | {
        "topics": tuple(row["topics"] or ()),
        "page_hash": row["page_hash"] or "",
    }
    return StoredText(
        row=row["row"],
        article=article,
        entry=entries.get(row["entry_id"] or ""),
        origin=Origin(kind=row["origin_kind"], locator=row["origin_locator"]),
        **carried,
    )


_EMPTY: dict[str, Any] = (
    dict.fromkeys(_FIELDS, "")
    | {"published_at": None, "page_chars": 0}
    | dict.fromkeys(("authors", "tags", "quality"), ())
)
