"""Searches a published corpus: a query as an analyst types it in, hits with marked snippets out."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.layout import user_cache
from fivegwatch.storage.search import ask
from fivegwatch.storage.search.index import belongs, connect, identity_of, index_path
from fivegwatch.storage.search.make_index import is_index_of, make_index
from fivegwatch.storage.search.pages import texts_of
from fivegwatch.storage.search.snippets import Snippet, highlight, snippet
from fivegwatch.storage.search.syntax import All, Either, Node, SearchQuery, Tag, Without, parse_query

_log = logging.getLogger(__name__)
_TRIES = 3
_LISTED = ("topic", "country", "lang", "verdict")
"""Fields with so few values that a message can list them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One page that matches a query."""

    match: ask.Match
    title: Snippet
    """The whole headline, with the matched words marked."""
    snippet: Snippet
    """An excerpt of the text, with the matched words marked; empty when no text is stored."""

    def as_dict(self) -> dict[str, Any]:
        """The hit as a dict for JSON; ``hits`` are pairs of start and end (exclusive) in characters."""
        return asdict(self.match) | {
            "title_hits": self.title.hits,
            "snippet": self.snippet.text,
            "snippet_hits": self.snippet.hits,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """The best hits, and the number of all hits (100,001 means more than 100,000)."""

    hits: tuple[Hit, ...]
    total: int
    notes: tuple[str, ...] = ()
    """Hints for the user, in sentences: that a value does not occur, or that some matches were not ranked."""


def search(
    db: Path, text: str, *, now: datetime, limit: int = 20, newest: bool = False, ledger: bool = False
) -> SearchAnswer:
    """The hits for ``text``, a query in the syntax of `storage.search.syntax`, in the corpus ``db``.

    ``newest`` sorts by time, not by relevance; ``ledger`` searches the headlines of pages that were not kept. A missing
    index is made first.

    Raises: QueryError when the query is malformed; StorageError when the corpus cannot be read.
    """
    query = parse_query(text, now=now)
    with searchable(db) as (version, con):
        matches = ask.find(con, query, limit=limit, newest=newest, ledger=ledger)
        notes = _notes(con, query.tree, ledger)
        if not matches.total and not notes:
            notes += _ending(query)
        if matches.total > ask.MOST_RANKED and query.words and not newest:
            notes.append(
                f"There are more than {ask.MOST_RANKED:,} hits; the newest {ask.MOST_RANKED:,} were ranked."
            )
        bodies: dict[str, str] = {}
        if matches.best and not ledger:
            with opened(version, read_only=True) as corpus:
                bodies = texts_of(corpus, [match.id for match in matches.best])
    hits = tuple(
        Hit(
            match=match,
            title=highlight(match.title, query.words),
            snippet=snippet(bodies.get(match.id) or "", query.words),
        )
        for match in matches.best
    )
    return SearchAnswer(hits=hits, total=matches.total, notes=tuple(notes))


def search_ids(db: Path, text: str, *, now: datetime, ledger: bool = False) -> list[str]:
    """The ids of all pages that match the query, newest first.

    Raises: as `search`.
    """
    query = parse_query(text, now=now)
    with searchable(db) as (_, con):
        return ask.ids(con, query, ledger=ledger)


def ensure_index(db: Path) -> None:
    """Make the index of the corpus ``db`` if it is missing; do nothing if there is no corpus. Raises: StorageError."""
    if db.exists():
        with searchable(db):
            pass


@contextmanager
def searchable(db: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """The published version that ``db`` is a link to, and its index, open in one transaction; a missing index is made
    first.
    """
    if not db.exists():
        raise StorageError(
            f"there is no corpus at {db}. Name one with --db, or make one there with `fivegwatch init`.",
            path=str(db),
            kind="missing",
        )
    for attempt in range(_TRIES):
        version = db.resolve()
        try:
            identity = identity_of(version)
            con = connect(_index_of(version, identity), write=False)
        except FileNotFoundError:
            if attempt + 1 == _TRIES:
                raise
            continue  # publishing went on meanwhile; the link leads to a newer version now
        try:
            con.execute("begin")
            if belongs(con, identity):
                yield version, con
                return
        except sqlite3.DatabaseError as exc:
            raise StorageError(
                f"the search index of {db} cannot be read: {exc}. Delete {index_path(version)}; it is made again.",
                path=str(db),
                kind="search_index",
            ) from exc
        finally:
            con.close()
    raise StorageError(f"{db} was published again and again while it was searched. Try again.", path=str(db))


def _index_of(version: Path, identity: str) -> Path:
    """The index of ``version``, made if it is missing: beside that file or, if its folder is read-only, in the user's
    cache.
    """
    beside = index_path(version)
    cached = user_cache() / f"{identity}.search"
    for path in (beside, cached):
        with suppress(sqlite3.DatabaseError):
            if is_index_of(path, identity):
                return path
    _log.warning(
        "making the search index of %s, which is absent; about a minute for 100,000 stories", version.name
    )
    if os.access(version.parent, os.W_OK):
        with suppress(sqlite3.DatabaseError):
            return make_index(version)
        beside.unlink(missing_ok=True)
        return make_index(version)
    return make_index(version, target=cached)


def _notes(con: sqlite3.Connection, tree: Node, ledger: bool) -> list[str]:
    """A sentence for each field value of the query that no page has, with the values that exist."""
    notes = []
    for tag in _tags(tree):
        field, _, value = tag.partition(":")
        if field in _LISTED and value not in (known := ask.tags_of(con, field, ledger=ledger)):
            listed = ", ".join(known[:30]) or "none"
            notes.append(
                f"No page has {field}:{value}. There are: {listed}{', ..' if len(known) > 30 else ''}."
            )
    return notes


def _ending(query: SearchQuery) -> list[str]:
    """A hint that an asterisk finds other endings of the query's longest single word.

    Empty if that word has fewer than four letters.
    """
    alone = [words.tokens[0] for words in query.words if len(words.tokens) == 1 and not words.prefix]
    longest = max(alone, key=len, default="")
    if len(longest) < 4:
        return []
    return [f"Words are found as they are written. An asterisk finds every ending: {longest[:-1]}*"]


def _tags(node: Node) -> list[str]:
    if isinstance(node, Tag):
        return [node.tag]
    if isinstance(node, All | Either):
        return [tag for part in node.parts for tag in _tags(part)]
    return _tags(node.part) if isinstance(node, Without) else []
