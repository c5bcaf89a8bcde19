"""Reads for corrections, from the published corpus: the story that a new correction is about, and all corrections so
far.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import read, rows


def story_id_of(layout: Layout, address: str) -> tuple[str, datetime]:
    """The id of the page with this address (or id), and the time to record for a new correction.

    The time is now or, if the last correction is later than now, just after it: even with a clock that is behind, a new
    correction must not be older than the one it replaces.

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
    """The field and the value of every correction of this story that is in force, sorted."""
    sql = "select field, value from corrections where story_id = $id and in_force"
    rows = read(layout.link, sql, {"id": story_id})
    return sorted((row["field"], row["value"]) for row in rows)


def unknown_topics(layout: Layout, codes: Collection[str]) -> list[str]:
    """Those of ``codes`` that are not topics of the watchlist in use, sorted; empty if the corpus has no list of
    topics.
    """
    known = {row["code"] for row in read(layout.link, "select code from topics")}
    return sorted(set(codes) - known) if known else []


def all_corrections(layout: Layout) -> list[dict[str, Any]]:
    """Every correction, oldest first, with the address, title and text hash of its story."""
    return read(
        layout.link,
        """select c.*, l.url, l.title, a.text_hash
           from corrections c
           join ledger l on l.id = c.story_id
           join base.articles a on a.article_id = c.story_id
           order by c.made_at, c.story_id, c.field, c.value""",
    )
