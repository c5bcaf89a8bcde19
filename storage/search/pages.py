"""Reads from a published version what the index needs: checksums of buckets, and the pages themselves.

A bucket is a group of pages: those whose ids hash to the same number. Its checksum covers everything that is indexed
except text, headline, address and language. These change only together with ``captured_at`` or ``judged_at``, which it
covers; reading them for every page would take more than half of the time of an update.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from fivegwatch.storage.connections import Connection
from fivegwatch.storage.schema.migrate import is_current
from fivegwatch.storage.search.index import HEADLINES, STORIES, Page

BUCKETS = 4096
"""Number of buckets. With 1.75 million pages, a run that changes 60 of them reads 60 buckets of 430 pages each."""
AT_ONCE = {STORIES: 4000, HEADLINES: 20_000}
"""Number of pages that are in memory at a time; 4,000 texts take about 30 MB."""
MEMORY = "512MB"
"""Memory limit for DuckDB. With it, a process that reads 1.75 million pages takes at most 840 MB; with twice the limit,
1,290 MB."""
_STORIES = """
    select id, captured_at, judged_at, coalesce(published_at, first_seen_at) as appeared_at, title, url, site,
        language, 'kept' as verdict, topics, countries
    from stories
"""
_HEADLINES = """
    select id, captured_at, judged_at, coalesce(published_at, captured_at) as appeared_at, title, url, site,
        language, verdict, topics, []::varchar[] as countries
    from ledger where not relevant
"""
_SOURCES = {STORIES: _STORIES, HEADLINES: _HEADLINES}
_HASHED = "hash(id, captured_at, judged_at, appeared_at, verdict, topics, countries)"
# Half of the hash's range: SQLite's integers have a sign.
_STAMP = f"({_HASHED} >> 1)::bigint"
_BUCKET = f"(hash(id) % {BUCKETS})::integer"


class PageSource:
    """The pages of an open published version."""

    def __init__(self, con: Connection) -> None:
        if con.execute("select current_setting('lock_configuration')").fetchone() == (False,):
            con.execute(f"set memory_limit = '{MEMORY}'")
        self._con = con
        self.kinds = tuple(_SOURCES) if is_current(con) else ()
        """STORIES and HEADLINES; nothing in an empty file."""

    def sums(self, kind: str) -> dict[int, int]:
        """The checksum of every bucket that holds pages."""
        rows = self._con.execute(
            f"select bucket, bit_xor(stamp) from (select {_BUCKET} as bucket, {_STAMP} as stamp"  # noqa: S608
            f" from ({_SOURCES[kind]})) group by bucket"
        ).fetchall()
        return {int(bucket): int(number) for bucket, number in rows}

    def stamps(self, kind: str, buckets: Collection[int]) -> dict[str, int]:
        """The id and the hash (`Page.stamp`) of every page in these ``buckets``, the oldest page first."""
        if not buckets:
            return {}
        chosen = (
            f"where {_BUCKET} in (select unnest(?::int[]))"
            if len(buckets) < BUCKETS
            else "where ? is not null"
        )
        rows = self._con.execute(
            f"select id, {_STAMP} from ({_SOURCES[kind]}) {chosen} order by appeared_at nulls first, id",  # noqa: S608
            [list(buckets)],
        )
        return dict(rows.fetchall())

    def pages(self, kind: str, ids: list[str]) -> Iterator[list[Page]]:
        """The pages with these ids, in lists of at most `AT_ONCE`."""
        for start in range(0, len(ids), AT_ONCE[kind]):
            some = ids[start : start + AT_ONCE[kind]]
            bodies = texts_of(self._con, some) if kind == STORIES else {}
            rows: list[tuple[Any, ...]] = self._con.execute(
                f"""select id, {_BUCKET}, {_STAMP}, appeared_at, title, url, site, language, verdict, topics, countries
                    from ({_SOURCES[kind]}) where id in (select unnest(?::varchar[]))""",  # noqa: S608
                [some],
            ).fetchall()
            yield [_page(kind, row, bodies.get(row[0]) or "") for row in rows]


def _page(kind: str, row: tuple[Any, ...], body: str) -> Page:
    id_, bucket, stamp, appeared_at, title, url, site, language, verdict, topics, countries = row
    return Page(
        id=id_,
        kind=kind,
        bucket=bucket,
        stamp=stamp,
        appeared_at=appeared_at,
        title=title or "",
        url=url or "",
        site=site or "",
        language=language or "",
        verdict=verdict,
        topics=tuple(topics or ()),
        countries=tuple(countries or ()),
        body=body,
    )


def texts_of(con: Connection, ids: list[str]) -> dict[str, str]:
    """The stored texts of stories by id."""
    rows = con.execute(
        "select article_id, text from base.articles where article_id in (select unnest(?::varchar[]))", [ids]
    )
    return dict(rows.fetchall())
