"""Reads from the published corpus what corrections need: the story of a new one, and all corrections made so far."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import read, rows


def story_id_of(layout: Layout, address: str) -> tuple[str, datetime]:
    """The id of the page that ``address`` (its address or id) names, and the time of a new correction.

    That time is now, or just after the last correction if that is later: a clock that is behind must not make a new
    correction older than the one it replaces.

    Raises: StorageError when the corpus has no such page.
    """
    with opened(layout.link, read_only=True) as con:
        ids = rows(con, "select id from story($address) limit 1", {"address": address})
        if not ids:
            raise StorageError(
                f"the corpus has no page {address}. `fivegwatch search` finds the addresses of stories.",
                path=str(layout.link),
                kind="no_story",
            )
        last = con.execute("select max(made_at) + interval 1 microsecond from base.corrections").fetchone()
    now = datetime.now(UTC)
    return str(ids[0]["id"]), max(now, last[0]) if last and last[0] else now


def in_force(layout: Layout, story_id: str) -> list[tuple[str, str]]:
    """Field and value of each correction of a story that is in force, sorted."""
    sql = "select field, value from corrections where story_id = $id and in_force"
    rows = read(layout.link, sql, {"id": story_id})
    return sorted((row["field"], row["value"]) for row in rows)


def unknown_topics(layout: Layout, codes: Collection[str]) -> list[str]:
    """The ``codes`` that are no topic of the watchlist in use, sorted; none if the corpus names no topics."""
    known = {row["code"] for row in read(layout.link, "select code from topics")}
    return sorted(set(codes) - known) if known else []


def all_corrections(layout: Layout) -> list[dict[str, Any]]:
    """Every correction with the story's address, title and text hash, oldest first."""
    return read(
        layout.link,
        """select c.*, l.url, l.title, a.text_hash
           from corrections c
           join ledger l on l.id = c.story_id
           join base.articles a on a.article_id = c.story_id
           order by c.made_at, c.story_id, c.field, c.value""",
    )
